//! Many mails within an hour to one address.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

on_both_databases! {
    async fn a_reader_who_had_many_mails_within_an_hour_gets_further_changes_in_one_mail(server) {
        let market = server.market(json!({})).await;
        for _ in 0..20 {
            server.advance(TimeDelta::seconds(1));
            let booking = market.book(TEN, ELEVEN).await.expect(201).id();
            market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        }
        // Two for each booking, after the mail that verified the address, which is thrown away.
        server.mails(&market.host.email, 29).await;
        server.advance(TimeDelta::seconds(1));
        // A mail with a link to sign in does not wait.
        server.anonymous().post("/auth/forgot-password", json!({ "email": market.host.email })).await.expect(202);
        let mails = server.mails(&market.host.email, 30).await;
        assert!(mails[29].subject.contains("password"), "{}", mails[29].subject);
        server.advance(TimeDelta::minutes(14));
        // While letters wait, later ones wait with them.
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        let mails = server.mails(&market.host.email, 31).await;
        let digest = &mails[30];
        assert_eq!(digest.subject, "12 changes of your bookings");
        assert_eq!(digest.text.matches("Cancelled: Lathe").count(), 6, "{}", digest.text);
        assert_eq!(digest.text.matches("Booked: Lathe").count(), 6, "{}", digest.text);
        assert!(digest.text.contains(&format!("/bookings/{booking}?token=")), "{}", digest.text);
        // The calendar is told the latest state of each of the seven bookings.
        let count = |status: &str| digest.calendar.matches(status).count();
        assert_eq!((count("METHOD:CANCEL"), count("METHOD:REQUEST")), (6, 1), "{}", digest.calendar);

        server.advance(TimeDelta::hours(1));
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let mails = server.mails(&market.host.email, 32).await;
        assert!(mails[31].subject.starts_with("Cancelled: Lathe"), "{}", mails[31].subject);
    }
}
