//! What all endpoints have in common.

use reqwest::Method;
use serde_json::json;

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
        ada.get("/organizations?limit=0").await.refused_fields(&[("limit", "out_of_range")]);
        ada.get("/organizations?cursor=%21").await.refused_fields(&[("cursor", "invalid")]);
    }

    async fn every_answer_has_the_identifier_of_its_request(server) {
        let named = server.anonymous().with("x-request-id", "job-7").get("/nothing").await;
        assert_eq!(named.header("x-request-id"), "job-7");
        let made_up = server.anonymous().with("x-request-id", "not sane").get("/nothing").await;
        assert_eq!(made_up.header("x-request-id").len(), 32);
    }
}
