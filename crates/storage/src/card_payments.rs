//! Payments by card, their refunds and their disputes.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema_money::{card_disputes, card_payments, card_refunds, ledger_rows, payments};
use domain::card_payment::{
    CardDispute, CardDisputeState, CardPayment, CardPaymentEnding, CardPaymentState, CardPaymentWith, CardRefund, CardRefundState,
};
use domain::ids::{BookingId, CardPaymentId, CardRefundId, OrganizationId, PaymentId, UserId};
use domain::ledger::{Account, Purpose};
use domain::money::{Currency, Money};
use domain::payment::PaymentMethod;
use domain::time::UtcTime;

/// A row of `card_payments`, without the plan when the provider is asked.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = card_payments, treat_none_as_default_value = false)]
struct Row {
    id: CardPaymentId,
    booking_id: BookingId,
    organization_id: OrganizationId,
    customer_id: OrganizationId,
    amount: i64,
    currency: Currency,
    state: CardPaymentState,
    attempt: i64,
    session_id: Option<String>,
    group_session_id: Option<String>,
    session_url: Option<String>,
    session_expires_at: UtcTime,
    intent_id: Option<String>,
    capture_before: Option<UtcTime>,
    captured: i64,
    payment_id: Option<PaymentId>,
    ending: Option<CardPaymentEnding>,
    account_id: Option<String>,
    commission_rate: i64,
    commission: i64,
    saves_card: bool,
    card_owner_id: Option<String>,
    saved_card_id: Option<String>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

impl From<Row> for CardPayment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            booking_id: row.booking_id,
            organization_id: row.organization_id,
            customer_id: row.customer_id,
            amount: Money { amount: row.amount, currency: row.currency },
            state: row.state,
            attempt: row.attempt,
            session_id: row.session_id,
            group_session_id: row.group_session_id,
            session_url: row.session_url,
            session_expires_at: row.session_expires_at,
            intent_id: row.intent_id,
            capture_before: row.capture_before,
            captured: row.captured,
            payment_id: row.payment_id,
            ending: row.ending,
            account_id: row.account_id,
            commission_rate: row.commission_rate,
            commission: row.commission,
            saves_card: row.saves_card,
            card_owner_id: row.card_owner_id,
            saved_card_id: row.saved_card_id,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl From<&CardPayment> for Row {
    fn from(payment: &CardPayment) -> Self {
        let payment = payment.clone();
        Self {
            id: payment.id,
            booking_id: payment.booking_id,
            organization_id: payment.organization_id,
            customer_id: payment.customer_id,
            amount: payment.amount.amount,
            currency: payment.amount.currency,
            state: payment.state,
            attempt: payment.attempt,
            session_id: payment.session_id,
            group_session_id: payment.group_session_id,
            session_url: payment.session_url,
            session_expires_at: payment.session_expires_at,
            intent_id: payment.intent_id,
            capture_before: payment.capture_before,
            captured: payment.captured,
            payment_id: payment.payment_id,
            ending: payment.ending,
            account_id: payment.account_id,
            commission_rate: payment.commission_rate,
            commission: payment.commission,
            saves_card: payment.saves_card,
            card_owner_id: payment.card_owner_id,
            saved_card_id: payment.saved_card_id,
            created_by: payment.created_by,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
            revision: payment.revision,
        }
    }
}

/// A row of `card_refunds`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = card_refunds, treat_none_as_default_value = false, treat_none_as_null = true)]
struct RefundRow {
    id: CardRefundId,
    card_payment_id: CardPaymentId,
    amount: i64,
    state: CardRefundState,
    attempt: i64,
    provider_id: Option<String>,
    payment_id: Option<PaymentId>,
    return_id: Option<PaymentId>,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<RefundRow> for CardRefund {
    fn from(row: RefundRow) -> Self {
        let RefundRow { id, card_payment_id, amount, state, attempt, provider_id, payment_id, return_id, created_at, updated_at } =
            row;
        Self { id, card_payment_id, amount, state, attempt, provider_id, payment_id, return_id, created_at, updated_at }
    }
}

impl From<&CardRefund> for RefundRow {
    fn from(refund: &CardRefund) -> Self {
        let CardRefund {
            id,
            card_payment_id,
            amount,
            state,
            attempt,
            provider_id,
            payment_id,
            return_id,
            created_at,
            updated_at,
        } = refund.clone();
        Self { id, card_payment_id, amount, state, attempt, provider_id, payment_id, return_id, created_at, updated_at }
    }
}

/// A row of `card_disputes`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = card_disputes, treat_none_as_default_value = false, treat_none_as_null = true)]
struct DisputeRow {
    id: String,
    card_payment_id: CardPaymentId,
    amount: i64,
    state: CardDisputeState,
    payment_id: Option<PaymentId>,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<DisputeRow> for CardDispute {
    fn from(row: DisputeRow) -> Self {
        let DisputeRow { id, card_payment_id, amount, state, payment_id, created_at, updated_at } = row;
        Self { id, card_payment_id, amount, state, payment_id, created_at, updated_at }
    }
}

impl From<&CardDispute> for DisputeRow {
    fn from(dispute: &CardDispute) -> Self {
        let CardDispute { id, card_payment_id, amount, state, payment_id, created_at, updated_at } = dispute.clone();
        Self { id, card_payment_id, amount, state, payment_id, created_at, updated_at }
    }
}

/// A payment by card.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CardPaymentId) -> Result<CardPayment, StorageError> {
    Ok(card_payments::table.find(id).select(columns()).get_result::<Row>(conn)?.into())
}

/// The payments by card for a booking with their refunds and disputes, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_booking(conn: &mut Conn, id: BookingId) -> Result<Vec<CardPaymentWith>, StorageError> {
    let of_booking = card_payments::table.filter(card_payments::booking_id.eq(id)).order(card_payments::id);
    let rows: Vec<Row> = of_booking.select(columns()).load(conn)?;
    with_parts(conn, rows)
}

/// The payments by card after `after`, with their refunds and disputes, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, after: Option<CardPaymentId>, limit: i64) -> Result<Vec<CardPaymentWith>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let query = card_payments::table.filter(card_payments::id.gt(after)).order(card_payments::id).limit(limit);
    let rows: Vec<Row> = query.select(columns()).load(conn)?;
    with_parts(conn, rows)
}

fn with_parts(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<CardPaymentWith>, StorageError> {
    let ids: Vec<CardPaymentId> = rows.iter().map(|row| row.id).collect();
    let query = card_refunds::table.filter(card_refunds::card_payment_id.eq_any(&ids)).order(card_refunds::id);
    let mut refunds: BTreeMap<CardPaymentId, Vec<CardRefund>> = BTreeMap::new();
    for row in query.select(RefundRow::as_select()).load::<RefundRow>(conn)? {
        refunds.entry(row.card_payment_id).or_default().push(row.into());
    }
    let query = card_disputes::table.filter(card_disputes::card_payment_id.eq_any(&ids));
    let query = query.order((card_disputes::created_at, card_disputes::id));
    let mut disputes: BTreeMap<CardPaymentId, Vec<CardDispute>> = BTreeMap::new();
    for row in query.select(DisputeRow::as_select()).load::<DisputeRow>(conn)? {
        disputes.entry(row.card_payment_id).or_default().push(row.into());
    }
    let with = |row: Row| CardPaymentWith {
        refunds: refunds.remove(&row.id).unwrap_or_default(),
        disputes: disputes.remove(&row.id).unwrap_or_default(),
        payment: row.into(),
    };
    Ok(rows.into_iter().map(with).collect())
}

/// Lists the payments by card with this page or this payment at the provider.
///
/// # Errors
/// When the database fails.
pub fn list_by_provider(conn: &mut Conn, object: &str, intent: Option<&str>) -> Result<Vec<CardPaymentId>, StorageError> {
    let named = [Some(object), intent].into_iter().flatten().collect::<Vec<_>>();
    let is_page = card_payments::session_id.eq_any(named.clone()).or(card_payments::group_session_id.eq(object));
    let is_named = is_page.or(card_payments::intent_id.eq_any(named));
    Ok(card_payments::table.filter(is_named).select(card_payments::id).load(conn)?)
}

/// Whether a payment by card on this page of a group has ended.
///
/// # Errors
/// When the database fails.
pub fn has_ended_of_group(conn: &mut Conn, group_session: &str) -> Result<bool, StorageError> {
    let ended = card_payments::group_session_id.eq(group_session).and(card_payments::state.eq(CardPaymentState::Ended));
    let found: Option<CardPaymentId> =
        card_payments::table.filter(ended).select(card_payments::id).limit(1).get_result(conn).optional()?;
    Ok(found.is_some())
}

/// Lets no other transaction change the payments by card for a booking before this one ends.
///
/// # Errors
/// When the database fails.
pub fn lock_of_booking(conn: &mut WriteConn, id: BookingId) -> Result<(), StorageError> {
    let of_booking = card_payments::table.filter(card_payments::booking_id.eq(id));
    diesel::update(of_booking).set(card_payments::revision.eq(card_payments::revision)).execute(conn.raw())?;
    Ok(())
}

/// Adds a payment by card, and when the provider is asked about it.
///
/// # Errors
/// When there is another one for the booking that has not ended, or the database fails.
pub fn insert(conn: &mut WriteConn, payment: &CardPayment, next_check_at: UtcTime) -> Result<(), StorageError> {
    let new = (Row::from(payment), card_payments::next_check_at.eq(next_check_at));
    diesel::insert_into(card_payments::table).values(new).execute(conn.raw())?;
    Ok(())
}

/// Writes a payment by card as its next revision, and when the provider is asked about it again.
///
/// # Errors
/// [`StorageError::Conflict`] when it was changed since it was read, or the database fails.
pub fn update(conn: &mut WriteConn, payment: &CardPayment, next_check_at: Option<UtcTime>) -> Result<(), StorageError> {
    let own = card_payments::table.find(payment.id).filter(card_payments::revision.eq(payment.revision));
    let changed = diesel::update(own)
        .set((
            card_payments::amount.eq(payment.amount.amount),
            card_payments::state.eq(payment.state),
            card_payments::attempt.eq(payment.attempt),
            card_payments::session_id.eq(&payment.session_id),
            card_payments::group_session_id.eq(&payment.group_session_id),
            card_payments::session_url.eq(&payment.session_url),
            card_payments::session_expires_at.eq(payment.session_expires_at),
            card_payments::intent_id.eq(&payment.intent_id),
            card_payments::capture_before.eq(payment.capture_before),
            card_payments::captured.eq(payment.captured),
            card_payments::payment_id.eq(payment.payment_id),
            card_payments::ending.eq(payment.ending),
            card_payments::commission.eq(payment.commission),
            card_payments::card_owner_id.eq(&payment.card_owner_id),
            card_payments::saved_card_id.eq(&payment.saved_card_id),
            card_payments::next_check_at.eq(next_check_at),
            card_payments::updated_at.eq(payment.updated_at),
            card_payments::revision.eq(payment.revision + 1),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the payment by card has changed".to_owned())) }
}

/// Asks the provider at once about the payments by card for a booking that have not ended.
///
/// # Errors
/// When the database fails.
pub fn update_due(conn: &mut WriteConn, booking: BookingId, now: UtcTime) -> Result<(), StorageError> {
    let live = card_payments::booking_id.eq(booking).and(card_payments::state.ne(CardPaymentState::Ended));
    diesel::update(card_payments::table.filter(live)).set(card_payments::next_check_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// As [`update_due`], about one payment, also if it has ended.
///
/// # Errors
/// When the database fails.
pub fn update_one_due(conn: &mut WriteConn, id: CardPaymentId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(card_payments::table.find(id)).set(card_payments::next_check_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// Notes that a call failed. Returns how many have failed, one after the other.
///
/// # Errors
/// When the database fails.
pub fn update_failed(conn: &mut WriteConn, id: CardPaymentId) -> Result<i64, StorageError> {
    let own = card_payments::table.find(id);
    diesel::update(own).set(card_payments::failures.eq(card_payments::failures + 1_i64)).execute(conn.raw())?;
    Ok(own.select(card_payments::failures).get_result(conn.raw())?)
}

/// Notes that all calls about a payment have succeeded.
///
/// # Errors
/// When the database fails.
pub fn update_succeeded(conn: &mut WriteConn, id: CardPaymentId) -> Result<(), StorageError> {
    diesel::update(card_payments::table.find(id)).set(card_payments::failures.eq(0_i64)).execute(conn.raw())?;
    Ok(())
}

/// Gives the next command about a payment another key.
///
/// # Errors
/// When the database fails.
pub fn update_attempt(conn: &mut WriteConn, id: CardPaymentId) -> Result<(), StorageError> {
    let next = card_payments::attempt.eq(card_payments::attempt + 1_i64);
    diesel::update(card_payments::table.find(id)).set(next).execute(conn.raw())?;
    Ok(())
}

/// Gives the next command about a refund another key.
///
/// # Errors
/// When the database fails.
pub fn update_refund_attempt(conn: &mut WriteConn, id: CardRefundId) -> Result<(), StorageError> {
    let next = card_refunds::attempt.eq(card_refunds::attempt + 1_i64);
    diesel::update(card_refunds::table.find(id)).set(next).execute(conn.raw())?;
    Ok(())
}

/// The payments by card about which the provider is to be asked, those that have waited longest first.
///
/// # Errors
/// When the database fails.
pub fn list_due(conn: &mut Conn, now: UtcTime, limit: i64) -> Result<Vec<CardPaymentId>, StorageError> {
    let due = card_payments::table.filter(card_payments::next_check_at.le(now));
    Ok(due.order((card_payments::next_check_at, card_payments::id)).limit(limit).select(card_payments::id).load(conn)?)
}

/// Claims a payment until an instant, if the provider is to be asked about it. Returns whether it was free: of two servers, one asks.
///
/// # Errors
/// When the database fails.
pub fn claim(conn: &mut WriteConn, id: CardPaymentId, now: UtcTime, until: UtcTime) -> Result<bool, StorageError> {
    let due = card_payments::table.find(id).filter(card_payments::next_check_at.le(now));
    Ok(diesel::update(due).set(card_payments::next_check_at.eq(until)).execute(conn.raw())? == 1)
}

/// Adds a refund.
///
/// # Errors
/// When the refunds would be more than the payment, or the database fails.
pub fn insert_refund(conn: &mut WriteConn, refund: &CardRefund) -> Result<(), StorageError> {
    diesel::insert_into(card_refunds::table).values(RefundRow::from(refund)).execute(conn.raw())?;
    Ok(())
}

/// Writes a refund.
///
/// # Errors
/// When the database fails.
pub fn update_refund(conn: &mut WriteConn, refund: &CardRefund) -> Result<(), StorageError> {
    diesel::update(card_refunds::table.find(refund.id)).set(RefundRow::from(refund)).execute(conn.raw())?;
    Ok(())
}

/// Deletes a refund of which the provider does not know.
///
/// # Errors
/// When the database fails.
pub fn delete_refund(conn: &mut WriteConn, id: CardRefundId) -> Result<(), StorageError> {
    diesel::delete(card_refunds::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// Adds a dispute.
///
/// # Errors
/// When the database fails.
pub fn insert_dispute(conn: &mut WriteConn, dispute: &CardDispute) -> Result<(), StorageError> {
    diesel::insert_into(card_disputes::table).values(DisputeRow::from(dispute)).execute(conn.raw())?;
    Ok(())
}

/// Writes a dispute.
///
/// # Errors
/// When the database fails.
pub fn update_dispute(conn: &mut WriteConn, dispute: &CardDispute) -> Result<(), StorageError> {
    diesel::update(card_disputes::table.find(&dispute.id)).set(DisputeRow::from(dispute)).execute(conn.raw())?;
    Ok(())
}

/// The amount in minor units that was paid for a booking otherwise than by card, less what was paid back.
///
/// # Errors
/// When the database fails.
pub fn sum_paid_otherwise(conn: &mut Conn, booking: BookingId) -> Result<i64, StorageError> {
    let paid = payments::table
        .filter(payments::booking_id.eq(booking).and(payments::reversed_at.is_null()))
        .filter(payments::method.ne(PaymentMethod::OnlineCard))
        .select((payments::is_refund, payments::amount));
    let paid: Vec<(bool, i64)> = paid.load(conn)?;
    Ok(paid.into_iter().fold(0, |sum: i64, (is_refund, amount)| match is_refund {
        true => sum.saturating_sub(amount),
        false => sum.saturating_add(amount),
    }))
}

/// The amount in minor units that the ledger says is reserved on cards for a booking.
///
/// # Errors
/// When the database fails.
pub fn sum_authorized(conn: &mut Conn, booking: BookingId) -> Result<i64, StorageError> {
    let of = |conn: &mut Conn, purpose: Purpose| -> Result<i64, StorageError> {
        let rows = ledger_rows::table.filter(ledger_rows::booking_id.eq(booking).and(ledger_rows::purpose.eq(purpose)));
        let amounts: Vec<i64> = rows.select(ledger_rows::amount).load(conn)?;
        Ok(amounts.into_iter().fold(0, i64::saturating_add))
    };
    Ok(of(conn, Purpose::Authorization)?.saturating_sub(of(conn, Purpose::AuthorizationEnd)?))
}

/// The commission in minor units that the ledger says was kept of a payment by card, by its payment in the ledger.
///
/// # Errors
/// When the database fails.
pub fn sum_commission(conn: &mut Conn, payment: PaymentId) -> Result<i64, StorageError> {
    let rows = ledger_rows::table.filter(ledger_rows::payment_id.eq(payment).and(ledger_rows::purpose.eq(Purpose::Commission)));
    let rows: Vec<(Account, i64)> = rows.select((ledger_rows::debit, ledger_rows::amount)).load(conn)?;
    Ok(rows.into_iter().fold(0, |sum: i64, (debit, amount)| match debit {
        Account::Commission => sum.saturating_add(amount),
        _ => sum.saturating_sub(amount),
    }))
}
