//! The coming trainings, and the page of one, where people take a seat and give it up.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::catalogue::Choice;
use super::page::{Explained, Frame, address, form_name, read_id, text, unless_refused};
use super::sent::{Parameters, Sent};
use super::visit::{Visit, without_token};
use super::words;
use actions::error::Error;
use actions::trainings::Found;
use actions::{Caller, certification_kinds, certifications, organizations, sites, training_seats, trainings};
use api::caller::{Book, ManageTrainings, Names as _, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::certification::CertificationStatus;
use domain::fields::InvalidFields;
use domain::ids::{CertificationKindId, OrganizationId, TrainingId, TrainingSeatId};
use domain::money::Money;
use domain::order::{CreationOrder, StartOrder};
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use domain::training::{SeatPayer, SeatStatus, TrainingStatus};
use storage::certification_kinds::CertificationKind;
use storage::db::{ReadTx, Tx};
use storage::sites::Site;
use storage::training_seats::TrainingSeat;
use storage::trainings::{Filter, HostFilter, Training};
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The parameters of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    /// The kind of certification.
    kind: String,
    cursor: Option<String>,
}

/// A training with the names that people know.
pub(crate) struct Known {
    pub(crate) training: Training,
    host: String,
    kind: String,
    /// The site, if the visitor sees it.
    site: Option<Site>,
}

impl Known {
    /// Finds the names.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn of(tx: &mut ReadTx, caller: Option<Caller>, training: Training) -> Result<Self, Error> {
        let (host, _) = organizations::get(tx, caller, training.organization_id)?;
        let kind = unless_refused(certification_kinds::get(tx, caller, training.fields.certification_kind_id))?;
        let kind = kind.map(|(kind, _)| kind.fields.name).unwrap_or_default();
        let site = unless_refused(sites::get(tx, caller, training.fields.site_id))?.map(|(site, _)| site);
        Ok(Self { training, host: host.fields().name, kind, site })
    }

    /// Returns the time, in the zone of the site as far as that is known.
    pub(crate) fn time(&self, texts: &Texts) -> String {
        let interval = self.training.fields.interval;
        let timezone = self.site.as_ref().map_or(Tz::UTC, |site| site.fields.timezone);
        when::span_in_zone(texts, timezone, interval.starts_at(), interval.ends_at())
    }

    fn place(&self) -> String {
        self.site.as_ref().map(|site| format!("{}, {}", site.fields.name, site.fields.address.city)).unwrap_or_default()
    }

    fn price(&self, texts: &Texts) -> String {
        self.training.fields.price.map_or_else(|| text(texts, "web-trainings.free"), |price| amount(texts, price))
    }

    /// Returns how many seats are free.
    fn seats(&self, texts: &Texts) -> String {
        texts.attribute("web-trainings", "free-seats", &variables([("count", self.training.free_seats.into())]))
    }
}

/// A training in the list.
struct Listed {
    href: String,
    name: String,
    time: String,
    parties: String,
    kind: String,
    price: String,
    seats: String,
    is_full: bool,
}

#[derive(Template)]
#[template(path = "trainings.html")]
struct TrainingsPage {
    frame: Frame,
    kind: Option<(String, String)>,
    found: Vec<Listed>,
    next: Option<String>,
}

/// Returns the coming trainings in a kind of all hosts that grant it and that the caller sees, those of private hosts included.
fn of_kind(tx: &mut ReadTx, caller: Option<Caller>, kind: &CertificationKind) -> Result<Vec<Training>, Error> {
    let filter = HostFilter { kind: Some(kind.id), statuses: vec![TrainingStatus::Scheduled], from: Some(tx.now), to: None };
    let mut found = Vec::new();
    for host in kind.hosts() {
        let paging = Paging::of(Some(50), None)?;
        let listed = unless_refused(trainings::list(tx, caller, host, &filter, StartOrder::StartsAt, &paging))?;
        found.extend(listed.into_iter().flat_map(|page| page.items));
    }
    found.retain(|training| training.fields.interval.starts_at() > tx.now);
    found.sort_by_key(|training| (training.fields.interval.starts_at(), training.id));
    Ok(found)
}

async fn list(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.caller::<View>();
    let kind: Option<CertificationKindId> = if asked.kind.is_empty() { None } else { Some(read_id(&asked.kind)?) };
    let load = move |tx: &mut ReadTx| {
        let (kind, found, next) = match kind {
            Some(kind) => {
                let (kind, _) = certification_kinds::get(tx, caller, kind)?;
                let found = of_kind(tx, caller, &kind)?;
                (Some(kind), found, None)
            }
            None => {
                let filter = Filter { kind: None, organization: None, city: None, area: None, from: tx.now, to: None };
                let page = trainings::search(tx, filter, None, &Paging::of(None, asked.cursor.as_deref())?)?;
                let found = page.items.into_iter().map(|Found { upcoming, .. }| upcoming.training).collect();
                (None, found, page.next_cursor)
            }
        };
        let known: Result<Vec<Known>, Error> = found.into_iter().map(|training| Known::of(tx, caller, training)).collect();
        Ok((kind, known?, next))
    };
    let (kind, found, next) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let listed = |known: &Known| Listed {
        href: format!("/trainings/{}", known.training.id),
        name: known.training.fields.name.clone(),
        time: known.time(&texts),
        parties: [known.host.clone(), known.place()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        kind: known.kind.clone(),
        price: known.price(&texts),
        seats: known.seats(&texts),
        is_full: known.training.free_seats == 0,
    };
    let page = TrainingsPage {
        frame: visit.frame(text(&texts, "web-trainings.coming")),
        kind: kind.map(|kind| (kind.fields.name, kind.fields.description)),
        found: found.iter().map(listed).collect(),
        next: next.map(|cursor| address("/trainings", &[("cursor", &cursor)])),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// The fields of the forms, and the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `take` or `cancel`.
    action: String,
    seat: String,
    /// The organization that pays; empty if the service charges nobody.
    organization: String,
    /// The price that the form shows, in minor units.
    total: String,
    form: String,
    done: String,
}

#[derive(Template)]
#[template(path = "training.html")]
struct TrainingPage {
    frame: Frame,
    path: String,
    done: String,
    problem: Option<Explained>,
    description: String,
    host: String,
    host_name: String,
    facts: Vec<(String, String)>,
    /// The page of the training for its host, if the visitor manages it.
    manage: Option<String>,
    seat: Option<TrainingSeatId>,
    /// Whether a seat can be taken now.
    is_open: bool,
    is_full: bool,
    total: Option<i64>,
    price: String,
    organizations: Vec<Choice>,
    form: String,
}

/// All that the page shows.
struct Facts {
    known: Known,
    seat: Option<TrainingSeat>,
    certified_until: Option<Option<UtcTime>>,
    customers: Vec<(OrganizationId, String)>,
    is_manager: bool,
    now: UtcTime,
}

fn load(tx: &mut ReadTx, caller: Option<Caller>, id: TrainingId) -> Result<Facts, Error> {
    let training = trainings::get(tx, caller, id)?;
    let (mut seat, mut certified_until, mut customers, mut is_manager) = (None, None, Vec::new(), false);
    if let Some(caller) = caller {
        let all = Paging::of(Some(200), None)?;
        // Managers see all seats, others only their own.
        let own = Caller { permissions: View::PERMISSIONS, ..caller };
        let seats = training_seats::list(tx, own, id, &[SeatStatus::Booked], CreationOrder::CreatedAt, &all)?.items;
        seat = seats.into_iter().find(|seat| seat.user_id == caller.user_id);
        let held = certifications::list_mine(tx, caller, &all)?.items.into_iter();
        let kind = training.fields.certification_kind_id;
        let valid =
            held.filter(|one| one.certification_kind_id == kind && one.validity.status(tx.now) == CertificationStatus::Valid);
        certified_until = valid.map(|one| one.validity.expires_at).max_by_key(|until| until.unwrap_or(UtcTime::LATEST));
        let mine = organizations::list_mine(tx, caller, &all)?.items.into_iter();
        customers = mine.filter(|one| one.id != training.organization_id).map(|one| (one.id, one.fields().name)).collect();
        let manages = actions::authorize(tx, caller, training.organization_id, Permission::ManageTrainings, true);
        is_manager = unless_refused(manages)?.is_some();
    }
    Ok(Facts { known: Known::of(tx, caller, training)?, seat, certified_until, customers, is_manager, now: tx.now })
}

/// The prepaid credit that pays for a seat.
fn prepaid(seat: &TrainingSeat) -> Option<Money> {
    let used =
        seat.charge.iter().flat_map(|charge| &charge.prepaid).fold(0, |sum: i64, used| sum.saturating_add(used.credit.amount));
    seat.price.map(|price| Money { amount: used, ..price }).filter(|used| used.amount > 0)
}

async fn show(visit: &Visit, id: TrainingId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.caller::<(View, ManageTrainings)>();
    let Facts { known, seat, certified_until, customers, is_manager, now } =
        visit.page.read(move |tx: &mut ReadTx| load(tx, caller, id)).await?;
    let texts = visit.page.texts();
    let training = &known.training;
    let fields = &training.fields;
    let is_open = training.status == TrainingStatus::Scheduled && now < fields.interval.starts_at();
    let free = if is_open { known.seats(&texts) } else { words::training(&texts, training.status) };
    let facts = [
        ("web-trainings.kind", known.kind.clone()),
        ("web-booking.time", known.time(&texts)),
        ("web-booking.place", known.place()),
        ("web-trainings.trainer", fields.trainer.clone()),
        ("web-trainings.price", known.price(&texts)),
        ("web-manage.status", free),
        ("web-booking.reason", training.reason.clone()),
        ("web-trainings.paid-with-prepaid", seat.as_ref().and_then(prepaid).map(|sum| amount(&texts, sum)).unwrap_or_default()),
        ("web-trainings.certified", certified_until.map(|until| words::expiry(&texts, until)).unwrap_or_default()),
    ];
    let choice = |(id, name): (OrganizationId, String)| Choice {
        is_chosen: wanted.organization == id.as_str(),
        value: id.to_string(),
        text: name,
    };
    let page = TrainingPage {
        frame: visit.frame(fields.name.clone()),
        path: format!("/trainings/{id}/seat"),
        done: texts.attribute_text("web-trainings-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        description: fields.description.clone(),
        host: format!("/hosts/{}", training.organization_id),
        host_name: known.host.clone(),
        facts: facts.into_iter().filter(|(_, fact)| !fact.is_empty()).map(|(name, fact)| (text(&texts, name), fact)).collect(),
        manage: is_manager.then(|| format!("/manage/trainings/{id}")),
        seat: seat.filter(|_| is_open).map(|seat| seat.id),
        is_open,
        is_full: training.free_seats == 0,
        total: fields.price.map(|price| price.amount),
        price: known.price(&texts),
        organizations: customers.into_iter().map(choice).collect(),
        form: form_name(&wanted.form),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn press(visit: &Visit, id: TrainingId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(Book, View)>()?;
    let sent = wanted.clone();
    let made = async {
        if sent.action == "cancel" {
            let seat: TrainingSeatId = read_id(&sent.seat)?;
            let cancel = move |tx: &mut Tx<'_>| training_seats::cancel(tx, caller, id, seat, "").map(drop);
            visit.page.write(Cost::Light, cancel).await?;
            return Ok(format!("/trainings/{id}?done=given-up"));
        }
        let payer = match sent.organization.as_str() {
            "" => None,
            payer => {
                let organization_id = payer.parse().map_err(|_| Problem::of(Code::MalformedRequest))?;
                Some(SeatPayer { organization_id, refuses_prepaid: false })
            }
        };
        let shown: Option<i64> = sent.total.parse().ok();
        let take = move |tx: &mut Tx<'_>| {
            let seat = training_seats::take(tx, caller, id, payer)?;
            if shown != seat.price.map(|price| price.amount) {
                let detail = said!("has changed since the form was shown; look at it and book again");
                return Err(InvalidFields::one("/price", "changed", detail).into());
            }
            Ok(format!("/trainings/{id}?done=taken"))
        };
        visit.create(Cost::Light, &sent.form, take).await
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        // The form that is shown again is a new one: it can be sent with other values.
        Err(problem) => show(visit, id, Wanted { form: String::new(), ..wanted }, Some(problem)).await,
    }
}

/// Registers the pages. The page behind the links in mails has the address of a training, and a token.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/trainings",
        web::get().to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(list(&visit, asked).await)),
    );
    config.service(web::resource("/trainings/{id}").guard(without_token()).get(
        async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
            visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
        },
    ));
    config.service(
        web::resource("/trainings/{id}/seat")
            // After a sign-in, the page of the training shows the form again.
            .get(async |visit: Visit, id: web::Path<String>| visit.lead_to(&format!("/trainings/{id}")))
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { press(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/trainings/{id}"), &sent.query, made)
            }),
    );
}
