//! The metadata of a provider (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::calls::Calls;
use super::error::OpenIdError;

/// The part of the metadata that the service uses.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads the metadata of an issuer.
    ///
    /// # Errors
    /// When the provider does not respond, or the metadata is of another issuer or cannot be used.
    pub(super) async fn read(calls: &Calls, issuer: &str) -> Result<Self, OpenIdError> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Self = calls.get(&url, None).await?;
        metadata.check(issuer)?;
        Ok(metadata)
    }

    fn check(&self, issuer: &str) -> Result<(), OpenIdError> {
        let unusable = |why: String| Err(OpenIdError::Unavailable(format!("its metadata cannot be used: {why}")));
        if self.issuer != issuer {
            return unusable(format!("they are of the issuer {}", self.issuer.escape_debug()));
        }
        // A provider that is reached by TLS is never called without.
        let schemes: &[&str] = if issuer.starts_with("https://") { &["https://"] } else { &["https://", "http://"] };
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        for endpoint in endpoints.into_iter().chain(&self.userinfo_endpoint) {
            if !schemes.iter().any(|scheme| endpoint.starts_with(scheme)) || endpoint.contains('#') {
                return unusable(format!("{} is no address for it", endpoint.escape_debug()));
            }
        }
        // A provider that does not say it may still check what it is sent.
        if self.code_challenge_methods_supported.as_ref().is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return unusable("it has no PKCE with S256".to_owned());
        }
        Ok(())
    }

    /// Whether the client can be authenticated by HTTP Basic: so it is where a provider says nothing. Else it is by fields of the form.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(change: impl FnOnce(&mut serde_json::Value)) -> Metadata {
        let mut metadata = serde_json::json!({
            "issuer": "https://id.example.org",
            "authorization_endpoint": "https://id.example.org/authorize",
            "token_endpoint": "https://tokens.example.org/token",
            "jwks_uri": "https://id.example.org/keys",
            "scopes_supported": ["openid"],
        });
        change(&mut metadata);
        serde_json::from_value(metadata).unwrap()
    }

    #[test]
    fn metadata_are_of_their_issuer_and_stay_with_tls() {
        let check = |change: fn(&mut serde_json::Value)| metadata(change).check("https://id.example.org").is_ok();
        assert!(check(|_| {}));
        assert!(check(|it| it["code_challenge_methods_supported"] = serde_json::json!(["plain", "S256"])));
        assert!(!check(|it| it["code_challenge_methods_supported"] = serde_json::json!(["plain"])));
        assert!(!check(|it| it["issuer"] = "https://id.example.org/".into()));
        assert!(!check(|it| it["issuer"] = "https://evil.example.org".into()));
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for wrong in ["http://id.example.org/", "file:///etc/passwd", "javascript:alert(1)", "https://id.example.org/#x"] {
                let changed = metadata(|it| it[name] = wrong.into());
                assert!(changed.check("https://id.example.org").is_err(), "{name} {wrong}");
            }
        }
    }

    #[test]
    fn a_client_is_authenticated_as_the_provider_says() {
        assert!(metadata(|_| {}).takes_basic());
        let methods =
            |methods: serde_json::Value| metadata(|it| it["token_endpoint_auth_methods_supported"] = methods).takes_basic();
        assert!(methods(serde_json::json!(["client_secret_post", "client_secret_basic"])));
        assert!(!methods(serde_json::json!(["client_secret_post"])));
    }
}
