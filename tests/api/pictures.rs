//! The pictures of resources.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A picture of 64 × 24 pixels.
pub(super) const PICTURE: &[u8] = include_bytes!("../fixtures/logo.png");

/// Adds a picture to a resource.
pub(super) async fn add(user: &Client, resource: &str, query: &str, (media_type, file): (&'static str, &[u8])) -> Answer {
    let file = file.to_vec();
    let form = |request: reqwest::RequestBuilder| request.header("content-type", media_type).body(file);
    user.send(Method::POST, &format!("/resources/{resource}/pictures{query}"), form).await
}

impl Market {
    async fn add_picture(&self, description: &str) -> Answer {
        add(&self.host, &self.resource, &format!("?description={description}"), ("image/png", PICTURE)).await
    }

    async fn pictures(&self) -> Vec<Value> {
        let resource = self.customer.get(&format!("/resources/{}", self.resource)).await.expect(200);
        resource["pictures"].as_array().unwrap().clone()
    }

    async fn descriptions(&self) -> String {
        let pictures = self.pictures().await;
        assert!(pictures.iter().zip(1..).all(|(picture, position)| picture["position"] == position), "{pictures:?}");
        pictures.iter().map(|picture| picture["description"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }
}

/// The file at a path of the API, as the service sends it.
async fn file(server: &Server, path: &str) -> (Vec<u8>, String) {
    let response = reqwest::Client::new().get(format!("{}{path}", server.url)).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let cache = response.headers()["cache-control"].to_str().unwrap().to_owned();
    (response.bytes().await.unwrap().to_vec(), cache)
}

/// The same JPEG with metadata: a camera that was held sideways, and a place.
fn with_metadata(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 51.5155".to_vec();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut file = vec![0xff, 0xd8, 0xff, 0xe1, length[0], length[1]];
    file.append(&mut exif);
    file.extend(&jpeg[2..]);
    file
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

on_both_databases! {
    async fn a_picture_is_shown_with_its_resource_and_can_be_kept(server) {
        let market = server.market(json!({})).await;
        assert!(market.pictures().await.is_empty());
        let before = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200).header("etag").to_owned();
        let added = market.add_picture("The%20lathe").await.expect(201);
        assert_eq!(market.pictures().await, std::slice::from_ref(&added.body));
        assert_eq!((&added["description"], &added["page"]["width"], &added["thumbnail"]["height"]), (&json!("The lathe"), &json!(64), &json!(24)));
        let path = format!("/resources/{}/pictures/{}", market.resource, added.id());
        assert_eq!(added.header("location"), format!("/api/v1{path}"));
        assert_eq!(server.anonymous().get(&path).await.expect(200).body, added.body);
        let found = server.anonymous().get("/resources?q=lathe").await.expect(200);
        assert_eq!(found.items()[0]["pictures"][0], added.body);
        let after = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200).header("etag").to_owned();
        assert_ne!(before, after);
        for size in ["page", "thumbnail"] {
            let address = added[size]["path"].as_str().unwrap();
            let (jpeg, cache) = file(server, address).await;
            assert!(jpeg.starts_with(&[0xff, 0xd8, 0xff]) && jpeg.ends_with(&[0xff, 0xd9]));
            assert_eq!(cache, "public, max-age=31536000, immutable");
            let sha256 = ring::digest::digest(&ring::digest::SHA256, &jpeg).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            assert!(address.ends_with(&format!("/picture-files/{sha256}")));
            let other = market.host.list_resource(&market.site, json!({})).await;
            let elsewhere = address.replace("/api/v1", "").replace(&market.resource, &other);
            server.anonymous().get(&elsewhere).await.refused(404, "not_found");
        }
    }

    async fn nothing_of_the_metadata_is_kept(server) {
        let market = server.market(json!({})).await;
        let first = market.add_picture("").await.expect(201);
        let (jpeg, _) = file(server, first["page"]["path"].as_str().unwrap()).await;
        let sent = with_metadata(&jpeg);
        assert!(contains(&sent, b"GPS 51.5155"));
        let added = add(&market.host, &market.resource, "", ("image/jpeg", &sent)).await.expect(201);
        assert_eq!((&added["page"]["width"], &added["page"]["height"]), (&json!(24), &json!(64)), "it is turned");
        for size in ["page", "thumbnail"] {
            let (stored, _) = file(server, added[size]["path"].as_str().unwrap()).await;
            assert!(!contains(&stored, b"GPS") && !contains(&stored, b"Exif"));
        }
    }

    async fn pictures_have_an_order_and_a_text(server) {
        let market = server.market(json!({})).await;
        let mut ids = Vec::new();
        for description in ["a", "b", "c"] {
            ids.push(format!("/resources/{}/pictures/{}", market.resource, market.add_picture(description).await.expect(201).id()));
        }
        assert_eq!(market.descriptions().await, "a b c");
        for (picture, change, order) in [
            (2, json!({ "position": 1 }), "c a b"),
            (2, json!({ "position": 12 }), "a b c"),
            (0, json!({ "position": 2, "description": "A" }), "b A c"),
            (0, json!({}), "b A c"),
        ] {
            market.host.patch(&ids[picture], change).await.expect(200);
            assert_eq!(market.descriptions().await, order);
        }
        for (change, pointer) in [(json!({ "position": 0 }), "/position"), (json!({ "position": 13 }), "/position"), (json!({ "description": "x".repeat(301) }), "/description")] {
            let refused = market.host.patch(&ids[0], change).await.refused(422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        let stale = market.host.with("if-match", "\"1\"").patch(&ids[0], json!({ "description": "B" })).await;
        stale.refused(412, "precondition_failed");
        market.host.delete(&ids[1]).await.expect(204);
        assert_eq!(market.descriptions().await, "A c");
        market.host.delete(&ids[1]).await.refused(404, "not_found");
        let entries = market.host.get(&format!("/organizations/{}/audit?limit=200", market.host_organization)).await.expect(200);
        let count = |action: &str| entries.items().iter().filter(|entry| entry["action"] == action).count();
        assert_eq!((count("resource.add_picture"), count("resource.change_picture"), count("resource.remove_picture")), (3, 4, 1));
    }

    async fn a_file_that_is_no_picture_is_refused(server) {
        let market = server.market(json!({})).await;
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        let mut bomb = PICTURE.to_vec();
        // The width and height in the header, and its checksum.
        bomb.splice(16..24, [100_000_u32.to_be_bytes(), 100_000_u32.to_be_bytes()].concat());
        let checksum = crc(&bomb[12..29]);
        bomb.splice(29..33, checksum.to_be_bytes());
        for (file, detail) in [
            (&b"a text"[..], "not a PNG, JPEG or WebP"), (b"", "not a PNG, JPEG or WebP"), (svg, "not a PNG, JPEG or WebP"),
            (&PICTURE[..90], "broken or cut off"), (&bomb, "100000 × 100000 pixels"),
        ] {
            let refused = add(&market.host, &market.resource, "", ("image/png", file)).await.refused(422, "picture_unreadable");
            assert!(refused.text("detail").contains(detail), "{refused:?}");
        }
        add(&market.host, &market.resource, "", ("image/svg+xml", svg)).await.refused(415, "unsupported_media_type");
        add(&market.host, &market.resource, "", ("image/png", &vec![0x89; 10_485_761])).await.refused(413, "payload_too_large");
        let long = format!("?description={}", "x".repeat(301));
        add(&market.host, &market.resource, &long, ("image/png", PICTURE)).await.refused(422, "invalid_fields");
        add(&market.customer, &market.resource, "", ("image/png", b"a text")).await.refused(403, "forbidden");
        assert!(market.pictures().await.is_empty());
        // The file is also a page: only the picture of it is kept.
        let both = [PICTURE, b"<script>alert(1)</script>"].concat();
        let added = add(&market.host, &market.resource, "", ("image/png", &both)).await.expect(201);
        assert!(!contains(&file(server, added["page"]["path"].as_str().unwrap()).await.0, b"script"));
    }

    async fn pictures_of_what_is_not_on_offer_are_for_its_host(server) {
        let market = server.market(json!({})).await;
        let added = market.add_picture("").await.expect(201);
        let path = added["page"]["path"].as_str().unwrap().replace("/api/v1", "");
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": true })).await.expect(200);
        server.anonymous().get(&path).await.refused(404, "not_found");
        market.customer.get(&path).await.refused(404, "not_found");
        assert_eq!(market.host.get(&path).await.expect(200).header("cache-control"), "private, max-age=31536000, immutable");
        market.host.delete(&format!("/resources/{}/pictures/{}", market.resource, added.id())).await.expect(204);
        market.host.get(&path).await.refused(404, "not_found");
    }

    async fn of_many_at_once_a_resource_keeps_twelve(server) {
        let market = server.market(json!({})).await;
        for _ in 0..10 {
            market.add_picture("").await.expect(201);
        }
        let answers = join_all((0..5).map(|_| market.add_picture(""))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2, "{answers:?}");
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.refused(409, "too_many_pictures");
        }
        assert_eq!(market.pictures().await.len(), 12);
        market.descriptions().await;
    }

    async fn the_database_refuses_pictures_that_must_not_exist(server) {
        let market = server.market(json!({})).await;
        let id = market.add_picture("").await.expect(201).id();
        let set = |set: &str| format!("UPDATE resource_pictures SET {set} WHERE id = '{id}'");
        for fixed in ["width = 3", "resource_id = 'x'", "sha256 = thumbnail_sha256", "content = thumbnail"] {
            assert!(server.fails(&set(fixed)), "{fixed}");
        }
        for wrong in ["position = 0", "position = 13"] {
            assert!(server.fails(&set(wrong)), "{wrong}");
        }
        let long = format!("description = '{}'", "x".repeat(301));
        assert!(server.fails(&set(&long)));
        let columns = "resource_id, position, description, sha256, width, height, thumbnail_sha256, thumbnail_width, thumbnail_height, created_at, thumbnail";
        let copy = |number: usize, content: &str| {
            format!("INSERT INTO resource_pictures (id, {columns}, content) SELECT 'x{number}', {columns}, {content} FROM resource_pictures WHERE id = '{id}'")
        };
        let large = if server.kind == crate::support::server::Kind::Postgres { "convert_to(repeat('x', 1048577), 'UTF8')" } else { "zeroblob(1048577)" };
        assert!(server.fails(&copy(0, large)));
        for number in 1..12 {
            assert_eq!(server.execute(&copy(number, "content")), 1);
        }
        assert!(server.fails(&copy(12, "content")), "a thirteenth picture");
        let count = "SELECT CAST(picture_count AS TEXT) AS value FROM resources";
        assert_eq!(server.select(count), ["12"]);
        assert_eq!(server.execute("DELETE FROM resource_pictures"), 12);
        assert_eq!(server.select(count), ["0"]);
    }
}

/// The checksum of a part of a PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum: u32, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}
