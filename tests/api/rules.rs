//! The rules that hosts set: quotas, gaps, seasons, public holidays, who may book, and how late a customer may change.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// The codes of the rules that an attempt broke.
fn broken(answer: Answer) -> Vec<String> {
    codes(&answer.refused(422, "booking_rules_violated")["violations"])
}

fn codes(violations: &Value) -> Vec<String> {
    violations.as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap().to_owned()).collect()
}

impl Market {
    /// The host's attempt to change the rules.
    async fn set_rules(&self, rules: Value) -> Answer {
        self.host.patch(&format!("/resources/{}", self.resource), json!({ "booking_rules": rules })).await
    }

    /// The customer's attempt to book for another of its organizations.
    async fn book_for(&self, organization: &str, starts_at: &str, ends_at: &str) -> Answer {
        let mut wish = self.wish(starts_at, ends_at);
        wish["organization_id"] = json!(organization);
        self.customer.post("/bookings", wish).await
    }
}

on_both_databases! {
    async fn a_quota_counts_minutes_times_quantity_on_each_day(server) {
        let quotas = json!([{ "per": "organization", "most_minutes": 120, "within": "day" }]);
        let resource = json!({ "capacity": { "quantity": 4, "unit": "unit" }, "booking_rules": { "quotas": quotas } });
        let market = server.market(resource).await;
        // An hour on each of the two days.
        let night = market.book("2026-11-30T23:00:00Z", "2026-12-01T01:00:00Z").await.expect(201);
        assert_eq!(broken(market.book(TEN, "2026-12-01T11:15:00Z").await), ["quota_exceeded"]);
        let mut two = market.wish(TEN, "2026-12-01T10:30:00Z");
        two["quantity"] = json!(2);
        market.customer.post("/bookings", two).await.expect(201);
        let refused = market.book(ELEVEN, "2026-12-01T11:15:00Z").await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"], json!([{
            "code": "quota_exceeded", "overridable": true,
            "detail": "an organization can book at most 120 min per day; 0 min are left in the day from 2026-12-01",
        }]));
        market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        market.customer.post(&format!("/bookings/{}/cancel", night.id()), json!({})).await.expect(200);
        market.book(ELEVEN, TWELVE).await.expect(201);
        let other = market.customer.found("Second venture").await;
        market.book_for(&other, TEN, TWELVE).await.expect(201);
    }

    async fn what_was_used_counts_and_what_comes_with_a_new_week_is_free_again(server) {
        let quotas = json!([{ "per": "organization", "most_minutes": 60, "within": "week" }]);
        let market = server.market(json!({ "booking_rules": { "quotas": quotas } })).await;
        market.book("2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(1));
        assert_eq!(broken(market.book("2026-12-06T23:45:00Z", "2026-12-07T00:45:00Z").await), ["quota_exceeded"]);
        market.book("2026-12-07T00:00:00Z", "2026-12-07T01:00:00Z").await.expect(201);
    }

    async fn a_quota_of_peak_hours_leaves_the_rest_of_the_day_alone(server) {
        let rules = json!({
            "quotas": [{ "per": "organization", "most_minutes": 60, "within": "month", "at": "peak" }],
            "peak_hours": { "tue": [["09:00", "12:00"]] },
        });
        let market = server.market(json!({ "booking_rules": rules })).await;
        market.book(ELEVEN, "2026-12-01T15:00:00Z").await.expect(201);
        assert_eq!(broken(market.book("2026-12-08T08:00:00Z", "2026-12-08T09:15:00Z").await), ["quota_exceeded"]);
        market.book("2026-12-08T08:00:00Z", "2026-12-08T09:00:00Z").await.expect(201);
    }

    async fn a_user_has_one_quota_for_all_their_organizations(server) {
        let rules = json!({ "max_active_per_user": 2, "quotas": [{ "per": "user", "most_minutes": 90, "within": "day" }] });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let other = market.customer.found("Second venture").await;
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(broken(market.book_for(&other, ELEVEN, TWELVE).await), ["quota_exceeded"]);
        market.book_for(&other, "2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        assert_eq!(broken(market.book("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z").await), ["too_many_active", "quota_exceeded"]);
    }

    async fn a_gap_is_kept_between_the_bookings_of_one_customer(server) {
        let market = server.market(json!({ "booking_rules": { "gap_minutes": 60 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(broken(market.book(ELEVEN, TWELVE).await), ["gap_too_short"]);
        assert_eq!(broken(market.book("2026-12-01T08:15:00Z", "2026-12-01T09:15:00Z").await), ["gap_too_short"]);
        market.book("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z").await.expect(201);
        let other = market.customer.found("Second venture").await;
        market.book_for(&other, ELEVEN, TWELVE).await.expect(201);
    }

    async fn a_booking_that_moves_does_not_stand_in_its_own_way(server) {
        let rules = json!({
            "gap_minutes": 60, "max_active_per_organization": 1, "max_active_per_user": 1,
            "quotas": [{ "per": "organization", "most_minutes": 60, "within": "day" }],
        });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let path = format!("/bookings/{}/reschedule", market.book(TEN, ELEVEN).await.expect(201).id());
        market.customer.post(&path, json!({ "starts_at": "2026-12-01T10:30:00Z" })).await.expect(200);
        assert_eq!(broken(market.customer.post(&path, json!({ "ends_at": "2026-12-01T11:45:00Z" })).await), ["quota_exceeded"]);
    }

    async fn a_quote_tells_what_stands_in_the_way_of_a_customer_and_slots_leave_it_out(server) {
        let rules = json!({ "grid_minutes": 60, "min_minutes": 60, "gap_minutes": 60, "max_minutes": 60 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let quote = async |client: &Client, organization: &Value| {
            let slot = json!({ "starts_at": ELEVEN, "ends_at": TWELVE, "organization_id": organization });
            client.post(&format!("/resources/{}/quote", market.resource), slot).await
        };
        let own = json!(market.customer_organization);
        assert_eq!(codes(&quote(&market.customer, &own).await.expect(200)["violations"]), ["gap_too_short"]);
        assert_eq!(codes(&quote(&market.customer, &Value::Null).await.expect(200)["violations"]), [""; 0]);
        quote(&server.anonymous(), &own).await.refused(401, "not_signed_in");
        quote(&market.host, &own).await.refused(403, "forbidden");

        let slots = format!("/resources/{}/slots?from=2026-12-01T07:00:00Z&to=2026-12-01T13:00:00Z", market.resource);
        let own = format!("{slots}&customer_organization_id={}", market.customer_organization);
        let both = format!("{own}&organization_id={}", market.host_organization);
        market.customer.get(&both).await.refused_fields(&[("organization_id", "invalid")]);
        let starts = |answer: Answer| -> Vec<String> {
            answer.expect(200).items().iter().map(|slot| slot["starts_at"].as_str().unwrap()[11..13].to_owned()).collect()
        };
        assert_eq!(starts(server.anonymous().get(&slots).await), ["07", "08", "09", "11", "12"]);
        assert_eq!(starts(market.customer.get(&own).await), ["07", "08", "12"]);
        server.anonymous().get(&own).await.refused(401, "not_signed_in");
        market.host.get(&own).await.refused(403, "forbidden");
    }

    async fn slots_searches_and_the_line_go_on_where_a_quota_that_is_used_up_begins_anew(server) {
        let quotas = json!([{ "per": "organization", "most_minutes": 60, "within": "month" }]);
        let market = server.market(json!({ "booking_rules": { "grid_minutes": 1, "quotas": quotas } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let (new_year, later) = ("2027-01-01T00:00:00Z", "2027-01-01T10:00:00Z");
        let (window, customer) = (format!("from={ELEVEN}&to={later}&duration_minutes=60"), &market.customer_organization);
        let slots = format!("/resources/{}/slots?{window}&organization_id={customer}", market.resource);
        assert_eq!(market.customer.get(&slots).await.expect(200).items()[0]["starts_at"], new_year);
        let found = market.customer.get(&format!("/search/available?{window}&customer={customer}")).await.expect(200);
        assert_eq!((&found.items()[0]["starts_at"], &found.items()[0]["bookable"]), (&json!(new_year), &json!(true)));
        let mut wish = market.wish(ELEVEN, later);
        wish["duration_minutes"] = json!(60);
        market.customer.post("/waitlist", wish).await.refused(409, "slot_available");
    }

    async fn quotas_that_leave_nothing_leave_none_of_many_starts(server) {
        let spans: Vec<_> = (0..12).map(|nth| [0, 30].map(|minute| format!("{:02}:{minute:02}", 2 * nth))).collect();
        let peak_hours: serde_json::Map<_, _> =
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().map(|day| ((*day).to_owned(), json!(spans))).collect();
        let quota = |nth: usize| {
            let (per, within) = (["organization", "user"][nth % 2], ["day", "week", "month"][nth % 3]);
            json!({ "per": per, "most_minutes": 0, "within": within, "at": "peak" })
        };
        let quotas: Vec<_> = (0..10).map(quota).collect();
        let month = 30 * 1440;
        let rules = json!({ "grid_minutes": 1, "min_minutes": month, "peak_hours": peak_hours, "quotas": quotas });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let (until, customer) = ("2027-03-03T10:00:00Z", &market.customer_organization);
        let slots = format!("/resources/{}/slots?from={TEN}&to={until}", market.resource);
        assert_eq!(market.customer.get(&slots).await.expect(200).items().len(), 50);
        let own = market.customer.get(&format!("{slots}&organization_id={customer}")).await.expect(200);
        assert_eq!((&own["items"], &own["next_cursor"]), (&json!([]), &Value::Null));
        let window = format!("from={TEN}&to=2027-01-01T10:00:00Z&duration_minutes={month}");
        let found = market.customer.get(&format!("/search/available?{window}&customer={customer}")).await.expect(200);
        assert_eq!(codes(&found.items()[0]["violations"]), ["quota_exceeded"; 10]);
        let mut wish = market.wish(TEN, until);
        wish["duration_minutes"] = json!(month);
        assert_eq!(broken(market.customer.post("/waitlist", wish).await), ["quota_exceeded"; 10]);
    }

    async fn a_host_chooses_who_may_book(server) {
        let market = server.market(json!({ "booking_rules": { "bookable_by": { "kinds": ["startup"] } } })).await;
        let refused = market.book(TEN, ELEVEN).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"], json!([{
            "code": "not_for_this_customer", "overridable": true, "detail": "the resource can only be booked by organizations of kind startup",
        }]));
        let startup = market.customer.post("/organizations", json!({ "kind": "startup", "name": "New" })).await.expect(201).id();
        market.book_for(&startup, TEN, ELEVEN).await.expect(201);
        market.set_rules(json!({ "bookable_by": { "organizations": [market.customer_organization] } })).await.expect(200);
        market.book(ELEVEN, TWELVE).await.expect(201);
        market.set_rules(json!({ "bookable_by": { "organizations": [], "kinds": [] } })).await.expect(200);
        assert_eq!(broken(market.book(TWELVE, "2026-12-01T13:00:00Z").await), ["not_for_this_customer"]);
        let mut own = market.wish(TWELVE, "2026-12-01T13:00:00Z");
        own["organization_id"] = json!(market.host_organization);
        market.host.post("/bookings", own).await.expect(201);
    }

    async fn only_the_hosts_members_see_which_customers_are_listed(server) {
        let market = server.market(json!({})).await;
        let listed = json!({ "organizations": [market.customer_organization], "kinds": null });
        let changed = market.set_rules(json!({ "bookable_by": listed })).await.expect(200);
        assert_eq!(changed["booking_rules"]["bookable_by"], listed);
        let path = format!("/resources/{}", market.resource);
        assert_eq!(market.host.get(&path).await.expect(200)["booking_rules"]["bookable_by"], listed);
        let hidden = json!({ "organizations": [], "kinds": null });
        assert_eq!(market.customer.get(&path).await.expect(200)["booking_rules"]["bookable_by"], hidden);
        let slot = format!("starts_at={TEN}&ends_at={ELEVEN}");
        for list in [format!("/sites/{}/resources", market.site), "/resources".to_owned(), format!("/search/available?{slot}")] {
            let seen = market.customer.get(&list).await.expect(200);
            assert!(!seen.items().is_empty() && !seen.text.contains(&market.customer_organization), "{seen:?}");
        }
    }

    async fn availability_slots_search_and_bookings_keep_to_seasons_and_holidays_alike(server) {
        let rules = json!({
            "grid_minutes": 60, "min_minutes": 60, "closed_on_public_holidays": true,
            "opening_hours": { "thu": [["09:00", "12:00"]], "fri": [["09:00", "12:00"]] },
            "seasons": [{ "from": "12-28", "to": "01-02", "opening_hours": { "thu": [["10:00", "12:00"]], "fri": [["10:00", "12:00"]] } }],
        });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let window = "from=2026-12-24T00:00:00Z&to=2027-01-09T00:00:00Z";
        let open = async || {
            let found = server.anonymous().get(&format!("/resources/{}/availability?{window}", market.resource)).await.expect(200);
            found["free"].as_array().unwrap().iter().map(|free| free["starts_at"].as_str().unwrap()[..13].to_owned()).collect::<Vec<_>>()
        };
        // Christmas and New Year's Day are Fridays.
        assert_eq!(open().await, ["2026-12-24T09", "2026-12-31T10", "2027-01-07T09", "2027-01-08T09"]);
        let slots = server.anonymous().get(&format!("/resources/{}/slots?{window}", market.resource)).await.expect(200);
        assert_eq!(slots.items().len(), 3 + 2 + 3 + 3);
        let search = async |day: &str| {
            let slot = format!("starts_at={day}T10:00:00Z&ends_at={day}T11:00:00Z");
            server.anonymous().get(&format!("/search/available?{slot}")).await.expect(200).items().len()
        };
        assert_eq!([search("2026-12-24").await, search("2026-12-25").await, search("2027-01-01").await], [1, 0, 0]);
        let christmas = ("2026-12-25T10:00:00Z", "2026-12-25T11:00:00Z");
        assert_eq!(broken(market.book(christmas.0, christmas.1).await), ["outside_opening_hours"]);

        let exceptions = json!([{ "date": "2026-12-25", "spans": [["09:00", "12:00"]] }]);
        market.host.patch(&format!("/sites/{}", market.site), json!({ "exceptions": exceptions })).await.expect(200);
        assert_eq!((open().await[1].as_str(), search("2026-12-25").await), ("2026-12-25T09", 1));
        market.book(christmas.0, christmas.1).await.expect(201);
    }

    async fn nothing_is_closed_on_holidays_that_are_not_known(server) {
        let market = server.market(json!({})).await;
        let address = |country: &str| {
            json!({ "address": { "line1": "1-2-3 Shibaura", "city": "Tokyo", "postal_code": "108", "country": country } })
        };
        let tokyo = market.host.open_site(&market.host_organization, address("JP")).await;
        let resource = json!({
            "kind": "machine", "name": "Lathe", "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" },
            "booking_rules": { "closed_on_public_holidays": true },
        });
        let path = format!("/sites/{tokyo}/resources");
        let refused = [("/booking_rules/closed_on_public_holidays", "invalid")];
        market.host.post(&path, resource).await.refused_fields(&refused);
        let there = market.host.list_resource(&tokyo, json!({})).await;
        let closed = json!({ "booking_rules": { "closed_on_public_holidays": true } });
        market.host.patch(&format!("/resources/{there}"), closed.clone()).await.refused_fields(&refused);

        let site = format!("/sites/{}", market.site);
        market.host.patch(&site, address("JP")).await.expect(200);
        market.host.patch(&site, address("FR")).await.expect(200);
        market.host.patch(&format!("/resources/{}", market.resource), closed).await.expect(200);
        market.host.patch(&site, address("JP")).await.refused_fields(&[("/address/country", "invalid")]);
        market.host.patch(&site, address("NL")).await.expect(200);
    }

    async fn a_customer_changes_a_booking_until_the_cut_off_that_it_was_made_under_and_the_host_after_it(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 120 } })).await;
        let first = format!("/bookings/{}", market.book(TEN, ELEVEN).await.expect(201).id());
        let second = format!("/bookings/{}", market.book(ELEVEN, TWELVE).await.expect(201).id());
        market.set_rules(json!({ "change_cutoff_minutes": 0 })).await.expect(200);
        server.advance(TimeDelta::hours(23) + TimeDelta::seconds(1));
        let later = json!({ "starts_at": TWELVE });
        assert_eq!(broken(market.customer.post(&format!("{first}/reschedule"), later.clone()).await), ["too_late_to_change"]);
        assert_eq!(broken(market.customer.post(&format!("{first}/cancel"), json!({})).await), ["too_late_to_change"]);
        market.customer.post(&format!("{second}/reschedule"), later).await.expect(200);
        market.customer.post(&format!("{second}/cancel"), json!({})).await.expect(200);
        market.host.post(&format!("{first}/cancel"), json!({})).await.expect(200);
    }

    async fn what_was_just_booked_or_moved_by_the_host_can_be_taken_back_in_spite_of_the_cut_off(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 10_000 } })).await;
        let cancel = async |booking: &str| market.customer.post(&format!("{booking}/cancel"), json!({})).await;
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), json!({ "starts_at": TEN, "ends_at": ELEVEN })).await;
        let quarter = server.now() + TimeDelta::minutes(15);
        assert_eq!(quote.expect(200)["changeable_until"], json!(quarter));
        let [kept, first, second] = [(TEN, ELEVEN), (ELEVEN, TWELVE), (TWELVE, "2026-12-01T13:00:00Z")];
        let book = async |(from, to): (&str, &str)| market.book(from, to).await.expect(201);
        let (kept, first, second) = (book(kept).await, book(first).await, book(second).await);
        assert_eq!(kept["changeable_until"], json!(quarter));
        let [kept, first, second] = [kept, first, second].map(|booking| format!("/bookings/{}", booking.id()));
        server.advance(TimeDelta::minutes(15));
        cancel(&first).await.expect(200);
        // To move it during the grace does not extend the grace.
        let less = json!({ "ends_at": "2026-12-01T10:30:00Z" });
        market.customer.post(&format!("{kept}/reschedule"), less).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        assert_eq!(broken(cancel(&kept).await), ["too_late_to_change"]);
        assert_eq!(broken(cancel(&second).await), ["too_late_to_change"]);
        let moved = market.host.post(&format!("{second}/reschedule"), json!({ "starts_at": ELEVEN })).await.expect(200);
        assert_eq!(moved["changeable_until"], json!(server.now() + TimeDelta::days(1)));
        server.advance(TimeDelta::days(1));
        cancel(&second).await.expect(200);
    }

    async fn without_grace_nothing_offers_to_take_back_what_cannot_be_taken_back(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 10_000, "grace_minutes": 0 } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        let told = server.mails(&market.customer.email, 1).await.remove(0).text;
        assert!(!told.contains("cancel the booking"), "{told}");
        server.advance(TimeDelta::minutes(1));
        let refused = market.customer.post(&format!("/bookings/{}/cancel", booked.id()), json!({})).await;
        assert_eq!(broken(refused), ["too_late_to_change"]);
    }

    async fn what_is_not_confirmed_can_be_taken_back_after_the_cut_off(server) {
        let rules = json!({ "change_cutoff_minutes": 10_000, "requires_approval": true });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let path = format!("/bookings/{}/cancel", market.book(TEN, ELEVEN).await.expect(201).id());
        market.customer.post(&path, json!({})).await.expect(200);
    }

    async fn rules_that_change_become_a_version_and_a_booking_keeps_its_own(server) {
        let market = server.market(json!({ "booking_rules": { "notice_minutes": 30 } })).await;
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "name": "Big lathe" })).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        market.set_rules(json!({ "notice_minutes": 60 })).await.expect(200);
        let path = format!("/resources/{}/booking-rules", market.resource);
        let versions = market.host.get(&path).await.expect(200);
        let notices: Vec<_> = versions.items().iter().map(|version| version["booking_rules"]["notice_minutes"].clone()).collect();
        assert_eq!(notices, [60, 30]);
        assert_eq!(versions.items()[0]["created_at"], "2026-11-30T09:01:00Z");
        let first = market.host.get(&format!("{path}?limit=1")).await.expect(200);
        let next = format!("{path}?limit=1&cursor={}", first.text("next_cursor"));
        assert_eq!(market.host.get(&next).await.expect(200).items(), &versions.items()[1..]);
        market.customer.get(&path).await.refused(403, "forbidden");
    }
}
