//! Problems, as a browser shows them.

use serde_json::json;

use crate::support::server::{Kind, Server, block_on, on_both_databases};

/// The media types that a browser accepts.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

on_both_databases! {
    async fn a_browser_reads_an_unknown_path_in_its_language_and_programs_read_json(server) {
        let root = server.root();
        for (language, title) in [("en", "Not found"), ("nl", "Niet gevonden"), ("de", "Nicht gefunden"), ("fr", "Introuvable")] {
            let browser = root.with("accept", BROWSER).with("accept-language", language);
            let page = browser.get("/nothing/here").await;
            assert_eq!((page.status, page.header("content-type"), page.header("content-language")), (404, "text/html; charset=utf-8", language));
            assert!(page.text.contains(&format!("<h1>{title}</h1>")) && page.text.contains("<a href=\"/\">"), "{}", page.text);
            assert!(page.header("content-security-policy").contains("form-action 'self'"));
        }
        let browser = root.with("accept", BROWSER);
        // A method that a page does not have, and a body that is too large.
        let page = browser.post("/catalogue", json!({})).await;
        assert_eq!((page.status, page.header("content-type"), page.header("allow")), (405, "text/html; charset=utf-8", "GET, HEAD"));
        for (client, path) in [(&browser, "/api/v1/nothing"), (&browser, "/api/nothing"), (&root, "/nothing"), (&root.with("accept", "application/json"), "/nothing")] {
            let answer = client.get(path).await;
            assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"), "{path}");
        }
    }
}

#[test]
fn a_browser_that_is_limited_reads_when_to_go_on() {
    let server = Server::start(
        Kind::Sqlite,
        &[&|config| {
            config.limits.enabled = true;
            (config.limits.requests_per_minute, config.limits.request_burst) = (1, 2);
        }],
    );
    block_on(async {
        let browser = server.root().with("accept", BROWSER).with("accept-language", "en");
        for _ in 0..2 {
            assert_eq!(browser.get("/catalogue").await.status, 200);
        }
        let page = browser.get("/catalogue").await;
        assert_eq!((page.status, page.header("content-type")), (429, "text/html; charset=utf-8"));
        assert!(page.text.contains("Try again in ") && !page.header("retry-after").is_empty(), "{}", page.text);
        let program = server.root();
        assert_eq!(program.get("/catalogue").await.header("content-type"), "application/problem+json");
    });
}
