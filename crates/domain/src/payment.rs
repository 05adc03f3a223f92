//! Payments between customers and hosts, as managers of hosts record them, or the service itself.

use chrono::NaiveDate;

use super::ids::{BookingId, InvoiceId, OrganizationId, PaymentId, UserId};
use super::money::Money;
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The way in which money was paid.
    pub enum PaymentMethod {
        /// By bank transfer.
        BankTransfer = "bank_transfer",
        /// In cash.
        Cash = "cash",
        /// By card, outside this service.
        Card = "card",
        /// In another way.
        Other = "other",
        /// By card, with this service, which records the payment itself.
        OnlineCard = "online_card",
    }
}

/// A payment to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The customer.
    pub customer_id: OrganizationId,
    /// The booking that was paid for, if it was one.
    pub booking_id: Option<BookingId>,
    /// The invoice that it pays first, if it is one in particular.
    pub invoice_id: Option<InvoiceId>,
    /// Whether the host paid the customer.
    pub is_refund: bool,
    /// The amount, larger than zero.
    pub amount: Money,
    /// The way in which it was paid.
    pub method: PaymentMethod,
    /// The local date of the payment.
    pub paid_on: NaiveDate,
    /// The reference of the payment, such as that of the bank; may be empty.
    pub reference: String,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its identifier.
    pub id: PaymentId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The payment as it was recorded.
    pub paid: NewPayment,
    /// The user who recorded it; none if the service received it itself.
    pub recorded_by: Option<UserId>,
    /// When it was recorded.
    pub created_at: UtcTime,
    /// The reversal of a payment that was recorded by mistake; none if it stands.
    pub reversal: Option<Reversal>,
    /// Incremented by each change.
    pub revision: i64,
}

/// The reversal of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// When.
    pub reversed_at: UtcTime,
    /// The user.
    pub reversed_by: UserId,
    /// The reason.
    pub reason: String,
}
