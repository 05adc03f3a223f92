//! Messages to a mail server.

use std::net::IpAddr;
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Category;
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;

use super::undelivered::Undelivered;
use environment::config::{self, InvalidConfig, Tls};

/// How long a server may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);

/// A mail server, and the connections to it that are open. (lettre has a pool of its own, which
/// does not say whether the server refused us or the recipient, and does not give up a silent server.)
pub(super) struct Smtp {
    host: String,
    port: u16,
    hello: ClientId,
    security: Security,
    credentials: Option<Credentials>,
    timeout: Duration,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

enum Security {
    StartTls(TlsParameters),
    Implicit(TlsParameters),
    None,
}

impl Smtp {
    /// The server as it is configured; we are `public_host`.
    pub(super) fn new(config: &config::Smtp, public_host: &str) -> Result<Self, InvalidConfig> {
        let security = match config.tls {
            Tls::StartTls => Security::StartTls(tls(config)?),
            Tls::Implicit => Security::Implicit(tls(config)?),
            Tls::None => Security::None,
        };
        let hello = match public_host.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(public_host.to_owned()),
        };
        let credentials = (!config.username.is_empty())
            .then(|| Credentials::new(config.username.clone(), config.password.expose_secret().to_owned()));
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            hello,
            security,
            credentials,
            timeout: Duration::from_secs(config.timeout_seconds.into()),
            idle: Mutex::default(),
        })
    }

    /// Gives a message to the server.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let delivery = async {
            let mut connection = self.connection().await.map_err(ours)?;
            match exchange(&mut connection, message).await {
                Ok(()) => self.idle.lock().await.push(connection),
                Err(error) => {
                    connection.abort().await;
                    return Err(error);
                }
            }
            Ok(())
        };
        let silent = || Undelivered::Delayed("the mail server took too long to answer".to_owned());
        tokio::time::timeout(self.timeout, delivery).await.unwrap_or_else(|_| Err(silent()))
    }

    /// Closes the connections that are open, for nothing is to be sent for a while.
    pub(super) async fn rest(&self) {
        for mut connection in std::mem::take(&mut *self.idle.lock().await) {
            drop(tokio::time::timeout(FAREWELL, connection.quit()).await);
        }
    }

    /// A connection that is open, or else a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        let idle = self.idle.lock().await.pop();
        if let Some(mut connection) = idle
            && connection.test_connected().await
        {
            return Ok(connection);
        }
        let implicit = if let Security::Implicit(parameters) = &self.security { Some(parameters.clone()) } else { None };
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, implicit, None).await?;
        if let Security::StartTls(parameters) = &self.security {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// The requirements for the server's certificate.
fn tls(config: &config::Smtp) -> Result<TlsParameters, InvalidConfig> {
    let invalid = |key, problem: String| InvalidConfig::Value { key, problem };
    let mut parameters = TlsParameters::builder(config.host.clone());
    if !config.ca_file.as_os_str().is_empty() {
        let unusable = |problem| invalid("mail.smtp.ca_file", format!("{}: {problem}", config.ca_file.display()));
        let pem = std::fs::read(&config.ca_file).map_err(|error| unusable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().map_err(|error| invalid("mail.smtp.host", error.to_string()))
}

async fn exchange(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Undelivered> {
    let envelope = message.envelope();
    connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await.map_err(ours)?;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(theirs)?;
    }
    connection.command(Data).await.map_err(theirs)?;
    connection.message(&message.formatted()).await.map_err(theirs)?;
    Ok(())
}

/// An error before the server knew the recipient is a problem between the server and us. The mail is tried again later: the
/// settings may be corrected by then.
fn ours(error: Error) -> Undelivered {
    Undelivered::Delayed(describe(&error))
}

/// An error about the recipient or the message. Codes x5z are about the mail; other codes are about us, such as a missing
/// sign-in.
fn theirs(error: Error) -> Undelivered {
    if error.is_permanent() && error.status().is_some_and(|code| code.category == Category::MailSystem) {
        Undelivered::Refused(describe(&error))
    } else {
        ours(error)
    }
}

/// The server's message without control characters, at most 500 characters.
fn describe(error: &Error) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).take(500).collect()
}
