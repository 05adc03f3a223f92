//! The pages of the second factor: set it up with a picture for the authenticator, get recovery codes, and remove it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::done::Done;
use super::qr::{Picture, picture};
use crate::page::{Explained, Frame, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::accounts;
use api::caller::View;
use api::problem::Problem;
use api::second_factors::{AuthenticatorSecret, begin_setup, confirm_setup, remove_factor, renew_codes};
use domain::email::Email;
use domain::problem::Code;
use domain::second_factor::RecoveryCode;
use storage::db::ReadTx;

const PATH: &str = "/account/second-factor";

/// The fields of the forms.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    /// The button: `begin`, `confirm`, `renew` or `remove`.
    action: String,
    current_password: SecretString,
    code: SecretString,
    /// The secret that the form shows, to show it again after a wrong code. It decides nothing.
    secret: SecretString,
}

#[derive(Template)]
#[template(path = "me_factor.html")]
struct FactorPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "me_factor_setup.html")]
struct SetupPage {
    frame: Frame,
    problem: Option<Explained>,
    secret: String,
    uri: String,
    picture: Option<Picture>,
}

#[derive(Template)]
#[template(path = "me_factor_codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

async fn show(visit: &Visit, done: Done, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let user = visit.page.read(move |tx: &mut ReadTx| accounts::get(tx, caller)).await?;
    let texts = visit.page.texts();
    let page = FactorPage {
        frame: visit.frame(text(&texts, "web-me-factor.title")),
        done: done.text(&texts),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        is_on: user.second_factor_since.is_some(),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

fn show_setup(
    visit: &Visit,
    AuthenticatorSecret { secret, uri }: AuthenticatorSecret,
    refused: Option<&Problem>,
) -> HttpResponse {
    let texts = visit.page.texts();
    let page = SetupPage {
        frame: visit.frame(text(&texts, "web-me-factor.setup-title")),
        problem: refused.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        secret,
        picture: picture(&uri),
        uri,
    };
    visit.show_form(refused, &page)
}

fn show_codes(visit: &Visit, codes: &[RecoveryCode]) -> HttpResponse {
    let page = CodesPage {
        frame: visit.frame(text(&visit.page.texts(), "web-me-factor.codes-title")),
        codes: codes.iter().map(|code| code.expose().to_owned()).collect(),
    };
    visit.show(StatusCode::OK, &page)
}

/// Returns the secret that a form has shown, if it can be one.
fn shown_secret(secret: &SecretString, email: &Email) -> Option<AuthenticatorSecret> {
    let secret = secret.expose_secret();
    let is_base_32 = secret.bytes().all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte));
    ((16..=64).contains(&secret.len()) && is_base_32).then(|| AuthenticatorSecret::new(secret.to_owned(), email))
}

async fn make(visit: &Visit, sent: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let state = &visit.page.state;
    let Wanted { action, current_password, code, secret } = sent;
    let made = match action.as_str() {
        "begin" => begin_setup(state, caller, current_password).await.map(|secret| show_setup(visit, secret, None)),
        "confirm" => confirm_setup(state, caller, &code).await.map(|codes| show_codes(visit, &codes)),
        "renew" => renew_codes(state, caller, current_password, &code).await.map(|codes| show_codes(visit, &codes)),
        "remove" => {
            let removed = remove_factor(state, caller, current_password, &code).await;
            removed.map(|()| visit.lead_to(&format!("{PATH}?done=factor-removed")))
        }
        _ => Err(Problem::of(Code::MalformedRequest)),
    };
    state.outbox.notify_one();
    match made {
        Ok(page) => Ok(page),
        // A wrong code: the authenticator may be set up wrongly, so its secret is shown again.
        Err(problem) if action == "confirm" && problem.code() == Code::InvalidFields => {
            match visit.user.as_ref().and_then(|user| shown_secret(&secret, &user.email)) {
                Some(secret) => Ok(show_setup(visit, secret, Some(&problem))),
                None => show(visit, Done::default(), Some(problem)).await,
            }
        }
        Err(problem) => show(visit, Done::default(), Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(done): Parameters<Done>| visit.shown(show(&visit, done, None).await))
            .post(async |visit: Visit, sent: Sent<Wanted>| {
                let made = async { make(&visit, sent.fields?).await }.await;
                visit.shown_after(PATH, "", made)
            }),
    );
}
