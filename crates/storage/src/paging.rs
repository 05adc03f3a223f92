//! Lists in pages: the rows after the last one of the previous page, in an order.
//!
//! Macros, because each table has column types of its own: as functions they would need a dozen bounds for each call.

/// Narrows a boxed query to some [`Rows`](domain::order::Rows) of a list whose key is an identifier. Identifiers are in the order of
/// creation.
macro_rules! by_id {
    ($query:expr, $id:expr, $rows:expr) => {{
        let (query, rows) = ($query, $rows);
        let query = query.limit(rows.limit);
        match (rows.order.is_descending(), rows.after) {
            (false, None) => query.order($id),
            (false, Some(after)) => query.filter($id.gt(after)).order($id),
            (true, None) => query.order($id.desc()),
            (true, Some(after)) => query.filter($id.lt(after)).order($id.desc()),
        }
    }};
}

/// As [`by_id`], for a list whose key is an instant and, among equal instants, an identifier.
macro_rules! by_instant {
    ($query:expr, ($at:expr, $id:expr), $rows:expr) => {{
        let (query, rows) = ($query, $rows);
        let query = query.limit(rows.limit);
        match (rows.order.is_descending(), rows.after) {
            (false, None) => query.order(($at, $id)),
            (false, Some((at, id))) => query.filter($at.gt(at).or($at.eq(at).and($id.gt(id)))).order(($at, $id)),
            (true, None) => query.order(($at.desc(), $id.desc())),
            (true, Some((at, id))) => query.filter($at.lt(at).or($at.eq(at).and($id.lt(id)))).order(($at.desc(), $id.desc())),
        }
    }};
}

/// Narrows a boxed query to the rows in one of some states at an instant, by the function `is_in` of the file; not at all if there are
/// none.
macro_rules! in_states {
    ($query:expr, $statuses:expr, $now:expr) => {{
        let (query, now) = ($query, $now);
        match $statuses.split_first() {
            Some((first, others)) => {
                query.filter(others.iter().fold(is_in(*first, now), |one, other| Box::new(one.or(is_in(*other, now)))))
            }
            None => query,
        }
    }};
}

pub(super) use {by_id, by_instant, in_states};
