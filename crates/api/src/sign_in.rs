//! The creation of an account and the sign-in, for the API and the pages.

use actix_web::HttpRequest;
use actix_web::http::header;
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

use super::passwords::{self, hash};
use super::problem::Problem;
use super::state::State;
use super::turns::Asker;
use super::wrong_passwords::Account;
use actions::accounts::NewUser;
use actions::error::Error;
use actions::second_factors::{self, Proof};
use actions::sessions::{self, Granted, SignIn};
use domain::email::Email;
use domain::fields::Fields;
use domain::ids::UserId;
use domain::language::Language;
use domain::limits;
use domain::password::{Hasher, Password, PasswordHash};
use domain::problem::Code;
use domain::second_factor::TypedCode;
use domain::secret_token::TokenHash;
use storage::db::{ReadTx, Tx};

/// The program that signs in.
#[derive(Debug, Clone)]
pub struct Client {
    /// The network that the request comes from.
    pub(super) network: String,
    /// The program, as it names itself.
    pub(super) user_agent: String,
}

impl Client {
    /// Returns the client of a request.
    pub fn of(req: &HttpRequest, asker: Asker) -> Self {
        Self { network: asker.to_string(), user_agent: user_agent(req) }
    }
}

/// Returns the program that sends a request, as it names itself.
pub(super) fn user_agent(req: &HttpRequest) -> String {
    let name = req.headers().get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
    name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Returns how long a session lasts without use.
pub fn session_lifetime(state: &State) -> TimeDelta {
    TimeDelta::days(state.config.auth.session_days.into())
}

/// Reads a new account, and hashes its password.
///
/// # Errors
/// All fields that are invalid, or when the password cannot be hashed.
pub fn read_new_user(
    hasher: &Hasher,
    (email, password, name): (&str, &SecretString, &str),
    language: Option<Language>,
) -> Result<NewUser, Error> {
    let mut fields = Fields::default();
    let parsed = fields.take("/email", email.parse::<Email>());
    let line = fields.line("/name", name, limits::Name::RANGE);
    let password = Password::read(&mut fields, "/password", password, &[email, name]);
    let (email, name, password) = fields.finish(|| Some((parsed?, line?, password?)))?;
    Ok(NewUser { email, name, password_hash: hash(hasher, &password)?, language })
}

/// Signs in with a password. An unknown address and a wrong password take the same time.
///
/// # Errors
/// `invalid_credentials`, `too_many_requests` after too many wrong passwords, `account_suspended`, and `second_factor_required` with a
/// challenge.
pub async fn with_password(state: &State, client: Client, email: &str, password: SecretString) -> Result<Granted, Problem> {
    let Client { network, user_agent } = client;
    let email = email.parse::<Email>().ok();
    let (sought, from) = (email.clone(), network.clone());
    let find = move |tx: &mut ReadTx| sessions::find_account(tx, sought.as_ref(), &from);
    let account = state.db.read(state.clock.now(), find).await?;
    let counted = match account.as_ref().is_some_and(|account| account.is_known_network) {
        true => Account::KnownNetwork(email, network.clone()),
        false => Account::Address(email),
    };
    state.wrong_passwords.expect(&counted, state.clock.now())?;
    let check = move |hasher: &Hasher| {
        let is_right = hasher.is_right(&password, account.as_ref().map(|account| &account.password_hash));
        let account = account.filter(|_| is_right).ok_or_else(|| Error::refused(Code::InvalidCredentials))?;
        let rehashed = hasher.is_outdated(&account.password_hash).then(|| passwords::rehash(hasher, &password)).transpose()?;
        Ok(SignIn { account, rehashed, user_agent, network, proof: None })
    };
    let sign_in = state.passwords.run(check).await?;
    state.wrong_passwords.take_back(&counted);
    if sign_in.account.has_second_factor {
        return Err(second_factor_required(state, sign_in.account.user_id, &sign_in.account.password_hash));
    }
    let lifetime = session_lifetime(state);
    Ok(state.db.write(state.clock.now(), move |tx| sessions::sign_in(tx, &sign_in, lifetime)).await?)
}

/// Returns the problem that leads to the second step of a sign-in. Its challenge ends with the present password.
pub(super) fn second_factor_required(state: &State, user: UserId, password_hash: &PasswordHash) -> Problem {
    let seen = TokenHash::of(password_hash.as_str());
    match state.keys.sign_challenge(user, &seen, state.clock.now()) {
        Ok(challenge) => {
            let required = Problem::of(Code::SecondFactorRequired).challenge(challenge);
            required.with_header(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"))
        }
        Err(_) => Problem::of(Code::InternalError),
    }
}

/// Signs in with a second factor, after the password.
///
/// # Errors
/// `invalid_second_factor`, also for a challenge that is not valid any more, `too_many_requests`, and `account_suspended`.
pub async fn with_second_factor(
    state: &State,
    client: Client,
    challenge: &SecretString,
    code: &SecretString,
) -> Result<Granted, Problem> {
    let Client { network, user_agent } = client;
    let now = state.clock.now();
    let invalid = || Problem::of(Code::InvalidSecondFactor);
    let (user, seen) = state.keys.verify_challenge(challenge.expose_secret(), now).ok_or_else(invalid)?;
    let from = network.clone();
    let find = move |tx: &mut ReadTx| sessions::find_account_of(tx, user, &from);
    let account = state.db.read(now, find).await?.filter(|account| TokenHash::of(account.password_hash.as_str()) == seen);
    let account = account.ok_or_else(invalid)?;
    let proof = count_and_read(state, user, code).await?;
    let sign_in = SignIn { account, rehashed: None, user_agent, network, proof: Some(proof) };
    let lifetime = session_lifetime(state);
    let granted = state.db.write(now, move |tx: &mut Tx<'_>| sessions::sign_in(tx, &sign_in, lifetime)).await?;
    state.wrong_passwords.take_back(&Account::SecondFactor(user));
    Ok(granted)
}

/// Counts an attempt as wrong, and reads the code that somebody sent for a user.
pub(super) async fn count_and_read(state: &State, user: UserId, code: &SecretString) -> Result<Proof, Problem> {
    let now = state.clock.now();
    state.wrong_passwords.expect(&Account::SecondFactor(user), now)?;
    let code = match TypedCode::read(user, code.expose_secret()) {
        TypedCode::Recovery(hash) => return Ok(Proof::Recovery(hash)),
        TypedCode::OneTime(code) => code,
    };
    let factor = state.db.read(now, move |tx: &mut ReadTx| second_factors::get(tx, user)).await?;
    let step = factor.salt.and_then(|salt| {
        let step = state.second_factors.secret(&salt).find_step(&code, now)?;
        Some(Proof::Step { salt, step })
    });
    Ok(step.unwrap_or(Proof::Wrong))
}
