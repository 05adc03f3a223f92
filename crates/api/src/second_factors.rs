//! `/me/second-factor` and the second step of a sign-in: codes of an authenticator, and recovery codes.

use actix_web::http::header;
use actix_web::{CustomizeResponder, HttpRequest, Responder as _, delete, post};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Tokens, tokens};
use super::caller::{May, SignedIn, Unknown};
use super::me::check_password;
use super::problem::Problem;
use super::refresh_cookie::{Delivery, RefreshTokenIn};
use super::reply::Reply;
use super::request::Command;
use super::sign_in::{self, Client, count_and_read};
use super::state::State;
use super::wrong_passwords::Account;
use actions::Caller;
use actions::second_factors::{self, Proof};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::email::Email;
use domain::problem::Code;
use domain::second_factor::RecoveryCode;
use storage::db::Tx;

/// A response with secrets: caches must not keep it, and it is not stored under an idempotency key.
type Confidential = CustomizeResponder<Reply>;

fn confidential(reply: Reply) -> Confidential {
    reply.customize().insert_header((header::CACHE_CONTROL, "no-store"))
}

/// The start of setting up a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "correct horse battery"}))]
pub(super) struct NewSecondFactor {
    /// The current password. A wrong one is refused with the code `wrong_password`.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
}

/// The secret for an authenticator.
#[derive(Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "uri": "otpauth://totp/Sharefloor:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sharefloor",
}))]
pub struct AuthenticatorSecret {
    /// The secret in base 32, for users who type it into the authenticator. Codes have 6 digits and 30 seconds (RFC 6238, SHA-1).
    pub secret: String,
    /// The same as an address that a front end shows as a QR code.
    pub uri: String,
}

impl AuthenticatorSecret {
    /// Returns the secret with its address for the account with this e-mail address.
    pub fn new(secret: String, email: &Email) -> Self {
        let email: String = email.as_str().bytes().map(encoded).collect();
        Self { uri: format!("otpauth://totp/Sharefloor:{email}?secret={secret}&issuer=Sharefloor"), secret }
    }
}

/// Gives the caller, who sends the current password, a new secret for an authenticator.
///
/// # Errors
/// As the operation `begin_second_factor`.
pub async fn begin_setup(state: &State, caller: Caller, current_password: SecretString) -> Result<AuthenticatorSecret, Problem> {
    let (user, _) = check_password(state, caller, current_password).await?;
    let salt = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 20]>());
    let secret = state.second_factors.secret(&salt).base_32();
    state.db.write(state.clock.now(), move |tx: &mut Tx<'_>| second_factors::begin(tx, caller, &salt)).await?;
    Ok(AuthenticatorSecret::new(secret, &user.email))
}

/// Confirms the secret of the caller with the first code of the authenticator, and returns recovery codes.
///
/// # Errors
/// As the operation `confirm_second_factor`.
pub async fn confirm_setup(state: &State, caller: Caller, code: &SecretString) -> Result<Vec<RecoveryCode>, Problem> {
    let proof = count_and_read(state, caller.user_id, code).await?;
    let action = move |tx: &mut Tx<'_>| second_factors::confirm(tx, caller, &proof);
    let codes = state.db.write(state.clock.now(), action).await?;
    state.wrong_passwords.take_back(&Account::SecondFactor(caller.user_id));
    Ok(codes)
}

/// Replaces the recovery codes of the caller, who sends the current password and a code, and returns the new ones.
///
/// # Errors
/// As the operation `renew_recovery_codes`.
pub async fn renew_codes(
    state: &State,
    caller: Caller,
    current_password: SecretString,
    code: &SecretString,
) -> Result<Vec<RecoveryCode>, Problem> {
    let proof = check(state, caller, current_password, code).await?;
    let action = move |tx: &mut Tx<'_>| second_factors::renew_recovery_codes(tx, caller, &proof);
    let codes = state.db.write(state.clock.now(), action).await?;
    state.wrong_passwords.take_back(&Account::SecondFactor(caller.user_id));
    Ok(codes)
}

/// Removes the second factor of the caller, who sends the current password and a code.
///
/// # Errors
/// As the operation `remove_second_factor`.
pub async fn remove_factor(
    state: &State,
    caller: Caller,
    current_password: SecretString,
    code: &SecretString,
) -> Result<(), Problem> {
    let proof = check(state, caller, current_password, code).await?;
    let action = move |tx: &mut Tx<'_>| second_factors::remove(tx, caller, &proof);
    state.db.write(state.clock.now(), action).await?;
    state.wrong_passwords.take_back(&Account::SecondFactor(caller.user_id));
    Ok(())
}

/// Checks the password, and reads the code.
async fn check(state: &State, caller: Caller, current_password: SecretString, code: &SecretString) -> Result<Proof, Problem> {
    check_password(state, caller, current_password).await?;
    count_and_read(state, caller.user_id, code).await
}

/// Set up a second factor
///
/// Returns a secret for an authenticator, such as an app on a phone. The second factor is needed to sign in as soon as
/// `POST /me/second-factor/confirm` has received its first code. Another request before that makes another secret.
#[utoipa::path(operation_id = "begin_second_factor", tag = "me", request_body = NewSecondFactor,
    responses((status = 200, body = AuthenticatorSecret)),
    extensions(("x-problems" = json!([Code::InvalidTransition])), ("x-not-kept" = json!(true))))]
#[post("/me/second-factor")]
pub(super) async fn begin(command: Command<SignedIn, NewSecondFactor>) -> Result<Confidential, Problem> {
    let Command { state, caller: May { caller, .. }, body, .. } = command;
    let secret = begin_setup(&state, caller, body.current_password).await?;
    Ok(confidential(Reply::ok(&secret)?))
}

/// A byte in an address (RFC 3986).
fn encoded(byte: u8) -> String {
    let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// A code of a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
pub(super) struct FactorCode {
    /// The code that the authenticator shows now.
    #[schema(value_type = String)]
    code: SecretString,
}

/// New recovery codes.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["abcd-efgh-ijkm-npq9"]}))]
pub(super) struct NewRecoveryCodes {
    /// Ten codes. Each stands in for a code of the authenticator once. Only this response contains them.
    recovery_codes: Vec<String>,
}

impl NewRecoveryCodes {
    fn new(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
    }
}

/// Confirm a second factor
///
/// Sends the first code of the authenticator. From now on a code is needed to sign in. Your sessions go on. Returns ten recovery codes; keep
/// them where you find them without the authenticator.
#[utoipa::path(operation_id = "confirm_second_factor", tag = "me", request_body = FactorCode,
    responses((status = 200, body = NewRecoveryCodes)),
    extensions(("x-problems" = json!([Code::InvalidTransition])), ("x-not-kept" = json!(true))))]
#[post("/me/second-factor/confirm")]
pub(super) async fn confirm(command: Command<SignedIn, FactorCode>) -> Result<Confidential, Problem> {
    let Command { state, caller: May { caller, .. }, body, .. } = command;
    let codes = confirm_setup(&state, caller, &body.code).await?;
    Ok(confidential(Reply::ok(&NewRecoveryCodes::new(&codes))?))
}

/// The password and a code, for a change of the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "correct horse battery", "code": "287082"}))]
pub(super) struct FactorChange {
    /// The current password. A wrong one is refused with the code `wrong_password`.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// The code that the authenticator shows now, or a recovery code.
    #[schema(value_type = String)]
    code: SecretString,
}

/// Replace your recovery codes
///
/// The earlier codes stop working.
#[utoipa::path(operation_id = "renew_recovery_codes", tag = "me", request_body = FactorChange,
    responses((status = 200, body = NewRecoveryCodes)),
    extensions(("x-problems" = json!([Code::InvalidTransition])), ("x-not-kept" = json!(true))))]
#[post("/me/second-factor/recovery-codes")]
pub(super) async fn renew(command: Command<SignedIn, FactorChange>) -> Result<Confidential, Problem> {
    let Command { state, caller: May { caller, .. }, body, .. } = command;
    let codes = renew_codes(&state, caller, body.current_password, &body.code).await?;
    Ok(confidential(Reply::ok(&NewRecoveryCodes::new(&codes))?))
}

/// Remove your second factor
///
/// The password is enough to sign in again. In an organization that demands a second factor you can do nothing until you have one.
#[utoipa::path(operation_id = "remove_second_factor", tag = "me", request_body = FactorChange, responses((status = 204)),
    extensions(("x-problems" = json!([Code::InvalidTransition]))))]
#[delete("/me/second-factor")]
pub(super) async fn remove(command: Command<SignedIn, FactorChange>) -> Result<Reply, Problem> {
    let Command { state, caller: May { caller, .. }, body, .. } = command;
    remove_factor(&state, caller, body.current_password, &body.code).await?;
    Ok(Reply::no_content())
}

/// The second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge": "eyJ0…", "code": "287082"}))]
pub(super) struct SecondStep {
    /// The `challenge` in the response of `POST /auth/login`.
    #[schema(value_type = String)]
    challenge: SecretString,
    /// The code that the authenticator shows now, or a recovery code.
    #[schema(value_type = String)]
    code: SecretString,
    /// Where the response has the refresh token. Default: `body`.
    #[serde(default)]
    refresh_token_in: RefreshTokenIn,
}

/// Sign in with a second factor
///
/// The second step of a sign-in: `POST /auth/login` has responded with `second_factor_required` and a `challenge`, which is valid for 5
/// minutes. A code works once. After 20 wrong codes for one account within an hour (`limits.wrong_passwords_per_hour`) the response is
/// 429; only a person who knows the password can send codes.
#[utoipa::path(operation_id = "login_second_step", tag = "auth", request_body = SecondStep, responses((status = 200, body = Tokens)),
    security(()), extensions(("x-problems" = json!([Code::InvalidSecondFactor, Code::AccountSuspended, Code::OriginNotAllowed])), ("x-not-kept" = json!(true))))]
#[post("/auth/second-factor")]
pub(super) async fn second_step(command: Command<Unknown, SecondStep>, req: HttpRequest) -> Result<Confidential, Problem> {
    let Command { state, asker, body: SecondStep { challenge, code, refresh_token_in }, .. } = command;
    let delivery = Delivery::of(&req, &state.config, refresh_token_in)?;
    let granted = sign_in::with_second_factor(&state, Client::of(&req, asker), &challenge, &code).await?;
    tokens(&state, &granted, delivery)
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(begin).service(confirm).service(renew).service(remove).service(second_step);
}
