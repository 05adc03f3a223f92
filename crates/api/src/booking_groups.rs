//! `/booking-groups`: several bookings made together, all or nothing.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access_token::Keys;
use super::bookings::{BookingView, one, read_accepted_terms, read_extras, read_quote_id, read_slot, yes};
use super::caller::{Book, Heavy, ManageBookings, May, OverrideRules};
use super::csv::{Column, Row, Sheet};
use super::json::Empty;
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::booking_groups::{self, NewBookingGroup, PreviewedBooking, Whole};
use actions::bookings::NewBooking;
use actions::error::Error;
use domain::booking_group::{self, RefusedBooking};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, OrganizationId, ResourceId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::pricing::BookedExtra;
use domain::problem::Code;
use domain::said::said;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// A new booking group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBookingGroup, example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "note": "Prototype run.", "bookings": [
        {"resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21", "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z"},
        {"resource_id": "019acb2f-11d0-7c44-8a10-2b9d4e6f0c35", "starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-02T18:00:00Z", "quantity": 2}
    ]
}))]
pub(super) struct NewGroupBody {
    /// The organization that books and pays: the customer. You must be a member of it.
    organization_id: OrganizationId,
    /// A note from the customer to all hosts of the group.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    note: String,
    /// The slots to book, of one or several hosts. All prices must be in the same currency.
    #[schema(value_type = limits::GroupBookings<NewMember>)]
    bookings: Vec<NewMember>,
    /// True: keep all slots as `held` until `expires_at`, which is the same for all of them; confirm the group before. If one
    /// of the resources requires payment first, all bookings of the group are held.
    #[serde(default)]
    #[schema(required = false)]
    hold: bool,
    /// The reason to override rules. You must be a manager of every host whose rules are overridden. The reason appears in the
    /// history of each booking that breaks a rule.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

/// One slot of a new group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroupedBooking)]
struct NewMember {
    /// The resource to book.
    resource_id: ResourceId,
    /// Start of the booking (inclusive).
    starts_at: UtcTime,
    /// End of the booking (exclusive), at most 366 days after `starts_at`.
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    #[serde(default = "one")]
    #[schema(value_type = limits::Quantity, default = 1, required = false)]
    quantity: i32,
    /// The user who operates the machine, a member of the customer. Default: you.
    operated_by: Option<UserId>,
    /// A note from the customer to the host of this resource.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    note: String,
    /// The terms of this host that you accept with the booking, each with its current version.
    #[serde(default)]
    #[schema(value_type = limits::AcceptedTerms<AgreedTerms>, required = false)]
    accepted_terms: Vec<AgreedTerms>,
    /// The extras of the tariff to book with the resource. Default: none; with `quote_id`, those of the quote.
    #[serde(default)]
    #[schema(value_type = limits::Extras<BookedExtra>, required = false)]
    extras: Vec<BookedExtra>,
    /// False: the booking uses no prepaid credit of the customer. Default: true.
    #[serde(default = "yes")]
    #[schema(default = true, required = false)]
    use_prepaid: bool,
    /// The `id` of a quote for this slot and organization, before it expires: the booking gets the price of the quote.
    #[schema(value_type = Option<limits::QuoteId>)]
    quote_id: Option<String>,
}

impl NewGroupBody {
    fn read(&self, keys: &Keys) -> Result<NewBookingGroup, InvalidFields> {
        let mut fields = Fields::default();
        let members =
            fields.list("/bookings", &self.bookings, limits::GroupBookings::RANGE, said!("bookings")).unwrap_or_default();
        let note = fields.text("/note", &self.note, limits::Note::RANGE);
        let override_reason = self
            .override_reason
            .as_ref()
            .and_then(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        let bookings: Vec<_> = members
            .iter()
            .enumerate()
            .filter_map(|(index, member)| {
                fields.nest(&format!("/bookings/{index}"), member.read(self, override_reason.as_ref(), keys))
            })
            .collect();
        fields.finish(|| Some(NewBookingGroup { organization_id: self.organization_id, note: note?, bookings }))
    }
}

impl NewMember {
    fn read(&self, group: &NewGroupBody, override_reason: Option<&String>, keys: &Keys) -> Result<NewBooking, InvalidFields> {
        let mut fields = Fields::default();
        let slot = read_slot(&mut fields, (self.starts_at, self.ends_at), self.quantity);
        let note = fields.text("/note", &self.note, limits::Note::RANGE);
        let accepted_terms = read_accepted_terms(&mut fields, &self.accepted_terms);
        let extras = read_extras(&mut fields, &self.extras);
        let quoted = read_quote_id(&mut fields, keys, self.quote_id.as_deref());
        fields.finish(|| {
            Some(NewBooking {
                operated_by: self.operated_by,
                note: note?,
                hold: group.hold,
                override_reason: override_reason.cloned(),
                accepted_terms: accepted_terms?,
                extras: extras?,
                refuses_prepaid: !self.use_prepaid,
                quoted,
                ..NewBooking::new(group.organization_id, self.resource_id, slot?)
            })
        })
    }
}

/// Bookings that were made together, as far as the reader may see them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingGroup)]
struct GroupView {
    /// The identifier of the object.
    id: BookingGroupId,
    /// The organization that books: the customer.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The note from the customer to all hosts.
    note: String,
    /// The total price of the bookings that you see, without cancelled, declined and expired ones. Null if no booking is left
    /// or if the currencies differ, which can happen after a booking is rescheduled to another resource.
    #[schema(required)]
    price: Option<Money>,
    /// Ordered by start. The customer sees all bookings, a host sees the bookings of its own resources.
    bookings: Vec<BookingView>,
    /// The user who made the group.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<Whole> for GroupView {
    fn from(Whole { group, bookings }: Whole) -> Self {
        Self {
            id: group.id,
            organization_id: group.organization_id,
            organization_name: group.organization_name,
            note: group.note,
            price: booking_group::price(bookings.iter().map(|booking| (booking.status, booking.price.total))),
            bookings: bookings.into_iter().map(BookingView::from).collect(),
            created_by: group.created_by,
            created_at: group.created_at,
        }
    }
}

fn reply(whole: Whole) -> Result<Reply, Error> {
    Reply::ok(&GroupView::from(whole))
}

/// A booking group that is not booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingGroupPreview)]
struct PreviewView {
    /// The total price. Null if a booking cannot be made.
    #[schema(required)]
    total: Option<Money>,
    /// The bookings, in the order of the request.
    bookings: Vec<PreviewedBookingView>,
}

/// A booking of a group that is not booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewedBooking)]
struct PreviewedBookingView {
    /// The price. Null if the booking cannot be made.
    #[schema(required)]
    price: Option<Money>,
    /// The reasons for which the booking cannot be made. Null if it can be made.
    #[schema(required)]
    refused: Option<RefusedBooking>,
}

impl From<Vec<PreviewedBooking>> for PreviewView {
    fn from(bookings: Vec<PreviewedBooking>) -> Self {
        let prices: Option<Vec<Money>> = bookings.iter().map(|one| one.as_ref().ok().copied()).collect();
        let view = |one: PreviewedBooking| match one {
            Ok(price) => PreviewedBookingView { price: Some(price), refused: None },
            Err(refused) => PreviewedBookingView { price: None, refused: Some(refused) },
        };
        Self { total: prices.and_then(Money::sum), bookings: bookings.into_iter().map(view).collect() }
    }
}

/// Preview a booking group
///
/// Returns for each booking its price, or the reasons for which it cannot be made, as if the group were booked now. Later bookings count
/// earlier ones, also in quotas and prices. `violations` also lists the terms that must be accepted; those that `accepted_terms` of the request
/// names are not listed. Nothing is booked or accepted.
#[utoipa::path(operation_id = "preview_booking_group", tag = "booking-groups", request_body = NewGroupBody,
    responses((status = 200, body = PreviewView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended,
        Code::TermsOutdated, Code::NoWayToPay]))))]
#[post("/booking-groups/preview")]
pub(super) async fn preview(command: Command<Heavy<May<(Book, OverrideRules)>>, NewGroupBody>) -> Result<Reply, Problem> {
    let new = command.body.read(&command.state.keys)?;
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| Reply::ok(&PreviewView::from(booking_groups::preview(tx, caller, &new)?)))
        .await
}

/// Create a booking group
///
/// Books resources of one or several sites and hosts in one transaction, all or nothing. Each booking is checked like a single
/// booking; later ones count earlier ones. If a booking is not possible, nothing is booked and `bookings` lists each refused
/// booking with its reasons; the first 3 taken slots get alternatives. Each person concerned gets one mail about the bookings
/// that the person can see. For holds the mail is sent when they are confirmed, or at once if payment comes first.
#[utoipa::path(operation_id = "create_booking_group", tag = "booking-groups", request_body = NewGroupBody,
    responses((status = 201, body = GroupView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotUnavailable, Code::NoWayToPay]))))]
#[post("/booking-groups")]
pub(super) async fn create(command: Command<Heavy<May<(Book, OverrideRules)>>, NewGroupBody>) -> Result<Reply, Problem> {
    let (state, Heavy(May { caller, .. }), new) =
        (command.state.clone(), command.caller, command.body.read(&command.state.keys)?);
    let (wanted, asker) = (new.clone(), command.asker);
    let made = command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            let whole = booking_groups::create(tx, caller, &new)?;
            let location = format!("/api/v1/booking-groups/{}", whole.group.id);
            Reply::created(location, &GroupView::from(whole))
        })
        .await;
    match made {
        Err(mut problem) if problem.has_conflicts() => {
            let (services, now, refused) = (state.services(), state.clock.now(), problem.bookings.clone());
            let explain = async move { services.explain_booking_group(now, caller, wanted, refused).await };
            if let Some(explained) = state.turns.explain(asker, explain).await {
                problem.bookings = explained?;
            }
            Err(problem)
        }
        made => made,
    }
}

/// Filters for booking groups.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct GroupsQuery {
    /// Only groups in which this organization is the customer or a host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List booking groups
///
/// Returns the groups in which you are a party: as a member of the customer, or as a manager of a host, who sees only the bookings
/// with that host. For a spreadsheet there is `GET /booking-groups.csv`.
#[utoipa::path(operation_id = "list_booking_groups", tag = "booking-groups", params(GroupsQuery),
    responses((status = 200, body = Page<GroupView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/booking-groups")]
pub(super) async fn list(read: Read<May<ManageBookings>, GroupsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

/// List booking groups for a spreadsheet
///
/// Returns the same page as `GET /booking-groups`, as CSV: see `GET /bookings.csv`, which also has the bookings of groups.
#[utoipa::path(operation_id = "list_booking_groups_csv", tag = "booking-groups", params(GroupsQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/booking-groups.csv")]
pub(super) async fn list_csv(read: Read<May<ManageBookings>, GroupsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

async fn list_as(read: Read<May<ManageBookings>, GroupsQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = |tx: &mut ReadTx, May { caller, .. }: May<ManageBookings>, query: GroupsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(booking_groups::list(tx, caller, query.organization_id, order, &paging)?.map(GroupView::from))
    };
    sheet.page(read, look).await
}

impl Row for GroupView {
    const FILE: &str = "booking-groups";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("first_starts_at", "/bookings/0/starts_at"),
        ("price_amount", "/price/amount"),
        ("price_currency", "/price/currency"),
        ("note", "/note"),
        ("created_by", "/created_by"),
        ("created_at", "/created_at"),
    ];
}

/// Get a booking group
///
/// Returns the group with its bookings. The customer sees all of them, a manager of a host sees the bookings with that host.
#[utoipa::path(operation_id = "get_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    responses((status = 200, body = GroupView)))]
#[get("/booking-groups/{id}")]
pub(super) async fn get_one(read: Read<May<ManageBookings>>, id: Id<BookingGroupId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(booking_groups::get(tx, caller, id.0)?)).await
}

/// The bookings of a group to cancel or decline, with the reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"booking_ids": ["019acb30-77aa-7c1e-8f00-5b1f0e7c9a11"], "reason": "We need no bench."}))]
pub(super) struct GroupReason {
    /// The bookings to cancel or decline, all or none of them. Default: all bookings of the group that you can see and whose
    /// state permits it.
    #[schema(value_type = Option<limits::GroupBookings<BookingId>>)]
    booking_ids: Option<Vec<BookingId>>,
    /// A reason that the other party can read.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    reason: String,
}

impl GroupReason {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        if let Some(ids) = &self.booking_ids {
            fields.list("/booking_ids", ids, limits::GroupBookings::RANGE, said!("bookings"));
        }
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| reason)
    }
}

/// Cancel a booking group
///
/// Cancels the whole group or some of its bookings. The customer can cancel all bookings, a manager of a host those with that
/// host. If one of the bookings can no longer be cancelled, none is cancelled and `bookings` lists each such booking with its
/// reasons. Each person concerned gets one mail, except about holds that only the customer had to confirm.
#[utoipa::path(operation_id = "cancel_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    request_body = Option<GroupReason>, responses((status = 200, body = GroupView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::BookingRulesViolated]))))]
#[post("/booking-groups/{id}/cancel")]
pub(super) async fn cancel(
    command: Command<Heavy<May<(Book, ManageBookings)>>, GroupReason>,
    id: Id<BookingGroupId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            reply(booking_groups::cancel(tx, caller, id.0, body.booking_ids.as_deref(), &body.read()?)?)
        })
        .await
}

/// Confirm a booking group
///
/// Confirms all holds of the group that you may confirm, all or none. The customer confirms the holds that need no payment. A
/// manager of a host confirms the holds of that host that need payment, when the payment has arrived. All holds of a group
/// expire at the same instant; holds that are not confirmed by then expire. Each person concerned gets one mail; the mail to
/// the customer lists the bookings that still have to be confirmed or approved.
#[utoipa::path(operation_id = "confirm_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    responses((status = 200, body = GroupView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::BookingRulesViolated]))))]
#[post("/booking-groups/{id}/confirm")]
pub(super) async fn confirm(
    command: Command<Heavy<May<(Book, ManageBookings)>>, Empty>,
    id: Id<BookingGroupId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, Heavy(May { caller, .. }), _, _| reply(booking_groups::confirm(tx, caller, id.0)?)).await
}

/// Approve a booking group
///
/// For managers of a host. Approves all requests of the group with the hosts that you manage. Each person concerned gets one
/// mail.
#[utoipa::path(operation_id = "approve_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    responses((status = 200, body = GroupView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/booking-groups/{id}/approve")]
pub(super) async fn approve(
    command: Command<Heavy<May<(Book, ManageBookings)>>, Empty>,
    id: Id<BookingGroupId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, Heavy(May { caller, .. }), _, _| reply(booking_groups::approve(tx, caller, id.0)?)).await
}

/// Decline a booking group
///
/// For managers of a host. Declines the requests in `booking_ids`; by default all requests of the group with the hosts that you
/// manage. If one of them is no longer a request, none is declined and `bookings` lists each such booking. Each person
/// concerned gets one mail.
#[utoipa::path(operation_id = "decline_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    request_body = Option<GroupReason>, responses((status = 200, body = GroupView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/booking-groups/{id}/decline")]
pub(super) async fn decline(
    command: Command<Heavy<May<(Book, ManageBookings)>>, GroupReason>,
    id: Id<BookingGroupId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            reply(booking_groups::decline(tx, caller, id.0, body.booking_ids.as_deref(), &body.read()?)?)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(preview).service(create).service(list).service(list_csv).service(get_one).service(cancel).service(confirm);
    config.service(approve).service(decline);
}
