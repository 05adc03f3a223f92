//! The pages about accounts: they verify an address, set a password, and accept an invitation.

use actix_web::web;

use super::page::{Input, Link, Page, shown};
use crate::auth::{AccountAddress, PasswordReset, set_password};
use crate::invitations::{Acceptance, accept_with_token};
use crate::mailed_token::MailedToken;
use crate::problem::Problem;
use crate::request::PageRequest;
use crate::turns::Cost;
use actions::accounts::{self, email_change};
use actions::error::Error;
use actions::invitations::acceptance;
use actions::organizations;
use domain::invitation::Offer;
use domain::secret_token::TokenHash;
use storage::db::Tx;
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

async fn use_token(page: PageRequest, of: &'static TokenPage, form: web::Form<MailedToken>) -> Result<Page, Problem> {
    let token = form.hash();
    page.write(Cost::Light, move |tx| (of.action)(tx, &token)).await?;
    Ok(Page::new(of.title).text(of.done))
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

async fn reset(page: PageRequest, form: web::Form<PasswordReset>) -> Result<Page, Problem> {
    set_password(&page.state, form.into_inner()).await?;
    Ok(Page::new("Set a new password").text("The password is set. Sign in with it."))
}

async fn show_forgot() -> Page {
    Page::new("Request a new password")
        .text("We will send a mail with a link to set a new password, if the address has an account.")
        .form("Send the mail", vec![Input::empty("E-mail address", "email", "email", "email")])
}

async fn forgot(page: PageRequest, form: web::Form<AccountAddress>) -> Result<Page, Problem> {
    let email = form.read()?;
    let lifetime = page.state.reset_lifetime();
    page.write(Cost::Light, move |tx| accounts::forgot_password(tx, &email, lifetime)).await?;
    Ok(Page::new("Request a new password").text("If the address has an account, the mail is on its way."))
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

async fn show_invitation(page: PageRequest, link: web::Query<Link>) -> Result<Page, Problem> {
    let token = TokenHash::of(&link.token);
    let (invitation, account) = page.read(move |tx| acceptance::get_by_token(tx, &token)).await?;
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

async fn accept(page: PageRequest, form: web::Form<Acceptance>) -> Result<Page, Problem> {
    let invitation = accept_with_token(&page.state, form.into_inner()).await?;
    Ok(Page::new("Invitation").text(describe(&invitation)).text("You have accepted the invitation."))
}

/// Registers the pages about accounts.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for page in &TOKEN_PAGES {
        let show =
            async move |link: web::Query<Link>| Page::new(page.title).text(page.text).form(page.button, token_input(&link.token));
        let act = async move |request: PageRequest, form: web::Form<MailedToken>| shown(use_token(request, page, form).await);
        config.service(web::resource(page.path).get(show).post(act));
    }
    config
        .service(web::resource("/reset-password").get(show_reset).post(async |page, form| shown(reset(page, form).await)))
        .service(web::resource("/forgot-password").get(show_forgot).post(async |page, form| shown(forgot(page, form).await)))
        .service(
            web::resource("/accept-invitation")
                .get(async |page, link| shown(show_invitation(page, link).await))
                .post(async |page, form| shown(accept(page, form).await)),
        );
}
