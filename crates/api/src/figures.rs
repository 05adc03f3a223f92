//! `/organizations/{id}/figures`: the figures of a host.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, Searching, ViewMoney};
use super::csv::{Column, Row, Sheet, written};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::request::Read;
use actions::error::Error;
use actions::figures::{self, Line, Object};
use domain::fields::{Fields, InvalidFields};
use domain::figures::FiguresBy;
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::limits::{self, LONGEST_DAYS};
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::resource::ResourceKind;
use domain::said::said;
use storage::db::ReadTx;

/// Figures of one resource, site, kind of resource or month. All minutes are multiplied by the quantity: one hour of three machines has
/// 180 minutes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figures)]
pub(super) struct FiguresView {
    /// The resource. Null unless the figures are by resource.
    resource_id: Option<ResourceId>,
    /// The site. Null unless the figures are by site.
    site_id: Option<SiteId>,
    /// The name of the resource or site. Null in other figures.
    name: Option<String>,
    /// The kind of resource. Null unless the figures are by kind.
    #[schema(required)]
    kind: Option<ResourceKind>,
    /// The first date of the month in the period. Null unless the figures are by month.
    #[schema(value_type = Option<String>, format = Date)]
    month: Option<NaiveDate>,
    /// The minutes in which the resources could be booked, without blocks of the host: by the current hours and capacity of the
    /// resources that are listed now.
    offered_minutes: i64,
    /// The booked minutes of bookings that were agreed and not cancelled.
    booked_minutes: i64,
    /// The minutes from check-in to check-out; all of a completed booking that nobody checked in.
    used_minutes: i64,
    /// The offered minutes that were not booked.
    idle_minutes: i64,
    /// The number of these bookings that start in the period.
    bookings: i64,
    /// The number of bookings that start in the period and whose customers did not come.
    no_shows: i64,
    /// The prices and fees that the bookings that start in the period owe, without VAT, one amount for each currency.
    income: Vec<Money>,
}

impl From<Line> for FiguresView {
    fn from(Line { object, figures }: Line) -> Self {
        let mut view = Self {
            resource_id: None,
            site_id: None,
            name: None,
            kind: None,
            month: None,
            offered_minutes: figures.offered_minutes(),
            booked_minutes: figures.booked_minutes(),
            used_minutes: figures.used_minutes(),
            idle_minutes: figures.idle_minutes(),
            bookings: figures.bookings,
            no_shows: figures.no_shows,
            income: figures.amounts(),
        };
        match object {
            Object::Resource(id, name) => (view.resource_id, view.name) = (Some(id), Some(name)),
            Object::Site(id, name) => (view.site_id, view.name) = (Some(id), Some(name)),
            Object::Kind(kind) => view.kind = Some(kind),
            Object::Month(first) => view.month = Some(first),
        }
        view
    }
}

/// The period of figures, and how they are added up.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FiguresQuery {
    /// The first date, in the local calendar of each site.
    #[param(value_type = String, format = Date)]
    from: NaiveDate,
    /// The date after the last one. The period has 366 days at most.
    #[param(value_type = String, format = Date)]
    to: NaiveDate,
    /// The objects to which the figures are added up. Default: `resource`.
    #[param(inline)]
    by: Option<FiguresBy>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

impl FiguresQuery {
    fn read(&self) -> Result<((NaiveDate, NaiveDate), FiguresBy, Paging), InvalidFields> {
        let mut fields = Fields::default();
        let paging = Paging::read(&mut fields, self.limit, self.cursor.as_deref());
        let days = (self.to - self.from).num_days();
        if !(1..=LONGEST_DAYS).contains(&days) {
            fields.refuse("to", "out_of_range", said!("must be 1 to {most_days} days after from", most_days = LONGEST_DAYS));
        }
        let (from, to) = (fields.date("from", self.from), fields.date("to", self.to));
        fields.finish(|| Some(((from?, to?), self.by.unwrap_or(FiguresBy::Resource), paging?)))
    }
}

/// List the figures of a host
///
/// For managers of the host: the hours that were offered, booked, used and idle, and the income, by resource, site, kind of resource or
/// month. The period is in local dates. For a spreadsheet there is `GET /organizations/{id}/figures.csv`.
#[utoipa::path(operation_id = "list_figures", tag = "money", params(("id" = String, Path), FiguresQuery),
    responses((status = 200, body = Page<FiguresView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/figures")]
pub(super) async fn list(
    read: Read<Searching<May<ViewMoney>>, FiguresQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the figures of a host for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/figures`, as CSV: see `GET /bookings.csv`. The income is that of the first currency.
#[utoipa::path(operation_id = "list_figures_csv", tag = "money", params(("id" = String, Path), FiguresQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/figures.csv")]
pub(super) async fn list_csv(
    read: Read<Searching<May<ViewMoney>>, FiguresQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<Searching<May<ViewMoney>>, FiguresQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, Searching(May { caller, .. }): Searching<May<ViewMoney>>, query: FiguresQuery| {
        let (dates, by, paging) = query.read()?;
        Ok(figures::list(tx, caller, id.0, dates, by, &paging)?.map(FiguresView::from))
    };
    sheet.page(read, look).await
}

impl Row for FiguresView {
    const FILE: &str = "figures";
    const COLUMNS: &[Column] = &[
        ("resource_id", "/resource_id"),
        ("site_id", "/site_id"),
        ("name", "/name"),
        ("kind", "/kind"),
        ("month", "/month"),
        ("offered_minutes", "/offered_minutes"),
        ("booked_minutes", "/booked_minutes"),
        ("used_minutes", "/used_minutes"),
        ("idle_minutes", "/idle_minutes"),
        ("bookings", "/bookings"),
        ("no_shows", "/no_shows"),
        ("income_amount", "/income/0/amount"),
        ("income_currency", "/income/0/currency"),
    ];
}

/// Returns lines of figures as CSV, as `GET /organizations/{id}/figures.csv` writes them.
///
/// # Errors
/// When a line cannot be written.
pub fn write_csv(lines: Vec<Line>) -> Result<String, Error> {
    written(&lines.into_iter().map(FiguresView::from).collect::<Vec<_>>(), FiguresView::COLUMNS)
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv);
}
