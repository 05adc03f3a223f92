//! Ended in the middle of load: killed, as by a loss of memory or a careless hand, or told to stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use environment::clock::Clock;
use serde_json::json;

use super::program::{Home, Serving, on_both_databases};
use crate::support::client::Client;
use crate::support::server::block_on;

/// How many book at once, each a resource of their own.
const CLIENTS: usize = 8;
/// After how many answers the service is killed.
const ANSWERS: usize = 120;
const ROUNDS: usize = 3;

/// Nobody verifies an address here, and nobody asks too much; all else is as it is without settings.
const SETTINGS: &str = "[auth]\nrequire_verified_email = false\n[limits]\nenabled = false\n[mail]\ndigest_above_per_hour = 1000000\n[log]\nfilter = \"off\"\n";

on_both_databases! {
    fn what_was_answered_is_there_after_a_kill_and_nothing_is_half_done(home) {
        home.write("settings.toml", SETTINGS);
        let serve = || home.serve(&["--config", "settings.toml"]);
        let mut serving = serve();
        let world = block_on(World::found(&serving));
        let mut answered = Vec::new();
        for round in 0..ROUNDS {
            let (new, _) = block_on(book_until(&serving, "KILL", &world, round));
            answered.extend(new);
            drop(serving);
            assert_whole(home, &answered);
            serving = serve();
            block_on(async {
                let ada = sign_in(&serving).await;
                for id in answered.iter().step_by(20) {
                    assert_eq!(ada.get(&format!("/bookings/{id}")).await.expect(200)["status"], "confirmed");
                }
            });
        }
    }

    fn who_is_to_be_reminded_is_reminded_once_however_often_the_service_is_killed_over_it(home) {
        home.write("settings.toml", SETTINGS);
        let serve = || home.serve(&["--config", "settings.toml"]);
        let serving = serve();
        let booked = block_on(async {
            let world = World::found(&serving).await;
            let ada = sign_in(&serving).await;
            ada.patch("/me", json!({ "reminder_minutes": [1440] })).await.expect(200);
            let hours = Clock::System.now().micros() / 3_600_000_000;
            let starts_at = chrono::DateTime::from_timestamp((hours + 2) * 3600, 0).unwrap();
            let mut booked = Vec::new();
            for (resource, quarter) in world.resources.iter().flat_map(|resource| (0..8).map(move |quarter| (resource, quarter))) {
                let starts_at = starts_at + TimeDelta::minutes(15 * quarter);
                let wish = json!({
                    "organization_id": world.organization, "resource_id": resource,
                    "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(15),
                });
                booked.push(ada.post("/bookings", wish).await.expect(201).id());
            }
            booked
        });
        drop(serving);
        // They were made long ago, and since then nobody was reminded.
        let days = if home.is_sqlite() { "172800000000" } else { "interval '2 days'" };
        home.execute(&format!(
            "UPDATE bookings SET created_at = created_at - {days}; UPDATE reminder_progress SET done_until = done_until - {days}"
        ));
        for pause in [0, 2, 5, 10, 20, 40, 60, 90, 130, 180] {
            let serving = serve();
            std::thread::sleep(Duration::from_millis(pause));
            drop(serving);
        }
        // By now it is clear that the dead send nothing any more.
        home.execute("UPDATE mails SET next_attempt_at = created_at WHERE status = 'queued'");
        let serving = serve();
        let sent = || home.select("SELECT id AS value FROM mails WHERE template LIKE 'booking_reminder%' AND status = 'sent' ORDER BY id");
        let is_slow = std::time::Instant::now() + Duration::from_secs(20);
        while sent().len() < booked.len() && std::time::Instant::now() < is_slow {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(serving);
        let reminders = home.select("SELECT body AS value FROM facts WHERE kind = 'booking.remind'");
        assert_eq!((reminders.len(), sent().len()), (booked.len(), booked.len()));
        assert!(booked.iter().all(|id| reminders.iter().any(|reminder| reminder.contains(id))));
        assert_eq!(home.select("SELECT id AS value FROM mails WHERE template LIKE 'booking_reminder%'").len(), booked.len());
        let messages = home.messages();
        for id in sent() {
            assert_eq!(messages.iter().filter(|name| name.ends_with(&format!("{id}.eml"))).count(), 1);
        }
    }

    fn what_is_under_way_when_it_is_told_to_stop_is_done_and_answered(home) {
        home.write("settings.toml", SETTINGS);
        let serving = home.serve(&["--config", "settings.toml"]);
        let world = block_on(World::found(&serving));
        let (mut answered, ends) = block_on(book_until(&serving, "TERM", &world, 0));
        let (ended_well, said) = serving.wait();
        assert!(ended_well, "{said}");
        for end in ends {
            assert!(end.contains("got no answer"), "a booker was told: {end}");
        }
        assert_whole(home, &answered);
        answered.sort();
        assert_eq!(home.select("SELECT id AS value FROM bookings ORDER BY id"), answered);
    }
}

const PASSWORD: &str = "a heap of curly swarf";

struct World {
    organization: String,
    resources: Vec<String>,
}

impl World {
    async fn found(serving: &Serving) -> Self {
        let account = json!({ "email": "ada@example.org", "password": PASSWORD, "name": "Ada" });
        client(serving).post("/auth/register", account).await.expect(201);
        let ada = sign_in(serving).await;
        let organization = ada.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await.expect(201).id();
        let site = json!({
            "name": "Main hall", "latitude": 51.5, "longitude": -0.1, "timezone": "Europe/London",
            "address": { "line1": "1 Foundry Lane", "city": "London", "country": "GB" },
        });
        let site = ada.post(&format!("/organizations/{organization}/sites"), site).await.expect(201).id();
        let tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour" });
        let resource = json!({ "kind": "machine", "name": "Lathe", "status": "listed", "tariff": tariff, "booking_rules": { "operator_can_run_several": true } });
        let mut resources = Vec::new();
        for _ in 0..CLIENTS {
            resources.push(ada.post(&format!("/sites/{site}/resources"), resource.clone()).await.expect(201).id());
        }
        Self { organization, resources }
    }
}

fn client(serving: &Serving) -> Client {
    Client::new(format!("{}/api/v1", serving.url))
}

async fn sign_in(serving: &Serving) -> Client {
    let signed_in = client(serving).post("/auth/login", json!({ "email": "ada@example.org", "password": PASSWORD })).await;
    client(serving).with_token(signed_in.expect(200).text("access_token"))
}

/// Books slot after slot until this signal has ended the service. Answers the bookings that were answered 201, and how it ended
/// for each of those who booked.
async fn book_until(serving: &Serving, signal: &str, world: &World, round: usize) -> (Vec<String>, Vec<String>) {
    let ada = sign_in(serving).await;
    let answered = Arc::new(Mutex::new(Vec::new()));
    let start = Clock::System.now().to_chrono() + TimeDelta::days(2 + i64::try_from(round).unwrap() * 30);
    let midnight = start.date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let bookers: Vec<_> = world
        .resources
        .iter()
        .map(|resource| {
            let (ada, answered, organization, resource) =
                (ada.clone(), answered.clone(), world.organization.clone(), resource.clone());
            tokio::spawn(async move {
                for quarter in 0.. {
                    let starts_at = midnight + TimeDelta::minutes(15 * quarter);
                    let wish = json!({
                        "organization_id": organization, "resource_id": resource,
                        "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(15),
                    });
                    // Ends with a panic of its own when the connection breaks.
                    let id = ada.post("/bookings", wish).await.expect(201).id();
                    answered.lock().unwrap().push(id);
                }
            })
        })
        .collect();
    while answered.lock().unwrap().len() < ANSWERS && bookers.iter().any(|booker| !booker.is_finished()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    serving.signal(signal);
    let mut ends = Vec::new();
    for booker in bookers {
        let end = booker.await.expect_err("a booker goes on without a service").into_panic();
        ends.push(end.downcast_ref::<String>().cloned().unwrap_or_default());
    }
    let answered = std::mem::take(&mut *answered.lock().unwrap());
    assert!(answered.len() >= ANSWERS, "{} bookings were answered", answered.len());
    (answered, ends)
}

impl Home {
    /// The names of the messages that were sent.
    fn messages(&self) -> Vec<String> {
        let messages = std::fs::read_dir(self.path("data/mail")).expect("messages are files here");
        messages.map(|file| file.expect("it has a name").file_name().into_string().unwrap()).collect()
    }
}

/// Every booking that was answered is there with its mail sent or queued, and whatever is there is whole.
fn assert_whole(home: &Home, answered: &[String]) {
    let stored = home.select("SELECT id AS value FROM bookings");
    let lost: Vec<_> = answered.iter().filter(|id| !stored.contains(id)).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    for (what, sql) in [
        ("allocation", "SELECT 1 FROM allocations WHERE allocations.id = bookings.id"),
        ("audit entry", "SELECT 1 FROM audit WHERE audit.object_id = bookings.id AND audit.action = 'booking.create'"),
        ("event", "SELECT 1 FROM facts WHERE facts.body LIKE '%' || bookings.id || '%'"),
    ] {
        let without = home.select(&format!("SELECT id AS value FROM bookings WHERE NOT EXISTS ({sql})"));
        assert!(without.is_empty(), "bookings without their {what}: {without:?}");
    }
    let told_to_nobody = home.select(
        "SELECT id AS value FROM facts WHERE kind = 'booking.create' AND EXISTS (SELECT 1 FROM deliveries WHERE deliveries.fact_id = facts.id AND deliveries.subscriber = 'mail' AND deliveries.state = 'done') \
         AND NOT EXISTS (SELECT 1 FROM mails WHERE mails.fact_id = facts.id AND mails.status IN ('queued', 'sent'))",
    );
    assert!(told_to_nobody.is_empty(), "told and not queued: {told_to_nobody:?}");
    let messages = home.messages();
    let sent = home.select("SELECT id AS value FROM mails WHERE status = 'sent'");
    let not_sent: Vec<_> = sent.iter().filter(|id| !messages.iter().any(|name| name.ends_with(&format!("{id}.eml")))).collect();
    assert!(not_sent.is_empty(), "noted as sent, and not there: {not_sent:?}");
}
