//! What a read sees, and that it cannot write.

use std::sync::{Mutex, mpsc};

use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, RunQueryDsl as _};
use storage::connection::Conn;
use storage::db::Db;
use storage::error::StorageError;

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
}
