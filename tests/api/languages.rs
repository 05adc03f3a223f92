//! Problems in the language of the client.

use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::server::on_both_databases;

const NINE: &str = "2026-12-01T09:00:00Z";
const TEN: &str = "2026-12-01T10:00:00Z";

fn details<'a>(answer: &'a Answer, list: &str) -> Vec<&'a str> {
    answer[list].as_array().unwrap().iter().map(|one| one["detail"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn wrong_fields_are_told_in_the_language_of_the_client(server) {
        let ada = server.user("Ada").await;
        let wrong = json!({ "kind": "club", "website": "ftp://x", "size": 1 });
        for (language, expected) in [
            ("de", ["muss eines von diesen sein: firm, startup, makerspace", "ist erforderlich", "ist kein bekanntes Feld"]),
            ("nl", ["moet een van deze zijn: firm, startup, makerspace", "is verplicht", "is geen bekend veld"]),
            ("fr", ["doit être l’une de ces valeurs : firm, startup, makerspace", "est obligatoire", "n’est pas un champ connu"]),
            ("en", ["must be one of: firm, startup, makerspace", "is required", "is not a known field"]),
        ] {
            let refused = ada.with("accept-language", language).post("/organizations", wrong.clone()).await.refused(422, "invalid_fields");
            let mut found = details(&refused, "errors");
            found.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!((found, refused.header("content-language")), (expected, language));
        }
        // What a library reads, and what only a length tells.
        let german = ada.with("accept-language", "de");
        let refused = german.post("/organizations", json!({ "kind": "firm", "name": "x".repeat(300) })).await.refused(422, "invalid_fields");
        assert_eq!(details(&refused, "errors"), ["darf höchstens 200 Zeichen haben; es sind 300"]);
        let refused = german.get("/bookings?resource_id=x").await.refused(422, "invalid_fields");
        assert_eq!(details(&refused, "errors"), ["muss eine Kennung sein"]);
        let refused = german.get("/bookings?starts_from=noon").await.refused(422, "invalid_fields");
        assert!(!details(&refused, "errors")[0].contains("must"), "{refused:?}");
    }

    async fn broken_rules_and_a_clash_are_told_in_the_language_of_the_client(server) {
        let market = server.market(json!({ "booking_rules": { "max_minutes": 120 } })).await;
        let wish = |starts_at: &str, ends_at: &str| market.wish(starts_at, ends_at);
        let long = wish("2026-12-01T09:05:00Z", "2026-12-01T12:00:00Z");
        let quote = format!("/resources/{}/quote", market.resource);
        let slot = json!({ "starts_at": "2026-12-01T09:05:00Z", "ends_at": "2026-12-01T12:00:00Z" });
        market.book(NINE, TEN).await.expect(201);
        for (language, rules, clash) in [
            (
                "de",
                [
                    "Der Beginn ist 09:05; Buchungen beginnen alle 15 min ab Mitternacht, etwa um 09:00 oder 09:15 (Europe/London)",
                    "Die Buchung dauert 175 min; sie darf höchstens 120 min dauern",
                ],
                "Die Menge ist nicht während des ganzen Zeitfensters mit seinen Puffern frei.",
            ),
            (
                "nl",
                [
                    "Het begin is 09:05; boekingen beginnen om de 15 min vanaf middernacht, zoals om 09:00 of 09:15 (Europe/London)",
                    "De boeking duurt 175 min; ze mag hoogstens 120 min duren",
                ],
                "De hoeveelheid is niet gedurende het hele tijdvak met zijn buffers vrij.",
            ),
            (
                "fr",
                [
                    "Le début est 09:05 ; les réservations commencent toutes les 15 min à partir de minuit, par exemple à 09:00 ou 09:15 (Europe/London)",
                    "La réservation dure 175 min ; elle doit durer 120 min au plus",
                ],
                "La quantité n’est pas libre pendant tout le créneau avec ses marges.",
            ),
            (
                "en",
                [
                    "the start is 09:05; bookings start at multiples of 15 min from midnight, such as 09:00 or 09:15 (Europe/London)",
                    "the booking lasts 175 min; it must last at most 120 min",
                ],
                "The quantity is not free during the whole slot with its buffers.",
            ),
        ] {
            let customer = market.customer.with("accept-language", language);
            let refused = customer.post("/bookings", long.clone()).await.refused(422, "booking_rules_violated");
            assert_eq!(details(&refused, "violations"), rules);
            // A response that refuses nothing, which is made in the transaction.
            assert_eq!(details(&customer.post(&quote, slot.clone()).await.expect(200), "violations"), rules);
            let taken = customer.post("/bookings", wish(NINE, TEN)).await.refused(409, "slot_unavailable");
            assert!(taken.text("detail").starts_with(clash), "{taken:?}");
            assert!(taken.text("detail").contains("`alternatives` ") && !taken["conflicts"].as_array().unwrap().is_empty(), "{taken:?}");
        }
    }

    async fn a_state_a_role_and_a_group_are_told_in_the_language_of_the_client(server) {
        let market = server.market(json!({})).await;
        let id = market.book(NINE, TEN).await.expect(201).id();
        let cancel = format!("/bookings/{id}/cancel");
        market.customer.post(&cancel, json!({})).await.expect(200);
        let path = format!("/resources/{}", market.resource);
        let slot = |starts_at: &str, ends_at: &str| json!({ "resource_id": market.resource, "starts_at": starts_at, "ends_at": ends_at });
        let group = json!({ "organization_id": market.wish(NINE, TEN)["organization_id"], "bookings": [slot(NINE, TEN), slot(NINE, TEN)] });
        for (language, state, role, taken) in [
            ("de", "Die Buchung ist schon storniert. Keine Aktion kann sie jetzt ändern.", "Das können nur Mitglieder der Organisation.", "Die Menge ist "),
            ("nl", "De boeking is al geannuleerd. Geen enkele actie kan haar nu nog wijzigen.", "Alleen leden van de organisatie kunnen dit doen.", "De hoeveelheid "),
            ("fr", "La réservation est déjà annulée. Aucune action ne peut la changer maintenant.", "Seuls les membres de l’organisation peuvent le faire.", "La quantité "),
            ("en", "The booking is already cancelled. No action can change it now.", "Only members of the organization can do this.", "The quantity "),
        ] {
            let customer = market.customer.with("accept-language", language);
            assert_eq!(customer.post(&cancel, json!({})).await.refused(409, "invalid_transition").text("detail"), state);
            assert_eq!(customer.patch(&path, json!({ "name": "Mine" })).await.refused(403, "forbidden").text("detail"), role);
            let refused = customer.post("/booking-groups", group.clone()).await.refused(409, "slot_unavailable");
            assert!(details(&refused, "bookings")[0].starts_with(taken), "{refused:?}");
        }
    }

    async fn what_was_stored_in_english_is_told_in_the_language_of_the_reader(server) {
        let market = server.market(json!({})).await;
        let id = market.book(NINE, TEN).await.expect(201).id();
        let other = json!({ "starts_at": "2026-12-01T11:05:00Z", "ends_at": "2026-12-01T12:00:00Z" });
        market.customer.post(&format!("/bookings/{id}/proposals"), other).await.expect(201);
        let path = format!("/bookings/{id}/proposals");
        let rule = async |language: &'static str| {
            let proposals = market.host.with("accept-language", language).get(&path).await.expect(200);
            proposals.items()[0]["violations"][0].clone()
        };
        let english = "the start is 11:05; bookings start at multiples of 15 min from midnight, such as 11:00 or 11:15 (Europe/London)";
        assert_eq!(rule("en").await, json!({ "code": "off_grid", "detail": english, "overridable": true }));
        let german = "Der Beginn ist 11:05; Buchungen beginnen alle 15 min ab Mitternacht, etwa um 11:00 oder 11:15 (Europe/London)";
        assert_eq!(rule("de").await["detail"], german);
        let shown: Value = market.host.with("accept-language", "fr").get(&path).await.expect(200).body;
        assert!(shown.to_string().contains("toutes les 15 min"), "{shown}");
    }

    async fn a_page_tells_what_is_wrong_in_the_language_of_its_reader(server) {
        let market = server.market(json!({ "booking_rules": { "max_minutes": 120 } })).await;
        market.book(NINE, TEN).await.expect(201);
        let address = |starts_at: &str, ends_at: &str| format!("/book?resource={}&starts_at={starts_at}&ends_at={ends_at}", market.resource);
        for (language, rule, field, clash) in [
            ("de", "sie darf höchstens 120 min dauern", "muss vor dem Ende liegen", "Die Menge ist nicht "),
            ("nl", "ze mag hoogstens 120 min duren", "moet vóór het einde liggen", "De hoeveelheid is niet "),
            ("fr", "elle doit durer 120 min au plus", "doit être avant la fin", "La quantité n’est pas libre "),
        ] {
            let mut browser = server.browser_of(&market.customer.email).await.speaking(language);
            browser.open(&address("2026-12-01T09:00", "2026-12-01T12:00")).await.expect(200).says(rule);
            browser.open(&address("2026-12-01T12:00", "2026-12-01T11:00")).await.expect(422).says(field);
            let form = browser.open(&address("2026-12-01T09:00", "2026-12-01T10:00")).await.expect(200).form("/book");
            browser.submit(&form).await.expect(409).says(clash);
        }
    }
}
