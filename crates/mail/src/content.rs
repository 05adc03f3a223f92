//! What a letter of any kind can do.

use super::calendar::CalendarUpdate;
use super::catalogue::Texts;
use super::page::{Page, Sender};
use domain::mail::MailCategory;

/// What a letter of any kind can do.
pub(super) trait Content {
    /// The name of this kind of mail.
    fn template(&self) -> String;

    /// Which choice of the recipient switches this mail off; `None` if everybody receives it.
    fn category(&self) -> Option<MailCategory>;

    /// Writes the mail.
    fn page(&self, sender: &Sender, texts: &Texts) -> Page;

    /// What the recipient's calendar enters, updates or removes.
    fn calendar_update(&self, sender: &Sender, texts: &Texts) -> Option<CalendarUpdate>;
}
