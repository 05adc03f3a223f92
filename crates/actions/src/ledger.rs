//! The ledger of a host: the debts of its customers, and its income.

use std::collections::BTreeMap;
use std::iter;

use crate::bookings::access::get_as_party;
use crate::error::Error;
use crate::record::after;
use crate::{Caller, authorize_in, standing_of};
use domain::booking::change::{BookingChange, BookingSnapshot};
use domain::card_payment::CardPaymentWith;
use domain::ids::{
    BookingId, CardPaymentId, InvoiceId, LedgerRowId, Ordered as _, OrganizationId, PaymentId, PrepaidId, TrainingSeatId,
};
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, amounts};
use domain::ledger::{Account, Movement, Owed, OwedSince, Reason, movements};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::paging::{Page, Paging};
use domain::payment::{Payment, PaymentMethod};
use domain::permissions::Permission;
use domain::prepaid::{Credit, PaidObject, PrepaidEntry, PrepaidEntryKind};
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::ledger::{self, Filter, Party, Row, Subject, Sum, Sums};
use storage::prepaid::{self, StoredEntry};
use storage::{bookings, card_payments, invoices, organizations, payments, training_seats};

/// How many rows, bookings or payments are loaded at once.
const AT_ONCE: i64 = 500;

/// How many rows of a customer are searched for the oldest charge that is not paid.
const MOST_UNPAID: i64 = 200;

/// Adds the rows of a change of a booking: the difference of the amounts that it owes before and after it.
pub(crate) fn add_change(tx: &mut Tx<'_>, change: &BookingChange) -> Result<(), Error> {
    let before = change.before.as_ref().map_or_else(Owed::new, BookingSnapshot::owed);
    let after = change.after.owed();
    if before == after {
        return Ok(());
    }
    let subject = Subject {
        organization_id: change.after.host_organization_id,
        customer_id: change.after.organization_id,
        booking_id: Some(change.after.id),
        payment_id: None,
        invoice_id: None,
    };
    add(tx, subject, &movements(&before, &after))
}

/// Adds the rows of one change, after all earlier ones of the booking.
pub(crate) fn add(tx: &mut Tx<'_>, subject: Subject, movements: &[Movement]) -> Result<(), Error> {
    add_rows(tx, subject, movements).map(|_| ())
}

/// As [`add`]. Returns the identifiers of the rows.
pub(crate) fn add_rows(tx: &mut Tx<'_>, subject: Subject, movements: &[Movement]) -> Result<Vec<LedgerRowId>, Error> {
    let last = subject.booking_id.map(|booking| ledger::find_last(tx.conn, booking)).transpose()?.flatten();
    let (entry_id, at): (LedgerRowId, _) = after(tx, last, tx.now);
    let mut ids = Vec::with_capacity(movements.len());
    let mut id = entry_id;
    for movement in movements {
        ledger::insert(tx.conn, &Row::new(id, entry_id, subject, *movement, at))?;
        ids.push(id);
        id = id.next();
    }
    Ok(ids)
}

/// Whether the caller sees the money of one of these organizations.
pub(crate) fn may_see_money(tx: &mut ReadTx, caller: Caller, organizations: [OrganizationId; 2]) -> Result<bool, Error> {
    for organization in organizations {
        let standing = standing_of(tx, caller, organization)?;
        if caller.may(standing.as_ref(), Permission::ViewMoney) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lists the rows of a booking, the oldest first, for its two parties.
///
/// # Errors
/// `not_found`.
pub fn list_of_booking(tx: &mut ReadTx, caller: Caller, id: BookingId, paging: &Paging) -> Result<Page<Row>, Error> {
    get_as_party(tx, caller, id)?;
    list(tx, &Filter { booking: Some(id), ..Filter::default() }, CreationOrder::CreatedAt, paging)
}

/// Lists the rows of a host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_of_host(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    filter: Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Row>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    list(tx, &Filter { host: Some(host), ..filter }, order, paging)
}

fn list(tx: &mut ReadTx, filter: &Filter, order: CreationOrder, paging: &Paging) -> Result<Page<Row>, Error> {
    let rows = ledger::list(&mut tx.conn, filter, paging.by_id(order))?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// The balance of an account of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The account.
    pub account: Account,
    /// The customer, if each customer has an account of its own.
    pub customer_id: Option<OrganizationId>,
    /// Its name.
    pub customer_name: Option<String>,
    /// The balance. At most what fits into an amount.
    pub balance: Money,
    /// The instant of the oldest charge that the customer has not paid in full, if it owes anything.
    pub owed_since: Option<UtcTime>,
}

/// Lists the balances of the accounts of a host, or only of those that it has for one customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn balances(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    customer: Option<OrganizationId>,
    paging: &Paging,
) -> Result<Page<Balance>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let parties: Vec<Party> = iter::once(Party::Host(host)).chain(customer.map(Party::Customer)).collect();
    let mut sums = ledger::sums(&mut tx.conn, &parties)?;
    sums.retain(|(_, _, account, _), _| customer.is_none() || account.is_of_customer());
    let mut accounts: BTreeMap<(Account, Currency, Option<OrganizationId>), Sum> = BTreeMap::new();
    for ((_, customer, account, currency), sum) in sums {
        let total = accounts.entry((account, currency, account.is_of_customer().then_some(customer))).or_default();
        total.debits = total.debits.saturating_add(sum.debits);
        total.credits = total.credits.saturating_add(sum.credits);
    }
    let balance = |((account, currency, customer_id), sum): ((Account, Currency, Option<OrganizationId>), Sum)| Balance {
        account,
        customer_id,
        customer_name: None,
        balance: balance(account, currency, sum),
        owed_since: None,
    };
    let key = |one: &Balance| {
        let customer = one.customer_id.as_ref().map_or("", |customer| customer.as_str());
        format!("{} {} {customer}", one.account, one.balance.currency)
    };
    let mut page = paging.page_of(accounts.into_iter().map(balance).collect(), key);
    let mut names = names(tx, page.items.iter().filter_map(|one| one.customer_id))?;
    for one in &mut page.items {
        if let Some(customer) = one.customer_id {
            if one.account == Account::Receivable {
                one.owed_since = owed_since(tx, (host, customer), one.balance)?;
            }
            one.customer_name = names.remove(&customer);
        }
    }
    Ok(page)
}

fn balance(account: Account, currency: Currency, sum: Sum) -> Money {
    let balance = account.balance(sum.debits, sum.credits).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Money { amount: i64::try_from(balance).unwrap_or_default(), currency }
}

/// The names of organizations.
fn names(tx: &mut ReadTx, ids: impl Iterator<Item = OrganizationId>) -> Result<BTreeMap<OrganizationId, String>, Error> {
    let ids: Vec<OrganizationId> = ids.collect();
    Ok(organizations::list_names(&mut tx.conn, &ids)?.into_iter().collect())
}

/// The instant of the oldest charge that a customer has not paid in full; none if it owes nothing, or if the charge is older than
/// [`MOST_UNPAID`] rows.
fn owed_since(
    tx: &mut ReadTx,
    (host, customer): (OrganizationId, OrganizationId),
    balance: Money,
) -> Result<Option<UtcTime>, Error> {
    if balance.amount <= 0 {
        return Ok(None);
    }
    let filter = Filter { host: Some(host), customer: Some(customer), ..Filter::default() };
    let rows = Rows { order: CreationOrder::CreatedAtDescending, after: None, limit: MOST_UNPAID };
    let rows = ledger::list(&mut tx.conn, &filter, rows)?;
    let mut since = OwedSince::new(balance.amount.into());
    let mut older = rows.iter().filter(|row| row.movement().amount.currency == balance.currency);
    let is_found = older.any(|row| !since.consider(row.booking_id, row.movement(), row.created_at));
    Ok(since.found().filter(|_| is_found))
}

/// The amount that a customer owes a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The host.
    pub host_organization_id: OrganizationId,
    /// Its name.
    pub host_name: String,
    /// The amount; negative if the customer has paid more than it owes.
    pub owed: Money,
    /// The instant of the oldest charge that is not paid in full, if anything is owed.
    pub owed_since: Option<UtcTime>,
}

/// Lists the amounts that a customer owes to each host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn debts(tx: &mut ReadTx, caller: Caller, customer: OrganizationId, paging: &Paging) -> Result<Page<Debt>, Error> {
    authorize_in(tx, caller, customer, Permission::ViewMoney)?;
    let sums: Sums = ledger::sums(&mut tx.conn, &[Party::Customer(customer)])?;
    let receivable = sums.into_iter().filter(|((_, _, account, _), _)| *account == Account::Receivable);
    let debt = |((host, _, account, currency), sum)| {
        let owed = balance(account, currency, sum);
        Debt { host_organization_id: host, host_name: String::new(), owed, owed_since: None }
    };
    let key = |one: &Debt| format!("{} {}", one.host_organization_id, one.owed.currency);
    let mut page = paging.page_of(receivable.map(debt).collect(), key);
    let names = names(tx, page.items.iter().map(|one| one.host_organization_id))?;
    for one in &mut page.items {
        one.owed_since = owed_since(tx, (one.host_organization_id, customer), one.owed)?;
        one.host_name = names.get(&one.host_organization_id).cloned().unwrap_or_default();
    }
    Ok(page)
}

/// Something of which the ledger says another amount than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The object: a booking, a payment or an organization.
    pub object: String,
    /// The movements or sums in the ledger.
    pub found: String,
    /// The movements or sums that should be there.
    pub expected: String,
}

/// The progress of the check of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The bookings after this one.
    Bookings(Option<BookingId>),
    /// The payments after this one.
    Payments(Option<PaymentId>),
    /// The invoices after this one.
    Invoices(Option<InvoiceId>),
    /// The prepaid credit after this one.
    Prepaid(Option<PrepaidId>),
    /// The charged seats in trainings after this one.
    Seats(Option<TrainingSeatId>),
    /// The payments by card after this one.
    CardPayments(Option<CardPaymentId>),
    /// The stored sums of the hosts after this one.
    Sums(Option<OrganizationId>),
}

impl Step {
    /// The first step.
    pub const FIRST: Self = Self::Bookings(None);
}

/// Compares some bookings, payments or sums with the rows of the ledger. Returns what differs, and the next step; none at the end. Each
/// booking must have moved what it owes, each payment its amount or, if it was reversed, nothing; each invoice must have the sums of its
/// rows; prepaid credit must be used, expired, refunded or left, and its price must have moved with it, while the uses of each booking are
/// those that it says; each charged seat in a training must have moved its price less its prepaid credit or, if a credit note took it back,
/// nothing; each payment by card must have the payments and the reservation that its state says; and the stored sums must be
/// those of all rows.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut ReadTx, step: Step) -> Result<(Vec<Discrepancy>, Option<Step>), Error> {
    match step {
        Step::Bookings(after) => verify_bookings(tx, after),
        Step::Payments(after) => verify_payments(tx, after),
        Step::Invoices(after) => verify_invoices(tx, after),
        Step::Prepaid(after) => verify_prepaid(tx, after),
        Step::Seats(after) => verify_seats(tx, after),
        Step::CardPayments(after) => verify_card_payments(tx, after),
        Step::Sums(after) => verify_sums(tx, after),
    }
}

type Verified = Result<(Vec<Discrepancy>, Option<Step>), Error>;

fn verify_bookings(tx: &mut ReadTx, after: Option<BookingId>) -> Verified {
    let page = bookings::list_all(&mut tx.conn, after, AT_ONCE)?;
    let ids: Vec<_> = page.iter().map(|booking| booking.id).collect();
    let mut moved: BTreeMap<BookingId, BTreeMap<Reason, i128>> = BTreeMap::new();
    for (id, movement) in ledger::list_of_bookings(&mut tx.conn, &ids)? {
        *moved.entry(id).or_default().entry(movement.reason()).or_default() += movement.charged();
    }
    let mut used: BTreeMap<BookingId, BTreeMap<PrepaidId, Credit>> = BTreeMap::new();
    for StoredEntry { entry: PrepaidEntry { prepaid_id, kind, paid, credit }, .. } in
        prepaid::list_entries_of_bookings(&mut tx.conn, &ids)?
    {
        let Some(PaidObject::Booking(booking)) = paid else { continue };
        let sum = used.entry(booking).or_default().entry(prepaid_id).or_default();
        *sum = if kind == PrepaidEntryKind::Use { sum.and(credit) } else { sum.less(credit) };
    }
    let mut differ = Vec::new();
    for booking in &page {
        let mut found = used.remove(&booking.id).unwrap_or_default();
        found.retain(|_, credit| *credit != Credit::NONE);
        let expected: BTreeMap<_, _> = booking.prepaid.uses.iter().map(|used| (used.prepaid_id, used.used())).collect();
        if found != expected {
            differ.push(Discrepancy::new(format!("prepaid credit of booking {}", booking.id), &found, &expected));
        }
        let mut found = moved.remove(&booking.id).unwrap_or_default();
        found.retain(|_, sum| *sum != 0);
        let expected: BTreeMap<_, _> = booking.owed().into_iter().map(|(reason, sum)| (reason, i128::from(sum))).collect();
        if found != expected {
            differ.push(Discrepancy::new(format!("booking {}", booking.id), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::Payments(None), |last| Step::Bookings(Some(last.id)));
    Ok((differ, Some(next)))
}

fn verify_payments(tx: &mut ReadTx, after: Option<PaymentId>) -> Verified {
    let page = payments::list_all(&mut tx.conn, after, AT_ONCE)?;
    let ids: Vec<_> = page.iter().map(|payment| payment.id).collect();
    let mut moved: BTreeMap<PaymentId, i128> = BTreeMap::new();
    for (id, movement) in ledger::list_of_payments(&mut tx.conn, &ids)? {
        *moved.entry(id).or_default() += movement.charged();
    }
    let mut differ = Vec::new();
    for payment in &page {
        let found = moved.remove(&payment.id).unwrap_or_default();
        let expected = match (&payment.reversal, payment.paid.is_refund) {
            (Some(_), _) => 0,
            (None, true) => i128::from(payment.paid.amount.amount),
            (None, false) => -i128::from(payment.paid.amount.amount),
        };
        if found != expected {
            differ.push(Discrepancy::new(format!("payment {}", payment.id), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::Invoices(None), |last| Step::Payments(Some(last.id)));
    Ok((differ, Some(next)))
}

fn verify_invoices(tx: &mut ReadTx, after: Option<InvoiceId>) -> Verified {
    let page = invoices::list_all(&mut tx.conn, after, AT_ONCE)?;
    let mut differ = Vec::new();
    for (invoice, rows) in &page {
        let Invoice { kind, total, content: InvoiceContent { net, tax, rounding, .. }, .. } = invoice;
        let found = amounts(rows, total.currency, *kind == InvoiceKind::CreditNote);
        let found = found.map(|found| (found.net, found.tax, found.rounding, found.total));
        let expected = Some((*net, *tax, *rounding, *total));
        if found != expected {
            differ.push(Discrepancy::new(format!("invoice {}", invoice.id), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::Prepaid(None), |(last, _)| Step::Invoices(Some(last.id)));
    Ok((differ, Some(next)))
}

fn verify_prepaid(tx: &mut ReadTx, after: Option<PrepaidId>) -> Verified {
    let page = prepaid::list_all(&mut tx.conn, after, AT_ONCE)?;
    let invoices: Vec<InvoiceId> = page.iter().filter_map(|(prepaid, _)| prepaid.invoice_id).collect();
    let mut moved: BTreeMap<InvoiceId, i128> = BTreeMap::new();
    for (invoice, movement) in ledger::list_of_sales(&mut tx.conn, &invoices)? {
        let amount = i128::from(movement.amount.amount);
        *moved.entry(invoice).or_default() += match movement {
            Movement { credit: Account::Prepaid, .. } => amount,
            Movement { debit: Account::Prepaid, .. } => -amount,
            _ => 0,
        };
    }
    let mut differ = Vec::new();
    for (prepaid, entries) in &page {
        let (mut left, mut price) =
            ((i128::from(prepaid.sold.amount), i128::from(prepaid.sold.paid)), i128::from(prepaid.sold.paid));
        for PrepaidEntry { kind, credit, .. } in entries {
            let sign = if *kind == PrepaidEntryKind::Return { 1 } else { -1 };
            left = (left.0 + sign * i128::from(credit.amount), left.1 + sign * i128::from(credit.paid));
            if matches!(kind, PrepaidEntryKind::Expiry | PrepaidEntryKind::Refund) {
                price -= i128::from(credit.paid);
            }
        }
        // The credit that is left, and the price less the parts that have expired or were taken back.
        let found = (
            (i128::from(prepaid.left.amount), i128::from(prepaid.left.paid)),
            prepaid.invoice_id.and_then(|invoice| moved.get(&invoice).copied()).unwrap_or_default(),
        );
        let expected = (left, price);
        if found != expected {
            differ.push(Discrepancy::new(format!("prepaid {}", prepaid.id), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::Seats(None), |(last, _)| Step::Prepaid(Some(last.id)));
    Ok((differ, Some(next)))
}

fn verify_seats(tx: &mut ReadTx, after: Option<TrainingSeatId>) -> Verified {
    let page = training_seats::list_charged(&mut tx.conn, after, AT_ONCE)?;
    let invoices: Vec<InvoiceId> = page.iter().map(|(_, charge)| charge.invoice_id).collect();
    let mut moved: BTreeMap<InvoiceId, i128> = BTreeMap::new();
    for (invoice, movement) in ledger::list_of_seats(&mut tx.conn, &invoices)? {
        *moved.entry(invoice).or_default() += movement.charged();
    }
    let ids: Vec<TrainingSeatId> = page.iter().map(|(id, _)| *id).collect();
    let mut used: BTreeMap<TrainingSeatId, BTreeMap<PrepaidId, Credit>> = BTreeMap::new();
    for StoredEntry { entry: PrepaidEntry { prepaid_id, kind, paid, credit }, .. } in
        prepaid::list_entries_of_seats(&mut tx.conn, &ids)?
    {
        let Some(PaidObject::Seat(seat)) = paid else { continue };
        let sum = used.entry(seat).or_default().entry(prepaid_id).or_default();
        *sum = if kind == PrepaidEntryKind::Use { sum.and(credit) } else { sum.less(credit) };
    }
    let mut differ = Vec::new();
    for (id, charge) in &page {
        let mut found = used.remove(id).unwrap_or_default();
        found.retain(|_, credit| *credit != Credit::NONE);
        let expected: BTreeMap<_, _> = charge.prepaid.iter().map(|used| (used.prepaid_id, used.credit)).collect();
        if found != expected {
            differ.push(Discrepancy::new(format!("prepaid credit of training seat {id}"), &found, &expected));
        }
        let found = moved.remove(&charge.invoice_id).unwrap_or_default();
        let paid = charge.prepaid.iter().map(|used| i128::from(used.credit.amount)).sum::<i128>();
        let price = i128::from(charge.price.net) + i128::from(charge.price.tax);
        let expected = if charge.credit_note_id.is_some() { 0 } else { price - paid };
        if found != expected {
            differ.push(Discrepancy::new(format!("training seat {id}"), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::CardPayments(None), |(last, _)| Step::Seats(Some(*last)));
    Ok((differ, Some(next)))
}

/// The amount that is reserved on cards for a booking must be that of its payments that are authorized. A payment by card that was made
/// must have a payment of its amount, and so must each of its refunds, each that came back, and each dispute that was lost. Its commission
/// must be that on the amount that the host has of it, and its rows in the ledger must add up to it.
fn verify_card_payments(tx: &mut ReadTx, after: Option<CardPaymentId>) -> Verified {
    let page = card_payments::list_all(&mut tx.conn, after, AT_ONCE)?;
    let mut differ = Vec::new();
    for with in &page {
        let CardPaymentWith { payment, refunds, disputes } = with;
        let moved = payment.payment_id.map(|id| card_payments::sum_commission(&mut tx.conn, id)).transpose()?.unwrap_or_default();
        let (found, expected) = ((moved, payment.commission), (with.commission(), with.commission()));
        if found != expected {
            differ.push(Discrepancy::new(format!("commission on card payment {}", payment.id), &found, &expected));
        }
        let mut expected: Vec<_> = payment.payment_id.map(|id| (id, payment.captured, false)).into_iter().collect();
        expected.extend(refunds.iter().filter_map(|refund| Some((refund.payment_id?, refund.amount, true))));
        expected.extend(refunds.iter().filter_map(|refund| Some((refund.return_id?, refund.amount, false))));
        expected.extend(disputes.iter().filter_map(|dispute| Some((dispute.payment_id?, dispute.amount, true))));
        let mut found = Vec::new();
        for (id, ..) in &expected {
            let Payment { id, paid, .. } = payments::get(&mut tx.conn, *id)?;
            let is_theirs = (paid.booking_id, paid.method) == (Some(payment.booking_id), PaymentMethod::OnlineCard);
            found.extend(is_theirs.then_some((id, paid.amount.amount, paid.is_refund)));
        }
        if found != expected {
            differ.push(Discrepancy::new(format!("card payment {}", payment.id), &found, &expected));
        }
        let all = card_payments::list_of_booking(&mut tx.conn, payment.booking_id)?;
        let reserved = all.iter().filter(|one| one.payment.is_reserved());
        let expected: i64 = reserved.map(|one| one.payment.amount.amount).sum();
        let found = card_payments::sum_authorized(&mut tx.conn, payment.booking_id)?;
        if found != expected {
            differ.push(Discrepancy::new(format!("reserved for booking {}", payment.booking_id), &found, &expected));
        }
    }
    let next = page.last().map_or(Step::Sums(None), |last| Step::CardPayments(Some(last.payment.id)));
    Ok((differ, Some(next)))
}

fn verify_sums(tx: &mut ReadTx, after: Option<OrganizationId>) -> Verified {
    let Some(host) = ledger::list_hosts(&mut tx.conn, after, 1)?.pop() else { return Ok((Vec::new(), None)) };
    let (found, expected) = (ledger::sums(&mut tx.conn, &[Party::Host(host)])?, ledger::sums_of_rows(&mut tx.conn, host)?);
    let differ = (found != expected).then(|| Discrepancy::new(format!("organization {host}"), &found, &expected));
    Ok((differ.into_iter().collect(), Some(Step::Sums(Some(host)))))
}

impl Discrepancy {
    fn new<T: std::fmt::Debug>(object: String, found: &T, expected: &T) -> Self {
        Self { object, found: format!("{found:?}"), expected: format!("{expected:?}") }
    }
}
