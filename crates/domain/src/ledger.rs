//! The ledger of a host: the amounts that its customers owe, with the reasons for them.
//!
//! Each movement takes an amount from one account to another, so that the ledger balances by construction (double entry, without
//! entries that must add up to zero). Movements are only added. A pure function computes the debt of a booking, and each change of a
//! booking moves the difference.

use std::collections::BTreeMap;

use super::booking::{BookingStatus, Deposit, Fee, FeeKind};
use super::ids::BookingId;
use super::money::{Currency, Money};
use super::prepaid::{HoursUse, PrepaidUse};
use super::pricing::{Price, TaxCategory, TaxedPrice, shares};
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// An account of a host. Those of money that a customer owes exist for each customer.
    pub enum Account {
        /// The money that a customer owes the host. Negative: the customer has paid more than it owes.
        Receivable = "receivable",
        /// The income from bookings, from hours that they use, and from prepaid credit and hours that have expired, without VAT.
        Income = "income",
        /// The income from fees, without VAT.
        Fees = "fees",
        /// The VAT that the host owes to its tax office.
        Vat = "vat",
        /// The money that the host has received from customers and not returned to them.
        Bank = "bank",
        /// The deposits that the host holds for a customer.
        Deposits = "deposits",
        /// The price of the prepaid credit and, without VAT, of the hours that a customer has left.
        Prepaid = "prepaid",
        /// The money of the host at the provider of payments by card.
        Provider = "provider",
        /// The commission on payments by card that the host has paid to the operator of the service.
        Commission = "commission",
        /// The amounts that are reserved on the cards of customers.
        Authorized = "authorized",
        /// The amounts of which nobody has decided: `authorized` has those that are reserved; an amount in dispute makes it smaller.
        Pending = "pending",
    }
}

text_enum! {
    /// The reason for a movement.
    pub enum Purpose {
        /// The price of a booking.
        Price = "price",
        /// The fee for a late cancellation.
        LateCancellationFee = "late_cancellation_fee",
        /// The fee for a no-show.
        NoShowFee = "no_show_fee",
        /// The fee for time beyond the end of a booking.
        OverrunFee = "overrun_fee",
        /// A payment by the customer.
        Payment = "payment",
        /// A payment to the customer.
        Refund = "refund",
        /// The difference between the VAT of an invoice and that of its bookings, which were rounded one by one.
        VatRounding = "vat_rounding",
        /// The deposit of a booking, which the host holds.
        Deposit = "deposit",
        /// The part of a deposit that the host keeps.
        KeptDeposit = "kept_deposit",
        /// The price of prepaid credit, or of the part that the host has taken back.
        Prepayment = "prepayment",
        /// The prepaid credit that a booking or a seat in a training uses: the part that was paid for, and the discount on it.
        PrepaidUse = "prepaid_use",
        /// The price of prepaid credit that has expired.
        PrepaidExpiry = "prepaid_expiry",
        /// The price of hours of a package, or of the part that the host has taken back.
        HoursSale = "hours_sale",
        /// The price of the time of a booking that hours cover, which the booking does not owe.
        HoursCover = "hours_cover",
        /// The price of the hours that a booking uses, which becomes an income.
        HoursUse = "hours_use",
        /// The price of a seat in a training.
        TrainingSeat = "training_seat",
        /// An amount was reserved on a card.
        Authorization = "authorization",
        /// The reservation on a card ended: the amount was taken, or released.
        AuthorizationEnd = "authorization_end",
        /// The bank of a customer took an amount back that was paid by card, and is yet to decide.
        Dispute = "dispute",
        /// The bank has decided.
        DisputeEnd = "dispute_end",
        /// The operator of the service keeps its commission on a payment by card, or returns it.
        Commission = "commission",
    }
}

/// A category of VAT with its rate, in hundredths of a percent.
pub type TaxRate = (TaxCategory, i64);

/// A movement of money between two accounts of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// The account to which the amount is added as a debit.
    pub debit: Account,
    /// The account to which the amount is added as a credit.
    pub credit: Account,
    /// The amount, larger than zero.
    pub amount: Money,
    /// The VAT that was charged on the amount, or of which it consists: the category, and the rate in hundredths of a percent.
    pub tax: Option<TaxRate>,
    /// The reason.
    pub purpose: Purpose,
}

impl Movement {
    /// The reason for which it changes an amount that is owed.
    pub fn reason(&self) -> Reason {
        let credit = if self.debit == Account::Receivable { self.credit } else { self.debit };
        Reason { purpose: self.purpose, credit, tax: self.tax, currency: self.amount.currency }
    }

    /// The amount by which it changes the debt of the customer.
    pub fn charged(self) -> i128 {
        let amount = i128::from(self.amount.amount);
        match (self.debit, self.credit) {
            (Account::Receivable, _) => amount,
            (_, Account::Receivable) => -amount,
            _ => 0,
        }
    }

    /// The movement that takes this one back.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { debit: self.credit, credit: self.debit, ..self }
    }
}

impl Account {
    /// Whether each customer has an account of its own.
    pub const fn is_of_customer(self) -> bool {
        matches!(self, Self::Receivable | Self::Deposits | Self::Prepaid)
    }

    /// Whether the host has earned what is on it.
    pub const fn is_income(self) -> bool {
        matches!(self, Self::Income | Self::Fees)
    }

    /// The balance, from the sums of its debits and credits: positive if it is as expected of the kind of account.
    pub const fn balance(self, debits: i128, credits: i128) -> i128 {
        match self {
            Self::Receivable | Self::Bank | Self::Provider | Self::Commission | Self::Authorized => {
                debits.saturating_sub(credits)
            }
            Self::Income | Self::Fees | Self::Vat | Self::Deposits | Self::Prepaid | Self::Pending => {
                credits.saturating_sub(debits)
            }
        }
    }
}

impl From<FeeKind> for Purpose {
    fn from(kind: FeeKind) -> Self {
        match kind {
            FeeKind::LateCancellation => Self::LateCancellationFee,
            FeeKind::NoShow => Self::NoShowFee,
            FeeKind::Overrun => Self::OverrunFee,
        }
    }
}

impl Purpose {
    /// Whether money changes hands. Otherwise an amount is owed, or no longer owed.
    const fn is_payment(self) -> bool {
        matches!(self, Self::Payment | Self::Refund | Self::DisputeEnd)
    }
}

/// The reason for an amount that a booking owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The purpose.
    pub purpose: Purpose,
    /// The account that it credits: income, fees, VAT, deposits or prepaid credit.
    pub credit: Account,
    /// The VAT that is charged on the amount, or of which it consists.
    pub tax: Option<TaxRate>,
    /// The currency.
    pub currency: Currency,
}

/// The amounts that a booking owes, by reason.
pub type Owed = BTreeMap<Reason, i64>;

/// Returns the amounts that a booking owes: the price from its confirmation on, until it ends other than by its use, and its fee unless
/// it is waived, and the deposit that the host holds, or the part that it keeps. A host that books its own resource (`is_own`) owes nothing.
///
/// A fee is divided into income and VAT as the price is, by the largest remainder.
pub fn owed(is_own: bool, status: BookingStatus, price: &Price, fee: Option<&Fee>, deposit: Option<&Deposit>) -> Owed {
    let mut owed = Owed::new();
    if is_own {
        return owed;
    }
    if matches!(status, BookingStatus::Confirmed | BookingStatus::InUse | BookingStatus::Completed) {
        let parts = price.taxes.iter().flat_map(|tax| [tax.net.amount, tax.tax.amount]);
        add(&mut owed, (Purpose::Price, Account::Income), price, price.total, parts.collect());
    }
    if let Some(fee) = fee.filter(|fee| fee.waiver.is_none()) {
        let weights: Vec<i64> = price.taxes.iter().flat_map(|tax| [tax.net.amount, tax.tax.amount]).collect();
        let parts = shares(fee.amount.amount, &weights).unwrap_or_default();
        add(&mut owed, (fee.kind.into(), Account::Fees), price, fee.amount, parts);
    }
    if let Some(deposit) = deposit {
        // A compensation is not a supply, and has no VAT.
        let whole = |amount| Money { amount, ..deposit.amount };
        put(&mut owed, (Purpose::Deposit, Account::Deposits), None, whole(deposit.held(status)));
        put(&mut owed, (Purpose::KeptDeposit, Account::Fees), None, whole(deposit.kept()));
    }
    owed
}

/// Returns the amounts that a booking or a seat owes after the prepaid credit that it uses: the part that was paid for pays it, and the
/// rest is a discount on its price, which reduces income and VAT in the same proportions, by the largest remainder. Hours take off the
/// price of the time that they cover, with its VAT, and their own price becomes an income.
#[must_use]
pub fn less_prepaid(mut owed: Owed, price: &Price, uses: &[PrepaidUse]) -> Owed {
    let own = || uses.iter().filter(|used| used.currency == price.total.currency && used.hours.is_none());
    let sum = |part: fn(&PrepaidUse) -> i64| {
        let amount = own().fold(0, |sum: i64, used| sum.saturating_sub(part(used)));
        Money { amount, ..price.total }
    };
    put(&mut owed, (Purpose::PrepaidUse, Account::Prepaid), None, sum(|used| used.credit.paid));
    let discount = sum(|used| used.credit.discount());
    let weights: Vec<i64> = price.taxes.iter().flat_map(|tax| [tax.net.amount, tax.tax.amount]).collect();
    let parts = shares(discount.amount, &weights).unwrap_or_default();
    add(&mut owed, (Purpose::PrepaidUse, Account::Income), price, discount, parts);
    for used in uses.iter().filter(|used| used.currency == price.total.currency) {
        let Some(HoursUse { paid, net, tax, taxed, .. }) = used.hours else { continue };
        for (purpose, account, taxed, amount) in [
            (Purpose::HoursCover, Account::Income, taxed, -net),
            (Purpose::HoursCover, Account::Vat, taxed, -tax),
            (Purpose::HoursUse, Account::Prepaid, None, -paid),
            (Purpose::HoursUse, Account::Income, None, paid),
        ] {
            let reason = Reason { purpose, credit: account, tax: taxed, currency: used.currency };
            let sum = owed.entry(reason).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    owed.retain(|_, amount| *amount != 0);
    owed
}

/// Returns the part of the amounts that a booking owes that prepaid credit can pay: all but its deposit.
pub fn payable_by_prepaid(owed: &Owed) -> i64 {
    let payable = owed.iter().filter(|(reason, _)| !matches!(reason.purpose, Purpose::Deposit | Purpose::KeptDeposit));
    payable.fold(0, |sum: i64, (_, amount)| sum.saturating_add(*amount))
}

/// Returns the movement of the price of prepaid credit that is sold.
pub const fn prepayment(price: Money) -> Movement {
    Movement { debit: Account::Receivable, credit: Account::Prepaid, amount: price, tax: None, purpose: Purpose::Prepayment }
}

/// Returns the amounts that an organization owes for a seat in a training, after the prepaid credit that pays for it.
pub fn seat_owed(price: &TaxedPrice, currency: Currency, uses: &[PrepaidUse]) -> Owed {
    let price = price.price(currency);
    let parts = price.taxes.iter().flat_map(|tax| [tax.net.amount, tax.tax.amount]);
    let mut owed = Owed::new();
    add(&mut owed, (Purpose::TrainingSeat, Account::Income), &price, price.total, parts.collect());
    less_prepaid(owed, &price, uses)
}

/// Returns the movements of the price of hours that are sold, without VAT and with the VAT on it. Parts of nothing move nothing.
pub fn hours_sale(net: Money, vat: i64, tax: Option<TaxRate>) -> Vec<Movement> {
    let parts = [(Account::Prepaid, net), (Account::Vat, Money { amount: vat, ..net })];
    let purpose = Purpose::HoursSale;
    let movement = |(credit, amount)| Movement { debit: Account::Receivable, credit, amount, tax, purpose };
    parts.into_iter().map(movement).filter(|movement| movement.amount.amount > 0).collect()
}

/// Returns the movement of the price of prepaid credit or hours that have expired.
pub const fn prepaid_expiry(price: Money) -> Movement {
    Movement { debit: Account::Prepaid, credit: Account::Income, amount: price, tax: None, purpose: Purpose::PrepaidExpiry }
}

/// Adds an amount in its parts: income and VAT for each entry of the taxes of the price; without VAT it is all income.
fn add(owed: &mut Owed, (purpose, income): (Purpose, Account), price: &Price, whole: Money, parts: Vec<i64>) {
    if parts.is_empty() {
        return put(owed, (purpose, income), None, whole);
    }
    for (tax, parts) in price.taxes.iter().zip(parts.chunks_exact(2)) {
        let kind = Some((tax.category, tax.rate));
        put(owed, (purpose, income), kind, Money { amount: parts[0], ..whole });
        put(owed, (purpose, Account::Vat), kind, Money { amount: parts[1], ..whole });
    }
}

fn put(owed: &mut Owed, (purpose, credit): (Purpose, Account), tax: Option<TaxRate>, Money { amount, currency }: Money) {
    if amount != 0 {
        owed.insert(Reason { purpose, credit, tax, currency }, amount);
    }
}

/// Returns the movements by which a booking that owed `before` owes `after`: more of a reason is charged, less is taken back.
pub fn movements(before: &Owed, after: &Owed) -> Vec<Movement> {
    let reasons = before.keys().chain(after.keys().filter(|reason| !before.contains_key(reason)));
    let movement = |reason: &Reason| {
        let [before, after] = [before, after].map(|owed| owed.get(reason).copied().unwrap_or_default());
        let Reason { purpose, credit, tax, currency } = *reason;
        let (debit, credit) = if after > before { (Account::Receivable, credit) } else { (credit, Account::Receivable) };
        let amount = Money { amount: after.saturating_sub(before).saturating_abs(), currency };
        (amount.amount > 0).then_some(Movement { debit, credit, amount, tax, purpose })
    };
    reasons.filter_map(movement).collect()
}

/// Returns the movement of a payment between the customer and the host.
pub const fn payment(amount: Money, is_refund: bool) -> Movement {
    match is_refund {
        false => Movement { debit: Account::Bank, credit: Account::Receivable, amount, tax: None, purpose: Purpose::Payment },
        true => Movement { debit: Account::Receivable, credit: Account::Bank, amount, tax: None, purpose: Purpose::Refund },
    }
}

/// Returns the movement of a payment by card, or of a refund to a card.
pub const fn card_payment(amount: Money, is_refund: bool) -> Movement {
    let (debit, credit, purpose) = match is_refund {
        false => (Account::Provider, Account::Receivable, Purpose::Payment),
        true => (Account::Receivable, Account::Provider, Purpose::Refund),
    };
    Movement { debit, credit, amount, tax: None, purpose }
}

/// Returns the movement when an amount is reserved on a card, or when the reservation ends.
pub const fn authorization(amount: Money, is_over: bool) -> Movement {
    let (debit, credit, purpose) = match is_over {
        false => (Account::Authorized, Account::Pending, Purpose::Authorization),
        true => (Account::Pending, Account::Authorized, Purpose::AuthorizationEnd),
    };
    Movement { debit, credit, amount, tax: None, purpose }
}

/// Returns the movement when a bank takes an amount back that was paid by card.
pub const fn dispute(amount: Money) -> Movement {
    Movement { debit: Account::Pending, credit: Account::Provider, amount, tax: None, purpose: Purpose::Dispute }
}

/// Returns the movement when the bank has decided: the host has the amount again, or the customer owes it again.
pub const fn dispute_end(amount: Money, is_lost: bool) -> Movement {
    let debit = if is_lost { Account::Receivable } else { Account::Provider };
    Movement { debit, credit: Account::Pending, amount, tax: None, purpose: Purpose::DisputeEnd }
}

/// Returns the movement of a commission that the operator of the service keeps or returns.
pub const fn commission(amount: Money, is_returned: bool) -> Movement {
    let (debit, credit) = match is_returned {
        false => (Account::Commission, Account::Provider),
        true => (Account::Provider, Account::Commission),
    };
    Movement { debit, credit, amount, tax: None, purpose: Purpose::Commission }
}

/// Finds since when a customer owes a balance, from its movements in one currency, the latest first: payments pay the oldest debts first,
/// and an amount that is taken back was owed for its own booking.
#[derive(Debug)]
pub struct OwedSince {
    /// The part of the balance whose charges are yet to be found.
    unpaid: i128,
    /// The amounts that later movements took back, by booking.
    taken_back: BTreeMap<Option<BookingId>, i128>,
    since: Option<UtcTime>,
}

impl OwedSince {
    /// Begins with the balance.
    pub const fn new(balance: i128) -> Self {
        Self { unpaid: balance, taken_back: BTreeMap::new(), since: None }
    }

    /// Considers the next older movement. Returns whether older ones can still matter.
    pub fn consider(&mut self, booking: Option<BookingId>, movement: Movement, at: UtcTime) -> bool {
        let charged = if movement.purpose.is_payment() { 0 } else { movement.charged() };
        let taken_back = self.taken_back.entry(booking).or_default();
        if charged < 0 {
            *taken_back -= charged;
        } else if charged > 0 && self.unpaid > 0 {
            let covered = charged.min(*taken_back);
            *taken_back -= covered;
            if charged > covered {
                self.unpaid -= charged - covered;
                self.since = Some(at);
            }
        }
        self.unpaid > 0
    }

    /// Returns the instant of the oldest charge that is not paid in full. None if nothing is owed.
    pub const fn found(&self) -> Option<UtcTime> {
        self.since
    }
}

#[cfg(test)]
mod tests;
