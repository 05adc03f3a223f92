//! The page that shows a new secret, once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::page::{Frame, text};
use crate::visit::Visit;
use actions::error::Error;
use api::problem::Problem;
use storage::db::Tx;

#[derive(Template)]
#[template(path = "team_secret.html")]
struct SecretPage {
    frame: Frame,
    path: String,
    about: &'static str,
    secret: String,
}

/// Runs the action of a form that creates an object with a secret, and returns the page with the secret. If the form is sent again, it leads to
/// the object, and the secret is not shown again. The action returns the address of the object, and the secret.
///
/// # Errors
/// The error of the action, and `malformed_request` for a form without a name.
pub(super) async fn create_secret(
    visit: &Visit,
    form: &str,
    (title, about): (&str, &'static str),
    create: impl Fn(&mut Tx<'_>) -> Result<(String, String), Error> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (path, secret) = visit.create_secret(form, create).await?;
    Ok(match secret {
        Some(secret) => {
            let frame = visit.frame(text(&visit.page.texts(), title));
            visit.show(StatusCode::OK, &SecretPage { frame, path, about, secret })
        }
        None => visit.lead_to(&format!("{path}?done=shown-before")),
    })
}
