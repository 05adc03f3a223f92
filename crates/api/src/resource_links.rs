//! `/resources/{id}/links`: resources that are taken together, or never at the same time.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Anyone, ManageListings, May};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, Ids, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::resource_links;
use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::limits;
use domain::paging::Page;
use domain::problem::Code;
use domain::resource::LinkKind;
use storage::resource_links::ResourceLink;

/// A new link to another resource.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"other_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21", "kind": "takes", "quantity": 1}))]
pub(super) struct NewResourceLink {
    /// Another resource of the same host.
    other_id: ResourceId,
    /// `takes`: a booking or block of this resource also takes the other one, as a machine takes its room. `excludes`: the two
    /// cannot be taken at the same time.
    kind: LinkKind,
    /// The quantity of the other resource that each unit of this one takes. Must be 1 for `excludes`.
    #[serde(default = "one")]
    #[schema(value_type = limits::LinkedQuantity, default = 1, required = false)]
    quantity: i32,
}

const fn one() -> i32 {
    1
}

impl NewResourceLink {
    fn read(&self, resource_id: ResourceId) -> Result<ResourceLink, InvalidFields> {
        let mut fields = Fields::default();
        let range = if self.kind == LinkKind::Takes { limits::LinkedQuantity::RANGE } else { 1..=1 };
        let quantity = fields.number("/quantity", self.quantity, range);
        fields.finish(|| Some(ResourceLink { resource_id, other_id: self.other_id, kind: self.kind, quantity: quantity? }))
    }
}

/// A link between two resources.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResourceLink)]
pub(super) struct ResourceLinkView {
    /// The resource that is booked or blocked.
    resource_id: ResourceId,
    /// The resource that is taken or excluded with it.
    other_id: ResourceId,
    /// The kind.
    kind: LinkKind,
    /// The quantity of the other resource that each unit takes.
    quantity: i32,
}

impl From<ResourceLink> for ResourceLinkView {
    fn from(link: ResourceLink) -> Self {
        let ResourceLink { resource_id, other_id, kind, quantity } = link;
        Self { resource_id, other_id, kind, quantity }
    }
}

/// Link two resources
///
/// For managers of the host. A link applies to all bookings and blocks, existing ones too: each takes the other resource with
/// its buffers, or excludes it. A new link replaces the existing link between the two resources. A link is not followed
/// further: a resource that is taken through a link does not take others. Links can connect at most 50 resources.
#[utoipa::path(operation_id = "create_resource_link", tag = "resources", params(("id" = String, Path)),
    request_body = NewResourceLink, responses((status = 201, body = ResourceLinkView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::LinkNotPossible]))))]
#[post("/resources/{id}/links")]
pub(super) async fn create(command: Command<May<ManageListings>, NewResourceLink>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let link = resource_links::create(tx, caller, body.read(id.0)?)?;
            let location = format!("/api/v1/resources/{}/links/{}", link.resource_id, link.other_id);
            Reply::created(location, &ResourceLinkView::from(link))
        })
        .await
}

/// List the links of a resource
///
/// Returns links in both directions, to resources that you can see.
#[utoipa::path(operation_id = "list_resource_links", tag = "resources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<ResourceLinkView>)), security((), ("bearer" = [])))]
#[get("/resources/{id}/links")]
pub(super) async fn list(read: Read<Anyone, PageQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        Ok(resource_links::list(tx, caller, id.0, &query.read()?)?.map(ResourceLinkView::from))
    })
    .await
}

/// Remove a link
///
/// For managers of the host. Capacity that was taken through the link is free at once. An `excludes` link can be removed from
/// both sides.
#[utoipa::path(operation_id = "delete_resource_link", tag = "resources", params(("id" = String, Path), ("other" = String, Path)),
    responses((status = 204)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[delete("/resources/{id}/links/{other}")]
pub(super) async fn remove(
    command: Command<May<ManageListings>, Empty>,
    Ids(id, other): Ids<ResourceId, ResourceId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            resource_links::delete(tx, caller, id, other)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(remove);
}
