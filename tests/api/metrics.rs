//! What the service counts.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::{Kind, Server, on_both_databases};

/// The value of a figure, if there is one with just these labels.
async fn figure(server: &Server, name: &str) -> Option<f64> {
    let metrics = server.root().get("/metrics").await.expect(200);
    assert_eq!(metrics.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let line = metrics.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    Some(line.parse().unwrap_or_else(|_| panic!("{name} is {line}")))
}

on_both_databases! {
    async fn requests_are_counted_by_the_pattern_of_their_path(server) {
        let ada = server.user("Ada").await;
        let one = ada.found("Rotor Works").await;
        let other = ada.found("Gear Works").await;
        ada.get(&format!("/organizations/{one}")).await.expect(200);
        ada.get(&format!("/organizations/{other}")).await.expect(200);
        let labels = r#"{method="GET",route="/api/v1/organizations/{id}",status="200"}"#;
        assert_eq!(figure(server, &format!("http_requests_total{labels}")).await, Some(2.0));
        assert_eq!(figure(server, &format!("http_request_duration_seconds_count{labels}")).await, Some(2.0));
    }

    async fn no_caller_can_make_up_labels(server) {
        let method = reqwest::Method::from_bytes(b"MADE-UP").unwrap();
        server.root().send(method, "/made/up", |request| request).await.refused(404, "not_found");
        let labels = r#"{method="other",route="none",status="404"}"#;
        assert_eq!(figure(server, &format!("http_requests_total{labels}")).await, Some(1.0));
    }

    async fn problems_are_counted_by_their_code(server) {
        server.anonymous().post("/organizations", json!({})).await.refused(401, "not_signed_in");
        server.anonymous().get("/organizations").await.refused(401, "not_signed_in");
        assert_eq!(figure(server, r#"http_problems_total{code="not_signed_in"}"#).await, Some(2.0));
        assert_eq!(figure(server, r#"http_problems_total{code="not_found"}"#).await, None);
    }

    async fn what_waits_in_the_outbox_is_counted_when_it_is_asked_for(server) {
        for name in ["outbox_pending", "mails_queued", "mails_failed"] {
            assert_eq!(figure(server, name).await, Some(0.0), "{name}");
        }
        let now = server.sql_now();
        server.execute(&format!("INSERT INTO facts (id, kind, version, body, created_at) VALUES ('1', 'test', 1, '{{}}', {now})"));
        server.execute(&format!(
            "INSERT INTO mails (id, fact_id, recipient, template, context, status, next_attempt_at, created_at) \
             VALUES ('1', '1', 'ada@example.org', 'test', '{{}}', 'failed', {now}, {now})"
        ));
        assert_eq!(figure(server, "mails_failed").await, Some(1.0));
        assert_eq!(figure(server, "mails_queued").await, Some(0.0));
    }

    async fn the_oldest_event_that_waits_is_told_by_its_age(server, |config: &mut environment::config::Config| config.mail.poll_seconds = 3600) {
        while figure(server, "job_last_success_timestamp_seconds{job=\"outbox\"}").await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(figure(server, "outbox_oldest_pending_age_seconds").await, Some(0.0));
        let now = server.sql_now();
        let later = domain::fact::LATEST_VERSION + 1;
        server.execute(&format!(
            "INSERT INTO facts (id, kind, version, body, created_at) VALUES ('1', 'test', {later}, '{{}}', {now})"
        ));
        server.execute(&format!(
            "INSERT INTO deliveries (fact_id, subscriber, state, next_attempt_at) VALUES ('1', 'mail', 'pending', {now})"
        ));
        server.advance(TimeDelta::minutes(5));
        assert_eq!(figure(server, "outbox_oldest_pending_age_seconds").await, Some(300.0));
        assert_eq!(figure(server, "outbox_pending").await, Some(1.0));
        // It is of a later version than this server knows.
        assert_eq!(figure(server, "outbox_unreadable").await, Some(1.0));
    }

    async fn what_waits_for_the_database_is_counted(server) {
        let ada = server.user("Ada").await;
        let is_sqlite = server.kind == Kind::Sqlite;
        let held = server.hold_writes();
        let found = async |name: &str| ada.post("/organizations", json!({ "name": name, "kind": "firm" })).await.expect(201);
        // On SQLite the writer has taken the first, and the others wait for it.
        let (waiting, least) = if is_sqlite { ("database_writes_waiting", 2.0) } else { ("database_connections_in_use", 3.0) };
        let release = async {
            while figure(server, waiting).await < Some(least) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            drop(held);
        };
        tokio::join!(found("Rotor Works"), found("Gear Works"), found("Chain Works"), release);
        assert_eq!(figure(server, "database_writes_waiting").await, Some(0.0));
        assert!(figure(server, "database_pool_wait_seconds_count").await > Some(0.0));
        // Prometheus refuses a histogram whose last bucket is not this one.
        assert!(figure(server, "database_pool_wait_seconds_bucket{le=\"+Inf\"}").await > Some(0.0));
        if is_sqlite {
            assert!(figure(server, "database_lock_wait_seconds_sum").await > Some(0.0));
            let (writes, batches) = ("database_batch_size_sum", "database_batch_size_count");
            assert!(figure(server, writes).await > figure(server, batches).await, "those that waited were committed together");
        }
        assert_eq!(figure(server, "database_retries_total").await, Some(0.0));
    }

    async fn a_job_that_fails_is_late_and_the_others_are_not(server, |config: &mut environment::config::Config| config.mail.poll_seconds = 1) {
        let jobs = ["outbox", "delivery", "completion", "warnings", "reminders", "cleanup"];
        let name_of = |figure: &str, job: &str| format!("{figure}_seconds{{job=\"{job}\"}}");
        let lag = async |job| figure(server, &name_of("job_lag", job)).await;
        let last_success = async |job| figure(server, &name_of("job_last_success_timestamp", job)).await;
        let all_succeed_until = async |now: f64, but: &str| {
            for job in jobs.iter().filter(|job| **job != but) {
                for _ in 0..500 {
                    if last_success(job).await >= Some(now) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                assert_eq!((*job, last_success(job).await, lag(job).await), (*job, Some(now), Some(0.0)));
            }
        };
        let seconds = || server.now().to_chrono().timestamp() as f64;
        let started_at = seconds();
        all_succeed_until(started_at, "none").await;
        server.execute("ALTER TABLE reminder_progress RENAME TO gone");
        server.advance(TimeDelta::hours(2));
        all_succeed_until(seconds(), "reminders").await;
        assert_eq!(last_success("reminders").await, Some(started_at));
        assert_eq!(lag("reminders").await, Some(2.0 * 3600.0 - 60.0));
    }

    async fn memory_and_version_are_told(server) {
        assert!(figure(server, "process_resident_memory_bytes").await > Some(1_000_000.0));
        let version = format!("sharefloor_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        assert_eq!(figure(server, &version).await, Some(1.0));
    }
}
