//! The parts that the pages of a host share.

use chrono::NaiveDate;

use crate::page::text;
use crate::team::parts::Tab;
use domain::ids::OrganizationId;
use domain::said::{Said, said};
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
