//! The pages about accounts: they verify an address, set a password, and accept an invitation.

use actix_web::web;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde::Deserialize;

use super::page::{Input, Link, Page, shown};
use crate::auth::{PasswordReset, set_password};
use crate::invitations::{Acceptance, accept_with_token};
use crate::mailed_token::MailedToken;
use crate::problem::Problem;
use crate::state::State;
use actions::accounts::{self, email_change};
use actions::error::Error;
use actions::invitations::acceptance;
use actions::organizations;
use domain::email::Email;
use domain::fields::{Fields, InvalidFields};
use domain::invitation::Offer;
use domain::secret_token::TokenHash;
use storage::db::{ReadTx, Tx};
use storage::invitations::Invitation;

/// A page whose button uses the token, and nothing else.
struct TokenPage {
    path: &'static str,
    title: &'static str,
    text: &'static str,
    button: &'static str,
    done: &'static str,
    action: fn(&mut Tx<'_>, &TokenHash) -> Result<(), Error>,
}

const TOKEN_PAGES: [TokenPage; 3] = [
    TokenPage {
        path: "/verify-email",
        title: "Confirm your e-mail address",
        text: "Press the button if you created an account with this e-mail address.",
        button: "Confirm the address",
        done: "Your e-mail address is confirmed. You can now book and list resources.",
        action: accounts::verify_email,
    },
    TokenPage {
        path: "/verify-contact",
        title: "Confirm the contact address",
        text: "Press the button if you want to receive mails about the bookings of the organization at this address.",
        button: "Receive the mails",
        done: "The address is confirmed. Mails about the bookings of the organization will be sent to it.",
        action: organizations::verify_contact,
    },
    TokenPage {
        path: "/confirm-email",
        title: "Confirm your new e-mail address",
        text: "Press the button if you want to use this e-mail address for your account.",
        button: "Use the new address",
        done: "Your account has the new address now. Use it when you sign in.",
        action: email_change::confirm,
    },
];

fn token_input(token: &str) -> Vec<Input> {
    vec![Input::hidden("token", token)]
}

async fn use_token(state: web::Data<State>, page: &'static TokenPage, form: web::Form<MailedToken>) -> Result<Page, Problem> {
    let token = form.hash();
    state.db.write(state.clock.now(), move |tx| (page.action)(tx, &token)).await?;
    Ok(Page::new(page.title).text(page.done))
}

fn password_input(label: &'static str) -> Input {
    Input::empty(label, "password", "password", "new-password")
}

async fn show_reset(link: web::Query<Link>) -> Page {
    let inputs = token_input(&link.token).into_iter().chain([password_input("New password")]).collect();
    Page::new("Set a new password")
        .text("All sessions of the account end when you set a new password.")
        .form("Set the password", inputs)
}

async fn reset(state: web::Data<State>, form: web::Form<PasswordReset>) -> Result<Page, Problem> {
    set_password(&state, form.into_inner()).await?;
    Ok(Page::new("Set a new password").text("The password is set. Sign in with it."))
}

async fn show_forgot() -> Page {
    Page::new("Request a new password")
        .text("We will send a mail with a link to set a new password, if the address has an account.")
        .form("Send the mail", vec![Input::empty("E-mail address", "email", "email", "email")])
}

/// The form of the page that requests a new password.
#[derive(Deserialize)]
struct Forgotten {
    email: String,
}

async fn forgot(state: web::Data<State>, form: web::Form<Forgotten>) -> Result<Page, Problem> {
    let email = read_email(&form.email)?;
    let lifetime = TimeDelta::minutes(state.config.auth.reset_minutes.into());
    state.db.write(state.clock.now(), move |tx| accounts::forgot_password(tx, &email, lifetime)).await?;
    state.outbox.notify_one();
    Ok(Page::new("Request a new password").text("If the address has an account, the mail is on its way."))
}

fn read_email(text: &str) -> Result<Email, InvalidFields> {
    let mut fields = Fields::default();
    let email = fields.take("/email", text.parse());
    fields.finish(|| email)
}

fn describe(invitation: &Invitation) -> String {
    let Invitation { organization_name, email, certification_kind_name, .. } = invitation;
    match invitation.offer() {
        Some(Offer::Certification { .. }) => {
            let kind = certification_kind_name.as_deref().unwrap_or_default();
            format!("{organization_name} certifies the owner of {email}: {kind}.")
        }
        Some(Offer::Membership(role)) => {
            format!("{organization_name} invites the owner of {email} to become a member with the role {role}.")
        }
        None => String::new(),
    }
}

async fn show_invitation(state: web::Data<State>, link: web::Query<Link>) -> Result<Page, Problem> {
    let token = TokenHash::of(&link.token);
    let find = move |tx: &mut ReadTx| acceptance::get_by_token(tx, &token);
    let (invitation, account) = state.db.read(state.clock.now(), find).await?;
    let page = Page::new("Invitation").text(describe(&invitation));
    let mut inputs = token_input(&link.token);
    if account.is_some() {
        return Ok(page.form("Accept the invitation", inputs));
    }
    inputs.push(Input::empty("Your name", "name", "text", "name"));
    inputs.push(password_input("Choose a password"));
    let text = "The address has no confirmed account yet. Accepting the invitation creates one.";
    Ok(page.text(text).form("Create the account and accept", inputs))
}

/// The form of the page of an invitation.
#[derive(Deserialize)]
struct Accepted {
    token: SecretString,
    name: Option<String>,
    password: Option<SecretString>,
}

async fn accept(state: web::Data<State>, form: web::Form<Accepted>) -> Result<Page, Problem> {
    let Accepted { token, name, password } = form.into_inner();
    let invitation = accept_with_token(&state, Acceptance { token, name, password }).await?;
    Ok(Page::new("Invitation").text(describe(&invitation)).text("You have accepted the invitation."))
}

/// Registers the pages about accounts.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for page in &TOKEN_PAGES {
        let show =
            async move |link: web::Query<Link>| Page::new(page.title).text(page.text).form(page.button, token_input(&link.token));
        let act = async move |state: web::Data<State>, form: web::Form<MailedToken>| shown(use_token(state, page, form).await);
        config.service(web::resource(page.path).get(show).post(act));
    }
    config
        .service(web::resource("/reset-password").get(show_reset).post(async |state, form| shown(reset(state, form).await)))
        .service(web::resource("/forgot-password").get(show_forgot).post(async |state, form| shown(forgot(state, form).await)))
        .service(
            web::resource("/accept-invitation")
                .get(async |state, link| shown(show_invitation(state, link).await))
                .post(async |state, form| shown(accept(state, form).await)),
        );
}
