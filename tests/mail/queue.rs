//! Facts and the queue of mails, with messages that become files.

use chrono::TimeDelta;
use domain::fact::{Event, LATEST_VERSION, Subscriber};
use domain::ids::{Identifier as _, UserId};

use super::office::on_both_databases;
use storage::db::Tx;
use storage::error::StorageError;
use storage::{facts, queue_lengths};

on_both_databases! {
    async fn an_event_becomes_a_mail_and_the_mail_a_message(office) {
        office.ask_to_verify("Ada").await;
        office.runner(|_| ()).run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
        let [message] = &office.files()[..] else { panic!("{:?}", office.files()) };
        assert_eq!((message.to.as_str(), message.token().as_str()), ("ada@example.org", "token-of-Ada"));
    }

    async fn what_was_sent_is_not_sent_again(office) {
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|_| ());
        runner.run_once().await.unwrap();
        office.server.advance(TimeDelta::days(2));
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn a_secret_that_was_sent_is_kept_nowhere(office) {
        office.ask_to_verify("Ada").await;
        let kept = || office.server.select("SELECT body AS value FROM facts UNION ALL SELECT context FROM mails").concat();
        assert!(kept().contains("token-of-Ada"));
        office.runner(|_| ()).run_once().await.unwrap();
        assert!(!kept().is_empty() && !kept().contains("token-of-Ada"), "{}", kept());
    }

    async fn an_event_about_somebody_who_has_gone_is_told_to_nobody(office) {
        let user_id = UserId::new(1, [1; 10]);
        office.publish(vec![Event::PasswordResetRequested { user_id, token: "token".to_owned() }]).await;
        office.ask_to_verify("Ada").await;
        office.runner(|_| ()).run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn an_event_that_cannot_be_read_does_not_stop_those_behind_it(office) {
        office.ask_to_verify("Ada").await;
        office.server.execute("UPDATE facts SET body = '{\"event\": \"of another time\"}'");
        office.ask_to_verify("Bob").await;
        office.runner(|_| ()).run_once().await.unwrap();
        assert_eq!(office.mails(), ["bob@example.org sent 1 -"]);
        assert_eq!(office.pending().len(), 1, "what cannot be read is kept");
    }

    async fn an_older_server_leaves_facts_of_a_later_version_to_a_newer_one(office) {
        // More than an older server takes at a time.
        let user_id = office.user("Ada").await;
        office.publish(vec![Event::VerificationRequested { user_id, token: "token".to_owned() }; 60]).await;
        let later = domain::fact::LATEST_VERSION + 1;
        office.server.execute(&format!("UPDATE facts SET version = {later}, body = '{{\"event\": \"of a later version\"}}'"));
        let later = office.pending();
        office.ask_to_verify("Bob").await;
        let mut older = office.runner(|_| ());
        older.run_once().await.unwrap();
        assert_eq!(office.mails(), ["bob@example.org sent 1 -"]);
        office.server.advance(TimeDelta::days(60));
        older.run_once().await.unwrap();
        assert_eq!(office.pending(), later, "facts of a later version are kept for ever");
        let counted = office.read(queue_lengths::get).await;
        assert_eq!((counted.pending_facts, counted.unreadable_facts), (60, 60));
        // A newer server knows this version and finds all of them at once, none put off.
        let now = office.server.now();
        let newer = move |tx: &mut Tx<'_>| facts::claim_pending(tx.conn, Subscriber::Mail, LATEST_VERSION + 1, now, i64::MAX);
        let found = office.db.write::<_, StorageError>(now, newer).await.unwrap();
        assert_eq!(found.iter().map(|fact| fact.id.to_string()).collect::<Vec<_>>(), later);
    }

    async fn a_mail_that_an_older_server_cannot_read_is_left_for_a_newer_one(office) {
        office.ask_to_verify("Ada").await;
        let mut older = office.runner(|_| ());
        older.run_once().await.unwrap();
        office.server.execute("UPDATE mails SET status = 'queued', sent_at = NULL, attempts = 0");
        office.server.execute("CREATE TABLE kept AS SELECT id, context FROM mails");
        office.server.execute("UPDATE mails SET context = '{\"content\": {\"of_a_later_version\": {}}}'");
        let sent = office.files().len();
        office.server.advance(TimeDelta::hours(1));
        older.run_once().await.unwrap();
        assert_eq!(office.server.select("SELECT status AS value FROM mails"), ["queued"]);
        // A newer server reads it.
        office.server.execute("UPDATE mails SET context = (SELECT kept.context FROM kept WHERE kept.id = mails.id)");
        office.server.advance(TimeDelta::hours(12));
        office.runner(|_| ()).run_once().await.unwrap();
        assert_eq!(office.server.select("SELECT status AS value FROM mails"), ["sent"]);
        assert!(!office.files().is_empty() && sent == 1);
    }

    async fn an_event_that_is_told_again_makes_no_second_mail(office) {
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|_| ());
        runner.run_once().await.unwrap();
        office.server.execute("UPDATE deliveries SET state = 'pending', done_at = NULL WHERE subscriber = 'mail'");
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn more_events_than_fit_in_one_transaction_are_all_told(office) {
        let user_id = office.user("Ada").await;
        let event = Event::PasswordResetRequested { user_id, token: "token".to_owned() };
        office.publish(vec![event; 120]).await;
        office.runner(|_| ()).run_once().await.unwrap();
        assert_eq!(office.mails(), vec!["ada@example.org sent 1 -"; 120]);
        assert_eq!(office.files().len(), 120);
    }

    async fn servers_that_run_side_by_side_send_every_mail_once(office) {
        let user_id = office.user("Ada").await;
        let event = Event::PasswordResetRequested { user_id, token: "token".to_owned() };
        office.publish(vec![event; 120]).await;
        let (mut one, mut other) = (office.runner(|_| ()), office.runner(|_| ()));
        let (first, second) = tokio::join!(one.run_once(), other.run_once());
        first.and(second).unwrap();
        // What one has claimed when the other finds nothing more is sent all the same.
        assert_eq!(office.mails(), vec!["ada@example.org sent 1 -"; 120]);
    }
}
