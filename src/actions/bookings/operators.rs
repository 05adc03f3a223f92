//! Who works at the machine.

use super::{Actor, Told, record};
use crate::actions::certifications::missing;
use crate::actions::error::Error;
use crate::domain::event::Happened;
use crate::storage::bookings::{self, Booking};
use crate::storage::certification_kinds::CertificationKind;
use crate::storage::certifications::Certification;
use crate::storage::db::Tx;
use crate::storage::resources;

/// Lets both parties hear of the bookings to come that need a certification which their operator has
/// lost. The bookings stand: another may work there, or the same, certified anew.
pub(in crate::actions) fn tell_uncertified(tx: &mut Tx<'_>, kind: &CertificationKind, lost: &Certification) -> Result<(), Error> {
    for booking in bookings::list_to_operate(tx.conn, lost.user_id, tx.now)? {
        let rules = resources::get_rules(tx.conn, booking.booking_rules_id)?;
        let is_needed = rules.required_certification_ids.contains(&kind.id);
        if is_needed && missing(tx, &rules, lost.user_id, booking.interval)?.is_some() {
            let reason = format!("{} is no longer certified in {}.", lost.user_name, kind.fields.name);
            let told = Told { happened: Some(Happened::Uncertified), was: Some(booking.status), ..Told::default() };
            record(tx, Actor::SYSTEM, "uncertify", &Booking { reason, ..booking }, told)?;
        }
    }
    Ok(())
}
