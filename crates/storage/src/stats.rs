//! Figures about the use of the database, for the metrics. To count costs a few atomic operations and never waits.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The counts of one open database since it was opened.
#[derive(Debug)]
pub struct Stats {
    pub(super) writes_waiting: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) ended_sessions: AtomicU64,
    /// The number of writes that SQLite commits together.
    pub batch_size: Distribution,
    /// Seconds that a write waited for a lock: of a resource on PostgreSQL, of another process on SQLite.
    pub lock_wait: Distribution,
    /// Seconds that a transaction waited for a connection from the pool.
    pub pool_wait: Distribution,
}

const BATCH_SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
const SECONDS: &[f64] = &[0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

impl Stats {
    pub(super) fn new() -> Self {
        Self {
            writes_waiting: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            ended_sessions: AtomicU64::new(0),
            batch_size: Distribution::new(BATCH_SIZES),
            lock_wait: Distribution::new(SECONDS),
            pool_wait: Distribution::new(SECONDS),
        }
    }

    /// The number of writes that wait for the writer of SQLite now; always 0 on PostgreSQL.
    pub fn writes_waiting(&self) -> u64 {
        self.writes_waiting.load(Ordering::Relaxed)
    }

    /// The number of transactions that were run again because PostgreSQL had ended them to resolve a conflict.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// The number of committed transactions of this server that have ended sessions.
    pub fn ended_sessions(&self) -> u64 {
        self.ended_sessions.load(Ordering::Acquire)
    }
}

/// How often a value was how large.
#[derive(Debug)]
pub struct Distribution {
    /// The upper bounds of all buckets but the last, which has none.
    bounds: &'static [f64],
    counts: Box<[AtomicU64]>,
    /// In millionths.
    sum: AtomicU64,
}

impl Distribution {
    fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Counts a value that is not negative.
    pub(super) fn observe(&self, value: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
            self.sum.fetch_add((value * 1e6) as u64, Ordering::Relaxed);
        }
    }

    /// Runs `work` and counts the seconds that it takes.
    pub(super) fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.observe(started.elapsed().as_secs_f64());
        done
    }

    /// Returns the present figures.
    pub fn read(&self) -> Figures {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<_> = bounds.zip(self.counts.iter().map(|count| count.load(Ordering::Relaxed))).collect();
        let sum = Duration::from_micros(self.sum.load(Ordering::Relaxed)).as_secs_f64();
        Figures { sum, count: buckets.iter().map(|(_, count)| count).sum(), buckets }
    }
}

/// The figures of a [`Distribution`] at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The sum of all values.
    pub sum: f64,
    /// The number of values.
    pub count: u64,
    /// The upper bound of each bucket, infinity for the last, and the number of values in this bucket alone.
    pub buckets: Vec<(f64, u64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_lowest_bucket_that_it_fits_in() {
        let distribution = Distribution::new(&[1.0, 2.0]);
        for value in [0.5, 1.0, 1.5, 2.5, 100.0] {
            distribution.observe(value);
        }
        let buckets = vec![(1.0, 2), (2.0, 1), (f64::INFINITY, 2)];
        assert_eq!(distribution.read(), Figures { sum: 105.5, count: 5, buckets });
    }
}
