//! A server of calendars on loopback: it shows the calendar that the test gives it, and remembers the requests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Default)]
struct World {
    /// The status, and the headers in addition.
    head: String,
    body: Vec<u8>,
    version: usize,
    /// The heads of the requests, in lower case.
    requests: Vec<String>,
}

/// The server.
pub(crate) struct CalendarServer {
    /// The address of the calendar.
    pub(crate) url: String,
    world: Arc<Mutex<World>>,
}

impl CalendarServer {
    /// Starts a server whose calendar has no event.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let url = format!("http://{}/secret/plan.ics", listener.local_addr().expect("it listens"));
        let server = Self { url, world: Arc::default() };
        server.show("");
        let world = server.world.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let world = world.clone();
                thread::spawn(move || respond(stream, &world));
            }
        });
        server
    }

    /// From now on the calendar has these events.
    pub(crate) fn show(&self, events: &str) {
        let lines = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}\nEND:VCALENDAR\n", events.trim());
        self.respond("200 OK", lines.replace('\n', "\r\n").as_bytes());
    }

    /// From now on the server responds so: a status, perhaps with further headers, and a body.
    pub(crate) fn respond(&self, head: &str, body: &[u8]) {
        let mut world = self.world.lock().expect("it works");
        (world.head, world.body) = (head.to_owned(), body.to_vec());
        world.version += 1;
    }

    /// The heads of the requests, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.world.lock().expect("it works").requests.clone()
    }
}

fn respond(stream: TcpStream, world: &Mutex<World>) {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request).unwrap_or_default() == 0 {
            return;
        }
    }
    let request = request.to_lowercase();
    let mut world = world.lock().expect("it works");
    let etag = format!("\"v{}\"", world.version);
    let is_known = request.contains(&format!("if-none-match: {etag}\r\n"));
    let (head, body) = if is_known { ("304 Not Modified", Vec::new()) } else { (world.head.as_str(), world.body.clone()) };
    let head = format!("HTTP/1.1 {head}\r\nETag: {etag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    world.requests.push(request);
    drop(world);
    let mut stream = reader.into_inner();
    drop(stream.write_all(&[head.as_bytes(), &body].concat()));
}
