//! A letter of each kind.

use chrono::NaiveDate;

use crate::account::{AccountLetter, Purpose};
use crate::calendar_import::CalendarImportLetter;
use crate::card_payment::CardPaymentLetter;
use crate::certification::{CertificationEvent, CertificationLetter};
use crate::letter::{DigestLetter, Letter, LetterContent};
use crate::notice::{NoticeLetter, NotifiedBooking, ProposedSlot, Scope};
use crate::payment_reminder::PaymentReminderLetter;
use crate::prepaid::PrepaidLetter;
use crate::standing::{StandingLetter, StandingNews};
use crate::training::{AttendanceLetter, SeatEvent, SeatLetter};
use crate::waitlist::WaitLetter;
use crate::webhook::WebhookLetter;
use domain::alternatives::Alternative;
use domain::booking::change::SlotSnapshot;
use domain::card_payment::CardProblem;
use domain::fact::{TrainingSnapshot, WaitlistEnding};
use domain::invoice::InvoiceKind;
use domain::money::Money;
use domain::notification::{Notice, Recipient};
use domain::resource::{ResourceKind, Unit};
use domain::time::UtcTime;

pub(super) const BOOKING: &str = "019b76da-a800-7000-8000-000000000001";

pub(super) fn one(notice: Notice) -> NotifiedBooking {
    NotifiedBooking {
        notice,
        booking_id: BOOKING.parse().unwrap(),
        starts_at: UtcTime::parse("2026-12-01T09:00:00Z").unwrap(),
        ends_at: UtcTime::parse("2026-12-01T11:00:00Z").unwrap(),
        quantity: 2,
        price: Money { amount: 4250, currency: "GBP".parse().unwrap() },
        fee: None,
        deposit: None,
        cancellation_fees: Vec::new(),
        calendar_sequence: 3,
        reason: String::new(),
        expires_at: None,
        requires_payment: false,
        requires_approval: false,
        changeable_until: None,
        is_too_late: false,
        check_in_by: None,
        in_order_from: None,
        alternatives: Vec::new(),
        stays_on_waitlist: false,
        before: None,
        proposed: None,
        is_in_calendar: matches!(notice, Notice::Confirmed | Notice::Cancelled | Notice::Rescheduled | Notice::Replaced),
        resource: "Laser cutter, large; CO₂".to_owned(),
        kind: ResourceKind::Machine,
        unit: Unit::Unit,
        place: "Workshop\n1 High Street\nE1 1AA London\nGB".to_owned(),
        access_notes: String::new(),
        contact: String::new(),
        timezone: "Europe/London".to_owned(),
        host: "Makers & Sons".to_owned(),
        customer: "Start <up>".to_owned(),
        other_contact: String::new(),
        reply_to: String::new(),
        operator: "Ada".to_owned(),
        note: "Two sheets\nof plywood".to_owned(),
    }
}

fn alternative() -> Alternative {
    let NotifiedBooking { starts_at, ends_at, price, .. } = one(Notice::Displaced);
    Alternative {
        resource_id: BOOKING.parse().unwrap(),
        resource_name: "Other cutter".to_owned(),
        organization_name: "Neighbours".to_owned(),
        site_name: "Yard".to_owned(),
        city: "London".to_owned(),
        starts_at,
        ends_at,
        price,
        distance_km: 1.2,
    }
}

fn proposed(is_by_host: bool) -> ProposedSlot {
    let NotifiedBooking { resource, starts_at, ends_at, quantity, price, .. } = one(Notice::Confirmed);
    let slot = SlotSnapshot { resource, starts_at, ends_at, quantity, price, operated_by: None };
    ProposedSlot { is_by_host, slot, message: "Does it suit you?".to_owned(), lapses_at: starts_at }
}

pub(super) fn booking(notice: Notice, recipient: Recipient) -> NoticeLetter {
    let (name, first) = ("Ada".to_owned(), one(notice));
    NoticeLetter { notice, recipient, name, is_by_host: false, scope: Scope::One, first, others: Vec::new() }
}

pub(super) fn letter(notice: NoticeLetter) -> Letter {
    LetterContent::Notice(Box::new(notice)).into()
}

pub(super) fn account(purpose: Purpose, token: &str, name: &str) -> Letter {
    about(purpose, token, name, "")
}

pub(super) fn digest(letters: Vec<LetterContent>) -> Letter {
    LetterContent::Digest(DigestLetter { letters }).into()
}

/// A letter about an account that names an organization or an address.
fn about(purpose: Purpose, token: &str, name: &str, about: &str) -> Letter {
    let [token, name, about] = [token, name, about].map(ToOwned::to_owned);
    LetterContent::Account(AccountLetter { purpose, token, name, about }).into()
}

/// The scopes of a notice, each with some bookings.
pub(super) fn scopes() -> Vec<Scope> {
    let note = "Prototype run".to_owned();
    let group = |is_part, remaining| Scope::Group { group_id: BOOKING.parse().unwrap(), note: note.clone(), is_part, remaining };
    let paid = NotifiedBooking { requires_payment: true, ..one(Notice::PaymentDue) };
    vec![
        Scope::One,
        Scope::Several { more: 1 },
        Scope::Series {
            series_id: BOOKING.parse().unwrap(),
            left_out: vec![NaiveDate::from_ymd_opt(2026, 12, 8).unwrap()],
            kept: vec![NaiveDate::from_ymd_opt(2026, 12, 9).unwrap()],
        },
        group(false, Vec::new()),
        group(true, vec![paid.clone()]),
        group(true, vec![paid, one(Notice::PaymentDue)]),
        group(true, vec![one(Notice::PaymentDue)]),
        group(true, vec![one(Notice::Requested)]),
    ]
}

/// A letter for each notice and recipient in each scope, with all that can make a difference to its text.
pub(super) fn notices() -> Vec<Letter> {
    let mut letters = Vec::new();
    for notice in Notice::ALL {
        for (recipient, scope) in notice.recipients().iter().flat_map(|one| scopes().into_iter().map(move |scope| (*one, scope)))
        {
            for variant in 0..64 {
                let is = |bit: u32| variant & (1 << bit) != 0;
                let mut letter = NoticeLetter { is_by_host: is(0), scope: scope.clone(), ..booking(*notice, recipient) };
                letter.first.requires_payment = is(1);
                letter.first.requires_approval = is(2);
                letter.first.is_in_calendar = is(3);
                letter.first.changeable_until = is(4).then_some(letter.first.starts_at);
                letter.first.is_too_late = is(4) && is(2);
                letter.first.expires_at = is(3).then_some(letter.first.starts_at);
                letter.first.check_in_by = is(1).then_some(letter.first.ends_at);
                letter.first.stays_on_waitlist = is(5);
                letter.first.kind = if is(1) { ResourceKind::Storage } else { ResourceKind::Machine };
                letter.first.in_order_from = is(4).then_some(letter.first.starts_at);
                letter.first.proposed = Some(proposed(is(0)));
                letter.first.alternatives = if is(2) { vec![alternative()] } else { Vec::new() };
                letter.first.operator = if is(5) { "Ada".to_owned() } else { String::new() };
                if scope != Scope::One && is(5) {
                    letter.others = vec![one(*notice)];
                }
                letters.push(super::letters::letter(letter));
            }
        }
    }
    letters
}

/// A letter of each other kind.
pub(super) fn letters() -> Vec<Letter> {
    let NotifiedBooking { resource, host, place, timezone, starts_at, ends_at, .. } = one(Notice::Confirmed);
    let name = "Ada".to_owned();
    let (kind, training) = ("Laser".to_owned(), "Laser, the first evening".to_owned());
    let mut letters = vec![
        account(Purpose::Verification, "SECRET", ""),
        account(Purpose::PasswordReset, "SECRET", "Ada"),
        account(Purpose::ContactVerification, "SECRET", ""),
        account(Purpose::MembershipInvitation, "SECRET", ""),
        about(Purpose::MembershipInvitation, "SECRET", "Ada", "Rotor Works"),
        account(Purpose::CertificationInvitation, "SECRET", ""),
        about(Purpose::CertificationInvitation, "SECRET", "Ada", "Rotor Works"),
        account(Purpose::NewAddress, "SECRET", ""),
        about(Purpose::AddressChange, "", "Ada", "ada@example.com"),
        LetterContent::Attendance(Box::new(AttendanceLetter {
            name: name.clone(),
            training_id: BOOKING.parse().unwrap(),
            training: training.clone(),
            starts_at,
            ends_at,
            timezone: timezone.clone(),
            seats: 5,
        }))
        .into(),
    ];
    for ending in WaitlistEnding::ALL {
        let letter = WaitLetter {
            ending: *ending,
            name: name.clone(),
            resource: resource.clone(),
            host: host.clone(),
            starts_at,
            ends_at,
            timezone: timezone.clone(),
        };
        letters.push(LetterContent::Wait(Box::new(letter)).into());
    }
    for event in [CertificationEvent::Granted, CertificationEvent::Revoked, CertificationEvent::Expires] {
        let letter = CertificationLetter {
            event,
            name: name.clone(),
            certification_kind_id: BOOKING.parse().unwrap(),
            certification_kind: kind.clone(),
            organization: host.clone(),
            expires_at: Some(ends_at),
            reason: "Overdue".to_owned(),
        };
        letters.push(LetterContent::Certification(Box::new(letter)).into());
    }
    for event in [
        SeatEvent::Taken,
        SeatEvent::Cancelled,
        SeatEvent::Removed,
        SeatEvent::Reminder,
        SeatEvent::TrainingChanged,
        SeatEvent::TrainingCancelled,
    ] {
        let letter = SeatLetter {
            event,
            seat_id: BOOKING.parse().unwrap(),
            price: Some(one(Notice::Confirmed).price),
            name: name.clone(),
            training_id: BOOKING.parse().unwrap(),
            training: training.clone(),
            trainer: "Grace".to_owned(),
            description: "Bring your glasses".to_owned(),
            calendar_sequence: 1,
            before: Some(TrainingSnapshot {
                name: kind.clone(),
                trainer: String::new(),
                site: "Workshop".to_owned(),
                starts_at,
                ends_at,
            }),
            starts_at,
            ends_at,
            timezone: timezone.clone(),
            place: place.clone(),
            access_notes: "By the back door".to_owned(),
            contact: "The porter".to_owned(),
            certification_kind: kind.clone(),
            organization: host.clone(),
            reason: "Ill".to_owned(),
        };
        letters.push(LetterContent::Seat(Box::new(letter)).into());
    }
    letters.extend(InvoiceKind::ALL.iter().map(|kind| super::invoices::letter(*kind)));
    for days_overdue in [7, 1] {
        let letter = PaymentReminderLetter {
            invoice_id: BOOKING.parse().unwrap(),
            name: name.clone(),
            host: host.clone(),
            reply_to: String::new(),
            number: "2026-00001".to_owned(),
            open: one(Notice::Confirmed).price,
            due_on: NaiveDate::from_ymd_opt(2026, 12, 4).unwrap(),
            days_overdue,
        };
        letters.push(LetterContent::PaymentReminder(Box::new(letter)).into());
    }
    let prepaid = PrepaidLetter {
        minutes: None,
        prepaid_id: BOOKING.parse().unwrap(),
        name: name.clone(),
        package: "Workshop card".to_owned(),
        host: host.clone(),
        customer: name.clone(),
        left: one(Notice::Confirmed).price,
        expires_at: UtcTime::parse("2026-12-15T09:00:00Z").unwrap(),
        reply_to: String::new(),
    };
    letters.push(LetterContent::Prepaid(Box::new(prepaid)).into());
    letters.extend(CardProblem::ALL.iter().map(|problem| {
        let letter = CardPaymentLetter {
            problem: *problem,
            booking_id: BOOKING.parse().unwrap(),
            name: name.clone(),
            customer: "Makers & Sons".to_owned(),
            resource: "Lathe".to_owned(),
            amount: Money { amount: 1200, currency: "GBP".parse().unwrap() },
        };
        LetterContent::CardPayment(Box::new(letter)).into()
    }));
    letters.extend(StandingNews::ALL.iter().map(|change| {
        let (organization, other, reason) = (host.clone(), "Grace".to_owned(), "Unpaid invoices".to_owned());
        LetterContent::Standing(Box::new(StandingLetter { change: *change, name: name.clone(), organization, other, reason }))
            .into()
    }));
    let webhook = WebhookLetter {
        webhook_id: BOOKING.parse().unwrap(),
        name: name.clone(),
        organization: host.clone(),
        url: "https://example.org/hook".to_owned(),
        reason: "The receiver responded with the status 500.".to_owned(),
    };
    letters.push(LetterContent::Webhook(Box::new(webhook)).into());
    let calendar = CalendarImportLetter {
        calendar_import_id: BOOKING.parse().unwrap(),
        name: name.clone(),
        organization: host.clone(),
        resource: "Lathe".to_owned(),
        calendar: "Maintenance".to_owned(),
        reason: "The server responded with the status 404.".to_owned(),
    };
    letters.push(LetterContent::CalendarImport(Box::new(calendar)).into());
    for count in [1, 2] {
        let changes = [Notice::Confirmed, Notice::Cancelled].map(|notice| letter(booking(notice, Recipient::Host)).content);
        letters.push(digest(changes.into_iter().take(count).collect()));
    }
    letters
}
