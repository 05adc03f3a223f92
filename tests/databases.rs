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

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct RealColumn {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    is_nullable: String,
}

/// Columns for full-text searches, which each database has in its own way.
const FOR_SEARCHES: &[(&str, &str)] = &[("resources", "number"), ("resources", "search_words")];

/// The types that a column may have in a database for diesel to read and write it.
fn types_of(kind: &str, is_postgres: bool) -> &'static [&'static str] {
    match (kind, is_postgres) {
        ("Text", true) => &["text"],
        ("Integer", true) => &["integer"],
        ("BigInt", true) => &["bigint"],
        ("Bool", true) => &["boolean"],
        ("Double", true) => &["double precision"],
        ("Binary", true) => &["bytea"],
        ("Instant", true) => &["timestamp without time zone"],
        ("Text", false) => &["TEXT"],
        ("Integer", false) => &["INTEGER"],
        ("BigInt", false) => &["BIGINT", "INTEGER"],
        ("Bool", false) => &["BOOLEAN", "INTEGER"],
        ("Double", false) => &["DOUBLE PRECISION"],
        ("Binary", false) => &["BLOB"],
        ("Instant", false) => &["TIMESTAMP", "INTEGER"],
        _ => panic!("no type of a database is known for {kind}"),
    }
}

/// Every difference between the tables of a database and those of `schema.rs`.
fn differences(mut real: Vec<RealColumn>, is_postgres: bool) -> Vec<String> {
    let mut found = Vec::new();
    real.retain(|column| !FOR_SEARCHES.contains(&(column.table_name.as_str(), column.column_name.as_str())));
    for (table, columns) in storage::TABLES.into_iter().flatten() {
        for (name, kind) in *columns {
            let at = real.iter().position(|column| (column.table_name.as_str(), column.column_name.as_str()) == (*table, *name));
            let Some(column) = at.map(|at| real.swap_remove(at)) else {
                found.push(format!("{table}.{name} is missing in the database"));
                continue;
            };
            let compact = kind.replace(' ', "");
            let inner = compact.strip_prefix("Nullable<").and_then(|inner| inner.strip_suffix('>'));
            if inner.is_some() != (column.is_nullable == "YES") {
                found.push(format!("{table}.{name} is {kind}, but in the database nullable: {}", column.is_nullable));
            }
            if !types_of(inner.unwrap_or(&compact), is_postgres).contains(&column.kind.as_str()) {
                found.push(format!("{table}.{name} is {kind}, but in the database {}", column.kind));
            }
        }
    }
    found.extend(real.iter().map(|column| format!("{}.{} is missing in schema.rs", column.table_name, column.column_name)));
    found
}

#[test]
fn the_schema_of_the_queries_is_that_of_postgres() {
    let database = fresh_database();
    let columns = "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable::text \
                   FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
                   WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '__diesel_schema_migrations'";
    let real = diesel::sql_query(columns).load(&mut PgConnection::establish(&database.url).unwrap()).unwrap();
    assert_eq!(differences(real, true), Vec::<String>::new());
}

#[test]
fn the_schema_of_the_queries_is_that_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sharefloor.db").to_str().unwrap().to_owned();
    Db::migrate(&format!("sqlite://{file}").parse().unwrap()).unwrap();
    let columns = "SELECT tables.name AS table_name, columns.name AS column_name, columns.type AS kind, \
                          iif(columns.\"notnull\" OR columns.pk, 'NO', 'YES') AS is_nullable \
                   FROM sqlite_schema AS tables JOIN pragma_table_xinfo(tables.name) AS columns \
                   WHERE tables.type = 'table' AND tables.name NOT LIKE 'resource_words%' \
                     AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> '__diesel_schema_migrations'";
    let real = diesel::sql_query(columns).load(&mut SqliteConnection::establish(&file).unwrap()).unwrap();
    assert_eq!(differences(real, false), Vec::<String>::new());
}
