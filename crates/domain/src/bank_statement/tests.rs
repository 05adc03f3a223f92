use proptest::prelude::*;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/bank/", $name)).as_slice()
    };
}

const FIXTURES: [&[u8]; 7] = [
    fixture!("camt053_v02.xml"),
    fixture!("camt053_v04.xml"),
    fixture!("camt053_v08.xml"),
    fixture!("camt053_unbalanced.xml"),
    fixture!("mt940.sta"),
    fixture!("statement.csv"),
    b"date,amount,currency\n2026-12-04,1,JPY\n",
];

/// The lines of a file: date, amount, name, text, identifier of the bank.
fn lines(file: &[u8]) -> Vec<(String, String, String, String, String)> {
    let file = read(file, None).unwrap();
    let line = |IdentifiedLine { line, .. }: IdentifiedLine| {
        (line.booked_on.to_string(), line.amount.to_string(), line.name, line.reference, line.bank_reference)
    };
    file.lines.into_iter().map(line).collect()
}

fn told(line: (&str, &str, &str, &str, &str)) -> (String, String, String, String, String) {
    let (on, amount, name, reference, id) = line;
    (on.to_owned(), amount.to_owned(), name.to_owned(), reference.to_owned(), id.to_owned())
}

fn refused(file: impl AsRef<[u8]>) -> Code {
    read(file.as_ref(), None).unwrap_err().code
}

fn changed(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(file).unwrap();
    assert!(text.contains(from));
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn camt_is_read_in_all_versions_and_a_batch_becomes_several_lines() {
    let on = "2026-12-04";
    let expected = [
        (on, "3.57 GBP", "Newcomer Ltd", "Invoice 2026 00001 with thanks & regards", "2026120400001"),
        (on, "-20.50 GBP", "Power & Light", "Electricity", "2026120400002"),
        (on, "10.00 GBP", "Nina Works", "2026-00002 E2E-1", "2026120400003"),
        (on, "20.00 GBP", "Olga Works", "RF18539007547034", "2026120400003"),
        (on, "30.00 GBP", "Olga Works", "no. 4", "2026120400003"),
    ];
    assert_eq!(lines(FIXTURES[0]), expected.map(told));
    assert_eq!(lines(FIXTURES[1]), [told(("2026-12-05", "40.00 GBP", "Müller Technik GmbH", "2026-00003", "TX-77"))]);
    assert_eq!(lines(FIXTURES[2]), [told(("2026-12-06", "7.00 GBP", "Nina Works", "inv 202600004", "2026120600009"))]);
    for version in ["03", "06", "13"] {
        let file = changed(FIXTURES[0], "camt.053.001.02", &format!("camt.053.001.{version}"));
        assert_eq!(lines(&file), expected.map(told));
    }
    let file = read(FIXTURES[2], None).unwrap();
    assert_eq!((file.format, file.lines[0].account.as_str()), (StatementFormat::Camt053, "GB33BUKB20201555555555"));
    assert_eq!(file.lines[0].line.counter_account, "12345678");
}

#[test]
fn a_batch_whose_transactions_have_no_amounts_or_others_is_one_line() {
    for (from, to) in [
        ("<Amt Ccy=\"GBP\">30.00</Amt>", "<Amt Ccy=\"GBP\">30.01</Amt>"),
        ("<AmtDtls><TxAmt><Amt Ccy=\"GBP\">30.00</Amt></TxAmt></AmtDtls>", ""),
    ] {
        let found = lines(&changed(FIXTURES[0], from, to));
        assert_eq!((found.len(), found[2].1.as_str()), (3, "60.00 GBP"));
        assert_eq!(found[2].3, "2026-00002 E2E-1 RF18539007547034 no. 4");
    }
}

#[test]
fn mt940_is_read_in_the_encoding_of_old_systems_with_its_structured_texts() {
    let expected = [
        ("2026-12-04", "120.00 EUR", "Müller Technik GmbH", "EREF+E2E-55SVWZ+Rechnung 2026-00007 vielen Dank", "B4E0001"),
        ("2026-12-04", "-20.50 EUR", "", "Reversal of a credit KREF 1", ""),
        ("2027-01-01", "-0.50 EUR", "", "fee", ""),
    ];
    assert_eq!(lines(FIXTURES[4]), expected.map(told));
    let file = read(FIXTURES[4], None).unwrap();
    assert_eq!((file.format, file.lines[0].account.as_str()), (StatementFormat::Mt940, "10020030/1234567"));
    assert_eq!(file.lines[0].line.counter_account, "DE89370400440532013000");
}

#[test]
fn csv_is_read_with_any_usual_separator_and_decimal_mark() {
    let expected = [
        ("2026-12-04", "3.57 GBP", "Newcomer", "Invoice 2026-00001; thanks", "A-1"),
        ("2026-12-04", "-20.50 GBP", "Power & \"Light\"", "Electricity", "A-2"),
    ];
    assert_eq!(lines(FIXTURES[5]), expected.map(told));
    assert_eq!(
        lines("\u{feff}currency\tDATE\tamount\r\nJPY\t2026-12-04\t1200.0\r\n\r\n".as_bytes()),
        [told(("2026-12-04", "1200 JPY", "", "", ""))]
    );
    assert_eq!(
        lines(b"date,amount,currency,note\n2026-12-04,1.234,KWD,x\n2026-12-05,0,KWD,\n"),
        [told(("2026-12-04", "1.234 KWD", "", "", ""))]
    );
}

#[test]
fn a_broken_file_is_refused_with_its_reason() {
    let unreadable = Code::StatementUnreadable;
    for file in [
        "",
        "hello",
        "{}",
        "<a/>",
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.02\"></Document>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
        "date,amount\n",
        "date,amount,currency\n04.12.2026,1,GBP\n",
        "date,amount,currency\n2026-12-04,1'000,GBP\n",
        "date,amount,currency\n2026-12-04,1.005,GBP\n",
        "date,amount,currency\n2026-12-04,1,XXX\n",
        "date,amount,currency\n2026-12-04,1\n",
        "date,amount,currency,name\n2026-12-04,1,GBP,\"open\n",
        "date,amount,currency\n2026-12-04,99999999999999999999,GBP\n",
        ":20:A\n:25:1\n:60F:C261203EUR1,00\n",
        ":20:A\n:25:1\n:60F:X261203EUR1,00\n:62F:C261203EUR1,00\n",
        ":20:A\n:25:1\n:60F:C261203EUR1,00\n:61:nonsense\n:62F:C261203EUR1,00\n",
    ] {
        assert_eq!(refused(file), unreadable, "{file}");
    }
    assert_eq!(refused(&FIXTURES[0][..FIXTURES[0].len() - 60]), unreadable);
    assert_eq!(refused(&FIXTURES[4][..FIXTURES[4].len() / 3]), unreadable);
    // It says that it is UTF-8, and is not.
    let latin = FIXTURES[1].to_vec();
    let text = String::from_utf8_lossy(&latin).replacen("ISO-8859-1", "UTF-8", 1);
    let at = text.find('\u{fffd}').unwrap();
    let mut wrong = text.into_bytes();
    wrong.splice(at..at + 3, [0xfc]);
    assert_eq!(refused(wrong), unreadable);
    let wide: Vec<u8> = "date,amount,currency\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(wide), unreadable);
    assert_eq!(refused(b"date,amount,currency,name\n2026-12-04,1,GBP,\x81\n"), unreadable);
    let nested = format!("{}<Stmt>{}", "<Document xmlns=\"camt.053.\">", "<a>".repeat(100));
    assert_eq!(refused(nested), unreadable);
}

#[test]
fn a_file_that_does_not_add_up_or_has_something_twice_is_refused() {
    let refusal = read(FIXTURES[3], None).unwrap_err();
    assert_eq!(refusal.code, Code::StatementUnbalanced);
    assert!(refusal.to_string().contains("43.07 GBP") && refusal.to_string().contains("43.08 GBP"), "{refusal}");
    let (from, to) = ("62F:C261203EUR1,00", "62F:C261203EUR2,00");
    let quiet = ":20:A\n:25:1\n:60F:C261203EUR1,00\n:62F:C261203EUR1,00\n";
    assert!(read(quiet.as_bytes(), None).unwrap().lines.is_empty());
    assert_eq!(refused(quiet.replace(from, to)), Code::StatementUnbalanced);
    assert!(read(quiet.repeat(2).as_bytes(), None).is_ok());
    let text = std::str::from_utf8(FIXTURES[0]).unwrap();
    let (start, end) = (text.find("    <Stmt>").unwrap(), text.find("  </BkToCstmrStmt>").unwrap());
    let statement = text[start..end].to_owned();
    assert_eq!(
        refused(text.replacen("  </BkToCstmrStmt>", &format!("{statement}  </BkToCstmrStmt>"), 1)),
        Code::StatementDoubled
    );
    assert_eq!(refused(changed(FIXTURES[5], "A-2", "A-1")), Code::StatementDoubled);
}

#[test]
fn a_file_with_too_many_lines_is_refused() {
    let csv = |count: usize| format!("date,amount,currency\n{}", "2026-12-04,1,GBP\n".repeat(count));
    assert_eq!(read(csv(MOST_LINES).as_bytes(), None).unwrap().lines.len(), MOST_LINES);
    assert_eq!(refused(csv(MOST_LINES + 1)), Code::PayloadTooLarge);
}

#[test]
fn an_account_has_at_most_64_capital_letters() {
    let file = format!("date,amount,currency,account\n2026-12-04,1,JPY,{}", "\u{df}".repeat(64));
    assert_eq!(read(file.as_bytes(), None).unwrap().lines[0].account, "S".repeat(64));
}

#[test]
fn many_attributes_and_many_entries_without_an_amount_take_no_longer_than_others() {
    let file = str::from_utf8(fixture!("camt053_v08.xml")).unwrap();
    let attributes: String = (0..50_000).map(|number| format!(" a{number}=''")).collect();
    let expected = read(file.as_bytes(), None).unwrap();
    let with_attributes = file.replacen(" xmlns=", &format!("{attributes} xmlns="), 1);
    let entry = "<Ntry><Amt Ccy=\"EUR\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-12-04</Dt></BookgDt></Ntry>";
    let with_entries = file.replacen("<Ntry>", &(entry.repeat(20_000) + "<Ntry>"), 1);
    for other in [with_attributes, with_entries] {
        assert!(other.len() > file.len() && read(other.as_bytes(), None).unwrap() == expected);
    }
}

#[test]
fn a_line_has_the_same_identity_in_every_file() {
    let identities = |file: &[u8]| read(file, None).unwrap().lines.into_iter().map(|line| line.identity).collect::<Vec<_>>();
    let head = "date,amount,currency,name\n";
    let (one, other) = ("2026-12-04,5,GBP,Nina\n", "2026-12-05,5,GBP,Nina\n");
    let first = identities(format!("{head}{one}{one}").as_bytes());
    let second = identities(format!("{head}{other}{one}{one}{one}").as_bytes());
    assert_ne!(first[0], first[1], "two transfers of one day that look the same");
    assert_eq!(first, second[1..3]);
    let all: HashSet<&String> = first.iter().chain(&second).collect();
    assert_eq!(all.len(), 4);
    // The identifier of the bank outweighs the text, which differs between formats.
    let renamed = changed(FIXTURES[0], "Invoice 2026 00001", "INVOICE");
    assert_eq!(identities(FIXTURES[0]), identities(&renamed));
}

fn any_line() -> impl Strategy<Value = (u32, i64, String, String)> {
    (
        1..29_u32,
        (1..1_000_000_i64).prop_flat_map(|n| prop_oneof![Just(n), Just(-n)]),
        "[A-Za-zäé]{1,12}( [A-Za-z]{1,9})?",
        "[A-Za-z0-9]{1,20}",
    )
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), format in prop::option::of(0..3_usize)) {
        let _ = read(&bytes, format.map(|at| StatementFormat::ALL[at]));
    }

    #[test]
    fn no_damaged_file_makes_the_reader_panic(
        file in 0..FIXTURES.len(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, "[\\x00-\\xff]{0,6}"), 1..6),
        format in prop::option::of(0..3_usize),
    ) {
        let mut bytes = FIXTURES[file].to_vec();
        for (at, length, new) in cuts {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + length).min(bytes.len()), new.chars().map(|c| u8::try_from(u32::from(c) % 256).unwrap()));
        }
        let _ = read(&bytes, format.map(|at| StatementFormat::ALL[at]));
    }

    #[test]
    fn the_same_lines_are_read_from_every_format(all in prop::collection::vec(any_line(), 0..12)) {
        let decimal = |amount: i64, mark: char| format!("{}{mark}{:02}", amount / 100, amount % 100);
        let sum: i64 = all.iter().map(|(_, amount, ..)| amount).sum();
        let (mark, indicator) = if sum < 0 { ("D", "DBIT") } else { ("C", "CRDT") };
        let mut csv = "date,amount,currency,name,reference\n".to_owned();
        let mut mt940 = ":20:X\n:25:1\n:60F:C261201GBP0,00\n".to_owned();
        let mut camt = String::new();
        for (day, amount, name, text) in &all {
            let (c, ind, party) = if *amount < 0 { ("D", "DBIT", "Cdtr") } else { ("C", "CRDT", "Dbtr") };
            let sign = if *amount < 0 { "-" } else { "" };
            csv += &format!("2026-12-{day:02},\"{sign}{}\",GBP,{name},{text}\n", decimal(amount.abs(), ','));
            mt940 += &format!(":61:2612{day:02}{c}{}NTRFNONREF\n:86:166?20{text}?32{name}\n", decimal(amount.abs(), ','));
            camt += &format!("<Ntry><Amt Ccy=\"GBP\">{}</Amt><CdtDbtInd>{ind}</CdtDbtInd><BookgDt><Dt>2026-12-{day:02}</Dt></BookgDt>\
                <NtryDtls><TxDtls><RltdPties><{party}><Nm>{name}</Nm></{party}></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
                decimal(amount.abs(), '.'));
        }
        mt940 += &format!(":62F:{mark}261231GBP{}\n", decimal(sum.abs(), ','));
        let balance = |kind: &str, amount: i64, indicator: &str| format!("<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"GBP\">{}</Amt><CdtDbtInd>{indicator}</CdtDbtInd></Bal>", decimal(amount, '.'));
        let camt = format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>1</IBAN></Id></Acct>{}{}{camt}</Stmt></BkToCstmrStmt></Document>",
            balance("OPBD", 0, "CRDT"), balance("CLBD", sum.abs(), indicator));
        let from_csv = lines(csv.as_bytes());
        let expected: Vec<(String, i64)> = all.iter().map(|(day, amount, ..)| (format!("2026-12-{day:02}"), *amount)).collect();
        let found: Vec<(String, i64)> = read(csv.as_bytes(), None).unwrap().lines.iter().map(|one| (one.line.booked_on.to_string(), one.line.amount.amount)).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(&from_csv, &lines(mt940.as_bytes()));
        prop_assert_eq!(&from_csv, &lines(camt.as_bytes()));
    }
}
