//! `/metrics`: figures about the service, for Prometheus. Bookings and refused bookings are among them, as responses of
//! `POST /api/v1/bookings` and as problems by their code.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::{HttpResponse, get, web};
use chrono::TimeDelta;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::database_metrics::DatabaseMetrics;
use super::problem::Problem;
use super::state::{JobFigures, State};
use actions::error::Error;
use domain::problem::Code;
use storage::db::Db;
use storage::queue_lengths;

/// The figures of one server.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RequestLabels, Histogram>,
    problems: Family<ProblemLabels, Counter>,
    pending_facts: Gauge,
    unreadable_facts: Gauge,
    oldest_fact_age: Gauge<f64, AtomicU64>,
    queued_mails: Gauge,
    failed_mails: Gauge,
    waiting_webhooks: Gauge,
    failing_webhooks: Gauge,
    disabled_webhooks: Gauge,
    oldest_unsent_age: Gauge<f64, AtomicU64>,
    failing_imports: Gauge,
    oldest_import_failure_age: Gauge<f64, AtomicU64>,
    event_streams: Gauge,
    memory: Gauge,
    job_lag: Family<JobLabels, Gauge<f64, AtomicU64>>,
    job_last_success: Family<JobLabels, Gauge<f64, AtomicU64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    /// The pattern of the path: the paths themselves are too many.
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProblemLabels {
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    job: &'static str,
}

/// In seconds: from a read in memory to a request that runs out of time.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Metrics {
    pub(super) fn new(db: Db) -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            problems: Family::default(),
            pending_facts: Gauge::default(),
            unreadable_facts: Gauge::default(),
            oldest_fact_age: Gauge::default(),
            queued_mails: Gauge::default(),
            failed_mails: Gauge::default(),
            waiting_webhooks: Gauge::default(),
            failing_webhooks: Gauge::default(),
            disabled_webhooks: Gauge::default(),
            oldest_unsent_age: Gauge::default(),
            failing_imports: Gauge::default(),
            oldest_import_failure_age: Gauge::default(),
            event_streams: Gauge::default(),
            memory: Gauge::default(),
            job_lag: Family::default(),
            job_last_success: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("http_requests", "Requests by route and status of the response", metrics.requests.clone());
        let help = "The time from a request to its response";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, metrics.seconds.clone());
        registry.register("http_problems", "Problem documents in responses, by code", metrics.problems.clone());
        registry.register("outbox_pending", "Facts that a subscriber has not received yet", metrics.pending_facts.clone());
        let help = "Facts that this server cannot read; they wait for a newer one";
        registry.register("outbox_unreadable", help, metrics.unreadable_facts.clone());
        let help = "The age of the oldest fact that a subscriber has not received yet; 0 if there is none";
        registry.register_with_unit("outbox_oldest_pending_age", help, Unit::Seconds, metrics.oldest_fact_age.clone());
        registry.register("mails_queued", "Mails to be sent or tried again", metrics.queued_mails.clone());
        registry.register("mails_failed", "Mails that are not tried again", metrics.failed_mails.clone());
        registry.register("webhooks_waiting", "Webhooks to which events are to be sent", metrics.waiting_webhooks.clone());
        registry.register("webhooks_failing", "Webhooks with an event that has failed", metrics.failing_webhooks.clone());
        registry.register("webhooks_disabled", "Webhooks that the service has disabled", metrics.disabled_webhooks.clone());
        let help = "The age of the oldest event that a webhook has not got; 0 if there is none";
        registry.register_with_unit("webhooks_oldest_unsent_age", help, Unit::Seconds, metrics.oldest_unsent_age.clone());
        let help = "Calendar imports whose last attempt has failed";
        registry.register("calendar_imports_failing", help, metrics.failing_imports.clone());
        let help = "For how long the calendar import that has failed for the longest time fails; 0 if none does";
        registry.register_with_unit(
            "calendar_imports_oldest_failure_age",
            help,
            Unit::Seconds,
            metrics.oldest_import_failure_age.clone(),
        );
        registry.register("event_streams", "Open event streams of this server", metrics.event_streams.clone());
        registry.register_with_unit("process_resident_memory", "Memory in use", Unit::Bytes, metrics.memory.clone());
        let help = "How much later each job of this server is than it should be";
        registry.register_with_unit("job_lag", help, Unit::Seconds, metrics.job_lag.clone());
        let help = "The time of the last success of each job since this server started, in seconds since 1970";
        registry.register_with_unit("job_last_success_timestamp", help, Unit::Seconds, metrics.job_last_success.clone());
        registry.register_collector(Box::new(DatabaseMetrics(db)));
        registry.register("sharefloor_build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        metrics
    }

    /// Counts a response.
    pub(super) fn count(&self, method: &Method, route: Option<String>, status: u16, took: Duration, problem: Option<Code>) {
        let labels = RequestLabels { method: known(method), route: route.unwrap_or_else(|| "none".to_owned()), status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
        if let Some(code) = problem {
            self.problems.get_or_create(&ProblemLabels { code: code.as_str() }).inc();
        }
    }
}

/// The method of a request, or `other`: a caller can invent methods.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| method == *known).unwrap_or("other")
}

pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_metrics);
}

/// Get figures about the service
///
/// For Prometheus, in the text format of OpenMetrics: requests and their duration by route, problems by code, what waits
/// in the outbox, memory. Meant for the operator's network: a proxy in front should not let the public see it.
#[utoipa::path(operation_id = "get_metrics", tag = "service", security(()), responses((status = 200, description = "The figures.",
    content_type = "application/openmetrics-text", body = String)), extensions(("x-problems" = json!([Code::InternalError]))))]
#[get("/metrics")]
async fn get_metrics(metrics: web::Data<Metrics>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    // Without the database the other figures are still reported; these keep their last values.
    let now = state.clock.now();
    if let Ok(lengths) = state.db.read(now, |tx| Ok::<_, Error>(queue_lengths::get(&mut tx.conn)?)).await {
        metrics.pending_facts.set(lengths.pending_facts);
        metrics.unreadable_facts.set(lengths.unreadable_facts);
        let age = lengths.oldest_pending_at.map_or(TimeDelta::zero(), |oldest| now - oldest);
        metrics.oldest_fact_age.set(age.as_seconds_f64());
        metrics.queued_mails.set(lengths.queued_mails);
        metrics.failed_mails.set(lengths.failed_mails);
        metrics.waiting_webhooks.set(lengths.waiting_webhooks);
        metrics.failing_webhooks.set(lengths.failing_webhooks);
        metrics.disabled_webhooks.set(lengths.disabled_webhooks);
        let age = lengths.oldest_unsent_at.map_or(TimeDelta::zero(), |oldest| now - oldest);
        metrics.oldest_unsent_age.set(age.as_seconds_f64());
        metrics.failing_imports.set(lengths.failing_imports);
        let age = lengths.imports_failing_since.map_or(TimeDelta::zero(), |since| now - since);
        metrics.oldest_import_failure_age.set(age.as_seconds_f64());
    }
    metrics.event_streams.set(i64::try_from(state.streams.count()).unwrap_or(i64::MAX));
    for JobFigures { job, last_success, lag } in (state.report_jobs)(now) {
        let labels = JobLabels { job };
        metrics.job_lag.get_or_create(&labels).set(lag.as_seconds_f64());
        if let Some(at) = last_success {
            metrics.job_last_success.get_or_create(&labels).set(at.micros() as f64 / 1e6);
        }
    }
    if let Some(bytes) = resident_memory() {
        metrics.memory.set(bytes);
    }
    let mut body = String::new();
    text::encode(&mut body, &metrics.registry).map_err(|_| Problem::of(Code::InternalError))?;
    Ok(HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(body))
}

/// Returns the memory in use in bytes, on Linux.
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
