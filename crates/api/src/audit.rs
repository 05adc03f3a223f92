//! `/organizations/{id}/audit`: the log of all actions in an organization.

use actix_web::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, Unknown, ViewAudit};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Ids, Several};
use super::reply::Reply;
use super::request::Read;
use actions::audit_tree::{self, InclusionProof};
use actions::error::Error;
use actions::{Caller, audit};
use domain::ids::{ApiKeyId, AuditId, OrganizationId, UserId};
use domain::limits;
use domain::merkle::Hash;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::audit::{Entry, Filter, ListedEntry, Seal};
use storage::db::ReadTx;
use storage::error::StorageError;
use storage::types::Json;

/// One action in the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryView {
    /// The identifier of the object.
    id: AuditId,
    /// The instant of the action.
    at: UtcTime,
    /// The user who did it. Null: an API key or the service did it without a user, such as a job.
    user_id: Option<UserId>,
    /// The name of that user. Null where `user_id` is null or the account was deleted.
    #[schema(required)]
    user_name: Option<String>,
    /// The API key that did it. Null: no key.
    #[schema(required)]
    api_key_id: Option<ApiKeyId>,
    /// The name of that API key.
    #[schema(required)]
    api_key_name: Option<String>,
    /// The action, such as `booking.cancel`.
    action: String,
    /// The kind of object that the action changed, such as `booking`.
    object: String,
    /// The identifier of that object.
    object_id: String,
    /// Further facts about the action. The fields depend on `action`.
    detail: serde_json::Value,
    /// The organization in whose log it is. Null: in that of the installation alone.
    #[schema(required)]
    organization_id: Option<OrganizationId>,
    /// The number of entries before it in the tree. Null: the service adds it within two minutes.
    #[schema(required)]
    sequence: Option<i64>,
    /// The part that can be erased: `address`, from which the request came, and other facts about people. Null: there is none, it was erased with
    /// an account, or neither a member nor an API key of the organization acted.
    #[schema(required, value_type = Option<Object>)]
    personal: Option<serde_json::Value>,
    /// The salt of `commitment`, in base 64. Null where `personal` is null or `sequence` is.
    #[schema(required)]
    salt: Option<String>,
    /// The SHA-256 of the salt and `personal`, in base 64. The entry in the tree contains it instead of `personal`.
    #[schema(required)]
    commitment: Option<String>,
}

impl From<ListedEntry> for EntryView {
    fn from(ListedEntry { entry, seal }: ListedEntry) -> Self {
        let Entry { id, at, user_id, user_name, api_key_id, api_key_name, action, object, object_id, detail } = entry;
        let Seal { organization_id, sequence, commitment, salt, personal, .. } = seal;
        let [salt, commitment] = [salt, commitment].map(|bytes| bytes.map(|bytes| BASE64_STANDARD.encode(bytes)));
        let (detail, personal) = (detail.0, personal.map(|Json(personal)| personal));
        Self {
            id,
            at,
            user_id,
            user_name,
            api_key_id,
            api_key_name,
            action,
            object,
            object_id,
            detail,
            organization_id,
            sequence,
            personal,
            salt,
            commitment,
        }
    }
}

/// Filters for the audit log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only actions on these kinds of object, such as `booking`. Several kinds: send the parameter several times, or divide them by
    /// commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    object: Several<String>,
    /// Only actions on the object with this identifier.
    object_id: Option<String>,
    /// Only these actions, such as `booking.cancel`. Several actions: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    action: Several<String>,
    /// Only actions of this user.
    user_id: Option<UserId>,
    /// Only actions of this API key.
    api_key_id: Option<ApiKeyId>,
    /// Only actions from this instant on.
    from: Option<UtcTime>,
    /// Only actions before this instant.
    to: Option<UtcTime>,
    /// The order. Default: `-created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the audit log of an organization
///
/// For managers of the organization. The log contains the actions of its members, the actions of
/// customers on its resources and bookings, and the actions of the service itself. For a spreadsheet there is `GET
/// /organizations/{id}/audit.csv`, for programs that keep or verify it `GET /organizations/{id}/audit.jsonl`.
#[utoipa::path(operation_id = "list_audit", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, body = Page<EntryView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit")]
pub(super) async fn list(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the audit log of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/audit`, as CSV: see `GET /bookings.csv`. The column `detail` is JSON.
#[utoipa::path(operation_id = "list_audit_csv", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit.csv")]
pub(super) async fn list_csv(
    read: Read<May<ViewAudit>, AuditQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the audit log of an organization as JSON lines
///
/// Returns the same page as `GET /organizations/{id}/audit`, with each entry as one line of JSON. Each can be verified without the service,
/// with its proof: see `GET /organizations/{id}/audit/{entry}/proof`.
#[utoipa::path(operation_id = "list_audit_jsonl", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, content((String = "application/jsonl")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit.jsonl")]
pub(super) async fn list_jsonl(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>) -> Result<Noted, Problem> {
    let write = |page: &Page<EntryView>| Ok(Reply::text(page.items.iter().map(line).collect::<Result<String, Error>>()?));
    let reply = read.page_as(write, move |tx, May { caller, .. }, query| look(tx, caller, id.0, query)).await?;
    Ok(Noted { reply, media_type: Some("application/jsonl"), file: Some("audit.jsonl".to_owned()) })
}

/// Returns an entry as a line of JSON.
fn line(entry: &EntryView) -> Result<String, Error> {
    Ok(serde_json::to_string(entry).map_err(StorageError::from)? + "\n")
}

/// Returns entries as lines of JSON, as `GET /organizations/{id}/audit.jsonl` does.
///
/// # Errors
/// When an entry cannot be written.
pub fn json_lines(entries: Vec<ListedEntry>) -> Result<String, Error> {
    entries.into_iter().map(|entry| line(&entry.into())).collect()
}

async fn list_as(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    sheet.page(read, move |tx: &mut ReadTx, May { caller, .. }: May<ViewAudit>, query| look(tx, caller, id.0, query)).await
}

fn look(tx: &mut ReadTx, caller: Caller, id: OrganizationId, query: AuditQuery) -> Result<Page<EntryView>, Error> {
    let AuditQuery { object, object_id, action, user_id, api_key_id, from, to, order, limit, cursor } = query;
    let paging = Paging::of(limit, cursor.as_deref())?;
    let order = order.unwrap_or(CreationOrder::CreatedAtDescending);
    let filter = Filter { user_id, api_key_id, from, to, objects: object.0, object_id, actions: action.0 };
    Ok(audit::list(tx, caller, id, &filter, order, &paging)?.map(EntryView::from))
}

/// The proof that the tree of a signed checkpoint has an entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditProof)]
struct ProofView {
    /// The data of the leaf: the entry as a line of JSON.
    leaf: String,
    /// The number of entries before it in the tree.
    sequence: u64,
    /// The number of entries in the tree.
    tree_size: u64,
    /// The hashes from the leaf to the root (RFC 6962, section 2.1.1), in base 64.
    hashes: Vec<String>,
    /// The signed checkpoint of the tree, as from `GET /audit/checkpoint`.
    checkpoint: String,
}

/// Get the proof of an entry in the audit log
///
/// For managers of the organization. The proof shows, without the service, that the entry is in the tree whose root the service has signed.
/// 404 also while no signed checkpoint has the entry; one is signed within two minutes.
#[utoipa::path(operation_id = "get_audit_proof", tag = "organizations", params(("id" = String, Path), ("entry" = String, Path)),
    responses((status = 200, body = ProofView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit/{entry}/proof")]
async fn get_proof(read: Read<May<ViewAudit>>, Ids(id, entry): Ids<OrganizationId, AuditId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let InclusionProof { leaf, sequence, tree_size, hashes, checkpoint } = audit::prove_inclusion(tx, caller, id, entry)?;
        let hashes = hashes.iter().map(Hash::to_string).collect();
        Reply::ok(&ProofView { leaf, sequence, tree_size, hashes, checkpoint })
    })
    .await
}

/// Get the signed checkpoint of the audit log
///
/// For everybody: a text with the name of the log, the number of its entries and the root of their tree, signed by the service (C2SP
/// tlog-checkpoint). It says nothing about the entries. Keep it: `sharefloor audit verify --checkpoint` and `GET /audit/consistency` show later
/// that the log still begins with these entries. 404 before the first entry is signed.
#[utoipa::path(operation_id = "get_audit_checkpoint", tag = "organizations", security(()),
    responses((status = 200, content((String = "text/plain")))), extensions(("x-problems" = json!([Code::NotFound]))))]
#[get("/audit/checkpoint")]
async fn get_checkpoint(read: Read<Unknown>) -> Result<Noted, Problem> {
    let note = read.run(|tx, _, _| audit_tree::get_checkpoint(tx)).await?;
    Ok(text(note))
}

/// Get the key that verifies checkpoints of the audit log
///
/// For everybody: the public key as a line of text (a verifier key of C2SP signed-note: name, identifier and Ed25519 key).
#[utoipa::path(operation_id = "get_audit_key", tag = "organizations", security(()),
    responses((status = 200, content((String = "text/plain")))))]
#[get("/audit/key")]
async fn get_key(read: Read<Unknown>) -> Result<Noted, Problem> {
    let verifier = read.state.checkpoint_key.verifier().map_err(|_| Problem::of(Code::InternalError))?;
    Ok(text(format!("{verifier}\n")))
}

fn text(text: String) -> Noted {
    Noted { reply: Reply::text(text), media_type: Some("text/plain; charset=utf-8"), file: None }
}

/// Two sizes of the tree.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SizesQuery {
    /// The number of entries of the earlier tree: at least 1.
    #[param(value_type = i64, minimum = 1)]
    from: u64,
    /// The number of entries of the later tree: at least `from`, and at most the number of entries in the tree now.
    #[param(value_type = i64, minimum = 1)]
    to: u64,
}

/// The proof that a tree begins with an earlier one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditConsistency)]
struct ConsistencyView {
    /// The number of entries of the earlier tree.
    from: u64,
    /// The number of entries of the later tree.
    to: u64,
    /// The hashes that lead to both roots (RFC 6962, section 2.1.2), in base 64.
    hashes: Vec<String>,
}

/// Get the proof that the audit log has only grown
///
/// For everybody. The proof shows, for two checkpoints, that the tree of the later one begins with all entries of the earlier one.
#[utoipa::path(operation_id = "get_audit_consistency", tag = "organizations", params(SizesQuery), security(()),
    responses((status = 200, body = ConsistencyView)))]
#[get("/audit/consistency")]
async fn get_consistency(read: Read<Unknown, SizesQuery>) -> Result<Reply, Problem> {
    read.run(|tx, _, SizesQuery { from, to }| {
        let hashes = audit_tree::prove_consistency(tx, from, to)?.iter().map(Hash::to_string).collect();
        Reply::ok(&ConsistencyView { from, to, hashes })
    })
    .await
}

impl Row for EntryView {
    const FILE: &str = "audit";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("at", "/at"),
        ("user_id", "/user_id"),
        ("user_name", "/user_name"),
        ("action", "/action"),
        ("object", "/object"),
        ("object_id", "/object_id"),
        ("detail", "/detail"),
        ("api_key_id", "/api_key_id"),
        ("api_key_name", "/api_key_name"),
        ("sequence", "/sequence"),
        ("personal", "/personal"),
    ];
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv).service(list_jsonl).service(get_proof);
    config.service(get_checkpoint).service(get_key).service(get_consistency);
}
