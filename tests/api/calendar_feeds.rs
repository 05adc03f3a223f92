//! Calendar feeds: what calendar programs read, and for how long.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::calendar_feed::MOST_FEEDS;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// Makes a feed and returns the path of its address.
async fn make(user: &User, subject: Value) -> String {
    let made = user.post("/me/calendar-feeds", subject).await.expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let url = made.text("url");
    url.split_once("/api/v1").unwrap().1.to_owned()
}

async fn read(server: &Server, path: &str) -> Answer {
    let read = server.anonymous().get(path).await.expect(200);
    assert_eq!(read.header("content-type"), "text/calendar; charset=utf-8");
    read
}

/// The values of a property of all entries.
fn values(calendar: &Answer, property: &str) -> Vec<String> {
    let lines = calendar.text.replace("\r\n ", "");
    let of_entries = lines.split("BEGIN:VEVENT").skip(1).flat_map(str::lines);
    of_entries.filter_map(|line| line.strip_prefix(&format!("{property}:"))).map(str::to_owned).collect()
}

on_both_databases! {
    async fn a_feed_follows_the_bookings_of_its_user(server) {
        let market = server.market(json!({})).await;
        let feed = make(&market.customer, json!({})).await;
        assert!(feed.starts_with("/me/calendar.ics?token="), "{feed}");
        assert_eq!(values(&read(server, &feed).await, "UID"), [""; 0]);
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let booked = read(server, &feed).await;
        let host = "127.0.0.1";
        for (property, expected) in [
            ("UID", format!("{booking}@{host}")),
            ("DTSTART", "20261201T100000Z".to_owned()),
            ("DTEND", "20261201T110000Z".to_owned()),
            ("SUMMARY", "Lathe\\, Rotor Works".to_owned()),
            ("LOCATION", "Main hall".to_owned()),
            ("STATUS", "CONFIRMED".to_owned()),
        ] {
            assert_eq!(values(&booked, property), [expected], "{}", booked.text);
        }
        let same = server.anonymous().with("if-none-match", booked.header("etag")).get(&feed).await;
        assert_eq!((same.status, &*same.text), (304, ""));
        let later = json!({ "starts_at": ELEVEN, "ends_at": "2026-12-01T12:00:00Z" });
        market.customer.post(&format!("/bookings/{booking}/reschedule"), later).await.expect(200);
        let moved = server.anonymous().with("if-none-match", booked.header("etag")).get(&feed).await.expect(200);
        assert_eq!(values(&moved, "DTSTART"), ["20261201T110000Z"]);
        let sequence = |calendar: &Answer| values(calendar, "SEQUENCE")[0].parse::<u32>().unwrap();
        assert!(sequence(&moved) > sequence(&booked));
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let cancelled = read(server, &feed).await;
        assert_eq!(values(&cancelled, "STATUS"), ["CANCELLED"]);
        assert!(sequence(&cancelled) > sequence(&moved));
        server.advance(TimeDelta::days(61));
        assert_eq!(values(&read(server, &feed).await, "UID"), [""; 0]);
    }

    async fn a_deleted_feed_and_a_wrong_secret_are_unknown(server) {
        let market = server.market(json!({})).await;
        let feed = make(&market.host, json!({ "resource_id": market.resource })).await;
        read(server, &feed).await;
        let listed = market.host.get("/me/calendar-feeds").await.expect(200);
        let (_, secret) = feed.split_once('=').unwrap();
        assert!(!listed.text.contains(secret));
        assert_eq!((&listed.items()[0]["resource_id"], listed.items()[0]["last_used_at"].is_string()), (&json!(market.resource), true));
        let path = format!("/me/calendar-feeds/{}", listed.items()[0]["id"].as_str().unwrap());
        for wrong in [format!("/sites/{}/calendar.ics?token={secret}", market.site), format!("{feed}x"), format!("/me/calendar.ics?token={secret}")] {
            server.anonymous().get(&wrong).await.refused(404, "not_found");
        }
        server.anonymous().get("/me/calendar.ics").await.refused(422, "invalid_fields");
        market.customer.delete(&path).await.refused(404, "not_found");
        market.host.delete(&path).await.expect(204);
        server.anonymous().get(&feed).await.refused(404, "not_found");
        market.host.delete(&path).await.refused(404, "not_found");
        let audit = market.host.get(&format!("/organizations/{}/audit?object=calendar_feed", market.host_organization)).await.expect(200);
        // Both were written at the same instant.
        let actions: BTreeSet<_> = audit.items().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["calendar_feed.create", "calendar_feed.delete"].into());
    }

    async fn managers_read_the_bookings_and_blocks_of_what_they_manage(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let held = json!({ "hold": true, "organization_id": market.customer_organization, "resource_id": market.resource,
            "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T11:00:00Z" });
        let held = market.customer.post("/bookings", held).await.expect(201).id();
        let block = json!({ "starts_at": "2026-12-03T10:00:00Z", "ends_at": "2026-12-03T11:00:00Z", "reason": "Oil change" });
        let block = market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201).id();
        let of = |id: &str| format!("{id}@127.0.0.1");
        for subject in [
            json!({ "resource_id": market.resource }),
            json!({ "site_id": market.site }),
            json!({ "organization_id": market.host_organization }),
        ] {
            let feed = make(&market.host, subject).await;
            let calendar = read(server, &feed).await;
            // The host does not know of the hold.
            assert_eq!(values(&calendar, "UID"), [of(&booking), of(&block)]);
            assert_eq!(values(&calendar, "SUMMARY"), ["Lathe\\, Newcomer", "Lathe"]);
            assert_eq!(values(&calendar, "DESCRIPTION"), ["Oil change"]);
        }
        let feed = make(&market.customer, json!({ "organization_id": market.customer_organization })).await;
        let calendar = read(server, &feed).await;
        assert_eq!(values(&calendar, "UID"), [of(&booking), of(&held)]);
        assert_eq!(values(&calendar, "STATUS"), ["CONFIRMED", "TENTATIVE"]);
        for (subject, code) in [
            (json!({ "resource_id": market.resource }), "forbidden"),
            (json!({ "site_id": market.site }), "forbidden"),
            (json!({ "organization_id": market.host_organization }), "forbidden"),
        ] {
            market.customer.post("/me/calendar-feeds", subject).await.refused(403, code);
        }
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": true })).await.expect(200);
        market.customer.post("/me/calendar-feeds", json!({ "resource_id": market.resource })).await.refused(404, "not_found");
        let two = json!({ "resource_id": market.resource, "site_id": market.site });
        market.host.post("/me/calendar-feeds", two).await.refused_fields(&[("/resource_id", "invalid")]);
    }

    async fn a_feed_ends_with_the_right_of_its_user(server) {
        let market = server.market(json!({})).await;
        let manager = server.user("Mary").await;
        server.add_member(&market.host_organization, &manager, "manager");
        let of_resource = make(&manager, json!({ "resource_id": market.resource })).await;
        let of_host = make(&manager, json!({ "organization_id": market.host_organization })).await;
        let own = make(&manager, json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        for feed in [&of_resource, &of_host] {
            assert_eq!(values(&read(server, feed).await, "UID").len(), 1);
        }
        let member = format!("/organizations/{}/members/{}", market.host_organization, manager.id);
        market.host.patch(&member, json!({ "role": "booker" })).await.expect(200);
        server.anonymous().get(&of_resource).await.refused(404, "not_found");
        assert_eq!(values(&read(server, &of_host).await, "UID"), [""; 0]);
        market.host.delete(&member).await.expect(204);
        server.anonymous().get(&of_host).await.refused(404, "not_found");
        read(server, &own).await;
        let suspended = |is_so: bool| match is_so {
            true => format!("suspended_at = {}, suspension_reason = 'Unpaid'", server.sql_now()),
            false => "suspended_at = NULL, suspension_reason = ''".to_owned(),
        };
        server.execute(&format!("UPDATE users SET {} WHERE id = '{}'", suspended(true), manager.id));
        server.anonymous().get(&own).await.refused(404, "not_found");
        server.execute(&format!("UPDATE users SET {} WHERE id = '{}'", suspended(false), manager.id));
        read(server, &own).await;
        manager.delete_account().await.expect(204);
        server.anonymous().get(&own).await.refused(404, "not_found");
        assert_eq!(server.select("SELECT id AS value FROM calendar_feeds"), [""; 0]);
    }

    async fn a_user_has_a_limited_number_of_feeds(server) {
        let user = server.user("Ada").await;
        for _ in 0..MOST_FEEDS {
            make(&user, json!({})).await;
        }
        user.post("/me/calendar-feeds", json!({})).await.refused(409, "invalid_transition");
    }

    async fn the_seats_of_a_user_are_in_the_feed(server) {
        let market = server.market(json!({})).await;
        let host = format!("/organizations/{}", market.host_organization);
        let kind = market.host.post(&format!("{host}/certification-kinds"), json!({ "name": "Lathe" })).await.expect(201).id();
        let training = json!({
            "certification_kind_id": kind, "site_id": market.site, "name": "Lathe for beginners", "seats": 2,
            "starts_at": "2026-12-05T10:00:00Z", "ends_at": "2026-12-05T12:00:00Z",
        });
        let training = market.host.post(&format!("{host}/trainings"), training).await.expect(201).id();
        let seat = market.customer.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201).id();
        let feed = make(&market.customer, json!({})).await;
        let calendar = read(server, &feed).await;
        assert_eq!(values(&calendar, "UID"), [format!("{seat}@127.0.0.1")]);
        assert_eq!(values(&calendar, "SUMMARY"), ["Lathe for beginners\\, Rotor Works"]);
        market.host.post(&format!("/trainings/{training}/cancel"), json!({ "reason": "Ill" })).await.expect(200);
        assert_eq!(values(&read(server, &feed).await, "UID"), [""; 0]);
    }
}
