//! The accounts of hosts at the provider of payments by card.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema_money::card_accounts;
use super::types::Json;
use domain::card_account::{CardAccount, CardAccountState};
use domain::ids::{OrganizationId, UserId};
use domain::time::UtcTime;

/// A row of `card_accounts`, without the plan when the provider is asked.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = card_accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    organization_id: OrganizationId,
    provider_id: Option<String>,
    attempt: i64,
    can_charge: bool,
    can_pay_out: bool,
    is_submitted: bool,
    requirements: Json<Vec<String>>,
    disabled_reason: Option<String>,
    commission_rate: Option<i64>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

impl From<Row> for CardAccount {
    fn from(row: Row) -> Self {
        let Row { can_charge, can_pay_out, is_submitted, disabled_reason, .. } = row;
        let requirements = row.requirements.0;
        Self {
            organization_id: row.organization_id,
            provider_id: row.provider_id,
            attempt: row.attempt,
            state: CardAccountState { can_charge, can_pay_out, is_submitted, requirements, disabled_reason },
            commission_rate: row.commission_rate,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl From<&CardAccount> for Row {
    fn from(account: &CardAccount) -> Self {
        let account = account.clone();
        let CardAccountState { can_charge, can_pay_out, is_submitted, requirements, disabled_reason } = account.state;
        Self {
            organization_id: account.organization_id,
            provider_id: account.provider_id,
            attempt: account.attempt,
            can_charge,
            can_pay_out,
            is_submitted,
            requirements: Json(requirements),
            disabled_reason,
            commission_rate: account.commission_rate,
            created_by: account.created_by,
            created_at: account.created_at,
            updated_at: account.updated_at,
            revision: account.revision,
        }
    }
}

/// The account of a host, if it has one.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, host: OrganizationId) -> Result<Option<CardAccount>, StorageError> {
    let found: Option<Row> = card_accounts::table.find(host).select(columns()).get_result(conn).optional()?;
    Ok(found.map(CardAccount::from))
}

/// The account of a host.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, host: OrganizationId) -> Result<CardAccount, StorageError> {
    Ok(card_accounts::table.find(host).select(columns()).get_result::<Row>(conn)?.into())
}

/// Adds an account.
///
/// # Errors
/// When the host has one, or the database fails.
pub fn insert(conn: &mut WriteConn, account: &CardAccount) -> Result<(), StorageError> {
    diesel::insert_into(card_accounts::table).values(Row::from(account)).execute(conn.raw())?;
    Ok(())
}

/// Writes an account as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when it was changed since it was read, or the database fails.
pub fn update(conn: &mut WriteConn, account: &CardAccount) -> Result<(), StorageError> {
    let own = card_accounts::organization_id.eq(account.organization_id).and(card_accounts::revision.eq(account.revision));
    let row = Row { revision: account.revision + 1, ..Row::from(account) };
    let changed = diesel::update(card_accounts::table.filter(own)).set(row).execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the account has changed".to_owned())) }
}

/// Plans when the provider is asked about an account.
///
/// # Errors
/// When the database fails.
pub fn update_check(conn: &mut WriteConn, host: OrganizationId, at: UtcTime) -> Result<(), StorageError> {
    diesel::update(card_accounts::table.find(host)).set(card_accounts::next_check_at.eq(at)).execute(conn.raw())?;
    Ok(())
}

/// Asks the provider at once about an account, by its identifier at the provider.
///
/// # Errors
/// When the database fails.
pub fn update_due(conn: &mut WriteConn, provider_id: &str, now: UtcTime) -> Result<(), StorageError> {
    let named = card_accounts::table.filter(card_accounts::provider_id.eq(provider_id));
    diesel::update(named).set(card_accounts::next_check_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// The hosts about whose accounts the provider is to be asked, those that have waited longest first.
///
/// # Errors
/// When the database fails.
pub fn list_due(conn: &mut Conn, now: UtcTime, limit: i64) -> Result<Vec<OrganizationId>, StorageError> {
    let due = card_accounts::table.filter(card_accounts::next_check_at.le(now));
    let due = due.order((card_accounts::next_check_at, card_accounts::organization_id)).limit(limit);
    Ok(due.select(card_accounts::organization_id).load(conn)?)
}

/// Claims an account until an instant, if the provider is to be asked about it. Returns whether it was free: of two servers, one asks.
///
/// # Errors
/// When the database fails.
pub fn claim(conn: &mut WriteConn, host: OrganizationId, now: UtcTime, until: UtcTime) -> Result<bool, StorageError> {
    let due = card_accounts::table.find(host).filter(card_accounts::next_check_at.le(now));
    Ok(diesel::update(due).set(card_accounts::next_check_at.eq(until)).execute(conn.raw())? == 1)
}
