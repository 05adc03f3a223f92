//! What is told to those who wait in line. An offer is told as a booking.

use serde::{Deserialize, Serialize};

use super::page::{Fact, Page, Sender, greeting};
use super::when;
use domain::event::WaitHappened;
use domain::time::UtcTime;

/// What a message says to somebody who has waited in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitLetter {
    /// Why nobody waits any more.
    pub happened: WaitHappened,
    /// The reader's name.
    pub name: String,
    /// The name of the resource.
    pub resource: String,
    /// The name of the organization that owns it.
    pub host: String,
    /// A slot from this instant on would have done
    pub starts_at: UtcTime,
    /// that ends at this one at the latest.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
}

impl Sender {
    /// Puts it into words.
    pub(super) fn wait_page(&self, letter: &WaitLetter) -> Page {
        let WaitLetter { resource, host, .. } = letter;
        let timezone = letter.timezone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let span = when::span(timezone, letter.starts_at, letter.ends_at);
        let (word, why) = match letter.happened {
            WaitHappened::Expired => ("No place came free", "nothing came free in time"),
            WaitHappened::Withdrawn => ("Not on offer any more", "it is not on offer to you any more"),
        };
        Page {
            subject: format!("{word}: {resource}, {span}"),
            greeting: greeting(&letter.name),
            intro: format!("You have waited for {resource} at {host}, and {why}. You are not in the line any more."),
            facts: vec![
                Fact { label: "What", value: resource.clone() },
                Fact { label: "When", value: format!("{span} ({})", when::zone(timezone, letter.starts_at, letter.ends_at)) },
                Fact { label: "Host", value: host.clone() },
            ],
            call: "To look for another time or place:".to_owned(),
            url: self.public_url.clone(),
            token: None,
            outro: String::new(),
        }
    }
}
