//! What the service protects itself and its callers from.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use environment::config::Config;
use reqwest::Method;
use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::people::PASSWORD;
use crate::support::server::{Server, on_both_databases, with_two_workers};

fn slowly(config: &mut Config) {
    with_two_workers(config);
    config.limits.enabled = true;
    (config.limits.requests_per_minute, config.limits.request_burst) = (1, 3);
    (config.limits.sign_ins_per_minute, config.limits.sign_in_burst) = (1, 2);
}

fn behind_a_proxy(config: &mut Config) {
    config.server.trust_proxy = true;
}

fn slowly_behind_a_proxy(config: &mut Config) {
    slowly(config);
    behind_a_proxy(config);
}

fn three_wrong_passwords(config: &mut Config) {
    with_two_workers(config);
    behind_a_proxy(config);
    config.limits.enabled = true;
    config.limits.wrong_passwords_per_hour = 3;
}

fn open_to_one_page(config: &mut Config) {
    config.server.cors_origins = vec!["https://app.example.org".to_owned()];
}

fn impatient(config: &mut Config) {
    // A machine that is busy still gets the head of a request in this time.
    config.server.receive_timeout_seconds = 3;
}

fn with_few_connections(config: &mut Config) {
    config.server.connections_per_address = 3;
}

fn impatient_to_send(config: &mut Config) {
    config.server.send_timeout_seconds = 1;
}

fn hasty(config: &mut Config) {
    // It holds for all that the test asks, on a machine that stalls, too.
    config.server.request_timeout_seconds = 5;
}

/// Asks before it posts, as browsers do.
async fn preflight(client: &Client, origin: &str) -> Answer {
    let form = |request: reqwest::RequestBuilder| {
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,content-type")
    };
    client.send(Method::OPTIONS, "/organizations", form).await
}

/// What the service answers to bytes after which nothing follows.
pub(crate) fn answer_to(server: &Server, bytes: &str) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

on_both_databases! {
    async fn who_asks_too_much_is_told_to_wait(server, super::slowly) {
        let anonymous = server.anonymous();
        for remaining in [2, 1, 0] {
            let answer = anonymous.get("/organizations/none").await.refused(404, "not_found");
            assert_eq!(answer.header("ratelimit-policy"), "\"requests\";q=3;w=180");
            assert_eq!(answer.header("ratelimit"), format!("\"requests\";r={remaining};t=60"));
        }
        let refused = anonymous.get("/organizations/none").await.refused(429, "too_many_requests");
        // The clock of the limits is real.
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((55..=60).contains(&wait), "{refused:?}");
        assert_eq!(refused.header("ratelimit"), format!("\"requests\";r=0;t={wait}"));
        let health = server.root().get("/health/live").await.expect(200);
        assert_eq!(health.header("ratelimit"), "", "what is not the API has no limit");
    }

    async fn another_spelling_of_a_path_is_no_way_around_a_limit(server, super::slowly) {
        for path in ["/auth/login", "/auth/%6Cogin", "/auth/log%69n"] {
            let answer = server.anonymous().post(path, json!({})).await;
            assert!(answer.header("ratelimit").contains("\"sign-ins\""), "{answer:?}");
        }
        let policy = server.anonymous().post("/auth/login", json!({})).await.refused(429, "too_many_requests");
        assert_eq!(policy.header("ratelimit-policy"), "\"requests\";q=3;w=180, \"sign-ins\";q=2;w=120");
    }

    async fn behind_a_proxy_each_client_has_a_limit_of_its_own(server, super::slowly_behind_a_proxy) {
        let from = |address: &str| server.anonymous().with("x-forwarded-for", address);
        for made_up in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            from(&format!("{made_up}, 203.0.113.9")).get("/organizations/none").await.refused(404, "not_found");
        }
        from("192.0.2.4, 203.0.113.9").get("/organizations/none").await.refused(429, "too_many_requests");
        from("203.0.113.10").get("/organizations/none").await.refused(404, "not_found");
    }

    async fn the_idempotency_keys_of_strangers_are_independent(server, super::behind_a_proxy) {
        let from = |address: &str| server.anonymous().with("x-forwarded-for", address).with("idempotency-key", "\"same\"");
        let ask = async |client: Client, email: &str| client.post("/auth/forgot-password", json!({ "email": email })).await;
        ask(from("203.0.113.9"), "ada@example.org").await.expect(202);
        ask(from("203.0.113.10"), "bob@example.org").await.expect(202);
        ask(from("203.0.113.9"), "bob@example.org").await.refused(422, "idempotency_key_reused");
    }

    async fn wrong_passwords_are_counted_for_each_account_and_do_not_lock_its_owner_out(server, super::three_wrong_passwords) {
        let user = server.user("Ada").await;
        let sign_in = async |address: &str, email: &str, password: &str| {
            let client = server.anonymous().with("x-forwarded-for", address);
            client.post("/auth/login", json!({ "email": email, "password": password })).await
        };
        let home = "203.0.113.1";
        sign_in(home, &user.email, PASSWORD).await.expect(200);
        for number in 1..=3 {
            sign_in(&format!("192.0.2.{number}"), &user.email, "wrong").await.refused(401, "invalid_credentials");
        }
        let refused = sign_in("192.0.2.4", &user.email, PASSWORD).await.refused(429, "too_many_requests");
        assert_eq!(refused.header("retry-after"), "1200");
        // An address without an account is treated alike, so that nobody learns which addresses have one.
        for _ in 0..3 {
            sign_in("192.0.2.4", "nobody@example.org", "wrong").await.refused(401, "invalid_credentials");
        }
        sign_in("192.0.2.4", "nobody@example.org", "wrong").await.refused(429, "too_many_requests");
        // The owner signs in from the usual place, and from another place after a reset.
        sign_in(home, &user.email, PASSWORD).await.expect(200);
        server.anonymous().post("/auth/forgot-password", json!({ "email": user.email })).await.expect(202);
        let token = server.take_token(&user.email, "reset-password").await;
        let new = "a better horse battery";
        server.anonymous().post("/auth/reset-password", json!({ "token": token, "password": new })).await.expect(204);
        sign_in("192.0.2.4", &user.email, new).await.expect(200);
        let sessions = user.with_token(sign_in(home, &user.email, new).await.expect(200).text("access_token"));
        let networks: Vec<_> = sessions.get("/me/sessions").await.expect(200).items().iter().map(|one| one["network"].clone()).collect();
        assert!(networks.contains(&json!("192.0.2.4")) && networks.contains(&json!(home)), "{networks:?}");
    }

    async fn somebody_with_a_stolen_access_token_cannot_guess_the_password(server, super::three_wrong_passwords) {
        let user = server.user("Ada").await;
        let change = json!({ "current_password": "wrong", "new_password": "a better horse battery" });
        for _ in 0..3 {
            user.post("/me/password", change.clone()).await.refused_fields(&[("/current_password", "wrong_password")]);
        }
        user.post("/me/password", change).await.refused(429, "too_many_requests");
        server.advance(TimeDelta::minutes(20));
        let right = json!({ "current_password": PASSWORD, "new_password": "a better horse battery" });
        user.post("/me/password", right).await.expect(204);
    }

    async fn only_pages_of_configured_origins_may_call(server, super::open_to_one_page) {
        let anonymous = server.anonymous();
        let welcome = preflight(&anonymous, "https://app.example.org").await.expect(200);
        assert_eq!(welcome.header("access-control-allow-origin"), "https://app.example.org");
        assert!(welcome.header("access-control-allow-headers").contains("authorization"), "{welcome:?}");
        let answer = anonymous.with("origin", "https://app.example.org").get("/organizations").await.refused(401, "not_signed_in");
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.org");
        assert!(answer.header("access-control-expose-headers").to_lowercase().contains("etag"), "{answer:?}");
        for answer in [&welcome, &answer] {
            assert_eq!(answer.header("access-control-allow-credentials"), "true", "{answer:?}");
            assert!(answer.header("vary").to_lowercase().contains("origin"), "{answer:?}");
            let mut shared = answer.headers.iter().filter(|(name, _)| name.as_str().starts_with("access-control-"));
            assert!(shared.all(|(_, value)| value != "*"), "a wildcard does not count with credentials: {answer:?}");
        }

        preflight(&anonymous, "https://other.example.org").await.refused(400, "malformed_request");
        let answer = anonymous.with("origin", "https://other.example.org").get("/organizations").await;
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }

    async fn without_configured_origins_no_page_may_call(server) {
        let answer = preflight(&server.anonymous(), "https://app.example.org").await.refused(400, "malformed_request");
        assert!(answer.text("detail").contains("`server.cors_origins`"), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }

    async fn answers_are_compressed_for_those_who_want_it(server) {
        let plain = server.root().get("/api/openapi.json").await.expect(200);
        assert_eq!(plain.header("content-encoding"), "");
        let packed = server.root().with("accept-encoding", "gzip").get("/api/openapi.json").await.expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.text.chars().count() * 2 < plain.text.len(), "{} bytes", plain.text.len());
    }

    async fn a_body_that_is_too_large_is_refused_however_it_is_sent(server) {
        let ada = server.user("Ada").await;
        let large = json!({ "kind": "firm", "name": "x".repeat(300_000) });
        let refused = ada.post("/organizations", large).await.refused(413, "payload_too_large");
        assert!(refused.text("detail").contains("262144"), "{refused:?}");
    }

    async fn a_client_that_does_not_finish_its_head_is_let_go(server, super::impatient) {
        let answer = answer_to(server, "POST /api/v1/organizations HTTP/1.1\r\nHost: x\r\nContent-");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }

    async fn a_client_that_does_not_finish_its_body_is_let_go(server, super::impatient) {
        let ada = server.user("Ada").await;
        let answer = answer_to(server, &format!(
            "POST /api/v1/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
             Connection: close\r\nContent-Length: 100\r\n\r\n{{\"name\"",
            ada.header("authorization"),
        ));
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"code\":\"request_timeout\""), "{answer}");
    }

    async fn a_request_that_takes_too_long_is_given_up(server, super::hasty) {
        let ada = server.user("Ada").await;
        let held = server.hold_writes();
        let answer = ada.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await;
        let answer = answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "2");
        drop(held);
        ada.found("Gear Works").await;
    }

    async fn every_answer_has_the_headers_that_browsers_obey(server) {
        for path in ["/health/live", "/nothing", "/api/docs/", "/metrics", "/api/v1/organizations"] {
            let answer = server.root().get(path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{answer:?}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{answer:?}");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'; "), "{answer:?}");
            assert_eq!(answer.header("server"), "", "{answer:?}");
        }
    }

    async fn one_address_has_only_so_many_connections(server, super::with_few_connections) {
        let connect = || {
            let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
        };
        let is_served = |stream: &mut TcpStream| {
            let sent = stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let mut begun = [0; 12];
            sent.is_ok() && stream.read_exact(&mut begun).is_ok() && &begun == b"HTTP/1.1 200"
        };
        let mut kept: Vec<_> = (0..3).map(|_| connect()).collect();
        assert!(kept.iter_mut().all(is_served));
        assert!(!is_served(&mut connect()));
        drop(kept);
        // The server notices at some time that they are closed.
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_served(&mut connect()) {
            assert!(Instant::now() < deadline);
        }
    }

    async fn a_response_that_nobody_reads_is_not_kept(server, super::impatient_to_send) {
        let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
        // More responses than fit into the buffers of the connection; none is read.
        let request = b"GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let error = (0..1_000_000).find_map(|_| stream.write_all(request).err()).expect("it is closed");
        assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error:?}");
        server.root().get("/health/live").await.expect(200);
    }

    async fn a_client_that_accepts_no_encoding_at_all_gets_none(server) {
        for refusal in ["gzip;q=0, *;q=0", "*;q=0", "identity;q=0"] {
            let live = server.root().with("accept-encoding", refusal).get("/health/live").await.expect(200);
            assert_eq!(live.header("content-encoding"), "");
        }
    }

    async fn a_service_that_cannot_write_is_not_ready(server) {
        let ready = async || server.root().get("/health/ready").await;
        server.execute("ALTER TABLE write_probe RENAME TO elsewhere");
        ready().await.refused(503, "unavailable");
        server.execute("ALTER TABLE elsewhere RENAME TO write_probe");
        ready().await.expect(200);
        ready().await.expect(200);
    }
}
