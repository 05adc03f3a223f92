//! The pictures of resources on pages, and the files that the pages load.

use actix_web::{HttpResponse, web};

use super::page::read_id;
use super::visit::Visit;
use actions::pictures;
use api::caller::View;
use api::pictures::ShownFile;
use api::problem::Problem;
use domain::ids::ResourceId;
use domain::picture::{Picture, PictureSize};
use storage::db::ReadTx;

/// A picture on a page.
pub(crate) struct Shown {
    pub(crate) src: String,
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// The text in its place.
    pub(crate) alt: String,
    /// The address of the large picture.
    pub(crate) large: String,
}

impl Shown {
    fn of(resource: ResourceId, picture: &Picture, size: &PictureSize) -> Self {
        let address = |size: &PictureSize| format!("/resources/{resource}/pictures/{}", size.sha256);
        Self {
            src: address(size),
            width: size.width,
            height: size.height,
            alt: picture.description.clone(),
            large: address(&picture.page),
        }
    }

    /// Returns the large form of a picture.
    pub(crate) fn large(resource: ResourceId, picture: &Picture) -> Self {
        Self::of(resource, picture, &picture.page)
    }

    /// Returns the small form of a picture.
    pub(crate) fn small(resource: ResourceId, picture: &Picture) -> Self {
        Self::of(resource, picture, &picture.thumbnail)
    }

    /// The same picture with a text in its place in any case.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { alt: if self.alt.is_empty() { name.to_owned() } else { self.alt }, ..self }
    }
}

async fn file(visit: &Visit, (id, sha256): (String, String)) -> Result<HttpResponse, Problem> {
    let (id, caller) = (read_id(&id)?, visit.caller::<View>());
    let (content, is_public) = visit.page.read(move |tx: &mut ReadTx| pictures::get_file(tx, caller, id, &sha256)).await?;
    Ok(ShownFile { content, is_public }.response())
}

/// Registers the files.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/resources/{id}/pictures/{sha256}",
        web::get().to(async |visit: Visit, path: web::Path<(String, String)>| visit.shown(file(&visit, path.into_inner()).await)),
    );
}
