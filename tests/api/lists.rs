//! Lists other than that of bookings: their orders on every page, and the same as CSV.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::certifications::School;
use crate::support::client::Client;
use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};

/// A text that a spreadsheet would compute.
const FORMULA: &str = "=1+1";

const BY_CREATION: [&str; 2] = ["created_at", "-created_at"];
const BY_START: [&str; 2] = ["starts_at", "-starts_at"];

/// A list, as the owner of the host reads it.
struct List {
    path: String,
    /// The field that identifies an item.
    key: &'static str,
    /// The field with the instant by which the items are ordered.
    instant: &'static str,
    orders: [&'static str; 2],
    default: &'static str,
    /// The name of the file.
    file: &'static str,
}

impl List {
    fn new(path: String, instant: &'static str, file: &'static str) -> Self {
        let orders = if instant == "starts_at" { BY_START } else { BY_CREATION };
        Self { path, key: "id", instant, orders, default: orders[0], file }
    }

    fn key(&self, item: &Value) -> String {
        item[self.key].as_str().unwrap_or_else(|| panic!("{}: {item}", self.path)).to_owned()
    }

    /// The keys of all items, from pages of one item each.
    async fn on_pages(&self, reader: &Client, query: &str) -> Vec<String> {
        let mut keys = Vec::new();
        let mut path = format!("{}?{query}&limit=1", self.path);
        loop {
            let page = reader.get(&path).await.expect(200);
            keys.extend(page.items().iter().map(|item| self.key(item)));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{}?{query}&limit=1&cursor={cursor}", self.path);
        }
        keys
    }
}

/// A host with at least four items in each list, the first of which are as old as each other and start when each other starts. A text
/// of each item is a formula.
struct House {
    school: School,
    guests: Vec<User>,
    lists: Vec<List>,
}

async fn rename(user: &User) {
    user.patch("/me", json!({ "name": FORMULA })).await.expect(200);
}

impl House {
    async fn furnish(server: &Server) -> Self {
        let school = School::open(server, json!({ "name": FORMULA })).await;
        let (host, customer) = (&school.host, &school.customer);
        rename(host).await;
        rename(customer).await;
        let named = |fields: Value| {
            let mut fields = fields;
            fields["name"] = json!(FORMULA);
            fields
        };
        let of_host = |noun: &str| format!("/organizations/{}/{noun}", school.host_organization);
        let machine = named(json!({ "capacity": { "quantity": 9, "unit": "unit" } }));
        let machine = host.list_resource(&school.site, machine).await;
        let terms = json!({ "kind": "general", "name": "Terms", "applies_to": [], "text": "Be kind." });
        let terms = host.post(&of_host("terms"), terms).await.expect(201).id();
        let all_day = json!({ "starts_at": "2026-12-05T00:00:00Z", "ends_at": "2026-12-06T00:00:00Z" });
        host.post(&format!("/resources/{}/blocks", school.resource), all_day).await.expect(201);
        let mut guests = Vec::new();
        for name in ["Ada", "Bob", "Cleo", "Dan"] {
            guests.push(server.user(name).await);
        }
        let mut training = String::new();
        for (number, guest) in guests.iter().enumerate() {
            if number == 2 {
                server.advance(TimeDelta::seconds(1));
            }
            rename(guest).await;
            server.add_member(&school.host_organization, guest, "booker");
            school.grant(guest).await.expect(201);
            let invited = json!({ "email": format!("guest{number}@example.org") });
            host.post(&format!("/certification-kinds/{}/certifications", school.kind), invited).await.expect(202);
            let day = 10 + number / 2;
            let slot = json!({ "starts_at": format!("2026-12-{day}T10:00:00Z"), "ends_at": format!("2026-12-{day}T11:00:00Z") });
            let mut evening = named(slot.clone());
            evening["certification_kind_id"] = json!(school.kind);
            evening["site_id"] = json!(school.site);
            evening["seats"] = json!(9);
            let id = host.post(&of_host("trainings"), evening).await.expect(201).id();
            if training.is_empty() {
                training = id;
            }
            guest.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201);
            let mut block = slot;
            block["quantity"] = json!(1);
            block["reason"] = json!(FORMULA);
            host.post(&format!("/resources/{machine}/blocks"), block).await.expect(201);
            host.list_resource(&school.site, named(json!({ "status": "draft" }))).await;
            let own = guest.found(FORMULA).await;
            let accepted = json!({ "organization_id": own, "version": 1 });
            guest.post(&format!("/terms/{terms}/accept"), accepted).await.expect(200);
            let hours = (10 + number, 11 + number);
            let wish = |day: u8, resource: &str| {
                json!({
                    "resource_id": resource, "note": FORMULA,
                    "starts_at": format!("2026-12-{day:02}T{}:00:00Z", hours.0), "ends_at": format!("2026-12-{day:02}T{}:00:00Z", hours.1),
                })
            };
            let group =
                json!({ "organization_id": school.customer_organization, "note": FORMULA, "bookings": [wish(1, &machine)] });
            customer.post("/booking-groups", group).await.expect(201);
            let mut series = wish(2, &machine);
            series["organization_id"] = json!(school.customer_organization);
            series["rule"] = json!("FREQ=DAILY;COUNT=2");
            customer.post("/series", series).await.expect(201);
            let mut entry = wish(5, &school.resource);
            entry["organization_id"] = json!(school.customer_organization);
            entry.as_object_mut().unwrap().remove("note");
            customer.post("/waitlist", entry).await.expect(201);
        }
        host.patch(&format!("/resources/{}", school.resource), json!({ "name": FORMULA })).await.expect(200);
        let lists = vec![
            List { key: "user_id", ..List::new(of_host("members"), "created_at", "members") },
            List { default: "-created_at", ..List::new(of_host("audit"), "at", "audit") },
            List::new(of_host("invitations"), "created_at", "invitations"),
            List::new(of_host("resources"), "created_at", "resources"),
            List::new(of_host("terms-acceptances"), "accepted_at", "terms-acceptances"),
            List::new(of_host("trainings"), "starts_at", "trainings"),
            List::new(format!("/trainings/{training}/seats"), "created_at", "training-seats"),
            List::new(format!("/certification-kinds/{}/certifications", school.kind), "granted_at", "certifications"),
            List::new(format!("/resources/{machine}/blocks"), "starts_at", "blocks"),
            List::new("/booking-groups".to_owned(), "created_at", "booking-groups"),
            List::new("/series".to_owned(), "created_at", "series"),
            List::new("/waitlist".to_owned(), "created_at", "waitlist"),
        ];
        Self { school, guests, lists }
    }
}

on_both_databases! {
    async fn each_list_has_the_order_that_was_asked_for_on_every_page(server) {
        let house = House::furnish(server).await;
        let host = &house.school.host;
        for list in &house.lists {
            let path = &list.path;
            let whole = host.get(&format!("{path}?order={}&limit=200", list.orders[0])).await.expect(200);
            let instants: Vec<_> = whole.items().iter().map(|item| item[list.instant].as_str().unwrap().to_owned()).collect();
            assert!(instants.is_sorted() && instants.first() != instants.last(), "{path}: {instants:?}");
            assert!(instants.windows(2).any(|pair| pair[0] == pair[1]), "{path}: {instants:?}");
            let forwards: Vec<_> = whole.items().iter().map(|item| list.key(item)).collect();
            let backwards: Vec<_> = forwards.iter().rev().cloned().collect();
            for (order, expected) in list.orders.into_iter().zip([&forwards, &backwards]) {
                assert_eq!(&list.on_pages(host, &format!("order={order}")).await, expected, "{path}?order={order}");
                if order == list.default {
                    assert_eq!(&list.on_pages(host, "").await, expected, "{path}");
                }
            }
            host.get(&format!("{path}?order=name")).await.refused_fields(&[("order", "invalid")]);
            host.get(&format!("{path}?order=created_at,starts_at")).await.refused_fields(&[("order", "invalid")]);
        }
    }

    async fn a_cursor_of_another_list_is_refused_where_it_cannot_be_read(server) {
        let house = House::furnish(server).await;
        let cursor = house.school.host.get("/series?limit=1").await.expect(200).text("next_cursor");
        for list in house.lists.iter().filter(|list| list.instant == "starts_at" || list.key == "user_id") {
            house.school.host.get(&format!("{}?cursor={cursor}", list.path)).await.refused_fields(&[("cursor", "invalid")]);
        }
    }

    async fn each_list_is_a_spreadsheet_too_in_which_no_text_is_a_formula(server) {
        let house = House::furnish(server).await;
        let host = &house.school.host;
        for list in &house.lists {
            let path = &list.path;
            let query = format!("order={}&limit=3", list.orders[1]);
            let page = host.get(&format!("{path}?{query}")).await.expect(200);
            assert!(page.header("content-type").starts_with("application/json") && page.header("vary").contains("accept"), "{page:?}");
            let csv = host.get(&format!("{path}.csv?{query}")).await.expect(200);
            assert!(csv.header("content-type").starts_with("text/csv"), "{csv:?}");
            assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"{}.csv\"", list.file), "{path}");
            let cursor = page.text("next_cursor");
            assert!(csv.header("link").contains(&format!("{path}.csv?{query}&cursor={cursor}>")), "{csv:?}");
            let lines: Vec<_> = csv.text.split("\r\n").collect();
            let [names, rows @ .., ""] = &lines[..] else { panic!("{csv:?}") };
            assert_eq!(rows.len(), page.items().len(), "{csv:?}");
            for (row, item) in rows.iter().zip(page.items()) {
                let instant = item[list.instant].as_str().unwrap();
                assert!(row.contains(instant), "{path}: {instant} is not in {row}");
                if names.split(',').any(|name| name == list.key) {
                    assert!(row.contains(&list.key(item)), "{path}: {item} is not {row}");
                }
                assert!(row.contains(&format!("'{FORMULA}")), "{path}: {row}");
                assert!(!format!(",{row}").contains(&format!(",{FORMULA}")), "{path}: {row}");
            }
            let same = host.with("accept", "text/csv").get(&format!("{path}?{query}")).await.expect(200);
            assert_eq!(same.text, csv.text, "{path}");
            host.get(&format!("{path}.csv?order=name")).await.refused_fields(&[("order", "invalid")]);
        }
    }

    async fn no_spreadsheet_shows_others_more_than_the_list_does(server) {
        let house = House::furnish(server).await;
        let outsider = server.user("Olga").await;
        outsider.found("Elsewhere").await;
        let booker = &house.guests[0];
        for list in &house.lists {
            for reader in [&outsider, booker] {
                let page = reader.get(&list.path).await;
                let csv = reader.get(&format!("{}.csv", list.path)).await;
                assert_eq!(page.status, csv.status, "{}: {}", list.path, reader.email);
                if page.status == 200 {
                    assert_eq!(csv.text.matches("\r\n").count(), page.items().len() + 1, "{}", list.path);
                }
            }
            let is_open = list.path.ends_with("/trainings");
            let seen = outsider.get(&list.path).await;
            assert!(is_open || seen.status == 403 || seen.items().is_empty(), "{seen:?}");
        }
    }
}
