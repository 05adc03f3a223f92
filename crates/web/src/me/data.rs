//! The pages with the data of the visitor: a file with all of it, and the deletion of the account.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;

use crate::page::{Explained, Frame, text};
use crate::sent::Sent;
use crate::session;
use crate::visit::Visit;
use actions::accounts::deletion;
use actions::precondition::IfMatch;
use api::caller::View;
use api::me::{check_password, export_text};
use api::problem::Problem;
use api::turns::Cost;
use domain::problem::Code;
use storage::db::{ReadTx, Tx};

#[derive(Template)]
#[template(path = "me_data.html")]
struct DataPage {
    frame: Frame,
}

fn show(visit: &Visit) -> Result<HttpResponse, Problem> {
    visit.signed_in::<View>()?;
    let frame = visit.frame(text(&visit.page.texts(), "web-me-data.title"));
    Ok(visit.show(StatusCode::OK, &DataPage { frame }))
}

async fn download(visit: &Visit) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let openid = visit.page.state.openid.clone();
    let all = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| export_text(tx, caller, &openid)).await?;
    Ok(visit.file("application/json", "sharefloor.json", all))
}

/// The fields of the form that deletes the account.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Deletion {
    current_password: SecretString,
}

#[derive(Template)]
#[template(path = "me_delete.html")]
struct DeletePage {
    frame: Frame,
    problem: Option<Explained>,
}

#[derive(Template)]
#[template(path = "me_deleted.html")]
struct DeletedPage {
    frame: Frame,
}

fn show_deletion(visit: &Visit, refused: Option<&Problem>) -> Result<HttpResponse, Problem> {
    visit.signed_in::<View>()?;
    let texts = visit.page.texts();
    let page = DeletePage {
        frame: visit.frame(text(&texts, "web-me-delete.title")),
        problem: refused.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused, &page))
}

async fn delete(visit: &Visit, sent: Deletion) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let deleted = async {
        check_password(&visit.page.state, caller, sent.current_password).await?;
        visit.page.write(Cost::Heavy, move |tx: &mut Tx<'_>| deletion::delete(tx, caller, &IfMatch::Any)).await
    };
    if let Err(problem) = deleted.await {
        return show_deletion(visit, Some(&problem));
    }
    let frame = visit.frame(text(&visit.page.texts(), "web-me-delete.done"));
    let page = DeletedPage { frame: Frame { user_name: None, is_operator: false, ..frame } };
    let mut response = visit.show(StatusCode::OK, &page);
    response.add_cookie(&session::removal(&visit.page.state)).map_err(|_| Problem::of(Code::InternalError))?;
    Ok(response)
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/account/data", web::get().to(async |visit: Visit| visit.shown(show(&visit))));
    config.route("/account/data.json", web::get().to(async |visit: Visit| visit.shown(download(&visit).await)));
    config.service(web::resource("/account/delete").get(async |visit: Visit| visit.shown(show_deletion(&visit, None))).post(
        async |visit: Visit, sent: Sent<Deletion>| {
            let made = async { delete(&visit, sent.fields?).await }.await;
            visit.shown_after("/account/delete", "", made)
        },
    ));
}
