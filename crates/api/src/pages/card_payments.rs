//! The pages to which a customer returns from the page of the provider of payments by card, and a host after it has answered the
//! questions of the provider. They show nothing of the payment or the account, so they need no token.

use actix_web::{HttpRequest, web};

use super::page::Page;
use crate::request::PageRequest;

async fn show(page: PageRequest, req: HttpRequest) -> Page {
    let texts = page.texts();
    let message = if req.query_string() == "cancelled" { "page-not-paid" } else { "page-paid" };
    Page::new(&texts, texts.text(message)).text(texts.attribute_text(message, "text"))
}

async fn show_account(page: PageRequest, req: HttpRequest) -> Page {
    let texts = page.texts();
    let message = if req.query_string() == "expired" { "page-account-link-expired" } else { "page-account-answered" };
    Page::new(&texts, texts.text(message)).text(texts.attribute_text(message, "text"))
}

/// Registers these pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/card-payments/{id}", web::get().to(show)).route("/card-accounts/{id}", web::get().to(show_account));
}
