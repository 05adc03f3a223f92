//! The balances of a host with a million rows in its ledger, and the rows and the statement of one month.

use std::time::Duration;

use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::{Identifier as _, LedgerRowId, OrganizationId, PaymentId};
use domain::time::UtcTime;
use environment::clock::Clock;
use storage::connection::Conn;
use storage::db::Db;

use crate::finding::ask;
use crate::world::{self, Person, Place, Service};

const CUSTOMERS: usize = 100;
const ROWS: usize = 1_000_000;
/// The rows are spread over so many days.
const DAYS: usize = 365;

/// A host with its customers and its ledger, and one of the customers. The sums of all rows but the newest are stored.
async fn settle(db: &Db) -> (Person, OrganizationId) {
    let now = Clock::System.now();
    let (host, customers) = db
        .write(now, |tx| {
            let host = world::person(tx)?;
            let customers: Result<Vec<_>, Error> = (0..CUSTOMERS).map(|_| Ok(world::person(tx)?.organization)).collect();
            Ok::<_, Error>((host, customers?))
        })
        .await
        .unwrap();
    let customer = customers[0];
    db.write(now, move |tx| {
        store_rows(tx.conn, host, &customers, now);
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let settled = now - TimeDelta::hours(1);
    while db.write(now, move |tx| Ok::<_, Error>(storage::ledger::add_to_sums(tx.conn, settled, 50_000)?)).await.unwrap() > 0 {}
    (host, customer)
}

fn store_rows(conn: &mut Conn, host: Person, customers: &[OrganizationId], now: UtcTime) {
    use diesel::connection::SimpleConnection as _;
    let is_sqlite = conn.is_sqlite();
    let at = |time: UtcTime| match is_sqlite {
        true => time.micros().to_string(),
        false => format!("'{}'", time.to_chrono().naive_utc()),
    };
    let (organization, user) = (host.organization, host.caller.user_id);
    let payments: Vec<PaymentId> = customers.iter().map(|_| PaymentId::new(now.millis(), rand::random())).collect();
    for (customer, payment) in customers.iter().zip(&payments) {
        conn.batch_execute(&format!(
            "INSERT INTO payments (id, organization_id, customer_id, is_refund, amount, currency, method, paid_on, reference, \
             recorded_by, created_at) VALUES ('{payment}', '{organization}', '{customer}', FALSE, 1, 'GBP', 'cash', '2026-12-01', \
             '', '{user}', {})",
            at(now)
        ))
        .unwrap();
    }
    let start = now - TimeDelta::days(i64::try_from(DAYS).unwrap());
    let step = TimeDelta::milliseconds(i64::try_from(DAYS * 86_400_000 / ROWS).unwrap());
    for first in (0..ROWS).step_by(1000) {
        let rows = (first..first + 1000).map(|row| {
            let created_at = start + step * i32::try_from(row).unwrap();
            let id = LedgerRowId::new(created_at.millis(), rand::random());
            let (customer, payment) = (customers[row % CUSTOMERS], payments[row % CUSTOMERS]);
            format!(
                "('{id}', '{id}', '{organization}', '{customer}', '{payment}', 'receivable', 'income', {}, 'GBP', 'price', {})",
                1 + row,
                at(created_at)
            )
        });
        let columns =
            "id, entry_id, organization_id, customer_id, payment_id, debit, credit, amount, currency, purpose, created_at";
        let values = rows.collect::<Vec<_>>().join(", ");
        conn.batch_execute(&format!("INSERT INTO ledger_rows ({columns}) VALUES {values}")).unwrap();
    }
    conn.batch_execute("ANALYZE").unwrap();
}

pub(crate) async fn measure(place: fn() -> Place, length: Duration) {
    let place = place();
    let (host, customer) = settle(&place.open()).await;
    let service = Service::start(&place);
    let token = host.token();
    let month = Clock::System.now() - TimeDelta::days(60);
    let organization = format!("/api/v1/organizations/{}", host.organization);
    let rows = format!("{organization}/ledger?limit=200&from={month}&to={}", month + TimeDelta::days(30));
    let date = |at: UtcTime| at.to_chrono().date_naive();
    let statement =
        |from: UtcTime| format!("{organization}/statement?from={}&to={}", date(from), date(from + TimeDelta::days(30)));
    for (name, path) in [
        ("the balance of a customer", format!("{organization}/balances?customer_organization_id={customer}")),
        ("50 balances", format!("{organization}/balances")),
        ("200 rows of a month", rows),
        ("the statement of the last month", statement(Clock::System.now() - TimeDelta::days(30))),
        ("the statement of a month a year ago", statement(Clock::System.now() - TimeDelta::days(365))),
    ] {
        let (measured, cpu) = ask(&place, &service, Some(&token), path, length).await;
        println!(
            "{name} of a host with {ROWS} rows, {}: median {:.2?}, p99 {:.2?}, CPU {cpu:.3} ms",
            place.name(),
            measured.percentile(0.5),
            measured.percentile(0.99),
        );
    }
}
