//! The events of an organization, each with the object that it is about.

use super::card_payments;
use super::error::Error;
use super::open_invoices::{InvoiceNow, with_state};
use super::prepaid::sales;
use super::prepaid::standing::PrepaidNow;
use super::{Caller, authorize_in};
use domain::booking::Booking;
use domain::card_payment::CardPaymentWith;
use domain::fact::{Event, Fact};
use domain::ids::{EventId, FactId, Identifier as _, OrganizationId};
use domain::order::{CreationOrder, Rows};
use domain::organization_event::EventType;
use domain::paging::{Page, Paging};
use domain::payment::Payment;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::organization_events::{self, StoredEvent};
use storage::{bookings, invoices, payments, resources, sessions};

/// An event of an organization.
#[derive(Debug, Clone)]
pub struct OrganizationEvent {
    /// Its identifier.
    pub id: EventId,
    /// Its type.
    pub kind: EventType,
    /// The instant of the change.
    pub happened_at: UtcTime,
    /// The object that it is about.
    pub object: EventObject,
}

/// The object that an event is about.
#[derive(Debug, Clone)]
pub enum EventObject {
    /// A booking as it was directly after the change.
    Booking(Box<Booking>),
    /// An invoice or credit note.
    Invoice(Box<InvoiceNow>),
    /// A payment.
    Payment(Box<Payment>),
    /// Prepaid credit.
    Prepaid(Box<PrepaidNow>),
    /// A payment by card.
    CardPayment(Box<CardPaymentWith>),
    /// A resource.
    Resource(Box<Resource>),
}

impl EventObject {
    /// Its identifier.
    pub fn id(&self) -> String {
        match self {
            Self::Booking(it) => it.id.to_string(),
            Self::Invoice(it) => it.invoice.id.to_string(),
            Self::Payment(it) => it.id.to_string(),
            Self::Prepaid(it) => it.prepaid.id.to_string(),
            Self::CardPayment(it) => it.payment.id.to_string(),
            Self::Resource(it) => it.id.to_string(),
        }
    }
}

/// Lists the events of an organization, only of these types unless there are none.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    types: &[EventType],
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<OrganizationEvent>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewEvents)?;
    let rows = organization_events::list(&mut tx.conn, organization, types, paging.by_id(order))?;
    let Page { items, next_cursor } = paging.page(rows, |event| event.id.to_string());
    Ok(Page { items: load(tx, items)?, next_cursor })
}

/// Checks that the caller may read the events of an organization, and is still signed in.
///
/// # Errors
/// `not_signed_in`, `not_found`, `forbidden`, `email_not_verified`.
pub fn check_right(tx: &mut ReadTx, caller: Caller, organization: OrganizationId) -> Result<(), Error> {
    if caller.key.is_none() && !sessions::is_alive(&mut tx.conn, caller.session_id, tx.now)? {
        return Err(Error::refused(Code::NotSignedIn));
    }
    authorize_in(tx, caller, organization, Permission::ViewEvents)
}

/// The identifier of the latest event of all organizations; before the first, one that is smaller than all.
///
/// # Errors
/// When the database fails.
pub fn find_last(tx: &mut ReadTx) -> Result<EventId, Error> {
    let last = organization_events::find_last(&mut tx.conn)?;
    Ok(last.unwrap_or_else(|| EventId::new(0, [0; 10])))
}

/// The events after another one, each with its organization, in their order.
///
/// # Errors
/// When the database fails.
pub fn list_concerned(tx: &mut ReadTx, after: EventId, limit: i64) -> Result<Vec<(EventId, OrganizationId)>, Error> {
    Ok(organization_events::list_concerned(&mut tx.conn, after, limit)?)
}

/// The events of an organization after another one, in their order: the next `limit` rows.
///
/// # Errors
/// When the database fails.
pub fn list_after(
    tx: &mut ReadTx,
    organization: OrganizationId,
    types: &[EventType],
    after: EventId,
    limit: i64,
) -> Result<Vec<StoredEvent>, Error> {
    let rows = Rows { order: CreationOrder::CreatedAt, after: Some(after.as_str()), limit };
    Ok(organization_events::list(&mut tx.conn, organization, types, rows)?)
}

/// Adds to events the objects that they are about. Leaves out those that this version of the service does not know.
///
/// # Errors
/// When the database fails.
pub fn load(tx: &mut ReadTx, rows: Vec<StoredEvent>) -> Result<Vec<OrganizationEvent>, Error> {
    let mut events = Vec::with_capacity(rows.len());
    // The events of one fact come one after the other.
    let mut last: Option<(FactId, Event)> = None;
    for row in rows {
        let known = last.take().filter(|(fact_id, _)| *fact_id == row.fact_id).map(|(_, event)| event);
        let read = || serde_json::from_str::<Fact>(&row.body).map(|fact| fact.event).ok();
        let (Some(event), Ok(kind)) = (known.or_else(read), row.kind.parse()) else { continue };
        match object_of(tx, &event, usize::try_from(row.change).unwrap_or_default()) {
            Ok(Some(object)) => {
                events.push(OrganizationEvent { id: row.id, kind, happened_at: row.happened_at, object });
            }
            Ok(None) | Err(Error::Refused(Code::NotFound, _)) => {}
            Err(error) => return Err(error),
        }
        last = Some((row.fact_id, event));
    }
    Ok(events)
}

/// The object that a change of a fact is about. None if this version of the service does not know it.
fn object_of(tx: &mut ReadTx, event: &Event, change: usize) -> Result<Option<EventObject>, Error> {
    Ok(match event {
        Event::Bookings(event) => match event.changes.get(change) {
            Some(change) => {
                let booking = bookings::get(&mut tx.conn, change.after.id)?;
                Some(EventObject::Booking(Box::new(booking.as_of(change.after.clone()))))
            }
            None => None,
        },
        Event::InvoiceIssued { invoice_id } | Event::PaymentReminder { invoice_id, .. } => {
            let invoice = invoices::get(&mut tx.conn, *invoice_id)?;
            with_state(tx, vec![invoice])?.pop().map(|invoice| EventObject::Invoice(Box::new(invoice)))
        }
        Event::PaymentRecorded { payment_id } | Event::PaymentReversed { payment_id } => {
            Some(EventObject::Payment(Box::new(payments::get(&mut tx.conn, *payment_id)?)))
        }
        Event::PrepaidExpires { prepaid_id, .. } => Some(EventObject::Prepaid(Box::new(sales::get_for_event(tx, *prepaid_id)?))),
        Event::CardPaymentProblem { card_payment_id, .. } => {
            card_payments::get_with(tx, *card_payment_id)?.map(|payment| EventObject::CardPayment(Box::new(payment)))
        }
        Event::ResourceCreated { resource_id } | Event::ResourceChanged { resource_id } => {
            Some(EventObject::Resource(Box::new(resources::get(&mut tx.conn, *resource_id)?.at(tx.now))))
        }
        _ => None,
    })
}
