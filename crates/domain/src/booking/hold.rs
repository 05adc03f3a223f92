//! Why a booking is held, and the party that must confirm it.

use crate::text_enum::text_enum;

text_enum! {
    /// Why a booking was held first.
    pub enum HoldReason {
        /// The customer asked for a hold, to confirm it later. A booking of a group in which another booking is held has this
        /// reason, too.
        Customer = "customer",
        /// The booking rules require payment first.
        Payment = "payment",
        /// The slot became free and was offered to the first fitting entry of the waitlist.
        Waitlist = "waitlist",
        /// A manager of the host made the booking for the customer.
        HostOffer = "host_offer",
    }
}

text_enum! {
    /// One of the two organizations of a booking.
    pub enum Party {
        /// The organization that books.
        Customer = "customer",
        /// The organization that owns the resource.
        Host = "host",
    }
}

/// The hold with which a booking began.
///
/// The reason stays with the booking for ever. `awaits` is set exactly while the booking is held, and stays if it ends as a hold
/// (expired, or cancelled before it was confirmed). So a booking that ended with `awaits` was a hold to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Why the booking was held.
    pub reason: HoldReason,
    /// The party whose confirmation the hold waits for; none once the booking was confirmed or requested.
    pub awaits: Option<Party>,
}

impl Hold {
    /// The hold of a customer's own booking.
    pub const fn by_customer(requires_payment: bool) -> Self {
        Self::new(HoldReason::Customer, requires_payment)
    }

    /// A new hold. Where payment comes first the host confirms it, when the payment has arrived; otherwise the customer does.
    pub const fn new(reason: HoldReason, requires_payment: bool) -> Self {
        let reason = match (reason, requires_payment) {
            (HoldReason::Customer | HoldReason::Payment, true) => HoldReason::Payment,
            (HoldReason::Customer | HoldReason::Payment, false) => HoldReason::Customer,
            (offer, _) => offer,
        };
        let awaits = Some(if requires_payment { Party::Host } else { Party::Customer });
        Self { reason, awaits }
    }

    /// The hold after the booking became another one: on a resource with other rules, or, where the customer made more of it than
    /// the host had offered, no longer the host's offer.
    #[must_use]
    pub const fn moved(self, requires_payment: bool, is_still_offered: bool) -> Self {
        match (self.awaits, self.reason) {
            (None, _) => self,
            (_, HoldReason::HostOffer) if !is_still_offered => Self::by_customer(requires_payment),
            (_, reason) => Self::new(reason, requires_payment),
        }
    }

    /// The hold after its booking was confirmed or requested.
    #[must_use]
    pub const fn confirmed(self) -> Self {
        Self { awaits: None, ..self }
    }

    /// Whether it waits, or waited until it ended, and the host does not know of it.
    pub fn is_private(self) -> bool {
        self.awaits.is_some() && !self.is_known_to_host()
    }

    /// Whether the host knows of the hold while it waits: the host must confirm it, or has offered it.
    pub fn is_known_to_host(self) -> bool {
        self.awaits == Some(Party::Host) || self.reason == HoldReason::HostOffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_decide_who_confirms_a_hold_and_the_reason_of_a_customers_own() {
        for (asked, requires_payment, reason, awaits) in [
            (HoldReason::Customer, false, HoldReason::Customer, Party::Customer),
            (HoldReason::Customer, true, HoldReason::Payment, Party::Host),
            (HoldReason::Waitlist, false, HoldReason::Waitlist, Party::Customer),
            (HoldReason::Waitlist, true, HoldReason::Waitlist, Party::Host),
            (HoldReason::HostOffer, false, HoldReason::HostOffer, Party::Customer),
            (HoldReason::HostOffer, true, HoldReason::HostOffer, Party::Host),
        ] {
            assert_eq!(Hold::new(asked, requires_payment), Hold { reason, awaits: Some(awaits) });
        }
    }

    #[test]
    fn a_hold_that_moves_to_other_rules_waits_for_the_party_of_these() {
        for is_still_offered in [true, false] {
            let plain = Hold::by_customer(false);
            assert_eq!(plain.moved(true, is_still_offered), Hold::by_customer(true));
            assert_eq!(plain.moved(true, is_still_offered).moved(false, is_still_offered), plain);
            let waited_for = Hold::new(HoldReason::Waitlist, false);
            assert_eq!(waited_for.moved(true, is_still_offered), Hold::new(HoldReason::Waitlist, true));
        }
    }

    #[test]
    fn an_offer_of_the_host_is_the_customers_own_hold_once_the_customer_makes_more_of_it() {
        let offer = Hold::new(HoldReason::HostOffer, false);
        assert_eq!(offer.moved(false, true), offer);
        assert_eq!(offer.moved(false, false), Hold::by_customer(false));
        assert_eq!(offer.moved(true, false), Hold::by_customer(true));
        assert_eq!(offer.confirmed().moved(false, false), offer.confirmed());
    }

    #[test]
    fn the_host_knows_of_the_holds_that_it_confirms_or_has_offered() {
        assert!(!Hold::by_customer(false).is_known_to_host());
        assert!(Hold::by_customer(true).is_known_to_host());
        assert!(!Hold::new(HoldReason::Waitlist, false).is_known_to_host());
        assert!(Hold::new(HoldReason::Waitlist, true).is_known_to_host());
        assert!(Hold::new(HoldReason::HostOffer, false).is_known_to_host());
    }

    #[test]
    fn a_confirmed_hold_waits_for_nobody_and_keeps_its_reason() {
        for &reason in HoldReason::ALL {
            let hold = Hold::new(reason, true);
            assert_eq!(hold.confirmed(), Hold { awaits: None, ..hold });
        }
    }
}
