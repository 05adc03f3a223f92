//! The pages of an organization for its members: the team, the data of the organization, its API keys and its audit log.

pub(crate) mod audit;
mod edit;
mod keys;
mod member;
pub(crate) mod parts;
mod secret;
mod webhooks;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use self::parts::{Open, Tab, Team, may, role_name, roles};
use super::catalogue::Choice;
use super::page::{Explained, Frame, address, form_name, read_id, text, unless_refused};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use actions::error::Error;
use actions::{Caller, invitations, members, organizations};
use api::problem::Problem;
use api::turns::Cost;
use domain::email::Email;
use domain::ids::{InvitationId, OrganizationId, UserId};
use domain::invitation::{InvitationStatus, Offer};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Role};
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use storage::invitations::Invitation;
use storage::members::Member;
use storage::organizations::Organization;
use texts::catalogue::Texts;
use texts::when;

/// A member in the list.
struct Listed {
    href: String,
    name: String,
    email: String,
    role: String,
    since: String,
    is_self: bool,
}

/// An invitation in the list.
struct Invited {
    id: InvitationId,
    email: String,
    offer: String,
    sent: String,
    expires: String,
    is_expired: bool,
}

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    frame: Frame,
    id: OrganizationId,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    facts: Vec<(String, String)>,
    is_owner: bool,
    is_member: bool,
    visitor: UserId,
    members: Vec<Listed>,
    next: Option<String>,
    invited: Vec<Invited>,
    roles: Vec<Choice>,
    email: String,
    form: String,
}

/// The fields of the forms, and the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `invite`, `resend` or `withdraw`.
    action: String,
    email: String,
    role: String,
    invitation: String,
    form: String,
    done: String,
    cursor: Option<String>,
}

/// All that the page shows.
struct Found {
    organization: Organization,
    members: Page<Member>,
    invited: Vec<Invitation>,
    open: Open,
    is_owner: bool,
    is_member: bool,
}

fn load(tx: &mut ReadTx, caller: Caller, id: OrganizationId, cursor: Option<&str>) -> Result<Found, Error> {
    let (organization, _) = organizations::get(tx, Some(caller), id)?;
    let members = members::list(tx, caller, id, &[], CreationOrder::CreatedAt, &Paging::of(Some(100), cursor)?)?;
    let waiting = vec![InvitationStatus::Open, InvitationStatus::Expired];
    let order = CreationOrder::CreatedAtDescending;
    let invited = invitations::list(tx, caller, id, waiting, order, &Paging::of(Some(200), None)?);
    let invited = unless_refused(invited)?.map(|page| page.items).unwrap_or_default();
    let is_member = unless_refused(members::get(tx, caller, id, caller.user_id))?.is_some();
    let is_owner = may(tx, caller, id, Permission::ManageMembers)?;
    Ok(Found { organization, members, invited, open: Open::of(tx, caller, id)?, is_owner, is_member })
}

fn facts(texts: &Texts, organization: &Organization) -> Vec<(String, String)> {
    let fields = organization.fields();
    let contact = fields.contact_email.map(|email| email.to_string()).unwrap_or_default();
    let unproved = if contact.is_empty() || organization.contact_verified_at.is_some() { "" } else { "web-team.unproved" };
    let contact = if unproved.is_empty() { contact } else { format!("{contact} ({})", text(texts, unproved)) };
    let factor = if fields.requires_second_factor { "web-team.factor-yes" } else { "web-team.factor-no" };
    let facts = [
        ("web-organization.kind", texts.attribute_text("web-organization", fields.kind.as_str())),
        ("web-team.description", fields.description),
        ("web-team.website", fields.website),
        ("web-team.contact", contact),
        ("web-me-factor.title", text(texts, factor)),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (text(texts, name), value)).collect()
}

async fn show(visit: &Visit, id: OrganizationId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let cursor = wanted.cursor.clone();
    let load = move |tx: &mut ReadTx| Ok((load(tx, caller, id, cursor.as_deref())?, tx.now));
    let (found, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |member: &Member| Listed {
        href: format!("/organizations/{id}/members/{}", member.user_id),
        name: member.name.clone(),
        email: member.email.clone(),
        role: role_name(&texts, member.role),
        since: when::day(&texts, member.created_at.to_chrono().date_naive()),
        is_self: member.user_id == caller.user_id,
    };
    let invited = |invitation: &Invitation| Invited {
        id: invitation.id,
        email: invitation.email.to_string(),
        offer: match invitation.offer() {
            Some(Offer::Membership(role)) => role_name(&texts, role),
            _ => invitation.certification_kind_name.clone().unwrap_or_default(),
        },
        sent: when::utc(&texts, invitation.sent_at),
        expires: when::utc(&texts, invitation.expires_at),
        is_expired: invitation.status(now) == InvitationStatus::Expired,
    };
    let page = TeamPage {
        frame: visit.frame(found.organization.fields().name),
        id,
        tabs: found.open.tabs(&texts, id, "web-team.title"),
        done: texts.attribute_text("web-team-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        facts: facts(&texts, &found.organization),
        is_owner: found.is_owner,
        is_member: found.is_member,
        visitor: caller.user_id,
        members: found.members.items.iter().map(listed).collect(),
        next: found.members.next_cursor.map(|cursor| address(&format!("/organizations/{id}"), &[("cursor", &cursor)])),
        invited: found.invited.iter().map(invited).collect(),
        roles: roles(&texts, &wanted.role),
        email: wanted.email,
        form: form_name(&wanted.form),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn make(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let sent = wanted.clone();
    let made = async {
        let done = |name: &str| format!("/organizations/{id}?done={name}");
        if sent.action == "invite" {
            let email = Email::read("/email", sent.email.trim())?;
            let role: Role = sent.role.parse().map_err(|_| Problem::of(Code::MalformedRequest))?;
            let address = done("invited");
            let invite = move |tx: &mut Tx<'_>| {
                invitations::invite(tx, caller, id, &email, role)?;
                Ok(address.clone())
            };
            return visit.create(Cost::Light, &sent.form, invite).await;
        }
        let invitation: InvitationId = read_id(&sent.invitation)?;
        match sent.action.as_str() {
            "resend" => {
                let resend = move |tx: &mut Tx<'_>| invitations::resend(tx, caller, id, invitation).map(drop);
                visit.page.write(Cost::Light, resend).await.map(|()| done("resent"))
            }
            "withdraw" => {
                let withdraw = move |tx: &mut Tx<'_>| invitations::withdraw(tx, caller, id, invitation).map(drop);
                visit.page.write(Cost::Light, withdraw).await.map(|()| done("withdrawn"))
            }
            _ => Err(Problem::of(Code::MalformedRequest)),
        }
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the pages, after that of a new organization.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/organizations/{id}")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { make(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{id}"), &sent.query, made)
            }),
    );
    edit::configure(config);
    member::configure(config);
    keys::configure(config);
    webhooks::configure(config);
    audit::configure(config);
}
