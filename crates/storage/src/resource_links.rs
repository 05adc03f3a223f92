//! Links between resources. The database makes, moves and removes the allocations that follow from a link, and refuses claims
//! that exclude each other.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::resource_links;
use domain::ids::ResourceId;
use domain::resource::LinkKind;

/// A link from one resource to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Insertable)]
pub struct ResourceLink {
    /// The resource that is claimed.
    pub resource_id: ResourceId,
    /// The linked resource.
    pub other_id: ResourceId,
    /// The kind of link.
    pub kind: LinkKind,
    /// How much of the other is taken for each one of the resource.
    pub quantity: i32,
}

impl ResourceLink {
    /// Whether it leads from one resource to another. An exclusion leads both ways.
    pub fn leads(&self, from: ResourceId, to: ResourceId) -> bool {
        let ends = (self.resource_id, self.other_id);
        ends == (from, to) || ends == (to, from) && self.kind == LinkKind::Excludes
    }
}

/// The links from and to a resource, in order.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, id: ResourceId) -> Result<Vec<ResourceLink>, StorageError> {
    Ok(resource_links::table
        .filter(resource_links::resource_id.eq(id).or(resource_links::other_id.eq(id)))
        .order((resource_links::resource_id, resource_links::other_id))
        .load(conn)?)
}

/// The links that claims on any of these resources have to do with, in no order: what they take
/// along, and what they and that exclude.
///
/// # Errors
/// When the database fails.
pub fn list_met(conn: &mut Conn, ids: &[ResourceId]) -> Result<Vec<ResourceLink>, StorageError> {
    let takes = resource_links::resource_id.eq_any(ids).and(resource_links::kind.eq(LinkKind::Takes));
    let mut links: Vec<ResourceLink> = resource_links::table.filter(takes).load(conn)?;
    let claimed: Vec<_> = links.iter().map(|link| link.other_id).chain(ids.iter().copied()).collect();
    let touches = resource_links::resource_id.eq_any(&claimed).or(resource_links::other_id.eq_any(&claimed));
    let excludes = resource_links::table.filter(resource_links::kind.eq(LinkKind::Excludes)).filter(touches);
    links.extend(excludes.load::<ResourceLink>(conn)?);
    Ok(links)
}

/// Claims on which resources take something of this one: on itself, and on those that take it along.
///
/// # Errors
/// When the database fails.
pub fn list_taking(conn: &mut Conn, id: ResourceId) -> Result<Vec<ResourceId>, StorageError> {
    let takes = resource_links::other_id.eq(id).and(resource_links::kind.eq(LinkKind::Takes));
    let mut taking: Vec<ResourceId> =
        resource_links::table.filter(takes).order(resource_links::resource_id).select(resource_links::resource_id).load(conn)?;
    taking.push(id);
    Ok(taking)
}

#[derive(QueryableByName)]
struct Linked {
    #[diesel(sql_type = Text)]
    id: ResourceId,
}

/// These resources and all that links connect them with, over whatever number of links: what is
/// claimed or given up of one may decide about the others.
///
/// # Errors
/// When the database fails.
pub fn list_linked(conn: &mut Conn, ids: &[ResourceId]) -> Result<BTreeSet<ResourceId>, StorageError> {
    const LINKED: &str = "WITH RECURSIVE linked AS (\
             SELECT id FROM resources WHERE id = $1 \
             UNION \
             SELECT CASE resource_id WHEN linked.id THEN other_id ELSE resource_id END \
             FROM linked JOIN resource_links ON resource_id = linked.id OR other_id = linked.id\
         ) \
         SELECT id FROM linked";
    let mut all = BTreeSet::new();
    for id in ids {
        if all.insert(*id) {
            let linked: Vec<Linked> = sql_query(LINKED).bind::<Text, _>(*id).load(conn)?;
            all.extend(linked.into_iter().map(|linked| linked.id));
        }
    }
    Ok(all)
}

/// Adds a link. It holds for what is claimed already, too.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when what is claimed already does not allow it,
/// [`StorageError::NotUnique`] when there is one, or the database fails.
pub fn insert(conn: &mut WriteConn, link: &ResourceLink) -> Result<(), StorageError> {
    diesel::insert_into(resource_links::table).values(link).execute(conn.raw())?;
    Ok(())
}

/// Removes a link, and the allocations that followed from it.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, link: &ResourceLink) -> Result<(), StorageError> {
    diesel::delete(resource_links::table.find((link.resource_id, link.other_id))).execute(conn.raw())?;
    Ok(())
}
