//! Mails: their texts, their form, and how they leave. Called by the jobs only.

pub mod account;
pub mod calendar_import;
pub mod card_payment;
pub mod certification;
pub mod invoice;
pub mod letter;
pub mod notice;
pub mod payment_reminder;
pub mod prepaid;
pub mod standing;
pub mod training;
pub mod waitlist;
pub mod webhook;

mod calendar;
mod content;
mod file;
mod message;
mod page;
mod smtp;
#[cfg(test)]
mod tests;
mod undelivered;

use std::path::PathBuf;

pub use self::message::{Attachment, Envelope};
pub use self::undelivered::Undelivered;

use self::letter::Letter;
use self::message::Writer;
use self::page::Sender;
use self::smtp::Smtp;
use environment::config::{self, Config, InvalidConfig};
use environment::link_key::LinkKey;

/// Writes messages and sends them.
pub struct Mailer {
    writer: Writer,
    transport: Transport,
}

enum Transport {
    File(PathBuf),
    Smtp(Smtp),
}

impl Mailer {
    /// Makes everything ready to send as it is configured; nothing is sent and nobody is asked yet.
    ///
    /// # Errors
    /// Names the key whose value is wrong.
    pub fn new(config: &Config, key: LinkKey) -> Result<Self, InvalidConfig> {
        let from = config.mail.from.parse().map_err(|error| InvalidConfig::Value {
            key: "mail.from",
            problem: format!("must be an address such as Sharefloor <no-reply@example.org>: {error}"),
        })?;
        let public_url = config.public_url.trim_end_matches('/').to_owned();
        let public_host = config.public_host().to_owned();
        let transport = match config.mail.transport {
            config::Transport::File => Transport::File(config.mail_dir()),
            config::Transport::Smtp => Transport::Smtp(Smtp::new(&config.mail.smtp, &public_host)?),
        };
        let auth = &config.auth;
        let (verification_hours, reset_minutes) = (auth.verification_hours, auth.reset_minutes);
        let sender = Sender { public_url, verification_hours, reset_minutes, key, reader: None };
        Ok(Self { writer: Writer { from, sender, public_host }, transport })
    }

    /// Writes a message and sends it.
    ///
    /// # Errors
    /// Says whether it is worth trying again.
    pub async fn send(&self, envelope: &Envelope<'_>, letter: &Letter) -> Result<(), Undelivered> {
        let message = self.writer.write(envelope, letter).map_err(|error| Undelivered::Refused(error.to_string()))?;
        match &self.transport {
            Transport::File(directory) => {
                let name = format!("{}-{}", envelope.written_at.to_chrono().format("%Y%m%dT%H%M%S%3fZ"), envelope.id);
                let failed = |error| Undelivered::Delayed(format!("{}: {error}", directory.display()));
                file::write(directory, &name, message.formatted()).await.map_err(failed)
            }
            // Its state is large, and would be moved about with each mail even where mails are files.
            Transport::Smtp(server) => Box::pin(server.send(&message)).await,
        }
    }

    /// Lets go of what it keeps open for the next message.
    pub async fn rest(&self) {
        if let Transport::Smtp(server) = &self.transport {
            server.rest().await;
        }
    }
}
