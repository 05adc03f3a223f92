//! Trainings: events with seats. Attendance grants a certification.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::ids::{CertificationKindId, InvoiceId, OrganizationId, SiteId};
use super::interval::Interval;
use super::ledger::{Owed, seat_owed};
use super::limits;
use super::money::{Currency, Money};
use super::prepaid::PrepaidUse;
use super::pricing::TaxedPrice;
use super::text_enum::text_enum;
use super::time::UtcTime;
use crate::said::said;

text_enum! {
    /// The state of a training.
    pub enum TrainingStatus {
        /// In the future or under way. Seats can be taken until it starts.
        Scheduled = "scheduled",
        /// Over, with the attendance recorded.
        Held = "held",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// The state of a seat.
    pub enum SeatStatus {
        /// A user has the seat.
        Booked = "booked",
        /// The user attended and was certified.
        Attended = "attended",
        /// The user did not attend.
        Absent = "absent",
        /// The seat was cancelled; another user can take it.
        Cancelled = "cancelled",
    }
}

/// The price of a seat that an organization pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatCharge {
    /// The organization.
    pub customer_id: OrganizationId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The credit note that took the price back.
    pub credit_note_id: Option<InvoiceId>,
    /// The price.
    pub price: TaxedPrice,
    /// The prepaid credit that pays it, or a part of it.
    pub prepaid: Vec<PrepaidUse>,
}

impl SeatCharge {
    /// The amounts that the organization owes for the seat, after the prepaid credit.
    pub fn owed(&self, currency: Currency) -> Owed {
        match self.credit_note_id {
            Some(_) => Owed::new(),
            None => seat_owed(&self.price, currency, &self.prepaid),
        }
    }
}

/// An organization that is to pay for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatPayer {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Whether it does not want to use prepaid credit.
    pub refuses_prepaid: bool,
}

/// The fields of a training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingFields {
    /// The kind of certification that it grants.
    pub certification_kind_id: CertificationKindId,
    /// The site where it takes place.
    pub site_id: SiteId,
    /// The name.
    pub name: String,
    /// A description, with what participants should know and bring.
    pub description: String,
    /// The name of the person who teaches. Can be empty.
    pub trainer: String,
    /// The price of a seat. None: it is free.
    pub price: Option<Money>,
    /// The time.
    pub interval: Interval,
    /// The number of seats.
    pub seats: i32,
}

/// A new training.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "certification_kind_id": "019acb31-7a40-7b12-9f3e-2d6f3b1c5a01", "site_id": "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11",
    "name": "Laser safety for beginners", "starts_at": "2026-12-08T18:00:00Z", "ends_at": "2026-12-08T20:00:00Z", "seats": 8,
    "trainer": "Ada Lovelace", "price": {"amount": 2500, "currency": "GBP"}
}))]
pub struct NewTraining {
    /// The kind of certification that it grants: a kind of your organization, or one that is shared with it.
    pub certification_kind_id: CertificationKindId,
    /// The site where it takes place: a site of your organization.
    pub site_id: SiteId,
    /// The name of the training.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// A description, with what participants should know and bring. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Description)]
    pub description: String,
    /// The name of the person who teaches. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Line)]
    pub trainer: String,
    /// The price of a seat; VAT is added to it or included as in tariffs, if an organization pays for the seat. People with a seat keep the
    /// price for which they took it. Default: free.
    #[serde(default)]
    pub price: Option<Money>,
    /// Start of the training (inclusive), in the future.
    pub starts_at: UtcTime,
    /// End of the training (exclusive).
    pub ends_at: UtcTime,
    /// The number of seats.
    #[schema(value_type = limits::Seats)]
    pub seats: i32,
}

impl NewTraining {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self, now: UtcTime) -> Result<TrainingFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let description = fields.text("/description", &self.description, limits::Description::RANGE);
        let trainer = fields.line("/trainer", &self.trainer, limits::Line::RANGE);
        let amount = self.price.map(|price| fields.number("/price/amount", price.amount, limits::Charge::RANGE));
        if self.starts_at <= now {
            fields.refuse("/starts_at", "invalid", said!("must be in the future"));
        }
        let interval = fields.take("/ends_at", Interval::new(self.starts_at, self.ends_at));
        let seats = fields.number("/seats", self.seats, limits::Seats::RANGE);
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
