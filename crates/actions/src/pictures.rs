//! The pictures of resources.

use serde_json::json;

use super::Caller;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::resources::visible;
use domain::fields::InvalidFields;
use domain::ids::{PictureId, ResourceId};
use domain::permissions::Permission;
use domain::picture::{MOST_PICTURES, NewPicture, Picture, PictureFields, moved};
use domain::problem::Code;
use domain::resource::Resource;
use storage::db::{ReadTx, Tx};
use storage::{resource_pictures, resources};

/// Returns a picture of a resource to everybody who sees the resource.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, resource: ResourceId, id: PictureId) -> Result<Picture, Error> {
    visible::get(tx, caller, resource)?;
    Ok(resource_pictures::get(&mut tx.conn, resource, id)?)
}

/// Returns the file of a picture by its hash to everybody who sees the resource, and whether everybody does.
///
/// # Errors
/// `not_found`.
pub fn get_file(tx: &mut ReadTx, caller: Option<Caller>, id: ResourceId, sha256: &str) -> Result<(Vec<u8>, bool), Error> {
    let resource = visible::get(tx, caller, id)?;
    Ok((resource_pictures::get_file(&mut tx.conn, id, sha256)?, resource.is_public()))
}

/// Checks that the caller may change the pictures of a resource, and that it has place for another one.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `too_many_pictures`.
pub fn authorize_add(tx: &mut ReadTx, caller: Caller, id: ResourceId) -> Result<Resource, Error> {
    let resource = visible::get_as(tx, caller, id, Permission::ManageListings)?;
    if resource.pictures.len() >= MOST_PICTURES {
        return Err(Error::refused(Code::TooManyPictures));
    }
    Ok(resource)
}

/// Adds a picture to a resource, behind the others.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `too_many_pictures`.
pub fn add(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, description: String, files: &NewPicture) -> Result<Picture, Error> {
    resource_pictures::update_changed(tx.conn, id, tx.now)?;
    let resource = authorize_add(tx, caller, id)?;
    let position = 1 + i32::try_from(resource.pictures.len()).unwrap_or(i32::MAX - 1);
    let (page, thumbnail) = (files.page.size.clone(), files.thumbnail.size.clone());
    let picture = Picture { id: tx.new_id(), position, description, page, thumbnail, created_at: tx.now, revision: 1 };
    resource_pictures::insert(tx.conn, id, &picture, files)?;
    note(tx, caller, &resource, "resource.add_picture", &picture)?;
    Ok(picture)
}

/// Changes the description of a picture or its place.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: ResourceId,
    picture: PictureId,
    if_match: &IfMatch,
    edit: impl FnOnce(PictureFields) -> Result<PictureFields, InvalidFields>,
) -> Result<Picture, Error> {
    let (resource, before) = lock(tx, caller, id, picture)?;
    if_match.check(before.revision)?;
    let fields = edit(PictureFields { description: before.description.clone(), position: before.position })?;
    let changed = resource.pictures.iter().map(|one| {
        let description = if one.id == picture { &fields.description } else { &one.description };
        Picture { description: description.clone(), ..one.clone() }
    });
    write_order(tx, &resource, moved(changed.collect(), before.position, fields.position))?;
    let after = resource_pictures::get(tx.conn, id, picture)?;
    note(tx, caller, &resource, "resource.change_picture", &after)?;
    Ok(after)
}

/// Removes a picture from a resource. Those behind it move up.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn remove(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, picture: PictureId) -> Result<(), Error> {
    let (resource, removed) = lock(tx, caller, id, picture)?;
    resource_pictures::delete(tx.conn, picture)?;
    write_order(tx, &resource, resource.pictures.iter().filter(|one| one.id != picture).cloned().collect())?;
    note(tx, caller, &resource, "resource.remove_picture", &removed)
}

/// Lets nobody else change the pictures of a resource in this transaction, and returns it with one of them.
fn lock(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, picture: PictureId) -> Result<(Resource, Picture), Error> {
    visible::get_as(tx, caller, id, Permission::ManageListings)?;
    resource_pictures::update_changed(tx.conn, id, tx.now)?;
    let resource = resources::get(tx.conn, id)?;
    let found = resource.pictures.iter().find(|one| one.id == picture).cloned().ok_or_else(Error::not_found)?;
    Ok((resource, found))
}

/// Numbers the pictures in this order, and writes those that differ.
fn write_order(tx: &mut Tx<'_>, resource: &Resource, order: Vec<Picture>) -> Result<(), Error> {
    for (position, picture) in (1..).zip(order) {
        let picture = Picture { position, ..picture };
        if !resource.pictures.contains(&picture) {
            resource_pictures::update(tx.conn, &picture)?;
        }
    }
    Ok(())
}

fn note(tx: &mut Tx<'_>, caller: Caller, resource: &Resource, action: &str, picture: &Picture) -> Result<(), Error> {
    let detail = json!({
        "picture_id": picture.id, "sha256": picture.page.sha256, "description": picture.description, "position": picture.position,
    });
    audit(tx, caller.principal(), Some(resource.organization_id), action, ("resource", resource.id.as_str()), &detail)
}
