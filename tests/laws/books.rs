//! The rows that law 1 is about, read as they are and judged the naive way: instant by instant.

use std::collections::{BTreeMap, BTreeSet};

use actions::ledger::{Step, verify};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::time::UtcTime;
use secrecy::ExposeSecret as _;
use storage::connection::EitherConn;
use storage::db::Db;

use crate::support::server::Server;

/// A quantity of a resource, taken for a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub(crate) struct Claim {
    #[diesel(sql_type = Text)]
    pub(crate) id: String,
    #[diesel(sql_type = Text)]
    pub(crate) claimed_by: String,
    #[diesel(sql_type = Text)]
    pub(crate) resource_id: String,
    /// In microseconds since 1970.
    #[diesel(sql_type = BigInt)]
    pub(crate) starts_at: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) ends_at: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) quantity: i64,
    /// From then on nobody need respect it.
    #[diesel(sql_type = Nullable<BigInt>)]
    lapses_at: Option<i64>,
}

#[derive(Debug, QueryableByName)]
struct Resource {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    capacity: i64,
    #[diesel(sql_type = BigInt)]
    longest_allocation_minutes: i64,
}

#[derive(Debug, QueryableByName)]
struct Exclusion {
    #[diesel(sql_type = Text)]
    resource_id: String,
    #[diesel(sql_type = Text)]
    other_id: String,
}

/// All that takes capacity, or should.
pub(crate) struct Books {
    resources: BTreeMap<String, Resource>,
    /// The pairs that may not be taken at once.
    exclusions: Vec<Exclusion>,
    /// The live bookings, and the blocks that are not over.
    pub(crate) claims: BTreeSet<Claim>,
    pub(crate) allocations: BTreeSet<Claim>,
}

/// Fails where the ledger says something else than the bookings, the payments and the stored sums.
pub(crate) async fn assert_ledger_agrees(db: &Db, now: UtcTime) {
    let mut next = Some(Step::FIRST);
    while let Some(step) = next {
        let (differ, following) = db.read(now, move |tx| verify(tx, step)).await.unwrap();
        assert!(differ.is_empty(), "{differ:#?}");
        next = following;
    }
}

/// A connection of one's own to the database of a server, with nothing of the service between.
pub(crate) fn connect(server: &Server) -> EitherConn {
    let url = server.config.database.url.expose_secret();
    match url.strip_prefix("sqlite://") {
        None => EitherConn::Pg(PgConnection::establish(url).unwrap()),
        Some(path) => {
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON").unwrap();
            EitherConn::Sqlite(conn)
        }
    }
}

impl Books {
    pub(crate) fn read(conn: &mut EitherConn) -> Self {
        let micros = |column: &str| match conn {
            EitherConn::Sqlite(_) => format!("{column} AS "),
            EitherConn::Pg(_) => format!("(extract(epoch FROM {column}) * 1000000)::BIGINT AS "),
        };
        let times = |start: &str, end: &str| format!("{}starts_at, {}ends_at", micros(start), micros(end));
        let (span, claim) = (times("starts_at", "ends_at"), times("claim_starts_at", "claim_ends_at"));
        let quantity = "CAST(quantity AS BIGINT) AS quantity";
        let lapsing = format!("{}lapses_at", micros("lapses_at"));
        let claims = format!(
            "WITH own AS (\
                 SELECT id, 'booking' AS claimed_by, resource_id, {claim}, {quantity}, {lapsing} \
                 FROM bookings WHERE status NOT IN ('completed', 'no_show', 'cancelled', 'declined', 'expired') \
                 UNION ALL SELECT id, 'block' AS claimed_by, resource_id, {span}, {quantity}, CAST(NULL AS BIGINT) AS lapses_at \
                 FROM blocks WHERE NOT is_over\
             ) \
             SELECT * FROM own \
             UNION ALL \
             SELECT id, claimed_by, other_id AS resource_id, starts_at, ends_at, own.quantity * link.quantity AS quantity, lapses_at \
             FROM own JOIN resource_links AS link ON link.resource_id = own.resource_id AND link.kind = 'takes'"
        );
        let allocations = format!("SELECT id, claimed_by, resource_id, {span}, {quantity}, {lapsing} FROM allocations");
        let resources = "SELECT id, CAST(capacity AS BIGINT) AS capacity, longest_allocation_minutes FROM resources";
        let resources: Vec<Resource> = diesel::sql_query(resources).load(conn).unwrap();
        let exclusions = "SELECT resource_id, other_id FROM resource_links WHERE kind = 'excludes'";
        Self {
            exclusions: diesel::sql_query(exclusions).load(conn).unwrap(),
            resources: resources.into_iter().map(|resource| (resource.id.clone(), resource)).collect(),
            claims: diesel::sql_query(claims).load(conn).unwrap().into_iter().collect(),
            allocations: diesel::sql_query(allocations).load(conn).unwrap().into_iter().collect(),
        }
    }

    /// Fails where a resource is overbooked, or taken together with one that it excludes, or a claim has not the allocation that it must have.
    #[track_caller]
    pub(crate) fn assert_lawful(&self) {
        let without: Vec<_> = self.claims.difference(&self.allocations).collect();
        assert!(without.is_empty(), "claims without their allocation: {without:#?}");
        for allocation in &self.allocations {
            let resource = &self.resources[&allocation.resource_id];
            let load = self.load(&resource.id, allocation.starts_at);
            assert!(load <= resource.capacity, "{load} of {} are taken when this starts: {allocation:#?}", resource.capacity);
            let bound = resource.longest_allocation_minutes.saturating_mul(60_000_000);
            assert!(allocation.ends_at - allocation.starts_at <= bound, "longer than {bound}: {allocation:#?}");
        }
        for Exclusion { resource_id, other_id } in &self.exclusions {
            let of = |resource: &String| {
                self.allocations.iter().filter(move |taken| taken.resource_id == *resource).collect::<Vec<_>>()
            };
            let (ours, theirs) = (of(resource_id), of(other_id));
            for (ours, theirs) in ours.iter().flat_map(|ours| theirs.iter().map(move |theirs| (ours, theirs))) {
                let is_apart = ours.ends_at <= theirs.starts_at || theirs.ends_at <= ours.starts_at;
                let is_one = (&ours.id, &ours.claimed_by) == (&theirs.id, &theirs.claimed_by)
                    && [ours, theirs].iter().all(|taken| self.claims.contains(*taken));
                assert!(is_one || is_apart, "exclude each other: {ours:#?} {theirs:#?}");
            }
        }
    }

    /// Fails where anything takes capacity, or does not, other than it should.
    #[track_caller]
    pub(crate) fn assert_exact(&self) {
        self.assert_lawful();
        assert_eq!(self.allocations, self.claims);
    }

    /// How much of a resource is taken at an instant. The load is highest where an allocation starts.
    fn load(&self, resource: &str, at: i64) -> i64 {
        let covering = |taken: &&Claim| taken.resource_id == resource && taken.starts_at <= at && at < taken.ends_at;
        self.allocations.iter().filter(covering).map(|taken| taken.quantity).sum()
    }

    /// How much of a resource is free throughout a span.
    pub(crate) fn free(&self, resource: &str, starts_at: i64, ends_at: i64) -> i64 {
        let inside = self.allocations.iter().filter(|taken| taken.resource_id == resource).map(|taken| taken.starts_at);
        let instants = inside.filter(|at| (starts_at..ends_at).contains(at)).chain([starts_at]);
        self.resources[resource].capacity - instants.map(|at| self.load(resource, at)).max().unwrap()
    }
}
