//! The page with the sessions of the visitor, which ends one of them or all others.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::device::device;
use super::done::Done;
use crate::page::{Explained, Frame, address, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::sessions;
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::SessionId;
use domain::paging::Paging;
use storage::db::{ReadTx, Tx};
use texts::when;

/// A session in the list.
struct Listed {
    id: SessionId,
    device: String,
    network: String,
    began: String,
    used: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "me_sessions.html")]
struct SessionsPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    sessions: Vec<Listed>,
    next: Option<String>,
}

/// The parameters of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    done: String,
    cursor: Option<String>,
}

async fn show(visit: &Visit, asked: Asked, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let cursor = asked.cursor;
    let load = move |tx: &mut ReadTx| sessions::list_mine(tx, caller, &Paging::of(None, cursor.as_deref())?);
    let found = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |session: &storage::sessions::Session| Listed {
        id: session.id,
        device: device(&session.user_agent).unwrap_or_else(|| text(&texts, "web-me-sessions.unknown")),
        network: session.network.clone(),
        began: when::utc(&texts, session.created_at),
        used: when::utc(&texts, session.last_used_at),
        is_current: session.id == caller.session_id,
    };
    let page = SessionsPage {
        frame: visit.frame(text(&texts, "web-me-sessions.title")),
        done: Done { done: asked.done }.text(&texts),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        sessions: found.items.iter().map(listed).collect(),
        next: found.next_cursor.map(|cursor| address("/account/sessions", &[("cursor", &cursor)])),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

/// The session to end, or `others`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ended {
    session: String,
}

async fn end(visit: &Visit, sent: &Ended) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let ended = if sent.session == "others" {
        visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| sessions::end_others(tx, caller)).await
    } else {
        let id: SessionId = read_id(&sent.session)?;
        visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| sessions::end_mine(tx, caller, id)).await
    };
    match ended {
        Ok(()) => Ok(visit.lead_to("/account/sessions?done=session")),
        Err(problem) => show(visit, Asked::default(), Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    const PATH: &str = "/account/sessions";
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(show(&visit, asked, None).await))
            .post(async |visit: Visit, sent: Sent<Ended>| {
                let made = async { end(&visit, &sent.fields?).await }.await;
                visit.shown_after(PATH, "", made)
            }),
    );
}
