//! The accounts of hosts (Stripe Connect), and the division of payments between a host and the operator of the service.

use domain::card_amount::from_units;
use domain::money::Money;
use domain::time::UtcTime;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::StripeError;
use super::form::{self, Form};
use super::{Stripe, currency, units};

/// An account of a host to be made.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// The host here.
    pub organization_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The country in which it is established, as an ISO 3166-1 alpha-2 code.
    pub country: &'a str,
    /// The address of the user who connects it.
    pub email: &'a str,
}

/// An account of a host.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// Its identifier.
    pub id: String,
    /// Whether it can take payments.
    pub charges_enabled: bool,
    /// Whether Stripe pays its balance out.
    pub payouts_enabled: bool,
    /// Whether the host has answered all questions once.
    pub details_submitted: bool,
    /// The facts that are missing.
    #[serde(default)]
    pub requirements: Requirements,
}

impl Account {
    /// An account that can do nothing, for this reason.
    pub fn disconnected(id: String, reason: &str) -> Self {
        let requirements = Requirements { currently_due: Vec::new(), disabled_reason: Some(reason.to_owned()) };
        Self { id, charges_enabled: false, payouts_enabled: false, details_submitted: false, requirements }
    }
}

/// The facts that are missing of an account.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Requirements {
    /// Their names.
    #[serde(default)]
    pub currently_due: Vec<String>,
    /// The reason why something is not possible.
    #[serde(default)]
    pub disabled_reason: Option<String>,
}

/// The page on which a host gives Stripe the facts that Stripe needs. It can be opened once.
#[derive(Debug, Clone, Deserialize)]
pub struct AccountLink {
    /// The address.
    pub url: String,
    expires_at: i64,
}

impl AccountLink {
    /// The instant from which the page can no longer be opened.
    pub fn expires_at(&self) -> UtcTime {
        UtcTime::from_micros(self.expires_at.saturating_mul(1_000_000))
    }
}

/// A transfer to the account of a host.
#[derive(Debug, Clone, Deserialize)]
pub struct Transfer {
    /// Its identifier.
    pub id: String,
    amount: i64,
    #[serde(default)]
    amount_reversed: i64,
    currency: String,
    #[serde(default)]
    destination_payment: Option<String>,
    #[serde(default)]
    reversals: Reversals,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Reversals {
    #[serde(default)]
    data: Vec<Reversal>,
}

#[derive(Debug, Clone, Deserialize)]
struct Reversal {
    #[serde(default)]
    destination_payment_refund: Option<String>,
}

impl Transfer {
    /// The identifiers of the payment in the account of the host, and of its refunds.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        let refunds = self.reversals.data.iter().filter_map(|one| one.destination_payment_refund.as_deref());
        self.destination_payment.as_deref().into_iter().chain(refunds)
    }

    /// The amount; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The part of the amount that was taken back; none if it cannot be read.
    pub fn reversed(&self) -> Option<Money> {
        from_units(self.amount_reversed, &self.currency)
    }
}

/// The commission on a payment.
#[derive(Debug, Clone, Deserialize)]
pub struct ApplicationFee {
    /// Its identifier.
    pub id: String,
    amount: i64,
    #[serde(default)]
    amount_refunded: i64,
    currency: String,
}

impl ApplicationFee {
    /// The amount; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The part of the amount that was returned; none if it cannot be read.
    pub fn returned(&self) -> Option<Money> {
        from_units(self.amount_refunded, &self.currency)
    }
}

#[derive(Deserialize)]
struct WithFee {
    #[serde(default)]
    latest_charge: Option<ChargeWithFee>,
}

#[derive(Deserialize)]
struct ChargeWithFee {
    #[serde(default)]
    application_fee: Option<ApplicationFee>,
}

impl Stripe {
    /// Makes an account of a host, which Stripe asks for what it needs and shows a dashboard of its own. The operator of the service pays
    /// Stripe's fees, and is liable for negative balances.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn create_account(&self, new: &NewAccount<'_>, key: &str) -> Result<Account, StripeError> {
        let mut form = Form::default();
        form.add("controller[stripe_dashboard][type]", "express")
            .add("controller[fees][payer]", "application")
            .add("controller[losses][payments]", "application")
            .add("capabilities[card_payments][requested]", "true")
            .add("capabilities[transfers][requested]", "true")
            .add("country", new.country)
            .add("email", new.email)
            .add("business_profile[name]", new.name)
            .add("metadata[organization_id]", new.organization_id);
        self.post("accounts", form, key).await
    }

    /// Makes a page on which a host gives Stripe the facts that Stripe needs. The host returns to `return_url`, and comes to `refresh_url` if the
    /// page can no longer be opened.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn create_account_link(
        &self,
        account: &str,
        (return_url, refresh_url): (&str, &str),
        key: &str,
    ) -> Result<AccountLink, StripeError> {
        let mut form = Form::default();
        form.add("account", account)
            .add("type", "account_onboarding")
            .add("return_url", return_url)
            .add("refresh_url", refresh_url);
        self.post("account_links", form, key).await
    }

    /// Returns an account of a host.
    ///
    /// # Errors
    /// [`StripeError`]; [`StripeError::NotFound`] also if the host has ended the connection.
    pub async fn get_account(&self, id: &str) -> Result<Account, StripeError> {
        self.get(&format!("accounts/{}", form::part(id))).await
    }

    /// Returns the commission on a payment; none if there is none.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn find_fee(&self, intent: &str) -> Result<Option<ApplicationFee>, StripeError> {
        let path = format!("payment_intents/{}?expand[]=latest_charge.application_fee", form::part(intent));
        let found: WithFee = self.get(&path).await?;
        Ok(found.latest_charge.and_then(|charge| charge.application_fee))
    }

    /// Returns all transfers that were made for a payment.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_transfers(&self, payment_id: &str) -> Result<Vec<Transfer>, StripeError> {
        self.list(&format!("transfers?transfer_group={}", form::part(payment_id))).await
    }

    /// Transfers an amount to the account of a host, for a payment.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn transfer(&self, account: &str, amount: Money, payment_id: &str, key: &str) -> Result<Transfer, StripeError> {
        let mut form = Form::default();
        form.add("destination", account)
            .add("amount", &units(amount)?)
            .add("currency", &currency(amount))
            .add("transfer_group", payment_id);
        self.post("transfers", form, key).await
    }

    /// Takes a part of a transfer back.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn reverse_transfer(&self, id: &str, amount: Money, key: &str) -> Result<(), StripeError> {
        let mut form = Form::default();
        form.add("amount", &units(amount)?);
        self.post(&format!("transfers/{}/reversals", form::part(id)), form, key).await.map(|IgnoredAny| ())
    }

    /// Returns a part of a commission to the host.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn return_fee(&self, id: &str, amount: Money, key: &str) -> Result<(), StripeError> {
        let mut form = Form::default();
        form.add("amount", &units(amount)?);
        self.post(&format!("application_fees/{}/refunds", form::part(id)), form, key).await.map(|IgnoredAny| ())
    }
}
