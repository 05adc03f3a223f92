//! Payouts of the provider of payments by card to hosts, and the amounts in them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_money::{card_payment_objects, card_payments, card_payout_items, card_payouts};
use domain::card_payout::{
    CardPayout, CardPayoutItem, CardPayoutItemKind, CardPayoutState, CardPayoutSums, NewCardPayout, NewCardPayoutItem,
};
use domain::ids::{BookingId, CardPaymentId, CardPayoutId, CardPayoutItemId, OrganizationId};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// A row of `card_payouts`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = card_payouts, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: CardPayoutId,
    organization_id: OrganizationId,
    provider_id: String,
    amount: i64,
    currency: Currency,
    state: CardPayoutState,
    failure: Option<String>,
    arrives_on: String,
    made_at: UtcTime,
    is_itemized: bool,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn payout_from(row: Row) -> Result<CardPayout, StorageError> {
    Ok(CardPayout {
        id: row.id,
        organization_id: row.organization_id,
        made: NewCardPayout {
            provider_id: row.provider_id,
            amount: Money { amount: row.amount, currency: row.currency },
            state: row.state,
            failure: row.failure,
            arrives_on: row.arrives_on.parse().map_err(StorageError::corrupt)?,
            made_at: row.made_at,
        },
        is_itemized: row.is_itemized,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    })
}

impl From<&CardPayout> for Row {
    fn from(payout: &CardPayout) -> Self {
        let CardPayout { id, organization_id, made, is_itemized, created_at, updated_at, revision } = payout.clone();
        let NewCardPayout { provider_id, amount: Money { amount, currency }, state, failure, arrives_on, made_at } = made;
        let arrives_on = arrives_on.to_string();
        Self {
            id,
            organization_id,
            provider_id,
            amount,
            currency,
            state,
            failure,
            arrives_on,
            made_at,
            is_itemized,
            created_at,
            updated_at,
            revision,
        }
    }
}

/// A row of `card_payout_items`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = card_payout_items, treat_none_as_default_value = false)]
struct ItemRow {
    id: CardPayoutItemId,
    payout_id: CardPayoutId,
    provider_id: String,
    kind: CardPayoutItemKind,
    provider_kind: String,
    amount: i64,
    commission: i64,
    object_id: Option<String>,
    made_at: UtcTime,
}

/// A payout.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CardPayoutId) -> Result<CardPayout, StorageError> {
    payout_from(card_payouts::table.find(id).select(columns()).get_result(conn)?)
}

/// The payout with an identifier of the provider, if there is one.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, provider_id: &str) -> Result<Option<CardPayout>, StorageError> {
    let query = card_payouts::table.filter(card_payouts::provider_id.eq(provider_id)).select(columns());
    query.get_result(conn).optional()?.map(payout_from).transpose()
}

/// When the provider made the latest payout to a host that the service knows; none if it knows none.
///
/// # Errors
/// When the database fails.
pub fn find_latest(conn: &mut Conn, host: OrganizationId) -> Result<Option<UtcTime>, StorageError> {
    let query = card_payouts::table.filter(card_payouts::organization_id.eq(host)).order(card_payouts::made_at.desc());
    Ok(query.select(card_payouts::made_at).limit(1).get_result(conn).optional()?)
}

/// The payouts to a host.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, host: OrganizationId, rows: Rows<CreationOrder, &str>) -> Result<Vec<CardPayout>, StorageError> {
    let query = card_payouts::table.filter(card_payouts::organization_id.eq(host)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, card_payouts::id, rows).load(conn)?;
    rows.into_iter().map(payout_from).collect()
}

/// Adds a payout.
///
/// # Errors
/// When the provider has another one with its identifier, or the database fails.
pub fn insert(conn: &mut WriteConn, payout: &CardPayout) -> Result<(), StorageError> {
    diesel::insert_into(card_payouts::table).values(Row::from(payout)).execute(conn.raw())?;
    Ok(())
}

/// Writes a payout as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when it was changed since it was read, or the database fails.
pub fn update(conn: &mut WriteConn, payout: &CardPayout) -> Result<(), StorageError> {
    let own = card_payouts::id.eq(payout.id).and(card_payouts::revision.eq(payout.revision));
    let row = Row { revision: payout.revision + 1, ..Row::from(payout) };
    let changed = diesel::update(card_payouts::table.filter(own)).set(row).execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the payout has changed".to_owned())) }
}

/// Adds an amount in a payout.
///
/// # Errors
/// When another one has its identifier of the provider, or the database fails.
pub fn insert_item(
    conn: &mut WriteConn,
    payout_id: CardPayoutId,
    id: CardPayoutItemId,
    item: &NewCardPayoutItem,
) -> Result<(), StorageError> {
    let NewCardPayoutItem { provider_id, kind, provider_kind, amount, commission, object_id, made_at } = item.clone();
    let row = ItemRow { id, payout_id, provider_id, kind, provider_kind, amount, commission, object_id, made_at };
    diesel::insert_into(card_payout_items::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// The amounts in a payout.
///
/// # Errors
/// When the database fails.
pub fn list_items(
    conn: &mut Conn,
    payout: CardPayoutId,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<CardPayoutItem>, StorageError> {
    let query = card_payout_items::table.filter(card_payout_items::payout_id.eq(payout)).select(ItemRow::as_select());
    let rows: Vec<ItemRow> = by_id!(query.into_boxed(), card_payout_items::id, rows).load(conn)?;
    let objects: Vec<&str> = rows.iter().filter_map(|row| row.object_id.as_deref()).collect();
    let of = card_payment_objects::table
        .inner_join(card_payments::table)
        .filter(card_payment_objects::object_id.eq_any(objects))
        .select((card_payment_objects::object_id, card_payments::id, card_payments::booking_id));
    let of: Vec<(String, CardPaymentId, BookingId)> = of.load(conn)?;
    let of: BTreeMap<String, _> = of.into_iter().map(|(object, payment, booking)| (object, (payment, booking))).collect();
    let item = |ItemRow { id, provider_id, kind, provider_kind, amount, commission, object_id, made_at, .. }: ItemRow| {
        let of = object_id.as_ref().and_then(|object| of.get(object)).copied();
        let made = NewCardPayoutItem { provider_id, kind, provider_kind, amount, commission, object_id, made_at };
        CardPayoutItem { id, made, of }
    };
    Ok(rows.into_iter().map(item).collect())
}

/// The sums of the amounts in a payout.
///
/// # Errors
/// When the database fails.
pub fn sums(conn: &mut Conn, payout: CardPayoutId) -> Result<CardPayoutSums, StorageError> {
    let items = card_payout_items::table.filter(card_payout_items::payout_id.eq(payout));
    let items = items.select((card_payout_items::kind, card_payout_items::amount, card_payout_items::commission));
    let items: Vec<(CardPayoutItemKind, i64, i64)> = items.load(conn)?;
    Ok(items.into_iter().fold(CardPayoutSums::default(), |sums, (kind, amount, fee)| sums.and(kind, amount, fee)))
}

/// Notes the payment by card that an object in the account of a host belongs to.
///
/// # Errors
/// When the database fails.
pub fn insert_object(conn: &mut WriteConn, object: &str, payment: CardPaymentId) -> Result<(), StorageError> {
    let row = (card_payment_objects::object_id.eq(object), card_payment_objects::card_payment_id.eq(payment));
    let insertion = diesel::insert_into(card_payment_objects::table).values(row);
    match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(())
}
