//! How SQLite reads for the queries of a service. Nobody gathers statistics for it, so it chooses its plans by the indexes alone: on the small
//! database of a test they are those on a large one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection};
use environment::config::Config;
use secrecy::ExposeSecret as _;

use super::server::Server;

/// The steps that may read all rows of a table or an index, each with a part of the queries that have it.
const MAY_READ_ALL: &[(&str, &str)] = &[
    // Tables of one row, or of a few that never become many.
    ("__diesel_schema_migrations USING COVERING INDEX sqlite_autoindex___diesel_schema_migrations_1", ""),
    ("audit_tree", ""),
    ("ledger_position", ""),
    ("reminder_leads", ""),
    // Indexes of rows that wait for the query.
    ("booking_charges USING INDEX booking_charges_with_deposit", "`bookings`.`ends_at` <= ?"),
    ("deliveries USING INDEX deliveries_pending", "deliveries.state = 'pending'"),
    ("deliveries USING COVERING INDEX deliveries_pending", "deliveries.state = 'pending'"),
    ("mails USING COVERING INDEX mails_due", "COUNT(*)"),
    ("mails USING COVERING INDEX mails_failed", "COUNT(*)"),
    ("organizations USING INDEX organizations_that_remind", ""),
    ("resources USING INDEX resources_out_of_order", ""),
    ("stripe_events USING INDEX stripe_events_by_state", "ORDER BY `stripe_events`.`received_at` LIMIT"),
    ("webhook_delays USING COVERING INDEX sqlite_autoindex_webhook_delays_1", "`facts`.`created_at`"),
    ("webhooks USING INDEX webhooks_due", "ORDER BY `webhooks`.`position` LIMIT"),
    // The first or the last rows, in the order of an index.
    ("audit USING INDEX sqlite_autoindex_audit_1", "LIMIT"),
    ("audit_checkpoints", "ORDER BY `audit_checkpoints`.`size` DESC LIMIT"),
    ("mails USING INDEX sqlite_autoindex_mails_1", "LIMIT"),
    ("organization_events USING COVERING INDEX sqlite_autoindex_organization_events_1", "DESC LIMIT"),
    (
        "organizations USING INDEX sqlite_autoindex_organizations_1",
        "`organizations`.`suspension_reason` FROM `organizations` ORDER",
    ),
    ("users USING INDEX sqlite_autoindex_users_1", "LIMIT"),
    // A search without a place looks at the catalogue, at so many resources as it may.
    ("resources USING INDEX sqlite_autoindex_resources_1", "`sites`.`longitude` FROM"),
    ("resources", "GROUP BY `sites`.`folded_city`"),
    // A start looks once for what an older release has written for searches.
    ("resources USING INDEX sqlite_autoindex_resources_1", "`resources`.`search_version` != ?"),
    ("sites USING INDEX sqlite_autoindex_sites_1", "`sites`.`search_version` != ?"),
    // Operators count what there is.
    ("bookings", "GROUP BY `bookings`.`status`"),
    ("calendar_imports", "`calendar_imports`.`failing_since` IS NOT NULL"),
    ("ledger_sums", "`ledger_sums`.`credits` FROM `ledger_sums`"),
    ("organizations", "COUNT(*)"),
    ("resources", "GROUP BY `resources`.`status`"),
    ("users", "COUNT(*)"),
    ("webhooks", "COUNT(*)"),
];

/// The queries that were asked so far, by the file of the database.
static ASKED: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

fn asked() -> MutexGuard<'static, BTreeMap<String, BTreeSet<String>>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn path(config: &Config) -> Option<String> {
    config.database.url.expose_secret().strip_prefix("sqlite://").map(str::to_owned)
}

/// Notes the queries of a connection, if those of its database are.
struct Note {
    path: Option<String>,
}

impl Instrumentation for Note {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                self.path = asked().keys().find(|path| url.ends_with(*path)).cloned();
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let Some(path) = &self.path else { return };
                let text = query.to_string();
                let (query, _) = text.split_once(" -- binds").unwrap_or((&text, ""));
                if let Some(queries) = asked().get_mut(path) {
                    queries.insert(query.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Configures a service whose queries are noted on SQLite.
pub(crate) fn noted(config: &mut Config) {
    let Some(path) = path(config) else { return };
    asked().insert(path, BTreeSet::new());
    set_default_instrumentation(|| Some(Box::new(Note { path: None }))).expect("nothing else is done with queries");
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

impl Step {
    /// The table or index that this step of a plan reads as a whole, if this query may not do so.
    fn reads_all(&self, query: &str) -> Option<&str> {
        let all = self.detail.strip_prefix("SCAN ")?;
        // The others are the values of the query, and the index of words, which is asked for a word.
        let is_stored = !all.contains("CONSTANT ROW") && !all.contains("VIRTUAL TABLE");
        let may = MAY_READ_ALL.iter().any(|(may, part)| all == *may && query.contains(part));
        (is_stored && !may).then_some(all)
    }
}

/// Fails if a noted query has read a whole table. Such a query is quick in a test, and slow where the table is large.
pub(crate) fn assert_none_reads_all(server: &Server) {
    let Some(path) = path(&server.config) else { return };
    let queries = asked().remove(&path).expect("they were noted");
    let mut connection = SqliteConnection::establish(&path).expect("the database answers");
    // Those of the service quote names, and a list that asks for nothing has a condition that is never true.
    let has_plan = |query: &&String| query.contains('`') && !query.contains("(1=0)") && !query.starts_with("INSERT");
    let mut found = Vec::new();
    for query in queries.iter().filter(has_plan) {
        let plan =
            diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).load::<Step>(&mut connection).expect("it was a query");
        found.extend(plan.iter().filter_map(|step| step.reads_all(query)).map(|all| format!("{all}: {query}")));
    }
    assert!(found.is_empty(), "these queries read all of\n{}", found.join("\n"));
}
