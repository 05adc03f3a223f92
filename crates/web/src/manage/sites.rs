//! The forms that add a site to a host, and that edit one.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::Deserialize;

use super::parts::{choices, edit_form};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, form_name, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::versions::{Difference, differences, is_outdated, made_from};
use crate::visit::Visit;
use actions::closing::Closing;
use actions::sites;
use api::caller::{ManageListings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::closing::OnClosing;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, SiteId};
use domain::limits;
use domain::opening_hours::{OpeningHours, WEEKDAYS};
use domain::permissions::Permission;
use domain::said::said;
use domain::site::{Address, Disclosure, NewSite, SiteFields};
use domain::typed_hours::{read_exceptions, read_week, write_exceptions, write_week};
use storage::db::{ReadTx, Tx};
use storage::sites::Site;
use texts::catalogue::Texts;

/// The fields of the form.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    name: String,
    line1: String,
    line2: String,
    city: String,
    postal_code: String,
    country: String,
    latitude: String,
    longitude: String,
    timezone: String,
    hours: Vec<String>,
    /// The days with other hours, a line for each.
    exceptions: String,
    access_notes: String,
    contact: String,
    hides_address: String,
    /// The treatment of bookings that new hours leave outside, and the reason for their customers.
    bookings: String,
    reason: String,
    form: String,
    /// The version that the form was made from.
    version: String,
}

#[derive(Template)]
#[template(path = "manage_site.html")]
struct SitePage {
    frame: Frame,
    path: String,
    is_new: bool,
    wanted: Wanted,
    hours: Vec<WeekdayHours>,
    timezones: &'static [Tz],
    closings: Vec<Choice>,
    form: String,
    changed: Vec<Difference>,
    problem: Option<Explained>,
}

/// The opening hours of a weekday, as a form has them.
pub(super) struct WeekdayHours {
    pub(super) name: String,
    pub(super) text: String,
}

/// Returns the hours of each weekday as a form shows them: those that were typed, or else those that are stored.
pub(super) fn shown_hours(texts: &Texts, typed: &[String], stored: Option<&OpeningHours>) -> Vec<WeekdayHours> {
    let stored = write_week(&stored.map(OpeningHours::written).unwrap_or_default());
    let day = |(index, (day, stored)): (usize, (&&str, String))| {
        let text = typed.get(index).cloned().unwrap_or(stored);
        WeekdayHours { name: texts.attribute_text("web-weekday", day), text }
    };
    WEEKDAYS.iter().zip(stored).enumerate().map(day).collect()
}

impl Wanted {
    /// Returns the values of a site.
    fn of(site: &Site) -> Self {
        let fields = NewSite::from(site.fields.clone());
        Self {
            hours: write_week(&fields.opening_hours),
            exceptions: write_exceptions(&fields.exceptions),
            name: fields.name,
            line1: fields.address.line1,
            line2: fields.address.line2,
            city: fields.address.city,
            postal_code: fields.address.postal_code,
            country: fields.address.country,
            latitude: fields.latitude.to_string(),
            longitude: fields.longitude.to_string(),
            timezone: fields.timezone,
            access_notes: fields.access_notes,
            contact: fields.contact,
            hides_address: if fields.discloses_address == Disclosure::Everyone { String::new() } else { "on".to_owned() },
            version: site.revision.to_string(),
            ..Self::default()
        }
    }

    fn read(&self) -> Result<SiteFields, InvalidFields> {
        let mut fields = Fields::default();
        let mut number = |name: &str, text: &str| {
            fields.take(name, text.trim().replace(',', ".").parse().map_err(|_| said!("must be a number")))
        };
        let (latitude, longitude) = (number("/latitude", &self.latitude), number("/longitude", &self.longitude));
        let hours = fields.nest("", read_week(&self.hours));
        let exceptions = fields.nest("", read_exceptions(&self.exceptions));
        let site = fields.finish(|| {
            Some(NewSite {
                name: self.name.clone(),
                address: Address {
                    line1: self.line1.clone(),
                    line2: self.line2.clone(),
                    city: self.city.clone(),
                    postal_code: self.postal_code.clone(),
                    country: self.country.trim().to_uppercase(),
                },
                latitude: latitude?,
                longitude: longitude?,
                timezone: self.timezone.clone(),
                opening_hours: hours?,
                exceptions: exceptions?,
                discloses_address: if self.hides_address.is_empty() { Disclosure::Everyone } else { Disclosure::Confirmed },
                access_notes: self.access_notes.clone(),
                contact: self.contact.clone(),
            })
        })?;
        site.read()
    }

    fn closing(&self) -> Result<Closing, InvalidFields> {
        let mut fields = Fields::default();
        let on_bookings = if self.bookings.is_empty() { Ok(OnClosing::Refuse) } else { self.bookings.parse() };
        let on_bookings = fields.take("/bookings", on_bookings.map_err(|_| said!("must be chosen")));
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| Some(Closing { on_bookings: on_bookings?, reason: reason? }))
    }

    /// Returns the values in words, each with its name.
    fn in_words(&self, texts: &Texts) -> Vec<(String, String)> {
        let hours = shown_hours(texts, &self.hours, None).into_iter().filter(|day| !day.text.is_empty());
        let hours = hours.map(|day| format!("{} {}", day.name, day.text)).collect::<Vec<_>>().join("; ");
        let values = [
            ("web-site.name", self.name.clone()),
            ("web-site.line1", self.line1.clone()),
            ("web-site.line2", self.line2.clone()),
            ("web-site.postal-code", self.postal_code.clone()),
            ("web-site.city", self.city.clone()),
            ("web-site.country", self.country.clone()),
            ("web-site.latitude", self.latitude.clone()),
            ("web-site.longitude", self.longitude.clone()),
            ("web-site.timezone", self.timezone.clone()),
            ("web-resource.hours", hours),
            ("web-site-edit.exceptions", self.exceptions.replace("\r\n", "\n")),
            ("web-site.access", self.access_notes.replace("\r\n", "\n")),
            ("web-site.contact", self.contact.clone()),
            ("web-site.hides-address", text(texts, if self.hides_address.is_empty() { "web-me.off" } else { "web-me.on" })),
        ];
        values.into_iter().map(|(id, value)| (text(texts, id), value)).collect()
    }
}

/// The site that a form is about.
#[derive(Clone, Copy)]
enum About {
    New(OrganizationId),
    Old(SiteId),
}

impl About {
    fn path(self) -> String {
        match self {
            Self::New(organization) => format!("/manage/{organization}/sites/new"),
            Self::Old(site) => format!("/manage/sites/{site}/edit"),
        }
    }
}

/// Shows the form: with what was sent, or else with the values of the site to edit.
async fn show(visit: &Visit, about: About, sent: Option<Wanted>, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let load = move |tx: &mut ReadTx| match about {
        About::New(organization) => {
            actions::authorize(tx, caller, organization, Permission::ManageListings, false)?;
            Ok(None)
        }
        About::Old(id) => {
            let (site, _) = sites::get(tx, Some(caller), id)?;
            actions::authorize(tx, caller, site.organization_id, Permission::ManageListings, true)?;
            Ok(Some(site))
        }
    };
    let site = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let stored = site.as_ref().map(Wanted::of);
    let mut wanted = sent.or(stored.clone()).unwrap_or_default();
    let mut changed = Vec::new();
    if let Some(stored) = stored.filter(|_| is_outdated(refused.as_ref())) {
        changed = differences(stored.in_words(&texts), wanted.in_words(&texts));
        // The next form is made from what is shown here.
        wanted.version = stored.version;
    }
    let closing = |one: OnClosing| texts.attribute_text("web-closing", one.as_str());
    let is_new = site.is_none();
    let page = SitePage {
        frame: visit.frame(text(&texts, if is_new { "web-site.title" } else { "web-site-edit.title" })),
        path: about.path(),
        is_new,
        hours: shown_hours(&texts, &wanted.hours, None),
        timezones: &TZ_VARIANTS,
        closings: choices(OnClosing::ALL, |one| one.as_str(), &wanted.bookings, closing),
        form: form_name(&wanted.form),
        changed,
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn save(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let form = wanted.clone();
    let saved = async {
        match about {
            About::New(id) => {
                let site = form.read()?;
                let listings = format!("/manage/{id}/resources");
                let create = move |tx: &mut Tx<'_>| sites::create(tx, caller, id, &site).map(|_| listings.clone());
                visit.create(Cost::Light, &wanted.form, create).await
            }
            About::Old(id) => {
                let (site, closing) = (form.read()?, form.closing()?);
                let made_from = made_from(&form.version);
                let edit = move |tx: &mut Tx<'_>| {
                    let site = site.clone();
                    let edited = sites::update(tx, caller, id, &made_from, &closing, |_| Ok(site))?;
                    Ok(format!("/manage/{}?site={id}", edited.organization_id))
                };
                visit.ask(Cost::Heavy, edit).await
            }
        }
    };
    match saved.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, about, Some(wanted), Some(problem)).await,
    }
}

async fn open(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    // After a sign-in, the query has the form as it was typed.
    let typed = (!wanted.form.is_empty()).then_some(wanted);
    show(visit, about, typed, None).await
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    edit_form!(config, "/manage/{id}/sites/new", About::New);
    edit_form!(config, "/manage/sites/{id}/edit", About::Old);
}
