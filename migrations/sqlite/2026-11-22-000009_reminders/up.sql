-- When people are reminded of what they have booked, and which mails they get besides those that everybody gets.

ALTER TABLE users ADD COLUMN reminder_minutes TEXT NOT NULL DEFAULT '[1440]'; -- JSON, as over the API
ALTER TABLE users ADD COLUMN mail_preferences TEXT NOT NULL DEFAULT '{}'; -- JSON, as over the API; what is left out is wanted

-- Every lead that anybody has ever chosen: what the job looks for.
CREATE TABLE reminder_leads (
    minutes INTEGER PRIMARY KEY CHECK (minutes > 0)
);
INSERT INTO reminder_leads VALUES (1440);

-- How far the job has come: what was due until then is written. One row, as soon as the job has run.
CREATE TABLE reminder_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    done_until TIMESTAMP NOT NULL
);
