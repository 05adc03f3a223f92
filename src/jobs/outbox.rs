//! Events become mails: one for each person who must hear, written in the transaction that takes
//! the event off the list.

use crate::domain::email::Email;
use crate::domain::event::{BookingFacts, Event};
use crate::domain::ids::{OrganizationId, OutboxId};
use crate::domain::time::UtcTime;
use crate::mail::letter::{BookingLetter, Happened, Letter, Side};
use crate::storage::connection::Conn;
use crate::storage::db::{Db, Tx};
use crate::storage::error::StorageError;
use crate::storage::mails::{self, BookingDetails, NewMail};
use crate::storage::members::Member;
use crate::storage::outbox::Pending;
use crate::storage::types::Json;
use crate::storage::{members, organizations, outbox, users};

/// How many events are told in one transaction.
const BATCH: i64 = 50;

/// Queues the mails of all events that wait.
///
/// # Errors
/// When the database fails.
pub(super) async fn fan_out(db: &Db, now: UtcTime) -> Result<(), StorageError> {
    // Looking is cheap, while a write waits for the disk.
    while db.read(now, |tx| outbox::has_pending(tx.conn)).await? {
        let told = db.write(now, tell_some).await?;
        if told == 0 {
            break; // Another server is at it.
        }
    }
    Ok(())
}

fn tell_some(tx: &mut Tx<'_>) -> Result<usize, StorageError> {
    let pending = outbox::list_pending(tx.conn, BATCH)?;
    for Pending { id, payload, created_at } in &pending {
        match serde_json::from_str::<Event>(payload) {
            Ok(event) => {
                tell(tx, *id, &event, *created_at)?;
                outbox::update_processed(tx.conn, *id, &event.without_secret(), tx.now)?;
            }
            Err(error) => {
                // It must not stop those behind it.
                tracing::error!(outbox_id = %id, %error, "an event of the outbox cannot be read");
                outbox::update_unreadable(tx.conn, *id, tx.now)?;
            }
        }
    }
    Ok(pending.len())
}

fn tell(tx: &mut Tx<'_>, id: OutboxId, event: &Event, happened_at: UtcTime) -> Result<(), StorageError> {
    let letters = match letters(tx.conn, event) {
        // Who or what it is about has gone.
        Err(StorageError::NotFound) => Vec::new(),
        letters => letters?,
    };
    for (recipient, letter) in letters {
        let context = Json(serde_json::to_value(&letter)?);
        let mail = NewMail { id: tx.new_id(), outbox_id: id, recipient: &recipient, template: letter.template(), context };
        mails::insert(tx.conn, &mail, happened_at)?;
    }
    Ok(())
}

/// Who hears of an event, and what.
fn letters(conn: &mut Conn, event: &Event) -> Result<Vec<(Email, Letter)>, StorageError> {
    match event {
        Event::VerificationRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            Ok(vec![(user.email, Letter::Verification { token: token.clone() })])
        }
        Event::PasswordResetRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            Ok(vec![(user.email, Letter::PasswordReset { token: token.clone(), name: user.name })])
        }
        Event::BookingRequested(facts) => booking_letters(conn, Happened::Requested, facts),
        Event::BookingConfirmed(facts) => booking_letters(conn, Happened::Confirmed, facts),
        Event::BookingCancelled(facts) => booking_letters(conn, Happened::Cancelled, facts),
        Event::BookingDeclined(facts) => booking_letters(conn, Happened::Declined, facts),
    }
}

/// A person, by address and name.
type Person = (Email, String);

fn booking_letters(conn: &mut Conn, happened: Happened, facts: &BookingFacts) -> Result<Vec<(Email, Letter)>, StorageError> {
    let booking = mails::get_booking_details(conn, facts.booking_id)?;
    let customer = organizations::get(conn, booking.organization_id)?.fields();
    let host = organizations::get(conn, booking.host_organization_id)?.fields();
    let letter = BookingLetter {
        happened,
        side: Side::Customer,
        name: String::new(),
        facts: facts.clone(),
        place: place(&booking),
        resource: booking.resource,
        unit: booking.unit,
        timezone: booking.timezone,
        host: host.name,
        customer: customer.name,
        note: booking.note,
    };
    let bookers = match members::get(conn, booking.organization_id, booking.created_by) {
        Ok(booker) => people([booker]),
        // Who has left the organization hears no more of its bookings, but somebody there must.
        Err(StorageError::NotFound) => managers(conn, booking.organization_id, customer.contact_email)?,
        Err(error) => return Err(error),
    };
    let hosts = managers(conn, booking.host_organization_id, host.contact_email)?;
    let sides =
        bookers.into_iter().map(|person| (Side::Customer, person)).chain(hosts.into_iter().map(|person| (Side::Host, person)));
    let mut letters: Vec<(Email, Letter)> = Vec::new();
    for (side, (email, name)) in sides {
        // Nobody needs to hear it twice, though they be on both sides.
        if letters.iter().all(|(other, _)| *other != email) {
            letters.push((email, Letter::Booking(Box::new(BookingLetter { side, name, ..letter.clone() }))));
        }
    }
    Ok(letters)
}

/// Who hears of an organization's bookings: its owners and managers, and where it wants mail sent.
fn managers(conn: &mut Conn, organization: OrganizationId, contact: Option<Email>) -> Result<Vec<Person>, StorageError> {
    let mut managers = people(members::list_managers(conn, organization)?);
    managers.extend(contact.map(|email| (email, String::new())));
    Ok(managers)
}

fn people(members: impl IntoIterator<Item = Member>) -> Vec<Person> {
    members.into_iter().filter_map(|member| Some((member.email.parse().ok()?, member.name))).collect()
}

/// The name and address of the site, as they are written on a letter.
fn place(booking: &BookingDetails) -> String {
    let BookingDetails { site, line1, line2, postal_code, city, country, .. } = booking;
    let town = format!("{postal_code} {city}");
    let lines = [site.as_str(), line1, line2, town.trim(), country];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
