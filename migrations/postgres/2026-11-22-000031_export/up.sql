-- Whoever wants to know what is kept of them asks for these.
CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX mails_by_recipient ON mails (recipient, id);
