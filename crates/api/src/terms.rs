//! `/terms`: documents of hosts that a customer accepts before it books.

use actix_web::{HttpRequest, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, SignedIn};
use super::json::Patch;
use super::notation::{Noted, prefers};
use super::problem::Problem;
use super::query::{Id, Number, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::terms;
use domain::fields::Fields;
use domain::ids::{OrganizationId, ResourceId, TermsId};
use domain::paging::{Page, Paging};
use domain::terms::{AgreedTerms, NewTerms, TermsFields, TermsKind, TermsSettings, TermsText};
use domain::time::UtcTime;
use domain::words;
use storage::terms::{Terms, Version};
use storage::terms_acceptances::Acceptance;

/// The media type of a text as it was written.
const PLAIN: &str = "text/plain";
/// How many rows a table has at most.
const MOST_ROWS: usize = 10_000;
/// The media type of a table.
const CSV: &str = "text/csv";

/// A document of a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Terms)]
pub(super) struct TermsView {
    id: TermsId,
    /// The host.
    organization_id: OrganizationId,
    /// What it is about.
    kind: TermsKind,
    name: String,
    /// Bookings of which resources it is for; null for all of the host's. Only for the host's members: others ask with
    /// `resource_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    applies_to: Option<Option<Vec<ResourceId>>>,
    /// Whether it is out of use: nobody has to accept it any more.
    is_retired: bool,
    /// The number of its current version.
    version: i32,
    /// The SHA-256 of the current text in UTF-8, in hexadecimal digits.
    sha256: String,
    /// The current text, plain or Markdown; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    created_at: UtcTime,
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
    terms_id: TermsId,
    /// From 1.
    number: i32,
    /// The SHA-256 of the text in UTF-8, in hexadecimal digits.
    sha256: String,
    /// Plain text or Markdown; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    created_at: UtcTime,
}

impl VersionView {
    fn new(terms_id: TermsId, version: Version, text: Option<String>) -> Self {
        let Version { number, sha256, created_at } = version;
        Self { terms_id, number, sha256, text, created_at }
    }
}

/// Add a document
///
/// As a manager of the host. From then on whoever books must accept it: all of the host's resources, or those that
/// `applies_to` lists.
#[utoipa::path(operation_id = "create_terms", tag = "terms", params(("id" = String, Path)), request_body = NewTerms,
    responses((status = 201, body = TermsView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/organizations/{id}/terms")]
pub(super) async fn create(command: Command<SignedIn, NewTerms>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let (fields, text) = body.read()?;
            let (terms, text) = terms::create(tx, caller, id.0, &fields, &text)?;
            let (location, revision) = (format!("/api/v1/terms/{}", terms.id), terms.revision);
            Ok(Reply::created(location, &TermsView::new(terms, Some(text), true))?.revision(revision))
        })
        .await
}

/// Which documents are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TermsQuery {
    /// Only those in use that are for bookings of this resource; a page may then hold fewer items than `limit`.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the documents of a host
///
/// Its members see all of them, others those that are in use.
#[utoipa::path(operation_id = "list_terms", tag = "terms", params(("id" = String, Path), TermsQuery),
    responses((status = 200, body = Page<TermsView>)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/organizations/{id}/terms")]
pub(super) async fn list(read: Read<Anyone, TermsQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let (page, is_insider) = terms::list(tx, caller, id.0, query.resource_id, &paging)?;
        Ok(page.map(|terms| TermsView::new(terms, None, is_insider)))
    })
    .await
}

/// Get a document
///
/// Shown to the host's members, to everybody while it is in use and the host lists something, and to those who have accepted
/// it.
#[utoipa::path(operation_id = "get_terms", tag = "terms", params(("id" = String, Path)),
    responses((status = 200, body = TermsView)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/terms/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<TermsId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let (terms, text, is_insider) = terms::get(tx, caller, id.0)?;
        // Members see more, so to them it is another state.
        let revision = if is_insider { terms.revision } else { -terms.revision };
        Ok(Reply::ok(&TermsView::new(terms, Some(text), is_insider))?.revision(revision))
    })
    .await
}

/// Edit a document, or take it out of use
///
/// As a manager of the host. What was accepted stays accepted; another text is another version.
#[utoipa::path(operation_id = "update_terms", tag = "terms", params(("id" = String, Path)), request_body = TermsSettings,
    responses((status = 200, body = TermsView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[patch("/terms/{id}")]
pub(super) async fn update(command: Command<SignedIn, Patch>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), patch, if_match| {
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
    /// Plain text or Markdown.
    #[schema(min_length = 1, max_length = 100_000)]
    text: String,
}

/// Add a version of a document
///
/// As a manager of the host. It is the current one from then on: whoever books must accept it anew. Bookings that are made stay
/// under the version that they were made under.
#[utoipa::path(operation_id = "add_terms_version", tag = "terms", params(("id" = String, Path)), request_body = NewTermsVersion,
    responses((status = 201, body = VersionView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/terms/{id}/versions")]
pub(super) async fn add_version(command: Command<SignedIn, NewTermsVersion>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let mut fields = Fields::default();
            let text = TermsText::read(&mut fields, &body.text);
            let (version, text) = terms::add_version(tx, caller, id.0, &fields.finish(|| text)?)?;
            let location = format!("/api/v1/terms/{}/versions/{}", id.0, version.number);
            Reply::created(location, &VersionView::new(id.0, version, Some(text)))
        })
        .await
}

/// List the versions of a document
///
/// The oldest first, without their texts.
#[utoipa::path(operation_id = "list_terms_versions", tag = "terms", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<VersionView>)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/terms/{id}/versions")]
pub(super) async fn list_versions(read: Read<Anyone, PageQuery>, id: Id<TermsId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let page = terms::list_versions(tx, caller, id.0, &query.read()?)?;
        Ok(page.map(|version| VersionView::new(id.0, version, None)))
    })
    .await
}

/// Get a version of a document
///
/// With `Accept: text/plain` the text alone, byte for byte what `sha256` is the hash of.
#[utoipa::path(operation_id = "get_terms_version", tag = "terms",
    params(("id" = String, Path), ("number" = i32, Path, description = "The number of the version, from 1.")),
    responses((status = 200, content((VersionView = "application/json"), (String = "text/plain")))),
    security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
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

/// What a version of a document is called as a file: in letters that every system takes.
fn file_name(name: &str, version: i32) -> String {
    let folded = words::fold([name]);
    let words: Vec<_> = folded.split(' ').filter(|word| !word.is_empty() && word.is_ascii()).collect();
    let name = if words.is_empty() { "terms".to_owned() } else { words.join("-") };
    format!("{name}-version-{version}.txt")
}

/// What is accepted, and for whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "version": 1}))]
pub(super) struct NewTermsAcceptance {
    /// The customer.
    organization_id: OrganizationId,
    /// The number of the version, which must be the current one.
    #[schema(minimum = 1)]
    version: i32,
    /// The SHA-256 of the text that was read: then nothing else is accepted.
    #[schema(max_length = 64)]
    sha256: Option<String>,
}

/// Accept a document
///
/// As a member of the customer who may book. It holds for all bookings of the customer until the host changes the text. Who
/// accepts the same again is answered with the acceptance that stands.
#[utoipa::path(operation_id = "accept_terms", tag = "terms", params(("id" = String, Path)), request_body = NewTermsAcceptance,
    responses((status = 200, body = Acceptance)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "terms_outdated"]))))]
#[post("/terms/{id}/accept")]
pub(super) async fn accept(command: Command<SignedIn, NewTermsAcceptance>, id: Id<TermsId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let accepted = AgreedTerms { terms_id: id.0, version: body.version };
            Reply::ok(&terms::accept(tx, caller, body.organization_id, accepted, body.sha256.as_deref())?)
        })
        .await
}

/// List acceptances of terms
///
/// Who has accepted which text, when and for whom; the oldest first. An organization's members see what it has accepted as a
/// customer, its managers also who has accepted its own documents. With `Accept: text/csv` as a table: all of them if no `limit`
/// is given, but at most 10000, and the next page is in the `Link` header.
#[utoipa::path(operation_id = "list_terms_acceptances", tag = "terms", params(("id" = String, Path), PageQuery),
    responses((status = 200, content((Page<Acceptance> = "application/json"), (String = "text/csv")))),
    extensions(("x-problems" = json!(["not_found", "forbidden"]))))]
#[get("/organizations/{id}/terms-acceptances")]
pub(super) async fn list_acceptances(
    read: Read<SignedIn, PageQuery>,
    id: Id<OrganizationId>,
    request: HttpRequest,
) -> Result<Noted, Problem> {
    let is_csv = prefers(&request, CSV);
    let page = read
        .run(move |tx, SignedIn(caller), query| {
            let paging = query.read()?;
            let is_whole = is_csv && query.limit.is_none();
            let paging = if is_whole { Paging { limit: MOST_ROWS, ..paging } } else { paging };
            terms::list_acceptances(tx, caller, id.0, &paging)
        })
        .await?;
    let reply = if is_csv { Reply::text(table(&page.items)) } else { Reply::ok(&page)? };
    let reply = match &page.next_cursor {
        Some(cursor) => reply.next_page(request.uri(), cursor),
        None => reply,
    };
    let (media_type, file) = (is_csv.then_some("text/csv; charset=utf-8"), is_csv.then(|| "terms-acceptances.csv".to_owned()));
    Ok(Noted { reply, media_type, file })
}

/// Acceptances as a table (RFC 4180).
fn table(acceptances: &[Acceptance]) -> String {
    let heading = [
        "accepted_at",
        "organization_id",
        "organization_name",
        "user_id",
        "user_name",
        "terms_id",
        "terms_kind",
        "terms_name",
        "version",
        "sha256",
        "host_organization_id",
    ];
    let rows = acceptances.iter().map(|accepted| {
        [
            accepted.accepted_at.to_string(),
            accepted.organization_id.to_string(),
            accepted.organization_name.clone(),
            accepted.user_id.to_string(),
            accepted.user_name.clone(),
            accepted.terms_id.to_string(),
            accepted.terms_kind.to_string(),
            accepted.terms_name.clone(),
            accepted.version.to_string(),
            accepted.sha256.clone(),
            accepted.host_organization_id.to_string(),
        ]
        .map(|value| cell(&value))
    });
    let lines = std::iter::once(heading.map(str::to_owned)).chain(rows);
    lines.map(|line| line.join(",") + "\r\n").collect()
}

/// A value in a table. What a spreadsheet would take for a formula is marked as a text.
fn cell(value: &str) -> String {
    let mark = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{mark}{}\"", value.replace('"', "\"\""))
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update);
    config.service(add_version).service(list_versions).service(get_version).service(accept).service(list_acceptances);
}

#[cfg(test)]
mod tests {
    use super::{cell, file_name};

    #[test]
    fn a_file_is_called_after_the_document_and_its_version() {
        assert_eq!(file_name("House rules: Fräse & \"CO₂\"", 3), "house-rules-frase-co2-version-3.txt");
        assert_eq!(file_name("../Правила", 1), "terms-version-1.txt");
    }

    #[test]
    fn no_value_of_a_table_is_a_formula_or_breaks_out_of_its_cell() {
        assert_eq!(cell("Newcomer"), "\"Newcomer\"");
        assert_eq!(cell("The \"New\", Ltd"), "\"The \"\"New\"\", Ltd\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(formula), format!("\"'{formula}\""));
        }
    }
}
