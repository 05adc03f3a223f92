//! The fields of the forms that book a slot, wait for one, repeat one, or put it into a job; and the facts that their pages show.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::catalogue::Choice;
use super::page::{address, unless_refused};
use super::visit::Visit;
use actions::bookings::{self, NewBooking, Quote};
use actions::error::Error;
use actions::{Caller, members, organizations, resources, search, terms};
use api::problem::Problem;
use domain::coupon::CouponCode;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, TermsId, UserId};
use domain::interval::Interval;
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::pricing::BookedExtra;
use domain::resource::Resource;
use domain::said::{Said, said};
use domain::slot::Slot;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::wall_clock::LocalSpan;
use storage::db::ReadTx;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};

/// The fields of the forms that book, wait for or repeat a slot, which are also the parameters of their pages. A form has only those
/// that it needs.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) resource: String,
    pub(crate) starts_at: String,
    pub(crate) ends_at: String,
    pub(crate) quantity: String,
    pub(crate) organization: String,
    pub(crate) operator: String,
    pub(crate) note: String,
    pub(crate) coupon: String,
    /// The names of all extras, and the quantity of each.
    pub(crate) extra: Vec<String>,
    pub(crate) extra_quantity: Vec<String>,
    /// The accepted documents, each as `id:version`.
    pub(crate) terms: Vec<String>,
    /// The price that the form shows, in minor units.
    pub(crate) total: String,
    /// Names the form, so that it books once however often it is sent.
    pub(crate) form: String,
    /// The button: `hold`, or anything else to book.
    pub(crate) action: String,
    /// The length of the slot to wait for within the times, in minutes.
    pub(crate) duration_minutes: String,
    /// How a series repeats: `daily`, `weekly` or `monthly`, and how many of these periods lie between two bookings.
    pub(crate) frequency: String,
    pub(crate) interval: String,
    /// The days of a weekly series, as in iCalendar: `MO`.
    pub(crate) weekday: Vec<String>,
    /// The end of a series: a number of bookings, or a local date.
    pub(crate) count: String,
    pub(crate) until: String,
    /// The number of bookings of the series that the form shows.
    pub(crate) bookings: String,
    /// The other things of a job, each as the parameters of its booking form.
    pub(crate) row: Vec<String>,
}

/// An extra of the tariff.
pub(crate) struct Offered {
    pub(crate) name: String,
    pub(crate) price: String,
    pub(crate) most: i32,
    pub(crate) quantity: i32,
}

/// A document to accept.
pub(crate) struct ToAccept {
    pub(crate) id: TermsId,
    pub(crate) name: String,
    pub(crate) version: i32,
    pub(crate) is_accepted: bool,
}

/// A request to book, read from the form.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) resource: ResourceId,
    pub(crate) slot: Slot,
    pub(crate) operator: Option<UserId>,
    pub(crate) note: String,
    pub(crate) coupon: Option<CouponCode>,
    pub(crate) extras: Vec<BookedExtra>,
    pub(crate) accepted: Vec<AgreedTerms>,
}

/// Reads the times of a slot at a resource, as [`read_span`] does in the zone of its site.
pub(crate) fn read_times(resource: &Resource, starts_at: &str, ends_at: &str) -> Result<Interval, InvalidFields> {
    read_span(resource.site.timezone, starts_at, ends_at)
}

/// Reads a start and an end: instants, or local times in a zone as browsers send them.
pub(crate) fn read_span(timezone: Tz, starts_at: &str, ends_at: &str) -> Result<Interval, InvalidFields> {
    let invalid = |detail: Said| InvalidFields::one("/starts_at", "invalid", detail);
    if let (Ok(starts_at), Ok(ends_at)) = (UtcTime::parse(starts_at), UtcTime::parse(ends_at)) {
        return Interval::new(starts_at, ends_at).map_err(|_| invalid(said!("must be before the end")));
    }
    let local = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let (Ok(starts_at), Ok(ends_at)) = (local(starts_at), local(ends_at)) else {
        return Err(invalid(said!("and the end must be times")));
    };
    if starts_at >= ends_at {
        return Err(invalid(said!("must be before the end")));
    }
    LocalSpan { starts_at, ends_at }.interval(timezone).map_err(|skipped| invalid(skipped.into()))
}

/// Reads a slot at a resource: its times, and its quantity, which is 1 if the text is empty.
///
/// # Errors
/// When fields are invalid.
pub(crate) fn read_slot(resource: &Resource, (starts_at, ends_at): (&str, &str), quantity: &str) -> Result<Slot, InvalidFields> {
    let mut fields = Fields::default();
    let interval = fields.nest("", read_times(resource, starts_at, ends_at));
    let quantity = if quantity.is_empty() { Ok(1) } else { quantity.parse().map_err(|_| said!("must be a number")) };
    let quantity = fields.take("/quantity", quantity);
    let quantity = quantity.and_then(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE));
    fields.finish(|| Some(Slot { interval: interval?, quantity: quantity? }))
}

/// Refuses a booking at another price than the form has shown.
pub(crate) fn price_has_changed() -> InvalidFields {
    InvalidFields::one("/price", "changed", said!("has changed since the form was shown; look at it and book again"))
}

impl Wanted {
    /// Returns the organization that books.
    ///
    /// # Errors
    /// When none is chosen.
    pub(crate) fn customer(&self) -> Result<OrganizationId, InvalidFields> {
        self.organization.parse().map_err(|_| InvalidFields::one("/organization", "required", said!("must be chosen")))
    }

    /// Reads the booking that the form asks for.
    ///
    /// # Errors
    /// When fields are invalid.
    pub(crate) fn read(&self, resource: &Resource) -> Result<Request, InvalidFields> {
        let mut fields = Fields::default();
        let slot = fields.nest("", read_slot(resource, (&self.starts_at, &self.ends_at), &self.quantity));
        let note = fields.text("/note", &self.note, limits::Note::RANGE);
        let coupon = match self.coupon.trim() {
            "" => Some(None),
            code => fields.take("/coupon", code.parse()).map(Some),
        };
        let operator = match self.operator.as_str() {
            "" => Some(None),
            operator => fields.take("/operator", operator.parse()).map(Some),
        };
        let extras = self.extra.iter().zip(&self.extra_quantity).filter(|(_, quantity)| !quantity.is_empty() && *quantity != "0");
        let extras: Vec<_> = extras
            .map(|(name, quantity)| {
                let quantity = fields.take("/extras", quantity.parse().map_err(|_| said!("must be numbers")))?;
                let quantity = fields.number("/extras", quantity, limits::ExtraQuantity::RANGE)?;
                Some(BookedExtra { name: name.clone(), quantity })
            })
            .collect();
        let accepted: Vec<_> = self
            .terms
            .iter()
            .map(|terms| {
                let read = terms.split_once(':').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
                let (terms_id, version) = fields.take("/terms", read.ok_or(said!("must be documents with their versions")))?;
                Some(AgreedTerms { terms_id, version })
            })
            .collect();
        fields.finish(|| {
            Some(Request {
                resource: resource.id,
                slot: slot?,
                operator: operator?,
                note: note?,
                coupon: coupon?,
                extras: extras.into_iter().collect::<Option<_>>()?,
                accepted: accepted.into_iter().collect::<Option<_>>()?,
            })
        })
    }

    /// Returns the fields with a value as hidden fields of another form, without those that the form asks for itself.
    pub(crate) fn carried(&self, without: &[&str]) -> Vec<(String, String)> {
        let query = serde_html_form::to_string(self).unwrap_or_default();
        let mut pairs: Vec<(String, String)> = serde_html_form::from_str(&query).unwrap_or_default();
        // The quantity of an extra can be empty, and belongs to its name.
        pairs.retain(|(name, value)| !without.contains(&name.as_str()) && (!value.is_empty() || name == "extra_quantity"));
        pairs
    }

    /// Returns the address of a page with these of the fields.
    pub(crate) fn address(&self, path: &str, fields: &[&str]) -> String {
        let pairs = self.carried(&[]).into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect::<Vec<_>>();
        address(path, &pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
    }

    /// Returns the extras of the tariff with the quantities of the form.
    pub(crate) fn offered(&self, texts: &Texts, resource: &Resource) -> Vec<Offered> {
        let tariff = &resource.fields.tariff;
        let offered = tariff.extras.iter().map(|extra| {
            let at = self.extra.iter().position(|name| *name == extra.name);
            let quantity = at.and_then(|at| self.extra_quantity.get(at)?.parse().ok());
            let price = amount(texts, Money { amount: extra.price, currency: tariff.currency });
            let price = texts.attribute("web-extra", extra.per.as_str(), &variables([("amount", price.into())]));
            Offered { name: extra.name.clone(), price, most: extra.max_quantity, quantity: quantity.unwrap_or(0) }
        });
        offered.collect()
    }
}

/// Registers a page with a form of [`Wanted`]: `show` shows it, and `place` carries out the form and returns the page of the result.
macro_rules! form_page {
    ($config:expr, $path:expr) => {
        $config.service(
            actix_web::web::resource($path)
                .get(async |visit: Visit, Parameters(wanted): Parameters<Wanted>| visit.shown(show(&visit, wanted, None).await))
                .post(async |visit: Visit, sent: Sent<Wanted>| {
                    let placed = async {
                        let (wanted, caller) = (sent.fields?, visit.signed_in::<(View, Book)>()?);
                        match place(&visit, caller, &wanted).await {
                            Ok(address) => Ok(visit.lead_to(&address)),
                            // The form that is shown again is a new one: it can be sent with other values.
                            Err(problem) => show(&visit, Wanted { form: String::new(), ..wanted }, Some(problem)).await,
                        }
                    };
                    visit.shown_after($path, &sent.query, placed.await)
                }),
        );
    };
}
pub(crate) use form_page;

/// The facts that the page shows.
pub(crate) struct Facts {
    pub(crate) resource: Resource,
    pub(crate) request: Result<Request, InvalidFields>,
    pub(crate) quote: Option<Result<Quote, Problem>>,
    pub(crate) customers: Vec<(OrganizationId, String)>,
    pub(crate) customer: Option<OrganizationId>,
    pub(crate) operators: Vec<(UserId, String)>,
    pub(crate) to_accept: Vec<(TermsId, String, i32)>,
    /// Whether the time is taken now.
    pub(crate) is_taken: bool,
}

/// Loads what the pages of a form show.
///
/// # Errors
/// `not_found`.
pub(crate) fn load(tx: &mut ReadTx, caller: Option<Caller>, id: ResourceId, wanted: &Wanted) -> Result<Facts, Error> {
    let resource = resources::get(tx, caller, id)?;
    let resource = resources::shown(tx, caller, resource)?;
    let paging = Paging::of(Some(200), None)?;
    let customers = match caller {
        Some(caller) => organizations::list_mine(tx, caller, &paging)?.items,
        None => Vec::new(),
    };
    let customers: Vec<_> = customers.into_iter().map(|one| (one.id, one.fields().name)).collect();
    let asked = customers.iter().map(|(id, _)| *id).find(|id| id.as_str() == wanted.organization);
    let customer = asked.or_else(|| customers.first().map(|(id, _)| *id));
    let operators = match caller.zip(customer) {
        Some((caller, customer)) => {
            let members = members::list(tx, caller, customer, &[], CreationOrder::CreatedAt, &paging);
            unless_refused(members)?.map(|page| page.items).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let operators = operators.into_iter().map(|member| (member.user_id, member.name)).collect();
    let request = wanted.read(&resource);
    let quote = match &request {
        Ok(Request { slot, operator, extras, coupon, .. }) => {
            let quoted = bookings::quote(tx, caller, id, customer, *slot, *operator, (extras, coupon.as_ref()));
            Some(match quoted {
                Err(error @ Error::Storage(_)) => return Err(error),
                quoted => quoted.map_err(Problem::from),
            })
        }
        Err(_) => None,
    };
    let mut to_accept = Vec::new();
    if let Some(Ok(quote)) = &quote {
        for id in quote.violations.iter().flat_map(|violation| &violation.terms_ids) {
            let (terms, _, _) = terms::get(tx, caller, *id)?;
            to_accept.push((*id, terms.fields.name, terms.version));
        }
    }
    let is_taken = match &request {
        Ok(request) => !search::conflicts(tx, &resource, request.slot, None)?.is_empty(),
        Err(_) => false,
    };
    Ok(Facts { resource, request, quote, customers, customer, operators, to_accept, is_taken })
}

impl Request {
    /// Returns the booking that is requested for an organization.
    pub(crate) fn booking(self, organization_id: OrganizationId, hold: bool) -> NewBooking {
        NewBooking {
            operated_by: self.operator,
            note: self.note,
            hold,
            accepted_terms: self.accepted,
            extras: self.extras,
            coupon: self.coupon,
            ..NewBooking::new(organization_id, self.resource, self.slot)
        }
    }
}

/// The choices of a form.
pub(crate) struct Choices {
    pub(crate) organizations: Vec<Choice>,
    pub(crate) operators: Vec<Choice>,
    pub(crate) extras: Vec<Offered>,
    pub(crate) to_accept: Vec<ToAccept>,
    /// The page that creates an organization, for a visitor who is in none.
    pub(crate) needs_organization: String,
}

impl Facts {
    /// Returns the choices of the form with the values that it has.
    pub(crate) fn choices(&self, visit: &Visit, texts: &Texts, wanted: &Wanted) -> Choices {
        let choice = |value: String, text: &str, is_chosen: bool| Choice { value, text: text.to_owned(), is_chosen };
        let me = visit.user.as_ref().map(|user| user.id);
        let operator = self.request.as_ref().ok().and_then(|request| request.operator).or(me);
        let accept = |(id, name, version): &(TermsId, String, i32)| {
            let is_accepted = wanted.terms.contains(&format!("{id}:{version}"));
            ToAccept { id: *id, name: name.clone(), version: *version, is_accepted }
        };
        let customers = self.customers.iter();
        let operators = self.operators.iter();
        Choices {
            organizations: customers.map(|(id, name)| choice(id.to_string(), name, Some(*id) == self.customer)).collect(),
            operators: operators.map(|(id, name)| choice(id.to_string(), name, Some(*id) == operator)).collect(),
            extras: wanted.offered(texts, &self.resource),
            to_accept: self.to_accept.iter().map(accept).collect(),
            needs_organization: match visit.user.is_some() && self.customer.is_none() {
                true => address("/organizations/new", &[("then", &visit.address)]),
                false => String::new(),
            },
        }
    }
}
