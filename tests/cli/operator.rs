//! Accounts that run the installation.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use super::program::{Ended, Home, on_both_databases};
use crate::support::people::PASSWORD;
use crate::support::server::block_on;

/// Runs the program with something on its standard input.
fn run_with(home: &Home, arguments: &[&str], input: &str) -> Ended {
    let mut command = home.command(arguments);
    let mut process =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // It may end without reading.
    let _ = process.stdin.take().expect("it is piped").write_all(input.as_bytes());
    process.wait_with_output().expect("the program ends").into()
}

fn operators(home: &Home) -> Vec<String> {
    home.select("SELECT email || ' ' || name AS value FROM users WHERE is_operator AND email_verified_at IS NOT NULL ORDER BY id")
}

on_both_databases! {
    fn an_operator_is_made_with_a_password_from_standard_input_and_signs_in(home) {
        let arguments = ["create-operator", "Ops@Example.org", "--name", "Olga Marsh"];
        let said = run_with(home, &arguments, &format!("{PASSWORD}\r\nand what follows\n")).done();
        assert_eq!(said, "ops@example.org runs the installation\n");
        assert_eq!(operators(home), ["ops@example.org Olga Marsh"]);
        let serving = home.serve(&[]);
        let credentials = json!({ "email": "ops@example.org", "password": PASSWORD });
        let tokens = block_on(serving.client().post("/api/v1/auth/login", credentials)).expect(200);
        let operator = serving.client().with_token(tokens.text("access_token"));
        assert_eq!(block_on(operator.get("/api/v1/me")).expect(200)["is_operator"], true);
    }

    fn a_weak_password_or_a_name_of_blanks_makes_no_operator(home) {
        for (arguments, password, reason) in [
            (&["create-operator", "ops@example.org"][..], "password123\n", "the password is too easy to guess"),
            (&["create-operator", "ops@example.org"], "", "the password must have at least 10 characters"),
            (&["create-operator", "ops@example.org", "--name", " "], PASSWORD, "the name must not be empty"),
        ] {
            let refused = run_with(home, arguments, password).refused();
            assert!(refused.contains(reason), "{refused}");
        }
        assert_eq!(operators(home), [""; 0]);
    }

    fn an_account_that_exists_is_promoted_on_demand_only(home) {
        let serving = home.serve(&[]);
        let ada = json!({ "email": "ada@example.org", "password": PASSWORD, "name": "Ada" });
        block_on(serving.client().post("/api/v1/auth/register", ada)).expect(201);
        let refused = run_with(home, &["create-operator", "ada@example.org"], "quartz umbrella 71 glacier\n").refused();
        assert!(refused.contains("--promote"), "{refused}");
        assert_eq!(operators(home), [""; 0]);
        home.run(&["create-operator", "--promote", "ada@example.org"]).done();
        assert_eq!(operators(home), ["ada@example.org Ada"]);
        let credentials = json!({ "email": "ada@example.org", "password": PASSWORD });
        block_on(serving.client().post("/api/v1/auth/login", credentials)).expect(200);
        let refused = home.run(&["create-operator", "--promote", "who@example.org"]).refused();
        assert!(refused.contains("who@example.org has no account"), "{refused}");
    }
}

#[test]
fn what_is_no_address_is_refused_before_anything_is_done() {
    let home = Home::on_sqlite();
    let ended = run_with(&home, &["create-operator", "nobody"], PASSWORD);
    assert!(!ended.is_success && ended.err.contains("must be an e-mail address"), "{ended:?}");
    assert!(!home.path("data").exists());
}
