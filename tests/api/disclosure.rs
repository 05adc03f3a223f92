//! What a host tells about a place to everybody, and what to confirmed customers only.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// What nobody but a confirmed customer and the host's members may read anywhere.
const SECRETS: [&str; 6] = ["Foundry", "E1 1AA", "51.515", "0.092", "back door", "+44 20"];

/// A host that tells its place to confirmed customers only.
async fn discreet(server: &Server, resource: Value) -> Market {
    let market = server.market(resource).await;
    let discreet = json!({ "discloses_address": "confirmed", "access_notes": "By the back door", "contact": "+44 20 7946 0000" });
    market.host.patch(&format!("/sites/{}", market.site), discreet).await.expect(200);
    market
}

async fn site(market: &Market, caller: &Client) -> Answer {
    caller.get(&format!("/sites/{}", market.site)).await.expect(200)
}

#[track_caller]
fn tells_all(site: &Answer) {
    assert_eq!(
        site["address"],
        json!({ "line1": "1 Foundry Lane", "line2": "", "city": "London", "postal_code": "E1 1AA", "country": "GB" })
    );
    assert_eq!(
        (&site["latitude"], &site["longitude"], &site["is_approximate"]),
        (&json!(51.5155), &json!(-0.0922), &json!(false))
    );
    assert_eq!((&site["access_notes"], &site["contact"]), (&json!("By the back door"), &json!("+44 20 7946 0000")));
}

#[track_caller]
fn tells_the_city(site: &Answer) {
    assert_eq!(site["address"], json!({ "city": "London", "country": "GB" }));
    assert_eq!((&site["latitude"], &site["longitude"], &site["is_approximate"]), (&json!(51.52), &json!(-0.09), &json!(true)));
    keeps_the_secrets(site);
}

#[track_caller]
fn keeps_the_secrets(answer: &Answer) {
    for secret in SECRETS {
        assert!(!answer.text.contains(secret), "{secret} is told: {answer:?}");
    }
}

on_both_databases! {
    async fn the_parties_of_a_booking_see_how_to_reach_each_other_until_it_is_long_over(server) {
        let market = server.market(json!({})).await;
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = json!(true);
        let id = market.customer.post("/bookings", hold).await.expect(201).id();
        let path = format!("/bookings/{id}/contacts");
        let none = json!({ "host": null, "customer": null });
        // A hold that the host does not know of is no way to collect addresses.
        assert_eq!(market.customer.get(&path).await.expect(200).body, none);
        market.customer.post(&format!("/bookings/{id}/confirm"), json!({})).await.expect(200);
        let all = json!({
            "host": { "organization_name": "Rotor Works", "email": "hannah@example.org", "person": null },
            "customer": {
                "organization_name": "Newcomer", "email": "carl@example.org",
                "person": { "name": "Carl", "email": "carl@example.org" },
            },
        });
        for party in [&market.customer, &market.host] {
            assert_eq!(party.get(&path).await.expect(200).body, all);
        }
        let (stranger, booker) = (server.user("Olga").await, server.user("Ben").await);
        server.add_member(&market.host_organization, &booker, "booker");
        for other in [&stranger, &booker] {
            other.get(&path).await.refused(404, "not_found");
        }
        server.anonymous().get(&path).await.refused(401, "not_signed_in");

        // A user who has left the customer is no longer its contact, nor is an owner who has not proved the address.
        server.execute(&format!("UPDATE users SET email_verified_at = NULL WHERE id = '{}'", market.customer.id));
        let seen = market.host.get(&path).await.expect(200);
        assert_eq!(seen["customer"], json!({ "organization_name": "Newcomer", "email": null, "person": null }));

        server.advance(TimeDelta::days(30));
        assert!(market.host.get(&path).await.expect(200)["host"].is_object());
        server.advance(TimeDelta::days(2));
        assert_eq!(market.host.get(&path).await.expect(200).body, none);
    }

    async fn a_confirmed_customer_learns_the_address_until_the_booking_is_over(server) {
        let market = discreet(server, json!({})).await;
        tells_all(&site(&market, &market.host).await);
        let outside = site(&market, &market.customer).await;
        tells_the_city(&outside);
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        // Not even those who ask for what has changed since are told that nothing has.
        let inside = site(&market, &market.customer.with("if-none-match", outside.header("etag"))).await;
        tells_all(&inside);
        let sites = format!("/organizations/{}/sites", market.host_organization);
        assert_eq!(market.customer.get(&sites).await.expect(200).items(), [inside.body]);
        tells_the_city(&site(&market, &server.anonymous()).await);
        let olga = server.user("Olga").await;
        tells_the_city(&site(&market, &olga).await);

        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": true })).await.expect(200);
        tells_all(&site(&market, &market.customer).await);
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": false })).await.expect(200);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        tells_the_city(&site(&market, &market.customer).await);

        market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::days(12));
        tells_the_city(&site(&market, &market.customer).await);
    }

    async fn a_request_tells_the_address_only_when_it_is_approved_and_to_all_of_the_customer(server) {
        let market = discreet(server, json!({ "booking_rules": { "requires_approval": true } })).await;
        let colleague = server.user("Cleo").await;
        server.add_member(&market.customer_organization, &colleague, "booker");
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        tells_the_city(&site(&market, &market.customer).await);
        market.host.post(&format!("/bookings/{booking}/approve"), json!({})).await.expect(200);
        tells_all(&site(&market, &market.customer).await);
        tells_all(&site(&market, &colleague).await);
    }

    async fn a_seat_in_a_training_tells_the_address_until_the_training_is_over(server) {
        let market = discreet(server, json!({})).await;
        let organization = format!("/organizations/{}", market.host_organization);
        let kind = market.host.post(&format!("{organization}/certification-kinds"), json!({ "name": "Lathe" })).await.expect(201).id();
        let training = json!({
            "certification_kind_id": kind, "site_id": market.site, "name": "Lathe evening", "seats": 2,
            "starts_at": TEN, "ends_at": ELEVEN,
        });
        let training = market.host.post(&format!("{organization}/trainings"), training).await.expect(201).id();
        let seats = format!("/trainings/{training}/seats");
        let ada = server.user("Ada").await;
        tells_the_city(&site(&market, &ada).await);
        let seat = ada.post(&seats, json!({})).await.expect(201).id();
        tells_all(&site(&market, &ada).await);
        let mail = &server.mails(&ada.email, 1).await[0];
        for line in ["1 Foundry Lane", "Access: By the back door\n", "Contact: +44 20 7946 0000\n"] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        server.advance(TimeDelta::minutes(1));
        ada.post(&format!("{seats}/{seat}/cancel"), json!({})).await.expect(200);
        tells_the_city(&site(&market, &ada).await);
        let mail = &server.mails(&ada.email, 2).await[1];
        assert!(SECRETS.iter().all(|secret| !mail.text.contains(secret)), "{}", mail.text);
        ada.post(&seats, json!({})).await.expect(201);
        server.advance(TimeDelta::days(2));
        tells_the_city(&site(&market, &ada).await);
    }

    async fn access_notes_are_for_confirmed_customers_wherever_the_address_is_known(server) {
        let market = discreet(server, json!({})).await;
        market.host.patch(&format!("/sites/{}", market.site), json!({ "discloses_address": "everyone" })).await.expect(200);
        let seen = site(&market, &server.anonymous()).await;
        assert_eq!((&seen["address"]["line1"], &seen["latitude"], &seen["is_approximate"]), (&json!("1 Foundry Lane"), &json!(51.5155), &json!(false)));
        assert!(seen["access_notes"].is_null() && seen["contact"].is_null(), "{seen:?}");
        market.book(TEN, ELEVEN).await.expect(201);
        tells_all(&site(&market, &market.customer).await);
    }

    async fn nothing_public_gives_a_hidden_address_away(server) {
        let market = discreet(server, json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let stranger = server.anonymous();
        let resource = &market.resource;
        let slot = format!("starts_at={TEN}&ends_at={ELEVEN}");
        let paths = [
            format!("/resources/{resource}"),
            format!("/sites/{}/resources", market.site),
            format!("/organizations/{}/sites", market.host_organization),
            format!("/organizations/{}", market.host_organization),
            format!("/resources/{resource}/availability?from={TEN}&to={ELEVEN}"),
            "/resources".to_owned(),
            "/resources?near=51.5,-0.1&radius_km=20".to_owned(),
            format!("/search/available?near=51.5,-0.1&{slot}"),
        ];
        for path in &paths {
            keeps_the_secrets(&stranger.get(path).await.expect(200));
            keeps_the_secrets(&stranger.with("accept", "application/geo+json").get(path).await.expect(200));
        }
        assert!(stranger.get(&format!("/resources/{resource}")).await.expect(200)["place"]["is_approximate"] == true);
        // Words of the address find nothing, and a search around the door finds it where everybody may think that it is.
        for words in ["E1", "1AA", "Foundry"] {
            assert_eq!(stranger.get(&format!("/resources?q={words}")).await.expect(200).items(), [Value::Null; 0], "{words}");
        }
        assert_eq!(stranger.get("/resources?q=london").await.expect(200).items().len(), 1);
        let at_the_door = "/resources?near=51.5155,-0.0922&radius_km=0.4";
        assert_eq!(stranger.get(at_the_door).await.expect(200).items(), [Value::Null; 0]);
        let shown = stranger.get("/resources?near=51.52,-0.09").await.expect(200);
        assert_eq!(shown.items()[0]["distance_km"], 0.0);
    }

    async fn alternatives_count_their_distance_from_where_the_place_seems_to_be(server) {
        let market = discreet(server, json!({})).await;
        let open = market.host.open_site(&market.host_organization, json!({ "latitude": 51.52, "longitude": -0.09 })).await;
        let like = market.host.list_resource(&open, json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let refused = market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let alternatives = refused["alternatives"].as_array().unwrap();
        let elsewhere = alternatives.iter().find(|other| other["resource_id"] == json!(like)).unwrap();
        assert_eq!(elsewhere["distance_km"], 0.0, "{refused:?}");
    }
}
