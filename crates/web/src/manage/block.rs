//! The page of a block: the form that moves it or edits its reason, and the button that removes it.

use std::fmt::Display;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::page::{Explained, Frame, address, read_ids, text};
use crate::sent::{Parameters, Sent};
use crate::versions::{Difference, differences, is_outdated, made_from};
use crate::visit::Visit;
use crate::wanted::read_span;
use actions::error::Error;
use actions::{blocks, resources};
use api::blocks::read_interval;
use api::caller::{ManageCalendar, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::block::BlockScope;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BlockId, ResourceId};
use domain::limits;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::slot::Slot;
use domain::wall_clock::local_time;
use storage::blocks::Block;
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;
use texts::when;

/// The fields of the form, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    starts_at: String,
    ends_at: String,
    reason: String,
    /// The version that the form was made from.
    version: String,
    /// The button: `save` or `remove`.
    action: String,
    done: String,
}

impl Wanted {
    fn of(timezone: Tz, block: &Block) -> Self {
        let interval = block.slot.interval;
        let [starts_at, ends_at] =
            [interval.starts_at(), interval.ends_at()].map(|at| local_time(timezone, at).format("%Y-%m-%dT%H:%M").to_string());
        let (reason, version) = (block.reason.clone(), block.revision.to_string());
        Self { starts_at, ends_at, reason, version, ..Self::default() }
    }

    /// Returns the values, each with its name.
    fn in_words(&self, texts: &Texts, timezone: Tz) -> Vec<(String, String)> {
        let time = match read_span(timezone, &self.starts_at, &self.ends_at) {
            Ok(span) => when::span_in_zone(texts, timezone, span.starts_at(), span.ends_at()),
            Err(_) => format!("{} - {}", self.starts_at, self.ends_at),
        };
        let values = [("web-booking.time", time), ("web-block.reason", self.reason.clone())];
        values.map(|(id, value)| (text(texts, id), value)).to_vec()
    }

    /// Returns a block as the form says. Times that were not edited stay, because the clocks can show them twice.
    fn edit(&self, timezone: Tz, block: Block) -> Result<Block, InvalidFields> {
        let stored = Self::of(timezone, &block);
        let mut fields = Fields::default();
        let interval = if (&stored.starts_at, &stored.ends_at) == (&self.starts_at, &self.ends_at) {
            Some(block.slot.interval)
        } else {
            let span = fields.nest("", read_span(timezone, &self.starts_at, &self.ends_at));
            span.and_then(|span| read_interval(&mut fields, span.starts_at(), span.ends_at()))
        };
        let reason = match self.reason == block.reason {
            true => Some(block.reason.clone()),
            false => fields.text("/reason", &self.reason, limits::BlockReason::RANGE),
        };
        fields.finish(|| Some(Block { slot: Slot { interval: interval?, ..block.slot }, reason: reason?, ..block }))
    }
}

#[derive(Template)]
#[template(path = "manage_one_block.html")]
struct BlockPage {
    frame: Frame,
    path: String,
    done: String,
    problem: Option<Explained>,
    changed: Vec<Difference>,
    time: String,
    is_imported: bool,
    wanted: Wanted,
    /// The day on which it begins.
    day: String,
}

/// A block of a resource.
type Ids = (ResourceId, BlockId);

/// Returns the page of a block.
pub(super) fn path((resource, block): (impl Display, impl Display)) -> String {
    format!("/manage/resources/{resource}/blocks/{block}")
}

/// Shows the form, with what was sent or else with the values of the block, and what a form has done.
async fn show(
    visit: &Visit,
    ids: Ids,
    (sent, done): (Option<Wanted>, &str),
    refused: Option<Problem>,
) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageCalendar)>()?;
    let (id, block) = ids;
    let load = move |tx: &mut ReadTx| {
        let resource = resources::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, resource.organization_id, Permission::ManageCalendar, true)?;
        Ok((blocks::get(tx, caller, id, block)?, resource))
    };
    let (block, resource) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let (timezone, interval) = (resource.site.timezone, block.slot.interval);
    let stored = Wanted::of(timezone, &block);
    let mut wanted = sent.unwrap_or_else(|| stored.clone());
    let mut changed = Vec::new();
    if is_outdated(refused.as_ref()) {
        changed = differences(stored.in_words(&texts, timezone), wanted.in_words(&texts, timezone));
        // The next form is made from what is shown here.
        wanted.version = stored.version;
    }
    let (date, site) = (local_time(timezone, interval.starts_at()).date().to_string(), resource.site_id.to_string());
    let page = BlockPage {
        frame: visit.frame(resource.fields.name.clone()),
        path: path(ids),
        done: texts.attribute_text("web-block-done", done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        changed,
        time: when::span_in_zone(&texts, timezone, interval.starts_at(), interval.ends_at()),
        is_imported: block.import.is_some(),
        wanted,
        day: address(&format!("/manage/{}", resource.organization_id), &[("day", &date), ("site", &site)]),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn open(visit: &Visit, ids: Ids, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let done = wanted.done.clone();
    // After a sign-in, the query has the form as it was typed.
    let typed = (!wanted.version.is_empty()).then_some(wanted);
    show(visit, ids, (typed, &done), None).await
}

async fn press(visit: &Visit, ids: Ids, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageCalendar)>()?;
    let (id, block) = ids;
    let sent = wanted.clone();
    let act = move |tx: &mut Tx<'_>| match sent.action.as_str() {
        "save" => {
            let timezone = resources::get(tx, Some(caller), id)?.site.timezone;
            let edit = |before| sent.edit(timezone, before);
            blocks::update(tx, caller, id, block, &made_from(&sent.version), edit)?;
            Ok(address(&path(ids), &[("done", "saved")]))
        }
        "remove" => {
            let resource = resources::get(tx, Some(caller), id)?;
            blocks::delete(tx, caller, id, block, BlockScope::One)?;
            Ok(address(&format!("/manage/{}", resource.organization_id), &[("site", resource.site_id.as_str())]))
        }
        _ => Err(Error::refused(Code::MalformedRequest)),
    };
    match visit.ask(Cost::Heavy, act).await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, ids, (Some(wanted), ""), Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/resources/{id}/blocks/{block}")
            .get(async |visit: Visit, ids: web::Path<(String, String)>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { open(&visit, read_ids(&ids)?, wanted).await }.await)
            })
            .post(async |visit: Visit, ids: web::Path<(String, String)>, sent: Sent<Wanted>| {
                let (resource, block) = &*ids;
                let path = path((resource, block));
                let made = async { press(&visit, read_ids(&ids)?, sent.fields?).await }.await;
                visit.shown_after(&path, &sent.query, made)
            }),
    );
}
