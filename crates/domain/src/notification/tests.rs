//! The table of notices, row by row.

use super::BookingEventKind as Kind;
use super::Notice as N;
use super::Recipient::{Customer, FormerOperator, Host, Operator};
use super::*;
use crate::booking::Party;
use crate::booking::change::ProposalSnapshot;
use crate::money::Money;
use crate::pricing::Price;
use crate::time::UtcTime;

const ADA: &str = "019b76da-a800-7000-8000-00000000000a";
const BOB: &str = "019b76da-a800-7000-8000-00000000000b";
const CLEO: &str = "019b76da-a800-7000-8000-00000000000c";

fn booking(status: BookingStatus) -> BookingSnapshot {
    let at = |text| UtcTime::parse(text).unwrap();
    let id = "019b76da-a800-7000-8000-000000000001";
    BookingSnapshot {
        id: id.parse().unwrap(),
        revision: 1,
        status,
        hold_reason: None,
        awaits: None,
        organization_id: id.parse().unwrap(),
        organization_name: "Brightline".to_owned(),
        host_organization_id: id.parse().unwrap(),
        site_id: id.parse().unwrap(),
        resource_id: id.parse().unwrap(),
        resource_name: "Lathe".to_owned(),
        starts_at: at("2026-12-01T09:00:00Z"),
        ends_at: at("2026-12-01T11:00:00Z"),
        quantity: 1,
        price: Price { total: Money { amount: 0, currency: "GBP".parse().unwrap() }, lines: Vec::new(), taxes: Vec::new() },
        note: String::new(),
        series_id: None,
        group_id: None,
        created_by: ADA.parse().unwrap(),
        operated_by: Some(ADA.parse().unwrap()),
        requires_approval: false,
        expires_at: None,
        changeable_until: None,
        check_in_by: None,
        reason: String::new(),
        checked_in_at: None,
        checked_out_at: None,
        is_overrun: false,
        fee: None,
        deposit: None,
        prepaid_uses: Vec::new(),
        cancellation_fees: Vec::new(),
        calendar_sequence: 0,
        created_at: at("2026-11-01T09:00:00Z"),
        updated_at: at("2026-11-01T09:00:00Z"),
    }
}

fn held(reason: HoldReason, awaits: Party) -> BookingSnapshot {
    BookingSnapshot { hold_reason: Some(reason), awaits: Some(awaits), ..booking(BookingStatus::Held) }
}

fn ended(hold: BookingSnapshot, status: BookingStatus) -> BookingSnapshot {
    BookingSnapshot { status, ..hold }
}

fn operated_by(user: &str) -> BookingSnapshot {
    BookingSnapshot { operated_by: Some(user.parse().unwrap()), ..booking(BookingStatus::Confirmed) }
}

fn change(kind: Kind, side: Side, before: Option<BookingSnapshot>, after: BookingSnapshot) -> BookingChange {
    BookingChange::new(kind, side, String::new(), before, after)
}

/// The notices about a change of one booking.
fn found(kind: Kind, side: Side, before: Option<BookingSnapshot>, after: BookingSnapshot) -> Vec<(Recipient, Notice)> {
    let event = BookingsEvent::new(Scope::One, vec![change(kind, side, before, after)]);
    let found: Vec<_> = notified_changes(&event).into_iter().flat_map(notices).collect();
    assert_eq!(subscribers(&Event::Bookings(event)).contains(&Subscriber::Mail), !found.is_empty());
    assert!(found.iter().all(|(recipient, notice)| notice.recipients().contains(recipient)), "{found:?}");
    found
}

fn both(notice: Notice) -> Vec<(Recipient, Notice)> {
    vec![(Customer, notice), (Host, notice)]
}

fn everybody(notice: Notice) -> Vec<(Recipient, Notice)> {
    vec![(Customer, notice), (Operator, notice), (Host, notice)]
}

#[test]
fn each_row_of_the_table_says_who_receives_which_notice_of_a_new_booking_or_a_move() {
    use BookingStatus::{Cancelled, Completed, Confirmed, Declined, Expired, InUse, NoShow, Requested};
    let own = || held(HoldReason::Customer, Party::Customer);
    let paid = || held(HoldReason::Payment, Party::Host);
    let waited = || held(HoldReason::Waitlist, Party::Customer);
    let paid_waited = || held(HoldReason::Waitlist, Party::Host);
    let offer = || held(HoldReason::HostOffer, Party::Customer);
    let paid_offer = || held(HoldReason::HostOffer, Party::Host);
    let (request, agreed, operated) = (|| booking(Requested), || booking(Confirmed), || operated_by(BOB));
    let customer = |notice| vec![(Customer, notice)];
    for (kind, side, before, after, expected) in [
        (Kind::Create, Side::Customer, None, agreed(), both(N::Confirmed)),
        (Kind::Create, Side::Customer, None, operated(), everybody(N::Confirmed)),
        (Kind::Create, Side::Customer, None, request(), both(N::Requested)),
        (Kind::Create, Side::Customer, None, paid(), both(N::PaymentDue)),
        (Kind::Create, Side::Customer, None, own(), Vec::new()),
        (Kind::Offer, Side::Host, None, offer(), customer(N::HostOffer)),
        (Kind::Offer, Side::Host, None, paid_offer(), both(N::HostOffer)),
        (Kind::Offer, Side::System, None, waited(), customer(N::WaitlistOffer)),
        (Kind::Offer, Side::System, None, paid_waited(), both(N::WaitlistOffer)),
        (Kind::Confirm, Side::Customer, Some(own()), agreed(), both(N::Confirmed)),
        (Kind::Confirm, Side::Host, Some(paid()), operated(), everybody(N::Confirmed)),
        (Kind::Request, Side::Customer, Some(own()), request(), both(N::Requested)),
        (Kind::Approve, Side::Host, Some(request()), agreed(), both(N::Confirmed)),
        (Kind::Decline, Side::Host, Some(request()), booking(Declined), both(N::Declined)),
        (Kind::Expire, Side::System, Some(request()), booking(Expired), both(N::Expired)),
        (Kind::Expire, Side::System, Some(own()), ended(own(), Expired), customer(N::HoldExpired)),
        (Kind::Expire, Side::System, Some(paid()), ended(paid(), Expired), both(N::HoldExpired)),
        (
            Kind::Expire,
            Side::System,
            Some(offer()),
            ended(offer(), Expired),
            vec![(Customer, N::HoldExpired), (Host, N::HostOfferExpired)],
        ),
        (Kind::Expire, Side::System, Some(paid_offer()), ended(paid_offer(), Expired), both(N::HoldExpired)),
        (Kind::Expire, Side::System, Some(waited()), ended(waited(), Expired), customer(N::WaitlistOfferExpired)),
        (Kind::Expire, Side::System, Some(paid_waited()), ended(paid_waited(), Expired), both(N::WaitlistOfferExpired)),
        (Kind::Cancel, Side::Customer, Some(own()), ended(own(), Cancelled), Vec::new()),
        (Kind::Cancel, Side::Customer, Some(waited()), ended(waited(), Cancelled), Vec::new()),
        (Kind::Cancel, Side::Host, Some(own()), ended(own(), Cancelled), both(N::HoldCancelled)),
        (Kind::Cancel, Side::Customer, Some(paid()), ended(paid(), Cancelled), both(N::HoldCancelled)),
        (Kind::Cancel, Side::Customer, Some(offer()), ended(offer(), Cancelled), both(N::HoldCancelled)),
        (Kind::Cancel, Side::Customer, Some(request()), booking(Cancelled), both(N::Cancelled)),
        (Kind::Cancel, Side::Host, Some(operated()), ended(operated(), Cancelled), everybody(N::Cancelled)),
        (Kind::Displace, Side::Host, Some(own()), ended(own(), Cancelled), customer(N::HoldDisplaced)),
        (Kind::Displace, Side::Host, Some(operated()), ended(operated(), Cancelled), everybody(N::Displaced)),
        (Kind::CheckIn, Side::Customer, Some(operated()), ended(operated(), InUse), Vec::new()),
        (Kind::CheckOut, Side::Customer, Some(ended(operated(), InUse)), booking(Completed), Vec::new()),
        (Kind::End, Side::System, Some(ended(operated(), InUse)), booking(Completed), Vec::new()),
        (Kind::NoShow, Side::Host, Some(operated()), ended(operated(), NoShow), both(N::Missed)),
        (Kind::AwaitPayment, Side::System, Some(agreed()), paid(), both(N::PaymentFailed)),
        (
            Kind::AwaitPayment,
            Side::System,
            Some(operated()),
            BookingSnapshot { operated_by: operated().operated_by, ..paid() },
            everybody(N::PaymentFailed),
        ),
    ] {
        assert_eq!(found(kind, side, before.clone(), after.clone()), expected, "{kind} {side} {before:?} {after:?}");
    }
}

#[test]
fn each_row_of_the_table_says_who_receives_which_notice_of_another_slot_or_operator() {
    let own = || held(HoldReason::Customer, Party::Customer);
    let paid = || held(HoldReason::Payment, Party::Host);
    let (request, agreed) = (|| booking(BookingStatus::Requested), || booking(BookingStatus::Confirmed));
    let customer = |notice| vec![(Customer, notice)];
    for (side, before, after, expected) in [
        (Side::Customer, own(), own(), Vec::new()),
        (Side::Host, own(), own(), customer(N::HoldRescheduled)),
        // The host learns of the hold, because it must confirm the payment.
        (Side::Customer, own(), paid(), both(N::HoldRescheduled)),
        (Side::Customer, paid(), own(), customer(N::HoldRescheduled)),
        (Side::Customer, paid(), paid(), both(N::HoldRescheduled)),
        (Side::Customer, request(), request(), both(N::RequestRescheduled)),
        (Side::Customer, agreed(), agreed(), both(N::Rescheduled)),
        (Side::Customer, operated_by(BOB), operated_by(BOB), everybody(N::Rescheduled)),
        (
            Side::Customer,
            operated_by(CLEO),
            operated_by(BOB),
            vec![(Customer, N::Rescheduled), (Operator, N::Confirmed), (FormerOperator, N::Replaced), (Host, N::Rescheduled)],
        ),
        (
            Side::Customer,
            operated_by(CLEO),
            agreed(),
            vec![(Customer, N::Rescheduled), (FormerOperator, N::Replaced), (Host, N::Rescheduled)],
        ),
        (
            Side::Customer,
            agreed(),
            operated_by(BOB),
            vec![(Customer, N::Rescheduled), (Operator, N::Confirmed), (Host, N::Rescheduled)],
        ),
    ] {
        for kind in [Kind::Reschedule, Kind::NameOperator] {
            let found = found(kind, side, Some(before.clone()), after.clone());
            assert_eq!(found, expected, "{kind} {side} {before:?} {after:?}");
        }
    }
}

#[test]
fn each_row_of_the_table_says_who_receives_which_notice_of_a_booking_that_needs_attention() {
    let own = || held(HoldReason::Customer, Party::Customer);
    let paid = || held(HoldReason::Payment, Party::Host);
    let customer = |notice| vec![(Customer, notice)];
    for (kind, booking, expected) in [
        (Kind::Remind, operated_by(BOB), customer(N::Reminder)),
        (Kind::RemindOperator, operated_by(BOB), vec![(Operator, N::Reminder)]),
        (Kind::Overrun, operated_by(BOB), everybody(N::Overrun)),
        (Kind::Delay, operated_by(BOB), vec![(Customer, N::Delayed), (Operator, N::Delayed)]),
        (Kind::OutOfOrder, operated_by(BOB), everybody(N::OutOfOrder)),
        (Kind::OutOfOrder, own(), customer(N::OutOfOrder)),
        (Kind::BackInOrder, operated_by(BOB), everybody(N::BackInOrder)),
        (Kind::BackInOrder, own(), customer(N::BackInOrder)),
        (Kind::Uncertify, operated_by(BOB), both(N::Uncertified)),
        (Kind::Uncertify, paid(), both(N::Uncertified)),
        (Kind::Uncertify, own(), Vec::new()),
        (Kind::OperatorLeft, booking(BookingStatus::Confirmed), customer(N::OperatorLeft)),
    ] {
        assert_eq!(found(kind, Side::System, Some(booking.clone()), booking.clone()), expected, "{kind} {booking:?}");
    }
}

#[test]
fn each_row_of_the_table_says_who_receives_which_notice_of_a_proposal() {
    let lapses_at = UtcTime::parse("2026-12-01T09:00:00Z").unwrap();
    let slot = operated_by(BOB).slot();
    let proposal = ProposalSnapshot { id: ADA.parse().unwrap(), side: Side::Host, slot, message: String::new(), lapses_at };
    let (request, agreed) = (|| booking(BookingStatus::Requested), || operated_by(BOB));
    let expiring = || BookingSnapshot { expires_at: Some(lapses_at), ..request() };
    for (kind, side, before, after, expected) in [
        (Kind::Propose, Side::Host, agreed(), agreed(), vec![(Customer, N::Proposed)]),
        (Kind::Propose, Side::Customer, request(), request(), vec![(Host, N::Proposed)]),
        (Kind::DeclineProposal, Side::Customer, agreed(), agreed(), vec![(Host, N::ProposalDeclined)]),
        (Kind::DeclineProposal, Side::Host, agreed(), agreed(), vec![(Customer, N::ProposalDeclined)]),
        (Kind::WithdrawProposal, Side::Host, agreed(), agreed(), vec![(Customer, N::ProposalWithdrawn)]),
        (Kind::WithdrawProposal, Side::Customer, agreed(), agreed(), vec![(Host, N::ProposalWithdrawn)]),
        (Kind::LapseProposal, Side::System, agreed(), agreed(), both(N::ProposalLapsed)),
        // The parties are notified of the end of the request.
        (Kind::LapseProposal, Side::System, expiring(), expiring(), Vec::new()),
        (Kind::AcceptProposal, Side::Customer, agreed(), agreed(), everybody(N::ProposalAccepted)),
        (Kind::AcceptProposal, Side::Host, agreed(), agreed(), everybody(N::ProposalAccepted)),
        (Kind::AcceptProposal, Side::Customer, request(), agreed(), everybody(N::Confirmed)),
    ] {
        let proposal = Some(proposal.clone());
        let change = BookingChange { proposal, ..change(kind, side, Some(before), after) };
        assert_eq!(notices(&change), expected, "{kind} {side}");
    }
}

#[test]
fn the_customer_reads_of_all_holds_of_a_new_group_unless_the_host_knows_of_none() {
    let created = |after: &BookingSnapshot| change(Kind::Create, Side::Customer, None, after.clone());
    let notified = |bookings: &[BookingSnapshot]| {
        let scope = Scope::Group { group_id: ADA.parse().unwrap(), waiting: Vec::new() };
        notified_changes(&BookingsEvent::new(scope, bookings.iter().map(created).collect())).len()
    };
    let (own, paid) = (held(HoldReason::Customer, Party::Customer), held(HoldReason::Payment, Party::Host));
    assert_eq!(notified(&[own.clone(), own.clone()]), 0);
    assert_eq!(notified(&[own, paid]), 2);
}

#[test]
fn the_notice_about_a_group_follows_from_those_about_its_bookings() {
    for (each, expected) in [
        (vec![N::Confirmed, N::Confirmed], N::Confirmed),
        (vec![N::Confirmed, N::Requested], N::PartlyRequested),
        (vec![N::Requested, N::Confirmed], N::PartlyRequested),
        (vec![N::Requested], N::Requested),
        (vec![N::PaymentDue], N::PaymentDue),
        (vec![N::Declined], N::Declined),
        (vec![N::Expired, N::Expired], N::Expired),
        (vec![N::Expired, N::HoldExpired], N::HoldExpired),
        (vec![N::HoldCancelled], N::Cancelled),
        (vec![N::Cancelled, N::HoldCancelled], N::Cancelled),
    ] {
        assert_eq!(notice_of_group(&each), Some(expected), "{each:?}");
    }
    assert_eq!(notice_of_group(&[]), None);
}
