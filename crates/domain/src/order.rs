//! The orders of lists, and the part of a list that is queried.

use super::booking::BookingOrder;
use super::text_enum::text_enum;

text_enum! {
    /// The order of a list by creation.
    pub enum CreationOrder {
        /// By creation, the oldest first.
        CreatedAt = "created_at",
        /// By creation, the newest first.
        CreatedAtDescending = "-created_at",
    }
}

text_enum! {
    /// The order of a list by start.
    pub enum StartOrder {
        /// By start, the earliest first.
        StartsAt = "starts_at",
        /// By start, the latest first.
        StartsAtDescending = "-starts_at",
    }
}

impl CreationOrder {
    /// Whether the newest comes first.
    pub const fn is_descending(self) -> bool {
        matches!(self, Self::CreatedAtDescending)
    }
}

impl StartOrder {
    /// Whether the latest comes first.
    pub const fn is_descending(self) -> bool {
        matches!(self, Self::StartsAtDescending)
    }
}

/// The instant by which bookings are listed, with the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedBy {
    /// The start.
    Start(StartOrder),
    /// The creation.
    Creation(CreationOrder),
}

impl BookingOrder {
    /// Returns the instant of the order, and its direction.
    pub const fn listed_by(self) -> ListedBy {
        match self {
            Self::StartsAt => ListedBy::Start(StartOrder::StartsAt),
            Self::StartsAtDescending => ListedBy::Start(StartOrder::StartsAtDescending),
            Self::CreatedAt => ListedBy::Creation(CreationOrder::CreatedAt),
            Self::CreatedAtDescending => ListedBy::Creation(CreationOrder::CreatedAtDescending),
        }
    }
}

/// The rows of a list to query: at most `limit` in an order, after the key of the last row of the previous page.
#[derive(Debug, Clone, Copy)]
pub struct Rows<O, K> {
    /// The order.
    pub order: O,
    /// The key of the last row of the previous page. None: the first page.
    pub after: Option<K>,
    /// The largest number of rows.
    pub limit: i64,
}

#[cfg(test)]
mod tests {
    use super::{CreationOrder, ListedBy, StartOrder};
    use crate::booking::BookingOrder;

    #[test]
    fn every_list_calls_an_order_by_the_same_words() {
        for order in BookingOrder::ALL {
            let (word, is_descending) = match order.listed_by() {
                ListedBy::Start(order) => (order.as_str(), order.is_descending()),
                ListedBy::Creation(order) => (order.as_str(), order.is_descending()),
            };
            assert_eq!((word, is_descending), (order.as_str(), order.as_str().starts_with('-')));
        }
        assert_eq!(BookingOrder::ALL.len(), CreationOrder::ALL.len() + StartOrder::ALL.len());
    }
}
