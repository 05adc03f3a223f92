//! Sign-in with OpenID Connect: the secrets of an attempt, and the identities that people have at providers.

use chrono::TimeDelta;

use super::email::Email;
use super::ids::{IdentityId, UserId};
use super::secret_token::{SecretToken, TokenHash};
use super::time::UtcTime;

/// How long an attempt to sign in is valid.
pub const ATTEMPT_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// The secrets of one attempt to sign in. All follow from the handle, which only the client has that began the attempt: the service stores
/// its hash, and the provider sees values from which the handle does not follow.
#[derive(Clone)]
pub struct Attempt(String);

impl Attempt {
    /// Begins an attempt.
    pub fn new(random: [u8; 32]) -> Self {
        Self(SecretToken::new(random).expose().to_owned())
    }

    /// The attempt of a handle.
    pub fn of(handle: &str) -> Self {
        Self(handle.to_owned())
    }

    /// Returns the handle, for the client.
    pub fn handle(&self) -> &str {
        &self.0
    }

    /// Returns the stored form of the handle.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// Returns the `state`, which comes back beside the code.
    pub fn state(&self) -> String {
        self.derive("state")
    }

    /// Returns the `nonce`, which the ID token has.
    pub fn nonce(&self) -> String {
        self.derive("nonce")
    }

    /// Returns the `code_verifier` (RFC 7636): 43 characters, sent with the code.
    pub fn verifier(&self) -> String {
        self.derive("verifier")
    }

    /// Returns the `code_challenge` for the method S256.
    pub fn challenge(&self) -> String {
        TokenHash::of(&self.verifier()).as_str().to_owned()
    }

    fn derive(&self, purpose: &str) -> String {
        TokenHash::of(&format!("openid {purpose} {}", self.0)).as_str().to_owned()
    }
}

/// A person as a provider names the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The issuer of the provider.
    pub issuer: String,
    /// The identifier of the person at the issuer, which no other person ever has.
    pub subject: String,
    /// The e-mail address, if the provider proves that it is the person's.
    pub proven_email: Option<Email>,
    /// The name.
    pub name: Option<String>,
}

/// An identity at a provider with which a user can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The identifier.
    pub id: IdentityId,
    /// The user.
    pub user_id: UserId,
    /// The issuer of the provider.
    pub issuer: String,
    /// The identifier of the person at the issuer.
    pub subject: String,
    /// The address that the provider proved when the identity was linked.
    pub email: Email,
    /// When it was linked.
    pub created_at: UtcTime,
    /// When the user signed in with it last.
    pub last_used_at: UtcTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_of_an_attempt_differ_and_follow_from_its_handle() {
        let attempt = Attempt::new([7; 32]);
        let secrets = [attempt.handle().to_owned(), attempt.state(), attempt.nonce(), attempt.verifier(), attempt.challenge()];
        let hash = attempt.hash();
        for (at, secret) in secrets.iter().enumerate() {
            assert_eq!(secret.len(), 43, "{secret}");
            assert!(secret != hash.as_str() && !secrets[..at].contains(secret), "{secret}");
        }
        let again = Attempt::of(attempt.handle());
        assert_eq!((again.state(), again.challenge(), again.hash()), (attempt.state(), attempt.challenge(), hash));
        assert_ne!(Attempt::new([8; 32]).state(), attempt.state());
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = TokenHash::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
