//! Mails to hosts about payments by card that need them.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::card_payment::CardProblem;
use domain::ids::BookingId;
use domain::mail::MailCategory;
use domain::money::Money;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};

/// The content of a mail about a payment by card that needs the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPaymentLetter {
    /// The problem.
    pub problem: CardProblem,
    /// The booking that was paid for.
    pub booking_id: BookingId,
    /// The name of the reader; may be empty.
    pub name: String,
    /// The name of the customer.
    pub customer: String,
    /// The name of the resource.
    pub resource: String,
    /// The amount of the refund or of the dispute.
    pub amount: Money,
}

impl Content for CardPaymentLetter {
    fn template(&self) -> String {
        format!("card_{}", self.problem)
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = match self.problem {
            CardProblem::RefundFailed => "card-refund-failed",
            CardProblem::Disputed => "card-disputed",
            CardProblem::Declined => "card-declined",
        };
        let amount = amount(texts, self.amount);
        let variables = variables([
            ("amount", amount.as_str().into()),
            ("customer", self.customer.as_str().into()),
            ("resource", self.resource.as_str().into()),
        ]);
        let table =
            [("label-amount", amount.clone()), ("label-customer", self.customer.clone()), ("label-what", self.resource.clone())];
        Page {
            subject: texts.message(message, &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute(message, "call", &variables),
            url: sender.link(&format!("bookings/{}", self.booking_id)),
            token: None,
            outro: texts.attribute(message, "outro", &variables),
            entries: Vec::new(),
        }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.booking_id.to_string()]
    }
}
