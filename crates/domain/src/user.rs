//! People with an account, and the mails that they want.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::language::Language;
use super::limits;
use super::mail::MailPreferences;
use crate::said::said;

/// The fields of an account that its owner edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserFields {
    /// The name of the person.
    pub name: String,
    /// The times of reminders, in minutes before a booking starts.
    pub reminder_minutes: Vec<i32>,
    /// The mails that the person gets.
    pub mail_preferences: MailPreferences,
    /// The language of mails and pages; none: that of the request.
    pub language: Option<Language>,
}

/// The fields of an account that its owner edits.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada Lovelace", "reminder_minutes": [1440, 60], "mail_preferences": {"bookings": false}}))]
pub struct Profile {
    /// Your name, as other users see it.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// The times of reminders, in minutes before a booking starts. An empty list: no reminders. Default: one reminder, 1,440 minutes (a day) before.
    #[serde(default = "a_day")]
    #[schema(value_type = limits::Reminders<limits::ReminderMinutes>, required = false)]
    pub reminder_minutes: Vec<i32>,
    /// The mails that you get.
    #[serde(default)]
    #[schema(required = false)]
    pub mail_preferences: MailPreferences,
    /// The language of your mails, and of the pages behind their links. Null: mails are in English, and pages are in the language of
    /// `Accept-Language`.
    #[serde(default)]
    pub language: Option<Language>,
}

/// Returns the default reminders: one, a day before the start.
pub fn a_day() -> Vec<i32> {
    vec![1440]
}

impl Profile {
    /// Returns the validated fields: the name without surrounding blanks, each reminder once.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<UserFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let mut reminder_minutes = self.reminder_minutes.clone();
        for (index, minutes) in reminder_minutes.iter().enumerate() {
            fields.number(&format!("/reminder_minutes/{index}"), *minutes, limits::ReminderMinutes::RANGE);
        }
        reminder_minutes.sort_unstable_by(|a, b| b.cmp(a));
        reminder_minutes.dedup();
        fields.list("/reminder_minutes", &reminder_minutes, limits::Reminders::RANGE, said!("times"));
        let (mail_preferences, language) = (self.mail_preferences, self.language);
        fields.finish(|| Some(UserFields { name: name?, reminder_minutes, mail_preferences, language }))
    }
}

impl From<UserFields> for Profile {
    fn from(UserFields { name, reminder_minutes, mail_preferences, language }: UserFields) -> Self {
        Self { name, reminder_minutes, mail_preferences, language }
    }
}
