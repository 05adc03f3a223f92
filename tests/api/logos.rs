//! The logos of organizations, and the invoices that have them.

use reqwest::Method;
use serde_json::json;

use super::invoices::billing_market;
use super::waitlist::{ELEVEN, TEN};
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::on_both_databases;

const LOGO: &[u8] = include_bytes!("../fixtures/logo.png");

async fn send(user: &User, host: &str, media_type: &'static str, file: &[u8]) -> Answer {
    let file = file.to_vec();
    let form = |request: reqwest::RequestBuilder| request.header("content-type", media_type).body(file);
    user.send(Method::POST, &format!("/organizations/{host}/logo"), form).await
}

impl Market {
    fn logo(&self) -> String {
        format!("/organizations/{}/logo", self.host_organization)
    }

    /// Issues an invoice over one booking, and returns the path of its PDF.
    async fn invoice_path(&self) -> String {
        let booking = self.book(TEN, ELEVEN).await.expect(201).id();
        let issued = self.invoice(json!({ "booking_id": booking })).await.expect(201);
        format!("/invoices/{}.pdf", issued.items()[0]["id"].as_str().unwrap())
    }

    async fn pdf(&self, path: &str) -> String {
        self.customer.get(path).await.expect(200).text
    }
}

/// The logo as another file.
fn other_logo() -> Vec<u8> {
    [LOGO, b"which programs ignore after the end"].concat()
}

fn has_picture(pdf: &str) -> bool {
    pdf.contains("/Width 64")
}

on_both_databases! {
    async fn an_invoice_keeps_the_logo_that_it_was_issued_with(server) {
        let market = billing_market(server, json!({})).await;
        market.host.get(&market.logo()).await.refused(404, "not_found");
        let bare = market.invoice_path().await;
        let set = send(&market.host, &market.host_organization, "image/png", LOGO).await.expect(200);
        assert_eq!((&set["media_type"], &set["width"], &set["height"]), (&json!("image/png"), &json!(64), &json!(24)));
        let shown = server.anonymous().get(&market.logo()).await.expect(200);
        assert_eq!((shown.header("content-type"), shown.text.as_str()), ("image/png", &*String::from_utf8_lossy(LOGO)));
        let path = market.invoice_path().await;
        let (without, with) = (market.pdf(&bare).await, market.pdf(&path).await);
        assert_eq!((has_picture(&without), has_picture(&with)), (false, true));
        send(&market.host, &market.host_organization, "image/png", &other_logo()).await.expect(200);
        assert_eq!(market.pdf(&path).await, with);
        market.host.delete(&market.logo()).await.expect(204);
        market.host.get(&market.logo()).await.refused(404, "not_found");
        assert_eq!(market.pdf(&path).await, with);
        assert!(!has_picture(&market.pdf(&market.invoice_path().await).await));
    }

    async fn a_logo_that_is_on_no_invoice_goes_when_it_is_replaced(server) {
        let market = billing_market(server, json!({})).await;
        for file in [LOGO.to_vec(), other_logo(), LOGO.to_vec(), LOGO.to_vec()] {
            send(&market.host, &market.host_organization, "image/png", &file).await.expect(200);
        }
        assert_eq!(server.select("SELECT CAST(count(*) AS TEXT) AS value FROM logos"), ["1"]);
        market.invoice_path().await;
        send(&market.host, &market.host_organization, "image/png", &other_logo()).await.expect(200);
        assert_eq!(server.select("SELECT CAST(count(*) AS TEXT) AS value FROM logos"), ["2"]);
    }

    async fn a_file_that_is_no_logo_is_refused(server) {
        let market = server.market(json!({})).await;
        let host = &market.host_organization;
        for file in [&b"a text"[..], &LOGO[..90], b""] {
            send(&market.host, host, "image/png", file).await.refused(422, "picture_unreadable");
        }
        send(&market.host, host, "image/svg+xml", LOGO).await.refused(415, "unsupported_media_type");
        send(&market.host, host, "image/png", &vec![0x89; 262_145]).await.refused(413, "payload_too_large");
        send(&market.customer, host, "image/png", b"a text").await.refused(403, "forbidden");
        market.host.get(&market.logo()).await.refused(404, "not_found");
    }
}
