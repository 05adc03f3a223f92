//! In line for slots that are taken.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

pub(crate) const TEN: &str = "2026-12-01T10:00:00Z";
pub(crate) const ELEVEN: &str = "2026-12-01T11:00:00Z";
pub(crate) const TWELVE: &str = "2026-12-01T12:00:00Z";

/// Somebody with an organization, who wants what the customer wants.
pub(crate) struct Rival {
    pub(crate) user: User,
    pub(crate) organization: String,
}

impl Rival {
    pub(crate) async fn new(server: &Server, name: &str) -> Self {
        let user = server.user(name).await;
        let organization = user.found(&format!("{name}'s works")).await;
        Self { user, organization }
    }

    pub(crate) fn wish(&self, market: &Market, (from, to): (&str, &str)) -> Value {
        let mut wish = market.wish(from, to);
        wish["organization_id"] = json!(self.organization);
        wish
    }

    /// Joins the line, and answers the entry.
    pub(crate) async fn waits(&self, server: &Server, market: &Market, window: (&str, &str), minutes: i64) -> String {
        // Whoever comes later has a later time.
        server.advance(TimeDelta::milliseconds(1));
        let mut wish = self.wish(market, window);
        wish["duration_minutes"] = json!(minutes);
        self.user.post("/waitlist", wish).await.expect(201).id()
    }

    pub(crate) async fn entry(&self, id: &str) -> Value {
        let entry = self.user.get(&format!("/waitlist/{id}")).await.expect(200);
        json!({ "status": entry["status"], "booking_id": entry["booking_id"] })
    }

    /// The hold that was offered.
    pub(crate) async fn offer(&self, id: &str) -> String {
        let entry = self.entry(id).await;
        assert_eq!(entry["status"], "offered");
        entry["booking_id"].as_str().unwrap().to_owned()
    }
}

pub(crate) const WAITING: &str = "waiting";

on_both_databases! {
    async fn what_comes_free_is_offered_to_the_first_whose_wish_fits_and_then_to_the_next(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let taken = market.book(TEN, TWELVE).await.expect(201).id();
        let (long, first, second) = (Rival::new(server, "Lou").await, Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let too_long = long.waits(server, &market, (TEN, "2026-12-01T13:00:00Z"), 180).await;
        market.host.post(&format!("/resources/{}/blocks", market.resource), json!({ "starts_at": TWELVE, "ends_at": "2026-12-01T13:00:00Z" })).await.expect(201);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 30).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);

        assert_eq!(long.entry(&too_long).await["status"], WAITING);
        let offered = first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);
        let mail = &server.mails(&first.user.email, 1).await[0];
        assert!(mail.subject.starts_with("A slot is free: Lathe, ") && mail.text.contains("Reserved until: "), "{mail:?}");
        let held = first.user.get(&format!("/bookings/{offered}")).await.expect(200);
        assert_eq!((&held["status"], &held["starts_at"]), (&json!("held"), &json!(TEN)));

        // It is let go, and offered to the next; who comes anew does not jump the line.
        server.advance(TimeDelta::minutes(60));
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let offered = second.offer(&two).await;
        second.user.post(&format!("/bookings/{offered}/confirm"), json!({})).await.expect(200);
        let rest = market.book("2026-12-01T10:30:00Z", ELEVEN).await.expect(201);
        assert_eq!(rest["status"], "confirmed");
    }

    async fn the_order_of_the_queue_is_that_of_the_commits_whatever_the_clock_says(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        // The clock of the server is set back, or another server's is behind.
        server.advance(TimeDelta::minutes(-5));
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        assert_eq!(second.user.get(&format!("/waitlist/{two}")).await.expect(200)["entries_ahead"], 1);
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);
    }

    async fn who_declines_an_offer_passes_it_on_at_once(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let offered = first.offer(&one).await;
        first.user.post(&format!("/bookings/{offered}/cancel"), json!({})).await.expect(200);
        second.offer(&two).await;
    }

    async fn every_way_of_freeing_capacity_serves_the_line(server) {
        let market = server.market(json!({ "capacity": { "quantity": 1, "unit": "unit" } })).await;
        let rival = Rival::new(server, "Flo").await;
        let path = format!("/resources/{}", market.resource);
        let block = market.host.post(&format!("{path}/blocks"), json!({ "starts_at": TEN, "ends_at": ELEVEN })).await.expect(201).id();
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.delete(&format!("{path}/blocks/{block}")).await.expect(204);
        rival.offer(&entry).await;

        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.patch(&path, json!({ "capacity": { "quantity": 2 } })).await.expect(200);
        rival.offer(&entry).await;

        let moved = market.book(ELEVEN, TWELVE).await.expect(201).id();
        market.book(ELEVEN, TWELVE).await.expect(201);
        let entry = rival.waits(server, &market, (ELEVEN, TWELVE), 60).await;
        let later = json!({ "starts_at": TWELVE });
        market.customer.post(&format!("/bookings/{moved}/reschedule"), later).await.expect(200);
        rival.offer(&entry).await;
    }

    async fn what_was_just_claimed_is_offered_to_nobody_however_long_it_is(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, TWELVE), 120).await;
        let two = second.waits(server, &market, (ELEVEN, TWELVE), 60).await;
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        let offered = first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);

        first.user.post(&format!("/bookings/{offered}/confirm"), json!({})).await.expect(200);
        let week = json!({ "starts_at": TEN, "ends_at": "2026-12-08T10:00:00Z", "bookings": "cancel" });
        market.host.post(&format!("{path}/blocks"), week).await.expect(201);
        assert_eq!(second.entry(&two).await["status"], WAITING);
    }

    async fn nobody_waits_for_what_is_free_or_twice_for_the_same_or_for_what_cannot_be(server) {
        let market = server.market(json!({ "booking_rules": { "max_minutes": 120 } })).await;
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.refused(409, "slot_available");
        market.book(TEN, TWELVE).await.expect(201);
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.expect(201);
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.refused(409, "already_waiting");
        for (change, pointer) in [
            (json!({ "duration_minutes": 121 }), "/duration_minutes"),
            (json!({ "ends_at": "2027-12-01T10:00:00Z" }), "/ends_at"),
            (json!({ "starts_at": "2026-11-01T10:00:00Z", "ends_at": "2026-11-01T11:00:00Z" }), "/ends_at"),
            (json!({ "quantity": 2 }), "/quantity"),
        ] {
            let mut wish = market.wish(TEN, "2026-12-01T20:00:00Z");
            wish["duration_minutes"] = json!(60);
            wish.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused = market.customer.post("/waitlist", wish).await.refused(422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
    }

    async fn who_waits_in_vain_is_told_and_who_leaves_is_offered_nothing(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (patient, quitter) = (Rival::new(server, "Pat").await, Rival::new(server, "Quinn").await);
        let left = quitter.waits(server, &market, (TEN, ELEVEN), 60).await;
        quitter.user.post(&format!("/waitlist/{left}/leave"), json!({})).await.expect(200);
        quitter.user.post(&format!("/waitlist/{left}/leave"), json!({})).await.refused(409, "invalid_transition");
        let waiting = patient.waits(server, &market, (TEN, ELEVEN), 60).await;
        server.advance(TimeDelta::hours(26));
        server.run_jobs().await;
        assert_eq!(patient.entry(&waiting).await["status"], "expired");
        let mail = &server.mails(&patient.user.email, 1).await[0];
        assert!(mail.subject.starts_with("No slot came free: Lathe, "), "{}", mail.subject);
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(quitter.entry(&left).await, json!({ "status": "left", "booking_id": null }));
    }

    async fn what_opens_longer_serves_the_line_before_anybody_else_comes(server) {
        let market = server.market(json!({})).await;
        let (site, resource) = (format!("/sites/{}", market.site), format!("/resources/{}", market.resource));
        let rival = Rival::new(server, "Flo").await;
        let friday = |spans: Value| json!({ "fri": spans });
        let christmas = |spans: Value| json!([{ "date": "2026-12-25", "spans": spans, "reason": "Christmas" }]);
        let rules = |rules: Value| json!({ "booking_rules": rules });
        let winter = |spans: Value| json!([{ "from": "12-01", "to": "02-28", "opening_hours": friday(spans) }]);
        let (closed, open) = (json!([]), json!([["08:00", "24:00"]]));
        for (hour, (path, less, more)) in [
            (&site, json!({ "opening_hours": friday(closed.clone()) }), json!({ "opening_hours": friday(open.clone()) })),
            (&site, json!({ "exceptions": christmas(closed.clone()) }), json!({ "exceptions": christmas(open.clone()) })),
            (&resource, rules(json!({ "opening_hours": friday(closed.clone()) })), rules(json!({ "opening_hours": null }))),
            (&resource, rules(json!({ "seasons": winter(closed) })), rules(json!({ "seasons": winter(open) }))),
            (&resource, rules(json!({ "min_minutes": 60, "horizon_days": 7 })), rules(json!({ "horizon_days": 365 }))),
        ].into_iter().enumerate() {
            let slot = (format!("2026-12-25T{}:00:00Z", hour + 10), format!("2026-12-25T{}:00:00Z", hour + 11));
            let slot = (slot.0.as_str(), slot.1.as_str());
            market.host.patch(&format!("{path}?bookings=keep"), less).await.expect(200);
            let entry = rival.waits(server, &market, slot, 60).await;
            market.host.patch(path, more).await.expect(200);
            rival.offer(&entry).await;
            market.book(slot.0, slot.1).await.refused(409, "slot_unavailable");
        }
    }

    async fn what_is_closed_on_public_holidays_no_more_serves_the_line(server) {
        let market = server.market(json!({ "booking_rules": { "closed_on_public_holidays": true } })).await;
        let rival = Rival::new(server, "Flo").await;
        let slot = ("2026-12-25T10:00:00Z", "2026-12-25T11:00:00Z");
        let entry = rival.waits(server, &market, slot, 60).await;
        let rules = json!({ "booking_rules": { "closed_on_public_holidays": false } });
        market.host.patch(&format!("/resources/{}", market.resource), rules).await.expect(200);
        rival.offer(&entry).await;
        market.book(slot.0, slot.1).await.refused(409, "slot_unavailable");
    }

    async fn what_a_series_gives_up_goes_to_the_first_in_line_whom_all_of_it_serves(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z");
        wish["rule"] = "FREQ=DAILY;COUNT=6".into();
        let series = market.customer.post("/series", wish).await.expect(201);
        let id = |index: usize| series["bookings"][index]["id"].as_str().unwrap().to_owned();
        let path = |verb: &str| format!("/series/{}/{verb}", series.id());
        let (patient, quick) = (Rival::new(server, "Pat").await, Rival::new(server, "Quinn").await);
        // Who wants more came first, and gets it, though who wants less could have had it sooner.
        let long = patient.waits(server, &market, ("2026-12-04T12:00:00Z", "2026-12-05T12:00:00Z"), 1440).await;
        let short = quick.waits(server, &market, ("2026-12-05T10:00:00Z", "2026-12-05T13:00:00Z"), 60).await;
        market.customer.post(&path("cancel"), json!({ "from_booking_id": id(3) })).await.expect(200);
        patient.offer(&long).await;
        quick.offer(&short).await;
        let offered = quick.user.get(&format!("/bookings/{}", quick.offer(&short).await)).await.expect(200);
        assert_eq!(offered["starts_at"], "2026-12-05T12:00:00Z");

        // One occurrence, and then the whole of what is left, moved and cancelled.
        let one = patient.waits(server, &market, (TEN, ELEVEN), 60).await;
        let shorter = json!({ "starts_at": TWELVE, "ends_at": "2026-12-01T13:00:00Z" });
        market.customer.post(&format!("/bookings/{}/reschedule", id(0)), shorter).await.expect(200);
        patient.offer(&one).await;
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let next = patient.waits(server, &market, ("2026-12-02T22:00:00Z", "2026-12-02T23:00:00Z"), 60).await;
        let half = json!({ "from_booking_id": id(1), "duration_minutes": 720 });
        market.customer.post(&path("reschedule"), half).await.expect(200);
        patient.offer(&next).await;
        market.book("2026-12-02T22:00:00Z", "2026-12-02T23:00:00Z").await.refused(409, "slot_unavailable");
        let last = patient.waits(server, &market, ("2026-12-03T08:00:00Z", "2026-12-03T09:00:00Z"), 60).await;
        market.host.post(&path("cancel"), json!({})).await.expect(200);
        patient.offer(&last).await;
        market.book("2026-12-03T08:00:00Z", "2026-12-03T09:00:00Z").await.refused(409, "slot_unavailable");
    }

    async fn what_a_series_takes_that_is_longer_than_all_before_is_offered_to_nobody(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["rule"] = "FREQ=WEEKLY;COUNT=2".into();
        let series = market.customer.post("/series", wish).await.expect(201);
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        let longer = json!({ "start_time": "09:00", "duration_minutes": 1440 });
        market.customer.post(&format!("/series/{}/reschedule", series.id()), longer).await.expect(200);
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
    }

    async fn what_a_group_gives_up_goes_to_the_first_in_line_whom_all_of_it_serves(server) {
        let market = server.market(json!({})).await;
        let slot = |starts_at: &str, ends_at: &str| {
            json!({ "resource_id": market.resource, "starts_at": starts_at, "ends_at": ends_at })
        };
        let bookings = json!([slot(TEN, ELEVEN), slot(ELEVEN, TWELVE)]);
        let group = json!({ "organization_id": market.customer_organization, "bookings": bookings });
        let group = market.customer.post("/booking-groups", group).await.expect(201).id();
        let (patient, quick) = (Rival::new(server, "Pat").await, Rival::new(server, "Quinn").await);
        let long = patient.waits(server, &market, (TEN, TWELVE), 120).await;
        let short = quick.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/booking-groups/{group}/cancel"), json!({})).await.expect(200);
        patient.offer(&long).await;
        assert_eq!(quick.entry(&short).await["status"], WAITING);
    }

    async fn blocks_that_are_removed_serve_the_line_each_and_all(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let weekly = json!({ "starts_at": TEN, "ends_at": ELEVEN, "repeat": { "rule": "FREQ=DAILY;COUNT=4" } });
        let first = market.host.post(&path, weekly).await.expect(201);
        let rival = Rival::new(server, "Flo").await;
        for (day, index, scope) in [(2, 0, "one"), (4, 1, "following"), (1, 0, "all")] {
            let slot = (format!("2026-12-0{day}T10:00:00Z"), format!("2026-12-0{day}T11:00:00Z"));
            let entry = rival.waits(server, &market, (&slot.0, &slot.1), 60).await;
            let block = if scope == "all" { first.id() } else { first["repeated"][index]["id"].as_str().unwrap().to_owned() };
            market.host.delete(&format!("{path}/{block}?scope={scope}")).await.expect(204);
            rival.offer(&entry).await;
            market.book(&slot.0, &slot.1).await.refused(409, "slot_unavailable");
        }
    }

    async fn more_of_what_a_resource_takes_along_serves_its_line(server) {
        let market = server.market(json!({})).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
        let mill = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        for machine in [&market.resource, &mill] {
            let link = json!({ "other_id": room, "kind": "takes" });
            market.host.post(&format!("/resources/{machine}/links"), link).await.expect(201);
        }
        let mut wish = market.wish(TEN, ELEVEN);
        wish["resource_id"] = json!(mill);
        market.customer.post("/bookings", wish).await.expect(201);
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.patch(&format!("/resources/{room}"), json!({ "capacity": { "quantity": 2 } })).await.expect(200);
        rival.offer(&entry).await;
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
    }

    async fn what_is_mended_sooner_serves_the_line_and_what_starts_after_needs_no_line(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let out = async |until: Option<&str>| {
            let body = json!({ "reason": "The spindle is broken", "until": until });
            market.host.post(&format!("{path}/out-of-order"), body).await.expect(200);
        };
        out(None).await;
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, TWELVE), 60).await;
        out(Some("2026-12-01T11:30:00Z")).await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        out(Some(ELEVEN)).await;
        let offered = rival.offer(&entry).await;
        assert_eq!(rival.user.get(&format!("/bookings/{offered}")).await.expect(200)["starts_at"], ELEVEN);
        market.book(ELEVEN, TWELVE).await.refused(409, "slot_unavailable");
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        rival.offer(&entry).await;

        // What can be had when it is back in order can be booked beforehand: the end of the repair sets nothing free.
        out(Some("2026-12-02T10:00:00Z")).await;
        let mut wish = rival.wish(&market, ("2026-12-02T09:00:00Z", "2026-12-02T11:00:00Z"));
        wish["duration_minutes"] = json!(60);
        rival.user.post("/waitlist", wish).await.refused(409, "slot_available");
    }

    async fn terms_that_who_waits_has_not_accepted_pass_them_over(server) {
        let market = server.market(json!({})).await;
        let (path, rival) = (format!("/organizations/{}/terms", market.host_organization), Rival::new(server, "Flo").await);
        let add = async |name: &str| {
            let terms = json!({ "kind": "house_rules", "name": name, "text": "Ask." });
            json!([{ "terms_id": market.host.post(&path, terms).await.expect(201).id(), "version": 1 }])
        };
        let accepting = |mut wish: Value, terms: &Value| {
            wish["accepted_terms"] = terms.clone();
            wish
        };
        let rules = add("House rules").await;
        let taken = market.customer.post("/bookings", accepting(market.wish(TEN, ELEVEN), &rules)).await.expect(201).id();
        let wish = rival.wish(&market, (TEN, ELEVEN));
        let refused = rival.user.post("/waitlist", wish.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "terms_not_accepted");
        let entry = rival.user.post("/waitlist", accepting(wish, &rules)).await.expect(201).id();

        // What the host adds meanwhile stops nobody but who has not accepted it.
        let privacy = add("Confidentiality").await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        market.customer.post("/bookings", accepting(market.wish(TWELVE, "2026-12-01T13:00:00Z"), &privacy)).await.expect(201);
        let block = json!({ "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T11:00:00Z" });
        let block = market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201).id();
        market.host.delete(&format!("/resources/{}/blocks/{block}", market.resource)).await.expect(204);
        assert_eq!(rival.entry(&entry).await["status"], WAITING);

        let acceptance = json!({ "organization_id": rival.organization, "version": 1 });
        rival.user.post(&format!("/terms/{}/accept", privacy[0]["terms_id"].as_str().unwrap()), acceptance).await.expect(200);
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        rival.offer(&entry).await;
    }

    async fn a_price_that_cannot_be_written_stops_nobody(server) {
        let market = server.market(json!({
            "capacity": { "quantity": 1_000_000, "unit": "pallet" },
            "tariff": { "currency": "GBP", "rate": 1_000_000_000_000_i64, "per": "hour" },
        })).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "quantity": 1_000_000 });
        let block = market.host.post(&path, block).await.expect(201).id();
        let rival = Rival::new(server, "Flo").await;
        let mut wish = rival.wish(&market, (TEN, "2026-12-21T10:00:00Z"));
        wish["quantity"] = json!(1_000_000);
        let entry = rival.user.post("/waitlist", wish).await.expect(201).id();
        market.host.delete(&format!("{path}/{block}")).await.expect(204);
        server.run_jobs().await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
    }

    async fn whose_first_slots_a_quota_forbids_is_offered_the_next_that_fits(server) {
        let quota = json!({ "per": "organization", "most_minutes": 120, "within": "day" });
        let market = server.market(json!({ "booking_rules": { "quotas": [quota] } })).await;
        let rival = Rival::new(server, "Flo").await;
        let night = rival.wish(&market, ("2026-12-01T00:00:00Z", "2026-12-01T02:00:00Z"));
        rival.user.post("/bookings", night).await.expect(201);
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": "2026-12-01T02:00:00Z", "ends_at": "2026-12-03T00:00:00Z" });
        let block = market.host.post(&path, block).await.expect(201).id();
        let entry = rival.waits(server, &market, ("2026-12-01T06:00:00Z", "2026-12-02T23:00:00Z"), 120).await;
        market.host.delete(&format!("{path}/{block}")).await.expect(204);
        let offered = rival.user.get(&format!("/bookings/{}", rival.offer(&entry).await)).await.expect(200);
        assert_eq!(offered["starts_at"], "2026-12-02T00:00:00Z");
    }

    async fn who_waits_for_linked_resources_is_served_in_the_order_of_arrival(server) {
        let market = server.market(json!({})).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
        let mill = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        for machine in [&market.resource, &mill] {
            let link = json!({ "other_id": room, "kind": "takes" });
            market.host.post(&format!("/resources/{machine}/links"), link).await.expect(201);
        }
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        for (on, one, two) in [(&mill, &first, &second), (&market.resource, &second, &first)] {
            let mut wish = market.wish(TEN, ELEVEN);
            wish["resource_id"] = json!(room);
            let taken = market.customer.post("/bookings", wish).await.expect(201).id();
            let mut wish = one.wish(&market, (TEN, ELEVEN));
            wish["resource_id"] = json!(on);
            let early = one.user.post("/waitlist", wish.clone()).await.expect(201).id();
            server.advance(TimeDelta::milliseconds(1));
            wish["resource_id"] = json!(if *on == mill { &market.resource } else { &mill });
            wish["organization_id"] = json!(two.organization);
            let late = two.user.post("/waitlist", wish).await.expect(201).id();
            market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
            let offered = one.offer(&early).await;
            assert_eq!(two.entry(&late).await["status"], WAITING);
            two.user.post(&format!("/waitlist/{late}/leave"), json!({})).await.expect(200);
            one.user.post(&format!("/bookings/{offered}/cancel"), json!({})).await.expect(200);
        }
    }

    async fn what_is_not_on_offer_any_more_is_waited_for_by_nobody_and_what_is_paused_is(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let rival = Rival::new(server, "Flo").await;
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        let block = market.host.post(&format!("{path}/blocks"), block).await.expect(201).id();
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.patch(&path, json!({ "status": "paused" })).await.expect(200);
        market.host.delete(&format!("{path}/blocks/{block}")).await.expect(204);
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        market.host.patch(&path, json!({ "status": "listed" })).await.expect(200);
        rival.offer(&entry).await;

        let insider = market.host.post("/waitlist", json!({
            "organization_id": market.host_organization, "resource_id": market.resource, "starts_at": TEN, "ends_at": ELEVEN,
        })).await.expect(201).id();
        let entry = rival.waits(server, &market, ("2026-12-01T10:30:00Z", ELEVEN), 30).await;
        market.host.patch(&path, json!({ "is_private": true })).await.expect(200);
        assert_eq!(rival.entry(&entry).await["status"], "left");
        let mails = server.mails(&rival.user.email, 2).await;
        assert!(mails.iter().any(|mail| mail.subject.starts_with("No longer offered: Lathe, ")), "{mails:?}");
        assert_eq!(market.host.get(&format!("/waitlist/{insider}")).await.expect(200)["status"], WAITING);

        let other = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        market.host.post(&format!("/resources/{other}/blocks"), block).await.expect(201);
        let mut wish = rival.wish(&market, (TEN, ELEVEN));
        wish["resource_id"] = json!(other);
        let entry = rival.user.post("/waitlist", wish).await.expect(201).id();
        market.host.patch(&format!("/resources/{other}"), json!({ "status": "retired" })).await.expect(200);
        assert_eq!(rival.entry(&entry).await["status"], "left");
        server.mails(&rival.user.email, 3).await;
    }

    async fn the_line_is_seen_by_who_waits_and_by_the_host_in_order(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        let ids = |page: &Answer| page.items().iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
        let seen = market.host.get(&format!("/waitlist?resource_id={}", market.resource)).await.expect(200);
        assert_eq!(ids(&seen), [one.clone(), two]);
        let own = first.user.get("/waitlist").await.expect(200);
        assert_eq!(ids(&own), [one.as_str()]);
        second.user.get(&format!("/waitlist/{one}")).await.refused(404, "not_found");
        for organization in [&first.organization, &market.host_organization] {
            second.user.get(&format!("/waitlist?organization_id={organization}")).await.refused(403, "forbidden");
        }
    }
}
