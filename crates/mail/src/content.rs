//! The trait that letters of all kinds implement.

use super::calendar::CalendarUpdate;
use super::catalogue::Texts;
use super::page::{Page, Sender};
use domain::mail::MailCategory;

/// The trait that letters of all kinds implement.
pub(super) trait Content {
    /// The name of this kind of mail.
    fn template(&self) -> String;

    /// Which choice of the recipient switches this mail off; `None` if everybody receives it.
    fn category(&self) -> Option<MailCategory>;

    /// Writes the mail.
    fn page(&self, sender: &Sender, texts: &Texts) -> Page;

    /// The update of the recipient's calendar, if there is one.
    fn calendar_update(&self, sender: &Sender, texts: &Texts) -> Option<CalendarUpdate>;
}
