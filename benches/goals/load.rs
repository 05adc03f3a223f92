//! Clients that cost little themselves: the processors are shared with what is measured.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub(crate) struct Client {
    stream: TcpStream,
    authorization: String,
    headers: String,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: &str, token: Option<&str>) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let headers = format!("Host: {address}\r\nContent-Type: application/json\r\n");
        let mut client = Self { stream, authorization: String::new(), headers, buffer: Vec::new() };
        if let Some(token) = token {
            client.authorize(token);
        }
        client
    }

    /// Sends further requests with another token.
    pub(crate) fn authorize(&mut self, token: &str) {
        self.authorization = format!("Authorization: Bearer {token}\r\n");
    }

    /// Adds a header to each request.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Sends a request and returns the status and the body.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_send(method, path, body).await.unwrap()
    }

    /// As [`Self::send`], for a connection that the service may close.
    pub(crate) async fn try_send(&mut self, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
        let (authorization, headers, length) = (&self.authorization, &self.headers, body.len());
        let request = format!("{method} {path} HTTP/1.1\r\n{headers}{authorization}Content-Length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
            let length: usize =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or_default();
            if self.buffer.len() >= end + 4 + length {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
                return Ok((status, String::from_utf8_lossy(&self.buffer[end + 4..]).into_owned()));
            }
        }
    }
}

/// How often and how fast something was done.
pub(crate) struct Measured {
    pub(crate) times: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

impl Measured {
    pub(crate) fn a_second(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(((times.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default()
    }
}

/// Runs `clients` tasks at once for `length`: each does `next` again and again.
pub(crate) async fn run<C, F>(clients: Vec<C>, length: Duration, next: F) -> Measured
where
    C: Send + 'static,
    F: AsyncFn(&mut C, usize) + Clone + 'static,
{
    let began = Instant::now();
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let next = next.clone();
            tokio::task::spawn_local(async move {
                let mut times = Vec::new();
                while began.elapsed() < length {
                    let start = Instant::now();
                    next(&mut client, times.len()).await;
                    times.push(start.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    Measured { times, elapsed: began.elapsed() }
}
