//! Events of organizations: the changes of bookings, of resources and of money that concern an organization as the host or as the customer. Its
//! webhooks and its event stream tell them.

use super::booking::change::BookingEventKind;
use super::card_payment::CardProblem;
use super::fact::Event;
use super::text_enum::text_enum;

text_enum! {
    /// The type of an event of an organization. New types can be added.
    pub enum EventType {
        /// A customer made a booking.
        BookingCreate = "booking.create",
        /// A booking was made as an offer: by a manager of the host, or for an entry of the waitlist.
        BookingOffer = "booking.offer",
        /// A hold was confirmed.
        BookingConfirm = "booking.confirm",
        /// A hold was confirmed and became a request.
        BookingRequest = "booking.request",
        /// The card that was saved for a booking could not be charged: the booking waits for the payment again.
        BookingAwaitPayment = "booking.await_payment",
        /// The host approved a request.
        BookingApprove = "booking.approve",
        /// The host declined a request.
        BookingDecline = "booking.decline",
        /// One of the two parties cancelled a booking.
        BookingCancel = "booking.cancel",
        /// The host cancelled a booking to block its time.
        BookingDisplace = "booking.displace",
        /// A booking got another time, quantity or resource.
        BookingReschedule = "booking.reschedule",
        /// A party proposed another slot.
        BookingPropose = "booking.propose",
        /// The other party accepted a proposal, and the booking moved.
        BookingAcceptProposal = "booking.accept_proposal",
        /// The other party declined a proposal.
        BookingDeclineProposal = "booking.decline_proposal",
        /// The party that made a proposal withdrew it.
        BookingWithdrawProposal = "booking.withdraw_proposal",
        /// Nobody responded to a proposal in time.
        BookingLapseProposal = "booking.lapse_proposal",
        /// Another operator was named.
        BookingNameOperator = "booking.name_operator",
        /// The operator left the customer.
        BookingOperatorLeft = "booking.operator_left",
        /// The operator lost a required certification.
        BookingUncertify = "booking.uncertify",
        /// The customer checked in.
        BookingCheckIn = "booking.check_in",
        /// The customer checked out.
        BookingCheckOut = "booking.check_out",
        /// The customer did not come.
        BookingNoShow = "booking.no_show",
        /// A hold or a request was not confirmed in time.
        BookingExpire = "booking.expire",
        /// The time of a booking is over.
        BookingEnd = "booking.end",
        /// A booking is still in use after its time.
        BookingOverrun = "booking.overrun",
        /// The booking before this one is still in use.
        BookingDelay = "booking.delay",
        /// The resource is out of order.
        BookingOutOfOrder = "booking.out_of_order",
        /// The resource will work again before the booking starts.
        BookingBackInOrder = "booking.back_in_order",
        /// A manager of the host waived the fee.
        BookingWaiveFee = "booking.waive_fee",
        /// The deposit was returned, or the host kept a part of it.
        BookingReturnDeposit = "booking.return_deposit",
        /// An invoice or credit note was issued.
        InvoiceIssue = "invoice.issue",
        /// The customer was reminded of an invoice that is overdue.
        InvoiceRemind = "invoice.remind",
        /// A payment between a customer and a host was recorded.
        PaymentRecord = "payment.record",
        /// A payment that was recorded by mistake was reversed.
        PaymentReverse = "payment.reverse",
        /// Prepaid credit expires soon. Only the customer gets this event.
        PrepaidExpireSoon = "prepaid.expire_soon",
        /// A refund did not reach the card. Only the host gets this event.
        CardPaymentRefundFailed = "card_payment.refund_failed",
        /// The customer disputes a payment by card. Only the host gets this event.
        CardPaymentDisputed = "card_payment.disputed",
        /// A resource was created, in whatever state. Only the host gets this event.
        ResourceCreate = "resource.create",
        /// A resource or its site was edited, it moved to another site, went out of order or was put back in order, or its blocks have
        /// changed. Only the host gets this event.
        ResourceUpdate = "resource.update",
    }
}

/// The types of the events that a fact is for organizations, each with the number of its change in the fact. Reminders of a start are
/// for people only.
pub fn types(event: &Event) -> Vec<(EventType, usize)> {
    let one = |kind| vec![(kind, 0)];
    match event {
        Event::Bookings(event) => {
            let kinds = event.changes.iter().enumerate();
            kinds.filter_map(|(number, change)| Some((format!("booking.{}", change.kind).parse().ok()?, number))).collect()
        }
        Event::InvoiceIssued { .. } => one(EventType::InvoiceIssue),
        Event::PaymentReminder { .. } => one(EventType::InvoiceRemind),
        Event::PaymentRecorded { .. } => one(EventType::PaymentRecord),
        Event::PaymentReversed { .. } => one(EventType::PaymentReverse),
        Event::PrepaidExpires { .. } => one(EventType::PrepaidExpireSoon),
        Event::CardPaymentProblem { problem: CardProblem::RefundFailed, .. } => one(EventType::CardPaymentRefundFailed),
        Event::CardPaymentProblem { problem: CardProblem::Disputed, .. } => one(EventType::CardPaymentDisputed),
        Event::ResourceCreated { .. } => one(EventType::ResourceCreate),
        Event::ResourceChanged { .. } => one(EventType::ResourceUpdate),
        _ => Vec::new(),
    }
}

/// Whether a fact is an event for any organization.
pub fn is_told(event: &Event) -> bool {
    match event {
        Event::Bookings(event) => event.changes.iter().any(|change| !is_for_people(change.kind)),
        Event::InvoiceIssued { .. }
        | Event::PaymentReminder { .. }
        | Event::PaymentRecorded { .. }
        | Event::PaymentReversed { .. }
        | Event::PrepaidExpires { .. }
        | Event::CardPaymentProblem { .. }
        | Event::ResourceCreated { .. }
        | Event::ResourceChanged { .. } => true,
        _ => false,
    }
}

const fn is_for_people(kind: BookingEventKind) -> bool {
    matches!(kind, BookingEventKind::Remind | BookingEventKind::RemindOperator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_has_a_type_unless_it_is_for_people_only() {
        for kind in BookingEventKind::ALL {
            let found = format!("booking.{kind}").parse::<EventType>();
            assert_eq!(found.is_ok(), !is_for_people(*kind), "{kind}");
        }
    }
}
