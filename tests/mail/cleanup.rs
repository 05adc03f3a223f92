//! What is forgotten in time, and what is not.

use chrono::TimeDelta;
use domain::ids::{Identifier as _, SessionId, WebhookDeliveryId};

use super::office::on_both_databases;

on_both_databases! {
    async fn what_was_told_long_ago_is_forgotten(office) {
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|_| ());
        runner.run_once().await.unwrap();
        let left = || office.server.select("SELECT id AS value FROM facts UNION ALL SELECT id FROM mails").len();
        office.server.advance(TimeDelta::days(30));
        runner.run_once().await.unwrap();
        assert_eq!(left(), 2);
        office.server.advance(TimeDelta::hours(1));
        runner.run_once().await.unwrap();
        assert_eq!(left(), 0);
    }

    async fn what_is_still_to_be_sent_is_never_forgotten(office) {
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|config| (config.data_dir, config.mail.max_attempts) = ("/nowhere".into(), i32::MAX));
        runner.run_once().await.unwrap();
        office.server.advance(TimeDelta::days(60));
        runner.run_once().await.unwrap();
        let [mail] = &office.mails()[..] else { panic!("{:?}", office.mails()) };
        assert!(mail.starts_with("ada@example.org queued 2 /nowhere/mail: "), "{mail}");
    }

    async fn the_operator_says_how_long_data_is_kept(office) {
        office.ask_to_verify("Ada").await;
        let now = office.server.sql_now();
        // More than one transaction deletes.
        let rows: Vec<_> = (0..1200).map(|number| format!("('', '{number}', '', 200, '', '', {now})")).collect();
        office.server.execute(&format!("INSERT INTO idempotency_keys VALUES {}", rows.join(", ")));
        let mut runner = office.runner(|config| (config.retention.events_days, config.retention.repetitions_hours) = (7, 48));
        runner.run_once().await.unwrap();
        let facts = || office.server.select("SELECT id AS value FROM facts UNION ALL SELECT id FROM mails").len();
        let answers = || office.server.select("SELECT key AS value FROM idempotency_keys").len();
        office.server.advance(TimeDelta::hours(47));
        runner.run_once().await.unwrap();
        assert_eq!((facts(), answers()), (2, 1200));
        office.server.advance(TimeDelta::hours(1));
        runner.run_once().await.unwrap();
        assert_eq!((facts(), answers()), (2, 0));
        office.server.advance(TimeDelta::days(5) + TimeDelta::hours(1));
        runner.run_once().await.unwrap();
        assert_eq!(facts(), 0);
    }

    async fn what_others_sent_and_what_was_sent_to_them_is_forgotten_in_time(office) {
        let (user, now) = (office.user("Ada").await, office.server.sql_now());
        let [organization, webhook, delivery] = [1, 2, 3].map(|last| WebhookDeliveryId::new(office.server.now().millis(), [last; 10]));
        for insert in [
            format!(
                "organizations (id, kind, name, description, website, contact_email, created_at, updated_at) \
                 VALUES ('{organization}', 'firm', '', '', '', '', {now}, {now})"
            ),
            format!(
                "webhooks (id, organization_id, url, event_types, is_enabled, secret, position, newest, next_attempt_at, created_by, \
                 created_at, updated_at) VALUES ('{webhook}', '{organization}', 'https://example.org', '[]', TRUE, '', '', '', {now}, \
                 '{user}', {now}, {now})"
            ),
            format!(
                "webhook_deliveries (id, webhook_id, event_id, event_type, cause, body, status, response, error, millis, created_at) \
                 VALUES ('{delivery}', '{webhook}', '', '', 'event', '', 200, '', '', 1, {now})"
            ),
        ] {
            office.server.execute(&format!("INSERT INTO {insert}"));
        }
        let left = || office.server.select("SELECT id AS value FROM webhook_deliveries").len();
        let mut runner = office.runner(|config| config.retention.webhook_deliveries_days = 3);
        for (hours, expected) in [(71, 1), (2, 0)] {
            office.server.advance(TimeDelta::hours(hours));
            runner.run_once().await.unwrap();
            assert_eq!(left(), expected, "{hours}");
        }
    }

    async fn what_has_run_out_is_forgotten_in_time(office) {
        let (user, now) = (office.user("Ada").await, office.server.sql_now());
        let [session, token]: [SessionId; 2] = [1, 2].map(|last| SessionId::new(office.server.now().millis(), [last; 10]));
        for insert in [
            format!("sessions (id, user_id, user_agent, created_at, last_used_at, expires_at) VALUES ('{session}', '{user}', '', {now}, {now}, {now})"),
            format!("refresh_tokens (token_hash, session_id, created_at) VALUES ('2', '{session}', {now})"),
            format!(
                "one_time_tokens (id, user_id, purpose, token_hash, created_at, expires_at) \
                 VALUES ('{token}', '{user}', 'verify_email', '4', {now}, {now})"
            ),
            format!("idempotency_keys VALUES ('', '', '', 200, '', '', {now})"),
        ] {
            office.server.execute(&format!("INSERT INTO {insert}"));
        }
        let left = || {
            let of = |table: &str, key: &str| office.server.select(&format!("SELECT {key} AS value FROM {table}")).len();
            [of("sessions", "id"), of("refresh_tokens", "token_hash"), of("one_time_tokens", "id"), of("idempotency_keys", "key")]
        };
        let mut runner = office.runner(|_| ());
        for (hours, expected) in [(23, [1, 1, 1, 1]), (1, [1, 1, 1, 0]), (24 * 29 - 1, [1, 1, 1, 0]), (1, [0; 4])] {
            office.server.advance(TimeDelta::hours(hours));
            runner.run_once().await.unwrap();
            assert_eq!(left(), expected);
        }
    }
}
