//! Notices: what a mail about bookings says, who receives it, and which mails a user can switch off.

use super::event::{BookingFacts, GroupHappened, Happened};
use super::mail::MailCategory;
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
        /// A hold has changed.
        HoldRescheduled = "hold_rescheduled",
        /// A hold expired before it was confirmed.
        HoldExpired = "hold_expired",
        /// A hold was cancelled.
        HoldCancelled = "hold_cancelled",
        /// A hold was cancelled because the host blocked the time.
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
        /// A booking was cancelled.
        Cancelled = "cancelled",
        /// A booking was cancelled because the host blocked the time.
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
            | Self::Uncertified => &[Customer, Host],
            Self::Confirmed
            | Self::Rescheduled
            | Self::Cancelled
            | Self::Displaced
            | Self::Overrun
            | Self::OutOfOrder
            | Self::BackInOrder => &[Customer, Operator, Host],
            Self::Reminder | Self::Delayed => &[Customer, Operator],
            Self::HoldDisplaced | Self::OperatorLeft => &[Customer],
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
                | Self::OperatorLeft,
                _,
            ) => None,
            (Self::Confirmed, Recipient::Host) => Some(MailCategory::Booking),
            (Self::Confirmed, _) | (Self::PartlyRequested, Recipient::Customer) => None,
            // The customer does not cause these, so the customer always receives them.
            (Self::HoldExpired | Self::Declined | Self::Expired | Self::Missed | Self::HostOffer, Recipient::Customer) => None,
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
                | Self::Expired,
                _,
            ) => Some(MailCategory::Request),
            (Self::Overrun | Self::Delayed, _) => Some(MailCategory::Overrun),
            (Self::Reminder, _) => Some(MailCategory::Reminder),
        }
    }
}

/// Which notice each recipient of an event about a booking receives. Recipients that do not exist, such as an operator where the
/// user who booked operates the machine, are left out by the caller.
pub fn notices(happened: Happened, facts: &BookingFacts) -> Vec<(Recipient, Notice)> {
    let mut notices = vec![(Recipient::Customer, notice(happened, facts))];
    notices.extend(notices_of_operators(happened, facts));
    notices.extend(notice_of_host(happened, facts).map(|notice| (Recipient::Host, notice)));
    notices
}

const fn notice(happened: Happened, facts: &BookingFacts) -> Notice {
    match happened {
        Happened::Requested => Notice::Requested,
        Happened::Held => Notice::PaymentDue,
        Happened::HoldExpired => Notice::HoldExpired,
        Happened::Offered if facts.is_offered => Notice::HostOffer,
        Happened::Offered => Notice::WaitlistOffer,
        Happened::OfferLapsed => Notice::WaitlistOfferExpired,
        Happened::Confirmed => Notice::Confirmed,
        Happened::Reminder => Notice::Reminder,
        Happened::Rescheduled if facts.is_hold => Notice::HoldRescheduled,
        Happened::Rescheduled if facts.expires_at.is_some() => Notice::RequestRescheduled,
        Happened::Rescheduled => Notice::Rescheduled,
        Happened::Cancelled if facts.is_hold => Notice::HoldCancelled,
        Happened::Cancelled => Notice::Cancelled,
        Happened::Displaced if facts.is_hold => Notice::HoldDisplaced,
        Happened::Displaced => Notice::Displaced,
        Happened::Declined => Notice::Declined,
        Happened::Expired => Notice::Expired,
        Happened::Missed => Notice::Missed,
        Happened::Overrun => Notice::Overrun,
        Happened::Delayed => Notice::Delayed,
        Happened::OutOfOrder => Notice::OutOfOrder,
        Happened::BackInOrder => Notice::BackInOrder,
        Happened::Uncertified => Notice::Uncertified,
        Happened::Replaced => Notice::Replaced,
        Happened::OperatorLeft => Notice::OperatorLeft,
    }
}

/// An operator who did not book receives notices about confirmed bookings and about the machine.
fn notices_of_operators(happened: Happened, facts: &BookingFacts) -> Vec<(Recipient, Notice)> {
    let notice = notice(happened, facts);
    if !facts.is_in_calendar || !notice.recipients().contains(&Recipient::Operator) {
        return Vec::new();
    }
    let former = facts.before.as_ref().and_then(|before| before.operated_by);
    let has_changed = facts.before.is_some() && former != facts.operated_by;
    // A new operator learns of the booking; for one who stays it has changed.
    let operator = facts.operated_by.map(|_| (Recipient::Operator, if has_changed { Notice::Confirmed } else { notice }));
    let former = former.filter(|_| has_changed).map(|_| (Recipient::FormerOperator, Notice::Replaced));
    operator.into_iter().chain(former).collect()
}

/// The host receives a notice unless it need not act and never heard of the booking.
const fn notice_of_host(happened: Happened, facts: &BookingFacts) -> Option<Notice> {
    let notice = notice(happened, facts);
    let is_host_told = match notice {
        // The host hears of what causes a delay, reminds itself, and does not choose the operators of its customers.
        Notice::Delayed | Notice::Reminder | Notice::OperatorLeft | Notice::Replaced | Notice::HoldDisplaced => false,
        // Of a hold the host hears if it must confirm the payment, or if it made the offer.
        Notice::PaymentDue
        | Notice::HoldRescheduled
        | Notice::HostOffer
        | Notice::WaitlistOffer
        | Notice::WaitlistOfferExpired => facts.requires_payment,
        Notice::HoldExpired => facts.requires_payment || facts.is_offered,
        // A hold that the host never heard of is not its booking to repair.
        Notice::OutOfOrder | Notice::BackInOrder => !facts.is_hold,
        _ => true,
    };
    match notice {
        _ if !is_host_told => None,
        Notice::HoldExpired if facts.is_offered && !facts.requires_payment => Some(Notice::HostOfferExpired),
        notice => Some(notice),
    }
}

/// Which notice everybody receives to whom an event about a group is told; `each` is what happened to each of the bookings.
pub fn notice_of_group(happened: GroupHappened, each: &[Notice]) -> Notice {
    let all = |notice| each.iter().all(|one| *one == notice);
    match happened {
        GroupHappened::Booked | GroupHappened::Agreed if all(Notice::Requested) => Notice::Requested,
        GroupHappened::Booked | GroupHappened::Agreed if each.contains(&Notice::Requested) => Notice::PartlyRequested,
        GroupHappened::Booked | GroupHappened::Agreed => Notice::Confirmed,
        GroupHappened::Held => Notice::PaymentDue,
        GroupHappened::Declined => Notice::Declined,
        GroupHappened::Expired if all(Notice::Expired) => Notice::Expired,
        GroupHappened::Expired => Notice::HoldExpired,
        GroupHappened::Cancelled => Notice::Cancelled,
    }
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
mod tests {
    use super::Notice as N;
    use super::Recipient::{Customer, FormerOperator, Host, Operator};
    use super::*;
    use crate::event::Slot;
    use crate::money::Money;
    use crate::time::UtcTime;

    fn plain() -> BookingFacts {
        let at = |text| UtcTime::parse(text).unwrap();
        BookingFacts {
            booking_id: "019b76da-a800-7000-8000-000000000001".parse().unwrap(),
            starts_at: at("2026-12-01T09:00:00Z"),
            ends_at: at("2026-12-01T11:00:00Z"),
            quantity: 1,
            price: Money { amount: 0, currency: "GBP".parse().unwrap() },
            operated_by: None,
            calendar_sequence: 0,
            reason: String::new(),
            expires_at: None,
            requires_payment: false,
            requires_approval: false,
            changeable_until: None,
            in_order_from: None,
            alternatives: Vec::new(),
            before: None,
            is_by_host: false,
            is_offered: false,
            is_in_calendar: false,
            is_hold: false,
        }
    }

    fn before(operated_by: Option<&str>) -> Option<Slot> {
        let BookingFacts { starts_at, ends_at, quantity, price, .. } = plain();
        let operated_by = operated_by.map(|id| id.parse().unwrap());
        Some(Slot { resource: "Lathe".to_owned(), starts_at, ends_at, quantity, price, operated_by })
    }

    const BOB: &str = "019b76da-a800-7000-8000-00000000000b";
    const CLEO: &str = "019b76da-a800-7000-8000-00000000000c";

    #[test]
    fn each_row_of_the_table_says_who_receives_which_notice() {
        let paid = || BookingFacts { is_hold: true, requires_payment: true, ..plain() };
        let hold = || BookingFacts { is_hold: true, ..plain() };
        let host_offer = || BookingFacts { is_offered: true, ..hold() };
        let paid_offer = || BookingFacts { is_offered: true, ..paid() };
        let request = || BookingFacts { expires_at: Some(plain().starts_at), ..plain() };
        let agreed = || BookingFacts { is_in_calendar: true, ..plain() };
        let operated = || BookingFacts { operated_by: Some(BOB.parse().unwrap()), ..agreed() };
        let everybody = |notice| vec![(Customer, notice), (Operator, notice), (Host, notice)];
        let both = |notice| vec![(Customer, notice), (Host, notice)];
        for (happened, facts, expected) in [
            (Happened::Requested, request(), both(N::Requested)),
            (Happened::Held, paid(), both(N::PaymentDue)),
            (Happened::Held, hold(), vec![(Customer, N::PaymentDue)]),
            (Happened::HoldExpired, paid(), both(N::HoldExpired)),
            (Happened::HoldExpired, hold(), vec![(Customer, N::HoldExpired)]),
            (Happened::HoldExpired, host_offer(), vec![(Customer, N::HoldExpired), (Host, N::HostOfferExpired)]),
            (Happened::HoldExpired, paid_offer(), both(N::HoldExpired)),
            (Happened::Offered, host_offer(), vec![(Customer, N::HostOffer)]),
            (Happened::Offered, paid_offer(), both(N::HostOffer)),
            (Happened::Offered, hold(), vec![(Customer, N::WaitlistOffer)]),
            (Happened::Offered, paid(), both(N::WaitlistOffer)),
            (Happened::OfferLapsed, hold(), vec![(Customer, N::WaitlistOfferExpired)]),
            (Happened::OfferLapsed, paid(), both(N::WaitlistOfferExpired)),
            (Happened::Confirmed, agreed(), both(N::Confirmed)),
            (Happened::Confirmed, operated(), everybody(N::Confirmed)),
            (Happened::Reminder, operated(), vec![(Customer, N::Reminder), (Operator, N::Reminder)]),
            (Happened::Rescheduled, hold(), vec![(Customer, N::HoldRescheduled)]),
            (Happened::Rescheduled, paid(), both(N::HoldRescheduled)),
            (Happened::Rescheduled, request(), both(N::RequestRescheduled)),
            (Happened::Rescheduled, agreed(), both(N::Rescheduled)),
            (Happened::Rescheduled, BookingFacts { before: before(Some(BOB)), ..operated() }, everybody(N::Rescheduled)),
            (
                Happened::Rescheduled,
                BookingFacts { before: before(Some(CLEO)), ..operated() },
                vec![(Customer, N::Rescheduled), (Operator, N::Confirmed), (FormerOperator, N::Replaced), (Host, N::Rescheduled)],
            ),
            (
                Happened::Rescheduled,
                BookingFacts { before: before(Some(CLEO)), ..agreed() },
                vec![(Customer, N::Rescheduled), (FormerOperator, N::Replaced), (Host, N::Rescheduled)],
            ),
            (Happened::Cancelled, hold(), both(N::HoldCancelled)),
            (Happened::Cancelled, request(), both(N::Cancelled)),
            (Happened::Cancelled, operated(), everybody(N::Cancelled)),
            (Happened::Displaced, hold(), vec![(Customer, N::HoldDisplaced)]),
            (Happened::Displaced, operated(), everybody(N::Displaced)),
            (Happened::Declined, plain(), both(N::Declined)),
            (Happened::Expired, plain(), both(N::Expired)),
            (Happened::Missed, operated(), both(N::Missed)),
            (Happened::Overrun, operated(), everybody(N::Overrun)),
            (Happened::Delayed, operated(), vec![(Customer, N::Delayed), (Operator, N::Delayed)]),
            (Happened::OutOfOrder, operated(), everybody(N::OutOfOrder)),
            (Happened::OutOfOrder, hold(), vec![(Customer, N::OutOfOrder)]),
            (Happened::BackInOrder, operated(), everybody(N::BackInOrder)),
            (Happened::BackInOrder, hold(), vec![(Customer, N::BackInOrder)]),
            (Happened::Uncertified, operated(), both(N::Uncertified)),
            (Happened::OperatorLeft, agreed(), vec![(Customer, N::OperatorLeft)]),
        ] {
            let found = notices(happened, &facts);
            assert_eq!(found, expected, "{happened} {facts:?}");
            assert!(found.iter().all(|(recipient, notice)| notice.recipients().contains(recipient)), "{found:?}");
        }
    }

    #[test]
    fn a_group_is_told_by_what_happened_to_each_of_its_bookings() {
        for (happened, each, expected) in [
            (GroupHappened::Booked, vec![N::Confirmed, N::Confirmed], N::Confirmed),
            (GroupHappened::Booked, vec![N::Confirmed, N::Requested], N::PartlyRequested),
            (GroupHappened::Agreed, vec![N::Requested], N::Requested),
            (GroupHappened::Agreed, vec![N::Confirmed], N::Confirmed),
            (GroupHappened::Held, vec![N::PaymentDue], N::PaymentDue),
            (GroupHappened::Declined, vec![N::Declined], N::Declined),
            (GroupHappened::Expired, vec![N::Expired, N::Expired], N::Expired),
            (GroupHappened::Expired, vec![N::Expired, N::HoldExpired], N::HoldExpired),
            (GroupHappened::Cancelled, vec![N::Cancelled, N::HoldCancelled], N::Cancelled),
        ] {
            assert_eq!(notice_of_group(happened, &each), expected, "{happened} {each:?}");
        }
    }
}
