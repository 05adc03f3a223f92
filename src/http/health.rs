//! Whether the service lives and is ready to serve.

use actix_web::{HttpResponse, web};

use super::problem::Problem;
use super::state::State;
use crate::actions::error::Error;
use crate::domain::problem::Code;
use crate::storage::migrations;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/health/live", web::get().to(live)).route("/health/ready", web::get().to(ready));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// Ready is a service whose database answers and has the tables that the program was built for.
async fn ready(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let is_current = state.db.read(state.clock.now(), |tx| Ok::<_, Error>(migrations::is_current(tx.conn)?)).await?;
    if is_current {
        Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ok", "database": "ok", "migrations": "ok" })))
    } else {
        Err(Problem::new(Code::Unavailable, "The tables of the database are not those of this version."))
    }
}
