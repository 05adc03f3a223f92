//! A booking as it was directly after a change.

use super::change::BookingSnapshot;
use super::{Booking, BookingStatus, Hold, Usage};
use crate::interval::Interval;
use crate::prepaid::BookedPrepaid;

impl Booking {
    /// The booking as it was when the snapshot was taken. The names, and the rules and terms that it is under, are those of today.
    #[must_use]
    pub fn as_of(self, snapshot: BookingSnapshot) -> Self {
        if self.revision == snapshot.revision {
            return self;
        }
        let is_ended = matches!(snapshot.status, BookingStatus::Cancelled | BookingStatus::Declined);
        let (checked_out_at, is_overrun) = (snapshot.checked_out_at, snapshot.is_overrun);
        Self {
            status: snapshot.status,
            site_id: snapshot.site_id,
            resource_id: snapshot.resource_id,
            resource_name: snapshot.resource_name,
            interval: Interval::new(snapshot.starts_at, snapshot.ends_at).unwrap_or(self.interval),
            quantity: snapshot.quantity,
            price: snapshot.price,
            note: snapshot.note,
            series_id: snapshot.series_id,
            group_id: snapshot.group_id,
            hold: snapshot.hold_reason.map(|reason| Hold { reason, awaits: snapshot.awaits }),
            operated_by: snapshot.operated_by,
            ending: self.ending.filter(|_| is_ended),
            lapses_at: snapshot.expires_at.or(snapshot.check_in_by),
            usage: snapshot.checked_in_at.map(|checked_in_at| Usage { checked_in_at, checked_out_at, is_overrun }),
            fee: snapshot.fee,
            deposit_return: snapshot.deposit.and_then(|deposit| deposit.returned),
            prepaid: BookedPrepaid { uses: snapshot.prepaid_uses, ..self.prepaid },
            calendar_sequence: snapshot.calendar_sequence,
            revision: snapshot.revision,
            updated_at: snapshot.updated_at,
            ..self
        }
    }
}
