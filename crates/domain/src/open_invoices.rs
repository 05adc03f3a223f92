//! The part of each invoice that is not paid: a pure function over the documents of a customer with a host and the payments between
//! both. Nothing of it is stored.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::ids::InvoiceId;
use super::invoice::{InvoiceKind, number};
use super::money::{Currency, Money};
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// Whether an invoice is paid.
    pub enum InvoiceState {
        /// Something is to be paid, and it is not overdue.
        Open = "open",
        /// Something is to be paid, and the due date has ended in all time zones (at 12:00 UTC of the next day).
        Overdue = "overdue",
        /// Nothing is to be paid any more.
        Paid = "paid",
        /// Credit notes have taken all of it back. Also the state of every credit note.
        Credited = "credited",
    }
}

/// A document, as far as its payment depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its identifier.
    pub id: InvoiceId,
    /// The kind.
    pub kind: InvoiceKind,
    /// The year and the number in it.
    pub number: (i32, i32),
    /// The amount to pay, or to be credited.
    pub total: Money,
    /// The date until which it is to be paid.
    pub due_on: NaiveDate,
    /// The numbers of the invoices that a credit note corrects.
    pub corrects: Vec<String>,
    /// When it was issued.
    pub issued_at: UtcTime,
}

/// A payment that is not reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentOf {
    /// The invoice that it pays first: the one that it names, or the oldest one with the booking that it names.
    pub invoice: Option<InvoiceId>,
    /// Whether the host paid the customer.
    pub is_refund: bool,
    /// The amount.
    pub amount: Money,
    /// When it was recorded.
    pub recorded_at: UtcTime,
}

/// How much of a document is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The amount that is still to be paid. On a credit note 0.
    pub open: Money,
    /// The amount that credit notes have taken back.
    pub credited: Money,
}

/// How much of each document is paid, and the credit of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standings {
    /// The documents.
    pub documents: BTreeMap<InvoiceId, Standing>,
    /// The amount in each currency that was paid and that no invoice needs. Negative: the host has paid back more than it had received.
    pub credit: BTreeMap<Currency, i128>,
}

/// Distributes the payments between a customer and a host to its invoices, in the order of time, so that a paid invoice stays paid when
/// another one is issued:
///
/// 1. A payment that names an invoice pays it. All other payments, and what its invoice does not need, are credit.
/// 2. A credit note reduces the invoices that it corrects. The part of payments that they no longer need is credit.
/// 3. A refund takes from what was paid of the invoice that it names, then from the credit, then from what was paid of other invoices, the
///    latest due first.
/// 4. Credit pays the invoices that are due first, at once.
pub fn standings(documents: &[Document], payments: &[PaymentOf]) -> Standings {
    let mut found = Standings::default();
    let mut by_currency: BTreeMap<Currency, (Vec<&Document>, Vec<&PaymentOf>)> = BTreeMap::new();
    for document in documents {
        by_currency.entry(document.total.currency).or_default().0.push(document);
    }
    for payment in payments {
        by_currency.entry(payment.amount.currency).or_default().1.push(payment);
    }
    for (currency, (documents, payments)) in by_currency {
        let account = Account::after(&documents, &payments);
        let money = |amount: i128| Money { amount: i64::try_from(amount).unwrap_or(i64::MAX), currency };
        for Part { invoice, payable, paid, .. } in &account.parts {
            let credited = money(i128::from(invoice.total.amount) - payable);
            found.documents.insert(invoice.id, Standing { open: money(payable - paid), credited });
        }
        let notes = documents.iter().filter(|document| document.kind == InvoiceKind::CreditNote);
        found.documents.extend(notes.map(|note| (note.id, Standing { open: money(0), credited: money(0) })));
        found.credit.insert(currency, account.credit);
    }
    found
}

/// The invoices of a customer in one currency, and its credit.
struct Account<'a> {
    /// By due date.
    parts: Vec<Part<'a>>,
    /// Negative: the host has paid back more than it had received.
    credit: i128,
}

/// An invoice.
struct Part<'a> {
    invoice: &'a Document,
    is_issued: bool,
    /// The total less the credit notes.
    payable: i128,
    paid: i128,
    /// Payments for it from before it was issued: of a booking that was invoiced later.
    paid_before: i128,
}

impl<'a> Account<'a> {
    fn after(documents: &[&'a Document], payments: &[&PaymentOf]) -> Self {
        let invoices = documents.iter().filter(|document| document.kind == InvoiceKind::Invoice);
        let part = |invoice: &&'a Document| Part {
            invoice,
            is_issued: false,
            payable: i128::from(invoice.total.amount),
            paid: 0,
            paid_before: 0,
        };
        let mut account = Self { parts: invoices.map(part).collect(), credit: 0 };
        account.parts.sort_by_key(|part| (part.invoice.due_on, part.invoice.number));
        let by_number: BTreeMap<String, usize> = account.places(|invoice| number(invoice.number.0, invoice.number.1)).collect();
        let by_id: BTreeMap<InvoiceId, usize> = account.places(|invoice| invoice.id).collect();
        let mut documents = documents.to_vec();
        documents.sort_by_key(|document| (document.issued_at, document.number));
        let mut payments = payments.to_vec();
        payments.sort_by_key(|payment| payment.recorded_at);
        let (mut documents, mut payments) = (documents.into_iter().peekable(), payments.into_iter().peekable());
        loop {
            // At the same instant, documents come first.
            let is_document = match (documents.peek(), payments.peek()) {
                (None, None) => return account,
                (document, payment) => {
                    document.is_some_and(|document| payment.is_none_or(|payment| document.issued_at <= payment.recorded_at))
                }
            };
            if is_document && let Some(document) = documents.next() {
                match by_id.get(&document.id) {
                    Some(at) => account.issue(*at),
                    None => account.correct(document, &by_number),
                }
            } else if let Some(payment) = payments.next() {
                let named = payment.invoice.and_then(|id| by_id.get(&id)).copied();
                account.pay(payment, named);
            }
            account.use_credit();
        }
    }

    fn places<K>(&self, key: impl Fn(&Document) -> K) -> impl Iterator<Item = (K, usize)> {
        self.parts.iter().enumerate().map(move |(at, part)| (key(part.invoice), at))
    }

    fn issue(&mut self, at: usize) {
        if let Some(part) = self.parts.get_mut(at) {
            part.is_issued = true;
            part.paid = part.paid_before.min(part.payable);
            self.credit += part.paid_before - part.paid;
        }
    }

    fn correct(&mut self, note: &Document, by_number: &BTreeMap<String, usize>) {
        let mut rest = i128::from(note.total.amount);
        for at in note.corrects.iter().filter_map(|number| by_number.get(number)) {
            if let Some(part) = self.parts.get_mut(*at).filter(|part| part.is_issued) {
                rest -= take(&mut part.payable, rest);
                let needless = (part.paid - part.payable).max(0);
                part.paid -= needless;
                self.credit += needless;
            }
        }
        self.credit += rest;
    }

    fn pay(&mut self, payment: &PaymentOf, named: Option<usize>) {
        let mut rest = i128::from(payment.amount.amount);
        let named = named.and_then(|at| self.parts.get_mut(at));
        match (payment.is_refund, named) {
            (false, Some(part)) if !part.is_issued => part.paid_before += std::mem::take(&mut rest),
            (false, Some(part)) => {
                let needed = (part.payable - part.paid).min(rest);
                part.paid += needed;
                rest -= needed;
            }
            (true, Some(part)) if !part.is_issued => rest -= take(&mut part.paid_before, rest),
            (true, Some(part)) => rest -= take(&mut part.paid, rest),
            (_, None) => {}
        }
        self.credit += if payment.is_refund { -rest } else { rest };
    }

    /// Pays what is open from the credit, or takes what the host has paid back from what is paid.
    fn use_credit(&mut self) {
        for part in self.parts.iter_mut().rev() {
            let missing = (-self.credit).max(0);
            self.credit += take(&mut part.paid, missing);
        }
        for part in self.parts.iter_mut().filter(|part| part.is_issued) {
            part.paid += take(&mut self.credit, part.payable - part.paid);
        }
    }
}

/// Takes at most `wanted` from an amount, and returns how much.
fn take(from: &mut i128, wanted: i128) -> i128 {
    let taken = wanted.clamp(0, (*from).max(0));
    *from -= taken;
    taken
}

/// Returns the latest date that has ended in all time zones.
pub fn last_ended_date(now: UtcTime) -> NaiveDate {
    (now - TimeDelta::hours(36)).to_chrono().date_naive()
}

/// Returns the instant from which a date has begun in all time zones: 12:00 UTC.
pub fn has_begun_at(date: NaiveDate) -> UtcTime {
    UtcTime::from(date.and_time(NaiveTime::MIN).and_utc()) + TimeDelta::hours(12)
}

/// Returns the number of days since the due date, as far as they have begun: 0 or less if it has not ended in all time zones.
pub fn days_overdue(due_on: NaiveDate, now: UtcTime) -> i64 {
    (last_ended_date(now) - due_on).num_days() + 1
}

impl Document {
    /// Returns the state of the document.
    pub fn state(&self, standing: Standing, now: UtcTime) -> InvoiceState {
        match self.kind {
            InvoiceKind::CreditNote => InvoiceState::Credited,
            InvoiceKind::Invoice if standing.open.amount > 0 && days_overdue(self.due_on, now) > 0 => InvoiceState::Overdue,
            InvoiceKind::Invoice if standing.open.amount > 0 => InvoiceState::Open,
            InvoiceKind::Invoice if standing.credited.amount > 0 && standing.credited == self.total => InvoiceState::Credited,
            InvoiceKind::Invoice => InvoiceState::Paid,
        }
    }
}

/// Returns the reminder that is due of an invoice: the latest of `steps` (in days after the due date) that has come and is later than
/// the last one that was sent. Earlier steps that were missed are left out.
pub fn due_step(steps: &[i64], days_overdue: i64, last_sent: Option<i64>) -> Option<i64> {
    let latest = steps.iter().copied().filter(|step| *step <= days_overdue).max()?;
    (days_overdue > 0 && last_sent.is_none_or(|last| latest > last)).then_some(latest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;

    fn pounds(amount: i64) -> Money {
        Money { amount, currency: "GBP".parse().unwrap() }
    }

    fn id(number: u8) -> InvoiceId {
        InvoiceId::new(0, [number; 10])
    }

    fn at(second: i64) -> UtcTime {
        UtcTime::from_micros(second * 1_000_000)
    }

    /// A document that was issued in the second of its number.
    fn document(kind: InvoiceKind, sequence: u8, total: i64, due: u32, corrects: &[u8]) -> Document {
        Document {
            id: id(sequence),
            kind,
            number: (2026, sequence.into()),
            total: pounds(total),
            due_on: NaiveDate::from_ymd_opt(2026, 12, due).unwrap(),
            corrects: corrects.iter().map(|of| number(2026, (*of).into())).collect(),
            issued_at: at(sequence.into()),
        }
    }

    fn invoice(sequence: u8, total: i64, due: u32) -> Document {
        document(InvoiceKind::Invoice, sequence, total, due, &[])
    }

    fn paid(amount: i64, of: Option<u8>) -> PaymentOf {
        PaymentOf { invoice: of.map(id), is_refund: amount < 0, amount: pounds(amount.abs()), recorded_at: at(100) }
    }

    fn early(second: i64, payment: PaymentOf) -> PaymentOf {
        PaymentOf { recorded_at: at(second), ..payment }
    }

    fn open(documents: &[Document], payments: &[PaymentOf]) -> (Vec<i64>, i128) {
        let found = standings(documents, payments);
        let open = documents.iter().map(|document| found.documents[&document.id].open.amount).collect();
        (open, found.credit.values().sum())
    }

    #[test]
    fn a_payment_pays_the_invoice_that_it_names_and_else_the_one_that_is_due_first() {
        let documents = [invoice(1, 100, 20), invoice(2, 50, 10), invoice(3, 30, 30)];
        assert_eq!(open(&documents, &[paid(60, None)]), (vec![90, 0, 30], 0));
        assert_eq!(open(&documents, &[paid(60, None), paid(30, Some(3))]), (vec![90, 0, 0], 0));
        assert_eq!(open(&documents, &[paid(40, Some(3))]), (vec![100, 40, 0], 0));
        assert_eq!(open(&documents, &[paid(200, None)]), (vec![0, 0, 0], 20));
        // An invoice that does not exist here.
        assert_eq!(open(&documents, &[paid(10, Some(9))]), (vec![100, 40, 30], 0));
    }

    #[test]
    fn a_paid_invoice_stays_paid_when_another_one_is_issued_that_is_due_earlier() {
        let documents = [invoice(1, 100, 20), invoice(3, 50, 10)];
        assert_eq!(open(&documents, &[early(2, paid(120, None))]), (vec![0, 30], 0));
        assert_eq!(open(&documents, &[early(4, paid(120, None))]), (vec![30, 0], 0));
        // For a booking that was invoiced afterwards.
        assert_eq!(open(&documents, &[early(0, paid(60, Some(3)))]), (vec![90, 0], 0));
        assert_eq!(open(&documents, &[early(0, paid(60, Some(3))), early(2, paid(-20, Some(3)))]), (vec![100, 10], 0));
    }

    #[test]
    fn a_credit_note_reduces_the_invoices_that_it_corrects_and_frees_what_was_paid_of_them() {
        let note = document(InvoiceKind::CreditNote, 5, 60, 1, &[1]);
        let documents = [invoice(1, 100, 10), invoice(2, 50, 20), note];
        assert_eq!(open(&documents, &[]), (vec![40, 50, 0], 0));
        assert_eq!(open(&documents, &[early(4, paid(100, Some(1)))]), (vec![0, 0, 0], 10));
        assert_eq!(open(&documents, &[early(4, paid(100, Some(1))), paid(-60, None)]), (vec![0, 50, 0], 0));
        assert_eq!(standings(&documents, &[]).documents[&id(1)].credited, pounds(60));
    }

    #[test]
    fn a_refund_takes_the_credit_first_and_then_what_was_paid_last_due_first() {
        let documents = [invoice(1, 100, 10), invoice(2, 50, 20)];
        let both = [paid(100, Some(1)), paid(70, Some(2))];
        assert_eq!(open(&documents, &[both[0], both[1], paid(-20, None)]), (vec![0, 0], 0));
        assert_eq!(open(&documents, &[both[0], both[1], paid(-30, None)]), (vec![0, 10], 0));
        assert_eq!(open(&documents, &[both[0], both[1], paid(-20, Some(1))]), (vec![0, 0], 0));
        assert_eq!(open(&documents, &[both[0], both[1], paid(-30, Some(1))]), (vec![10, 0], 0));
        assert_eq!(open(&documents, &[paid(-30, None)]), (vec![100, 50], -30));
        assert_eq!(open(&documents, &[early(10, paid(-30, None)), paid(40, None)]), (vec![90, 50], 0));
        // Also if it was recorded before the payment.
        assert_eq!(open(&documents, &[early(10, paid(-30, None)), paid(100, Some(1))]), (vec![30, 50], 0));
    }

    #[test]
    fn currencies_do_not_mix() {
        let euros = PaymentOf { amount: Money { amount: 100, currency: "EUR".parse().unwrap() }, ..paid(100, None) };
        let found = standings(&[invoice(1, 100, 10)], &[euros]);
        assert_eq!(found.documents[&id(1)].open, pounds(100));
        assert_eq!(found.credit.values().copied().collect::<Vec<_>>(), [100, 0]);
    }

    #[test]
    fn an_invoice_is_overdue_when_its_due_date_has_ended_everywhere() {
        let instant = |text: &str| UtcTime::parse(text).unwrap();
        let due = invoice(1, 100, 10);
        let standing = Standing { open: pounds(1), credited: pounds(0) };
        assert_eq!(due.state(standing, instant("2026-12-11T11:59:59Z")), InvoiceState::Open);
        assert_eq!(due.state(standing, instant("2026-12-11T12:00:00Z")), InvoiceState::Overdue);
        assert_eq!(days_overdue(due.due_on, instant("2026-12-11T12:00:00Z")), 1);
        assert_eq!(days_overdue(due.due_on, instant("2026-12-17T12:00:00Z")), 7);
        let none = Standing { open: pounds(0), credited: pounds(0) };
        assert_eq!(due.state(none, instant("2026-12-30T00:00:00Z")), InvoiceState::Paid);
        let back = Standing { credited: pounds(100), ..none };
        assert_eq!(due.state(back, instant("2026-12-30T00:00:00Z")), InvoiceState::Credited);
        assert_eq!(invoice(1, 0, 10).state(none, instant("2026-12-30T00:00:00Z")), InvoiceState::Paid);
    }

    #[test]
    fn only_the_latest_step_that_has_come_is_due_and_each_once() {
        let due = |days, last| due_step(&[7, 21], days, last);
        assert_eq!(
            [due(6, None), due(7, None), due(20, Some(7)), due(21, Some(7)), due(40, None), due(40, Some(21))],
            [None, Some(7), None, Some(21), Some(21), None]
        );
        assert_eq!(due_step(&[], 40, None), None);
        // The host has chosen another step since.
        assert_eq!(due_step(&[10, 14], 30, Some(21)), None);
    }

    /// Moves one unit after the other, as the rules say.
    fn oracle(documents: &[Document], payments: &[PaymentOf]) -> (Vec<i64>, i128) {
        let is_invoice = |at: &usize| documents[*at].kind == InvoiceKind::Invoice;
        let mut by_due: Vec<usize> = (0..documents.len()).filter(is_invoice).collect();
        by_due.sort_by_key(|at| (documents[*at].due_on, documents[*at].number));
        let (mut issued, mut needed) =
            (vec![false; documents.len()], documents.iter().map(|one| one.total.amount).collect::<Vec<_>>());
        let (mut paid, mut kept) = (vec![0_i64; documents.len()], vec![0_i64; documents.len()]);
        let (mut credit, mut debt) = (0_i64, 0_i64);
        for second in 0..200 {
            for at in (0..documents.len()).filter(|at| documents[*at].issued_at == super::tests::at(second)) {
                let document = &documents[at];
                if is_invoice(&at) {
                    issued[at] = true;
                    for _ in 0..std::mem::take(&mut kept[at]) {
                        if paid[at] < needed[at] { paid[at] += 1 } else { credit += 1 }
                    }
                } else {
                    for _ in 0..document.total.amount {
                        let corrected = document.corrects.iter().find_map(|of| {
                            by_due
                                .iter()
                                .find(|at| issued[**at] && number(2026, documents[**at].number.1) == **of && needed[**at] > 0)
                        });
                        match corrected {
                            Some(at) if paid[*at] == needed[*at] => {
                                (needed[*at], paid[*at]) = (needed[*at] - 1, paid[*at] - 1);
                                credit += 1;
                            }
                            Some(at) => needed[*at] -= 1,
                            None => credit += 1,
                        }
                    }
                }
                use_units(&by_due, &issued, &needed, &mut paid, (&mut credit, &mut debt));
            }
            for payment in payments.iter().filter(|payment| payment.recorded_at == super::tests::at(second)) {
                let named = by_due.iter().copied().find(|at| Some(documents[*at].id) == payment.invoice);
                for _ in 0..payment.amount.amount {
                    match (payment.is_refund, named) {
                        (false, Some(at)) if !issued[at] => kept[at] += 1,
                        (false, Some(at)) if paid[at] < needed[at] => paid[at] += 1,
                        (false, _) => credit += 1,
                        (true, Some(at)) if kept[at] > 0 => kept[at] -= 1,
                        (true, Some(at)) if paid[at] > 0 => paid[at] -= 1,
                        (true, _) => debt += 1,
                    }
                }
                use_units(&by_due, &issued, &needed, &mut paid, (&mut credit, &mut debt));
            }
        }
        let open = (0..documents.len()).map(|at| if is_invoice(&at) { needed[at] - paid[at] } else { 0 }).collect();
        (open, i128::from(credit - debt))
    }

    fn use_units(by_due: &[usize], issued: &[bool], needed: &[i64], paid: &mut [i64], (credit, debt): (&mut i64, &mut i64)) {
        while *credit < *debt
            && let Some(at) = by_due.iter().rev().find(|at| paid[**at] > 0)
        {
            paid[*at] -= 1;
            *debt -= 1;
        }
        while *credit > *debt
            && let Some(at) = by_due.iter().find(|at| issued[**at] && paid[**at] < needed[**at])
        {
            paid[*at] += 1;
            *credit -= 1;
        }
    }

    fn any_documents() -> impl Strategy<Value = Vec<Document>> {
        let one = (prop::bool::weighted(0.3), 0..40_i64, 1..28_u32, prop::collection::vec(1..8_u8, 0..3));
        prop::collection::vec(one, 1..7).prop_map(|all| {
            let document = |(sequence, (is_note, total, due, corrects)): (u8, (bool, i64, u32, Vec<u8>))| match is_note {
                true => document(InvoiceKind::CreditNote, sequence, total, due, &corrects),
                false => invoice(sequence, total, due),
            };
            (1_u8..).zip(all).map(document).collect()
        })
    }

    fn any_payments() -> impl Strategy<Value = Vec<PaymentOf>> {
        let one = (prop::option::of(1..9_u8), -30..60_i64, 0..9_i64);
        let one = one.prop_map(|(of, amount, second)| early(second, paid(if amount == 0 { 1 } else { amount }, of)));
        prop::collection::vec(one, 0..8)
    }

    proptest! {
        #[test]
        fn amounts_are_distributed_as_one_unit_after_the_other_would_be(documents in any_documents(), payments in any_payments()) {
            prop_assert_eq!(open(&documents, &payments), oracle(&documents, &payments));
        }

        #[test]
        fn no_unit_is_lost_and_there_is_no_credit_beside_an_open_invoice(documents in any_documents(), payments in any_payments()) {
            let (open, credit) = open(&documents, &payments);
            let signed = |one: &Document| if one.kind == InvoiceKind::Invoice { one.total.amount } else { -one.total.amount };
            let charged: i64 = documents.iter().map(signed).sum();
            let received: i64 = payments.iter().map(|one| if one.is_refund { -one.amount.amount } else { one.amount.amount }).sum();
            let all: i64 = open.iter().sum();
            prop_assert_eq!(i128::from(all) - credit, i128::from(charged - received));
            prop_assert!(open.iter().all(|open| *open >= 0));
            prop_assert!(credit <= 0 || all == 0);
        }

        #[test]
        fn a_later_invoice_or_payment_opens_no_earlier_invoice(
            documents in any_documents(), payments in any_payments(), more in 1..50_i64, of in prop::option::of(1..9_u8), due in 1..28_u32,
        ) {
            let before = open(&documents, &payments);
            let later: Vec<PaymentOf> = payments.iter().copied().chain([early(10, paid(more, of))]).collect();
            // A payment for an invoice that does not exist yet pays another one until then.
            let with_payment = open(&documents, &later);
            prop_assert!(with_payment.0.iter().zip(&before.0).all(|(after, before)| after <= before));
            let next = Document { id: id(99), number: (2026, 99), issued_at: at(10), ..invoice(1, more, due) };
            let with_next: Vec<Document> = documents.iter().cloned().chain([next]).collect();
            let with_invoice = open(&with_next, &payments);
            prop_assert_eq!(&with_invoice.0[..documents.len()], &before.0[..]);
        }
    }
}
