//! The accounts of hosts at the provider of payments by card.

use chrono::TimeDelta;
use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, accounts, authorize_in, check_standing, standing_of};
use domain::card_account::{CardAccount, CardAccountState, CardSetup};
use domain::fields::InvalidFields;
use domain::ids::OrganizationId;
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::{billing, card_accounts, organizations};

/// How long an account is claimed by the server that asks the provider about it.
const CLAIMED: TimeDelta = TimeDelta::minutes(2);

/// After how long the provider is asked about an account of which something is missing.
const INCOMPLETE_AGAIN: TimeDelta = TimeDelta::minutes(30);

/// After how long the provider is asked about an account of which nothing is missing.
const COMPLETE_AGAIN: TimeDelta = TimeDelta::hours(6);

/// An account that is to be made at the provider, or that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connecting {
    /// The account.
    pub account: CardAccount,
    /// The name of the host.
    pub name: String,
    /// The country in which the host is established, as an ISO 3166-1 alpha-2 code.
    pub country: String,
    /// The address of the user who connects it.
    pub email: String,
}

/// Begins to connect an account of a host, or returns the one that it has.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `card_accounts_not_offered`, `invalid_transition` if the country is missing in the
/// billing data of the host.
pub fn connect(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, setup: CardSetup) -> Result<Connecting, Error> {
    authorize_in(tx, caller, host, Permission::ManageOrganization)?;
    if !matches!(setup, CardSetup::Connect { .. }) {
        return Err(Error::refused(Code::CardAccountsNotOffered));
    }
    // Of two requests at the same time, the second one sees the account of the first.
    organizations::lock(tx.conn, host)?;
    let Some(country) = billing::get(tx.conn, host)?.fields.country else {
        let detail = said!("Stripe must know your country: set it with PATCH /api/v1/organizations/{{id}}/billing.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    };
    let account = match card_accounts::find(tx.conn, host)? {
        // The next page needs another key, because a page can be opened once.
        Some(account) if account.provider_id.is_some() => {
            let next = CardAccount { attempt: account.attempt + 1, ..account };
            card_accounts::update(tx.conn, &next)?;
            CardAccount { revision: next.revision + 1, ..next }
        }
        Some(account) => account,
        None => insert(tx, caller, host)?,
    };
    let name = organizations::get(tx.conn, host)?.fields().name;
    let email = accounts::get(tx, caller)?.email.to_string();
    Ok(Connecting { account, name, country: country.to_string(), email })
}

fn insert(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId) -> Result<CardAccount, Error> {
    let account = CardAccount {
        organization_id: host,
        provider_id: None,
        attempt: 1,
        state: CardAccountState::default(),
        commission_rate: None,
        created_by: caller.user_id,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    card_accounts::insert(tx.conn, &account)?;
    audit(tx, caller.principal(), Some(host), "card_account.connect", ("organization", host.as_str()), &json!({}))?;
    Ok(account)
}

/// Notes that the provider failed to make an account, so that the next attempt needs another key.
///
/// # Errors
/// When the account does not exist, or the database fails.
pub fn use_key(tx: &mut Tx<'_>, host: OrganizationId) -> Result<(), Error> {
    let account = card_accounts::get(tx.conn, host)?;
    let attempt = account.attempt + 1;
    Ok(card_accounts::update(tx.conn, &CardAccount { attempt, ..account })?)
}

/// Stores the state of an account at the provider, and when the provider is asked again.
///
/// # Errors
/// When the account does not exist, or the database fails.
pub fn observe(tx: &mut Tx<'_>, host: OrganizationId, provider_id: &str, state: CardAccountState) -> Result<CardAccount, Error> {
    organizations::lock(tx.conn, host)?;
    let before = card_accounts::get(tx.conn, host)?;
    // Of two accounts that were made because an answer was lost, the first one that was stored stays.
    if before.provider_id.as_ref().is_some_and(|known| known != provider_id) {
        return Ok(before);
    }
    let is_complete = state.can_charge && state.can_pay_out && state.requirements.is_empty();
    let after = CardAccount { provider_id: Some(provider_id.to_owned()), state, updated_at: tx.now, ..before.clone() };
    if (&before.provider_id, &before.state) != (&after.provider_id, &after.state) {
        card_accounts::update(tx.conn, &after)?;
        let detail = json!({
            "charges_enabled": after.state.can_charge, "payouts_enabled": after.state.can_pay_out,
            "disabled_reason": after.state.disabled_reason,
        });
        audit(tx, Principal::System, Some(host), "card_account.change", ("organization", host.as_str()), &detail)?;
    }
    let again = if is_complete { COMPLETE_AGAIN } else { INCOMPLETE_AGAIN };
    card_accounts::update_check(tx.conn, host, tx.now + again)?;
    Ok(card_accounts::get(tx.conn, host)?)
}

/// Returns the account of a host to its managers.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<CardAccount, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    Ok(card_accounts::get(&mut tx.conn, host)?)
}

/// Sets the rate of commission of a host in hundredths of a percent, as an operator of the installation; none: that of the
/// configuration. Payments that were started keep their rate.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and the errors of `edit`.
pub fn set_commission(
    tx: &mut Tx<'_>,
    caller: Caller,
    host: OrganizationId,
    if_match: &IfMatch,
    edit: impl FnOnce(Option<i64>) -> Result<Option<i64>, InvalidFields>,
) -> Result<CardAccount, Error> {
    authorize_operator(tx, caller, host)?;
    organizations::lock(tx.conn, host)?;
    let before = card_accounts::get(tx.conn, host)?;
    if_match.check(before.revision)?;
    let commission_rate = edit(before.commission_rate)?;
    let after = CardAccount { commission_rate, updated_at: tx.now, ..before };
    card_accounts::update(tx.conn, &after)?;
    let detail = json!({ "commission_rate": commission_rate });
    audit(tx, caller.principal(), Some(host), "card_account.set_commission", ("organization", host.as_str()), &detail)?;
    Ok(CardAccount { revision: after.revision + 1, ..after })
}

fn authorize_operator(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<(), Error> {
    authorize_in(tx, caller, host, Permission::View)?;
    let standing = standing_of(tx, caller, host)?;
    check_standing(caller, standing.as_ref(), Permission::ManageOrganization, true)?;
    match standing.is_some_and(|standing| standing.is_operator) {
        true => Ok(()),
        false => Err(Error::Refused(Code::Forbidden, said!("Only operators of the service set the commission."))),
    }
}

/// The account of a host, for the service itself.
///
/// # Errors
/// `not_found`.
pub fn find(tx: &mut ReadTx, host: OrganizationId) -> Result<CardAccount, Error> {
    Ok(card_accounts::get(&mut tx.conn, host)?)
}

/// Lists the hosts about whose accounts the provider is to be asked, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_due(tx: &mut ReadTx, limit: i64) -> Result<Vec<OrganizationId>, Error> {
    Ok(card_accounts::list_due(&mut tx.conn, tx.now, limit)?)
}

/// Claims an account about which the provider is to be asked. Returns whether it was free: of two servers, one asks.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, host: OrganizationId) -> Result<bool, Error> {
    Ok(card_accounts::claim(tx.conn, host, tx.now, tx.now + CLAIMED)?)
}

/// Checks that a host can offer payments by card: where each host has an account of its own, that it can take payments.
///
/// # Errors
/// `card_account_required`.
pub(crate) fn check_can_offer(tx: &mut ReadTx, host: OrganizationId, setup: CardSetup) -> Result<(), Error> {
    let is_ready = match setup {
        CardSetup::Connect { .. } => card_accounts::find(&mut tx.conn, host)?.is_some_and(|one| one.charging().is_some()),
        CardSetup::None | CardSetup::OneAccount => true,
    };
    if is_ready { Ok(()) } else { Err(Error::refused(Code::CardAccountRequired)) }
}
