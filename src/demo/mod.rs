//! The demonstration: firms, start-ups and maker spaces in three cities, with bookings in this week and the next and some of the last
//! weeks, made through the same actions as everything else.

mod offers;

use std::collections::HashMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Datelike as _, NaiveTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Map, Value};

use self::offers::{Coupon, Offered, Package, Sale};
use actions::accounts::{self, NewUser};
use actions::billing;
use actions::blocks::{self, NewBlock};
use actions::bookings::{self, NewBooking};
use actions::certifications::{self, Holder};
use actions::customers::{self, Requester};
use actions::error::Error;
use actions::invoices::{self, NewInvoice};
use actions::open_invoices::InvoiceNow;
use actions::precondition::IfMatch;
use actions::{Caller, certification_kinds, organizations, payments, resources, search, sites};
use domain::billing::NewBilling;
use domain::block::OnBookings;
use domain::booking::Booking;
use domain::card_account::CardSetup;
use domain::certification::NewCertificationKind;
use domain::email::Email;
use domain::fact::{LATEST_VERSION, Subscriber};
use domain::fields::Fields;
use domain::ids::{BookingId, OrganizationId};
use domain::interval::Interval;
use domain::language::Language;
use domain::length::SlotLength;
use domain::opening_hours::RawDateException;
use domain::organization::NewOrganization;
use domain::password::{Hasher, Password, PasswordHash};
use domain::payment::{NewPayment, PaymentMethod};
use domain::permissions::Permissions;
use domain::permissions::Role;
use domain::pricing::BookedExtra;
use domain::problem::Code;
use domain::resource::{NewResource, Resource, ResourceStatus};
use domain::site::NewSite;
use domain::slot::{Slot, SlotSearch};
use domain::time::UtcTime;
use domain::wall_clock::local_time;
use storage::db::{Db, Tx};
use storage::{facts, members, users};

const CATALOGUE: &str = include_str!("catalogue.toml");

/// How long after the wished day a slot is looked for.
const LOOK_AHEAD: TimeDelta = TimeDelta::days(21);

/// The days before today at which the organizations and their resources were made.
const HISTORY_DAYS: i64 = 60;

/// The days between a booking of the past and its time.
const BOOKED_AHEAD_DAYS: i64 = 5;

const REGRET: &str = "Sorry, we need it ourselves that week.";

/// The demonstration data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    operator: Person,
    holidays: Vec<Holidays>,
    organizations: Vec<Organization>,
    sales: Vec<Sale>,
    bookings: Vec<Customer>,
    blocks: Vec<Wish>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    email: Email,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    country: String,
    /// Month and day.
    dates: Vec<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Organization {
    members: Vec<Member>,
    #[serde(default)]
    certifications: Vec<Certification>,
    billing: Option<NewBilling>,
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    coupons: Vec<Coupon>,
    sites: Vec<Site>,
    #[serde(flatten)]
    about: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    name: String,
    email: Email,
    role: Role,
    /// The language of pages, mails and, of the owner, invoices; none leaves it open.
    language: Option<Language>,
}

/// A kind of certification; who books what requires it holds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Certification {
    kind: NewCertificationKind,
    required_by: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Site {
    resources: Vec<NewResource>,
    #[serde(flatten)]
    about: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    customer: String,
    wishes: Vec<Wish>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    resource: String,
    /// So many days from now, or later. Negative: a booking of the past.
    day: i64,
    /// At this local time of day, or later.
    at: NaiveTime,
    minutes: i64,
    #[serde(default = "one")]
    quantity: i32,
    #[serde(default)]
    note: String,
    answer: Option<Answer>,
    /// The code of a coupon.
    coupon: Option<String>,
    #[serde(default)]
    extras: Vec<BookedExtra>,
    /// Whether the host issues an invoice for it: now or, for one of the past, the day after.
    #[serde(default)]
    invoice: bool,
    /// Whether the customer has paid the invoice.
    #[serde(default)]
    paid: bool,
}

impl Wish {
    /// When the booking is made, where `now` is today, and the days from then to its time.
    fn made_at(&self, now: UtcTime) -> (UtcTime, i64) {
        match self.day {
            0.. => (now, self.day),
            day => (now + TimeDelta::days(day - BOOKED_AHEAD_DAYS), BOOKED_AHEAD_DAYS),
        }
    }
}

const fn one() -> i32 {
    1
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Approve,
    Decline,
}

/// Somebody to sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The address.
    pub email: Email,
    /// The password, which is the same for all.
    pub password: String,
    /// The standing of the person: `operator`, or a role in the organization.
    pub role: String,
    /// Where; nothing for the operator.
    pub organization: String,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { email, password, role, organization } = self;
        write!(f, "{email} {password} {role}")?;
        if organization.is_empty() { Ok(()) } else { write!(f, " {organization}") }
    }
}

/// The report of the demonstration data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demonstration {
    /// How many organizations.
    pub organizations: usize,
    /// How many resources.
    pub resources: usize,
    /// How many bookings.
    pub bookings: usize,
    /// Everybody there is to sign in as, the operator first.
    pub accounts: Vec<Account>,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The catalogue cannot be read, which a test forbids.
    #[error("the catalogue of the demonstration is not valid: {0}")]
    Catalogue(#[from] toml::de::Error),
    /// The catalogue or the database refused.
    #[error("the demonstration could not be made: {0}")]
    Refused(#[from] Error),
    /// The password was not good enough or could not be hashed, which only a defect can cause.
    #[error("the demonstration has no password: {0}")]
    Password(String),
    /// The file of accounts cannot be written.
    #[error("{path}: {1}", path = .0.display())]
    File(PathBuf, #[source] io::Error),
}

/// Fills a database that is empty; leaves another as it is, and returns none. The accounts have
/// a random password, which is kept in `accounts_file` for its owner's eyes only: one account a
/// line, as address, password, role and organization.
///
/// # Errors
/// When the database fails, or the file cannot be written.
pub async fn fill(db: &Db, now: UtcTime, hasher: &Hasher, accounts_file: &Path) -> Result<Option<Demonstration>, DemoError> {
    let catalogue: Catalogue = toml::from_str(CATALOGUE)?;
    let password = random_password();
    let hash = hash(hasher, &password)?;
    let accounts = catalogue.accounts(&password);
    let filled = match db.write(now, move |tx| catalogue.fill(tx, &hash)).await {
        // Another server has filled it meanwhile.
        Err(Error::Refused(Code::EmailTaken, _)) => None,
        filled => filled?,
    };
    let Some([organizations, resources, bookings]) = filled else { return Ok(None) };
    let lines: String = accounts.iter().map(|account| format!("{account}\n")).collect();
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(accounts_file);
    file.and_then(|mut file| file.write_all(lines.as_bytes()))
        .map_err(|error| DemoError::File(accounts_file.to_owned(), error))?;
    Ok(Some(Demonstration { organizations, resources, bookings, accounts }))
}

/// Sixteen letters and digits that are not mistaken for others, in groups of four: 79 bits.
fn random_password() -> String {
    const CHARACTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let character = || char::from(CHARACTERS[rand::random_range(0..CHARACTERS.len())]);
    let group = || (0..4).map(|_| character()).collect::<String>();
    [group(), group(), group(), group()].join("-")
}

fn hash(hasher: &Hasher, password: &str) -> Result<PasswordHash, DemoError> {
    let mut fields = Fields::default();
    let password = Password::read(&mut fields, "/password", &password.into(), &[]);
    let password = fields.finish(|| password).map_err(|error| DemoError::Password(error.to_string()))?;
    hasher.hash(&password, rand::random()).map_err(|error| DemoError::Password(error.to_string()))
}

impl Catalogue {
    fn accounts(&self, password: &str) -> Vec<Account> {
        let account = |email: &Email, role: &str, organization: &str| Account {
            email: email.clone(),
            password: password.to_owned(),
            role: role.to_owned(),
            organization: organization.to_owned(),
        };
        let mut accounts = vec![account(&self.operator.email, "operator", "")];
        for Organization { members, about, .. } in &self.organizations {
            let name = about.get("name").and_then(Value::as_str).unwrap_or_default();
            accounts.extend(members.iter().map(|member| account(&member.email, member.role.as_str(), name)));
        }
        accounts
    }

    /// Fills an empty database and returns the numbers of its organizations, resources and bookings.
    /// The facts count as delivered, so that no mail is sent.
    fn fill(&self, tx: &mut Tx<'_>, password: &PasswordHash) -> Result<Option<[usize; 3]>, Error> {
        if users::has_any(tx.conn)? || storage::organizations::has_any(tx.conn)? {
            return Ok(None);
        }
        let Person { name, email } = &self.operator;
        let operator = NewUser { email: email.clone(), name: name.clone(), password_hash: password.clone(), language: None };
        accounts::create_operator(tx, &operator)?;
        let mut found = Found::default();
        tx.at(tx.now - TimeDelta::days(HISTORY_DAYS), |tx| {
            self.organizations.iter().try_for_each(|organization| self.add_organization(tx, organization, password, &mut found))
        })?;
        let wishes =
            self.bookings.iter().flat_map(|Customer { customer, wishes }| wishes.iter().map(move |wish| (customer, wish)));
        let mut wishes: Vec<(&String, &Wish)> = wishes.collect();
        wishes.sort_by_key(|(_, wish)| wish.day.min(0));
        let mut sales: Vec<&Sale> = self.sales.iter().collect();
        sales.sort_by_key(|sale| std::cmp::Reverse(sale.day));
        let mut made = 0;
        for (customer, wish) in wishes {
            let (made_at, _) = wish.made_at(tx.now);
            while let Some(sale) = sales.pop_if(|sale| tx.now + TimeDelta::days(sale.day) <= made_at) {
                found.offered.sell(tx, sale, &found.organizations)?;
            }
            made += usize::from(found.book(tx, customer, wish)?);
        }
        for wish in &self.blocks {
            found.block(tx, wish)?;
        }
        for subscriber in Subscriber::ALL {
            let pending = facts::claim_pending(tx.conn, *subscriber, LATEST_VERSION, tx.now, i64::MAX)?;
            let delivered: Vec<_> = pending.iter().map(|pending| pending.id).collect();
            facts::update_done(tx.conn, *subscriber, &delivered, tx.now)?;
        }
        Ok(Some([found.organizations.len(), found.resources.len(), made]))
    }

    fn add_organization(
        &self,
        tx: &mut Tx<'_>,
        organization: &Organization,
        password: &PasswordHash,
        found: &mut Found,
    ) -> Result<(), Error> {
        let about: NewOrganization = read(&organization.about)?;
        let mut callers = Vec::new();
        for member in &organization.members {
            callers.push((add_user(tx, member, password)?, member.role));
        }
        let Some(((owner, _), others)) = callers.split_first() else { return Ok(()) };
        let id = organizations::create(tx, *owner, &about.read()?)?.id;
        if let Some(data) = &organization.billing {
            billing::update(tx, *owner, id, &IfMatch::Any, CardSetup::None, |_| data.read())?;
        }
        for (other, role) in others {
            members::insert(tx.conn, id, other.user_id, *role, tx.now)?;
        }
        found.offered.add(tx, (id, *owner), (&organization.packages, &organization.coupons))?;
        let mut required = Vec::new();
        for Certification { kind, required_by } in &organization.certifications {
            let kind = certification_kinds::create(tx, *owner, id, &kind.read()?)?;
            required.extend(required_by.iter().map(|resource| (resource, kind.id)));
        }
        for Site { resources, about } in &organization.sites {
            let mut site: NewSite = read(about)?;
            // A store that is always open is open on holidays too.
            if about.contains_key("opening_hours") {
                site.exceptions = self.holidays(tx, &site.address.country);
            }
            let site = sites::create(tx, *owner, id, &site.read()?)?;
            for resource in resources {
                let mut fields = resource.read()?;
                fields.status = ResourceStatus::Listed;
                let kinds = required.iter().filter(|(resource, _)| **resource == fields.name).map(|(_, kind)| *kind);
                Arc::make_mut(&mut fields.rules).required_certification_ids.extend(kinds);
                let resource = resources::create(tx, *owner, site.id, &fields)?;
                found.resources.insert(fields.name, (resource, *owner));
            }
        }
        found.organizations.insert(about.name, (id, *owner));
        Ok(())
    }

    fn holidays(&self, tx: &Tx<'_>, country: &str) -> Vec<RawDateException> {
        let year = tx.now.to_chrono().year();
        let here = self.holidays.iter().filter(|holidays| holidays.country == country);
        let dates = here.flat_map(|holidays| holidays.dates.iter().map(|date| (date, &holidays.reason)));
        let both_years = dates.flat_map(|(date, reason)| [year, year + 1].map(|year| (format!("{year}-{date}"), reason)));
        both_years.map(|(date, reason)| RawDateException { date, spans: Vec::new(), reason: reason.clone() }).collect()
    }
}

/// The items that exist so far, by name, each with its owner.
#[derive(Default)]
struct Found {
    organizations: HashMap<String, (OrganizationId, Caller)>,
    resources: HashMap<String, (Resource, Caller)>,
    offered: Offered,
}

impl Found {
    /// Books the first slot that fits a wish, and invoices it. Returns whether there was one.
    fn book(&self, tx: &mut Tx<'_>, customer: &str, wish: &Wish) -> Result<bool, Error> {
        let (organization, booker) = self.organizations.get(customer).ok_or_else(Error::not_found)?;
        let (resource, host) = self.resources.get(&wish.resource).ok_or_else(Error::not_found)?;
        let (made_at, ahead) = wish.made_at(tx.now);
        let Some(booking) = tx.at(made_at, |tx| place(tx, (*organization, *booker), (resource, *host), wish, ahead))? else {
            return Ok(false);
        };
        if wish.invoice {
            let ended_at = booking.interval.ends_at();
            let issued_at = if ended_at < tx.now { ended_at + TimeDelta::days(1) } else { tx.now };
            let parties = (*host, resource.organization_id, *organization);
            tx.at(issued_at, |tx| issue(tx, parties, booking.id, wish.paid))?;
        }
        Ok(true)
    }

    /// Blocks the first slot that is free at the wished time.
    fn block(&self, tx: &mut Tx<'_>, wish: &Wish) -> Result<(), Error> {
        let (resource, host) = self.resources.get(&wish.resource).ok_or_else(Error::not_found)?;
        if let Some(interval) = first_slot(tx, resource, wish, wish.day, None)? {
            let (quantity, reason) = (Some(wish.quantity), wish.note.clone());
            let block = NewBlock { interval, quantity, reason, recurrence: None, on_bookings: OnBookings::Refuse };
            blocks::create(tx, *host, resource.id, &block)?;
        }
        Ok(())
    }
}

/// Books the first slot that fits a wish, so many days ahead, and lets the host respond. None if there is no slot.
fn place(
    tx: &mut Tx<'_>,
    (organization_id, booker): (OrganizationId, Caller),
    (resource, host): (&Resource, Caller),
    wish: &Wish,
    ahead: i64,
) -> Result<Option<Booking>, Error> {
    let requester = customers::requester(tx, Some(booker), organization_id, ("", None))?;
    let Some(interval) = first_slot(tx, resource, wish, ahead, Some(requester))? else { return Ok(None) };
    for kind in &resource.fields.rules.required_certification_ids {
        let email = users::get(tx.conn, booker.user_id)?.email;
        match certifications::grant(tx, host, *kind, &Holder::Email(email), None) {
            // For another booking.
            Err(Error::Refused(Code::InvalidTransition, _)) => {}
            granted => drop(granted?),
        }
    }
    let new = NewBooking {
        organization_id,
        resource_id: resource.id,
        slot: Slot { interval, quantity: wish.quantity },
        operated_by: None,
        note: wish.note.clone(),
        hold: false,
        override_reason: None,
        accepted_terms: Vec::new(),
        extras: wish.extras.clone(),
        coupon: wish.coupon.as_ref().and_then(|code| code.parse().ok()),
        refuses_prepaid: false,
        quoted: None,
    };
    let booking = bookings::book(tx, booker, &new)?;
    Ok(Some(match wish.answer {
        None => booking,
        Some(Answer::Approve) => bookings::approve(tx, host, booking.id, &IfMatch::Any)?,
        Some(Answer::Decline) => bookings::decline(tx, host, booking.id, REGRET, &IfMatch::Any)?,
    }))
}

/// Issues an invoice about a booking, and records that the customer has paid it.
fn issue(
    tx: &mut Tx<'_>,
    (caller, host, customer_id): (Caller, OrganizationId, OrganizationId),
    booking: BookingId,
    is_paid: bool,
) -> Result<(), Error> {
    let new = NewInvoice {
        customer_id,
        booking_id: Some(booking),
        currency: None,
        due_days: None,
        includes_free: false,
        ended_before: None,
    };
    for InvoiceNow { invoice, .. } in invoices::issue(tx, caller, host, &new)?.into_iter().filter(|_| is_paid) {
        let paid = NewPayment {
            customer_id,
            booking_id: None,
            invoice_id: Some(invoice.id),
            is_refund: false,
            amount: invoice.total,
            method: PaymentMethod::BankTransfer,
            paid_on: invoice.issued_on,
            reference: invoice.number(),
        };
        payments::record(tx, caller, host, paid)?;
    }
    Ok(())
}

/// The first slot that the requester, or without one the host, can take so many days ahead or later, at the wished time of day or later.
fn first_slot(
    tx: &mut Tx<'_>,
    resource: &Resource,
    wish: &Wish,
    ahead: i64,
    requester: Option<Requester>,
) -> Result<Option<Interval>, Error> {
    // The wished day begins within the 24 hours before, wherever that is.
    let from = tx.now + TimeDelta::days(ahead - 1);
    let Ok(starts_within) = Interval::new(from, from + LOOK_AHEAD) else { return Ok(None) };
    let slots = SlotSearch::new(starts_within, SlotLength::of_minutes(wish.minutes), wish.quantity);
    // As it is now, with the bookings made meanwhile.
    let resource = storage::resources::get(tx.conn, resource.id)?;
    let timezone = resource.site.timezone;
    let day = local_time(timezone, tx.now).date() + TimeDelta::days(ahead);
    let customer = requester.map(|requester| customers::get(tx, &resource, requester, slots.reach())).transpose()?;
    let judge = customer.as_ref().map(|customer| resource.bookable().judge(customer));
    let mut slots = search::bookable_slots(tx, &resource, slots, judge.as_ref())?;
    let fits = |slot: &Interval| {
        let local = local_time(timezone, slot.starts_at());
        local.date() >= day && local.time() >= wish.at
    };
    Ok(slots.find(fits))
}

/// Makes an account with a proved address, and returns its caller.
fn add_user(tx: &mut Tx<'_>, member: &Member, password: &PasswordHash) -> Result<Caller, Error> {
    let user_id = tx.new_id();
    users::insert(tx.conn, user_id, &member.email, &member.name, password, member.language, tx.now)?;
    users::update_email_verified(tx.conn, user_id, tx.now)?;
    Ok(Caller { user_id, key: None, session_id: tx.new_id(), must_be_verified: true, permissions: Permissions::ALL })
}

/// Reads what the API takes.
fn read<T: serde::de::DeserializeOwned>(about: &Map<String, Value>) -> Result<T, Error> {
    serde_json::from_value(Value::Object(about.clone())).map_err(|error| Error::Storage(error.into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use storage::connection::{DatabaseUrl, Synchronous};
    use storage::db::Options;

    /// The counts of items that filling an empty database at this instant makes.
    async fn filled(now: &str) -> [usize; 3] {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("demo.db"));
        let (synchronous, wait) = (Synchronous::Normal, Duration::from_secs(1));
        let db = Db::open(&Options { url, synchronous, connections: 1, wait }).unwrap();
        let catalogue: Catalogue = toml::from_str(CATALOGUE).unwrap();
        let now = UtcTime::parse(now).unwrap();
        db.write(now, move |tx| catalogue.fill(tx, &PasswordHash::of_none())).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn every_booking_finds_its_slot_whenever_the_service_is_started() {
        let catalogue: Catalogue = toml::from_str(CATALOGUE).unwrap();
        let organizations = catalogue.organizations.len();
        let sites = catalogue.organizations.iter().flat_map(|organization| &organization.sites);
        let resources = sites.map(|site| site.resources.len()).sum();
        let wishes = catalogue.bookings.iter().map(|customer| customer.wishes.len()).sum();
        assert_eq!((organizations, resources, wishes), (14, 66, 54));
        for now in [
            "2026-11-23T08:59:59Z", // a Monday
            "2026-11-27T17:30:00Z", // a Friday evening
            "2026-12-19T23:59:00Z", // before Christmas
            "2027-03-27T12:00:00Z", // before the clocks go forward
            "2027-10-30T20:00:00Z", // before they go back
            "2028-02-28T03:00:00Z",
        ] {
            assert_eq!(filled(now).await, [organizations, resources, wishes], "{now}");
        }
    }
}
