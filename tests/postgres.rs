//! The PostgreSQL that the tests run on.

#![allow(clippy::unwrap_used, reason = "what fails here must stop the test")]

mod support;

use diesel::{Connection as _, PgConnection, QueryResult, RunQueryDsl as _};
use support::postgres::{Database, FAST, Server, fresh_database};

/// Fails where the tables are missing, or hold this already.
fn insert(database: &Database) -> QueryResult<usize> {
    diesel::sql_query("INSERT INTO organizations VALUES ('1', 'firm', '', '', '', '', NULL, 1, now(), now())")
        .execute(&mut PgConnection::establish(&database.url).unwrap())
}

#[test]
fn every_database_is_migrated_and_empty() {
    let first = fresh_database();
    let beside = fresh_database();
    assert_eq!((insert(&first), insert(&beside)), (Ok(1), Ok(1)));
    drop(first);
    assert_eq!(insert(&fresh_database()), Ok(1));
}

#[test]
fn a_database_goes_with_its_owner_even_while_it_is_used() {
    let database = fresh_database();
    let url = database.url.clone();
    let mut connection = PgConnection::establish(&url).unwrap();
    drop(database);
    assert!(diesel::sql_query("SELECT 1").execute(&mut connection).is_err());
    assert!(PgConnection::establish(&url).is_err());
}

#[test]
fn a_server_leaves_nothing_behind() {
    let server = Server::start(FAST);
    let database = server.fresh_database();
    let (_, directory) = database.url.rsplit_once("host=").unwrap();
    assert!(std::fs::exists(directory).unwrap());
    drop(server);
    assert!(!std::fs::exists(directory).unwrap());
    assert!(PgConnection::establish(&database.url).is_err());
}
