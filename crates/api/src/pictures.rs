//! `/resources/{id}/pictures`: the pictures of resources.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, ManageListings, May};
use super::download::Bytes;
use super::json::{Empty, Patch};
use super::problem::Problem;
use super::query::{Id, Ids};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use super::state::State;
use super::turns::{Asker, Cost};
use super::upload::{PictureFile, Upload};
use actions::error::Error;
use actions::{Caller, pictures};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{PictureId, ResourceId};
use domain::limits;
use domain::picture::{MEDIA_TYPE, NewPicture, Picture, PictureFields, PictureSize};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// One picture is decoded at a time, because the largest one takes 200 MB of memory meanwhile.
static DECODING: Semaphore = Semaphore::const_new(1);

/// Returns both files of a picture that is uploaded to a resource.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `too_many_pictures`, `picture_unreadable`, `too_many_requests`.
pub async fn prepare(
    state: &State,
    (caller, asker): (Caller, Asker),
    id: ResourceId,
    file: web::Bytes,
) -> Result<NewPicture, Problem> {
    // Before the picture is decoded, because that takes long.
    let authorize = move |tx: &mut ReadTx| pictures::authorize_add(tx, caller, id).map(drop);
    state.db.read(state.clock.now(), authorize).await?;
    let turn = state.turns.take(Cost::Heavy, asker).await?;
    let place = DECODING.acquire().await;
    let decode = move || {
        // They last until the picture is decoded, even if the client has closed the connection.
        let _held = (turn, place);
        ::pictures::prepare(&file)
    };
    let prepared = tokio::task::spawn_blocking(decode).await.map_err(|_| Problem::of(Code::InternalError))?;
    prepared.map_err(|refused| Problem::new(Code::PictureUnreadable, refused.into()))
}

/// Reads the text in place of a picture from the field or parameter at `pointer`.
///
/// # Errors
/// When it is too long.
pub fn read_description(pointer: &str, text: &str) -> Result<String, InvalidFields> {
    let mut fields = Fields::default();
    let description = fields.line(pointer, text, limits::PictureDescription::RANGE);
    fields.finish(|| description)
}

/// The file of a picture. Its address has its hash, so it can be kept.
pub struct ShownFile {
    /// The JPEG.
    pub content: Vec<u8>,
    /// Whether everybody may see it.
    pub is_public: bool,
}

impl ShownFile {
    /// Returns the response with the file.
    pub fn response(self) -> HttpResponse {
        let readers = if self.is_public { "public" } else { "private" };
        HttpResponse::Ok()
            .content_type(MEDIA_TYPE)
            .insert_header((header::CACHE_CONTROL, format!("{readers}, max-age=31536000, immutable")))
            .body(self.content)
    }
}

impl Responder for ShownFile {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.response()
    }
}

/// A file of a picture.
#[derive(Debug, Serialize, ToSchema)]
struct PictureSizeView {
    /// The path of the file, a JPEG. It has the hash of the file, so the file at a path never changes.
    path: String,
    /// The width in pixels.
    width: i32,
    /// The height in pixels.
    height: i32,
}

/// A picture of a resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Picture)]
pub(super) struct PictureView {
    /// The identifier of the object.
    id: PictureId,
    #[serde(flatten)]
    #[schema(value_type = PictureFields)]
    fields: PictureFields,
    /// The file for a page, at most 1,280 × 1,280 pixels.
    page: PictureSizeView,
    /// The file for a list, at most 400 × 400 pixels.
    thumbnail: PictureSizeView,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

fn reply(resource: ResourceId, picture: Picture) -> Result<Reply, Error> {
    let revision = picture.revision;
    Ok(Reply::ok(&PictureView::of(resource, picture))?.revision(revision))
}

impl PictureView {
    /// Returns a picture of a resource.
    pub(super) fn of(resource: ResourceId, picture: Picture) -> Self {
        let size = |PictureSize { sha256, width, height }: PictureSize| PictureSizeView {
            path: format!("/api/v1/resources/{resource}/picture-files/{sha256}"),
            width,
            height,
        };
        Self {
            id: picture.id,
            fields: PictureFields { description: picture.description, position: picture.position },
            page: size(picture.page),
            thumbnail: size(picture.thumbnail),
            created_at: picture.created_at,
        }
    }
}

/// The file as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, example = "the bytes of the file")]
#[expect(dead_code, reason = "only its schema is used")]
struct PictureContent(String);

/// The text of a new picture.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NewPictureQuery {
    /// A text in place of the picture, for people who do not see it. Default: empty.
    #[serde(default)]
    #[param(value_type = Option<limits::PictureDescription>)]
    description: String,
}

/// Add a picture to a resource
///
/// For managers of the host. The body is the file itself: PNG, JPEG or WebP, at most 10,485,760 bytes and 24,000,000 pixels. The service makes
/// two small JPEGs of it and keeps nothing else: no metadata such as the place at which the picture was taken. A resource has at most 12
/// pictures. The new one is the last.
#[utoipa::path(operation_id = "add_picture", tag = "resources", params(("id" = String, Path), NewPictureQuery),
    request_body(content((PictureContent = "image/png"), (PictureContent = "image/jpeg"), (PictureContent = "image/webp"))),
    responses((status = 201, body = PictureView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PictureUnreadable, Code::TooManyPictures]))))]
#[post("/resources/{id}/pictures")]
async fn add(
    Upload(command, _): Upload<May<ManageListings>, PictureFile>,
    id: Id<ResourceId>,
    Parameters(new): Parameters<NewPictureQuery>,
) -> Result<Reply, Problem> {
    let (id, asker) = (id.0, command.asker);
    let description = read_description("description", &new.description)?;
    command
        .run_prepared(
            async move |state: &State, May { caller, .. }, file| prepare(state, (caller, asker), id, file.bytes).await,
            move |tx, May { caller, .. }, files, _| {
                let picture = pictures::add(tx, caller, id, description.clone(), files)?;
                let location = format!("/api/v1/resources/{id}/pictures/{}", picture.id);
                let revision = picture.revision;
                Ok(Reply::created(location, &PictureView::of(id, picture))?.revision(revision))
            },
        )
        .await
}

/// Get a picture of a resource
///
/// For everybody who can see the resource. The resource has all its pictures in order (`pictures`).
#[utoipa::path(operation_id = "get_picture", tag = "resources", params(("id" = String, Path), ("picture" = String, Path)),
    responses((status = 200, body = PictureView)), security((), ("bearer" = [])))]
#[get("/resources/{id}/pictures/{picture}")]
async fn get_one(read: Read<Anyone>, Ids(id, picture): Ids<ResourceId, PictureId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| reply(id, pictures::get(tx, caller, id, picture)?)).await
}

/// Get the file of a picture
///
/// For everybody who can see the resource: the JPEG itself. The path is in `pictures` of the resource. The file never changes, so clients
/// can keep it.
#[utoipa::path(operation_id = "get_picture_file", tag = "resources", params(("id" = String, Path), ("sha256" = String, Path)),
    responses((status = 200, content((inline(Bytes) = "image/jpeg")))), security((), ("bearer" = [])))]
#[get("/resources/{id}/picture-files/{sha256}")]
async fn get_file(read: Read<Anyone>, id: Id<ResourceId>, path: web::Path<(String, String)>) -> Result<ShownFile, Problem> {
    let (_, sha256) = path.into_inner();
    let (content, is_public) = read.run(move |tx, Anyone(caller), _| pictures::get_file(tx, caller, id.0, &sha256)).await?;
    Ok(ShownFile { content, is_public })
}

/// Edit a picture of a resource
///
/// For managers of the host: its description, and its place among the pictures.
#[utoipa::path(operation_id = "update_picture", tag = "resources", params(("id" = String, Path), ("picture" = String, Path)),
    request_body = PictureFields, responses((status = 200, body = PictureView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed]))))]
#[patch("/resources/{id}/pictures/{picture}")]
async fn update(
    command: Command<May<ManageListings>, Patch>,
    Ids(id, picture): Ids<ResourceId, PictureId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: PictureFields| {
                let PictureFields { description, position } = patch.merge(&fields)?;
                let mut fields = Fields::default();
                let description = fields.nest("", read_description("/description", &description));
                let position = fields.number("/position", position, limits::PicturePosition::RANGE);
                fields.finish(|| Some(PictureFields { description: description?, position: position? }))
            };
            reply(id, pictures::update(tx, caller, id, picture, if_match, edit)?)
        })
        .await
}

/// Remove a picture from a resource
///
/// For managers of the host.
#[utoipa::path(operation_id = "delete_picture", tag = "resources", params(("id" = String, Path), ("picture" = String, Path)),
    responses((status = 204)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[delete("/resources/{id}/pictures/{picture}")]
async fn remove(
    command: Command<May<ManageListings>, Empty>,
    Ids(id, picture): Ids<ResourceId, PictureId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            pictures::remove(tx, caller, id, picture)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(add).service(get_one).service(get_file).service(update).service(remove);
}
