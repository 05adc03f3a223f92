//! The trait that letters of all kinds implement.

use super::page::{Page, Sender};
use domain::mail::MailCategory;
use texts::catalogue::Texts;

/// The trait that letters of all kinds implement.
pub(super) trait Content {
    /// The name of this kind of mail.
    fn template(&self) -> String;

    /// Which choice of the recipient switches this mail off; `None` if everybody receives it.
    fn category(&self) -> Option<MailCategory>;

    /// Writes the mail.
    fn page(&self, sender: &Sender, texts: &Texts) -> Page;

    /// The identifiers of the bookings or the seat that it is about.
    fn topics(&self) -> Vec<String> {
        Vec::new()
    }

    /// The address of the other party, to which an answer goes.
    fn reply_to(&self) -> Option<&str> {
        None
    }
}
