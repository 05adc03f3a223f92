//! Taking back the prepaid credit that is left.

use serde_json::json;

use super::changes::{enter, subject};
use super::documents::{Document, issue};
use crate::error::Error;
use crate::ledger;
use crate::record::audit;
use domain::ids::UserId;
use domain::ledger::prepayment;
use domain::prepaid::{Prepaid, PrepaidEntryKind};
use domain::principal::Principal;
use storage::db::Tx;
use storage::invoices;

/// Takes back all that is left of locked prepaid credit: the customer no longer owes its price, which a credit note says.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    (principal, issued_by): (Principal, UserId),
    of: &Prepaid,
    reason: &str,
) -> Result<(), Error> {
    enter(tx, of, PrepaidEntryKind::Refund, None, of.left)?;
    let price = of.money(of.left.paid);
    if let Some(invoice) = of.invoice_id.filter(|_| price.amount > 0) {
        let corrects = Some(invoices::get(tx.conn, invoice)?.number());
        let rows = ledger::add_rows(tx, subject(of), &[prepayment(price).reversed()])?;
        let (host, customer, name) = (of.organization_id, of.customer_id, of.name.clone());
        issue(tx, principal, Document { host, customer, name, price, corrects, issued_by }, &rows)?;
    }
    let detail = json!({ "credit": of.money(of.left.amount), "price": price, "reason": reason });
    audit(tx, principal, Some(of.organization_id), "prepaid.refund", ("prepaid", of.id.as_str()), &detail)
}
