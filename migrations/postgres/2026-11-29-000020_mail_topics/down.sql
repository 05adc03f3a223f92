DROP TABLE mail_topics;
