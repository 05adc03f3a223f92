//! `/bookings`: bookings of customers.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access_token::Keys;
use super::availability::read_span;
use super::booking_charges::{DepositView, FeeView, PrepaidUseView};
use super::caller::{Book, BookForCustomers, ManageBookings, May, OverrideRules};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use super::state::State;
use super::turns::Asker;
use actions::bookings::{self, Clash, NewBooking, Search};
use actions::error::Error;
use domain::booking::{Booking, BookingOrder, BookingStatus, Extent, HoldReason, Party};
use domain::coupon::CouponCode;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, BookingRulesId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::limits::{self, LONGEST_DAYS};
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::pricing::{BookedExtra, PriceLine, QuotedPrice, Tax};
use domain::problem::Code;
use domain::rules::FeeAfter;
use domain::said::said;
use domain::slot::Slot;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// A new booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBooking, example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21",
    "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "quantity": 1, "note": "We bring our own acrylic."
}))]
pub(super) struct NewBookingBody {
    /// The organization that books and pays: the customer. You must be a member of it.
    pub(super) organization_id: OrganizationId,
    /// The resource to book.
    pub(super) resource_id: ResourceId,
    /// Start of the booking (inclusive), a whole minute on the grid of the resource.
    pub(super) starts_at: UtcTime,
    /// End of the booking (exclusive), a whole minute, at most 366 days after `starts_at`.
    pub(super) ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    #[serde(default = "one")]
    #[schema(value_type = limits::Quantity, default = 1, required = false)]
    pub(super) quantity: i32,
    /// The user who operates the machine: a member of the customer with all certifications that the resource requires. Default:
    /// you. If you book for a customer as a manager of the host, this field is required.
    pub(super) operated_by: Option<UserId>,
    /// A note from the customer to the host.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    pub(super) note: String,
    /// True: keep the slot as `held` until `expires_at`; confirm the booking before. The rules of the resource set how long a
    /// hold lasts (`hold_minutes`).
    #[serde(default)]
    #[schema(required = false)]
    pub(super) hold: bool,
    /// The reason to override rules, from a manager of the host. It appears in the history of the booking, which both parties
    /// can read. Without it, broken rules refuse the booking.
    #[schema(value_type = Option<limits::OverrideReason>)]
    pub(super) override_reason: Option<String>,
    /// The terms of the host that you accept with the booking, each with its current version.
    #[serde(default)]
    #[schema(value_type = limits::AcceptedTerms<AgreedTerms>, required = false)]
    pub(super) accepted_terms: Vec<AgreedTerms>,
    /// The extras of the tariff to book with the resource. Default: none; with `quote_id`, those of the quote.
    #[serde(default)]
    #[schema(value_type = limits::Extras<BookedExtra>, required = false)]
    pub(super) extras: Vec<BookedExtra>,
    /// The code of a coupon of the host. Default, and with null: none; with `quote_id`, that of the quote.
    #[schema(value_type = Option<limits::CouponCode>)]
    pub(super) coupon: Option<String>,
    /// False: the booking uses no prepaid credit of the customer. Default: true.
    #[serde(default = "yes")]
    #[schema(default = true, required = false)]
    pub(super) use_prepaid: bool,
    /// The `id` of a quote for this slot and organization, before it expires: the booking gets the price of the quote, even if the
    /// host has changed the tariff or a discount for early booking has ended.
    #[schema(value_type = Option<limits::QuoteId>)]
    pub(super) quote_id: Option<String>,
}

pub(super) const fn one() -> i32 {
    1
}

pub(super) const fn yes() -> bool {
    true
}

/// Reads a slot: not empty, at most [`LONGEST_DAYS`], with a quantity of at least 1.
pub(super) fn read_slot(fields: &mut Fields, (starts_at, ends_at): (UtcTime, UtcTime), quantity: i32) -> Option<Slot> {
    let interval = read_span(fields, ("/ends_at", LONGEST_DAYS), starts_at, ends_at);
    let quantity = fields.number("/quantity", quantity, limits::Quantity::RANGE);
    Some(Slot { interval: interval?, quantity: quantity? })
}

/// Reads the terms that the customer accepts with a booking.
pub(super) fn read_accepted_terms(fields: &mut Fields, accepted: &[AgreedTerms]) -> Option<Vec<AgreedTerms>> {
    let accepted = fields.list("/accepted_terms", accepted, limits::AcceptedTerms::RANGE, said!("items"))?;
    for (index, terms) in accepted.iter().enumerate() {
        fields.number(&format!("/accepted_terms/{index}/version"), terms.version, limits::VersionNumber::RANGE);
    }
    Some(accepted.to_vec())
}

/// Reads the extras of a booking. Whether the tariff has them is checked with its price.
pub(super) fn read_extras(fields: &mut Fields, extras: &[BookedExtra]) -> Option<Vec<BookedExtra>> {
    let extras = fields.list("/extras", extras, limits::Extras::RANGE, said!("extras"))?;
    for (at, BookedExtra { name, quantity }) in extras.iter().enumerate() {
        fields.line(&format!("/extras/{at}/name"), name, limits::RateName::RANGE);
        fields.number(&format!("/extras/{at}/quantity"), *quantity, limits::ExtraQuantity::RANGE);
    }
    Some(extras.to_vec())
}

/// Reads the code of a coupon. A quote has its own.
pub(super) fn read_coupon(fields: &mut Fields, code: Option<&str>, quote_id: Option<&str>) -> Option<CouponCode> {
    let code = fields.take("/coupon", code?.parse());
    if quote_id.is_some() {
        fields.refuse("/coupon", "invalid", said!("cannot be combined with quote_id: a quote has its own coupon"));
    }
    code
}

/// Reads the identifier of a quote that this service has signed.
pub(super) fn read_quote_id(fields: &mut Fields, keys: &Keys, id: Option<&str>) -> Option<QuotedPrice> {
    let id = fields.line("/quote_id", id?, limits::QuoteId::RANGE)?;
    let quoted = keys.verify_quote(&id);
    if quoted.is_none() {
        fields.refuse(
            "/quote_id",
            "invalid",
            said!("must be the id of a quote; get one with POST /api/v1/resources/{{id}}/quote"),
        );
    }
    quoted
}

impl NewBookingBody {
    pub(super) fn read(&self, keys: &Keys) -> Result<NewBooking, InvalidFields> {
        let mut fields = Fields::default();
        let slot = read_slot(&mut fields, (self.starts_at, self.ends_at), self.quantity);
        let note = fields.text("/note", &self.note, limits::Note::RANGE);
        let override_reason =
            self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        let accepted_terms = read_accepted_terms(&mut fields, &self.accepted_terms);
        let extras = read_extras(&mut fields, &self.extras);
        let coupon = read_coupon(&mut fields, self.coupon.as_deref(), self.quote_id.as_deref());
        let quoted = read_quote_id(&mut fields, keys, self.quote_id.as_deref());
        let Self { organization_id, resource_id, operated_by, hold, use_prepaid, .. } = *self;
        fields.finish(|| {
            Some(NewBooking {
                organization_id,
                resource_id,
                slot: slot?,
                operated_by,
                note: note?,
                hold,
                override_reason: override_reason.flatten(),
                accepted_terms: accepted_terms?,
                extras: extras?,
                coupon,
                refuses_prepaid: !use_prepaid,
                quoted,
            })
        })
    }
}

/// The slot that a booking has left.
#[derive(Debug, Serialize, ToSchema)]
struct MovedFrom {
    /// The resource.
    resource_id: ResourceId,
    /// Start (inclusive).
    starts_at: UtcTime,
    /// End (exclusive).
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    quantity: i32,
}

impl From<Extent> for MovedFrom {
    fn from(Extent { resource_id, slot: Slot { interval, quantity } }: Extent) -> Self {
        Self { resource_id, starts_at: interval.starts_at(), ends_at: interval.ends_at(), quantity }
    }
}

/// A booking, as its two parties see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Booking)]
pub(super) struct BookingView {
    /// The identifier of the object.
    id: BookingId,
    /// The current state. A confirmed booking becomes `completed` at `ends_at`, or `no_show` after `check_in_by`; a booking in use
    /// becomes `completed` at the check-out, or 12 hours after `ends_at`. The buffer after a booking stays taken.
    status: BookingStatus,
    /// The organization that books: the customer.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The organization that owns the resource: the host.
    host_organization_id: OrganizationId,
    /// The name of the host.
    host_organization_name: String,
    /// The site.
    site_id: SiteId,
    /// The name of the site.
    site_name: String,
    /// The time zone of the site, as an IANA name.
    #[schema(example = "Europe/London")]
    timezone: &'static str,
    /// The resource.
    resource_id: ResourceId,
    /// The name of the resource.
    resource_name: String,
    /// Start of the booking (inclusive).
    starts_at: UtcTime,
    /// End of the booking (exclusive).
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    quantity: i32,
    /// The price, fixed when the booking was made. Later changes of the tariff do not change it.
    price: Money,
    /// The calculation of the price, line by line.
    price_lines: Vec<PriceLine>,
    /// The VAT in the price, one entry for each rate. Empty: the host charged no VAT when the booking was made.
    taxes: Vec<Tax>,
    /// The extras that are booked with the resource.
    extras: Vec<BookedExtra>,
    /// The version of the host's rules under which the booking was made.
    booking_rules_id: BookingRulesId,
    /// The last instant at which the customer can cancel or reschedule the confirmed booking. Null unless the booking is
    /// confirmed; a hold or a request can be cancelled at any time. If the resource is out of order at the start of the
    /// booking, the customer can also cancel or reschedule later.
    changeable_until: Option<UtcTime>,
    /// The versions of the host's terms under which the booking was made.
    terms: Vec<AgreedTerms>,
    /// The note from the customer to the host.
    note: String,
    /// The series of the booking. Null: the booking is not part of a series.
    series_id: Option<SeriesId>,
    /// The slot in its series that the booking left when it was rescheduled alone. A move of the series leaves the booking as it is,
    /// unless it says `include_moved`. Null after the booking returned to that slot or was rescheduled with its series, and for
    /// other bookings.
    moved_from: Option<MovedFrom>,
    /// The group of the booking. Null: the booking is not part of a group.
    group_id: Option<BookingGroupId>,
    /// Why the booking was held first; null if it was never held. The reason stays when the booking is confirmed.
    hold_reason: Option<HoldReason>,
    /// The party that must confirm the hold. It stays if the booking ends as a hold (expired, or cancelled before it was
    /// confirmed); null in all other cases.
    awaits: Option<Party>,
    /// True: a manager of the host offered the booking to the customer (`hold_reason` is `host_offer`). The customer confirms it,
    /// and it needs no approval.
    is_offered: bool,
    /// The user who booked, or to whom the host offered the booking.
    created_by: UserId,
    /// The user who operates the machine. Null after that user left the customer, until the customer names another operator.
    operated_by: Option<UserId>,
    /// The instant of the cancellation. Null: it was not cancelled.
    cancelled_at: Option<UtcTime>,
    /// The user who cancelled it. Null: it was not cancelled, or the service cancelled it.
    cancelled_by: Option<UserId>,
    /// The reason of a cancellation or refusal. Empty if there is none.
    reason: String,
    /// The instant at which a hold expires, or a request that the host does not approve or decline. Null in other states.
    expires_at: Option<UtcTime>,
    /// The last instant for the check-in; after it, the booking becomes a no-show. Null if no check-in is required.
    check_in_by: Option<UtcTime>,
    /// Start of the actual use. Null before the check-in.
    checked_in_at: Option<UtcTime>,
    /// End of the actual use. Null before the check-out.
    checked_out_at: Option<UtcTime>,
    /// True: the actual use continued after the booked end.
    is_overrun: bool,
    /// The fees for a cancellation by the customer, each with the instant after which it is due, in the order of time. Empty: there is
    /// none, or the booking can no longer be cancelled. None is due before the booking is confirmed, or while the resource is out of
    /// order at its start.
    cancellation_fees: Vec<FeeAfter>,
    /// The fee of the booking. Null: there is none.
    #[schema(required)]
    fee: Option<FeeView>,
    /// The minutes, of one unit of quantity, that the host donates. Zero: none.
    donated_minutes: i64,
    /// The deposit of the booking. Null: there is none.
    #[schema(required)]
    deposit: Option<DepositView>,
    /// False: the customer does not want to use prepaid credit for the booking.
    use_prepaid: bool,
    /// The hours and the prepaid credit that the booking uses.
    prepaid_uses: Vec<PrepaidUseView>,
    /// The amount that the booking owes, without its payments: its price once it is confirmed, unless it was cancelled or the customer
    /// did not come, its fee unless it was waived, and its deposit until it is returned; less the prepaid credit that it uses.
    owed: Money,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<Booking> for BookingView {
    fn from(booking: Booking) -> Self {
        let (expires_at, changeable_until, check_in_by) =
            (booking.expires_at(), booking.changeable_until(), booking.check_in_by());
        let (awaits, is_offered, is_overrun) = (booking.awaits(), booking.is_offered(), booking.is_overrun());
        let (reason, is_cancelled) = (booking.reason().to_owned(), booking.status == BookingStatus::Cancelled);
        let (cancellation_fees, owed, deposit) = (booking.cancellation_fees(), booking.owed_total(), booking.deposit());
        let cancellation = booking.ending.filter(|_| is_cancelled);
        Self {
            id: booking.id,
            status: booking.status,
            organization_id: booking.organization_id,
            organization_name: booking.organization_name,
            host_organization_id: booking.host_organization_id,
            host_organization_name: booking.host_organization_name,
            site_id: booking.site_id,
            site_name: booking.site_name,
            timezone: booking.timezone.name(),
            resource_id: booking.resource_id,
            resource_name: booking.resource_name,
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            quantity: booking.quantity,
            price: booking.price.total,
            price_lines: booking.price.lines,
            taxes: booking.price.taxes,
            extras: booking.basis.extras,
            donated_minutes: booking.basis.donated_minutes,
            booking_rules_id: booking.booking_rules_id,
            changeable_until,
            terms: booking.terms,
            note: booking.note,
            series_id: booking.series_id,
            moved_from: booking.moved_from.map(MovedFrom::from),
            group_id: booking.group_id,
            hold_reason: booking.hold.map(|hold| hold.reason),
            awaits,
            is_offered,
            created_by: booking.created_by,
            operated_by: booking.operated_by,
            cancelled_at: cancellation.as_ref().map(|ending| ending.ended_at),
            cancelled_by: cancellation.and_then(|ending| ending.ended_by),
            reason,
            expires_at,
            check_in_by,
            checked_in_at: booking.usage.map(|usage| usage.checked_in_at),
            checked_out_at: booking.usage.and_then(|usage| usage.checked_out_at),
            is_overrun,
            cancellation_fees,
            fee: booking.fee.map(FeeView::from),
            deposit: deposit.map(DepositView::from),
            use_prepaid: !booking.prepaid.is_refused,
            prepaid_uses: booking.prepaid.uses.into_iter().map(PrepaidUseView::from).collect(),
            owed,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
        }
    }
}

/// Returns a booking as the response.
pub(super) fn reply(booking: Booking) -> Result<Reply, Error> {
    let revision = booking.revision;
    Ok(Reply::ok(&BookingView::from(booking))?.revision(revision))
}

/// Book a slot
///
/// Checks the rules, fixes the price and takes the capacity in one transaction. The new booking is `requested` if the host
/// approves bookings, `held` with `hold` or if payment comes first, and `confirmed` otherwise. Each of these states takes the
/// capacity. Both parties get a mail, with a calendar entry for a confirmed booking. For a hold the mail is sent when it is
/// confirmed, or at once if payment comes first.
///
/// A manager of the host can book for a customer that has booked with the host before or has accepted its terms, and can
/// override rules for that customer. `operated_by` names the member of the customer to whom the booking is offered. The offer
/// is `held` for `offer_minutes`; the customer gets a mail and confirms the booking.
#[utoipa::path(operation_id = "create_booking", tag = "bookings", request_body = NewBookingBody,
    responses((status = 201, body = BookingView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotUnavailable, Code::NoWayToPay]))))]
#[post("/bookings")]
pub(super) async fn create(
    command: Command<May<(Book, BookForCustomers, OverrideRules)>, NewBookingBody>,
) -> Result<Reply, Problem> {
    let (state, May { caller, .. }, new) = (command.state.clone(), command.caller, command.body.read(&command.state.keys)?);
    let (wanted, asker) = (new.clone(), command.asker);
    let booked = command
        .run(move |tx, May { caller, .. }, _, _| {
            let booking = bookings::book(tx, caller, &new)?;
            let (location, revision) = (format!("/api/v1/bookings/{}", booking.id), booking.revision);
            Ok(Reply::created(location, &BookingView::from(booking))?.revision(revision))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, booked, async move { services.explain_booking(now, caller, wanted).await }).await
}

/// Adds to the problem of a slot that is taken why it is taken and what could be booked instead.
pub(super) async fn or_explain(
    state: &State,
    asker: Asker,
    result: Result<Reply, Problem>,
    explain: impl Future<Output = Result<Clash, Error>> + 'static,
) -> Result<Reply, Problem> {
    match result {
        Err(problem) if problem.code() == Code::SlotUnavailable => match state.turns.explain(asker, explain).await {
            Some(clash) => Err(problem.explained(clash?)),
            None => Err(problem),
        },
        result => result,
    }
}

/// Filters for bookings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BookingsQuery {
    /// Only bookings in which this organization is the customer or the host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only bookings in which this organization is the host.
    #[param(value_type = Option<String>)]
    host_organization_id: Option<OrganizationId>,
    /// Only bookings in which this organization is the customer.
    #[param(value_type = Option<String>)]
    customer_organization_id: Option<OrganizationId>,
    /// Only bookings of this resource.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// Only bookings at this site.
    #[param(value_type = Option<String>)]
    site_id: Option<SiteId>,
    /// Only bookings of this series.
    #[param(value_type = Option<String>)]
    series_id: Option<SeriesId>,
    /// Only bookings in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<BookingStatus>>)]
    status: Several<BookingStatus>,
    /// Only bookings that end after this instant.
    from: Option<UtcTime>,
    /// Only bookings that start before this instant.
    to: Option<UtcTime>,
    /// Only bookings that were created or changed at this instant or later. To follow changes, send the time of your previous
    /// request, less one minute for changes that were still being written then. Combine it with `from` if there are many bookings.
    updated_since: Option<UtcTime>,
    /// The order. Default: `starts_at`; with only `status=requested`, `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<BookingOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List bookings
///
/// Returns the bookings in which you are a party: as a member of the customer, or as a manager of the host. Ordered by start;
/// with `status=requested`, by creation, the oldest first: the queue of requests to approve. For a spreadsheet there is `GET
/// /bookings.csv`; `Accept: text/csv` has the same effect.
#[utoipa::path(operation_id = "list_bookings", tag = "bookings", params(BookingsQuery),
    responses((status = 200, body = Page<BookingView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/bookings")]
pub(super) async fn list(read: Read<May<ManageBookings>, BookingsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

/// List bookings for a spreadsheet
///
/// Returns the same page as `GET /bookings`, as CSV (RFC 4180) in UTF-8 with a line of column names. The header `Link` leads to the
/// next page. A text that a spreadsheet could take for a formula begins with an apostrophe.
#[utoipa::path(operation_id = "list_bookings_csv", tag = "bookings", params(BookingsQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/bookings.csv")]
pub(super) async fn list_csv(read: Read<May<ManageBookings>, BookingsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

async fn list_as(read: Read<May<ManageBookings>, BookingsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = |tx: &mut ReadTx, May { caller, .. }: May<ManageBookings>, query: BookingsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let search = Search {
            organization: query.organization_id,
            host: query.host_organization_id,
            customer: query.customer_organization_id,
            resource: query.resource_id,
            site: query.site_id,
            series: query.series_id,
            statuses: query.status.0.into_iter().collect(),
            from: query.from,
            to: query.to,
            updated_since: query.updated_since,
            order: query.order,
        };
        Ok(bookings::list(tx, caller, &search, &paging)?.map(BookingView::from))
    };
    sheet.page(read, look).await
}

impl Row for BookingView {
    const FILE: &str = "bookings";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("host_organization_id", "/host_organization_id"),
        ("host_organization_name", "/host_organization_name"),
        ("site_id", "/site_id"),
        ("site_name", "/site_name"),
        ("timezone", "/timezone"),
        ("resource_id", "/resource_id"),
        ("resource_name", "/resource_name"),
        ("starts_at", "/starts_at"),
        ("ends_at", "/ends_at"),
        ("quantity", "/quantity"),
        ("price_amount", "/price/amount"),
        ("price_currency", "/price/currency"),
        ("fee_kind", "/fee/kind"),
        ("fee_amount", "/fee/amount/amount"),
        ("deposit_amount", "/deposit/amount/amount"),
        ("deposit_kept", "/deposit/kept/amount"),
        ("owed_amount", "/owed/amount"),
        ("note", "/note"),
        ("series_id", "/series_id"),
        ("group_id", "/group_id"),
        ("created_by", "/created_by"),
        ("operated_by", "/operated_by"),
        ("checked_in_at", "/checked_in_at"),
        ("checked_out_at", "/checked_out_at"),
        ("cancelled_at", "/cancelled_at"),
        ("reason", "/reason"),
        ("created_at", "/created_at"),
        ("updated_at", "/updated_at"),
    ];
}

/// Get a booking
///
/// For both parties: members of the customer, and managers of the host. Its state and times are those of this moment.
#[utoipa::path(operation_id = "get_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)))]
#[get("/bookings/{id}")]
pub(super) async fn get_one(read: Read<May<ManageBookings>>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(bookings::get(tx, caller, id.0)?)).await
}

/// An optional reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The spindle is broken."}))]
pub(super) struct Reason {
    /// A reason that the other party can read.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    pub(super) reason: String,
}

impl Reason {
    pub(super) fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| reason)
    }
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(list_csv);
}
