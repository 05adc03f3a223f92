//! The pages that change the e-mail address and the password. Their fields are secret, so no form keeps them over a sign-in.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;

use super::done::Done;
use crate::page::{Explained, Frame, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::accounts::{self, email_change};
use api::caller::View;
use api::me::check_password;
use api::passwords::read_and_hash;
use api::problem::Problem;
use api::turns::Cost;
use domain::email::Email;
use storage::db::{ReadTx, Tx};

/// The fields of the form for another address.
#[derive(Deserialize, Default)]
#[serde(default)]
struct NewAddress {
    email: String,
    current_password: SecretString,
    /// The button: `change`, or `verify` for another link to the present address.
    action: String,
}

#[derive(Template)]
#[template(path = "me_email.html")]
struct AddressPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    present: String,
    is_verified: bool,
    email: String,
}

async fn show_address(visit: &Visit, done: Done, email: String, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let user = visit.page.read(move |tx: &mut ReadTx| accounts::get(tx, caller)).await?;
    let texts = visit.page.texts();
    let page = AddressPage {
        frame: visit.frame(text(&texts, "web-me-email.title")),
        done: done.text(&texts),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        present: user.email.to_string(),
        is_verified: user.email_verified_at.is_some(),
        email,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn change_address(visit: &Visit, sent: NewAddress) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let NewAddress { email, current_password, action } = sent;
    let state = &visit.page.state;
    let lifetime = state.verification_lifetime();
    let typed = email.clone();
    let changed = async {
        if action == "verify" {
            let resend = move |tx: &mut Tx<'_>| {
                let user = accounts::get(tx, caller)?;
                accounts::resend_verification(tx, &user.email, lifetime)
            };
            visit.page.write(Cost::Light, resend).await?;
            return Ok("/account/email?done=verify");
        }
        let email = Email::read("/email", email.trim())?;
        check_password(state, caller, current_password).await?;
        let request = move |tx: &mut Tx<'_>| email_change::request(tx, caller, &email, lifetime);
        visit.page.write(Cost::Light, request).await?;
        Ok("/account/email?done=email")
    };
    match changed.await {
        Ok(address) => Ok(visit.lead_to(address)),
        Err(problem) => show_address(visit, Done::default(), typed, Some(problem)).await,
    }
}

/// The fields of the form for another password.
#[derive(Deserialize, Default)]
#[serde(default)]
struct NewPassword {
    current_password: SecretString,
    new_password: SecretString,
}

#[derive(Template)]
#[template(path = "me_password.html")]
struct PasswordPage {
    frame: Frame,
    email: String,
    problem: Option<Explained>,
}

fn show_password(visit: &Visit, refused: Option<&Problem>) -> Result<HttpResponse, Problem> {
    visit.signed_in::<View>()?;
    let texts = visit.page.texts();
    let page = PasswordPage {
        frame: visit.frame(text(&texts, "web-me-password.title")),
        email: visit.user.as_ref().map(|user| user.email.to_string()).unwrap_or_default(),
        problem: refused.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused, &page))
}

async fn change_password(visit: &Visit, sent: NewPassword) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let state = &visit.page.state;
    let changed = async {
        let (user, seen) = check_password(state, caller, sent.current_password).await?;
        let hash = read_and_hash(&state.passwords, "/new_password", sent.new_password, user).await?;
        let change = move |tx: &mut Tx<'_>| accounts::change_password(tx, caller, &seen, &hash);
        visit.page.write(Cost::Light, change).await
    };
    match changed.await {
        Ok(()) => Ok(visit.lead_to("/account?done=password")),
        Err(problem) => show_password(visit, Some(&problem)),
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/account/email")
            .get(async |visit: Visit, Parameters(done): Parameters<Done>| {
                visit.shown(show_address(&visit, done, String::new(), None).await)
            })
            .post(async |visit: Visit, sent: Sent<NewAddress>| {
                let made = async { change_address(&visit, sent.fields?).await }.await;
                visit.shown_after("/account/email", "", made)
            }),
    );
    config.service(web::resource("/account/password").get(async |visit: Visit| visit.shown(show_password(&visit, None))).post(
        async |visit: Visit, sent: Sent<NewPassword>| {
            let made = async { change_password(&visit, sent.fields?).await }.await;
            visit.shown_after("/account/password", "", made)
        },
    ));
}
