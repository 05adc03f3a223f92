//! Taking back prepaid credit or hours.

use serde_json::json;

use super::changes::{enter, subject};
use crate::error::Error;
use crate::ledger;
use crate::record::audit;
use crate::sale_documents::{Document, issue};
use domain::ids::UserId;
use domain::ledger::{Movement, hours_sale, prepayment};
use domain::prepaid::{Credit, Prepaid, PrepaidEntryKind, SoldTax};
use domain::principal::Principal;
use storage::db::Tx;
use storage::invoices;

/// Returns the movements of a part of the price of prepaid credit or hours: with the VAT on it if hours were sold with VAT.
pub(super) fn movements_of(of: &Prepaid, (paid, tax): (i64, i64)) -> Vec<Movement> {
    let price = of.money(paid);
    match &of.hours {
        Some(hours) => hours_sale(price, tax, hours.tax.as_ref().map(|SoldTax { category, rate, .. }| (*category, *rate))),
        None => Some(prepayment(price)).filter(|_| paid > 0).into_iter().collect(),
    }
}

/// Takes back a part of what is left of locked prepaid credit or hours: the customer no longer owes its price, which a credit note says.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    (principal, issued_by): (Principal, UserId),
    of: &Prepaid,
    part: Credit,
    reason: &str,
) -> Result<(), Error> {
    enter(tx, of, PrepaidEntryKind::Refund, None, part)?;
    let tax = of.tax_in(of.left.paid) - of.tax_in(of.left.less(part).paid);
    let movements: Vec<Movement> = movements_of(of, (part.paid, tax)).into_iter().map(Movement::reversed).collect();
    if let Some(invoice) = of.invoice_id.filter(|_| !movements.is_empty()) {
        let rows = ledger::add_rows(tx, subject(of), &movements)?;
        let document = Document {
            host: of.organization_id,
            customer: of.customer_id,
            name: of.name.clone(),
            movements,
            currency: of.currency,
            exemption_reason: of.exemption_reason(),
            corrects: Some(invoices::get(tx.conn, invoice)?.number()),
            issued_by,
        };
        issue(tx, principal, document, &rows)?;
    }
    let price = of.money(part.paid + tax);
    let detail = match &of.hours {
        Some(_) => json!({ "minutes": part.amount, "price": price, "reason": reason }),
        None => json!({ "credit": of.money(part.amount), "price": price, "reason": reason }),
    };
    audit(tx, principal, Some(of.organization_id), "prepaid.refund", ("prepaid", of.id.as_str()), &detail)
}
