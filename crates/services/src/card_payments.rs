//! Payments by card: the calls to the provider, between the transactions that say what to call and that store what came back.

use std::sync::Arc;

use actions::Caller;
use actions::card_payments::{
    self, Command, Instruction, NewPage, Observed, ObservedDispute, ObservedIntent, ObservedRefund, ObservedShare,
    ObservedTransfer, PageState, Reservation, SavedCard, Started, StartedGroup,
};
use actions::error::Error;
use domain::card_account::CardSetup;
use domain::card_payment::{CardDisputeState, CardPayment, CardPaymentState};
use domain::ids::{BookingGroupId, BookingId, CardPaymentId};
use domain::money::Money;
use domain::problem::Code;
use domain::said::said;
use environment::clock::Clock;
use environment::config::Config;
use storage::db::{Db, Tx};
use storage::stripe_events::StripeEvent;
use stripe::error::StripeError;
use stripe::objects::{Dispute, DisputeStatus, IntentStatus, PaymentIntent, Refund, Session, SessionStatus};
use stripe::saved_cards::OffSession;
use stripe::webhook::{Event, InvalidSignature};
use stripe::{NewSession, Stripe};
use tokio::sync::Notify;

/// The number of calls that may be needed before nothing is left to do about a payment.
const MOST_STEPS: usize = 6;

/// The number of payments that a job takes at a time.
const BATCH: i64 = 50;

/// Payments by card with an account at the provider, if one is configured.
#[derive(Clone)]
pub struct CardPayments {
    pub(super) db: Db,
    pub(super) clock: Clock,
    outbox: Arc<Notify>,
    pub(super) stripe: Option<Stripe>,
    setup: CardSetup,
    pub(super) public_url: Arc<str>,
}

impl CardPayments {
    /// Returns the payments by card; without an account none is possible.
    pub fn new(db: Db, clock: Clock, outbox: Arc<Notify>, stripe: Option<Stripe>, config: &Config) -> Self {
        let setup = match (&stripe, config.stripe.connect) {
            (None, _) => CardSetup::None,
            (Some(_), false) => CardSetup::OneAccount,
            (Some(_), true) => CardSetup::Connect { commission_rate: config.stripe.commission_rate },
        };
        Self { db, clock, outbox, stripe, setup, public_url: config.public_url.trim_end_matches('/').into() }
    }

    /// The way in which the service takes payments by card.
    pub const fn setup(&self) -> CardSetup {
        self.setup
    }

    /// Starts a payment by card for a booking, and makes the page on which the customer pays.
    ///
    /// # Errors
    /// As [`card_payments::start`], and `payment_provider_unavailable`.
    pub async fn pay(&self, caller: Caller, id: BookingId) -> Result<CardPayment, Error> {
        let setup = self.setup;
        let start = move |tx: &mut Tx<'_>| card_payments::start(tx, caller, id, setup);
        let started = self.db.write(self.clock.now(), start).await?;
        let stripe = self.stripe.as_ref().ok_or_else(|| Error::refused(Code::CardNotAccepted))?;
        match started {
            Started::Open(payment) => Ok(payment),
            Started::WithoutPage(payment, description) => self.make_page(stripe, payment, &description).await,
            Started::Obstructed(obstacle) => {
                self.bring_up_to_date(stripe, obstacle).await?;
                match self.db.write(self.clock.now(), start).await? {
                    Started::Open(payment) => Ok(payment),
                    Started::WithoutPage(payment, description) => self.make_page(stripe, payment, &description).await,
                    Started::Obstructed(_) => Err(Error::refused(Code::PaymentProviderUnavailable)),
                }
            }
        }
    }

    /// Starts a payment by card for each booking of a group, and makes the page on which the customer saves one card for all of them.
    ///
    /// # Errors
    /// As [`card_payments::start_group`], and `payment_provider_unavailable`.
    pub async fn pay_group(&self, caller: Caller, id: BookingGroupId) -> Result<Vec<CardPayment>, Error> {
        let setup = self.setup;
        let start = move |tx: &mut Tx<'_>| card_payments::start_group(tx, caller, id, setup);
        let started = self.db.write(self.clock.now(), start).await?;
        let stripe = self.stripe.as_ref().ok_or_else(|| Error::refused(Code::CardNotAccepted))?;
        let started = match started {
            StartedGroup::Obstructed(obstacles) => {
                for obstacle in obstacles {
                    self.close_page(stripe, obstacle).await?;
                }
                self.db.write(self.clock.now(), start).await?
            }
            started => started,
        };
        match started {
            StartedGroup::Open(payments) => Ok(payments),
            StartedGroup::WithoutPage(payments, description) => self.make_group_page(stripe, payments, &description).await,
            StartedGroup::Obstructed(_) => Err(Error::refused(Code::PaymentProviderUnavailable)),
        }
    }

    /// Closes the page of a payment, unless the customer has used it.
    async fn close_page(&self, stripe: &Stripe, id: CardPaymentId) -> Result<(), Error> {
        let payment = self.db.read(self.clock.now(), move |tx| card_payments::get(tx, id)).await?;
        if let Some(page) = payment.page_id() {
            match stripe.expire_session(page, &format!("close-{id}-{}", payment.attempt)).await {
                Ok(_) | Err(StripeError::Refused(_)) => {}
                Err(error) => return self.fail(id, &error, None).await,
            }
        }
        self.bring_up_to_date(stripe, id).await
    }

    async fn make_page(&self, stripe: &Stripe, payment: CardPayment, description: &str) -> Result<CardPayment, Error> {
        let id = payment.id;
        let back = self.back(id);
        match open_page(stripe, &payment, &new_session(&payment, description, &back)).await {
            Ok(page) => self.db.write(self.clock.now(), move |tx| card_payments::record_page(tx, id, &page)).await,
            Err(StripeError::Refused(code)) if code.starts_with("amount_too_") => {
                self.db.write(self.clock.now(), move |tx| card_payments::record_refusal(tx, id)).await?;
                let size = if code == "amount_too_small" { said!("smaller") } else { said!("larger") };
                let detail =
                    said!("{amount} is {size} than the provider of payments by card accepts.", amount = payment.amount, size);
                Err(Error::Refused(Code::CardPaymentNotPossible, detail))
            }
            Err(error) => self.without_page(id, &error).await,
        }
    }

    async fn make_group_page(
        &self,
        stripe: &Stripe,
        payments: Vec<CardPayment>,
        description: &str,
    ) -> Result<Vec<CardPayment>, Error> {
        let Some(first) = payments.first() else { return Ok(payments) };
        let back = self.back(first.id);
        let new = NewSession { account: None, ..new_session(first, description, &back) };
        match open_saving_page(stripe, first, &new).await {
            Ok(page) => {
                let ids: Vec<CardPaymentId> = payments.iter().map(|payment| payment.id).collect();
                self.db.write(self.clock.now(), move |tx| card_payments::record_group_page(tx, &ids, &page)).await
            }
            Err(error) => self.without_page(first.id, &error).await,
        }
    }

    /// The addresses to which the customer returns from the page of a payment, after the payment and without one.
    fn back(&self, id: CardPaymentId) -> [String; 2] {
        let back = format!("{}/card-payments/{id}", self.public_url);
        [back.clone(), format!("{back}?cancelled")]
    }

    async fn without_page<T>(&self, id: CardPaymentId, error: &StripeError) -> Result<T, Error> {
        log(id, error);
        if error.uses_key() {
            // Nobody knows the address of a page that was made all the same.
            self.db.write(self.clock.now(), move |tx| card_payments::use_key(tx, id)).await?;
        }
        Err(Error::refused(Code::PaymentProviderUnavailable))
    }

    /// Stores a message of the provider, to be worked on by the job. `header` is its signature.
    ///
    /// # Errors
    /// `invalid_signature`, or when the database fails.
    pub async fn receive(&self, header: &str, body: &[u8]) -> Result<(), Error> {
        let now = self.clock.now();
        let event = self.stripe.as_ref().ok_or(InvalidSignature).and_then(|stripe| stripe.read_event(header, body, now));
        let event = event.map_err(|InvalidSignature| Error::refused(Code::InvalidSignature))?;
        let Event { id, kind, object_id, payment_intent, account } = event;
        let event = StripeEvent { id, kind, object_id, intent_id: payment_intent, account_id: account };
        self.db.write(now, move |tx| card_payments::receive(tx, &event)).await
    }

    /// Works on the messages of the provider, and asks the provider about the payments that are due: also about those of which no
    /// message has arrived.
    ///
    /// # Errors
    /// The first error; all other payments have been handled, unless the provider does not respond.
    pub async fn work(&self) -> Result<(), Error> {
        let Some(stripe) = &self.stripe else { return Ok(()) };
        while self.db.write(self.clock.now(), card_payments::work_on_events).await? > 0 {}
        let mut done = Ok(());
        for id in self.db.read(self.clock.now(), |tx| card_payments::list_due(tx, BATCH)).await? {
            if self.db.write(self.clock.now(), move |tx| card_payments::claim(tx, id)).await? {
                let result = self.bring_up_to_date(stripe, id).await;
                let is_silent = matches!(result, Err(Error::Refused(Code::PaymentProviderUnavailable, _)));
                done = done.and(result);
                if is_silent {
                    // The others would wait for nothing.
                    break;
                }
            }
        }
        done
    }

    /// Asks the provider about a payment, and tells it what is to be done, until nothing is left to do.
    async fn bring_up_to_date(&self, stripe: &Stripe, id: CardPaymentId) -> Result<(), Error> {
        for _ in 0..MOST_STEPS {
            let payment = self.db.read(self.clock.now(), move |tx| card_payments::get(tx, id)).await?;
            let observed = match ask(stripe, &payment).await {
                Ok(observed) => observed,
                Err(error) => return self.fail(id, &error, None).await,
            };
            let observe = move |tx: &mut Tx<'_>| card_payments::observe(tx, id, &observed);
            let command = match self.db.write(self.clock.now(), observe).await {
                Err(Error::Refused(Code::PaymentProviderUnavailable, detail)) => {
                    return self.fail(id, &StripeError::Nonsense(detail.to_string()), None).await;
                }
                command => command?,
            };
            self.outbox.notify_one();
            let Some(Command { instruction, key, .. }) = command else { return Ok(()) };
            let told = tell(stripe, id, &instruction, &key).await;
            if let (Instruction::Charge(_, amount, _), Err(error)) = (&instruction, &told)
                && is_final(error)
            {
                log(id, error);
                let amount = *amount;
                self.db.write(self.clock.now(), move |tx| card_payments::record_decline(tx, id, amount)).await?;
                self.outbox.notify_one();
                return Ok(());
            }
            if let Err(error) = told {
                return self.fail(id, &error, Some(instruction)).await;
            }
        }
        Ok(())
    }

    /// Notes a failure, so that the provider is asked again later.
    async fn fail(&self, id: CardPaymentId, error: &StripeError, of: Option<Instruction>) -> Result<(), Error> {
        log(id, error);
        let uses = of.filter(|_| error.uses_key());
        self.db.write(self.clock.now(), move |tx| card_payments::note_failure(tx, id, uses.as_ref())).await?;
        Err(Error::refused(Code::PaymentProviderUnavailable))
    }
}

fn log(id: CardPaymentId, error: &StripeError) {
    match error {
        StripeError::WrongKey => tracing::error!(%error, "stripe.secret_key is wrong; no payment by card is possible"),
        _ => tracing::warn!(card_payment = %id, %error, "a call about a payment by card failed; it is made again later"),
    }
}

fn new_session<'a>(payment: &'a CardPayment, description: &'a str, [success_url, cancel_url]: &'a [String; 2]) -> NewSession<'a> {
    NewSession {
        payment_id: payment.id.as_str(),
        description,
        success_url,
        cancel_url,
        expires_at: payment.session_expires_at,
        account: payment.account_id.as_deref(),
    }
}

/// Makes the page on which the customer pays or saves a card.
async fn open_page(stripe: &Stripe, payment: &CardPayment, new: &NewSession<'_>) -> Result<NewPage, StripeError> {
    if payment.saves_card {
        let description =
            format!("{}: {} will be taken from your card when the host confirms the booking.", new.description, payment.amount);
        return open_saving_page(stripe, payment, &NewSession { description: &description, ..new.clone() }).await;
    }
    let key = format!("page-{}-{}", payment.id, payment.attempt);
    page_of(stripe.create_session(new, payment.amount, &key).await?, None)
}

/// Makes a page on which the customer saves a card, and the owner of this card.
async fn open_saving_page(stripe: &Stripe, payment: &CardPayment, new: &NewSession<'_>) -> Result<NewPage, StripeError> {
    let (id, attempt) = (payment.id, payment.attempt);
    let owner = stripe.create_owner(id.as_str(), &format!("owner-{id}-{attempt}")).await?;
    page_of(stripe.create_setup_session(new, &owner, &format!("page-{id}-{attempt}")).await?, Some(owner))
}

fn page_of(session: Session, card_owner_id: Option<String>) -> Result<NewPage, StripeError> {
    let url = session.url.ok_or_else(|| StripeError::Nonsense("a new page has no address".to_owned()))?;
    Ok(NewPage { session_id: session.id, url, card_owner_id })
}

/// Whether a saved card cannot be charged. Other errors are tried again: nobody knows what they did, or they are not about the card.
fn is_final(error: &StripeError) -> bool {
    match error {
        StripeError::Declined(_) | StripeError::AuthenticationRequired | StripeError::NotFound => true,
        StripeError::Refused(code) => code != "idempotency_error",
        _ => false,
    }
}

/// Asks the provider about a payment: about its page as long as the customer can pay, then about the money.
async fn ask(stripe: &Stripe, payment: &CardPayment) -> Result<Observed, StripeError> {
    let mut observed = Observed::default();
    let mut intent_id = payment.intent_id.clone();
    if let (CardPaymentState::Open, Some(session_id)) = (payment.state, payment.page_id()) {
        let session = stripe.get_session(session_id).await?;
        observed.page = Some(match session.status {
            SessionStatus::Open => PageState::Open,
            SessionStatus::Complete => PageState::Complete,
            SessionStatus::Expired => PageState::Closed,
        });
        intent_id = session.payment_intent.filter(|_| session.status == SessionStatus::Complete);
        if let Some(setup_id) = session.setup_intent.filter(|_| session.status == SessionStatus::Complete) {
            let card = stripe.get_setup_intent(&setup_id).await?.card();
            observed.saved_card = card.map(|id| SavedCard { setup_id, id });
        }
    }
    if let (CardPaymentState::Authorized, Some(owner)) = (payment.state, &payment.card_owner_id) {
        // A payment of which no answer arrived is found by the owner of the card.
        let made = stripe.list_intents(owner).await?;
        let is_own = |intent: &&PaymentIntent| intent.payment_id() == Some(payment.id.as_str());
        let taken = made.iter().filter(is_own).find(|intent| intent.status == IntentStatus::Succeeded);
        observed.intent = taken.map(intent_of).transpose()?;
        return Ok(observed);
    }
    let is_live = matches!(payment.state, CardPaymentState::Open | CardPaymentState::Authorized | CardPaymentState::Paid);
    let Some(intent_id) = intent_id.filter(|_| is_live) else { return Ok(observed) };
    if payment.state == CardPaymentState::Paid {
        // Before the refunds: a refund that somebody makes in between is seen without its share, and the next look corrects it.
        if payment.account_id.is_some() {
            observed.share = Some(share_of(stripe, payment, &intent_id).await?);
        }
        for refund in stripe.list_refunds(&intent_id).await? {
            observed.refunds.push(refund_of(&refund)?);
        }
        for dispute in stripe.list_disputes(&intent_id).await? {
            observed.disputes.extend(dispute_of(&dispute)?);
        }
    } else {
        observed.intent = Some(intent_of(&stripe.get_intent(&intent_id).await?)?);
    }
    Ok(observed)
}

/// The parts of the host and of the operator in a payment.
async fn share_of(stripe: &Stripe, payment: &CardPayment, intent_id: &str) -> Result<ObservedShare, StripeError> {
    let minor = |amount: Option<Money>| match amount {
        Some(amount) if amount.currency == payment.amount.currency => Ok(amount.amount),
        _ => Err(StripeError::Nonsense("a transfer or a commission is in another currency than its payment".to_owned())),
    };
    let mut share = ObservedShare::default();
    if let Some(fee) = stripe.find_fee(intent_id).await? {
        share.commission = Some((fee.id.clone(), minor(fee.amount())?, minor(fee.returned())?));
    }
    for transfer in stripe.list_transfers(payment.id.as_str()).await? {
        let (amount, taken_back) = (minor(transfer.amount())?, minor(transfer.reversed())?);
        let objects = transfer.objects().map(str::to_owned).collect();
        share.transfers.push(ObservedTransfer { id: transfer.id, amount, taken_back, objects });
    }
    Ok(share)
}

async fn tell(stripe: &Stripe, id: CardPaymentId, instruction: &Instruction, key: &str) -> Result<(), StripeError> {
    match instruction {
        Instruction::ClosePage(session) => stripe.expire_session(session, key).await.map(drop),
        Instruction::Capture(intent, amount, commission) => stripe.capture(intent, *amount, *commission, key).await.map(drop),
        Instruction::Charge(payment, amount, commission) => {
            let new = OffSession {
                payment_id: id.as_str(),
                owner: payment.card_owner_id.as_deref().unwrap_or_default(),
                card: payment.saved_card_id.as_deref().unwrap_or_default(),
                amount: *amount,
                commission: *commission,
                account: payment.account_id.as_deref(),
            };
            stripe.charge(&new, key).await.map(drop)
        }
        Instruction::Release(intent) => stripe.cancel(intent, key).await.map(drop),
        Instruction::Refund(intent, amount, refund, is_reversing) => {
            stripe.refund(intent, *amount, (refund.as_str(), *is_reversing), key).await.map(drop)
        }
        Instruction::ReturnCommission(fee, amount) => stripe.return_fee(fee, *amount, key).await,
        Instruction::TakeBack(transfer, amount) => stripe.reverse_transfer(transfer, *amount, key).await,
        Instruction::Transfer(account, amount) => stripe.transfer(account, *amount, id.as_str(), key).await.map(drop),
    }
}

fn readable(amount: Option<Money>) -> Result<Money, StripeError> {
    amount.ok_or_else(|| StripeError::Nonsense("an amount is in no known currency".to_owned()))
}

fn intent_of(intent: &PaymentIntent) -> Result<ObservedIntent, StripeError> {
    let reservation = match intent.status {
        IntentStatus::RequiresCapture => Reservation::Reserved(intent.capture_before()),
        IntentStatus::Succeeded => Reservation::Taken(readable(intent.received())?),
        IntentStatus::Canceled => Reservation::Released,
        IntentStatus::RequiresPaymentMethod
        | IntentStatus::RequiresConfirmation
        | IntentStatus::RequiresAction
        | IntentStatus::Processing => Reservation::Undecided,
    };
    Ok(ObservedIntent { id: intent.id.clone(), amount: readable(intent.amount())?, reservation })
}

fn refund_of(refund: &Refund) -> Result<ObservedRefund, StripeError> {
    let refund_id = refund.refund_id().and_then(|id| id.parse().ok());
    Ok(ObservedRefund { id: refund.id.clone(), refund_id, amount: readable(refund.amount())?, has_failed: refund.has_failed() })
}

/// A dispute in which money has moved; none for a question of the bank.
fn dispute_of(dispute: &Dispute) -> Result<Option<ObservedDispute>, StripeError> {
    let state = match dispute.status {
        DisputeStatus::NeedsResponse | DisputeStatus::UnderReview => CardDisputeState::Open,
        DisputeStatus::Won => CardDisputeState::Won,
        DisputeStatus::Lost => CardDisputeState::Lost,
        DisputeStatus::WarningNeedsResponse
        | DisputeStatus::WarningUnderReview
        | DisputeStatus::WarningClosed
        | DisputeStatus::Prevented => return Ok(None),
    };
    Ok(Some(ObservedDispute { id: dispute.id.clone(), amount: readable(dispute.amount())?, state }))
}
