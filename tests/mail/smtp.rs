//! The queue and a mail server that is well, down, slow, or of another mind.

use std::net::TcpListener;
use std::time::Duration;

use chrono::TimeDelta;
use environment::config::{Config, Tls};
use tokio::sync::oneshot;

use super::office::on_both_databases;
use super::post_office::{PostOffice, by_smtp, free_port};

on_both_databases! {
    async fn a_message_reaches_its_reader(office) {
        let post = PostOffice::open();
        office.ask_to_verify("Ada").await;
        office.runner(by_smtp(post.port)).run_once().await.unwrap();
        let [message] = &post.taken()[..] else { panic!("{:?}", post.taken()) };
        assert_eq!((message.to.as_str(), message.token().as_str()), ("ada@example.org", "token-of-Ada"));
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn messages_share_connections(office) {
        let post = PostOffice::open();
        for number in 0..12 {
            office.ask_to_verify(&format!("User{number}")).await;
        }
        let mut runner = office.runner(by_smtp(post.port));
        runner.run_once().await.unwrap();
        assert_eq!(post.taken().len(), 12);
        assert!(post.connections() <= 4, "{}", post.connections());
    }

    async fn a_server_that_is_down_is_tried_again_after_a_pause(office) {
        let port = free_port();
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(by_smtp(port));
        runner.run_once().await.unwrap();
        let [mail] = &office.mails()[..] else { panic!("{:?}", office.mails()) };
        assert!(mail.starts_with("ada@example.org queued 1 Connection error: "), "{mail}");
        let post = PostOffice::open_at(port);
        runner.run_once().await.unwrap();
        assert_eq!(post.recipients(), [""; 0]);
        office.server.advance(TimeDelta::seconds(10));
        runner.run_once().await.unwrap();
        assert_eq!(post.recipients(), ["ada@example.org"]);
        assert_eq!(office.mails(), ["ada@example.org sent 2 -"]);
    }

    async fn a_temporary_refusal_is_tried_again_with_growing_pauses_until_it_is_given_up(office) {
        let post = PostOffice::open();
        post.answer("ada@example.org", 451, "Come again");
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|config| {
            by_smtp(post.port)(config);
            config.mail.max_attempts = 4;
        });
        runner.run_once().await.unwrap();
        for (attempts, pause) in [(1, 10), (2, 20), (3, 40)] {
            office.server.advance(TimeDelta::seconds(pause - 1));
            runner.run_once().await.unwrap();
            assert_eq!(office.mails(), [format!("ada@example.org queued {attempts} transient error (451): Come again")]);
            office.server.advance(TimeDelta::seconds(1));
            runner.run_once().await.unwrap();
        }
        let given_up = ["ada@example.org failed 4 transient error (451): Come again"];
        assert_eq!(office.mails(), given_up);
        assert_eq!(office.server.select("SELECT context AS value FROM mails WHERE context LIKE '%token-of%'"), [""; 0]);
        post.relent();
        office.server.advance(TimeDelta::days(1));
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), given_up);
    }

    async fn a_recipient_who_is_refused_for_good_is_recorded_and_not_tried_again(office) {
        let post = PostOffice::open();
        post.answer("ada@example.org", 550, "No such user here");
        office.ask_to_verify("Ada").await;
        office.ask_to_verify("Bob").await;
        let mut runner = office.runner(by_smtp(post.port));
        runner.run_once().await.unwrap();
        let expected = ["ada@example.org failed 1 permanent error (550): No such user here", "bob@example.org sent 1 -"];
        assert_eq!(office.mails(), expected);
        post.relent();
        office.server.advance(TimeDelta::days(1));
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), expected);
        assert_eq!(post.recipients(), ["bob@example.org"]);
    }

    async fn what_a_server_says_is_kept_however_odd_it_is(office) {
        let post = PostOffice::open();
        post.answer("ada@example.org", 550, &format!("No\0 {}", "x".repeat(600)));
        office.ask_to_verify("Ada").await;
        office.runner(by_smtp(post.port)).run_once().await.unwrap();
        let [mail] = &office.mails()[..] else { panic!("{:?}", office.mails()) };
        assert!(mail.starts_with("ada@example.org failed 1 permanent error (550): No xxx") && mail.len() < 600, "{mail}");
    }

    async fn a_server_that_refuses_us_is_not_the_fault_of_the_recipient(office) {
        let post = PostOffice::open();
        let mut runner = office.runner(by_smtp(post.port));
        office.ask_to_verify("Ada").await;
        post.answer("no-reply@share.example", 550, "Who are you");
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org queued 1 permanent error (550): Who are you"]);
        post.relent();
        post.answer("ada@example.org", 530, "Sign in first");
        office.server.advance(TimeDelta::minutes(1));
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org queued 2 permanent error (530): Sign in first"]);
        post.relent();
        office.server.advance(TimeDelta::minutes(1));
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 3 -"]);
    }

    async fn a_server_that_never_answers_is_left_for_another_time(office) {
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|config| {
            by_smtp(silent.local_addr().unwrap().port())(config);
            config.mail.smtp.timeout_seconds = 1;
        });
        runner.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org queued 1 the mail server took too long to answer"]);
    }

    async fn a_slow_recipient_does_not_hold_up_the_others(office) {
        let post = PostOffice::open();
        post.keep_waiting("ada@example.org", 8);
        office.ask_to_verify("Ada").await;
        for number in 0..8 {
            office.ask_to_verify(&format!("User{number}")).await;
        }
        office.runner(by_smtp(post.port)).run_once().await.unwrap();
        let taken = post.taken();
        assert_eq!((taken.len(), taken[8].to.as_str()), (9, "ada@example.org"));
    }

    async fn what_is_not_encrypted_is_not_said_where_encryption_is_wanted(office) {
        let post = PostOffice::open();
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|config| {
            by_smtp(post.port)(config);
            config.mail.smtp.tls = Tls::StartTls;
        });
        runner.run_once().await.unwrap();
        assert_eq!(post.recipients(), [""; 0]);
        let [mail] = &office.mails()[..] else { panic!("{:?}", office.mails()) };
        assert_eq!(mail, "ada@example.org queued 1 internal client error: STARTTLS is not supported on this server");
    }

    async fn whoever_signs_in_over_tls_may_send(office) {
        let (post, certificate) = PostOffice::open_guarded(&office.server.config.data_dir);
        office.ask_to_verify("Ada").await;
        let guarded = |password: &'static str| {
            let (port, certificate) = (post.port, certificate.clone());
            move |config: &mut Config| {
                by_smtp(port)(config);
                let smtp = &mut config.mail.smtp;
                (smtp.host, smtp.tls, smtp.ca_file) = ("localhost".to_owned(), Tls::StartTls, certificate);
                (smtp.username, smtp.password) = ("ada".to_owned(), password.into());
            }
        };
        office.runner(guarded("guess")).run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org queued 1 permanent error (535): Invalid credentials"]);
        office.server.advance(TimeDelta::minutes(1));
        office.runner(guarded("open sesame")).run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 2 -"]);
        assert_eq!(post.recipients(), ["ada@example.org"]);
    }

    async fn a_server_with_a_certificate_of_unknown_origin_gets_nothing(office) {
        let (post, _) = PostOffice::open_guarded(&office.server.config.data_dir);
        office.ask_to_verify("Ada").await;
        let mut runner = office.runner(|config| {
            by_smtp(post.port)(config);
            (config.mail.smtp.host, config.mail.smtp.tls) = ("localhost".to_owned(), Tls::StartTls);
        });
        runner.run_once().await.unwrap();
        let [mail] = &office.mails()[..] else { panic!("{:?}", office.mails()) };
        assert!(mail.starts_with("ada@example.org queued 1 ") && mail.contains("certificate"), "{mail}");
        assert_eq!(post.recipients(), [""; 0]);
    }

    async fn a_delivery_that_was_cut_off_is_repeated_by_whoever_comes_later(office) {
        let post = PostOffice::open();
        post.keep_waiting("ada@example.org", 1);
        office.ask_to_verify("Ada").await;
        let mut dying = office.runner(by_smtp(post.port));
        tokio::select! { _ = dying.run_once() => panic!("it is kept waiting"), () = post.visited() => drop(dying) }
        post.hurry();
        let mut next = office.runner(by_smtp(post.port));
        next.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org queued 1 -"]);
        office.server.advance(TimeDelta::seconds(15));
        next.run_once().await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 2 -"]);
        assert_eq!(post.recipients(), ["ada@example.org"]);
    }

    async fn a_slow_delivery_of_a_server_that_lives_is_not_repeated(office) {
        let post = PostOffice::open();
        post.keep_waiting("ada@example.org", 1);
        office.ask_to_verify("Ada").await;
        let (stop, stopped) = oneshot::channel::<()>();
        let slow = office.runner(|config: &mut Config| {
            by_smtp(post.port)(config);
            config.mail.poll_seconds = 1;
        });
        let running = tokio::spawn(slow.run(async { drop(stopped.await) }));
        post.visited().await;
        let claimed_until = || office.server.select("SELECT CAST(next_attempt_at AS TEXT) AS value FROM mails");
        let mut next = office.runner(by_smtp(post.port));
        for _ in 0..3 {
            let before = claimed_until();
            office.server.advance(TimeDelta::seconds(10));
            while claimed_until() == before {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            next.run_once().await.unwrap();
            assert_eq!(office.mails(), ["ada@example.org queued 1 -"]);
        }
        post.hurry();
        stop.send(()).unwrap();
        running.await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn a_delivery_under_way_ends_before_the_service_stops(office) {
        let post = PostOffice::open();
        post.keep_waiting("ada@example.org", 1);
        office.ask_to_verify("Ada").await;
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = office.runner(by_smtp(post.port));
        let running = tokio::spawn(runner.run(async { drop(stopped.await) }));
        post.visited().await;
        stop.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!running.is_finished());
        post.hurry();
        running.await.unwrap();
        assert_eq!(office.mails(), ["ada@example.org sent 1 -"]);
    }

    async fn mails_that_still_wait_when_the_service_stops_are_given_back(office) {
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        for number in 0..6 {
            office.ask_to_verify(&format!("User{number}")).await;
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = office.runner(|config| {
            by_smtp(silent.local_addr().unwrap().port())(config);
            config.mail.smtp.timeout_seconds = 1;
        });
        let running = tokio::spawn(runner.run(async { drop(stopped.await) }));
        silent.set_nonblocking(true).unwrap();
        let _first = loop {
            match silent.accept() {
                Ok(connection) => break connection,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        stop.send(()).unwrap();
        running.await.unwrap();
        let tried = |attempts: &str| office.mails().iter().filter(|mail| mail.contains(&format!(" queued {attempts} "))).count();
        assert_eq!((tried("0"), tried("1")), (2, 4), "{:?}", office.mails());
    }
}
