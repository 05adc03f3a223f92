//! The trainings of a host, and the form that schedules or edits one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::listings::{decimal, read_amount};
use super::parts::{edit_form, read_number, tabs};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, form_name, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::wanted::read_span;
use crate::words;
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{Caller, certification_kinds, sites, trainings};
use api::caller::{ManageTrainings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationKindId, OrganizationId, SiteId, TrainingId};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::order::StartOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::said::said;
use domain::time::UtcTime;
use domain::training::{NewTraining, TrainingFields};
use domain::wall_clock::LocalSpan;
use storage::db::{ReadTx, Tx};
use storage::trainings::{HostFilter, Training};
use texts::when;

/// The permissions of these pages.
type Trains = (View, ManageTrainings);

/// The parameters of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    past: bool,
    cursor: Option<String>,
}

/// A training in the list.
struct Listed {
    href: String,
    time: String,
    name: String,
    site: String,
    taken: i32,
    seats: i32,
    status: String,
}

#[derive(Template)]
#[template(path = "manage_trainings.html")]
struct TrainingsPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    kinds: String,
    is_past: bool,
    has_kinds: bool,
    trainings: Vec<Listed>,
    next: Option<String>,
}

/// A site with its zone.
#[derive(Clone)]
struct Place {
    id: SiteId,
    name: String,
    timezone: Tz,
}

fn places(tx: &mut ReadTx, caller: Caller, id: OrganizationId) -> Result<Vec<Place>, Error> {
    let sites = sites::list(tx, Some(caller), id, &Paging::of(Some(200), None)?)?.items.into_iter();
    Ok(sites.map(|(site, _)| Place { id: site.id, name: site.fields.name, timezone: site.fields.timezone }).collect())
}

/// Returns the kinds that a host can grant, with their names.
fn kinds(tx: &mut ReadTx, caller: Caller, id: OrganizationId) -> Result<Vec<(CertificationKindId, String)>, Error> {
    let (kinds, _) = certification_kinds::list(tx, Some(caller), id, &Paging::of(Some(200), None)?)?;
    let granted = kinds.items.into_iter().filter(|kind| !kind.fields.is_retired);
    Ok(granted.map(|kind| (kind.id, kind.fields.name)).collect())
}

async fn list(visit: &Visit, id: &str, asked: Asked) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let caller = visit.signed_in::<Trains>()?;
    let Asked { past, cursor } = asked;
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ManageTrainings, false)?;
        let paging = Paging::of(None, cursor.as_deref())?;
        let (filter, order) = match past {
            true => (HostFilter { to: Some(tx.now), ..HostFilter::default() }, StartOrder::StartsAtDescending),
            false => (HostFilter { from: Some(tx.now), ..HostFilter::default() }, StartOrder::StartsAt),
        };
        let found = trainings::list(tx, Some(caller), id, &filter, order, &paging)?;
        Ok((found, places(tx, caller, id)?, kinds(tx, caller, id)?))
    };
    let (found, places, kinds) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |training: &Training| {
        let fields = &training.fields;
        let place = places.iter().find(|place| place.id == fields.site_id);
        let timezone = place.map_or(Tz::UTC, |place| place.timezone);
        Listed {
            href: format!("/manage/trainings/{}", training.id),
            time: when::span_in_zone(&texts, timezone, fields.interval.starts_at(), fields.interval.ends_at()),
            name: fields.name.clone(),
            site: place.map(|place| place.name.clone()).unwrap_or_default(),
            taken: fields.seats - training.free_seats,
            seats: fields.seats,
            status: words::training(&texts, training.status),
        }
    };
    let path = format!("/manage/{id}/trainings");
    let past_text = if past { "true" } else { "false" };
    let page = TrainingsPage {
        frame: visit.frame(text(&texts, "web-trainings.title")),
        tabs: tabs(&texts, id, "web-trainings.title"),
        kinds: format!("/manage/{id}/certifications"),
        is_past: past,
        has_kinds: !kinds.is_empty(),
        trainings: found.items.iter().map(listed).collect(),
        next: found.next_cursor.map(|cursor| address(&path, &[("past", past_text), ("cursor", &cursor)])),
        path,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// The fields of the form, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    kind: String,
    site: String,
    name: String,
    description: String,
    trainer: String,
    starts_at: String,
    ends_at: String,
    seats: String,
    price: String,
    currency: String,
    form: String,
}

/// Returns a time as a form shows it.
fn shown_times(timezone: Tz, interval: Interval) -> (String, String) {
    let LocalSpan { starts_at, ends_at } = LocalSpan::of(timezone, interval);
    (starts_at.format("%Y-%m-%dT%H:%M").to_string(), ends_at.format("%Y-%m-%dT%H:%M").to_string())
}

impl Wanted {
    /// Returns the values of a training.
    fn of(fields: &TrainingFields, places: &[Place]) -> Self {
        let timezone = places.iter().find(|place| place.id == fields.site_id).map_or(Tz::UTC, |place| place.timezone);
        let (starts_at, ends_at) = shown_times(timezone, fields.interval);
        Self {
            kind: fields.certification_kind_id.to_string(),
            site: fields.site_id.to_string(),
            name: fields.name.clone(),
            description: fields.description.clone(),
            trainer: fields.trainer.clone(),
            starts_at,
            ends_at,
            seats: fields.seats.to_string(),
            price: fields.price.map(|price| decimal(price.amount, price.currency)).unwrap_or_default(),
            currency: fields.price.map(|price| price.currency.as_str().to_owned()).unwrap_or_default(),
            form: String::new(),
        }
    }

    /// Returns the training. A time that the form still shows as it was stays the same instant, also while clocks are set back.
    fn read(&self, places: &[Place], old: Option<&TrainingFields>, now: UtcTime) -> Result<TrainingFields, InvalidFields> {
        let mut fields = Fields::default();
        let kind = fields.take("/certification_kind_id", self.kind.parse().map_err(|_| said!("must be chosen")));
        let place = places.iter().find(|place| place.id.as_str() == self.site);
        let place = fields.take("/site_id", place.ok_or(said!("must be chosen")));
        let times = place.and_then(|place| {
            let typed = (self.starts_at.clone(), self.ends_at.clone());
            let kept = old.filter(|old| old.site_id == place.id && shown_times(place.timezone, old.interval) == typed);
            let times = kept.map_or_else(|| read_span(place.timezone, &self.starts_at, &self.ends_at), |old| Ok(old.interval));
            fields.nest("", times)
        });
        let seats =
            fields.take("/seats", read_number(&self.seats).and_then(|seats| seats.ok_or(said!("must be a whole number"))));
        let price = match (self.price.trim(), self.currency.trim()) {
            ("", _) => Some(None),
            (price, currency) => {
                let currency = fields.take("/price/currency", currency.to_uppercase().parse::<Currency>());
                let amount = currency.and_then(|currency| fields.take("/price/amount", read_amount(price, currency)));
                amount.zip(currency).map(|(amount, currency)| Some(Money { amount, currency }).filter(|price| price.amount > 0))
            }
        };
        let read = fields.finish(|| Some((kind?, place?.id, times?, seats?, price?)));
        let (certification_kind_id, site_id, interval, seats, price) = read?;
        NewTraining {
            certification_kind_id,
            site_id,
            name: self.name.clone(),
            description: self.description.clone(),
            trainer: self.trainer.clone(),
            price,
            starts_at: interval.starts_at(),
            ends_at: interval.ends_at(),
            seats,
        }
        .read(now)
    }
}

#[derive(Template)]
#[template(path = "manage_training_form.html")]
struct FormPage {
    frame: Frame,
    path: String,
    back: String,
    wanted: Wanted,
    is_new: bool,
    kinds: Vec<Choice>,
    sites: Vec<Choice>,
    /// The page that adds a site, if the host has none.
    needs_site: Option<String>,
    form: String,
    problem: Option<Explained>,
}

/// The training that a form is about.
#[derive(Clone, Copy)]
enum About {
    New(OrganizationId),
    Old(TrainingId),
}

impl About {
    fn path(self) -> String {
        match self {
            Self::New(organization) => format!("/manage/{organization}/trainings/new"),
            Self::Old(training) => format!("/manage/trainings/{training}/edit"),
        }
    }
}

/// All that the form shows.
struct Found {
    organization: OrganizationId,
    old: Option<TrainingFields>,
    places: Vec<Place>,
    kinds: Vec<(CertificationKindId, String)>,
}

fn load(tx: &mut ReadTx, caller: Caller, about: About) -> Result<Found, Error> {
    let (organization, old) = match about {
        About::New(organization) => (organization, None),
        About::Old(id) => {
            let training = trainings::get(tx, Some(caller), id)?;
            (training.organization_id, Some(training.fields))
        }
    };
    actions::authorize(tx, caller, organization, Permission::ManageTrainings, old.is_some())?;
    let mut kinds = kinds(tx, caller, organization)?;
    if let Some(old) = &old {
        // The kind of a training stays.
        kinds.retain(|(id, _)| *id == old.certification_kind_id);
    }
    Ok(Found { organization, old, places: places(tx, caller, organization)?, kinds })
}

async fn show(visit: &Visit, about: About, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Trains>()?;
    let found = visit.page.read(move |tx: &mut ReadTx| load(tx, caller, about)).await?;
    let texts = visit.page.texts();
    let is_typed = refused.is_some() || !wanted.starts_at.is_empty();
    let wanted = match &found.old {
        Some(old) if !is_typed => Wanted::of(old, &found.places),
        _ => wanted,
    };
    let choice = |value: String, text: String, chosen: &str| Choice { is_chosen: value == chosen, value, text };
    let id = found.organization;
    let page = FormPage {
        frame: visit.frame(text(&texts, if found.old.is_none() { "web-trainings.new" } else { "web-trainings.edit" })),
        path: about.path(),
        back: match about {
            About::New(organization) => format!("/manage/{organization}/trainings"),
            About::Old(training) => format!("/manage/trainings/{training}"),
        },
        is_new: found.old.is_none(),
        kinds: found.kinds.into_iter().map(|(id, name)| choice(id.to_string(), name, &wanted.kind)).collect(),
        needs_site: found.places.is_empty().then(|| format!("/manage/{id}/sites/new")),
        sites: found
            .places
            .into_iter()
            .map(|place| choice(place.id.to_string(), format!("{} ({})", place.name, place.timezone.name()), &wanted.site))
            .collect(),
        form: form_name(&wanted.form),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn save(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Trains>()?;
    let sent = wanted.clone();
    let saved = async {
        let Found { places, .. } = visit.page.read(move |tx: &mut ReadTx| load(tx, caller, about)).await?;
        match about {
            About::New(organization) => {
                let fields = sent.read(&places, None, visit.page.state.clock.now())?;
                let create = move |tx: &mut Tx<'_>| {
                    let training = trainings::create(tx, caller, organization, fields.clone())?;
                    Ok(format!("/manage/trainings/{}?done=saved", training.id))
                };
                visit.create(Cost::Light, &wanted.form, create).await
            }
            About::Old(id) => {
                let edit = move |tx: &mut Tx<'_>| {
                    let now = tx.now;
                    let edit = |old: TrainingFields| sent.read(&places, Some(&old), now);
                    trainings::update(tx, caller, id, &IfMatch::Any, edit).map(drop)
                };
                visit.page.write(Cost::Light, edit).await?;
                Ok(format!("/manage/trainings/{id}?done=saved"))
            }
        }
    };
    match saved.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, about, wanted, Some(problem)).await,
    }
}

async fn open(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    show(visit, about, wanted, None).await
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/trainings",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(list(&visit, &id, asked).await)
        }),
    );
    edit_form!(config, "/manage/{id}/trainings/new", About::New);
    edit_form!(config, "/manage/trainings/{id}/edit", About::Old);
}
