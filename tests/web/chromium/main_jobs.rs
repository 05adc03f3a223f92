//! The main job of each kind of people, from the first visit to the last mail.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_start_up_books_a_machine_moves_it_and_cancels_it(server) {
        let market = server.market(json!({ "description": "For wood and brass" })).await;
        let ada = server.chromium().await;
        ada.open("/").await.fill("Search words", "brass").await.press("Search").await.press("Lathe").await;
        ada.choose_slot("2026-12-01T09:00").await.says("Total 12.00 GBP").await;
        let slot = ada.address().await;
        // The way leads over a new account, its address and a new organization, and always back to the slot.
        ada.press("Sign in").await.press("Create an account").await;
        ada.fill("Your name", "Ada").await.fill("E-mail address", "ada@example.org").await.fill("Choose a password", PASSWORD).await;
        ada.press("Create the account").await.says("you are in none yet").await;
        let token = server.take_token("ada@example.org", "verify-email").await;
        ada.open(&format!("/verify-email?token={token}")).await.press("Confirm the address").await;
        ada.open(&slot).await.press("Add an organization").await.fill("Name of the organization", "Ada & Co").await.press("Add it").await;
        assert_eq!(ada.address().await, slot);
        ada.fill("Note to the host", "We bring brass").await.press("Book for a fee").await.says("The booking is confirmed.").await;
        ada.says("Tue 1 Dec 2026, 09:00-10:00 (Europe/London, GMT)").await.says("We bring brass").await;
        server.mails("ada@example.org", 1).await;
        ada.press("Choose another time").await.choose_slot("2026-12-02T12:00").await;
        ada.press("Move it").await.says("Wed 2 Dec 2026, 12:00-13:00").await;
        ada.press("My bookings").await.press("Lathe").await.fill("Reason", "No brass").await.press("Cancel the booking").await;
        ada.says("Cancelled").await.says("No brass").await;
        let subjects: BTreeSet<_> = server.mails("ada@example.org", 3).await.into_iter().map(|mail| mail.subject).collect();
        let expected = ["Confirmed: Lathe, Tue 1 Dec 2026, 09:00-10:00", "Moved: Lathe, Wed 2 Dec 2026, 12:00-13:00", "Cancelled: Lathe, Wed 2 Dec 2026, 12:00-13:00"];
        assert_eq!(subjects, BTreeSet::from(expected.map(str::to_owned)));
        assert_eq!(market.host.get("/bookings").await.expect(200).items()[0]["status"], "cancelled");
    }

    async fn a_firm_lists_a_machine_and_approves_its_first_request(server) {
        let (hannah, carl) = (server.user("Hannah").await, server.user("Carl").await);
        carl.found("Newcomer").await;
        let host = server.chromium().await;
        host.as_user(&hannah.email).await.press("Manage").await.press("Add an organization").await;
        host.fill("Name of the organization", "Rotor Works").await.choose("Kind", "Firm").await.press("Add it").await;
        host.press("Add a site").await.fill("Name of the site", "Main hall").await.fill("Street and number", "1 Foundry Lane").await;
        host.fill("Postal code", "E1 1AA").await.fill("City", "London").await.fill("Country", "GB").await;
        host.fill("Latitude", "51.5155").await.fill("Longitude", "-0.0922").await.fill("Time zone", "Europe/London").await;
        for day in ["Monday", "Tuesday"] {
            host.fill(day, "09:00-17:00").await;
        }
        host.press("Add the site").await.press("List a resource").await;
        host.fill("Name", "Lathe").await.fill("Price", "24.5").await.fill("Currency", "GBP").await;
        host.tick("I approve each booking").await.choose("Status", "On offer").await.press("Save and look at the page").await;
        host.says("24.50 GBP an hour").await.says("The host approves each booking.").await;
        let resource = host.address().await;
        let customer = server.chromium().await;
        customer.as_user(&carl.email).await.open(&resource).await.choose_slot("2026-12-01T09:00").await;
        customer.press("Request for a fee").await.says("The host has been asked").await;
        let booking = customer.address().await;
        server.mails(&hannah.email, 1).await;
        host.press("Manage").await.says("Waits for you").await.follow(&booking).await;
        host.press("Approve the request").await.says("Confirmed").await;
        customer.reload().await.says("The booking is confirmed.").await;
        let mails = server.mails(&carl.email, 2).await;
        assert!(mails.iter().any(|mail| mail.subject.starts_with("Confirmed: Lathe")), "{mails:?}");
    }

    async fn a_manager_runs_the_day_from_one_screen(server) {
        let market = server.market(json!({ "booking_rules": { "check_in_minutes": 30 } })).await;
        market.book("2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z").await.expect(201);
        let manager = server.user("Mara").await;
        server.add_member(&market.host_organization, &manager, "manager");
        let desk = server.chromium().await;
        server.advance(TimeDelta::minutes(55));
        desk.as_user(&manager.email).await.press("Manage").await.says("Due now").await.says("10:00-11:00").await;
        let day = desk.address().await;
        desk.follow("/bookings/").await.press("Check in").await.says("In use").await;
        server.advance(TimeDelta::minutes(60));
        desk.press("Check out").await.says("Completed").await;
        // A time is blocked; the machine breaks, and is mended.
        desk.open(&day).await.press("Block Lathe").await.fill("Start", "2026-11-30T14:00").await.fill("End", "2026-11-30T15:00").await;
        desk.fill("Reason, for members of the host only", "Cleaning").await.press("Block the time").await.says("Cleaning").await;
        desk.press("Block Lathe").await.fill("Reason", "Belt").await.press("Mark as out of order").await.says("Out of order").await;
        let visitor = server.chromium().await;
        visitor.open(&format!("/resources/{}", market.resource)).await.says("Out of order: Belt").await;
        desk.press("Block Lathe").await.press("It is in order again").await;
        assert!(!visitor.reload().await.text().await.contains("Out of order"));
    }

    async fn an_operator_looks_at_organizations_and_users_and_suspends_one(server) {
        let market = server.market(json!({})).await;
        let operator = server.operator("Olive").await;
        let (desk, visitor, customer) = (server.chromium().await, server.chromium().await, server.chromium().await);
        visitor.open(&format!("/resources/{}", market.resource)).await.says("12.00 GBP an hour").await;
        desk.as_user(&operator.email).await.press("Installation").await.says("On offer 1").await.press("Organizations").await;
        desk.fill("Name, e-mail address or identifier", "rotor").await.press("Search").await.press("Rotor Works").await.says("Members 1").await;
        desk.fill("Reason", "Unpaid invoices").await.press("Suspend").await.says("Unpaid invoices").await;
        assert!(!visitor.reload().await.text().await.contains("12.00 GBP an hour"));
        assert!(server.mails(&market.host.email, 1).await[0].text.contains("Unpaid invoices"));
        desk.press("Reinstate").await.says("Its listings are hidden").await;
        visitor.reload().await.says("12.00 GBP an hour").await;
        customer.as_user(&market.customer.email).await;
        desk.press("Users").await.fill("Name, e-mail address or identifier", "carl@").await.press("Search").await.press("Carl").await;
        desk.says("carl@example.org (verified)").await.fill("Reason", "Fraud").await.press("Suspend").await.says("Fraud").await;
        assert!(!customer.reload().await.text().await.contains("Sign out"));
        desk.press("Audit log").await.says("user.suspend").await.says("organization.reinstate").await;
        server.mails(&market.host.email, 2).await;
    }

    async fn machines_are_found_booked_moved_cancelled_requested_and_approved_without_scripts(server) {
        let market = server.market(json!({})).await;
        let mill = json!({ "name": "Mill", "booking_rules": { "requires_approval": true } });
        market.host.list_resource(&market.site, mill).await;
        let customer = server.chromium().await.without_scripts().await;
        customer.as_user(&market.customer.email).await.press("Find").await.fill("Search words", "lathe").await.press("Search").await;
        customer.press("Lathe").await.choose_slot("2026-12-01T09:00").await.press("Book for a fee").await;
        customer.says("The booking is confirmed.").await.press("Choose another time").await.choose_slot("2026-12-02T12:00").await;
        customer.press("Move it").await.says("Wed 2 Dec 2026, 12:00-13:00").await;
        customer.fill("Reason", "No brass").await.press("Cancel the booking").await.says("Cancelled").await;
        customer.press("Find").await.press("Mill").await.choose_slot("2026-12-01T09:00").await.press("Request for a fee").await;
        let request = customer.says("The host has been asked").await.address().await;
        let host = server.chromium().await.without_scripts().await;
        host.as_user(&market.host.email).await.press("Manage").await.follow(&request).await;
        host.press("Approve the request").await.says("Confirmed").await;
        customer.reload().await.says("The booking is confirmed.").await;
    }
}
