//! Another slot that one party of a booking proposes, until the other party responds.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Kind, Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";
const THIRTEEN: &str = "2026-12-01T13:00:00Z";

/// A market, and a booking of the lathe from ten to eleven.
struct Booked {
    market: Market,
    booking: String,
}

impl Booked {
    async fn make(server: &Server, resource: Value) -> Self {
        let market = server.market(resource).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        Self { market, booking }
    }

    fn path(&self) -> String {
        format!("/bookings/{}", self.booking)
    }

    async fn propose(&self, by: &User, slot: Value) -> Answer {
        by.post(&format!("{}/proposals", self.path()), slot).await
    }

    async fn respond(&self, by: &User, proposal: &str, verb: &str, body: Value) -> Answer {
        by.post(&format!("{}/proposals/{proposal}/{verb}", self.path()), body).await
    }

    async fn status(&self, proposal: &str) -> Value {
        self.market.customer.get(&format!("{}/proposals/{proposal}", self.path())).await.expect(200)["status"].clone()
    }

    /// When the booking starts, for whom it is booked and how it stands.
    async fn seen(&self) -> (String, String) {
        let seen = self.market.customer.get(&self.path()).await.expect(200);
        (seen.text("starts_at"), seen.text("status"))
    }

    async fn history(&self) -> Vec<String> {
        let history = self.market.host.get(&format!("{}/history", self.path())).await.expect(200);
        history.items().iter().map(|one| one["action"].as_str().unwrap().to_owned()).collect()
    }
}

fn at(start: &str) -> Value {
    json!({ "starts_at": start })
}

fn codes(answer: &Answer) -> Vec<&str> {
    answer["violations"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn a_booking_stays_as_it_is_until_the_other_party_accepts(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, .. } = &booked.market;
        let longer = json!({ "starts_at": TWELVE, "ends_at": "2026-12-01T14:00:00Z", "message": "The laser is serviced." });
        let proposal = booked.propose(host, longer).await.expect(201);
        assert_eq!(proposal.header("location"), format!("/api/v1{}/proposals/{}", booked.path(), proposal.id()));
        for (name, value) in [
            ("side", json!("host")), ("status", json!("open")), ("starts_at", json!(TWELVE)), ("quantity", json!(1)),
            ("price", json!({ "amount": 2400, "currency": "GBP" })), ("message", json!("The laser is serviced.")),
            ("lapses_at", json!(TEN)), ("violations", json!([])), ("override_reason", json!(null)),
        ] {
            assert_eq!(proposal[name], value, "{name}");
        }
        assert_eq!(booked.seen().await, (TEN.to_owned(), "confirmed".to_owned()));
        let listed = customer.get(&format!("{}/proposals", booked.path())).await.expect(200);
        assert_eq!(listed.items()[0]["id"], proposal["id"]);

        server.advance(TimeDelta::minutes(1));
        let accepted = booked.respond(customer, &proposal.id(), "accept", json!({})).await.expect(200);
        assert_eq!(accepted["status"], "accepted");
        let seen = customer.get(&booked.path()).await.expect(200);
        // Both have agreed to the move and its price, and neither can leave because of it.
        assert_eq!((seen.text("starts_at"), &seen["price"]["amount"]), (TWELVE.to_owned(), &json!(2400)));
        let history = booked.market.host.get(&format!("{}/history", booked.path())).await.expect(200);
        assert_eq!(booked.history().await, ["create", "propose", "accept_proposal"]);
        assert_eq!(history.items()[1]["at"], proposal["created_at"]);
        assert_eq!(history.items()[2]["proposal_id"], proposal["id"]);
        booked.respond(customer, &proposal.id(), "accept", json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_move_to_which_both_agree_begins_no_grace(server) {
        let rules = json!({ "booking_rules": { "change_cutoff_minutes": 2880, "grace_minutes": 0, "host_change_grace_minutes": 60 } });
        let booked = Booked::make(server, rules).await;
        let Market { host, customer, .. } = &booked.market;
        let proposal = booked.propose(host, at(TWELVE)).await.expect(201).id();
        booked.respond(customer, &proposal, "accept", json!({})).await.expect(200);
        let refused = customer.post(&format!("{}/cancel", booked.path()), json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["too_late_to_change"]);
        // For a proposal of the customer the cut-off does not count either.
        let proposal = booked.propose(customer, at(TEN)).await.expect(201).id();
        booked.respond(host, &proposal, "accept", json!({})).await.expect(200);
        assert_eq!(booked.seen().await.0, TEN);
    }

    async fn a_proposal_takes_no_capacity_and_stays_with_the_booking_if_the_slot_is_lost(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, .. } = &booked.market;
        let proposal = booked.propose(host, at(TWELVE)).await.expect(201).id();
        let rival = booked.market.book(TWELVE, THIRTEEN).await.expect(201).id();
        let refused = booked.respond(customer, &proposal, "accept", json!({})).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"][0]["starts_at"], TWELVE);
        assert_eq!((booked.seen().await.0, booked.status(&proposal).await), (TEN.to_owned(), json!("open")));
        booked.propose(customer, at(TWELVE)).await.refused(409, "slot_unavailable");
        customer.post(&format!("/bookings/{rival}/cancel"), json!({})).await.expect(200);
        booked.respond(customer, &proposal, "accept", json!({})).await.expect(200);
        assert_eq!(booked.seen().await.0, TWELVE);
    }

    async fn each_response_is_for_one_party(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, .. } = &booked.market;
        let stranger = server.user("Sam").await;
        let proposal = booked.propose(customer, at(TWELVE)).await.expect(201).id();
        for verb in ["accept", "decline", "withdraw"] {
            booked.respond(&stranger, &proposal, verb, json!({})).await.refused(404, "not_found");
            let other = if verb == "withdraw" { host } else { customer };
            booked.respond(other, &proposal, verb, json!({})).await.refused(403, "forbidden");
        }
        stranger.get(&format!("{}/proposals", booked.path())).await.refused(404, "not_found");
        booked.propose(&stranger, at(TWELVE)).await.refused(404, "not_found");
        let declined = booked.respond(host, &proposal, "decline", json!({ "reason": "We are closed then" })).await.expect(200);
        assert_eq!((&declined["status"], &declined["reason"]), (&json!("declined"), &json!("We are closed then")));
        booked.respond(customer, &proposal, "withdraw", json!({})).await.refused(409, "invalid_transition");
        let proposal = booked.propose(customer, at(TWELVE)).await.expect(201).id();
        booked.respond(customer, &proposal, "withdraw", json!({})).await.expect(200);
        assert_eq!(booked.history().await, ["create", "propose", "decline_proposal", "propose", "withdraw_proposal"]);
        // The proposal of one booking is none of another.
        let other = booked.market.book("2026-12-01T15:00:00Z", "2026-12-01T16:00:00Z").await.expect(201).id();
        customer.get(&format!("/bookings/{other}/proposals/{proposal}")).await.refused(404, "not_found");
    }

    async fn a_later_proposal_of_either_party_replaces_the_open_one(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, .. } = &booked.market;
        let first = booked.propose(host, at(TWELVE)).await.expect(201).id();
        let second = booked.propose(host, at(THIRTEEN)).await.expect(201).id();
        let counter = booked.propose(customer, at(ELEVEN)).await.expect(201).id();
        assert_eq!([booked.status(&first).await, booked.status(&second).await], [json!("replaced"), json!("replaced")]);
        booked.respond(customer, &second, "accept", json!({})).await.refused(409, "invalid_transition");
        let again = "INSERT INTO booking_proposals SELECT 'another', booking_id, side, status, resource_id, starts_at, ends_at, quantity, \
                     price_amount, price_currency, tariff_id, violations, override_reason, message, reason, proposed_by, lapses_at, \
                     created_at, updated_at FROM booking_proposals WHERE status = 'open'";
        let reason = match server.kind {
            Kind::Sqlite => "UNIQUE constraint failed: booking_proposals.booking_id",
            Kind::Postgres => "duplicate key value violates unique constraint \"booking_proposals_open\"",
        };
        assert!(server.refuses(again, reason), "the database accepts a second open proposal");
        booked.respond(host, &counter, "accept", json!({})).await.expect(200);
        assert_eq!(booked.seen().await.0, ELEVEN);
    }

    async fn a_proposal_lapses_at_its_instant_whether_or_not_that_is_written(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, .. } = &booked.market;
        let until = "2026-11-30T10:00:00Z";
        let proposal = booked.propose(host, json!({ "starts_at": TWELVE, "answer_by": until })).await.expect(201);
        assert_eq!(proposal["lapses_at"], until);
        server.advance(TimeDelta::minutes(59));
        assert_eq!(booked.status(&proposal.id()).await, "open");
        server.advance(TimeDelta::minutes(1));
        let path = format!("{}/proposals/{}", booked.path(), proposal.id());
        let derived = customer.get(&path).await.expect(200);
        assert_eq!((&derived["status"], &derived["updated_at"]), (&json!("lapsed"), &json!(until)));
        booked.respond(customer, &proposal.id(), "accept", json!({})).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::minutes(7));
        server.run_jobs().await;
        assert_eq!(customer.get(&path).await.expect(200).text, derived.text);
        let history = host.get(&format!("{}/history", booked.path())).await.expect(200);
        assert_eq!((&history.items()[2]["action"], &history.items()[2]["at"]), (&json!("lapse_proposal"), &json!(until)));
        assert_eq!(booked.seen().await, (TEN.to_owned(), "confirmed".to_owned()));
        // A lapsed proposal is in the way of nothing, written or not.
        booked.propose(host, json!({ "starts_at": TWELVE, "answer_by": "2026-11-30T11:00:00Z" })).await.expect(201);
        server.advance(TimeDelta::hours(2));
        booked.propose(host, at(THIRTEEN)).await.expect(201);
        assert_eq!(booked.history().await, ["create", "propose", "lapse_proposal", "propose", "lapse_proposal", "propose"]);
    }

    async fn a_proposal_becomes_obsolete_with_its_booking(server) {
        let booked = Booked::make(server, json!({ "booking_rules": { "check_in_minutes": 1440 } })).await;
        let Market { host, customer, .. } = &booked.market;
        let proposal = booked.propose(host, at(THIRTEEN)).await.expect(201).id();
        customer.post(&format!("{}/reschedule", booked.path()), at(TWELVE)).await.expect(200);
        assert_eq!(booked.status(&proposal).await, "obsolete");
        let proposal = booked.propose(host, at(TEN)).await.expect(201).id();
        server.advance(TimeDelta::hours(3));
        customer.post(&format!("{}/check-in", booked.path()), json!({})).await.expect(200);
        assert_eq!(booked.status(&proposal).await, "obsolete");
        booked.propose(host, at(TEN)).await.refused(409, "invalid_transition");
        customer.post(&format!("{}/check-out", booked.path()), json!({})).await.expect(200);
        let proposal = booked.propose(customer, at(TEN)).await.expect(201).id();
        customer.post(&format!("{}/cancel", booked.path()), json!({})).await.expect(200);
        assert_eq!(booked.status(&proposal).await, "obsolete");
        booked.respond(host, &proposal, "accept", json!({})).await.refused(409, "invalid_transition");
    }

    async fn rules_that_a_manager_can_override_are_overridden_by_the_manager_of_either_side(server) {
        let booked = Booked::make(server, json!({ "booking_rules": { "max_minutes": 60 } })).await;
        let Market { host, customer, .. } = &booked.market;
        let long = json!({ "starts_at": TEN, "ends_at": TWELVE });
        let refused = booked.propose(host, long.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["too_long"]);
        let mut overriding = long.clone();
        overriding["override_reason"] = json!("A big part");
        booked.propose(customer, overriding.clone()).await.refused_fields(&[("/override_reason", "not_permitted")]);
        let proposal = booked.propose(host, overriding).await.expect(201);
        assert_eq!((codes(&proposal), &proposal["override_reason"]), (vec!["too_long"], &json!("A big part")));
        booked.respond(customer, &proposal.id(), "accept", json!({})).await.expect(200);

        // The customer proposes what only a manager can allow.
        let longer = json!({ "ends_at": "2026-12-01T12:30:00Z" });
        let proposal = booked.propose(customer, longer).await.expect(201);
        assert_eq!(codes(&proposal), ["too_long"]);
        booked.respond(host, &proposal.id(), "accept", json!({})).await.refused(422, "booking_rules_violated");
        let reason = json!({ "override_reason": "For once" });
        booked.respond(host, &proposal.id(), "accept", reason).await.expect(200);
        let history = host.get(&format!("{}/history", booked.path())).await.expect(200);
        let last = history.items().last().unwrap();
        assert_eq!((&last["reason"], &last["overridden"][0]["code"]), (&json!("For once"), &json!("too_long")));
        let seconds = json!({ "ends_at": "2026-12-01T12:30:30Z" });
        let refused = booked.propose(customer, seconds).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["not_whole_minutes", "too_long"]);
    }

    async fn a_request_on_whose_slot_both_agree_is_confirmed(server) {
        let booked = Booked::make(server, json!({ "booking_rules": { "requires_approval": true } })).await;
        let Market { host, customer, .. } = &booked.market;
        assert_eq!(booked.seen().await.1, "requested");
        let proposal = booked.propose(host, at(TWELVE)).await.expect(201).id();
        booked.respond(customer, &proposal, "accept", json!({})).await.expect(200);
        assert_eq!(booked.seen().await, (TWELVE.to_owned(), "confirmed".to_owned()));
        // What the host has approved moves by agreement, too.
        let proposal = booked.propose(customer, at(TEN)).await.expect(201).id();
        booked.respond(host, &proposal, "accept", json!({})).await.expect(200);
        assert_eq!(booked.seen().await, (TEN.to_owned(), "confirmed".to_owned()));
    }

    async fn a_proposal_can_name_another_resource_at_the_price_that_it_shows(server) {
        let booked = Booked::make(server, json!({})).await;
        let Market { host, customer, site, .. } = &booked.market;
        let tariff = |rate| json!({ "currency": "GBP", "rate": rate, "per": "hour" });
        let mill = host.list_resource(site, json!({ "name": "Mill", "tariff": tariff(3000) })).await;
        let proposal = booked.propose(host, json!({ "resource_id": mill })).await.expect(201);
        assert_eq!((&proposal["resource_name"], &proposal["price"]["amount"]), (&json!("Mill"), &json!(3000)));
        host.patch(&format!("/resources/{mill}"), json!({ "tariff": tariff(9000) })).await.expect(200);
        booked.respond(customer, &proposal.id(), "accept", json!({})).await.expect(200);
        let seen = customer.get(&booked.path()).await.expect(200);
        assert_eq!((&seen["resource_id"], &seen["price"]["amount"]), (&json!(mill), &json!(3000)));
        let eve = server.user("Eve").await;
        let elsewhere = eve.open_site(&eve.found("Gear Works").await, json!({})).await;
        let foreign = json!({ "resource_id": eve.list_resource(&elsewhere, json!({})).await });
        booked.propose(host, foreign).await.refused_fields(&[("/resource_id", "invalid")]);
    }

    async fn only_another_slot_of_a_booking_that_has_not_begun_can_be_proposed(server) {
        let booked = Booked::make(server, json!({ "booking_rules": { "hold_minutes": 30 } })).await;
        let Market { host, customer, .. } = &booked.market;
        booked.propose(host, json!({})).await.refused_fields(&[("/starts_at", "invalid")]);
        let past = json!({ "starts_at": TWELVE, "answer_by": "2026-11-30T09:00:00Z" });
        booked.propose(host, past).await.refused_fields(&[("/answer_by", "invalid")]);
        let bad = json!({ "quantity": 0, "message": "x".repeat(2001), "override_reason": "" });
        let all = [("/quantity", "out_of_range"), ("/override_reason", "too_short"), ("/message", "too_long")];
        let refused = booked.propose(host, bad).await.refused(422, "invalid_fields");
        let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, all.map(|(pointer, _)| pointer));
        let mut wish = booked.market.wish(TWELVE, THIRTEEN);
        wish["hold"] = json!(true);
        let held = customer.post("/bookings", wish).await.expect(201).id();
        customer.post(&format!("/bookings/{held}/proposals"), at("2026-12-01T14:00:00Z")).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::hours(25));
        booked.propose(host, at("2026-12-01T14:00:00Z")).await.refused(409, "invalid_transition");
    }
}
