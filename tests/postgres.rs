//! The PostgreSQL that the tests run on.

#![allow(clippy::unwrap_used, reason = "what fails here must stop the test")]

mod support;

use diesel::{Connection as _, PgConnection, QueryResult, RunQueryDsl as _};
use support::postgres::{Database, FAST, Server, fresh_database};

fn create_table(database: &Database) -> QueryResult<usize> {
    let mut connection = PgConnection::establish(&database.url).unwrap();
    diesel::sql_query("CREATE TABLE left_over (id INTEGER)").execute(&mut connection)
}

#[test]
fn nothing_is_left_of_a_database_in_the_next() {
    let first = fresh_database();
    assert_eq!(create_table(&first), Ok(0));
    let beside = fresh_database();
    assert_eq!(create_table(&beside), Ok(0));
    drop(first);
    assert_eq!(create_table(&fresh_database()), Ok(0));
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
