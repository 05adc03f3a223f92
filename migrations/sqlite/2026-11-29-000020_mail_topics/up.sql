-- The topics of a mail: the bookings or the seat that it is about. Mails to one recipient about one topic are sent in the order of
-- `position`, which is the order in which the changes of the topic were committed.
CREATE TABLE mail_topics (
    position INTEGER PRIMARY KEY,
    mail_id TEXT NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    topic_id TEXT NOT NULL
);
CREATE INDEX mail_topics_in_order ON mail_topics (topic_id, recipient, position);
CREATE INDEX mail_topics_of_mail ON mail_topics (mail_id);
