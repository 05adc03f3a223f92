//! The prices of seats in trainings that organizations pay.

use super::error::Error;
use super::ledger;
use super::paying::no_way_to_pay;
use super::prepaid::seats::{cover_seat, give_back_seat};
use super::sale_documents::{Document, issue, taxed};
use super::{Caller, authorize};
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, UserId};
use domain::ledger::{Movement, Owed, movements, seat_owed};
use domain::money::{Currency, Money};
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::said::said;
use domain::training::{SeatCharge, SeatPayer};
use domain::wall_clock::local_time;
use storage::db::Tx;
use storage::ledger::Subject;
use storage::training_seats::{self, TrainingSeat};
use storage::trainings::Training;
use storage::{billing, invoices, sites};

/// Charges the price of a seat that was taken to an organization of the caller, which gets the invoice at once. Its prepaid credit pays the
/// price as far as there is any. The host is locked.
pub(super) fn charge(
    tx: &mut Tx<'_>,
    caller: Caller,
    training: &Training,
    seat: &TrainingSeat,
    payer: SeatPayer,
) -> Result<(), Error> {
    let (host, customer) = (training.organization_id, payer.organization_id);
    authorize(tx, caller, customer, Permission::Book, true)?;
    let Some(price) = seat.price.filter(|price| price.amount > 0) else { return Ok(()) };
    if customer == host {
        return Err(InvalidFields::one("/organization_id", "invalid", said!("must not be the host itself")).into());
    }
    let taxed = taxed(tx, (host, customer), price.amount, None)?;
    let total = Money { amount: taxed.total(), ..price };
    let prepaid = match payer.refuses_prepaid {
        true => Vec::new(),
        false => cover_seat(tx, (host, customer), seat.id, total)?,
    };
    let owed = seat_owed(&taxed, price.currency, &prepaid);
    if owed.values().fold(0, |sum: i64, amount| sum.saturating_add(*amount)) > 0 {
        let (kind, _) = billing::get_buyer(tx.conn, customer)?;
        if let Some(ways) = billing::get_ways_to_pay(tx.conn, host)?.before(kind) {
            return Err(no_way_to_pay(ways));
        }
    }
    let movements = movements(&Owed::new(), &owed);
    let (reason, parties) = (taxed.exemption_reason.clone(), (customer, caller.user_id));
    let document = document(tx, training, parties, (price.currency, movements.clone(), reason), None)?;
    let invoice_id = issue(tx, caller.principal(), document, &[])?.id;
    let charge = SeatCharge { customer_id: customer, invoice_id, credit_note_id: None, price: taxed, prepaid };
    let rows = ledger::add_rows(tx, subject(host, &charge), &movements)?;
    invoices::insert_rows(tx.conn, invoice_id, &rows)?;
    Ok(training_seats::update_charge(tx.conn, seat.id, &charge)?)
}

/// Takes the price of a cancelled seat back with a credit note, if an organization was charged for it, and returns the prepaid credit that
/// has paid it. The host is locked.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    (principal, issued_by): (Principal, UserId),
    training: &Training,
    seat: &TrainingSeat,
) -> Result<(), Error> {
    let Some((charge, price)) = seat.charge.clone().filter(|charge| charge.credit_note_id.is_none()).zip(seat.price) else {
        return Ok(());
    };
    let movements = movements(&charge.owed(price.currency), &Owed::new());
    let corrects = invoices::get(tx.conn, charge.invoice_id)?.number();
    let rows = ledger::add_rows(tx, subject(training.organization_id, &charge), &movements)?;
    let parties = (charge.customer_id, issued_by);
    let document =
        document(tx, training, parties, (price.currency, movements, charge.price.exemption_reason.clone()), Some(corrects))?;
    let credit_note_id = Some(issue(tx, principal, document, &rows)?.id);
    give_back_seat(tx, seat.id, &charge.prepaid)?;
    let taken_back = SeatCharge { credit_note_id, prepaid: Vec::new(), ..charge };
    Ok(training_seats::update_charge(tx.conn, seat.id, &taken_back)?)
}

fn subject(host: OrganizationId, charge: &SeatCharge) -> Subject {
    Subject {
        organization_id: host,
        customer_id: charge.customer_id,
        booking_id: None,
        payment_id: None,
        invoice_id: Some(charge.invoice_id),
    }
}

fn document(
    tx: &mut Tx<'_>,
    training: &Training,
    (customer, issued_by): (OrganizationId, UserId),
    (currency, movements, exemption_reason): (Currency, Vec<Movement>, String),
    corrects: Option<String>,
) -> Result<Document, Error> {
    let timezone = sites::get(tx.conn, training.fields.site_id)?.fields.timezone;
    let date = local_time(timezone, training.fields.interval.starts_at()).date();
    Ok(Document {
        host: training.organization_id,
        customer,
        name: format!("{}, {date}", training.fields.name),
        movements,
        currency,
        exemption_reason,
        corrects,
        issued_by,
    })
}
