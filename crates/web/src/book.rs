//! The page that books a slot: its price line by line, what a cancellation costs, the terms, and the form.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::aside::Job;
use super::page::{Explained, Frame, form_name, read_id, text};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use super::wanted::{Choices, Facts, Wanted, form_page, load, price_has_changed};
use actions::bookings;
use actions::{Caller, resources};
use api::caller::{Book, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::Booking;
use domain::ids::ResourceId;
use domain::pricing::{Price, PriceLine, PriceRule};
use domain::problem::Code;
use domain::rules::{FeeAfter, Violation, ViolationCode};
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The address of the page.
const PATH: &str = "/book";

/// A part of a price.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) amount: String,
}

#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    frame: Frame,
    wanted: Wanted,
    resource_name: String,
    host_name: String,
    time: String,
    quantity: String,
    back: String,
    lines: Vec<Line>,
    total: Option<(i64, String)>,
    policy: Vec<String>,
    deposit: String,
    violations: Vec<String>,
    choices: Choices,
    /// The page that joins the waitlist, if the time is taken.
    waits: String,
    /// The other things of a job.
    job: Option<Job>,
    requires_approval: bool,
    requires_payment: bool,
    form: String,
    problem: Option<Explained>,
}

/// Returns the lines of a price with its VAT: the VAT that prices do not contain is a line already.
pub(crate) fn lines(texts: &Texts, price: &Price) -> Vec<Line> {
    let text = |line: &PriceLine| line.said().map_or_else(|| line.description().into_owned(), |said| texts.said(&said));
    let lines = price.lines.iter().map(|line| Line { text: text(line), amount: amount(texts, line.amount) });
    let is_line = price.lines.iter().any(|line| line.rule == Some(PriceRule::Vat));
    let taxes = price.taxes.iter().filter(|tax| !is_line && tax.tax.amount != 0).map(|tax| {
        let rate = variables([("percent", (tax.rate as f64 / 100.0).into())]);
        Line { text: texts.attribute("web-price", "includes-vat", &rate), amount: amount(texts, tax.tax) }
    });
    lines.chain(taxes).collect()
}

/// Returns what a cancellation costs, and until when the customer can change the booking.
pub(crate) fn policy(
    texts: &Texts,
    timezone: chrono_tz::Tz,
    fees: &[FeeAfter],
    changeable_until: Option<UtcTime>,
) -> Vec<String> {
    let fee = |fee: &FeeAfter| {
        let variables =
            variables([("after", when::instant(texts, timezone, fee.after).into()), ("fee", amount(texts, fee.fee).into())]);
        texts.attribute("web-policy", "fee", &variables)
    };
    let until = changeable_until.map(|until| {
        let until = variables([("until", when::instant(texts, timezone, until).into())]);
        texts.attribute("web-policy", "until", &until)
    });
    until.into_iter().chain(fees.iter().map(fee)).collect()
}

async fn show(visit: &Visit, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<(View, Book)>());
    let asked = wanted.clone();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load(tx, caller, id, &asked)).await?;
    let choices = facts.choices(visit, &texts, &wanted);
    let Facts { resource, request, quote, is_taken, .. } = facts;
    let timezone = resource.site.timezone;
    let invalid = request.as_ref().err().cloned().map(Problem::from);
    let (quote, unpriced) = match quote {
        Some(Ok(quote)) => (Some(quote), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
    let problem = refused.or(invalid).or(unpriced);
    let time = request.as_ref().map(|request| {
        let interval = request.slot.interval;
        when::span_in_zone(&texts, timezone, interval.starts_at(), interval.ends_at())
    });
    let is_told = |violation: &&Violation| violation.code != ViolationCode::TermsNotAccepted;
    let violations =
        quote.iter().flat_map(|quote| &quote.violations).filter(is_told).map(|violation| texts.said(&violation.detail));
    let is_refused_as_taken = problem.as_ref().is_some_and(|problem| problem.code() == Code::SlotUnavailable);
    let waits = match is_taken || is_refused_as_taken {
        true => wanted.address("/waitlist/new", &["resource", "starts_at", "ends_at", "quantity", "organization", "operator"]),
        false => String::new(),
    };
    let page = BookPage {
        frame: visit.frame(text(&texts, "web-book.title")),
        resource_name: resource.fields.name.clone(),
        host_name: resource.organization_name.clone(),
        time: time.unwrap_or_default(),
        quantity: request.as_ref().map_or_else(|_| String::new(), |request| request.slot.quantity.to_string()),
        back: format!("/resources/{id}"),
        lines: quote.as_ref().map(|quote| lines(&texts, &quote.price)).unwrap_or_default(),
        total: quote.as_ref().map(|quote| (quote.price.total.amount, amount(&texts, quote.price.total))),
        policy: quote
            .as_ref()
            .map(|quote| policy(&texts, timezone, &quote.cancellation_fees, Some(quote.changeable_until)))
            .unwrap_or_default(),
        deposit: quote
            .as_ref()
            .filter(|quote| quote.deposit.amount > 0)
            .map(|quote| amount(&texts, quote.deposit))
            .unwrap_or_default(),
        violations: violations.collect(),
        choices,
        waits,
        job: Job::of(&texts, &wanted.row),
        requires_approval: resource.fields.rules.requires_approval,
        requires_payment: resource.fields.rules.requires_payment,
        form: form_name(&wanted.form),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

/// Books the slot at the price that the form shows, or says that it has changed.
async fn place(visit: &Visit, caller: Caller, wanted: &Wanted) -> Result<String, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let resource = visit.page.read(move |tx: &mut ReadTx| resources::get(tx, Some(caller), id)).await?;
    let request = wanted.read(&resource)?;
    let organization_id = wanted.customer()?;
    let new = Arc::new(request.booking(organization_id, wanted.action == "hold"));
    let (shown, asked) = (wanted.total.parse().ok(), new.clone());
    let booked = visit.create(Cost::Light, &wanted.form, move |tx: &mut Tx<'_>| {
        let booking: Booking = bookings::book(tx, caller, &new)?;
        if shown != Some(booking.price.total.amount) {
            return Err(price_has_changed().into());
        }
        Ok(format!("/bookings/{}", booking.id))
    });
    match booked.await {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            let state = &visit.page.state;
            let (services, now) = (state.services(), state.clock.now());
            let explain = async move { services.explain_booking(now, caller, (*asked).clone()).await };
            match state.turns.explain(visit.page.asker(), explain).await {
                Some(clash) => Err(problem.explained(clash?)),
                None => Err(problem),
            }
        }
        booked => booked,
    }
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    form_page!(config, PATH);
}
