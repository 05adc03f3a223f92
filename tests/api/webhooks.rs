//! Webhooks: what receivers get, what becomes of receivers that fail, and what owners see of that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use environment::config::Config;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::receiver::{Behaviour, Received, Receiver};
use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-20T10:00:00Z";
const TO: &str = "2026-12-20T11:00:00Z";

fn on_loopback(config: &mut Config) {
    config.webhooks.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
    config.webhooks.timeout_seconds = 2;
}

/// As [`on_loopback`], with more time for each request than a test takes.
fn patient(config: &mut Config) {
    on_loopback(config);
    config.webhooks.timeout_seconds = 30;
}

/// A host with a webhook, and its receiver.
struct House {
    market: Market,
    receiver: Receiver,
    webhook: Answer,
    path: String,
}

impl House {
    async fn open(server: &Server) -> Self {
        let market = server.market(json!({ "capacity": { "quantity": 99, "unit": "unit" } })).await;
        // The event of the machine is older than the webhook, which does not get it.
        server.tell_all().await;
        let receiver = Receiver::start();
        let webhook = create(&market.host, &market.host_organization, json!({ "url": format!("{}/hook", receiver.url) })).await;
        let path = format!("/webhooks/{}", webhook.id());
        Self { market, receiver, webhook, path }
    }

    async fn book(&self) -> String {
        self.market.book(FROM, TO).await.expect(201).id()
    }

    /// The delivery with this field, when so many are written.
    async fn find(&self, count: usize, field: &str, value: Value) -> Value {
        let written = self.written(count).await;
        let found = written.items().iter().find(|delivery| delivery[field] == value);
        found.cloned().unwrap_or_else(|| panic!("{written:?}"))
    }

    async fn cancel(&self, booking: &str) {
        self.market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
    }

    /// The webhook as its owner sees it.
    async fn seen(&self) -> Answer {
        self.market.host.get(&self.path).await.expect(200)
    }

    /// The deliveries, the oldest first.
    async fn deliveries(&self) -> Answer {
        self.market.host.get(&format!("{}/deliveries", self.path)).await.expect(200)
    }

    /// Waits until the receiver has got so many requests, and returns them.
    async fn received(&self, count: usize) -> Vec<Received> {
        received(&self.receiver, count).await
    }

    /// Waits until so many deliveries are written, and returns them.
    async fn written(&self, count: usize) -> Answer {
        for _ in 0..1000 {
            let deliveries = self.deliveries().await;
            let is_done = |delivery: &Value| delivery["is_pending"] == false;
            if deliveries.items().len() >= count && deliveries.items().iter().all(is_done) {
                return deliveries;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("there are {:?}", self.deliveries().await);
    }
}

async fn create(owner: &Client, organization: &str, fields: Value) -> Answer {
    owner.post(&format!("/organizations/{organization}/webhooks"), fields).await.expect(201)
}

async fn received(receiver: &Receiver, count: usize) -> Vec<Received> {
    for _ in 0..1500 {
        let received = receiver.received();
        if received.len() >= count {
            return received;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{count} requests were awaited, and these came: {:?}", receiver.received());
}

/// HMAC-SHA256 by RFC 2104, from the hash alone.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |pad: u8| block.map(|byte| byte ^ pad).to_vec();
    let inner = digest(&SHA256, &[padded(0x36), message.to_vec()].concat());
    digest(&SHA256, &[padded(0x5c), inner.as_ref().to_vec()].concat()).as_ref().to_vec()
}

fn from_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == character).expect("it is base64");
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

/// The number of the signature of a request that this secret made; none if none did.
fn signature_by(request: &Received, secret: &str) -> Option<usize> {
    let header = |name: &str| request.headers[name].as_str();
    let message = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), request.body);
    let expected = hmac(&from_base64(secret.strip_prefix("whsec_").unwrap()), message.as_bytes());
    let mut signatures = header("webhook-signature").split(' ');
    signatures.position(|signature| from_base64(signature.strip_prefix("v1,").unwrap()) == expected)
}

/// The type and the version of each event.
fn summary(received: &[Received]) -> Vec<String> {
    received
        .iter()
        .map(Received::event)
        .map(|event| format!("{} {}", event["type"].as_str().unwrap(), event["data"]["version"]))
        .collect()
}

on_both_databases! {
    async fn an_event_arrives_signed_and_its_delivery_is_written(server, super::on_loopback) {
        let house = House::open(server).await;
        let secret = house.webhook.text("secret");
        assert_eq!((secret.starts_with("whsec_"), from_base64(&secret[6..]).len(), house.webhook.header("cache-control")), (true, 32, "no-store"));
        house.book().await;
        let request = house.received(1).await.remove(0);
        assert_eq!((request.path.as_str(), signature_by(&request, &secret)), ("/hook", Some(0)));
        assert_eq!(request.headers["webhook-timestamp"], "1796029200");
        assert_eq!((request.headers["content-type"].as_str(), request.headers.get("authorization")), ("application/json", None));
        let events = house.market.host.get(&format!("/organizations/{}/events", house.market.host_organization)).await.expect(200);
        assert_eq!((request.event(), &request.headers["webhook-id"]), (events.items()[1].clone(), &events.items()[1]["id"].as_str().unwrap().to_owned()));
        let deliveries = house.written(1).await;
        let delivery = &deliveries.items()[0];
        assert_eq!((&delivery["body"], &delivery["status"], &delivery["is_success"]), (&request.event(), &json!(204), &json!(true)));
        assert_eq!((&delivery["cause"], &delivery["event_type"]), (&json!("event"), &json!("booking.create")));
        // The secret is shown once, and is not plain in the database.
        assert_eq!(house.seen().await["secret"], Value::Null);
        let audit = house.market.host.get(&format!("/organizations/{}/audit?object=webhook", house.market.host_organization)).await.expect(200);
        assert_eq!((&audit.items()[0]["action"], audit.text.contains("whsec")), (&json!("webhook.create"), false));
        let stored = server.select("SELECT secret AS value FROM webhooks").remove(0);
        assert!(!stored.contains(&secret[6..]) && !stored.contains("whsec"), "{stored}");
    }

    async fn events_of_a_booking_wait_behind_one_that_fails_and_arrive_in_order(server, super::on_loopback) {
        let house = House::open(server).await;
        house.receiver.then(&[Behaviour::Status(500, "not now"), Behaviour::Close]);
        let booking = house.book().await;
        house.cancel(&booking).await;
        house.written(1).await;
        assert_eq!((&house.seen().await["failures"], &house.seen().await["failing_since"]), (&json!(1), &json!("2026-11-30T09:00:00Z")));
        server.run_jobs().await;
        assert_eq!(house.receiver.received().len(), 1, "nothing is sent during the pause");
        server.advance(TimeDelta::seconds(5));
        server.run_jobs().await;
        house.written(2).await;
        server.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
        server.run_jobs().await;
        assert_eq!(house.receiver.received().len(), 2, "the pauses grow");
        server.advance(TimeDelta::seconds(1));
        server.run_jobs().await;
        let received = house.received(4).await;
        assert_eq!(summary(&received), ["booking.create 1", "booking.create 1", "booking.create 1", "booking.cancel 2"]);
        let ids: BTreeSet<_> = received.iter().map(|request| request.headers["webhook-id"].clone()).collect();
        assert_eq!(ids.len(), 2, "an event keeps its identifier");
        let written = house.written(4).await;
        let outcomes: Vec<_> = written.items().iter().map(|one| (one["status"].clone(), one["response"].clone(), one["error"].clone())).collect();
        assert_eq!(outcomes[0], (json!(500), json!("not now"), json!("")));
        assert_eq!(outcomes[1], (Value::Null, json!(""), json!("The connection broke before the response was complete.")));
        let seen = house.seen().await;
        assert_eq!((&seen["failures"], &seen["failing_since"], &seen["is_enabled"]), (&json!(0), &Value::Null, &json!(true)));
    }

    async fn an_event_that_fails_delays_only_the_later_events_of_its_booking(server, super::on_loopback) {
        let house = House::open(server).await;
        house.receiver.then(&[Behaviour::Status(500, "")]);
        let wrong = house.book().await;
        house.written(1).await;
        house.receiver.refuse(&wrong);
        house.cancel(&wrong).await;
        let right = house.book().await;
        house.cancel(&right).await;
        // The clock stands still: nothing has waited for a pause.
        house.written(3).await;
        let of = |booking: &str| {
            let mut received = house.receiver.received();
            received.retain(|request| request.body.contains(booking));
            summary(&received)
        };
        assert_eq!((of(&wrong).len(), of(&right)), (1, vec!["booking.create 1".to_owned(), "booking.cancel 2".to_owned()]));
        let seen = house.seen().await;
        assert_eq!((&seen["failures"], &seen["failing_since"]), (&json!(1), &json!("2026-11-30T09:00:00Z")));
        // However often it fails, the events of others are not delayed.
        for (attempt, pause) in [(2, 5), (3, 300), (4, 1800)] {
            server.advance(TimeDelta::seconds(pause));
            server.run_jobs().await;
            house.written(3 + 2 * (attempt - 1) - 1).await;
            assert_eq!(of(&wrong), vec!["booking.create 1"; attempt]);
            let other = house.book().await;
            house.written(3 + 2 * (attempt - 1)).await;
            assert_eq!(of(&other), ["booking.create 1"]);
        }
        let metrics = server.root().get("/metrics").await.expect(200).text;
        assert!(metrics.contains("\nwebhooks_failing 1\n") && metrics.contains("\nwebhooks_oldest_unsent_age_seconds 2105.0\n"), "{metrics}");
        house.receiver.accept();
        server.advance(TimeDelta::hours(2));
        server.run_jobs().await;
        house.written(11).await;
        assert_eq!(of(&wrong)[4..], ["booking.create 1", "booking.cancel 2"]);
        let seen = house.seen().await;
        assert_eq!((&seen["failures"], &seen["failing_since"]), (&json!(0), &Value::Null));
        assert_eq!(server.select("SELECT object AS value FROM webhook_delays"), [""; 0]);
    }

    async fn a_receiver_that_is_down_is_tried_once_after_each_pause_and_then_gets_all_in_order(server, super::on_loopback) {
        let house = House::open(server).await;
        house.receiver.refuse("");
        for _ in 0..4 {
            let booking = house.book().await;
            house.cancel(&booking).await;
        }
        server.tell_all().await;
        let mut attempts = 2;
        house.written(attempts).await;
        for pause in [5, 300, 1800] {
            server.advance(TimeDelta::seconds(pause) - TimeDelta::seconds(1));
            server.run_jobs().await;
            assert_eq!(house.receiver.received().len(), attempts, "before {pause} seconds");
            server.advance(TimeDelta::seconds(1));
            server.run_jobs().await;
            attempts += 1;
            house.written(attempts).await;
            assert_eq!(house.receiver.received().len(), attempts, "after {pause} seconds");
        }
        house.receiver.accept();
        server.advance(TimeDelta::minutes(30));
        server.run_jobs().await;
        house.written(attempts + 8).await;
        let received = house.receiver.received();
        let ids: BTreeSet<_> = received.iter().map(|request| request.headers["webhook-id"].clone()).collect();
        assert_eq!((received.len(), ids.len()), (attempts + 8, 8));
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for event in received[attempts..].iter().map(Received::event) {
            let (booking, version) = (event["data"]["booking"]["id"].to_string(), event["data"]["version"].as_i64().unwrap());
            let before = last.insert(booking, version).unwrap_or_default();
            assert_eq!(version, before + 1, "{event}");
        }
        assert_eq!(house.seen().await["failures"], json!(0));
    }

    async fn a_receiver_that_is_down_slow_or_elsewhere_has_failed(server, super::on_loopback) {
        let house = House::open(server).await;
        let elsewhere = Receiver::start();
        house.receiver.then(&[Behaviour::Redirect(format!("{}/", elsewhere.url)), Behaviour::Hang]);
        house.book().await;
        let first = house.written(1).await;
        assert_eq!((&first.items()[0]["status"], &first.items()[0]["is_success"]), (&json!(307), &json!(false)));
        server.advance(TimeDelta::seconds(5));
        server.run_jobs().await;
        house.find(2, "error", json!("The receiver did not respond in time.")).await;
        assert!(elsewhere.received().is_empty(), "a redirect was followed");
        // Nobody listens there.
        let down = json!({ "url": "http://127.0.0.1:1/" });
        house.market.host.patch(&house.path, down).await.expect(200);
        house.find(3, "error", json!("The receiver could not be reached.")).await;
        // A change of the address is tried at once.
        house.market.host.patch(&house.path, json!({ "url": house.receiver.url })).await.expect(200);
        house.find(4, "is_success", json!(true)).await;
    }

    async fn a_webhook_that_fails_for_three_days_is_disabled_and_the_managers_are_told(server, super::on_loopback) {
        let house = House::open(server).await;
        house.receiver.then(&vec![Behaviour::Status(500, ""); 10]);
        house.book().await;
        for (attempt, pause) in [(1, 5), (2, 300), (3, 1800), (4, 7200), (5, 18_000), (6, 36_000), (7, 50_400), (8, 72_000), (9, 86_400)] {
            house.written(attempt).await;
            server.advance(TimeDelta::seconds(pause));
            server.run_jobs().await;
        }
        house.written(10).await;
        let disabled = house.seen().await;
        assert_eq!((&disabled["is_enabled"], &disabled["disabled_at"].is_string()), (&json!(false), &true));
        server.tell_all().await;
        let mails = server.mails(&house.market.host.email, 1).await;
        let told = mails.iter().find(|mail| mail.subject == "A webhook of Rotor Works is disabled").unwrap_or_else(|| panic!("{mails:?}"));
        assert!(told.text.contains("The receiver responded with the status 500."), "{}", told.text);
        let count = house.receiver.received().len();
        house.book().await;
        server.tell_all().await;
        assert_eq!(house.receiver.received().len(), count);
        // It goes on where it stopped.
        house.market.host.patch(&house.path, json!({ "is_enabled": true })).await.expect(200);
        house.received(count + 2).await;
        let seen = house.seen().await;
        assert_eq!((&seen["is_enabled"], &seen["disabled_at"]), (&json!(true), &Value::Null));
        // A receiver that is gone is disabled at once.
        house.written(12).await;
        house.receiver.then(&[Behaviour::Status(410, "")]);
        house.book().await;
        house.written(13).await;
        assert_eq!(house.seen().await["is_enabled"], json!(false));
    }

    async fn both_secrets_sign_for_a_day_after_a_rotation(server, super::on_loopback) {
        let house = House::open(server).await;
        let old = house.webhook.text("secret");
        let rotated = house.market.host.post(&format!("{}/rotate-secret", house.path), json!({})).await.expect(200);
        let new = rotated.text("secret");
        assert_eq!(rotated["previous_secret_until"], json!("2026-12-01T09:00:00Z"));
        house.book().await;
        let request = house.received(1).await.remove(0);
        assert_eq!((signature_by(&request, &new), signature_by(&request, &old)), (Some(0), Some(1)));
        server.advance(TimeDelta::hours(24));
        house.book().await;
        server.tell_all().await;
        let is_second = |request: &Received| request.event()["type"] == "booking.create" && request.event()["timestamp"] != "2026-11-30T09:00:00Z";
        for _ in 0..500 {
            if house.receiver.received().iter().any(is_second) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let request = house.receiver.received().into_iter().find(is_second).unwrap();
        assert_eq!((signature_by(&request, &new), signature_by(&request, &old)), (Some(0), None));
    }

    async fn an_owner_tests_a_webhook_and_sends_an_event_again(server, super::on_loopback) {
        let house = House::open(server).await;
        house.market.host.patch(&house.path, json!({ "is_enabled": false })).await.expect(200);
        house.receiver.then(&[Behaviour::Status(503, "busy")]);
        let test = house.market.host.post(&format!("{}/test", house.path), json!({})).await.expect(201);
        assert_eq!((&test["cause"], &test["event_type"], &test["is_pending"]), (&json!("test"), &json!("webhook.test"), &json!(true)));
        let written = house.written(1).await;
        assert_eq!((&written.items()[0]["status"], &written.items()[0]["response"]), (&json!(503), &json!("busy")));
        let again = house.market.host.post(&format!("/webhook-deliveries/{}/replay", test.id()), json!({})).await.expect(201);
        assert_eq!(house.find(2, "id", json!(again.id())).await["is_success"], json!(true));
        let received = house.received(2).await;
        assert_eq!((&received[0].body, &received[0].headers["webhook-id"]), (&received[1].body, &received[1].headers["webhook-id"]));
        assert!(signature_by(&received[1], &house.webhook.text("secret")).is_some());
        assert_eq!(house.seen().await["failures"], json!(0));
        let events = house.market.host.get(&format!("/organizations/{}/events", house.market.host_organization)).await.expect(200);
        let kinds: Vec<_> = events.items().iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["resource.create"], "a test is no event of the organization");
    }

    async fn a_webhook_gets_the_chosen_types_from_its_creation_on(server, super::on_loopback) {
        let house = House::open(server).await;
        let booking = house.book().await;
        house.received(1).await;
        let late = Receiver::start();
        let fields = json!({ "url": late.url, "event_types": ["booking.cancel", "booking.end", "booking.cancel"] });
        let chosen = create(&house.market.customer, &house.market.customer_organization, fields).await;
        assert_eq!(chosen["event_types"], json!(["booking.cancel", "booking.end"]));
        let other = house.book().await;
        house.cancel(&booking).await;
        house.cancel(&other).await;
        house.received(4).await;
        assert_eq!(summary(&received(&late, 2).await), ["booking.cancel 2", "booking.cancel 2"]);
        house.market.customer.delete(&format!("/webhooks/{}", chosen.id())).await.expect(204);
        house.book().await;
        house.received(5).await;
        assert_eq!(late.received().len(), 2);
    }

    async fn wrong_addresses_are_refused(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/webhooks", market.host_organization);
        for url in ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://user@example.org/", "example.org"] {
            market.host.post(&path, json!({ "url": url })).await.refused_fields(&[("/url", "invalid")]);
        }
        market.host.post(&path, json!({ "url": "https://example.org/", "event_types": ["none"] })).await.refused(422, "invalid_fields");
        // A name that leads to this machine is refused when an event is sent.
        let fields = json!({ "url": "https://localhost/", "is_enabled": false });
        let webhook = create(&market.host, &market.host_organization, fields.clone()).await;
        let test = market.host.post(&format!("/webhooks/{}/test", webhook.id()), json!({})).await.expect(201).id();
        let mut delivery = Value::Null;
        for _ in 0..500 {
            delivery = market.host.get(&format!("/webhook-deliveries/{test}")).await.expect(200).body;
            if delivery["is_pending"] == false {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(delivery["error"], json!("The address of the receiver is not on the internet."));
        for _ in 0..19 {
            create(&market.host, &market.host_organization, fields.clone()).await;
        }
        market.host.post(&path, fields).await.refused(409, "invalid_transition");
        // Nobody else sees it.
        market.customer.get(&format!("/webhooks/{}", webhook.id())).await.refused(404, "not_found");
        market.customer.post(&format!("/webhook-deliveries/{test}/replay"), json!({})).await.refused(404, "not_found");
        let booker = server.user("Bob").await;
        server.add_member(&market.host_organization, &booker, "manager");
        booker.get(&path).await.refused(403, "forbidden");
        let stale = market.host.with("if-match", "\"0\"").patch(&format!("/webhooks/{}", webhook.id()), json!({ "is_enabled": false })).await;
        stale.refused(412, "precondition_failed");
    }

    async fn two_servers_and_one_that_dies_send_each_event_in_order(server, super::patient) {
        let house = House::open(server).await;
        // A server dies while it waits for the receiver.
        house.receiver.then(&[Behaviour::Hang]);
        let first = house.book().await;
        house.received(1).await;
        for _ in 0..10 {
            let booking = house.book().await;
            house.cancel(&booking).await;
        }
        house.cancel(&first).await;
        // The claim of the server that waits has ended, as if it was dead.
        server.advance(TimeDelta::seconds(91));
        let (mut one, mut other) = (server.runner(), server.runner());
        let (one, other) = tokio::join!(one.run_once(), other.run_once());
        one.unwrap();
        other.unwrap();
        server.tell_all().await;
        let received = house.received(23).await;
        let events = house.market.host.get(&format!("/organizations/{}/events?limit=200", house.market.host_organization)).await.expect(200);
        let known: Vec<_> = events.items()[1..].iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        let got: Vec<_> = received.iter().map(|request| request.headers["webhook-id"].clone()).collect();
        assert_eq!(got.iter().collect::<BTreeSet<_>>(), known.iter().collect::<BTreeSet<_>>());
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for event in received.iter().map(Received::event) {
            let (booking, version) = (event["data"]["booking"]["id"].to_string(), event["data"]["version"].as_i64().unwrap());
            let before = last.insert(booking, version).unwrap_or_default();
            assert!(version == before + 1 || version == before, "{event}");
        }
    }

    async fn receivers_that_hang_do_not_hold_up_the_others(server, super::patient) {
        let house = House::open(server).await;
        // As many as fifty organizations would have.
        let (all, hanging) = (400, 100);
        for number in 0..all {
            let path = if number % (all / hanging) == 0 { format!("{number}/hang") } else { format!("{number}/hook") };
            let insert = format!(
                "INSERT INTO webhooks (id, organization_id, url, event_types, is_enabled, secret, position, newest, next_attempt_at, \
                 created_by, created_at, updated_at) SELECT '019acb2f-02c0-7d5e-8a17-{number:012}', organization_id, '{}/{path}', '[]', TRUE, \
                 secret, position, newest, next_attempt_at, created_by, created_at, updated_at FROM webhooks WHERE id = '{}'",
                house.receiver.url, house.webhook.id()
            );
            assert_eq!(server.execute(&insert), 1);
        }
        let began_at = Instant::now();
        house.book().await;
        let answered = |received: &[Received]| received.iter().filter(|request| request.path.ends_with("/hook")).count();
        while answered(&house.receiver.received()) < all - hanging + 1 {
            // The hanging ones hold their first places for two seconds each time; without other places it would be thirty.
            assert!(began_at.elapsed() < Duration::from_secs(25), "only {} have it", answered(&house.receiver.received()));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn the_database_refuses_webhooks_that_must_not_be(server, super::on_loopback) {
        let house = House::open(server).await;
        house.book().await;
        house.written(1).await;
        for set in ["url = ''", "previous_secret = 'x'", "failures = 1", "failures = -1", "disabled_at = created_at"] {
            assert!(server.fails(&format!("UPDATE webhooks SET {set}")), "{set}");
        }
        for set in ["cause = 'other'", "millis = NULL", "status = NULL", "error = 'x'", "next_attempt_at = created_at"] {
            assert!(server.fails(&format!("UPDATE webhook_deliveries SET {set}")), "{set}");
        }
        house.receiver.then(&[Behaviour::Status(500, "")]);
        house.book().await;
        house.written(2).await;
        for set in ["object = ''", "failures = 0", "failures = -1", "failing_since = NULL", "event_id = 'x'", "webhook_id = 'x'"] {
            assert!(server.fails(&format!("UPDATE webhook_delays SET {set}")), "{set}");
        }
        assert!(server.fails("UPDATE webhooks SET failed_in_a_row = -1"));
        server.execute("DELETE FROM webhooks");
        assert_eq!(server.select("SELECT id AS value FROM webhook_deliveries"), [""; 0]);
        assert_eq!(server.select("SELECT object AS value FROM webhook_delays"), [""; 0]);
    }

    async fn a_closed_organization_has_no_webhooks(server, super::on_loopback) {
        let house = House::open(server).await;
        house.market.host.post(&format!("/organizations/{}/close", house.market.host_organization), json!({})).await.expect(204);
        assert_eq!(server.select("SELECT id AS value FROM webhooks"), [""; 0]);
    }
}
