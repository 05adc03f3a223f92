//! The parts that the pages of a host share.

use chrono::{NaiveDate, NaiveDateTime};

use crate::catalogue::Choice;
use crate::page::{address, text};
use crate::team::parts::Tab;
use actions::error::Error;
use actions::{Caller, sites};
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::paging::Paging;
use domain::said::{Said, said};
use storage::db::ReadTx;
use texts::catalogue::Texts;

/// Returns the pages of a host as the tabs of each of them. `current` is the text of the page that is shown.
pub(super) fn tabs(texts: &Texts, id: OrganizationId, current: &str) -> Vec<Tab> {
    let all = [
        (format!("/manage/{id}"), "web-manage.day"),
        (format!("/manage/{id}/week"), "web-week.tab"),
        (format!("/manage/{id}/resources"), "web-listing.title"),
        (format!("/manage/{id}/figures"), "web-figures.title"),
        (format!("/manage/{id}/waitlist"), "web-waiting.title"),
        (format!("/manage/{id}/invoices"), "web-debts.title"),
        (format!("/manage/{id}/certifications"), "web-kinds.title"),
        (format!("/manage/{id}/trainings"), "web-trainings.title"),
        (format!("/organizations/{id}"), "web-team.title"),
    ];
    all.into_iter().map(|(href, name)| Tab { href, name: text(texts, name), is_current: name == current }).collect()
}

/// Sites, with their names.
pub(super) type Sites = Vec<(SiteId, String)>;

/// Lists the sites of a host by name.
///
/// # Errors
/// `not_found`.
pub(super) fn list_sites(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<Sites, Error> {
    let sites = sites::list(tx, Some(caller), host, &Paging::of(Some(200), None)?)?.items.into_iter();
    let mut sites: Sites = sites.map(|(site, _)| (site.id, site.fields.name)).collect();
    sites.sort_by(|(id, name), (other_id, other)| (name, id).cmp(&(other, other_id)));
    Ok(sites)
}

/// Returns the page of a form of a resource, `offer` or `block`, with the local times of a slot filled in.
pub(super) fn slot_form(id: ResourceId, name: &str, (start, end): (NaiveDateTime, NaiveDateTime)) -> String {
    let [starts_at, ends_at] = [start, end].map(|at| at.format("%Y-%m-%dT%H:%M").to_string());
    address(&format!("/manage/resources/{id}/{name}"), &[("starts_at", &starts_at), ("ends_at", &ends_at)])
}

/// Returns the choices of a list, by value and name.
pub(super) fn choices<T: Copy>(
    all: &[T],
    value: impl Fn(T) -> &'static str,
    chosen: &str,
    name: impl Fn(T) -> String,
) -> Vec<Choice> {
    let choice = |one: &T| Choice { value: value(*one).to_owned(), text: name(*one), is_chosen: value(*one) == chosen };
    all.iter().map(choice).collect()
}

/// Reads a whole number; none if the text is empty.
///
/// # Errors
/// Another text.
pub(super) fn read_number(text: &str) -> Result<Option<i32>, Said> {
    match text.trim() {
        "" => Ok(None),
        number => number.parse().map(Some).map_err(|_| said!("must be a whole number")),
    }
}

/// Reads a day, as a browser sends it; none if the text is empty.
///
/// # Errors
/// Another text.
pub(super) fn read_day(text: &str) -> Result<Option<NaiveDate>, Said> {
    match text.trim() {
        "" => Ok(None),
        day => day.parse().map(Some).map_err(|_| said!("must be a date such as 2026-12-24")),
    }
}

/// Registers the page of a form that makes or edits an object: `open` shows it, and `save` saves it.
macro_rules! edit_form {
    ($config:expr, $path:literal, $about:path) => {
        $config.service(
            actix_web::web::resource($path)
                .get(async |visit: Visit, id: actix_web::web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                    visit.shown(async { open(&visit, $about(read_id(&id)?), wanted).await }.await)
                })
                .post(async |visit: Visit, id: actix_web::web::Path<String>, sent: Sent<Wanted>| {
                    match (read_id(&id).map($about), sent.fields) {
                        (Ok(about), Ok(wanted)) => {
                            let saved = save(&visit, about, wanted).await;
                            visit.shown_after(&about.path(), &sent.query, saved)
                        }
                        (Err(problem), _) | (_, Err(problem)) => visit.shown(Err(problem)),
                    }
                }),
        );
    };
}
pub(super) use edit_form;
