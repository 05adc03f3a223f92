//! Who may do what. Every operation of the OpenAPI document is tried as a stranger, with a bad token, as a tenant of another
//! organization, with each role, and with an address that is not proved; first on a host that everybody sees, then on one that
//! keeps its resources private.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::problem::Code;
use environment::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use super::access_admin::Queues;
use super::access_calendars::{add_calendar_import, new_calendar_import};
use super::access_keys::Keys;
use super::access_money::{add_webhook, book_group, connect_account, give_credit, import, new_package, new_payment, new_webhook};
use super::access_pictures::add_picture;
use super::access_rules::{FOR_EVERYBODY, HIDDEN, MAY, OF_OPERATORS, RULES};
use super::access_slots::{new_training, slot, slot_when_closed};
use super::audit_tree::signed_entry;
use super::operations::{LOGO, Operation, operations};
use crate::support::client::{Answer, Client};
use crate::support::people::{PASSWORD, User};
use crate::support::queries;
use crate::support::server::{Server, on_both_databases};
use crate::support::stripe::{Account, with_connect};

/// The people of all tries.
pub(super) struct People {
    pub(super) stranger: Client,
    impostor: Client,
    pub(super) outsider: User,
    booker: User,
    manager: User,
    pub(super) owner: User,
    colleague: User,
    pub(super) customer: User,
    /// Books for the customer.
    buyer: User,
    /// Runs the installation.
    pub(super) operator: User,
    newcomer: User,
}

impl People {
    pub(super) async fn register(server: &Server) -> Self {
        People {
            stranger: server.anonymous(),
            impostor: server.anonymous().with_token("eyJhbGciOiJub25lIn0.e30."),
            outsider: server.user("Olga").await,
            booker: server.user("Bob").await,
            manager: server.user("Mary").await,
            owner: server.user("Owen").await,
            colleague: server.user("Cleo").await,
            customer: server.user("Carl").await,
            buyer: server.user("Bea").await,
            operator: server.operator("Root").await,
            newcomer: server.user("Nina").await,
        }
    }
}

/// What one operation is tried on.
pub(super) struct Place<'a> {
    pub(super) people: &'a People,
    /// For operations about the own account, which may end it.
    pub(super) somebody: User,
    session: String,
    /// A calendar feed of somebody, for the operations with it.
    feed: String,
    pub(super) organization: String,
    site: String,
    resource: String,
    other: String,
    block: String,
    terms: String,
    pub(super) customer: String,
    booking: String,
    proposal: String,
    booking_group: String,
    certification_kind: String,
    certification: String,
    training: String,
    seat: String,
    series: String,
    waitlist_entry: String,
    invitation: String,
    payment: String,
    coupon: String,
    api_key: String,
    /// A package and prepaid credit of it, for the operations with them.
    prepaid: (String, String),
    invoice: String,
    payout: String,
    /// A webhook and a delivery to it, for the operations with them.
    webhook: (String, String),
    calendar_import: String,
    /// A picture and its file, for the operations with them.
    picture: (String, String),
    /// A bank statement and its line, for the operations with them.
    bank: (String, String),
    queues: Queues,
    audit_entry: String,
}

impl Place<'_> {
    pub(super) async fn make<'a>(server: &Server, people: &'a People, operation: &str, number: usize) -> Place<'a> {
        let People { owner, customer, .. } = people;
        let somebody = server.user(&format!("Somebody{number}")).await;
        let session = somebody.get("/me/sessions").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let feed = match operation {
            "delete_calendar_feed" => {
                somebody.post("/me/calendar-feeds", json!({})).await.expect(201)["calendar_feed"]["id"].clone()
            }
            _ => json!("019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"),
        };
        let organization = owner.found("Rotor Works").await;
        for (member, role) in [(&people.booker, "booker"), (&people.manager, "manager"), (&people.colleague, "booker")] {
            server.add_member(&organization, member, role);
        }
        if operation == "get_logo" {
            let logo = |request: reqwest::RequestBuilder| request.header("content-type", "image/png").body(LOGO);
            owner.send(Method::POST, &format!("/organizations/{organization}/logo"), logo).await.expect(200);
        }
        let site = owner.open_site(&organization, json!({})).await;
        let rules = json!({ "capacity": { "quantity": 3, "unit": "unit" }, "booking_rules": { "requires_approval": true } });
        let resource = owner.list_resource(&site, rules).await;
        let other = owner.list_resource(&site, json!({ "name": "Room", "is_private": true })).await;
        let link = json!({ "other_id": other, "kind": "excludes" });
        owner.post(&format!("/resources/{resource}/links"), link).await.expect(201);
        let block = owner.post(&format!("/resources/{resource}/blocks"), slot(json!({}))).await.expect(201).id();
        // It is for bookings of nothing, so it stands in the way of none.
        let terms = json!({ "kind": "general", "name": "Terms", "applies_to": [], "text": "Be kind." });
        let terms = owner.post(&format!("/organizations/{organization}/terms"), terms).await.expect(201).id();
        let customer_organization = customer.found("Newcomer").await;
        server.add_member(&customer_organization, &people.buyer, "booker");
        let wish = slot(json!({ "organization_id": customer_organization, "resource_id": resource }));
        let booking = customer.post("/bookings", wish).await.expect(201).id();
        let held = "status = 'held', hold_reason = 'customer', hold_awaits = 'customer'";
        let begun = format!("starts_at = {now}, claim_starts_at = {now}", now = server.sql_now());
        let state = match operation {
            "waive_booking_fee" => {
                let fee = format!(
                    "INSERT INTO booking_fees (booking_id, kind, amount, currency) VALUES ('{booking}', 'no_show', 1, 'GBP')"
                );
                server.execute(&fee);
                "status = 'no_show', lapses_at = NULL".to_owned()
            }
            "return_booking_deposit" => {
                server.execute(&format!("INSERT INTO booking_charges (booking_id, deposit) VALUES ('{booking}', 1)"));
                "status = 'no_show', lapses_at = NULL".to_owned()
            }
            "confirm_booking" => held.to_owned(),
            "check_in_booking" | "no_show_booking" => format!("status = 'confirmed', lapses_at = NULL, {begun}"),
            "pay_booking" | "pay_booking_group" => {
                server.execute(&format!("UPDATE organizations SET ways_to_pay = '[\"card\"]' WHERE id = '{organization}'"));
                "status = 'confirmed', lapses_at = NULL".to_owned()
            }
            "check_out_booking" => format!("status = 'in_use', lapses_at = NULL, {begun}"),
            _ => "status = 'requested'".to_owned(),
        };
        server.execute(&format!("UPDATE bookings SET {state} WHERE id = '{booking}'"));
        let proposer = if operation == "withdraw_proposal" { owner } else { customer };
        let later = json!({ "starts_at": "2026-12-01T11:00:00Z" });
        let proposal = match operation.ends_with("_proposal") {
            true => proposer.post(&format!("/bookings/{booking}/proposals"), later).await.expect(201).id(),
            false => "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11".to_owned(),
        };
        let paid = new_payment(&customer_organization);
        let key = json!({ "name": "Door display", "scopes": ["bookings:read"] });
        let key = owner.post(&format!("/organizations/{organization}/api-keys"), key).await.expect(201);
        let api_key = key["api_key"]["id"].as_str().unwrap().to_owned();
        let coupon = json!({ "code": "SPRING", "name": "Spring", "percent": 20 });
        let coupon = owner.post(&format!("/organizations/{organization}/coupons"), coupon).await.expect(201).id();
        let payment = owner.post(&format!("/organizations/{organization}/payments"), paid).await.expect(201).id();
        let invoice = server.add_invoice((&organization, &customer_organization, &owner.id), &booking);
        let prepaid = give_credit(owner, &organization, &customer_organization, operation).await;
        let webhook = add_webhook(owner, &organization, operation).await;
        let calendar_import = add_calendar_import(owner, &resource, operation).await;
        let picture = add_picture(owner, &resource, operation).await;
        let bank = import(owner, &organization, operation).await;
        let payout = connect_account(server, &organization, &owner.id, operation, number);
        let kinds = format!("/organizations/{organization}/certification-kinds");
        let certification_kind = owner.post(&kinds, json!({ "name": "Lathe" })).await.expect(201).id();
        let holder = json!({ "user_id": people.colleague.id });
        let certification = owner.post(&format!("/certification-kinds/{certification_kind}/certifications"), holder).await;
        let certification = certification.expect(201).id();
        let trainings = format!("/organizations/{organization}/trainings");
        let training = owner.post(&trainings, new_training(&certification_kind, &site)).await.expect(201).id();
        // As if it was earned there: of others nobody is given so many within an hour.
        server.execute(&format!("UPDATE certifications SET training_id = '{training}' WHERE id = '{certification}'"));
        let seat = people.colleague.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201).id();
        let wish = json!({
            "organization_id": customer_organization, "resource_id": resource, "rule": "FREQ=DAILY;COUNT=2",
            "starts_at": "2026-12-01T12:00:00Z", "ends_at": "2026-12-01T13:00:00Z",
        });
        let booking_group = book_group(server, customer, (&customer_organization, &resource), operation).await;
        let series = customer.post("/series", wish).await.expect(201).id();
        let left_out = json!([{ "date": "2026-12-03", "starts_at": "2026-12-03T12:00:00Z", "ends_at": "2026-12-03T13:00:00Z", "is_bookable": false, "violations": [], "conflicts": [] }]);
        server.execute(&format!("UPDATE series SET skipped = '{left_out}' WHERE id = '{series}'"));
        if operation == "confirm_series" {
            server.execute(&format!("UPDATE bookings SET {held} WHERE series_id = '{series}'"));
        }
        let mut closed = slot_when_closed(json!({}));
        closed["quantity"] = 3.into();
        owner.post(&format!("/resources/{resource}/blocks"), closed).await.expect(201);
        let full = slot_when_closed(json!({ "organization_id": customer_organization, "resource_id": resource }));
        if operation == "put_resource_back_in_order" {
            owner.post(&format!("/resources/{resource}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        }
        let (number, email) = (format!("{number:012}"), &somebody.email);
        let invitation = server.add_invitation(&organization, (&certification_kind, email, &owner.id), &number);
        let waitlist_entry = customer.post("/waitlist", full).await.expect(201).id();
        let queues = Queues::fill(server, operation, (&organization, &somebody));
        if ["close_organization", "move_resource"].contains(&operation) {
            server.execute("UPDATE bookings SET status = 'cancelled', lapses_at = NULL");
            server.execute("UPDATE trainings SET status = 'cancelled'");
        }
        Place {
            audit_entry: signed_entry(server, &organization, operation).await,
            people,
            somebody,
            session,
            feed: feed.as_str().unwrap().to_owned(),
            organization,
            site,
            resource,
            other,
            block,
            terms,
            customer: customer_organization,
            booking,
            proposal,
            booking_group,
            certification_kind,
            certification,
            training,
            seat,
            series,
            waitlist_entry,
            invitation,
            payment,
            coupon,
            api_key,
            prepaid,
            invoice,
            payout,
            webhook,
            calendar_import,
            picture,
            bank,
            queues,
        }
    }

    pub(super) fn path(&self, operation: &Operation) -> String {
        let mut before = "";
        let mut path = Vec::new();
        // Of a document in another format, such as `{id}.pdf`.
        let extension = operation.path.rsplit_once('}').map_or("", |(_, rest)| if rest.starts_with('.') { rest } else { "" });
        for part in operation.path.trim_end_matches(extension).split('/') {
            path.push(match (before, part) {
                (_, "{block}") => &self.block,
                (_, "{entry}") => &self.audit_entry,
                (_, "{key}") => &self.api_key,
                (_, "{other}") => &self.other,
                (_, "{proposal}") => &self.proposal,
                (_, "{picture}") => &self.picture.0,
                (_, "{sha256}") => &self.picture.1,
                (_, "{member}") => &self.people.colleague.id,
                ("organizations", "{id}") => &self.organization,
                ("sites", "{id}") => &self.site,
                ("resources", "{id}") => &self.resource,
                ("bookings", "{id}") => &self.booking,
                ("payments", "{id}") => &self.payment,
                ("coupons", "{id}") => &self.coupon,
                ("packages", "{id}") => &self.prepaid.0,
                ("prepaid", "{id}") => &self.prepaid.1,
                ("invoices", "{id}") => &self.invoice,
                ("payouts", "{id}") => &self.payout,
                ("webhooks", "{id}") => &self.webhook.0,
                ("webhook-deliveries", "{id}") => &self.webhook.1,
                ("calendar-imports", "{id}") => &self.calendar_import,
                ("bank-statements", "{id}") => &self.bank.0,
                ("bank-statement-lines", "{id}") => &self.bank.1,
                ("booking-groups", "{id}") => &self.booking_group,
                ("series", "{id}") => &self.series,
                ("sessions", "{id}") => &self.session,
                ("calendar-feeds", "{id}") => &self.feed,
                ("identities", "{id}") => &self.queues.identity,
                ("terms", "{id}") => &self.terms,
                ("versions", "{number}") => "1",
                ("certification-kinds", "{id}") => &self.certification_kind,
                ("certifications", "{id}") => &self.certification,
                ("trainings", "{id}") => &self.training,
                ("waitlist", "{id}") => &self.waitlist_entry,
                ("users", "{id}") => &self.somebody.id,
                ("facts", "{id}") => &self.queues.fact,
                ("mails", "{id}") => &self.queues.mail,
                (_, "{seat}") => &self.seat,
                (_, "{invitation}") | ("invitations", "{id}") => &self.invitation,
                (_, part) if part.starts_with('{') => panic!("what is {part} in {}?", operation.path),
                (_, part) => part,
            });
            before = part;
        }
        let query = match operation.id.as_str() {
            "get_availability" => "?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z",
            "list_figures" | "list_figures_csv" | "get_statement" => "?from=2026-12-01&to=2027-01-01",
            "list_slots" => "?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z&duration_minutes=60",
            "search_available" | "search_available_geojson" => "?starts_at=2026-12-01T10:00:00Z&ends_at=2026-12-01T11:00:00Z",
            _ => "",
        };
        path.join("/") + extension + query
    }

    pub(super) fn body(&self, operation: &str) -> Value {
        match operation {
            "accept_terms" => json!({ "organization_id": self.customer, "version": 1 }),
            "create_invitation" => json!({ "email": self.people.newcomer.email, "role": "booker" }),
            "request_email_change" => {
                json!({ "email": format!("new-{}", self.somebody.email), "current_password": PASSWORD })
            }
            "add_terms_version" => json!({ "text": "Be kinder." }),
            "delete_me" | "begin_second_factor" => json!({ "current_password": PASSWORD }),
            "confirm_second_factor" => json!({ "code": self.queues.code }),
            "remove_second_factor" | "renew_recovery_codes" => {
                json!({ "current_password": PASSWORD, "code": self.queues.code })
            }
            "change_password" => json!({ "current_password": PASSWORD, "new_password": "a better horse battery" }),
            "move_resource" => json!({ "site_id": self.site }),
            "create_api_key" => json!({ "name": "Front end", "scopes": ["bookings:read"] }),
            "create_calendar_import" | "update_calendar_import" => new_calendar_import(),
            "create_webhook" => new_webhook(),
            "update_webhook" => json!({ "event_types": ["booking.cancel"] }),
            "create_block" => slot(json!({})),
            "join_waitlist" => {
                let mut wish = slot_when_closed(json!({ "organization_id": self.customer, "resource_id": self.resource }));
                wish["quantity"] = 2.into();
                wish
            }
            "create_booking" => slot(json!({ "organization_id": self.customer, "resource_id": self.resource })),
            "create_booking_group" | "preview_booking_group" => {
                json!({ "organization_id": self.customer, "bookings": [slot(json!({ "resource_id": self.resource }))] })
            }
            "create_certification_kind" => json!({ "name": "Saw" }),
            "create_payment" => new_payment(&self.customer),
            "create_coupon" => json!({ "code": "AUTUMN", "name": "Autumn", "percent": 20 }),
            "create_package" => new_package(),
            "buy_package" => json!({ "organization_id": self.customer }),
            "sell_package" => json!({ "customer_organization_id": self.customer, "is_free": true }),
            "confirm_bank_statement_line" => json!({ "customer_organization_id": self.customer }),
            "create_invoice" => json!({ "customer_organization_id": self.customer }),
            "create_organization" => json!({ "kind": "firm", "name": "Gear Works" }),
            "create_resource" => {
                json!({ "kind": "machine", "name": "Saw", "tariff": { "currency": "GBP", "rate": 100, "per": "hour" } })
            }
            "create_resource_link" => json!({ "other_id": self.other, "kind": "excludes" }),
            "create_series" | "preview_series" => {
                slot(json!({ "organization_id": self.customer, "resource_id": self.resource, "rule": "FREQ=DAILY;COUNT=2" }))
            }
            "create_site" => json!({
                "name": "Annex", "latitude": 51.5, "longitude": -0.1, "timezone": "Europe/London",
                "address": { "line1": "2 Foundry Lane", "city": "London", "postal_code": "E1 1AA", "country": "GB" },
            }),
            "create_terms" => json!({ "kind": "safety", "name": "Safety", "applies_to": [], "text": "Wear goggles." }),
            "create_training" => new_training(&self.certification_kind, &self.site),
            "hand_over_organization" => json!({ "user_id": self.people.colleague.id }),
            "grant_certification" => json!({ "email": self.people.newcomer.email }),
            "logout" => json!({}),
            "propose_slot" | "reschedule_booking" => json!({ "ends_at": "2026-12-01T11:30:00Z" }),
            "quote_resource" => slot(json!({})),
            "record_attendance" => json!({ "attended": [self.people.colleague.id] }),
            "update_certification_kind"
            | "update_me"
            | "update_organization"
            | "update_resource"
            | "update_site"
            | "update_terms"
            | "update_training" => {
                json!({ "name": "Another name" })
            }
            "reschedule_series" => json!({ "start_time": "15:00" }),
            "take_resource_out_of_order" => json!({ "reason": "Broken" }),
            "update_billing" => json!({ "country": "GB" }),
            "update_card_account" => json!({ "commission_rate": 250 }),
            "suspend_organization" | "suspend_user" => json!({ "reason": "Unpaid invoices" }),
            "update_picture" => json!({ "description": "The lathe" }),
            "update_block" => json!({ "reason": "New belt" }),
            "update_member" => json!({ "role": "manager" }),
            _ => Value::Null,
        }
    }

    /// Somebody who may do it, with the lowest role that will do.
    pub(super) fn entitled(&self, operation: &Operation, managers: &str) -> &User {
        match operation.id.as_str() {
            "accept_terms"
            | "add_series_occurrences"
            | "buy_package"
            | "create_booking"
            | "create_booking_group"
            | "preview_booking_group"
            | "create_series"
            | "join_waitlist"
            | "leave_waitlist"
            | "pay_booking"
            | "pay_booking_group"
            | "preview_series" => &self.people.customer,
            "logout" => &self.somebody,
            "update_card_account" => &self.people.operator,
            _ if operation.is_for_operators() => &self.people.operator,
            _ if operation.path.starts_with("/me") => &self.somebody,
            _ if managers == MAY => &self.people.manager,
            _ => &self.people.owner,
        }
    }
}

/// Fails unless the answer is the problem, or none.
#[track_caller]
pub(super) fn check(answer: Answer, expected: &str) {
    match Code::ALL.iter().find(|code| code.as_str() == expected) {
        Some(code) => drop(answer.refused(code.status(), expected)),
        None => assert!(answer.status < 300, "{answer:?}"),
    }
}

/// Tries an operation as each of those who may not do everything. What somebody may do is done for them only where it changes
/// nothing, so that the next finds what the last has found.
async fn try_operation(operation: &Operation, place: &Place<'_>, expected: [&str; 4]) {
    let People { stranger, outsider, booker, manager, operator, .. } = place.people;
    // Operators administer everything, and book for nobody.
    let [.., of_manager] = expected;
    assert!(!operation.is_for_operators() || expected == OF_OPERATORS, "{}", operation.id);
    let entitled = &place.entitled(operation, of_manager).id;
    let is_administrators = [&place.people.owner.id, &operator.id].contains(&entitled);
    let expected = expected.into_iter().chain([if is_administrators { MAY } else { of_manager }]);
    for (caller, expected) in [stranger, outsider, booker, manager, operator].into_iter().zip(expected) {
        if expected != MAY || operation.method == Method::GET {
            check(operation.try_as(caller, place).await, expected);
        }
    }
}

#[test]
fn every_operation_has_a_rule() {
    let is_open = |operation: &Operation| operation.description["security"] == json!([]);
    let (open, closed): (Vec<_>, Vec<_>) = operations().into_iter().partition(is_open);
    let without_rule = |operations: Vec<Operation>, rules: &[&str]| -> Vec<String> {
        let ids: BTreeSet<_> = operations.into_iter().map(|operation| operation.id).collect();
        ids.symmetric_difference(&rules.iter().map(ToString::to_string).collect()).cloned().collect()
    };
    assert_eq!(without_rule(open, FOR_EVERYBODY), [""; 0], "take no token, against the rules or as only they say");
    let rules: Vec<_> = RULES.iter().map(|(id, _)| *id).collect();
    assert_eq!(without_rule(closed, &rules), [""; 0], "have no rule, or are rules for nothing");
    for operation in operations() {
        let may_ask = RULES.iter().any(|(id, [stranger, ..])| *id == operation.id && *stranger == MAY);
        let ways = operation.description["security"].as_array().unwrap();
        assert!(!may_ask || ways.starts_with(&[json!({}), json!({ "bearer": [] })]), "{}", operation.id);
    }
}

fn with_connect_and_noted_queries(config: &mut Config) {
    with_connect(config);
    queries::noted(config);
}

on_both_databases! {
    /// Nor does an operation, or a job after all of them, read a whole table on SQLite.
    async fn nobody_does_what_they_may_not(server, super::with_connect_and_noted_queries) {
        // The clock of its Stripe is that of the server.
        Account::of(server);
        let people = People::register(server).await;
        let elsewhere = people.outsider.found("Elsewhere").await;
        for (number, operation) in operations().into_iter().enumerate() {
            let Some((_, expected)) = RULES.iter().find(|(id, _)| *id == operation.id) else { continue };
            let place = Place::make(server, &people, &operation.id, number).await;
            check(operation.try_as(&people.impostor, &place).await, "invalid_token");
            try_operation(&operation, &place, *expected).await;
            let keys = Keys::add(server, &operation, &place, &elsewhere, number);
            keys.try_without_right(&operation, &place, expected[1]).await;

            let resource = format!("/resources/{}", place.resource);
            people.owner.patch(&resource, json!({ "is_private": true })).await.expect(200);
            let [stranger, _, booker, manager] = *expected;
            let strangers_answer = if stranger == MAY { HIDDEN } else { stranger };
            let hidden = if operation.has_target() { [strangers_answer, HIDDEN, booker, manager] } else { *expected };
            try_operation(&operation, &place, hidden).await;
            keys.try_elsewhere(&operation, &place, hidden[1]).await;
            // A caller who signs out is signed out.
            for caller in [&people.stranger, &people.outsider].into_iter().filter(|_| operation.id != "logout") {
                let answer = operation.try_as(caller, &place).await;
                assert!(!answer.text.contains(&place.resource), "what is private is shown: {answer:?}");
            }
            people.owner.patch(&resource, json!({ "is_private": false })).await.expect(200);

            let entitled = place.entitled(&operation, manager);
            if operation.has(Code::EmailNotVerified) {
                let prove = |at: &str| format!("UPDATE users SET email_verified_at = {at} WHERE id = '{}'", entitled.id);
                server.execute(&prove("NULL"));
                check(operation.try_as(entitled, &place).await, "email_not_verified");
                server.execute(&prove("created_at"));
            }
            if operation.id == "leave_waitlist" {
                // Nobody waits for what is private to others.
                server.execute("UPDATE waitlist_entries SET status = 'waiting'");
            }
            if operation.id == "record_attendance" {
                server.execute("UPDATE trainings SET starts_at = created_at");
            }
            check(operation.try_as(entitled, &place).await, MAY);
            if !operation.scopes().is_empty() {
                let place = match operation.method == Method::GET {
                    true => place,
                    false => Place::make(server, &people, &operation.id, 3000 + number).await,
                };
                if operation.id == "record_attendance" {
                    server.execute("UPDATE trainings SET starts_at = created_at");
                }
                let is_customer = place.entitled(&operation, manager).id == people.customer.id;
                check(Keys::try_exact(server, &operation, &place, is_customer, number).await, MAY);
            }
            if operation.is_about_bookings() {
                let place = Place::make(server, &people, &operation.id, 1000 + number).await;
                check(operation.try_as(&people.buyer, &place).await, operation.answers_buyer());
                let place = Place::make(server, &people, &operation.id, 2000 + number).await;
                check(operation.try_as(&people.operator, &place).await, manager);
            }
        }
        for days in [1, 30] {
            server.advance(TimeDelta::days(days));
            server.run_jobs().await;
        }
        queries::assert_none_reads_all(server);
    }
}
