//! Quotes: the price of a slot before it is booked.

use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access_token::Keys;
use super::booking_charges::PrepaidUseView;
use super::bookings::{one, read_coupon, read_extras, read_slot};
use super::caller::Anyone;
use super::problem::Problem;
use super::query::{Id, renamed};
use super::reply::Reply;
use super::request::Command;
use super::spoken::spoken;
use actions::bookings::{self, Quote};
use actions::error::Error;
use domain::card_account::CardSetup;
use domain::card_payment::WayToPay;
use domain::fields::Fields;
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::limits;
use domain::money::Money;
use domain::pricing::{BookedExtra, Price, PriceLine, Tax};
use domain::problem::Code;
use domain::rules::{FeeAfter, Violation};
use domain::time::UtcTime;

/// A slot to price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}))]
pub(super) struct NewQuote {
    /// Start of the slot (inclusive).
    starts_at: UtcTime,
    /// End of the slot (exclusive), at most 366 days after `starts_at`.
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    #[serde(default = "one")]
    #[schema(value_type = limits::Quantity, default = 1, required = false)]
    quantity: i32,
    /// The organization that would book. With it, the rules about customers are checked too, such as its quotas and yours. You
    /// must be a member of it.
    customer_organization_id: Option<OrganizationId>,
    /// Deprecated: the earlier name of `customer_organization_id`.
    organization_id: Option<OrganizationId>,
    /// The user who would operate the machine. Default: you.
    operated_by: Option<UserId>,
    /// The extras of the tariff that would be booked with the resource. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Extras<BookedExtra>, required = false)]
    extras: Vec<BookedExtra>,
    /// The code of a coupon of the host, which can be used now. Default, and with null: none.
    #[schema(value_type = Option<limits::CouponCode>)]
    coupon: Option<String>,
}

/// The price of a slot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub(super) struct QuoteView {
    /// The identifier by which a booking of the customer gets the price: its `quote_id`. Null without `customer_organization_id`.
    id: Option<String>,
    /// The total price: the sum of `lines`.
    total: Money,
    /// The calculation of the price, line by line.
    lines: Vec<PriceLine>,
    /// The VAT in the total, one entry for each rate. Empty: the host charges no VAT.
    taxes: Vec<Tax>,
    /// The rules that a booking of the slot would break.
    violations: Vec<Violation>,
    /// The instant until which a booking with this `quote_id` gets the price.
    expires_at: UtcTime,
    /// The last instant at which the customer could cancel or reschedule the booking, if it were confirmed now.
    changeable_until: UtcTime,
    /// The fees for a cancellation by the customer, each with the instant after which it is due, in the order of time.
    cancellation_fees: Vec<FeeAfter>,
    /// The deposit, beside the total. It is owed from the confirmation on, and returned after the use. Zero: there is none.
    deposit: Money,
    /// The minutes of the slot, of one unit of quantity, that the host donates if the slot is booked now. Zero: none.
    donated_minutes: i64,
    /// The part of the total that hours and prepaid credit of the customer pay if the booking is confirmed now. Zero: none, or without
    /// `customer_organization_id`.
    prepaid: Money,
    /// The hours and the prepaid credit of the customer that pay this part, line by line: hours first.
    prepaid_uses: Vec<PrepaidUseView>,
    /// The ways in which the customer can pay; without `customer_organization_id` those for all kinds of organizations. Without `invoice`
    /// a customer of a listed kind must pay before the booking is confirmed.
    ways_to_pay: Vec<WayToPay>,
}

impl QuoteView {
    fn new(quoted: Quote, keys: &Keys, takes_cards: bool) -> Result<Self, Error> {
        let Quote {
            price,
            violations,
            expires_at,
            quoted,
            changeable_until,
            cancellation_fees,
            deposit,
            donated_minutes,
            prepaid_uses,
            mut ways_to_pay,
        } = quoted;
        ways_to_pay.retain(|way| takes_cards || *way != WayToPay::Card);
        let Price { total, lines, taxes } = price;
        let amount = prepaid_uses.iter().fold(0, |sum: i64, used| sum.saturating_add(used.credit.amount));
        let id = quoted.map(|quoted| keys.sign_quote(quoted)).transpose();
        let id = id.map_err(|_| Error::refused(Code::InternalError))?;
        Ok(Self {
            id,
            total,
            lines,
            taxes,
            violations: spoken(violations),
            expires_at,
            changeable_until,
            cancellation_fees,
            deposit,
            donated_minutes,
            prepaid: Money { amount, ..total },
            prepaid_uses: prepaid_uses.into_iter().map(PrepaidUseView::from).collect(),
            ways_to_pay,
        })
    }
}

/// Get a quote for a slot
///
/// Returns the price of the slot and the rules that a booking of it would break. Nothing is booked or reserved. `GET
/// /resources/{id}/availability` shows whether the slot is free. A quote for your organization has an `id`; a booking that names it as
/// `quote_id` before the quote expires gets the quoted price.
#[utoipa::path(operation_id = "quote_resource", tag = "resources", params(("id" = String, Path)), request_body = NewQuote,
    responses((status = 200, body = QuoteView)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!([Code::Forbidden, Code::NotSignedIn])), ("x-not-kept" = json!(true))))]
#[post("/resources/{id}/quote")]
pub(super) async fn quote(command: Command<Anyone, NewQuote>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    let state = command.state.clone();
    command
        .look(move |tx, Anyone(caller), body| {
            let mut fields = Fields::default();
            let slot = read_slot(&mut fields, (body.starts_at, body.ends_at), body.quantity);
            let customer = ("/customer_organization_id", body.customer_organization_id);
            let customer = renamed(&mut fields, customer, ("/organization_id", body.organization_id));
            let extras = read_extras(&mut fields, &body.extras);
            let coupon = read_coupon(&mut fields, body.coupon.as_deref(), None);
            let (slot, extras) = fields.finish(|| slot.zip(extras))?;
            let quoted = bookings::quote(tx, caller, id.0, customer, slot, body.operated_by, (&extras, coupon.as_ref()))?;
            Reply::ok(&QuoteView::new(quoted, &state.keys, state.card_payments.setup() != CardSetup::None)?)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(quote);
}
