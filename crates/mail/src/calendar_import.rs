//! Mails about calendars that the service cannot read.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::CalendarImportId;
use domain::mail::MailCategory;
use texts::catalogue::{Texts, variables};

/// The content of a mail about a calendar that cannot be read for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarImportLetter {
    /// The import.
    pub calendar_import_id: CalendarImportId,
    /// The name of the reader; may be empty.
    pub name: String,
    /// The name of the organization.
    pub organization: String,
    /// The name of the resource.
    pub resource: String,
    /// The name of the import. The address of the calendar can contain a secret.
    pub calendar: String,
    /// The reason of the last failure.
    pub reason: String,
}

impl Content for CalendarImportLetter {
    fn template(&self) -> String {
        "calendar_import_failing".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let variables =
            variables([("organization", self.organization.as_str().into()), ("resource", self.resource.as_str().into())]);
        let table = [("label-imported-calendar", self.calendar.clone()), ("label-reason", self.reason.clone())];
        Page {
            subject: texts.message("calendar-import-failing", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute("calendar-import-failing", "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute("calendar-import-failing", "call", &variables),
            url: sender.link("bookings"),
            token: None,
            outro: texts.attribute("calendar-import-failing", "outro", &variables),
            entries: Vec::new(),
        }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.calendar_import_id.to_string()]
    }
}
