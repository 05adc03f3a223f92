//! Facts become mails: one for each recipient, written in the transaction that records the delivery of the fact. Mail is a
//! subscriber to facts.

use super::alternatives::{self, Found};
use super::digests::Digests;
use super::disclosure::{contacts, disclosed, place, with_contact};
use super::pending::Pending;
use super::readers::for_readers;
use super::{calendar_imports, card_payments, invoices, payment_reminders, prepaid, standing, webhooks};
use domain::block::MOST_DISPLACED;
use domain::booking::Side;
use domain::booking::change::{BookingChange, BookingEventKind, BookingSnapshot, ProposalSnapshot};
use domain::email::Email;
use domain::fact::{self, BookingsEvent, Event, Fact, LATEST_VERSION, Subscriber, WaitlistEnding};
use domain::ids::{BookingId, CertificationId, FactId, InvitationId, TrainingId, TrainingSeatId, UserId, WaitlistEntryId};
use domain::invitation::Offer;
use domain::mail::MailStatus;
use domain::notification::{Notice, Recipient, notice_of_group, notice_of_status, notices, notified_changes};
use domain::time::UtcTime;
use mail::account::{AccountLetter, Purpose};
use mail::certification::{CertificationEvent, CertificationLetter};
use mail::letter::{Letter, LetterContent};
use mail::notice::{NoticeLetter, NotifiedBooking, ProposedSlot, Scope};
use mail::training::{AttendanceLetter, SeatEvent, SeatLetter};
use mail::waitlist::WaitLetter;
use storage::connection::Conn;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::mails::{self, BookingDetails, NewMail, Party, PartyMember};
use storage::{
    booking_groups, certifications, facts, invitations, members, resources, sites, training_seats, trainings, users,
    waitlist_entries,
};

/// How many facts one transaction takes.
const BATCH: i64 = 50;

/// Queues the mails about all pending facts that this version can read, and the digests that are due.
///
/// # Errors
/// When the database fails.
pub(super) async fn fan_out(db: &Db, now: UtcTime, digests: Digests) -> Result<(), StorageError> {
    // A read is cheap, while a write waits for the disk.
    let mut found = Found::new();
    while db.read(now, move |tx| facts::has_pending(&mut tx.conn, Subscriber::Mail, LATEST_VERSION, now)).await? {
        let round = db.write(now, move |tx| queue_some(tx, digests, &found)).await?;
        if round.claimed == 0 {
            break; // Another server does it.
        }
        found = Found::new();
        if !round.displaced.is_empty() {
            found = db.read(now, move |tx| alternatives::find(tx, &round.displaced)).await?;
        }
    }
    digests.queue_due(db, now).await
}

/// A round of writing mails.
#[derive(Default)]
struct Round {
    /// How many facts it claimed.
    claimed: usize,
    /// The displaced bookings of the facts that wait for alternatives.
    displaced: Vec<(FactId, Vec<BookingId>)>,
}

fn queue_some(tx: &mut Tx<'_>, digests: Digests, found: &Found) -> Result<Round, StorageError> {
    let pending = facts::claim_pending(tx.conn, Subscriber::Mail, LATEST_VERSION, tx.now, BATCH)?;
    let mut round = Round { claimed: pending.len(), ..Round::default() };
    let mut events: Vec<Pending> = Vec::new();
    let mut done = Vec::new();
    for fact in &pending {
        match serde_json::from_str::<Fact>(&fact.body) {
            Ok(Fact { principal, mut event }) => {
                let displaced = alternatives::add(&mut event, found.get(&fact.id));
                if !displaced.is_empty() {
                    round.displaced.push((fact.id, displaced));
                    continue;
                }
                done.push(fact.id);
                let kept = Fact { principal, event: event.clone().without_secret() };
                if kept.event != event {
                    facts::update_body(tx.conn, fact.id, &kept)?;
                }
                let pending = Pending::new(fact.id, event, fact.created_at);
                if !events.iter_mut().any(|known| known.absorb(&pending)) {
                    pending.put_in_order(&mut events);
                }
            }
            // The fact stays pending for a server that can read it, and delays no other fact.
            Err(error) => {
                tracing::error!(fact_id = %fact.id, %error, "a fact cannot be read");
                facts::update_delayed(tx.conn, Subscriber::Mail, fact, &error.to_string(), tx.now)?;
            }
        }
    }
    let mut mails = Vec::new();
    for Pending { fact_id, event, happened_at, .. } in &events {
        mails.extend(letters(tx, *fact_id, event, *happened_at)?);
    }
    let mails = digests.set_aside(tx, mails)?;
    mails::insert(tx.conn, &mails)?;
    facts::update_done(tx.conn, Subscriber::Mail, &done, tx.now)?;
    Ok(round)
}

/// The mails about an event, one for each recipient.
fn letters(tx: &mut Tx<'_>, fact_id: FactId, event: &Event, happened_at: UtcTime) -> Result<Vec<NewMail>, StorageError> {
    let addressed = match address(tx.conn, event) {
        // The account, booking or training of the event no longer exists.
        Err(StorageError::NotFound) => Vec::new(),
        addressed => for_readers(tx.conn, event, addressed?)?,
    };
    let queue = |(recipient, mut letter): (Email, Letter)| {
        if let LetterContent::Notice(letter) = &mut letter.content {
            letter.first.is_too_late = letter.first.changeable_until.is_some_and(|until| until < happened_at);
        }
        Ok(NewMail {
            id: tx.new_id(),
            fact_id,
            recipient,
            template: letter.template(),
            topics: letter.topics(),
            context: serde_json::to_string(&letter)?,
            status: MailStatus::Queued,
            next_attempt_at: happened_at,
            created_at: happened_at,
        })
    };
    addressed.into_iter().map(queue).collect()
}

/// The letters about an event, with their addresses.
fn address(conn: &mut Conn, event: &Event) -> Result<Vec<(Email, Letter)>, StorageError> {
    let letters = match event {
        Event::VerificationRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            vec![(user.email, account_letter(Purpose::Verification, token, String::new()))]
        }
        Event::PasswordResetRequested { user_id, token } => {
            let user = users::get(conn, *user_id)?;
            let name = user.email_verified_at.map_or_else(String::new, |_| user.name);
            vec![(user.email, account_letter(Purpose::PasswordReset, token, name))]
        }
        Event::ContactNamed { email, token } => {
            let letter = account_letter(Purpose::ContactVerification, token, String::new());
            email.parse().ok().map(|email| (email, letter)).into_iter().collect()
        }
        Event::InvitationSent { invitation_id, token } => address_invitation(conn, *invitation_id, token)?,
        Event::EmailChangeRequested { user_id, email, token } => address_email_change(conn, *user_id, email, token)?,
        Event::Bookings(event) => address_bookings(conn, event)?,
        Event::WaitlistEntryEnded { ending, waitlist_entry_id } => address_waiting(conn, *ending, *waitlist_entry_id)?,
        Event::CertificationGranted { certification_id } => address_holder(conn, CertificationEvent::Granted, *certification_id)?,
        Event::CertificationRevoked { certification_id } => address_holder(conn, CertificationEvent::Revoked, *certification_id)?,
        Event::CertificationExpires { certification_id } => address_holder(conn, CertificationEvent::Expires, *certification_id)?,
        Event::SeatTaken { seat_id } => address_seat(conn, SeatEvent::Taken, *seat_id)?,
        Event::SeatCancelled { seat_id } => address_seat(conn, SeatEvent::Cancelled, *seat_id)?,
        Event::SeatReminder { seat_id } => address_seat(conn, SeatEvent::Reminder, *seat_id)?,
        Event::TrainingCancelled { seat_id } => address_seat(conn, SeatEvent::TrainingCancelled, *seat_id)?,
        Event::SeatRemoved { seat_id, reason } => {
            let (email, letter) = seat_letter(conn, SeatEvent::Removed, *seat_id)?;
            seat_letters(email, SeatLetter { reason: reason.clone(), ..letter })
        }
        Event::TrainingChanged { seat_id, before } => {
            let (email, letter) = seat_letter(conn, SeatEvent::TrainingChanged, *seat_id)?;
            seat_letters(email, SeatLetter { before: Some(before.clone()), ..letter })
        }
        Event::AttendanceDue { training_id } => address_trainers(conn, *training_id)?,
        Event::InvoiceIssued { invoice_id } => invoices::address(conn, *invoice_id)?,
        Event::PaymentReminder { invoice_id, open, days_overdue } => {
            payment_reminders::address(conn, *invoice_id, *open, *days_overdue)?
        }
        Event::PrepaidExpires { prepaid_id, left, minutes } => prepaid::address(conn, *prepaid_id, (*left, *minutes))?,
        Event::Standing(change) => standing::address(conn, change)?,
        Event::CardPaymentProblem { card_payment_id, problem, amount } => {
            card_payments::address(conn, *card_payment_id, *problem, *amount)?
        }
        Event::CalendarImportFailing { calendar_import_id, reason } => {
            calendar_imports::address(conn, *calendar_import_id, reason)?
        }
        Event::WebhookDisabled { webhook_id, reason } => webhooks::address(conn, *webhook_id, reason)?,
        // These are for programs only.
        Event::PaymentRecorded { .. }
        | Event::PaymentReversed { .. }
        | Event::ResourceCreated { .. }
        | Event::ResourceChanged { .. } => Vec::new(),
    };
    Ok(letters.into_iter().map(|(email, content)| (email, content.into())).collect())
}

/// Letters with their addresses.
type Addressed = Vec<(Email, LetterContent)>;

fn account_letter(purpose: Purpose, token: &str, name: String) -> LetterContent {
    LetterContent::Account(AccountLetter { purpose, token: token.to_owned(), name, about: String::new() })
}

/// The letter to an invited address. It names the organization only to an address that a user has verified: otherwise anyone could
/// send words of their own to any address.
fn address_invitation(conn: &mut Conn, id: InvitationId, token: &str) -> Result<Addressed, StorageError> {
    let Some(invitation) = invitations::find(conn, id)? else { return Ok(Vec::new()) };
    let purpose = match invitation.offer() {
        Some(Offer::Certification { .. }) => Purpose::CertificationInvitation,
        Some(Offer::Membership(_)) | None => Purpose::MembershipInvitation,
    };
    let user = users::find_by_email(conn, &invitation.email)?.filter(|user| user.email_verified_at.is_some());
    let (name, about) = user.map(|user| (user.name, invitation.organization_name)).unwrap_or_default();
    let letter = AccountLetter { purpose, token: token.to_owned(), name, about };
    Ok(vec![(invitation.email, LetterContent::Account(letter))])
}

/// The letters about a new address of an account: to the new one, and to the present one if it is verified.
fn address_email_change(conn: &mut Conn, id: UserId, email: &str, token: &str) -> Result<Addressed, StorageError> {
    let user = users::get(conn, id)?;
    let new = email.parse().ok().map(|email| (email, account_letter(Purpose::NewAddress, token, String::new())));
    let is_verified = user.email_verified_at.is_some();
    let (purpose, token, about) = (Purpose::AddressChange, String::new(), email.to_owned());
    let notice = (user.email, LetterContent::Account(AccountLetter { purpose, token, name: user.name, about }));
    Ok(new.into_iter().chain(is_verified.then_some(notice)).collect())
}

/// The letter to the user whose waitlist entry ended without an offer.
fn address_waiting(conn: &mut Conn, ending: WaitlistEnding, id: WaitlistEntryId) -> Result<Addressed, StorageError> {
    let entry = waitlist_entries::get(conn, id, UtcTime::LATEST)?;
    let user = users::get(conn, entry.user_id)?;
    let resource = resources::get(conn, entry.resource_id)?;
    let letter = WaitLetter {
        ending,
        name: user.name,
        resource: entry.resource_name,
        host: resource.organization_name,
        starts_at: entry.wanted.window.starts_at(),
        ends_at: entry.wanted.window.ends_at(),
        timezone: resource.site.timezone.name().to_owned(),
    };
    Ok(vec![(user.email, LetterContent::Wait(Box::new(letter)))])
}

/// An address and the name of its reader.
type Addressee = (Email, String);

/// The letters about changes of bookings: one for each recipient.
fn address_bookings(conn: &mut Conn, event: &BookingsEvent) -> Result<Addressed, StorageError> {
    let changes = notified_changes(event);
    let letters = match &event.scope {
        fact::Scope::One | fact::Scope::Several => address_several(conn, &changes)?,
        fact::Scope::Series { series_id, left_out, kept } => {
            let scope = Scope::Series { series_id: *series_id, left_out: left_out.clone(), kept: kept.clone() };
            address_series(conn, &scope, &changes)?
        }
        fact::Scope::Group { group_id, waiting } => {
            let note = booking_groups::get(conn, *group_id)?.note;
            let is_part = event.kind().is_some_and(BookingEventKind::confirms);
            let scope = |remaining| Scope::Group { group_id: *group_id, note: note.clone(), is_part, remaining };
            address_group(conn, scope, &changes, waiting)?
        }
    };
    Ok(letters.into_iter().map(|(email, letter)| (email, LetterContent::Notice(Box::new(letter)))).collect())
}

/// The letters about a change of a booking: to the user who made it, to its operators, and to the managers and the contact of the
/// host, each as far as [`notices`] says so.
fn address_parties(conn: &mut Conn, change: &BookingChange) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    address_notices(conn, change, notices(change))
}

/// The letters with these notices about a change of a booking.
fn address_notices(
    conn: &mut Conn,
    change: &BookingChange,
    notices: Vec<(Recipient, Notice)>,
) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    let is_notified = |recipient| notices.iter().any(|(one, _)| *one == recipient);
    let booking = mails::get_booking_details(conn, change.after.id)?;
    let former = change.before.as_ref().and_then(BookingSnapshot::other_operator);
    let former = former.filter(|_| is_notified(Recipient::FormerOperator));
    let operator = change.after.other_operator().filter(|_| is_notified(Recipient::Operator));
    let people: Vec<UserId> = [Some(booking.created_by), operator, former].into_iter().flatten().collect();
    let mut parties: Vec<(Recipient, Addressee)> = Vec::new();
    for PartyMember { organization_id, user_id, email, name } in mails::list_party_members(conn, &booking, &people)? {
        let recipient = match user_id {
            _ if organization_id != booking.customer.id || !people.contains(&user_id) => Recipient::Host,
            _ if user_id == booking.created_by => Recipient::Customer,
            _ if Some(user_id) == operator => Recipient::Operator,
            _ => Recipient::FormerOperator,
        };
        parties.push((recipient, (email, name)));
    }
    if parties.iter().all(|(recipient, _)| *recipient != Recipient::Customer) {
        // The user who booked has left the organization, so its managers are notified.
        for manager in members::list_managers(conn, booking.customer.id)? {
            let person = manager.email.parse().ok().map(|email| (email, manager.name));
            parties.extend(person.map(|person| (Recipient::Customer, person)));
        }
        parties.extend(contact(&booking.customer).map(|person| (Recipient::Customer, person)));
    }
    parties.extend(contact(&booking.host).map(|person| (Recipient::Host, person)));
    let mut described = describe(change, &booking);
    let contacts = if change.after.is_private_hold() { None } else { Some(contacts(conn, &booking)?) };
    if change.kind == BookingEventKind::OperatorLeft
        && let Some(left) = change.before.as_ref().and_then(|before| before.operated_by)
    {
        // The booking no longer names its former operator.
        described.operator = users::get(conn, left).map_or_else(|_| String::new(), |user| user.name);
    }
    let mut letters: Vec<(Email, NoticeLetter)> = Vec::new();
    for (recipient, notice) in notices {
        for (_, (email, name)) in parties.iter().filter(|(one, _)| *one == recipient) {
            // Nobody receives it twice, even as a member of both parties.
            if letters.iter().any(|(other, _)| other == email) {
                continue;
            }
            let first = disclosed(NotifiedBooking { notice, ..described.clone() }, recipient, &booking.site);
            let first = with_contact(first, recipient, contacts.as_ref());
            let (name, is_by_host) = (name.clone(), change.side == Side::Host);
            let letter = NoticeLetter { notice, recipient, name, is_by_host, scope: Scope::One, first, others: Vec::new() };
            letters.push((email.clone(), letter));
        }
    }
    Ok(letters)
}

/// The description of a changed booking for a reader who may know all of it.
fn describe(change: &BookingChange, booking: &BookingDetails) -> NotifiedBooking {
    let BookingChange { kind, before, after, .. } = change;
    let is_broken = matches!(kind, BookingEventKind::OutOfOrder | BookingEventKind::BackInOrder);
    let has_moved =
        matches!(kind, BookingEventKind::Reschedule | BookingEventKind::NameOperator | BookingEventKind::AcceptProposal);
    NotifiedBooking {
        notice: Notice::Confirmed,
        booking_id: after.id,
        starts_at: after.starts_at,
        ends_at: after.ends_at,
        quantity: after.quantity,
        price: after.price.total,
        fee: after.fee.clone(),
        deposit: after.deposit.clone(),
        cancellation_fees: after.cancellation_fees.clone(),
        calendar_sequence: after.calendar_sequence,
        reason: change.reason.clone(),
        expires_at: after.expires_at,
        requires_payment: after.requires_payment(),
        requires_approval: after.requires_approval,
        // The customer need not keep a booking of a resource that is out of order.
        changeable_until: after.changeable_until.filter(|until| *until < after.starts_at && !is_broken),
        is_too_late: false,
        check_in_by: after.check_in_by,
        stays_on_waitlist: change.returns_to_waitlist,
        in_order_from: change.in_order_from,
        alternatives: change.alternatives.clone(),
        before: before.as_ref().filter(|_| has_moved).map(BookingSnapshot::slot),
        proposed: change.proposal.clone().map(|ProposalSnapshot { side, slot, message, lapses_at, .. }| ProposedSlot {
            is_by_host: side == Side::Host,
            slot,
            message,
            lapses_at,
        }),
        is_in_calendar: change.is_in_calendar(),
        resource: booking.resource.clone(),
        kind: booking.kind,
        unit: booking.unit,
        place: place(&booking.site, true),
        access_notes: String::new(),
        contact: String::new(),
        timezone: booking.site.timezone.clone(),
        host: booking.host.name.clone(),
        customer: booking.customer.name.clone(),
        other_contact: String::new(),
        reply_to: String::new(),
        operator: booking.operated_by.clone().unwrap_or_default(),
        note: booking.note.clone(),
    }
}

/// A recipient of one booking of a series receives one letter about all of them; an operator about those that they operate.
fn address_series(
    conn: &mut Conn,
    scope: &Scope,
    changes: &[&BookingChange],
) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    let mut by_operator: Vec<(Option<UserId>, Vec<&BookingChange>)> = vec![(None, changes.to_vec())];
    for change in changes.iter().filter(|change| change.after.other_operator().is_some()) {
        let operator = change.after.other_operator();
        match by_operator.iter_mut().find(|(other, _)| *other == operator) {
            Some((_, theirs)) => theirs.push(change),
            None => by_operator.push((operator, vec![change])),
        }
    }
    let mut letters = Vec::new();
    for (operator, changes) in by_operator {
        let Some((first, others)) = changes.split_first() else { continue };
        for (email, mut letter) in address_parties(conn, first)? {
            if operator.is_some() == (letter.recipient == Recipient::Operator) {
                letter.first.before = None;
                // All of them have the same place.
                letter.others = others.iter().map(|change| of_series(&letter.first, change)).collect();
                letter.scope = scope.clone();
                letters.push((email, letter));
            }
        }
    }
    Ok(letters)
}

/// The description of another booking of a series.
fn of_series(first: &NotifiedBooking, change: &BookingChange) -> NotifiedBooking {
    let after = &change.after;
    NotifiedBooking {
        booking_id: after.id,
        starts_at: after.starts_at,
        ends_at: after.ends_at,
        quantity: after.quantity,
        price: after.price.total,
        fee: after.fee.clone(),
        deposit: after.deposit.clone(),
        cancellation_fees: after.cancellation_fees.clone(),
        calendar_sequence: after.calendar_sequence,
        expires_at: after.expires_at,
        check_in_by: after.check_in_by,
        is_in_calendar: change.is_in_calendar(),
        ..first.clone()
    }
}

/// One letter for each recipient, about all changes of which the recipient is notified.
fn address_each(conn: &mut Conn, changes: &[&BookingChange]) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    let mut letters: Vec<(Email, NoticeLetter)> = Vec::new();
    for change in changes {
        for (email, letter) in address_parties(conn, change)? {
            match letters.iter_mut().find(|(other, _)| *other == email) {
                Some((_, known)) => known.others.push(letter.first),
                None => letters.push((email, letter)),
            }
        }
    }
    Ok(letters)
}

/// How many bookings a notice about several bookings lists; it says how many others there are. No notice that changes a calendar
/// leaves one out: of the actions on several bookings only a block does, and it displaces no more than these.
const MOST_LISTED: usize = MOST_DISPLACED;

/// The letters about one or several bookings, each of which lists at most [`MOST_LISTED`].
fn address_several(conn: &mut Conn, changes: &[&BookingChange]) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    let mut letters = address_each(conn, changes)?;
    for (_, letter) in letters.iter_mut().filter(|(_, letter)| !letter.others.is_empty()) {
        let more = (letter.others.len() + 1).saturating_sub(MOST_LISTED);
        letter.others.truncate(MOST_LISTED - 1);
        letter.scope = Scope::Several { more };
    }
    Ok(letters)
}

/// The letters about bookings of a group. The customer also reads which other bookings of the group still wait.
fn address_group(
    conn: &mut Conn,
    scope: impl Fn(Vec<NotifiedBooking>) -> Scope,
    changes: &[&BookingChange],
    waiting: &[BookingSnapshot],
) -> Result<Vec<(Email, NoticeLetter)>, StorageError> {
    let letters = address_each(conn, changes)?.into_iter();
    let mut letters: Vec<_> = letters.map(|(email, letter)| (email, letter, Vec::new())).collect();
    for booking in waiting {
        let Some(notice) = notice_of_status(booking.status) else { continue };
        let change = BookingChange::unchanged(BookingEventKind::Create, booking.clone());
        for (email, one) in address_notices(conn, &change, vec![(Recipient::Customer, notice)])? {
            let is_customers = |letter: &NoticeLetter| letter.recipient == Recipient::Customer;
            if let Some((.., remaining)) = letters.iter_mut().find(|(other, letter, _)| *other == email && is_customers(letter)) {
                remaining.push(one.first);
            }
        }
    }
    let of_group = letters.into_iter().map(|(email, letter, remaining)| {
        let each: Vec<_> = std::iter::once(&letter.first).chain(&letter.others).map(|booking| booking.notice).collect();
        let notice = notice_of_group(&each).unwrap_or(letter.notice);
        (email, NoticeLetter { notice, scope: scope(remaining), ..letter })
    });
    Ok(of_group.collect())
}

/// The letter to the holder of a certification.
fn address_holder(conn: &mut Conn, event: CertificationEvent, id: CertificationId) -> Result<Addressed, StorageError> {
    let certification = certifications::get(conn, id)?;
    let holder = users::get(conn, certification.user_id)?;
    if holder.email_verified_at.is_none() {
        return Ok(Vec::new());
    }
    let letter = CertificationLetter {
        event,
        name: holder.name,
        certification_kind_id: certification.certification_kind_id,
        certification_kind: certification.certification_kind_name,
        organization: certification.organization_name,
        expires_at: certification.validity.expires_at,
        reason: certification.reason,
    };
    Ok(vec![(holder.email, LetterContent::Certification(Box::new(letter)))])
}

/// The letter to the present or former holder of a seat in a training.
fn address_seat(conn: &mut Conn, event: SeatEvent, id: TrainingSeatId) -> Result<Addressed, StorageError> {
    let (email, letter) = seat_letter(conn, event, id)?;
    Ok(seat_letters(email, letter))
}

fn seat_letters(email: Email, letter: SeatLetter) -> Addressed {
    vec![(email, LetterContent::Seat(Box::new(letter)))]
}

/// The description of a seat as it is now, and the address of its holder.
fn seat_letter(conn: &mut Conn, event: SeatEvent, id: TrainingSeatId) -> Result<(Email, SeatLetter), StorageError> {
    let seat = training_seats::get_details(conn, id)?;
    let disclosed_text = |text: &String| if event.is_coming() { text.clone() } else { String::new() };
    let letter = SeatLetter {
        event,
        seat_id: id,
        price: seat.price(),
        name: seat.name,
        training_id: seat.training_id,
        training: seat.training,
        description: disclosed_text(&seat.description),
        trainer: seat.trainer,
        calendar_sequence: seat.calendar_sequence,
        before: None,
        starts_at: seat.starts_at,
        ends_at: seat.ends_at,
        place: place(&seat.site, event.is_coming()),
        access_notes: disclosed_text(&seat.site.access_notes),
        contact: disclosed_text(&seat.site.contact),
        timezone: seat.site.timezone,
        certification_kind: seat.certification_kind,
        organization: seat.organization,
        reason: seat.reason,
    };
    Ok((seat.email, letter))
}

/// The letters to the managers of the organization that trains: they record the attendance.
fn address_trainers(conn: &mut Conn, id: TrainingId) -> Result<Addressed, StorageError> {
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
        Some((email, LetterContent::Attendance(Box::new(letter(manager.name)))))
    });
    Ok(letters.collect())
}

/// The contact address of an organization, if its reader has agreed to receive mail there.
fn contact(party: &Party) -> Option<Addressee> {
    party.contact_verified_at?;
    Some((party.contact_email.parse().ok()?, String::new()))
}
