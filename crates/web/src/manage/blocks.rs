//! The forms that block a resource, and that mark it as out of order or in order again.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::page::{Explained, Frame, read_id};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use crate::wanted::read_times;
use actions::blocks::{self, NewBlock};
use actions::{out_of_order, resources};
use api::caller::{ManageCalendar, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::block::OnBookings;
use domain::fields::Fields;
use domain::ids::ResourceId;
use domain::limits;
use domain::problem::Code;
use domain::resource::Resource;
use storage::db::{ReadTx, Tx};

/// The fields of the forms, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    starts_at: String,
    ends_at: String,
    reason: String,
    /// The button: `block`, `out-of-order` or `in-order`.
    action: String,
}

#[derive(Template)]
#[template(path = "manage_block.html")]
struct BlockPage {
    frame: Frame,
    path: String,
    wanted: Wanted,
    timezone: &'static str,
    is_broken: bool,
    problem: Option<Explained>,
}

fn path(id: ResourceId) -> String {
    format!("/manage/resources/{id}/block")
}

async fn show(visit: &Visit, id: ResourceId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageCalendar)>()?;
    let load = move |tx: &mut ReadTx| {
        let resource = resources::get(tx, Some(caller), id)?;
        // Only managers block; others of the host see the resource, and not this page.
        actions::authorize(tx, caller, resource.organization_id, domain::permissions::Permission::ManageCalendar, true)?;
        Ok((resource, tx.now))
    };
    let (resource, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let timezone = resource.site.timezone;
    let page = BlockPage {
        frame: visit.frame(resource.fields.name.clone()),
        path: path(id),
        wanted,
        timezone: timezone.name(),
        is_broken: resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now)),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn make(visit: &Visit, id: ResourceId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageCalendar)>()?;
    let made = async {
        let read_reason = |range| {
            let mut fields = Fields::default();
            let reason = fields.text("/reason", &wanted.reason, range);
            fields.finish(|| reason)
        };
        let resource: Resource = visit.page.read(move |tx: &mut ReadTx| resources::get(tx, Some(caller), id)).await?;
        match wanted.action.as_str() {
            "out-of-order" => {
                let reason = read_reason(limits::OutOfOrderReason::RANGE)?;
                let mark = move |tx: &mut Tx<'_>| out_of_order::mark(tx, caller, id, &reason, None).map(drop);
                visit.page.write(Cost::Heavy, mark).await
            }
            "in-order" => {
                visit.page.write(Cost::Heavy, move |tx: &mut Tx<'_>| out_of_order::clear(tx, caller, id).map(drop)).await
            }
            "block" => {
                let interval = read_times(&resource, &wanted.starts_at, &wanted.ends_at)?;
                let reason = read_reason(limits::BlockReason::RANGE)?;
                let new = NewBlock { interval, quantity: None, reason, recurrence: None, on_bookings: OnBookings::Refuse };
                let block = move |tx: &mut Tx<'_>| blocks::create(tx, caller, id, &new).map(drop);
                visit.page.write(Cost::Heavy, block).await
            }
            _ => Err(Problem::of(Code::MalformedRequest)),
        }?;
        Ok(format!("/manage/{}?site={}", resource.organization_id, resource.site_id))
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/resources/{id}/block")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { make(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/resources/{id}/block"), &sent.query, made)
            }),
    );
}
