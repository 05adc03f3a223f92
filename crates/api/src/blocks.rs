//! `/resources/{id}/blocks`: the host's own claims.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{BookingView, or_explain};
use super::caller::SignedIn;
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, Ids};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use actions::blocks::{self, Displaced, Made, NewBlock};
use actions::error::Error;
use domain::alternatives::Alternative;
use domain::block::{BlockScope, OnBookings};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BlockId, BlockSeriesId, ResourceId, UserId};
use domain::interval::Interval;
use domain::paging::{Page, Paging};
use domain::recurrence::LONGEST_RULE;
use domain::time::UtcTime;
use storage::blocks::Block;

/// The longest block, in days: what is kept longer should be paused instead.
const LONGEST_DAYS: i64 = 366;

/// A time to be kept for the host.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBlock, example = json!({"starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "reason": "Laser tube replacement"}))]
pub(super) struct NewBlockBody {
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one, at most 366 days later.
    ends_at: UtcTime,
    /// How much of the resource; all of it if left out.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: Option<i32>,
    /// Why; for the host's members, and for the customers whose bookings must make room.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
    /// What becomes of the bookings that stand in the way, but for those in use, which always refuse the block: as few as must
    /// be are cancelled, holds before requests and these before what is confirmed, and of these what was made last.
    #[serde(default = "refuse")]
    #[schema(default = "refuse", required = false)]
    bookings: OnBookings,
    /// When it takes place again.
    repeat: Option<Repeat>,
}

const fn refuse() -> OnBookings {
    OnBookings::Refuse
}

/// When something takes place again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rule": "FREQ=WEEKLY;COUNT=10"}))]
struct Repeat {
    /// A recurrence rule, as for a series of bookings; the blocks keep their hours on the clock at the site, without what it
    /// skips in spring, and none begins before the one before it is over.
    #[schema(min_length = 1, max_length = 500)]
    rule: String,
}

/// Reads the time of a block: whole minutes, and not too many.
fn read_interval(fields: &mut Fields, starts_at: UtcTime, ends_at: UtcTime) -> Option<Interval> {
    let interval = fields.take("/ends_at", Interval::new(starts_at, ends_at));
    if interval.is_some_and(|interval| interval.duration() > chrono::TimeDelta::days(LONGEST_DAYS)) {
        fields.refuse("/ends_at", "out_of_range", format!("must be at most {LONGEST_DAYS} days after the start"));
    }
    for (pointer, time) in [("/starts_at", starts_at), ("/ends_at", ends_at)] {
        if !time.is_whole_minute() {
            fields.refuse(pointer, "invalid", "must be a whole minute");
        }
    }
    interval
}

impl NewBlockBody {
    fn read(&self) -> Result<NewBlock, InvalidFields> {
        let mut fields = Fields::default();
        let interval = read_interval(&mut fields, self.starts_at, self.ends_at);
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, 1..=1_000_000));
        let reason = fields.note("/reason", &self.reason, 500);
        let rule = self.repeat.as_ref().map(|repeat| fields.text("/repeat/rule", &repeat.rule, LONGEST_RULE));
        let recurrence = rule.flatten().and_then(|rule| fields.take("/repeat/rule", rule.parse()));
        let (quantity, on_bookings) = (quantity.flatten(), self.bookings);
        fields.finish(|| Some(NewBlock { interval: interval?, quantity, reason: reason?, recurrence, on_bookings }))
    }
}

/// What can be changed of a block.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}))]
pub(super) struct BlockFields {
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one, at most 366 days later.
    ends_at: UtcTime,
    /// How much of the resource.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i32,
    /// Why; for the host's members.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

impl BlockFields {
    /// The block as a patch would have it.
    fn edit(patch: &Patch, block: Block) -> Result<Block, InvalidFields> {
        let (starts_at, ends_at) = (block.interval.starts_at(), block.interval.ends_at());
        let new: Self = patch.merge(&Self { starts_at, ends_at, quantity: block.quantity, reason: block.reason.clone() })?;
        let mut fields = Fields::default();
        let interval = read_interval(&mut fields, new.starts_at, new.ends_at);
        let quantity = fields.number("/quantity", new.quantity, 1..=1_000_000);
        let reason = fields.note("/reason", &new.reason, 500);
        fields.finish(|| Some(Block { interval: interval?, quantity: quantity?, reason: reason?, ..block }))
    }
}

/// A time that is kept for the host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(super) struct BlockView {
    id: BlockId,
    /// What it shares with the blocks that repeat it.
    block_series_id: Option<BlockSeriesId>,
    resource_id: ResourceId,
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one.
    ends_at: UtcTime,
    quantity: i32,
    reason: String,
    created_by: UserId,
    created_at: UtcTime,
}

impl From<Block> for BlockView {
    fn from(block: Block) -> Self {
        let Block { id, block_series_id, resource_id, interval, quantity, reason, created_by, created_at, .. } = block;
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Self { id, block_series_id, resource_id, starts_at, ends_at, quantity, reason, created_by, created_at }
    }
}

fn reply(block: Block) -> Result<Reply, Error> {
    let revision = block.revision;
    Ok(Reply::ok(&BlockView::from(block))?.revision(revision))
}

/// A block that was made, and what it has come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeBlock)]
pub(super) struct MadeView {
    #[serde(flatten)]
    block: BlockView,
    /// The blocks that repeat it.
    repeated: Vec<BlockView>,
    /// The bookings that had to make room.
    displaced: Vec<DisplacedView>,
}

/// A booking that had to make room for a block.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisplacedBooking)]
struct DisplacedView {
    booking: BookingView,
    /// What its customer was told that could be booked instead, the best first.
    alternatives: Vec<Alternative>,
}

impl From<Made> for MadeView {
    fn from(Made { first, others, displaced }: Made) -> Self {
        let displaced = displaced
            .into_iter()
            .map(|Displaced { booking, alternatives }| DisplacedView { booking: booking.into(), alternatives });
        Self { block: first.into(), repeated: others.into_iter().map(BlockView::from).collect(), displaced: displaced.collect() }
    }
}

/// Block a resource
///
/// For maintenance, closure or private use, as a manager of the host: once, or as often as `repeat` says, all or nothing. What
/// is booked stays booked, and a block over bookings is refused, unless `bookings` says what becomes of them.
#[utoipa::path(operation_id = "create_block", tag = "blocks", params(("id" = String, Path)), request_body = NewBlockBody,
    responses((status = 201, body = MadeView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "slot_unavailable"]))))]
#[post("/resources/{id}/blocks")]
pub(super) async fn create(command: Command<SignedIn, NewBlockBody>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    let (state, wish) = (command.state.clone(), command.body.read()?);
    let asked = wish.clone();
    let made = command
        .run(move |tx, SignedIn(caller), _, _| {
            let made = blocks::create(tx, caller, id.0, &wish)?;
            let location = format!("/api/v1/resources/{}/blocks/{}", id.0, made.first.id);
            Reply::created(location, &MadeView::from(made))
        })
        .await;
    or_explain(made, async || state.services().explain_block(state.clock.now(), id.0, asked).await).await
}

/// Get a block
///
/// For the host's members.
#[utoipa::path(operation_id = "get_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path)),
    responses((status = 200, body = BlockView)), extensions(("x-problems" = json!(["not_found", "forbidden"]))))]
#[get("/resources/{id}/blocks/{block}")]
pub(super) async fn get_one(read: Read<SignedIn>, Ids(id, block): Ids<ResourceId, BlockId>) -> Result<Reply, Problem> {
    read.run(move |tx, SignedIn(caller), _| reply(blocks::get(tx, caller, id, block)?)).await
}

/// Which blocks are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BlocksQuery {
    /// Only those that end after this instant.
    from: Option<UtcTime>,
    /// Only those that start before this instant.
    to: Option<UtcTime>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the blocks of a resource
///
/// By start, for the host's members.
#[utoipa::path(operation_id = "list_blocks", tag = "blocks", params(("id" = String, Path), BlocksQuery),
    responses((status = 200, body = Page<BlockView>)), extensions(("x-problems" = json!(["not_found", "forbidden"]))))]
#[get("/resources/{id}/blocks")]
pub(super) async fn list(read: Read<SignedIn, BlocksQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, SignedIn(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        Ok(blocks::list(tx, caller, id.0, (query.from, query.to), &paging)?.map(BlockView::from))
    })
    .await
}

/// Edit a block
///
/// As a manager of the host: another time, quantity or reason, in one move. The capacity that it leaves is free at once. If the
/// new time or quantity is not free, the block stays as it is. The blocks that repeat it are not changed.
#[utoipa::path(operation_id = "update_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path)),
    request_body = BlockFields, responses((status = 200, body = BlockView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "slot_unavailable"]))))]
#[patch("/resources/{id}/blocks/{block}")]
pub(super) async fn update(
    command: Command<SignedIn, Patch>,
    Ids(id, block): Ids<ResourceId, BlockId>,
) -> Result<Reply, Problem> {
    let (state, asked) = (command.state.clone(), command.body.clone());
    let updated = command
        .run(move |tx, SignedIn(caller), patch, if_match| {
            reply(blocks::update(tx, caller, id, block, if_match, |before| BlockFields::edit(patch, before))?)
        })
        .await;
    let edit = move |before| BlockFields::edit(&asked, before);
    or_explain(updated, async || state.services().explain_block_update(state.clock.now(), (id, block), edit).await).await
}

/// Which of the blocks that repeat each other are meant.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ScopeQuery {
    /// This one, this one and the later ones, or all.
    #[serde(default = "one")]
    #[param(inline, default = "one")]
    scope: BlockScope,
}

const fn one() -> BlockScope {
    BlockScope::One
}

/// Remove a block
///
/// And with `scope` those that repeat it. The capacity is free at once.
#[utoipa::path(operation_id = "delete_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path), ScopeQuery),
    responses((status = 204)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_fields"]))))]
#[delete("/resources/{id}/blocks/{block}")]
pub(super) async fn remove(
    command: Command<SignedIn, super::json::Empty>,
    Ids(id, block): Ids<ResourceId, BlockId>,
    Parameters(ScopeQuery { scope }): Parameters<ScopeQuery>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), _, _| {
            blocks::delete(tx, caller, id, block, scope)?;
            Ok(Reply::no_content())
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update).service(remove);
}
