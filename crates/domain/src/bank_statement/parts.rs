//! The parts of a bank statement, whatever its format, and the values in it.

use chrono::{Datelike as _, NaiveDate};

use crate::money::{Currency, Money};
use crate::problem::Code;
use crate::said::{Said, said};
use crate::text_enum::text_enum;

text_enum! {
    /// The format of a bank statement.
    pub enum StatementFormat {
        /// CAMT.053 (ISO 20022), any version.
        Camt053 = "camt053",
        /// MT940 (SWIFT).
        Mt940 = "mt940",
        /// CSV, with a line of column names: `date`, `amount`, `currency` and, if there are any, `name`, `reference`, `id`, `account`.
        Csv = "csv",
    }
}

/// The largest size of a file, in bytes.
pub const MOST_BYTES: usize = 8 << 20;
/// The largest number of lines in a file: they are stored in one transaction, for which all other writes wait on SQLite.
pub const MOST_LINES: usize = 5_000;
/// The largest number of characters in the text of a line.
const MOST_CHARS: usize = 1_000;

/// A statement of a bank about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The name that the bank has given it; may be empty.
    pub name: String,
    /// The account, as the bank names it, without blanks; may be empty.
    pub account: String,
    /// The balances before and after the lines, if the statement has both.
    pub balances: Option<(Money, Money)>,
    /// The lines: amounts that were booked.
    pub lines: Vec<Line>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The date on which the bank booked it.
    pub booked_on: NaiveDate,
    /// The amount: positive if the account received it.
    pub amount: Money,
    /// The name of the other party; may be empty.
    pub name: String,
    /// The account of the other party; may be empty.
    pub counter_account: String,
    /// The text: the purpose that the payer has given, and references; may be empty.
    pub reference: String,
    /// The identifier that the bank has given it; may be empty.
    pub bank_reference: String,
}

/// The reason why a file cannot be imported. Nothing of it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}", code = .code.as_str())]
pub struct RefusedStatement {
    /// The code of the problem.
    pub code: Code,
    /// The reason.
    pub detail: Said,
}

/// The file is not what it should be.
pub(super) fn unreadable(detail: Said) -> RefusedStatement {
    RefusedStatement { code: Code::StatementUnreadable, detail }
}

/// The file has the same thing twice.
pub(super) fn doubled(detail: Said) -> RefusedStatement {
    RefusedStatement { code: Code::StatementDoubled, detail }
}

/// The file has too many lines.
pub(super) fn check_count(lines: usize) -> Result<(), RefusedStatement> {
    if lines <= MOST_LINES {
        return Ok(());
    }
    let detail =
        said!("The file has more than {most} lines, the largest number. Send a statement of fewer days.", most = MOST_LINES);
    Err(RefusedStatement { code: Code::PayloadTooLarge, detail })
}

/// Decodes a text of which it is not said how it is encoded: UTF-8, else Windows-1252, of which ISO-8859-1 is a part.
pub(super) fn decode(bytes: &[u8]) -> Result<String, RefusedStatement> {
    let text = match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        Ok(text) => text.to_owned(),
        Err(_) => decode_windows(bytes)?,
    };
    without_nul(text)
}

/// Decodes XML, which says itself how it is encoded.
pub(super) fn decode_xml(bytes: &[u8]) -> Result<String, RefusedStatement> {
    let head: String = bytes.iter().take(200).map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    let declared = head.find("<?xml").and_then(|at| head.get(at..)?.split("?>").next()).unwrap_or_default();
    let encoding = declared.split("encoding").nth(1).unwrap_or_default();
    let encoding = encoding.split(['"', '\'']).nth(1).unwrap_or("utf-8");
    let text = match encoding {
        "utf-8" | "utf8" | "us-ascii" => {
            let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
            text.map_err(|error| {
                unreadable(said!("The file is not UTF-8, as it says: byte {at}.", at = error.valid_up_to() + 1))
            })?
            .to_owned()
        }
        "iso-8859-1" | "windows-1252" => decode_windows(bytes)?,
        other => {
            return Err(unreadable(said!(
                "The encoding {other} is not supported; use UTF-8 or ISO-8859-1.",
                other = format!("{other:?}")
            )));
        }
    };
    without_nul(text)
}

fn without_nul(text: String) -> Result<String, RefusedStatement> {
    match text.find('\0') {
        // UTF-16 has these, too.
        Some(at) => Err(unreadable(said!("The file contains NUL (byte {at}). Use UTF-8 or ISO-8859-1.", at = at + 1))),
        None => Ok(text),
    }
}

/// The characters of Windows-1252 from 0x80 to 0x9F; a blank is none.
const WINDOWS: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

fn decode_windows(bytes: &[u8]) -> Result<String, RefusedStatement> {
    let special: Vec<char> = WINDOWS.chars().collect();
    let decoded = |(at, byte): (usize, &u8)| match byte.checked_sub(0x80).map(usize::from) {
        Some(index) if index < special.len() => match special.get(index) {
            Some(found) if *found != ' ' => Ok(*found),
            _ => Err(unreadable(said!("The file is neither UTF-8 nor ISO-8859-1: byte {at}.", at = at + 1))),
        },
        _ => Ok(char::from(*byte)),
    };
    bytes.iter().enumerate().map(decoded).collect()
}

/// A text in one line: no control characters, single blanks.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// An account without blanks, in upper case. A small letter such as ß is two capital ones.
pub(super) fn account(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_uppercase).take(64).collect()
}

/// Reads a decimal number of a currency as minor units: digits with a point or comma before the decimals, no other marks. Decimals beyond
/// the minor unit must be 0.
pub(crate) fn minor_units(text: &str, currency: Currency) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(rest) {
        return None;
    }
    let decimals = currency.decimals() as usize;
    let (kept, beyond) = if rest.len() > decimals { rest.split_at(decimals) } else { (rest, "") };
    if beyond.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let amount: i64 = format!("{whole}{kept:0<decimals$}").parse().ok()?;
    // As large as a payment can be.
    (amount <= *crate::limits::PaidAmount::RANGE.end()).then_some(if is_negative { -amount } else { amount })
}

/// Reads a currency.
pub(super) fn currency(text: &str) -> Result<Currency, RefusedStatement> {
    text.trim().parse().map_err(|_| unreadable(said!("{text} is not a currency.", text = format!("{:?}", shortened(text)))))
}

/// A date in the years of which this service knows.
pub(super) fn date(date: Option<NaiveDate>) -> Option<NaiveDate> {
    date.filter(|date| (2000..2199).contains(&date.year()))
}

/// The beginning of a text, for messages.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
