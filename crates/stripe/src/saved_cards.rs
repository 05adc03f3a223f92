//! Cards that customers save, and payments from them without the customer.

use domain::money::Money;
use serde::Deserialize;

use super::error::StripeError;
use super::form::{self, Form};
use super::objects::{List, PaymentIntent, Session};
use super::{NewSession, PAYMENT_KEY, Stripe, currency, units};

#[derive(Deserialize)]
struct Owner {
    id: String,
}

/// The act of saving a card.
#[derive(Debug, Clone, Deserialize)]
pub struct SetupIntent {
    /// The card; none until it is saved.
    #[serde(default)]
    pub payment_method: Option<String>,
    status: String,
}

impl SetupIntent {
    /// The saved card; none unless the bank has agreed.
    pub fn card(self) -> Option<String> {
        self.payment_method.filter(|_| self.status == "succeeded")
    }
}

/// A payment from a saved card.
#[derive(Debug, Clone)]
pub struct OffSession<'a> {
    /// The payment here that it is for.
    pub payment_id: &'a str,
    /// The owner of the card.
    pub owner: &'a str,
    /// The card.
    pub card: &'a str,
    /// The amount.
    pub amount: Money,
    /// The part of it that the operator keeps.
    pub commission: Money,
    /// The account of the host to which it is transferred; none: it stays with the operator.
    pub account: Option<&'a str>,
}

impl Stripe {
    /// Makes the owner of a card that is to be saved, and returns its identifier.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn create_owner(&self, payment_id: &str, key: &str) -> Result<String, StripeError> {
        let mut form = Form::default();
        form.add(PAYMENT_KEY, payment_id);
        self.post("customers", form, key).await.map(|owner: Owner| owner.id)
    }

    /// Makes a Checkout session on which a customer saves a card of this owner. Nothing is paid.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn create_setup_session(&self, new: &NewSession<'_>, owner: &str, key: &str) -> Result<Session, StripeError> {
        let mut form = Form::default();
        form.add("mode", "setup")
            .add("payment_method_types[0]", "card")
            .add("customer", owner)
            .add("client_reference_id", new.payment_id)
            .add(PAYMENT_KEY, new.payment_id)
            .add("custom_text[submit][message]", new.description)
            .add("success_url", new.success_url)
            .add("cancel_url", new.cancel_url)
            .add("expires_at", &new.expires_at.to_chrono().timestamp().to_string());
        if let Some(account) = new.account {
            form.add("setup_intent_data[on_behalf_of]", account);
        }
        self.post("checkout/sessions", form, key).await
    }

    /// Returns the act of saving a card.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn get_setup_intent(&self, id: &str) -> Result<SetupIntent, StripeError> {
        self.get(&format!("setup_intents/{}", form::part(id))).await
    }

    /// Returns the payments from the cards of an owner, the latest first.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_intents(&self, owner: &str) -> Result<Vec<PaymentIntent>, StripeError> {
        let path = format!("payment_intents?customer={}&expand[]=data.latest_charge&limit=100", form::part(owner));
        self.get(&path).await.map(|page: List<PaymentIntent>| page.data)
    }

    /// Takes an amount from a saved card at once.
    ///
    /// # Errors
    /// [`StripeError`]; [`StripeError::AuthenticationRequired`] if the bank wants the customer.
    pub async fn charge(&self, new: &OffSession<'_>, key: &str) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.add("amount", &units(new.amount)?)
            .add("currency", &currency(new.amount))
            .add("customer", new.owner)
            .add("payment_method", new.card)
            .add("payment_method_types[0]", "card")
            .add("off_session", "true")
            .add("confirm", "true")
            .add("expand[]", "latest_charge")
            .add(PAYMENT_KEY, new.payment_id);
        if let Some(account) = new.account {
            form.add("on_behalf_of", account).add("transfer_data[destination]", account).add("transfer_group", new.payment_id);
        }
        if new.commission.amount > 0 {
            form.add("application_fee_amount", &units(new.commission)?);
        }
        self.post("payment_intents", form, key).await
    }
}
