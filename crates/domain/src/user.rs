//! People with an account, and what they want to hear.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::mail::MailPreferences;

/// The longest lead of a reminder, in minutes: a week.
const LONGEST_LEAD: i32 = 7 * 24 * 60;

/// What an account says of its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFields {
    /// How the person is called.
    pub name: String,
    /// How many minutes before a booking starts the person is reminded of it.
    pub reminder_minutes: Vec<i32>,
    /// Which mails the person gets.
    pub mail_preferences: MailPreferences,
}

/// What an account says of its person, as it is edited.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada Lovelace", "reminder_minutes": [1440, 60], "mail_preferences": {"bookings": false}}))]
pub struct Profile {
    /// How the person is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// How many minutes before a booking starts you are reminded of it: up to three times, each between 5 minutes and a week;
    /// a day before if left out. An empty list: not at all.
    #[serde(default = "a_day")]
    #[schema(max_items = 3, required = false)]
    pub reminder_minutes: Vec<i32>,
    /// Which mails you get.
    #[serde(default)]
    #[schema(required = false)]
    pub mail_preferences: MailPreferences,
}

/// How many minutes before a booking who has chosen nothing else is reminded of it.
pub fn a_day() -> Vec<i32> {
    vec![1440]
}

impl Profile {
    /// The fields as they are kept: the name without surrounding blanks, the reminders once each.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self) -> Result<UserFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        let mut reminder_minutes = self.reminder_minutes.clone();
        for (index, minutes) in reminder_minutes.iter().enumerate() {
            fields.number(&format!("/reminder_minutes/{index}"), *minutes, 5..=LONGEST_LEAD);
        }
        reminder_minutes.sort_unstable_by(|a, b| b.cmp(a));
        reminder_minutes.dedup();
        if reminder_minutes.len() > 3 {
            fields.refuse("/reminder_minutes", "too_long", "must be at most 3 times");
        }
        let mail_preferences = self.mail_preferences;
        fields.finish(|| Some(UserFields { name: name?, reminder_minutes, mail_preferences }))
    }
}

impl From<UserFields> for Profile {
    fn from(UserFields { name, reminder_minutes, mail_preferences }: UserFields) -> Self {
        Self { name, reminder_minutes, mail_preferences }
    }
}
