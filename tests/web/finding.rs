//! Finding what is near a place and free at a time, as a list and on a map.

use chrono::TimeDelta;
use environment::config::Config;
use serde_json::json;

use crate::support::browser::Page;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const TILES: &str = "https://tiles.example.org/{z}/{x}/{y}.png";

fn with_tiles(config: &mut Config) {
    config.map.tiles = TILES.to_owned();
    config.map.attribution = "<a href=\"https://tiles.example.org/\">The tile makers</a>".to_owned();
}

/// A machine in London, and two in the Netherlands, where clocks are an hour ahead.
async fn market(server: &Server) -> (Market, [String; 2]) {
    let market = server.market(json!({ "name": "London lathe" })).await;
    let mut others = Vec::new();
    for (city, latitude, longitude) in [("Rotterdam", 51.9244, 4.4777), ("Delft", 52.0116, 4.3571)] {
        server.advance(TimeDelta::seconds(1));
        let address = json!({ "line1": "1 Kade", "city": city, "country": "NL" });
        let site = json!({ "address": address, "timezone": "Europe/Amsterdam", "latitude": latitude, "longitude": longitude });
        let site = market.host.open_site(&market.host_organization, site).await;
        others.push(market.host.list_resource(&site, json!({ "name": format!("{city} lathe") })).await);
    }
    (market, others.try_into().unwrap())
}

/// The names of what a page lists, in order.
fn names(page: &Page) -> Vec<&str> {
    let items = page.html.split("<h2><a href=\"/resources/").skip(1);
    items.filter_map(|item| item.split_once('>')?.1.split_once('<')).map(|(name, _)| name).collect()
}

on_both_databases! {
    async fn a_visitor_finds_what_is_near_a_city(server) {
        market(server).await;
        let mut visitor = server.browser();
        let catalogue = visitor.open("/catalogue").await.expect(200);
        for city in ["Delft", "London", "Rotterdam"] {
            assert!(catalogue.html.contains(&format!("<option value=\"{city}\">")), "{city} is suggested");
        }
        let form = catalogue.form("/catalogue");
        let near = visitor.submit(&form.clone().with("near", "ROTTERDAM")).await.expect(200);
        assert_eq!(names(&near), ["Rotterdam lathe", "Delft lathe"], "the nearest first, and nothing farther than 50 km");
        let near = near.says("Rotor Works, Rotterdam 0.0 km away").says("12.7 km away");
        assert_eq!(near.form("/catalogue").values()["near"], "ROTTERDAM");
        let narrow = visitor.submit(&near.form("/catalogue").with("radius", "10")).await.expect(200);
        assert_eq!(names(&narrow), ["Rotterdam lathe"]);
        let position = visitor.submit(&form.clone().with("near", "51.51, -0.09")).await.expect(200);
        assert_eq!(names(&position), ["London lathe"]);
        // An address from before the form had a place.
        assert_eq!(names(&visitor.open("/catalogue?city=delft").await.expect(200)), ["Delft lathe", "Rotterdam lathe"]);
        let unknown = visitor.submit(&form.with("near", "Atlantis").with("q", "lathe")).await.expect(422);
        let unknown = unknown.says("near: nothing is listed in Atlantis; choose one of the suggested places");
        assert_eq!(names(&unknown), Vec::<&str>::new());
        assert_eq!((unknown.form("/catalogue").values()["near"], unknown.form("/catalogue").values()["q"]), ("Atlantis", "lathe"));
    }

    async fn a_visitor_finds_what_is_free_at_a_local_time_and_books_it(server) {
        let (market, [rotterdam, delft]) = market(server).await;
        let own = json!({
            "organization_id": market.customer_organization, "resource_id": rotterdam, "quantity": 1,
            "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T10:00:00Z",
        });
        market.customer.post("/bookings", own).await.expect(201);
        let mut visitor = server.browser();
        let form = visitor.open("/catalogue").await.expect(200).form("/catalogue");
        let form = form.with("day", "2026-12-01").with("from", "10:00").with("to", "12:00");
        let found = visitor.submit(&form).await.expect(200);
        assert_eq!(names(&found), ["London lathe", "Delft lathe"], "the one in Rotterdam is taken at that time of its clock");
        let found = found.says("Book Tue 1 Dec 2026, 10:00-12:00 for 24.00 GBP");
        let book = found.links(&format!("/book?resource={delft}")).remove(0);
        assert!(book.contains("2026-12-01T09%3A00%3A00Z"), "{book}");
        visitor.open(&book).await.expect(200).says("Tue 1 Dec 2026, 10:00-12:00 (Europe/Amsterdam, CET)").says("24.00 GBP");
        let day = found.links(&format!("/resources/{delft}?day=2026-12-01")).remove(0);
        visitor.open(&day).await.expect(200).says("Tue 1 Dec 2026");
        // A night ends on the next day.
        let night = visitor.submit(&form.clone().with("from", "22:00").with("to", "06:00").with("near", "Delft")).await.expect(200);
        night.says("Book Tue 1 Dec 2026, 22:00 - Wed 2 Dec 2026, 06:00 for 96.00 GBP");
        // In the past nothing is free; the same search without a time is a link away.
        let nothing = visitor.submit(&form.clone().with("day", "2026-11-01").with("near", "Delft")).await.expect(200);
        let nothing = nothing.says("Nothing that you are looking for is free at this time. Search without a time");
        let any_time = nothing.links("/catalogue?near=Delft").into_iter().find(|link| !link.contains("day=")).unwrap();
        assert_eq!(names(&visitor.open(&any_time).await.expect(200)), ["Delft lathe", "Rotterdam lathe"]);
        for (field, value, says) in [
            ("to", "", "day: choose a date, a start and an end to see what is free then"),
            ("day", "soon", "day: must be a date"),
            ("day", "9999-01-01", "from: must be a local time between the years 2000 and 2199"),
            ("from", "25:00", "from: must be a local time"),
            ("radius", "1e9", "radius: must be"),
            ("radius", "far", "radius: must be a number"),
        ] {
            visitor.submit(&form.clone().with(field, value)).await.expect(422).says(says);
        }
    }

    async fn the_next_page_keeps_the_search(server) {
        let (market, _) = market(server).await;
        for number in 0..49 {
            market.host.list_resource(&market.site, json!({ "name": format!("Mill {number}") })).await;
        }
        let mut visitor = server.browser();
        let query = "/catalogue?near=London&radius=1000&day=2026-12-01&from=10%3A00&to=12%3A00&kind=machine";
        let first = visitor.open(query).await.expect(200);
        let more = first.links("/catalogue?").into_iter().find(|link| link.contains("cursor=")).expect("there is more");
        let second = visitor.open(&more).await.expect(200).says("for 24.00 GBP");
        assert_eq!(names(&second), ["Delft lathe", "Rotterdam lathe"]);
    }

    async fn a_map_lists_what_it_shows_and_loads_its_files_from_here(server) {
        let (_, [_, delft]) = market(server).await;
        let mut visitor = server.browser();
        let list = visitor.open("/catalogue?near=Delft").await.expect(200);
        assert!(!list.html.contains("data-site") && list.html.matches("<script").count() == 1);
        let map = visitor.open(&list.links("/catalogue?near=Delft&view=map").remove(0)).await.expect(200);
        assert_eq!(names(&map), ["Delft lathe", "Rotterdam lathe"]);
        assert_eq!((map.html.matches(" data-site=").count(), map.html.matches("data-at=\"52.0116,4.3571\"").count()), (2, 1));
        assert!(map.html.contains(&format!("/resources/{delft}")) && map.html.contains("data-name=\"Main hall, Delft\""));
        assert!(map.headers["content-security-policy"].to_str().unwrap().contains("; img-src 'self'; "));
        assert_eq!(map.form("/catalogue").values()["view"], "map", "a search stays on the map");
        let files: Vec<_> = map.html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(files.len(), 6, "{files:?}");
        for file in files {
            let file = visitor.step(&format!("/assets/{file}")).await;
            assert_eq!((file.status, &file.headers["cache-control"]), (200, &"public, max-age=31536000, immutable".parse().unwrap()));
        }
        assert!(!visitor.open("/catalogue?near=Delft&view=map").await.expect(200).links("/catalogue?near=Delft").is_empty());
    }

    async fn tiles_come_from_the_server_that_the_operator_names(server, super::with_tiles) {
        market(server).await;
        let mut visitor = server.browser();
        let map = visitor.open("/catalogue?view=map").await.expect(200);
        assert!(map.html.contains(&format!("data-tiles=\"{TILES}\"")));
        assert!(map.html.contains("data-attribution=\"&#60;a href=&#34;https://tiles.example.org/&#34;&#62;The tile makers"));
        let policy = |page: &Page| page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy(&map).contains("; img-src 'self' https://tiles.example.org; form-action"), "{}", policy(&map));
        let list = visitor.open("/catalogue").await.expect(200);
        assert!(policy(&list).contains("; img-src 'self'; form-action"), "no other page may load them: {}", policy(&list));
    }
}
