//! A real mail server on loopback, which takes and refuses what it is told to.

use std::collections::HashMap;
use std::net::{IpAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;
use std::{fs, io};

use environment::config::{Config, Tls, Transport};
use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};

use crate::support::inbox::Mail;

/// A mail server. (Its thread ends with the process.)
pub(crate) struct PostOffice {
    /// Where it listens.
    pub(crate) port: u16,
    desk: Arc<Desk>,
}

/// What all connections share.
#[derive(Default)]
struct Desk {
    book: Mutex<Book>,
    changed: Condvar,
}

#[derive(Default)]
struct Book {
    /// What is answered to an address, as sender or as recipient, in place of 250.
    answers: HashMap<String, Response>,
    /// The recipient whose mail waits until so many others were taken.
    waits: Option<(String, usize)>,
    taken: Vec<Mail>,
    connections: usize,
}

/// One connection.
#[derive(Clone)]
struct Clerk {
    desk: Arc<Desk>,
    data: Vec<u8>,
}

/// Longer, and a test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

impl PostOffice {
    /// A server on a port that is free.
    pub(crate) fn open() -> Self {
        Self::open_at(0)
    }

    /// A server on this port; 0 is one that is free.
    pub(crate) fn open_at(port: u16) -> Self {
        Self::serve(listen(port), |_| ())
    }

    fn serve(listener: TcpListener, configure: impl FnOnce(&mut Server<Clerk>)) -> Self {
        let port = listener.local_addr().unwrap().port();
        let desk = Arc::new(Desk::default());
        let mut server = Server::new(Clerk { desk: desk.clone(), data: Vec::new() });
        server.with_tcp_listener(listener).with_num_threads(16);
        configure(&mut server);
        thread::spawn(move || server.serve().map_err(|error| error.to_string()));
        Self { port, desk }
    }

    /// A server that speaks TLS as `localhost`, and wants Ada to sign in. Answers the certificate to trust, too.
    pub(crate) fn open_guarded(folder: &Path) -> (Self, PathBuf) {
        // Both kinds of cryptography are in this program, so rustls wants to be told which to take. A second time is an error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.join(name));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let [cert_path, key_path] = [&certificate, &key].map(|path| path.to_str().unwrap().to_owned());
        let post = Self::serve(listen(0), |server| {
            server.with_ssl(SslConfig::SelfSigned { cert_path, key_path }).unwrap().with_auth(AuthMechanism::Plain);
        });
        (post, certificate)
    }

    /// Waits for the first who connects.
    pub(crate) async fn visited(&self) {
        while self.connections() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Answers this to an address, as sender or as recipient.
    pub(crate) fn answer(&self, address: &str, code: u16, text: &str) {
        self.desk.book().answers.insert(address.to_owned(), Response::custom(code, text.to_owned()));
    }

    /// Answers as usual again.
    pub(crate) fn relent(&self) {
        self.desk.book().answers.clear();
    }

    /// Lets a recipient wait until `others` messages were taken.
    pub(crate) fn keep_waiting(&self, recipient: &str, others: usize) {
        self.desk.book().waits = Some((recipient.to_owned(), others));
    }

    /// Lets nobody wait any longer.
    pub(crate) fn hurry(&self) {
        self.desk.book().waits = None;
        self.desk.changed.notify_all();
    }

    /// What was taken, in the order of its arrival.
    pub(crate) fn taken(&self) -> Vec<Mail> {
        self.desk.book().taken.clone()
    }

    /// To whom, in the order of the alphabet.
    pub(crate) fn recipients(&self) -> Vec<String> {
        let mut recipients: Vec<_> = self.taken().into_iter().map(|mail| mail.to).collect();
        recipients.sort();
        recipients
    }

    /// How often somebody has connected.
    pub(crate) fn connections(&self) -> usize {
        self.desk.book().connections
    }
}

fn listen(port: u16) -> TcpListener {
    TcpListener::bind(("127.0.0.1", port)).unwrap()
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    listen(0).local_addr().unwrap().port()
}

/// Sends mail to a server on this port, in the clear.
pub(crate) fn by_smtp(port: u16) -> impl FnOnce(&mut Config) {
    move |config| {
        config.mail.transport = Transport::Smtp;
        config.mail.from = "Sharefloor <no-reply@share.example>".to_owned();
        config.mail.smtp.host = "127.0.0.1".to_owned();
        config.mail.smtp.port = port;
        config.mail.smtp.tls = Tls::None;
    }
}

impl Desk {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }
}

impl Book {
    fn answer(&self, address: &str) -> Response {
        self.answers.get(address).cloned().unwrap_or(response::OK)
    }

    fn must_wait(&self, recipient: &str) -> bool {
        self.waits.as_ref().is_some_and(|(address, others)| address == recipient && self.taken.len() < *others)
    }
}

impl Handler for Clerk {
    fn helo(&mut self, _: IpAddr, _: &str) -> Response {
        self.desk.book().connections += 1;
        response::OK
    }

    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.desk.book().answer(from)
    }

    fn rcpt(&mut self, to: &str) -> Response {
        let (book, waited) = self.desk.changed.wait_timeout_while(self.desk.book(), PATIENCE, |book| book.must_wait(to)).unwrap();
        if waited.timed_out() { response::NO_SERVICE } else { book.answer(to) }
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        if (user, password) == ("ada", "open sesame") { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.desk.book().taken.push(Mail::read(&std::mem::take(&mut self.data)));
        self.desk.changed.notify_all();
        response::OK
    }
}
