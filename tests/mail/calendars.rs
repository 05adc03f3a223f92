//! The calendars of all parties, as their programs keep them from the mails alone.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::inbox::Mail;
use crate::support::itip::Object;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

/// A calendar program: it keeps the latest version of each entry, also that it was taken back (RFC 5546, section 2.1.5).
#[derive(Default)]
struct Calendar(BTreeMap<String, Object>);

impl Calendar {
    fn take(&mut self, object: &Object) {
        let version = |object: &Object| (object.sequence, object.stamp.clone());
        match self.0.get(&object.uid) {
            Some(known) => {
                assert!(object.sequence > known.sequence, "the sequence does not grow: {known:?} {object:?}");
                if version(object) > version(known) {
                    self.0.insert(object.uid.clone(), object.clone());
                }
            }
            None => {
                assert_eq!(object.method, "REQUEST", "nobody knows the entry that is taken back");
                self.0.insert(object.uid.clone(), object.clone());
            }
        }
    }

    /// The entries that are shown, each with its times.
    fn shown(&self) -> Vec<(String, String, String)> {
        let shown = self.0.values().filter(|object| object.method == "REQUEST");
        shown.map(|object| (object.uid.clone(), object.start.clone(), object.end.clone())).collect()
    }
}

/// The calendar of an address after all its mails.
fn calendar(server: &Server, email: &str) -> Calendar {
    let mut calendar = Calendar::default();
    for mail in Mail::read_all(&server.mail_dir()).iter().filter(|mail| mail.to == email) {
        for object in &mail.objects {
            assert_eq!(object.attendees, [email]);
            calendar.take(object);
        }
    }
    calendar
}

/// The entries that a calendar shows of bookings.
fn agreed(bookings: &[Value], is_theirs: impl Fn(&Value) -> bool) -> Vec<(String, String, String)> {
    let agreed = bookings.iter().filter(|booking| booking["status"] == "confirmed" && is_theirs(booking));
    let instant = |at: &Value| at.as_str().unwrap().replace(['-', ':'], "");
    let entry = |booking: &Value| {
        let uid = format!("{}@127.0.0.1", booking["id"].as_str().unwrap());
        (uid, instant(&booking["starts_at"]), instant(&booking["ends_at"]))
    };
    let mut entries: Vec<_> = agreed.map(entry).collect();
    entries.sort();
    entries
}

/// Sends all mails and compares the calendars of both parties and of their operators with the bookings.
async fn agree(server: &Server, market: &Market, operators: &[&User]) {
    server.tell_all().await;
    let bookings = market.customer.get("/bookings?limit=100").await.expect(200).items().to_vec();
    for party in [&market.customer, &market.host] {
        assert_eq!(calendar(server, &party.email).shown(), agreed(&bookings, |_| true), "{}", party.name);
    }
    for operator in operators {
        let is_theirs = |booking: &Value| booking["operated_by"] == json!(operator.id);
        assert_eq!(calendar(server, &operator.email).shown(), agreed(&bookings, is_theirs), "{}", operator.name);
    }
    // The next event happens later.
    server.advance(TimeDelta::minutes(1));
}

/// A member of the customer who may book.
async fn member(server: &Server, market: &Market, name: &str) -> User {
    let user = server.user(name).await;
    server.add_member(&market.customer_organization, &user, "booker");
    user
}

fn at(day: u32, hour: u32) -> String {
    format!("2026-12-{day:02}T{hour:02}:00:00Z")
}

on_both_databases! {
    async fn the_calendars_of_all_parties_show_their_bookings_and_nothing_else(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let (bob, cleo) = (member(server, &market, "Bob").await, member(server, &market, "Cleo").await);
        let all = [&bob, &cleo];
        let post = async |path: String, body: Value| market.customer.post(&path, body).await;
        let mut wish = market.wish(&at(1, 9), &at(1, 11));
        wish["operated_by"] = json!(bob.id);

        // One booking: made, moved, given to another operator and back, cancelled by the host.
        let one = post("/bookings".to_owned(), wish.clone()).await.expect(201).id();
        agree(server, &market, &all).await;
        post(format!("/bookings/{one}/reschedule"), json!({ "starts_at": at(1, 10) })).await.expect(200);
        agree(server, &market, &all).await;
        for operator in [&cleo, &bob] {
            post(format!("/bookings/{one}/reschedule"), json!({ "operated_by": operator.id })).await.expect(200);
            agree(server, &market, &all).await;
        }
        market.host.post(&format!("/bookings/{one}/cancel"), json!({})).await.expect(200);
        agree(server, &market, &all).await;
        assert!(calendar(server, &bob.email).shown().is_empty());

        // A series: made, moved in part, one of it moved, one of it cancelled.
        wish["rule"] = json!("FREQ=DAILY;COUNT=5");
        let series = post("/series".to_owned(), wish.clone()).await.expect(201);
        agree(server, &market, &all).await;
        assert_eq!(calendar(server, &bob.email).shown().len(), 5);
        post(format!("/series/{}/reschedule", series.id()), json!({ "start_time": "10:30" })).await.expect(200);
        agree(server, &market, &all).await;
        let part = |index: usize| series["bookings"][index]["id"].as_str().unwrap().to_owned();
        post(format!("/bookings/{}/reschedule", part(1)), json!({ "operated_by": cleo.id })).await.expect(200);
        agree(server, &market, &all).await;
        post(format!("/bookings/{}/cancel", part(2)), json!({})).await.expect(200);
        agree(server, &market, &all).await;

        // A group: made together, cancelled together.
        let bookings: Vec<_> = [(&bob, 9), (&bob, 10), (&cleo, 11)]
            .map(|(operator, hour)| json!({
                "resource_id": market.resource, "starts_at": at(8, hour), "ends_at": at(8, hour + 1), "operated_by": operator.id,
            }))
            .into();
        let group = json!({ "organization_id": market.customer_organization, "bookings": bookings });
        let group = post("/booking-groups".to_owned(), group).await.expect(201).id();
        agree(server, &market, &all).await;
        assert_eq!(calendar(server, &market.host.email).shown().len(), 7);

        // A block displaces the rest of the series and part of the group.
        let block = json!({ "starts_at": at(1, 0), "ends_at": at(8, 11), "bookings": "cancel" });
        let block = market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        assert_eq!(block["displaced"].as_array().unwrap().len(), 6);
        agree(server, &market, &all).await;
        assert_eq!(calendar(server, &market.host.email).shown().len(), 1);
        post(format!("/booking-groups/{group}/cancel"), json!({})).await.expect(200);
        agree(server, &market, &all).await;

        // Another series: cancelled as a whole.
        (wish["starts_at"], wish["ends_at"]) = (json!(at(9, 9)), json!(at(9, 11)));
        let series = post("/series".to_owned(), wish).await.expect(201).id();
        agree(server, &market, &all).await;
        post(format!("/series/{series}/cancel"), json!({})).await.expect(200);
        agree(server, &market, &all).await;
        for person in [&market.customer, &market.host, &bob, &cleo] {
            assert!(calendar(server, &person.email).shown().is_empty(), "{}", person.name);
        }
    }

    async fn a_request_enters_the_calendars_when_it_is_approved_also_as_a_part_of_a_group(server) {
        let market = server.market(json!({})).await;
        let rules = json!({ "name": "Mill", "category": "mill", "booking_rules": { "requires_approval": true } });
        let mill = market.host.list_resource(&market.site, rules).await;
        let bookings = json!([
            { "resource_id": market.resource, "starts_at": at(1, 9), "ends_at": at(1, 10) },
            { "resource_id": mill, "starts_at": at(1, 10), "ends_at": at(1, 11) },
        ]);
        let group = json!({ "organization_id": market.customer_organization, "bookings": bookings });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        agree(server, &market, &[]).await;
        assert_eq!(calendar(server, &market.customer.email).shown().len(), 1);
        let requested = group["bookings"].as_array().unwrap().iter().find(|one| one["status"] == "requested").unwrap();
        let approve = format!("/bookings/{}/approve", requested["id"].as_str().unwrap());
        market.host.post(&approve, json!({})).await.expect(200);
        agree(server, &market, &[]).await;
        assert_eq!(calendar(server, &market.customer.email).shown().len(), 2);
    }

    async fn a_seat_in_a_training_stands_in_the_calendar_of_its_holder(server) {
        let market = server.market(json!({})).await;
        let organization = format!("/organizations/{}", market.host_organization);
        let kind = market.host.post(&format!("{organization}/certification-kinds"), json!({ "name": "Lathe" })).await.expect(201).id();
        let training = json!({
            "certification_kind_id": kind, "site_id": market.site, "name": "Lathe evening", "seats": 2,
            "starts_at": at(1, 10), "ends_at": at(1, 11),
        });
        let training = market.host.post(&format!("{organization}/trainings"), training).await.expect(201).id();
        let shown = async || {
            server.tell_all().await;
            server.advance(TimeDelta::minutes(1));
            calendar(server, &market.customer.email).shown().into_iter().map(|(_, start, _)| start).collect::<Vec<_>>()
        };
        let seats = format!("/trainings/{training}/seats");
        let seat = market.customer.post(&seats, json!({})).await.expect(201).id();
        assert_eq!(shown().await, ["20261201T100000Z"]);
        let moved = json!({ "starts_at": at(2, 10), "ends_at": at(2, 11) });
        market.host.patch(&format!("/trainings/{training}"), moved).await.expect(200);
        assert_eq!(shown().await, ["20261202T100000Z"]);
        market.customer.post(&format!("{seats}/{seat}/cancel"), json!({})).await.expect(200);
        assert_eq!(shown().await, [""; 0]);
        market.customer.post(&seats, json!({})).await.expect(201);
        assert_eq!(shown().await, ["20261202T100000Z"]);
        market.host.post(&format!("/trainings/{training}/cancel"), json!({})).await.expect(200);
        assert_eq!(shown().await, [""; 0]);
    }
}
