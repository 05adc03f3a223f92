//! The invoices that the organizations of the visitor have received, and the bookings that can be paid by card now.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _, web};
use askama::Template;
use serde::Deserialize;

use super::catalogue::Choice;
use super::my_bookings::Listed;
use super::page::{Frame, address, read_id, text};
use super::sent::Parameters;
use super::visit::{Visit, without_token};
use actions::invoices::{self, Listed as Which};
use actions::open_invoices::InvoiceNow;
use actions::{card_payments, organizations};
use api::caller::{Book, View, ViewMoney};
use api::invoices::{pdf, xml};
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::{InvoiceId, OrganizationId};
use domain::invoice::InvoiceKind;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use storage::db::ReadTx;
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// A document in the list.
struct Line {
    href: String,
    number: String,
    kind: String,
    host: String,
    issued_on: String,
    due_on: String,
    total: String,
    open: String,
    state: String,
    is_overdue: bool,
}

impl Line {
    fn of(texts: &Texts, found: &InvoiceNow) -> Self {
        let InvoiceNow { invoice, open, state, .. } = found;
        let is_invoice = invoice.kind == InvoiceKind::Invoice;
        Self {
            href: format!("/invoices/{}", invoice.id),
            number: invoice.number(),
            kind: texts.attribute_text("web-invoice-kind", invoice.kind.as_str()),
            host: invoice.content.seller.name.clone(),
            issued_on: when::day(texts, invoice.issued_on),
            due_on: if is_invoice { when::day(texts, invoice.due_on) } else { String::new() },
            total: amount(texts, invoice.total),
            open: amount(texts, *open),
            state: texts.attribute_text("web-invoice-state", state.as_str()),
            is_overdue: state.as_str() == "overdue",
        }
    }
}

/// A booking that can be paid by card.
struct Payable {
    listed: Listed,
    amount: String,
    action: String,
}

#[derive(Template)]
#[template(path = "invoices.html")]
struct InvoicesPage {
    frame: Frame,
    organizations: Vec<Choice>,
    lines: Vec<Line>,
    payable: Vec<Payable>,
    next: Option<String>,
}

/// The parameters of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    organization: String,
    cursor: Option<String>,
}

async fn list(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, Book, ViewMoney)>()?;
    let texts = visit.page.texts();
    let setup = visit.page.state.card_payments.setup();
    let load = move |tx: &mut ReadTx| {
        let permitted = organizations::list_permitted(tx, caller, Permission::ViewMoney)?;
        let mine = organizations::list_mine(tx, caller, &Paging::of(Some(200), None)?)?.items.into_iter();
        let mine: Vec<(OrganizationId, String)> =
            mine.filter(|one| permitted.contains(&one.id)).map(|one| (one.id, one.fields().name)).collect();
        let chosen = mine.iter().find(|(id, _)| id.as_str() == asked.organization).or(mine.first()).map(|(id, _)| *id);
        let Some(organization) = chosen else { return Ok((mine, None)) };
        let paging = Paging::of(None, asked.cursor.as_deref())?;
        let received = Which { is_received: true, state: None };
        let found = invoices::list(tx, caller, organization, received, CreationOrder::CreatedAtDescending, &paging)?;
        let payable = card_payments::list_payable(tx, caller, organization, setup)?;
        Ok((mine, Some((organization, found, payable))))
    };
    let (mine, found) = visit.page.read_at(Cost::Search, load).await?;
    let chosen = found.as_ref().map(|(organization, ..)| *organization);
    let choice = |(id, name): &(OrganizationId, String)| Choice {
        value: id.to_string(),
        text: name.clone(),
        is_chosen: Some(*id) == chosen,
    };
    let mut page = InvoicesPage {
        frame: visit.frame(text(&texts, "web-invoices.title")),
        organizations: mine.iter().map(choice).collect(),
        lines: Vec::new(),
        payable: Vec::new(),
        next: None,
    };
    if let Some((organization, found, payable)) = found {
        page.lines = found.items.iter().map(|one| Line::of(&texts, one)).collect();
        let payable = payable.iter().map(|(booking, money)| Payable {
            listed: Listed::of(&texts, booking),
            amount: amount(&texts, *money),
            action: format!("/bookings/{}/pay", booking.id),
        });
        page.payable = payable.collect();
        let more = |cursor: String| address("/invoices", &[("organization", organization.as_str()), ("cursor", &cursor)]);
        page.next = found.next_cursor.map(more);
    }
    Ok(visit.show(StatusCode::OK, &page))
}

async fn document(visit: &Visit, id: &str, req: &HttpRequest) -> Result<HttpResponse, Problem> {
    let id: InvoiceId = read_id(id)?;
    let caller = visit.signed_in::<ViewMoney>()?;
    let look = move |tx: &mut ReadTx| {
        let invoice = invoices::get_issued(tx, caller, id)?;
        pdf(tx, &invoice)
    };
    Ok(visit.page.read_at(Cost::Search, look).await?.respond_to(req))
}

async fn electronic(visit: &Visit, id: &str, req: &HttpRequest) -> Result<HttpResponse, Problem> {
    let id: InvoiceId = read_id(id)?;
    let caller = visit.signed_in::<ViewMoney>()?;
    let look = move |tx: &mut ReadTx| xml(&invoices::get_issued(tx, caller, id)?);
    Ok(visit.page.read_at(Cost::Search, look).await?.respond_to(req))
}

/// Registers the pages. The document behind the link in a mail has the same address, and a token.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/invoices",
        web::get().to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(list(&visit, asked).await)),
    );
    config.service(
        web::resource("/invoices/{id}")
            .guard(without_token())
            .get(async |visit: Visit, id: web::Path<String>, req: HttpRequest| visit.shown(document(&visit, &id, &req).await)),
    );
    config.route(
        "/invoices/{id}/xml",
        web::get()
            .to(async |visit: Visit, id: web::Path<String>, req: HttpRequest| visit.shown(electronic(&visit, &id, &req).await)),
    );
}
