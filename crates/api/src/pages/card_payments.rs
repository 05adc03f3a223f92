//! The pages to which a customer returns from the page of the provider of payments by card, and a host after it has answered the
//! questions of the provider. They show nothing of the payment or the account, so they need no token.

use actix_web::{HttpRequest, web};

use super::page::Page;

async fn show(req: HttpRequest) -> Page {
    match req.query_string() {
        "cancelled" => Page::new("Not paid").text(
            "You have not paid, and nothing was taken from your card. As long as the booking is held for you, you can try again.",
        ),
        _ => Page::new("Thank you")
            .text("Your bank is being asked for the payment. You will get a mail about your booking. You can close this page."),
    }
}

async fn show_account(req: HttpRequest) -> Page {
    match req.query_string() {
        "expired" => Page::new("The link is no longer valid")
            .text("A link to the page of Stripe can be opened once, and for some minutes. Connect your account again to get a new link."),
        _ => Page::new("Thank you").text("Stripe checks your answers. Your account shows when it can take payments. You can close this page."),
    }
}

/// Registers these pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/card-payments/{id}", web::get().to(show)).route("/card-accounts/{id}", web::get().to(show_account));
}
