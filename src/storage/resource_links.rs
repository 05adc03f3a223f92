//! What a claim on one resource means for another. The database makes, moves and removes the
//! allocations that follow from a link, and refuses what excludes each other.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::resource_links;
use crate::domain::ids::ResourceId;
use crate::domain::resource::LinkKind;

/// A link from one resource to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Insertable)]
pub struct ResourceLink {
    /// The resource that is claimed.
    pub resource_id: ResourceId,
    /// What that means something for.
    pub other_id: ResourceId,
    /// What it means.
    pub kind: LinkKind,
    /// How much of the other is taken for each one of the resource.
    pub quantity: i32,
}

/// The links from and to a resource.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, id: ResourceId) -> Result<Vec<ResourceLink>, StorageError> {
    list_each(conn, &[id])
}

/// The links from and to any of these resources, in order.
///
/// # Errors
/// When the database fails.
pub fn list_each(conn: &mut Conn, ids: &[ResourceId]) -> Result<Vec<ResourceLink>, StorageError> {
    Ok(resource_links::table
        .filter(resource_links::resource_id.eq_any(ids).or(resource_links::other_id.eq_any(ids)))
        .order((resource_links::resource_id, resource_links::other_id))
        .load(conn)?)
}

/// Adds a link. It holds for what is claimed already, too.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when what is claimed already does not allow it,
/// [`StorageError::NotUnique`] when there is one, or the database fails.
pub fn insert(conn: &mut Conn, link: &ResourceLink) -> Result<(), StorageError> {
    diesel::insert_into(resource_links::table).values(link).execute(conn)?;
    Ok(())
}

/// Removes a link, and says whether there was one.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, resource: ResourceId, other: ResourceId) -> Result<bool, StorageError> {
    Ok(diesel::delete(resource_links::table.find((resource, other))).execute(conn)? > 0)
}
