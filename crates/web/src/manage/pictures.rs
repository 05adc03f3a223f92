//! The page with the pictures of a resource: add one, describe them, put them in order, remove them.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::page::{Explained, Frame, form_name, read_id, read_ids};
use crate::pictures::Shown;
use crate::sent::Sent;
use crate::sent_file::{Parts, SentFile};
use crate::visit::Visit;
use actions::precondition::IfMatch;
use actions::{pictures, resources};
use api::caller::{ManageListings, View};
use api::pictures::{prepare, read_description};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::InvalidFields;
use domain::ids::{PictureId, ResourceId};
use domain::permissions::Permission;
use domain::picture::{MOST_BYTES, MOST_PICTURES, PictureFields};
use domain::problem::Code;
use storage::db::{ReadTx, Tx};

/// A picture with its form.
struct Edited {
    id: PictureId,
    shown: Shown,
    description: String,
    position: i32,
}

#[derive(Template)]
#[template(path = "manage_pictures.html")]
struct PicturesPage {
    frame: Frame,
    resource: ResourceId,
    path: String,
    pictures: Vec<Edited>,
    has_place: bool,
    form: String,
    description: String,
    problem: Option<Explained>,
}

fn path(id: ResourceId) -> String {
    format!("/manage/resources/{id}/pictures")
}

async fn show(visit: &Visit, id: ResourceId, sent: &Parts, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let load = move |tx: &mut ReadTx| {
        let resource = resources::get(tx, Some(caller), id)?;
        // Only managers change them; others see them on the page of the resource.
        actions::authorize(tx, caller, resource.organization_id, Permission::ManageListings, true)?;
        Ok(resource)
    };
    let resource = visit.page.read(load).await?;
    let name = &resource.fields.name;
    let edited = resource.pictures.iter().map(|picture| Edited {
        id: picture.id,
        shown: Shown::small(id, picture).named(name),
        description: picture.description.clone(),
        position: picture.position,
    });
    let page = PicturesPage {
        frame: visit.frame(name.clone()),
        resource: id,
        path: path(id),
        pictures: edited.collect(),
        has_place: resource.pictures.len() < MOST_PICTURES,
        form: form_name(sent.text("form")),
        description: sent.text("description").to_owned(),
        problem: refused.as_ref().map(|problem| Explained::of(&visit.page.texts(), problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn add(visit: &Visit, id: ResourceId, sent: Parts) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let added = async {
        let description = read_description("/description", sent.text("description"))?;
        let files = prepare(&visit.page.state, (caller, visit.page.asker()), id, sent.file.clone()).await?;
        let add = move |tx: &mut Tx<'_>| {
            pictures::add(tx, caller, id, description.clone(), &files)?;
            Ok(path(id))
        };
        visit.create(Cost::Light, sent.text("form"), add).await
    };
    match added.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, &sent, Some(problem)).await,
    }
}

/// The fields of the form of a picture.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    description: String,
    /// The button: `save`, `up`, `down` or `remove`.
    action: String,
}

async fn change(visit: &Visit, (id, picture): (ResourceId, PictureId), wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let change = move |tx: &mut Tx<'_>| {
        let edit = |fields: PictureFields| -> Result<PictureFields, InvalidFields> {
            let description = read_description("/description", &wanted.description)?;
            let position = match wanted.action.as_str() {
                "up" => fields.position.saturating_sub(1).max(1),
                "down" => fields.position.saturating_add(1),
                _ => fields.position,
            };
            Ok(PictureFields { description, position })
        };
        match wanted.action.as_str() {
            "remove" => pictures::remove(tx, caller, id, picture),
            _ => pictures::update(tx, caller, id, picture, &IfMatch::Any, edit).map(drop),
        }
    };
    match visit.page.write(Cost::Light, change).await {
        Ok(()) => Ok(visit.lead_to(&path(id))),
        Err(problem) if problem.code() == Code::InvalidFields => show(visit, id, &Parts::default(), Some(problem)).await,
        Err(problem) => Err(problem),
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/resources/{id}/pictures")
            .get(async |visit: Visit, id: web::Path<String>| {
                visit.shown(async { show(&visit, read_id(&id)?, &Parts::default(), None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: SentFile<MOST_BYTES>| {
                let added = match (read_id(&id), sent.0) {
                    (Ok(id), Ok(sent)) => add(&visit, id, sent).await,
                    (Ok(id), Err(problem)) if problem.code() == Code::PayloadTooLarge => {
                        show(&visit, id, &Parts::default(), Some(problem)).await
                    }
                    (Err(problem), _) | (_, Err(problem)) => Err(problem),
                };
                visit.shown_after(&format!("/manage/resources/{id}/pictures"), "", added)
            }),
    );
    config.service(
        web::resource("/manage/resources/{id}/pictures/{picture}")
            // After a sign-in, the page with all pictures shows the form again.
            .get(async |visit: Visit, path: web::Path<(String, String)>| {
                visit.lead_to(&format!("/manage/resources/{}/pictures", path.0))
            })
            .post(async |visit: Visit, path: web::Path<(String, String)>, sent: Sent<Wanted>| {
                let changed = async { change(&visit, read_ids(&path)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/resources/{}/pictures", path.0), "", changed)
            }),
    );
}
