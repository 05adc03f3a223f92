//! `/terms`: documents that a customer accepts before it books.

use actix_web::{HttpRequest, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, Book, ManageTerms, May};
use super::csv::{Column, Row, Sheet};
use super::json::Patch;
use super::notation::{Noted, prefers};
use super::problem::Problem;
use super::query::{Id, Number, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::terms;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, TermsId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::terms::{AgreedTerms, NewTerms, TermsFields, TermsKind, TermsSettings, TermsText};
use domain::time::UtcTime;
use domain::words;
use storage::db::ReadTx;
use storage::terms::{Terms, Version};
use storage::terms_acceptances::Acceptance;

/// The media type of the plain text.
const PLAIN: &str = "text/plain";
/// The largest number of rows of acceptances in a spreadsheet.
const MOST_ROWS: usize = 10_000;

/// A terms document of a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Terms)]
pub(super) struct TermsView {
    /// The identifier of the object.
    id: TermsId,
    /// The organization that owns the document: the host.
    organization_id: OrganizationId,
    /// The subject of the document.
    kind: TermsKind,
    /// The name.
    name: String,
    /// The resources whose bookings require the document. Null: all resources of the host. Only members of the host see this
    /// field; other users filter the list with `resource_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    applies_to: Option<Option<Vec<ResourceId>>>,
    /// True: the document is out of use, and customers no longer have to accept it.
    is_retired: bool,
    /// The number of the current version.
    version: i32,
    /// The SHA-256 of the current text in UTF-8, in hexadecimal digits.
    sha256: String,
    /// The current text, plain or Markdown. Missing in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl TermsView {
    fn new(terms: Terms, text: Option<String>, is_insider: bool) -> Self {
        let TermsFields { kind, name, applies_to, is_retired } = terms.fields;
        Self {
            id: terms.id,
            organization_id: terms.organization_id,
            kind,
            name,
            applies_to: Some(applies_to).filter(|_| is_insider),
            is_retired,
            version: terms.version,
            sha256: terms.sha256,
            text,
            created_at: terms.created_at,
            updated_at: terms.updated_at,
        }
    }
}

/// A version of a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermsVersion)]
pub(super) struct VersionView {
    /// The document.
    terms_id: TermsId,
    /// The number of the version, counted from 1.
    number: i32,
    /// The SHA-256 of the text in UTF-8, in hexadecimal digits.
    sha256: String,
    /// The text, plain or Markdown. Missing in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl VersionView {
    fn new(terms_id: TermsId, version: Version, text: Option<String>) -> Self {
        let Version { number, sha256, created_at } = version;
        Self { terms_id, number, sha256, text, created_at }
    }
}

/// Create a terms document
///
/// For managers of the host. From then on customers must accept the document before they book the resources in `applies_to`; by
/// default, before they book any resource of the host.
#[utoipa::path(operation_id = "create_terms", tag = "terms", params(("id" = String, Path)), request_body = NewTerms,
    responses((status = 201, body = TermsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/terms")]
pub(super) async fn create(command: Command<May<ManageTerms>, NewTerms>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let (fields, text) = body.read()?;
            let (terms, text) = terms::create(tx, caller, id.0, &fields, &text)?;
            let (location, revision) = (format!("/api/v1/terms/{}", terms.id), terms.revision);
            Ok(Reply::created(location, &TermsView::new(terms, Some(text), true))?.revision(revision))
        })
        .await
}

/// Filters for terms documents.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TermsQuery {
    /// Only documents in use that bookings of this resource require. With it, a page can contain fewer items than `limit`.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the terms documents of a host
///
/// Members of the host see all documents, other users see those in use.
#[utoipa::path(operation_id = "list_terms", tag = "terms", params(("id" = String, Path), TermsQuery),
    responses((status = 200, body = Page<TermsView>)), security((), ("bearer" = [])))]
#[get("/organizations/{id}/terms")]
pub(super) async fn list(read: Read<Anyone, TermsQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let (page, is_insider) = terms::list(tx, caller, id.0, query.resource_id, &paging)?;
        Ok(page.map(|terms| TermsView::new(terms, None, is_insider)))
    })
    .await
}

/// Get a terms document
///
/// Visible to members of the host, to every user while the document is in use and the host has a listed resource, and to
/// customers that have accepted it.
#[utoipa::path(operation_id = "get_terms", tag = "terms", params(("id" = String, Path)),
    responses((status = 200, body = TermsView)), security((), ("bearer" = [])))]
#[get("/terms/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<TermsId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let (terms, text, is_insider) = terms::get(tx, caller, id.0)?;
        let revision = terms.revision;
        Ok(Reply::ok(&TermsView::new(terms, Some(text), is_insider))?.revision(revision))
    })
    .await
}

/// Edit a terms document
///
/// For managers of the host. Changes the name or the resources of the document, or takes it out of use. Earlier acceptances
/// stay valid. To change the text, add a version.
#[utoipa::path(operation_id = "update_terms", tag = "terms", params(("id" = String, Path)), request_body = TermsSettings,
    responses((status = 200, body = TermsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[patch("/terms/{id}")]
pub(super) async fn update(command: Command<May<ManageTerms>, Patch>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: TermsFields| patch.merge(&TermsSettings::from(fields))?.read();
            let (terms, text) = terms::update(tx, caller, id.0, if_match, edit)?;
            let revision = terms.revision;
            Ok(Reply::ok(&TermsView::new(terms, Some(text), true))?.revision(revision))
        })
        .await
}

/// The text of a new version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "# House rules\n\nLeave the bench cleaner than you found it."}))]
pub(super) struct NewTermsVersion {
    /// The text, plain or Markdown.
    #[schema(value_type = limits::TermsBody)]
    text: String,
}

/// Add a version of a terms document
///
/// For managers of the host. The new version becomes the current one: customers must accept it before their next booking.
/// Existing bookings keep the version under which they were made.
#[utoipa::path(operation_id = "add_terms_version", tag = "terms", params(("id" = String, Path)), request_body = NewTermsVersion,
    responses((status = 201, body = VersionView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/terms/{id}/versions")]
pub(super) async fn add_version(command: Command<May<ManageTerms>, NewTermsVersion>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let mut fields = Fields::default();
            let text = TermsText::read(&mut fields, &body.text);
            let (version, text) = terms::add_version(tx, caller, id.0, &fields.finish(|| text)?)?;
            let location = format!("/api/v1/terms/{}/versions/{}", id.0, version.number);
            Reply::created(location, &VersionView::new(id.0, version, Some(text)))
        })
        .await
}

/// List the versions of a terms document
///
/// The oldest first, without their texts.
#[utoipa::path(operation_id = "list_terms_versions", tag = "terms", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<VersionView>)), security((), ("bearer" = [])))]
#[get("/terms/{id}/versions")]
pub(super) async fn list_versions(read: Read<Anyone, PageQuery>, id: Id<TermsId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let page = terms::list_versions(tx, caller, id.0, &query.read()?)?;
        Ok(page.map(|version| VersionView::new(id.0, version, None)))
    })
    .await
}

/// Get a version of a terms document
///
/// With `Accept: text/plain` the response is the text alone, exactly the bytes that `sha256` is computed from.
#[utoipa::path(operation_id = "get_terms_version", tag = "terms",
    params(("id" = String, Path), ("number" = i32, Path, description = "The number of the version, from 1.")),
    responses((status = 200, content((VersionView = "application/json"), (String = "text/plain")))),
    security((), ("bearer" = [])))]
#[get("/terms/{id}/versions/{number}")]
pub(super) async fn get_version(
    read: Read<Anyone>,
    id: Id<TermsId>,
    number: Number,
    request: HttpRequest,
) -> Result<Noted, Problem> {
    let is_plain = prefers(&request, PLAIN);
    let (reply, name) = read
        .run(move |tx, Anyone(caller), _| {
            let (terms, version, text) = terms::get_version(tx, caller, id.0, number.0)?;
            let view = |text| Reply::ok(&VersionView::new(id.0, version, Some(text)));
            let reply = if is_plain { Reply::text(text) } else { view(text)? };
            Ok((reply, terms.fields.name))
        })
        .await?;
    let media_type = is_plain.then_some("text/plain; charset=utf-8");
    let file = is_plain.then(|| file_name(&name, number.0));
    Ok(Noted { reply, media_type, file })
}

/// Returns the file name of a version, in characters that every operating system accepts.
fn file_name(name: &str, version: i32) -> String {
    let folded = words::fold([name]);
    let words: Vec<_> = folded.split(' ').filter(|word| !word.is_empty() && word.is_ascii()).collect();
    let name = if words.is_empty() { "terms".to_owned() } else { words.join("-") };
    format!("{name}-version-{version}.txt")
}

/// An acceptance of a document for an organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "version": 1}))]
pub(super) struct NewTermsAcceptance {
    /// The organization that accepts: the customer.
    organization_id: OrganizationId,
    /// The number of the version to accept. It must be the current one.
    #[schema(value_type = limits::VersionNumber)]
    version: i32,
    /// The SHA-256 of the text that you have read. If sent, another text is not accepted.
    #[schema(value_type = Option<limits::Sha256>)]
    sha256: Option<String>,
}

impl NewTermsAcceptance {
    fn read(&self) -> Result<(i32, Option<String>), InvalidFields> {
        let mut fields = Fields::default();
        let version = fields.number("/version", self.version, limits::VersionNumber::RANGE);
        let sha256 = self.sha256.as_ref().and_then(|sha256| fields.text("/sha256", sha256, limits::Sha256::RANGE));
        fields.finish(|| Some((version?, sha256)))
    }
}

/// Accept a terms document
///
/// For members of the customer who may book. The acceptance applies to all bookings of the customer until the host adds a
/// version. If the customer has accepted this version already, the response is the existing acceptance.
#[utoipa::path(operation_id = "accept_terms", tag = "terms", params(("id" = String, Path)), request_body = NewTermsAcceptance,
    responses((status = 200, body = Acceptance)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::TermsOutdated]))))]
#[post("/terms/{id}/accept")]
pub(super) async fn accept(command: Command<May<Book>, NewTermsAcceptance>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let (version, sha256) = body.read()?;
            let accepted = AgreedTerms { terms_id: id.0, version };
            Reply::ok(&terms::accept(tx, caller, body.organization_id, accepted, sha256.as_deref())?)
        })
        .await
}

/// Parameters for acceptances of terms.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AcceptancesQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List acceptances of terms
///
/// Returns each acceptance with user, customer, version and time. Members of an organization see the acceptances that it made as
/// a customer; its managers also see the acceptances of its own documents. For a spreadsheet there is `GET
/// /organizations/{id}/terms-acceptances.csv`; `Accept: text/csv` has the same effect.
#[utoipa::path(operation_id = "list_terms_acceptances", tag = "terms", params(("id" = String, Path), AcceptancesQuery),
    responses((status = 200, content((Page<Acceptance> = "application/json"), (String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/terms-acceptances")]
pub(super) async fn list_acceptances(
    read: Read<May<ManageTerms>, AcceptancesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_acceptances_as(read, id, sheet).await
}

/// List acceptances of terms for a spreadsheet
///
/// Returns the same as `GET /organizations/{id}/terms-acceptances`, as CSV (see `GET /bookings.csv`): all acceptances, or `limit` of
/// them, but at most 10,000 rows.
#[utoipa::path(operation_id = "list_terms_acceptances_csv", tag = "terms", params(("id" = String, Path), AcceptancesQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/terms-acceptances.csv")]
pub(super) async fn list_acceptances_csv(
    read: Read<May<ManageTerms>, AcceptancesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_acceptances_as(read, id, sheet).await
}

async fn list_acceptances_as(
    read: Read<May<ManageTerms>, AcceptancesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ManageTerms>, query: AcceptancesQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let is_whole = sheet.is_csv() && query.limit.is_none();
        let paging = if is_whole { Paging { limit: MOST_ROWS, ..paging } } else { paging };
        terms::list_acceptances(tx, caller, id.0, query.order.unwrap_or(CreationOrder::CreatedAt), &paging)
    };
    sheet.page(read, look).await
}

impl Row for Acceptance {
    const FILE: &str = "terms-acceptances";
    const COLUMNS: &[Column] = &[
        ("accepted_at", "/accepted_at"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("user_id", "/user_id"),
        ("user_name", "/user_name"),
        ("terms_id", "/terms_id"),
        ("terms_kind", "/terms_kind"),
        ("terms_name", "/terms_name"),
        ("version", "/version"),
        ("sha256", "/sha256"),
        ("host_organization_id", "/host_organization_id"),
    ];
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update);
    config.service(add_version).service(list_versions).service(get_version).service(accept).service(list_acceptances);
    config.service(list_acceptances_csv);
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_is_called_after_the_document_and_its_version() {
        assert_eq!(file_name("House rules: Fräse & \"CO₂\"", 3), "house-rules-frase-co2-version-3.txt");
        assert_eq!(file_name("../Правила", 1), "terms-version-1.txt");
    }
}
