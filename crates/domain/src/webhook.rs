//! Webhooks: the addresses of an organization to which the service sends its events, as the Standard Webhooks specification says.

use chrono::TimeDelta;

use super::fields::{Fields, InvalidFields};
use super::ids::{EventId, OrganizationId, UserId, WebhookDeliveryId, WebhookId};
use super::limits;
use super::network::{Network, check_url};
use super::organization_event::EventType;
use super::said::said;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// The largest number of webhooks of an organization.
pub const MOST_WEBHOOKS: usize = 20;

/// The largest number of tests and replays of a webhook that wait.
pub const MOST_PENDING: usize = 10;

/// How long the secret before a rotation still signs beside the new one.
pub const SECRET_OVERLAP: TimeDelta = TimeDelta::hours(24);

/// A webhook is disabled when an event has failed for so long.
pub const FAILING_FOR: TimeDelta = TimeDelta::days(3);

/// The pauses after the failed attempts to send an event, one after the other. After one more failure the webhook is disabled.
const PAUSES: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The pause after this many failed attempts to send an event; none after the last.
pub fn pause_after(failures: i32) -> Option<TimeDelta> {
    PAUSES.get(usize::try_from(failures - 1).ok()?).copied()
}

/// The fields of a webhook that its organization sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookFields {
    /// The address.
    pub url: String,
    /// The types of the events that it gets; all types if there are none.
    pub event_types: Vec<EventType>,
    /// Whether events are sent.
    pub is_enabled: bool,
}

impl WebhookFields {
    /// Returns the validated fields, with each type once. In `allowed` networks the address can begin with `http://`.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(url: &str, event_types: &[EventType], is_enabled: bool, allowed: &[Network]) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let url = fields.line("/url", url, limits::WebhookUrl::RANGE);
        if let Some(Err(wrong)) = url.as_ref().map(|url| check_url(url, allowed)) {
            fields.refuse("/url", "invalid", wrong);
        }
        fields.list("/event_types", event_types, limits::EventTypes::<()>::RANGE, said!("types"));
        let mut event_types = event_types.to_vec();
        event_types.sort_unstable();
        event_types.dedup();
        fields.finish(|| Some(Self { url: url?, event_types, is_enabled }))
    }
}

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its identifier.
    pub id: WebhookId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The fields that the organization sets.
    pub fields: WebhookFields,
    /// The instant until which the secret before the latest rotation still signs.
    pub previous_secret_until: Option<UtcTime>,
    /// The number of failed attempts of the event that has failed most often and still waits.
    pub failures: i32,
    /// When the first attempt failed of an event that still waits.
    pub failing_since: Option<UtcTime>,
    /// When the service disabled it because its receiver failed for too long.
    pub disabled_at: Option<UtcTime>,
    /// The user who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

text_enum! {
    /// The reason for which an event was sent.
    pub enum DeliveryCause {
        /// It happened.
        Event = "event",
        /// Somebody asked to send it again.
        Replay = "replay",
        /// Somebody tested the webhook.
        Test = "test",
    }
}

/// The type of the event of a test. It is no event of an organization.
pub const TEST_TYPE: &str = "webhook.test";

/// An attempt to send an event to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Its identifier.
    pub id: WebhookDeliveryId,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The event.
    pub event_id: EventId,
    /// The type of the event.
    pub event_type: String,
    /// The reason.
    pub cause: DeliveryCause,
    /// The body that was sent, or will be.
    pub body: String,
    /// The outcome; none while it waits.
    pub attempt: Option<Attempt>,
    /// When it was sent or, while it waits, asked for.
    pub created_at: UtcTime,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the response; none if there was none.
    pub status: Option<i32>,
    /// The first characters of the body of the response.
    pub response: String,
    /// Why there was no response; empty if there was one.
    pub error: String,
    /// The time until the response or the error, in milliseconds.
    pub millis: i32,
}

impl Attempt {
    /// Whether the receiver has accepted the event.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver wants no more events.
    pub const fn is_gone(&self) -> bool {
        matches!(self.status, Some(410))
    }
}

/// The condition of a receiver, as the attempts to send events to it show it. One event that fails says nothing, for the receiver may refuse
/// only this one; when several different events have failed one after the other, it is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// How many different events have failed since the receiver accepted one.
    pub failed_in_a_row: i32,
    /// The number of failed attempts in this turn since the receiver accepted an event.
    failed_now: i32,
    /// Whether the receiver was down, and accepted an event in this turn.
    pub has_recovered: bool,
    /// Whether the receiver wants no more events.
    is_gone: bool,
}

impl Condition {
    /// The condition at the start of a turn.
    pub const fn new(failed_in_a_row: i32) -> Self {
        Self { failed_in_a_row, failed_now: 0, has_recovered: false, is_gone: false }
    }

    /// Takes in an attempt to send an event that had failed so often before.
    pub fn note(&mut self, attempt: &Attempt, failures: i32) {
        if attempt.is_success() {
            self.has_recovered |= self.is_down();
            (self.failed_in_a_row, self.failed_now) = (0, 0);
        } else {
            self.is_gone |= attempt.is_gone();
            self.failed_in_a_row += i32::from(failures == 0);
            self.failed_now += 1;
        }
    }

    const fn is_down(&self) -> bool {
        self.failed_in_a_row > 1
    }

    /// Whether nothing more is sent in this turn: of a receiver that is down, one attempt has failed, or of another one two.
    pub const fn is_over(&self) -> bool {
        self.is_gone || self.failed_now > 1 || (self.failed_now > 0 && self.is_down())
    }

    /// The pause before the next attempt. None: the webhook is disabled.
    pub fn pause(&self) -> Option<TimeDelta> {
        match (self.is_gone, self.is_down(), self.failed_now) {
            (true, ..) => None,
            (false, true, _) => pause_after(self.failed_in_a_row - 1),
            (false, false, 0 | 1) => Some(TimeDelta::zero()),
            (false, false, _) => pause_after(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(status: i32) -> Attempt {
        Attempt { status: Some(status), response: String::new(), error: String::new(), millis: 1 }
    }

    fn condition_after(failed_in_a_row: i32, attempts: &[(i32, i32)]) -> Condition {
        let mut condition = Condition::new(failed_in_a_row);
        for (status, failures) in attempts {
            assert!(!condition.is_over(), "{condition:?}");
            condition.note(&attempt(*status), *failures);
        }
        condition
    }

    #[test]
    fn one_event_that_fails_again_and_again_does_not_delay_the_others() {
        for failures in 0..9 {
            let condition = condition_after(i32::from(failures > 0), &[(500, failures)]);
            assert_eq!((condition.is_over(), condition.pause()), (false, Some(TimeDelta::zero())), "{failures}");
        }
        let condition = condition_after(0, &[(500, 0), (200, 0), (500, 0), (200, 0)]);
        assert_eq!((condition.failed_in_a_row, condition.is_over()), (0, false));
    }

    #[test]
    fn a_receiver_that_is_down_gets_one_attempt_after_each_pause() {
        let condition = condition_after(0, &[(500, 0), (500, 0)]);
        assert_eq!((condition.is_over(), condition.pause()), (true, Some(TimeDelta::seconds(5))));
        let condition = condition_after(2, &[(500, 0)]);
        assert_eq!((condition.is_over(), condition.pause()), (true, Some(TimeDelta::minutes(5))));
        assert_eq!(condition_after(9, &[(500, 0)]).pause(), Some(TimeDelta::hours(24)));
        assert_eq!(condition_after(10, &[(500, 0)]).pause(), None);
        // Events that have failed before say nothing new.
        assert_eq!(condition_after(3, &[(500, 4)]).pause(), Some(TimeDelta::minutes(5)));
        let condition = condition_after(1, &[(500, 4), (500, 7)]);
        assert_eq!((condition.failed_in_a_row, condition.is_over(), condition.pause()), (1, true, Some(TimeDelta::seconds(5))));
        let condition = condition_after(5, &[(200, 0), (500, 3)]);
        assert_eq!((condition.failed_in_a_row, condition.has_recovered, condition.is_over()), (0, true, false));
        assert!(!condition_after(1, &[(200, 0)]).has_recovered);
    }

    #[test]
    fn a_receiver_that_is_gone_gets_nothing_more() {
        let condition = condition_after(0, &[(410, 0)]);
        assert_eq!((condition.is_over(), condition.pause()), (true, None));
    }

    #[test]
    fn an_event_is_tried_for_three_days() {
        let all: TimeDelta = (1..10).filter_map(pause_after).sum();
        assert_eq!((all.num_hours(), pause_after(0), pause_after(10)), (75, None, None));
        assert_eq!(pause_after(1), Some(TimeDelta::seconds(5)));
    }
}
