//! How a booking is stored: one row of its own, one for its usage and one for its ending once there are any.

use diesel::deserialize::Queryable;
use diesel::prelude::*;
use diesel::query_source::{Alias, AliasedField};
use diesel::sqlite::Sqlite;

use crate::error::StorageError;
use crate::schema::{booking_endings, booking_rules, booking_usage, bookings, organizations, resources, sites};
use crate::schema_money::{booking_charges, booking_fees};
use crate::types::{CachedRules, Json, Zone};
use domain::booking::{
    Booking, BookingStatus, DepositReturn, Ending, Extent, Fee, FeeKind, Hold, HoldReason, Party, Usage, Waiver,
};
use domain::coupon::CouponTerms;
use domain::ids::{
    BookingGroupId, BookingId, BookingRulesId, CouponId, OrganizationId, ResourceId, SeriesId, SiteId, TariffId, UserId,
};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::prepaid::BookedPrepaid;
use domain::pricing::{BookedExtra, Price, PriceBasis, PriceLine, Tax, VatTerms};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;

/// A row of `bookings`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = bookings, treat_none_as_default_value = false)]
pub(crate) struct Row {
    id: BookingId,
    status: BookingStatus,
    organization_id: OrganizationId,
    host_organization_id: OrganizationId,
    site_id: SiteId,
    resource_id: ResourceId,
    series_id: Option<SeriesId>,
    group_id: Option<BookingGroupId>,
    hold_reason: Option<HoldReason>,
    hold_awaits: Option<Party>,
    starts_at: UtcTime,
    ends_at: UtcTime,
    claim_starts_at: UtcTime,
    claim_ends_at: UtcTime,
    quantity: i32,
    price_amount: i64,
    price_currency: Currency,
    price_lines: Json<Vec<PriceLine>>,
    booking_rules_id: BookingRulesId,
    tariff_id: TariffId,
    terms: Json<Vec<AgreedTerms>>,
    note: String,
    created_by: UserId,
    operated_by: Option<UserId>,
    lapses_at: Option<UtcTime>,
    calendar_sequence: i32,
    revision: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
    grace_until: Option<UtcTime>,
    moved_from: Option<Json<Extent>>,
}

/// The columns that a move to another state changes.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = bookings, treat_none_as_null = true)]
pub(super) struct StateChange {
    status: BookingStatus,
    hold_awaits: Option<Party>,
    lapses_at: Option<UtcTime>,
    calendar_sequence: i32,
    revision: i64,
    updated_at: UtcTime,
    grace_until: Option<UtcTime>,
}

/// The columns that a move to another slot changes. The status is one of them, because a booking that was vacated returns to it.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = bookings, treat_none_as_null = true)]
pub(super) struct SlotChange {
    status: BookingStatus,
    site_id: SiteId,
    resource_id: ResourceId,
    hold_reason: Option<HoldReason>,
    hold_awaits: Option<Party>,
    starts_at: UtcTime,
    ends_at: UtcTime,
    claim_starts_at: UtcTime,
    claim_ends_at: UtcTime,
    quantity: i32,
    price_amount: i64,
    price_currency: Currency,
    price_lines: Json<Vec<PriceLine>>,
    booking_rules_id: BookingRulesId,
    tariff_id: TariffId,
    terms: Json<Vec<AgreedTerms>>,
    operated_by: Option<UserId>,
    lapses_at: Option<UtcTime>,
    calendar_sequence: i32,
    revision: i64,
    updated_at: UtcTime,
    grace_until: Option<UtcTime>,
    moved_from: Option<Json<Extent>>,
}

/// A row of `booking_charges`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = booking_charges, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ChargesRow {
    booking_id: BookingId,
    vat: Option<Json<VatTerms>>,
    taxes: Json<Vec<Tax>>,
    extras: Json<Vec<BookedExtra>>,
    deposit: i64,
    deposit_return: Option<Json<DepositReturn>>,
    donated_minutes: i64,
    coupon: Option<Json<CouponTerms>>,
    coupon_id: Option<CouponId>,
    prepaid: Option<Json<BookedPrepaid>>,
}

/// A row of `booking_usage`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = booking_usage, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct UsageRow {
    booking_id: BookingId,
    checked_in_at: UtcTime,
    checked_out_at: Option<UtcTime>,
    is_overrun: bool,
}

/// A row of `booking_endings`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = booking_endings, treat_none_as_default_value = false)]
pub(crate) struct EndingRow {
    booking_id: BookingId,
    ended_at: UtcTime,
    ended_by: Option<UserId>,
    reason: String,
}

/// A row of `booking_fees`.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = booking_fees, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct FeeRow {
    booking_id: BookingId,
    kind: FeeKind,
    amount: i64,
    currency: Currency,
    waived_at: Option<UtcTime>,
    waived_by: Option<UserId>,
    waiver_reason: Option<String>,
}

/// Everything that makes a [`Booking`], from [`joined()`].
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = bookings)]
pub(crate) struct BookingRow {
    #[diesel(embed)]
    row: Row,
    #[diesel(select_expression = organizations::name)]
    organization_name: String,
    #[diesel(select_expression = HOSTS.field(organizations::name), select_expression_type = AliasedField<hosts, organizations::name>)]
    host_organization_name: String,
    #[diesel(select_expression = sites::name)]
    site_name: String,
    #[diesel(select_expression = sites::timezone)]
    timezone: Zone,
    #[diesel(select_expression = resources::name)]
    resource_name: String,
    #[diesel(select_expression = booking_rules::rules)]
    rules: CachedRules,
    #[diesel(embed)]
    charges: Option<ChargesRow>,
    #[diesel(embed)]
    usage: Option<UsageRow>,
    #[diesel(embed)]
    ending: Option<EndingRow>,
    #[diesel(embed)]
    fee: Option<FeeRow>,
}

/// The columns of a [`BookingRow`]. They are the same for every backend.
pub(crate) type Columns = <BookingRow as Selectable<Sqlite>>::SelectExpression;

/// The columns of a [`BookingRow`].
pub(crate) fn columns() -> Columns {
    <BookingRow as Selectable<Sqlite>>::construct_selection()
}

// The organizations that own the resources.
diesel::alias!(
    pub(crate) const HOSTS: Alias<hosts> = organizations as hosts;
);
type IsHost = diesel::dsl::Eq<AliasedField<hosts, organizations::id>, bookings::host_organization_id>;

/// Bookings, joined to the tables of [`columns()`].
#[diesel::dsl::auto_type]
pub(crate) fn joined() -> _ {
    let host: diesel::dsl::On<Alias<hosts>, IsHost> = HOSTS.on(HOSTS.field(organizations::id).eq(bookings::host_organization_id));
    bookings::table
        .inner_join(organizations::table.on(organizations::id.eq(bookings::organization_id)))
        .inner_join(host)
        .inner_join(sites::table.on(sites::id.eq(bookings::site_id)))
        .inner_join(booking_rules::table.on(booking_rules::id.eq(bookings::booking_rules_id)))
        .inner_join(resources::table)
        .left_join(booking_charges::table)
        .left_join(booking_usage::table)
        .left_join(booking_endings::table)
        .left_join(booking_fees::table)
}

/// The bookings of these rows.
pub(crate) fn bookings_from(rows: Vec<BookingRow>) -> Result<Vec<Booking>, StorageError> {
    rows.into_iter().map(booking_from).collect()
}

/// The booking of a row.
pub(super) fn booking_from(row: BookingRow) -> Result<Booking, StorageError> {
    let BookingRow {
        row,
        organization_name,
        host_organization_name,
        site_name,
        timezone,
        resource_name,
        rules,
        charges,
        usage,
        ending,
        fee,
    } = row;
    let (basis, taxes, deposit_return, prepaid) = charges.map_or_else(Default::default, ChargesRow::read);
    Ok(Booking {
        id: row.id,
        status: row.status,
        organization_id: row.organization_id,
        organization_name,
        host_organization_id: row.host_organization_id,
        host_organization_name,
        site_id: row.site_id,
        site_name,
        timezone: timezone.0,
        resource_id: row.resource_id,
        resource_name,
        interval: Interval::new(row.starts_at, row.ends_at).map_err(StorageError::corrupt)?,
        claim: Interval::new(row.claim_starts_at, row.claim_ends_at).map_err(StorageError::corrupt)?,
        quantity: row.quantity,
        price: Price { total: Money { amount: row.price_amount, currency: row.price_currency }, lines: row.price_lines.0, taxes },
        basis,
        booking_rules_id: row.booking_rules_id,
        rules: rules.0,
        tariff_id: row.tariff_id,
        terms: row.terms.0,
        note: row.note,
        series_id: row.series_id,
        group_id: row.group_id,
        moved_from: row.moved_from.map(|Json(extent)| extent),
        hold: row.hold_reason.map(|reason| Hold { reason, awaits: row.hold_awaits }),
        created_by: row.created_by,
        operated_by: row.operated_by,
        ending: ending.map(|EndingRow { ended_at, ended_by, reason, .. }| Ending { ended_at, ended_by, reason }),
        lapses_at: row.lapses_at,
        usage: usage.map(|UsageRow { checked_in_at, checked_out_at, is_overrun, .. }| Usage {
            checked_in_at,
            checked_out_at,
            is_overrun,
        }),
        fee: fee.map(fee_from),
        deposit_return,
        prepaid,
        calendar_sequence: row.calendar_sequence,
        revision: row.revision,
        created_at: row.created_at,
        updated_at: row.updated_at,
        grace_until: row.grace_until,
    })
}

fn fee_from(FeeRow { kind, amount, currency, waived_at, waived_by, waiver_reason, .. }: FeeRow) -> Fee {
    let waiver = waived_at.zip(waived_by).zip(waiver_reason);
    let waiver = waiver.map(|((waived_at, waived_by), reason)| Waiver { waived_at, waived_by, reason });
    Fee { kind, amount: Money { amount, currency }, waiver }
}

impl Row {
    /// The row of a new booking.
    pub(super) fn new(booking: &Booking) -> Self {
        Self {
            id: booking.id,
            status: booking.status,
            organization_id: booking.organization_id,
            host_organization_id: booking.host_organization_id,
            site_id: booking.site_id,
            resource_id: booking.resource_id,
            series_id: booking.series_id,
            group_id: booking.group_id,
            hold_reason: booking.hold.map(|hold| hold.reason),
            hold_awaits: booking.awaits(),
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            claim_starts_at: booking.claim.starts_at(),
            claim_ends_at: booking.claim.ends_at(),
            quantity: booking.quantity,
            price_amount: booking.price.total.amount,
            price_currency: booking.price.total.currency,
            price_lines: Json(booking.price.lines.clone()),
            booking_rules_id: booking.booking_rules_id,
            tariff_id: booking.tariff_id,
            terms: Json(booking.terms.clone()),
            note: booking.note.clone(),
            created_by: booking.created_by,
            operated_by: booking.operated_by,
            lapses_at: booking.lapses_at,
            calendar_sequence: booking.calendar_sequence,
            revision: booking.revision,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            grace_until: booking.grace_until,
            moved_from: booking.moved_from.map(Json),
        }
    }
}

impl StateChange {
    /// The state of a booking, as its next revision.
    pub(super) fn new(booking: &Booking) -> Self {
        Self {
            status: booking.status,
            hold_awaits: booking.awaits(),
            lapses_at: booking.lapses_at,
            calendar_sequence: booking.calendar_sequence,
            revision: booking.revision + 1,
            updated_at: booking.updated_at,
            grace_until: booking.grace_until,
        }
    }
}

impl SlotChange {
    /// The slot of a booking, with all that depends on it, as its next revision.
    pub(super) fn new(booking: &Booking) -> Self {
        Self {
            status: booking.status,
            site_id: booking.site_id,
            resource_id: booking.resource_id,
            hold_reason: booking.hold.map(|hold| hold.reason),
            hold_awaits: booking.awaits(),
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            claim_starts_at: booking.claim.starts_at(),
            claim_ends_at: booking.claim.ends_at(),
            quantity: booking.quantity,
            price_amount: booking.price.total.amount,
            price_currency: booking.price.total.currency,
            price_lines: Json(booking.price.lines.clone()),
            booking_rules_id: booking.booking_rules_id,
            tariff_id: booking.tariff_id,
            terms: Json(booking.terms.clone()),
            operated_by: booking.operated_by,
            lapses_at: booking.lapses_at,
            calendar_sequence: booking.calendar_sequence,
            revision: booking.revision + 1,
            updated_at: booking.updated_at,
            grace_until: booking.grace_until,
            moved_from: booking.moved_from.map(Json),
        }
    }
}

impl ChargesRow {
    /// The terms of a booking beside its tariff and the taxes in its price, if there are any.
    pub(super) fn new(booking: &Booking) -> Option<Self> {
        let Booking { id: booking_id, price, basis, deposit_return, prepaid, .. } = booking;
        let prepaid = Some(prepaid.clone()).filter(|prepaid| *prepaid != BookedPrepaid::default());
        if *basis == PriceBasis::default() && price.taxes.is_empty() && prepaid.is_none() {
            return None;
        }
        let PriceBasis { vat, extras, deposit, donated_minutes, coupon } = basis.clone();
        Some(Self {
            booking_id: *booking_id,
            vat: vat.map(Json),
            taxes: Json(price.taxes.clone()),
            extras: Json(extras),
            deposit,
            deposit_return: deposit_return.clone().map(Json),
            donated_minutes,
            coupon_id: coupon.as_ref().map(|coupon| coupon.id),
            coupon: coupon.map(Json),
            prepaid: prepaid.map(Json),
        })
    }

    fn read(self) -> (PriceBasis, Vec<Tax>, Option<DepositReturn>, BookedPrepaid) {
        let Self { vat, taxes, extras, deposit, deposit_return, donated_minutes, coupon, prepaid, .. } = self;
        let basis = PriceBasis {
            vat: vat.map(|Json(vat)| vat),
            extras: extras.0,
            deposit,
            donated_minutes,
            coupon: coupon.map(|Json(coupon)| coupon),
        };
        let prepaid = prepaid.map(|Json(prepaid)| prepaid).unwrap_or_default();
        (basis, taxes.0, deposit_return.map(|Json(returned)| returned), prepaid)
    }
}

impl UsageRow {
    /// The usage of a booking, if there is any.
    pub(super) fn new(booking: &Booking) -> Option<Self> {
        let Usage { checked_in_at, checked_out_at, is_overrun } = booking.usage?;
        Some(Self { booking_id: booking.id, checked_in_at, checked_out_at, is_overrun })
    }
}

impl EndingRow {
    /// The ending of a booking, if it was cancelled or declined.
    pub(super) fn new(booking: &Booking) -> Option<Self> {
        let Ending { ended_at, ended_by, reason } = booking.ending.clone()?;
        Some(Self { booking_id: booking.id, ended_at, ended_by, reason })
    }
}

impl FeeRow {
    /// The fee of a booking, if there is one.
    pub(super) fn new(booking: &Booking) -> Option<Self> {
        let Fee { kind, amount, waiver } = booking.fee.clone()?;
        let (waived_at, waived_by) = waiver.as_ref().map(|waiver| (waiver.waived_at, waiver.waived_by)).unzip();
        let waiver_reason = waiver.map(|waiver| waiver.reason);
        let Money { amount, currency } = amount;
        Some(Self { booking_id: booking.id, kind, amount, currency, waived_at, waived_by, waiver_reason })
    }
}
