//! Sign-in with a provider of OpenID Connect: one page leads to the provider, and the provider leads back to the other one.

use actix_web::{HttpRequest, HttpResponse, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::sent::Parameters;
use super::session;
use super::sign_in::{Then, enter, own_page, show};
use super::visit::Visit;
use api::openid::{Callback, begin_on_page, sign_in_with};
use api::problem::Problem;
use api::sign_in::Client;
use domain::problem::Code;

/// The longest address of a page that a cookie keeps, in bytes.
const LONGEST_THEN: usize = 2000;

/// The sign-in that has begun, as the cookie keeps it.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct BegunSignIn {
    handle: String,
    then: String,
}

/// The response of the provider, in the address to which it sends the browser.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Returned {
    code: SecretString,
    state: String,
    iss: Option<String>,
}

fn failed() -> Problem {
    Problem::of(Code::InternalError)
}

async fn begin(visit: &Visit, provider: &str, then: &str) -> Result<HttpResponse, Problem> {
    let state = &visit.page.state;
    match begin_on_page(state, provider).await {
        Ok((authorization_url, handle)) => {
            let then = own_page(then);
            let then = if then.len() <= LONGEST_THEN { then } else { own_page("") };
            let kept = BegunSignIn { handle, then: then.to_owned() };
            let kept = serde_html_form::to_string(&kept).map_err(|_| failed())?;
            let mut response = visit.lead_to(&authorization_url);
            response.add_cookie(&session::attempt(state, &kept)).map_err(|_| failed())?;
            Ok(response)
        }
        Err(problem) if problem.code() == Code::NotFound => Err(problem),
        Err(problem) => Ok(show(visit, (then, "", ""), Some(&problem))),
    }
}

async fn finish(visit: &Visit, provider: &str, returned: Returned, req: &HttpRequest) -> Result<HttpResponse, Problem> {
    let state = &visit.page.state;
    let kept = session::read_attempt(req, state).unwrap_or_default();
    let BegunSignIn { handle, then } = serde_html_form::from_str(&kept).unwrap_or_default();
    let Returned { code, state: returned, iss } = returned;
    let callback = Callback { handle: handle.into(), state: returned, code, issuer: iss };
    let client = (Client::of(req, visit.page.asker()), visit.page.accepted.0);
    let mut response = match sign_in_with(state, provider, &callback, client).await {
        Ok(granted) => enter(visit, &granted, &then),
        Err(problem) => match problem.second_step() {
            Some(challenge) => show(visit, (&then, "", challenge), None),
            None if problem.code() == Code::NotFound => return Err(problem),
            None => show(visit, (&then, "", ""), Some(&problem)),
        },
    };
    // The attempt is used up, also by a callback that fails.
    response.add_cookie(&session::attempt_removal(state)).map_err(|_| failed())?;
    Ok(response)
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/sign-in/openid/{provider}/start",
        web::get().to(async |visit: Visit, provider: web::Path<String>, Parameters(Then { then }): Parameters<Then>| {
            visit.shown(begin(&visit, &provider, &then).await)
        }),
    );
    config.route(
        "/sign-in/openid/{provider}",
        web::get().to(
            async |visit: Visit, provider: web::Path<String>, Parameters(returned): Parameters<Returned>, req: HttpRequest| {
                visit.shown(finish(&visit, &provider, returned, &req).await)
            },
        ),
    );
}
