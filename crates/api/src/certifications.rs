//! `/certifications`: certifications that people hold.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::Reason;
use super::caller::{ManageCertifications, May, SignedIn};
use super::csv::{Column, Row, Sheet};
use super::invitations::InvitationView;
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, PageQuery, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::certifications::{self, Granted, Holder};
use domain::certification::CertificationStatus;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationId, CertificationKindId, OrganizationId, TrainingId, UserId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use storage::certifications::Certification;
use storage::db::ReadTx;

/// A certification to grant. Send either `email` or `user_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "bob@example.org"}))]
pub(super) struct NewCertification {
    /// The e-mail address of the user's account. An address without a verified account gets an invitation.
    #[schema(value_type = Option<limits::EmailAddress>)]
    email: Option<String>,
    /// The user, instead of `email`: a member of the host or of one of its customers, a person who has or had a seat in one of
    /// its trainings, or a person certified before. Other users are refused with the code `unknown_user`.
    user_id: Option<UserId>,
    /// The instant at which the certification expires. Default: after the `valid_days` of the kind.
    expires_at: Option<UtcTime>,
}

impl NewCertification {
    fn holder(&self) -> Result<Holder, InvalidFields> {
        let mut fields = Fields::default();
        let holder = match (&self.email, self.user_id) {
            (Some(email), None) => fields.take("/email", email.parse()).map(Holder::Email),
            (None, Some(user)) => Some(Holder::User(user)),
            (None, None) => {
                fields.refuse("/email", "required", said!("is required unless user_id is sent"));
                None
            }
            (Some(_), Some(_)) => {
                fields.refuse("/user_id", "invalid", said!("must not be sent together with email"));
                None
            }
        };
        fields.finish(|| holder)
    }
}

/// A certification: proof that a person was trained.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certification)]
pub(super) struct CertificationView {
    /// The identifier of the object.
    id: CertificationId,
    /// The current state.
    status: CertificationStatus,
    /// The kind of certification.
    certification_kind_id: CertificationKindId,
    /// The name of the kind of certification.
    certification_kind_name: String,
    /// The host that defines the kind.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The user who holds the certification.
    user_id: UserId,
    /// The name of the user. Empty while you know only the address: the user is no member of yours or of one of your customers,
    /// and has no seat in one of your trainings.
    user_name: String,
    /// The e-mail address of the user.
    user_email: String,
    /// The training in which the user earned the certification. Null: a manager granted it directly.
    #[schema(required)]
    training_id: Option<TrainingId>,
    /// The user who granted it.
    granted_by: UserId,
    /// The instant at which it was granted.
    granted_at: UtcTime,
    /// The instant at which the certification expires. Null: it does not expire.
    #[schema(required)]
    expires_at: Option<UtcTime>,
    /// The instant of the revocation. Null: it was not revoked.
    #[schema(required)]
    revoked_at: Option<UtcTime>,
    /// The user who revoked it. Null: it was not revoked.
    #[schema(required)]
    revoked_by: Option<UserId>,
    /// The reason of the revocation. Empty if there is none.
    reason: String,
}

impl CertificationView {
    /// Builds the view of a certification at the instant `now`.
    pub(super) fn new(certification: Certification, now: UtcTime) -> Self {
        let Certification { validity, .. } = certification;
        Self {
            id: certification.id,
            status: validity.status(now),
            certification_kind_id: certification.certification_kind_id,
            certification_kind_name: certification.certification_kind_name,
            organization_id: certification.organization_id,
            organization_name: certification.organization_name,
            user_id: certification.user_id,
            user_name: certification.user_name,
            user_email: certification.user_email.to_string(),
            training_id: certification.training_id,
            granted_by: certification.granted_by,
            granted_at: validity.granted_at,
            expires_at: validity.expires_at,
            revoked_at: validity.revoked_at,
            revoked_by: certification.revoked_by,
            reason: certification.reason,
        }
    }
}

/// Grant a certification
///
/// For managers of the host that defines the kind, or of a host with which the kind is shared. A person who is certified
/// already can be certified again for a longer time; a grant that does not extend the time is refused. The holder gets a mail.
/// A user can grant 100 certifications per hour, and can be granted 20 per hour. An address that no user has verified gets an
/// invitation instead (202); the certification is granted when the invitation is accepted.
#[utoipa::path(operation_id = "grant_certification", tag = "certifications", params(("id" = String, Path)),
    request_body = NewCertification, responses((status = 201, body = CertificationView), (status = 202, body = InvitationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::AlreadyInvited,
        Code::TooManyGrants, Code::TooManyInvitations]))))]
#[post("/certification-kinds/{id}/certifications")]
pub(super) async fn grant(
    command: Command<May<ManageCertifications>, NewCertification>,
    id: Id<CertificationKindId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            match certifications::grant(tx, caller, id.0, &body.holder()?, body.expires_at)? {
                Granted::Certification(certification) => {
                    let location = format!("/api/v1/certifications/{}", certification.id);
                    Reply::created(location, &CertificationView::new(*certification, tx.now))
                }
                Granted::Invitation(invitation) => Reply::pending(&InvitationView::new(*invitation, tx.now)),
            }
        })
        .await
}

/// Filters for certifications.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CertificationsQuery {
    /// Only certifications in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<CertificationStatus>>)]
    status: Several<CertificationStatus>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the certifications of a kind
///
/// For managers of the hosts that may grant the kind. For a spreadsheet there is `GET /certification-kinds/{id}/certifications.csv`.
#[utoipa::path(operation_id = "list_certifications", tag = "certifications",
    params(("id" = String, Path), CertificationsQuery),
    responses((status = 200, body = Page<CertificationView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/certification-kinds/{id}/certifications")]
pub(super) async fn list(
    read: Read<May<ManageCertifications>, CertificationsQuery>,
    id: Id<CertificationKindId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the certifications of a kind for a spreadsheet
///
/// Returns the same page as `GET /certification-kinds/{id}/certifications`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_certifications_csv", tag = "certifications",
    params(("id" = String, Path), CertificationsQuery), responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/certification-kinds/{id}/certifications.csv")]
pub(super) async fn list_csv(
    read: Read<May<ManageCertifications>, CertificationsQuery>,
    id: Id<CertificationKindId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<May<ManageCertifications>, CertificationsQuery>,
    id: Id<CertificationKindId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ManageCertifications>, query: CertificationsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let page = certifications::list(tx, caller, id.0, &query.status.0, order, &paging)?;
        Ok(page.map(|certification| CertificationView::new(certification, tx.now)))
    };
    sheet.page(read, look).await
}

impl Row for CertificationView {
    const FILE: &str = "certifications";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("certification_kind_id", "/certification_kind_id"),
        ("certification_kind_name", "/certification_kind_name"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("user_id", "/user_id"),
        ("user_name", "/user_name"),
        ("user_email", "/user_email"),
        ("training_id", "/training_id"),
        ("granted_by", "/granted_by"),
        ("granted_at", "/granted_at"),
        ("expires_at", "/expires_at"),
        ("revoked_at", "/revoked_at"),
        ("revoked_by", "/revoked_by"),
        ("reason", "/reason"),
    ];
}

/// List your certifications
///
/// Returns current, expired and revoked ones, of all organizations. The oldest first.
#[utoipa::path(operation_id = "list_my_certifications", tag = "certifications", params(PageQuery),
    responses((status = 200, body = Page<CertificationView>)))]
#[get("/me/certifications")]
pub(super) async fn list_mine(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let page = certifications::list_mine(tx, caller, &query.read()?)?;
        Ok(page.map(|certification| CertificationView::new(certification, tx.now)))
    })
    .await
}

/// Get a certification
///
/// For its holder, and for managers of the hosts that may grant the kind.
#[utoipa::path(operation_id = "get_certification", tag = "certifications", params(("id" = String, Path)),
    responses((status = 200, body = CertificationView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/certifications/{id}")]
pub(super) async fn get_one(read: Read<May<ManageCertifications>>, id: Id<CertificationId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let certification = certifications::get(tx, caller, id.0)?;
        Reply::ok(&CertificationView::new(certification, tx.now))
    })
    .await
}

/// Revoke a certification
///
/// For managers of a host that may grant the kind. Renewals of the certification are revoked with it. The holder gets a mail.
#[utoipa::path(operation_id = "revoke_certification", tag = "certifications", params(("id" = String, Path)),
    request_body = Option<Reason>, responses((status = 200, body = CertificationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/certifications/{id}/revoke")]
pub(super) async fn revoke(
    command: Command<May<ManageCertifications>, Reason>,
    id: Id<CertificationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let certification = certifications::revoke(tx, caller, id.0, &body.read()?)?;
            Reply::ok(&CertificationView::new(certification, tx.now))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(grant).service(list).service(list_csv).service(list_mine).service(get_one).service(revoke);
}
