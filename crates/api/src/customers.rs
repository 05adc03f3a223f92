//! `/organizations/{id}/customers`: the customers of a host.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{ManageBookings, May, Searching};
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::Read;
use actions::customers::{self, KnownCustomer};
use domain::ids::{OrganizationId, UserId};
use domain::paging::Page;
use domain::problem::Code;

/// A customer of a host, with a person for whom the host can book.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct CustomerView {
    /// The customer.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// A member of the customer with a verified e-mail address: `operated_by` of a booking that the host makes for the customer.
    user_id: UserId,
    /// The name of the user.
    user_name: String,
}

impl From<KnownCustomer> for CustomerView {
    fn from(KnownCustomer { organization_id, organization_name, user_id, user_name }: KnownCustomer) -> Self {
        Self { organization_id, organization_name, user_id, user_name }
    }
}

/// List the customers of a host
///
/// For managers of the host: each organization that has booked with the host or has accepted its terms, with each of its members who did so.
/// For these a manager can book (`POST /bookings`).
#[utoipa::path(operation_id = "list_customers", tag = "bookings", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<CustomerView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/customers")]
pub(super) async fn list(
    read: Read<Searching<May<ManageBookings>>, PageQuery>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    read.page(move |tx, Searching(May { caller, .. }), query| {
        Ok(customers::list(tx, caller, id.0, &query.read()?)?.map(CustomerView::from))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list);
}
