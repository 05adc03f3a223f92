//! The page with the identities at providers with which the visitor signs in.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::done::Done;
use crate::page::{Explained, Frame, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::identities;
use api::caller::View;
use api::openid::providers;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::IdentityId;
use domain::openid::Identity;
use domain::paging::Paging;
use storage::db::{ReadTx, Tx};
use texts::when;

/// An identity in the list.
struct Listed {
    id: IdentityId,
    issuer: String,
    email: String,
    linked: String,
    used: String,
}

#[derive(Template)]
#[template(path = "me_identities.html")]
struct IdentitiesPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    identities: Vec<Listed>,
    providers: Vec<String>,
}

async fn show(visit: &Visit, done: Done, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let load = move |tx: &mut ReadTx| identities::list_mine(tx, caller, &Paging::of(Some(200), None)?);
    let found = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |identity: Identity| Listed {
        id: identity.id,
        issuer: identity.issuer,
        email: identity.email.to_string(),
        linked: when::utc(&texts, identity.created_at),
        used: when::utc(&texts, identity.last_used_at),
    };
    let page = IdentitiesPage {
        frame: visit.frame(text(&texts, "web-me-identities.title")),
        done: done.text(&texts),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        identities: found.items.into_iter().map(listed).collect(),
        providers: providers(&visit.page.state).into_iter().map(|(_, label)| label).collect(),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

/// The identity to remove.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Removed {
    identity: String,
}

async fn remove(visit: &Visit, sent: &Removed) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let id: IdentityId = read_id(&sent.identity)?;
    match visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| identities::unlink(tx, caller, id)).await {
        Ok(()) => Ok(visit.lead_to("/account/identities?done=identity")),
        Err(problem) => show(visit, Done::default(), Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    const PATH: &str = "/account/identities";
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(done): Parameters<Done>| visit.shown(show(&visit, done, None).await))
            .post(async |visit: Visit, sent: Sent<Removed>| {
                let made = async { remove(&visit, &sent.fields?).await }.await;
                visit.shown_after(PATH, "", made)
            }),
    );
}
