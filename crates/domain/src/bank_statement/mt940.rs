//! Bank statements in the format MT940 of SWIFT, with or without the blocks around it.

use chrono::{Datelike as _, NaiveDate};

use super::parts::{
    Line, RefusedStatement, Statement, account, check_count, currency, date, minor_units, one_line, shortened, unreadable,
};
use crate::money::{Currency, Money};
use crate::said::{Said, said};

/// A field: its tag, its content and the number of its first line.
struct Field<'a> {
    tag: &'a str,
    content: String,
    line: usize,
}

impl Field<'_> {
    fn wrong(&self, expected: Said) -> RefusedStatement {
        let content = shortened(self.content.lines().next().unwrap_or_default());
        unreadable(said!(
            "Line {line}: the field {tag} must be {expected}; it is {content}.",
            line = self.line,
            tag = self.tag,
            expected,
            content = format!("{content:?}")
        ))
    }
}

/// Reads a file: each message in it is a statement.
pub(super) fn read(text: &str) -> Result<Vec<Statement>, RefusedStatement> {
    let mut statements = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut count = 0;
    for field in fields(text)? {
        if field.tag == "20" {
            statements.extend(draft.take().map(Draft::finish).transpose()?);
            draft = Some(Draft { name: one_line(&field.content), first_line: field.line, ..Draft::default() });
            continue;
        }
        let draft = draft
            .as_mut()
            .ok_or_else(|| unreadable(said!("Line {line}: field {tag} before field 20.", line = field.line, tag = field.tag)))?;
        count += usize::from(field.tag == "61");
        check_count(count)?;
        draft.add(&field)?;
    }
    statements.extend(draft.map(Draft::finish).transpose()?);
    match statements.is_empty() {
        true => Err(unreadable(said!("The file has no message: no field 20."))),
        false => Ok(statements),
    }
}

/// The fields of all messages, in their order.
fn fields(text: &str) -> Result<Vec<Field<'_>>, RefusedStatement> {
    let mut found: Vec<Field<'_>> = Vec::new();
    let mut is_outside = true;
    for (line, row) in (1..).zip(text.lines()) {
        let row = row.trim_end_matches(['\r', '\u{1a}']);
        let row = if row.starts_with('{') { row.rsplit_once("{4:").map_or("", |(_, rest)| rest) } else { row };
        if row == "-" || row.starts_with("-}") {
            is_outside = true;
        } else if let Some((tag, content)) = tagged(row) {
            found.push(Field { tag, content: content.to_owned(), line });
            is_outside = false;
        } else if let Some(last) = found.last_mut().filter(|_| !is_outside) {
            last.content.push('\n');
            last.content.push_str(row);
        } else if !row.trim().is_empty() && !row.starts_with('\u{1}') && !row.starts_with('\u{3}') {
            return Err(unreadable(said!(
                "Line {line} belongs to no field: {row}.",
                line,
                row = format!("{:?}", shortened(row))
            )));
        }
    }
    Ok(found)
}

/// The tag of a field and the rest of its first line.
fn tagged(row: &str) -> Option<(&str, &str)> {
    let (tag, content) = row.strip_prefix(':')?.split_once(':')?;
    let is_tag = (2..=3).contains(&tag.len())
        && tag.bytes().take(2).all(|byte| byte.is_ascii_digit())
        && tag.bytes().skip(2).all(|byte| byte.is_ascii_uppercase());
    is_tag.then_some((tag, content))
}

/// A message that is being read.
#[derive(Default)]
struct Draft {
    name: String,
    account: String,
    number: String,
    opening: Option<Money>,
    closing: Option<Money>,
    lines: Vec<Line>,
    first_line: usize,
    /// Whether the last field was a line, so that a text belongs to it.
    is_at_line: bool,
}

impl Draft {
    fn add(&mut self, field: &Field<'_>) -> Result<(), RefusedStatement> {
        let is_at_line = std::mem::replace(&mut self.is_at_line, field.tag == "61");
        match field.tag {
            "25" | "25P" => self.account = account(field.content.lines().next().unwrap_or_default()),
            "28" | "28C" => self.number = one_line(&field.content),
            "60F" | "60M" => self.opening = Some(balance(field)?),
            "62F" | "62M" => self.closing = Some(balance(field)?),
            "61" => {
                let opening = self.opening.ok_or_else(|| field.wrong(said!("after the opening balance (60F)")))?;
                let line =
                    line(field, opening.currency).ok_or_else(|| field.wrong(said!("such as 2612041204C120,00NTRFRE 1//B4E")))?;
                self.lines.push(line);
            }
            "86" => {
                if let Some(line) = self.lines.last_mut().filter(|_| is_at_line) {
                    describe(line, &field.content);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Statement, RefusedStatement> {
        let missing = |tag: &str| {
            unreadable(said!("The message in line {first_line} has no field {tag}.", first_line = self.first_line, tag))
        };
        if self.account.is_empty() {
            return Err(missing("25"));
        }
        let balances = (self.opening.ok_or_else(|| missing("60F"))?, self.closing.ok_or_else(|| missing("62F"))?);
        self.lines.retain(|line| line.amount.amount != 0);
        let name = format!("{} {}", self.name, self.number).trim().to_owned();
        Ok(Statement { name, account: self.account, balances: Some(balances), lines: self.lines })
    }
}

/// Reads a date such as 261204.
fn short_date(text: &str) -> Option<NaiveDate> {
    let number = |at: std::ops::Range<usize>| {
        text.get(at).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<u32>().ok()
    };
    let year = 2000 + i32::try_from(number(0..2)?).ok()?;
    date(NaiveDate::from_ymd_opt(year, number(2..4)?, number(4..6)?))
}

/// Reads a balance such as `C261204EUR1234,56`.
fn balance(field: &Field<'_>) -> Result<Money, RefusedStatement> {
    let read = || {
        let content = field.content.trim();
        let sign = match content.get(..1)? {
            "C" => 1,
            "D" => -1,
            _ => return None,
        };
        short_date(content.get(1..7)?)?;
        let currency = currency(content.get(7..10)?).ok()?;
        let amount = minor_units(content.get(10..)?.trim_end_matches(','), currency)?;
        Some(Money { amount: sign * amount, currency })
    };
    read().ok_or_else(|| field.wrong(said!("a balance such as C261204EUR1234,56")))
}

/// Reads a line such as `2612041204C120,00NTRFRE 1//B4E`: value date, booking date, sign, amount, type, references.
fn line(field: &Field<'_>, currency: Currency) -> Option<Line> {
    let content = field.content.lines().next().unwrap_or_default();
    let value_on = short_date(content)?;
    let mut rest = content.get(6..)?;
    let mut booked_on = value_on;
    if let Some(entry) = rest.get(..4).filter(|entry| entry.bytes().all(|byte| byte.is_ascii_digit())) {
        booked_on = entry_date(value_on, entry)?;
        rest = rest.get(4..)?;
    }
    let marks = [("RC", -1), ("RD", 1), ("C", 1), ("D", -1)];
    let (mark, sign) = marks.into_iter().find(|(mark, _)| rest.starts_with(mark))?;
    rest = rest.get(mark.len()..)?;
    // The third letter of the currency.
    rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let (digits, rest) = rest.split_at(end);
    let amount = sign * minor_units(digits.strip_suffix(',').unwrap_or(digits), currency)?;
    let references = rest.get(4..)?;
    let (own, bank) = references.split_once("//").unwrap_or((references, ""));
    let is_none = |text: &str| ["", "NONREF", "NOREF"].contains(&text.trim());
    let own = if is_none(own) { String::new() } else { one_line(own) };
    let bank_reference = if is_none(bank) { String::new() } else { one_line(bank) };
    let supplement = field.content.lines().nth(1).unwrap_or_default();
    let reference = one_line(&format!("{own} {supplement}"));
    let amount = Money { amount, currency };
    Some(Line { booked_on, amount, name: String::new(), counter_account: String::new(), reference, bank_reference })
}

/// The booking date, of which only the month and the day are given: in the year that is nearest to the value date.
fn entry_date(value_on: NaiveDate, entry: &str) -> Option<NaiveDate> {
    let (month, day): (u32, u32) = (entry.get(..2)?.parse().ok()?, entry.get(2..)?.parse().ok()?);
    let years = [value_on.year(), value_on.year() - 1, value_on.year() + 1];
    let dates = years.into_iter().filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    date(dates.min_by_key(|date| (*date - value_on).num_days().abs()))
}

/// Adds the text of a line: structured in fields such as `?20`, or free.
fn describe(line: &mut Line, content: &str) {
    let kind = content.get(..3).filter(|kind| kind.bytes().all(|byte| byte.is_ascii_digit()));
    let separator = content.get(3..).and_then(|rest| rest.chars().next()).filter(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let text = match kind.and(separator) {
        Some(separator) => {
            let (mut purpose, mut name) = (String::new(), String::new());
            let flat: String = content.chars().filter(|c| !['\n', '\r'].contains(c)).collect();
            for part in flat.split(separator).skip(1) {
                let Some((code, text)) = part.split_at_checked(2) else { continue };
                match code.parse() {
                    Ok(20..=29 | 60..=63) => purpose.push_str(text),
                    Ok(31) => line.counter_account = account(text),
                    Ok(32_u8 | 33) => name.push_str(text),
                    _ => {}
                }
            }
            line.name = one_line(&name);
            purpose
        }
        None => {
            let flat = one_line(content);
            let named = flat.split_once("/NAME/").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
            line.name = one_line(named);
            flat
        }
    };
    line.reference = one_line(&format!("{text} {}", line.reference));
}
