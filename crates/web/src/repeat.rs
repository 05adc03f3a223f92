//! The page that repeats a slot as a series: each date with its price or the reasons against it, and the form that books them.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use super::catalogue::Choice;
use super::page::{Explained, Frame, form_name, read_id, text};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use super::wanted::{Choices, Facts, Wanted, form_page, load};
use actions::series::{self, NewSeries, Preview};
use actions::{Caller, resources};
use api::caller::{Book, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::limits;
use domain::money::Money;
use domain::resource::Resource;
use domain::rules::ViolationCode;
use domain::said::said;
use domain::series::{Occurrence, OnClash};
use domain::terms::AgreedTerms;
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The address of the page.
const PATH: &str = "/series/new";
/// The days of a week: as in iCalendar, and their texts.
const WEEKDAYS: [(&str, &str); 7] = [
    ("MO", "web-weekday.mon"),
    ("TU", "web-weekday.tue"),
    ("WE", "web-weekday.wed"),
    ("TH", "web-weekday.thu"),
    ("FR", "web-weekday.fri"),
    ("SA", "web-weekday.sat"),
    ("SU", "web-weekday.sun"),
];
/// The fields of the form that chooses the dates.
const OF_DATES: [&str; 10] =
    ["frequency", "interval", "weekday", "count", "until", "total", "bookings", "form", "action", "coupon"];
/// The fields of the form that books the dates.
const OF_BOOKING: [&str; 6] = ["total", "bookings", "form", "action", "terms", "coupon"];

/// A date of the series in words.
pub(crate) struct Date {
    pub(crate) time: String,
    pub(crate) price: String,
    pub(crate) is_free: bool,
    /// Why it cannot be booked.
    pub(crate) reasons: Vec<String>,
    /// The page with other times near it; empty without one.
    pub(crate) other_times: String,
}

impl Date {
    /// Puts an occurrence into words, with its time at the site.
    pub(crate) fn of(texts: &Texts, occurrence: &Occurrence, timezone: chrono_tz::Tz) -> Self {
        let time = match occurrence.interval() {
            Some(interval) => when::span_in_zone(texts, timezone, interval.starts_at(), interval.ends_at()),
            None => when::day(texts, occurrence.date),
        };
        let violations = occurrence.violations.iter().filter(|one| one.code != ViolationCode::TermsNotAccepted);
        let mut reasons: Vec<_> = violations.map(|violation| texts.said(&violation.detail)).collect();
        if !occurrence.conflicts.is_empty() {
            reasons.push(text(texts, "web-repeat.taken"));
        }
        let price = occurrence.price.map(|price| amount(texts, price)).unwrap_or_default();
        Self { time, price, is_free: occurrence.is_bookable, reasons, other_times: String::new() }
    }
}

/// The dates of a series with what they cost together.
struct Dates {
    dates: Vec<Date>,
    bookable: usize,
    total: Option<(i64, String)>,
    /// The sentence that says how many can be booked.
    about: String,
    button: String,
}

#[derive(Template)]
#[template(path = "repeat.html")]
struct RepeatPage {
    frame: Frame,
    wanted: Wanted,
    resource_name: String,
    host_name: String,
    back: String,
    time: String,
    customer: String,
    frequencies: Vec<Choice>,
    weekdays: Vec<Choice>,
    count: String,
    dates: Option<Dates>,
    choices: Choices,
    /// The values that the form of the dates and the form of the booking take along.
    carried_to_dates: Vec<(String, String)>,
    carried_to_booking: Vec<(String, String)>,
    can_hold: bool,
    form: String,
    problem: Option<Explained>,
}

impl Wanted {
    /// Returns the recurrence rule of the form, as in iCalendar.
    fn rule(&self) -> String {
        let mut rule = format!("FREQ={}", self.frequency.to_ascii_uppercase());
        if !self.interval.is_empty() {
            rule += &format!(";INTERVAL={}", self.interval);
        }
        if self.frequency == "weekly" && !self.weekday.is_empty() {
            rule += &format!(";BYDAY={}", self.weekday.join(","));
        }
        match self.until.parse::<NaiveDate>() {
            Ok(until) => rule += &format!(";UNTIL={}", until.format("%Y%m%d")),
            Err(_) => rule += &format!(";COUNT={}", self.count),
        }
        rule
    }

    /// Reads the series that the form asks for. Dates that cannot be booked are left out of it, as the page shows.
    fn series(&self, resource: &Resource) -> Result<NewSeries, InvalidFields> {
        let mut fields = Fields::default();
        let request = fields.nest("", self.read(resource));
        let organization = fields.nest("", self.customer());
        let rule = fields.text("/rule", &self.rule(), limits::RecurrenceRule::RANGE);
        let recurrence = rule.as_deref().and_then(|rule| fields.take("/rule", rule.parse()));
        fields.finish(|| {
            let mut first = request?.booking(organization?, self.action == "hold");
            first.coupon = None;
            Some(NewSeries { first, rule: rule?, recurrence: recurrence?, on_clash: OnClash::Skip })
        })
    }
}

/// Tries to book each date, as if the terms were accepted, and books nothing.
async fn preview(visit: &Visit, facts: &Facts, wanted: &Wanted) -> Result<Preview, Problem> {
    let caller = visit.signed_in::<Book>()?;
    let mut new = wanted.series(&facts.resource)?;
    let accepted = facts.to_accept.iter().map(|(id, _, version)| AgreedTerms { terms_id: *id, version: *version });
    new.first.accepted_terms = accepted.collect();
    visit.ask(Cost::Heavy, move |tx: &mut Tx<'_>| series::preview(tx, caller, &new)).await
}

fn dates(texts: &Texts, preview: &Preview, requires_approval: bool) -> Dates {
    let dates: Vec<_> = preview.occurrences.iter().map(|one| Date::of(texts, one, preview.timezone)).collect();
    let bookable = dates.iter().filter(|date| date.is_free).count();
    let counts = variables([("bookable", bookable.into()), ("all", dates.len().into())]);
    let about = match (bookable, dates.len()) {
        (0, _) => "none",
        (bookable, all) if bookable == all => "all",
        _ => "some",
    };
    Dates {
        bookable,
        total: preview.total.map(|total: Money| (total.amount, amount(texts, total))),
        about: texts.attribute("web-repeat", about, &counts),
        button: texts.attribute("web-repeat", if requires_approval { "request" } else { "book" }, &counts),
        dates,
    }
}

async fn show(visit: &Visit, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<(View, Book)>());
    let asked = wanted.clone();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load(tx, caller, id, &asked)).await?;
    // Both forms of the page are for the organization that the page names.
    let customer = facts.customer.and_then(|id| facts.customers.iter().find(|(other, _)| *other == id)).cloned();
    let wanted = Wanted { organization: customer.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default(), ..wanted };
    let rules = &facts.resource.fields.rules;
    let is_asked = !wanted.frequency.is_empty() && visit.user.is_some() && facts.customer.is_some();
    let previewed = match is_asked {
        true => Some(preview(visit, &facts, &wanted).await),
        false => None,
    };
    let (previewed, invalid) = match previewed {
        Some(Ok(previewed)) => (Some(previewed), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, facts.request.as_ref().err().cloned().map(Problem::from)),
    };
    let problem = refused.or(invalid);
    let timezone = facts.resource.site.timezone;
    let interval = facts.request.as_ref().ok().map(|request| request.slot.interval);
    let time = interval.map(|interval| when::span_in_zone(&texts, timezone, interval.starts_at(), interval.ends_at()));
    let frequency = if wanted.frequency.is_empty() { "weekly" } else { &wanted.frequency };
    let choice = |value: &str, text: String, is_chosen: bool| Choice { value: value.to_owned(), text, is_chosen };
    let frequencies = ["weekly", "daily", "monthly"]
        .map(|one| choice(one, texts.attribute("web-repeats", one, &variables([("count", 1.into())])), one == frequency));
    // The weekday of the first time needs no choice.
    let first = interval.map(|interval| local_time(timezone, interval.starts_at()).format("%a").to_string().to_ascii_uppercase());
    let is_first = |day: &str| wanted.weekday.is_empty() && first.as_ref().is_some_and(|first| first.starts_with(day));
    let weekdays =
        WEEKDAYS.map(|(day, name)| choice(day, text(&texts, name), wanted.weekday.iter().any(|one| one == day) || is_first(day)));
    let page = RepeatPage {
        frame: visit.frame(text(&texts, "web-repeat.title")),
        resource_name: facts.resource.fields.name.clone(),
        host_name: facts.resource.organization_name.clone(),
        back: wanted.address("/book", &["resource", "starts_at", "ends_at", "quantity", "organization"]),
        time: time.unwrap_or_default(),
        customer: customer.map(|(_, name)| name).unwrap_or_default(),
        frequencies: frequencies.into(),
        weekdays: weekdays.into(),
        count: if wanted.count.is_empty() && wanted.until.is_empty() { "10".to_owned() } else { wanted.count.clone() },
        dates: previewed.as_ref().map(|previewed| dates(&texts, previewed, rules.requires_approval)),
        choices: facts.choices(visit, &texts, &wanted),
        carried_to_dates: wanted.carried(&OF_DATES),
        carried_to_booking: wanted.carried(&OF_BOOKING),
        can_hold: !rules.requires_approval && !rules.requires_payment,
        form: form_name(&wanted.form),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

/// Books the dates at the price that the form shows, or says that they have changed.
async fn place(visit: &Visit, caller: Caller, wanted: &Wanted) -> Result<String, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let resource = visit.page.read(move |tx: &mut ReadTx| resources::get(tx, Some(caller), id)).await?;
    let new = wanted.series(&resource)?;
    let shown: (Option<i64>, Option<usize>) = (wanted.total.parse().ok(), wanted.bookings.parse().ok());
    let create = move |tx: &mut Tx<'_>| {
        let whole = series::create(tx, caller, &new)?;
        let total = Money::sum(whole.bookings.iter().map(|booking| booking.price.total)).map(|total| total.amount);
        if shown != (total, Some(whole.bookings.len())) {
            let detail = said!("has changed, or other dates are free now; look at the dates and book again");
            return Err(InvalidFields::one("/price", "changed", detail).into());
        }
        Ok(format!("/series/{}", whole.series.id))
    };
    visit.create(Cost::Heavy, &wanted.form, create).await
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    form_page!(config, PATH);
}
