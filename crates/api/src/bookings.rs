//! `/bookings`: claims of customers, and what they would cost.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::availability::read_span;
use super::caller::{Anyone, SignedIn};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::bookings::{self, Clash, NewBooking, Quote, Search};
use actions::error::Error;
use domain::booking::{Booking, BookingStatus, HoldReason, Party};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, BookingRulesId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::interval::Interval;
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::pricing::{Price, PriceLine};
use domain::problem::Code;
use domain::rules::{LONGEST_DAYS, Violation};
use domain::slot::Slot;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;

/// A slot to be booked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBooking, example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21",
    "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "quantity": 1, "note": "We bring our own acrylic."
}))]
pub(super) struct NewBookingBody {
    /// The organization that books and pays.
    pub(super) organization_id: OrganizationId,
    /// What is booked.
    pub(super) resource_id: ResourceId,
    /// From this instant
    pub(super) starts_at: UtcTime,
    /// up to but not including this one, at most 366 days later.
    pub(super) ends_at: UtcTime,
    /// How much of the resource.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1, required = false)]
    pub(super) quantity: i32,
    /// The user who works at the machine, a member of the organization, certified in all that the
    /// resource requires; you if left out. As a manager of the host you name for whom you book.
    pub(super) operated_by: Option<UserId>,
    /// From the customer to the host.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub(super) note: String,
    /// Only keeps the slot, as `held`, until `expires_at`; confirm it before.
    #[serde(default)]
    #[schema(required = false)]
    pub(super) hold: bool,
    /// Why the rules give way that a manager of the host may override, by such a manager; it goes into
    /// the booking's history, which both parties see.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) override_reason: Option<String>,
    /// Terms of the host that are accepted with the booking: each by its current version.
    #[serde(default)]
    #[schema(max_items = 50, required = false)]
    pub(super) accepted_terms: Vec<AgreedTerms>,
}

pub(super) const fn one() -> i32 {
    1
}

/// Reads a slot: a span that is not empty and no longer than any rules allow, and a quantity of at least one.
pub(super) fn read_slot(fields: &mut Fields, (starts_at, ends_at): (UtcTime, UtcTime), quantity: i32) -> Option<(Interval, i32)> {
    let interval = read_span(fields, ("/ends_at", LONGEST_DAYS), starts_at, ends_at);
    let quantity = fields.number("/quantity", quantity, 1..=1_000_000);
    Some((interval?, quantity?))
}

/// Reads the terms that are accepted with a booking: at most 50.
pub(super) fn read_accepted_terms(fields: &mut Fields, accepted: &[AgreedTerms]) -> Option<Vec<AgreedTerms>> {
    if accepted.len() > 50 {
        fields.refuse("/accepted_terms", "too_long", "must be at most 50");
    }
    Some(accepted.to_vec())
}

impl NewBookingBody {
    pub(super) fn read(&self) -> Result<NewBooking, InvalidFields> {
        let mut fields = Fields::default();
        let slot = read_slot(&mut fields, (self.starts_at, self.ends_at), self.quantity);
        let note = fields.note("/note", &self.note, 2000);
        let override_reason = self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, 2000));
        let accepted_terms = read_accepted_terms(&mut fields, &self.accepted_terms);
        let Self { organization_id, resource_id, operated_by, hold, .. } = *self;
        fields.finish(|| {
            let (interval, quantity) = slot?;
            Some(NewBooking {
                organization_id,
                resource_id,
                interval,
                quantity,
                operated_by,
                note: note?,
                hold,
                override_reason: override_reason.flatten(),
                accepted_terms: accepted_terms?,
            })
        })
    }
}

/// A booking, as its two parties see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Booking)]
pub(super) struct BookingView {
    id: BookingId,
    status: BookingStatus,
    /// The customer.
    organization_id: OrganizationId,
    organization_name: String,
    host_organization_id: OrganizationId,
    site_id: SiteId,
    resource_id: ResourceId,
    resource_name: String,
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one.
    ends_at: UtcTime,
    quantity: i32,
    /// What it costs, whatever becomes of the tariff.
    price: Money,
    /// How the price comes about.
    price_lines: Vec<PriceLine>,
    /// The version of the host's rules that it was made under.
    booking_rules_id: BookingRulesId,
    /// Until when the customer may cancel or move it; null where it is not confirmed: before, it can be taken back at any time.
    /// While the resource is out of order at its start, it can be changed later, too.
    changeable_until: Option<UtcTime>,
    /// The versions of the host's terms that it was made under.
    terms: Vec<AgreedTerms>,
    /// From the customer to the host.
    note: String,
    /// The series that it is one of.
    series_id: Option<SeriesId>,
    /// The group that it was made in.
    group_id: Option<BookingGroupId>,
    /// Why the booking was held first; null if it was never held. The reason stays when the booking is confirmed.
    hold_reason: Option<HoldReason>,
    /// The party that must confirm the hold. It stays if the booking ends as a hold (expired, or cancelled before it was
    /// confirmed); null in all other cases.
    awaits: Option<Party>,
    /// Whether a manager of the host made the booking for the customer: `hold_reason` is `host_offer`. The customer confirms it, and
    /// it needs no approval.
    is_offered: bool,
    /// The user who booked, or to whom it was offered.
    created_by: UserId,
    /// The user who works at the machine; null after they have left the organization, until it names somebody else.
    operated_by: Option<UserId>,
    cancelled_at: Option<UtcTime>,
    cancelled_by: Option<UserId>,
    /// Why it was cancelled or declined.
    reason: String,
    /// When a hold runs out, or a request that nobody has answered.
    expires_at: Option<UtcTime>,
    /// Until when somebody must check in, where a booking that nobody comes for is given up.
    check_in_by: Option<UtcTime>,
    /// What was really used, beside the time that was booked: since when
    checked_in_at: Option<UtcTime>,
    /// and until when.
    checked_out_at: Option<UtcTime>,
    /// Whether it is, or was, in use beyond its time.
    is_overrun: bool,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<Booking> for BookingView {
    fn from(booking: Booking) -> Self {
        let is_agreed = booking.status == BookingStatus::Confirmed;
        let (expires_at, changeable_until) = (booking.expires_at(), booking.changeable_until());
        let (awaits, is_offered, is_overrun) = (booking.awaits(), booking.is_offered(), booking.is_overrun());
        let (reason, is_cancelled) = (booking.reason().to_owned(), booking.status == BookingStatus::Cancelled);
        let cancellation = booking.ending.filter(|_| is_cancelled);
        Self {
            id: booking.id,
            status: booking.status,
            organization_id: booking.organization_id,
            organization_name: booking.organization_name,
            host_organization_id: booking.host_organization_id,
            site_id: booking.site_id,
            resource_id: booking.resource_id,
            resource_name: booking.resource_name,
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            quantity: booking.quantity,
            price: booking.price.total,
            price_lines: booking.price.lines,
            booking_rules_id: booking.booking_rules_id,
            changeable_until,
            terms: booking.terms,
            note: booking.note,
            series_id: booking.series_id,
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
            check_in_by: booking.lapses_at.filter(|_| is_agreed),
            checked_in_at: booking.usage.map(|usage| usage.checked_in_at),
            checked_out_at: booking.usage.and_then(|usage| usage.checked_out_at),
            is_overrun,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
        }
    }
}

/// Answers a booking.
pub(super) fn reply(booking: Booking) -> Result<Reply, Error> {
    let revision = booking.revision;
    Ok(Reply::ok(&BookingView::from(booking))?.revision(revision))
}

/// Book a slot
///
/// The rules are checked, the price is fixed and the capacity is claimed in one transaction. Where
/// the host approves bookings, the booking is `requested` and holds the slot meanwhile; with `hold`,
/// or where payment comes first, it is `held` for a while; otherwise it is `confirmed`. Both parties
/// get a mail, with a calendar entry once it is confirmed. Of a hold they hear when it is confirmed,
/// or at once where payment comes first.
///
/// As a manager of the host you can book for a customer who has booked with you before, or has accepted your terms, and let
/// rules give way for them: name in `operated_by` for whom it is. It is `held` for `offer_minutes`; they get a mail, and it is
/// booked when they confirm it.
#[utoipa::path(operation_id = "create_booking", tag = "bookings", request_body = NewBookingBody,
    responses((status = 201, body = BookingView)), extensions(("x-problems" = json!(["not_found", "forbidden",
        "email_not_verified", "resource_not_bookable", "terms_outdated", "booking_rules_violated", "slot_unavailable"]))))]
#[post("/bookings")]
pub(super) async fn create(command: Command<SignedIn, NewBookingBody>) -> Result<Reply, Problem> {
    let (state, SignedIn(caller), new) = (command.state.clone(), command.caller, command.body.read()?);
    let wanted = new.clone();
    let booked = command
        .run(move |tx, SignedIn(caller), _, _| {
            let booking = bookings::book(tx, caller, &new)?;
            let (location, revision) = (format!("/api/v1/bookings/{}", booking.id), booking.revision);
            Ok(Reply::created(location, &BookingView::from(booking))?.revision(revision))
        })
        .await;
    or_explain(booked, async || state.services().explain_booking(state.clock.now(), caller, wanted).await).await
}

/// Adds to the problem of a slot that is taken why it is taken and what could be booked instead.
pub(super) async fn or_explain(
    result: Result<Reply, Problem>,
    explain: impl AsyncFnOnce() -> Result<Clash, Error>,
) -> Result<Reply, Problem> {
    match result {
        Err(problem) if problem.code() == Code::SlotUnavailable => Err(problem.explained(explain().await?)),
        result => result,
    }
}

/// Which bookings are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BookingsQuery {
    /// Only those in which this organization is the customer or the host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only those in which this organization is the host.
    #[param(value_type = Option<String>)]
    host_organization_id: Option<OrganizationId>,
    /// Only of this resource.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// Only at this site.
    #[param(value_type = Option<String>)]
    site_id: Option<SiteId>,
    /// Only of this series.
    #[param(value_type = Option<String>)]
    series_id: Option<SeriesId>,
    /// Only in this state.
    status: Option<BookingStatus>,
    /// Only those that end after this instant.
    from: Option<UtcTime>,
    /// Only those that start before this instant.
    to: Option<UtcTime>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List bookings
///
/// Those that you are a party to, as a member of the customer and as a manager of the host: by start,
/// and with `status=requested` the queue of those who answer, the oldest request first.
#[utoipa::path(operation_id = "list_bookings", tag = "bookings", params(BookingsQuery),
    responses((status = 200, body = Page<BookingView>)), extensions(("x-problems" = json!(["forbidden"]))))]
#[get("/bookings")]
pub(super) async fn list(read: Read<SignedIn, BookingsQuery>) -> Result<Reply, Problem> {
    read.page(|tx, SignedIn(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let search = Search {
            organization: query.organization_id,
            host: query.host_organization_id,
            resource: query.resource_id,
            site: query.site_id,
            series: query.series_id,
            status: query.status,
            from: query.from,
            to: query.to,
        };
        Ok(bookings::list(tx, caller, &search, &paging)?.map(BookingView::from))
    })
    .await
}

/// Get a booking
#[utoipa::path(operation_id = "get_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/bookings/{id}")]
pub(super) async fn get_one(read: Read<SignedIn>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.run(move |tx, SignedIn(caller), _| reply(bookings::get(tx, caller, id.0)?)).await
}

/// Why something is done; may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The spindle is broken."}))]
pub(super) struct Reason {
    /// For the other party to read.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

impl Reason {
    pub(super) fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.note("/reason", &self.reason, 2000);
        fields.finish(|| reason)
    }
}

/// A slot to be priced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}))]
pub(super) struct NewQuote {
    /// From this instant
    starts_at: UtcTime,
    /// up to but not including this one, at most 366 days later.
    ends_at: UtcTime,
    /// How much of the resource.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1, required = false)]
    quantity: i32,
    /// The organization that would book: then the rules about customers count, too, its quotas and yours.
    organization_id: Option<OrganizationId>,
    /// The user who would work at the machine for it; you if left out.
    operated_by: Option<UserId>,
}

/// What a slot would cost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub(super) struct QuoteView {
    /// The sum of the lines.
    total: Money,
    /// How it comes about.
    lines: Vec<PriceLine>,
    /// The rules that a booking of it would break.
    violations: Vec<Violation>,
    /// Until when the price holds, if the host does not change the tariff.
    expires_at: UtcTime,
}

impl From<Quote> for QuoteView {
    fn from(Quote { price: Price { total, lines }, violations, expires_at }: Quote) -> Self {
        Self { total, lines, violations, expires_at }
    }
}

/// Price a slot
///
/// Nothing is claimed; whether the slot is free is for `availability` to tell.
#[utoipa::path(operation_id = "quote_resource", tag = "resources", params(("id" = String, Path)), request_body = NewQuote,
    responses((status = 200, body = QuoteView)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!(["not_found", "forbidden", "not_signed_in"])), ("x-not-kept" = json!(true))))]
#[post("/resources/{id}/quote")]
pub(super) async fn quote(command: Command<Anyone, NewQuote>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .look(move |tx, Anyone(caller), body| {
            let mut fields = Fields::default();
            let slot = read_slot(&mut fields, (body.starts_at, body.ends_at), body.quantity);
            let (interval, quantity) = fields.finish(|| slot)?;
            let (customer, operator) = (body.organization_id, body.operated_by);
            Reply::ok(&QuoteView::from(bookings::quote(tx, caller, id.0, customer, Slot { interval, quantity }, operator)?))
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(quote);
}
