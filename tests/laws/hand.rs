//! Somebody who types SQL.

use diesel::RunQueryDsl as _;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::json;
use storage::connection::EitherConn;

use super::books::{Books, connect};
use crate::support::people::Market;
use crate::support::server::Server;

/// Somebody with a connection to the database, and a host with a resource of capacity 3 and one of capacity 1.
pub(crate) struct Hand {
    pub(crate) conn: EitherConn,
    pub(crate) market: Market,
    /// The resource of capacity 3.
    pub(crate) big: String,
    /// The resource of capacity 1.
    pub(crate) small: String,
    /// A booking that is cancelled: what others are made after.
    pub(crate) pattern: String,
}

/// An hour of a day as SQL writes it.
pub(crate) fn at(conn: &EitherConn, hour: i64) -> String {
    match conn {
        EitherConn::Sqlite(_) => format!("{}", (1_796_083_200 + hour * 3600) * 1_000_000),
        EitherConn::Pg(_) => format!("TIMESTAMP '2026-12-01' + INTERVAL '{hour} hours'"),
    }
}

/// What an `UPDATE` sets to bring bookings into a state: a hold says which party it waits for.
pub(crate) fn in_state(status: &str) -> String {
    let hold = if status == "held" { "'customer'" } else { "NULL" };
    format!("status = '{status}', hold_reason = {hold}, hold_awaits = {hold}")
}

impl Hand {
    pub(crate) async fn at(server: &Server) -> Self {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let small = market.host.list_resource(&market.site, json!({})).await;
        let pattern = market.book("2026-12-24T10:00:00Z", "2026-12-24T11:00:00Z").await.expect(201).id();
        market.customer.post(&format!("/bookings/{pattern}/cancel"), json!({})).await.expect(200);
        Self { conn: connect(server), big: market.resource.clone(), small, market, pattern }
    }

    /// Runs a statement, or several, and sees to it that the law holds after it.
    #[track_caller]
    pub(crate) fn run(&mut self, sql: &str) -> Result<usize, (String, bool)> {
        let result = diesel::sql_query(sql).execute(&mut self.conn);
        Books::read(&mut self.conn).assert_lawful();
        result.map_err(|error| match error {
            Error::DatabaseError(kind, told) => {
                (told.message().to_owned(), matches!(kind, DatabaseErrorKind::ExclusionViolation))
            }
            error => panic!("{sql}: {error}"),
        })
    }

    #[track_caller]
    pub(crate) fn takes(&mut self, sql: &str) {
        assert_ne!(self.run(sql), Ok(0), "{sql}");
    }

    /// Refused because it would overbook.
    #[track_caller]
    pub(crate) fn overbooks(&mut self, sql: &str) {
        let is_postgres = matches!(self.conn, EitherConn::Pg(_));
        assert_eq!(self.run(sql), Err(("capacity_exceeded".to_owned(), is_postgres)), "{sql}");
    }

    /// Refused for a reason that `why` is a part of.
    #[track_caller]
    pub(crate) fn refuses(&mut self, why: &str, sql: &str) {
        let answer = self.run(sql);
        assert!(answer.as_ref().is_err_and(|(told, _)| told.contains(why)), "{sql}: {answer:?}");
    }

    /// An allocation that belongs to nothing.
    pub(crate) fn allocation(&self, id: &str, resource: &str, hours: (i64, i64), quantity: i64) -> String {
        let (starts_at, ends_at) = (at(&self.conn, hours.0), at(&self.conn, hours.1));
        format!(
            "INSERT INTO allocations (id, claimed_by, resource_id, starts_at, ends_at, quantity) \
             VALUES ('{id}', 'block', '{resource}', {starts_at}, {ends_at}, {quantity})"
        )
    }

    pub(crate) fn block(&self, id: &str, resource: &str, hours: (i64, i64), quantity: i64) -> String {
        let (starts_at, ends_at, user) = (at(&self.conn, hours.0), at(&self.conn, hours.1), &self.market.host.id);
        format!(
            "INSERT INTO blocks (id, resource_id, starts_at, ends_at, quantity, reason, created_by, created_at) \
             VALUES ('{id}', '{resource}', {starts_at}, {ends_at}, {quantity}, '', '{user}', {starts_at})"
        )
    }

    /// A booking that is confirmed, with a buffer of an hour before it.
    pub(crate) fn booking(&self, id: &str, resource: &str, hours: (i64, i64), quantity: i64) -> String {
        self.booking_in("confirmed", id, resource, hours, quantity)
    }

    /// A booking in a state, with a buffer of an hour before it.
    pub(crate) fn booking_in(&self, status: &str, id: &str, resource: &str, (from, to): (i64, i64), quantity: i64) -> String {
        let time = |hour| at(&self.conn, hour);
        let hold = if status == "held" { "'customer'" } else { "NULL" };
        self.booking_with(&[
            ("id", format!("'{id}'")),
            ("status", format!("'{status}'")),
            ("hold_reason", hold.to_owned()),
            ("hold_awaits", hold.to_owned()),
            ("resource_id", format!("'{resource}'")),
            ("claim_starts_at", time(from)),
            ("starts_at", time(from + 1)),
            ("ends_at", time(to)),
            ("claim_ends_at", time(to)),
            ("quantity", quantity.to_string()),
        ])
    }

    /// A booking like the pattern, but for some columns.
    pub(crate) fn booking_with(&self, changes: &[(&str, String)]) -> String {
        let columns = "id, status, organization_id, host_organization_id, site_id, resource_id, starts_at, ends_at, \
                       claim_starts_at, claim_ends_at, quantity, price_amount, price_currency, price_lines, booking_rules_id, \
                       tariff_id, note, created_by, hold_reason, hold_awaits, created_at, updated_at";
        let value = |column: &str| {
            let change = changes.iter().find(|(changed, _)| *changed == column);
            change.map_or_else(|| column.to_owned(), |(_, value)| value.clone())
        };
        let values: Vec<_> = columns.split(", ").map(value).collect();
        format!("INSERT INTO bookings ({columns}) SELECT {} FROM bookings WHERE id = '{}'", values.join(", "), self.pattern)
    }

    /// Moves a booking to other hours, with its buffer.
    pub(crate) fn moves(&self, id: &str, (from, to): (i64, i64)) -> String {
        let time = |hour| at(&self.conn, hour);
        format!(
            "UPDATE bookings SET claim_starts_at = {}, starts_at = {}, ends_at = {to}, claim_ends_at = {to} WHERE id = '{id}'",
            time(from),
            time(from + 1),
            to = time(to),
        )
    }

    /// A resource put in place of itself by one statement, with changes. It knows nothing of its allocations unless they say so.
    pub(crate) fn resource_again(&self, id: &str, changes: &[(&str, &str)]) -> String {
        let columns = "id, organization_id, site_id, kind, name, description, category, capacity, unit, status, is_private, \
                       booking_rules_id, tariff_id, search_text, longest_allocation_minutes, has_links, created_at, updated_at";
        let value = |column| {
            let change = changes.iter().find(|(changed, _)| *changed == column);
            change.map_or(if column == "longest_allocation_minutes" { "0" } else { column }, |(_, value)| value)
        };
        let values = columns.split(", ").map(value).collect::<Vec<_>>().join(", ");
        match self.conn {
            EitherConn::Sqlite(_) => {
                format!("REPLACE INTO resources ({columns}) SELECT {values} FROM resources WHERE id = '{id}'")
            }
            EitherConn::Pg(_) => format!(
                "WITH gone AS (DELETE FROM resources WHERE id = '{id}' RETURNING *) \
                 INSERT INTO resources ({columns}) SELECT {values} FROM gone"
            ),
        }
    }
}
