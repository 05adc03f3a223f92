//! The pictures of resources.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::resources;
use super::schema_events::resource_pictures;
use domain::ids::{PictureId, ResourceId};
use domain::picture::{NewPicture, Picture, PictureSize};
use domain::time::UtcTime;

type SizeColumns<S, W, H> = (S, W, H);
type Columns = (
    resource_pictures::resource_id,
    resource_pictures::id,
    resource_pictures::position,
    resource_pictures::description,
    SizeColumns<resource_pictures::sha256, resource_pictures::width, resource_pictures::height>,
    SizeColumns<resource_pictures::thumbnail_sha256, resource_pictures::thumbnail_width, resource_pictures::thumbnail_height>,
    (resource_pictures::created_at, resource_pictures::revision),
);
/// All but the files.
const COLUMNS: Columns = (
    resource_pictures::resource_id,
    resource_pictures::id,
    resource_pictures::position,
    resource_pictures::description,
    (resource_pictures::sha256, resource_pictures::width, resource_pictures::height),
    (resource_pictures::thumbnail_sha256, resource_pictures::thumbnail_width, resource_pictures::thumbnail_height),
    (resource_pictures::created_at, resource_pictures::revision),
);

type SizeRow = (String, i32, i32);
/// A row of [`COLUMNS`].
type Row = (ResourceId, PictureId, i32, String, SizeRow, SizeRow, (UtcTime, i64));

fn picture_from((_, id, position, description, page, thumbnail, (created_at, revision)): Row) -> Picture {
    let size = |(sha256, width, height): SizeRow| PictureSize { sha256, width, height };
    Picture { id, position, description, page: size(page), thumbnail: size(thumbnail), created_at, revision }
}

/// The pictures of these resources, in order.
///
/// # Errors
/// When the database fails.
pub(super) fn list_of_each(conn: &mut Conn, ids: &[ResourceId]) -> Result<HashMap<ResourceId, Vec<Picture>>, StorageError> {
    let mut pictures: HashMap<ResourceId, Vec<Picture>> = HashMap::new();
    if !ids.is_empty() {
        let query = resource_pictures::table.filter(resource_pictures::resource_id.eq_any(ids)).select(COLUMNS);
        for row in query.order((resource_pictures::position, resource_pictures::id)).load::<Row>(conn)? {
            pictures.entry(row.0).or_default().push(picture_from(row));
        }
    }
    Ok(pictures)
}

/// A picture of a resource.
///
/// # Errors
/// When the resource has no such picture, or the database fails.
pub fn get(conn: &mut Conn, resource: ResourceId, id: PictureId) -> Result<Picture, StorageError> {
    let query = resource_pictures::table.find(id).filter(resource_pictures::resource_id.eq(resource)).select(COLUMNS);
    Ok(picture_from(query.get_result(conn)?))
}

/// The file with this hash of a picture of the resource.
///
/// # Errors
/// When no picture of the resource has such a file, or the database fails.
pub fn get_file(conn: &mut Conn, resource: ResourceId, sha256: &str) -> Result<Vec<u8>, StorageError> {
    let of_resource = resource_pictures::table.filter(resource_pictures::resource_id.eq(resource));
    let thumbnail = of_resource.filter(resource_pictures::thumbnail_sha256.eq(sha256));
    if let Some(file) = thumbnail.select(resource_pictures::thumbnail).get_result(conn).optional()? {
        return Ok(file);
    }
    let page = of_resource.filter(resource_pictures::sha256.eq(sha256));
    Ok(page.select(resource_pictures::content).get_result(conn)?)
}

/// Adds a picture to a resource.
///
/// # Errors
/// When the resource has too many pictures, or the database fails.
pub fn insert(conn: &mut WriteConn, resource: ResourceId, picture: &Picture, files: &NewPicture) -> Result<(), StorageError> {
    diesel::insert_into(resource_pictures::table)
        .values((
            resource_pictures::id.eq(picture.id),
            resource_pictures::resource_id.eq(resource),
            resource_pictures::position.eq(picture.position),
            resource_pictures::description.eq(&picture.description),
            (
                resource_pictures::sha256.eq(&picture.page.sha256),
                resource_pictures::width.eq(picture.page.width),
                resource_pictures::height.eq(picture.page.height),
            ),
            (
                resource_pictures::thumbnail_sha256.eq(&picture.thumbnail.sha256),
                resource_pictures::thumbnail_width.eq(picture.thumbnail.width),
                resource_pictures::thumbnail_height.eq(picture.thumbnail.height),
            ),
            resource_pictures::created_at.eq(picture.created_at),
            resource_pictures::thumbnail.eq(&files.thumbnail.content),
            resource_pictures::content.eq(&files.page.content),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes the description and the place of a picture, as its next revision.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, picture: &Picture) -> Result<(), StorageError> {
    diesel::update(resource_pictures::table.find(picture.id))
        .set((
            resource_pictures::position.eq(picture.position),
            resource_pictures::description.eq(&picture.description),
            resource_pictures::revision.eq(resource_pictures::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Deletes a picture with its files.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, id: PictureId) -> Result<(), StorageError> {
    diesel::delete(resource_pictures::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// Writes that the pictures of a resource change now. Other transactions that change them wait for this one.
///
/// # Errors
/// When the database fails.
pub fn update_changed(conn: &mut WriteConn, resource: ResourceId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(resources::table.find(resource))
        .set((resources::revision.eq(resources::revision + 1_i64), resources::updated_at.eq(now)))
        .execute(conn.raw())?;
    Ok(())
}
