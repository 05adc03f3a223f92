//! The page that imports resources from a table: upload or paste, look at each row, import all.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;

use super::parts::tabs;
use crate::page::{Explained, Frame, form_name, read_id, text};
use crate::sent_file::{Parts, SentFile};
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::words;
use actions::resources::import::{self, PlannedRow};
use api::caller::{ManageListings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::FieldError;
use domain::ids::OrganizationId;
use domain::problem::Code;
use domain::resource_import::{self, MOST_BYTES, TEMPLATE};
use storage::db::{ReadTx, Tx};
use texts::catalogue::{Texts, variables};

/// A row of the table.
struct Row {
    number: usize,
    name: String,
    site: String,
    /// The kind and the price.
    about: String,
    errors: Vec<String>,
}

#[derive(Template)]
#[template(path = "manage_import.html")]
struct ImportPage {
    frame: Frame,
    organization: OrganizationId,
    tabs: Vec<Tab>,
    path: String,
    form: String,
    table: String,
    rows: Vec<Row>,
    summary: String,
    is_ready: bool,
    problem: Option<Explained>,
}

fn path(id: OrganizationId) -> String {
    format!("/manage/{id}/resources/import")
}

/// Returns the bytes of the table: those of the file, or else the text.
fn table(sent: &Parts) -> Vec<u8> {
    if sent.file.is_empty() { sent.text("table").as_bytes().to_vec() } else { sent.file.to_vec() }
}

/// Puts an error into words, after the name of its column.
fn error(texts: &Texts, error: &FieldError) -> String {
    let detail = texts.said(&error.detail);
    match error.pointer.split('/').nth(3) {
        Some(column) => format!("{column}: {detail}"),
        None => detail,
    }
}

fn row(texts: &Texts, planned: PlannedRow) -> Row {
    let PlannedRow { row, name, site, resource } = planned;
    let (about, errors) = match resource {
        Ok(fields) => (format!("{}, {}", words::about(texts, &fields), words::rate(texts, &fields.tariff)), Vec::new()),
        Err(errors) => (String::new(), errors.0.iter().map(|one| error(texts, one)).collect()),
    };
    Row { number: row, name, site: site.map(|(_, name)| name).unwrap_or_default(), about, errors }
}

/// Shows the form, with the rows of the table as they would be imported if there is one.
async fn show(visit: &Visit, id: OrganizationId, sent: &Parts, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let table = table(sent);
    let text_of_table = String::from_utf8(table.clone()).unwrap_or_default();
    let load = move |tx: &mut ReadTx| {
        import::authorize(tx, caller, id)?;
        if table.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        match resource_import::read(&table) {
            Ok(rows) => Ok(Ok(import::preview(tx, caller, id, &rows)?)),
            Err(unreadable) => Ok(Err(unreadable)),
        }
    };
    let (planned, unreadable) = match visit.page.read_at(Cost::Search, load).await? {
        Ok(planned) => (planned, None),
        Err(unreadable) => (Vec::new(), Some(Problem::from(unreadable))),
    };
    let refused = refused.or(unreadable);
    let texts = visit.page.texts();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX).into();
    let wrong = planned.iter().filter(|row| row.resource.is_err()).count();
    let summary = match (planned.len(), wrong) {
        (0, _) => String::new(),
        (all, 0) => texts.attribute("web-import", "ready", &variables([("count", count(all))])),
        (all, wrong) => texts.attribute("web-import", "wrong", &variables([("wrong", count(wrong)), ("count", count(all))])),
    };
    let page = ImportPage {
        frame: visit.frame(text(&texts, "web-import.title")),
        organization: id,
        tabs: tabs(&texts, id, "web-listing.title"),
        path: path(id),
        form: form_name(sent.text("form")),
        table: text_of_table,
        is_ready: !planned.is_empty() && wrong == 0,
        rows: planned.into_iter().map(|planned| row(&texts, planned)).collect(),
        summary,
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn send(visit: &Visit, id: OrganizationId, sent: Parts) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    // A file that was chosen after the check has not been looked at.
    if sent.text("action") != "import" || !sent.file.is_empty() {
        return show(visit, id, &sent, None).await;
    }
    let imported = async {
        visit.page.read(move |tx: &mut ReadTx| import::authorize(tx, caller, id)).await?;
        let rows = resource_import::read(&table(&sent))?;
        let import = move |tx: &mut Tx<'_>| {
            import::import(tx, caller, id, &rows)?;
            Ok(format!("/manage/{id}/resources"))
        };
        visit.create(Cost::Heavy, sent.text("form"), import).await
    };
    match imported.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, &sent, Some(problem)).await,
    }
}

/// Returns a table to fill in.
async fn template(visit: &Visit, id: OrganizationId) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    visit.page.read(move |tx: &mut ReadTx| import::authorize(tx, caller, id)).await?;
    Ok(visit.file("text/csv; charset=utf-8; header=present", "resources.csv", TEMPLATE.to_owned()))
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/resources/template.csv",
        web::get()
            .to(async |visit: Visit, id: web::Path<String>| visit.shown(async { template(&visit, read_id(&id)?).await }.await)),
    );
    config.service(
        web::resource("/manage/{id}/resources/import")
            .get(async |visit: Visit, id: web::Path<String>| {
                visit.shown(async { show(&visit, read_id(&id)?, &Parts::default(), None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: SentFile<MOST_BYTES>| {
                let done = match (read_id(&id), sent.0) {
                    (Ok(id), Ok(sent)) => send(&visit, id, sent).await,
                    (Ok(id), Err(problem)) if problem.code() == Code::PayloadTooLarge => {
                        show(&visit, id, &Parts::default(), Some(problem)).await
                    }
                    (Err(problem), _) | (_, Err(problem)) => Err(problem),
                };
                visit.shown_after(&format!("/manage/{id}/resources/import"), "", done)
            }),
    );
}
