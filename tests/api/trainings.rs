//! Events with seats, and what attending them earns.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::certifications::School;
use crate::support::people::User;
use crate::support::server::{Kind, Server, on_both_databases};

const STARTS_AT: &str = "2026-12-08T18:00:00Z";
const ENDS_AT: &str = "2026-12-08T20:00:00Z";

impl School {
    /// Schedules a training with so many seats, and answers its path.
    async fn schedule(&self, seats: i32) -> String {
        let path = format!("/organizations/{}/trainings", self.host_organization);
        format!("/trainings/{}", self.host.post(&path, self.training(seats)).await.expect(201).id())
    }

    fn training(&self, seats: i32) -> Value {
        json!({
            "certification_kind_id": self.kind, "site_id": self.site, "name": "Laser evening",
            "starts_at": STARTS_AT, "ends_at": ENDS_AT, "seats": seats,
        })
    }
}

/// SQL that puts the training in place of itself, with so many seats.
fn again(server: &Server, seats: i32) -> String {
    let columns = "id, organization_id, site_id, certification_kind_id, name, description, trainer, starts_at, ends_at, seats, \
                   status, reason, created_by, created_at";
    let values = columns.replace(" seats", &format!(" {seats}"));
    match server.kind {
        Kind::Sqlite => format!("REPLACE INTO trainings ({columns}) SELECT {values} FROM trainings"),
        Kind::Postgres => format!(
            "WITH gone AS (DELETE FROM trainings RETURNING *) INSERT INTO trainings ({columns}) SELECT {values} FROM gone"
        ),
    }
}

async fn take(training: &str, user: &User) -> String {
    user.post(&format!("{training}/seats"), json!({})).await.expect(201).id()
}

async fn people<const N: usize>(server: &Server, names: [&str; N]) -> [User; N] {
    join_all(names.map(|name| server.user(name))).await.try_into().ok().unwrap()
}

on_both_databases! {
    async fn who_attends_is_certified_and_who_does_not_is_absent(server) {
        let school = School::open(server, json!({ "valid_days": 365 })).await;
        let training = school.schedule(3).await;
        let [ada, bob] = people(server, ["Ada", "Bob"]).await;
        take(&training, &ada).await;
        take(&training, &bob).await;
        let path = format!("{training}/attendance");
        let attended = json!({ "attended": [ada.id] });
        school.host.post(&path, attended.clone()).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::days(9));
        let wrong = json!({ "attended": [ada.id, school.host.id] });
        school.host.post(&path, wrong).await.refused_fields(&[("/attended/1", "no_seat")]);
        assert_eq!(school.host.post(&path, attended.clone()).await.expect(200)["status"], "held");
        school.host.post(&path, attended).await.refused(409, "invalid_transition");
        let seats = school.host.get(&format!("{training}/seats")).await.expect(200);
        let seats: Vec<_> = seats.items().iter().map(|seat| (seat["user_name"].as_str().unwrap(), seat["status"].as_str().unwrap())).collect();
        assert_eq!(BTreeSet::from_iter(seats), BTreeSet::from([("Ada", "attended"), ("Bob", "absent")]));
        let held = ada.get("/me/certifications").await.expect(200);
        assert_eq!((held.items().len(), &held.items()[0]["training_id"]), (1, &json!(training.trim_start_matches("/trainings/"))));
        assert_eq!(held.items()[0]["expires_at"], "2027-12-09T09:00:00Z");
        assert!(bob.get("/me/certifications").await.expect(200).items().is_empty());
        assert_eq!(server.mails(&ada.email, 2).await[1].subject, "Certified: Laser safety");
    }

    async fn a_seat_is_had_once_and_can_be_given_up(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(1).await;
        let [ada, bob] = people(server, ["Ada", "Bob"]).await;
        let seats = format!("{training}/seats");
        let seat = take(&training, &ada).await;
        assert_eq!(server.anonymous().get(&training).await.expect(200)["free_seats"], 0);
        ada.post(&seats, json!({})).await.refused(409, "already_seated");
        bob.post(&seats, json!({})).await.refused(409, "training_full");
        assert!(bob.get(&seats).await.expect(200).items().is_empty(), "others are shown");
        let mail = &server.mails(&ada.email, 1).await[0];
        assert_eq!(mail.subject, "Your seat: Laser evening, Tue 8 Dec 2026, 18:00-20:00");
        for line in ["When: Tue 8 Dec 2026, 18:00-20:00 (Europe/London, GMT)\n", "Where: Main hall\n    1 Foundry Lane\n", &format!("{training}?token=")] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        let path = format!("{seats}/{seat}/cancel");
        bob.post(&path, json!({})).await.refused(403, "forbidden");
        assert_eq!(ada.post(&path, json!({})).await.expect(200)["status"], "cancelled");
        ada.post(&path, json!({})).await.refused(409, "invalid_transition");
        let seat = take(&training, &bob).await;
        server.advance(TimeDelta::minutes(1));
        school.host.post(&format!("{seats}/{seat}/cancel"), json!({ "reason": "For members only" })).await.expect(200);
        let mail = &server.mails(&bob.email, 2).await[1];
        assert!(mail.subject.starts_with("Seat taken back: Laser evening"), "{}", mail.subject);
        assert!(mail.text.contains("Reason: For members only\n") && mail.calendar.contains("METHOD:CANCEL"), "{}", mail.text);
        server.advance(TimeDelta::days(9));
        bob.post(&seats, json!({})).await.refused(409, "invalid_transition");
    }

    async fn all_who_have_a_seat_hear_that_a_training_is_cancelled(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(2).await;
        let [ada, bob] = people(server, ["Ada", "Bob"]).await;
        take(&training, &ada).await;
        take(&training, &bob).await;
        let path = format!("{training}/cancel");
        server.advance(TimeDelta::minutes(1));
        let cancelled = school.host.post(&path, json!({ "reason": "The trainer is ill" })).await.expect(200);
        assert_eq!((cancelled.text("status").as_str(), cancelled.text("reason").as_str()), ("cancelled", "The trainer is ill"));
        for user in [ada, bob] {
            let mail = &server.mails(&user.email, 2).await[1];
            assert!(mail.subject.starts_with("Training cancelled: Laser evening, "), "{}", mail.subject);
            assert!(mail.text.contains("Reason: The trainer is ill\n"), "{}", mail.text);
            user.post(&format!("{training}/seats"), json!({})).await.refused(409, "invalid_transition");
        }
        school.host.post(&path, json!({})).await.refused(409, "invalid_transition");
        let over = school.schedule(2).await;
        server.advance(TimeDelta::days(9));
        school.host.post(&format!("{over}/cancel"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn who_a_kind_is_not_shared_with_any_more_certifies_nobody_in_it(server) {
        let school = School::open(server, json!({})).await;
        let kept = school.schedule(2).await;
        let paula = server.user("Paula").await;
        let partner = paula.found("Gear Works").await;
        let kind = format!("/certification-kinds/{}", school.kind);
        school.host.patch(&kind, json!({ "shared_with": [partner] })).await.expect(200);
        let site = paula.open_site(&partner, json!({})).await;
        paula.list_resource(&site, json!({})).await;
        let mut training = school.training(2);
        training["site_id"] = json!(site);
        let list = format!("/organizations/{partner}/trainings");
        let theirs = format!("/trainings/{}", paula.post(&list, training.clone()).await.expect(201).id());
        let ada = server.user("Ada").await;
        take(&theirs, &ada).await;
        server.advance(TimeDelta::minutes(1));
        school.host.patch(&kind, json!({ "shared_with": [] })).await.expect(200);
        assert_eq!(paula.get(&theirs).await.expect(200)["status"], "cancelled");
        assert_eq!(school.host.get(&kept).await.expect(200)["status"], "scheduled");
        let mail = &server.mails(&ada.email, 2).await[1];
        assert!(mail.subject.starts_with("Training cancelled: Laser evening"), "{}", mail.subject);
        assert!(mail.text.contains("Reason: Laser safety is no longer shared"), "{}", mail.text);
        paula.post(&list, training).await.refused_fields(&[("/certification_kind_id", "unknown_certification_kind")]);
        server.advance(TimeDelta::days(9));
        paula.post(&format!("{theirs}/attendance"), json!({ "attended": [ada.id] })).await.refused(409, "invalid_transition");
        assert!(ada.get("/me/certifications").await.expect(200).items().is_empty());
    }

    async fn trainings_are_listed_by_start(server) {
        let school = School::open(server, json!({})).await;
        let list = format!("/organizations/{}/trainings", school.host_organization);
        let mut paths = vec![school.schedule(1).await];
        for day in ["07", "06"] {
            let mut training = school.training(1);
            training["starts_at"] = json!(format!("2026-12-{day}T18:00:00Z"));
            training["ends_at"] = json!(format!("2026-12-{day}T20:00:00Z"));
            paths.push(format!("/trainings/{}", school.host.post(&list, training).await.expect(201).id()));
        }
        paths.reverse();
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.anonymous().get(&format!("{list}?limit=1&certification_kind_id={}{cursor}", school.kind)).await.expect(200);
            found.extend(page.items().iter().map(|training| format!("/trainings/{}", training["id"].as_str().unwrap())));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, paths);
        let later = server.anonymous().get(&format!("{list}?from=2026-12-06T20:00:00Z")).await.expect(200);
        assert_eq!(later.items().len(), 2);
        assert!(server.anonymous().get(&format!("{list}?certification_kind_id={}", school.site)).await.expect(200).items().is_empty());
        server.anonymous().get(&format!("{list}?cursor=MQ")).await.refused_fields(&[("cursor", "invalid")]);
    }

    async fn a_training_is_in_a_kind_and_at_a_site_of_the_host(server) {
        let school = School::open(server, json!({})).await;
        let paula = server.user("Paula").await;
        let other = paula.found("Gear Works").await;
        let list = format!("/organizations/{other}/trainings");
        paula.post(&list, school.training(1)).await.refused_fields(&[
            ("/certification_kind_id", "unknown_certification_kind"), ("/site_id", "unknown_site"),
        ]);
        let mut training = school.training(0);
        (training["name"], training["starts_at"]) = (json!(""), json!("2026-11-01T18:00:00Z"));
        paula.post(&list, training).await.refused_fields(&[("/name", "required"), ("/starts_at", "invalid"), ("/seats", "out_of_range")]);
        school.host.patch(&format!("/certification-kinds/{}", school.kind), json!({ "is_retired": true })).await.expect(200);
        let list = format!("/organizations/{}/trainings", school.host_organization);
        school.host.post(&list, school.training(1)).await.refused_fields(&[("/certification_kind_id", "retired")]);
    }

    async fn a_seat_keeps_the_price_at_which_it_was_taken(server) {
        let school = School::open(server, json!({})).await;
        let list = format!("/organizations/{}/trainings", school.host_organization);
        let mut training = school.training(3);
        training["price"] = json!({ "amount": -1, "currency": "GBP" });
        school.host.post(&list, training.clone()).await.refused_fields(&[("/price/amount", "out_of_range")]);
        training["price"] = json!({ "amount": 2500, "currency": "GBP" });
        let scheduled = school.host.post(&list, training.clone()).await.expect(201);
        assert_eq!(scheduled["price"], training["price"]);
        let path = format!("/trainings/{}", scheduled.id());
        let [ada, bob, cleo] = people(server, ["Ada", "Bob", "Cleo"]).await;
        take(&path, &ada).await;
        school.host.patch(&path, json!({ "price": { "amount": 3000, "currency": "GBP" } })).await.expect(200);
        take(&path, &bob).await;
        assert_eq!(school.host.patch(&path, json!({ "price": null })).await.expect(200)["price"], Value::Null);
        take(&path, &cleo).await;
        let seats = school.host.get(&format!("{path}/seats")).await.expect(200);
        let prices: BTreeSet<_> = seats.items().iter().map(|seat| format!("{} {}", seat["user_name"], seat["price"]["amount"])).collect();
        assert_eq!(prices, ["\"Ada\" 2500", "\"Bob\" 3000", "\"Cleo\" null"].map(str::to_owned).into());
        let mail = &server.mails(&ada.email, 1).await[0];
        assert!(mail.text.contains("Price: 25.00 GBP\n"), "{}", mail.text);
    }

    async fn who_has_a_seat_hears_of_another_time_or_trainer_and_may_leave(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(3).await;
        let [ada, bob] = people(server, ["Ada", "Bob"]).await;
        let seat = take(&training, &ada).await;
        take(&training, &bob).await;
        let told = async |user: &User| -> Vec<String> {
            server.tell_all().await;
            server.advance(TimeDelta::minutes(1));
            let line = |calendar: &str, name: &str| calendar.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("-").to_owned();
            let mails = server.mails(&user.email, 1).await.into_iter();
            mails.map(|mail| {
                let word = mail.subject.split(':').next().unwrap();
                assert!(user.id != ada.id || line(&mail.calendar, "UID:") == format!("{seat}@127.0.0.1"));
                format!("{word} {} {}", line(&mail.calendar, "METHOD:"), line(&mail.calendar, "SEQUENCE:"))
            }).collect()
        };
        assert_eq!(told(&ada).await, ["Your seat REQUEST 0"]);
        school.host.patch(&training, json!({ "description": "Bring goggles", "seats": 2 })).await.expect(200);
        assert_eq!(told(&ada).await.len(), 1);
        let annex = school.host.open_site(&school.host_organization, json!({ "name": "Annex" })).await;
        let later = json!({
            "starts_at": "2026-12-09T18:00:00Z", "ends_at": "2026-12-09T20:00:00Z", "trainer": "Grace",
            "name": "Laser late", "site_id": annex,
        });
        school.host.patch(&training, later).await.expect(200);
        assert_eq!(told(&ada).await, ["Your seat REQUEST 0", "Training changed REQUEST 1"]);
        let mail = &server.mails(&ada.email, 2).await[1];
        let before = "Before: Laser evening\n    Tue 8 Dec 2026, 18:00-20:00 (Europe/London, GMT)\n    Main hall\n";
        for line in ["When: Wed 9 Dec 2026, 18:00-20:00", before, "Where: Annex\n", "Trainer: Grace\n", "About it: Bring goggles\n"] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        ada.post(&format!("{training}/seats/{seat}/cancel"), json!({})).await.expect(200);
        assert_eq!(told(&ada).await[2..], ["Seat given up CANCEL 2"]);
        school.host.patch(&training, json!({ "name": "Laser night" })).await.expect(200);
        told(&bob).await;
        school.host.post(&format!("{training}/cancel"), json!({})).await.expect(200);
        assert_eq!(told(&bob).await[2..], ["Training changed REQUEST 2", "Training cancelled CANCEL 3"]);
        assert_eq!(told(&ada).await.len(), 3);
    }

    async fn a_training_is_edited_as_it_was_seen_and_before_it_begins(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(3).await;
        let seen = school.host.get(&training).await.expect(200);
        let stale = school.host.with("if-match", seen.header("etag"));
        let [ada, bob] = people(server, ["Ada", "Bob"]).await;
        take(&training, &ada).await;
        // What is shown has changed: a seat less is free.
        stale.patch(&training, json!({ "seats": 2 })).await.refused(412, "precondition_failed");
        take(&training, &bob).await;
        school.host.patch(&training, json!({ "seats": 1 })).await.refused_fields(&[("/seats", "out_of_range")]);
        let elsewhere = json!({ "certification_kind_id": school.site, "site_id": school.kind });
        school.host.patch(&training, elsewhere).await.refused_fields(&[("/certification_kind_id", "invalid"), ("/site_id", "unknown_site")]);
        let edited = school.host.patch(&training, json!({ "seats": 2 })).await.expect(200);
        assert_eq!((&edited["seats"], &edited["free_seats"]), (&json!(2), &json!(0)));
        ada.patch(&training, json!({ "seats": 9 })).await.refused(403, "forbidden");
        server.advance(TimeDelta::days(9));
        school.host.patch(&training, json!({ "seats": 9 })).await.refused(409, "invalid_transition");
    }

    async fn trainings_to_come_are_found_whoever_trains(server) {
        let school = School::open(server, json!({})).await;
        let near = school.schedule(1).await;
        let paula = server.user("Paula").await;
        let organization = paula.found("Gear Works").await;
        let place = json!({ "latitude": 50.8225, "longitude": -0.1372,
            "address": { "line1": "1 Pier Road", "city": "Brighton", "postal_code": "BN1 1AA", "country": "GB" } });
        let site = paula.open_site(&organization, place).await;
        let kind = paula.post(&format!("/organizations/{organization}/certification-kinds"), json!({ "name": "Forklift" })).await.expect(201).id();
        let mut training = school.training(5);
        (training["certification_kind_id"], training["site_id"]) = (json!(kind), json!(site));
        (training["starts_at"], training["ends_at"]) = (json!("2026-12-07T18:00:00Z"), json!("2026-12-07T20:00:00Z"));
        let far = format!("/trainings/{}", paula.post(&format!("/organizations/{organization}/trainings"), training).await.expect(201).id());
        let found = async |query: &str| -> Vec<String> {
            let page = server.anonymous().get(&format!("/trainings?{query}")).await.expect(200);
            page.items().iter().map(|training| format!("/trainings/{}", training["id"].as_str().unwrap())).collect()
        };
        // Who shows nothing to everybody shows no trainings either.
        assert_eq!(found("").await, [near.as_str()]);
        paula.list_resource(&site, json!({})).await;
        assert_eq!(found("").await, [far.as_str(), &near]);
        for (query, expected) in [
            (format!("certification_kind_id={kind}"), vec![&far]),
            (format!("organization_id={}", school.host_organization), vec![&near]),
            ("city=brighton".to_owned(), vec![&far]),
            ("city=LONDÓN".to_owned(), vec![&near]),
            ("near=51.5,-0.1&radius_km=10".to_owned(), vec![&near]),
            ("near=51.5,-0.1&radius_km=100".to_owned(), vec![&far, &near]),
            ("from=2026-12-07T18:00:00Z".to_owned(), vec![&near]),
            ("to=2026-12-08T18:00:00Z".to_owned(), vec![&far]),
        ] {
            assert_eq!(found(&query).await.iter().collect::<Vec<_>>(), expected, "{query}");
        }
        let page = server.anonymous().get("/trainings?limit=1&near=51.5,-0.1&radius_km=100").await.expect(200);
        let first = &page.items()[0];
        assert_eq!((&first["organization_name"], &first["certification_kind_name"], &first["city"]), (&json!("Gear Works"), &json!("Forklift"), &json!("Brighton")));
        assert!((70.0..80.0).contains(&first["distance_km"].as_f64().unwrap()), "{first}");
        let next = format!("limit=1&near=51.5,-0.1&radius_km=100&cursor={}", page.text("next_cursor"));
        assert_eq!(found(&next).await, [near.as_str()]);
        server.anonymous().get("/trainings?radius_km=3").await.refused_fields(&[("radius_km", "invalid")]);
        server.anonymous().get("/trainings?cursor=MQ").await.refused_fields(&[("cursor", "invalid")]);
        paula.post(&format!("{far}/cancel"), json!({})).await.expect(200);
        server.advance(TimeDelta::days(9));
        assert_eq!(found("").await, [""; 0]);
    }

    async fn who_leaves_the_service_gives_the_seat_up(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(1).await;
        let ada = server.user("Ada").await;
        take(&training, &ada).await;
        assert_eq!(ada.get("/me/export").await.expect(200)["training_seats"].as_array().unwrap().len(), 1);
        ada.delete_account().await.expect(204);
        assert_eq!(server.anonymous().get(&training).await.expect(200)["free_seats"], 1);
    }

    async fn of_many_who_want_a_seat_as_many_have_it_as_there_are(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule(5).await;
        let mut crowd = Vec::new();
        for number in 0..32 {
            crowd.push(server.user(&format!("Trainee{number}")).await.alone());
        }
        let seats = format!("{training}/seats");
        let answers = join_all(crowd.iter().map(|one| one.post(&seats, json!({})))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(won.len(), 5);
        for answer in lost {
            answer.refused(409, "training_full");
        }
        // And whoever types SQL is refused like everybody else.
        let one_more = format!(
            "INSERT INTO training_seats (id, training_id, user_id, status, created_at) \
             SELECT 'more', training_id, '{}', 'booked', created_at FROM training_seats WHERE id = '{}'",
            school.host.id, won[0].id(),
        );
        assert!(server.refuses(&one_more, "training_full"));
        assert!(server.refuses("UPDATE trainings SET seats = 4", "training_full"));
        assert!(server.refuses(&again(server, 4), "training_full"));
        assert_eq!(server.execute(&again(server, 5)), 1);
        assert_eq!(server.execute(&one_more.replace("'booked'", "'cancelled'")), 1);
        assert!(server.refuses("UPDATE training_seats SET status = 'booked' WHERE id = 'more'", "training_full"));
    }
}
