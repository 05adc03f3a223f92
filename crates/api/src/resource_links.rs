//! `/resources/{id}/links`: what is claimed together, and what is never claimed at once.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Anyone, SignedIn};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, Ids, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::resource_links;
use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::paging::Page;
use domain::resource::LinkKind;
use storage::resource_links::ResourceLink;

/// A link to another resource.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"other_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21", "kind": "takes", "quantity": 1}))]
pub(super) struct NewResourceLink {
    /// Another resource of the same host.
    other_id: ResourceId,
    /// `takes`: a claim takes the other along, as a machine takes the room that it stands in. `excludes`: the two are never
    /// claimed at once.
    kind: LinkKind,
    /// How much of the other is taken for each one; 1 where they exclude each other.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000, default = 1, required = false)]
    quantity: i32,
}

const fn one() -> i32 {
    1
}

impl NewResourceLink {
    fn read(&self, resource_id: ResourceId) -> Result<ResourceLink, InvalidFields> {
        let mut fields = Fields::default();
        let most = if self.kind == LinkKind::Takes { 1000 } else { 1 };
        let quantity = fields.number("/quantity", self.quantity, 1..=most);
        fields.finish(|| Some(ResourceLink { resource_id, other_id: self.other_id, kind: self.kind, quantity: quantity? }))
    }
}

/// A link between two resources.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResourceLink)]
pub(super) struct ResourceLinkView {
    /// The resource that is claimed.
    resource_id: ResourceId,
    /// The one that this means something for.
    other_id: ResourceId,
    kind: LinkKind,
    /// How much of the other is taken for each one.
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
/// As a manager of the host. A link holds for every booking and block, those that there are already too: each takes the other
/// along, with its buffers, or keeps it from being taken. It replaces a link that there is. What a claim takes along does not
/// take more along in its turn. Links connect 50 resources at most.
#[utoipa::path(operation_id = "create_resource_link", tag = "resources", params(("id" = String, Path)),
    request_body = NewResourceLink, responses((status = 201, body = ResourceLinkView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "link_not_possible"]))))]
#[post("/resources/{id}/links")]
pub(super) async fn create(command: Command<SignedIn, NewResourceLink>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let link = resource_links::create(tx, caller, body.read(id.0)?)?;
            let location = format!("/api/v1/resources/{}/links/{}", link.resource_id, link.other_id);
            Reply::created(location, &ResourceLinkView::from(link))
        })
        .await
}

/// List the links of a resource
///
/// From it and to it, of those to resources that you may see.
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
/// What was taken along is free at once. An exclusion is removed from either side.
#[utoipa::path(operation_id = "delete_resource_link", tag = "resources", params(("id" = String, Path), ("other" = String, Path)),
    responses((status = 204)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[delete("/resources/{id}/links/{other}")]
pub(super) async fn remove(
    command: Command<SignedIn, Empty>,
    Ids(id, other): Ids<ResourceId, ResourceId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), _, _| {
            resource_links::delete(tx, caller, id, other)?;
            Ok(Reply::no_content())
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(remove);
}
