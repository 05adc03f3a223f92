DROP INDEX mails_by_recipient;
DROP INDEX audit_by_user;
