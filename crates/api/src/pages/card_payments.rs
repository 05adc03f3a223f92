//! The page to which a customer returns from the page of the provider of payments by card. It shows nothing of the payment, so it needs
//! no token.

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

/// Registers this page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/card-payments/{id}", web::get().to(show));
}
