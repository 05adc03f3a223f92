//! `/coupons`: coupons that hosts make for their customers.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{ManageMoney, May, ViewMoney};
use super::json::Empty;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::coupons::{self, CouponNow};
use actions::error::Error;
use domain::coupon::{Coupon, NewCoupon, Reduction};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CouponId, OrganizationId, ResourceId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;

/// A coupon to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCoupon, example = json!({"code": "SPRING-26", "name": "Spring fair", "percent": 20, "max_uses": 50}))]
pub(super) struct NewCouponBody {
    /// The code that customers type, in small or capital letters.
    #[schema(value_type = limits::CouponCode)]
    code: String,
    /// The name that customers see beside the price.
    #[schema(value_type = limits::RateName)]
    name: String,
    /// The percentage of the price by which a booking becomes cheaper. Either this or `amount`.
    #[schema(value_type = Option<limits::Percent>)]
    percent: Option<i64>,
    /// The amount by which a booking becomes cheaper, at most its price. Either this or `percent`.
    amount: Option<Money>,
    /// The first instant at which the coupon can be used. Default, and with null: at once.
    valid_from: Option<UtcTime>,
    /// The instant from which it can no longer be used. Default, and with null: none.
    valid_until: Option<UtcTime>,
    /// The number of bookings in which it can be used. Default, and with null: no limit.
    #[schema(value_type = Option<limits::CouponUses>)]
    max_uses: Option<i64>,
    /// The number of bookings of each customer in which it can be used. Default, and with null: no limit.
    #[schema(value_type = Option<limits::CouponUses>)]
    max_uses_per_customer: Option<i64>,
    /// The resources for which it can be used. Default, and with null: all of the host.
    #[schema(value_type = Option<limits::Customers<ResourceId>>)]
    resource_ids: Option<Vec<ResourceId>>,
}

impl NewCouponBody {
    fn read(&self) -> Result<NewCoupon, InvalidFields> {
        let mut fields = Fields::default();
        let code = fields.take("/code", self.code.parse());
        let name = fields.line("/name", &self.name, limits::RateName::RANGE);
        let reduction = match (self.percent, self.amount) {
            (Some(percent), None) => fields.number("/percent", percent, limits::Percent::RANGE).map(Reduction::Percent),
            (None, Some(amount)) => {
                let units = fields.number("/amount/amount", amount.amount, limits::PaidAmount::RANGE);
                units.map(|units| Reduction::Amount(Money { amount: units, ..amount }))
            }
            (None, None) => {
                fields.refuse("/percent", "required", said!("is required, or amount"));
                None
            }
            (Some(_), Some(_)) => {
                fields.refuse("/amount", "invalid", said!("cannot be combined with percent"));
                None
            }
        };
        if self.valid_from.zip(self.valid_until).is_some_and(|(from, until)| until <= from) {
            fields.refuse("/valid_until", "invalid", said!("must be after valid_from"));
        }
        let mut uses = |pointer, uses: Option<i64>| uses.and_then(|uses| fields.number(pointer, uses, limits::CouponUses::RANGE));
        let most_uses = uses("/max_uses", self.max_uses);
        let most_uses_per_customer = uses("/max_uses_per_customer", self.max_uses_per_customer);
        if let Some(ids) = &self.resource_ids {
            fields.list("/resource_ids", ids, limits::Customers::<()>::RANGE, said!("resources"));
        }
        fields.finish(|| {
            Some(NewCoupon {
                code: code?,
                name: name?,
                reduction: reduction?,
                valid_from: self.valid_from,
                valid_until: self.valid_until,
                most_uses,
                most_uses_per_customer,
                resource_ids: self.resource_ids.clone(),
            })
        })
    }
}

/// A coupon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Coupon)]
pub(super) struct CouponView {
    /// The identifier of the object.
    id: CouponId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The code that customers type.
    code: String,
    /// The name that customers see beside the price.
    name: String,
    /// The percentage by which a booking becomes cheaper. Null: `amount` says it.
    percent: Option<i64>,
    /// The amount by which a booking becomes cheaper, at most its price. Null: `percent` says it.
    amount: Option<Money>,
    /// The first instant at which the coupon can be used. Null: at once.
    valid_from: Option<UtcTime>,
    /// The instant from which it can no longer be used. Null: none.
    valid_until: Option<UtcTime>,
    /// The number of bookings in which it can be used. Null: no limit.
    max_uses: Option<i64>,
    /// The number of bookings of each customer in which it can be used. Null: no limit.
    max_uses_per_customer: Option<i64>,
    /// The resources for which it can be used. Null: all of the host.
    resource_ids: Option<Vec<ResourceId>>,
    /// The number of bookings with it that were not cancelled, declined or expired.
    uses: i64,
    /// The user who made it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<CouponNow> for CouponView {
    fn from(CouponNow { coupon, uses }: CouponNow) -> Self {
        let Coupon { id, organization_id, made, created_by, created_at, updated_at, .. } = coupon;
        let (percent, amount) = match made.reduction {
            Reduction::Percent(percent) => (Some(percent), None),
            Reduction::Amount(amount) => (None, Some(amount)),
        };
        Self {
            id,
            host_organization_id: organization_id,
            code: made.code.to_string(),
            name: made.name,
            percent,
            amount,
            valid_from: made.valid_from,
            valid_until: made.valid_until,
            max_uses: made.most_uses,
            max_uses_per_customer: made.most_uses_per_customer,
            resource_ids: made.resource_ids,
            uses,
            created_by,
            created_at,
            updated_at,
        }
    }
}

fn reply(found: CouponNow) -> Result<Reply, Error> {
    let revision = found.coupon.revision;
    Ok(Reply::ok(&CouponView::from(found))?.revision(revision))
}

/// Create a coupon
///
/// For managers of the host. A booking names the coupon by its code (`coupon`), and keeps its terms when the coupon ends.
#[utoipa::path(operation_id = "create_coupon", tag = "money", params(("id" = String, Path)), request_body = NewCouponBody,
    responses((status = 201, body = CouponView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/coupons")]
pub(super) async fn create(command: Command<May<ManageMoney>, NewCouponBody>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let made = coupons::create(tx, caller, id.0, body.read()?)?;
            let (location, revision) = (format!("/api/v1/coupons/{}", made.coupon.id), made.coupon.revision);
            Ok(Reply::created(location, &CouponView::from(made))?.revision(revision))
        })
        .await
}

/// Filters for coupons.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CouponsQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the coupons of a host
///
/// For managers of the host.
#[utoipa::path(operation_id = "list_coupons", tag = "money", params(("id" = String, Path), CouponsQuery),
    responses((status = 200, body = Page<CouponView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/coupons")]
pub(super) async fn list(read: Read<May<ViewMoney>, CouponsQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(coupons::list(tx, caller, id.0, order, &paging)?.map(CouponView::from))
    })
    .await
}

/// Get a coupon
///
/// For managers of the host.
#[utoipa::path(operation_id = "get_coupon", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = CouponView)))]
#[get("/coupons/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<CouponId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(coupons::get(tx, caller, id.0)?)).await
}

/// End a coupon
///
/// For managers of the host: it can no longer be used. Bookings with it keep their prices.
#[utoipa::path(operation_id = "end_coupon", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = CouponView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/coupons/{id}/end")]
pub(super) async fn end(command: Command<May<(ViewMoney, ManageMoney)>, Empty>, id: Id<CouponId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(coupons::end(tx, caller, id.0, if_match)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(end);
}
