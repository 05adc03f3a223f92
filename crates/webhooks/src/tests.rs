use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

use super::*;

/// A receiver at an address that responds with this text to each connection. Returns its port and the requests that it has got.
fn receiver(address: &str, responds: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let (port, requests) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
    let seen = requests.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut text) = (stream.unwrap(), Vec::new());
            let mut buffer = [0; 4096];
            while !text.ends_with(b"{}") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => text.extend_from_slice(&buffer[..count]),
                }
            }
            seen.lock().unwrap().push(String::from_utf8(text).unwrap());
            drop(stream.write_all(responds.as_bytes()));
        }
    });
    (port, requests)
}

const ACCEPTED: &str = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

fn sender(networks: &[&str], lookup: Lookup) -> Sender {
    let allowed_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    Sender::with_lookup(&config::Webhooks { allowed_networks, timeout_seconds: 5 }, lookup).unwrap()
}

/// A look-up that finds these addresses, one after the other, and counts.
fn finds(addresses: &[&[&str]]) -> (Lookup, Arc<Mutex<usize>>) {
    let addresses: Vec<Vec<IpAddr>> =
        addresses.iter().map(|found| found.iter().map(|address| address.parse().unwrap()).collect()).collect();
    let count = Arc::<Mutex<usize>>::default();
    let counted = count.clone();
    let lookup = move |_| -> outgoing::Found {
        let mut count = counted.lock().unwrap();
        let found = addresses[(*count).min(addresses.len() - 1)].clone();
        *count += 1;
        Box::pin(async move { Ok(found) })
    };
    (Arc::new(lookup), count)
}

fn send(sender: &Sender, url: &str) -> Attempt {
    let secrets = [domain::secret_token::webhook_secret([1; 32])];
    let message = Message { url, secrets: &secrets, id: "1", timestamp: 1_614_265_330, body: "{}" };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sender.send(&message))
}

/// Returns whether a body was signed with the secret (`whsec_…`) at most 300 seconds before or after `now`, in seconds since 1970. This is
/// the example of docs/webhooks.md.
fn verify(secret: &str, id: &str, timestamp: &str, signatures: &str, body: &[u8], now: i64) -> bool {
    let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
    let (Some(key), Ok(sent_at)) = (key, timestamp.parse::<i64>()) else { return false };
    let message = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    let is_ours = |signature: &str| {
        let signature = signature.strip_prefix("v1,").and_then(|text| BASE64_STANDARD.decode(text).ok());
        signature.is_some_and(|it| hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &message, &it).is_ok())
    };
    now.abs_diff(sent_at) <= 300 && signatures.split(' ').any(is_ours)
}

#[test]
fn the_example_is_that_of_the_documentation() {
    let example = |text: &'static str| {
        let start = text.find("fn verify(secret").unwrap();
        &text[start..start + text[start..].find("\n}\n").unwrap()]
    };
    assert_eq!(example(include_str!("tests.rs")), example(include_str!("../../../docs/webhooks.md")));
}

#[test]
fn the_example_for_receivers_accepts_what_is_signed_and_nothing_else() {
    let [secret, other] = [[1; 32], [2; 32]].map(domain::secret_token::webhook_secret);
    let signatures = signature::sign(&[other.clone(), secret.clone()], "1", 1_614_265_330, "{}");
    let accepts = |secret: &str, body: &str, now| verify(secret, "1", "1614265330", &signatures, body.as_bytes(), now);
    assert!(accepts(&secret, "{}", 1_614_265_630) && accepts(&other, "{}", 1_614_265_030));
    assert!(!accepts(&secret, "{}", 1_614_265_631) && !accepts(&secret, "{ }", 1_614_265_330));
    assert!(!accepts(&domain::secret_token::webhook_secret([3; 32]), "{}", 1_614_265_330));
}

#[test]
fn a_name_is_looked_up_once_and_the_connection_goes_to_the_judged_address() {
    let (port, requests) = receiver("127.0.0.2", ACCEPTED);
    // At the second look-up the name leads to an address that is not allowed, where somebody listens on the same port.
    let trap = TcpListener::bind(("127.0.0.1", port)).unwrap();
    trap.set_nonblocking(true).unwrap();
    let (lookup, count) = finds(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let sender = sender(&["127.0.0.2/32"], lookup);
    let url = format!("http://receiver.test:{port}/hook?a=1");
    let first = send(&sender, &url);
    assert_eq!((first.status, first.error.as_str(), *count.lock().unwrap()), (Some(204), "", 1));
    let second = send(&sender, &url);
    assert_eq!((second.status, second.error.as_str(), *count.lock().unwrap()), (None, describe(Failure::Refused), 2));
    assert!(trap.accept().is_err(), "the service has connected to an address that is not allowed");
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    let head = requests[0].to_lowercase();
    assert!(
        head.starts_with("post /hook?a=1 ") && head.contains("\r\nwebhook-id: 1\r\nwebhook-timestamp: 1614265330\r\n"),
        "{head}"
    );
}

#[test]
fn an_address_that_is_not_allowed_is_never_connected_to() {
    let (port, requests) = receiver("127.0.0.1", ACCEPTED);
    for (networks, found, url) in [
        (&[][..], &["127.0.0.1"][..], format!("https://receiver.test:{port}/")),
        (&[], &["1.1.1.1", "127.0.0.1"], format!("https://receiver.test:{port}/")),
        (&[], &["::ffff:127.0.0.1"], format!("https://receiver.test:{port}/")),
        (&[], &["1.1.1.1"], format!("https://127.0.0.1:{port}/")),
        (&[], &["1.1.1.1"], format!("https://[::ffff:7f00:1]:{port}/")),
        (&[], &["1.1.1.1"], format!("https://2130706433:{port}/")),
        (&[], &["1.1.1.1"], format!("https://0x7f.1:{port}/")),
        (&["10.0.0.0/8"], &["127.0.0.1"], format!("http://receiver.test:{port}/")),
        // Plain HTTP never goes to the internet.
        (&["10.0.0.0/8"], &["1.1.1.1"], "http://receiver.test/".to_owned()),
    ] {
        let (lookup, _) = finds(&[found]);
        let attempt = send(&sender(networks, lookup), &url);
        assert_eq!((attempt.status, attempt.error.as_str()), (None, describe(Failure::Refused)), "{url} {found:?}");
    }
    assert_eq!(*requests.lock().unwrap(), [""; 0]);
}

#[test]
fn a_redirect_is_not_followed_and_only_the_start_of_a_response_is_read() {
    let redirect = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (port, _) = receiver("127.0.0.1", redirect);
    let (lookup, count) = finds(&[&["127.0.0.1"]]);
    let sender = sender(&["127.0.0.0/8"], lookup);
    assert_eq!(send(&sender, &format!("http://receiver.test:{port}/")).status, Some(302));
    assert_eq!(*count.lock().unwrap(), 1);
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n\0a{}", "é".repeat(50_000)).leak();
    let (port, _) = receiver("127.0.0.1", long);
    let attempt = send(&sender, &format!("http://receiver.test:{port}/"));
    assert_eq!((attempt.status, attempt.response.chars().count()), (Some(200), MOST_CHARACTERS));
    assert!(attempt.response.starts_with("aéé"), "{attempt:?}");
    let (port, _) = receiver("127.0.0.1", "");
    let attempt = send(&sender, &format!("http://receiver.test:{port}/"));
    assert_eq!(attempt.error, "The connection broke before the response was complete.");
}
