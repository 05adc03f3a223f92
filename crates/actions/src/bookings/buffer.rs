//! The buffer after a booking that was checked out: from the actual end on, as a block.

use crate::Caller;
use crate::allocations;
use crate::error::Error;
use domain::availability::{Conflict, conflicts};
use domain::booking::Booking;
use domain::interval::Interval;
use domain::slot::Slot;
use storage::blocks::{self, Block};
use storage::db::Tx;
use storage::error::StorageError;
use storage::resource_locks::LockedResources;
use storage::resources;

const REASON: &str = "Buffer after the booking";

/// Keeps the resource free for the buffer after a booking that is checked out now. After a late check-out, the buffer ends where the
/// next claim begins.
pub(super) fn keep_free(tx: &mut Tx<'_>, caller: Caller, locked: &LockedResources, booking: &Booking) -> Result<(), Error> {
    // Nothing can start before the next whole minute.
    let (from, to) = (tx.now, tx.now + booking.rules.buffer_after());
    let Ok(wanted) = Interval::new(from.next_whole_minute(), to.next_whole_minute()) else { return Ok(()) };
    let resource = resources::get(tx.conn, booking.resource_id)?;
    let taken = allocations::of(tx, &resource, wanted, None)?;
    let next = conflicts(&taken, wanted, resource.fields.capacity.quantity, booking.quantity).first().copied();
    let Ok(interval) = Interval::new(wanted.starts_at(), next.map_or(wanted.ends_at(), Conflict::starts_at)) else {
        return Ok(());
    };
    let block = Block {
        id: tx.new_id(),
        block_series_id: None,
        booking_id: Some(booking.id),
        import: None,
        resource_id: booking.resource_id,
        slot: Slot { interval, quantity: booking.quantity },
        reason: REASON.to_owned(),
        created_by: caller.user_id,
        revision: 1,
        created_at: tx.now,
    };
    match tx.attempt(|tx| blocks::insert(tx.conn, locked, &block)) {
        Ok(()) | Err(StorageError::CapacityExceeded) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
