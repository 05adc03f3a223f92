//! The databases that the tests run on, and the migrations that make them.

use std::fs;

use crate::support::postgres::{Database, FAST, Server, fresh_database};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection};
use storage::db::Db;

/// Fails where the tables are missing, or hold this already.
fn insert(database: &Database) -> QueryResult<usize> {
    let organization = "INSERT INTO organizations (id, kind, name, description, website, contact_email, created_at, updated_at) \
                        VALUES ('1', 'firm', '', '', '', '', now(), now())";
    diesel::sql_query(organization).execute(&mut PgConnection::establish(&database.url).unwrap())
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
    assert!(fs::exists(directory).unwrap());
    drop(server);
    assert!(!fs::exists(directory).unwrap());
    assert!(PgConnection::establish(&database.url).is_err());
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Runs the `down.sql` of every migration, the newest first.
fn undo_migrations(connection: &mut impl SimpleConnection, database: &str) {
    let folders = fs::read_dir(format!("migrations/{database}")).unwrap();
    let mut downs: Vec<_> = folders.map(|folder| folder.unwrap().path().join("down.sql")).collect();
    downs.sort();
    for down in downs.iter().rev() {
        connection.batch_execute(&fs::read_to_string(down).unwrap()).unwrap();
    }
}

/// What is left when everything was undone: diesel's own list of what ran.
fn list_of_migrations() -> Vec<Name> {
    vec![Name { name: "__diesel_schema_migrations".to_owned() }]
}

#[test]
fn migrations_undo_all_that_they_did_on_postgres() {
    let database = fresh_database();
    let mut connection = PgConnection::establish(&database.url).unwrap();
    undo_migrations(&mut connection, "postgres");
    let left = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i' \
                UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
    assert_eq!(diesel::sql_query(left).load::<Name>(&mut connection).unwrap(), list_of_migrations());
}

#[test]
fn migrations_undo_all_that_they_did_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sharefloor.db").to_str().unwrap().to_owned();
    Db::migrate(&format!("sqlite://{file}").parse().unwrap()).unwrap();
    let mut connection = SqliteConnection::establish(&file).unwrap();
    undo_migrations(&mut connection, "sqlite");
    let left = "SELECT name FROM sqlite_schema WHERE type <> 'index'";
    assert_eq!(diesel::sql_query(left).load::<Name>(&mut connection).unwrap(), list_of_migrations());
}
