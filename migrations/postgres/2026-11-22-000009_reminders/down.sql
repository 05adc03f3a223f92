DROP TABLE reminder_progress;
DROP TABLE reminder_leads;
ALTER TABLE users DROP COLUMN mail_preferences;
ALTER TABLE users DROP COLUMN reminder_minutes;
