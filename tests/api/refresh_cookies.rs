//! The refresh token in a cookie, as browsers keep, send and refuse it.

use std::sync::{Mutex, PoisonError};

use environment::config::Config;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::PASSWORD;
use crate::support::server::{Server, on_both_databases};

/// The origin of a front end on another site than the service, of one on the same site, and of one that nobody has allowed.
const OTHER_SITE: (&str, &str) = ("https://front.example.net", "cross-site");
const SAME_SITE: (&str, &str) = ("https://app.example.org", "same-site");
const NEIGHBOUR: (&str, &str) = ("https://evil.example.org", "same-site");
const OWN: (&str, &str) = ("https://share.example.org", "same-origin");

fn behind_tls(config: &mut Config) {
    config.public_url = OWN.0.to_owned();
    config.server.cors_origins = [OTHER_SITE.0, SAME_SITE.0].map(str::to_owned).into();
}

/// A cookie as a browser keeps it.
#[derive(Clone, Debug, PartialEq)]
struct Cookie {
    pair: String,
    path: String,
    is_strict: bool,
    /// The page in which the browser shows it, where it is kept for each page.
    partition: Option<&'static str>,
}

/// A page in a browser, with the cookies of the service.
struct Browser {
    service: Client,
    page: &'static str,
    site: &'static str,
    jar: Mutex<Vec<Cookie>>,
}

impl Browser {
    fn at(server: &Server, (page, site): (&'static str, &'static str)) -> Self {
        Self { service: server.anonymous(), page, site, jar: Mutex::default() }
    }

    /// The same browser at another page.
    fn go_to(self, (page, site): (&'static str, &'static str)) -> Self {
        Self { page, site, ..self }
    }

    fn cookies(&self) -> Vec<Cookie> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `fetch(path, {method: "POST", credentials: "include", …})`. None: the browser does not send it, or hides the response.
    async fn fetch(&self, path: &str, body: &Value) -> Option<Answer> {
        let is_other_origin = self.site != "same-origin";
        if is_other_origin && !self.may_send(path).await {
            return None;
        }
        let answer = self.send(path, Some(self.page), |request| request.json(body)).await;
        (!is_other_origin || self.may_read(&answer)).then_some(answer)
    }

    /// The preflight of the Fetch standard, for a body in JSON with credentials: wildcards do not count.
    async fn may_send(&self, path: &str) -> bool {
        let ask = |request: RequestBuilder| {
            let request = request.header("origin", self.page).header("access-control-request-method", "POST");
            request.header("access-control-request-headers", "content-type")
        };
        let answer = self.service.send(Method::OPTIONS, path, ask).await;
        let lists = |name: &str, wanted: &str| answer.header(name).split(',').any(|one| one.trim().eq_ignore_ascii_case(wanted));
        let are_listed = lists("access-control-allow-methods", "POST") && lists("access-control-allow-headers", "content-type");
        answer.status < 300 && self.may_read(&answer) && are_listed
    }

    fn may_read(&self, answer: &Answer) -> bool {
        let is_shared = answer.header("access-control-allow-origin") == self.page;
        is_shared && answer.header("access-control-allow-credentials") == "true"
    }

    /// A request with the cookies that browsers add to it; a form sends it without a preflight.
    async fn send(&self, path: &str, origin: Option<&str>, form: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Answer {
        let is_sent = |cookie: &&Cookie| {
            let is_below = format!("/api/v1{path}").starts_with(&format!("{}/", cookie.path));
            let is_partition = cookie.partition.is_none_or(|page| page == self.page);
            is_below && is_partition && (!cookie.is_strict || self.site != "cross-site")
        };
        let sent: Vec<_> = self.cookies().iter().filter(is_sent).map(|cookie| cookie.pair.clone()).collect();
        let add = |request: RequestBuilder| {
            let request = request.header("sec-fetch-site", self.site);
            let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
            form(if sent.is_empty() { request } else { request.header("cookie", sent.join("; ")) })
        };
        let answer = self.service.send(Method::POST, path, add).await;
        self.keep(answer.header("set-cookie"));
        answer
    }

    /// Keeps a cookie, or refuses it, as RFC 6265bis says.
    fn keep(&self, header: &str) {
        let mut parts = header.split("; ");
        let Some(pair) = parts.next().filter(|pair| !pair.is_empty()) else { return };
        let attributes: Vec<_> = parts.collect();
        let has = |name: &str| attributes.contains(&name);
        let value = |name: &str| attributes.iter().find_map(|one| one.strip_prefix(name)).unwrap_or_default();
        assert!(has("HttpOnly"), "scripts can read {header}");
        assert!(!pair.starts_with("__Secure-") || has("Secure"), "its name demands Secure: {header}");
        assert!(!has("SameSite=None") || has("Secure"), "browsers refuse {header}");
        let is_strict = has("SameSite=Strict");
        assert!(!is_strict || self.site != "cross-site", "a page of another site gets {header}");
        let partition = has("Partitioned").then_some(self.page);
        let cookie = Cookie { pair: pair.to_owned(), path: value("Path=").to_owned(), is_strict, partition };
        let name = |pair: &str| pair.split('=').next().map(str::to_owned);
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.retain(|kept| (name(&kept.pair), &kept.path, kept.partition) != (name(pair), &cookie.path, cookie.partition));
        if value("Max-Age=") != "0" {
            jar.push(cookie);
        }
    }

    async fn sign_in(&self, email: &str) -> Answer {
        let credentials = json!({ "email": email, "password": PASSWORD, "refresh_token_in": "cookie" });
        let tokens = self.fetch("/auth/login", &credentials).await.expect("the browser permits it").expect(200);
        assert!(tokens.body.as_object().is_some_and(|body| !body.contains_key("refresh_token")), "{tokens:?}");
        assert_eq!(tokens.header("cache-control"), "no-store");
        tokens
    }

    async fn refresh(&self) -> Answer {
        self.fetch("/auth/refresh", &json!({})).await.expect("the browser permits it")
    }
}

/// The attributes of the cookie of a response.
fn attributes(answer: &Answer) -> Vec<String> {
    let mut attributes: Vec<_> = answer.header("set-cookie").split("; ").skip(1).map(str::to_owned).collect();
    attributes.sort();
    attributes
}

on_both_databases! {
    async fn a_front_end_on_another_site_has_a_cookie_that_no_script_reads(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, OTHER_SITE);
        let tokens = browser.sign_in(&ada.email).await;
        assert!(tokens.header("set-cookie").starts_with("__Secure-sharefloor-refresh="), "{tokens:?}");
        let expected = ["HttpOnly", "Max-Age=2592000", "Partitioned", "Path=/api/v1/auth", "SameSite=None", "Secure"];
        assert_eq!(attributes(&tokens), expected);
        let first = browser.cookies();
        let next = browser.refresh().await.expect(200);
        assert_eq!(attributes(&next), expected);
        assert!(next["refresh_token"].is_null() && browser.cookies() != first, "{next:?}");
        server.anonymous().with_token(next.text("access_token")).get("/me").await.expect(200);
        let left = browser.fetch("/auth/logout", &json!({})).await.expect("the browser permits it").expect(204);
        let removal = ["HttpOnly", "Max-Age=0", "Partitioned", "Path=/api/v1/auth", "SameSite=None", "Secure"];
        assert_eq!((attributes(&left), browser.cookies().len()), (removal.map(str::to_owned).into(), 0));
        browser.refresh().await.refused(401, "invalid_refresh_token");
        server.anonymous().with_token(next.text("access_token")).get("/me").await.refused(401, "invalid_token");
    }

    async fn a_front_end_on_the_same_site_has_a_strict_cookie(server, |config| {
        super::behind_tls(config);
        config.public_url = "https://share.example.org/floor/".to_owned();
    }) {
        let ada = server.user("Ada").await;
        for page in [SAME_SITE, OWN] {
            let tokens = Browser::at(server, page).sign_in(&ada.email).await;
            let expected = ["HttpOnly", "Max-Age=2592000", "Path=/floor/api/v1/auth", "SameSite=Strict", "Secure"];
            assert_eq!(attributes(&tokens), expected);
        }
        // A browser that does not say how page and service are related: another origin counts as another site.
        let body = json!({ "email": ada.email, "password": PASSWORD, "refresh_token_in": "cookie" });
        let old = server.anonymous().with("origin", SAME_SITE.0);
        let tokens = old.post("/auth/login", body).await.expect(200);
        assert!(attributes(&tokens).contains(&"SameSite=None".to_owned()), "{tokens:?}");
    }

    async fn a_page_of_another_origin_cannot_use_the_cookie(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, SAME_SITE);
        browser.sign_in(&ada.email).await;
        let browser = browser.go_to(NEIGHBOUR);
        for path in ["/auth/refresh", "/auth/logout"] {
            assert!(browser.fetch(path, &json!({})).await.is_none(), "the preflight permits {path}");
            // A form without fields has an empty body and no preflight, and the neighbour gets the strict cookie.
            for origin in [Some(NEIGHBOUR.0), Some("null"), Some("https://app.example.org.evil.example"), Some(""), None] {
                browser.send(path, origin, |request| request).await.refused(403, "origin_not_allowed");
            }
        }
        // A browser without either header is refused, too.
        let bare = server.anonymous().with("cookie", &browser.cookies()[0].pair);
        bare.post("/auth/refresh", json!({})).await.refused(403, "origin_not_allowed");
        // Nobody signs somebody else in to an account of their own, either.
        let body = json!({ "email": ada.email, "password": PASSWORD, "refresh_token_in": "cookie" });
        assert!(browser.fetch("/auth/login", &body).await.is_none());
        let answer = browser.send("/auth/login", Some(NEIGHBOUR.0), |request| request.json(&body)).await;
        answer.refused(403, "origin_not_allowed");
        // Nothing of that has used the token up.
        browser.go_to(SAME_SITE).refresh().await.expect(200);
    }

    async fn a_cookie_of_one_front_end_is_not_sent_from_another_site(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, SAME_SITE);
        browser.sign_in(&ada.email).await;
        let browser = browser.go_to(OTHER_SITE);
        browser.refresh().await.refused(401, "invalid_refresh_token");
        browser.go_to(OWN).refresh().await.expect(200);
    }

    async fn a_token_from_the_cookie_stays_in_the_cookie(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, SAME_SITE);
        browser.sign_in(&ada.email).await;
        let stolen = browser.fetch("/auth/refresh", &json!({ "refresh_token_in": "body" })).await.unwrap();
        stolen.refused_fields(&[("/refresh_token_in", "invalid")]);
        browser.refresh().await.expect(200);
        // A token in the body counts before the cookie, and can move into it.
        let move_it = json!({ "refresh_token": ada.refresh_token, "refresh_token_in": "cookie" });
        let moved = browser.fetch("/auth/refresh", &move_it).await.unwrap().expect(200);
        assert!(moved["refresh_token"].is_null(), "{moved:?}");
        browser.refresh().await.expect(200);
        let elsewhere = server.login(&ada.email, PASSWORD).await.expect(200).text("refresh_token");
        let body = browser.fetch("/auth/refresh", &json!({ "refresh_token": elsewhere })).await.unwrap().expect(200);
        assert!(body["refresh_token"].is_string() && body.header("set-cookie").is_empty(), "{body:?}");
        for wrong in ["header", ""] {
            let answer = browser.fetch("/auth/refresh", &json!({ "refresh_token_in": wrong })).await.unwrap();
            answer.refused_fields(&[("/refresh_token_in", "invalid")]);
        }
    }

    async fn a_cookie_that_is_used_twice_ends_its_session(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, OTHER_SITE);
        browser.sign_in(&ada.email).await;
        let copied = browser.cookies()[0].pair.clone();
        browser.refresh().await.expect(200);
        let thief = server.anonymous().with("cookie", copied).with("origin", OTHER_SITE.0);
        thief.post("/auth/refresh", json!({})).await.refused(401, "invalid_refresh_token");
        browser.refresh().await.refused(401, "invalid_refresh_token");
        assert_eq!(server.select("SELECT action AS value FROM audit WHERE action = 'session.reuse'").len(), 1);
    }

    async fn without_tls_only_pages_of_the_same_site_have_a_cookie(server, |config| {
        config.public_url = "http://localhost:8080".to_owned();
        config.server.cors_origins = ["http://localhost:3000", super::OTHER_SITE.0].map(str::to_owned).into();
    }) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, ("http://localhost:3000", "same-site"));
        let tokens = browser.sign_in(&ada.email).await;
        assert!(tokens.header("set-cookie").starts_with("sharefloor-refresh="), "{tokens:?}");
        assert_eq!(attributes(&tokens), ["HttpOnly", "Max-Age=2592000", "Path=/api/v1/auth", "SameSite=Strict"]);
        browser.refresh().await.expect(200);
        let elsewhere = Browser::at(server, OTHER_SITE);
        let body = json!({ "email": ada.email, "password": PASSWORD, "refresh_token_in": "cookie" });
        let answer = elsewhere.fetch("/auth/login", &body).await.unwrap();
        answer.refused_fields(&[("/refresh_token_in", "invalid")]);
    }

    async fn the_second_step_of_a_sign_in_brings_the_cookie(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        server.enrol(&ada).await;
        let browser = Browser::at(server, SAME_SITE);
        let credentials = json!({ "email": ada.email, "password": PASSWORD, "refresh_token_in": "cookie" });
        let challenge = browser.fetch("/auth/login", &credentials).await.unwrap().refused(403, "second_factor_required");
        assert_eq!(browser.cookies(), []);
        let code = json!({ "challenge": challenge["challenge"], "code": server.code(&ada), "refresh_token_in": "cookie" });
        let tokens = browser.fetch("/auth/second-factor", &code).await.unwrap().expect(200);
        assert!(tokens["refresh_token"].is_null(), "{tokens:?}");
        browser.refresh().await.expect(200);
    }

    async fn a_session_is_ended_by_its_token_before_the_cookie_and_the_access_token(server, super::behind_tls) {
        let ada = server.user("Ada").await;
        let browser = Browser::at(server, OWN);
        browser.sign_in(&ada.email).await;
        let body = json!({ "refresh_token": ada.refresh_token });
        let left = browser.fetch("/auth/logout", &body).await.unwrap().expect(204);
        assert_eq!(left.header("set-cookie"), "");
        ada.get("/me").await.refused(401, "invalid_token");
        browser.refresh().await.expect(200);
        let other = server.login(&ada.email, PASSWORD).await.expect(200).text("access_token");
        let with_cookie = server.anonymous().with_token(&other).with("cookie", &browser.cookies()[0].pair).with("origin", OWN.0);
        with_cookie.post("/auth/logout", json!({})).await.expect(204);
        server.anonymous().with_token(&other).get("/me").await.expect(200);
        browser.refresh().await.refused(401, "invalid_refresh_token");
    }
}
