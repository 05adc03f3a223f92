//! The accounts of hosts at the provider: the calls between the transactions that say what to call and that store what came back.

use actions::Caller;
use actions::card_accounts::{self, Connecting};
use actions::card_payouts;
use actions::error::Error;
use domain::card_account::{CardAccount, CardAccountState};
use domain::card_payout::{CardPayoutItemKind, CardPayoutState, NewCardPayout, NewCardPayoutItem};
use domain::ids::OrganizationId;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::Tx;
use stripe::Stripe;
use stripe::connect::{Account, AccountLink, NewAccount};
use stripe::error::StripeError;
use stripe::payouts::{BalanceTransaction, Payout, PayoutStatus};

use super::card_payments::CardPayments;

/// The number of accounts that a job takes at a time.
const BATCH: i64 = 50;

/// The reason for which an account that the host has disconnected cannot take payments.
const DISCONNECTED: &str = "disconnected";

impl CardPayments {
    /// Makes an account of a host at the provider, if the host has none, and a page on which the host gives the provider the facts that
    /// it needs. Returns the account, the address of the page and the instant from which it can no longer be opened.
    ///
    /// # Errors
    /// As [`card_accounts::connect`], and `payment_provider_unavailable`.
    pub async fn connect(&self, caller: Caller, host: OrganizationId) -> Result<(CardAccount, String, UtcTime), Error> {
        let setup = self.setup();
        let connect = move |tx: &mut Tx<'_>| card_accounts::connect(tx, caller, host, setup);
        let connecting = self.db.write(self.clock.now(), connect).await?;
        let stripe = self.stripe.as_ref().ok_or_else(|| Error::refused(Code::CardAccountsNotOffered))?;
        let unavailable = |error: StripeError| {
            log(host, &error);
            Error::refused(Code::PaymentProviderUnavailable)
        };
        let account = match connecting.account.provider_id.as_deref() {
            Some(id) => stripe.get_account(id).await.map_err(unavailable)?,
            None => self.make(stripe, &connecting).await?,
        };
        let account = self.observe(host, account).await?;
        let link = match account.provider_id.as_deref() {
            Some(id) => self.make_link(stripe, &connecting.account, id).await.map_err(unavailable)?,
            None => return Err(Error::refused(Code::PaymentProviderUnavailable)),
        };
        let expires_at = link.expires_at();
        Ok((account, link.url, expires_at))
    }

    async fn make(&self, stripe: &Stripe, connecting: &Connecting) -> Result<Account, Error> {
        let Connecting { account, name, country, email } = connecting;
        let host = account.organization_id;
        let new = NewAccount { organization_id: host.as_str(), name, country, email };
        match stripe.create_account(&new, &format!("account-{host}-{}", account.attempt)).await {
            Ok(made) => Ok(made),
            Err(error) => {
                log(host, &error);
                if error.uses_key() {
                    self.db.write(self.clock.now(), move |tx| card_accounts::use_key(tx, host)).await?;
                }
                Err(Error::refused(Code::PaymentProviderUnavailable))
            }
        }
    }

    async fn make_link(&self, stripe: &Stripe, of: &CardAccount, id: &str) -> Result<AccountLink, StripeError> {
        let host = of.organization_id;
        let back = format!("{}/card-accounts/{host}", self.public_url);
        let key = format!("link-{host}-{}", of.attempt);
        stripe.create_account_link(id, (&back, &format!("{back}?expired")), &key).await
    }

    async fn observe(&self, host: OrganizationId, account: Account) -> Result<CardAccount, Error> {
        let state = CardAccountState {
            can_charge: account.charges_enabled,
            can_pay_out: account.payouts_enabled,
            is_submitted: account.details_submitted,
            requirements: account.requirements.currently_due,
            disabled_reason: account.requirements.disabled_reason,
        };
        let observe = move |tx: &mut Tx<'_>| card_accounts::observe(tx, host, &account.id, state.clone());
        self.db.write(self.clock.now(), observe).await
    }

    /// Asks the provider about the accounts of hosts that are due: also about those of which no message has arrived.
    ///
    /// # Errors
    /// The first error; all other accounts have been handled, unless the provider does not respond.
    pub async fn work_on_accounts(&self) -> Result<(), Error> {
        let Some(stripe) = &self.stripe else { return Ok(()) };
        for host in self.db.read(self.clock.now(), |tx| card_accounts::list_due(tx, BATCH)).await? {
            if self.db.write(self.clock.now(), move |tx| card_accounts::claim(tx, host)).await? {
                self.look_at(stripe, host).await?;
            }
        }
        Ok(())
    }

    async fn look_at(&self, stripe: &Stripe, host: OrganizationId) -> Result<(), Error> {
        let known = self.db.read(self.clock.now(), move |tx| card_accounts::find(tx, host)).await?;
        let Some(id) = known.provider_id else { return Ok(()) };
        let unavailable = |error: StripeError| {
            log(host, &error);
            Error::refused(Code::PaymentProviderUnavailable)
        };
        let account = match stripe.get_account(&id).await {
            Err(StripeError::NotFound) => {
                return self.observe(host, Account::disconnected(id, DISCONNECTED)).await.map(drop);
            }
            account => account.map_err(unavailable)?,
        };
        self.observe(host, account).await?;
        let since = self.db.read(self.clock.now(), move |tx| card_payouts::unknown_since(tx, host)).await?;
        // The oldest first, so that they are listed in the order in which they were made.
        for payout in stripe.list_payouts(&id, since).await.map_err(unavailable)?.into_iter().rev() {
            let seen = payout_of(&payout).map_err(unavailable)?;
            let observe = move |tx: &mut Tx<'_>| card_payouts::observe(tx, host, &seen);
            let Some(new) = self.db.write(self.clock.now(), observe).await? else { continue };
            let parts = match payout.automatic {
                true => stripe.list_payout_parts(&id, &payout.id).await.map_err(unavailable)?,
                false => Vec::new(),
            };
            let parts = parts.iter().rev().filter(|part| part.kind != "payout").map(item_of);
            let items = parts.collect::<Result<Vec<_>, _>>().map_err(unavailable)?;
            self.db.write(self.clock.now(), move |tx| card_payouts::itemize(tx, new, &items)).await?;
        }
        Ok(())
    }
}

fn payout_of(payout: &Payout) -> Result<NewCardPayout, StripeError> {
    let amount = payout.amount().ok_or_else(|| StripeError::Nonsense("a payout is in no known currency".to_owned()))?;
    let state = match payout.status {
        PayoutStatus::Pending => CardPayoutState::Pending,
        PayoutStatus::InTransit => CardPayoutState::InTransit,
        PayoutStatus::Paid => CardPayoutState::Paid,
        PayoutStatus::Failed => CardPayoutState::Failed,
        PayoutStatus::Canceled => CardPayoutState::Canceled,
    };
    let has_failed = matches!(state, CardPayoutState::Failed | CardPayoutState::Canceled);
    Ok(NewCardPayout {
        provider_id: payout.id.clone(),
        amount,
        state,
        failure: payout.failure_code.clone().filter(|_| has_failed),
        arrives_on: payout.arrives_at().to_chrono().date_naive(),
        made_at: payout.made_at(),
    })
}

fn item_of(part: &BalanceTransaction) -> Result<NewCardPayoutItem, StripeError> {
    let nonsense = || StripeError::Nonsense("an amount in a payout is in no known currency".to_owned());
    Ok(NewCardPayoutItem {
        provider_id: part.id.clone(),
        kind: match part.kind.as_str() {
            "payment" | "charge" => CardPayoutItemKind::Payment,
            "payment_refund" | "refund" => CardPayoutItemKind::Refund,
            "application_fee_refund" => CardPayoutItemKind::CommissionReturn,
            _ => CardPayoutItemKind::Other,
        },
        provider_kind: part.kind.clone(),
        amount: part.amount().ok_or_else(nonsense)?.amount,
        commission: part.fee().ok_or_else(nonsense)?.amount,
        object_id: part.source.clone(),
        made_at: part.made_at(),
    })
}

fn log(host: OrganizationId, error: &StripeError) {
    match error {
        StripeError::WrongKey => tracing::error!(%error, "stripe.secret_key is wrong; no payment by card is possible"),
        _ => tracing::warn!(%host, %error, "a call about the account of a host at Stripe failed"),
    }
}
