DROP TRIGGER members_keep_an_owner_on_removal ON members;
DROP TRIGGER members_keep_an_owner_on_change ON members;
DROP FUNCTION members_keep_an_owner;
