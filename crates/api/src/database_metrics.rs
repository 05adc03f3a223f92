//! The figures of the database, read whenever they are asked for.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use storage::db::Db;

/// Writes the figures that storage counts for one database.
pub(super) struct DatabaseMetrics(pub(super) Db);

impl fmt::Debug for DatabaseMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.stats().fmt(f)
    }
}

impl Collector for DatabaseMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stats = self.0.stats();
        let waiting = (stats.writes_waiting(), "database_writes_waiting", "Writes that wait for the writer of SQLite");
        let in_use = (u64::from(self.0.connections_in_use()), "database_connections_in_use", "Connections in use");
        for (value, name, help) in [waiting, in_use] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let (retries, help) = (ConstCounter::new(stats.retries()), "Transactions that ran again after a conflict on PostgreSQL");
        retries.encode(encoder.encode_descriptor("database_retries", help, None, retries.metric_type())?)?;
        let seconds = Some(&Unit::Seconds);
        for (distribution, name, help, unit) in [
            (&stats.batch_size, "database_batch_size", "Writes that SQLite committed together", None),
            (&stats.lock_wait, "database_lock_wait", "The time that writes waited for a lock", seconds),
            (&stats.pool_wait, "database_pool_wait", "The time that transactions waited for a connection", seconds),
        ] {
            let figures = distribution.read();
            let mut metric = encoder.encode_descriptor(name, help, unit, MetricType::Histogram)?;
            metric.encode_histogram::<NoLabelSet>(figures.sum, figures.count, &figures.buckets, None)?;
        }
        Ok(())
    }
}
