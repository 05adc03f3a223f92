//! The jobs that are due by the clock.

use chrono::TimeDelta;

use super::{
    audit, card_payments, cleanup, deposits, due, ledger, monthly_invoices, payment_reminders, prepaid, reminders, warnings,
};
use actions::error::Error;
use domain::time::UtcTime;
use environment::checkpoint_key::CheckpointKey;
use environment::config::Retention;
use services::card_payments::CardPayments;
use storage::db::Db;

/// The parts with which these jobs work: payments by card, the key that signs the audit log, and how long data is kept.
pub(super) type TimedParts<'a> = (&'a CardPayments, &'a CheckpointKey, Retention);

/// A job that is due by the clock.
#[derive(Debug, Clone, Copy)]
pub(super) enum Timed {
    /// Ends what is over or has expired, and makes offers of what is free.
    Completion,
    /// Warns of certifications that expire and of bookings of resources that are out of order.
    Warnings,
    /// Reminds people of their bookings.
    Reminders,
    /// Deletes rows that are no longer needed.
    Cleanup,
    /// Returns deposits that hosts have not returned in time.
    Deposits,
    /// Adds rows of the ledger to its stored sums.
    Ledger,
    /// Issues the monthly invoices of hosts.
    MonthlyInvoices,
    /// Reminds customers of invoices that are overdue.
    PaymentReminders,
    /// Lets prepaid credit expire, and reminds customers of it.
    Prepaid,
    /// Asks the provider of payments by card, and tells it what to do.
    CardPayments,
    /// Adds entries of the audit log to its tree, and signs it.
    Audit,
}

impl Timed {
    pub(super) const ALL: &[Self] = &[
        Self::Completion,
        Self::Warnings,
        Self::Reminders,
        Self::Cleanup,
        Self::Deposits,
        Self::Ledger,
        Self::MonthlyInvoices,
        Self::PaymentReminders,
        Self::Prepaid,
        Self::CardPayments,
        Self::Audit,
    ];

    /// The name of the job in logs and metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Warnings => "warnings",
            Self::Reminders => "reminders",
            Self::Cleanup => "cleanup",
            Self::Deposits => "deposits",
            Self::Ledger => "ledger",
            Self::MonthlyInvoices => "monthly_invoices",
            Self::PaymentReminders => "payment_reminders",
            Self::Prepaid => "prepaid",
            Self::CardPayments => "card_payments",
            Self::Audit => "audit",
        }
    }

    /// The time between two runs.
    pub(super) const fn every(self) -> TimeDelta {
        match self {
            Self::Completion => due::EVERY,
            Self::Warnings => warnings::EVERY,
            Self::Reminders => reminders::EVERY,
            Self::Cleanup => cleanup::EVERY,
            Self::Deposits => deposits::EVERY,
            Self::Ledger => ledger::EVERY,
            Self::MonthlyInvoices => monthly_invoices::EVERY,
            Self::PaymentReminders => payment_reminders::EVERY,
            Self::Prepaid => prepaid::EVERY,
            Self::CardPayments => card_payments::EVERY,
            Self::Audit => audit::EVERY,
        }
    }

    /// Does all that is due now.
    ///
    /// # Errors
    /// When the database fails, or the provider of payments by card.
    pub(super) async fn run(self, db: &Db, (cards, key, kept): TimedParts<'_>, now: UtcTime) -> Result<(), Error> {
        match self {
            Self::Completion => due::run(db, now).await,
            Self::Warnings => warnings::run(db, now).await,
            Self::Reminders => reminders::run(db, now).await,
            Self::Cleanup => Ok(cleanup::run(db, now, kept).await?),
            Self::Deposits => deposits::run(db, now).await,
            Self::Ledger => Ok(ledger::run(db, now).await?),
            Self::MonthlyInvoices => monthly_invoices::run(db, now).await,
            Self::PaymentReminders => payment_reminders::run(db, now).await,
            Self::Prepaid => prepaid::run(db, now).await,
            Self::CardPayments => card_payments::run(cards).await,
            Self::Audit => audit::run(db, key, now).await,
        }
    }
}
