//! Calendars of hosts whose events become blocks.

use std::time::Duration;

use chrono::TimeDelta;
use domain::time::UtcTime;
use environment::config::Config;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::calendars::CalendarServer;
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const NINE: &str = "2026-12-01T09:00:00Z";
const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

fn on_loopback(config: &mut Config) {
    config.webhooks.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
    config.calendar_imports.timeout_seconds = 3;
}

/// An event on 1 December 2026, from and to some hours.
fn event(uid: &str, from: &str, to: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{uid}\nDTSTART:20261201T{from}00Z\nDTEND:20261201T{to}00Z\nSUMMARY:Secret {uid}\nEND:VEVENT\n")
}

/// A host that imports a calendar.
struct House<'a> {
    server: &'a Server,
    market: Market,
    calendar: CalendarServer,
    import: String,
    blocks: String,
}

impl<'a> House<'a> {
    /// A resource with an import of a calendar with these events.
    async fn open(server: &'a Server, resource: Value, events: &str) -> Self {
        let market = server.market(resource).await;
        let calendar = CalendarServer::start();
        calendar.show(events);
        let path = format!("/resources/{}/calendar-imports", market.resource);
        let import = market.host.post(&path, json!({ "name": "Plan", "url": calendar.url })).await.expect(201);
        let (import, blocks) = (format!("/calendar-imports/{}", import.id()), format!("/resources/{}/blocks", market.resource));
        let house = Self { server, market, calendar, import, blocks };
        house.read().await;
        house
    }

    async fn seen(&self) -> Answer {
        self.market.host.get(&self.import).await.expect(200)
    }

    /// Waits until the calendar is read, and returns the import.
    async fn read(&self) -> Answer {
        for _ in 0..1000 {
            self.server.run_jobs().await;
            let seen = self.seen().await;
            if UtcTime::parse(seen["next_refresh_at"].as_str().unwrap()).unwrap() > self.server.now() {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it is not read: {:?}", self.seen().await);
    }

    /// Lets the calendar be read again, and returns the import.
    async fn refresh(&self) -> Answer {
        self.server.advance(TimeDelta::minutes(2));
        self.market.host.post(&format!("{}/refresh", self.import), json!({})).await.expect(200);
        self.read().await
    }

    /// The blocks, each as its start and end.
    async fn times(&self) -> Vec<String> {
        let blocks = self.blocks().await.into_iter();
        blocks
            .map(|block| {
                format!("{}-{}", &block["starts_at"].as_str().unwrap()[11..16], &block["ends_at"].as_str().unwrap()[11..16])
            })
            .collect()
    }

    async fn blocks(&self) -> Vec<Value> {
        self.market.host.get(&format!("{}?limit=200", self.blocks)).await.expect(200).items().to_vec()
    }

    async fn clashes(&self) -> Vec<Value> {
        self.market.host.get(&format!("{}/clashes", self.import)).await.expect(200).items().to_vec()
    }
}

on_both_databases! {
    async fn events_become_blocks_that_follow_their_calendar(server, super::on_loopback) {
        let house = House::open(server, json!({}), &[event("a", "0900", "1000"), event("b", "1100", "1200")].concat()).await;
        let before = house.blocks().await;
        assert_eq!(house.times().await, ["09:00-10:00", "11:00-12:00"]);
        for block in &before {
            assert_eq!((&block["reason"], &block["quantity"]), (&json!("Plan"), &json!(1)));
            assert_eq!(block["calendar_import_id"], house.seen().await["id"]);
        }
        house.market.book(NINE, TEN).await.refused(409, "slot_unavailable");
        house.market.book(TEN, ELEVEN).await.expect(201);
        // What has not changed is not written.
        let history = "SELECT id AS value FROM audit WHERE action = 'calendar_import.refresh'";
        let written = server.select(history).len();
        let seen = house.refresh().await;
        assert_eq!((house.blocks().await, server.select(history).len()), (before.clone(), written));
        assert_eq!((&seen["busy_times"], &seen["clashes"], &seen["last_error"]), (&json!(2), &json!(0), &Value::Null));
        // One event is later, another one is gone, a third is new.
        house.calendar.show(&[event("a", "0800", "0930"), event("c", "1300", "1400")].concat());
        house.refresh().await;
        assert_eq!(house.times().await, ["08:00-09:30", "13:00-14:00"]);
        assert_eq!(house.blocks().await[0]["id"], before[0]["id"]);
        house.market.book(ELEVEN, TWELVE).await.expect(201);
    }

    async fn a_block_of_an_import_is_changed_by_its_calendar_alone(server, super::on_loopback) {
        let house = House::open(server, json!({}), &event("a", "0900", "1000")).await;
        let block = format!("{}/{}", house.blocks, house.blocks().await[0]["id"].as_str().unwrap());
        house.market.host.patch(&block, json!({ "reason": "Mine" })).await.refused(409, "invalid_transition");
        house.market.host.delete(&block).await.refused(409, "invalid_transition");
        assert_eq!(house.times().await, ["09:00-10:00"]);
        // Another name and quantity are those of its blocks.
        house.market.host.patch(&house.import, json!({ "name": "Repairs" })).await.expect(200);
        house.read().await;
        assert_eq!(house.blocks().await[0]["reason"], "Repairs");
        house.market.host.patch(&house.import, json!({ "quantity": 2 })).await.refused_fields(&[("/quantity", "out_of_range")]);
    }

    async fn an_unchanged_calendar_is_not_read_again_for_a_day(server, super::on_loopback) {
        let house = House::open(server, json!({}), &event("a", "0900", "1000")).await;
        for (minutes, is_asked) in [(20, true), (20, true), (24 * 60, false)] {
            let count = house.calendar.requests().len();
            server.advance(TimeDelta::minutes(minutes));
            house.read().await;
            let requests = house.calendar.requests();
            assert_eq!(requests.len(), count + 1);
            assert_eq!(requests[count].contains("\r\nif-none-match: \"v2\"\r\n"), is_asked, "{requests:?}");
        }
        assert_eq!(house.times().await, ["09:00-10:00"]);
    }

    async fn a_booking_in_the_way_stays_and_its_clash_is_reported_until_it_is_gone(server, super::on_loopback) {
        let house = House::open(server, json!({}), "").await;
        let booking = house.market.book(TEN, ELEVEN).await.expect(201).id();
        house.calendar.show(&[event("a", "0900", "1200"), event("b", "1300", "1400")].concat());
        assert_eq!(house.refresh().await["clashes"], 1);
        assert_eq!(house.times().await, ["13:00-14:00"]);
        let clashes = house.clashes().await;
        assert_eq!((clashes.len(), &clashes[0]["title"]), (1, &json!("Secret a")));
        assert_eq!((&clashes[0]["starts_at"], &clashes[0]["ends_at"]), (&json!(NINE), &json!(TWELVE)));
        assert_eq!((&clashes[0]["bookings"][0]["id"], clashes[0]["bookings"].as_array().unwrap().len()), (&json!(booking), 1));
        // Nobody else learns the title.
        let booker = server.user("Bea").await;
        server.add_member(&house.market.host_organization, &booker, "booker");
        booker.get(&format!("{}/clashes", house.import)).await.refused(404, "not_found");
        house.market.customer.get(&house.import).await.refused(404, "not_found");
        let blocks = booker.get(&house.blocks).await.expect(200);
        let refused = house.market.book("2026-12-01T13:00:00Z", "2026-12-01T14:00:00Z").await.refused(409, "slot_unavailable");
        assert!(!blocks.text.contains("Secret") && !refused.text.contains("Secret") && !refused.text.contains("Plan"));
        // The calendar has not changed; the event is tried all the same.
        assert_eq!(house.refresh().await["clashes"], 1);
        let path = format!("/bookings/{booking}");
        assert_eq!(house.market.customer.get(&path).await.expect(200)["status"], "confirmed");
        house.market.customer.post(&format!("{path}/cancel"), json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(20));
        assert_eq!(house.read().await["clashes"], 0);
        assert!(house.calendar.requests().last().unwrap().contains("if-none-match"));
        assert_eq!((house.times().await, house.clashes().await), (vec!["09:00-12:00".to_owned(), "13:00-14:00".to_owned()], Vec::new()));
    }

    async fn events_that_overlap_share_the_time_and_blocks_of_the_host_stand_in_no_way(server, super::on_loopback) {
        let house = House::open(server, json!({ "capacity": { "quantity": 3, "unit": "unit" } }), "").await;
        house.market.host.patch(&house.import, json!({ "quantity": 2 })).await.expect(200);
        house.market.host.post(&house.blocks, json!({ "starts_at": TEN, "ends_at": ELEVEN })).await.expect(201);
        house.calendar.show(&[event("a", "0900", "1200"), event("b", "1130", "1300"), event("c", "0930", "0945")].concat());
        let seen = house.refresh().await;
        assert_eq!((&seen["busy_times"], &seen["clashes"]), (&json!(3), &json!(0)));
        assert_eq!(house.times().await, ["09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00"]);
        let quantities: Vec<_> = house.blocks().await.iter().map(|block| block["quantity"].clone()).collect();
        assert_eq!(quantities, [2, 3, 2, 2]);
        // The first is gone: the others take their time.
        house.calendar.show(&[event("b", "1130", "1300"), event("c", "0930", "0945")].concat());
        house.refresh().await;
        assert_eq!(house.times().await, ["09:30-09:45", "10:00-11:00", "11:30-13:00"]);
    }

    async fn blocks_keep_their_time_when_a_calendar_names_all_events_anew_or_moves_them_all(server, super::on_loopback) {
        let events = |name: &str| [("0900", "1000"), ("1000", "1100"), ("1100", "1200")].map(|(from, to)| event(&format!("{name}{from}"), from, to)).concat();
        let house = House::open(server, json!({}), &events("a")).await;
        let before = house.blocks().await;
        house.calendar.show(&events("b"));
        house.refresh().await;
        let ids = |blocks: &[Value]| blocks.iter().map(|block| block["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&house.blocks().await), ids(&before));
        // Each event takes the time of the next one.
        let later = [event("b0900", "1000", "1100"), event("b1000", "1100", "1200"), event("b1100", "1200", "1300")].concat();
        house.calendar.show(&later);
        house.refresh().await;
        assert_eq!((house.times().await, house.clashes().await), (vec!["10:00-11:00".to_owned(), "11:00-12:00".to_owned(), "12:00-13:00".to_owned()], Vec::new()));
        // Two events change places.
        let swapped = [event("b0900", "1100", "1200"), event("b1000", "1000", "1100"), event("b1100", "1200", "1300")].concat();
        house.calendar.show(&swapped);
        house.refresh().await;
        assert_eq!((house.times().await.len(), house.clashes().await), (3, Vec::new()));
    }

    async fn a_calendar_that_cannot_be_read_leaves_the_blocks_as_they_were(server, super::on_loopback) {
        let house = House::open(server, json!({}), &event("a", "0900", "1000")).await;
        let page = b"<!DOCTYPE html><html>Sign in</html>";
        let cut = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n";
        let large = vec![b' '; 2_100_000];
        for (head, body, error) in [
            ("200 OK", &page[..], "The response is a web page, not a calendar. Use the address of the calendar in iCalendar format (ICS)."),
            ("200 OK", cut, "The calendar is incomplete: END:VCALENDAR is missing."),
            ("200 OK", &large, "The calendar is larger than 2 MB."),
            ("404 Not Found", b"", "The server responded with the status 404."),
            (
                "302 Found\r\nLocation: http://127.0.0.1:1/",
                b"",
                "The server responded with the redirect 302. Redirects are not followed: use the address to which it leads.",
            ),
        ] {
            house.calendar.respond(head, body);
            let seen = house.refresh().await;
            assert_eq!(seen["last_error"], error);
            assert_eq!((&seen["refreshed_at"], house.times().await), (&json!("2026-11-30T09:00:00Z"), vec!["09:00-10:00".to_owned()]));
        }
        let seen = house.seen().await;
        assert_eq!((&seen["failures"], &seen["failing_since"]), (&json!(5), &json!("2026-11-30T09:02:00Z")));
        let age = (server.now() - domain::time::UtcTime::parse("2026-11-30T09:02:00Z").unwrap()).num_seconds();
        let metrics = server.root().get("/metrics").await.expect(200).text;
        let expected = format!("\ncalendar_imports_oldest_failure_age_seconds {age}.0\n");
        assert!(metrics.contains("\ncalendar_imports_failing 1\n") && metrics.contains(&expected), "{metrics}");
        // After a day the managers are told, once.
        for _ in 0..3 {
            server.advance(TimeDelta::hours(14));
            house.read().await;
        }
        server.tell_all().await;
        let mails = server.mails(&house.market.host.email, 1).await;
        let told: Vec<_> = mails.iter().filter(|mail| mail.subject == "A calendar for Lathe cannot be read").collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("Calendar: Plan") && told[0].text.contains("redirect 302") && !told[0].text.contains("secret"), "{}", told[0].text);
        house.calendar.show("");
        let seen = house.refresh().await;
        assert_eq!((&seen["last_error"], &seen["failures"], &seen["failing_since"]), (&Value::Null, &json!(0), &Value::Null));
        let metrics = server.root().get("/metrics").await.expect(200).text;
        assert!(metrics.contains("\ncalendar_imports_failing 0\n"), "{metrics}");
    }

    async fn only_calendars_on_the_internet_are_asked_for(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/calendar-imports", market.resource);
        for url in ["http://example.org/a.ics", "https://127.0.0.1/a.ics", "https://[::1]/", "https://me@example.org/", "file:///etc/passwd", "webcal://10.0.0.1/"] {
            market.host.post(&path, json!({ "name": "Plan", "url": url })).await.refused_fields(&[("/url", "invalid")]);
        }
        // A name that leads to this machine is refused when the calendar is asked for.
        let trap = CalendarServer::start();
        let port = trap.url.split([':', '/']).nth(4).unwrap();
        let import = market.host.post(&path, json!({ "name": "Plan", "url": format!("webcal://localhost:{port}/") })).await.expect(201);
        let house = House { server, blocks: String::new(), import: format!("/calendar-imports/{}", import.id()), calendar: trap, market };
        assert_eq!(house.read().await["last_error"], "The address is not on the internet.");
        assert_eq!(house.calendar.requests(), [""; 0]);
        for _ in 0..99 {
            house.market.host.post(&path, json!({ "name": "Plan", "url": "https://calendar.invalid/" })).await.expect(201);
        }
        house.market.host.post(&path, json!({ "name": "Plan", "url": "https://calendar.invalid/" })).await.refused(409, "invalid_transition");
    }

    async fn a_deleted_import_frees_its_time_for_the_waitlist(server, super::on_loopback) {
        let many: String = (0..130).map(|number| {
            let day = UtcTime::parse("2027-01-01T00:00:00Z").unwrap() + TimeDelta::days(number);
            let day = day.to_chrono().format("%Y%m%d");
            format!("BEGIN:VEVENT\nUID:{number}\nDTSTART:{day}T100000Z\nDTEND:{day}T110000Z\nEND:VEVENT\n")
        }).collect();
        let house = House::open(server, json!({}), &[event("a", "1000", "1100"), many].concat()).await;
        assert_eq!(house.times().await.len(), 131);
        let wish = house.market.wish(TEN, ELEVEN);
        let entry = house.market.customer.post("/waitlist", wish).await.expect(201).id();
        house.market.host.delete(&house.import).await.expect(204);
        house.market.host.get(&house.import).await.refused(404, "not_found");
        let entry = house.market.customer.get(&format!("/waitlist/{entry}")).await.expect(200);
        assert_eq!(entry["status"], "offered");
        for _ in 0..500 {
            server.run_jobs().await;
            if server.select("SELECT id AS value FROM calendar_imports").is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!((house.times().await.len(), server.select("SELECT id AS value FROM calendar_imports").len()), (0, 0));
    }

    async fn blocks_that_are_over_stay(server, super::on_loopback) {
        let house = House::open(server, json!({}), &[event("a", "0900", "1000"), event("b", "2000", "2100")].concat()).await;
        server.advance(TimeDelta::hours(30));
        house.calendar.show("");
        house.refresh().await;
        assert_eq!(house.times().await, ["09:00-10:00"]);
        house.market.host.delete(&house.import).await.expect(204);
        let blocks = house.blocks().await;
        assert_eq!((blocks.len(), &blocks[0]["calendar_import_id"]), (1, &Value::Null));
    }

    async fn two_servers_ask_for_a_calendar_once(server, super::on_loopback) {
        let house = House::open(server, json!({}), &event("a", "0900", "1000")).await;
        let other = server.another();
        for round in 1..5 {
            let count = house.calendar.requests().len();
            house.calendar.show(&event("a", "0900", &format!("1{round}00")));
            server.advance(TimeDelta::minutes(20));
            tokio::join!(server.run_jobs(), other.run_jobs(), server.run_jobs());
            house.read().await;
            assert_eq!(house.calendar.requests().len(), count + 1);
            assert_eq!(house.times().await, [format!("09:00-1{round}:00")]);
        }
    }

    async fn bookings_at_the_same_time_as_a_refresh_win_or_lose_as_a_whole(server, super::on_loopback) {
        let slots = (9..17).map(|hour| (format!("2026-12-01T{hour:02}:00:00Z"), format!("2026-12-01T{:02}:00:00Z", hour + 1)));
        let slots: Vec<_> = slots.collect();
        let house = House::open(server, json!({}), "").await;
        let events = (9..17).map(|hour| event(&format!("e{hour}"), &format!("{hour:02}00"), &format!("{:02}00", hour + 1)));
        house.calendar.show(&events.collect::<String>());
        let book = join_all(slots.iter().map(|(from, to)| house.market.book(from, to)));
        let (refreshed, booked) = tokio::join!(house.refresh(), book);
        let booked = booked.iter().filter(|answer| answer.status == 201).count();
        let (blocks, clashes) = (house.times().await.len(), house.clashes().await.len());
        assert_eq!((booked + blocks, clashes), (8, booked), "{refreshed:?}");
        // A refresh that finds the same changes nothing.
        let before = house.blocks().await;
        house.refresh().await;
        assert_eq!((house.blocks().await, house.clashes().await.len()), (before, booked));
    }

    async fn the_database_refuses_imports_and_blocks_that_must_not_exist(server, super::on_loopback) {
        let house = House::open(server, json!({}), &event("a", "0900", "1000")).await;
        let other = house.market.host.list_resource(&house.market.site, json!({ "name": "Saw" })).await;
        for sql in [
            format!("UPDATE blocks SET resource_id = '{other}'"),
            format!("UPDATE calendar_imports SET resource_id = '{other}'"),
            "UPDATE blocks SET event_key = NULL".to_owned(),
            "UPDATE blocks SET calendar_import_id = NULL".to_owned(),
            "UPDATE blocks SET block_series_id = 'x'".to_owned(),
            "UPDATE blocks SET calendar_import_id = 'x'".to_owned(),
            "INSERT INTO blocks (id, resource_id, starts_at, ends_at, quantity, reason, created_by, created_at, calendar_import_id, event_key) \
             SELECT 'x', resource_id, ends_at, ends_at + (ends_at - starts_at), 1, '', created_by, created_at, calendar_import_id, event_key FROM blocks"
                .to_owned(),
            "DELETE FROM calendar_imports".to_owned(),
            "UPDATE calendar_imports SET failures = 1".to_owned(),
            "UPDATE calendar_imports SET error = 'x'".to_owned(),
            "UPDATE calendar_imports SET is_reported = TRUE".to_owned(),
            "UPDATE calendar_imports SET quantity = 0".to_owned(),
            "UPDATE calendar_imports SET name = ''".to_owned(),
        ] {
            assert!(server.fails(&sql), "{sql}");
        }
        assert_eq!(house.times().await, ["09:00-10:00"]);
    }
}
