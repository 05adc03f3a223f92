//! Events become mails: one for each person who must hear, written in the transaction that takes
//! the event off the list.

use std::collections::HashMap;

use domain::email::Email;
use domain::event::{BookingFacts, Event, GroupHappened, Happened, SeriesFacts, SeriesHappened, ToldBooking, WaitHappened};
use domain::ids::{BookingGroupId, CertificationId, OutboxId, TrainingId, TrainingSeatId, WaitlistEntryId};
use domain::mail::MailStatus;
use domain::site::Disclosure;
use domain::time::UtcTime;
use mail::booking_group::GroupLetter;
use mail::bookings::{BookingsLetter, MOST};
use mail::certification::{AttendanceLetter, CertificationEvent, CertificationLetter, SeatEvent, SeatLetter};
use mail::letter::{BookingLetter, Letter, Side};
use mail::series::SeriesLetter;
use mail::waitlist::WaitLetter;
use storage::connection::Conn;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::mails::{self, Hearer, NewMail, Party, Place};
use storage::outbox::{self, Pending};
use storage::types::Json;
use storage::{booking_groups, certifications, members, resources, sites, training_seats, trainings, users, waitlist_entries};

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
    let mut told: Vec<(OutboxId, Event, UtcTime)> = Vec::new();
    for Pending { id, payload, created_at } in &pending {
        match serde_json::from_str::<Event>(payload) {
            Ok(event) => {
                if !told.iter_mut().any(|(_, known, _)| known.absorb(&event)) {
                    told.push((*id, event.clone(), *created_at));
                }
                let kept = event.clone().without_secret();
                if kept != event {
                    outbox::update_payload(tx.conn, *id, &kept)?;
                }
            }
            // It is left as it is, but must not stop those behind it.
            Err(error) => tracing::error!(outbox_id = %id, %error, "an event of the outbox cannot be read"),
        }
    }
    let mut mails = Vec::new();
    for (id, event, created_at) in &told {
        mails.extend(letters(tx, *id, event, *created_at)?);
    }
    mails::insert(tx.conn, &mails)?;
    outbox::update_processed(tx.conn, &pending.iter().map(|event| event.id).collect::<Vec<_>>(), tx.now)?;
    Ok(pending.len())
}

/// The mails that tell an event, one for each who hears of it.
fn letters(tx: &mut Tx<'_>, outbox_id: OutboxId, event: &Event, happened_at: UtcTime) -> Result<Vec<NewMail>, StorageError> {
    let addressed = match address(tx.conn, event) {
        // Who or what it is about has gone.
        Err(StorageError::NotFound) => Vec::new(),
        addressed => wanted(tx.conn, addressed?)?,
    };
    let queue = |(recipient, letter): (Email, Letter)| {
        Ok(NewMail {
            id: tx.new_id(),
            outbox_id,
            recipient,
            template: letter.template(),
            context: Json(serde_json::to_value(&letter)?),
            status: MailStatus::Queued,
            next_attempt_at: happened_at,
            created_at: happened_at,
        })
    };
    addressed.into_iter().map(queue).collect()
}

/// What is left when all who have an account hear only what they want to, and what everybody has to.
fn wanted(conn: &mut Conn, addressed: Vec<(Email, Letter)>) -> Result<Vec<(Email, Letter)>, StorageError> {
    let choosers = addressed.iter().filter(|(_, letter)| letter.category().is_some()).map(|(email, _)| email.clone());
    let choosers: Vec<_> = choosers.collect();
    if choosers.is_empty() {
        return Ok(addressed);
    }
    let preferences: HashMap<_, _> = users::list_preferences(conn, &choosers)?.into_iter().collect();
    let wants = |(email, letter): &(Email, Letter)| match (letter.category(), preferences.get(email)) {
        (Some(category), Some(preferences)) => preferences.wants(category),
        _ => true,
    };
    Ok(addressed.into_iter().filter(wants).collect())
}

/// Who hears of an event, and what.
fn address(conn: &mut Conn, event: &Event) -> Result<Vec<(Email, Letter)>, StorageError> {
    match event {
        Event::VerificationRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            Ok(vec![(user.email, Letter::Verification { token: token.clone() })])
        }
        Event::PasswordResetRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            Ok(vec![(user.email, Letter::PasswordReset { token: token.clone(), name: user.name })])
        }
        Event::ContactNamed { email, token } => {
            let letter = Letter::ContactVerification { token: token.clone() };
            Ok(email.parse().ok().map(|email| (email, letter)).into_iter().collect())
        }
        Event::Booking { happened, facts } => {
            // Who is to operate it chooses when to be reminded, too.
            let is_for = |side| *happened != Happened::Reminder || side != Side::Operator;
            let letters = address_parties(conn, *happened, facts)?.into_iter().filter(|(_, letter)| is_for(letter.side));
            Ok(letters.map(|(email, letter)| (email, Letter::Booking(Box::new(letter)))).collect())
        }
        Event::Bookings { happened, bookings } => address_together(conn, *happened, bookings),
        Event::OperatorReminder { facts } => {
            let letters = address_parties(conn, Happened::Reminder, facts)?.into_iter();
            let of_operator = letters.filter(|(_, letter)| letter.side == Side::Operator);
            Ok(of_operator.map(|(email, letter)| (email, Letter::Booking(Box::new(letter)))).collect())
        }
        Event::Series { happened, facts } => address_series(conn, *happened, facts),
        Event::Group { happened, group_id, bookings, left } => address_group(conn, *happened, *group_id, (bookings, left)),
        Event::Wait { happened, waitlist_entry_id } => address_waiting(conn, *happened, *waitlist_entry_id),
        Event::CertificationGranted { certification_id } => address_holder(conn, CertificationEvent::Granted, *certification_id),
        Event::CertificationRevoked { certification_id } => address_holder(conn, CertificationEvent::Revoked, *certification_id),
        Event::CertificationExpires { certification_id } => address_holder(conn, CertificationEvent::Expires, *certification_id),
        Event::SeatTaken { seat_id } => address_seat(conn, SeatEvent::Taken, *seat_id),
        Event::SeatCancelled { seat_id } => address_seat(conn, SeatEvent::Cancelled, *seat_id),
        Event::SeatReminder { seat_id } => address_seat(conn, SeatEvent::Reminder, *seat_id),
        Event::TrainingCancelled { seat_id } => address_seat(conn, SeatEvent::TrainingCancelled, *seat_id),
        Event::SeatRemoved { seat_id, reason } => {
            let (email, letter) = seat_letter(conn, SeatEvent::Removed, *seat_id)?;
            Ok(seat_letters(email, SeatLetter { reason: reason.clone(), ..letter }))
        }
        Event::TrainingChanged { seat_id, before } => {
            let (email, letter) = seat_letter(conn, SeatEvent::TrainingChanged, *seat_id)?;
            Ok(seat_letters(email, SeatLetter { before: Some(before.clone()), ..letter }))
        }
        Event::AttendanceDue { training_id } => address_trainers(conn, *training_id),
    }
}

/// Who has waited in vain hears of it.
fn address_waiting(conn: &mut Conn, happened: WaitHappened, id: WaitlistEntryId) -> Result<Vec<(Email, Letter)>, StorageError> {
    let entry = waitlist_entries::get(conn, id)?;
    let user = users::get(conn, entry.user_id)?;
    let resource = resources::get(conn, entry.resource_id)?;
    let letter = WaitLetter {
        happened,
        name: user.name,
        resource: entry.resource_name,
        host: resource.organization_name,
        starts_at: entry.desire.window.starts_at(),
        ends_at: entry.desire.window.ends_at(),
        timezone: resource.site.timezone.name().to_owned(),
    };
    Ok(vec![(user.email, Letter::Wait(Box::new(letter)))])
}

/// A person, by address and name.
type Person = (Email, String);

/// Whether who is to operate a booking that somebody else has made hears of it: of what is agreed, and at the machine.
const fn is_for_operator(happened: Happened) -> bool {
    match happened {
        Happened::Confirmed
        | Happened::Reminder
        | Happened::Rescheduled
        | Happened::Cancelled
        | Happened::Displaced
        | Happened::Overrun
        | Happened::Delayed
        | Happened::OutOfOrder
        | Happened::BackInOrder => true,
        Happened::Requested
        | Happened::Held
        | Happened::HoldExpired
        | Happened::Offered
        | Happened::OfferLapsed
        | Happened::Declined
        | Happened::Expired
        | Happened::Missed
        | Happened::Uncertified
        | Happened::Replaced
        | Happened::OperatorLeft => false,
    }
}

/// Both parties hear of a booking: who made it and who is or was to operate it, and all who manage the host.
fn address_parties(
    conn: &mut Conn,
    happened: Happened,
    facts: &BookingFacts,
) -> Result<Vec<(Email, BookingLetter)>, StorageError> {
    let booking = mails::get_booking_details(conn, facts.booking_id)?;
    let is_of_hold = matches!(happened, Happened::Held | Happened::HoldExpired | Happened::Offered | Happened::OfferLapsed);
    let is_told = facts.is_in_calendar && is_for_operator(happened);
    let operator = facts.operated_by.filter(|_| is_told);
    let former =
        facts.before.as_ref().and_then(|before| before.operated_by).filter(|user| is_told && *user != booking.created_by);
    let people: Vec<_> = [Some(booking.created_by), operator, former].into_iter().flatten().collect();
    let (mut customers, mut operators, mut hosts): (Vec<Person>, Vec<(Happened, Person)>, Vec<Person>) = Default::default();
    for Hearer { organization_id, user_id, email, name } in mails::list_hearers(conn, &booking, &people)? {
        let person = (email, name);
        if organization_id != booking.customer.id || !people.contains(&user_id) {
            hosts.push(person);
        } else if user_id == booking.created_by {
            customers.push(person);
        } else if Some(user_id) != operator {
            operators.push((Happened::Replaced, person));
        } else if facts.before.is_some() && former != operator {
            // It is new to them.
            operators.push((Happened::Confirmed, person));
        } else {
            operators.push((happened, person));
        }
    }
    if customers.is_empty() {
        // Who has left the organization hears no more of its bookings, but somebody there must.
        for manager in members::list_managers(conn, booking.customer.id)? {
            customers.extend(manager.email.parse().ok().map(|email| (email, manager.name)));
        }
        customers.extend(contact(&booking.customer));
    }
    hosts.extend(contact(&booking.host));
    let is_of_host = matches!(happened, Happened::Displaced | Happened::OutOfOrder | Happened::BackInOrder);
    let is_awaited = facts.requires_payment || facts.is_offered && happened == Happened::HoldExpired;
    let is_moved_alone = happened == Happened::Rescheduled && !facts.requires_payment;
    let is_unheard = is_of_hold && !is_awaited || facts.is_hold && (is_of_host || is_moved_alone);
    if is_unheard || matches!(happened, Happened::Delayed | Happened::Reminder | Happened::OperatorLeft) {
        // The host hears of what causes it and of what becomes of it, and reminds itself. Who works for the customer is not
        // theirs. Of a hold they hear where it waits for their word that it is paid, or where they have offered it in vain.
        hosts.clear();
    }
    let letter = BookingLetter {
        happened,
        side: Side::Customer,
        name: String::new(),
        facts: facts.clone(),
        place: place(&booking.site, true),
        access_notes: String::new(),
        contact: String::new(),
        resource: booking.resource,
        unit: booking.unit,
        timezone: booking.site.timezone.clone(),
        host: booking.host.name,
        customer: booking.customer.name,
        operated_by: booking.operated_by.unwrap_or_default(),
        note: booking.note,
    };
    let customers = customers.into_iter().map(|person| (Side::Customer, (happened, person)));
    let operators = operators.into_iter().map(|told| (Side::Operator, told));
    let hosts = hosts.into_iter().map(|person| (Side::Host, (happened, person)));
    let mut letters: Vec<(Email, BookingLetter)> = Vec::new();
    for (side, (happened, (email, name))) in customers.chain(operators).chain(hosts) {
        // Nobody needs to hear it twice, though they be on both sides.
        if letters.iter().all(|(other, _)| *other != email) {
            let letter = BookingLetter { happened, side, name, ..letter.clone() };
            letters.push((email, disclosed(letter, &booking.site)));
        }
    }
    Ok(letters)
}

/// Whoever hears of one booking of a series hears of all of them together; who is to operate some of them, of these.
fn address_series(conn: &mut Conn, happened: SeriesHappened, facts: &SeriesFacts) -> Result<Vec<(Email, Letter)>, StorageError> {
    let SeriesFacts { series_id, bookings, left_out } = facts.clone();
    let mut told = vec![(None, bookings.clone())];
    for booking in bookings.into_iter().filter(|booking| booking.operated_by.is_some()) {
        match told.iter_mut().find(|(operator, _)| *operator == booking.operated_by) {
            Some((_, theirs)) => theirs.push(booking),
            None => told.push((booking.operated_by, vec![booking])),
        }
    }
    let mut letters = Vec::new();
    for (operator, bookings) in told {
        let first = bookings.first().ok_or(StorageError::NotFound)?;
        for (email, first) in address_parties(conn, happened.to_each(), first)? {
            if operator.is_some() == (first.side == Side::Operator) {
                let (bookings, left_out) = (bookings.clone(), left_out.clone());
                letters.push((email, Letter::Series(Box::new(SeriesLetter { happened, series_id, first, bookings, left_out }))));
            }
        }
    }
    Ok(letters)
}

/// Whoever hears of several bookings hears of them in one letter.
fn address_together(
    conn: &mut Conn,
    happened: Happened,
    bookings: &[BookingFacts],
) -> Result<Vec<(Email, Letter)>, StorageError> {
    let mut letters: Vec<(Email, BookingsLetter)> = Vec::new();
    for facts in bookings {
        for (email, letter) in address_parties(conn, happened, facts)? {
            match letters.iter_mut().find(|(other, _)| *other == email) {
                Some((_, told)) if told.others.len() + 1 < MOST => told.others.push(letter),
                Some((_, told)) => told.more += 1,
                None => letters.push((email, BookingsLetter { first: letter, others: Vec::new(), more: 0 })),
            }
        }
    }
    let in_short = |letter: BookingsLetter| match letter.others.is_empty() {
        true => Letter::Booking(Box::new(letter.first)),
        false => Letter::Bookings(Box::new(letter)),
    };
    Ok(letters.into_iter().map(|(email, letter)| (email, in_short(letter))).collect())
}

/// Whoever hears of some bookings of a group hears of these together, in one letter, and of no others; the customer is reminded of
/// those that are left to be agreed.
fn address_group(
    conn: &mut Conn,
    happened: GroupHappened,
    group_id: BookingGroupId,
    (bookings, left): (&[ToldBooking], &[ToldBooking]),
) -> Result<Vec<(Email, Letter)>, StorageError> {
    let note = booking_groups::get(conn, group_id)?.note;
    let mut letters: Vec<(Email, GroupLetter)> = Vec::new();
    for booking in bookings {
        for (email, first) in address_parties(conn, booking.happened, &booking.facts)? {
            match letters.iter_mut().find(|(other, _)| *other == email) {
                Some((_, letter)) => letter.others.push(first),
                None => {
                    let (note, others, left) = (note.clone(), Vec::new(), Vec::new());
                    letters.push((email, GroupLetter { happened, group_id, note, first, others, left }));
                }
            }
        }
    }
    for booking in left {
        for (email, one) in address_parties(conn, booking.happened, &booking.facts)? {
            let is_customers = |letter: &GroupLetter| letter.first.side == Side::Customer && one.side == Side::Customer;
            if let Some((_, letter)) = letters.iter_mut().find(|(other, letter)| *other == email && is_customers(letter)) {
                letter.left.push(one);
            }
        }
    }
    Ok(letters.into_iter().map(|(email, letter)| (email, Letter::Group(Box::new(letter)))).collect())
}

/// Who holds a certification hears of it.
fn address_holder(conn: &mut Conn, event: CertificationEvent, id: CertificationId) -> Result<Vec<(Email, Letter)>, StorageError> {
    let certification = certifications::get(conn, id)?;
    let holder = users::get(conn, certification.user_id)?;
    let letter = CertificationLetter {
        event,
        name: holder.name,
        certification_kind_id: certification.certification_kind_id,
        certification_kind: certification.certification_kind_name,
        organization: certification.organization_name,
        expires_at: certification.validity.expires_at,
        reason: certification.reason,
    };
    Ok(vec![(holder.email, Letter::Certification(Box::new(letter)))])
}

/// Who has a seat in a training, or had it, hears of it.
fn address_seat(conn: &mut Conn, event: SeatEvent, id: TrainingSeatId) -> Result<Vec<(Email, Letter)>, StorageError> {
    let (email, letter) = seat_letter(conn, event, id)?;
    Ok(seat_letters(email, letter))
}

fn seat_letters(email: Email, letter: SeatLetter) -> Vec<(Email, Letter)> {
    vec![(email, Letter::Seat(Box::new(letter)))]
}

/// What is told of a seat as it is, and to whom.
fn seat_letter(conn: &mut Conn, event: SeatEvent, id: TrainingSeatId) -> Result<(Email, SeatLetter), StorageError> {
    let seat = training_seats::get_details(conn, id)?;
    let told = |text: &String| if event.is_coming() { text.clone() } else { String::new() };
    let letter = SeatLetter {
        event,
        seat_id: id,
        price: seat.price(),
        name: seat.name,
        training_id: seat.training_id,
        training: seat.training,
        description: told(&seat.description),
        trainer: seat.trainer,
        calendar_sequence: seat.calendar_sequence,
        before: None,
        starts_at: seat.starts_at,
        ends_at: seat.ends_at,
        place: place(&seat.site, event.is_coming()),
        access_notes: told(&seat.site.access_notes),
        contact: told(&seat.site.contact),
        timezone: seat.site.timezone,
        certification_kind: seat.certification_kind,
        organization: seat.organization,
        reason: seat.reason,
    };
    Ok((seat.email, letter))
}

/// All who manage the organization that trains are asked who has attended.
fn address_trainers(conn: &mut Conn, id: TrainingId) -> Result<Vec<(Email, Letter)>, StorageError> {
    let training = trainings::get(conn, id)?;
    let timezone = sites::get(conn, training.fields.site_id)?.fields.timezone.name().to_owned();
    let seats = training_seats::list_booked(conn, id)?.len();
    let (starts_at, ends_at) = (training.fields.interval.starts_at(), training.fields.interval.ends_at());
    let letter = |name| {
        let (training, timezone) = (training.fields.name.clone(), timezone.clone());
        AttendanceLetter { name, training_id: id, training, starts_at, ends_at, timezone, seats }
    };
    let managers = members::list_managers(conn, training.organization_id)?.into_iter();
    let letters = managers.filter_map(|manager| {
        let email = manager.email.parse().ok()?;
        Some((email, Letter::Attendance(Box::new(letter(manager.name)))))
    });
    Ok(letters.collect())
}

/// Where an organization wants mail sent besides its managers, if it is wanted there, too.
fn contact(party: &Party) -> Option<Person> {
    party.contact_verified_at?;
    Some((party.contact_email.parse().ok()?, String::new()))
}

/// The letter with as much about the place as its reader may know.
fn disclosed(letter: BookingLetter, site: &Place) -> BookingLetter {
    if letter.side == Side::Host {
        return letter;
    }
    let is_confirmed = letter.is_of_confirmed();
    let told = |text: &String| if is_confirmed { text.clone() } else { String::new() };
    BookingLetter {
        place: place(site, is_confirmed),
        access_notes: told(&site.access_notes),
        contact: told(&site.contact),
        ..letter
    }
}

/// The name and address of the site, as they are written on a letter to somebody who is coming there, or to another.
fn place(site: &Place, is_coming: bool) -> String {
    let is_told = is_coming || site.discloses_address == Disclosure::Everyone;
    let exact = |text: &str| if is_told { text.to_owned() } else { String::new() };
    let (line1, line2) = (exact(&site.line1), exact(&site.line2));
    let town = format!("{} {}", exact(&site.postal_code), site.city);
    let lines = [site.name.as_str(), &line1, &line2, town.trim(), &site.country];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
