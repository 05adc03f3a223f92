//! One mail about many changes, for a reader who has had many mails within an hour.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::calendar::Entry;
use super::catalogue::{Texts, variables};
use super::content::Content;
use super::letter::LetterContent;
use super::page::{Fact, Page, Sender};
use domain::mail::MailCategory;

/// How many letters one digest has at most.
pub const MOST_LETTERS: i64 = 100;
/// How many bookings and seats the letters of one digest are about at most, unless a single letter is about more: mail servers accept
/// only so many attached calendar entries.
pub const MOST_TOPICS: usize = 200;

/// The content of a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigestLetter {
    /// The letters of which the reader gets one mail, the oldest first.
    pub letters: Vec<LetterContent>,
}

impl DigestLetter {
    fn contents(&self) -> impl Iterator<Item = &dyn Content> {
        self.letters.iter().map(LetterContent::as_content)
    }
}

impl Content for DigestLetter {
    fn template(&self) -> String {
        "digest".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        self.contents().find_map(Content::category)
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let pages: Vec<_> = self.contents().map(|content| content.page(sender, texts)).collect();
        let variables = variables([("count", pages.len().into())]);
        let line =
            |(number, page): (usize, &Page)| Fact { label: number.to_string(), value: format!("{}\n{}", page.subject, page.url) };
        Page {
            subject: texts.message("digest", &variables),
            greeting: pages.first().map(|page| page.greeting.clone()).unwrap_or_default(),
            intro: texts.attribute("digest", "intro", &variables),
            facts: (1..).zip(&pages).map(line).collect(),
            call: texts.attribute("digest", "call", &variables),
            url: sender.link("bookings"),
            token: None,
            outro: String::new(),
        }
    }

    fn topics(&self) -> Vec<String> {
        self.contents().flat_map(Content::topics).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The latest entry of each booking and seat.
    fn calendar_entries(&self, sender: &Sender, texts: &Texts) -> Vec<Entry> {
        let mut latest: Vec<Entry> = Vec::new();
        for entry in self.contents().flat_map(|content| content.calendar_entries(sender, texts)) {
            match latest.iter_mut().find(|known| known.id == entry.id) {
                Some(known) if known.sequence > entry.sequence => {}
                Some(known) => *known = entry,
                None => latest.push(entry),
            }
        }
        latest
    }
}
