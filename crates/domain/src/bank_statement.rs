//! Bank statements: files of several formats, read into lines that have an identity, so that none is imported twice.

mod camt;
mod csv;
mod mt940;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::money::Money;
use super::problem::Code;
use super::said::said;
use super::text_enum::text_enum;

pub(crate) use parts::minor_units;
pub use parts::{Line, MOST_BYTES, MOST_LINES, RefusedStatement, Statement, StatementFormat};

text_enum! {
    /// The state of a line of a bank statement.
    pub enum LineState {
        /// An incoming amount that is not assigned, or not in full.
        Open = "open",
        /// All of the amount is recorded as payments.
        Confirmed = "confirmed",
        /// It is no payment of a customer.
        Ignored = "ignored",
        /// An outgoing amount. It is shown only for completeness.
        Outgoing = "outgoing",
    }
}

/// A line with its account and its identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedLine {
    /// The identity: the same for the same line in any file.
    pub identity: String,
    /// The account.
    pub account: String,
    /// The line.
    pub line: Line,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFile {
    /// The format.
    pub format: StatementFormat,
    /// The lines, in the order of the file.
    pub lines: Vec<IdentifiedLine>,
}

/// Reads a file in a format; without one, the format is recognized.
///
/// # Errors
/// When the file is broken or in no known format or encoding (`statement_unreadable`), has the same statement or line twice
/// (`statement_doubled`), when the balances of a statement differ by another amount than that of its lines
/// (`statement_unbalanced`), or when there are too many lines (`payload_too_large`).
pub fn read(bytes: &[u8], format: Option<StatementFormat>) -> Result<StatementFile, RefusedStatement> {
    let format = format.unwrap_or_else(|| recognize(bytes));
    let statements = match format {
        StatementFormat::Camt053 => camt::read(&parts::decode_xml(bytes)?)?,
        StatementFormat::Mt940 => mt940::read(&parts::decode(bytes)?)?,
        StatementFormat::Csv => csv::read(&parts::decode(bytes)?)?,
    };
    check(&statements)?;
    Ok(StatementFile { format, lines: identify(statements) })
}

/// The format that a file seems to have.
fn recognize(bytes: &[u8]) -> StatementFormat {
    let head: String = bytes.iter().take(1000).map(|byte| char::from(*byte)).collect();
    let head = head.trim_start_matches("\u{ef}\u{bb}\u{bf}").trim_start();
    if head.starts_with('<') {
        StatementFormat::Camt053
    } else if head.starts_with("{1:") || head.lines().any(|line| line.starts_with(":20:")) {
        StatementFormat::Mt940
    } else {
        StatementFormat::Csv
    }
}

/// Checks that no statement occurs twice, and that the lines of each add up to the difference of its balances.
fn check(statements: &[Statement]) -> Result<(), RefusedStatement> {
    let mut known = HashSet::new();
    for statement in statements {
        let Statement { name, account, balances, lines } = statement;
        // Many banks give all statements the same name.
        if !lines.is_empty() && !known.insert(format!("{statement:?}")) {
            return Err(parts::doubled(said!(
                "The file has the statement {name} of the account {account} twice.",
                name = format!("{name:?}"),
                account
            )));
        }
        let Some((opening, closing)) = balances else { continue };
        let of_currency = lines.iter().map(|line| line.amount).filter(|amount| amount.currency == opening.currency);
        let moved: i128 = of_currency.map(|amount| i128::from(amount.amount)).sum();
        let expected = i128::from(closing.amount) - i128::from(opening.amount);
        if moved != expected || opening.currency != closing.currency {
            let money = |amount: i128| Money { amount: i64::try_from(amount).unwrap_or(i64::MAX), ..*opening };
            let (moved, expected) = (money(moved), money(expected));
            let detail = said!(
                "The lines of the statement {name} of the account {account} add up to {moved}, but its balances {opening} and {closing} differ by {expected}.",
                name = format!("{name:?}"),
                account,
                moved,
                opening,
                closing,
                expected
            );
            return Err(RefusedStatement { code: Code::StatementUnbalanced, detail });
        }
    }
    Ok(())
}

/// Gives each line its identity: the identifier of the bank if there is one, else all that the line says; and its number among the lines
/// of the day of which both are the same.
fn identify(statements: Vec<Statement>) -> Vec<IdentifiedLine> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for Statement { account, lines, .. } in statements {
        for line in lines {
            let Line { booked_on, amount: Money { amount, currency }, name, counter_account, reference, bank_reference } = &line;
            let said = match bank_reference.is_empty() {
                false => format!("id\n{bank_reference}"),
                true => format!("text\n{name}\n{counter_account}\n{reference}"),
            };
            let said = format!("{account}\n{booked_on}\n{amount}\n{currency}\n{said}");
            let count = seen.entry(said.clone()).or_default();
            *count += 1;
            let hash = Sha256::digest(format!("{said}\n{count}"));
            let identity = hash.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
            found.push(IdentifiedLine { identity, account: account.clone(), line });
        }
    }
    found
}
