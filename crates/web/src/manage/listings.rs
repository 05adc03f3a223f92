//! The listings of a host, and the form that adds, copies or edits one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};

use super::parts::{Sites, choices, edit_form, list_sites, tabs};
use super::sites::{WeekdayHours, shown_hours};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, form_name, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::versions::{Difference, differences, is_outdated, made_from};
use crate::visit::Visit;
use crate::words;
use actions::closing::Closing;
use actions::error::Error;
use actions::resources;
use api::caller::{ManageListings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::closing::OnClosing;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::money::Currency;
use domain::opening_hours::OpeningHours;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::pricing::Per;
use domain::resource::{Capacity, NewResource, Resource, ResourceFields, ResourceKind, ResourceStatus, Unit};
use domain::said::{Said, said};
use domain::typed_hours::read_week;
use storage::db::{ReadTx, Tx};
use storage::resources::Filter;
use texts::catalogue::Texts;

/// The fields of the form. Rules and prices that it does not have stay as they are.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    site: String,
    /// The resource to copy.
    copy: String,
    kind: String,
    name: String,
    category: String,
    description: String,
    quantity: String,
    unit: String,
    currency: String,
    rate: String,
    per: String,
    minimum: String,
    deposit: String,
    grid: String,
    shortest: String,
    longest: String,
    notice: String,
    horizon: String,
    buffer: String,
    cut_off: String,
    approval: String,
    private: String,
    status: String,
    hours: Vec<String>,
    form: String,
    /// The version that the form was made from.
    version: String,
}

/// A resource in the list.
struct Listing {
    id: ResourceId,
    name: String,
    about: String,
    rate: String,
    status: String,
}

#[derive(Template)]
#[template(path = "manage_listings.html")]
struct ListingsPage {
    frame: Frame,
    organization: OrganizationId,
    tabs: Vec<Tab>,
    sites: Sites,
    listings: Vec<Listing>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "manage_listing.html")]
struct ListingPage {
    frame: Frame,
    path: String,
    wanted: Wanted,
    is_new: bool,
    sites: Vec<Choice>,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    pers: Vec<Choice>,
    statuses: Vec<Choice>,
    hours: Vec<WeekdayHours>,
    form: String,
    changed: Vec<Difference>,
    problem: Option<Explained>,
}

/// Returns an amount as a form shows it: `24.00`.
pub(super) fn decimal(amount: i64, currency: Currency) -> String {
    let decimals = currency.decimals() as usize;
    let digits = format!("{amount:0>width$}", width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

/// Reads an amount in a currency: `24`, `24.5` or `24,50`. An empty text is zero.
pub(super) fn read_amount(text: &str, currency: Currency) -> Result<i64, Said> {
    let text = text.trim().replace(',', ".");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = currency.decimals() as usize;
    if rest.len() > decimals || !whole.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(said!("must be an amount with the decimals of its currency"));
    }
    let digits = format!("{whole}{rest:0<decimals$}");
    if digits.is_empty() { Ok(0) } else { digits.parse().map_err(|_| said!("is too large")) }
}

impl Wanted {
    /// Returns the values of a resource, for a copy or an edit.
    fn of(fields: &ResourceFields) -> Self {
        let (rules, tariff) = (&fields.rules, &fields.tariff);
        let checked = |is: bool| if is { "on".to_owned() } else { String::new() };
        Self {
            kind: fields.kind.as_str().to_owned(),
            name: fields.name.clone(),
            category: fields.category.clone(),
            description: fields.description.clone(),
            quantity: fields.capacity.quantity.to_string(),
            unit: fields.capacity.unit.as_str().to_owned(),
            currency: tariff.currency.as_str().to_owned(),
            rate: decimal(tariff.rate, tariff.currency),
            per: tariff.per.as_str().to_owned(),
            minimum: decimal(tariff.minimum_charge, tariff.currency),
            deposit: decimal(tariff.deposit, tariff.currency),
            grid: rules.grid_minutes.to_string(),
            shortest: rules.min_minutes.to_string(),
            longest: rules.max_minutes.to_string(),
            notice: rules.notice_minutes.to_string(),
            horizon: rules.horizon_days.to_string(),
            buffer: rules.buffer_after_minutes.to_string(),
            cut_off: rules.change_cutoff_minutes.to_string(),
            approval: checked(rules.requires_approval),
            private: checked(fields.is_private),
            status: fields.status.as_str().to_owned(),
            ..Self::default()
        }
    }

    /// Returns the values of an empty form.
    fn fresh() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            quantity: text("1"),
            currency: text("EUR"),
            grid: text("30"),
            shortest: text("60"),
            longest: text("480"),
            notice: text("0"),
            horizon: text("90"),
            buffer: text("0"),
            cut_off: text("1440"),
            ..Self::default()
        }
    }

    /// Returns the resource, with what the form does not have from another one.
    fn read(&self, base: Option<&ResourceFields>) -> Result<ResourceFields, InvalidFields> {
        let mut fields = Fields::default();
        let mut raw = base.cloned().map(NewResource::from).unwrap_or_else(|| NewResource {
            kind: ResourceKind::Machine,
            name: String::new(),
            description: String::new(),
            category: String::new(),
            capacity: Capacity::default(),
            booking_rules: json!({}),
            tariff: json!({}),
            status: ResourceStatus::Draft,
            is_private: false,
        });
        let kind = fields.take("/kind", self.kind.parse().map_err(|_| said!("must be chosen")));
        let unit = fields.take("/unit", self.unit.parse().map_err(|_| said!("must be chosen")));
        let status = fields.take("/status", self.status.parse().map_err(|_| said!("must be chosen")));
        let quantity = fields.take("/quantity", self.quantity.parse().map_err(|_| said!("must be a number")));
        let currency = fields.take("/currency", self.currency.trim().to_uppercase().parse::<Currency>());
        let tariff = currency.and_then(|currency| {
            let mut amount = |name: &str, text: &str| fields.take(format!("/{name}"), read_amount(text, currency));
            let amounts = [amount("rate", &self.rate), amount("minimum", &self.minimum), amount("deposit", &self.deposit)];
            let [rate, minimum_charge, deposit] = amounts;
            Some(json!({ "currency": currency, "rate": rate?, "per": self.per, "minimum_charge": minimum_charge?, "deposit": deposit? }))
        });
        let mut rules = json!({ "requires_approval": !self.approval.is_empty() });
        for (field, rule, value) in [
            ("grid", "grid_minutes", &self.grid),
            ("shortest", "min_minutes", &self.shortest),
            ("longest", "max_minutes", &self.longest),
            ("notice", "notice_minutes", &self.notice),
            ("horizon", "horizon_days", &self.horizon),
            ("buffer", "buffer_after_minutes", &self.buffer),
            ("cut_off", "change_cutoff_minutes", &self.cut_off),
        ] {
            let number =
                fields.take(format!("/{field}"), value.trim().parse::<i64>().map_err(|_| said!("must be a whole number")));
            rules[rule] = json!(number);
        }
        // Empty hours are those of the site.
        let hours = fields.nest("", read_week(&self.hours));
        rules["opening_hours"] = hours.filter(|hours| !hours.is_empty()).map_or(Value::Null, |hours| json!(hours));
        let read = fields.finish(|| Some((kind?, unit?, status?, quantity?, tariff?)));
        let (kind, unit, status, quantity, tariff) = read?;
        overlay(&mut raw.booking_rules, rules);
        overlay(&mut raw.tariff, tariff);
        NewResource {
            kind,
            name: self.name.clone(),
            description: self.description.clone(),
            category: self.category.clone(),
            capacity: Capacity { quantity, unit },
            status,
            is_private: !self.private.is_empty(),
            ..raw
        }
        .read()
    }
}

/// Returns the values of the form in words, each with its name.
fn in_words(texts: &Texts, form: &Wanted, stored: Option<&OpeningHours>) -> Vec<(String, String)> {
    let word = |known: Option<String>, raw: &str| known.unwrap_or_else(|| raw.to_owned());
    let is_on = |value: &str| text(texts, if value.is_empty() { "web-me.off" } else { "web-me.on" });
    let kind = word(form.kind.parse().ok().map(|kind| words::kind(texts, kind)), &form.kind);
    let unit = word(form.unit.parse().ok().map(|unit| words::unit(texts, unit)), &form.unit);
    let per = word(form.per.parse::<Per>().ok().map(|per| texts.attribute_text("web-per", per.as_str())), &form.per);
    let status = word(form.status.parse().ok().map(|status| status_name(texts, status)), &form.status);
    let hours = shown_hours(texts, &form.hours, stored).into_iter().filter(|day| !day.text.is_empty());
    let hours = hours.map(|day| format!("{} {}", day.name, day.text)).collect::<Vec<_>>().join("; ");
    let values = [
        ("web-catalogue.kind", kind),
        ("web-listing.name", form.name.clone()),
        ("web-listing.category", form.category.clone()),
        ("web-listing.description", form.description.replace("\r\n", "\n")),
        ("web-listing.quantity", form.quantity.clone()),
        ("web-listing.unit", unit),
        ("web-listing.rate", form.rate.clone()),
        ("web-listing.per", per),
        ("web-listing.currency", form.currency.clone()),
        ("web-listing.minimum", form.minimum.clone()),
        ("web-listing.deposit", form.deposit.clone()),
        ("web-listing.grid", form.grid.clone()),
        ("web-listing.shortest", form.shortest.clone()),
        ("web-listing.longest", form.longest.clone()),
        ("web-listing.buffer", form.buffer.clone()),
        ("web-listing.notice", form.notice.clone()),
        ("web-listing.horizon", form.horizon.clone()),
        ("web-listing.cut-off", form.cut_off.clone()),
        ("web-listing.approval", is_on(&form.approval)),
        ("web-resource.hours", hours),
        ("web-listing.private", is_on(&form.private)),
        ("web-manage.status", status),
    ];
    values.into_iter().map(|(id, value)| (text(texts, id), value)).collect()
}

/// Puts the members of an object into another one.
fn overlay(onto: &mut Value, members: Value) {
    if let (Value::Object(onto), Value::Object(members)) = (onto, members) {
        onto.extend(members);
    }
}

fn status_name(texts: &Texts, status: ResourceStatus) -> String {
    texts.attribute_text("web-listing", status.as_str())
}

async fn list(visit: &Visit, id: &str, cursor: Option<String>) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ManageListings, false)?;
        let paging = Paging::of(Some(100), cursor.as_deref())?;
        let page = resources::list_of_host(tx, caller, id, Filter::default(), CreationOrder::CreatedAt, &paging)?;
        Ok((page, list_sites(tx, caller, id)?))
    };
    let (page, sites) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let listing = |resource: &Resource| Listing {
        id: resource.id,
        name: resource.fields.name.clone(),
        about: format!("{}, {}", words::kind(&texts, resource.fields.kind), resource.site.name),
        rate: words::rate(&texts, &resource.fields.tariff),
        status: status_name(&texts, resource.fields.status),
    };
    let page = ListingsPage {
        frame: visit.frame(text(&texts, "web-listing.title")),
        organization: id,
        tabs: tabs(&texts, id, "web-listing.title"),
        sites,
        listings: page.items.iter().map(listing).collect(),
        next: page.next_cursor.map(|cursor| address(&format!("/manage/{id}/resources"), &[("cursor", &cursor)])),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// The resource that a form is about.
#[derive(Clone, Copy)]
enum About {
    New(OrganizationId),
    Old(ResourceId),
}

impl About {
    fn path(self) -> String {
        match self {
            Self::New(organization) => format!("/manage/{organization}/resources/new"),
            Self::Old(resource) => format!("/manage/resources/{resource}/edit"),
        }
    }
}

/// Loads the resource to edit or to copy, and the sites of its host.
fn load(
    tx: &mut ReadTx,
    caller: actions::Caller,
    about: About,
    copy: Option<ResourceId>,
) -> Result<(Option<Resource>, Sites), Error> {
    let base = match (about, copy) {
        (About::Old(id), _) | (About::New(_), Some(id)) => Some(resources::get(tx, Some(caller), id)?),
        (About::New(_), None) => None,
    };
    let organization = match (about, &base) {
        (About::New(organization), _) => organization,
        (About::Old(_), Some(resource)) => resource.organization_id,
        (About::Old(_), None) => return Err(Error::not_found()),
    };
    actions::authorize(tx, caller, organization, Permission::ManageListings, true)?;
    let base = base.filter(|base| base.organization_id == organization);
    Ok((base, list_sites(tx, caller, organization)?))
}

/// Shows the form: with what was sent, or else with the values of the resource to edit or to copy.
async fn show(
    visit: &Visit,
    about: About,
    sent: Option<Wanted>,
    asked: &Wanted,
    refused: Option<Problem>,
) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let copy = asked.copy.parse().ok();
    let (base, sites) = visit.page.read(move |tx: &mut ReadTx| load(tx, caller, about, copy)).await?;
    let texts = visit.page.texts();
    let stored = base.as_ref().and_then(|base| base.fields.rules.opening_hours.as_ref());
    let is_new = matches!(about, About::New(_));
    let version = base.as_ref().filter(|_| !is_new).map(|base| base.revision.to_string()).unwrap_or_default();
    let mut wanted = sent.unwrap_or_else(|| match &base {
        Some(base) => {
            let wanted = Wanted::of(&base.fields);
            let status = if is_new { "draft".to_owned() } else { wanted.status.clone() };
            Wanted { site: base.site_id.to_string(), copy: asked.copy.clone(), status, version: version.clone(), ..wanted }
        }
        None => Wanted { site: asked.site.clone(), ..Wanted::fresh() },
    });
    let mut changed = Vec::new();
    if let Some(base) = base.as_ref().filter(|_| is_outdated(refused.as_ref())) {
        let now = in_words(&texts, &Wanted::of(&base.fields), stored);
        changed = differences(now, in_words(&texts, &wanted, stored));
        // The next form is made from what is shown here.
        wanted.version = version;
    }
    let per = |per: Per| texts.attribute_text("web-per", per.as_str());
    let page = ListingPage {
        frame: visit.frame(text(&texts, if is_new { "web-listing.new" } else { "web-listing.edit" })),
        path: about.path(),
        is_new,
        sites: sites
            .into_iter()
            .map(|(id, name)| Choice { is_chosen: id.as_str() == wanted.site, value: id.to_string(), text: name })
            .collect(),
        kinds: choices(ResourceKind::ALL, |kind| kind.as_str(), &wanted.kind, |kind| words::kind(&texts, kind)),
        units: choices(Unit::ALL, |unit| unit.as_str(), &wanted.unit, |unit| words::unit(&texts, unit)),
        pers: choices(Per::ALL, |per| per.as_str(), &wanted.per, per),
        statuses: choices(ResourceStatus::ALL, |status| status.as_str(), &wanted.status, |status| status_name(&texts, status)),
        hours: shown_hours(&texts, &wanted.hours, stored),
        form: form_name(&wanted.form),
        changed,
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn save(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageListings)>()?;
    let form = wanted.clone();
    let saved = async {
        match about {
            About::New(_) => {
                let site: SiteId =
                    form.site.parse().map_err(|_| InvalidFields::one("/site", "required", said!("must be chosen")))?;
                let copy = form.copy.parse().ok();
                let (base, _) = visit.page.read(move |tx: &mut ReadTx| load(tx, caller, about, copy)).await?;
                let fields = form.read(base.as_ref().map(|base| &base.fields))?;
                let create = move |tx: &mut Tx<'_>| {
                    let resource = resources::create(tx, caller, site, &fields)?;
                    Ok(format!("/resources/{}", resource.id))
                };
                visit.create(Cost::Light, &wanted.form, create).await
            }
            About::Old(id) => {
                let edit = move |tx: &mut Tx<'_>| {
                    let edit = |fields: ResourceFields| form.read(Some(&fields));
                    let closing = Closing { on_bookings: OnClosing::Refuse, reason: String::new() };
                    resources::update(tx, caller, id, &made_from(&form.version), &closing, edit).map(drop)
                };
                visit.page.write(Cost::Heavy, edit).await?;
                Ok(format!("/resources/{id}"))
            }
        }
    };
    match saved.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => {
            let asked = wanted.clone();
            show(visit, about, Some(wanted), &asked, Some(problem)).await
        }
    }
}

/// The parameter of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct After {
    cursor: Option<String>,
}

/// Returns the form as it was before a sign-in, if the query has its fields.
fn typed(wanted: &Wanted) -> Option<Wanted> {
    (!wanted.kind.is_empty()).then(|| wanted.clone())
}

async fn open(visit: &Visit, about: About, wanted: Wanted) -> Result<HttpResponse, Problem> {
    show(visit, about, typed(&wanted), &wanted, None).await
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/resources",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(after): Parameters<After>| {
            visit.shown(list(&visit, &id, after.cursor).await)
        }),
    );
    edit_form!(config, "/manage/{id}/resources/new", About::New);
    edit_form!(config, "/manage/resources/{id}/edit", About::Old);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_in_the_decimals_of_their_currency() {
        let [pound, yen, dinar] = ["GBP", "JPY", "BHD"].map(|code| code.parse::<Currency>().unwrap());
        for (text, currency, amount) in [
            ("24", pound, 2400),
            ("24.5", pound, 2450),
            ("24,50", pound, 2450),
            ("", pound, 0),
            (" .05 ", pound, 5),
            ("24", yen, 24),
            ("1.234", dinar, 1234),
        ] {
            assert_eq!(read_amount(text, currency), Ok(amount), "{text}");
        }
        for (text, currency) in [("-1", pound), ("1.234", pound), ("1.5", yen), ("1 000", pound), ("x", pound), ("1.2.3", pound)]
        {
            assert!(read_amount(text, currency).is_err(), "{text}");
        }
        assert!(read_amount("99999999999999999999", pound).is_err());
        for (amount, currency, text) in [(2450, pound, "24.50"), (5, pound, "0.05"), (24, yen, "24"), (1234, dinar, "1.234")] {
            assert_eq!(decimal(amount, currency), text);
        }
    }
}
