use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use super::*;

/// A server that responds with this text to each connection. Returns the address of a document on it, and the heads of requests.
fn server(responds: String) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut text, mut buffer) = (stream.unwrap(), Vec::new(), [0; 4096]);
            while !text.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => text.extend_from_slice(&buffer[..count]),
                }
            }
            drop(tell.send(String::from_utf8(text).unwrap().to_lowercase()));
            drop(stream.write_all(responds.as_bytes()));
        }
    });
    (format!("http://calendar.test:{port}/a.ics?key=1"), told)
}

/// Clients that may reach loopback, for which each name leads to one of these addresses, one after the other.
fn clients(found: &[&str]) -> Clients {
    let found: Vec<IpAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let lookup = move |_: String| -> Found {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let address = found[number.min(found.len() - 1)];
        Box::pin(async move { Ok(vec![address]) })
    };
    let allowed = ["127.0.0.1/32".parse().unwrap()];
    Clients::with_lookup("Test/1", &allowed, Duration::from_secs(5), Arc::new(lookup)).unwrap()
}

fn get(clients: &Clients, url: &str, most: usize) -> Result<Received, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(clients.get(url, &[("accept", "text/calendar")], most))
}

#[test]
fn a_document_is_read_with_its_headers_and_only_as_far_as_it_may_go() {
    let head = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nConnection: close\r\nContent-Length: ";
    let (url, told) = server(format!("{head}10\r\n\r\n0123456789"));
    let clients = clients(&["127.0.0.1"]);
    let received = get(&clients, &url, 10).unwrap();
    assert_eq!(
        (received.status, received.header("etag"), &received.body[..], received.is_whole),
        (200, Some("\"1\""), &b"0123456789"[..], true)
    );
    let head_sent = told.recv().unwrap();
    assert!(
        head_sent.starts_with("get /a.ics?key=1 http/1.1\r\n") && head_sent.contains("accept: text/calendar\r\n"),
        "{head_sent}"
    );
    let received = get(&clients, &url, 9).unwrap();
    assert_eq!((&received.body[..], received.is_whole), (&b"012345678"[..], false));
    let (url, _told) = server(format!("{head}20\r\n\r\n0123456789"));
    assert!(!get(&clients, &url, 100).unwrap().is_whole);
}

#[test]
fn no_document_leads_to_another_network() {
    let (url, _told) = server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_owned());
    assert_eq!(get(&clients(&["127.0.0.1"]), &url, 10).unwrap().status, 302);
    // At the next look-up the name leads elsewhere.
    let (url, told) = server("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_owned());
    let moving = clients(&["127.0.0.1", "127.0.0.2"]);
    assert_eq!(get(&moving, &url, 10).unwrap().status, 204);
    assert_eq!(get(&moving, &url, 10).err(), Some(Failure::Refused));
    for (url, expected) in [
        ("https://127.0.0.2/", Failure::Refused),
        ("https://[::ffff:10.0.0.1]/", Failure::Refused),
        ("http://1.1.1.1/", Failure::Refused),
        ("https://2130706434/", Failure::Refused),
        ("nothing", Failure::Invalid),
    ] {
        assert_eq!(get(&moving, url, 10).err(), Some(expected), "{url}");
    }
    assert_eq!(told.try_iter().count(), 1);
}
