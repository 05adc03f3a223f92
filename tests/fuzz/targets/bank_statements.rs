//! Bank statements in each format. The lines that are read keep their identities if they are written as CSV and read again.
#![no_main]

use std::collections::BTreeSet;

use domain::bank_statement::{IdentifiedLine, Line, MOST_LINES, StatementFormat, read};
use domain::limits::PaidAmount;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    for format in [None, Some(StatementFormat::Camt053), Some(StatementFormat::Mt940), Some(StatementFormat::Csv)] {
        let Ok(found) = read(file, format) else { continue };
        assert!(found.lines.len() <= MOST_LINES);
        assert!(found.lines.iter().all(is_bounded), "{:?}", found.lines);
        assert_eq!(identities(&found.lines).len(), found.lines.len(), "each line has an identity of its own");
        // Another file is refused if the bank gives one identifier twice, or names more accounts than CSV can have.
        if let Ok(again) = read(written(&found.lines).as_bytes(), Some(StatementFormat::Csv)) {
            assert_eq!(identities(&again.lines), identities(&found.lines));
        }
    }
});

fn identities(lines: &[IdentifiedLine]) -> BTreeSet<&str> {
    lines.iter().map(|line| line.identity.as_str()).collect()
}

fn is_bounded(found: &IdentifiedLine) -> bool {
    let Line { amount, name, counter_account, reference, bank_reference, .. } = &found.line;
    let is_line =
        |text: &str, most: usize| text.chars().count() <= most && !text.contains(char::is_control) && text.trim() == text;
    amount.amount != 0
        && amount.amount.unsigned_abs() <= PaidAmount::RANGE.end().unsigned_abs()
        && [&found.account, counter_account].into_iter().all(|account| is_line(account, 64))
        && [name, reference, bank_reference].into_iter().all(|text| is_line(text, 1_000))
}

fn written(lines: &[IdentifiedLine]) -> String {
    let mut csv = "date,amount,currency,name,reference,id,account,counter_account\n".to_owned();
    for IdentifiedLine { account, line, .. } in lines {
        let Line { booked_on, amount, name, counter_account, reference, bank_reference } = line;
        let decimals = amount.currency.decimals() as usize;
        let digits = format!("{:0>width$}", amount.amount.unsigned_abs(), width = decimals + 1);
        let (whole, rest) = digits.split_at(digits.len() - decimals);
        let sign = if amount.amount < 0 { "-" } else { "" };
        csv.push_str(&format!("{booked_on},{sign}{whole}.{rest},{}", amount.currency.as_str()));
        for text in [name, reference, bank_reference, account, counter_account] {
            csv.push_str(&format!(",\"{}\"", text.replace('"', "\"\"")));
        }
        csv.push('\n');
    }
    csv
}
