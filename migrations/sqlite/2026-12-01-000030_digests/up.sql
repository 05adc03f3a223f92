-- Letters to people who have had many mails within an hour. They wait until one mail, the digest, is made of them.
CREATE TABLE digest_letters (
    id TEXT PRIMARY KEY,
    fact_id TEXT NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    context TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL,
    UNIQUE (fact_id, recipient, template)
);
CREATE INDEX digest_letters_by_recipient ON digest_letters (recipient, id);
CREATE INDEX digest_letters_by_age ON digest_letters (created_at);
