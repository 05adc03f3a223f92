//! Events that people are trained at: what they attend earns them a certification.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::ids::{CertificationKindId, SiteId};
use super::interval::Interval;
use super::money::Money;
use super::pricing::MOST;
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// Where a training is in its life.
    pub enum TrainingStatus {
        /// To come, or under way; seats can be had until it starts.
        Scheduled = "scheduled",
        /// Over: who attended is written down.
        Held = "held",
        /// Called off.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What became of a seat.
    pub enum SeatStatus {
        /// Somebody has it.
        Booked = "booked",
        /// Its holder came, and was certified.
        Attended = "attended",
        /// Its holder did not come.
        Absent = "absent",
        /// It was given up, and can be had by somebody else.
        Cancelled = "cancelled",
    }
}

/// What a training is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingFields {
    /// What it trains in.
    pub certification_kind_id: CertificationKindId,
    /// Where it takes place.
    pub site_id: SiteId,
    /// What it is called.
    pub name: String,
    /// What to know before, and what to bring.
    pub description: String,
    /// Who teaches; may be empty.
    pub trainer: String,
    /// What a seat costs, if anything.
    pub price: Option<Money>,
    /// When.
    pub interval: Interval,
    /// How many people can attend.
    pub seats: i32,
}

/// A training to be scheduled.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "certification_kind_id": "019acb31-7a40-7b12-9f3e-2d6f3b1c5a01", "site_id": "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11",
    "name": "Laser safety for beginners", "starts_at": "2026-12-08T18:00:00Z", "ends_at": "2026-12-08T20:00:00Z", "seats": 8,
    "trainer": "Ada Lovelace", "price": {"amount": 2500, "currency": "GBP"}
}))]
pub struct NewTraining {
    /// What it trains in: a kind of your own, or one that is shared with you.
    pub certification_kind_id: CertificationKindId,
    /// Where it takes place: a site of your own.
    pub site_id: SiteId,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What to know before, and what to bring.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub description: String,
    /// Who teaches.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub trainer: String,
    /// What a seat costs; nothing if left out. Who has a seat keeps the price that it was taken for.
    #[serde(default)]
    pub price: Option<Money>,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How many people can attend.
    #[schema(minimum = 1, maximum = 500)]
    pub seats: i32,
}

impl NewTraining {
    /// The fields as they are kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self, now: UtcTime) -> Result<TrainingFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        let description = fields.note("/description", &self.description, 5000);
        let trainer = fields.note("/trainer", &self.trainer, 200);
        let amount = self.price.map(|price| fields.number("/price/amount", price.amount, 0..=MOST));
        if self.starts_at <= now {
            fields.refuse("/starts_at", "invalid", "must be in the future");
        }
        let interval = fields.take("/ends_at", Interval::new(self.starts_at, self.ends_at));
        let seats = fields.number("/seats", self.seats, 1..=500);
        fields.finish(|| {
            Some(TrainingFields {
                certification_kind_id: self.certification_kind_id,
                site_id: self.site_id,
                name: name?,
                description: description?,
                trainer: trainer?,
                price: self.price.zip(amount.flatten()).map(|(price, amount)| Money { amount, ..price }),
                interval: interval?,
                seats: seats?,
            })
        })
    }
}

impl From<TrainingFields> for NewTraining {
    fn from(fields: TrainingFields) -> Self {
        let TrainingFields { certification_kind_id, site_id, name, description, trainer, price, interval, seats } = fields;
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Self { certification_kind_id, site_id, name, description, trainer, price, starts_at, ends_at, seats }
    }
}
