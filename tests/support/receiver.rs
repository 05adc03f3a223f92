//! A receiver of webhooks on loopback: it responds as the test says, and remembers all that it has got.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// How a receiver behaves to one request.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    /// It responds with this status and body.
    Status(u16, &'static str),
    /// It sends the client elsewhere.
    Redirect(String),
    /// It closes the connection without a response.
    Close,
    /// It never responds, and keeps the connection open.
    Hang,
}

/// A request that a receiver has got.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    /// The event in the body.
    pub(crate) fn event(&self) -> Value {
        self.body.parse().expect("it is JSON")
    }
}

#[derive(Default)]
struct World {
    received: Vec<Received>,
    next: VecDeque<Behaviour>,
    /// Requests whose body contains one of these get 500.
    refused: Vec<String>,
    /// Open connections without a response.
    hanging: Vec<TcpStream>,
}

/// A receiver.
pub(crate) struct Receiver {
    pub(crate) url: String,
    world: Arc<Mutex<World>>,
}

impl Receiver {
    /// Starts a receiver that accepts everything, and hangs on paths that end with `/hang`.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let world = Arc::<Mutex<World>>::default();
        let shared = world.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let world = shared.clone();
                thread::spawn(move || respond(stream, &world));
            }
        });
        Self { url, world }
    }

    /// Behaves so to the next requests, and then accepts everything again.
    pub(crate) fn then(&self, behaviours: &[Behaviour]) {
        self.world.lock().expect("it works").next.extend(behaviours.iter().cloned());
    }

    /// Responds with 500 to each request whose body contains a text, until it accepts again.
    pub(crate) fn refuse(&self, text: &str) {
        self.world.lock().expect("it works").refused.push(text.to_owned());
    }

    /// Accepts what it has refused.
    pub(crate) fn accept(&self) {
        self.world.lock().expect("it works").refused.clear();
    }

    /// All that it has got.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.world.lock().expect("it works").received.clone()
    }
}

fn respond(stream: TcpStream, world: &Mutex<World>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(count) if count > 2 => {}
            _ => break,
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let mut stream = reader.into_inner();
    let mut world = world.lock().expect("it works");
    let is_hanging = path.ends_with("/hang");
    let body = String::from_utf8(body).expect("it is text");
    let is_refused = world.refused.iter().any(|text| body.contains(text));
    world.received.push(Received { path, headers, body });
    let behaviour = match (is_hanging, is_refused) {
        (true, _) => Some(Behaviour::Hang),
        (false, true) => Some(Behaviour::Status(500, "refused")),
        (false, false) => world.next.pop_front(),
    };
    let head = match behaviour.unwrap_or(Behaviour::Status(204, "")) {
        Behaviour::Status(204, _) => "204 No Content\r\n".to_owned(),
        Behaviour::Status(status, body) => {
            format!("{status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        }
        Behaviour::Redirect(url) => format!("307 x\r\nLocation: {url}\r\nContent-Length: 0\r\n"),
        Behaviour::Close => return,
        Behaviour::Hang => return world.hanging.push(stream),
    };
    drop(world);
    let end = if head.contains("\r\n\r\n") { "" } else { "Connection: close\r\n\r\n" };
    drop(stream.write_all(format!("HTTP/1.1 {head}{end}").as_bytes()));
}
