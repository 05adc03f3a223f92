//! Whether the service lives and is ready to serve.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::State;
use actions::error::Error;
use domain::problem::Code;
use domain::said::said;
use storage::{migrations, write_probe};

pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(live).service(ready);
}

/// The response of a service that is healthy.
#[derive(Serialize, ToSchema)]
struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Check that the process is running
///
/// Responds without looking at the database.
#[utoipa::path(operation_id = "get_liveness", tag = "service", security(()),
    responses((status = 200, body = Health, description = "It does.")))]
#[get("/health/live")]
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Check that the service is ready
///
/// The service is ready when its database responds, has the tables that this version of the program needs, and can be written:
/// its disk is not full, for example. The result of a write counts for one second.
#[utoipa::path(operation_id = "get_readiness", tag = "service", security(()),
    responses((status = 200, body = Health, description = "It is.")), extensions(("x-problems" = json!([Code::Unavailable]))))]
#[get("/health/ready")]
async fn ready(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let is_current = state.db.read(state.clock.now(), |tx| Ok::<_, Error>(migrations::is_current(&mut tx.conn)?)).await?;
    if !is_current {
        return Err(Problem::new(Code::Unavailable, said!("The tables of the database are not those of this version.")));
    }
    let mut last_write = state.last_write.lock().await;
    if last_write.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
        *last_write = None;
        let now = state.clock.now();
        if let Err(error) = state.db.write(now, move |tx| Ok::<_, Error>(write_probe::upsert(tx.conn, now)?)).await {
            tracing::error!(%error, "the database cannot be written");
            return Err(Problem::new(Code::Unavailable, said!("The database cannot be written.")));
        }
        *last_write = Some(Instant::now());
    }
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
