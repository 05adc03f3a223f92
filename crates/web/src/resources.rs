//! The page of a resource: the resource, its rules and prices, and its free times.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::aside::Job;
use super::catalogue::Choice;
use super::free_times::{self, DAYS, Day, Wanted};
use super::page::{Frame, address, read_id, text};
use super::pictures::Shown;
use super::rules_in_words::{OpenDay, opening_hours, rules};
use super::sent::Parameters;
use super::visit::{Visit, without_token};
use super::words;
use actions::{certification_kinds, resources, terms};
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::{BookingId, ResourceId, TermsId};
use domain::limits;
use domain::money::Money;
use domain::paging::Paging;
use domain::resource::Resource;
use domain::rules::BookingRules;
use domain::time::UtcTime;
use domain::wall_clock::local_time;
use storage::db::ReadTx;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The parameters of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    /// The first day of the free times.
    day: String,
    minutes: String,
    quantity: String,
    /// The booking that is to move.
    booking: String,
    /// The other things of a job.
    row: Vec<String>,
}

#[derive(Template)]
#[template(path = "resource.html")]
struct ResourcePage {
    frame: Frame,
    id: ResourceId,
    about: String,
    description: String,
    host: String,
    host_name: String,
    place: String,
    first_picture: Option<Shown>,
    other_pictures: Vec<Shown>,
    fault: String,
    withheld: bool,
    prices: Vec<String>,
    rules: Vec<String>,
    /// The trainings for each certification that the operator needs, with its name.
    trainings: Vec<(String, String)>,
    hours: Vec<OpenDay>,
    timezone: &'static str,
    terms: Vec<(TermsId, String)>,
    unit: String,
    most: i32,
    quantity: i32,
    day: NaiveDate,
    lengths: Vec<Choice>,
    days: Vec<Day>,
    earlier: Option<String>,
    later: String,
    moves: Option<BookingId>,
    job: Option<Job>,
}

/// Returns the length of the slots to show first: an hour if the rules allow it.
fn usual_minutes(rules: &BookingRules) -> i64 {
    let usual = rules.usual_minutes();
    if rules.shifts.is_empty() { usual.max(60.min(rules.max_minutes)) } else { usual }
}

/// Returns the lengths to choose from: the shortest, the usual ones that the rules allow, and the one that is asked for.
pub(crate) fn lengths(rules: &BookingRules, asked: i64) -> BTreeSet<i64> {
    let usual = [30, 60, 120, 240, 480, 1440, 2 * 1440, 7 * 1440, 30 * 1440];
    let allowed = usual.into_iter().filter(|minutes| (rules.min_minutes..=rules.max_minutes).contains(minutes));
    allowed.chain([rules.usual_minutes(), asked]).collect()
}

/// Returns the prices of the tariff in words.
fn prices(texts: &Texts, resource: &Resource) -> Vec<String> {
    let tariff = &resource.fields.tariff;
    let say = |part: &str, price: i64| {
        let money = Money { amount: price, currency: tariff.currency };
        texts.attribute("web-price", part, &variables([("amount", amount(texts, money).into())]))
    };
    let mut said = vec![words::rate(texts, tariff)];
    let rates = [("day", tariff.day_rate), ("week", tariff.week_rate), ("month", tariff.month_rate)];
    said.extend(rates.into_iter().filter_map(|(part, rate)| Some(say(part, rate?))));
    let charges = [("minimum", tariff.minimum_charge), ("set-up", tariff.setup_fee), ("deposit", tariff.deposit)];
    said.extend(charges.into_iter().filter(|(_, charge)| *charge > 0).map(|(part, charge)| say(part, charge)));
    if !tariff.bands.is_empty() {
        said.push(text(texts, "web-price.bands"));
    }
    if !tariff.discounts.is_empty() || !tariff.volume_discounts.is_empty() {
        said.push(text(texts, "web-price.discounts"));
    }
    if tariff.donation.is_some() {
        said.push(text(texts, "web-price.donation"));
    }
    said
}

/// Returns why the resource cannot be used for now; empty if it can.
fn fault(texts: &Texts, resource: &Resource, now: UtcTime) -> String {
    let Some(known) = resource.out_of_order.as_ref().filter(|known| !known.is_over(now)) else { return String::new() };
    let until = known.until.map_or_else(String::new, |until| when::instant(texts, resource.site.timezone, until));
    let variables =
        variables([("reason", known.reason.as_str().into()), ("until", texts::catalogue::or_none(&until).to_owned().into())]);
    texts.attribute("web-resource", "fault", &variables)
}

async fn show(visit: &Visit, id: &str, asked: Asked) -> Result<HttpResponse, Problem> {
    let id: ResourceId = read_id(id)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<View>());
    let written = texts.clone();
    let job = Job::of(&texts, &asked.row);
    let load = move |tx: &mut ReadTx| {
        let resource = resources::get(tx, caller, id)?;
        let resource = resources::shown(tx, caller, resource)?;
        let timezone = resource.site.timezone;
        let today = local_time(timezone, tx.now).date();
        let minutes = asked.minutes.parse().ok().filter(|minutes| limits::SearchMinutes::RANGE.contains(minutes));
        let quantity = asked.quantity.parse().ok().filter(|quantity| limits::WantedQuantity::RANGE.contains(quantity));
        let wanted = Wanted {
            first: asked.day.parse().ok().filter(|day: &NaiveDate| *day >= today).unwrap_or(today),
            minutes: minutes.unwrap_or_else(|| usual_minutes(&resource.fields.rules)),
            quantity: quantity.unwrap_or(1),
            moves: asked.booking.parse().ok(),
        };
        let days = free_times::load(tx, caller, &resource, wanted, &written)?;
        let kinds = resource.fields.rules.required_certification_ids.clone();
        let kinds = kinds.into_iter().map(|kind| Ok((kind, certification_kinds::get(tx, caller, kind)?.0.fields.name)));
        let kinds = kinds.collect::<Result<Vec<_>, actions::error::Error>>()?;
        let paging = Paging::of(Some(200), None)?;
        let (terms, _) = terms::list(tx, caller, resource.organization_id, Some(id), &paging)?;
        let terms = terms.items.into_iter().filter(|terms| !terms.fields.is_retired);
        let terms: Vec<_> = terms.map(|terms| (terms.id, terms.fields.name)).collect();
        Ok((resource, wanted, days, kinds, terms, today, tx.now))
    };
    let (resource, wanted, mut days, kinds, terms, today, now) = visit.page.read_at(Cost::Search, load).await?;
    let (minutes, quantity) = (wanted.minutes.to_string(), wanted.quantity.to_string());
    let moves = wanted.moves.map(|booking| booking.to_string()).unwrap_or_default();
    let week = |first: NaiveDate| {
        let day = first.to_string();
        let parameters = [("day", &*day), ("minutes", &*minutes), ("quantity", &*quantity), ("booking", &*moves)];
        Job::carry(job.as_ref(), &(address(&format!("/resources/{id}"), &parameters) + "#free"))
    };
    for slot in days.iter_mut().flat_map(|day| &mut day.slots) {
        slot.href = Job::carry(job.as_ref(), &slot.href);
    }
    let earlier = wanted.first.checked_sub_days(Days::new(DAYS)).map(|first| first.max(today));
    let later = wanted.first.checked_add_days(Days::new(DAYS)).unwrap_or(wanted.first);
    let length = |minutes: i64| Choice {
        value: minutes.to_string(),
        text: words::length(&texts, minutes),
        is_chosen: minutes == wanted.minutes,
    };
    let (trainings, kinds): (Vec<_>, Vec<String>) =
        kinds.into_iter().map(|(kind, name)| ((address("/trainings", &[("kind", kind.as_str())]), name.clone()), name)).unzip();
    let fields = &resource.fields;
    let page = ResourcePage {
        frame: visit.frame(fields.name.clone()),
        id,
        about: words::about(&texts, fields),
        description: fields.description.clone(),
        host: format!("/hosts/{}", resource.organization_id),
        host_name: resource.organization_name.clone(),
        place: format!("{}, {}", resource.site.name, resource.site.address.city),
        first_picture: resource.pictures.first().map(|picture| Shown::large(id, picture).named(&fields.name)),
        other_pictures: resource.pictures.iter().skip(1).map(|picture| Shown::small(id, picture).named(&fields.name)).collect(),
        fault: fault(&texts, &resource, now),
        withheld: resource.withheld().is_some(),
        prices: prices(&texts, &resource),
        rules: rules(&texts, &resource, &kinds),
        trainings,
        hours: opening_hours(&texts, &resource),
        timezone: resource.site.timezone.name(),
        terms,
        unit: words::unit(&texts, fields.capacity.unit),
        most: fields.capacity.quantity,
        quantity: wanted.quantity,
        day: wanted.first,
        lengths: lengths(&fields.rules, wanted.minutes).into_iter().map(length).collect(),
        days,
        earlier: earlier.filter(|first| *first < wanted.first).map(week),
        later: week(later),
        moves: wanted.moves,
        job,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/resources/{id}").guard(without_token()).get(
        async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(show(&visit, &id, asked).await)
        },
    ));
}
