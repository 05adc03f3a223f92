//! Finding what is on offer, and what else there is when a slot is taken.

use chrono::TimeDelta;
use domain::words::fold;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// One field of each of some objects.
fn each(objects: &Value, field: &str) -> Vec<Value> {
    objects.as_array().unwrap().iter().map(|object| object[field].clone()).collect()
}

/// One field of each item of a list.
fn items(list: &Answer, field: &str) -> Vec<Value> {
    list.items().iter().map(|item| item[field].clone()).collect()
}

/// The names of what a search finds.
async fn found(server: &Server, query: &str) -> Vec<Value> {
    items(&server.anonymous().get(&format!("/resources?{query}")).await.expect(200), "name")
}

on_both_databases! {
    async fn the_catalogue_shows_what_is_on_offer_to_everybody_and_nothing_else(server) {
        let market = server.market(json!({})).await;
        let (host, site) = (&market.host, &market.site);
        for changes in [json!({ "status": "draft" }), json!({ "is_private": true })] {
            host.list_resource(site, changes).await;
        }
        let paused = host.list_resource(site, json!({ "name": "Mill" })).await;
        host.patch(&format!("/resources/{paused}"), json!({ "status": "paused" })).await.expect(200);
        for caller in [&server.anonymous(), &**host] {
            let list = caller.get("/resources").await.expect(200);
            assert_eq!(items(&list, "id"), [market.resource.as_str()]);
            let mut shown = host.get(&format!("/resources/{}", market.resource)).await.expect(200).body;
            assert_eq!(list.items()[0], shown);
            shown["distance_km"] = json!(0.0);
            let near = caller.get("/resources?near=51.5155,-0.0922").await.expect(200);
            assert_eq!(near.items()[0], shown);
        }
    }

    async fn words_are_found_whatever_their_case_accents_and_order(server) {
        let market = server.market(json!({ "name": "CNC-Fräse 3-Achs", "description": "Tisch 1 m × 2 m; für Holz" })).await;
        let (host, organization) = (&market.host, &market.host_organization);
        server.advance(TimeDelta::seconds(1));
        let place = json!({ "line1": "1 Rue de l'Étuve", "city": "Liège", "postal_code": "4000", "country": "BE" });
        let site = host.open_site(organization, json!({ "name": "Atelier", "address": place })).await;
        host.list_resource(&site, json!({ "name": "Laser cutter", "category": "laser" })).await;
        let (mill, laser) = ("CNC-Fräse 3-Achs", "Laser cutter");
        for (query, expected) in [
            ("cnc", vec![mill]),
            ("FRASE", vec![mill]),
            ("fr%C3%A4se+cnc", vec![mill]),
            ("holz+3", vec![mill]),
            ("las", vec![laser]),
            ("cut+las", vec![laser]),
            ("liege", vec![laser]),
            ("4000+laser", vec![laser]),
            ("Rotor", vec![mill, laser]),
            ("laser+holz", vec![]),
            ("aser", vec![laser]),
            ("ser", vec![]),
            ("cnc-fr%C3%A4se", vec![mill]),
            ("", vec![mill, laser]),
            ("%E2%80%94", vec![mill, laser]),
        ] {
            assert_eq!(found(server, &format!("q={query}")).await, expected, "{query}");
        }
        host.patch(&format!("/organizations/{organization}"), json!({ "name": "Gear Works" })).await.expect(200);
        assert_eq!(found(server, "q=gear").await, [mill, laser]);
        assert_eq!(found(server, "q=rotor").await, [""; 0]);
    }

    async fn words_are_found_as_by_looking_at_each_resource(server) {
        const WORDS: [&str; 16] = [
            "laser", "Lasércut", "3D", "3d-print", "1e5", "007", "v8.2", "Größe", "GROSS", "İstanbul", "日本語", "naïve", "x", "k.b@c.be",
            "http://x.y/z?q=1", "½-inch",
        ];
        let market = server.market(json!({ "name": "Lathe" })).await;
        let seed = 3;
        let mut random = StdRng::seed_from_u64(seed);
        let mut any_words = |most: usize| -> Vec<&str> {
            (0..random.random_range(1..=most)).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect()
        };
        let mut resources = Vec::new();
        for at in 0..12 {
            let (name, description) = (format!("r{at} {}", any_words(3).join(" ")), any_words(6).join(", "));
            market.host.list_resource(&market.site, json!({ "name": name, "description": description })).await;
            let joined: Vec<_> = fold([name.as_str()]).split(' ').collect::<Vec<_>>().windows(2).map(|pair| pair.concat()).collect();
            let words = format!("{} {}", fold([name.as_str(), description.as_str()]), joined.join(" "));
            resources.push((name, words));
        }
        let mut hits = 0;
        for _ in 0..60 {
            let query = any_words(2).join(" ");
            let wanted = fold([query.as_str()]);
            let wanted: Vec<_> = wanted.split(' ').collect();
            // Here only GROSS and Größe are two forms of one word.
            let is_one = |word: &str, other: &str| other.starts_with(word) || [word, other] == ["grosse", "gross"];
            let has = |folded: &str, word: &str| folded.split(' ').any(|other| is_one(word, other));
            let fits = |folded: &str| {
                (0..wanted.len()).all(|at| {
                    let mut pairs = wanted.windows(2).skip(at.saturating_sub(1)).take(if at == 0 { 1 } else { 2 });
                    has(folded, wanted[at]) || pairs.any(|pair| has(folded, &pair.concat()))
                })
            };
            let mut expected: Vec<_> = resources.iter().filter(|(_, folded)| fits(folded)).map(|(name, _)| name.clone()).collect();
            let encoded = utf8_percent_encode(&query, NON_ALPHANUMERIC);
            let found = found(server, &format!("q={encoded}")).await;
            let mut found: Vec<_> = found.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
            // Resources that only a correction finds come after.
            let corrected = found.split_off(expected.len().min(found.len()));
            assert!(!corrected.iter().any(|name| expected.contains(name)), "seed {seed}: {query}");
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "seed {seed}: {query}");
            hits += found.len();
        }
        assert!(hits > 60, "{hits}");
    }

    async fn no_search_is_more_than_words_to_the_database(server) {
        server.market(json!({ "name": "Lathe OR mill" })).await;
        for hostile in [
            "'", "\"", "\"\"", "a'b\"c", "*", "la*", "^lathe", "search_text:lathe", "lathe OR nothing", "NOT lathe", "NEAR(lathe mill)",
            "lathe AND", "(", "{lathe}", "-lathe", "+", "lathe:*", "lathe | nothing", "!lathe", "lathe <-> mill", "\\", "%", "_", ";--",
            "'; DROP TABLE resources; --", "$1", "?", ":*", "🅰", "ＬＡＴＨＥ", "\u{202e}", &"lathe ".repeat(33),
            &('一'..).take(100).map(String::from).collect::<Vec<_>>().join(" "),
        ] {
            server.anonymous().get(&format!("/resources?q={}", utf8_percent_encode(hostile, NON_ALPHANUMERIC))).await.expect(200);
        }
        assert_eq!(found(server, "q=lathe+OR+nothing").await, [""; 0]);
        assert_eq!(found(server, "q=lathe+OR").await, ["Lathe OR mill"]);
    }

    async fn a_search_without_a_place_shows_each_of_many_resources_once(server) {
        let market = server.market(json!({ "name": "0" })).await;
        for number in 1..70 {
            market.host.list_resource(&market.site, json!({ "name": number.to_string() })).await;
        }
        for limit in [200, 30] {
            let mut seen = Vec::new();
            let mut path = format!("/search/available?starts_at={TEN}&ends_at={ELEVEN}&limit={limit}");
            loop {
                let page = server.anonymous().get(&path).await.expect(200);
                seen.extend(items(&page, "resource_id"));
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                path = format!("/search/available?starts_at={TEN}&ends_at={ELEVEN}&limit={limit}&cursor={cursor}");
            }
            let count = seen.len();
            seen.dedup();
            assert_eq!((seen.len(), count), (70, 70), "{limit}");
        }
    }

    async fn each_filter_leaves_what_fits_it(server) {
        let market = server.market(json!({ "name": "Lathe" })).await;
        let (host, organization) = (&market.host, &market.host_organization);
        server.advance(TimeDelta::seconds(1));
        let place = json!({ "line1": "1 Storgatan", "city": "Örebro", "country": "SE" });
        let site = host.open_site(organization, json!({ "address": place })).await;
        host.list_resource(&site, json!({ "name": "Racks", "kind": "storage", "category": "Pallet Racks" })).await;
        for query in ["kind=storage", "category=pallet+racks", "city=örebro", "city=OREBRO", &format!("site_id={site}"), "kind=storage&q=rack"] {
            assert_eq!(found(server, query).await, ["Racks"], "{query}");
        }
        assert_eq!(found(server, &format!("organization_id={organization}")).await, ["Lathe", "Racks"]);
        assert_eq!(found(server, &format!("host_organization_id={organization}")).await, ["Lathe", "Racks"]);
        assert_eq!(found(server, &format!("host_organization_id={organization}&organization_id={organization}")).await.len(), 2);
        let both = format!("/resources?host_organization_id={organization}&organization_id={}", market.customer_organization);
        server.anonymous().get(&both).await.refused_fields(&[("organization_id", "invalid")]);
        assert_eq!(found(server, &format!("organization_id={}", market.customer_organization)).await, [""; 0]);
        assert_eq!(found(server, "kind=machine&city=örebro").await, [""; 0]);
        let answer = server.anonymous().get("/resources?kind=car&colour=red&limit=0&near=up&radius_km=-1&cursor=%21").await;
        answer.refused_fields(&[("kind", "invalid"), ("colour", "unknown_field")]);
        let answer = server.anonymous().get("/resources?limit=0&near=91,0&radius_km=-1&cursor=%21").await;
        answer.refused_fields(&[
            ("limit", "out_of_range"), ("near", "invalid"), ("radius_km", "out_of_range"), ("cursor", "invalid"),
        ]);
        server.anonymous().get("/resources?radius_km=5").await.refused_fields(&[("radius_km", "invalid")]);
        server.anonymous().get("/resources?cursor=bm9uZQ").await.refused_fields(&[("cursor", "invalid")]);
    }

    async fn the_nearest_come_first_as_far_as_the_radius_goes_and_every_page_goes_on_where_the_last_ended(server) {
        let market = server.market(json!({ "name": "0" })).await;
        let (host, organization) = (&market.host, &market.host_organization);
        // A hundredth of a degree of latitude is 1.112 km.
        for (name, latitude) in [("3", 51.5455), ("1", 51.5055), ("600", 56.9155), ("9", 51.6055), ("30", 51.2155)] {
            let site = host.open_site(organization, json!({ "latitude": latitude })).await;
            for _ in 0..2 {
                host.list_resource(&site, json!({ "name": name })).await;
            }
        }
        let near = "near=51.5155,-0.0922";
        assert_eq!(found(server, near).await, ["0", "1", "1", "3", "3", "9", "9", "30", "30"]);
        assert_eq!(found(server, &format!("{near}&radius_km=4")).await, ["0", "1", "1", "3", "3"]);
        assert_eq!(found(server, &format!("{near}&radius_km=0")).await, ["0"]);
        let all = server.anonymous().get(&format!("/resources?{near}&radius_km=1000")).await.expect(200);
        let distances: Vec<f64> = items(&all, "distance_km").iter().map(|km| km.as_f64().unwrap()).collect();
        for (found, expected) in distances.iter().zip([0.0, 1.112, 1.112, 3.336, 3.336, 10.008, 10.008, 33.359, 33.359, 600.453]) {
            assert!((found - expected).abs() < 0.01, "{distances:?}");
        }
        for order in ["", &format!("{near}&radius_km=1000&")] {
            let whole = server.anonymous().get(&format!("/resources?{order}")).await.expect(200);
            assert_eq!((whole.items().len(), &whole["next_cursor"], whole.header("link")), (11, &Value::Null, ""));
            for limit in [1, 2, 3, 10] {
                let mut seen = Vec::new();
                let mut path = format!("/api/v1/resources?{order}limit={limit}");
                loop {
                    let page = server.root().get(&path).await.expect(200);
                    seen.extend_from_slice(page.items());
                    let Some(next) = page.header("link").strip_suffix(">; rel=\"next\"") else { break };
                    assert!(next.ends_with(&page.text("next_cursor")));
                    path = next.trim_start_matches('<').to_owned();
                }
                assert_eq!(seen, whole.items(), "{order} {limit}");
            }
        }
    }

    async fn a_map_gets_geojson_if_it_asks_for_it(server) {
        let market = server.market(json!({})).await;
        server.advance(TimeDelta::seconds(1));
        market.host.list_resource(&market.site, json!({})).await;
        for path in ["/resources?near=51.5,-0.1&limit=1", &format!("/search/available?starts_at={TEN}&ends_at={ELEVEN}&limit=1")] {
            let list = server.anonymous().get(path).await.expect(200);
            assert_eq!((list.header("content-type"), list.header("vary").contains("accept")), ("application/json", true));
            let map = server.anonymous().with("accept", "application/geo+json").get(path).await.expect(200);
            assert_eq!(map.header("content-type"), "application/geo+json");
            assert_eq!(map.header("link"), list.header("link"));
            let same = server.anonymous().get(&path.replacen('?', ".geojson?", 1)).await.expect(200);
            assert_eq!((same.header("content-type"), &same.body), ("application/geo+json", &map.body));
            assert_eq!(map.body, json!({
                "type": "FeatureCollection",
                "features": [{
                    "type": "Feature", "id": market.resource, "properties": list.items()[0],
                    "geometry": { "type": "Point", "coordinates": [-0.0922, 51.5155] },
                }],
                "next_cursor": list["next_cursor"],
            }));
        }
        for (accept, expected) in [
            ("application/json, application/geo+json;q=0.9", "application/json"),
            ("application/json;q=0.5, application/geo+json", "application/geo+json"),
            ("text/html, */*;q=0.8, application/geo+json;q=0.1", "application/json"),
        ] {
            let answer = server.anonymous().with("accept", accept).get("/resources").await.expect(200);
            assert_eq!(answer.header("content-type"), expected, "{accept}");
        }
    }

    async fn places_are_the_cities_of_what_is_listed(server) {
        let market = server.market(json!({})).await;
        let (host, organization) = (&market.host, &market.host_organization);
        let place = |city: &str, country: &str, latitude: f64| {
            let address = json!({ "line1": "1 Rue de l'Étuve", "city": city, "country": country });
            json!({ "address": address, "latitude": latitude, "longitude": 5.5 })
        };
        let liege = host.open_site(organization, place("Liège", "BE", 50.6)).await;
        let other = host.open_site(organization, place("Liège", "BE", 50.7)).await;
        let ghent = host.open_site(organization, place("Gent", "BE", 51.0)).await;
        host.open_site(organization, place("Empty", "BE", 51.0)).await;
        host.list_resource(&ghent, json!({ "status": "draft" })).await;
        host.list_resource(&ghent, json!({ "is_private": true })).await;
        for site in [&liege, &liege, &other] {
            host.list_resource(site, json!({})).await;
        }
        let anyone = server.anonymous();
        let places = anyone.get("/search/places").await.expect(200);
        assert_eq!(items(&places, "city"), ["Liège", "London"]);
        assert_eq!((items(&places, "country"), items(&places, "resources")), (vec![json!("BE"), json!("GB")], vec![json!(3), json!(1)]));
        let mean = places.items()[0]["latitude"].as_f64().unwrap();
        assert!((mean - 50.6333).abs() < 0.001, "the mean of three resources is {mean}");
        assert_eq!(places.items()[0]["longitude"], 5.5);
        let first = anyone.get("/search/places?limit=1").await.expect(200);
        assert_eq!(items(&first, "city"), ["Liège"]);
        let next = format!("/search/places?limit=1&cursor={}", first.text("next_cursor"));
        assert_eq!(items(&anyone.get(&next).await.expect(200), "city"), ["London"]);
        for (city, expected) in [("LIEGE", vec!["Liège"]), ("Gent", vec![]), ("lie", vec![])] {
            assert_eq!(items(&anyone.get(&format!("/search/places?city={city}")).await.expect(200), "city"), expected, "{city}");
        }
    }

    async fn local_times_are_those_of_each_site(server) {
        let market = server.market(json!({})).await;
        let (host, organization) = (&market.host, &market.host_organization);
        let address = json!({ "line1": "1 Main Street", "city": "Boston", "country": "US" });
        let boston = json!({ "address": address, "timezone": "America/New_York", "latitude": 42.36, "longitude": -71.06 });
        let boston = host.open_site(organization, boston).await;
        server.advance(TimeDelta::seconds(1));
        host.list_resource(&boston, json!({ "name": "Boston lathe" })).await;
        let anyone = server.anonymous();
        let search = async |query: &str| anyone.get(&format!("/search/available?{query}")).await;
        let found = search("local_starts_at=2026-12-01T10:00&local_ends_at=2026-12-01T12:00").await.expect(200);
        assert_eq!(items(&found, "starts_at"), ["2026-12-01T10:00:00Z", "2026-12-01T15:00:00Z"]);
        assert_eq!(items(&found, "ends_at"), ["2026-12-01T12:00:00Z", "2026-12-01T17:00:00Z"]);
        // In the night of 14 March 2027 the clocks of Boston go from 02:00 to 03:00, and those of London do not.
        let skipped = search("local_starts_at=2027-03-14T02:30&local_ends_at=2027-03-14T04:00").await.expect(200);
        assert_eq!(items(&skipped, "resource_id"), [market.resource.as_str()]);
        let slot = "local_starts_at=2026-12-01T10:00&local_ends_at=2026-12-01T12:00";
        let path = format!("/search/available?{slot}&customer_organization_id={}", market.customer_organization);
        assert_eq!(items(&market.customer.get(&path).await.expect(200), "bookable"), [true, true]);
        for (query, refused) in [
            ("local_starts_at=2026-12-01T10:00", "local_ends_at"),
            ("local_ends_at=2026-12-01T10:00", "local_starts_at"),
            ("local_starts_at=tomorrow&local_ends_at=2026-12-01T12:00", "local_starts_at"),
            ("local_starts_at=2026-12-01T10:00&local_ends_at=2300-12-01T12:00", "local_ends_at"),
            ("local_starts_at=2026-12-01T12:00&local_ends_at=2026-12-01T10:00", "local_ends_at"),
            ("local_starts_at=2026-12-01T10:00&local_ends_at=2026-12-01T12:00&duration_minutes=60", "local_starts_at"),
        ] {
            search(query).await.refused_fields(&[(refused, "invalid")]);
        }
    }

    async fn whoever_comes_too_late_is_offered_other_times_and_other_resources(server) {
        let market = server.market(json!({})).await;
        let (host, organization) = (&market.host, &market.host_organization);
        let near = host.open_site(organization, json!({ "latitude": 51.5425 })).await;
        let far = host.open_site(organization, json!({ "latitude": 51.7 })).await;
        let like = host.list_resource(&near, json!({ "name": "Other lathe", "tariff": { "currency": "GBP", "rate": 900, "per": "hour" } })).await;
        host.list_resource(&far, json!({ "name": "Far lathe" })).await;
        host.list_resource(&near, json!({ "name": "Mill", "category": "mill" })).await;
        host.list_resource(&near, json!({ "name": "Private lathe", "is_private": true })).await;
        host.list_resource(&near, json!({ "name": "Lathe to come", "status": "draft" })).await;
        market.book(TEN, TWELVE).await.expect(201);

        let refused = market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
        let alternatives = &refused["alternatives"];
        assert_eq!(each(alternatives, "resource_name"), ["Other lathe", "Lathe", "Lathe", "Lathe", "Lathe"]);
        assert_eq!(
            each(alternatives, "starts_at"),
[TEN, "2026-12-01T09:00:00Z", "2026-12-01T08:00:00Z", TWELVE, "2026-12-01T07:00:00Z"]
        );
        assert_eq!(alternatives[0]["resource_id"], like);
        assert_eq!(alternatives[0]["price"], json!({ "amount": 900, "currency": "GBP" }));
        let distance = alternatives[0]["distance_km"].as_f64().unwrap();
        assert!((distance - 3.0).abs() < 0.01, "{distance}");

        let taken = alternatives[1].clone();
        market.book(taken["starts_at"].as_str().unwrap(), taken["ends_at"].as_str().unwrap()).await.expect(201);
    }

    async fn conflicts_are_the_times_at_which_too_little_is_left_buffers_included(server) {
        let rules = json!({ "buffer_before_minutes": 30, "buffer_after_minutes": 15 });
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" }, "booking_rules": rules })).await;
        let book = async |quantity: i32, starts_at: &str, ends_at: &str| {
            let mut wish = market.wish(starts_at, ends_at);
            wish["quantity"] = json!(quantity);
            market.customer.post("/bookings", wish).await
        };
        book(1, TEN, ELEVEN).await.expect(201);
        book(1, ELEVEN, TWELVE).await.expect(201);
        let refused = book(2, "2026-12-01T09:00:00Z", "2026-12-01T13:00:00Z").await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T09:30:00Z", "ends_at": "2026-12-01T12:15:00Z", "available_quantity": 0 }]));
        let refused = book(2, "2026-12-01T08:00:00Z", "2026-12-01T09:30:00Z").await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T09:30:00Z", "ends_at": "2026-12-01T09:45:00Z", "available_quantity": 1 }]));
    }

    async fn who_searches_for_a_customer_is_told_what_they_may_not_book(server) {
        let market = server.market(json!({ "booking_rules": { "gap_minutes": 60 } })).await;
        market.book("2026-12-01T09:00:00Z", TEN).await.expect(201);
        let (slot, customer) = (format!("starts_at={TEN}&ends_at={ELEVEN}"), &market.customer_organization);
        let search = async |user: &Client, query: &str| user.get(&format!("/search/available?{query}")).await;
        let anonymous = search(&server.anonymous(), &slot).await.expect(200);
        assert!(anonymous.items()[0].get("bookable").is_none() && anonymous.items()[0].get("violations").is_none());
        let both = format!("/search/available?{slot}&customer_organization_id={customer}&customer={}", market.host_organization);
        market.customer.get(&both).await.refused_fields(&[("customer", "invalid")]);
        let theirs = format!("{slot}&customer_organization_id={customer}");
        let told = search(&market.customer, &theirs).await.expect(200).items()[0].clone();
        assert_eq!((&told["bookable"], &told["violations"][0]["code"]), (&json!(false), &json!("gap_too_short")));
        // Another slot of a window may do.
        let window = format!("from={TEN}&to=2026-12-01T16:00:00Z&duration_minutes=60&customer={customer}");
        let told = search(&market.customer, &window).await.expect(200).items()[0].clone();
        assert_eq!((&told["bookable"], &told["violations"], &told["starts_at"]), (&json!(true), &json!([]), &json!(ELEVEN)));
        let own = format!("{slot}&customer={}", market.host_organization);
        assert_eq!(search(&market.host, &own).await.expect(200).items()[0]["bookable"], true);
        search(&market.host, &theirs).await.refused(403, "forbidden");
        search(&server.anonymous(), &theirs).await.refused(401, "not_signed_in");
    }

    async fn what_is_offered_instead_could_be_booked_by_whoever_is_refused(server) {
        let market = server.market(json!({ "booking_rules": { "gap_minutes": 120 } })).await;
        let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
        let kind = market.host.post(&kinds, json!({ "name": "Lathe safety" })).await.expect(201).id();
        let guarded = json!({ "name": "Guarded lathe", "booking_rules": { "required_certification_ids": [kind] } });
        market.host.list_resource(&market.site, guarded).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let offered = async |user: &Client, organization: &str| -> Vec<(String, String)> {
            let mut wish = market.wish(TEN, ELEVEN);
            wish["organization_id"] = json!(organization);
            let refused = user.post("/bookings", wish).await;
            assert!([409, 422].contains(&refused.status));
            let list = refused["alternatives"].as_array().cloned().unwrap_or_default();
            let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
            list.iter().map(|one| (text(one, "resource_name"), text(one, "starts_at"))).collect()
        };
        let newcomer = server.user("Nina").await;
        let organization = newcomer.found("Nimble").await;
        let alternatives = offered(&newcomer, &organization).await;
        assert!(!alternatives.is_empty() && alternatives.iter().all(|(name, _)| name == "Lathe"), "{alternatives:?}");
        market.host.post(&format!("/certification-kinds/{kind}/certifications"), json!({ "email": newcomer.email })).await.expect(201);
        assert!(offered(&newcomer, &organization).await.iter().any(|(name, _)| name == "Guarded lathe"));
        // The gap that their own booking wants is kept free.
        let mut earlier = market.wish("2026-12-01T13:00:00Z", "2026-12-01T14:00:00Z");
        earlier["organization_id"] = json!(organization);
        newcomer.post("/bookings", earlier).await.expect(201);
        let later = offered(&newcomer, &organization).await;
        let is_too_close = |(name, starts_at): &(String, String)| {
            name == "Lathe" && starts_at.as_str() > "2026-12-01T10:00:00Z" && starts_at.as_str() < "2026-12-01T16:00:00Z"
        };
        assert!(!later.is_empty() && !later.iter().any(is_too_close), "{later:?}");
    }
}
