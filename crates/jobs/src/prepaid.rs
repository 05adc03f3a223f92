//! Lets prepaid credit expire, and reminds customers of it before.

use chrono::TimeDelta;

use actions::error::Error;
use actions::prepaid::expiry;
use domain::email::Email;
use domain::ids::{OrganizationId, PrepaidId};
use domain::money::Money;
use domain::time::UtcTime;
use mail::letter::LetterContent;
use mail::prepaid::PrepaidLetter;
use storage::connection::Conn;
use storage::db::Db;
use storage::error::StorageError;
use storage::{contacts, members, organizations, prepaid};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(10);

/// The largest number of sales whose credit is looked for at once.
const BATCH: usize = 100;

/// Writes the expiry of all credit that has expired, and the reminders that are due: each in a transaction of its own, so that no request
/// waits long for them.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    loop {
        let due = db.read(now, |tx| expiry::due(tx, i64::try_from(BATCH).unwrap_or(i64::MAX))).await?;
        let is_last = due.len() < BATCH;
        for id in due {
            db.write(now, move |tx| expiry::expire_due(tx, id)).await?;
        }
        if is_last {
            break;
        }
    }
    for id in db.read(now, expiry::reminders_due).await? {
        db.write(now, move |tx| expiry::remind(tx, id)).await?;
    }
    Ok(())
}

/// The letters that remind the managers of a customer of prepaid credit.
///
/// # Errors
/// When the database fails.
pub(super) fn address(
    conn: &mut Conn,
    prepaid_id: PrepaidId,
    (left, minutes): (Money, Option<i64>),
) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let found = prepaid::get(conn, prepaid_id)?;
    let (host, customer) = (found.organization_id, found.customer_id);
    let names = organizations::list_names(conn, &[host, customer])?;
    let name_of = |id: OrganizationId| names.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let contact = contacts::get(conn, host, None)?;
    let letter = PrepaidLetter {
        prepaid_id,
        name: String::new(),
        package: found.name,
        host: name_of(host),
        customer: name_of(customer),
        left,
        minutes,
        expires_at: found.expires_at,
        reply_to: contact.email.map(|email| email.to_string()).unwrap_or_default(),
    };
    let letter = |name| LetterContent::Prepaid(Box::new(PrepaidLetter { name, ..letter.clone() }));
    let managers = members::list_managers(conn, customer)?.into_iter();
    Ok(managers.filter_map(|manager| Some((manager.email.parse().ok()?, letter(manager.name)))).collect())
}
