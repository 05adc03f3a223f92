//! The details of a booking that each reader of a mail may know: the place, and how to reach the other party.

use domain::email::Email;
use domain::notification::Recipient;
use domain::site::Disclosure;
use mail::notice::NotifiedBooking;
use storage::connection::Conn;
use storage::contacts::{self, Contact, Person};
use storage::error::StorageError;
use storage::mails::{BookingDetails, Place};

/// The booking with the details of the place that its reader may know.
pub(super) fn disclosed(booking: NotifiedBooking, recipient: Recipient, site: &Place) -> NotifiedBooking {
    if recipient == Recipient::Host {
        return booking;
    }
    let is_confirmed = booking.notice.is_of_confirmed(booking.is_in_calendar);
    let disclosed_text = |text: &String| if is_confirmed { text.clone() } else { String::new() };
    NotifiedBooking {
        place: place(site, is_confirmed),
        access_notes: disclosed_text(&site.access_notes),
        contact: disclosed_text(&site.contact),
        ..booking
    }
}

/// How the host and the customer of a booking are reached.
pub(super) fn contacts(conn: &mut Conn, booking: &BookingDetails) -> Result<(Contact, Contact), StorageError> {
    let host = contacts::get(conn, booking.host.id, None)?;
    Ok((host, contacts::get(conn, booking.customer.id, Some(booking.created_by))?))
}

/// The booking with the contact details of the other party, for the parties and the operator.
pub(super) fn with_contact(
    booking: NotifiedBooking,
    recipient: Recipient,
    contacts: Option<&(Contact, Contact)>,
) -> NotifiedBooking {
    let other = match (recipient, contacts) {
        (Recipient::Host, Some((_, customer))) => customer,
        (Recipient::Customer | Recipient::Operator, Some((host, _))) => host,
        _ => return booking,
    };
    let person = other.person.as_ref();
    let line = person.map(|Person { name, email }| format!("{name}, {email}"));
    let email = other.email.as_ref().filter(|email| person.is_none_or(|person| person.email != **email)).map(Email::to_string);
    let reply_to = person.map(|person| &person.email).or(other.email.as_ref()).map(Email::to_string).unwrap_or_default();
    let other_contact = line.into_iter().chain(email).collect::<Vec<_>>().join("\n");
    NotifiedBooking { other_contact, reply_to, ..booking }
}

/// The name and address of the site, one line each; complete if `is_coming` or if the host shows its address to everybody.
pub(super) fn place(site: &Place, is_coming: bool) -> String {
    let is_told = is_coming || site.discloses_address == Disclosure::Everyone;
    let exact = |text: &str| if is_told { text.to_owned() } else { String::new() };
    let (line1, line2) = (exact(&site.line1), exact(&site.line2));
    let town = format!("{} {}", exact(&site.postal_code), site.city);
    let lines = [site.name.as_str(), &line1, &line2, town.trim(), &site.country];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
