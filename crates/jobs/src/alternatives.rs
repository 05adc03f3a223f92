//! Alternatives to displaced bookings, for the mails to their customers.

use std::collections::HashMap;

use actions::error::Error;
use actions::search;
use domain::alternatives::Alternative;
use domain::fact::{BookingsEvent, Event};
use domain::ids::{BookingId, FactId};
use storage::db::ReadTx;
use storage::error::StorageError;

/// The alternatives to each displaced booking of a fact.
pub(super) type Found = HashMap<FactId, HashMap<BookingId, Vec<Alternative>>>;

/// Searches alternatives to displaced bookings, between two rounds: a search takes long, and a transaction that writes must not.
pub(super) fn find(tx: &mut ReadTx, displaced: &[(FactId, Vec<BookingId>)]) -> Result<Found, StorageError> {
    let all: Vec<_> = displaced.iter().flat_map(|(_, bookings)| bookings).copied().collect();
    let mut found = match search::alternatives_to_displaced(tx, &all) {
        Ok(found) => found,
        Err(Error::Storage(error)) if !matches!(error, StorageError::NotFound) => return Err(error),
        // The mails are more important.
        Err(error) => {
            tracing::error!(%error, "alternatives to displaced bookings cannot be found");
            HashMap::new()
        }
    };
    let mut of_fact = |bookings: &Vec<BookingId>| bookings.iter().filter_map(|id| Some((*id, found.remove(id)?))).collect();
    Ok(displaced.iter().map(|(fact, bookings)| (*fact, of_fact(bookings))).collect())
}

/// Adds the alternatives that were found to the changes of an event. Returns the displaced bookings for which they must be searched
/// first.
pub(super) fn add(event: &mut Event, found: Option<&HashMap<BookingId, Vec<Alternative>>>) -> Vec<BookingId> {
    let Event::Bookings(BookingsEvent { changes, .. }) = event else { return Vec::new() };
    let displaced = changes.iter_mut().filter(|change| change.offers_alternatives);
    let Some(found) = found else { return displaced.map(|change| change.after.id).collect() };
    for change in displaced {
        change.alternatives = found.get(&change.after.id).cloned().unwrap_or_default();
    }
    Vec::new()
}
