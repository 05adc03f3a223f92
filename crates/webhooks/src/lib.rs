//! Sends events to the webhooks of organizations, signed as the Standard Webhooks specification says. Nothing here knows of the database.

mod signature;

use std::time::{Duration, Instant};

use domain::webhook::Attempt;
use environment::config;
use outgoing::{Clients, Failure, InvalidClient, Lookup, Received};

/// How many characters of a response are kept.
const MOST_CHARACTERS: usize = 1000;

/// How many bytes of a response are read.
const MOST_BYTES: usize = 4 * MOST_CHARACTERS;

/// The name of the service in its requests.
const AGENT: &str = "Sharefloor-Webhooks/1";

/// The clients that send events. Cloning it is cheap.
#[derive(Clone)]
pub struct Sender(Clients);

/// An event to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The address of the receiver.
    pub url: &'a str,
    /// The secrets with which it is signed.
    pub secrets: &'a [String],
    /// The identifier of the event, the same in each attempt.
    pub id: &'a str,
    /// The time of the attempt, in seconds since 1970.
    pub timestamp: i64,
    /// The event as JSON.
    pub body: &'a str,
}

impl Sender {
    /// Prepares to send as it is configured.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn new(config: &config::Webhooks) -> Result<Self, InvalidClient> {
        Ok(Self(Clients::new(AGENT, &config.allowed_networks, Duration::from_secs(config.timeout_seconds))?))
    }

    /// As [`Self::new`], with another way to look names up.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn with_lookup(config: &config::Webhooks, lookup: Lookup) -> Result<Self, InvalidClient> {
        let timeout = Duration::from_secs(config.timeout_seconds);
        Ok(Self(Clients::with_lookup(AGENT, &config.allowed_networks, timeout, lookup)?))
    }

    /// Sends an event once.
    pub async fn send(&self, message: &Message<'_>) -> Attempt {
        let began_at = Instant::now();
        let signature = signature::sign(message.secrets, message.id, message.timestamp, message.body);
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", message.id),
            ("webhook-timestamp", &message.timestamp.to_string()),
            ("webhook-signature", &signature),
        ];
        let sent = self.0.post(message.url, &headers, message.body.to_owned(), MOST_BYTES).await;
        let (status, response, error) = match sent {
            Ok(received) => (Some(i32::from(received.status)), start_of(&received), String::new()),
            Err(failure) => (None, String::new(), describe(failure).to_owned()),
        };
        Attempt { status, response, error, millis: i32::try_from(began_at.elapsed().as_millis()).unwrap_or(i32::MAX) }
    }
}

/// The first characters of the body of a response. PostgreSQL cannot store NUL in a text.
fn start_of(received: &Received) -> String {
    String::from_utf8_lossy(&received.body).chars().filter(|char| *char != '\0').take(MOST_CHARACTERS).collect()
}

/// Why there was no response, for the owners of the webhook.
const fn describe(failure: Failure) -> &'static str {
    match failure {
        Failure::Invalid => "The address is not valid.",
        Failure::Refused => "The address of the receiver is not on the internet.",
        Failure::Late => "The receiver did not respond in time.",
        Failure::Unreachable => "The receiver could not be reached.",
        Failure::Broken => "The connection broke before the response was complete.",
    }
}

#[cfg(test)]
mod tests;
