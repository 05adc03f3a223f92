//! Mails leave, several at a time: one slow server or recipient does not hold up the others.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::domain::mail::pause_after;
use crate::domain::time::UtcTime;
use crate::mail::letter::Letter;
use crate::mail::{Envelope, Mailer, Undelivered};
use crate::storage::db::Db;
use crate::storage::error::StorageError;
use crate::storage::mails::{self, Mail};
use crate::storage::types::Json;

/// How many mails leave at a time.
const AT_A_TIME: usize = 4;

/// What a delivery needs.
#[derive(Clone)]
pub(super) struct Delivery {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) mailer: Arc<Mailer>,
    /// How long a mail is ours before others may think that we have died over it.
    pub(super) lease: TimeDelta,
    pub(super) max_attempts: i32,
}

impl Delivery {
    /// Takes as many mails whose time has come as may leave now, and sends them off.
    pub(super) async fn begin(&self, under_way: &mut JoinSet<()>) -> Result<(), StorageError> {
        while under_way.len() < AT_A_TIME {
            let now = self.clock.now();
            if !self.db.read(now, move |tx| mails::has_due(tx.conn, now)).await? {
                break;
            }
            let (until, room) = (now + self.lease, i64::try_from(AT_A_TIME - under_way.len()).unwrap_or(1));
            let claimed = self.db.write(now, move |tx| mails::claim_due(tx.conn, now, until, room)).await?;
            if claimed.is_empty() {
                break; // Another server was faster.
            }
            for mail in claimed {
                let delivery = self.clone();
                under_way.spawn(async move { delivery.deliver(mail).await });
            }
        }
        Ok(())
    }

    async fn deliver(self, mail: Mail) {
        let id = mail.id;
        let Json(context) = &mail.context;
        let (kept, result) = match serde_json::from_value::<Letter>(context.clone()) {
            Ok(letter) => {
                let envelope = Envelope { id, recipient: &mail.recipient, written_at: mail.created_at };
                let result = self.mailer.send(&envelope, &letter).await;
                (serde_json::to_value(letter.without_secret()).unwrap_or_default(), result)
            }
            Err(error) => (Value::Null, Err(Undelivered::Refused(format!("its context cannot be read: {error}")))),
        };
        if let Err(error) = self.note(mail, Json(kept), result).await {
            tracing::error!(mail_id = %id, %error, "what became of a mail could not be noted; it will be sent again");
        }
    }

    /// Writes down what became of a mail.
    async fn note(&self, mail: Mail, kept: Json<Value>, result: Result<(), Undelivered>) -> Result<(), StorageError> {
        let now = self.clock.now();
        let (id, attempts) = (mail.id, mail.attempts);
        match result {
            Ok(()) => {
                tracing::info!(mail_id = %id, attempts, "a mail was sent");
                self.db.write(now, move |tx| mails::update_sent(tx.conn, id, &kept, now)).await
            }
            Err(Undelivered::Delayed(error)) if attempts < self.max_attempts => {
                let again: UtcTime = now + pause_after(attempts);
                tracing::warn!(mail_id = %id, attempts, %again, error, "a mail could not be sent yet");
                self.db.write(now, move |tx| mails::update_delayed(tx.conn, &mail, &error, again)).await
            }
            Err(Undelivered::Delayed(error) | Undelivered::Refused(error)) => {
                tracing::error!(mail_id = %id, attempts, error, "a mail was given up");
                self.db.write(now, move |tx| mails::update_failed(tx.conn, &mail, &error, &kept)).await
            }
        }
    }
}
