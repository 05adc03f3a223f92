//! `/packages`: packages of prepaid credit and of hours that hosts offer.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, Book, ManageMoney, May};
use super::json::Empty;
use super::package_hours::Hours;
use super::prepaid::PrepaidView;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::packages;
use actions::prepaid::sales;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, PackageId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::package::{NewPackage, Package};
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;

/// A package to be offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPackage, example = json!({
    "name": "Workshop card", "price": {"amount": 10_000, "currency": "GBP"}, "credit": {"amount": 12_000, "currency": "GBP"}, "valid_days": 365
}))]
pub(super) struct NewPackageBody {
    /// The name that customers see, also on the invoice.
    #[schema(value_type = limits::RateName)]
    name: String,
    /// The price, larger than zero. That of credit has no VAT, because the bookings that the credit pays for are taxed. That of hours has VAT,
    /// which is added or included as in tariffs.
    price: Money,
    /// The credit, at least the price and in the same currency. Not with `hours`. Default, and with null: the price.
    credit: Option<Money>,
    /// The hours of a package of hours, which cover time of bookings. Default, and with null: the package has credit.
    #[serde(default)]
    hours: Option<Hours>,
    /// The days from the sale after which the credit expires.
    #[schema(value_type = limits::CreditDays)]
    valid_days: i64,
}

impl NewPackageBody {
    fn read(&self) -> Result<NewPackage, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::RateName::RANGE);
        let price = fields.number("/price/amount", self.price.amount, limits::PaidAmount::RANGE);
        let (credit, hours) = match &self.hours {
            Some(hours) => {
                if self.credit.is_some() {
                    fields.refuse("/credit", "invalid", said!("cannot be combined with hours"));
                }
                fields.nest("/hours", hours.read()).map(|(minutes, usable)| (minutes, Some(usable))).unzip()
            }
            None => (self.read_credit(&mut fields, price), Some(None)),
        };
        let valid_days = fields.number("/valid_days", self.valid_days, limits::CreditDays::RANGE);
        let currency = self.price.currency;
        fields.finish(|| {
            let (name, price, credit, hours) = (name?, price?, credit?, hours?);
            Some(NewPackage { name, price, credit, currency, valid_days: valid_days?, hours })
        })
    }

    fn read_credit(&self, fields: &mut Fields, price: Option<i64>) -> Option<i64> {
        let sold = self.credit.unwrap_or(self.price);
        let credit = fields.number("/credit/amount", sold.amount, limits::PaidAmount::RANGE);
        if sold.currency != self.price.currency {
            fields.refuse("/credit/currency", "invalid", said!("must be the currency of the price"));
        } else if price.zip(credit).is_some_and(|(price, credit)| credit < price) {
            fields.refuse("/credit/amount", "out_of_range", said!("must be at least the price"));
        }
        credit
    }
}

/// A package of prepaid credit or of hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Package)]
pub(super) struct PackageView {
    /// The identifier of the object.
    id: PackageId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The name that customers see, also on the invoice.
    name: String,
    /// The price. That of credit has no VAT; to that of hours VAT is added, or it is included, as in tariffs.
    price: Money,
    /// The credit. Zero: the package has hours.
    credit: Money,
    /// The hours. Null: the package has credit.
    hours: Option<Hours>,
    /// The days from the sale after which the credit expires.
    valid_days: i64,
    /// The instant at which the host withdrew the package. Null: customers can buy it.
    withdrawn_at: Option<UtcTime>,
    /// The user who made it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<Package> for PackageView {
    fn from(package: Package) -> Self {
        let (price, credit) = (package.made.price(), package.made.credit());
        let Package { id, organization_id, made, withdrawn_at, created_by, created_at, updated_at, .. } = package;
        let hours = made.minutes().zip(made.hours.clone()).map(|(minutes, usable)| Hours::of(minutes, usable));
        let NewPackage { name, valid_days, .. } = made;
        Self {
            id,
            host_organization_id: organization_id,
            name,
            price,
            credit,
            hours,
            valid_days,
            withdrawn_at,
            created_by,
            created_at,
            updated_at,
        }
    }
}

fn reply(package: Package) -> Result<Reply, Error> {
    let revision = package.revision;
    Ok(Reply::ok(&PackageView::from(package))?.revision(revision))
}

/// Create a package
///
/// For managers of the host: offers credit or hours for a price. Credit pays for bookings with the host when they are confirmed, and hours
/// cover their time.
#[utoipa::path(operation_id = "create_package", tag = "money", params(("id" = String, Path)), request_body = NewPackageBody,
    responses((status = 201, body = PackageView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/packages")]
pub(super) async fn create(command: Command<May<ManageMoney>, NewPackageBody>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let made = packages::create(tx, caller, id.0, body.read()?)?;
            let (location, revision) = (format!("/api/v1/packages/{}", made.id), made.revision);
            Ok(Reply::created(location, &PackageView::from(made))?.revision(revision))
        })
        .await
}

/// Filters for packages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PackagesQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the packages of a host
///
/// Members of the host see all packages, other users see those that are offered.
#[utoipa::path(operation_id = "list_packages", tag = "money", params(("id" = String, Path), PackagesQuery),
    responses((status = 200, body = Page<PackageView>)), security((), ("bearer" = [])))]
#[get("/organizations/{id}/packages")]
pub(super) async fn list(read: Read<Anyone, PackagesQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(packages::list(tx, caller, id.0, order, &paging)?.map(PackageView::from))
    })
    .await
}

/// Get a package
///
/// Visible to everybody while it is offered, afterwards to members of the host.
#[utoipa::path(operation_id = "get_package", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PackageView)), security((), ("bearer" = [])))]
#[get("/packages/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<PackageId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| reply(packages::get(tx, caller, id.0)?)).await
}

/// Withdraw a package
///
/// For managers of the host: nobody can buy it any more. Credit that was sold stays.
#[utoipa::path(operation_id = "withdraw_package", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PackageView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/packages/{id}/withdraw")]
pub(super) async fn withdraw(command: Command<May<ManageMoney>, Empty>, id: Id<PackageId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(packages::withdraw(tx, caller, id.0, if_match)?)).await
}

/// The customer that buys a package.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10"}))]
pub(super) struct Purchase {
    /// The organization that buys: the customer. You must be one of its managers.
    organization_id: OrganizationId,
}

/// Buy a package
///
/// For managers of the customer. The customer owes the price, and gets the invoice at once. The credit can be used when the invoice is
/// paid, or when the host releases it before. It expires `valid_days` after the sale.
#[utoipa::path(operation_id = "buy_package", tag = "money", params(("id" = String, Path)), request_body = Purchase,
    responses((status = 201, body = PrepaidView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::NoWayToPay]))))]
#[post("/packages/{id}/buy")]
pub(super) async fn buy(command: Command<May<(Book, ManageMoney)>, Purchase>, id: Id<PackageId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| PrepaidView::created(sales::buy(tx, caller, id.0, body.organization_id)?))
        .await
}

/// A customer to which the host sells a package.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer_organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "is_free": true}))]
pub(super) struct Sale {
    /// The customer: an organization that has booked with the host.
    customer_organization_id: OrganizationId,
    /// True: the customer gets the credit for nothing, and can use it at once. Default: false.
    #[serde(default)]
    #[schema(required = false)]
    is_free: bool,
}

/// Sell a package
///
/// For managers of the host: sells a package to a customer as if the customer had bought it, or gives it for nothing.
#[utoipa::path(operation_id = "sell_package", tag = "money", params(("id" = String, Path)), request_body = Sale,
    responses((status = 201, body = PrepaidView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/packages/{id}/sell")]
pub(super) async fn sell(command: Command<May<ManageMoney>, Sale>, id: Id<PackageId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, Sale { customer_organization_id, is_free }, _| {
            PrepaidView::created(sales::sell(tx, caller, id.0, *customer_organization_id, *is_free)?)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(withdraw).service(buy).service(sell);
}
