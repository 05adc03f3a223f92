//! The work of operators of the installation: they find and suspend organizations and users, and look after the queues. Every look and
//! every act is in the audit log.

pub mod organizations;
pub mod queues;
pub mod users;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::error::Error;
use super::record::{audit, audit_personal};
use super::{Caller, accounts};
use domain::fields::InvalidFields;
use domain::ids::OrganizationId;
use domain::ledger::Account;
use domain::money::Currency;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::{Said, said};
use storage::administration::{self, Counts};
use storage::audit::{self as audit_log, Filter, ListedEntry};
use storage::db::Tx;
use storage::ledger::{self, Sum};
use storage::queue_lengths::{self, QueueLengths};

/// Checks that the caller runs the installation.
///
/// # Errors
/// `forbidden` for all others.
fn authorize_operator(tx: &mut Tx<'_>, caller: Caller) -> Result<(), Error> {
    let is_operator = caller.key.is_none() && accounts::get(tx, caller)?.is_operator;
    let refuse = || Error::Refused(Code::Forbidden, said!("Only operators of the installation can do this."));
    is_operator.then_some(()).ok_or_else(refuse)
}

/// Checks that the caller runs the installation, and writes into the audit log what the caller looks at.
fn record_look(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: Option<OrganizationId>,
    action: &str,
    object: (&str, &str),
    detail: &impl Serialize,
) -> Result<(), Error> {
    authorize_operator(tx, caller)?;
    audit(tx, caller.principal(), organization, action, object, detail)
}

/// As [`record_look`], for a list of all objects that match a text, which may name a person.
fn record_search(
    tx: &mut Tx<'_>,
    caller: Caller,
    action: &str,
    detail: &impl Serialize,
    (field, text): (&str, Option<&str>),
) -> Result<(), Error> {
    authorize_operator(tx, caller)?;
    let personal = text.map(|text| (field.to_owned(), text.into())).into_iter().collect();
    audit_personal(tx, caller.principal(), None, action, ("installation", ""), (detail, personal))
}

/// The error of an object that is in another state than the action needs.
fn in_other_state(detail: Said) -> Error {
    Error::Refused(Code::InvalidTransition, detail)
}

/// The figures of the installation.
#[derive(Debug)]
pub struct Figures {
    /// The numbers of users, organizations, resources and bookings.
    pub counts: Counts,
    /// The lengths of the queues.
    pub queues: QueueLengths,
    /// The sums of all accounts of all hosts, by currency and account.
    pub money: BTreeMap<(Currency, Account), Sum>,
}

/// Returns the figures of the installation.
///
/// # Errors
/// `forbidden`.
pub fn figures(tx: &mut Tx<'_>, caller: Caller) -> Result<Figures, Error> {
    record_look(tx, caller, None, "admin.view_figures", ("installation", ""), &json!({}))?;
    let mut money: BTreeMap<(Currency, Account), Sum> = BTreeMap::new();
    for ((_, _, account, currency), sum) in ledger::sums(tx.conn, &[])? {
        let of_all = money.entry((currency, account)).or_default();
        of_all.debits = of_all.debits.saturating_add(sum.debits);
        of_all.credits = of_all.credits.saturating_add(sum.credits);
    }
    Ok(Figures { counts: administration::count(tx.conn)?, queues: queue_lengths::get(tx.conn)?, money })
}

/// Lists the audit log of the whole installation.
///
/// # Errors
/// `forbidden`, `invalid_fields` for an invalid cursor.
pub fn list_audit(
    tx: &mut Tx<'_>,
    caller: Caller,
    filter: &Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<ListedEntry>, Error> {
    let Filter { user_id, api_key_id, from, to, objects, object_id, actions } = filter;
    let detail = json!({
        "user_id": user_id, "api_key_id": api_key_id, "from": from, "to": to, "object": objects, "object_id": object_id, "action": actions,
    });
    record_look(tx, caller, None, "admin.list_audit", ("installation", ""), &detail)?;
    let rows = audit_log::list_all(tx.conn, filter, paging.by_id(order))?;
    Ok(paging.page(rows, |row| row.entry.id.to_string()))
}

/// Reads what is looked for: the text without surrounding blanks.
///
/// # Errors
/// When the text is empty or too long.
fn check_text(text: Option<&str>) -> Result<Option<String>, InvalidFields> {
    let mut fields = domain::fields::Fields::default();
    let read = match text {
        None => Some(None),
        Some(text) => fields.line("q", text, domain::limits::Name::RANGE).map(Some),
    };
    fields.finish(|| read)
}
