//! VAT: the billing data that decide about it, and prices with it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

/// A Tuesday.
const TEN: &str = "2026-12-01T10:00:00Z";
const NOON: &str = "2026-12-01T12:00:00Z";

fn path_of(organization: &str) -> String {
    format!("/organizations/{organization}/billing")
}

/// Sets billing data of an organization.
async fn bill(owner: &User, organization: &str, billing: Value) -> Answer {
    owner.patch(&path_of(organization), billing).await.expect(200)
}

/// A host in Germany that charges VAT, and a customer without billing data. An hour costs 10.00.
async fn taxed_market(server: &Server, vat: Value) -> Market {
    let market = server.market(json!({ "tariff": { "currency": "EUR", "rate": 1000, "per": "hour" } })).await;
    bill(&market.host, &market.host_organization, json!({ "country": "DE", "vat_number": "DE129273398", "vat": vat })).await;
    market
}

fn standard() -> Value {
    json!({ "prices_include_vat": false, "rate": 1900 })
}

fn money(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

fn tax(category: &str, rate: i64, net: i64, tax: i64) -> Value {
    json!({ "category": category, "rate": rate, "net": money(net), "tax": money(tax), "exemption_reason": "" })
}

fn slot(customer: Option<&str>) -> Value {
    json!({ "starts_at": TEN, "ends_at": NOON, "customer_organization_id": customer })
}

/// The total and taxes of the slot from ten to twelve in a quote, in the list of slots and in a search, which are the same.
async fn seen(user: &Client, resource: &str, customer: Option<&str>) -> (i64, Value) {
    let quote = user.post(&format!("/resources/{resource}/quote"), slot(customer)).await.expect(200);
    let of = customer.map(|customer| format!("&customer_organization_id={customer}")).unwrap_or_default();
    let slots = format!("/resources/{resource}/slots?from={TEN}&to={NOON}&duration_minutes=120{of}");
    let slots = user.get(&slots).await.expect(200);
    let found = user.get(&format!("/search/available?starts_at={TEN}&ends_at={NOON}{of}")).await.expect(200);
    for priced in [&slots.items()[0], &found.items()[0]] {
        assert_eq!((&priced["price"], &priced["taxes"]), (&quote["total"], &quote["taxes"]));
    }
    let sum = quote["lines"].as_array().unwrap().iter().map(|line| line["amount"]["amount"].as_i64().unwrap()).sum::<i64>();
    assert_eq!(quote["total"]["amount"], sum);
    (sum, quote["taxes"].clone())
}

async fn move_to(user: &Client, booking: &str, to: Value) -> Answer {
    user.post(&format!("/bookings/{booking}/reschedule"), to).await.expect(200)
}

on_both_databases! {
    async fn billing_data_are_normalised_and_kept(server) {
        let ada = server.user("Ada").await;
        let path = path_of(&ada.found("Rotor Works").await);
        let empty = ada.get(&path).await.expect(200);
        for name in ["country", "vat_number", "billing_address", "billing_email", "vat"] {
            assert_eq!(empty[name], json!(null), "{name}");
        }
        let address = json!({ "legal_name": " Rotor Works SA ", "street": "Rue 4", "postal_code": "1000", "city": "Brussels" });
        let given = json!({
            "country": "BE", "vat_number": "be 0411.905.847", "billing_address": address,
            "billing_email": "Invoices@Rotor.example", "vat": { "rate": 2100 },
        });
        let set = ada.patch(&path, given).await.expect(200);
        assert_eq!((&set["vat_number"], &set["billing_email"]), (&json!("BE0411905847"), &json!("invoices@rotor.example")));
        assert_eq!(set["billing_address"]["legal_name"], "Rotor Works SA");
        assert_eq!(set["vat"], json!({ "prices_include_vat": false, "rate": 2100, "exemption_reason": "" }));
        assert_eq!(ada.get(&path).await.expect(200).body, set.body);
        let less = ada.patch(&path, json!({ "vat": { "prices_include_vat": true }, "billing_email": null })).await.expect(200);
        let vat = json!({ "prices_include_vat": true, "rate": 2100, "exemption_reason": "" });
        assert_eq!((&less["vat"], &less["billing_email"], &less["country"]), (&vat, &json!(null), &json!("BE")));
        let stale = ada.with("if-match", set.header("etag"));
        stale.patch(&path, json!({ "vat": null })).await.refused(412, "precondition_failed");
        let fresh = ada.with("if-match", less.header("etag"));
        assert_eq!(fresh.patch(&path, json!({ "vat": null })).await.expect(200)["vat"], json!(null));
    }

    async fn everything_wrong_with_billing_data_is_said_at_once(server) {
        let ada = server.user("Ada").await;
        let path = path_of(&ada.found("Rotor Works").await);
        let wrong = json!({
            "country": "DE", "vat_number": "ATU63040123", "billing_email": "nobody", "vat": { "rate": 5001 },
            "billing_address": { "legal_name": "", "street": "Street", "city": "Berlin" },
        });
        ada.patch(&path, wrong).await.refused_fields(&[
            ("/vat_number", "invalid"),
            ("/billing_address/legal_name", "required"),
            ("/billing_email", "invalid"),
            ("/vat/rate", "out_of_range"),
        ]);
        ada.patch(&path, json!({ "vat_number": "DE129273398" })).await.refused_fields(&[("/country", "required")]);
        let both = json!({ "country": "DE", "vat": { "rate": 1900, "exemption_reason": "Small business" } });
        ada.patch(&path, both).await.refused_fields(&[("/vat/rate", "invalid")]);
        let northern_ireland = json!({ "country": "GB", "vat_number": "XI980780684" });
        ada.patch(&path, northern_ireland).await.refused_fields(&[("/vat_number", "invalid")]);
        // A number must stay one of the country.
        ada.patch(&path, json!({ "country": "AT", "vat_number": "ATU63040123" })).await.expect(200);
        ada.patch(&path, json!({ "country": "DE" })).await.refused_fields(&[("/vat_number", "invalid")]);
    }

    async fn only_members_see_billing_data_and_only_owners_edit_them(server) {
        let market = taxed_market(server, standard()).await;
        bill(&market.customer, &market.customer_organization, json!({ "country": "DE", "vat_number": "DE811569869" })).await;
        market.book(TEN, NOON).await.expect(201);
        let (own, of_customer) = (path_of(&market.host_organization), path_of(&market.customer_organization));
        for (name, role) in [("Bob", "booker"), ("Mary", "manager")] {
            let member = server.user(name).await;
            server.add_member(&market.host_organization, &member, role);
            assert_eq!(member.get(&own).await.expect(200)["vat_number"], "DE129273398");
            member.patch(&own, json!({ "vat": null })).await.refused(403, "forbidden");
        }
        // The host lists something, so it is seen; the customer is not. A booking shows neither side the data of the other.
        market.customer.get(&own).await.refused(403, "forbidden");
        market.customer.patch(&own, json!({ "vat": null })).await.refused(403, "forbidden");
        market.host.get(&of_customer).await.refused(404, "not_found");
        market.host.patch(&of_customer, json!({ "country": "FR" })).await.refused(404, "not_found");
        server.anonymous().get(&own).await.refused(401, "not_signed_in");
        for path in ["/bookings".to_owned(), format!("/organizations/{}", market.host_organization), "/resources".to_owned()] {
            for (user, secret) in [(&market.customer, "DE129273398"), (&market.host, "DE811569869")] {
                assert!(!user.get(&path).await.expect(200).text.contains(secret), "{path}");
            }
        }
    }

    async fn prices_of_a_host_without_vat_name_no_taxes(server) {
        let market = server.market(json!({})).await;
        bill(&market.host, &market.host_organization, json!({ "country": "DE", "vat_number": "DE129273398" })).await;
        let resource = format!("/resources/{}", market.resource);
        market.host.patch(&resource, json!({ "tariff": { "vat_rate": 700 } })).await.expect(200);
        assert_eq!(seen(&market.customer, &market.resource, Some(&market.customer_organization)).await, (2400, json!([])));
        let booked = market.book(TEN, NOON).await.expect(201);
        assert_eq!((&booked["price"]["amount"], booked["price_lines"].as_array().unwrap().len()), (&json!(2400), 1));
        assert!(!booked.text.contains("vat_rate"), "{}", booked.text);
        assert_eq!(booked["taxes"], json!([]));
        assert_eq!(server.select("SELECT booking_id AS value FROM booking_charges"), [""; 0]);
    }

    async fn vat_is_added_where_prices_are_without_it(server) {
        let market = taxed_market(server, standard()).await;
        let taxes = json!([tax("standard", 1900, 2000, 380)]);
        for customer in [None, Some(&*market.customer_organization)] {
            assert_eq!(seen(&market.customer, &market.resource, customer).await, (2380, taxes.clone()));
        }
        let booked = market.book(TEN, NOON).await.expect(201);
        assert_eq!((&booked["price"], &booked["taxes"]), (&money(2380), &taxes));
        assert_eq!(booked["price_lines"], json!([
            { "description": "1 × 2 h at 10.00 EUR per hour", "amount": money(2000), "rule": "rate", "name": null, "vat_rate": 1900,
              "numbers": { "quantity": 1, "minutes": 120, "unit_price": money(1000), "per": "hour" } },
            { "description": "VAT 19 %", "amount": money(380), "rule": "vat", "name": null, "vat_rate": 1900 },
        ]));
        let path = format!("/bookings/{}", booked.id());
        for user in [&market.customer, &market.host] {
            assert_eq!(user.get(&path).await.expect(200)["taxes"], taxes);
        }
        assert_eq!(market.customer.get("/bookings").await.expect(200).items()[0]["taxes"], taxes);
    }

    async fn prices_that_include_vat_show_it_and_stay_the_same(server) {
        let market = taxed_market(server, json!({ "prices_include_vat": true, "rate": 2000 })).await;
        let taxes = json!([tax("standard", 2000, 1667, 333)]);
        assert_eq!(seen(&server.anonymous(), &market.resource, None).await, (2000, taxes.clone()));
        let booked = market.book(TEN, NOON).await.expect(201);
        assert_eq!((&booked["price"], &booked["taxes"]), (&money(2000), &taxes));
        assert_eq!(booked["price_lines"].as_array().unwrap().len(), 1);
    }

    async fn a_tariff_can_have_a_reduced_rate(server) {
        let market = taxed_market(server, standard()).await;
        let resource = format!("/resources/{}", market.resource);
        market.host.patch(&resource, json!({ "tariff": { "vat_rate": 5001 } })).await.refused_fields(&[("/tariff/vat_rate", "out_of_range")]);
        market.host.patch(&resource, json!({ "tariff": { "vat_rate": 700 } })).await.expect(200);
        assert_eq!(seen(&market.customer, &market.resource, None).await, (2140, json!([tax("standard", 700, 2000, 140)])));
        market.host.patch(&resource, json!({ "tariff": { "vat_rate": 0 } })).await.expect(200);
        assert_eq!(seen(&market.customer, &market.resource, None).await, (2000, json!([tax("zero", 0, 2000, 0)])));
        market.host.patch(&resource, json!({ "tariff": { "vat_rate": null } })).await.expect(200);
        assert_eq!(seen(&market.customer, &market.resource, None).await.0, 2380);
    }

    async fn a_customer_of_another_member_state_accounts_for_the_vat(server) {
        let market = taxed_market(server, standard()).await;
        let customer = &market.customer_organization;
        for (country, number, expected) in [
            ("DE", json!("DE811569869"), (2380, json!([tax("standard", 1900, 2000, 380)]))),
            ("AT", json!(null), (2380, json!([tax("standard", 1900, 2000, 380)]))),
            ("GB", json!("GB980780684"), (2380, json!([tax("standard", 1900, 2000, 380)]))),
            ("AT", json!("ATU63040123"), (2000, json!([tax("reverse_charge", 0, 2000, 0)]))),
        ] {
            bill(&market.customer, customer, json!({ "country": country, "vat_number": number })).await;
            assert_eq!(seen(&market.customer, &market.resource, Some(customer)).await, expected, "{country} {number}");
        }
        // Others do not see from the prices that a customer has such a number.
        assert_eq!(seen(&market.customer, &market.resource, None).await.0, 2380);
        assert_eq!(market.book(TEN, NOON).await.expect(201)["price"], money(2000));
        // The VAT that prices include is taken off.
        bill(&market.host, &market.host_organization, json!({ "vat": { "prices_include_vat": true } })).await;
        let two = market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        assert_eq!((&two["price"], &two["taxes"]), (&money(1681), &json!([tax("reverse_charge", 0, 1681, 0)])));
        assert_eq!(two["price_lines"][1]["amount"], money(-319));
        // A host without a VAT number of the Union cannot leave it to the customer.
        bill(&market.host, &market.host_organization, json!({ "vat_number": null })).await;
        assert_eq!(market.book("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z").await.expect(201)["price"], money(2000));
    }

    async fn an_exempt_host_names_its_reason(server) {
        let market = taxed_market(server, json!({ "rate": 0, "exemption_reason": "Small business, § 19 UStG" })).await;
        bill(&market.customer, &market.customer_organization, json!({ "country": "AT", "vat_number": "ATU63040123" })).await;
        let mut exempt = tax("exempt", 0, 2000, 0);
        exempt["exemption_reason"] = json!("Small business, § 19 UStG");
        let seen = seen(&market.customer, &market.resource, Some(&market.customer_organization)).await;
        assert_eq!(seen, (2000, json!([exempt])));
        assert_eq!(market.book(TEN, NOON).await.expect(201)["taxes"], json!([exempt]));
    }

    async fn a_booking_keeps_the_vat_that_it_was_made_with(server) {
        let market = taxed_market(server, standard()).await;
        let booked = market.book(TEN, NOON).await.expect(201).id();
        // The host includes another rate from now on, and the customer would account for it.
        let vat = json!({ "prices_include_vat": true, "rate": 2500 });
        bill(&market.host, &market.host_organization, json!({ "vat": vat })).await;
        bill(&market.customer, &market.customer_organization, json!({ "country": "AT", "vat_number": "ATU63040123" })).await;
        let longer = move_to(&market.customer, &booked, json!({ "ends_at": "2026-12-01T13:00:00Z" })).await;
        assert_eq!((&longer["price"], &longer["taxes"]), (&money(3570), &json!([tax("standard", 1900, 3000, 570)])));
        // On another resource its tariff counts, with the rate that it names, and still the terms of the booking.
        let cheaper = json!({ "name": "Saw", "tariff": { "currency": "EUR", "rate": 500, "per": "hour", "vat_rate": 700 } });
        let saw = market.host.list_resource(&market.site, cheaper).await;
        let moved = move_to(&market.customer, &booked, json!({ "resource_id": saw })).await;
        assert_eq!((&moved["price"], &moved["taxes"]), (&money(1605), &json!([tax("standard", 700, 1500, 105)])));
        let new = market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        assert_eq!((&new["price"], &new["taxes"][0]["category"]), (&money(1600), &json!("reverse_charge")));
    }

    async fn a_booking_that_was_made_without_vat_stays_without(server) {
        let market = server.market(json!({ "tariff": { "currency": "EUR", "rate": 1000, "per": "hour" } })).await;
        let booked = market.book(TEN, NOON).await.expect(201).id();
        bill(&market.host, &market.host_organization, json!({ "country": "DE", "vat": standard() })).await;
        let longer = move_to(&market.customer, &booked, json!({ "ends_at": "2026-12-01T13:00:00Z" })).await;
        assert_eq!((&longer["price"], &longer["taxes"]), (&money(3000), &json!([])));
        // And the other way round.
        let taxed = market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201).id();
        bill(&market.host, &market.host_organization, json!({ "vat": null })).await;
        let longer = move_to(&market.customer, &taxed, json!({ "ends_at": "2026-12-02T13:00:00Z" })).await;
        assert_eq!((&longer["price"], &longer["taxes"][0]["tax"]), (&money(3570), &money(570)));
    }

    async fn a_quote_keeps_its_vat_until_it_is_booked_and_afterwards(server) {
        let market = taxed_market(server, standard()).await;
        let quote_path = format!("/resources/{}/quote", market.resource);
        let quote = market.customer.post(&quote_path, slot(Some(&market.customer_organization))).await.expect(200);
        bill(&market.host, &market.host_organization, json!({ "vat": { "rate": 2500 } })).await;
        let mut wish = market.wish(TEN, NOON);
        wish["quote_id"] = quote["id"].clone();
        let booked = market.customer.post("/bookings", wish).await.expect(201);
        let of_booking = (&booked["price"], &booked["price_lines"], &booked["taxes"]);
        assert_eq!(of_booking, (&quote["total"], &quote["lines"], &quote["taxes"]));
        let longer = move_to(&market.customer, &booked.id(), json!({ "ends_at": "2026-12-01T13:00:00Z" })).await;
        assert_eq!(longer["taxes"], json!([tax("standard", 1900, 3000, 570)]));
    }

    async fn a_move_by_the_host_raises_neither_price_nor_vat(server) {
        let market = taxed_market(server, standard()).await;
        let booked = market.book(TEN, NOON).await.expect(201);
        let moved = move_to(&market.host, &booked.id(), json!({ "ends_at": "2026-12-01T14:00:00Z" })).await;
        assert_eq!((&moved["price"], &moved["taxes"]), (&booked["price"], &booked["taxes"]));
        let lines = moved["price_lines"].as_array().unwrap().iter().map(|line| (&line["rule"], line["amount"]["amount"].as_i64().unwrap()));
        let expected = [("rate", 4000), ("agreed_price", -2000), ("vat", 380)];
        assert_eq!(lines.map(|(rule, amount)| (rule.as_str().unwrap(), amount)).collect::<Vec<_>>(), expected);
        let seen = market.customer.get(&format!("/bookings/{}", booked.id())).await.expect(200);
        assert_eq!((&seen["price_lines"], &seen["taxes"]), (&moved["price_lines"], &booked["taxes"]));
        let shorter = move_to(&market.host, &booked.id(), json!({ "ends_at": "2026-12-01T11:00:00Z" })).await;
        assert_eq!((&shorter["price"], &shorter["taxes"]), (&money(1190), &json!([tax("standard", 1900, 1000, 190)])));
    }

    async fn groups_series_and_proposals_have_vat_too(server) {
        let market = taxed_market(server, standard()).await;
        let member = json!({ "resource_id": market.resource, "starts_at": TEN, "ends_at": NOON });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        assert_eq!((&group["price"], &group["bookings"][0]["taxes"][0]["tax"]), (&money(2380), &money(380)));
        let mut series = market.wish("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z");
        series["rule"] = json!("FREQ=DAILY;COUNT=2");
        let preview = market.customer.post("/series/preview", series.clone()).await.expect(200);
        assert_eq!((&preview["total"], &preview["occurrences"][1]["price"]), (&money(4760), &money(2380)));
        let series = market.customer.post("/series", series).await.expect(201);
        assert_eq!(series["price"], money(4760));
        bill(&market.host, &market.host_organization, json!({ "vat": null })).await;
        let later = json!({ "duration_minutes": 180 });
        let moved = market.customer.post(&format!("/series/{}/reschedule", series.id()), later).await.expect(200);
        assert_eq!((&moved["price"], &moved["bookings"][1]["taxes"][0]["tax"]), (&money(7140), &money(570)));
        let booking = group["bookings"][0]["id"].as_str().unwrap();
        let proposals = format!("/bookings/{booking}/proposals");
        let proposal = market.host.post(&proposals, json!({ "ends_at": "2026-12-01T13:00:00Z" })).await.expect(201);
        assert_eq!(proposal["price"], money(3570));
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&format!("{proposals}/{}/accept", proposal.id()), json!({})).await.expect(200);
        let seen = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!((&seen["price"], &seen["taxes"]), (&money(3570), &json!([tax("standard", 1900, 3000, 570)])));
    }
}
