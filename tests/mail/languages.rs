//! Mails in the languages of their readers.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;
use environment::config::Config;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

const fn with_early_digests(config: &mut Config) {
    config.mail.digest_above_per_hour = 3;
}

on_both_databases! {
    async fn each_reader_gets_mails_in_the_language_of_the_reader(server) {
        let market = server.market(json!({})).await;
        market.host.patch("/me", json!({ "language": "de" })).await.expect(200);
        market.customer.patch("/me", json!({ "language": "nl" })).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
        let host = server.mails(&market.host.email, 1).await.remove(0);
        assert_eq!(host.subject, "Gebucht: Lathe, Di., 1. Dez. 2026, 10:00-11:00");
        assert!(host.text.starts_with("Guten Tag Hannah,\n\nNewcomer hat Lathe gebucht."), "{}", host.text);
        assert!(host.text.contains("Preis: 12,00\u{a0}GBP\n"), "{}", host.text);
        assert!(host.calendar.replace("\n ", "").contains("Kunde: Newcomer"), "{}", host.calendar);
        let customer = server.mails(&market.customer.email, 1).await.remove(0);
        assert_eq!(customer.subject, "Bevestigd: Lathe, di 1 dec 2026, 10:00-11:00");
        assert!(customer.text.contains("Prijs: GBP\u{a0}12,00\n"), "{}", customer.text);
    }

    async fn an_address_of_an_organization_gets_mails_in_the_language_of_its_first_owner(server) {
        let market = server.market(json!({})).await;
        let later = server.user("Cleo").await;
        server.advance(TimeDelta::minutes(1));
        server.add_member(&market.host_organization, &later, "owner");
        later.patch("/me", json!({ "language": "de" })).await.expect(200);
        market.host.patch("/me", json!({ "language": "fr" })).await.expect(200);
        let host = format!("/organizations/{}", market.host_organization);
        market.host.patch(&host, json!({ "contact_email": "desk@example.net" })).await.expect(200);
        let asked = server.mails("desk@example.net", 1).await.remove(0);
        assert_eq!(asked.subject, "Confirmez que cette adresse reçoit les e-mails sur les réservations");
        let token = server.take_token("desk@example.net", "verify-contact").await;
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.expect(204);
        market.book(TEN, ELEVEN).await.expect(201);
        let booked = server.mails("desk@example.net", 1).await.remove(0);
        assert_eq!(booked.subject, "Réservation\u{a0}: Lathe, mar. 1er déc. 2026, 10:00-11:00");
    }

    async fn an_address_without_an_account_gets_mails_in_the_language_of_the_user_who_named_it(server) {
        let ada = server.user("Ada").await;
        ada.patch("/me", json!({ "language": "nl" })).await.expect(200);
        let invitations = format!("/organizations/{}/invitations", ada.found("Rotor Works").await);
        ada.post(&invitations, json!({ "email": "new@example.net", "role": "booker" })).await.expect(201);
        assert_eq!(server.mails("new@example.net", 1).await[0].subject, "Uitnodiging voor een organisatie");
    }

    async fn a_digest_is_in_the_language_that_its_reader_chose_last(server, super::with_early_digests) {
        let market = server.market(json!({})).await;
        for _ in 0..3 {
            server.advance(TimeDelta::seconds(1));
            let booking = market.book(TEN, ELEVEN).await.expect(201).id();
            market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        }
        server.mails(&market.host.email, 2).await;
        server.advance(TimeDelta::seconds(1));
        market.host.patch("/me", json!({ "language": "de" })).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
        server.tell_all().await;
        server.advance(TimeDelta::minutes(16));
        let digest = server.mails(&market.host.email, 3).await.remove(2);
        assert_eq!(digest.subject, "5 Änderungen Ihrer Buchungen");
        assert_eq!(digest.text.matches("Storniert: Lathe, Di., 1. Dez. 2026").count(), 2, "{}", digest.text);
    }
}
