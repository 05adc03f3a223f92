//! Event streams: the events of the list, at once, and for as long as the caller may read them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-01T10:00:00Z";
const TO: &str = "2026-12-01T11:00:00Z";

/// An open stream, read as browsers do.
struct Stream {
    response: reqwest::Response,
    text: String,
}

/// A part of a stream.
#[derive(Debug, PartialEq)]
enum Part {
    Event { id: String, data: Value },
    Comment,
    End,
}

impl Stream {
    async fn open(server: &Server, reader: &Client, organization: &str, last: Option<&str>) -> Self {
        let response = request(server, reader, organization, last).await;
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((header("content-type"), header("cache-control")), ("text/event-stream".to_owned(), "no-store".to_owned()));
        let mut stream = Self { response, text: String::new() };
        // Its first words come at once: it listens from now on.
        assert_eq!(stream.next().await, Part::Comment);
        stream
    }

    /// The next part, within ten seconds.
    async fn next(&mut self) -> Part {
        loop {
            if let Some((part, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| part.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let part = match (field("id: "), field("data: ")) {
                    (Some(id), Some(data)) => Part::Event { id, data: data.parse().unwrap() },
                    _ => Part::Comment,
                };
                self.text = rest.to_owned();
                return part;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk()).await.expect("something comes");
            match chunk.expect("it is not broken off") {
                Some(bytes) => self.text.push_str(std::str::from_utf8(&bytes).unwrap()),
                None => return Part::End,
            }
        }
    }

    /// The identifier and the type of the next event.
    async fn event(&mut self) -> (String, String) {
        match self.next().await {
            Part::Event { id, data } => {
                assert_eq!(data["id"], json!(id));
                (id, data["type"].as_str().unwrap().to_owned())
            }
            other => panic!("no event, but {other:?}"),
        }
    }
}

async fn request(server: &Server, reader: &Client, organization: &str, last: Option<&str>) -> reqwest::Response {
    let url = format!("{}/api/v1/organizations/{organization}/events", server.url);
    let request = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap().get(url);
    let request = request.header("accept", "text/event-stream").header("authorization", reader.header("authorization"));
    let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
    request.send().await.unwrap()
}

async fn book(market: &Market) -> String {
    market.book(FROM, TO).await.expect(201).id()
}

async fn market(server: &Server) -> Market {
    let market = server.market(json!({ "capacity": { "quantity": 99, "unit": "unit" } })).await;
    // The event of the machine is older than each stream.
    server.tell_all().await;
    market
}

on_both_databases! {
    async fn a_stream_tells_events_at_once_and_goes_on_where_it_was_cut(server) {
        let market = market(server).await;
        book(&market).await;
        server.tell_all().await;
        let mut stream = Stream::open(server, &market.host, &market.host_organization, None).await;
        let booking = book(&market).await;
        let first = stream.event().await;
        assert_eq!(first.1, "booking.create", "only what comes after the beginning");
        drop(stream);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        book(&market).await;
        server.tell_all().await;
        let mut stream = Stream::open(server, &market.host, &market.host_organization, Some(&first.0)).await;
        let missed = [stream.event().await, stream.event().await];
        assert_eq!([&*missed[0].1, &*missed[1].1], ["booking.cancel", "booking.create"]);
        // The list has the same events in the same order.
        let path = format!("/organizations/{}/events?after={}", market.host_organization, first.0);
        let listed = market.host.get(&path).await.expect(200);
        let listed: Vec<_> = listed.items().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(listed, missed.map(|(id, _)| id));
    }

    async fn a_stream_tells_what_other_servers_have_made(server) {
        let market = market(server).await;
        let other = server.another();
        let customer = other.anonymous().with("authorization", market.customer.header("authorization"));
        let mut stream = Stream::open(server, &market.host, &market.host_organization, None).await;
        for _ in 0..3 {
            customer.post("/bookings", market.wish(FROM, TO)).await.expect(201);
            assert_eq!(stream.event().await.1, "booking.create");
        }
    }

    async fn a_stream_shows_only_its_organization(server) {
        let market = market(server).await;
        let elsewhere = market.customer.found("Elsewhere").await;
        let mut quiet = Stream::open(server, &market.customer, &elsewhere, None).await;
        let mut stream = Stream::open(server, &market.customer, &market.customer_organization, None).await;
        book(&market).await;
        stream.event().await;
        market.customer.post(&format!("/organizations/{elsewhere}/close"), json!({})).await.expect(204);
        assert_eq!(quiet.next().await, Part::End);
        let refused = request(server, &market.customer, &market.host_organization, None).await;
        assert_eq!(refused.status(), 403);
        assert_eq!(request(server, &server.anonymous().with_token("none"), &market.host_organization, None).await.status(), 401);
        let wrong = request(server, &market.host, &market.host_organization, Some("7")).await;
        assert_eq!(wrong.status(), 422);
    }

    async fn a_stream_ends_with_the_right_of_its_caller(server) {
        let market = market(server).await;
        let manager = server.user("Mary").await;
        server.add_member(&market.host_organization, &manager, "manager");
        let keys = format!("/organizations/{}/api-keys", market.host_organization);
        let made = market.host.post(&keys, json!({ "name": "Sync", "scopes": ["events:read"] })).await.expect(201);
        let key = server.anonymous().with_token(made.text("key"));
        let mut of_manager = Stream::open(server, &manager, &market.host_organization, None).await;
        let mut of_key = Stream::open(server, &key, &market.host_organization, None).await;
        let mut of_owner = Stream::open(server, &market.host, &market.host_organization, None).await;
        let member = format!("/organizations/{}/members/{}", market.host_organization, manager.id);
        market.host.patch(&member, json!({ "role": "booker" })).await.expect(200);
        assert_eq!(of_manager.next().await, Part::End);
        let id = made["api_key"]["id"].as_str().unwrap();
        market.host.post(&format!("{keys}/{id}/revoke"), json!({})).await.expect(200);
        assert_eq!(of_key.next().await, Part::End);
        book(&market).await;
        of_owner.event().await;
    }

    async fn a_caller_has_ten_streams(server) {
        let market = market(server).await;
        let mut streams = Vec::new();
        for _ in 0..10 {
            streams.push(Stream::open(server, &market.host, &market.host_organization, None).await);
        }
        let refused = request(server, &market.host, &market.host_organization, None).await;
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "5"));
        let mut other = Stream::open(server, &market.customer, &market.customer_organization, None).await;
        let figures = server.root().get("/metrics").await.expect(200).text;
        assert!(figures.contains("\nevent_streams 11\n"), "{figures}");
        streams.clear();
        book(&market).await;
        other.event().await;
        // The service learns of closed connections when it writes to them.
        for _ in 0..500 {
            if request(server, &market.host, &market.host_organization, None).await.status() == 200 {
                return;
            }
            book(&market).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("closed streams are counted");
    }
}
