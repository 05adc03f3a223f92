//! `/organizations/{id}/logo`: the logo of an organization, which is on its invoices.

use actix_web::{delete, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, Heavy, ManageOrganization, May};
use super::download::{Bytes, Download};
use super::json::Empty;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use super::state::State;
use super::turns::Cost;
use super::upload::{LogoFile, Upload};
use actions::logos;
use domain::ids::OrganizationId;
use domain::logo::{Logo, PictureType};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// The file as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, example = "the bytes of the file")]
#[expect(dead_code, reason = "only its schema is used")]
struct LogoContent(String);

/// The logo of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Logo)]
struct LogoView {
    /// The organization.
    organization_id: OrganizationId,
    /// The media type.
    media_type: PictureType,
    /// The width in pixels.
    width: u32,
    /// The height in pixels.
    height: u32,
    /// The SHA-256 of the file, in hexadecimal digits.
    sha256: String,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

/// Get the logo of an organization
///
/// For everybody who can see the organization: the file itself.
#[utoipa::path(operation_id = "get_logo", tag = "organizations", params(("id" = String, Path)),
    responses((status = 200, content((inline(Bytes) = "image/png"), (inline(Bytes) = "image/jpeg")))), security((), ("bearer" = [])))]
#[get("/organizations/{id}/logo")]
async fn get_one(read: Read<Anyone>, id: Id<OrganizationId>) -> Result<Download, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let Logo { media_type, content: bytes, .. } = logos::get(tx, caller, id.0)?;
        let file = match media_type {
            PictureType::Png => "logo.png",
            PictureType::Jpeg => "logo.jpg",
        };
        Ok(Download { bytes, media_type: media_type.as_str(), file: file.to_owned() })
    })
    .await
}

/// Set the logo of an organization
///
/// For owners of the organization. The body is the file itself: PNG or JPEG, at most 262,144 bytes and 1,000 × 1,000 pixels. It is on the
/// invoices that are issued from then on, at most 6 cm wide and 2 cm high; earlier ones stay as they are.
#[utoipa::path(operation_id = "set_logo", tag = "organizations", params(("id" = String, Path)),
    request_body(content((LogoContent = "image/png"), (LogoContent = "image/jpeg"))),
    responses((status = 200, body = LogoView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PictureUnreadable]))))]
#[post("/organizations/{id}/logo")]
async fn set(
    Upload(command, _): Upload<Heavy<May<ManageOrganization>>, LogoFile>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    let (organization_id, asker) = (id.0, command.asker);
    command
        .run_prepared(
            async move |state: &State, Heavy(May { caller, .. }), file| {
                // Before the picture is decoded, because that takes long.
                let authorize = move |tx: &mut ReadTx| logos::authorize_change(tx, caller, organization_id);
                state.db.read(state.clock.now(), authorize).await?;
                let (_turn, now) = (state.turns.take(Cost::Search, asker).await?, state.clock.now());
                let read = tokio::task::spawn_blocking(move || documents::read_logo(file.bytes.to_vec(), now));
                let read = read.await.map_err(|_| Problem::of(Code::InternalError))?;
                read.map_err(|refused| Problem::new(Code::PictureUnreadable, refused.into()))
            },
            move |tx, Heavy(May { caller, .. }), logo, _| {
                logos::set(tx, caller, organization_id, logo)?;
                let Logo { sha256, media_type, width, height, created_at, .. } = logo.clone();
                Reply::ok(&LogoView { organization_id, media_type, width, height, sha256, created_at })
            },
        )
        .await
}

/// Remove the logo of an organization
///
/// For owners of the organization. Invoices that were issued with it keep it.
#[utoipa::path(operation_id = "delete_logo", tag = "organizations", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[delete("/organizations/{id}/logo")]
async fn remove(command: Command<May<ManageOrganization>, Empty>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            logos::remove(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_one).service(set).service(remove);
}
