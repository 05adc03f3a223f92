//! `/organizations/{id}/card-account`: the account of a host at Stripe, to which its payments by card are transferred.

use actix_web::CustomizeResponder;
use actix_web::http::header;
use actix_web::{Responder as _, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{ManageOrganization, May, ViewMoney};
use super::json::{Empty, Patch};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use super::state::State;
use actions::card_accounts;
use actions::error::Error;
use domain::card_account::{CardAccount, CardAccountState, CardSetup};
use domain::fields::{Fields, InvalidFields};
use domain::ids::OrganizationId;
use domain::limits;
use domain::problem::Code;
use domain::time::UtcTime;

/// The account of a host at Stripe.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardAccount)]
struct CardAccountView {
    /// The host.
    organization_id: OrganizationId,
    /// True: the account can take payments, so the host can offer payments by card (`ways_to_pay`).
    charges_enabled: bool,
    /// True: Stripe pays the balance of the account out to the bank account of the host.
    payouts_enabled: bool,
    /// True: the host has answered all questions of Stripe once. Stripe can have further ones later.
    details_submitted: bool,
    /// The facts that Stripe still needs, as Stripe names them, such as `external_account`.
    requirements: Vec<String>,
    /// The reason for which something is not possible, as Stripe names it; `disconnected` if the host has ended the connection. Null: none.
    disabled_reason: Option<String>,
    /// The part of each payment that the operator of the service keeps, in hundredths of a percent: 250 is 2.5 %.
    commission_rate: i64,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl CardAccountView {
    fn new(account: CardAccount, setup: CardSetup) -> Self {
        let CardAccount { organization_id, state, commission_rate, created_at, updated_at, .. } = account;
        let CardAccountState { can_charge, can_pay_out, is_submitted, requirements, disabled_reason } = state;
        let of_all = match setup {
            CardSetup::Connect { commission_rate } => commission_rate,
            CardSetup::None | CardSetup::OneAccount => 0,
        };
        Self {
            organization_id,
            charges_enabled: can_charge,
            payouts_enabled: can_pay_out,
            details_submitted: is_submitted,
            requirements,
            disabled_reason,
            commission_rate: commission_rate.unwrap_or(of_all),
            created_at,
            updated_at,
        }
    }
}

fn reply(account: CardAccount, setup: CardSetup) -> Result<Reply, Error> {
    let revision = account.revision;
    Ok(Reply::ok(&CardAccountView::new(account, setup))?.revision(revision))
}

/// An account with the page on which the host gives Stripe the facts that Stripe needs.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectedAccount {
    /// The page of Stripe. It can be opened once, and shows the data of the host: give it to nobody.
    onboarding_url: String,
    /// The instant from which the page can no longer be opened.
    onboarding_expires_at: UtcTime,
    /// The account.
    card_account: CardAccountView,
}

/// Connect an account for payments by card
///
/// For owners of the host. The first request makes an account of the host at Stripe, in the country of its billing data. Each request
/// returns a new page on which the host gives Stripe the facts that Stripe needs. When `charges_enabled` is true, the host can offer payments by
/// card (`ways_to_pay`), which are then transferred to this account.
#[utoipa::path(operation_id = "connect_card_account", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = ConnectedAccount)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::CardAccountsNotOffered,
        Code::PaymentProviderUnavailable])), ("x-not-kept" = json!(true))))]
#[post("/organizations/{id}/card-account")]
pub(super) async fn connect(
    command: Command<May<ManageOrganization>, Empty>,
    id: Id<OrganizationId>,
) -> Result<CustomizeResponder<Reply>, Problem> {
    let setup = command.state.card_payments.setup();
    // A page can be opened once, so the response is not kept for a repetition of the request.
    let connected = command.without_repetition().run_prepared(
        async move |state: &State, May { caller, .. }, _| Ok(state.card_payments.connect(caller, id.0).await?),
        move |_, _, (account, url, expires_at), _| {
            Reply::ok(&ConnectedAccount {
                onboarding_url: url.clone(),
                onboarding_expires_at: *expires_at,
                card_account: CardAccountView::new(account.clone(), setup),
            })
        },
    );
    Ok(connected.await?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// Get the account for payments by card
///
/// For managers of the host. The service asks Stripe for the state when Stripe says that it has changed, and by itself every 30 minutes
/// while something is missing, else every 6 hours.
#[utoipa::path(operation_id = "get_card_account", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = CardAccountView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/card-account")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    let setup = read.state.card_payments.setup();
    read.run(move |tx, May { caller, .. }, _| reply(card_accounts::get(tx, caller, id.0)?, setup)).await
}

/// The settings of an account that an operator of the service makes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"commission_rate": 250}))]
struct CardAccountSettings {
    /// The part of each payment that the operator of the service keeps, in hundredths of a percent. Default, and with null: that of the
    /// configuration.
    #[serde(default)]
    #[schema(value_type = Option<limits::CommissionRate>)]
    commission_rate: Option<i64>,
}

impl CardAccountSettings {
    fn read(&self) -> Result<Option<i64>, InvalidFields> {
        let mut fields = Fields::default();
        let rate = self.commission_rate.and_then(|rate| fields.number("/commission_rate", rate, limits::CommissionRate::RANGE));
        fields.finish(|| Some(rate))
    }
}

/// Set the commission of a host
///
/// For operators of the service. Payments that were started before keep their rate.
#[utoipa::path(operation_id = "update_card_account", tag = "money", params(("id" = String, Path)), request_body = CardAccountSettings,
    responses((status = 200, body = CardAccountView)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[patch("/organizations/{id}/card-account")]
pub(super) async fn update(command: Command<May<ManageOrganization>, Patch>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    let setup = command.state.card_payments.setup();
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |commission_rate| patch.merge(&CardAccountSettings { commission_rate })?.read();
            reply(card_accounts::set_commission(tx, caller, id.0, if_match, edit)?, setup)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(connect).service(get_one).service(update);
}
