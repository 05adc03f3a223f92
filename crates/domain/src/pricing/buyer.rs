//! The facts about the maker of a booking, and about its parts, on which discounts depend.

use crate::country::Country;
use crate::ids::OrganizationId;
use crate::organization::OrganizationKind;
use crate::time::UtcTime;

/// The facts about a booking's maker that decide about discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Buyer {
    /// When the booking is, or was, made.
    pub booked_at: UtcTime,
    /// The customer, if known, with its kind if the tariff asks for it.
    pub customer: Option<(OrganizationId, Option<OrganizationKind>)>,
    /// The country of the customer's VAT number, if it has one. Only loaded for hosts that charge VAT. Not part of a quote, which
    /// carries the terms that follow from it.
    #[serde(skip)]
    pub vat_number_of: Option<Country>,
}

impl Buyer {
    /// Creates a buyer of whom only the time of booking is known. Discounts for customers do not apply.
    pub const fn unknown(booked_at: UtcTime) -> Self {
        Self { booked_at, customer: None, vat_number_of: None }
    }

    /// Whether the customer is known, and is of one of these kinds or in the list.
    pub(super) fn is_listed(self, kinds: Option<&[OrganizationKind]>, organizations: Option<&[OrganizationId]>) -> bool {
        self.customer.is_some_and(|(id, kind)| {
            organizations.is_some_and(|listed| listed.contains(&id))
                || kinds.zip(kind).is_some_and(|(kinds, kind)| kinds.contains(&kind))
        })
    }
}

/// The beginning of a part of a booking that a discount can apply to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// A stretch of minutes begins.
    OfTime(UtcTime),
    /// A day, week or month begins.
    OfLongRate(UtcTime),
}

impl Moment {
    pub(super) const fn at(self) -> UtcTime {
        match self {
            Self::OfTime(at) | Self::OfLongRate(at) => at,
        }
    }
}
