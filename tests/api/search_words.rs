//! The words by which a search finds resources.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::server::{Server, on_both_databases};

/// The names of the resources that a search for words finds, in order.
async fn found(server: &Server, q: &str) -> Vec<String> {
    let path = format!("/resources?q={}", utf8_percent_encode(q, NON_ALPHANUMERIC));
    names(server.anonymous().get(&path).await.expect(200).items())
}

fn names(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Names with letters that have no decomposition, and how people type them.
const LETTERS: [(&str, &str); 8] = [
    ("Straße", "strasse"),
    ("Łódź", "lodz"),
    ("Ørsted", "orsted"),
    ("Œuvre", "oeuvre"),
    ("Æsir", "aesir"),
    ("Kırıkkale", "kirikkale"),
    ("Đorđe", "dorde"),
    ("Þing", "thing"),
];

on_both_databases! {
    async fn letters_without_a_decomposition_are_found_by_those_that_people_type_and_the_other_way_round(server) {
        let market = server.market(json!({ "name": "Other" })).await;
        for (letters, plain) in LETTERS {
            let spelt = market.host.list_resource(&market.site, json!({ "name": letters })).await;
            let typed = market.host.list_resource(&market.site, json!({ "name": plain })).await;
            for query in [letters.to_owned(), plain.to_owned(), letters.to_uppercase(), plain.to_uppercase()] {
                let mut found = found(server, &query).await;
                found.sort();
                let mut expected = [letters, plain];
                expected.sort_unstable();
                assert_eq!(found, expected, "{query}");
            }
            for id in [spelt, typed] {
                market.host.patch(&format!("/resources/{id}"), json!({ "status": "draft" })).await.expect(200);
            }
        }
    }

    async fn a_city_is_found_by_the_letters_that_people_type(server) {
        let market = server.market(json!({ "name": "Other" })).await;
        let place = json!({ "line1": "1 Piotrkowska", "city": "Łódź", "country": "PL" });
        let site = market.host.open_site(&market.host_organization, json!({ "address": place })).await;
        market.host.list_resource(&site, json!({ "name": "Loom" })).await;
        for city in ["lodz", "%C5%81%C3%B3d%C5%BA", "LODZ"] {
            let list = server.anonymous().get(&format!("/resources?city={city}")).await.expect(200);
            assert_eq!(names(list.items()), ["Loom"], "{city}");
        }
    }

    async fn texts_that_another_version_has_folded_are_folded_anew_when_a_server_starts(server) {
        let market = server.market(json!({ "name": "Fräse 1" })).await;
        let place = json!({ "line1": "1 Ringstraße", "city": "Görlitz", "country": "DE" });
        let site = market.host.open_site(&market.host_organization, json!({ "name": "Weißensee", "address": place })).await;
        // More than are folded in one transaction.
        for number in 2..=130 {
            market.host.list_resource(&site, json!({ "name": format!("Fräse {number}") })).await;
        }
        let before = server.select("SELECT search_text AS value FROM resources ORDER BY id");
        let version = server.select("SELECT DISTINCT CAST(search_version AS TEXT) AS value FROM resources");
        server.execute("UPDATE resources SET search_text = 'stale', search_version = search_version - 1 WHERE name <> 'Fräse 7'");
        server.execute("UPDATE resources SET search_text = 'kept' WHERE name = 'Fräse 7'");
        server.execute("UPDATE sites SET folded_city = 'stale', search_version = 0");
        assert_eq!(found(server, "frase").await, [""; 0]);

        let _another = server.another();
        let after = server.select("SELECT search_text AS value FROM resources ORDER BY id");
        let differs: Vec<_> = after.iter().zip(&before).filter(|(after, before)| after != before).map(|(after, _)| after).collect();
        assert_eq!(differs, ["kept"]);
        assert_eq!(server.select("SELECT DISTINCT CAST(search_version AS TEXT) AS value FROM resources"), version);
        assert_eq!(found(server, "weissensee 130").await, ["Fräse 130"]);
        let list = server.anonymous().get("/resources?city=gorlitz&limit=200").await.expect(200);
        assert_eq!(list.items().len(), 129);
    }
}
