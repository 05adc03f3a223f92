//! The state of a line of a bank statement, which follows from the payments that were recorded of it.

use crate::error::Error;
use domain::bank_statement::LineState;
use domain::ids::{BankStatementLineId, PaymentId};
use storage::bank_statements;
use storage::db::Tx;

/// Computes the part of a line that is open from its payments. The line is locked.
pub(crate) fn refresh(tx: &mut Tx<'_>, id: BankStatementLineId) -> Result<(), Error> {
    let line = bank_statements::get_line(tx.conn, id)?;
    let paid = bank_statements::list_payments(tx.conn, &[id])?.into_iter().map(|(.., amount)| amount);
    let paid = paid.fold(0, i64::saturating_add);
    let open = line.amount().amount.saturating_sub(paid).max(0);
    let state = if open > 0 { LineState::Open } else { LineState::Confirmed };
    Ok(bank_statements::update_state(tx.conn, id, (state, open), None, tx.now)?)
}

/// Opens the line of a payment again that was reversed.
pub(crate) fn reopen(tx: &mut Tx<'_>, reversed: PaymentId) -> Result<(), Error> {
    let Some(id) = bank_statements::find_line_of(tx.conn, reversed)? else { return Ok(()) };
    bank_statements::lock_line(tx.conn, id)?;
    refresh(tx, id)
}
