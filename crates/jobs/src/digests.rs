//! Digests: a person who has had many mails within an hour gets one about all further changes of bookings and seats, so that no
//! mailbox can be flooded.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::TimeDelta;

use domain::email::Email;
use domain::mail::MailStatus;
use domain::time::UtcTime;
use environment::config;
use mail::letter::{DigestLetter, Letter, LetterContent, MOST_LETTERS, MOST_TOPICS};
use storage::db::{Db, Tx};
use storage::digest_letters;
use storage::error::StorageError;
use storage::mails::{self, NewMail};

/// The time within which mails are counted.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// When people get digests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digests {
    /// The number of mails within an hour after which further ones wait.
    above: i64,
    /// How long the first of them waits.
    pause: TimeDelta,
}

impl Digests {
    pub(super) fn new(config: &config::Mail) -> Self {
        Self { above: config.digest_above_per_hour.into(), pause: TimeDelta::minutes(config.digest_minutes.into()) }
    }

    /// Lets the mails wait of which a digest is to be made, and returns the others. A mail that is about no booking and no seat, such
    /// as one with a link to reset a password, never waits.
    pub(super) fn set_aside(self, tx: &mut Tx<'_>, all: Vec<NewMail>) -> Result<Vec<NewMail>, StorageError> {
        let mut counts: HashMap<Email, i64> = HashMap::new();
        let (mut now, mut later) = (Vec::new(), Vec::new());
        for mail in all {
            let count = match counts.entry(mail.recipient.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(self.count(tx, &mail.recipient)?),
            };
            *count += 1;
            if *count > self.above && !mail.topics.is_empty() { later.push(mail) } else { now.push(mail) }
        }
        digest_letters::insert(tx.conn, later)?;
        Ok(now)
    }

    /// The number of mails to a recipient within the last hour; the largest while a letter waits. Then all later ones wait, too: they are
    /// read in the order of the changes.
    fn count(self, tx: &mut Tx<'_>, recipient: &Email) -> Result<i64, StorageError> {
        match digest_letters::has_any(tx.conn, recipient)? {
            true => Ok(self.above),
            false => mails::count_since(tx.conn, recipient, tx.now - WINDOW),
        }
    }

    /// Queues the digests that are due.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn queue_due(self, db: &Db, now: UtcTime) -> Result<(), StorageError> {
        let before = now - self.pause;
        while let Some(recipient) = db.read(now, move |tx| digest_letters::find_due_recipient(&mut tx.conn, before)).await? {
            if !db.write(now, move |tx| queue(tx, &recipient)).await? {
                break; // Another server does it.
            }
        }
        Ok(())
    }
}

/// Queues the digest of the oldest letters to a recipient; false if there are none that this server can take.
fn queue(tx: &mut Tx<'_>, recipient: &Email) -> Result<bool, StorageError> {
    let waiting = digest_letters::claim(tx.conn, recipient, MOST_LETTERS)?;
    let (mut taken, mut letters, mut topics) = (Vec::new(), Vec::new(), Vec::new());
    for one in &waiting {
        // A newer server makes the digest of a letter that this one cannot read.
        let Ok(letter) = serde_json::from_str::<Letter>(&one.context) else {
            tracing::error!(letter_id = %one.id, "a letter that waits for a digest cannot be read");
            break;
        };
        topics.extend(letter.topics());
        if topics.len() > MOST_TOPICS && !taken.is_empty() {
            break;
        }
        taken.push(one.id);
        letters.push(letter);
    }
    // The latest letter has the language that the reader has chosen last.
    let Some((first, Letter { locale, .. })) = waiting.first().zip(letters.last().cloned()) else { return Ok(false) };
    let contents = letters.into_iter().map(|letter| letter.content).collect();
    let digest = Letter { locale, content: LetterContent::Digest(DigestLetter { letters: contents }) };
    let mail = NewMail {
        id: tx.new_id(),
        fact_id: first.fact_id,
        recipient: recipient.clone(),
        template: digest.template(),
        topics: digest.topics(),
        context: serde_json::to_string(&digest)?,
        status: MailStatus::Queued,
        next_attempt_at: tx.now,
        created_at: tx.now,
    };
    mails::insert(tx.conn, &[mail])?;
    digest_letters::delete(tx.conn, &taken)?;
    Ok(true)
}
