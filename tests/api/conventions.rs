//! What all endpoints have in common.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn the_service_says_that_it_lives_and_is_ready(server) {
        server.root().get("/health/live").await.expect(200);
        server.root().get("/health/ready").await.expect(200);
    }

    async fn what_does_not_exist_is_a_problem(server) {
        server.root().get("/nothing").await.refused(404, "not_found");
        server.anonymous().get("/nothing").await.refused(404, "not_found");
        server.anonymous().get("/organizations/not-an-id").await.refused(404, "not_found");
    }

    async fn a_problem_has_its_title_in_the_language_that_the_client_accepts(server) {
        for (accepted, language, title) in [
            ("de-DE, de;q=0.9, en;q=0.5", "de", "Nicht gefunden"),
            ("it, nl;q=0.3, fr;q=0.2", "nl", "Niet gevonden"),
            ("fr", "fr", "Introuvable"),
            ("it", "en", "Not found"),
        ] {
            let problem = server.anonymous().with("accept-language", accepted).get("/nothing").await.refused(404, "not_found");
            assert_eq!((problem.text("title").as_str(), problem.header("content-language")), (title, language));
            assert!(problem.header("vary").contains("accept-language"), "{problem:?}");
        }
    }

    async fn a_method_that_a_path_does_not_take_is_a_problem_that_names_those_it_takes(server) {
        let answer = server.anonymous().delete("/organizations").await.refused(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    }

    async fn a_body_that_is_not_json_is_a_problem(server) {
        let ada = server.user("Ada").await;
        let send = async |media_type: &str, body: &str| {
            let form = |request: reqwest::RequestBuilder| request.header("content-type", media_type).body(body.to_owned());
            ada.send(Method::POST, "/organizations", form).await
        };
        send("application/json", "{\"name\": ").await.refused(400, "malformed_json");
        send("application/json", "{\"name\": \"a\\u0000b\", \"kind\": \"firm\"}").await.refused(400, "malformed_json");
        send("text/plain", "{}").await.refused(415, "unsupported_media_type");
        send("application/json", "[]").await.refused(422, "invalid_fields");
        send("application/json", &" ".repeat(300_000)).await.refused(413, "payload_too_large");
    }

    async fn a_body_that_is_nested_deeply_is_refused(server) {
        let ada = server.user("Ada").await;
        let (open, close) = ("[".repeat(20_000), "]".repeat(20_000));
        for body in [format!("{open}{close}"), format!(r#"{{"kind": "firm", "name": {open}{close}}}"#), r#"{"a":"#.repeat(20_000)] {
            let form = |request: reqwest::RequestBuilder| request.header("content-type", "application/json").body(body);
            ada.send(Method::POST, "/organizations", form).await.refused(400, "malformed_json");
        }
    }

    async fn a_field_that_is_missing_unknown_or_of_the_wrong_type_is_named(server) {
        let ada = server.user("Ada").await;
        let post = async |body| ada.post("/organizations", body).await;
        post(json!({ "kind": "firm" })).await.refused_fields(&[("/name", "required")]);
        post(json!({ "kind": "firm", "name": 7 })).await.refused_fields(&[("/name", "wrong_type")]);
        post(json!({ "kind": "club", "name": "x" })).await.refused_fields(&[("/kind", "invalid")]);
        post(json!({ "kind": "firm", "name": "x", "nmae": "y" })).await.refused_fields(&[("/nmae", "unknown_field")]);
        post(json!({ "kind": "club", "nmae": 7 }))
            .await
            .refused_fields(&[("/kind", "invalid"), ("/nmae", "unknown_field"), ("/name", "required")]);
        ada.get("/organizations?limt=3").await.refused_fields(&[("limt", "unknown_field")]);
        ada.get("/organizations?limt=3&limit=x").await.refused_fields(&[("limt", "unknown_field"), ("limit", "wrong_type")]);
        ada.get("/organizations?limit=&cursor=").await.expect(200);
        ada.get("/organizations?limit=0").await.refused_fields(&[("limit", "out_of_range")]);
        ada.get("/organizations?cursor=%21").await.refused_fields(&[("cursor", "invalid")]);
    }

    async fn a_whole_number_can_be_written_with_a_point(server) {
        let ada = server.user("Ada").await;
        for (number, expected) in [("60.0", 60), ("6e1", 60), ("60", 60)] {
            let body = format!(r#"{{ "reminder_minutes": [{number}] }}"#);
            let form = |request: reqwest::RequestBuilder| request.header("content-type", "application/merge-patch+json").body(body);
            assert_eq!(ada.send(Method::PATCH, "/me", form).await.expect(200)["reminder_minutes"], json!([expected]), "{number}");
        }
        ada.patch("/me", json!({ "reminder_minutes": [60.5] })).await.refused_fields(&[("/reminder_minutes/0", "wrong_type")]);
    }

    async fn every_answer_has_the_identifier_of_its_request(server) {
        let named = server.anonymous().with("x-request-id", "job-7").get("/nothing").await;
        assert_eq!(named.header("x-request-id"), "job-7");
        let made_up = server.anonymous().with("x-request-id", "not sane").get("/nothing").await;
        assert_eq!(made_up.header("x-request-id").len(), 32);
    }

    async fn a_request_sent_again_is_answered_again_and_done_once(server) {
        let ada = server.user("Ada").await;
        let sender = ada.with("idempotency-key", "\"8e03978e\"");
        let rotor = json!({ "kind": "firm", "name": "Rotor Works" });
        let first = sender.post("/organizations", rotor.clone()).await.expect(201);
        server.advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
        // A bare token is the same key.
        let again = ada.with("idempotency-key", "8e03978e").post("/organizations", rotor.clone()).await.expect(201);
        assert_eq!(again.body, first.body);
        for header in ["location", "etag"] {
            assert_eq!(again.header(header), first.header(header));
        }
        assert_eq!(ada.get("/organizations").await.expect(200).items(), [first.body]);
        let other = json!({ "kind": "firm", "name": "Other Works" });
        sender.post("/organizations", other).await.refused(422, "idempotency_key_reused");
        // A key belongs to whoever sent it.
        let bob = server.user("Bob").await;
        bob.with("idempotency-key", "\"8e03978e\"").post("/organizations", rotor.clone()).await.expect(201);
        server.advance(TimeDelta::microseconds(1));
        sender.post("/organizations", rotor).await.expect(201);
        assert_eq!(ada.get("/organizations").await.expect(200).items().len(), 2);
    }

    async fn a_request_that_was_refused_leaves_its_key_free(server) {
        let sender = server.user("Ada").await.with("idempotency-key", "\"8e03978e\"");
        sender.post("/organizations", json!({ "kind": "firm", "name": "" })).await.refused_fields(&[("/name", "required")]);
        sender.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await.expect(201);
    }

    async fn of_many_who_send_one_request_at_once_one_is_served_and_the_others_hear_the_same_or_wait(server) {
        let ada = server.user("Ada").await;
        let sender = ada.with("idempotency-key", "\"8e03978e\"");
        let rotor = json!({ "kind": "firm", "name": "Rotor Works" });
        let answers = join_all((0..8).map(|_| sender.post("/organizations", rotor.clone()))).await;
        let (done, waiting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert!(!done.is_empty() && done.iter().all(|answer| answer.body == done[0].body), "{done:?}");
        waiting.into_iter().for_each(|answer| drop(answer.refused(409, "idempotency_in_progress")));
        assert_eq!(ada.get("/organizations").await.expect(200).items().len(), 1);
    }

    async fn a_key_that_is_none_is_refused(server) {
        let ada = server.user("Ada").await;
        for key in ["", "\"open", "two words", &"x".repeat(256)] {
            let sender = ada.with("idempotency-key", key);
            sender.post("/organizations", json!({ "kind": "firm", "name": "x" })).await.refused(400, "malformed_request");
        }
    }

    async fn who_has_the_present_state_need_not_get_it_again(server) {
        let ada = server.user("Ada").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        let tag = ada.get(&path).await.expect(200).header("etag").to_owned();
        for known in [tag.clone(), format!("\"0\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let same = ada.with("if-none-match", known).get(&path).await.expect(304);
            assert_eq!((same.header("etag"), same.text.as_str()), (tag.as_str(), ""));
        }
        ada.with("if-none-match", "\"0\"").get(&path).await.expect(200);
        ada.patch(&path, json!({ "name": "Rotor & Co" })).await.expect(200);
        ada.with("if-none-match", tag).get(&path).await.expect(200);
    }

    async fn each_body_of_an_object_has_an_entity_tag_of_its_own(server) {
        let market = server.market(json!({})).await;
        let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
        let kind = market.host.post(&kinds, json!({ "name": "Laser safety" })).await.expect(201).id();
        let paths = [
            format!("/organizations/{}", market.host_organization),
            format!("/resources/{}", market.resource),
            format!("/certification-kinds/{kind}"),
        ];
        for path in paths {
            let (inside, outside) = (market.host.get(&path).await.expect(200), market.customer.get(&path).await.expect(200));
            assert_eq!(inside.header("etag") == outside.header("etag"), inside.text == outside.text, "{path}");
            let seen = market.host.with("if-none-match", outside.header("etag")).get(&path).await;
            assert_eq!(seen.status == 304, inside.text == outside.text, "{path}");
        }
    }

    async fn an_edit_is_made_on_the_state_that_was_seen_or_not_at_all(server) {
        let ada = server.user("Ada").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        let tag = ada.get(&path).await.expect(200).header("etag").to_owned();
        let editor = ada.with("if-match", &tag);
        let edited = editor.patch(&path, json!({ "name": "Rotor & Co" })).await.expect(200);
        assert_ne!(edited.header("etag"), tag);
        assert_eq!(ada.get(&path).await.expect(200).header("etag"), edited.header("etag"));
        editor.patch(&path, json!({ "name": "Late & Co" })).await.refused(412, "precondition_failed");
        ada.with("if-match", "\"of another service\"").patch(&path, json!({})).await.refused(412, "precondition_failed");
        ada.with("if-match", "none").patch(&path, json!({})).await.refused(400, "malformed_request");
        ada.with("if-match", "*").patch(&path, json!({ "name": "Any & Co" })).await.expect(200);
    }

    async fn of_many_edits_of_one_state_at_once_one_is_made(server) {
        let market = server.market(json!({})).await;
        let (organization, site) = (&market.host_organization, &market.site);
        let paths = [format!("/organizations/{organization}"), format!("/sites/{site}"), format!("/resources/{}", market.resource)];
        for path in paths {
            let tag = market.host.get(&path).await.expect(200).header("etag").to_owned();
            let editor = market.host.with("if-match", tag);
            let answers = join_all((0..8).map(|n| editor.patch(&path, json!({ "name": format!("No. {n}") })))).await;
            let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
            assert_eq!(made.len(), 1, "{made:?}");
            refused.into_iter().for_each(|answer| drop(answer.refused(412, "precondition_failed")));
        }
    }

    async fn edits_of_different_fields_at_once_are_all_made(server) {
        let market = server.market(json!({})).await;
        let (organization, site) = (&market.host_organization, &market.site);
        for (path, edits) in [
            (format!("/organizations/{organization}"), [json!({ "name": "A" }), json!({ "description": "B" })]),
            (format!("/sites/{site}"), [json!({ "name": "A" }), json!({ "latitude": 51.0 })]),
            (format!("/resources/{}", market.resource), [json!({ "name": "A" }), json!({ "description": "B" })]),
        ] {
            join_all(edits.iter().map(|edit| market.host.patch(&path, edit.clone()))).await;
            let edited = market.host.get(&path).await.expect(200);
            for (field, value) in edits.iter().flat_map(|edit| edit.as_object().unwrap()) {
                assert_eq!(&edited[field.as_str()], value, "{edited:?}");
            }
        }
    }

    async fn a_list_is_read_page_by_page_in_a_stable_order(server) {
        let ada = server.user("Ada").await;
        let mut founded = Vec::new();
        for n in 0..5 {
            founded.push(ada.found(&format!("Firm {n}")).await);
            server.advance(TimeDelta::seconds(1));
        }
        let ids = |page: &Answer| page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let first = ada.get("/organizations?limit=2").await.expect(200);
        let next = format!("/organizations?limit=2&cursor={}", first.text("next_cursor"));
        assert_eq!(first.header("link"), format!("</api/v1{next}>; rel=\"next\""));
        // What is new meanwhile shifts nothing.
        ada.found("Firm 5").await;
        let second = ada.get(&next).await.expect(200);
        let link = second.header("link").trim_start_matches("</api/v1").split_once('>').unwrap().0.to_owned();
        let third = ada.get(&link).await.expect(200);
        assert_eq!((&third["next_cursor"], third.header("link")), (&Value::Null, ""));
        assert_eq!([ids(&first), ids(&second), ids(&third)].concat()[..5], founded);
        let all = ada.get("/organizations?limit=6").await.expect(200);
        assert_eq!((all.items().len(), &all["next_cursor"]), (6, &Value::Null));
    }
}
