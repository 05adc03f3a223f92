//! Signing in and out.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::page::{Explained, Frame, address};
use super::sent::{Parameters, Sent};
use super::session;
use super::visit::Visit;
use actions::sessions::{self, Granted};
use api::caller::View;
use api::openid::providers;
use api::problem::Problem;
use api::sign_in::{Client, with_password, with_second_factor};
use api::state::State;
use api::turns::Cost;
use chrono_tz::Tz;
use domain::problem::Code;
use storage::db::Tx;

/// The page to return to.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Then {
    pub(crate) then: String,
}

/// The fields of the form.
#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    then: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    /// The second step, instead of address and password.
    #[serde(default)]
    challenge: SecretString,
    #[serde(default)]
    code: SecretString,
}

/// A provider on the sign-in page.
struct Offered {
    href: String,
    label: String,
}

/// Returns the providers, each with the address that leads there and back to a page of this site.
fn offered(state: &State, then: &str) -> Vec<Offered> {
    let offer = |(name, label): (String, String)| Offered {
        href: address(&format!("/sign-in/openid/{name}/start"), &[("then", own_page(then))]),
        label,
    };
    providers(state).into_iter().map(offer).collect()
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    then: String,
    email: String,
    challenge: String,
    sign_up: String,
    providers: Vec<Offered>,
    problem: Option<Explained>,
}

/// Returns the page to return to if it is one of this site, so that no link to the sign-in can lead elsewhere.
pub(crate) fn own_page(then: &str) -> &str {
    let is_own = then.starts_with('/') && !then.starts_with("//") && !then.contains(['\\', '\r', '\n', '\t']);
    if is_own { then } else { "/bookings" }
}

/// Shows the form: for address and password, or for the second step if there is a challenge.
pub(crate) fn show(visit: &Visit, (then, email, challenge): (&str, &str, &str), problem: Option<&Problem>) -> HttpResponse {
    let texts = visit.page.texts();
    let page = SignInPage {
        frame: visit.frame(texts.attribute_text("web-sign-in", "title")),
        then: own_page(then).to_owned(),
        sign_up: address("/sign-up", &[("then", own_page(then))]),
        providers: if challenge.is_empty() { offered(&visit.page.state, then) } else { Vec::new() },
        email: email.to_owned(),
        challenge: challenge.to_owned(),
        problem: problem.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    visit.show_form(problem, &page)
}

/// Leads to a page of this site with the cookie of a new session.
pub(crate) fn enter(visit: &Visit, granted: &Granted, then: &str) -> HttpResponse {
    let mut response = visit.lead_to(own_page(then));
    let cookie = session::cookie(&visit.page.state, granted.refresh_token.expose());
    if response.add_cookie(&cookie).is_err() {
        return visit.shown(Err(Problem::of(Code::InternalError)));
    }
    response
}

async fn sign_in(visit: &Visit, sent: Sent<Credentials>, client: Client) -> HttpResponse {
    let Credentials { then, email, password, challenge, code } = match sent.fields {
        Ok(fields) => fields,
        Err(problem) => return visit.shown(Err(problem)),
    };
    let state = &visit.page.state;
    let is_second_step = !challenge.expose_secret().is_empty();
    let granted = match is_second_step {
        true => with_second_factor(state, client, &challenge, &code).await,
        false => with_password(state, client, email.trim(), password).await,
    };
    match granted {
        Ok(granted) => enter(visit, &granted, &then),
        Err(problem) => match problem.second_step() {
            Some(challenge) => show(visit, (&then, &email, challenge), None),
            None => show(visit, (&then, &email, challenge.expose_secret()), Some(&problem)),
        },
    }
}

async fn sign_out(visit: &Visit, sent: Sent<Then>) -> Result<HttpResponse, Problem> {
    sent.fields?;
    let caller = visit.caller::<View>();
    if caller.is_some() {
        visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| sessions::sign_out(tx, caller, None)).await?;
    }
    let mut response = visit.lead_to("/");
    response.add_cookie(&session::removal(&visit.page.state)).map_err(|_| Problem::of(Code::InternalError))?;
    Ok(response)
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/sign-in")
            .get(async |visit: Visit, Parameters(Then { then }): Parameters<Then>| show(&visit, (&then, "", ""), None))
            .post(async |visit: Visit, sent: Sent<Credentials>, req: HttpRequest| {
                let client = Client::of(&req, visit.page.asker());
                sign_in(&visit, sent, client).await
            }),
    );
    config.route("/sign-out", web::post().to(async |visit: Visit, sent: Sent<Then>| visit.shown(sign_out(&visit, sent).await)));
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn a_sign_in_leads_to_pages_of_this_site_only() {
        for own in ["/", "/book?resource=1&note=a%0Ab", "/resources/1"] {
            assert_eq!(own_page(own), own);
        }
        for other in ["", "//evil.example", "/\\evil.example", "https://evil.example/", "evil", "/\t/evil.example", "/a\r\nX: 1"]
        {
            assert_eq!(own_page(other), "/bookings");
        }
    }
}
