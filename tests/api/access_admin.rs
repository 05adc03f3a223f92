//! The objects on which the operations of operators of the installation, and those about second factors, are tried.

use domain::second_factor::TypedCode;
use environment::second_factor_key::SecondFactorKey;
use secrecy::ExposeSecret as _;

use crate::support::people::User;
use crate::support::server::Server;

/// A fact and a mail in the queues, for the operations with them.
pub(super) struct Queues {
    pub(super) fact: String,
    pub(super) mail: String,
    /// A code of the second factor.
    pub(super) code: String,
    /// An identity of somebody at a provider.
    pub(super) identity: String,
}

impl Queues {
    /// Puts into the queues, and suspends, what the operation is about.
    pub(super) fn fill(server: &Server, operation: &str, (organization, somebody): (&str, &User)) -> Self {
        let queued = format!("SELECT id AS value FROM mails WHERE recipient = '{}' ORDER BY id", somebody.email);
        let (mut fact, mut mail) = (String::from("019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"), String::new());
        let mut code = String::from("abcd-efgh-ijkm-npq9");
        match operation {
            "retry_fact" => {
                let of_somebody = format!("SELECT fact_id AS value FROM mails WHERE recipient = '{}'", somebody.email);
                fact = server.select(&of_somebody).remove(0);
                let pending = format!(
                    "UPDATE deliveries SET state = 'pending', done_at = NULL, next_attempt_at = {} WHERE fact_id = '{fact}'",
                    server.sql_at(chrono::TimeDelta::days(9))
                );
                assert_eq!(server.execute(&pending), 1);
            }
            "retry_mail" => {
                mail = server.select(&queued).remove(0);
                let given_up = format!("UPDATE mails SET status = 'failed', template = 'invoice' WHERE id = '{mail}'");
                assert_eq!(server.execute(&given_up), 1);
            }
            "reinstate_organization" | "reinstate_user" => {
                let (table, id) = match operation {
                    "reinstate_user" => ("users", somebody.id.as_str()),
                    _ => ("organizations", organization),
                };
                let now = server.sql_now();
                let suspended =
                    format!("UPDATE {table} SET suspended_at = {now}, suspension_reason = 'Unpaid' WHERE id = '{id}'");
                assert_eq!(server.execute(&suspended), 1);
            }
            "confirm_second_factor" => {
                let secret = SecondFactorKey::new(server.config.auth.signing_key.expose_secret().as_bytes()).secret("salt");
                code = secret.code_at(server.now());
                let begun = format!("UPDATE users SET second_factor_salt = 'salt' WHERE id = '{}'", somebody.id);
                assert_eq!(server.execute(&begun), 1);
            }
            "remove_second_factor" | "remove_second_factor_of_user" | "renew_recovery_codes" => {
                let (id, now) = (&somebody.id, server.sql_now());
                let confirmed =
                    format!("UPDATE users SET second_factor_salt = 'salt', second_factor_since = {now} WHERE id = '{id}'");
                assert_eq!(server.execute(&confirmed), 1);
                let TypedCode::Recovery(hash) = TypedCode::read(id.parse().unwrap(), &code) else { panic!("no recovery code") };
                let columns = format!("INSERT INTO recovery_codes (user_id, code_hash) VALUES ('{id}', '{}')", hash.as_str());
                assert_eq!(server.execute(&columns), 1);
            }
            "unlink_identity" => {
                let (id, now) = (&somebody.id, server.sql_now());
                let columns = "id, user_id, issuer, subject, email, created_at, last_used_at";
                let values = format!("'{id}', '{id}', 'https://id.example.org', '{id}', '{}', {now}, {now}", somebody.email);
                assert_eq!(server.execute(&format!("INSERT INTO identities ({columns}) VALUES ({values})")), 1);
            }
            _ => {}
        }
        Self { fact, mail, code, identity: somebody.id.clone() }
    }
}
