//! The demonstration.

use std::collections::BTreeSet;

use serde_json::json;

use super::program::{Home, Serving, on_both_databases};
use crate::support::client::Client;
use crate::support::server::block_on;

impl Home {
    /// Address and password of everybody in the demonstration who has this role and organization.
    fn demo_account(&self, role: &str) -> (String, String) {
        let accounts = std::fs::read_to_string(self.path("data/demo-accounts.txt")).expect("the accounts are kept");
        let account = accounts.lines().find(|line| line.contains(role)).expect("the role has an account");
        let mut words = account.split(' ').map(str::to_owned);
        (words.next().expect("an address"), words.next().expect("a password"))
    }
}

impl Serving {
    /// Somebody who has signed in.
    async fn sign_in(&self, (email, password): (String, String)) -> Client {
        let body = json!({ "email": email, "password": password });
        let answer = self.client().post("/api/v1/auth/login", body).await.expect(200);
        self.client().with_token(answer.text("access_token"))
    }
}

on_both_databases! {
    fn an_empty_database_is_filled_and_who_signs_in_can_book(home) {
        let serving = home.serve(&["--demo"]);
        let said: Vec<&str> = serving.said.lines().collect();
        assert_eq!(said[0], "demonstration: 14 organizations, 66 resources, 54 bookings");
        for (line, role) in said[2..].iter().zip(["operator", "owner", "manager", "booker"]) {
            assert!(line.contains(&format!(" {role}")), "{line}");
        }
        // What the demonstration made is told to nobody.
        assert_eq!(home.select("SELECT fact_id AS value FROM deliveries WHERE state = 'pending'"), [""; 0]);
        block_on(async {
            let booker = serving.sign_in(home.demo_account(" booker Brightline Robotics")).await;
            let firm = booker.get("/api/v1/organizations").await.expect(200).items()[0]["id"].clone();
            let bookings = booker.get("/api/v1/bookings?limit=200").await.expect(200);
            assert_eq!(bookings.items().len(), 10);
            let found = booker.get("/api/v1/resources?q=speedy").await.expect(200).items()[0]["id"].clone();
            let now = environment::clock::Clock::System.now();
            let (from, to) = (now + chrono::TimeDelta::days(20), now + chrono::TimeDelta::days(25));
            let path = format!("/api/v1/resources/{}/slots", found.as_str().expect("an identifier"));
            let slots = booker.get(&format!("{path}?from={from}&to={to}&duration_minutes=60")).await.expect(200);
            let slot = &slots.items()[0];
            let wish = json!({
                "organization_id": firm, "resource_id": found, "starts_at": slot["starts_at"], "ends_at": slot["ends_at"],
            });
            assert_eq!(booker.post("/api/v1/bookings", wish).await.expect(201)["status"], "confirmed");
        });
    }

    fn packages_and_coupons_are_bought_and_used(home) {
        let serving = home.serve(&["--demo"]);
        block_on(async {
            let owner = serving.sign_in(home.demo_account(" owner Zenne Metaal")).await;
            let host = owner.get("/api/v1/organizations").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
            let of = |path: &str| format!("/api/v1/organizations/{host}/{path}");
            let prepaid = owner.get(&of("prepaid?order=created_at")).await.expect(200);
            let left: Vec<_> = prepaid.items().iter().map(|one| (one["credit_left"]["amount"].clone(), one["minutes_left"].clone())).collect();
            // 220.00 for the powder coating, 192.00 for the tube bender, and the rest for the next coating; 60 and 90 minutes.
            assert_eq!(left, [(json!(0), json!(null)), (json!(0), json!(450))]);
            let invoices = owner.get(&of("invoices?limit=200")).await.expect(200);
            let languages: BTreeSet<_> = invoices.items().iter().map(|invoice| invoice["language"].as_str().unwrap()).collect();
            assert_eq!(languages, BTreeSet::from(["en", "fr", "nl"]));
            let purposes: Vec<_> = invoices.items().iter().flat_map(|invoice| invoice["lines"].as_array().unwrap()).map(|line| line["purpose"].as_str().unwrap()).collect();
            for purpose in ["prepayment", "prepaid_use", "hours_sale", "hours_cover"] {
                assert!(purposes.contains(&purpose), "{purpose}: {purposes:?}");
            }
            let now = environment::clock::Clock::System.now().to_chrono().date_naive();
            let (from, to) = (now - chrono::TimeDelta::days(70), now + chrono::TimeDelta::days(2));
            let statement = owner.get(&of(&format!("statement?from={from}&to={to}"))).await.expect(200).text;
            for purpose in ["prepayment", "prepaid_use", "hours_sale", "hours_use"] {
                assert!(statement.contains(purpose), "{purpose}: {statement}");
            }
            let coupons = owner.get(&of("coupons")).await.expect(200);
            assert_eq!((coupons.items()[0]["code"].clone(), coupons.items()[0]["uses"].clone()), (json!("NAJAAR-10"), json!(1)));
        });
        home.run(&["ledger", "verify"]).done();
    }

    fn a_database_that_has_data_is_left_alone(home) {
        let first = home.serve(&["--demo"]);
        let before = home.demo_account(" owner");
        drop(first);
        let again = home.serve(&["--demo"]);
        assert_eq!(again.said, "demonstration: the database has data, and was left alone\n");
        assert_eq!(home.demo_account(" owner"), before);
        assert_eq!(home.select("SELECT CAST(count(*) AS TEXT) AS value FROM organizations"), ["14"]);
        block_on(async { again.sign_in(before).await });
    }

    fn an_organization_alone_is_data_too(home) {
        home.write("labs.csv", "facility_id,name,url,country,state_region,city,zip,street,lat,lon\n1,Lab,,GB,,London,,,51.5,-0.1\n");
        home.run(&["import", "okw", "labs.csv"]).done();
        assert_eq!(home.serve(&["--demo"]).said, "demonstration: the database has data, and was left alone\n");
        assert_eq!(home.select("SELECT name AS value FROM organizations"), ["Lab"]);
        assert!(!home.path("data/demo-accounts.txt").exists());
    }
}

#[test]
fn the_accounts_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::on_sqlite();
    drop(home.serve(&["--demo"]));
    assert_eq!(std::fs::metadata(home.path("data/demo-accounts.txt")).unwrap().permissions().mode() & 0o777, 0o600);
}
