//! Whether the service lives and is ready to serve.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::State;
use actions::error::Error;
use domain::problem::Code;
use storage::migrations;

pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(live).service(ready);
}

/// The response of a service that is healthy.
#[derive(Serialize, ToSchema)]
struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Tell whether the service lives
#[utoipa::path(operation_id = "get_liveness", tag = "service", security(()),
    responses((status = 200, body = Health, description = "It does.")))]
#[get("/health/live")]
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Check that the service is ready
///
/// The service is ready when its database responds and has the tables that this version of the program needs.
#[utoipa::path(operation_id = "get_readiness", tag = "service", security(()),
    responses((status = 200, body = Health, description = "It is.")), extensions(("x-problems" = json!([Code::Unavailable]))))]
#[get("/health/ready")]
async fn ready(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let is_current = state.db.read(state.clock.now(), |tx| Ok::<_, Error>(migrations::is_current(&mut tx.conn)?)).await?;
    if is_current {
        Ok(HttpResponse::Ok().json(Health { status: "ok" }))
    } else {
        Err(Problem::new(Code::Unavailable, "The tables of the database are not those of this version."))
    }
}
