//! `/resources/{id}/blocks`: the host's own claims.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::SignedIn;
use super::problem::Problem;
use super::query::{Id, Ids};
use super::reply::Reply;
use super::request::{Command, Read};
use crate::actions::blocks;
use crate::domain::fields::{Fields, InvalidFields};
use crate::domain::ids::{BlockId, ResourceId, UserId};
use crate::domain::interval::Interval;
use crate::domain::paging::{Page, Paging};
use crate::domain::time::UtcTime;
use crate::storage::blocks::Block;

/// The longest block, in days: what is kept longer should be paused instead.
const LONGEST_DAYS: i64 = 366;

/// A time to be kept for the host.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "reason": "Laser tube replacement"}))]
pub(super) struct NewBlock {
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one, at most 366 days later.
    ends_at: UtcTime,
    /// How much of the resource; all of it if left out.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: Option<i32>,
    /// Why; for the host's members.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

impl NewBlock {
    fn read(&self) -> Result<(Interval, Option<i32>, String), InvalidFields> {
        let mut fields = Fields::default();
        let interval = fields.take("/ends_at", Interval::new(self.starts_at, self.ends_at));
        if interval.is_some_and(|interval| interval.duration() > chrono::TimeDelta::days(LONGEST_DAYS)) {
            fields.refuse("/ends_at", "out_of_range", format!("must be at most {LONGEST_DAYS} days after the start"));
        }
        for (pointer, time) in [("/starts_at", self.starts_at), ("/ends_at", self.ends_at)] {
            if !time.is_whole_minute() {
                fields.refuse(pointer, "invalid", "must be a whole minute");
            }
        }
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, 1..=1_000_000));
        let reason = fields.note("/reason", &self.reason, 500);
        fields.finish(|| Some((interval?, quantity.flatten(), reason?)))
    }
}

/// A time that is kept for the host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(super) struct BlockView {
    id: BlockId,
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
        let Block { id, resource_id, interval, quantity, reason, created_by, created_at } = block;
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Self { id, resource_id, starts_at, ends_at, quantity, reason, created_by, created_at }
    }
}

/// Block a resource
///
/// For maintenance, closure or private use, as a manager of the host. What is booked stays booked: a
/// block over bookings is refused.
#[utoipa::path(operation_id = "create_block", tag = "blocks", params(("id" = String, Path)), request_body = NewBlock,
    responses((status = 201, body = BlockView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "slot_unavailable"]))))]
#[post("/resources/{id}/blocks")]
pub(super) async fn create(command: Command<SignedIn, NewBlock>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let (interval, quantity, reason) = body.read()?;
            let block = blocks::create(tx, caller, id.0, interval, quantity, &reason)?;
            Reply::created(format!("/api/v1/resources/{}/blocks/{}", id.0, block.id), &BlockView::from(block))
        })
        .await
}

/// Which blocks are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BlocksQuery {
    /// Only those that end after this instant.
    from: Option<UtcTime>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the blocks of a resource
///
/// For the host's members.
#[utoipa::path(operation_id = "list_blocks", tag = "blocks", params(("id" = String, Path), BlocksQuery),
    responses((status = 200, body = Page<BlockView>)), extensions(("x-problems" = json!(["not_found", "forbidden"]))))]
#[get("/resources/{id}/blocks")]
pub(super) async fn list(read: Read<SignedIn, BlocksQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, SignedIn(caller), query| {
        let mut fields = Fields::default();
        let paging = Paging::read(&mut fields, query.limit, query.cursor.as_deref());
        let paging = fields.finish(|| paging)?;
        Ok(blocks::list(tx, caller, id.0, query.from, &paging)?.map(BlockView::from))
    })
    .await
}

/// Remove a block
///
/// Its capacity is free at once.
#[utoipa::path(operation_id = "delete_block", tag = "blocks", params(("id" = String, Path), ("block" = String, Path)),
    responses((status = 204)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[delete("/resources/{id}/blocks/{block}")]
pub(super) async fn remove(
    command: Command<SignedIn, super::json::Empty>,
    Ids(id, block): Ids<ResourceId, BlockId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), _, _| {
            blocks::delete(tx, caller, id, block)?;
            Ok(Reply::no_content())
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(create).service(list).service(remove);
}
