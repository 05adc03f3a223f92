//! Bank statements in CSV (RFC 4180): a line of column names, then a line for each amount. The separator is a comma, a semicolon or a
//! tab.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::parts::{
    Line, RefusedStatement, Statement, account, check_count, currency, date, doubled, minor_units, one_line, shortened,
    unreadable,
};
use crate::csv_rows::Rows;
use crate::money::Money;
use crate::said::said;

/// Reads a file: one statement for each account in it, in the order in which they occur.
pub(super) fn read(text: &str) -> Result<Vec<Statement>, RefusedStatement> {
    let mut rows = Rows::of(text);
    let names = rows.next_row().map_err(unreadable)?.ok_or_else(|| unreadable(said!("The file is empty.")))?.1;
    let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    let column = |name: &str| names.iter().position(|known| known == name);
    let required = |name: &str| {
        column(name).ok_or_else(|| unreadable(said!("Line 1 has no column {name}. The columns are date, amount, currency and, if you have them, name, reference, id and account.", name = format!("{name:?}"))))
    };
    let (on, amount, of) = (required("date")?, required("amount")?, required("currency")?);
    let texts = ["name", "reference", "id", "account", "counter_account"].map(column);
    let mut statements: Vec<Statement> = Vec::new();
    let (mut count, mut ids) = (0, HashSet::new());
    while let Some((line, cells)) = rows.next_row().map_err(unreadable)? {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() != names.len() {
            return Err(unreadable(said!(
                "Line {line} has {cells} values for {names} columns.",
                line,
                cells = cells.len(),
                names = names.len()
            )));
        }
        count += 1;
        check_count(count)?;
        let cell = |at: usize| cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
        let [name, reference, id, own, other] = texts.map(|at| at.map(cell).unwrap_or_default());
        let booked_on = date(NaiveDate::parse_from_str(cell(on), "%Y-%m-%d").ok()).ok_or_else(|| {
            unreadable(said!(
                "Line {line}: the date is {on}; it must be such as 2026-12-04.",
                line,
                on = format!("{:?}", shortened(cell(on)))
            ))
        })?;
        let currency = currency(cell(of))?;
        let amount = minor_units(cell(amount), currency).ok_or_else(|| {
            unreadable(said!(
                "Line {line}: the amount is {amount}; it must be such as -1250.00, without other marks.",
                line,
                amount = format!("{:?}", shortened(cell(amount)))
            ))
        })?;
        if !id.is_empty() && !ids.insert((account(own), id.to_owned())) {
            return Err(doubled(said!("Line {line}: the id {id} occurs twice.", line, id = format!("{:?}", shortened(id)))));
        }
        let read = Line {
            booked_on,
            amount: Money { amount, currency },
            name: one_line(name),
            counter_account: account(other),
            reference: one_line(reference),
            bank_reference: one_line(id),
        };
        let own = account(own);
        let at = statements.iter().position(|statement| statement.account == own).unwrap_or_else(|| {
            statements.push(Statement { name: String::new(), account: own.clone(), balances: None, lines: Vec::new() });
            statements.len() - 1
        });
        if let Some(statement) = statements.get_mut(at).filter(|_| amount != 0) {
            statement.lines.push(read);
        }
        if statements.len() > 100 {
            return Err(unreadable(said!("The file has more than 100 accounts.")));
        }
    }
    Ok(statements)
}
