//! Who takes part in a test: users, and the firms that they found.

use std::ops::Deref;

use chrono::TimeDelta;
use serde_json::json;
use sharefloor::domain::ids::{Identifier as _, SessionId, UserId};
use sharefloor::http::access_token::Keys;

use super::client::Client;
use super::server::Server;

/// A user who is signed in.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    client: Client,
}

impl Deref for User {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Server {
    /// A user whose address is `name@example.org` and verified.
    pub(crate) async fn user(&self, name: &str) -> User {
        let user = self.unverified_user(name).await;
        let sql = "UPDATE users SET email_verified_at = created_at WHERE id";
        assert_eq!(self.execute(&format!("{sql} = '{}'", user.id)), 1);
        user
    }

    /// A user whose address is `name@example.org`, and who has not proved it.
    pub(crate) async fn unverified_user(&self, name: &str) -> User {
        use secrecy::ExposeSecret as _;
        let id = UserId::new(self.now().millis(), rand::random());
        let email = format!("{}@example.org", name.to_lowercase());
        self.execute(&format!(
            "INSERT INTO users (id, email, name, password_hash, created_at, updated_at) \
             SELECT '{id}', '{email}', '{name}', '', {now}, {now}",
            now = self.sql_now(),
        ));
        let keys = Keys::new(
            self.config.auth.signing_key.expose_secret().as_bytes(),
            TimeDelta::minutes(self.config.auth.access_token_minutes.into()),
        );
        let session = SessionId::new(self.now().millis(), rand::random());
        let token = keys.sign(id, session, self.now()).expect("a token is signed");
        User { id: id.to_string(), email, name: name.to_owned(), client: self.anonymous().with_token(token) }
    }

    /// A user who runs the installation.
    pub(crate) async fn operator(&self, name: &str) -> User {
        let user = self.user(name).await;
        assert_eq!(self.execute(&format!("UPDATE users SET is_operator = TRUE WHERE id = '{}'", user.id)), 1);
        user
    }
}

impl User {
    /// Founds an organization and answers its identifier.
    pub(crate) async fn found(&self, name: &str) -> String {
        self.post("/organizations", json!({ "kind": "firm", "name": name })).await.expect(201).id()
    }
}
