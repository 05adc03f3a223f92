//! Examples of all kinds of invoices. They are written into the directory that `INVOICE_EXAMPLES` names, where the programs of others
//! check them: see `tests/invoices/run`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what fails here must stop the test")]

use std::path::Path;

use documents::{InvalidLogo, NoXml, file_name, pdf, read_logo, ubl};
use domain::bank_account::BankAccount;
use domain::billing::BillingAddress;
use domain::booking::BookingStatus;
use domain::ids::{BookingId, Identifier as _, InvoiceId, OrganizationId, PrepaidId, UserId};
use domain::invoice::{
    Amounts, Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceParty, InvoicePeriod, LineKey, amounts,
};
use domain::language::Language;
use domain::ledger::{Movement, Owed, less_prepaid, movements, owed, prepayment};
use domain::logo::{Logo, PictureType};
use domain::money::{Currency, Money};
use domain::prepaid::{Credit, PrepaidUse};
use domain::pricing::{Price, Tax, TaxCategory, vat_in, vat_on};
use domain::time::UtcTime;

use TaxCategory::{Exempt, ReverseCharge, Standard, Zero};

const REASON: &str = "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG";

/// A part of the price of a booking: its tax and its amount without VAT.
type Part = (Option<(TaxCategory, i64)>, i64);

fn money(amount: i64, code: &str) -> Money {
    Money { amount, currency: code.parse().unwrap() }
}

fn id(number: usize) -> BookingId {
    BookingId::new(u64::try_from(number).unwrap(), [0; 10])
}

/// The rows of confirmed bookings, each with the parts of its price.
fn rows(bookings: &[Vec<Part>], code: &str) -> Vec<(Option<BookingId>, Movement)> {
    let of_booking = |(number, parts): (usize, &Vec<Part>)| {
        let tax = |(tax, net): &Part| {
            let (category, rate) = (*tax)?;
            let tax = i64::try_from(vat_on((*net).into(), rate)).unwrap();
            Some(Tax { category, rate, net: money(*net, code), tax: money(tax, code), exemption_reason: String::new() })
        };
        let taxes: Vec<Tax> = parts.iter().filter_map(tax).collect();
        let total = parts.iter().map(|(_, net)| net).sum::<i64>() + taxes.iter().map(|tax| tax.tax.amount).sum::<i64>();
        let price = Price { total: money(total, code), lines: Vec::new(), taxes };
        let owed = owed(false, BookingStatus::Confirmed, &price, None, None);
        movements(&Owed::new(), &owed).into_iter().map(move |movement| (Some(id(number)), movement))
    };
    bookings.iter().enumerate().flat_map(of_booking).collect()
}

fn seller() -> InvoiceParty {
    InvoiceParty {
        name: "Rotor Works GmbH & Co. KG".to_owned(),
        address: Some(BillingAddress {
            legal_name: "Rotor Works GmbH & Co. KG".to_owned(),
            street: "Werkstraße 4".to_owned(),
            postal_code: "10115".to_owned(),
            city: "Berlin".to_owned(),
        }),
        country: Some("DE".to_owned()),
        vat_number: Some("DE123456789".to_owned()),
        tax_number: None,
    }
}

fn buyer() -> InvoiceParty {
    InvoiceParty {
        name: "Zażółć <Start-up> Sp. z o.o.".to_owned(),
        address: Some(BillingAddress {
            legal_name: "Zażółć <Start-up> Sp. z o.o.".to_owned(),
            street: "ul. Źródlana 7".to_owned(),
            postal_code: String::new(),
            city: "Łódź".to_owned(),
        }),
        country: Some("PL".to_owned()),
        vat_number: Some("PL1234567890".to_owned()),
        tax_number: None,
    }
}

/// An invoice over these bookings.
fn invoice(bookings: &[Vec<Part>], code: &str) -> Invoice {
    of_amounts(&amounts(&rows(bookings, code), code.parse().unwrap(), false).unwrap())
}

fn of_amounts(found: &Amounts) -> Invoice {
    let line = |((booking_id, purpose, tax), net): &(LineKey, Money)| {
        let (tax_category, tax_rate) = tax.unzip();
        let description = "2 × Fräsmaschine DMU 50, 2026-11-30 10:00 – 2026-11-30 12:30 (Europe/Berlin)".to_owned();
        InvoiceLine { booking_id: *booking_id, purpose: *purpose, description, net: *net, tax_category, tax_rate }
    };
    let mut taxes = found.taxes.clone();
    for tax in taxes.iter_mut().filter(|tax| tax.category == Exempt) {
        tax.exemption_reason = REASON.to_owned();
    }
    let content = InvoiceContent {
        seller: seller(),
        buyer: buyer(),
        lines: found.lines.iter().map(line).collect(),
        taxes,
        net: found.net,
        tax: found.tax,
        rounding: found.rounding,
        prepaid: Some(found.prepaid).filter(|prepaid| prepaid.amount != 0),
        corrects: Vec::new(),
        period: Some(InvoicePeriod { starts_on: "2026-11-28".parse().unwrap(), ends_on: "2026-11-30".parse().unwrap() }),
        logo: None,
        language: Language::English,
        bank_account: Some(BankAccount {
            iban: "DE89370400440532013000".to_owned(),
            bic: Some("COBADEFFXXX".to_owned()),
            holder: None,
        }),
    };
    Invoice {
        id: InvoiceId::new(0, [1; 10]),
        organization_id: OrganizationId::new(0, [2; 10]),
        customer_id: OrganizationId::new(0, [3; 10]),
        kind: InvoiceKind::Invoice,
        year: 2026,
        sequence: 1,
        total: found.total,
        issued_on: "2026-12-01".parse().unwrap(),
        due_on: "2026-12-15".parse().unwrap(),
        content,
        issued_by: Some(UserId::new(0, [4; 10])),
        created_at: UtcTime::parse("2026-12-01T09:30:00Z").unwrap(),
    }
}

fn credited(invoice: Invoice, corrects: &[&str]) -> Invoice {
    let corrects = corrects.iter().map(|number| (*number).to_owned()).collect();
    let content = InvoiceContent { corrects, ..invoice.content };
    Invoice { kind: InvoiceKind::CreditNote, due_on: invoice.issued_on, content, ..invoice }
}

/// Prices of 0.99 that include VAT of 19 %: each booking is rounded on its own.
fn inclusive() -> Invoice {
    let net = 99 - i64::try_from(vat_in(99, 1900)).unwrap();
    invoice(&vec![vec![(Some((Standard, 1900)), net)]; 7], "EUR")
}

/// An invoice of a host without a VAT number that charges no VAT.
fn untaxed() -> Invoice {
    let mut untaxed = invoice(&[vec![(None, 1200)], vec![(None, 800)]], "GBP");
    untaxed.content.seller.vat_number = None;
    untaxed
}

/// The fee for a late cancellation in place of the price, in one credit note: a line is negative.
fn credit_with_fee() -> Invoice {
    let mut credit = credited(invoice(&[vec![(Some((Standard, 1900)), 10_000)]], "EUR"), &["2026-00001", "2026-00004"]);
    let mut fee = credit.content.lines[0].clone();
    (fee.purpose, fee.net) = (domain::ledger::Purpose::LateCancellationFee, money(-5_000, "EUR"));
    credit.content.lines.push(fee);
    let content = &mut credit.content;
    (content.net, content.tax) = (money(5_000, "EUR"), money(950, "EUR"));
    (content.taxes[0].net, content.taxes[0].tax) = (content.net, content.tax);
    credit.total = money(5_950, "EUR");
    credit
}

/// An invoice over a booking without a price.
fn free() -> Invoice {
    let nothing = amounts(&[], "EUR".parse().unwrap(), false).unwrap();
    of_amounts(&nothing.with_free(&[(id(1), Some((Standard, 1900)))]))
}

const LOGO: &[u8] = include_bytes!("../../../tests/fixtures/logo.png");

fn logo() -> Logo {
    read_logo(LOGO.to_vec(), UtcTime::from_micros(0)).unwrap()
}

/// The movements of a booking for 119.00 that prepaid credit of 60.00, sold for 50.00, pays in part.
fn with_prepaid() -> Vec<(Option<BookingId>, Movement)> {
    let tax = Tax {
        category: Standard,
        rate: 1900,
        net: money(10_000, "EUR"),
        tax: money(1_900, "EUR"),
        exemption_reason: String::new(),
    };
    let price = Price { total: money(11_900, "EUR"), lines: Vec::new(), taxes: vec![tax] };
    let charged = owed(false, BookingStatus::Confirmed, &price, None, None);
    let (credit, currency) = (Credit { amount: 6_000, paid: 5_000 }, "EUR".parse().unwrap());
    let uses = [PrepaidUse { prepaid_id: PrepaidId::new(0, [0; 10]), credit, currency, hours: None }];
    let owed = less_prepaid(charged, &price, &uses);
    movements(&Owed::new(), &owed).into_iter().map(|movement| (Some(id(1)), movement)).collect()
}

/// The invoice of a booking that prepaid credit pays in part: a line is a discount.
fn part_prepaid() -> Invoice {
    of_amounts(&amounts(&with_prepaid(), "EUR".parse().unwrap(), false).unwrap())
}

/// The credit note after its cancellation: the credit goes back.
fn prepaid_returned() -> Invoice {
    let back: Vec<_> = with_prepaid().iter().map(|(booking, movement)| (*booking, movement.reversed())).collect();
    credited(of_amounts(&amounts(&back, "EUR".parse().unwrap(), true).unwrap()), &["2026-00001"])
}

/// The sale of prepaid credit by a host that charges VAT.
fn prepayment_of(price: i64) -> Invoice {
    let sold = [(None, prepayment(money(price, "EUR")))];
    let mut invoice = of_amounts(&amounts(&sold, "EUR".parse().unwrap(), false).unwrap());
    invoice.content.period = None;
    invoice
}

fn in_language(language: Language, invoice: Invoice) -> Invoice {
    Invoice { content: InvoiceContent { language, ..invoice.content }, ..invoice }
}

/// All examples, by name.
fn examples() -> Vec<(&'static str, Invoice)> {
    let standard = || invoice(&[vec![(Some((Standard, 1900)), 10_000)], vec![(Some((Standard, 1900)), 2_550)]], "EUR");
    let rates = [vec![(Some((Standard, 1900)), 10_000), (Some((Standard, 700)), 999)], vec![(Some((Zero, 0)), 4_200)]];
    let mut exempt = invoice(&[vec![(Some((Exempt, 0)), 10_000)]], "EUR");
    (exempt.content.seller.vat_number, exempt.content.seller.tax_number) = (None, Some("30/123/45678".to_owned()));
    let mut mixed = invoice(&[vec![(Some((Exempt, 0)), 100)], vec![(None, 200)], vec![(Some((Standard, 550)), 333)]], "CHF");
    mixed.content.bank_account.as_mut().unwrap().holder = Some("Rotor Works".to_owned());
    let mut foreign = standard();
    foreign.content.seller.vat_number = Some("123456789".to_owned());
    foreign.content.seller.country = Some("US".to_owned());
    let mut bare = standard();
    (bare.content.buyer.address, bare.content.buyer.vat_number) = (None, None);
    (bare.content.bank_account, bare.content.period) = (None, None);
    vec![
        ("standard", standard()),
        ("rates", invoice(&rates, "EUR")),
        ("zero", invoice(&[vec![(Some((Zero, 0)), 10_000)]], "EUR")),
        ("exempt", exempt),
        ("reverse-charge", invoice(&[vec![(Some((ReverseCharge, 0)), 10_000)]], "EUR")),
        ("inclusive", inclusive()),
        ("untaxed", untaxed()),
        ("mixed", mixed),
        ("yen", invoice(&[vec![(Some((Standard, 1000)), 12_345)]], "JPY")),
        ("foreign", foreign),
        ("bare", bare),
        ("credit-note", credited(standard(), &["2026-00001"])),
        ("credit-note-of-two", credit_with_fee()),
        ("credit-note-inclusive", credited(inclusive(), &["2026-00001"])),
        ("free", free()),
        ("logo", standard()),
        ("prepaid", part_prepaid()),
        ("prepaid-returned", prepaid_returned()),
        ("prepayment", prepayment_of(10_000)),
        ("german", in_language(Language::German, invoice(&rates, "EUR"))),
        ("german-reverse-charge", in_language(Language::German, invoice(&[vec![(Some((ReverseCharge, 0)), 10_000)]], "EUR"))),
        ("french-prepaid", in_language(Language::French, part_prepaid())),
        ("dutch-credit-note", in_language(Language::Dutch, credit_with_fee())),
        ("pages", invoice(&vec![vec![(Some((Standard, 1900)), 1_999)]; 150], "EUR")),
    ]
}

#[test]
fn every_kind_of_invoice_is_xml_and_pdf_and_always_the_same() {
    let directory = std::env::var_os("INVOICE_EXAMPLES");
    for (name, invoice) in examples() {
        let logo = (name == "logo").then(logo);
        let xml = ubl(&invoice).unwrap_or_else(|error| panic!("{name}: {error}"));
        let file = pdf(&invoice, logo.as_ref()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.starts_with(b"%PDF-1.7") && contains(&file, "urn:factur-x:pdfa:CrossIndustryDocument"), "{name}");
        assert_eq!(
            (ubl(&invoice), pdf(&invoice, logo.as_ref())),
            (Ok(xml.clone()), Ok(file.clone())),
            "{name} is the same each time"
        );
        if let Some(directory) = &directory {
            std::fs::write(Path::new(directory).join(format!("{name}.xml")), xml).unwrap();
            std::fs::write(Path::new(directory).join(format!("{name}.pdf")), file).unwrap();
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_rounding_of_prices_with_vat_is_its_own_amount() {
    let invoice = inclusive();
    assert_eq!((invoice.total.amount, invoice.content.rounding.amount), (693, 2));
    let xml = ubl(&invoice).unwrap();
    assert!(xml.contains("<cbc:PayableRoundingAmount currencyID=\"EUR\">0.02</cbc:PayableRoundingAmount>"), "{xml}");
    assert!(xml.contains("<cbc:PayableAmount currencyID=\"EUR\">6.93</cbc:PayableAmount>"), "{xml}");
}

#[test]
fn prepaid_credit_is_the_paid_amount_and_the_rest_is_to_be_paid() {
    let invoice = part_prepaid();
    let InvoiceContent { net, tax, rounding, prepaid, .. } = &invoice.content;
    // A discount of 10.00 on 119.00, of which 8.40 are income and 1.60 VAT.
    let sums = [net.amount, tax.amount, rounding.amount, prepaid.unwrap().amount, invoice.total.amount];
    assert_eq!(sums, [9_160, 1_740, 0, 5_000, 5_900]);
    let xml = ubl(&invoice).unwrap();
    for text in [
        "<cbc:PrepaidAmount currencyID=\"EUR\">50.00<",
        "<cbc:PayableAmount currencyID=\"EUR\">59.00<",
        "Discount of prepaid credit: 2 × ",
    ] {
        assert!(xml.contains(text), "{text} is not in {xml}");
    }
    let returned = prepaid_returned();
    assert_eq!((returned.total, returned.content.prepaid), (invoice.total, invoice.content.prepaid));
}

#[test]
fn a_document_is_in_the_language_of_its_customer() {
    for (language, name, line, reason) in [
        (Language::German, "gutschrift-2026-00001", "Gebühr für die späte Stornierung: 2 × ", "Nicht umsatzsteuerbar"),
        (Language::French, "avoir-2026-00001", "Frais d’annulation tardive : 2 × ", "Non soumis à la TVA"),
        (Language::Dutch, "creditnota-2026-00001", "Vergoeding voor de late annulering: 2 × ", "Niet onderworpen aan btw"),
    ] {
        let credit = in_language(language, credit_with_fee());
        assert_eq!(file_name(&credit), name);
        let xml = [ubl(&credit), ubl(&in_language(language, untaxed()))].map(Result::unwrap).concat();
        assert!(xml.contains(line) && xml.contains(reason), "{xml}");
        assert!(contains(&pdf(&credit, None).unwrap(), &format!("/Lang({language})")), "{language}");
    }
}

#[test]
fn a_credit_note_names_the_invoices_that_it_corrects() {
    let xml = ubl(&credit_with_fee()).unwrap();
    for text in
        ["<CreditNote", "<cbc:ID>2026-00001</cbc:ID>", "<cbc:ID>2026-00004</cbc:ID>", "Fee for the late cancellation: 2 × "]
    {
        assert!(xml.contains(text), "{text} is not in {xml}");
    }
    assert_eq!(file_name(&credit_with_fee()), "credit-note-2026-00001");
}

#[test]
fn an_invoice_that_the_standard_cannot_express_is_a_pdf_alone_and_says_why() {
    let dinar: Currency = "KWD".parse().unwrap();
    let mut of_nowhere = untaxed();
    of_nowhere.content.buyer.country = None;
    for (invoice, reason) in
        [(invoice(&[vec![(None, 1_234_567)]], "KWD"), NoXml::Decimals(dinar).to_string()), (of_nowhere, "BR-11".to_owned())]
    {
        let error = ubl(&invoice).unwrap_err().to_string();
        assert!(error.contains(&reason), "{error}");
        let file = pdf(&invoice, None).unwrap();
        assert!(!contains(&file, "factur-x") && file.starts_with(b"%PDF-1.7"));
    }
}

#[test]
fn a_logo_is_a_png_or_jpeg_of_few_pixels_that_can_be_drawn() {
    let found = logo();
    assert_eq!((found.media_type, found.width, found.height), (PictureType::Png, 64, 24));
    let refused = |content: Vec<u8>| read_logo(content, UtcTime::from_micros(0)).unwrap_err();
    assert_eq!(refused(b"GIF89a".to_vec()), InvalidLogo::Format);
    assert_eq!(refused(Vec::new()), InvalidLogo::Format);
    assert!(matches!(refused(LOGO[..100].to_vec()), InvalidLogo::Broken(_)));
    assert!(matches!(refused(LOGO[..20].to_vec()), InvalidLogo::Broken(_)));
    assert!(matches!(refused(b"\xff\xd8\xff\xe0 no picture".to_vec()), InvalidLogo::Broken(_)));
    let mut wide = LOGO.to_vec();
    // The width in the header, and its checksum.
    wide[16..20].copy_from_slice(&1_001_u32.to_be_bytes());
    let checksum = crc(&wide[12..29]).to_be_bytes();
    wide[29..33].copy_from_slice(&checksum);
    assert_eq!(refused(wide), InvalidLogo::Pixels(1_001, 24));
}

/// The checksum of a chunk of a PNG (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

#[test]
fn an_invoice_with_a_logo_has_its_picture() {
    let invoice = invoice(&[vec![(None, 1_000)]], "EUR");
    let [with, without] = [Some(&logo()), None].map(|logo| pdf(&invoice, logo).unwrap());
    assert_eq!([&with, &without].map(|file| contains(file, "/Width 64")), [true, false]);
}
