//! Issues the monthly invoices of hosts that want them.

use chrono::TimeDelta;

use actions::error::Error;
use actions::monthly_invoices::{self, Due};
use domain::time::UtcTime;
use storage::db::Db;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(30);

/// Issues all that is due: the documents of each customer in a transaction of their own, so that no request waits long for them.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    for Due { host, first, customers } in db.read(now, monthly_invoices::due).await? {
        for customer in customers {
            while db.write(now, move |tx| monthly_invoices::issue_next(tx, host, customer, first)).await? {}
        }
        db.write(now, move |tx| monthly_invoices::end(tx, host, first)).await?;
    }
    Ok(())
}
