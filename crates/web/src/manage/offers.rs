//! The form with which a manager books for a customer: a hold that the customer confirms.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::catalogue::Choice;
use crate::page::{Explained, Frame, form_name, read_id};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use crate::wanted::read_slot;
use crate::words;
use actions::bookings::{self, NewBooking};
use actions::customers::{self, KnownCustomer};
use actions::error::Error;
use actions::{Caller, resources};
use api::caller::{Book, BookForCustomers, ManageBookings, OverrideRules, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::limits;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::resource::Resource;
use domain::said::said;
use domain::slot::Slot;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;

/// The permissions of the page.
type Offers = (View, (Book, ManageBookings), (BookForCustomers, OverrideRules));

/// The fields of the form, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The customer and the person, as `organization:user`.
    customer: String,
    starts_at: String,
    ends_at: String,
    quantity: String,
    override_reason: String,
    form: String,
}

impl Wanted {
    fn slot(&self, resource: &Resource) -> Result<Slot, InvalidFields> {
        read_slot(resource, (&self.starts_at, &self.ends_at), &self.quantity)
    }

    fn read(&self, resource: &Resource) -> Result<NewBooking, InvalidFields> {
        let mut fields = Fields::default();
        let slot = fields.nest("", self.slot(resource));
        let customer = self
            .customer
            .split_once(':')
            .and_then(|(organization, user)| Some((organization.parse::<OrganizationId>().ok()?, user.parse::<UserId>().ok()?)));
        let customer = fields.take("/customer", customer.ok_or(said!("must be chosen")));
        let override_reason = match self.override_reason.trim() {
            "" => Some(None),
            reason => fields.text("/override_reason", reason, limits::OverrideReason::RANGE).map(Some),
        };
        fields.finish(|| {
            let (organization_id, user) = customer?;
            Some(NewBooking {
                operated_by: Some(user),
                override_reason: override_reason?,
                ..NewBooking::new(organization_id, resource.id, slot?)
            })
        })
    }
}

#[derive(Template)]
#[template(path = "manage_offer.html")]
struct OfferPage {
    frame: Frame,
    path: String,
    block: String,
    wanted: Wanted,
    timezone: &'static str,
    customers: Vec<Choice>,
    most: i32,
    unit: String,
    /// The price of the time that is typed, as far as it can be computed.
    price: String,
    minutes: String,
    form: String,
    problem: Option<Explained>,
}

fn path(id: ResourceId) -> String {
    format!("/manage/resources/{id}/offer")
}

/// Returns all customers of a host, by name.
fn all_customers(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<Vec<KnownCustomer>, Error> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = customers::list(tx, caller, host, &Paging::of(Some(200), cursor.as_deref())?)?;
        all.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    all.sort_by(|one, other| (&one.organization_name, &one.user_name).cmp(&(&other.organization_name, &other.user_name)));
    Ok(all)
}

async fn show(visit: &Visit, id: ResourceId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Offers>()?;
    let typed = wanted.clone();
    let load = move |tx: &mut ReadTx| {
        let resource = resources::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, resource.organization_id, Permission::BookForCustomers, true)?;
        let customers = all_customers(tx, caller, resource.organization_id)?;
        let price = match typed.slot(&resource) {
            Ok(slot) => match bookings::quote(tx, Some(caller), id, None, slot, None, (&[], None)) {
                Err(error @ Error::Storage(_)) => return Err(error),
                quoted => quoted.ok().map(|quote| quote.price.total),
            },
            Err(_) => None,
        };
        Ok((resource, customers, price))
    };
    let (resource, customers, price) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let choice = |known: KnownCustomer| {
        let value = format!("{}:{}", known.organization_id, known.user_id);
        let text = format!("{}: {}", known.organization_name, known.user_name);
        Choice { is_chosen: value == wanted.customer, value, text }
    };
    let page = OfferPage {
        frame: visit.frame(resource.fields.name.clone()),
        path: path(id),
        block: format!("/manage/resources/{id}/block"),
        timezone: resource.site.timezone.name(),
        customers: customers.into_iter().map(choice).collect(),
        most: resource.fields.capacity.quantity,
        unit: words::unit(&texts, resource.fields.capacity.unit),
        price: price.map(|price| amount(&texts, price)).unwrap_or_default(),
        minutes: words::length(&texts, resource.fields.rules.offer_minutes),
        form: form_name(&wanted.form),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, resource.site.timezone)),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn offer(visit: &Visit, id: ResourceId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Offers>()?;
    let made = async {
        let load = move |tx: &mut ReadTx| {
            let resource = resources::get(tx, Some(caller), id)?;
            actions::authorize(tx, caller, resource.organization_id, Permission::BookForCustomers, true)?;
            Ok(resource)
        };
        let new = wanted.read(&visit.page.read(load).await?)?;
        let book = move |tx: &mut Tx<'_>| Ok(format!("/bookings/{}", bookings::book(tx, caller, &new)?.id));
        visit.create(Cost::Light, &wanted.form, book).await
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        // The form that is shown again is a new one: it can be sent with other values.
        Err(problem) => show(visit, id, Wanted { form: String::new(), ..wanted }, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/resources/{id}/offer")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { offer(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/resources/{id}/offer"), &sent.query, made)
            }),
    );
}
