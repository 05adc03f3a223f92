//! Statements of a host: the accounts at the beginning and at the end of a period, and the movements between.

use std::collections::BTreeMap;
use std::iter;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::error::Error;
use crate::{Caller, authorize_in};
use domain::figures::period;
use domain::ids::OrganizationId;
use domain::interval::Interval;
use domain::ledger::Account;
use domain::money::Currency;
use domain::permissions::Permission;
use storage::db::ReadTx;
use storage::ledger::{self, Filter, Moved, Party, Sum};
use storage::sites;

/// The period of a statement, and the part of the ledger that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The first local date.
    pub from: NaiveDate,
    /// The local date after the last one.
    pub to: NaiveDate,
    /// The zone of the dates; none for that of the first site of the host, or UTC if it has none.
    pub timezone: Option<Tz>,
    /// Only the amounts between the host and this customer.
    pub customer: Option<OrganizationId>,
}

/// An account in a statement. All amounts are in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountPeriod {
    /// The balance at the beginning.
    pub opening: i128,
    /// The debits in the period.
    pub debits: i128,
    /// The credits in the period.
    pub credits: i128,
    /// The balance at the end.
    pub closing: i128,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The zone of the dates.
    pub timezone: Tz,
    /// The period.
    pub period: Interval,
    /// The accounts of the host, those of customers added up.
    pub accounts: BTreeMap<(Account, Currency), AccountPeriod>,
    /// The movements in the period, added up.
    pub moved: Vec<Moved>,
}

/// Makes the statement of a host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get(tx: &mut ReadTx, caller: Caller, host: OrganizationId, wanted: Wanted) -> Result<Statement, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let timezone = match wanted.timezone {
        Some(timezone) => timezone,
        None => sites::list(&mut tx.conn, host, false, None, 1)?.first().map_or(Tz::UTC, |site| site.fields.timezone),
    };
    let period = period(timezone, wanted.from, wanted.to).ok_or_else(Error::not_found)?;
    let of_host = Filter { host: Some(host), customer: wanted.customer, ..Filter::default() };
    let (starts_at, ends_at) = (period.starts_at(), period.ends_at());
    let moved = ledger::moved(&mut tx.conn, &Filter { from: Some(starts_at), to: Some(ends_at), ..of_host.clone() })?;
    let later = ledger::moved(&mut tx.conn, &Filter { from: Some(ends_at), ..of_host })?;
    let mut sums: BTreeMap<(Account, Currency), Sum> = BTreeMap::new();
    let parties: Vec<Party> = iter::once(Party::Host(host)).chain(wanted.customer.map(Party::Customer)).collect();
    for ((_, _, account, currency), sum) in ledger::sums(&mut tx.conn, &parties)? {
        let total = sums.entry((account, currency)).or_default();
        total.debits = total.debits.saturating_add(sum.debits);
        total.credits = total.credits.saturating_add(sum.credits);
    }
    // Only the sums of now are stored: what was moved later is taken from them.
    take(&mut sums, &later);
    let closing = sums.clone();
    take(&mut sums, &moved);
    let account = |(key, end): (&(Account, Currency), &Sum)| {
        let start = sums.get(key).copied().unwrap_or_default();
        let balance = |sum: Sum| key.0.balance(sum.debits, sum.credits);
        let (debits, credits) = (end.debits - start.debits, end.credits - start.credits);
        (*key, AccountPeriod { opening: balance(start), debits, credits, closing: balance(*end) })
    };
    let accounts = closing.iter().map(account).collect();
    Ok(Statement { timezone, period, accounts, moved })
}

/// Takes movements from sums.
fn take(sums: &mut BTreeMap<(Account, Currency), Sum>, moved: &[Moved]) {
    for Moved { debit, credit, currency, amount, .. } in moved {
        sums.entry((*debit, *currency)).or_default().debits -= amount;
        sums.entry((*credit, *currency)).or_default().credits -= amount;
    }
}
