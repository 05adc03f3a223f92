//! The document behind the link in the mail about an invoice.

use actix_web::{HttpRequest, HttpResponse, Responder as _, web};

use super::bookings::reader;
use super::page::{Link, Page};
use crate::download::Download;
use crate::invoices::pdf;
use crate::problem::Problem;
use crate::query::Id;
use crate::request::PageRequest;
use crate::turns::Cost;
use actions::invoices;
use domain::ids::InvoiceId;
use storage::db::ReadTx;

async fn document(page: &PageRequest, id: Id<InvoiceId>, link: &Link) -> Result<Download, Problem> {
    let reader = reader(page, &link.token).await?;
    let look = move |tx: &mut ReadTx| {
        let invoice = invoices::get_of_reader(tx, &reader, id.0)?;
        pdf(tx, &invoice)
    };
    page.read_at(Cost::Search, look).await
}

async fn show(page: PageRequest, id: Id<InvoiceId>, link: web::Query<Link>, req: HttpRequest) -> HttpResponse {
    match document(&page, id, &link).await {
        Ok(file) => file.respond_to(&req),
        Err(problem) => Page::of_problem(&page.texts(), &problem).respond_to(&req),
    }
}

/// Registers this page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/invoices/{id}", web::get().to(show));
}
