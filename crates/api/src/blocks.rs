//! `/resources/{id}/blocks`: times that the host keeps for itself.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{BookingView, or_explain};
use super::caller::{Heavy, ManageCalendar, May, SignedIn};
use super::csv::{Column, Row, Sheet};
use super::json::Patch;
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Ids};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use super::state::State;
use super::turns::Asker;
use actions::blocks::{self, Made, NewBlock};
use actions::error::Error;
use domain::alternatives::Alternative;
use domain::block::{BlockScope, OnBookings};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BlockId, BlockSeriesId, BookingId, CalendarImportId, ResourceId, UserId};
use domain::interval::Interval;
use domain::limits::{self, LONGEST_DAYS};
use domain::order::StartOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::blocks::Block;
use storage::db::ReadTx;

/// A new block: a time at which customers cannot book.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBlock, example = json!({"starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "reason": "Laser tube replacement"}))]
pub(super) struct NewBlockBody {
    /// Start of the block (inclusive), a whole minute.
    starts_at: UtcTime,
    /// End of the block (exclusive), a whole minute, at most 366 days after `starts_at`.
    ends_at: UtcTime,
    /// The blocked quantity of the resource, in its unit. Default: the whole capacity.
    #[schema(value_type = Option<limits::Quantity>)]
    quantity: Option<i32>,
    /// The reason. The host's members see it, and the customers whose bookings are cancelled for the block.
    #[serde(default)]
    #[schema(value_type = limits::BlockReason)]
    reason: String,
    /// The treatment of bookings that are in the way. As few bookings as possible are cancelled: holds first, then requests,
    /// then confirmed bookings; among equals, the latest made first. A booking that is in use is never cancelled; it refuses
    /// the block.
    #[serde(default = "refuse")]
    #[schema(default = "refuse", required = false)]
    bookings: OnBookings,
    /// The recurrence of the block. Default: the block does not repeat.
    repeat: Option<Repeat>,
}

const fn refuse() -> OnBookings {
    OnBookings::Refuse
}

/// A recurrence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rule": "FREQ=WEEKLY;COUNT=10"}))]
struct Repeat {
    /// A recurrence rule with the same syntax as in `POST /series`. All blocks have the same local hours at the site. A local
    /// time that does not exist because the clocks go forward is skipped. A block cannot start before the previous one ends.
    #[schema(value_type = limits::RecurrenceRule)]
    rule: String,
}

/// Reads the time of a block: whole minutes, at most [`LONGEST_DAYS`].
pub fn read_interval(fields: &mut Fields, starts_at: UtcTime, ends_at: UtcTime) -> Option<Interval> {
    let interval = fields.take("/ends_at", Interval::new(starts_at, ends_at));
    if interval.is_some_and(|interval| interval.duration() > chrono::TimeDelta::days(LONGEST_DAYS)) {
        fields.refuse(
            "/ends_at",
            "out_of_range",
            said!("must be at most {most_days} days after the start", most_days = LONGEST_DAYS),
        );
    }
    for (pointer, time) in [("/starts_at", starts_at), ("/ends_at", ends_at)] {
        if !time.is_whole_minute() {
            fields.refuse(pointer, "invalid", said!("must be a whole minute"));
        }
    }
    interval
}

impl NewBlockBody {
    fn read(&self) -> Result<NewBlock, InvalidFields> {
        let mut fields = Fields::default();
        let interval = read_interval(&mut fields, self.starts_at, self.ends_at);
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE));
        let reason = fields.text("/reason", &self.reason, limits::BlockReason::RANGE);
        let rule = self.repeat.as_ref().map(|repeat| fields.text("/repeat/rule", &repeat.rule, limits::RecurrenceRule::RANGE));
        let recurrence = rule.flatten().and_then(|rule| fields.take("/repeat/rule", rule.parse()));
        let (quantity, on_bookings) = (quantity.flatten(), self.bookings);
        fields.finish(|| Some(NewBlock { interval: interval?, quantity, reason: reason?, recurrence, on_bookings }))
    }
}

/// The fields of a block that can be edited.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}))]
pub(super) struct BlockFields {
    /// Start of the block (inclusive), a whole minute.
    starts_at: UtcTime,
    /// End of the block (exclusive), a whole minute, at most 366 days after `starts_at`.
    ends_at: UtcTime,
    /// The blocked quantity of the resource, in its unit.
    #[schema(value_type = limits::Quantity)]
    quantity: i32,
    /// The reason. The host's members see it.
    #[serde(default)]
    #[schema(value_type = limits::BlockReason)]
    reason: String,
}

impl BlockFields {
    /// Returns the block with a patch applied.
    fn edit(patch: &Patch, block: Block) -> Result<Block, InvalidFields> {
        let (starts_at, ends_at) = (block.slot.interval.starts_at(), block.slot.interval.ends_at());
        let new: Self = patch.merge(&Self { starts_at, ends_at, quantity: block.slot.quantity, reason: block.reason.clone() })?;
        let mut fields = Fields::default();
        let interval = read_interval(&mut fields, new.starts_at, new.ends_at);
        let quantity = fields.number("/quantity", new.quantity, limits::Quantity::RANGE);
        let reason = fields.text("/reason", &new.reason, limits::BlockReason::RANGE);
        fields.finish(|| Some(Block { slot: Slot { interval: interval?, quantity: quantity? }, reason: reason?, ..block }))
    }
}

/// A time at which customers cannot book.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(super) struct BlockView {
    /// The identifier of the object.
    id: BlockId,
    /// The identifier that all blocks of one recurrence share. Null: the block does not repeat.
    block_series_id: Option<BlockSeriesId>,
    /// The booking after which the block keeps the resource free: its buffer, from the check-out on. You can shorten or delete it. Null:
    /// a manager created the block.
    #[schema(required)]
    booking_id: Option<BookingId>,
    /// The calendar import that made the block, and alone changes and removes it. Null: the block is not of a calendar import.
    #[schema(required)]
    calendar_import_id: Option<CalendarImportId>,
    /// The resource.
    resource_id: ResourceId,
    /// Start of the block (inclusive).
    starts_at: UtcTime,
    /// End of the block (exclusive).
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    quantity: i32,
    /// The reason. Empty if there is none.
    reason: String,
    /// The user who created it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<Block> for BlockView {
    fn from(block: Block) -> Self {
        let Block { id, block_series_id, booking_id, import, resource_id, slot, reason, created_by, created_at, .. } = block;
        let Slot { interval, quantity } = slot;
        Self {
            id,
            block_series_id,
            booking_id,
            calendar_import_id: import.map(|(import, _)| import),
            resource_id,
            starts_at: interval.starts_at(),
            ends_at: interval.ends_at(),
            quantity,
            reason,
            created_by,
            created_at,
        }
    }
}

fn reply(block: Block) -> Result<Reply, Error> {
    let revision = block.revision;
    Ok(Reply::ok(&BlockView::from(block))?.revision(revision))
}

/// A new block and its effects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeBlock)]
pub(super) struct MadeView {
    #[serde(flatten)]
    block: BlockView,
    /// The further blocks that `repeat` created, ordered by start.
    repeated: Vec<BlockView>,
    /// The bookings that were cancelled for the block.
    displaced: Vec<DisplacedView>,
}

/// A booking that was cancelled for a block.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisplacedBooking)]
struct DisplacedView {
    /// The booking in its new state.
    booking: BookingView,
    /// Slots that the customer can book instead, the best first, for the first 25 bookings. The mail to the customer lists them, too.
    /// Empty unless `bookings` is `offer_alternatives`.
    alternatives: Vec<Alternative>,
}

impl From<Made> for MadeView {
    fn from(Made { first, others, displaced }: Made) -> Self {
        let displaced = displaced.into_iter().map(|one| DisplacedView { booking: one.into(), alternatives: Vec::new() });
        Self { block: first.into(), repeated: others.into_iter().map(BlockView::from).collect(), displaced: displaced.collect() }
    }
}

/// Adds alternatives to the displaced bookings of a response, when it is the caller's turn to search. Not before the block is
/// committed: the search takes long, and other writes must not wait for it.
async fn add_alternatives(state: &State, asker: Asker, made: Reply) -> Result<Reply, Problem> {
    let defect = |_| Problem::of(Code::InternalError);
    let mut body: Value = serde_json::from_str(&made.body).map_err(defect)?;
    let displaced = || body["displaced"].as_array().into_iter().flatten();
    let ids: Vec<BookingId> = displaced().filter_map(|one| one["booking"]["id"].as_str()?.parse().ok()).collect();
    let (services, now) = (state.services(), state.clock.now());
    let search = async move { services.alternatives_to_displaced(now, ids).await };
    let Some(found) = state.turns.explain(asker, search).await else { return Ok(made) };
    let mut found = found?;
    for one in body["displaced"].as_array_mut().into_iter().flatten() {
        let id = one["booking"]["id"].as_str().and_then(|id| id.parse().ok());
        one["alternatives"] = json!(id.and_then(|id: BookingId| found.remove(&id)).unwrap_or_default());
    }
    Ok(Reply { body: body.to_string(), ..made })
}

/// Block a resource
///
/// For managers of the host: maintenance, closure or private use. With `repeat`, either all blocks are created or none. By
/// default a block that overlaps bookings is refused; `bookings` can allow the service to cancel them.
#[utoipa::path(operation_id = "create_block", tag = "blocks", params(("id" = String, Path)), request_body = NewBlockBody,
    responses((status = 201, body = MadeView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::SlotUnavailable]))))]
#[post("/resources/{id}/blocks")]
pub(super) async fn create(
    command: Command<Heavy<May<ManageCalendar>>, NewBlockBody>,
    id: Id<ResourceId>,
) -> Result<Reply, Problem> {
    let (state, asker, wish) = (command.state.clone(), command.asker, command.body.read()?);
    let (asked, on_bookings) = (wish.clone(), wish.on_bookings);
    let made = command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            let made = blocks::create(tx, caller, id.0, &wish)?;
            let location = format!("/api/v1/resources/{}/blocks/{}", id.0, made.first.id);
            Reply::created(location, &MadeView::from(made))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    let made = or_explain(&state, asker, made, async move { services.explain_block(now, id.0, asked).await }).await?;
    if on_bookings == OnBookings::OfferAlternatives { add_alternatives(&state, asker, made).await } else { Ok(made) }
}

/// Get a block
///
/// For members of the host.
#[utoipa::path(operation_id = "get_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path)),
    responses((status = 200, body = BlockView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/resources/{id}/blocks/{block}")]
pub(super) async fn get_one(read: Read<SignedIn>, Ids(id, block): Ids<ResourceId, BlockId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(blocks::get(tx, caller, id, block)?)).await
}

/// Filters for blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BlocksQuery {
    /// Only blocks that end after this instant.
    from: Option<UtcTime>,
    /// Only blocks that start before this instant.
    to: Option<UtcTime>,
    /// The order. Default: `starts_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<StartOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the blocks of a resource
///
/// For members of the host. For a spreadsheet there is `GET /resources/{id}/blocks.csv`.
#[utoipa::path(operation_id = "list_blocks", tag = "blocks", params(("id" = String, Path), BlocksQuery),
    responses((status = 200, body = Page<BlockView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/resources/{id}/blocks")]
pub(super) async fn list(read: Read<SignedIn, BlocksQuery>, id: Id<ResourceId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the blocks of a resource for a spreadsheet
///
/// Returns the same page as `GET /resources/{id}/blocks`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_blocks_csv", tag = "blocks", params(("id" = String, Path), BlocksQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/resources/{id}/blocks.csv")]
pub(super) async fn list_csv(read: Read<SignedIn, BlocksQuery>, id: Id<ResourceId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<SignedIn, BlocksQuery>, id: Id<ResourceId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: SignedIn, query: BlocksQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(StartOrder::StartsAt);
        Ok(blocks::list(tx, caller, id.0, (query.from, query.to), order, &paging)?.map(BlockView::from))
    };
    sheet.page(read, look).await
}

impl Row for BlockView {
    const FILE: &str = "blocks";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("block_series_id", "/block_series_id"),
        ("booking_id", "/booking_id"),
        ("calendar_import_id", "/calendar_import_id"),
        ("resource_id", "/resource_id"),
        ("starts_at", "/starts_at"),
        ("ends_at", "/ends_at"),
        ("quantity", "/quantity"),
        ("reason", "/reason"),
        ("created_by", "/created_by"),
        ("created_at", "/created_at"),
    ];
}

/// Edit a block
///
/// For managers of the host. Changes time, quantity and reason in one step. Capacity that the block no longer takes is free at
/// once. If the new time or quantity is not free, the block stays unchanged. Other blocks of the same recurrence do not change. A block of a
/// calendar import cannot be edited.
#[utoipa::path(operation_id = "update_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path)),
    request_body = BlockFields, responses((status = 200, body = BlockView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::SlotUnavailable]))))]
#[patch("/resources/{id}/blocks/{block}")]
pub(super) async fn update(
    command: Command<Heavy<May<ManageCalendar>>, Patch>,
    Ids(id, block): Ids<ResourceId, BlockId>,
) -> Result<Reply, Problem> {
    let (state, asker, asked) = (command.state.clone(), command.asker, command.body.clone());
    let updated = command
        .run(move |tx, Heavy(May { caller, .. }), patch, if_match| {
            reply(blocks::update(tx, caller, id, block, if_match, |before| BlockFields::edit(patch, before))?)
        })
        .await;
    let edit = move |before| BlockFields::edit(&asked, before);
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, updated, async move { services.explain_block_update(now, (id, block), edit).await }).await
}

/// The scope of a removal.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ScopeQuery {
    /// The blocks to remove: `one`, this one and the `following` ones, or `all` of the recurrence. Default: `one`.
    #[serde(default = "one")]
    #[param(inline, required = false)]
    scope: BlockScope,
}

const fn one() -> BlockScope {
    BlockScope::One
}

/// Remove a block
///
/// For managers of the host. With `scope`, further blocks of the same recurrence are removed. The capacity is free at once. A block of a
/// calendar import cannot be removed: change the event in its calendar, or delete the import.
#[utoipa::path(operation_id = "delete_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path), ScopeQuery),
    responses((status = 204)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidFields, Code::InvalidTransition]))))]
#[delete("/resources/{id}/blocks/{block}")]
pub(super) async fn remove(
    command: Command<Heavy<May<ManageCalendar>>, super::json::Empty>,
    Ids(id, block): Ids<ResourceId, BlockId>,
    Parameters(ScopeQuery { scope }): Parameters<ScopeQuery>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            blocks::delete(tx, caller, id, block, scope)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(list_csv).service(get_one).service(update).service(remove);
}
