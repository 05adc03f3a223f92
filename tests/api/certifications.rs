//! Kinds of certification, and who holds one.

use std::collections::BTreeSet;
use std::ops::Deref;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{START, Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// A host who trains people in laser safety, beside what is on offer.
pub(crate) struct School {
    market: Market,
    pub(crate) kind: String,
}

impl Deref for School {
    type Target = Market;
    fn deref(&self) -> &Market {
        &self.market
    }
}

impl School {
    pub(crate) async fn open(server: &Server, kind: Value) -> Self {
        let market = server.market(json!({})).await;
        let mut fields = json!({ "name": "Laser safety" });
        fields.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
        let kind = market.host.post(&kinds, fields).await.expect(201).id();
        Self { market, kind }
    }

    /// The same, where the machine on offer requires to be certified.
    pub(crate) async fn requiring(self) -> Self {
        let rules = json!({ "booking_rules": { "required_certification_ids": [self.kind] } });
        self.host.patch(&format!("/resources/{}", self.resource), rules).await.expect(200);
        self
    }

    /// An attempt of the host to certify somebody.
    pub(crate) async fn grant(&self, holder: &User) -> Answer {
        self.grant_as(&self.host, json!({ "email": holder.email })).await
    }

    async fn grant_as(&self, granter: &User, body: Value) -> Answer {
        granter.post(&format!("/certification-kinds/{}/certifications", self.kind), body).await
    }
}

on_both_databases! {
    async fn a_kind_is_seen_where_its_host_is(server) {
        let school = School::open(server, json!({ "valid_days": 730, "description": "Fire watch" })).await;
        let path = format!("/certification-kinds/{}", school.kind);
        let kind = server.anonymous().get(&path).await.expect(200);
        assert_eq!((&kind["name"], &kind["valid_days"], &kind["organization_name"]), (&json!("Laser safety"), &json!(730), &json!("Rotor Works")));
        let list = format!("/organizations/{}/certification-kinds", school.host_organization);
        assert_eq!(server.anonymous().get(&list).await.expect(200).items(), std::slice::from_ref(&kind.body));
        assert!(kind["shared_with"].is_null(), "{kind:?}");
        school.host.patch(&format!("/resources/{}", school.resource), json!({ "status": "retired" })).await.expect(200);
        for path in [path, list] {
            server.anonymous().get(&path).await.refused(404, "not_found");
            school.host.get(&path).await.expect(200);
        }
    }

    async fn a_kind_is_edited_as_its_editor_has_seen_it(server) {
        let school = School::open(server, json!({ "valid_days": 730 })).await;
        let path = format!("/certification-kinds/{}", school.kind);
        let edited = school.host.with("if-match", "\"1\"").patch(&path, json!({ "valid_days": null, "is_retired": true })).await.expect(200);
        assert_eq!((&edited["valid_days"], &edited["is_retired"]), (&Value::Null, &json!(true)));
        school.host.with("if-match", "\"1\"").patch(&path, json!({})).await.refused(412, "precondition_failed");
        let wrong = json!({ "name": "", "valid_days": 0, "shared_with": [school.kind] });
        school.host.patch(&path, wrong).await.refused_fields(&[("/name", "required"), ("/valid_days", "out_of_range")]);
        let unknown = json!({ "shared_with": [school.host_organization, school.kind] });
        school.host.patch(&path, unknown).await.refused_fields(&[("/shared_with/1", "unknown_organization")]);
    }

    async fn a_certification_is_good_for_as_long_as_its_kind_says(server) {
        let school = School::open(server, json!({ "valid_days": 10 })).await;
        let carl = &school.customer;
        let granted = school.grant(carl).await.expect(201);
        assert_eq!((granted.text("status").as_str(), granted.text("expires_at").as_str()), ("valid", "2026-12-10T09:00:00Z"));
        assert_eq!(granted["granted_by"], school.host.id.as_str());
        let path = format!("/certifications/{}", granted.id());
        let mut seen = carl.get(&path).await.expect(200).body;
        assert_eq!(seen["user_name"].take(), "Carl");
        seen["user_name"] = json!("");
        assert_eq!(seen, granted.body);
        server.advance(TimeDelta::days(10));
        let mine = carl.get("/me/certifications").await.expect(200);
        assert_eq!((mine.items().len(), &mine.items()[0]["status"]), (1, &json!("expired")));
        school.host.post(&format!("{path}/revoke"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_certification_goes_to_a_user_whose_end_is_to_come(server) {
        let school = School::open(server, json!({})).await;
        school.grant_as(&school.host, json!({})).await.refused_fields(&[("/email", "required")]);
        school.grant_as(&school.host, json!({ "email": "nobody" })).await.refused_fields(&[("/email", "invalid")]);
        school.grant_as(&school.host, json!({ "user_id": school.kind })).await.refused_fields(&[("/user_id", "unknown_user")]);
        let both = json!({ "email": school.host.email, "user_id": school.host.id });
        school.grant_as(&school.host, both).await.refused_fields(&[("/user_id", "invalid")]);
        let past = json!({ "user_id": school.host.id, "expires_at": START });
        school.grant_as(&school.host, past).await.refused_fields(&[("/expires_at", "invalid")]);
        assert_eq!(school.grant_as(&school.host, json!({ "user_id": school.host.id })).await.expect(201)["expires_at"], Value::Null);
        school.host.patch(&format!("/certification-kinds/{}", school.kind), json!({ "is_retired": true })).await.expect(200);
        school.grant(&school.host).await.refused(409, "invalid_transition");
    }

    async fn what_is_revoked_is_revoked_with_all_that_renewed_it(server) {
        let school = School::open(server, json!({ "valid_days": 100 })).await;
        let bob = server.user("Bob").await;
        let first = school.grant(&bob).await.expect(201);
        server.advance(TimeDelta::days(50));
        let second = school.grant(&bob).await.expect(201);
        assert!(second.text("expires_at") > first.text("expires_at"));
        let path = format!("/certifications/{}/revoke", first.id());
        server.advance(TimeDelta::minutes(1));
        let revoked = school.host.post(&path, json!({ "reason": "Left the laser alone" })).await.expect(200);
        assert_eq!((&revoked["status"], &revoked["revoked_by"]), (&json!("revoked"), &json!(school.host.id)));
        let mine = bob.get("/me/certifications").await.expect(200);
        assert!(mine.items().len() == 2 && mine.items().iter().all(|held| held["status"] == "revoked"), "{mine:?}");
        school.host.post(&path, json!({})).await.refused(409, "invalid_transition");
        let mail = server.mails(&bob.email, 3).await.pop().unwrap();
        assert_eq!(mail.subject, "Certification revoked: Laser safety");
        assert!(mail.text.contains("Reason: Left the laser alone\n"), "{}", mail.text);
        school.grant(&bob).await.expect(201);
    }

    async fn nobody_learns_from_an_identifier_who_it_is_but_hosts_that_know_them(server) {
        let school = School::open(server, json!({})).await;
        let bob = server.user("Bob").await;
        let refused = school.grant_as(&school.host, json!({ "user_id": bob.id })).await;
        assert!(!refused.text.contains("Bob") && !refused.text.contains(&bob.email), "{refused:?}");
        refused.refused_fields(&[("/user_id", "unknown_user")]);
        // A customer's people are known as soon as it has booked,
        let carl = json!({ "user_id": school.customer.id, "expires_at": "2027-01-01T00:00:00Z" });
        school.grant_as(&school.host, carl.clone()).await.refused_fields(&[("/user_id", "unknown_user")]);
        school.book(TEN, TWELVE).await.expect(201);
        school.grant_as(&school.host, carl).await.expect(201);
        // and whoever was certified before, or comes to a training.
        school.grant_as(&school.host, json!({ "email": bob.email, "expires_at": "2027-01-01T00:00:00Z" })).await.expect(201);
        school.grant_as(&school.host, json!({ "user_id": bob.id })).await.expect(201);
        let cleo = server.user("Cleo").await;
        let training = json!({
            "certification_kind_id": school.kind, "site_id": school.site, "name": "Evening", "seats": 2,
            "starts_at": "2026-12-08T18:00:00Z", "ends_at": "2026-12-08T20:00:00Z",
        });
        let training = school.host.post(&format!("/organizations/{}/trainings", school.host_organization), training).await.expect(201);
        assert!(training["created_by"].is_null(), "{training:?}");
        school.grant_as(&school.host, json!({ "user_id": cleo.id })).await.refused_fields(&[("/user_id", "unknown_user")]);
        cleo.post(&format!("/trainings/{}/seats", training.id()), json!({})).await.expect(201);
        school.grant_as(&school.host, json!({ "user_id": cleo.id })).await.expect(201);
    }

    async fn a_grant_that_changes_nothing_is_refused_and_so_are_too_many(server) {
        let school = School::open(server, json!({ "valid_days": 10 })).await;
        let bob = server.user("Bob").await;
        school.grant(&bob).await.expect(201);
        school.grant(&bob).await.refused(409, "invalid_transition");
        let until = |day: usize| json!({ "email": bob.email, "expires_at": format!("2027-01-{day:02}T00:00:00Z") });
        for day in 1..20 {
            school.grant_as(&school.host, until(day)).await.expect(201);
        }
        school.grant_as(&school.host, until(19)).await.refused(409, "invalid_transition");
        let refused = school.grant_as(&school.host, until(20)).await.refused(429, "too_many_grants");
        assert_eq!(refused.header("retry-after"), "3600");
        // Others are certified all the same, and he when some time has passed.
        school.grant(&school.customer).await.expect(201);
        server.advance(TimeDelta::minutes(61));
        school.grant_as(&school.host, until(20)).await.expect(201);
    }

    async fn a_kind_that_is_in_use_is_not_retired(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let paula = server.user("Paula").await;
        let partner = paula.found("Gear Works").await;
        let path = format!("/certification-kinds/{}", school.kind);
        school.host.patch(&path, json!({ "shared_with": [partner] })).await.expect(200);
        let site = paula.open_site(&partner, json!({})).await;
        let rules = json!({ "required_certification_ids": [school.kind] });
        paula.list_resource(&site, json!({ "name": "Mill", "booking_rules": rules })).await;
        let refused = school.host.patch(&path, json!({ "is_retired": true })).await.refused(409, "certification_kind_in_use");
        assert_eq!(refused["detail"], "In use: Lathe, Mill.");
        school.host.patch(&format!("/resources/{}", school.resource), json!({ "status": "paused" })).await.expect(200);
        let training = json!({
            "certification_kind_id": school.kind, "site_id": school.site, "name": "Evening", "seats": 2,
            "starts_at": "2026-12-08T18:00:00Z", "ends_at": "2026-12-08T20:00:00Z",
        });
        let trainings = format!("/organizations/{}/trainings", school.host_organization);
        let training = school.host.post(&trainings, training).await.expect(201).id();
        let retired = json!({ "shared_with": [], "is_retired": true });
        let refused = school.host.patch(&path, retired.clone()).await.refused(409, "certification_kind_in_use");
        assert_eq!(refused["detail"], "In use: Evening.");
        school.host.post(&format!("/trainings/{training}/cancel"), json!({})).await.expect(200);
        school.host.patch(&path, retired).await.expect(200);
    }

    async fn what_is_shared_with_a_host_is_visible_to_all_there_to_its_members_only(server) {
        let school = School::open(server, json!({})).await;
        let paula = server.user("Paula").await;
        let own = paula.found("Gear Works").await;
        let kinds = format!("/organizations/{own}/certification-kinds");
        let theirs = paula.post(&kinds, json!({ "name": "Buy at Gear Works", "shared_with": [school.host_organization] })).await.expect(201);
        assert_eq!(theirs["shared_with"], json!([school.host_organization]));
        let list = format!("/organizations/{}/certification-kinds", school.host_organization);
        let ids = |answer: Answer| {
            answer.items().iter().map(|kind| kind["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let shown = server.anonymous().get(&list).await.expect(200);
        assert!(shown.items()[0]["shared_with"].is_null(), "{shown:?}");
        assert_eq!(ids(shown), BTreeSet::from([school.kind.clone()]));
        assert_eq!(ids(school.host.get(&list).await.expect(200)), BTreeSet::from([school.kind.clone(), theirs.id()]));
        let path = format!("/certification-kinds/{}", theirs.id());
        assert_eq!(school.host.get(&path).await.expect(200)["shared_with"], json!([school.host_organization]));
        assert!(school.customer.get(&path).await.expect(200)["shared_with"].is_null());
    }

    async fn a_partner_grants_and_revokes_what_is_shared_with_it(server) {
        let school = School::open(server, json!({})).await;
        let (paula, bob) = (server.user("Paula").await, server.user("Bob").await);
        let partner = paula.found("Gear Works").await;
        school.grant_as(&paula, json!({ "email": bob.email })).await.refused(403, "forbidden");
        let path = format!("/certification-kinds/{}", school.kind);
        school.host.patch(&path, json!({ "shared_with": [partner] })).await.expect(200);
        let kinds = paula.get(&format!("/organizations/{partner}/certification-kinds")).await.expect(200);
        assert_eq!((kinds.items().len(), &kinds.items()[0]["id"]), (1, &json!(school.kind)));
        let granted = school.grant_as(&paula, json!({ "email": bob.email })).await.expect(201).id();
        assert_eq!(paula.get(&format!("{path}/certifications")).await.expect(200).items()[0]["id"], granted);
        paula.patch(&path, json!({ "name": "Ours" })).await.refused(403, "forbidden");
        paula.post(&format!("/certifications/{granted}/revoke"), json!({})).await.expect(200);
        school.host.patch(&path, json!({ "shared_with": [] })).await.expect(200);
        paula.get(&format!("/certifications/{granted}")).await.refused(404, "not_found");
    }

    async fn a_holder_is_warned_twice_unless_it_is_renewed(server, |config: &mut environment::config::Config| config.mail.poll_seconds = 1) {
        let school = School::open(server, json!({ "valid_days": 100 })).await;
        let (bob, rita) = (server.user("Bob").await, server.user("Rita").await);
        school.grant(&bob).await.expect(201);
        school.grant(&rita).await.expect(201);
        server.mails(&bob.email, 1).await;
        server.advance(TimeDelta::days(70));
        let warned = server.mails(&bob.email, 2).await.pop().unwrap();
        assert_eq!(warned.subject, "Certification expires: Laser safety");
        assert!(warned.text.contains("Valid until: Wed 10 Mar 2027, 09:00 (UTC)\n"), "{}", warned.text);
        assert!(warned.text.contains(&format!("/certification-kinds/{}?token=", school.kind)), "{}", warned.text);
        server.mails(&rita.email, 2).await;
        school.grant(&rita).await.expect(201);
        server.advance(TimeDelta::days(23));
        server.mails(&bob.email, 3).await;
        server.advance(TimeDelta::days(8));
        school.grant(&bob).await.expect(201);
        assert_eq!(server.mails(&bob.email, 4).await.pop().unwrap().subject, "Certified: Laser safety");
        assert_eq!(server.mails(&rita.email, 3).await.len(), 3, "she was warned again after it was renewed");
    }

    async fn a_resource_requires_what_its_host_may(server) {
        let school = School::open(server, json!({})).await;
        let path = format!("/resources/{}", school.resource);
        let require = async |ids: Value| {
            school.host.patch(&path, json!({ "booking_rules": { "required_certification_ids": ids } })).await
        };
        let paula = server.user("Paula").await;
        let kinds = format!("/organizations/{}/certification-kinds", paula.found("Gear Works").await);
        let theirs = paula.post(&kinds, json!({ "name": "Forklift" })).await.expect(201).id();
        require(json!([school.kind, theirs])).await.refused_fields(&[
            ("/booking_rules/required_certification_ids/1", "unknown_certification_kind"),
        ]);
        require(json!([school.kind, school.kind])).await.refused_fields(&[("/booking_rules/required_certification_ids/1", "invalid")]);
        let kind = format!("/certification-kinds/{theirs}");
        paula.patch(&kind, json!({ "shared_with": [school.host_organization] })).await.expect(200);
        require(json!([theirs])).await.expect(200);
        // What is required already may go on being so.
        paula.patch(&kind, json!({ "shared_with": [], "is_retired": true })).await.expect(200);
        require(json!([theirs, school.kind])).await.expect(200);
        require(json!([])).await.expect(200);
        require(json!([theirs])).await.refused_fields(&[
            ("/booking_rules/required_certification_ids/0", "unknown_certification_kind"),
        ]);
    }

    async fn who_operates_a_machine_is_certified_for_the_whole_time(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let refused = school.book(TEN, TWELVE).await.refused(422, "booking_rules_violated");
        assert_eq!((&refused["violations"][0]["code"], &refused["violations"][0]["overridable"]), (&json!("certification_missing"), &json!(true)));
        assert_eq!(refused["violations"][0]["certification_kind_ids"], json!([school.kind]));
        let detail = refused["violations"][0]["detail"].as_str().unwrap();
        let trainings = format!("Laser safety by Rotor Works (trainings: /api/v1/trainings?certification_kind_id={})", school.kind);
        assert!(detail.contains(&trainings), "{detail}");
        let quote = format!("/resources/{}/quote", school.resource);
        let mut slot = json!({ "starts_at": TEN, "ends_at": TWELVE });
        assert_eq!(server.anonymous().post(&quote, slot.clone()).await.expect(200)["violations"], json!([]));
        slot["organization_id"] = json!(school.customer_organization);
        assert_eq!(school.customer.post(&quote, slot).await.expect(200)["violations"], refused["violations"]);
        for (expires_at, status) in [("2026-12-01T11:59:59Z", 422), (TWELVE, 201)] {
            school.grant_as(&school.host, json!({ "email": school.customer.email, "expires_at": expires_at })).await.expect(201);
            let booking = school.book(TEN, TWELVE).await.expect(status);
            assert!(status == 422 || booking["operated_by"] == school.customer.id.as_str());
        }
    }

    async fn a_member_operates_what_another_books(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let bob = server.user("Bob").await;
        school.grant(&bob).await.expect(201);
        let mut wish = school.wish(TEN, TWELVE);
        wish["operated_by"] = json!(bob.id);
        school.customer.post("/bookings", wish.clone()).await.refused_fields(&[("/operated_by", "not_a_member")]);
        server.add_member(&school.customer_organization, &bob, "booker");
        let booking = school.customer.post("/bookings", wish).await.expect(201);
        assert_eq!(booking["operated_by"], bob.id.as_str());
        let mail = &server.mails(&school.customer.email, 1).await[0];
        assert!(mail.text.contains("Operator: Bob\n"), "{}", mail.text);
        let path = format!("/bookings/{}/reschedule", booking.id());
        let refused = school.customer.post(&path, json!({ "operated_by": school.customer.id })).await;
        assert_eq!(refused.refused(422, "booking_rules_violated")["violations"][0]["code"], "certification_missing");
        school.grant(&school.customer).await.expect(201);
        let moved = school.customer.post(&path, json!({ "operated_by": school.customer.id })).await.expect(200);
        assert_eq!(moved["operated_by"], school.customer.id.as_str());
    }

    async fn a_manager_of_the_host_lets_somebody_work_who_is_not_certified(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let mut wish = school.wish(TEN, TWELVE);
        wish["organization_id"] = json!(school.host_organization);
        school.host.post("/bookings", wish.clone()).await.refused(422, "booking_rules_violated");
        wish["override_reason"] = json!("Under my eyes");
        school.host.post("/bookings", wish).await.expect(201);
    }

    async fn a_hold_is_confirmed_only_while_its_operator_is_certified(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let granted = school.grant(&school.customer).await.expect(201).id();
        let mut wish = school.wish(TEN, TWELVE);
        wish["hold"] = json!(true);
        let alone = format!("/bookings/{}/confirm", school.customer.post("/bookings", wish.clone()).await.expect(201).id());
        (wish["starts_at"], wish["ends_at"]) = (json!("2026-12-02T10:00:00Z"), json!("2026-12-02T12:00:00Z"));
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = format!("/series/{}/confirm", school.customer.post("/series", wish).await.expect(201).id());
        let slot = json!({ "resource_id": school.resource, "starts_at": "2026-12-04T10:00:00Z", "ends_at": "2026-12-04T12:00:00Z" });
        let group = json!({ "organization_id": school.customer_organization, "bookings": [slot], "hold": true });
        let group = format!("/booking-groups/{}/confirm", school.customer.post("/booking-groups", group).await.expect(201).id());
        school.host.post(&format!("/certifications/{granted}/revoke"), json!({})).await.expect(200);
        for path in [&alone, &series, &group] {
            let refused = school.customer.post(path, json!({})).await.refused(422, "booking_rules_violated");
            assert!(refused.text.contains("certification_missing"), "{refused:?}");
        }
        school.grant(&school.customer).await.expect(201);
        for path in [alone, series, group] {
            school.customer.post(&path, json!({})).await.expect(200);
        }
    }

    async fn what_is_revoked_is_told_to_those_whose_bookings_need_it(server) {
        let school = School::open(server, json!({})).await.requiring().await;
        let granted = school.grant(&school.customer).await.expect(201).id();
        let booking = format!("/bookings/{}", school.book(TEN, TWELVE).await.expect(201).id());
        let unrelated = school.host.list_resource(&school.site, json!({ "name": "Bench" })).await;
        let mut wish = school.wish(TEN, TWELVE);
        wish["resource_id"] = json!(unrelated);
        school.customer.post("/bookings", wish).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        school.host.post(&format!("/certifications/{granted}/revoke"), json!({ "reason": "No fire watch" })).await.expect(200);
        for (user, count) in [(&school.customer, 5), (&school.host, 3)] {
            let mails = server.mails(&user.email, count).await;
            let told: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Not certified: ")).collect();
            assert_eq!(told.len(), 1, "{mails:?}");
            assert!(told[0].subject.starts_with("Not certified: Lathe, "), "{}", told[0].subject);
        }
        assert_eq!(school.customer.get(&booking).await.expect(200)["status"], "confirmed");
        server.advance(TimeDelta::days(1) + TimeDelta::hours(1));
        let path = format!("{booking}/check-in");
        let refused = school.customer.post(&path, json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "certification_missing");
        assert_eq!(school.host.post(&path, json!({})).await.expect(200)["status"], "in_use");
    }
}
