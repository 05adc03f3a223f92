//! Facts become events of organizations, in the order in which the changes were committed. Events are a subscriber to facts.

use std::collections::{BTreeMap, BTreeSet};

use super::pending::Pending;
use domain::fact::{Event, Fact, LATEST_VERSION, Subscriber};
use domain::ids::{EventId, Ordered as _, OrganizationId, WebhookId};
use domain::organization_event::types;
use domain::time::UtcTime;
use storage::connection::Conn;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::organization_events::{self, NewEvent};
use storage::types::Json;
use storage::{card_payments, facts, invoices, payments, prepaid, resources, webhooks};

/// How many facts one transaction takes. The changes of a booking are put in order within them.
const BATCH: i64 = 500;

/// Makes events of all pending facts that this version can read.
///
/// # Errors
/// When the database fails.
pub(super) async fn fan_out(db: &Db, now: UtcTime) -> Result<(), StorageError> {
    let is_pending = move || db.read(now, move |tx| facts::has_pending(&mut tx.conn, Subscriber::Events, LATEST_VERSION, now));
    // A read is cheap, while a write waits for the disk.
    while is_pending().await? {
        if db.write(now, tell_some).await? == 0 {
            break; // Another server does it.
        }
    }
    Ok(())
}

/// Makes events of some facts, and returns the number of these facts.
fn tell_some(tx: &mut Tx<'_>) -> Result<usize, StorageError> {
    let pending = facts::claim_pending(tx.conn, Subscriber::Events, LATEST_VERSION, tx.now, BATCH)?;
    let (mut events, mut done) = (Vec::new(), Vec::new());
    for fact in &pending {
        match serde_json::from_str::<Fact>(&fact.body) {
            Ok(Fact { event, .. }) => {
                done.push(fact.id);
                Pending::new(fact.id, event, fact.created_at).put_in_order(&mut events);
            }
            // The fact stays pending for a server that can read it, and delays no other fact.
            Err(error) => {
                tracing::error!(fact_id = %fact.id, %error, "a fact cannot be read");
                facts::update_delayed(tx.conn, Subscriber::Events, fact, &error.to_string(), tx.now)?;
            }
        }
    }
    // Only one server is here at a time, so each identifier is larger than those of all events that were committed before.
    let mut last = organization_events::find_last(tx.conn)?;
    let mut told = Vec::new();
    for Pending { fact_id, event, .. } in &events {
        for (kind, number) in types(event) {
            let concerned = match organizations(tx.conn, event, number) {
                // The object no longer exists.
                Err(StorageError::NotFound) => Vec::new(),
                concerned => concerned?,
            };
            for organization_id in concerned {
                let id: EventId = tx.new_id();
                let id = last.map_or(id, |last| id.max(last.next()));
                last = Some(id);
                let change = i32::try_from(number).unwrap_or(i32::MAX);
                told.push(NewEvent { id, organization_id, fact_id: *fact_id, change, kind });
            }
        }
    }
    organization_events::insert(tx.conn, &told)?;
    wake(tx, &told)?;
    facts::update_done(tx.conn, Subscriber::Events, &done, tx.now)?;
    Ok(pending.len())
}

/// Writes to the webhooks of the concerned organizations which event is the newest that they get.
fn wake(tx: &mut Tx<'_>, told: &[NewEvent]) -> Result<(), StorageError> {
    let concerned: BTreeSet<OrganizationId> = told.iter().map(|event| event.organization_id).collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let concerned: Vec<_> = concerned.into_iter().collect();
    let mut woken: BTreeMap<EventId, Vec<WebhookId>> = BTreeMap::new();
    for (webhook, organization, Json(types)) in webhooks::list_types(tx.conn, &concerned)? {
        let is_wanted =
            |event: &&NewEvent| event.organization_id == organization && (types.is_empty() || types.contains(&event.kind));
        if let Some(newest) = told.iter().rev().find(is_wanted) {
            woken.entry(newest.id).or_default().push(webhook);
        }
    }
    for (newest, ids) in woken {
        webhooks::update_newest(tx.conn, &ids, newest)?;
    }
    Ok(())
}

/// The organizations that a change of a fact concerns.
fn organizations(conn: &mut Conn, event: &Event, number: usize) -> Result<Vec<OrganizationId>, StorageError> {
    let mut parties = match event {
        Event::Bookings(event) => {
            let booking = event.changes.get(number).map(|change| &change.after);
            booking.map(|booking| vec![booking.host_organization_id, booking.organization_id]).unwrap_or_default()
        }
        Event::InvoiceIssued { invoice_id } | Event::PaymentReminder { invoice_id, .. } => {
            let invoice = invoices::get(conn, *invoice_id)?;
            vec![invoice.organization_id, invoice.customer_id]
        }
        Event::PaymentRecorded { payment_id } | Event::PaymentReversed { payment_id } => {
            let payment = payments::get(conn, *payment_id)?;
            vec![payment.organization_id, payment.paid.customer_id]
        }
        Event::PrepaidExpires { prepaid_id, .. } => vec![prepaid::get(conn, *prepaid_id)?.customer_id],
        Event::CardPaymentProblem { card_payment_id, .. } => vec![card_payments::get(conn, *card_payment_id)?.organization_id],
        Event::ResourceCreated { resource_id } | Event::ResourceChanged { resource_id } => {
            vec![resources::get(conn, *resource_id)?.organization_id]
        }
        _ => Vec::new(),
    };
    parties.dedup();
    Ok(parties)
}
