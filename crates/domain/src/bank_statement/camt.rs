//! Bank statements in CAMT.053 (ISO 20022). The versions differ in few places, in which the forms of all versions are read.

use chrono::{DateTime, NaiveDate};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};

use super::parts::{
    Line, RefusedStatement, Statement, account, check_count, currency, date, minor_units, one_line, shortened, unreadable,
};
use crate::money::Money;
use crate::said::said;

/// The deepest nesting of elements.
const DEEPEST: usize = 60;

/// An element.
#[derive(Debug, Default)]
struct Element {
    name: String,
    /// The attribute `Ccy`; may be empty.
    currency: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Self {
        let attribute = start.try_get_attribute("Ccy").ok().flatten();
        let currency = attribute.map(|attribute| attribute.value.into_owned()).unwrap_or_default();
        Self { name: start.local_name().into_inner().to_owned(), currency, ..Self::default() }
    }

    /// The elements at a path below this one.
    fn all<'a>(&'a self, path: &str) -> Vec<&'a Self> {
        let mut found = vec![self];
        for name in path.split('/') {
            found = found.into_iter().flat_map(|one| &one.children).filter(|child| child.name == name).collect();
        }
        found
    }

    /// The texts at a path, in one line; empty if there are none.
    fn text(&self, path: &str) -> String {
        let texts: Vec<&str> = self.all(path).into_iter().map(|one| one.text.trim()).collect();
        one_line(&texts.join(" "))
    }

    /// The first text that there is at one of some paths.
    fn first_text(&self, paths: &[&str]) -> String {
        paths.iter().map(|path| self.text(path)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The amount at a path, without its sign.
    fn amount(&self, path: &str) -> Result<Option<Money>, RefusedStatement> {
        let Some(found) = self.all(path).into_iter().next() else { return Ok(None) };
        let currency = currency(&found.currency)?;
        let text = found.text.trim();
        let amount = minor_units(text, currency).filter(|amount| *amount >= 0);
        let amount = amount.ok_or_else(|| {
            unreadable(said!("{text} is not an amount in {currency}.", text = format!("{:?}", shortened(text)), currency))
        })?;
        Ok(Some(Money { amount, currency }))
    }

    /// The sign of the credit or debit indicator here; none if there is none.
    fn sign(&self) -> Result<Option<i64>, RefusedStatement> {
        match self.text("CdtDbtInd").as_str() {
            "CRDT" => Ok(Some(1)),
            "DBIT" => Ok(Some(-1)),
            "" => Ok(None),
            other => Err(unreadable(said!(
                "CdtDbtInd is {other}; it must be CRDT or DBIT.",
                other = format!("{:?}", shortened(other))
            ))),
        }
    }
}

/// Reads a file: the statements in it.
pub(super) fn read(text: &str) -> Result<Vec<Statement>, RefusedStatement> {
    let mut reader = Reader::from_str(text);
    let mut statements: Vec<Statement> = Vec::new();
    // The elements outside statements are only names.
    let (mut depth, mut is_camt, mut count) = (0_usize, false, 0);
    loop {
        match next(&mut reader, text)? {
            Event::Start(start) if depth == 0 => {
                check_root(&start)?;
                (depth, is_camt) = (1, true);
            }
            Event::Start(start) if start.local_name().into_inner() == "Stmt" => {
                statements.push(statement(&mut reader, text, &mut count)?);
            }
            Event::Start(_) => depth = deeper(depth)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err(unreadable(said!("The XML has a document type; a bank statement has none."))),
            Event::Eof if depth > 0 => return Err(unreadable(said!("The XML ends before its last element."))),
            Event::Eof => break,
            _ => {}
        }
    }
    match (is_camt, statements.is_empty()) {
        (false, _) => Err(unreadable(said!("The file is not XML."))),
        (true, true) => Err(unreadable(said!("The file has no statement (Stmt)."))),
        (true, false) => Ok(statements),
    }
}

fn deeper(depth: usize) -> Result<usize, RefusedStatement> {
    if depth < DEEPEST { Ok(depth + 1) } else { Err(unreadable(said!("The elements of the XML are nested too deeply."))) }
}

fn next<'a>(reader: &mut Reader<&'a [u8]>, text: &str) -> Result<Event<'a>, RefusedStatement> {
    reader.read_event().map_err(|error| {
        let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX).min(text.len());
        let line = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        unreadable(said!("Line {line}: the XML is broken: {error}", line, error = error.to_string()))
    })
}

/// The name space says that it is a statement, of whatever version.
fn check_root(root: &BytesStart<'_>) -> Result<(), RefusedStatement> {
    let mut attributes = root.attributes();
    // The check that no attribute is there twice compares each with all others.
    let spaces = attributes.with_checks(false).filter_map(Result::ok);
    let spaces = spaces.filter(|attribute| attribute.key.as_ref().starts_with("xmlns"));
    let spaces: Vec<String> = spaces.map(|attribute| attribute.value.into_owned()).collect();
    if spaces.iter().any(|space| space.contains("camt.053.")) {
        return Ok(());
    }
    let found = shortened(&spaces.join(" "));
    Err(unreadable(said!(
        "The name space of the XML is {found}; a bank statement has urn:iso:std:iso:20022:tech:xsd:camt.053.001.…",
        found = format!("{found:?}")
    )))
}

/// Reads the elements of a statement, one after the other.
fn statement(reader: &mut Reader<&[u8]>, text: &str, count: &mut usize) -> Result<Statement, RefusedStatement> {
    let mut found = Element::default();
    let mut lines = Vec::new();
    loop {
        match next(reader, text)? {
            Event::Start(start) => {
                let element = element(reader, text, &start)?;
                match element.name.as_str() {
                    "Ntry" => {
                        add_entry(&element, &mut lines)?;
                        check_count(*count + lines.len())?;
                    }
                    "Id" | "ElctrncSeqNb" | "StmtPgntn" | "Acct" | "Bal" => found.children.push(element),
                    _ => {}
                }
                if found.children.len() > 1_000 {
                    return Err(unreadable(said!("A statement has more than 1000 balances.")));
                }
            }
            Event::End(_) => break,
            Event::Eof => return Err(unreadable(said!("The XML ends within a statement."))),
            _ => {}
        }
    }
    *count += lines.len();
    let own = account(&found.first_text(&["Acct/Id/IBAN", "Acct/Id/Othr/Id"]));
    if own.is_empty() {
        return Err(unreadable(said!("A statement names no account (Acct/Id).")));
    }
    let name = ["Id", "ElctrncSeqNb", "StmtPgntn/PgNb"].map(|path| found.text(path)).join(" ").trim().to_owned();
    Ok(Statement { name, account: own, balances: balances(&found)?, lines })
}

/// Reads an element to its end.
fn element(reader: &mut Reader<&[u8]>, text: &str, start: &BytesStart<'_>) -> Result<Element, RefusedStatement> {
    let mut open = vec![Element::new(start)];
    loop {
        let event = next(reader, text)?;
        let Some(last) = open.last_mut() else { return Err(unreadable(said!("The XML is broken."))) };
        match event {
            Event::Start(start) => {
                deeper(open.len())?;
                open.push(Element::new(&start));
            }
            Event::Empty(start) => last.children.push(Element::new(&start)),
            Event::Text(part) => last.text.push_str(&part.xml10_content()),
            Event::CData(part) => last.text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(found)) if found != '\0' => last.text.push(found),
                Ok(None) => {
                    let name: &str = &reference;
                    let known = escape::resolve_predefined_entity(name);
                    last.text.push_str(known.ok_or_else(|| {
                        unreadable(said!("The XML has an unknown entity {name}.", name = format!("{:?}", shortened(name))))
                    })?);
                }
                _ => return Err(unreadable(said!("The XML has a reference to no character."))),
            },
            Event::End(_) => {
                let Some(ended) = open.pop() else { return Err(unreadable(said!("The XML is broken."))) };
                match open.last_mut() {
                    Some(parent) => parent.children.push(ended),
                    None => return Ok(ended),
                }
            }
            Event::Eof => return Err(unreadable(said!("The XML ends within a statement."))),
            _ => {}
        }
    }
}

/// The balances before and after the entries of a statement, if it has both in one currency.
fn balances(statement: &Element) -> Result<Option<(Money, Money)>, RefusedStatement> {
    let (mut opening, mut closing) = (None, None);
    for balance in statement.all("Bal") {
        let kind = balance.text("Tp/CdOrPrtry/Cd");
        let amount = balance.amount("Amt")?.ok_or_else(|| unreadable(said!("A balance (Bal) has no amount (Amt).")))?;
        let sign = balance.sign()?.ok_or_else(|| unreadable(said!("A balance (Bal) has no CdtDbtInd.")))?;
        let amount = Some(Money { amount: sign * amount.amount, ..amount });
        match kind.as_str() {
            "OPBD" => opening = amount,
            "PRCD" if opening.is_none() => opening = amount,
            "CLBD" => closing = amount,
            _ => {}
        }
    }
    Ok(opening.zip(closing).filter(|(opening, closing)| opening.currency == closing.currency))
}

/// Adds the lines of an entry: one, or several if it is a batch of transactions with amounts that add up. Entries that are not booked
/// are left out.
fn add_entry(entry: &Element, lines: &mut Vec<Line>) -> Result<(), RefusedStatement> {
    let status = entry.first_text(&["Sts/Cd", "Sts"]);
    if !["", "BOOK"].contains(&status.as_str()) {
        return Ok(());
    }
    let amount = entry.amount("Amt")?.ok_or_else(|| unreadable(said!("An entry (Ntry) has no amount (Amt).")))?;
    let sign = entry.sign()?.ok_or_else(|| unreadable(said!("An entry (Ntry) has no CdtDbtInd.")))?;
    let whole = Money { amount: sign * amount.amount, ..amount };
    let booked_on = booked_on(entry)?;
    let transactions = entry.all("NtryDtls/TxDtls");
    let mut parts = Vec::new();
    for transaction in &transactions {
        let amount = match transaction.amount("Amt")? {
            Some(amount) => Some(amount),
            None => transaction.amount("AmtDtls/TxAmt/Amt")?,
        };
        let sign = transaction.sign()?.unwrap_or(sign);
        parts.extend(amount.map(|amount| Money { amount: sign * amount.amount, ..amount }));
    }
    let is_batch =
        transactions.len() > 1 && parts.len() == transactions.len() && Money::sum(parts.iter().copied()) == Some(whole);
    if is_batch {
        for (transaction, amount) in transactions.iter().zip(parts) {
            add_line(line(entry, &[transaction], amount, booked_on), lines);
        }
    } else {
        add_line(line(entry, &transactions, whole, booked_on), lines);
    }
    Ok(())
}

/// Adds a line that moves money.
fn add_line(line: Line, lines: &mut Vec<Line>) {
    if line.amount.amount != 0 {
        lines.push(line);
    }
}

fn booked_on(entry: &Element) -> Result<NaiveDate, RefusedStatement> {
    let text = entry.first_text(&["BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"]);
    // A time may have an offset; the date is the local one of the bank.
    let day = text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let is_date = text.len() == 10 || text.get(10..).is_some_and(|rest| rest.starts_with(['T', 'Z', '+', '-']));
    let day = day.filter(|_| is_date).or_else(|| DateTime::parse_from_rfc3339(&text).ok().map(|at| at.date_naive()));
    date(day)
        .ok_or_else(|| unreadable(said!("The booking date of an entry is {text}.", text = format!("{:?}", shortened(&text)))))
}

/// The line of some transactions of an entry: of one, of none, or of all if their amounts are not known.
fn line(entry: &Element, transactions: &[&Element], amount: Money, booked_on: NaiveDate) -> Line {
    let (party, its_account) = if amount.amount < 0 { ("Cdtr", "CdtrAcct") } else { ("Dbtr", "DbtrAcct") };
    let paths = |pattern: &[&str]| pattern.iter().map(|path| format!("RltdPties/{path}")).collect::<Vec<_>>();
    let [names, accounts] = [
        paths(&[&format!("{party}/Nm"), &format!("{party}/Pty/Nm")]),
        paths(&[&format!("{its_account}/Id/IBAN"), &format!("{its_account}/Id/Othr/Id")]),
    ];
    let found =
        |transaction: &Element, paths: &[String]| transaction.first_text(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let mut texts: Vec<String> = Vec::new();
    for transaction in transactions {
        let own = ["RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf"];
        texts.extend(own.iter().map(|path| transaction.text(path)));
        texts.push(Some(transaction.text("Refs/EndToEndId")).filter(|id| !is_none(id)).unwrap_or_default());
        texts.push(transaction.text("AddtlTxInf"));
    }
    texts.push(entry.text("AddtlNtryInf"));
    texts.retain(|text| !text.is_empty());
    texts.dedup();
    let single = if let [transaction] = transactions { Some(*transaction) } else { None };
    let bank_reference = single.map(|one| one.text("Refs/AcctSvcrRef")).filter(|id| !is_none(id));
    let bank_reference = bank_reference.unwrap_or_else(|| entry.text("AcctSvcrRef"));
    Line {
        booked_on,
        amount,
        name: single.map(|one| found(one, &names)).unwrap_or_default(),
        counter_account: account(&single.map(|one| found(one, &accounts)).unwrap_or_default()),
        reference: one_line(&texts.join(" ")),
        bank_reference: if is_none(&bank_reference) { String::new() } else { bank_reference },
    }
}

/// Whether a reference says that there is none.
fn is_none(reference: &str) -> bool {
    ["", "NOTPROVIDED", "NONREF", "NOREF", "NOT PROVIDED"].contains(&reference.to_uppercase().as_str())
}
