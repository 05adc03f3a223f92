//! `/me/identities`: the identities at OpenID Connect providers with which a user signs in.

use actix_web::{delete, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{May, SignedIn};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::identities;
use domain::ids::IdentityId;
use domain::openid::Identity;
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;
use services::openid::OpenId;

/// An identity at a provider with which you sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub(super) struct IdentityView {
    /// The identifier of the object.
    id: IdentityId,
    /// The name of the provider, as in `GET /auth/openid`. Null: the operator has removed the provider.
    provider: Option<String>,
    /// The issuer of the provider.
    #[schema(example = "https://id.example.org")]
    issuer: String,
    /// The e-mail address that the provider proved when the identity was linked.
    email: String,
    /// The instant of the latest sign-in with it.
    last_used_at: UtcTime,
    /// The instant at which it was linked.
    created_at: UtcTime,
}

impl IdentityView {
    pub(super) fn new(identity: Identity, openid: &OpenId) -> Self {
        let Identity { id, issuer, email, created_at, last_used_at, .. } = identity;
        let provider = openid.providers().iter().find(|provider| provider.issuer() == issuer);
        let provider = provider.map(|provider| provider.name().to_owned());
        Self { id, provider, issuer, email: email.to_string(), last_used_at, created_at }
    }
}

/// List your identities at providers
///
/// Returns the identities with which you can sign in, the oldest first.
#[utoipa::path(operation_id = "list_identities", tag = "me", params(PageQuery), responses((status = 200, body = Page<IdentityView>)))]
#[get("/me/identities")]
pub(super) async fn list(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    let openid = read.state.openid.clone();
    read.page(move |tx, May { caller, .. }, query| {
        let page = identities::list_mine(tx, caller, &query.read()?)?;
        Ok(page.map(|identity| IdentityView::new(identity, &openid)))
    })
    .await
}

/// Unlink an identity
///
/// You can no longer sign in with it; your sessions go on. The next sign-in with it links it again if the provider proves the address of
/// your account. An account without a password keeps one identity.
#[utoipa::path(operation_id = "unlink_identity", tag = "me", params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-problems" = json!([Code::LastWayToSignIn]))))]
#[delete("/me/identities/{id}")]
pub(super) async fn unlink(command: Command<SignedIn, Empty>, id: Id<IdentityId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            identities::unlink(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(unlink);
}
