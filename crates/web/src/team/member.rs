//! The page of a member: the role, handing the organization over, and leaving.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::{Team, may, role_name, roles};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, read_ids, unless_refused};
use crate::sent::Sent;
use crate::visit::Visit;
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{members, organizations};
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::{OrganizationId, UserId};
use domain::permissions::{Permission, Role};
use domain::problem::Code;
use storage::db::{ReadTx, Tx};

#[derive(Template)]
#[template(path = "team_member.html")]
struct MemberPage {
    frame: Frame,
    path: String,
    team: String,
    organization: String,
    problem: Option<Explained>,
    email: String,
    role: String,
    roles: Vec<Choice>,
    /// Whether the visitor changes roles here.
    is_owner: bool,
    /// Whether the visitor can hand the organization over to this member.
    can_hand_over: bool,
    is_self: bool,
}

/// The organization and the member in the address of the page.
type Ids = (OrganizationId, UserId);

async fn show(visit: &Visit, (id, user): Ids, refused: Option<(String, Problem)>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let load = move |tx: &mut ReadTx| {
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        let member = members::get(tx, caller, id, user)?;
        let is_owner = may(tx, caller, id, Permission::ManageMembers)?;
        let own = unless_refused(members::get(tx, caller, id, caller.user_id))?;
        Ok((organization.fields().name, member, is_owner, own.is_some_and(|own| own.role == Role::Owner)))
    };
    let (organization, member, is_owner, owns) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let (chosen, problem) = refused.unzip();
    let page = MemberPage {
        frame: visit.frame(member.name),
        path: format!("/organizations/{id}/members/{user}"),
        team: format!("/organizations/{id}"),
        organization,
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        email: member.email,
        role: role_name(&texts, member.role),
        roles: roles(&texts, chosen.as_deref().unwrap_or(member.role.as_str())),
        is_owner,
        can_hand_over: owns && user != caller.user_id,
        is_self: user == caller.user_id,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

/// The fields of the forms.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    /// The button: `role`, `hand-over` or `remove`.
    action: String,
    role: String,
}

async fn make(visit: &Visit, (id, user): Ids, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let Wanted { action, role: sent } = wanted;
    let role = sent.parse::<Role>();
    let pressed = action.clone();
    let make = move |tx: &mut Tx<'_>| match (pressed.as_str(), role) {
        ("role", Ok(role)) => members::update(tx, caller, id, user, &IfMatch::Any, |_| Ok(role)).map(drop),
        ("hand-over", _) => members::hand_over(tx, caller, id, user).map(drop),
        ("remove", _) => members::remove(tx, caller, id, user, &IfMatch::Any),
        _ => Err(Error::refused(Code::MalformedRequest)),
    };
    match visit.page.write(Cost::Heavy, make).await {
        Ok(()) if action == "remove" && user == caller.user_id => Ok(visit.lead_to("/account?done=left")),
        Ok(()) => Ok(visit.lead_to(&format!("/organizations/{id}?done={action}"))),
        Err(problem) => show(visit, (id, user), Some((sent, problem))).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/organizations/{id}/members/{user}")
            .get(async |visit: Visit, ids: web::Path<(String, String)>| {
                visit.shown(async { show(&visit, read_ids(&ids)?, None).await }.await)
            })
            .post(async |visit: Visit, ids: web::Path<(String, String)>, sent: Sent<Wanted>| {
                let made = async { make(&visit, read_ids(&ids)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{}/members/{}", ids.0, ids.1), "", made)
            }),
    );
}
