//! The page that books a slot: its price line by line, what a cancellation costs, the terms, and the form.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::catalogue::Choice;
use super::page::{Explained, Frame, address, form_name, read_id, text, unless_refused};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use actions::bookings::{self, NewBooking, Quote};
use actions::error::Error;
use actions::{Caller, members, organizations, resources, terms};
use api::caller::{Book, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::Booking;
use domain::coupon::CouponCode;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, TermsId, UserId};
use domain::interval::Interval;
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::pricing::{BookedExtra, Price};
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::{FeeAfter, Violation, ViolationCode};
use domain::said::{Said, said};
use domain::slot::Slot;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::wall_clock::LocalSpan;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The address of the page.
const PATH: &str = "/book";

/// The fields of the form, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    resource: String,
    starts_at: String,
    ends_at: String,
    quantity: String,
    organization: String,
    operator: String,
    note: String,
    coupon: String,
    /// The names of all extras, and the quantity of each.
    extra: Vec<String>,
    extra_quantity: Vec<String>,
    /// The accepted documents, each as `id:version`.
    terms: Vec<String>,
    /// The price that the form shows, in minor units.
    total: String,
    /// Names the form, so that it books once however often it is sent.
    form: String,
    /// The button: `hold`, or anything else to book.
    action: String,
}

/// A part of a price.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) amount: String,
}

/// An extra of the tariff.
struct Offered {
    name: String,
    price: String,
    most: i32,
    quantity: i32,
}

/// A document to accept.
struct ToAccept {
    id: TermsId,
    name: String,
    version: i32,
    is_accepted: bool,
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
    organizations: Vec<Choice>,
    operators: Vec<Choice>,
    extras: Vec<Offered>,
    to_accept: Vec<ToAccept>,
    needs_organization: String,
    requires_approval: bool,
    requires_payment: bool,
    form: String,
    problem: Option<Explained>,
}

/// A request to book, read from the form.
#[derive(Clone)]
struct Request {
    resource: ResourceId,
    slot: Slot,
    operator: Option<UserId>,
    note: String,
    coupon: Option<CouponCode>,
    extras: Vec<BookedExtra>,
    accepted: Vec<AgreedTerms>,
}

/// Reads an instant, or a local time at the site as browsers send it.
pub(crate) fn read_times(resource: &Resource, starts_at: &str, ends_at: &str) -> Result<Interval, InvalidFields> {
    let invalid = |detail: Said| InvalidFields::one("/starts_at", "invalid", detail);
    if let (Ok(starts_at), Ok(ends_at)) = (UtcTime::parse(starts_at), UtcTime::parse(ends_at)) {
        return Interval::new(starts_at, ends_at).map_err(|_| invalid(said!("must be before the end")));
    }
    let local = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let (Ok(starts_at), Ok(ends_at)) = (local(starts_at), local(ends_at)) else {
        return Err(invalid(said!("and the end must be times")));
    };
    if starts_at >= ends_at {
        return Err(invalid(said!("must be before the end")));
    }
    LocalSpan { starts_at, ends_at }.interval(resource.site.timezone).map_err(|skipped| invalid(skipped.into()))
}

impl Wanted {
    fn read(&self, resource: &Resource) -> Result<Request, InvalidFields> {
        let mut fields = Fields::default();
        let interval = fields.nest("", read_times(resource, &self.starts_at, &self.ends_at));
        let quantity =
            if self.quantity.is_empty() { Ok(1) } else { self.quantity.parse().map_err(|_| said!("must be a number")) };
        let quantity = fields.take("/quantity", quantity);
        let quantity = quantity.and_then(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE));
        let note = fields.text("/note", &self.note, limits::Note::RANGE);
        let coupon = match self.coupon.trim() {
            "" => Some(None),
            code => fields.take("/coupon", code.parse()).map(Some),
        };
        let operator = match self.operator.as_str() {
            "" => Some(None),
            operator => fields.take("/operator", operator.parse()).map(Some),
        };
        let extras = self.extra.iter().zip(&self.extra_quantity).filter(|(_, quantity)| !quantity.is_empty() && *quantity != "0");
        let extras: Vec<_> = extras
            .map(|(name, quantity)| {
                let quantity = fields.take("/extras", quantity.parse().map_err(|_| said!("must be numbers")))?;
                let quantity = fields.number("/extras", quantity, limits::ExtraQuantity::RANGE)?;
                Some(BookedExtra { name: name.clone(), quantity })
            })
            .collect();
        let accepted: Vec<_> = self
            .terms
            .iter()
            .map(|terms| {
                let read = terms.split_once(':').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
                let (terms_id, version) = fields.take("/terms", read.ok_or(said!("must be documents with their versions")))?;
                Some(AgreedTerms { terms_id, version })
            })
            .collect();
        fields.finish(|| {
            Some(Request {
                resource: resource.id,
                slot: Slot { interval: interval?, quantity: quantity? },
                operator: operator?,
                note: note?,
                coupon: coupon?,
                extras: extras.into_iter().collect::<Option<_>>()?,
                accepted: accepted.into_iter().collect::<Option<_>>()?,
            })
        })
    }

    /// Returns the extras of the tariff with the quantities of the form.
    fn offered(&self, texts: &Texts, resource: &Resource) -> Vec<Offered> {
        let tariff = &resource.fields.tariff;
        let offered = tariff.extras.iter().map(|extra| {
            let at = self.extra.iter().position(|name| *name == extra.name);
            let quantity = at.and_then(|at| self.extra_quantity.get(at)?.parse().ok());
            let price = amount(texts, Money { amount: extra.price, currency: tariff.currency });
            let price = texts.attribute("web-extra", extra.per.as_str(), &variables([("amount", price.into())]));
            Offered { name: extra.name.clone(), price, most: extra.max_quantity, quantity: quantity.unwrap_or(0) }
        });
        offered.collect()
    }
}

/// Returns the lines of a price with its VAT.
pub(crate) fn lines(texts: &Texts, price: &Price) -> Vec<Line> {
    let lines = price.lines.iter().map(|line| Line { text: line.description.clone(), amount: amount(texts, line.amount) });
    let taxes = price.taxes.iter().filter(|tax| tax.tax.amount != 0).map(|tax| {
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

/// The facts that the page shows.
struct Facts {
    resource: Resource,
    request: Result<Request, InvalidFields>,
    quote: Option<Result<Quote, Problem>>,
    customers: Vec<(OrganizationId, String)>,
    customer: Option<OrganizationId>,
    operators: Vec<(UserId, String)>,
    to_accept: Vec<(TermsId, String, i32)>,
}

fn load(tx: &mut ReadTx, caller: Option<Caller>, id: ResourceId, wanted: &Wanted) -> Result<Facts, Error> {
    let resource = resources::get(tx, caller, id)?;
    let resource = resources::shown(tx, caller, resource)?;
    let paging = Paging::of(Some(200), None)?;
    let customers = match caller {
        Some(caller) => organizations::list_mine(tx, caller, &paging)?.items,
        None => Vec::new(),
    };
    let customers: Vec<_> = customers.into_iter().map(|one| (one.id, one.fields().name)).collect();
    let asked = customers.iter().map(|(id, _)| *id).find(|id| id.as_str() == wanted.organization);
    let customer = asked.or_else(|| customers.first().map(|(id, _)| *id));
    let operators = match caller.zip(customer) {
        Some((caller, customer)) => {
            let members = members::list(tx, caller, customer, &[], CreationOrder::CreatedAt, &paging);
            unless_refused(members)?.map(|page| page.items).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let operators = operators.into_iter().map(|member| (member.user_id, member.name)).collect();
    let request = wanted.read(&resource);
    let quote = match &request {
        Ok(Request { slot, operator, extras, coupon, .. }) => {
            let quoted = bookings::quote(tx, caller, id, customer, *slot, *operator, (extras, coupon.as_ref()));
            Some(match quoted {
                Err(error @ Error::Storage(_)) => return Err(error),
                quoted => quoted.map_err(Problem::from),
            })
        }
        Err(_) => None,
    };
    let mut to_accept = Vec::new();
    if let Some(Ok(quote)) = &quote {
        for id in quote.violations.iter().flat_map(|violation| &violation.terms_ids) {
            let (terms, _, _) = terms::get(tx, caller, *id)?;
            to_accept.push((*id, terms.fields.name, terms.version));
        }
    }
    Ok(Facts { resource, request, quote, customers, customer, operators, to_accept })
}

async fn show(visit: &Visit, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<(View, Book)>());
    let asked = wanted.clone();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load(tx, caller, id, &asked)).await?;
    let Facts { resource, request, quote, customers, customer, operators, to_accept } = facts;
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
    let this_page = address(
        PATH,
        &[
            ("resource", &wanted.resource),
            ("starts_at", &wanted.starts_at),
            ("ends_at", &wanted.ends_at),
            ("quantity", &wanted.quantity),
        ],
    );
    let choice = |value: String, text: String, is_chosen: bool| Choice { value, text, is_chosen };
    let me = visit.user.as_ref().map(|user| user.id);
    let operator = request.as_ref().ok().and_then(|request| request.operator).or(me);
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
        organizations: customers.into_iter().map(|(id, name)| choice(id.to_string(), name, Some(id) == customer)).collect(),
        operators: operators.into_iter().map(|(id, name)| choice(id.to_string(), name, Some(id) == operator)).collect(),
        extras: wanted.offered(&texts, &resource),
        to_accept: to_accept
            .into_iter()
            .map(|(id, name, version)| {
                let is_accepted = wanted.terms.contains(&format!("{id}:{version}"));
                ToAccept { id, name, version, is_accepted }
            })
            .collect(),
        needs_organization: if caller.is_some() && customer.is_none() {
            address("/organizations/new", &[("then", &this_page)])
        } else {
            String::new()
        },
        requires_approval: resource.fields.rules.requires_approval,
        requires_payment: resource.fields.rules.requires_payment,
        form: form_name(&wanted.form),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

/// Books the slot at the price that the form shows, or says that it has changed.
async fn book(visit: &Visit, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Book>()?;
    let booked = place(visit, caller, &wanted).await;
    match booked {
        Ok(address) => Ok(visit.lead_to(&address)),
        // The form that is shown again is a new one: it can be sent with other values.
        Err(problem) => show(visit, Wanted { form: String::new(), ..wanted }, Some(problem)).await,
    }
}

async fn place(visit: &Visit, caller: Caller, wanted: &Wanted) -> Result<String, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let resource = visit.page.read(move |tx: &mut ReadTx| resources::get(tx, Some(caller), id)).await?;
    let request = wanted.read(&resource)?;
    let organization_id =
        wanted.organization.parse().map_err(|_| InvalidFields::one("/organization", "required", said!("must be chosen")))?;
    let new = Arc::new(NewBooking {
        organization_id,
        resource_id: request.resource,
        slot: request.slot,
        operated_by: request.operator,
        note: request.note,
        hold: wanted.action == "hold",
        override_reason: None,
        accepted_terms: request.accepted,
        extras: request.extras,
        coupon: request.coupon,
        refuses_prepaid: false,
        quoted: None,
    });
    let (shown, asked) = (wanted.total.parse().ok(), new.clone());
    let booked = visit.create(Cost::Light, &wanted.form, move |tx: &mut Tx<'_>| {
        let booking: Booking = bookings::book(tx, caller, &new)?;
        if shown != Some(booking.price.total.amount) {
            return Err(InvalidFields::one(
                "/price",
                "changed",
                said!("has changed since the form was shown; look at it and book again"),
            )
            .into());
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
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(wanted): Parameters<Wanted>| visit.shown(show(&visit, wanted, None).await))
            .post(async |visit: Visit, sent: Sent<Wanted>| {
                let booked = async { book(&visit, sent.fields?).await }.await;
                visit.shown_after(PATH, &sent.query, booked)
            }),
    );
}
