//! `/auth`: accounts, sign-in and sign-out, and the mails that verify an address or reset a password.

use actix_web::http::header;
use actix_web::{CustomizeResponder, HttpRequest, Responder as _, post};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accepted::Accepted;
use super::caller::{Anyone, Unknown};
use super::mailed_token::MailedToken;
use super::me::UserView;
use super::passwords;
use super::problem::Problem;
use super::refresh_cookie::{self, Delivery, RefreshTokenIn};
use super::reply::Reply;
use super::request::Command;
use super::sign_in::{self, Client, session_lifetime};
use super::state::State;
use super::wrong_passwords::Account;
use actions::accounts::{self, NewUser, email_change};
use actions::error::Error;
use actions::organizations;
use actions::sessions::{self, Granted};
use domain::email::Email;
use domain::fields::InvalidFields;
use domain::language::Language;
use domain::limits;
use domain::password::{Hasher, PasswordHash};
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::TokenHash;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery", "name": "Ada Lovelace"}))]
pub(super) struct Registration {
    /// The e-mail address. It is verified by mail and is used to sign in.
    #[schema(value_type = limits::EmailAddress)]
    email: String,
    /// A password that is hard to guess. A password that is easy to guess is refused with the code
    /// `weak_password` and advice for a better one.
    #[schema(value_type = limits::NewPassword)]
    password: SecretString,
    /// The name of the person, as other users see it.
    #[schema(value_type = limits::Name)]
    name: String,
    /// The language of mails to the person, and of the pages behind their links. Default: the language of `Accept-Language` if it
    /// names one of these, else null.
    #[serde(default)]
    language: Option<Language>,
}

impl Registration {
    fn read(&self, accepted: Option<Language>, hasher: &Hasher) -> Result<NewUser, Error> {
        sign_in::read_new_user(hasher, (&self.email, &self.password, &self.name), self.language.or(accepted))
    }
}

/// Create an account
///
/// The service sends a mail with a link that verifies the address. Until the link is used, the account can search and read, but
/// cannot book and cannot list resources (see `auth.require_verified_email`).
#[utoipa::path(operation_id = "register", tag = "auth", request_body = Registration,
    responses((status = 201, body = UserView)), security(()), extensions(("x-problems" = json!([Code::EmailTaken]))))]
#[post("/auth/register")]
pub(super) async fn register(command: Command<Unknown, Registration>, accepted: Accepted) -> Result<Reply, Problem> {
    let lifetime = command.state.verification_lifetime();
    command
        .run_prepared(
            async |state, _, body| state.passwords.run(move |hasher| body.read(accepted.0, hasher)).await,
            move |tx, _, new, _| {
                let user = accounts::register(tx, new, lifetime)?;
                let revision = user.revision;
                Ok(Reply::created("/api/v1/me".to_owned(), &UserView::from(user))?.revision(revision))
            },
        )
        .await
}

/// Verify an e-mail address
///
/// Uses the token from the verification mail. A token works once and expires after the number of hours that the operator sets
/// (`auth.verification_hours`, 48 by default).
#[utoipa::path(operation_id = "verify_email", tag = "auth", request_body = MailedToken,
    responses((status = 204)), security(()), extensions(("x-problems" = json!([Code::InvalidOneTimeToken]))))]
#[post("/auth/verify-email")]
pub(super) async fn verify_email(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            accounts::verify_email(tx, &body.hash())?;
            Ok(Reply::no_content())
        })
        .await
}

/// Confirm the contact address of an organization
///
/// Uses the token from the mail that the service sent to `contact_email` of the organization. The token expires after 7 days.
/// It stops working when the organization changes its contact address.
#[utoipa::path(operation_id = "verify_contact", tag = "auth", request_body = MailedToken,
    responses((status = 204)), security(()), extensions(("x-problems" = json!([Code::InvalidOneTimeToken]))))]
#[post("/auth/verify-contact")]
pub(super) async fn verify_contact(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            organizations::verify_contact(tx, &body.hash())?;
            Ok(Reply::no_content())
        })
        .await
}

/// Confirm the new e-mail address of an account
///
/// Uses the token from the mail that the service sent to the new address after `POST /me/email`. From now on the account has the
/// new address, verified. Links in earlier mails to the account stop working; sessions go on.
#[utoipa::path(operation_id = "confirm_email_change", tag = "auth", request_body = MailedToken,
    responses((status = 204)), security(()), extensions(("x-problems" = json!([Code::InvalidOneTimeToken, Code::EmailTaken]))))]
#[post("/auth/confirm-email")]
pub(super) async fn confirm_email(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            email_change::confirm(tx, &body.hash())?;
            Ok(Reply::no_content())
        })
        .await
}

/// The e-mail address of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub(super) struct AccountAddress {
    /// The e-mail address of the account.
    #[schema(value_type = limits::EmailAddress)]
    email: String,
}

impl AccountAddress {
    pub(super) fn read(&self) -> Result<Email, InvalidFields> {
        Email::read("/email", &self.email)
    }
}

/// Resend the verification mail
///
/// The response is the same for an unknown address and for an address that is verified already, so it does not reveal whether
/// an account exists. The service sends at most 5 of these mails per hour to one address.
#[utoipa::path(operation_id = "resend_verification", tag = "auth", request_body = AccountAddress, responses((status = 202)), security(()))]
#[post("/auth/resend-verification")]
pub(super) async fn resend_verification(command: Command<Unknown, AccountAddress>) -> Result<Reply, Problem> {
    let lifetime = command.state.verification_lifetime();
    command
        .run(move |tx, _, body, _| {
            accounts::resend_verification(tx, &body.read()?, lifetime)?;
            Ok(Reply::accepted())
        })
        .await
}

/// Request a password reset
///
/// The service sends a mail with a link to set a new password. The response is the same for an unknown address, so it does not
/// reveal whether an account exists. The service sends at most 5 of these mails per hour to one address.
#[utoipa::path(operation_id = "forgot_password", tag = "auth", request_body = AccountAddress, responses((status = 202)), security(()))]
#[post("/auth/forgot-password")]
pub(super) async fn forgot_password(command: Command<Unknown, AccountAddress>) -> Result<Reply, Problem> {
    let lifetime = command.state.reset_lifetime();
    command
        .run(move |tx, _, body, _| {
            accounts::forgot_password(tx, &body.read()?, lifetime)?;
            Ok(Reply::accepted())
        })
        .await
}

/// A new password and the token that permits to set it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q6b8…", "password": "correct horse battery"}))]
pub(super) struct PasswordReset {
    /// The token from the link in the mail.
    #[schema(value_type = String)]
    token: SecretString,
    /// The new password. It must be hard to guess.
    #[schema(value_type = limits::NewPassword)]
    password: SecretString,
}

/// Reset a password
///
/// Uses the token from the password mail. A token works once and expires after the number of minutes that the operator sets
/// (`auth.reset_minutes`, 60 by default). All sessions of the account end, and its e-mail address becomes verified.
#[utoipa::path(operation_id = "reset_password", tag = "auth", request_body = PasswordReset,
    responses((status = 204)), security(()), extensions(("x-problems" = json!([Code::InvalidOneTimeToken]))))]
#[post("/auth/reset-password")]
pub(super) async fn reset_password(command: Command<Unknown, PasswordReset>) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async |state, _, body| prepare_reset(state, body).await,
            |tx, _, (token, hash), _| {
                accounts::reset_password(tx, token, hash)?;
                Ok(Reply::no_content())
            },
        )
        .await
}

async fn prepare_reset(state: &State, reset: PasswordReset) -> Result<(TokenHash, PasswordHash), Problem> {
    let PasswordReset { token, password } = reset;
    let token = TokenHash::of(token.expose_secret());
    let sent = token.clone();
    let user = state.db.read(state.clock.now(), move |tx| accounts::get_by_reset_token(tx, &sent)).await?;
    state.wrong_passwords.forget(&Account::Address(Some(user.email.clone())));
    let hash = passwords::read_and_hash(&state.passwords, "/password", password, user).await?;
    Ok((token, hash))
}

/// Sets a password with the token from a mail.
///
/// # Errors
/// `invalid_one_time_token`, and a field error for a password that is easy to guess.
pub(super) async fn set_password(state: &State, reset: PasswordReset) -> Result<(), Problem> {
    let (token, hash) = prepare_reset(state, reset).await?;
    Ok(state.db.write(state.clock.now(), move |tx| accounts::reset_password(tx, &token, &hash)).await?)
}

/// The credentials of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery"}))]
pub(super) struct Credentials {
    /// The e-mail address of the account.
    email: String,
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Where the response has the refresh token. Default: `body`.
    #[serde(default)]
    refresh_token_in: RefreshTokenIn,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// The access token. Send it with each request as `Authorization: Bearer …`.
    access_token: String,
    /// The scheme of the `Authorization` header: always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// The lifetime of the access token in seconds.
    #[schema(example = 900)]
    expires_in: i64,
    /// The token for `POST /auth/refresh`. It works once. Missing where it is in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    refresh_token: Option<String>,
}

/// A response with credentials: caches must not keep it, and it is not stored under an idempotency key.
pub(super) type Confidential = CustomizeResponder<Reply>;

/// Returns the tokens of a session, where the client wants them.
///
/// # Errors
/// When they cannot be signed, which only a defect can cause.
pub(super) fn tokens(state: &State, granted: &Granted, delivery: Delivery) -> Result<Confidential, Problem> {
    let access_token = state.keys.sign(granted.user_id, granted.session_id, state.clock.now());
    let refresh_token = granted.refresh_token.expose();
    let tokens = Tokens {
        access_token: access_token.map_err(|_| Problem::of(Code::InternalError))?,
        token_type: "Bearer",
        expires_in: state.keys.lifetime_seconds(),
        refresh_token: (delivery == Delivery::Body).then(|| refresh_token.to_owned()),
    };
    let reply = Reply::ok(&tokens)?.customize().insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(match delivery.cookie(&state.config, refresh_token) {
        Some(cookie) => reply.insert_header((header::SET_COOKIE, cookie)),
        None => reply,
    })
}

/// Sign in
///
/// Returns an access token and a refresh token, which a front end in a browser can get in a cookie that no script can read
/// (`refresh_token_in`). An unknown address and a wrong password get the same response after the same
/// time, so the response does not reveal whether an account exists. After 20 wrong passwords for one account within an hour
/// (`limits.wrong_passwords_per_hour`) the response is 429. Attempts from a network from which somebody has signed in to the account
/// before are counted apart; a password reset starts the count of all other networks anew. For an account with a second factor the response
/// is `second_factor_required`, with a `challenge` for `POST /auth/second-factor`.
#[utoipa::path(operation_id = "login", tag = "auth", request_body = Credentials, responses((status = 200, body = Tokens)), security(()),
    extensions(("x-problems" = json!([Code::InvalidCredentials, Code::AccountSuspended, Code::SecondFactorRequired, Code::OriginNotAllowed])), ("x-not-kept" = json!(true))))]
#[post("/auth/login")]
pub(super) async fn login(command: Command<Unknown, Credentials>, req: HttpRequest) -> Result<Confidential, Problem> {
    let Command { state, asker, body: Credentials { email, password, refresh_token_in }, .. } = command;
    let delivery = Delivery::of(&req, &state.config, refresh_token_in)?;
    let granted = sign_in::with_password(&state, Client::of(&req, asker), &email, password).await?;
    tokens(&state, &granted, delivery)
}

/// A refresh token, unless it is in the cookie.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "w3Xk…"}))]
pub(super) struct Refresh {
    /// The `refresh_token` of the latest login or refresh. Default: that of the cookie.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
    /// Where the response has the new refresh token. Default: where the request has the old one. A token from the cookie is returned in
    /// the cookie only, so that no script can read it.
    #[serde(default)]
    refresh_token_in: Option<RefreshTokenIn>,
}

/// Refresh the tokens
///
/// Returns a new access token and a new refresh token. A refresh token works once. If a token is used a second time, it may
/// have been stolen, so the service ends the whole session. Store the new token before you discard the old one, and do not send
/// two refreshes at once; the tabs of a browser share the cookie. Only pages of the service and of the allowed origins can use the cookie.
#[utoipa::path(operation_id = "refresh", tag = "auth", request_body = Refresh, responses((status = 200, body = Tokens)), security(()),
    extensions(("x-problems" = json!([Code::InvalidRefreshToken, Code::OriginNotAllowed])), ("x-not-kept" = json!(true))))]
#[post("/auth/refresh")]
pub(super) async fn refresh(command: Command<Unknown, Refresh>, req: HttpRequest) -> Result<Confidential, Problem> {
    let Command { state, body: Refresh { refresh_token, refresh_token_in }, .. } = command;
    let (token, wanted) = match refresh_token {
        Some(token) => (Some(token), refresh_token_in.unwrap_or_default()),
        None if refresh_token_in == Some(RefreshTokenIn::Body) => return Err(refresh_cookie::stays_in_cookie().into()),
        None => (refresh_cookie::read(&req, &state.config)?, RefreshTokenIn::Cookie),
    };
    let missing = || {
        Problem::new(Code::InvalidRefreshToken, said!("The request has no refresh token, in the body or in the cookie. Sign in."))
    };
    let token = TokenHash::of(token.ok_or_else(missing)?.expose_secret());
    let delivery = Delivery::of(&req, &state.config, wanted)?;
    let lifetime = session_lifetime(&state);
    let granted = state.db.write(state.clock.now(), move |tx| sessions::refresh(tx, &token, lifetime)).await?;
    tokens(&state, &granted.ok_or_else(|| Problem::of(Code::InvalidRefreshToken))?, delivery)
}

/// The session to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "w3Xk…"}))]
pub(super) struct Logout {
    /// A refresh token of the session to end. Default: that of the cookie; without a cookie, the session of the access token ends.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// Sign out
///
/// The refresh token and the access tokens of the session stop working at once; on other servers of the installation, the access tokens
/// stop working within a second. A cookie with a refresh token is removed.
#[utoipa::path(operation_id = "logout", tag = "auth", request_body = Logout, responses((status = 204)),
    security((), ("bearer" = [])), extensions(("x-problems" = json!([Code::NotSignedIn, Code::OriginNotAllowed]))))]
#[post("/auth/logout")]
pub(super) async fn logout(command: Command<Anyone, Logout>, req: HttpRequest) -> Result<CustomizeResponder<Reply>, Problem> {
    let in_body = command.body.refresh_token.as_ref().map(|token| TokenHash::of(token.expose_secret()));
    let in_cookie = match in_body {
        Some(_) => None,
        None => refresh_cookie::read(&req, &command.state.config)?.map(|token| TokenHash::of(token.expose_secret())),
    };
    let removed = match in_cookie {
        Some(_) => Delivery::of(&req, &command.state.config, RefreshTokenIn::Cookie)?.removal(&command.state.config),
        None => None,
    };
    // The key of a request does not cover its cookie.
    let command = if in_cookie.is_some() { command.without_repetition() } else { command };
    let token = in_body.or(in_cookie);
    let reply = command.run(move |tx, Anyone(caller), _, _| {
        sessions::sign_out(tx, caller, token.as_ref())?;
        Ok(Reply::no_content())
    });
    let reply = reply.await?.customize();
    Ok(match removed {
        Some(cookie) => reply.insert_header((header::SET_COOKIE, cookie)),
        None => reply,
    })
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config
        .service(register)
        .service(verify_email)
        .service(verify_contact)
        .service(confirm_email)
        .service(resend_verification)
        .service(forgot_password)
        .service(reset_password);
    config.service(login).service(refresh).service(logout);
}
