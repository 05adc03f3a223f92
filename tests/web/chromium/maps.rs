//! The map of the catalogue, and the search around the reader.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::chromium::Chromium;
use crate::support::people::Market;
use crate::support::server::{Kind, Server, block_on};

/// Two machines at a site in London, and one in Rotterdam.
async fn market(server: &Server) -> Market {
    let market = server.market(json!({ "name": "London lathe" })).await;
    server.advance(TimeDelta::seconds(1));
    market.host.list_resource(&market.site, json!({ "name": "London mill" })).await;
    server.advance(TimeDelta::seconds(1));
    let address = json!({ "line1": "1 Kade", "city": "Rotterdam", "country": "NL" });
    let site = json!({ "name": "Dock", "address": address, "latitude": 51.9244, "longitude": 4.4777 });
    let site = market.host.open_site(&market.host_organization, site).await;
    market.host.list_resource(&site, json!({ "name": "Rotterdam lathe" })).await;
    market
}

/// The pins of the map with their names and texts.
async fn pins(browser: &Chromium) -> serde_json::Value {
    let script = "return [...document.querySelectorAll('.pin')].map(pin => [pin.getAttribute('aria-label'), pin.textContent])";
    browser.run(script, Vec::new()).await
}

#[test]
fn a_map_shows_each_site_and_leads_to_its_resources_with_the_keyboard() {
    block_on(async {
        let server = Server::start(Kind::Sqlite, &[]);
        market(&server).await;
        let browser = server.chromium().await;
        browser.open("/catalogue").await.press("Map").await;
        assert!(browser.count("path.outline").await > 0, "coasts and borders are drawn");
        assert_eq!(pins(&browser).await, json!([["Main hall, London: 2", "2"], ["Dock, Rotterdam: 1", "1"]]));
        // Both are within the map.
        let script = "const box = document.getElementById('map').getBoundingClientRect(); \
                      return [...document.querySelectorAll('.pin')].every(pin => { const at = pin.getBoundingClientRect(); \
                      return at.left >= box.left && at.right <= box.right && at.top >= box.top && at.bottom <= box.bottom; })";
        assert_eq!(browser.run(script, Vec::new()).await, true);
        browser.run("document.querySelector('.pin').focus()", Vec::new()).await;
        browser.keys("\u{e007}").await;
        assert_eq!(browser.count(".leaflet-popup-content a").await, 2);
        assert_eq!(browser.policy_violations().await, json!([]));
        browser.run("document.querySelector('.leaflet-popup-content a').focus()", Vec::new()).await;
        browser.enter().await.says("London lathe").await;
    });
}

#[test]
fn without_scripts_the_list_has_what_the_map_would_show() {
    block_on(async {
        let server = Server::start(Kind::Sqlite, &[]);
        market(&server).await;
        let browser = server.chromium().await.without_scripts().await;
        browser.open("/catalogue?view=map").await.says("London lathe").await.says("Rotterdam lathe").await;
        let text = browser.text().await;
        assert!(!text.contains("Near me") && !text.contains("Natural Earth"), "nothing is shown that does not work: {text}");
    });
}

#[test]
fn a_map_loads_the_tiles_of_the_server_that_the_operator_names() {
    block_on(async {
        let tiles = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tiles.local_addr().unwrap();
        let (asked, requests) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in tiles.incoming() {
                let (mut stream, mut request) = (stream.unwrap(), [0; 4096]);
                let read = stream.read(&mut request).unwrap_or_default();
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                if asked.send(String::from_utf8_lossy(&request[..read]).into_owned()).is_err() {
                    return;
                }
            }
        });
        let server =
            Server::start(Kind::Sqlite, &[&|config| config.map.tiles = format!("http://{address}/{{z}}/{{x}}/{{y}}.png")]);
        market(&server).await;
        let browser = server.chromium().await;
        browser.open("/catalogue?view=map").await;
        assert_eq!(browser.count(".pin").await, 2);
        let request = requests.recv_timeout(Duration::from_secs(30)).expect("the browser asks for a tile");
        let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').trim_end_matches(".png");
        assert_eq!(path.split('/').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{request}");
        let referrer = request.lines().find_map(|line| line.strip_prefix("Referer: "));
        assert_eq!(referrer, Some(format!("{}/", server.url).as_str()), "it learns which site asks, and nothing else");
        assert_eq!(browser.policy_violations().await, json!([]));
    });
}

#[test]
fn a_reader_finds_what_is_near() {
    block_on(async {
        let server = Server::start(Kind::Sqlite, &[]);
        market(&server).await;
        let browser = server.chromium().await;
        browser.place_at(51.92, 4.48).await;
        browser.open("/catalogue").await.press("Near me").await.says("Rotterdam lathe").await.says("0.5 km away").await;
        assert_eq!(browser.value("Near").await, "51.920,4.480");
        let text = browser.text().await;
        assert!(!text.contains("London lathe"), "{text}");
    });
}
