//! Documents that a host wants accepted, and who has accepted them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

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
        let members = format!("/organizations/{}/members", market.host_organization);
        market.host.post(&members, json!({ "email": booker.email, "role": "booker" })).await.expect(201);

        assert_eq!(market.customer.get(&list(&market.customer_organization)).await.expect(200).items(), std::slice::from_ref(&mine.body));
        assert_eq!(booker.get(&list(&market.host_organization)).await.expect(200).items(), [Value::Null; 0]);
        market.customer.get(&list(&market.host_organization)).await.refused(403, "forbidden");
        let page = market.host.get(&format!("{}?limit=1", list(&market.host_organization))).await.expect(200);
        assert_eq!(page.items()[0]["organization_id"], json!(elsewhere));
        let next = format!("{}?cursor={}", list(&market.host_organization), page.text("next_cursor"));
        assert_eq!(market.host.get(&next).await.expect(200).items(), [mine.body]);

        let table = market.host.with("accept", "text/csv").get(&list(&market.host_organization)).await.expect(200);
        assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
        let lines: Vec<_> = table.text.split("\r\n").collect();
        assert_eq!(lines.len(), 4, "{table:?}");
        assert!(lines[2].contains(&format!("\"Newcomer\",\"{}\",\"Carl\"", market.customer.id)), "{table:?}");
        assert!(lines[2].contains("\"'=HYPERLINK(\"\"x\"\")\",\"1\""), "{table:?}");
    }

    async fn neither_a_version_nor_an_acceptance_is_changed_by_anybody(server) {
        let market = server.market(json!({})).await;
        let terms = add(&market, json!({})).await.id();
        accept(&market, &terms, 1).await.expect(200);
        for statement in [
            "UPDATE terms_versions SET text = 'other'",
            "DELETE FROM terms_versions",
            "UPDATE terms_acceptances SET version = 1",
            "DELETE FROM terms_acceptances",
        ] {
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.execute(statement)));
            assert!(refused.is_err(), "{statement}");
        }
        assert_eq!(server.select("SELECT text AS value FROM terms_versions"), ["abc"]);
    }
}
