//! `/auth`: making an account, signing in and out, and the mails that prove who somebody is.

use actix_web::http::header;
use actix_web::{CustomizeResponder, HttpRequest, Responder as _, post};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Anyone, Unknown};
use super::me::UserView;
use super::passwords::{self, hash};
use super::problem::Problem;
use super::reply::Reply;
use super::request::Command;
use super::state::State;
use actions::accounts::{self, NewUser};
use actions::error::Error;
use actions::organizations;
use actions::sessions::{self, Granted, SignIn};
use domain::email::Email;
use domain::fields::{Fields, InvalidFields};
use domain::password::{Hasher, Password};
use domain::problem::Code;
use domain::secret_token::TokenHash;
use storage::db::Tx;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery", "name": "Ada Lovelace"}))]
pub(super) struct Registration {
    /// The address, which is also the name to sign in with.
    #[schema(max_length = 254)]
    email: String,
    /// A password that is hard to guess; `weak_password` says why one is not, and what would help.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 256)]
    password: SecretString,
    /// How the person is called.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

impl Registration {
    fn read(&self, hasher: &Hasher) -> Result<NewUser, Error> {
        let mut fields = Fields::default();
        let email = fields.take("/email", self.email.parse::<Email>());
        let name = fields.text("/name", &self.name, 200);
        let password = Password::read(&mut fields, "/password", &self.password, &[&self.email, &self.name]);
        let (email, name, password) = fields.finish(|| Some((email?, name?, password?)))?;
        Ok(NewUser { email, name, password_hash: hash(hasher, &password)? })
    }
}

/// Make an account
///
/// A mail with a link is sent, which proves the address. Until it is followed the account may look, but not book or list.
#[utoipa::path(operation_id = "register", tag = "auth", request_body = Registration,
    responses((status = 201, body = UserView)), security(()), extensions(("x-problems" = json!(["email_taken"]))))]
#[post("/auth/register")]
pub(super) async fn register(command: Command<Unknown, Registration>) -> Result<Reply, Problem> {
    let lifetime = verification_lifetime(&command.state);
    command
        .run_prepared(
            async |state, _, body| state.passwords.run(move |hasher| body.read(hasher)).await,
            move |tx, _, new| {
                let user = accounts::register(tx, new, lifetime)?;
                let revision = user.revision;
                Ok(Reply::created("/api/v1/me".to_owned(), &UserView::from(user))?.revision(revision))
            },
        )
        .await
}

/// A token from a mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q6b8…"}))]
pub(super) struct MailedToken {
    /// The token.
    #[schema(value_type = String)]
    token: SecretString,
}

/// Prove the address
///
/// With the token from the mail, which is good for one use and for some time.
#[utoipa::path(operation_id = "verify_email", tag = "auth", request_body = MailedToken,
    responses((status = 204)), security(()), extensions(("x-problems" = json!(["invalid_one_time_token"]))))]
#[post("/auth/verify-email")]
pub(super) async fn verify_email(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            accounts::verify_email(tx, &TokenHash::of(body.token.expose_secret()))?;
            Ok(Reply::no_content())
        })
        .await
}

/// Confirm that an organization's mail is wanted
///
/// With the token from the mail to the address that the organization has given as its contact. It is good for some time, and as
/// long as that is the contact.
#[utoipa::path(operation_id = "verify_contact", tag = "auth", request_body = MailedToken,
    responses((status = 204)), security(()), extensions(("x-problems" = json!(["invalid_one_time_token"]))))]
#[post("/auth/verify-contact")]
pub(super) async fn verify_contact(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            organizations::verify_contact(tx, &TokenHash::of(body.token.expose_secret()))?;
            Ok(Reply::no_content())
        })
        .await
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub(super) struct AccountAddress {
    /// The address of an account.
    #[schema(max_length = 254)]
    email: String,
}

impl AccountAddress {
    fn read(&self) -> Result<Email, InvalidFields> {
        let mut fields = Fields::default();
        let email = fields.take("/email", self.email.parse());
        fields.finish(|| email)
    }
}

/// Ask for another verification mail
///
/// The answer is the same whether or not there is such an account that still has to prove its address. No more than five such
/// mails are sent within an hour.
#[utoipa::path(operation_id = "resend_verification", tag = "auth", request_body = AccountAddress, responses((status = 202)), security(()))]
#[post("/auth/resend-verification")]
pub(super) async fn resend_verification(command: Command<Unknown, AccountAddress>) -> Result<Reply, Problem> {
    let lifetime = verification_lifetime(&command.state);
    command
        .run(move |tx, _, body, _| {
            accounts::resend_verification(tx, &body.read()?, lifetime)?;
            Ok(Reply::accepted())
        })
        .await
}

fn verification_lifetime(state: &State) -> TimeDelta {
    TimeDelta::hours(state.config.auth.verification_hours.into())
}

/// Ask for a mail that allows to set a password
///
/// The answer is the same whether or not there is such an account. No more than five such mails are sent within an hour.
#[utoipa::path(operation_id = "forgot_password", tag = "auth", request_body = AccountAddress, responses((status = 202)), security(()))]
#[post("/auth/forgot-password")]
pub(super) async fn forgot_password(command: Command<Unknown, AccountAddress>) -> Result<Reply, Problem> {
    let lifetime = TimeDelta::minutes(command.state.config.auth.reset_minutes.into());
    command
        .run(move |tx, _, body, _| {
            accounts::forgot_password(tx, &body.read()?, lifetime)?;
            Ok(Reply::accepted())
        })
        .await
}

/// A new password, and the token from a mail that allows to set it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q6b8…", "password": "correct horse battery"}))]
pub(super) struct PasswordReset {
    /// The token.
    #[schema(value_type = String)]
    token: SecretString,
    /// A password that is hard to guess.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 256)]
    password: SecretString,
}

/// Set a password with the token from a mail
///
/// The token is good for one use and for some time. All sessions of the account end, and its address counts as proved.
#[utoipa::path(operation_id = "reset_password", tag = "auth", request_body = PasswordReset,
    responses((status = 204)), security(()), extensions(("x-problems" = json!(["invalid_one_time_token"]))))]
#[post("/auth/reset-password")]
pub(super) async fn reset_password(command: Command<Unknown, PasswordReset>) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async |state, _, PasswordReset { token, password }| {
                let token = TokenHash::of(token.expose_secret());
                let sent = token.clone();
                let user = state.db.read(state.clock.now(), move |tx| accounts::get_by_reset_token(tx, &sent)).await?;
                let hash = passwords::read_and_hash(&state.passwords, "/password", password, user).await?;
                Ok((token, hash))
            },
            |tx, _, (token, hash)| {
                accounts::reset_password(tx, token, hash)?;
                Ok(Reply::no_content())
            },
        )
        .await
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery"}))]
pub(super) struct Credentials {
    /// The address of the account.
    email: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// What signs the following requests in.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// How it is sent.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// What gets the next tokens, once.
    refresh_token: String,
}

/// An answer that holds credentials: no cache keeps it, nor is it kept for a repetition.
type Confidential = CustomizeResponder<Reply>;

fn tokens(state: &State, granted: &Granted) -> Result<Confidential, Problem> {
    let access_token = state.keys.sign(granted.user_id, granted.session_id, state.clock.now());
    let tokens = Tokens {
        access_token: access_token.map_err(|_| Problem::new(Code::InternalError, ""))?,
        token_type: "Bearer",
        expires_in: state.keys.lifetime_seconds(),
        refresh_token: granted.refresh_token.expose().to_owned(),
    };
    Ok(Reply::ok(&tokens)?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

fn session_lifetime(state: &State) -> TimeDelta {
    TimeDelta::days(state.config.auth.session_days.into())
}

/// Sign in
///
/// An unknown address and a wrong password are answered the same, in the same time.
#[utoipa::path(operation_id = "login", tag = "auth", request_body = Credentials, responses((status = 200, body = Tokens)), security(()),
    extensions(("x-problems" = json!(["invalid_credentials"])), ("x-not-kept" = json!(true))))]
#[post("/auth/login")]
pub(super) async fn login(command: Command<Unknown, Credentials>, req: HttpRequest) -> Result<Confidential, Problem> {
    let Command { state, body: Credentials { email, password }, .. } = command;
    let find = move |tx: &mut Tx<'_>| sessions::find_account(tx, email.parse().ok().as_ref());
    let account = state.db.read(state.clock.now(), find).await?;
    let user_agent = req.headers().get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
    let user_agent = user_agent.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    let check = move |hasher: &Hasher| {
        let is_right = hasher.is_right(&password, account.as_ref().map(|account| &account.password_hash));
        let account = account.filter(|_| is_right).ok_or_else(|| Error::refused(Code::InvalidCredentials))?;
        let rehashed = hasher.is_outdated(&account.password_hash).then(|| passwords::rehash(hasher, &password)).transpose()?;
        Ok(SignIn { account, rehashed, user_agent })
    };
    let sign_in = state.passwords.run(check).await?;
    let lifetime = session_lifetime(&state);
    let granted = state.db.write(state.clock.now(), move |tx| sessions::sign_in(tx, &sign_in, lifetime)).await?;
    tokens(&state, &granted)
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "w3Xk…"}))]
pub(super) struct Refresh {
    /// The token from the last answer to a login or refresh.
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// Get the next tokens
///
/// A refresh token is good for one use. One that is used again may have been stolen, so its whole session is ended then: keep
/// the new token before you forget the old one, and do not refresh twice at once.
#[utoipa::path(operation_id = "refresh", tag = "auth", request_body = Refresh, responses((status = 200, body = Tokens)), security(()),
    extensions(("x-problems" = json!(["invalid_refresh_token"])), ("x-not-kept" = json!(true))))]
#[post("/auth/refresh")]
pub(super) async fn refresh(command: Command<Unknown, Refresh>) -> Result<Confidential, Problem> {
    let Command { state, body, .. } = command;
    let (token, lifetime) = (TokenHash::of(body.refresh_token.expose_secret()), session_lifetime(&state));
    let granted = state.db.write(state.clock.now(), move |tx| sessions::refresh(tx, &token, lifetime)).await?;
    tokens(&state, &granted.ok_or_else(|| Problem::new(Code::InvalidRefreshToken, ""))?)
}

/// Which session to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "w3Xk…"}))]
pub(super) struct Logout {
    /// A refresh token of the session; without it, the session of the access token ends.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// Sign out
///
/// The refresh token is good for nothing from then on. Access tokens of the session stay good until they expire, some minutes
/// after they were made: they are checked without asking the database.
#[utoipa::path(operation_id = "logout", tag = "auth", request_body = Logout, responses((status = 204)),
    security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_signed_in"]))))]
#[post("/auth/logout")]
pub(super) async fn logout(command: Command<Anyone, Logout>) -> Result<Reply, Problem> {
    command
        .run(|tx, Anyone(caller), body, _| {
            let token = body.refresh_token.as_ref().map(|token| TokenHash::of(token.expose_secret()));
            sessions::sign_out(tx, caller, token.as_ref())?;
            Ok(Reply::no_content())
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config
        .service(register)
        .service(verify_email)
        .service(verify_contact)
        .service(resend_verification)
        .service(forgot_password)
        .service(reset_password);
    config.service(login).service(refresh).service(logout);
}
