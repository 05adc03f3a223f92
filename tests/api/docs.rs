//! What the service says about itself.

use domain::problem::Code;
use reqwest::Method;

use crate::support::contract;
use crate::support::server::on_both_databases;

#[test]
fn every_body_has_an_example_of_its_form() {
    for (path, item) in contract::DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for content in operation["requestBody"]["content"].as_object().into_iter().flat_map(|contents| contents.values()) {
                let example = &contract::resolve(&content["schema"])["example"];
                let wrong = contract::misfit(&content["schema"], example);
                assert_eq!(wrong, None, "of the example of {method} {path}: {example}");
            }
        }
    }
}

on_both_databases! {
    async fn the_document_is_served(server) {
        let served = server.root().get("/api/openapi.json").await.expect(200);
        assert_eq!(served.body, api::openapi::document());
    }

    async fn the_documentation_leads_to_its_reader(server) {
        let reader = server.root().get("/api/docs").await.expect(200);
        assert!(reader.text.contains("swagger-ui-bundle.js"), "{reader:?}");
    }

    async fn the_reader_needs_nothing_from_elsewhere(server) {
        let reader = server.root().get("/api/docs/").await.expect(200);
        assert!(reader.header("content-security-policy").contains("script-src 'self';"), "{reader:?}");
        let loaded: Vec<_> = reader.text.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css")).collect();
        assert_eq!(loaded.len(), 3, "{reader:?}");
        for file in loaded {
            let file = file.trim_start_matches("./");
            server.root().get(&format!("/api/docs/{file}")).await.expect(200);
        }
        let start = server.root().get("/api/docs/swagger-initializer.js").await.expect(200);
        assert!(start.text.contains("/api/openapi.json"), "{start:?}");
        server.root().get("/api/docs/nothing.js").await.refused(404, "not_found");
    }

    async fn every_problem_leads_to_its_documentation(server) {
        let nothing = server.anonymous().get("/nothing").await.refused(404, "not_found");
        let about = server.root().get(&nothing.text("type")).await.expect(200);
        assert_eq!(about["code"], "not_found");
        assert_eq!(about["title"], nothing["title"]);
        server.root().get("/api/problems/no_such_code").await.refused(404, "not_found");
        let all = server.root().get("/api/problems").await.expect(200);
        assert_eq!(all.body.as_array().unwrap().len(), Code::ALL.len());
    }

    async fn a_browser_sees_the_problems_as_a_page(server) {
        let browser = server.root().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let page = browser.get("/api/problems/slot_unavailable").await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text.contains("The slot is taken"), "{page:?}");
        assert!(!page.text.contains("Not signed in"), "{page:?}");
        assert!(browser.get("/api/problems").await.expect(200).text.contains("Not signed in"));
    }

    async fn the_pages_take_no_other_method(server) {
        for path in ["/", "/api/docs", "/api/docs/index.html", "/api/openapi.json", "/api/problems", "/health/live"] {
            let answer = server.root().delete(path).await.refused(405, "method_not_allowed");
            assert_eq!(answer.header("allow"), "GET, HEAD", "{path}");
        }
    }

    async fn a_head_is_answered_like_a_get_without_its_body(server) {
        for path in ["/health/live", "/api/openapi.json", "/api/problems"] {
            let (get, head) = (server.root().get(path).await.expect(200), server.root().send(Method::HEAD, path, |r| r).await.expect(200));
            assert_eq!(head.text, "");
            for name in ["content-type", "content-length"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
        }
        server.root().send(Method::HEAD, "/nothing", |request| request).await.expect(404);
    }
}
