//! The configuration of a provider of OpenID Connect.

use secrecy::SecretString;
use serde::Deserialize;

/// A provider of OpenID Connect with which people can sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct OpenIdProvider {
    pub issuer: String,
    pub client_id: String,
    #[serde(default)]
    pub client_secret: SecretString,
    pub label: String,
    pub redirect_uris: Vec<String>,
    #[serde(default = "OpenIdProvider::timeout_seconds")]
    pub timeout_seconds: u64,
}

impl OpenIdProvider {
    const fn timeout_seconds() -> u64 {
        5
    }

    /// Checks the provider of this name. The message begins with the name of the wrong key.
    pub(crate) fn check(&self, name: &str) -> Result<(), String> {
        let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
        if !is_name || !(1..=32).contains(&name.len()) {
            return Err(format!("has a table {name}; the name must have 1 to 32 small letters, digits, - and _"));
        }
        let is_issuer =
            ["https://", "http://"].iter().any(|scheme| self.issuer.starts_with(scheme)) && !self.issuer.contains(['?', '#']);
        if !is_issuer {
            return Err(format!("{name}.issuer must start with https:// or http://, and have neither ? nor #"));
        }
        if self.client_id.is_empty() || self.label.is_empty() || self.redirect_uris.is_empty() {
            return Err(format!("{name}.client_id, {name}.label and {name}.redirect_uris must not be empty"));
        }
        // Apps have schemes of their own (RFC 8252).
        if let Some(uri) = self.redirect_uris.iter().find(|uri| !uri.contains(":/") || uri.contains(['#', ' '])) {
            return Err(format!("{name}.redirect_uris must be whole addresses without #, not {uri}"));
        }
        if !(1..=10).contains(&self.timeout_seconds) {
            return Err(format!("{name}.timeout_seconds must be from 1 to 10"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_all_that_it_needs() {
        let right = || OpenIdProvider {
            issuer: "https://id.example.org/realms/one".to_owned(),
            client_id: "sharefloor".to_owned(),
            client_secret: SecretString::default(),
            label: "Example".to_owned(),
            redirect_uris: vec!["https://app.example.org/signed-in".to_owned(), "org.example.app:/signed-in".to_owned()],
            timeout_seconds: 5,
        };
        assert_eq!(right().check("example-2"), Ok(()));
        for name in ["", "Example", "an example", "example.org", &"x".repeat(33)] {
            assert!(right().check(name).is_err(), "{name}");
        }
        let wrong = |key: &str, change: fn(&mut OpenIdProvider)| {
            let mut provider = right();
            change(&mut provider);
            let problem = provider.check("example").unwrap_err();
            assert!(problem.contains(&format!("example.{key} ")) || problem.contains(&format!("example.{key},")), "{problem}");
        };
        wrong("issuer", |it| it.issuer = "id.example.org".to_owned());
        wrong("issuer", |it| it.issuer.push_str("?realm=one"));
        wrong("client_id", |it| it.client_id.clear());
        wrong("label", |it| it.label.clear());
        wrong("redirect_uris", |it| it.redirect_uris.clear());
        wrong("redirect_uris", |it| it.redirect_uris.push("/signed-in".to_owned()));
        wrong("redirect_uris", |it| it.redirect_uris.push("https://app.example.org/#signed-in".to_owned()));
        wrong("timeout_seconds", |it| it.timeout_seconds = 0);
        wrong("timeout_seconds", |it| it.timeout_seconds = 11);
    }
}
