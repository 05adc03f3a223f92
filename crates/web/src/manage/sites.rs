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
use domain::opening_hours::{OpeningHours, RawDateException, RawOpeningHours, RawSpan};
use domain::permissions::Permission;
use domain::said::said;
use domain::site::{Address, Disclosure, NewSite, SiteFields};
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

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads the hours of a day: `09:00-12:00, 13:00-17:00`. None if the text has another form.
fn read_spans(text: &str) -> Option<Vec<RawSpan>> {
    let spans = text.split(',').map(str::trim).filter(|span| !span.is_empty());
    let span = |span: &str| {
        let (start, end) = span.split_once(['-', '\u{2013}'])?;
        Some([start.trim().to_owned(), end.trim().to_owned()])
    };
    spans.map(span).collect()
}

fn write_spans(spans: &[RawSpan]) -> String {
    spans.iter().map(|[start, end]| format!("{start}-{end}")).collect::<Vec<_>>().join(", ")
}

/// Reads the days with other hours, a line for each: the date, the hours, which are none on a closed day, and a reason in brackets, such as
/// `2026-12-24 09:00-12:00 (Christmas Eve)`.
///
/// # Errors
/// The first line of another form.
fn read_exceptions(text: &str) -> Result<Vec<RawDateException>, InvalidFields> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| {
        let (day, reason) = line.strip_suffix(')').and_then(|line| line.split_once('(')).unwrap_or((line, ""));
        let (date, hours) = day.trim().split_once(' ').unwrap_or((day.trim(), ""));
        let spans = read_spans(hours);
        spans.map(|spans| RawDateException { date: date.to_owned(), spans, reason: reason.trim().to_owned() }).ok_or_else(|| {
            let detail = said!("must be lines such as 2026-12-24 09:00-12:00 (Christmas Eve), and not {line}", line);
            InvalidFields::one("/exceptions", "invalid", detail)
        })
    };
    lines.map(read).collect()
}

fn write_exceptions(exceptions: &[RawDateException]) -> String {
    let line = |exception: &RawDateException| {
        let RawDateException { date, spans, reason } = exception;
        let reason = if reason.is_empty() { String::new() } else { format!("({reason})") };
        [date.clone(), write_spans(spans), reason].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    exceptions.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads the hours of each weekday from Monday: `09:00-12:00, 13:00-17:00`. An empty text is a closed day.
///
/// # Errors
/// A weekday whose hours are not of this form.
pub(super) fn read_hours(hours: &[String]) -> Result<RawOpeningHours, InvalidFields> {
    let mut fields = Fields::default();
    let mut week = RawOpeningHours::new();
    for (day, text) in WEEKDAYS.iter().zip(hours) {
        let of_day = read_spans(text).map(|spans| RawOpeningHours::from([((*day).to_owned(), spans)]));
        match of_day.filter(|hours| OpeningHours::read(hours).is_ok()) {
            Some(hours) => week.extend(hours.into_iter().filter(|(_, spans)| !spans.is_empty())),
            None => {
                fields.refuse(format!("/opening_hours/{day}"), "invalid", said!("must be times such as 09:00-12:00, 13:00-17:00"))
            }
        }
    }
    fields.finish(|| Some(week))
}

/// Returns the hours of each weekday as a form shows them: those that were typed, or else those that are stored.
pub(super) fn shown_hours(texts: &Texts, typed: &[String], stored: Option<&OpeningHours>) -> Vec<WeekdayHours> {
    let stored = stored.map(OpeningHours::written).unwrap_or_default();
    let day = |(index, day): (usize, &&str)| {
        let stored = || stored.get(*day).map(|spans| write_spans(spans)).unwrap_or_default();
        let text = typed.get(index).cloned().unwrap_or_else(stored);
        WeekdayHours { name: texts.attribute_text("web-weekday", day), text }
    };
    WEEKDAYS.iter().enumerate().map(day).collect()
}

impl Wanted {
    /// Returns the values of a site.
    fn of(site: &Site) -> Self {
        let fields = NewSite::from(site.fields.clone());
        let hours = WEEKDAYS.iter().map(|day| fields.opening_hours.get(*day).map(|spans| write_spans(spans)).unwrap_or_default());
        Self {
            hours: hours.collect(),
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
        let hours = fields.nest("", read_hours(&self.hours));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        let week = |monday: &str| read_hours(&[monday.to_owned()]);
        assert_eq!(week("").unwrap(), RawOpeningHours::new());
        let two = vec![["09:00".to_owned(), "12:00".to_owned()], ["13:00".to_owned(), "17:00".to_owned()]];
        for text in ["09:00-12:00,13:00-17:00", " 09:00 - 12:00 , 13:00 \u{2013} 17:00, "] {
            assert_eq!(week(text).unwrap()["mon"], two, "{text}");
        }
        for text in ["all day", "9-5", "09:00-12:00, 11:00-13:00", "25:00-26:00"] {
            assert_eq!(week(text).unwrap_err().0[0].pointer, "/opening_hours/mon", "{text}");
        }
    }

    #[test]
    fn days_with_other_hours_are_read_as_they_are_written() {
        let text = "2026-12-24 09:00-12:00, 13:00-14:00 (Christmas Eve)\n2026-12-25 (Christmas)\n2026-12-26";
        let read = read_exceptions(&format!(" {}\r\n\r\n", text.replace('\n', "\r\n"))).unwrap();
        assert_eq!(
            (read[0].spans.len(), read[1].spans.len(), &*read[1].reason, &*read[2].date),
            (2, 0, "Christmas", "2026-12-26")
        );
        assert_eq!(write_exceptions(&read), text);
        assert_eq!(read_exceptions("2026-12-25 closed").unwrap_err().0[0].pointer, "/exceptions");
    }
}
