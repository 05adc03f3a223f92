//! The catalogue: the search for resources on offer, by words, by place, and by time, as a list and on a map.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError as _, web};
use askama::Template;
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::Deserialize;

use super::aside::Job;
use super::assets;
use super::page::{Explained, Frame, Scripts, address};
use super::sent::Parameters;
use super::visit::Visit;
use super::words::{self, Listed, Placed};
use actions::error::Error;
use actions::search::{self, Search};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::geo::{Near, Position};
use domain::limits;
use domain::paging::Paging;
use domain::resource::{Resource, ResourceKind};
use domain::said::said;
use domain::slot::SlotAnywhere;
use domain::wall_clock::{LocalSpan, read_local};
use domain::words::Query;
use storage::db::ReadTx;
use storage::search::Filter;
use texts::catalogue::{Texts, variables};

const PATH: &str = "/catalogue";
/// The radii to choose from, in kilometres, and the usual one.
const RADII_KM: [u32; 6] = [5, 10, 25, 50, 100, 250];
const RADIUS_KM: u32 = 50;
/// How many cities the form suggests, and how many resources the map shows at once.
const MANY: i64 = *limits::PageSize::RANGE.end();

/// The fields of the search form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    q: String,
    kind: String,
    /// A city, or latitude and longitude. Older addresses call it `city`.
    #[serde(alias = "city")]
    near: String,
    /// The largest distance from there, in kilometres.
    radius: String,
    /// The slot, in the local time of each site: a date, and the times of its start and end.
    day: String,
    from: String,
    to: String,
    /// `map`, or the list.
    view: String,
    cursor: Option<String>,
    /// The other things of a job.
    row: Vec<String>,
}

/// A place around which to search.
enum Place {
    At(Position),
    City(String),
}

/// A search, read from the form.
struct Asked {
    filter: Filter,
    place: Option<Place>,
    radius_km: f64,
    slot: Option<LocalSpan>,
    paging: Paging,
}

/// The results of a search.
#[derive(Default)]
struct Results {
    found: Vec<Listed>,
    next: Option<String>,
}

/// The settings and files of a map.
struct Map {
    tiles: String,
    attribution: String,
    leaflet: &'static str,
    leaflet_style: &'static str,
    script: &'static str,
    outlines: &'static str,
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    frame: Frame,
    wanted: Wanted,
    kinds: Vec<Choice>,
    radii: Vec<Choice>,
    places: Vec<String>,
    found: Vec<Listed>,
    next: Option<String>,
    /// The same search without a time, if it has one.
    any_time: Option<String>,
    as_list: String,
    as_map: String,
    map: Option<Map>,
    script: &'static str,
    job: Option<Job>,
    problem: Option<Explained>,
}

/// A choice of a list.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

impl Wanted {
    fn is_map(&self) -> bool {
        self.view == "map"
    }

    /// Returns the address of the same search with some fields changed. It begins with the first page.
    fn address(&self, job: Option<&Job>, changed: &[(&str, &str)]) -> String {
        let own = [
            ("q", self.q.as_str()),
            ("kind", self.kind.as_str()),
            ("near", self.near.as_str()),
            ("radius", self.radius.as_str()),
            ("day", self.day.as_str()),
            ("from", self.from.as_str()),
            ("to", self.to.as_str()),
            ("view", self.view.as_str()),
        ];
        let kept = own.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let all: Vec<_> = kept.chain(changed).filter(|(_, value)| !value.is_empty()).copied().collect();
        Job::carry(job, &address(PATH, &all))
    }

    fn read(&self) -> Result<Asked, InvalidFields> {
        let mut fields = Fields::default();
        let q = fields.text("q", &self.q, limits::SearchWords::RANGE);
        let place = fields.text("near", &self.near, limits::CityFilter::RANGE).map(|near| match near.parse() {
            Ok(position) => Some(Place::At(position)),
            Err(_) => Some(near).filter(|near| !near.is_empty()).map(Place::City),
        });
        let radius = if self.radius.is_empty() { Ok(f64::from(RADIUS_KM)) } else { self.radius.parse() };
        let radius_km = fields.take("radius", radius.map_err(|_| said!("must be a number")));
        let radius_km = radius_km.and_then(|radius| fields.number("radius", radius, limits::RadiusKm::RANGE));
        let slot = fields.nest("", self.slot());
        let paging = Paging::read(&mut fields, self.is_map().then_some(MANY), self.cursor.as_deref());
        fields.finish(|| {
            let filter = Filter { words: Query::new(&q?), kind: self.kind.parse().ok(), ..Filter::default() };
            Some(Asked { filter, place: place?, radius_km: radius_km?, slot: slot?, paging: paging? })
        })
    }

    /// Reads the slot, if there is one. An end before the start is on the next day.
    fn slot(&self) -> Result<Option<LocalSpan>, InvalidFields> {
        let texts = [&self.day, &self.from, &self.to];
        if texts.iter().all(|text| text.is_empty()) {
            return Ok(None);
        }
        if texts.iter().any(|text| text.is_empty()) {
            let detail = said!("choose a date, a start and an end to see what is free then");
            return Err(InvalidFields::one("/day", "required", detail));
        }
        let day: NaiveDate = self.day.parse().map_err(|_| InvalidFields::one("/day", "invalid", said!("must be a date")))?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        let ends_on = match time(&self.from) < time(&self.to) {
            true => Some(day),
            false => day.checked_add_days(Days::new(1)),
        };
        let mut fields = Fields::default();
        let starts_at = fields.take("/from", read_local(&format!("{day}T{}", self.from)));
        let ends_at = fields.take("/to", read_local(&format!("{}T{}", ends_on.unwrap_or(day), self.to)));
        fields.finish(|| Some(Some(LocalSpan { starts_at: starts_at?, ends_at: ends_at? })))
    }
}

/// Returns the search around a place.
///
/// # Errors
/// When nothing is listed in the city.
fn around(tx: &mut ReadTx, asked: &Asked) -> Result<Search, Error> {
    let center = match &asked.place {
        None => None,
        Some(Place::At(position)) => Some(*position),
        Some(Place::City(city)) => {
            let same = search::places(tx, Some(city), &Paging::of(Some(MANY), None)?)?.items;
            let largest = same.into_iter().max_by_key(|place| place.resources);
            let unknown = || {
                let detail = said!(
                    "nothing is listed in {city}; choose one of the suggested places, or type a latitude and a longitude",
                    city
                );
                InvalidFields::one("/near", "invalid", detail)
            };
            Some(largest.ok_or_else(unknown)?.position)
        }
    };
    let near = center.map(|center| Near { center, radius_km: asked.radius_km });
    Ok(Search { filter: asked.filter.clone(), near })
}

fn find(tx: &mut ReadTx, asked: &Asked, has_map: bool, texts: &Texts) -> Result<Results, Error> {
    let search = around(tx, asked)?;
    let now = tx.now;
    let placed = |listed: Listed, resource: &Resource| {
        if has_map { Listed { placed: Some(Placed::of(resource)), ..listed } } else { listed }
    };
    match asked.slot {
        None => {
            let page = search::catalogue(tx, &search, &asked.paging)?;
            let found = page.items.iter().map(|found| placed(Listed::found(texts, found, now), &found.resource));
            Ok(Results { found: found.collect(), next: page.next_cursor })
        }
        Some(span) => {
            let page = search::available(tx, &search, SlotAnywhere::Local { span, quantity: 1 }, None, &asked.paging)?;
            let found = page.items.iter().map(|offer| placed(Listed::offered(texts, offer, now), &offer.found.resource));
            Ok(Results { found: found.collect(), next: page.next_cursor })
        }
    }
}

async fn show(visit: &Visit, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let texts = visit.page.texts();
    let (written, has_map, asked) = (texts.clone(), wanted.is_map(), wanted.read());
    let load = move |tx: &mut ReadTx| {
        let places = search::places(tx, None, &Paging::of(Some(MANY), None)?)?.items;
        let found = asked.map_err(Error::from).and_then(|asked| find(tx, &asked, has_map, &written));
        Ok((places, found))
    };
    let (places, found) = visit.page.read_at(Cost::Search, load).await?;
    let mut places: Vec<String> = places.into_iter().map(|place| place.city).collect();
    places.dedup();
    let (Results { mut found, next }, problem) = match found.map_err(Problem::from) {
        Ok(found) => (found, None),
        // The faults of the form stand above it.
        Err(problem) if !problem.errors().is_empty() => (Results::default(), Some(problem)),
        Err(problem) => return Err(problem),
    };
    let job = Job::of(&texts, &wanted.row);
    for one in &mut found {
        one.href = Job::carry(job.as_ref(), &one.href);
        if let Some((_, form)) = &mut one.slot {
            *form = Job::carry(job.as_ref(), form);
        }
    }
    let kinds = ResourceKind::ALL.iter().map(|one| Choice {
        value: one.as_str().to_owned(),
        text: words::kind(&texts, *one),
        is_chosen: wanted.kind == one.as_str(),
    });
    let radius: u32 = wanted.radius.parse().unwrap_or(RADIUS_KM);
    let radii = RADII_KM.iter().map(|km| Choice {
        value: km.to_string(),
        text: texts.attribute("web-found", "km", &variables([("km", (*km).into())])),
        is_chosen: *km == radius,
    });
    let setting = &visit.page.state.config.map;
    let map = has_map.then(|| Map {
        tiles: setting.tiles.clone(),
        attribution: setting.attribution.clone(),
        leaflet: assets::leaflet(),
        leaflet_style: assets::leaflet_style(),
        script: assets::map(),
        outlines: assets::outlines(),
    });
    let job = job.as_ref();
    let page = CataloguePage {
        frame: visit.frame(texts.attribute_text("web-catalogue", "title")),
        kinds: kinds.collect(),
        radii: radii.collect(),
        places,
        found,
        next: next.map(|cursor| wanted.address(job, &[("cursor", &cursor)])),
        any_time: (!wanted.day.is_empty()).then(|| wanted.address(job, &[("day", ""), ("from", ""), ("to", "")])),
        as_list: wanted.address(job, &[("view", "")]),
        as_map: wanted.address(job, &[("view", "map")]),
        map,
        script: assets::near(),
        job: Job::of(&texts, &wanted.row),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        wanted,
    };
    let scripts = match setting.tiles_origin() {
        Some(origin) if has_map => Scripts::WithTiles(origin),
        _ => Scripts::Own,
    };
    Ok(visit.show_with(scripts, problem.map_or(StatusCode::OK, |problem| problem.status_code()), &page))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        PATH,
        web::get().to(async |visit: Visit, Parameters(wanted): Parameters<Wanted>| visit.shown(show(&visit, wanted).await)),
    );
}
