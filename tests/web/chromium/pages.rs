//! Each page of the demonstration in a real browser: its accessibility, its width on a small phone, and pictures of the most
//! important ones.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

use chrono::TimeDelta;
use serde_json::{Value, json};
use sharefloor::demo::{self, Account, Demonstration};
use storage::db::Db;

use crate::support::chromium::{Chromium, WIDE};
use crate::support::client::Client;
use crate::support::server::{Kind, Server, block_on, link_key};

/// The window of a small phone.
const NARROW: (u32, u32) = (320, 640);

/// The pages of which `PICTURES=<directory>` makes pictures.
const PICTURES: [&str; 20] = [
    "/",
    "/catalogue",
    "/resources/{}",
    "/hosts/{}",
    "/book",
    "/bookings",
    "/bookings/{}",
    "/bookings/{}/move",
    "/sign-in",
    "/sign-up",
    "/account",
    "/organizations/{}",
    "/manage/{}",
    "/manage/{}/week",
    "/manage/{}/figures",
    "/manage/{}/resources",
    "/manage/{}/resources/new",
    "/manage/resources/{}/edit",
    "/manage/resources/{}/block",
    "/admin",
];

/// Addresses that are no page: files, forms of other pages, and the way to a provider.
const NO_PAGES: [&str; 15] = [
    "/sign-out",
    "/calendar-feeds/{}/delete",
    "/trainings/{}/seat",
    "/manage/{}/events",
    "/waitlist/{}/leave",
    "/series/{}/{}",
    "/booking-groups/{}/{}",
    "/bookings/{}/{}",
    "/manage/resources/{}/pictures/{}",
    "/account/data.json",
    "/organizations/{}/audit.jsonl",
    "/invoices/{}/xml",
    "/resources/{}/pictures/{}",
    "/sign-in/openid/{}",
    "/sign-in/openid/{}/start",
];

/// The areas that have a test of their own, by the begin of the path. The first test has all other pages.
const AREAS: [&str; 4] = ["/manage", "/organizations", "/account", "/admin"];

/// The paths of all pages of the site, with `{}` for each parameter.
fn all_pages() -> impl Iterator<Item = String> {
    let source = include_str!("../../../crates/api/src/page_paths.rs");
    let paths = source.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split_once('"')).map(|(path, _)| pattern(path));
    paths.filter(|path| !NO_PAGES.contains(&path.as_str()))
}

/// A path with `{}` for each parameter, identifier and hash.
fn pattern(path: &str) -> String {
    let is_id = |part: &str| part.starts_with('{') || [36, 64].contains(&part.len());
    path.split('/').map(|part| if is_id(part) { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// The kind of a page: its pattern, and the names of the parameters that say what it shows.
fn kind(address: &str) -> (String, BTreeSet<String>) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let names = query.split('&').filter_map(|part| part.split('=').next()).filter(|name| !["", "cursor", "then"].contains(name));
    (pattern(path), names.map(str::to_owned).collect())
}

/// A demonstration, and a browser that goes through its pages.
struct Tour {
    // The browser is given back before the server ends.
    browser: Chromium,
    axe: String,
    pictures: Option<PathBuf>,
    demonstration: Demonstration,
    /// The patterns of the pages that were seen.
    seen: BTreeSet<String>,
    faults: Vec<String>,
    server: Server,
}

impl Tour {
    async fn begin() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/browser/axe.min.js");
        let axe = fs::read_to_string(file).expect("axe-core is missing, and this test needs it: tests/run fetches it");
        let pictures = env::var_os("PICTURES").map(PathBuf::from);
        if let Some(directory) = &pictures {
            fs::create_dir_all(directory).expect("the directory can be made");
        }
        let server = Server::start(Kind::Sqlite, &[]);
        let db = Db::open(&server.config.database_options().expect("they are good")).expect("the database opens");
        let accounts = tempfile::tempdir().expect("a directory is made");
        let hasher = server.config.hasher().expect("it is configured");
        let made = demo::fill(&db, server.now(), &hasher, &accounts.path().join("accounts")).await.expect("it is filled");
        let (browser, demonstration) = (server.chromium().await, made.expect("the database was empty"));
        Self { browser, axe, pictures, demonstration, seen: BTreeSet::new(), faults: Vec::new(), server }
    }

    fn account(&self, email: &str) -> &Account {
        let mut accounts = self.demonstration.accounts.iter();
        accounts.find(|account| account.email.to_string() == email).expect("it is in the demonstration")
    }

    /// The organization of somebody.
    fn organization(&self, email: &str) -> String {
        let of = "SELECT organization_id AS value FROM members JOIN users ON users.id = user_id WHERE email";
        self.server.select(&format!("{of} = '{email}'")).remove(0)
    }

    /// Somebody who calls the API.
    async fn client(&self, email: &str) -> Client {
        let Account { email, password, .. } = self.account(email);
        let tokens = self.server.login(&email.to_string(), password).await.expect(200);
        self.server.anonymous().with_token(tokens.text("access_token"))
    }

    /// Schedules a training of a host, in which it has a seat itself, and returns its path.
    async fn training(&self, host: &str) -> String {
        let (client, organization) = (self.client(host).await, self.organization(host));
        let path = format!("/organizations/{organization}");
        let site =
            self.server.select(&format!("SELECT id AS value FROM sites WHERE organization_id = '{organization}'")).remove(0);
        let kind = json!({ "name": "Laser cutting", "description": "Lenses, fumes and fire." });
        let kind = client.post(&format!("{path}/certification-kinds"), kind).await.expect(201).id();
        let [starts_at, ends_at] = [2, 3].map(|days| self.server.now() + TimeDelta::days(days));
        let training = json!({
            "certification_kind_id": kind, "site_id": site, "name": "Laser evening", "starts_at": starts_at, "ends_at": ends_at, "seats": 5,
        });
        let training = client.post(&format!("{path}/trainings"), training).await.expect(201).id();
        client.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201);
        format!("/trainings/{training}")
    }

    async fn sign_in(&self, email: &str) {
        let Account { email, password, .. } = self.account(email);
        self.browser.open("/sign-in").await.sign_in(&email.to_string(), password).await;
        // In any language.
        let has_button =
            self.browser.run("return document.querySelector('form[action=\"/sign-out\"]') !== null", Vec::new()).await;
        assert_eq!(has_button, true, "{email}");
    }

    /// Follows the links from these addresses on, and looks at one page of each kind that is in the area. Returns their addresses.
    async fn walk(&mut self, area: impl Fn(&str) -> bool, begin: &[&str]) -> Vec<String> {
        let mut addresses: Vec<String> = begin.iter().map(|&address| address.to_owned()).collect();
        let mut kinds: BTreeSet<_> = begin.iter().map(|address| kind(address)).collect();
        let mut at = 0;
        while let Some(address) = addresses.get(at).cloned() {
            at += 1;
            self.open(&address).await;
            let links = "return [...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href').split('#')[0])";
            let links = self.browser.run(links, Vec::new()).await;
            for link in links.as_array().expect("it is a list").iter().filter_map(Value::as_str) {
                let kind = kind(link);
                let is_page = !kind.0.starts_with("/api/") && !NO_PAGES.contains(&kind.0.as_str());
                if area(link) && is_page && kinds.insert(kind) {
                    addresses.push(link.to_owned());
                }
            }
        }
        addresses
    }

    async fn open(&mut self, address: &str) {
        self.browser.open(address).await;
        self.look(address).await;
    }

    /// Notes the faults of the page that is shown, wide and narrow, light and dark, and makes pictures of it.
    async fn look(&mut self, address: &str) {
        let pattern = kind(address).0;
        let is_new = self.seen.insert(pattern.clone());
        let is_pictured = is_new && PICTURES.contains(&pattern.as_str());
        let name = pattern.trim_matches('/').replace("{}", "one").replace('/', "-");
        let name = if name.is_empty() { "front" } else { &name };
        self.browser.run(&self.axe, Vec::new()).await;
        for (look, is_dark) in [("wide-light", false), ("wide-dark", true), ("narrow-dark", true), ("narrow-light", false)] {
            match look {
                "narrow-dark" => self.browser.resize(NARROW).await,
                _ => self.browser.darken(is_dark).await,
            }
            let faults = faults(&self.browser, is_dark).await;
            self.faults.extend(faults.into_iter().map(|fault| format!("{address} {look}: {fault}")));
            if let Some(directory) = self.pictures.as_ref().filter(|_| is_pictured) {
                let file = directory.join(format!("{name}-{look}.png"));
                fs::write(file, self.browser.picture().await).expect("the picture can be written");
            }
        }
        self.browser.resize(WIDE).await;
    }

    /// Fails if a page has a fault, or if a page of the area was not seen.
    fn end(self, area: impl Fn(&str) -> bool) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        let pages: BTreeSet<_> = all_pages().chain(PICTURES.map(str::to_owned)).filter(|page| area(page)).collect();
        let missed: Vec<_> = pages.difference(&self.seen).collect();
        assert!(missed.is_empty(), "no link leads to {missed:?}: name an address of each in this test");
    }
}

/// The findings of axe-core, and a page that is wider than the window. Colours alone are looked at in the dark. The timeline is left out: the
/// tables and forms beside it do all its work.
async fn faults(browser: &Chromium, is_dark: bool) -> Vec<String> {
    let script = "const done = arguments[0], { scrollWidth, clientWidth } = document.documentElement; \
                  const wide = scrollWidth > clientWidth ? [`${scrollWidth} pixels in a window of ${clientWidth}`] : []; \
                  axe.run({ exclude: ['#timeline'] }, { resultTypes: ['violations'], preload: false, runOnly: RULES }).then(found => done(wide.concat( \
                  found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' ')}`))))";
    let rules = if is_dark { "['color-contrast']" } else { "undefined" };
    let found = browser.run_until_done(&script.replace("RULES", rules)).await;
    serde_json::from_value(found).expect("the script returns texts")
}

fn is_in(area: &str, address: &str) -> bool {
    address.strip_prefix(area).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

#[test]
fn pages_of_visitors_and_customers_are_accessible_and_fit_on_a_small_phone() {
    block_on(async {
        let area = |address: &str| !AREAS.iter().any(|area| is_in(area, address));
        let mut tour = Tour::begin().await;
        tour.sign_in("aisha@brightline.example").await;
        let walked = tour.walk(area, &["/bookings", "/"]).await;
        // Buttons lead from the page of a slot to these pages.
        let slot = walked.iter().find_map(|address| address.strip_prefix("/book?")).expect("a slot is free");
        for page in ["/waitlist/new?", "/booking-groups/new?", "/series/new?frequency=weekly&interval=1&count=3&"] {
            tour.open(&format!("{page}{slot}")).await;
        }
        tour.browser.open("/").await.press("Sign out").await;
        tour.walk(area, &["/", "/catalogue?q=zeppelin", "/catalogue?near=Atlantis", "/bookings/x"]).await;

        let host = "maya@northquay.example";
        let one = |table: &str| tour.server.select(&format!("SELECT max(id) AS value FROM {table}")).remove(0);
        let (booking, invoice, kind) = (one("bookings"), one("invoices"), one("certification_kinds"));
        let terms = json!({ "kind": "house_rules", "name": "House rules", "text": "Wear glasses." });
        let organization = tour.organization(host);
        let terms = tour.client(host).await.post(&format!("/organizations/{organization}/terms"), terms).await.expect(201).id();
        let mut addresses = vec![format!("/terms/{terms}"), "/trainings".to_owned(), tour.training(host).await];
        for path in ["/verify-email", "/verify-contact", "/confirm-email", "/reset-password", "/accept-invitation"] {
            addresses.push(format!("{path}?token=x"));
        }
        // The demonstration has no series, group, training or payment by card: their pages say so.
        let (series, group) = (format!("/series/{booking}"), format!("/booking-groups/{booking}"));
        let (training, payment) = (format!("/trainings/{booking}"), format!("/card-payments/{booking}"));
        let (booking, invoice) = (format!("/bookings/{booking}"), format!("/invoices/{invoice}"));
        let kind = format!("/certification-kinds/{kind}");
        for path in [&booking, &series, &group, &training, &payment, &invoice, &kind, "/me", "/me/certifications"] {
            let token =
                link_key(&tour.server.config).sign(&tour.account(host).email, path.trim_start_matches('/'), tour.server.now());
            addresses.push(format!("{path}?token={token}"));
        }
        for address in addresses {
            tour.open(&address).await;
        }
        tour.end(area);
    });
}

#[test]
fn pages_of_hosts_and_accounts_are_accessible_and_fit_on_a_small_phone() {
    block_on(async {
        let area = |address: &str| AREAS[..3].iter().any(|area| is_in(area, address));
        let mut tour = Tour::begin().await;
        let host = "maya@northquay.example";
        let organization = tour.organization(host);
        let (client, path) = (tour.client(host).await, format!("/organizations/{organization}"));
        let webhook = json!({ "url": "https://receiver.invalid/", "is_enabled": false });
        let webhook = client.post(&format!("{path}/webhooks"), webhook).await.expect(201).id();
        client.post(&format!("/webhooks/{webhook}/test"), json!({})).await.expect(201);
        client.post(&format!("{path}/invitations"), json!({ "email": "ada@example.org", "role": "booker" })).await.expect(201);
        tour.training(host).await;
        tour.sign_in(host).await;
        // Secrets are on no page but the response of a form.
        let password = tour.account(host).password.clone();
        tour.browser.open("/account/second-factor").await.fill("Current password", &password).await.press("Set up").await;
        tour.look("second factor").await;
        tour.browser.open(&format!("{path}/api-keys")).await.fill("The program that uses it", "Door").await;
        tour.browser.tick("resources:read").await.press("Make a key").await.says("Your API key").await;
        tour.look("new key").await;
        let booking = format!("SELECT max(id) AS value FROM bookings WHERE host_organization_id = '{organization}'");
        let booking = format!("/manage/bookings/{}", tour.server.select(&booking).remove(0));
        let block =
            "SELECT max(blocks.id) AS value FROM blocks JOIN resources ON resources.id = resource_id WHERE organization_id";
        let block = tour.server.select(&format!("{block} = '{organization}'")).remove(0);
        let resource = tour.server.select(&format!("SELECT resource_id AS value FROM blocks WHERE id = '{block}'")).remove(0);
        let block = format!("/manage/resources/{resource}/blocks/{block}");
        let begin = [&booking, &block, &format!("/manage/{organization}"), "/manage", "/account", "/organizations/new"];
        tour.walk(area, &begin).await;

        // Another host has sent invoices.
        let payee = "SELECT min(email) AS value FROM invoices JOIN members ON members.organization_id = invoices.organization_id \
                     JOIN users ON users.id = user_id WHERE role = 'owner'";
        let payee = tour.server.select(payee).remove(0);
        tour.browser.open("/").await.press("Sign out").await;
        tour.sign_in(&payee).await;
        tour.walk(|address| is_in("/manage/invoices", address), &[&format!("/manage/{}/invoices", tour.organization(&payee))])
            .await;
        tour.end(area);
    });
}

#[test]
fn pages_of_operators_are_accessible_and_fit_on_a_small_phone() {
    block_on(async {
        let area = |address: &str| is_in("/admin", address);
        let mut tour = Tour::begin().await;
        let (operator, forgotten) = ("operator@sharefloor.example", json!({ "email": "aisha@brightline.example" }));
        tour.server.anonymous().post("/auth/forgot-password", forgotten).await.expect(202);
        tour.server.mails("aisha@brightline.example", 1).await;
        tour.sign_in(operator).await;
        tour.walk(area, &["/admin"]).await;
        tour.end(area);
    });
}
