//! Booking dates that were left out of a series.

use chrono::NaiveDate;

use super::book::{book_each, explain, open};
use super::find::{Whole, get};
use super::record::{OtherDays, record};
use crate::Caller;
use crate::bookings::NewBooking;
use crate::bookings::access::{Actor, authorize_customer, side_between};
use crate::error::Error;
use domain::booking::Side;
use domain::fields::Fields;
use domain::ids::{SeriesId, UserId};
use domain::problem::Code;
use domain::said::said;
use domain::series::{Occurrence, OnClash};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::wall_clock::LocalSpan;
use storage::db::{ReadTx, Tx};
use storage::series::{self, Series};

/// A request to book dates that were left out of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The local dates. If none are named, all left-out dates that are still to come and have a time.
    pub dates: Option<Vec<NaiveDate>>,
    /// Whether some dates that cannot be booked refuse the request, or stay left out.
    pub on_clash: OnClash,
    /// The operator, a member of the customer. If left out, the user who books.
    pub operated_by: Option<UserId>,
    /// Whether the slots are only held for a while, until the customer confirms the bookings.
    pub hold: bool,
    /// The reason for which a manager of the host overrides violations.
    pub override_reason: Option<String>,
    /// The terms that the customer accepts with the bookings.
    pub accepted_terms: Vec<AgreedTerms>,
    /// Whether the bookings use no prepaid credit.
    pub refuses_prepaid: bool,
}

impl LeftOut {
    /// The request for each of the dates: as the series was requested.
    fn booking(&self, series: &Series) -> NewBooking {
        NewBooking {
            operated_by: self.operated_by,
            note: series.note.clone(),
            hold: self.hold,
            override_reason: self.override_reason.clone(),
            accepted_terms: self.accepted_terms.clone(),
            extras: series.extras.clone(),
            refuses_prepaid: self.refuses_prepaid,
            ..NewBooking::new(series.organization_id, series.resource_id, series.slot)
        }
    }

    /// The requested occurrences, and the others that are left out.
    fn choose(&self, skipped: Vec<Occurrence>, now: UtcTime) -> Result<(Vec<Occurrence>, Vec<Occurrence>), Error> {
        let mut fields = Fields::default();
        for (index, date) in self.dates.iter().flatten().enumerate() {
            if skipped.iter().all(|occurrence| occurrence.date != *date) {
                let detail = said!("is {date}, which is not a date in `skipped` of the series", date);
                fields.refuse(format!("/dates/{index}"), "invalid", detail);
            }
        }
        let (chosen, others): (Vec<_>, Vec<_>) = skipped.into_iter().partition(|occurrence| match &self.dates {
            Some(dates) => dates.contains(&occurrence.date),
            None => occurrence.starts_at.is_some_and(|starts_at| starts_at >= now),
        });
        let chosen = fields.finish(|| Some(chosen))?;
        if chosen.is_empty() {
            let detail = said!("The series has no left-out date that is still to come.");
            return Err(Error::Refused(Code::InvalidTransition, detail));
        }
        Ok((chosen, others))
    }
}

/// Books dates that were left out of a series: all that are requested, or only those that can be booked. Each is judged like a new
/// booking.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `resource_not_bookable`, `terms_outdated`, `invalid_fields` for a date that is
/// not left out, `invalid_transition` if no left-out date is still to come, [`Error::OccurrencesRefused`] with those that cannot be
/// booked, if they refuse the request.
pub fn add(tx: &mut Tx<'_>, caller: Caller, id: SeriesId, new: &LeftOut) -> Result<Whole, Error> {
    let Series { organization_id, host_organization_id, resource_id, .. } = series::get(tx.conn, id)?;
    side_between(tx, caller, host_organization_id, organization_id)?;
    let customer = authorize_customer(tx, caller, organization_id)?;
    let opened = open(tx, caller, resource_id)?;
    // Another request can have booked some of the dates before the resource was locked.
    let mut series = series::get(tx.conn, id)?;
    let (chosen, mut left_out) = new.choose(std::mem::take(&mut series.skipped), tx.now)?;
    let timezone = opened.resource.site.timezone;
    let spans = chosen.iter().filter_map(Occurrence::interval).map(|interval| LocalSpan::of(timezone, interval)).collect();
    let (tried, changed) = book_each(tx, caller, &opened, id, &new.booking(&series), &customer, spans)?;
    // A local time that does not exist cannot be tried.
    let timeless = chosen.into_iter().filter(|occurrence| occurrence.interval().is_none());
    let mut refused: Vec<_> = tried.into_iter().filter(|occurrence| !occurrence.is_bookable).chain(timeless).collect();
    refused.sort_by_key(|occurrence| occurrence.date);
    if changed.is_empty() || !refused.is_empty() && new.on_clash == OnClash::Refuse {
        return Err(Error::OccurrencesRefused(refused));
    }
    left_out.extend(refused);
    left_out.sort_by_key(|occurrence| occurrence.date);
    series::update_skipped(tx.conn, id, &left_out)?;
    series.skipped = left_out;
    let changes = changed.into_iter().map(|changed| changed.change).collect();
    record(tx, Actor::of(caller, Side::Customer), "add", &series, changes, OtherDays::left_out(&series))?;
    get(tx, caller, id)
}

/// Finds what could be booked instead of the first refused dates that are taken.
///
/// # Errors
/// When the series does not exist, or the database fails.
pub fn explain_left_out(
    tx: &mut ReadTx,
    caller: Caller,
    id: SeriesId,
    new: &LeftOut,
    refused: Vec<Occurrence>,
) -> Result<Vec<Occurrence>, Error> {
    let series = series::get(&mut tx.conn, id)?;
    explain(tx, caller, &new.booking(&series), refused)
}
