//! The bookings behind a link in a mail: one booking, a series or a booking group, and the moves that the reader can make with all
//! of them.

use super::bookings::Search;
use super::bookings::access::{possible_moves, side_of};
use super::error::Error;
use super::precondition::IfMatch;
use super::{Caller, booking_groups, bookings, card_payments, series};
use domain::booking::proposal::{Proposal, ProposalResponse, ProposalStatus};
use domain::booking::{Booking, Move, Side};
use domain::card_account::CardSetup;
use domain::email::Email;
use domain::ids::{BookingGroupId, BookingId, BookingProposalId, OrganizationId, SeriesId};
use domain::language::Language;
use domain::paging::Paging;
use domain::permissions::{Permission, Permissions};
use storage::db::{ReadTx, Tx};
use storage::{booking_proposals, bookings as rows, contacts, organizations, users};

/// The bookings that a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One booking.
    Booking(BookingId),
    /// All bookings of a series.
    Series(SeriesId),
    /// All bookings of a booking group.
    Group(BookingGroupId),
}

/// The moves that a page offers.
const OFFERED: [Move; 4] = [Move::Confirm, Move::Approve, Move::Decline, Move::Cancel];

/// The user with the address, if the user has verified it and is not suspended. A link can use the permissions of a page about bookings only.
///
/// # Errors
/// When the database fails.
pub fn find_reader(tx: &mut ReadTx, email: &Email) -> Result<Option<Caller>, Error> {
    let user =
        users::find_by_email(&mut tx.conn, email)?.filter(|user| user.email_verified_at.is_some() && user.suspended_at.is_none());
    let permissions = Permissions::of(&[Permission::View, Permission::Book, Permission::ManageBookings]);
    Ok(user.map(|user| Caller { permissions, ..super::in_name_of(user.id) }))
}

/// Returns the language of the user with the address, or of the organization whose mails it receives; none if it is not known.
///
/// # Errors
/// When the database fails.
pub fn find_language(tx: &mut ReadTx, email: &Email) -> Result<Option<Language>, Error> {
    match users::find_by_email(&mut tx.conn, email)? {
        Some(user) => Ok(user.language),
        None => Ok(contacts::find_languages(&mut tx.conn, std::slice::from_ref(email))?.remove(email).flatten()),
    }
}

/// Returns the bookings that the owner of the address may see, by start, and the moves that can be made with them. The contact
/// address of a party sees the bookings, and can make no move.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, reader: &Email, subject: Subject) -> Result<(Vec<Booking>, Vec<Move>), Error> {
    let Some(caller) = find_reader(tx, reader)? else {
        return Ok((list_of_contact(tx, reader, subject)?, Vec::new()));
    };
    let bookings = match subject {
        Subject::Booking(id) => vec![bookings::get(tx, caller, id)?],
        Subject::Series(id) => series::get(tx, caller, id)?.bookings,
        Subject::Group(id) => booking_groups::get(tx, caller, id)?.bookings,
    };
    let mut moves = Vec::new();
    for booking in &bookings {
        moves.extend(possible_moves(tx, caller, booking)?.1);
    }
    Ok((bookings, OFFERED.into_iter().filter(|happens| moves.contains(happens)).collect()))
}

/// Returns the open proposal for a booking, and the responses that the owner of the address can make.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn find_proposal(
    tx: &mut ReadTx,
    reader: &Email,
    booking: &Booking,
) -> Result<Option<(Proposal, &'static [ProposalResponse])>, Error> {
    let open = booking_proposals::find_open(&mut tx.conn, booking.id)?.map(|proposal| proposal.at(tx.now));
    let Some(proposal) = open.filter(|proposal| proposal.status == ProposalStatus::Open) else { return Ok(None) };
    let responses: &[_] = match find_reader(tx, reader)? {
        None => &[],
        Some(caller) if side_of(tx, caller, booking)? == proposal.side => &[ProposalResponse::Withdraw],
        // Only a manager who is signed in can override rules.
        Some(_) if proposal.side == Side::Customer && !proposal.violations.is_empty() => &[ProposalResponse::Decline],
        Some(_) => &[ProposalResponse::Accept, ProposalResponse::Decline],
    };
    Ok(Some((proposal, responses)))
}

/// Responds to a proposal, as the owner of the address.
///
/// # Errors
/// `not_found` also for a contact address, and the errors of the response.
pub fn respond(
    tx: &mut Tx<'_>,
    reader: &Email,
    (id, proposal): (BookingId, BookingProposalId),
    response: ProposalResponse,
    reason: &str,
) -> Result<(), Error> {
    let caller = find_reader(tx, reader)?.ok_or_else(Error::not_found)?;
    let responded = match response {
        ProposalResponse::Accept => bookings::accept_proposal(tx, caller, id, proposal, None),
        ProposalResponse::Decline => bookings::decline_proposal(tx, caller, id, proposal, reason),
        ProposalResponse::Withdraw => bookings::withdraw_proposal(tx, caller, id, proposal, reason),
    };
    responded.map(drop)
}

/// Whether the owner of the address can pay for the booking by card now.
///
/// # Errors
/// When the database fails.
pub fn can_pay(tx: &mut ReadTx, reader: &Email, booking: &Booking, setup: CardSetup) -> Result<bool, Error> {
    match find_reader(tx, reader)? {
        Some(caller) => card_payments::can_start(tx, caller, booking, setup),
        None => Ok(false),
    }
}

/// Returns the next bookings that the owner of the address is a party to, at most a page of them.
///
/// # Errors
/// When the database fails.
pub fn list_next(tx: &mut ReadTx, reader: &Email, paging: &Paging) -> Result<Vec<Booking>, Error> {
    let Some(caller) = find_reader(tx, reader)? else { return Ok(Vec::new()) };
    let search = Search { from: Some(tx.now), ..Search::default() };
    Ok(bookings::list(tx, caller, &search, paging)?.items)
}

/// The bookings of which the address is the confirmed contact address of a party.
fn list_of_contact(tx: &mut ReadTx, reader: &Email, subject: Subject) -> Result<Vec<Booking>, Error> {
    let found = match subject {
        Subject::Booking(id) => vec![rows::get(&mut tx.conn, id)?],
        Subject::Series(id) => rows::list_of_series(&mut tx.conn, id)?,
        Subject::Group(id) => rows::list_of_groups(&mut tx.conn, &[id])?,
    };
    let mut seen = Vec::new();
    for booking in found {
        if is_contact(tx, reader, booking.organization_id)? || is_contact(tx, reader, booking.host_organization_id)? {
            seen.push(booking.at(tx.now));
        }
    }
    if seen.is_empty() { Err(Error::not_found()) } else { Ok(seen) }
}

fn is_contact(tx: &mut ReadTx, reader: &Email, organization: OrganizationId) -> Result<bool, Error> {
    let organization = organizations::get(&mut tx.conn, organization)?;
    let address = organization.fields().contact_email.filter(|_| organization.contact_verified_at.is_some());
    Ok(address.as_ref() == Some(reader))
}

/// Makes a move with all bookings that allow it, as the owner of the address.
///
/// # Errors
/// `not_found` also for a contact address, and the errors of the move.
pub fn make(tx: &mut Tx<'_>, reader: &Email, subject: Subject, happens: Move, reason: &str) -> Result<(), Error> {
    let caller = find_reader(tx, reader)?.ok_or_else(Error::not_found)?;
    let any = &IfMatch::Any;
    match (subject, happens) {
        (Subject::Booking(id), Move::Confirm) => bookings::confirm(tx, caller, id, any).map(drop),
        (Subject::Booking(id), Move::Approve) => bookings::approve(tx, caller, id, any).map(drop),
        (Subject::Booking(id), Move::Decline) => bookings::decline(tx, caller, id, reason, any).map(drop),
        (Subject::Booking(id), Move::Cancel) => bookings::cancel(tx, caller, id, reason, any).map(drop),
        (Subject::Series(id), Move::Confirm) => series::confirm(tx, caller, id).map(drop),
        (Subject::Series(id), Move::Approve) => series::approve(tx, caller, id).map(drop),
        (Subject::Series(id), Move::Decline) => series::decline(tx, caller, id, None, reason).map(drop),
        (Subject::Series(id), Move::Cancel) => series::cancel(tx, caller, id, None, reason).map(drop),
        (Subject::Group(id), Move::Confirm) => booking_groups::confirm(tx, caller, id).map(drop),
        (Subject::Group(id), Move::Approve) => booking_groups::approve(tx, caller, id).map(drop),
        (Subject::Group(id), Move::Decline) => booking_groups::decline(tx, caller, id, None, reason).map(drop),
        (Subject::Group(id), Move::Cancel) => booking_groups::cancel(tx, caller, id, None, reason).map(drop),
        _ => Err(Error::not_found()),
    }
}
