//! `/bookings/{id}/contacts`: how the parties of a booking reach each other.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{ManageBookings, May};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::bookings;
use domain::ids::BookingId;
use storage::contacts::{Contact, Person};

/// How one party of a booking is reached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
struct ContactView {
    /// The name of the organization.
    organization_name: String,
    /// The confirmed contact address of the organization (`contact_email`), or else the address of the user who has been its owner
    /// for the longest time. Null if there is neither.
    email: Option<String>,
    /// The user who made the booking for the customer, or to whom the host offered it. Null for the host, and if the user has left
    /// the customer.
    person: Option<ContactPerson>,
}

/// A user as a contact.
#[derive(Debug, Serialize, ToSchema)]
struct ContactPerson {
    /// The name of the user.
    name: String,
    /// The verified e-mail address of the user.
    email: String,
}

impl From<Contact> for ContactView {
    fn from(Contact { organization_name, email, person }: Contact) -> Self {
        let person = person.map(|Person { name, email }| ContactPerson { name, email: email.to_string() });
        Self { organization_name, email: email.map(|email| email.to_string()), person }
    }
}

/// How the parties of a booking reach each other.
#[derive(Debug, Serialize, ToSchema)]
struct BookingContacts {
    /// The host. Null if contact details are not shown.
    host: Option<ContactView>,
    /// The customer. Null if contact details are not shown.
    customer: Option<ContactView>,
}

/// Get the contacts of a booking
///
/// Returns the contact details of the host and of the customer, for both parties: members of the customer, and managers of the
/// host. They are shown from the moment at which the host knows of the booking, not for a hold that only the customer must confirm,
/// until 30 days after the booking has ended.
#[utoipa::path(operation_id = "get_booking_contacts", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingContacts)))]
#[get("/bookings/{id}/contacts")]
pub(super) async fn get_contacts(read: Read<May<ManageBookings>>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let (host, customer) = bookings::contacts(tx, caller, id.0)?.map(|contacts| (contacts.host, contacts.customer)).unzip();
        Reply::ok(&BookingContacts { host: host.map(Into::into), customer: customer.map(Into::into) })
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_contacts);
}
