//! HMAC-SHA256 (RFC 2104, FIPS 180-4) for `jsonwebtoken`, which is built without algorithms: its own set brings seventy crates
//! for RSA and elliptic curves, none of which this service uses. The implementation is `ring`'s, which TLS to mail servers
//! needs anyway; it compares signatures in constant time.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::hmac;
use signature::{Error, Signer, Verifier};

/// Signs and verifies with HMAC-SHA256; every other algorithm is refused as `InvalidAlgorithm`.
static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes `jsonwebtoken` use this implementation in this process. It can be called any number of times.
pub(super) fn install() {
    // It fails when a provider is installed already, which can only be this one.
    PROVIDER.install_default().ok();
}

struct HmacSha256(hmac::Key);

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Ok(Box::new(hmac_sha256(*algorithm, key.as_bytes())?))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    Ok(Box::new(hmac_sha256(*algorithm, key.try_get_as_bytes()?)?))
}

fn hmac_sha256(algorithm: Algorithm, secret: &[u8]) -> Result<HmacSha256> {
    match algorithm {
        Algorithm::HS256 => Ok(HmacSha256(hmac::Key::new(hmac::HMAC_SHA256, secret))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

impl Signer<Vec<u8>> for HmacSha256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl JwtSigner for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| Error::new())
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // RFC 7515, appendix A.1: the key, the signing input and the signature of its example.
        let key = EncodingKey::from_urlsafe_base64_secret(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==",
        )
        .unwrap();
        let input = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                     eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        install();
        let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, Algorithm::HS256).unwrap();
        assert_eq!(signature, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn another_algorithm_is_refused() {
        install();
        let (encoding, decoding) = (EncodingKey::from_secret(b"secret"), DecodingKey::from_secret(b"secret"));
        assert!(jsonwebtoken::crypto::sign(b"message", &encoding, Algorithm::HS512).is_err());
        assert!(jsonwebtoken::crypto::verify("", b"message", &decoding, Algorithm::RS256).is_err());
    }
}
