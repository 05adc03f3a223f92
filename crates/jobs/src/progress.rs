//! When each job last succeeded, and how late it is.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use actions::error::Error;
use domain::time::UtcTime;
use environment::clock::Clock;

/// The schedule of one job of this server.
#[derive(Debug)]
pub struct Progress {
    /// The name of the job.
    pub job: &'static str,
    every: TimeDelta,
    started_at: UtcTime,
    due_at: AtomicI64,
    /// In microseconds; [`NEVER`] until the job has succeeded once.
    succeeded_at: AtomicI64,
}

const NEVER: i64 = i64::MIN;

impl Progress {
    /// A job that is due at once, and then again and again after `every`.
    pub(super) const fn new(job: &'static str, every: TimeDelta, now: UtcTime) -> Self {
        let (due_at, succeeded_at) = (AtomicI64::new(now.micros()), AtomicI64::new(NEVER));
        Self { job, every, started_at: now, due_at, succeeded_at }
    }

    /// The instant of the last success, if there was one since the server started.
    pub fn last_success(&self) -> Option<UtcTime> {
        let micros = self.succeeded_at.load(Ordering::Relaxed);
        (micros != NEVER).then(|| UtcTime::from_micros(micros))
    }

    /// How much later the job is than it should be: the time since its last success, or since the start of the server,
    /// less the time between two runs. Zero for a job that is on time.
    pub fn lag(&self, now: UtcTime) -> TimeDelta {
        let since = self.last_success().unwrap_or(self.started_at);
        (now - since - self.every).max(TimeDelta::zero())
    }

    /// Whether the job is due. If it is, its next run is `every` from `now`.
    pub(super) fn begin_if_due(&self, now: UtcTime) -> bool {
        let is_due = self.due_at.load(Ordering::Relaxed) <= now.micros();
        if is_due {
            self.due_at.store((now + self.every).micros(), Ordering::Relaxed);
        }
        is_due
    }

    /// Writes down how a run has ended, and logs its failure.
    pub(super) fn note(&self, clock: &Clock, result: Result<(), impl Into<Error>>) -> Result<(), Error> {
        let result = result.map_err(Into::into);
        match &result {
            Ok(()) => self.succeeded_at.store(clock.now().micros(), Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, job = self.job, "a job has failed; it runs again later"),
        }
        result
    }

    /// The span of one run.
    pub(super) fn span(&self) -> tracing::Span {
        tracing::info_span!("job", job = self.job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UtcTime = UtcTime::from_unix_minutes(30_000_000);
    const MINUTE: TimeDelta = TimeDelta::minutes(1);

    #[test]
    fn a_job_is_due_at_once_and_then_after_its_interval() {
        let progress = Progress::new("test", MINUTE, START);
        let due = [0, 0, 59, 60, 61, 119, 121].map(|second| progress.begin_if_due(START + TimeDelta::seconds(second)));
        assert_eq!(due, [true, false, false, true, false, false, true]);
    }

    #[test]
    fn a_job_is_late_by_the_time_since_its_last_success_less_its_interval() {
        let (progress, clock) = (Progress::new("test", MINUTE, START), Clock::manual(START + MINUTE));
        assert_eq!((progress.last_success(), progress.lag(START + MINUTE * 3)), (None, MINUTE * 2));
        progress.note(&clock, Ok::<_, Error>(())).unwrap();
        assert_eq!((progress.last_success(), progress.lag(START + MINUTE * 2)), (Some(START + MINUTE), TimeDelta::zero()));
        clock.set(START + MINUTE * 2);
        progress.note(&clock, Err(Error::not_found())).unwrap_err();
        assert_eq!((progress.last_success(), progress.lag(START + MINUTE * 3)), (Some(START + MINUTE), MINUTE));
    }
}
