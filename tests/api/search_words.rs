//! The words by which a search finds resources.

use chrono::TimeDelta;
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

/// More machines beside the laser cutter: names and categories.
const MACHINES: [(&str, &str); 14] = [
    ("CNC machine", "mill"),
    ("Wood shelves", "storage"),
    ("Battery tester", "lab"),
    ("Zaagtafel met zagen", "hout"),
    ("Werkbank", "atelier"),
    ("Kantoor", "ruimte"),
    ("Lasersnijder", "snijden"),
    ("Scie à ruban", "bois"),
    ("Découpeuse plasma", "métal"),
    ("Bureau", "espace"),
    ("Fräsmaschine", "Fräse"),
    ("Bandsäge", "Holz"),
    ("Palettenplatz", "Logistik"),
    ("3D-Drucker", "Druck"),
];

/// Queries, and the names of all that each must find, in order.
const EXPECTED: &[(&str, &[&str])] = &[
    // English
    ("laser cutter", &["Laser cutter"]),
    ("laser cutters", &["Laser cutter"]),
    ("lasers", &["Laser cutter", "Lasersnijder"]),
    ("the laser cutter", &["Laser cutter"]),
    ("a cutter for lasers", &["Laser cutter"]),
    ("lasercutter", &["Laser cutter"]),
    ("lasercutters", &["Laser cutter"]),
    ("laser-cutter", &["Laser cutter"]),
    ("cnc machines", &["CNC machine"]),
    ("cncmachine", &["CNC machine"]),
    ("shelf", &["Wood shelves"]),
    ("batteries", &["Battery tester"]),
    // Dutch
    ("de zaag", &["Zaagtafel met zagen"]),
    ("zaag tafel", &["Zaagtafel met zagen"]),
    ("zaagtafels", &["Zaagtafel met zagen"]),
    ("werkbanken", &["Werkbank"]),
    ("kantoren", &["Kantoor"]),
    ("laser snijder", &["Lasersnijder"]),
    ("lasersnijders", &["Lasersnijder"]),
    ("ruimtes", &["Kantoor"]),
    // French
    ("les scies à ruban", &["Scie à ruban"]),
    ("scies", &["Scie à ruban"]),
    ("découpeuses", &["Découpeuse plasma"]),
    ("decoupeuse à plasma", &["Découpeuse plasma"]),
    ("bureaux", &["Bureau"]),
    ("l'espace", &["Bureau"]),
    // German
    ("Fräsmaschinen", &["Fräsmaschine"]),
    ("Fräs-Maschine", &["Fräsmaschine"]),
    ("die Fräsen", &["Fräsmaschine"]),
    ("Bandsägen", &["Bandsäge"]),
    ("band säge", &["Bandsäge"]),
    ("Palettenplätze", &["Palettenplatz"]),
    ("3d drucker", &["3D-Drucker"]),
    ("3ddrucker", &["3D-Drucker"]),
    // Typing errors
    ("lazer cutter", &["Laser cutter"]),
    ("cnc machien", &["CNC machine"]),
    ("fraesmaschine", &["Fräsmaschine"]),
    ("werkbnk", &["Werkbank"]),
    ("decoupeusse", &["Découpeuse plasma"]),
    ("xyzzy", &[]),
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
                market.host.patch(&format!("/resources/{id}"), json!({ "status": "retired" })).await.expect(200);
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

    async fn plurals_small_words_and_joined_words_are_found_in_four_languages(server) {
        let market = server.market(json!({ "name": "Laser cutter", "category": "laser" })).await;
        for (name, category) in MACHINES {
            server.advance(TimeDelta::seconds(1));
            market.host.list_resource(&market.site, json!({ "name": name, "category": category })).await;
        }
        for (query, expected) in EXPECTED {
            assert_eq!(found(server, query).await, *expected, "{query}");
        }
    }

    async fn what_is_found_only_after_a_typing_error_comes_last_page_by_page(server) {
        let market = server.market(json!({ "name": "Lazer engraver" })).await;
        let (host, site) = (&market.host, &market.site);
        for name in ["Laser cutter", "Mill", "Lasers", "Lazer pointer"] {
            server.advance(TimeDelta::seconds(1));
            host.list_resource(site, json!({ "name": name })).await;
        }
        let far = json!({ "latitude": 51.6, "longitude": -0.0922 });
        let far = host.open_site(&market.host_organization, far).await;
        server.advance(TimeDelta::seconds(1));
        host.list_resource(&far, json!({ "name": "Far lazer" })).await;
        assert_eq!(found(server, "lazer").await, ["Lazer engraver", "Lazer pointer", "Far lazer", "Laser cutter", "Lasers"]);
        assert_eq!(found(server, "laser").await, ["Laser cutter", "Lasers", "Lazer engraver", "Lazer pointer", "Far lazer"]);
        assert_eq!(found(server, "lazer cuter").await, ["Laser cutter"]);
        assert_eq!(found(server, "lasercuter").await, ["Laser cutter"]);
        assert_eq!(found(server, "lazer kettle").await, [""; 0]);

        let slot = "starts_at=2026-12-01T10:00:00Z&ends_at=2026-12-01T11:00:00Z";
        for path in ["/resources?q=lazer", "/resources?q=lazer&near=51.5155,-0.0922", &format!("/search/available?q=lazer&{slot}")] {
            let name = |item: &Value| item["name"].as_str().or(item["resource"]["name"].as_str()).unwrap().to_owned();
            let mut seen = Vec::new();
            let mut next = format!("{path}&limit=1");
            loop {
                let page = server.anonymous().get(&next).await.expect(200);
                seen.extend(page.items().iter().map(name));
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                next = format!("{path}&limit=1&cursor={cursor}");
            }
            assert_eq!(seen, ["Lazer engraver", "Lazer pointer", "Far lazer", "Laser cutter", "Lasers"], "{path}");
        }
    }

    async fn a_typing_error_shows_nothing_that_is_not_on_offer(server) {
        let market = server.market(json!({ "name": "Mill" })).await;
        for changes in [json!({ "name": "Photon", "status": "draft" }), json!({ "name": "Photon", "is_private": true })] {
            market.host.list_resource(&market.site, changes).await;
        }
        assert_eq!(found(server, "foton").await, [""; 0]);
        assert_eq!(found(server, "photon").await, [""; 0]);
        let renamed = market.host.list_resource(&market.site, json!({ "name": "Photons" })).await;
        assert_eq!(found(server, "phoron").await, ["Photons"]);
        market.host.patch(&format!("/resources/{renamed}"), json!({ "name": "Lamp" })).await.expect(200);
        assert_eq!(found(server, "phoron").await, [""; 0]);
    }

    async fn a_new_word_of_two_hosts_at_once_is_stored_once(server) {
        let market = server.market(json!({ "name": "Mill" })).await;
        let list = async |_: usize| market.host.list_resource(&market.site, json!({ "name": "Zyklotron Quarzofen" })).await;
        futures_util::future::join_all((0..8).map(list)).await;
        assert_eq!(found(server, "zyklotrn").await.len(), 8);
        assert_eq!(server.select("SELECT CAST(count(*) AS TEXT) AS value FROM search_trigrams WHERE word = 'zyklotron'"), ["9"]);
    }
}
