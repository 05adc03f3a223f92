//! A read sees one snapshot of the database and cannot write. A write changes claims only of resources that it has locked.

use std::sync::{Mutex, mpsc};

use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, RunQueryDsl as _};
use domain::ids::{BlockId, ResourceId};
use domain::time::UtcTime;
use serde_json::json;
use storage::connection::Conn;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::{blocks, resource_locks};

use crate::support::server::{Server, on_both_databases};

fn open(server: &Server) -> Db {
    Db::open(&server.config.database_options().unwrap()).unwrap()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn names(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let rows: Vec<Row> = diesel::sql_query("SELECT name AS value FROM users ORDER BY name").load(conn)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Deletes a block in a transaction that has locked this resource.
async fn delete(db: &Db, now: UtcTime, locked: ResourceId, (resource, block): (ResourceId, BlockId)) -> Result<(), StorageError> {
    let delete = move |tx: &mut Tx<'_>| {
        let locked = resource_locks::lock(tx.conn, &[locked], tx.now)?;
        let block = blocks::get(tx.conn, resource, block)?;
        blocks::delete(tx.conn, &locked, &block)
    };
    db.write(now, delete).await
}

on_both_databases! {
    async fn all_queries_of_a_read_see_the_same_moment(server) {
        server.user("Ada").await;
        let db = open(server);
        let ((begun, has_begun), (changed, has_changed)) = (tokio::sync::oneshot::channel(), mpsc::channel());
        let has_changed = Mutex::new(has_changed);
        let read = db.read(server.now(), move |tx| {
            let before = names(&mut tx.conn)?;
            begun.send(()).unwrap();
            has_changed.lock().unwrap().recv().unwrap();
            Ok::<_, StorageError>((before, names(&mut tx.conn)?))
        });
        let change = async {
            has_begun.await.unwrap();
            server.user("Bob").await;
            changed.send(()).unwrap();
        };
        let (seen, ()) = tokio::join!(read, change);
        assert_eq!(seen.unwrap(), (vec!["Ada".to_owned()], vec!["Ada".to_owned()]));
        let after = db.read(server.now(), |tx| Ok::<_, StorageError>(names(&mut tx.conn)?)).await;
        assert_eq!(after.unwrap(), ["Ada", "Bob"]);
    }

    async fn a_read_cannot_write(server) {
        server.user("Ada").await;
        let db = open(server);
        for sql in ["UPDATE users SET name = 'Eve'", "DELETE FROM users", "CREATE TABLE mine (id TEXT)"] {
            let write = db.read(server.now(), move |tx| Ok::<_, StorageError>(diesel::sql_query(sql).execute(&mut tx.conn)?)).await;
            assert!(write.is_err(), "{sql}: {write:?}");
        }
        let after = db.read(server.now(), |tx| Ok::<_, StorageError>(names(&mut tx.conn)?)).await;
        assert_eq!(after.unwrap(), ["Ada"]);
    }

    async fn a_write_changes_no_claim_of_a_resource_that_it_has_not_locked(server) {
        let market = server.market(json!({})).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await.parse::<ResourceId>().unwrap();
        let resource = market.resource.parse::<ResourceId>().unwrap();
        let block = json!({ "starts_at": "2027-01-04T10:00:00Z", "ends_at": "2027-01-04T11:00:00Z" });
        let block = market.host.post(&format!("/resources/{resource}/blocks"), block).await.expect(201).id();
        let block = block.parse::<BlockId>().unwrap();
        let db = open(server);
        let refused = delete(&db, server.now(), other, (resource, block)).await.unwrap_err();
        assert!(matches!(refused, StorageError::NotLocked(id) if id == resource), "{refused:?}");
        delete(&db, server.now(), resource, (resource, block)).await.unwrap();
    }
}

#[test]
fn a_connection_to_sqlite_has_the_settings_that_it_asks_for() {
    crate::support::server::block_on(async {
        let server = Server::start(crate::support::server::Kind::Sqlite, &[]);
        // SQLite ignores a value that it does not know.
        let settings = |conn: &mut Conn| {
            let sql = "SELECT temp_store || ' ' || foreign_keys || ' ' || journal_mode || ' ' || timeout AS value \
                       FROM pragma_temp_store, pragma_foreign_keys, pragma_journal_mode, pragma_busy_timeout";
            Ok::<_, StorageError>(diesel::sql_query(sql).get_result::<Row>(conn)?.value)
        };
        let found = open(&server).read(server.now(), move |tx| settings(&mut tx.conn)).await.unwrap();
        assert_eq!(found, "2 1 wal 10000");
    });
}
