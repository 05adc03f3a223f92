//! The page that creates an account.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;

use super::page::{Explained, Frame, address};
use super::sent::{Parameters, Sent};
use super::sign_in::{Then, enter, own_page};
use super::visit::Visit;
use actions::accounts;
use api::problem::Problem;
use api::sign_in::{Client, read_new_user, with_password};
use api::turns::Cost;
use storage::db::Tx;

/// The fields of the form.
#[derive(Deserialize)]
struct NewAccount {
    #[serde(default)]
    then: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: SecretString,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    then: String,
    email: String,
    name: String,
    sign_in: String,
    problem: Option<Explained>,
}

fn show(visit: &Visit, (then, email, name): (&str, &str, &str), problem: Option<&Problem>) -> HttpResponse {
    let texts = visit.page.texts();
    let page = AccountPage {
        frame: visit.frame(texts.attribute_text("web-account", "title")),
        then: own_page(then).to_owned(),
        sign_in: address("/sign-in", &[("then", own_page(then))]),
        email: email.to_owned(),
        name: name.to_owned(),
        problem: problem.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    visit.show_form(problem, &page)
}

/// Creates the account and signs in: the address is verified by mail meanwhile.
async fn create(visit: &Visit, sent: Sent<NewAccount>, client: Client) -> HttpResponse {
    let NewAccount { then, email, name, password } = match sent.fields {
        Ok(fields) => fields,
        Err(problem) => return visit.shown(Err(problem)),
    };
    let created = async {
        let state = &visit.page.state;
        let (lifetime, accepted) = (state.verification_lifetime(), visit.page.accepted.0);
        let fields = (email.trim().to_owned(), password.clone(), name.clone());
        let read = move |hasher: &_| read_new_user(hasher, (&fields.0, &fields.1, &fields.2), accepted);
        let new = state.passwords.run(read).await?;
        visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| accounts::register(tx, &new, lifetime).map(drop)).await?;
        with_password(state, client, email.trim(), password).await
    };
    match created.await {
        Ok(granted) => enter(visit, &granted, &then),
        Err(problem) => show(visit, (&then, &email, &name), Some(&problem)),
    }
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/sign-up")
            .get(async |visit: Visit, Parameters(Then { then }): Parameters<Then>| show(&visit, (&then, "", ""), None))
            .post(async |visit: Visit, sent: Sent<NewAccount>, req: HttpRequest| {
                let client = Client::of(&req, visit.page.asker());
                create(&visit, sent, client).await
            }),
    );
}
