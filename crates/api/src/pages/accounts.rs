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
use texts::catalogue::{Texts, variables};

/// A page whose button uses the token, and nothing else.
struct TokenPage {
    path: &'static str,
    /// The name of its texts in the catalogue.
    message: &'static str,
    action: fn(&mut Tx<'_>, &TokenHash) -> Result<(), Error>,
}

const TOKEN_PAGES: [TokenPage; 3] = [
    TokenPage { path: "/verify-email", message: "page-verify-email", action: accounts::verify_email },
    TokenPage { path: "/verify-contact", message: "page-verify-contact", action: organizations::verify_contact },
    TokenPage { path: "/confirm-email", message: "page-confirm-email", action: email_change::confirm },
];

fn token_input(token: &str) -> Vec<Input> {
    vec![Input::hidden("token", token)]
}

/// A page with the title and a text of a message.
fn page_of(texts: &Texts, message: &str, text: &str) -> Page {
    Page::new(texts, texts.text(message)).text(texts.attribute_text(message, text))
}

/// A page with the title, the text and the button of a message.
fn form_of(texts: &Texts, message: &str, inputs: Vec<Input>) -> Page {
    page_of(texts, message, "text").form(texts.attribute_text(message, "button"), inputs)
}

async fn use_token(page: &PageRequest, of: &'static TokenPage, form: web::Form<MailedToken>) -> Result<Page, Problem> {
    let token = form.hash();
    page.write(Cost::Light, move |tx| (of.action)(tx, &token)).await?;
    Ok(page_of(&page.texts(), of.message, "done"))
}

fn password_input(texts: &Texts, label: &str) -> Input {
    Input::empty(texts.attribute_text("page-input", label), "password", "password", "new-password")
}

async fn show_reset(page: PageRequest, link: web::Query<Link>) -> Page {
    let texts = page.texts();
    let inputs = token_input(&link.token).into_iter().chain([password_input(&texts, "new-password")]).collect();
    form_of(&texts, "page-reset-password", inputs)
}

async fn reset(page: &PageRequest, form: web::Form<PasswordReset>) -> Result<Page, Problem> {
    set_password(&page.state, form.into_inner()).await?;
    Ok(page_of(&page.texts(), "page-reset-password", "done"))
}

async fn show_forgot(page: PageRequest) -> Page {
    let texts = page.texts();
    let input = Input::empty(texts.attribute_text("page-input", "email"), "email", "email", "email");
    form_of(&texts, "page-forgot-password", vec![input])
}

async fn forgot(page: &PageRequest, form: web::Form<AccountAddress>) -> Result<Page, Problem> {
    let email = form.read()?;
    let lifetime = page.state.reset_lifetime();
    page.write(Cost::Light, move |tx| accounts::forgot_password(tx, &email, lifetime)).await?;
    Ok(page_of(&page.texts(), "page-forgot-password", "done"))
}

fn describe(texts: &Texts, invitation: &Invitation) -> String {
    let Invitation { organization_name, email, certification_kind_name, .. } = invitation;
    let named = |part: &str, name: &'static str, value: &str| {
        let (organization, email) = (organization_name.as_str(), email.as_str());
        let variables = variables([("organization", organization.into()), ("email", email.into()), (name, value.into())]);
        texts.attribute("page-invitation", part, &variables)
    };
    match invitation.offer() {
        Some(Offer::Certification { .. }) => {
            named("certification", "kind", certification_kind_name.as_deref().unwrap_or_default())
        }
        Some(Offer::Membership(role)) => named("membership", "role", role.as_str()),
        None => String::new(),
    }
}

async fn show_invitation(page: &PageRequest, link: web::Query<Link>) -> Result<Page, Problem> {
    let token = TokenHash::of(&link.token);
    let (invitation, account) = page.read(move |tx| acceptance::get_by_token(tx, &token)).await?;
    if let Some(account) = &account {
        page.set_reader(&account.email).await?;
    }
    let texts = page.texts();
    let invited = Page::new(&texts, texts.text("page-invitation")).text(describe(&texts, &invitation));
    let mut inputs = token_input(&link.token);
    let text = |part: &str| texts.attribute_text("page-invitation", part);
    if account.is_some() {
        return Ok(invited.form(text("button"), inputs));
    }
    inputs.push(Input::empty(texts.attribute_text("page-input", "name"), "name", "text", "name"));
    inputs.push(password_input(&texts, "password"));
    Ok(invited.text(text("create")).form(text("button-create"), inputs))
}

async fn accept(page: &PageRequest, form: web::Form<Acceptance>) -> Result<Page, Problem> {
    let invitation = accept_with_token(&page.state, form.into_inner(), page.accepted.0).await?;
    page.set_reader(&invitation.email).await?;
    let texts = page.texts();
    let accepted = Page::new(&texts, texts.text("page-invitation")).text(describe(&texts, &invitation));
    Ok(accepted.text(texts.attribute_text("page-invitation", "done")))
}

/// Registers the pages about accounts.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for page in &TOKEN_PAGES {
        let show = async move |request: PageRequest, link: web::Query<Link>| {
            form_of(&request.texts(), page.message, token_input(&link.token))
        };
        let act = async move |request: PageRequest, form: web::Form<MailedToken>| {
            shown(&request, use_token(&request, page, form).await)
        };
        config.service(web::resource(page.path).get(show).post(act));
    }
    config
        .service(
            web::resource("/reset-password")
                .get(show_reset)
                .post(async |page: PageRequest, form| shown(&page, reset(&page, form).await)),
        )
        .service(
            web::resource("/forgot-password")
                .get(show_forgot)
                .post(async |page: PageRequest, form| shown(&page, forgot(&page, form).await)),
        )
        .service(
            web::resource("/accept-invitation")
                .get(async |page: PageRequest, link| shown(&page, show_invitation(&page, link).await))
                .post(async |page: PageRequest, form| shown(&page, accept(&page, form).await)),
        );
}
