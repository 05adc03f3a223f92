//! Documents that a host wants accepted, and who has accepted them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// The SHA-256 of `abc` (FIPS 180-2, appendix B.1).
const HASH_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Adds a document, `House rules` for all resources where `changes` say nothing else.
async fn add(market: &Market, changes: Value) -> Answer {
    let mut terms = json!({ "kind": "house_rules", "name": "House rules", "text": "abc" });
    terms.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    market.host.post(&format!("/organizations/{}/terms", market.host_organization), terms).await.expect(201)
}

/// The customer's attempt to accept a version.
async fn accept(market: &Market, terms: &str, version: i32) -> Answer {
    let acceptance = json!({ "organization_id": market.customer_organization, "version": version });
    market.customer.post(&format!("/terms/{terms}/accept"), acceptance).await
}

on_both_databases! {
    async fn a_text_is_kept_as_it_is_under_its_hash_and_another_text_is_another_version(server) {
        let market = server.market(json!({})).await;
        let made = add(&market, json!({})).await;
        assert_eq!((&made["version"], &made["sha256"], &made["text"]), (&json!(1), &json!(HASH_OF_ABC), &json!("abc")));
        let path = format!("/terms/{}", made.id());
        let changed = market.host.post(&format!("{path}/versions"), json!({ "text": "# Rules\n\n1. Ask." })).await.expect(201);
        assert_eq!(changed["number"], 2);
        assert_eq!(changed.header("location"), format!("/api/v1{path}/versions/2"));

        let stranger = server.anonymous();
        let seen = stranger.get(&path).await.expect(200);
        assert_eq!((&seen["version"], &seen["text"]), (&json!(2), &json!("# Rules\n\n1. Ask.")));
        let versions = stranger.get(&format!("{path}/versions?limit=1")).await.expect(200);
        assert_eq!((&versions.items()[0]["number"], &versions.items()[0]["text"]), (&json!(1), &Value::Null));
        let next = format!("{path}/versions?cursor={}", versions.text("next_cursor"));
        assert_eq!(stranger.get(&next).await.expect(200).items()[0]["sha256"], changed["sha256"]);
        assert_eq!(stranger.get(&format!("{path}/versions/1")).await.expect(200)["text"], "abc");
        let plain = stranger.with("accept", "text/plain").get(&format!("{path}/versions/1")).await.expect(200);
        assert_eq!((plain.text.as_str(), plain.header("content-type")), ("abc", "text/plain; charset=utf-8"));
        assert_eq!(plain.header("content-disposition"), "attachment; filename=\"house-rules-version-1.txt\"");
        for none in ["0", "3", "one"] {
            stranger.get(&format!("{path}/versions/{none}")).await.refused(404, "not_found");
        }
    }

    async fn a_document_is_edited_and_taken_out_of_use_but_what_was_accepted_stays_to_be_read(server) {
        let market = server.market(json!({})).await;
        let made = add(&market, json!({ "applies_to": [market.resource] })).await;
        let (path, list) = (format!("/terms/{}", made.id()), format!("/organizations/{}/terms", market.host_organization));
        assert_eq!(made["applies_to"], json!([market.resource]));
        assert!(market.customer.get(&path).await.expect(200)["applies_to"].is_null());
        let other = market.host.list_resource(&market.site, json!({})).await;
        for (resource, found) in [(&market.resource, 1), (&other, 0)] {
            let query = format!("{list}?resource_id={resource}");
            assert_eq!(market.customer.get(&query).await.expect(200).items().len(), found);
        }
        let edited = market.host.patch(&path, json!({ "name": "Rules", "applies_to": null })).await.expect(200);
        assert_eq!((&edited["name"], &edited["applies_to"], &edited["version"]), (&json!("Rules"), &Value::Null, &json!(1)));
        accept(&market, &made.id(), 1).await.expect(200);

        market.host.patch(&path, json!({ "is_retired": true })).await.expect(200);
        assert_eq!(market.customer.get(&list).await.expect(200).items(), [Value::Null; 0]);
        assert_eq!(market.host.get(&list).await.expect(200).items()[0]["is_retired"], true);
        server.anonymous().get(&path).await.refused(404, "not_found");
        assert_eq!(market.customer.get(&format!("{path}/versions/1")).await.expect(200)["text"], "abc");
        accept(&market, &made.id(), 1).await.refused(409, "terms_outdated");
    }

    async fn what_cannot_be_a_document_is_refused(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/terms", market.host_organization);
        let elsewhere = market.customer.open_site(&market.customer_organization, json!({})).await;
        let foreign = market.customer.list_resource(&elsewhere, json!({})).await;
        let wrong = json!({ "kind": "general", "name": " ", "text": "", "applies_to": vec![&market.resource; 201] });
        market.host.post(&path, wrong).await.refused_fields(&[("/name", "required"), ("/text", "required"), ("/applies_to", "too_long")]);
        let wrong = json!({ "kind": "general", "name": "x", "text": "x".repeat(100_001), "applies_to": [market.resource, foreign] });
        market.host.post(&path, wrong).await.refused_fields(&[("/text", "too_long")]);
        let wrong = json!({ "kind": "general", "name": "x", "text": "x", "applies_to": [market.resource, foreign] });
        market.host.post(&path, wrong).await.refused_fields(&[("/applies_to/1", "invalid")]);
    }

    async fn an_acceptance_is_of_the_current_text_and_is_written_once(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({})).await.id();
        let first = accept(&market, &terms, 1).await.expect(200);
        assert_eq!((&first["sha256"], &first["user_id"]), (&json!(HASH_OF_ABC), &json!(market.customer.id)));
        assert_eq!((&first["organization_name"], &first["accepted_at"]), (&json!("Newcomer"), &json!(server.now())));
        server.advance(TimeDelta::minutes(1));
        assert_eq!(accept(&market, &terms, 1).await.expect(200).body, first.body);

        market.host.post(&format!("/terms/{terms}/versions"), json!({ "text": "abcd" })).await.expect(201);
        accept(&market, &terms, 1).await.refused(409, "terms_outdated");
        let path = format!("/terms/{terms}/accept");
        let hash = |sha256: &str| json!({ "organization_id": market.customer_organization, "version": 2, "sha256": sha256 });
        market.customer.post(&path, hash(HASH_OF_ABC)).await.refused(409, "terms_outdated");
        let current = market.customer.get(&format!("/terms/{terms}")).await.expect(200).text("sha256");
        market.customer.post(&path, hash(&current)).await.expect(200);
        let foreign = json!({ "organization_id": market.host_organization, "version": 2 });
        market.customer.post(&path, foreign).await.refused(403, "forbidden");
        assert_eq!(market.customer.get("/me/export").await.expect(200)["terms_acceptances"].as_array().unwrap().len(), 2);
    }

    async fn both_parties_get_their_acceptances_and_no_others(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({ "name": "=HYPERLINK(\"x\")" })).await.id();
        let olga = server.user("Olga").await;
        let elsewhere = olga.found("Elsewhere").await;
        olga.post(&format!("/terms/{terms}/accept"), json!({ "organization_id": elsewhere, "version": 1 })).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        let mine = accept(&market, &terms, 1).await.expect(200);
        let list = |organization: &str| format!("/organizations/{organization}/terms-acceptances");
        let booker = server.user("Bob").await;
        server.add_member(&market.host_organization, &booker, "booker");

        assert_eq!(market.customer.get(&list(&market.customer_organization)).await.expect(200).items(), std::slice::from_ref(&mine.body));
        assert_eq!(booker.get(&list(&market.host_organization)).await.expect(200).items(), [Value::Null; 0]);
        market.customer.get(&list(&market.host_organization)).await.refused(403, "forbidden");
        let page = market.host.get(&format!("{}?limit=1", list(&market.host_organization))).await.expect(200);
        assert_eq!(page.items()[0]["organization_id"], json!(elsewhere));
        let next = format!("{}?cursor={}", list(&market.host_organization), page.text("next_cursor"));
        assert_eq!(market.host.get(&next).await.expect(200).items(), [mine.body]);

        server.advance(TimeDelta::minutes(1));
        // A table is whole, however many rows a page of the list has.
        for _ in 0..60 {
            let elsewhere = olga.found("Elsewhere").await;
            olga.post(&format!("/terms/{terms}/accept"), json!({ "organization_id": elsewhere, "version": 1 })).await.expect(200);
        }
        let csv = market.host.with("accept", "text/csv");
        let part = csv.get(&format!("{}?limit=1", list(&market.host_organization))).await.expect(200);
        assert!(part.text.matches("\r\n").count() == 2 && part.header("link").contains("rel=\"next\""), "{part:?}");
        let table = csv.get(&list(&market.host_organization)).await.expect(200);
        assert!(table.header("content-type").starts_with("text/csv; charset=utf-8"), "{table:?}");
        let lines: Vec<_> = table.text.split("\r\n").collect();
        assert_eq!((lines.len(), table.header("link")), (64, ""), "{table:?}");
        assert!(lines[2].contains(&format!(",Newcomer,{},Carl,", market.customer.id)), "{table:?}");
        assert!(lines[2].contains(",\"'=HYPERLINK(\"\"x\"\")\",1,"), "{table:?}");
    }

    async fn who_books_must_have_accepted_what_is_current_and_the_booking_stays_under_it(server) {
        let market = server.market(json!({})).await;
        let before = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(before["terms"], json!([]));
        let rules = add(&market, json!({})).await.id();
        server.advance(TimeDelta::minutes(1));
        let safety = add(&market, json!({ "kind": "safety", "name": "Laser safety", "applies_to": [market.resource] })).await.id();
        add(&market, json!({ "name": "Of something else", "applies_to": [] })).await;

        let refused = market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
        let violation = &refused["violations"][0];
        assert_eq!((&violation["code"], &violation["overridable"]), (&json!("terms_not_accepted"), &json!(false)));
        assert!(violation["detail"].as_str().unwrap().ends_with(": House rules (version 1), Laser safety (version 1)"), "{refused:?}");
        assert_eq!(violation["terms_ids"], json!([rules, safety]));
        accept(&market, &rules, 1).await.expect(200);
        let refused = market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
        assert!(refused["violations"][0]["detail"].as_str().unwrap().ends_with(": Laser safety (version 1)"), "{refused:?}");
        let quote = json!({ "starts_at": ELEVEN, "ends_at": TWELVE, "organization_id": market.customer_organization });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), quote).await.expect(200);
        assert_eq!(quote["violations"][0]["code"], "terms_not_accepted");

        accept(&market, &safety, 1).await.expect(200);
        let agreed = json!([{ "terms_id": rules, "version": 1 }, { "terms_id": safety, "version": 1 }]);
        let booking = market.book(ELEVEN, TWELVE).await.expect(201);
        assert_eq!(booking["terms"], agreed);
        market.host.post(&format!("/terms/{rules}/versions"), json!({ "text": "other" })).await.expect(201);
        market.book(TWELVE, "2026-12-01T13:00:00Z").await.refused(422, "booking_rules_violated");
        let later = json!({ "starts_at": TWELVE, "ends_at": "2026-12-01T13:00:00Z" });
        let moved = market.customer.post(&format!("/bookings/{}/reschedule", booking.id()), later).await.expect(200);
        assert_eq!(moved["terms"], agreed);
        assert_eq!(market.host.get(&format!("/bookings/{}", booking.id())).await.expect(200)["terms"], agreed);
    }

    async fn a_booking_accepts_what_it_names_or_nothing_at_all(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({})).await.id();
        let wish = |version: i32| {
            let mut wish = market.wish(TEN, ELEVEN);
            wish["accepted_terms"] = json!([{ "terms_id": terms, "version": version }]);
            wish
        };
        let refused = market.customer.post("/bookings", wish(2)).await.refused(409, "terms_outdated");
        assert_eq!(refused["errors"][0]["pointer"], "/accepted_terms/0");
        let elsewhere = market.customer.post(&format!("/organizations/{}/terms", market.customer_organization),
            json!({ "kind": "house_rules", "name": "Ours", "text": "abc" })).await.expect(201).id();
        for unknown in [&market.resource, &elsewhere] {
            let mut wish = wish(2);
            wish["accepted_terms"].as_array_mut().unwrap().push(json!({ "terms_id": unknown, "version": 1 }));
            market.customer.post("/bookings", wish).await.refused_fields(&[("/accepted_terms/1", "unknown_terms")]);
        }
        let group = json!({ "organization_id": market.customer_organization, "bookings": [{
            "resource_id": market.resource, "starts_at": TEN, "ends_at": ELEVEN, "accepted_terms": wish(2)["accepted_terms"],
        }] });
        let refused = market.customer.post("/booking-groups", group).await.refused(422, "booking_rules_violated");
        let outdated = &refused["bookings"][0];
        assert_eq!((&outdated["pointer"], &outdated["code"]), (&json!("/bookings/0/accepted_terms/0"), &json!("terms_outdated")));
        let mut taken = wish(1);
        taken["quantity"] = json!(2);
        market.customer.post("/bookings", taken).await.refused(422, "booking_rules_violated");
        assert_eq!(server.select("SELECT id AS value FROM terms_acceptances"), [""; 0]);
        let booking = market.customer.post("/bookings", wish(1)).await.expect(201);
        assert_eq!(booking["terms"], json!([{ "terms_id": terms, "version": 1 }]));
        let accepted = market.customer.get(&format!("/organizations/{}/terms-acceptances", market.customer_organization)).await;
        assert_eq!(accepted.expect(200).items()[0]["user_id"], json!(market.customer.id));
        market.book(ELEVEN, TWELVE).await.expect(201);
    }

    async fn a_host_accepts_nothing_from_itself_and_nobody_what_is_out_of_use(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({})).await.id();
        let mut own = market.wish(TEN, ELEVEN);
        own["organization_id"] = json!(market.host_organization);
        assert_eq!(market.host.post("/bookings", own).await.expect(201)["terms"], json!([]));
        market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
        market.host.patch(&format!("/terms/{terms}"), json!({ "is_retired": true })).await.expect(200);
        market.book(ELEVEN, TWELVE).await.expect(201);
    }

    async fn a_booking_that_moves_to_another_resource_comes_under_the_terms_there(server) {
        let market = server.market(json!({})).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Laser cutter" })).await;
        let terms = add(&market, json!({ "applies_to": [other] })).await.id();
        let path = format!("/bookings/{}/reschedule", market.book(TEN, ELEVEN).await.expect(201).id());
        let there = json!({ "resource_id": other });
        let refused = market.customer.post(&path, there.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "terms_not_accepted");
        accept(&market, &terms, 1).await.expect(200);
        let moved = market.customer.post(&path, there).await.expect(200);
        assert_eq!(moved["terms"], json!([{ "terms_id": terms, "version": 1 }]));
    }

    async fn neither_a_version_nor_an_acceptance_is_changed_by_anybody(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({})).await.id();
        accept(&market, &terms, 1).await.expect(200);
        // This one nobody has accepted, so that no acceptance keeps it.
        market.host.post(&format!("/terms/{terms}/versions"), json!({ "text": "abcd" })).await.expect(201);
        for (statement, reason) in [
            ("UPDATE terms_versions SET text = 'other' WHERE number = 2", "versions_stay"),
            ("DELETE FROM terms_versions WHERE number = 2", "versions_stay"),
            ("UPDATE terms_acceptances SET version = 2", "acceptances_stay"),
            ("DELETE FROM terms_acceptances", "acceptances_stay"),
        ] {
            assert!(server.refuses(statement, reason), "{statement}");
        }
        assert_eq!(server.select("SELECT text AS value FROM terms_versions ORDER BY number"), ["abc", "abcd"]);
    }
}
