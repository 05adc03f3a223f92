//! The page that adds a site to a host.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::Deserialize;

use crate::page::{Explained, Frame, form_name, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::sites;
use api::caller::{ManageListings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::OrganizationId;
use domain::opening_hours::{OpeningHours, RawOpeningHours};
use domain::permissions::Permission;
use domain::said::said;
use domain::site::{Address, Disclosure, NewSite};
use storage::db::{ReadTx, Tx};
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
    access_notes: String,
    contact: String,
    hides_address: String,
    form: String,
}

#[derive(Template)]
#[template(path = "manage_site.html")]
struct SitePage {
    frame: Frame,
    path: String,
    wanted: Wanted,
    hours: Vec<WeekdayHours>,
    timezones: &'static [Tz],
    form: String,
    problem: Option<Explained>,
}

/// The opening hours of a weekday, as a form has them.
pub(super) struct WeekdayHours {
    pub(super) name: String,
    pub(super) text: String,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads the hours of each weekday from Monday: `09:00-12:00, 13:00-17:00`. An empty text is a closed day.
///
/// # Errors
/// A weekday whose hours are not of this form.
pub(super) fn read_hours(hours: &[String]) -> Result<RawOpeningHours, InvalidFields> {
    let mut fields = Fields::default();
    let mut week = RawOpeningHours::new();
    for (day, text) in WEEKDAYS.iter().zip(hours) {
        let spans = text.split(',').map(str::trim).filter(|span| !span.is_empty());
        let span = |span: &str| {
            let (start, end) = span.split_once(['-', '\u{2013}'])?;
            Some([start.trim().to_owned(), end.trim().to_owned()])
        };
        let of_day = spans.map(span).collect::<Option<Vec<_>>>().map(|spans| RawOpeningHours::from([((*day).to_owned(), spans)]));
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
        let spans = stored.get(*day).into_iter().flatten().map(|[start, end]| format!("{start}-{end}"));
        let text = typed.get(index).cloned().unwrap_or_else(|| spans.collect::<Vec<_>>().join(", "));
        WeekdayHours { name: texts.attribute_text("web-weekday", day), text }
    };
    WEEKDAYS.iter().enumerate().map(day).collect()
}

impl Wanted {
    fn read(&self) -> Result<NewSite, InvalidFields> {
        let mut fields = Fields::default();
        let mut number =
            |name: &str, text: &str| fields.take(name, text.replace(',', ".").parse().map_err(|_| said!("must be a number")));
        let (latitude, longitude) = (number("/latitude", &self.latitude), number("/longitude", &self.longitude));
        let hours = fields.nest("", read_hours(&self.hours));
        fields.finish(|| {
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
                exceptions: Vec::new(),
                discloses_address: if self.hides_address.is_empty() { Disclosure::Everyone } else { Disclosure::Confirmed },
                access_notes: self.access_notes.clone(),
                contact: self.contact.clone(),
            })
        })
    }
}

async fn show(visit: &Visit, id: OrganizationId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    visit.page.read(move |tx: &mut ReadTx| actions::authorize(tx, caller, id, Permission::ManageListings, false)).await?;
    let texts = visit.page.texts();
    let page = SitePage {
        frame: visit.frame(text(&texts, "web-site.title")),
        path: format!("/manage/{id}/sites/new"),
        hours: shown_hours(&texts, &wanted.hours, None),
        timezones: &TZ_VARIANTS,
        form: form_name(&wanted.form),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn create(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let created = async {
        let site = wanted.read()?.read()?;
        let listings = format!("/manage/{id}/resources");
        let create = move |tx: &mut Tx<'_>| sites::create(tx, caller, id, &site).map(|_| listings.clone());
        visit.create(Cost::Light, &wanted.form, create).await
    };
    match created.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/{id}/sites/new")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { create(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/{id}/sites/new"), &sent.query, made)
            }),
    );
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
}
