//! Operators look into the queues of facts and mails, and try again what has failed.

use serde_json::json;

use super::{authorize_operator, in_other_state, record_look, record_search};
use crate::Caller;
use crate::error::Error;
use crate::record::audit;
use domain::email::Email;
use domain::ids::{FactId, MailId};
use domain::mail::{MailStatus, has_secret};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::said::said;
use storage::administration::{self, Mail, PendingFact};
use storage::db::Tx;

/// Lists the facts that wait for a subscriber, or only those that it could not read.
///
/// # Errors
/// `forbidden`, `invalid_fields` for an invalid cursor.
pub fn list_facts(
    tx: &mut Tx<'_>,
    caller: Caller,
    failed_only: bool,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<PendingFact>, Error> {
    let detail = json!({ "is_failed": failed_only });
    record_look(tx, caller, None, "admin.list_facts", ("installation", ""), &detail)?;
    let rows = administration::list_pending(tx.conn, failed_only, paging.by_id(order))?;
    Ok(paging.page(rows, |fact| fact.id.to_string()))
}

/// Lets a subscriber read a fact again at once that waits for it.
///
/// # Errors
/// `forbidden`, `not_found` also for a fact that every subscriber has received.
pub fn retry_fact(tx: &mut Tx<'_>, caller: Caller, id: FactId) -> Result<PendingFact, Error> {
    authorize_operator(tx, caller)?;
    let fact = administration::update_pending_due(tx.conn, id, tx.now)?;
    audit(tx, caller.principal(), None, "fact.retry", ("fact", id.as_str()), &json!({}))?;
    Ok(fact)
}

/// Lists the mails in one of some states, without their texts.
///
/// # Errors
/// `forbidden`, `invalid_fields` for an invalid cursor.
pub fn list_mails(
    tx: &mut Tx<'_>,
    caller: Caller,
    (statuses, recipient): (&[MailStatus], Option<&Email>),
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Mail>, Error> {
    let detail = json!({ "status": statuses });
    record_search(tx, caller, "admin.list_mails", &detail, ("recipient", recipient.map(Email::as_str)))?;
    let rows = administration::list_mails(tx.conn, statuses, recipient, paging.by_id(order))?;
    Ok(paging.page(rows, |mail| mail.id.to_string()))
}

/// Sends a mail at once that waits for its next attempt, or again if it was given up.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` for a mail that was sent, or that was given up and has lost the token of its link.
pub fn retry_mail(tx: &mut Tx<'_>, caller: Caller, id: MailId) -> Result<Mail, Error> {
    authorize_operator(tx, caller)?;
    let mail = administration::lock_mail(tx.conn, id)?;
    let attempts = match mail.status {
        MailStatus::Sent => return Err(in_other_state(said!("The mail was sent."))),
        MailStatus::Failed if has_secret(&mail.template) => {
            return Err(in_other_state(said!(
                "The mail was given up, and the token of its link is deleted. Its reader must ask for a new mail."
            )));
        }
        MailStatus::Failed => 0,
        MailStatus::Queued => mail.attempts,
    };
    administration::update_mail_due(tx.conn, id, attempts, tx.now)?;
    let detail = json!({ "status": mail.status, "attempts": mail.attempts });
    audit(tx, caller.principal(), None, "mail.retry", ("mail", id.as_str()), &detail)?;
    Ok(administration::lock_mail(tx.conn, id)?)
}
