//! What fails for a while, and must not for longer.

use std::sync::{Mutex, mpsc};

use diesel::RunQueryDsl as _;
use serde_json::json;
use sharefloor::storage::db::{Db, Tx};
use sharefloor::storage::error::StorageError;

use crate::books::connect;
use crate::support::server::{Kind, Server, block_on};

#[test]
fn connections_that_the_database_has_cut_are_replaced() {
    let server = Server::start(Kind::Postgres, &[]);
    block_on(async {
        let market = server.market(json!({})).await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        diesel::sql_query(cut).execute(&mut connect(&server)).unwrap();
        for _ in 0..10 {
            market.customer.get("/bookings").await.expect(200);
        }
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
    });
}

/// Writes one row, an organization with this name.
fn found(tx: &mut Tx<'_>, name: &str) -> Result<usize, StorageError> {
    let columns = "id, kind, name, description, website, contact_email, created_at, updated_at";
    let values = format!("'{name}', 'firm', '{name}', '', '', '', 0, 0");
    Ok(diesel::sql_query(format!("INSERT INTO organizations ({columns}) VALUES ({values})")).execute(tx.conn)?)
}

/// SQLite ends a transaction by itself when, say, the disk is full.
#[test]
fn a_transaction_that_sqlite_ends_by_itself_takes_nothing_with_it_that_was_answered() {
    let server = Server::prepare(Kind::Sqlite, &[]);
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    block_on(async {
        let now = server.now();
        let (go, gone) = mpsc::channel();
        let gone = Mutex::new(gone);
        // All of them wait for the first, and would be committed together.
        let (first, second, third, ()) = tokio::join!(
            db.write(now, move |tx| {
                gone.lock().unwrap().recv().unwrap();
                found(tx, "first")
            }),
            db.write(now, |tx| Ok::<_, StorageError>(diesel::sql_query("ROLLBACK").execute(tx.conn)?)),
            db.write(now, |tx| found(tx, "third")),
            async { go.send(()).unwrap() },
        );
        let answered = [("first", first.is_ok()), ("second", second.is_ok()), ("third", third.is_ok())];
        assert!(!answered[1].1, "the write whose transaction went away was answered as done");
        let stored = server.select("SELECT id AS value FROM organizations ORDER BY id");
        for (name, is_done) in [answered[0], answered[2]] {
            assert_eq!(stored.iter().any(|id| id == name), is_done, "{name}");
        }
        db.write(now, |tx| found(tx, "fourth")).await.expect("the writer goes on");
    });
}
