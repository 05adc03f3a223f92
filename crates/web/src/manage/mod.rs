//! The pages of hosts: the day of a site, its requests, its week, its blocks, its listings, its customers and
//! their debts, its certifications and trainings.

mod block;
mod blocks;
pub(crate) mod charges;
mod day;
mod debts;
mod figures;
mod imports;
mod kinds;
mod listings;
mod live;
mod offers;
mod parts;
mod pictures;
mod plan;
mod sites;
mod timeline;
mod training;
mod trainings;
mod waiting;
mod week;
mod written;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::page::{Frame, text, unless_refused};
use super::visit::Visit;
use actions::{members, organizations};
use api::caller::View;
use api::problem::Problem;
use domain::ids::OrganizationId;
use domain::paging::Paging;
use domain::permissions::Permission;
use storage::db::ReadTx;

/// An organization of the visitor.
struct Managed {
    id: OrganizationId,
    name: String,
}

#[derive(Template)]
#[template(path = "manage.html")]
struct ManagePage {
    frame: Frame,
    managed: Vec<Managed>,
}

async fn show(visit: &Visit) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let load = move |tx: &mut ReadTx| {
        let mut managed = Vec::new();
        for organization in organizations::list_mine(tx, caller, &Paging::of(Some(200), None)?)?.items {
            let member = unless_refused(members::get(tx, caller, organization.id, caller.user_id))?;
            if member.is_some_and(|member| member.role.allows(Permission::ManageBookings)) {
                managed.push(Managed { id: organization.id, name: organization.fields().name });
            }
        }
        Ok(managed)
    };
    let managed = visit.page.read(load).await?;
    if let [one] = managed.as_slice() {
        return Ok(visit.lead_to(&format!("/manage/{}", one.id)));
    }
    let frame = visit.frame(text(&visit.page.texts(), "web-manage.title"));
    Ok(visit.show(StatusCode::OK, &ManagePage { frame, managed }))
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/manage", web::get().to(async |visit: Visit| visit.shown(show(&visit).await)));
    sites::configure(config);
    listings::configure(config);
    imports::configure(config);
    block::configure(config);
    blocks::configure(config);
    pictures::configure(config);
    live::configure(config);
    figures::configure(config);
    kinds::configure(config);
    trainings::configure(config);
    training::configure(config);
    charges::configure(config);
    offers::configure(config);
    waiting::configure(config);
    debts::configure(config);
    week::configure(config);
    day::configure(config);
}
