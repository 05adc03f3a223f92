//! The page that books several things for one job: a row for each, all or nothing. The rows are in the address of the page.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::aside::PATH;
use super::catalogue::Choice;
use super::page::{Explained, Frame, address, form_name, text};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use super::wanted::{Choices, Facts, ToAccept, Wanted, form_page, load, price_has_changed};
use actions::Caller;
use actions::booking_groups::{self, NewBookingGroup, PreviewedBooking};
use actions::error::Error;
use api::caller::{Book, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking_group::RefusedBooking;
use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::limits;
use domain::money::Money;
use domain::problem::Code;
use domain::rules::ViolationCode;
use domain::said::said;
use domain::terms::AgreedTerms;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// The fields that a row keeps of its booking form.
const OF_ROW: [&str; 8] = ["resource", "starts_at", "ends_at", "quantity", "operator", "note", "extra", "extra_quantity"];

/// A thing of the job in words.
struct Row {
    name: String,
    host: String,
    time: String,
    quantity: String,
    price: String,
    /// Why it cannot be booked.
    reasons: Vec<String>,
    /// The row as the form sends it.
    value: String,
    /// Its resource, with the other rows: there another time can be chosen.
    other_time: String,
    /// The page without the row.
    without: String,
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    frame: Frame,
    wanted: Wanted,
    rows: Vec<Row>,
    total: Option<(i64, String)>,
    /// The catalogue, with these rows.
    more: String,
    is_full: bool,
    choices: Choices,
    can_hold: bool,
    form: String,
    problem: Option<Explained>,
}

impl Wanted {
    /// Returns the parameters of the booking form as the row of a job.
    fn as_row(&self) -> String {
        let pairs = self.carried(&[]).into_iter().filter(|(name, _)| OF_ROW.contains(&name.as_str())).collect::<Vec<_>>();
        serde_html_form::to_string(pairs).unwrap_or_default()
    }

    /// Returns the address of a page with these rows and the other things that the form of a job has.
    fn with_rows(&self, path: &str, rows: &[String]) -> String {
        let rows = rows.iter().map(|row| ("row", row.as_str()));
        let own = [("organization", self.organization.as_str()), ("note", self.note.as_str())];
        let own = own.into_iter().filter(|(_, value)| !value.is_empty());
        address(path, &own.chain(rows).collect::<Vec<_>>())
    }
}

/// Returns a row as the form that it was, for the organization of the job. A row that cannot be read names no resource.
fn read_row(row: &str, organization: &str) -> Wanted {
    let row: Wanted = serde_html_form::from_str(row).unwrap_or_default();
    Wanted { organization: organization.to_owned(), row: Vec::new(), ..row }
}

/// Loads the facts about each row that names a resource that the visitor sees, with its place among the rows.
fn load_rows(tx: &mut ReadTx, caller: Option<Caller>, rows: &[Wanted]) -> Result<Vec<Facts>, Error> {
    let read = |row: &Wanted| row.resource.parse::<ResourceId>().map_err(|_| Error::not_found());
    rows.iter().take(*limits::GroupBookings::RANGE.end()).map(|row| load(tx, caller, read(row)?, row)).collect()
}

/// Reads the job that the form asks for, from its rows.
fn read_job(
    wanted: &Wanted,
    facts: &[Facts],
    accepted: impl Fn(&Facts) -> Vec<AgreedTerms>,
) -> Result<NewBookingGroup, InvalidFields> {
    let mut fields = Fields::default();
    let organization = facts.first().and_then(|facts| facts.customer).ok_or_else(|| said!("must be chosen"));
    let organization = fields.take("/organization", organization);
    let note = fields.text("/note", &wanted.note, limits::Note::RANGE);
    fields.list("/bookings", facts, limits::GroupBookings::RANGE, said!("bookings"));
    let requests = facts.iter().enumerate();
    let requests: Vec<_> = requests
        .filter_map(|(index, facts)| Some((fields.nest(&format!("/bookings/{index}"), facts.request.clone())?, accepted(facts))))
        .collect();
    fields.finish(|| {
        let organization_id = organization?;
        let booking = |(mut request, accepted): (super::wanted::Request, Vec<AgreedTerms>)| {
            request.coupon = None;
            request.accepted = accepted;
            request.booking(organization_id, wanted.action == "hold")
        };
        Some(NewBookingGroup { organization_id, note: note?, bookings: requests.into_iter().map(booking).collect() })
    })
}

/// The terms of a row, each with its current version.
fn terms_of(facts: &Facts) -> Vec<AgreedTerms> {
    facts.to_accept.iter().map(|(id, _, version)| AgreedTerms { terms_id: *id, version: *version }).collect()
}

/// Returns why a booking of the job cannot be made, in sentences.
fn reasons(texts: &Texts, refused: &RefusedBooking) -> Vec<String> {
    let violations = refused.violations.iter().filter(|one| one.code != ViolationCode::TermsNotAccepted);
    let violations: Vec<_> = violations.map(|violation| texts.said(&violation.detail)).collect();
    match refused.code {
        Code::SlotUnavailable => vec![text(texts, "web-repeat.taken")],
        Code::BookingRulesViolated => violations,
        Code::InvalidFields => refused.errors.iter().map(|error| format!("{}.", texts.said(&error.detail))).collect(),
        _ => vec![texts.said(&refused.detail)],
    }
}

async fn show(visit: &Visit, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    if !wanted.resource.is_empty() {
        // The thing that was put aside becomes the last row, so that the address of the page is that of the whole job.
        let mut rows = wanted.row.clone();
        rows.push(wanted.as_row());
        let job = Wanted { note: String::new(), ..wanted };
        return Ok(visit.lead_to(&job.with_rows(PATH, &rows)));
    }
    let (texts, caller) = (visit.page.texts(), visit.caller::<(View, Book)>());
    let rows: Vec<_> = wanted.row.iter().map(|row| read_row(row, &wanted.organization)).collect();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load_rows(tx, caller, &rows)).await?;
    let can_book = visit.user.is_some() && facts.first().is_some_and(|facts| facts.customer.is_some());
    let previewed = match can_book {
        true => match read_job(&wanted, &facts, terms_of) {
            Ok(new) => {
                let caller = visit.signed_in::<Book>()?;
                visit.ask(Cost::Heavy, move |tx: &mut Tx<'_>| booking_groups::preview(tx, caller, &new)).await
            }
            Err(invalid) => Err(invalid.into()),
        },
        false => Ok(Vec::new()),
    };
    let (previewed, invalid) = match previewed {
        Ok(previewed) => (previewed, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let problem = refused.or(invalid);
    let all = previewed.iter().map(|one| one.as_ref().ok().copied()).collect::<Option<Vec<Money>>>();
    let total = all.and_then(Money::sum).map(|total| (total.amount, amount(&texts, total)));
    let zone = facts.first().map_or(chrono_tz::Tz::UTC, |facts| facts.resource.site.timezone);
    let choices = choices(visit, &texts, &wanted, &facts);
    let rules = || facts.iter().map(|facts| &facts.resource.fields.rules);
    let page = JobPage {
        frame: visit.frame(text(&texts, "web-job.title")),
        rows: facts.iter().enumerate().map(|(index, facts)| row(&texts, &wanted, index, facts, previewed.get(index))).collect(),
        total,
        more: wanted.with_rows("/catalogue", &wanted.row),
        is_full: wanted.row.len() >= *limits::GroupBookings::RANGE.end(),
        choices,
        can_hold: rules().all(|rules| !rules.requires_approval && !rules.requires_payment),
        form: form_name(&wanted.form),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, zone)),
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

/// Returns the choices for the whole job: those of the first row, and the terms of all.
fn choices(visit: &Visit, texts: &Texts, wanted: &Wanted, facts: &[Facts]) -> Choices {
    let of_rows: Vec<_> = facts.iter().map(|facts| facts.choices(visit, texts, wanted)).collect();
    let mut to_accept: Vec<ToAccept> = Vec::new();
    let (mut organizations, mut needs_organization) = (Vec::<Choice>::new(), String::new());
    for of_row in of_rows {
        for terms in of_row.to_accept {
            if to_accept.iter().all(|other| other.id != terms.id) {
                to_accept.push(terms);
            }
        }
        if organizations.is_empty() {
            organizations = of_row.organizations;
            needs_organization = of_row.needs_organization;
        }
    }
    Choices { organizations, operators: Vec::new(), extras: Vec::new(), to_accept, needs_organization }
}

fn row(texts: &Texts, wanted: &Wanted, index: usize, facts: &Facts, previewed: Option<&PreviewedBooking>) -> Row {
    let mut others = wanted.row.clone();
    let value = if index < others.len() { others.remove(index) } else { String::new() };
    let (resource, timezone) = (&facts.resource, facts.resource.site.timezone);
    let slot = facts.request.as_ref().ok().map(|request| request.slot);
    let time = slot.map(|slot| when::span_in_zone(texts, timezone, slot.interval.starts_at(), slot.interval.ends_at()));
    let quoted = facts.quote.as_ref().and_then(|quote| quote.as_ref().ok()).map(|quote| quote.price.total);
    let (price, reasons) = match previewed {
        Some(Ok(price)) => (Some(*price), Vec::new()),
        Some(Err(refused)) => (None, reasons(texts, refused)),
        None => (quoted, Vec::new()),
    };
    Row {
        name: resource.fields.name.clone(),
        host: format!("{}, {}", resource.organization_name, resource.site.address.city),
        time: time.unwrap_or_default(),
        quantity: slot.filter(|slot| slot.quantity > 1).map(|slot| slot.quantity.to_string()).unwrap_or_default(),
        price: price.map(|price| amount(texts, price)).unwrap_or_default(),
        reasons,
        value,
        other_time: wanted.with_rows(&format!("/resources/{}", resource.id), &others),
        without: wanted.with_rows(PATH, &others),
    }
}

/// Books all rows at the price that the form shows, or says that it has changed.
async fn place(visit: &Visit, caller: Caller, wanted: &Wanted) -> Result<String, Problem> {
    let rows: Vec<_> = wanted.row.iter().map(|row| read_row(row, &wanted.organization)).collect();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load_rows(tx, Some(caller), &rows)).await?;
    let accepted = |facts: &Facts| {
        let is_accepted = |terms: &AgreedTerms| wanted.terms.contains(&format!("{}:{}", terms.terms_id, terms.version));
        terms_of(facts).into_iter().filter(is_accepted).collect()
    };
    let new = read_job(wanted, &facts, accepted)?;
    let shown: Option<i64> = wanted.total.parse().ok();
    let create = move |tx: &mut Tx<'_>| {
        let whole = booking_groups::create(tx, caller, &new)?;
        let total = Money::sum(whole.bookings.iter().map(|booking| booking.price.total));
        if shown.is_none() || shown != total.map(|total| total.amount) {
            return Err(price_has_changed().into());
        }
        Ok(format!("/booking-groups/{}", whole.group.id))
    };
    visit.create(Cost::Heavy, &wanted.form, create).await
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    form_page!(config, PATH);
}
