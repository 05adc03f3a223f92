//! The sessions that have ended while access tokens of theirs have not expired. Each server keeps these in its memory and looks for new
//! ones every second, so that no request looks its token up. A session that this server has ended counts at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use chrono::TimeDelta;
use tokio::sync::Mutex;

use super::problem::Problem;
use actions::error::Error;
use domain::ids::SessionId;
use domain::time::UtcTime;
use storage::db::{Db, ReadTx};
use storage::sessions;

/// How long other servers may have ended sessions without this server knowing.
const EVERY: TimeDelta = TimeDelta::seconds(1);

/// How much later than the instant of its transaction the end of a session can be seen: the longest time of a transaction with its
/// retries, and the largest difference between the clocks of two servers.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// The sessions that have ended while access tokens of theirs have not expired.
pub struct EndedSessions {
    lifetime: TimeDelta,
    /// The instant of each end.
    ended: RwLock<HashMap<SessionId, UtcTime>>,
    /// The instant of the latest look at the database, in microseconds.
    looked_at: AtomicI64,
    /// How many transactions of this server had ended sessions before that look.
    counted: AtomicU64,
    /// Held by the request that looks; the others wait for its result.
    looking: Mutex<()>,
}

impl EndedSessions {
    /// Knows none. `lifetime` is that of an access token.
    pub fn new(lifetime: TimeDelta) -> Self {
        let looked_at = AtomicI64::new(UtcTime::EARLIEST.micros());
        Self { lifetime, ended: RwLock::default(), looked_at, counted: AtomicU64::new(0), looking: Mutex::default() }
    }

    /// Whether the session of an access token has ended: this second on another server at the latest, or on this server.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn contains(&self, db: &Db, session: SessionId, now: UtcTime) -> Result<bool, Problem> {
        if !self.is_current(db, now) {
            let _looking = self.looking.lock().await;
            if !self.is_current(db, now) {
                self.look(db, now).await?;
            }
        }
        Ok(self.ended.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session))
    }

    fn is_current(&self, db: &Db, now: UtcTime) -> bool {
        let looked_at = UtcTime::from_micros(self.looked_at.load(Ordering::Acquire));
        (looked_at..looked_at + EVERY).contains(&now) && self.counted.load(Ordering::Acquire) == db.stats().ended_sessions()
    }

    async fn look(&self, db: &Db, now: UtcTime) -> Result<(), Problem> {
        // Counted first: an end that is committed meanwhile is looked for again.
        let counted = db.stats().ended_sessions();
        let oldest = now - self.lifetime - LATE;
        let looked_at = UtcTime::from_micros(self.looked_at.load(Ordering::Acquire));
        let since = oldest.max(looked_at.min(now) - LATE);
        let find = move |tx: &mut ReadTx| Ok::<_, Error>(sessions::list_ended(&mut tx.conn, since)?);
        let found = db.read(now, find).await?;
        let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, at| *at > oldest);
        ended.extend(found);
        drop(ended);
        self.counted.store(counted, Ordering::Release);
        self.looked_at.store(now.micros(), Ordering::Release);
        Ok(())
    }
}
