//! Notices: what a mail about bookings says, who receives it, and which mails a user can switch off.

use super::booking::change::{BookingChange, BookingEventKind, BookingSnapshot};
use super::booking::{BookingStatus, HoldReason, Side};
use super::fact::{BookingsEvent, Event, Scope, Subscriber};
use super::mail::MailCategory;
use super::organization_event::is_told;
use super::text_enum::text_enum;

text_enum! {
    /// The subject of a mail about one or several bookings.
    pub enum Notice {
        /// A request waits for the host's response.
        Requested = "requested",
        /// A request has changed and waits for the host's response.
        RequestRescheduled = "request_rescheduled",
        /// A hold waits for payment.
        PaymentDue = "payment_due",
        /// The saved card was declined, and the confirmed booking is held until it is paid.
        PaymentFailed = "payment_failed",
        /// A hold has changed.
        HoldRescheduled = "hold_rescheduled",
        /// A hold expired before it was confirmed.
        HoldExpired = "hold_expired",
        /// A hold was cancelled.
        HoldCancelled = "hold_cancelled",
        /// A hold was cancelled because the host blocked the time or closes then.
        HoldDisplaced = "hold_displaced",
        /// The host offers a slot to the customer.
        HostOffer = "host_offer",
        /// An offer by the host expired before the customer confirmed it.
        HostOfferExpired = "host_offer_expired",
        /// The waitlist offers a slot to the customer.
        WaitlistOffer = "waitlist_offer",
        /// An offer from the waitlist expired before it was confirmed.
        WaitlistOfferExpired = "waitlist_offer_expired",
        /// The booking is confirmed.
        Confirmed = "confirmed",
        /// Bookings were made together: some are confirmed, the others wait for the host's response.
        PartlyRequested = "partly_requested",
        /// The booking starts soon.
        Reminder = "reminder",
        /// A confirmed booking has another time, quantity, resource or operator.
        Rescheduled = "rescheduled",
        /// The other party proposes another slot.
        Proposed = "proposed",
        /// A proposal was accepted, and the booking has moved.
        ProposalAccepted = "proposal_accepted",
        /// A proposal was declined.
        ProposalDeclined = "proposal_declined",
        /// A proposal was withdrawn.
        ProposalWithdrawn = "proposal_withdrawn",
        /// Nobody responded to a proposal in time.
        ProposalLapsed = "proposal_lapsed",
        /// A booking was cancelled.
        Cancelled = "cancelled",
        /// A booking was cancelled because the host blocked the time or closes then.
        Displaced = "displaced",
        /// The host declined a request.
        Declined = "declined",
        /// A request expired before the host responded.
        Expired = "expired",
        /// Nobody checked in.
        Missed = "missed",
        /// A booking is over and still in use.
        Overrun = "overrun",
        /// The booking before this one is still in use.
        Delayed = "delayed",
        /// The booked resource is out of order.
        OutOfOrder = "out_of_order",
        /// The booked resource will work again before the booking starts.
        BackInOrder = "back_in_order",
        /// The operator has lost a required certification.
        Uncertified = "uncertified",
        /// Somebody else operates the booking now.
        Replaced = "replaced",
        /// The operator has left the customer.
        OperatorLeft = "operator_left",
        /// Time beyond the end of the booking costs a fee.
        OverrunFee = "overrun_fee",
        /// A manager of the host waived the fee of the booking.
        FeeWaived = "fee_waived",
        /// The deposit of the booking was returned, or the host kept a part of it.
        DepositReturned = "deposit_returned",
    }
}

text_enum! {
    /// In which role somebody receives a notice.
    pub enum Recipient {
        /// The user who made the booking; the managers and the contact of the customer if that user has left it.
        Customer = "customer",
        /// The user who operates the booking, if another user made it.
        Operator = "operator",
        /// The user who was going to operate the booking, if another user made it.
        FormerOperator = "former_operator",
        /// The managers of the host and its contact address.
        Host = "host",
    }
}

impl Notice {
    /// In which roles somebody can receive this notice. For each of them the catalogue of texts has a message.
    pub const fn recipients(self) -> &'static [Recipient] {
        use Recipient::{Customer, FormerOperator, Host, Operator};
        match self {
            Self::Requested
            | Self::RequestRescheduled
            | Self::PaymentDue
            | Self::HoldRescheduled
            | Self::HoldExpired
            | Self::HoldCancelled
            | Self::HostOffer
            | Self::WaitlistOffer
            | Self::WaitlistOfferExpired
            | Self::PartlyRequested
            | Self::Declined
            | Self::Expired
            | Self::Missed
            | Self::Uncertified
            | Self::Proposed
            | Self::ProposalDeclined
            | Self::ProposalWithdrawn
            | Self::ProposalLapsed => &[Customer, Host],
            Self::Confirmed
            | Self::Rescheduled
            | Self::ProposalAccepted
            | Self::Cancelled
            | Self::Displaced
            | Self::Overrun
            | Self::OutOfOrder
            | Self::BackInOrder
            | Self::PaymentFailed => &[Customer, Operator, Host],
            Self::Reminder | Self::Delayed => &[Customer, Operator],
            Self::HoldDisplaced | Self::OperatorLeft | Self::OverrunFee | Self::FeeWaived | Self::DepositReturned => &[Customer],
            Self::HostOfferExpired => &[Host],
            Self::Replaced => &[FormerOperator],
        }
    }

    /// Which choice of the recipient switches this notice off; `None` if everybody receives it. The customer is always notified of changes that the
    /// host made (`is_by_host`).
    pub const fn category(self, recipient: Recipient, is_by_host: bool) -> Option<MailCategory> {
        match (self, recipient) {
            (
                Self::Cancelled
                | Self::HoldCancelled
                | Self::Displaced
                | Self::HoldDisplaced
                | Self::Uncertified
                | Self::Replaced
                | Self::OperatorLeft
                | Self::PaymentFailed
                | Self::OverrunFee
                | Self::FeeWaived
                | Self::DepositReturned,
                _,
            ) => None,
            (Self::Confirmed, Recipient::Host) => Some(MailCategory::Booking),
            (Self::Confirmed, _) | (Self::PartlyRequested, Recipient::Customer) => None,
            // The customer does not cause these, so the customer always receives them.
            (Self::HoldExpired | Self::Declined | Self::Expired | Self::Missed | Self::HostOffer, Recipient::Customer) => None,
            (Self::ProposalAccepted, Recipient::Host) => Some(MailCategory::Change),
            (Self::ProposalAccepted, _) => None,
            (Self::Proposed | Self::ProposalDeclined | Self::ProposalWithdrawn | Self::ProposalLapsed, Recipient::Customer) => {
                None
            }
            (Self::Missed | Self::OutOfOrder | Self::BackInOrder, Recipient::Host) => Some(MailCategory::Change),
            (Self::OutOfOrder | Self::BackInOrder | Self::Missed, _) => None,
            (Self::WaitlistOffer | Self::WaitlistOfferExpired, Recipient::Customer) => Some(MailCategory::Waitlist),
            (Self::Rescheduled | Self::RequestRescheduled | Self::HoldRescheduled, Recipient::Host) => Some(MailCategory::Change),
            (Self::Rescheduled | Self::RequestRescheduled | Self::HoldRescheduled, _) => {
                if is_by_host {
                    None
                } else {
                    Some(MailCategory::Change)
                }
            }
            (
                Self::Requested
                | Self::PartlyRequested
                | Self::PaymentDue
                | Self::HoldExpired
                | Self::HostOffer
                | Self::HostOfferExpired
                | Self::WaitlistOffer
                | Self::WaitlistOfferExpired
                | Self::Declined
                | Self::Expired
                | Self::Proposed
                | Self::ProposalDeclined
                | Self::ProposalWithdrawn
                | Self::ProposalLapsed,
                _,
            ) => Some(MailCategory::Request),
            (Self::Overrun | Self::Delayed, _) => Some(MailCategory::Overrun),
            (Self::Reminder, _) => Some(MailCategory::Reminder),
        }
    }
}

/// The subscribers that receive an event.
pub fn subscribers(event: &Event) -> &'static [Subscriber] {
    let is_mailed = match event {
        Event::Bookings(event) => notified_changes(event).iter().any(|change| !notices(change).is_empty()),
        Event::PaymentRecorded { .. }
        | Event::PaymentReversed { .. }
        | Event::ResourceCreated { .. }
        | Event::ResourceChanged { .. } => false,
        _ => true,
    };
    match (is_mailed, is_told(event)) {
        (false, false) => &[],
        (true, false) => &[Subscriber::Mail],
        (false, true) => &[Subscriber::Events],
        (true, true) => &[Subscriber::Mail, Subscriber::Events],
    }
}

/// The changes of an event about which anybody is notified.
pub fn notified_changes(event: &BookingsEvent) -> Vec<&BookingChange> {
    let is_group_made = matches!(event.scope, Scope::Group { .. }) && event.kind() == Some(BookingEventKind::Create);
    // The customer reads about all bookings of a new group at once.
    let are_all = is_group_made && !event.changes.iter().all(is_private);
    event.changes.iter().filter(|change| are_all || !is_private(change)).collect()
}

/// Whether nobody is notified: the customer changed a hold of which the host does not know, or its operator is not certified yet.
fn is_private(change: &BookingChange) -> bool {
    (change.side == Side::Customer || change.kind == BookingEventKind::Uncertify)
        && change.after.is_private_hold()
        && change.before.as_ref().is_none_or(BookingSnapshot::is_private_hold)
}

/// Which notice each recipient of a change receives. Recipients that do not exist are left out by the caller.
pub fn notices(change: &BookingChange) -> Vec<(Recipient, Notice)> {
    let Some(notice) = notice(change) else { return Vec::new() };
    // Of a proposal, a withdrawal or a refusal the party is notified that has not acted.
    let is_for_other = matches!(notice, Notice::Proposed | Notice::ProposalDeclined | Notice::ProposalWithdrawn);
    if is_for_other {
        let other = if change.side == Side::Host { Recipient::Customer } else { Recipient::Host };
        return vec![(other, notice)];
    }
    let is_for_customer = change.kind != BookingEventKind::RemindOperator;
    let mut notices: Vec<_> = is_for_customer.then_some((Recipient::Customer, notice)).into_iter().collect();
    notices.extend(notices_of_operators(notice, change));
    notices.extend(notice_of_host(notice, change).map(|notice| (Recipient::Host, notice)));
    notices
}

fn notice(change: &BookingChange) -> Option<Notice> {
    use BookingEventKind as Kind;
    let after = &change.after;
    Some(match change.kind {
        Kind::Create | Kind::Confirm | Kind::Request | Kind::Approve => return notice_of_status(after.status),
        Kind::Offer if after.is_host_offer() => Notice::HostOffer,
        Kind::Offer => Notice::WaitlistOffer,
        Kind::Decline => Notice::Declined,
        Kind::AwaitPayment => Notice::PaymentFailed,
        Kind::Cancel if after.is_hold() => Notice::HoldCancelled,
        Kind::Cancel => Notice::Cancelled,
        Kind::Displace if after.is_hold() => Notice::HoldDisplaced,
        Kind::Displace => Notice::Displaced,
        Kind::Reschedule | Kind::NameOperator if after.is_hold() => Notice::HoldRescheduled,
        Kind::Reschedule | Kind::NameOperator if after.status == BookingStatus::Requested => Notice::RequestRescheduled,
        Kind::Reschedule | Kind::NameOperator => Notice::Rescheduled,
        Kind::Propose => Notice::Proposed,
        // The request of which both parties have agreed on the slot is confirmed.
        Kind::AcceptProposal if change.before.as_ref().is_some_and(|before| !before.is_agreed()) => Notice::Confirmed,
        Kind::AcceptProposal => Notice::ProposalAccepted,
        Kind::DeclineProposal => Notice::ProposalDeclined,
        Kind::WithdrawProposal => Notice::ProposalWithdrawn,
        // The parties are notified that the request has expired.
        Kind::LapseProposal
            if after.expires_at.is_some_and(|at| change.proposal.as_ref().is_some_and(|one| one.lapses_at == at)) =>
        {
            return None;
        }
        Kind::LapseProposal => Notice::ProposalLapsed,
        Kind::Expire if !after.is_hold() => Notice::Expired,
        Kind::Expire if after.hold_reason == Some(HoldReason::Waitlist) => Notice::WaitlistOfferExpired,
        Kind::Expire => Notice::HoldExpired,
        Kind::NoShow => Notice::Missed,
        Kind::Overrun => Notice::Overrun,
        Kind::Delay => Notice::Delayed,
        Kind::OutOfOrder => Notice::OutOfOrder,
        Kind::BackInOrder => Notice::BackInOrder,
        Kind::Uncertify => Notice::Uncertified,
        Kind::OperatorLeft => Notice::OperatorLeft,
        Kind::Remind | Kind::RemindOperator => Notice::Reminder,
        Kind::CheckOut if after.fee.is_some() => Notice::OverrunFee,
        Kind::WaiveFee => Notice::FeeWaived,
        Kind::ReturnDeposit => Notice::DepositReturned,
        Kind::CheckIn | Kind::CheckOut | Kind::End => return None,
    })
}

/// The notice that a booking has this state, which is not its end.
pub const fn notice_of_status(status: BookingStatus) -> Option<Notice> {
    match status {
        BookingStatus::Held => Some(Notice::PaymentDue),
        BookingStatus::Requested => Some(Notice::Requested),
        BookingStatus::Confirmed => Some(Notice::Confirmed),
        _ => None,
    }
}

/// An operator who did not make the booking receives notices about confirmed bookings and about the machine.
fn notices_of_operators(notice: Notice, change: &BookingChange) -> Vec<(Recipient, Notice)> {
    let is_customers_reminder = change.kind == BookingEventKind::Remind;
    if !change.is_in_calendar() || is_customers_reminder || !notice.recipients().contains(&Recipient::Operator) {
        return Vec::new();
    }
    let operator = change.after.other_operator();
    let former = change.before.as_ref().map(BookingSnapshot::other_operator);
    let has_changed = former.is_some_and(|former| former != operator);
    // A new operator learns of the booking; for one who stays it has changed.
    let operator = operator.map(|_| (Recipient::Operator, if has_changed { Notice::Confirmed } else { notice }));
    let former = former.flatten().filter(|_| has_changed).map(|_| (Recipient::FormerOperator, Notice::Replaced));
    operator.into_iter().chain(former).collect()
}

/// The host receives a notice unless it need not act and does not know of the booking.
fn notice_of_host(notice: Notice, change: &BookingChange) -> Option<Notice> {
    let after = &change.after;
    let is_notified = match notice {
        // The host knows of what causes a delay, reminds itself, and does not choose the operators of its customers.
        Notice::Delayed
        | Notice::Reminder
        | Notice::OperatorLeft
        | Notice::Replaced
        | Notice::HoldDisplaced
        | Notice::OverrunFee
        | Notice::FeeWaived
        | Notice::DepositReturned => false,
        // The host is notified of a hold if it must confirm the payment, or if it made the offer.
        Notice::PaymentDue
        | Notice::HoldRescheduled
        | Notice::HostOffer
        | Notice::WaitlistOffer
        | Notice::WaitlistOfferExpired => after.requires_payment(),
        Notice::HoldExpired => after.requires_payment() || after.is_host_offer(),
        // The host need not repair a booking of which it does not know.
        Notice::OutOfOrder | Notice::BackInOrder => !after.is_hold(),
        _ => true,
    };
    match notice {
        _ if !is_notified => None,
        Notice::HoldExpired if after.is_host_offer() && !after.requires_payment() => Some(Notice::HostOfferExpired),
        notice => Some(notice),
    }
}

/// The notice about several bookings of a group; `each` is the notice about each of them.
pub fn notice_of_group(each: &[Notice]) -> Option<Notice> {
    let first = *each.first()?;
    let has = |notice| each.contains(&notice);
    Some(match first {
        _ if has(Notice::Cancelled) || has(Notice::HoldCancelled) => Notice::Cancelled,
        _ if each.iter().all(|one| *one == first) => first,
        _ if has(Notice::HoldExpired) => Notice::HoldExpired,
        _ if has(Notice::Requested) => Notice::PartlyRequested,
        _ => first,
    })
}

impl Notice {
    /// Whether the booking is confirmed when this notice is written, so that a guest reads where exactly the site is.
    pub const fn is_of_confirmed(self, is_in_calendar: bool) -> bool {
        is_in_calendar
            && matches!(
                self,
                Self::Confirmed
                    | Self::Reminder
                    | Self::Rescheduled
                    | Self::ProposalAccepted
                    | Self::Overrun
                    | Self::Delayed
                    | Self::OutOfOrder
                    | Self::BackInOrder
                    | Self::Uncertified
                    | Self::OperatorLeft
            )
    }
}

#[cfg(test)]
mod tests;
