//! The page that moves a booking to another slot.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::page::{Explained, Frame, read_id, text};
use super::sent::{Parameters, Sent};
use super::versions::{Difference, differences, is_outdated, made_from};
use super::visit::{Returned, Visit};
use actions::bookings::{self, Reschedule};
use actions::error::Error;
use actions::resources;
use api::caller::{Book, ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, ResourceId};
use domain::money::Money;
use domain::said::said;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::when;

/// The fields of the form, which are also the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    starts_at: String,
    ends_at: String,
    /// Another resource of the host; empty for the same.
    resource: String,
    /// The new price to which the customer has agreed, in minor units.
    agreed: String,
    /// The version of the booking that the form was made from.
    version: String,
}

impl Wanted {
    fn read(&self) -> Result<(UtcTime, UtcTime), InvalidFields> {
        let mut fields = Fields::default();
        let starts_at = fields.take("/starts_at", UtcTime::parse(&self.starts_at));
        let ends_at = fields.take("/ends_at", UtcTime::parse(&self.ends_at));
        fields.finish(|| starts_at.zip(ends_at))
    }

    fn target(&self) -> Result<Option<ResourceId>, Problem> {
        Some(&*self.resource).filter(|id| !id.is_empty()).map(read_id).transpose()
    }
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    frame: Frame,
    name: String,
    old_time: String,
    new_time: String,
    /// The other resource.
    new_name: Option<String>,
    old_price: String,
    /// The new price, once it is known to be higher.
    new_price: Option<(i64, String)>,
    wanted: Wanted,
    back: String,
    problem: Option<Explained>,
    changed: Vec<Difference>,
}

async fn show(
    visit: &Visit,
    id: &str,
    mut wanted: Wanted,
    new_price: Option<Money>,
    refused: Option<Problem>,
) -> Result<HttpResponse, Problem> {
    let id: BookingId = read_id(id)?;
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    let texts = visit.page.texts();
    let target = wanted.target()?;
    let load = move |tx: &mut ReadTx| {
        let booking = bookings::get(tx, caller, id)?;
        let other = target.filter(|target| *target != booking.resource_id);
        let other = other.map(|other| resources::get(tx, Some(caller), other)).transpose()?;
        Ok((booking, other.map(|other| other.fields.name)))
    };
    let (booking, new_name) = visit.page.read(load).await?;
    let (starts_at, ends_at) = wanted.read()?;
    let time = |starts_at, ends_at| when::span_in_zone(&texts, booking.timezone, starts_at, ends_at);
    let (old_time, new_time) = (time(booking.interval.starts_at(), booking.interval.ends_at()), time(starts_at, ends_at));
    let (is_outdated, mut changed) = (is_outdated(refused.as_ref()), Vec::new());
    if is_outdated {
        let in_words = |time: &String, name: &String| {
            [("web-booking.time", time), ("web-manage.resource", name)]
                .map(|(id, value)| (text(&texts, id), value.clone()))
                .to_vec()
        };
        let name = &booking.resource_name;
        changed = differences(in_words(&old_time, name), in_words(&new_time, new_name.as_ref().unwrap_or(name)));
    }
    if is_outdated || wanted.version.is_empty() {
        // The next form is made from what is shown here.
        wanted.version = booking.revision.to_string();
    }
    let page = MovePage {
        frame: visit.frame(text(&texts, "web-reschedule.title")),
        name: booking.resource_name.clone(),
        old_time,
        new_time,
        new_name,
        old_price: amount(&texts, booking.price.total),
        new_price: new_price.map(|price| (price.amount, amount(&texts, price))),
        wanted,
        back: format!("/bookings/{id}"),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, booking.timezone)),
        changed,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

/// Moves the booking, unless that makes it dearer than the customer has agreed to.
async fn make(visit: &Visit, id: &str, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let booking_id: BookingId = read_id(id)?;
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    let (starts_at, ends_at) = wanted.read()?;
    let resource_id = wanted.target()?;
    let (agreed, if_match): (Option<i64>, _) = (wanted.agreed.parse().ok(), made_from(&wanted.version));
    let dearer = Returned::default();
    let found = dearer.clone();
    let moved = visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| {
        let new = Reschedule { resource_id, starts_at: Some(starts_at), ends_at: Some(ends_at), ..Reschedule::default() };
        let moved = bookings::reschedule(tx, caller, booking_id, &new, &if_match)?;
        let price = moved.booking.price.total;
        let is_dearer = moved.price_difference.is_some_and(|difference| difference.amount > 0);
        let unknown = Some(price).filter(|price| is_dearer && agreed != Some(price.amount));
        found.set(unknown);
        if unknown.is_some() {
            return Err(Error::from(InvalidFields::one("/price", "changed", said!("is higher at that time"))));
        }
        Ok(())
    });
    let moved = moved.await;
    let dearer = dearer.take();
    match moved {
        Ok(()) => Ok(visit.lead_to(&format!("/bookings/{booking_id}"))),
        Err(_) if dearer.is_some() => show(visit, id, wanted, dearer, None).await,
        Err(problem) => show(visit, id, wanted, None, Some(problem)).await,
    }
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/bookings/{id}/move")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(show(&visit, &id, wanted, None, None).await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let path = format!("/bookings/{id}/move");
                let moved = async { make(&visit, &id, sent.fields?).await }.await;
                visit.shown_after(&path, &sent.query, moved)
            }),
    );
}
