//! The life of a message: queued, then sent or given up.

use chrono::TimeDelta;

use super::language::Language;
use super::text_enum::text_enum;

text_enum! {
    /// Where a mail is in its life.
    pub enum MailStatus {
        /// To be sent when its time has come.
        Queued = "queued",
        /// Taken by the mail server.
        Sent = "sent",
        /// Given up: refused for good, or tried too often.
        Failed = "failed",
    }
}

/// Whether a mail with this text has a secret link, whose token is deleted when the mail is sent or given up.
pub fn has_secret(template: &str) -> bool {
    let with_secret = [
        "verification",
        "password_reset",
        "contact_verification",
        "membership_invitation",
        "certification_invitation",
        "new_address",
    ];
    with_secret.contains(&template)
}

/// The language that somebody reads, with its region if that matters: a BCP 47 tag such as `en` or `de-AT`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Locale(pub String);

/// The language that every text exists in.
const ENGLISH: &str = Language::English.as_str();

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        Self(language.as_str().to_owned())
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self(ENGLISH.to_owned())
    }
}

impl Locale {
    /// Whether it is the default.
    pub fn is_default(&self) -> bool {
        self.0 == ENGLISH
    }

    /// The languages to look for a text in, best first: this one, the same without its region, English.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        let language = self.0.split('-').next().unwrap_or_default();
        let all = [Some(self.0.as_str()), Some(language).filter(|one| *one != self.0)];
        all.into_iter().flatten().chain((language != ENGLISH).then_some(ENGLISH))
    }
}

/// Defines the categories of mails, and the choices of a user among them.
macro_rules! categories {
    ($($(#[doc = $about:literal])* $category:ident $field:ident;)*) => {
        /// The category of a mail that a user can switch off.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum MailCategory {
            $($(#[doc = $about])* $category,)*
        }

        /// Which mails a user gets. Some go to everybody: those that prove who somebody is, the confirmation of one's own
        /// booking or of one that names them to operate it, what becomes of it without their doing, and that something was called
        /// off or moved by the host.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(default, deny_unknown_fields)]
        #[schema(example = json!({
            "reminders": true, "requests": true, "bookings": false, "changes": true, "overruns": true, "waitlist": true, "certifications": true
        }))]
        pub struct MailPreferences {
            $($(#[doc = $about])* #[schema(default = true)] pub $field: bool,)*
        }

        impl Default for MailPreferences {
            fn default() -> Self {
                Self { $($field: true,)* }
            }
        }

        impl MailPreferences {
            /// Creates the preferences for the mails whose fields are chosen by name, and no others.
            pub fn only(is_chosen: impl Fn(&str) -> bool) -> Self {
                Self { $($field: is_chosen(stringify!($field)),)* }
            }

            /// Returns the name of each field, and whether the user wants these mails.
            pub fn each(&self) -> Vec<(&'static str, bool)> {
                vec![$((stringify!($field), self.$field),)*]
            }

            /// Whether the user wants mails about this.
            pub const fn wants(&self, category: MailCategory) -> bool {
                match category {
                    $(MailCategory::$category => self.$field,)*
                }
            }
        }
    };
}

categories! {
    /// A booking that you made or operate, or a training in which you have a seat, starts soon.
    Reminder reminders;
    /// Your requests and what of yours waits to be paid for; those to your organization, and what becomes of them.
    Request requests;
    /// Somebody has booked something of your organization.
    Booking bookings;
    /// A booking was moved, nobody has come for one at your organization, or something of it that is booked is out of order or
    /// back in order.
    Change changes;
    /// A booking is over and still in use, or the one before yours.
    Overrun overruns;
    /// Your entries on waitlists: offers, and entries that ended without one.
    Waitlist waitlist;
    /// Certifications of yours, and trainings, yours and those of your organization.
    Certification certifications;
}

/// The pause after the first try; each later one is twice as long.
const SHORTEST_PAUSE: TimeDelta = TimeDelta::seconds(10);
/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

/// How long to wait after so many tries before the next one.
pub fn pause_after(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default();
    let factor = 2_i32.checked_pow(doublings).unwrap_or(i32::MAX);
    SHORTEST_PAUSE.checked_mul(factor).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_for_in_the_locale_then_in_its_language_then_in_english() {
        for (locale, expected) in
            [("de-AT", vec!["de-AT", "de", "en"]), ("fr", vec!["fr", "en"]), ("en", vec!["en"]), ("en-GB", vec!["en-GB", "en"])]
        {
            assert_eq!(Locale(locale.to_owned()).candidates().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn thirty_two_tries_take_five_days() {
        let (first, last): (TimeDelta, TimeDelta) = ((1..31).map(pause_after).sum(), (1..32).map(pause_after).sum());
        assert!(first < TimeDelta::days(5) && TimeDelta::days(5) < last, "{first} {last}");
    }

    #[test]
    fn pauses_double_up_to_six_hours() {
        let seconds = [1, 2, 3, 4, 11, 12, 13, 40, i32::MAX].map(|attempts| pause_after(attempts).num_seconds());
        assert_eq!(seconds, [10, 20, 40, 80, 10_240, 20_480, 21_600, 21_600, 21_600]);
    }
}
