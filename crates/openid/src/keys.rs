//! The public keys of a provider (RFC 7517), and the signatures that they check.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// The public keys of a provider.
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

/// A public key. Keys of other kinds than the service knows are left out by [`Keys::find`].
#[derive(Deserialize)]
pub(super) struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    r#use: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

/// An algorithm that signs ID tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA with PKCS #1 v1.5 and SHA-256; the keys have at least 2048 bits.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
}

impl Algorithm {
    /// The algorithm of this name. There is none for `none` and for the algorithms with a shared secret: a public key is no secret.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl Keys {
    /// The keys that may have signed with this algorithm: those with the identifier, or all where none is named.
    pub(super) fn find<'a>(&'a self, algorithm: Algorithm, kid: Option<&str>) -> Vec<&'a Key> {
        let may_sign = |key: &&Key| {
            let is_kind = match algorithm {
                Algorithm::Rs256 => key.kty == "RSA",
                Algorithm::Es256 => key.kty == "EC" && key.crv.as_deref() == Some("P-256"),
            };
            is_kind
                && key.r#use.as_deref().is_none_or(|purpose| purpose == "sig")
                && key.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
                && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        };
        self.keys.iter().filter(may_sign).collect()
    }
}

impl Key {
    /// Whether the key has signed the message.
    pub(super) fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        match algorithm {
            Algorithm::Rs256 => decode(&self.n).zip(decode(&self.e)).is_some_and(|(n, e)| {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }),
            Algorithm::Es256 => decode(&self.x).zip(decode(&self.y)).is_some_and(|(x, y)| {
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7515: the keys, what they sign, and the signatures.
    const RSA: &str = r#"{"kty":"RSA","kid":"a","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
    const RSA_INPUT: &str =
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RSA_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const EC: &str = r#"{"kty":"EC","crv":"P-256","kid":"b","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    const EC_INPUT: &str =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const EC_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn has_signed(key: &str, algorithm: Algorithm, input: &str, signature: &str) -> bool {
        let key: Key = serde_json::from_str(key).unwrap();
        key.has_signed(algorithm, input.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap())
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        assert!(has_signed(RSA, Algorithm::Rs256, RSA_INPUT, RSA_SIGNATURE));
        assert!(has_signed(EC, Algorithm::Es256, EC_INPUT, EC_SIGNATURE));
        assert!(!has_signed(RSA, Algorithm::Rs256, EC_INPUT, RSA_SIGNATURE));
        assert!(!has_signed(EC, Algorithm::Es256, RSA_INPUT, EC_SIGNATURE));
        assert!(!has_signed(EC, Algorithm::Rs256, EC_INPUT, EC_SIGNATURE));
        assert!(!has_signed(RSA, Algorithm::Es256, EC_INPUT, EC_SIGNATURE));
    }

    #[test]
    fn a_key_signs_what_it_is_made_for() {
        let keys = |change: fn(&mut serde_json::Value)| {
            let mut set = serde_json::json!({ "keys": [
                serde_json::from_str::<serde_json::Value>(RSA).unwrap(),
                serde_json::from_str::<serde_json::Value>(EC).unwrap(),
                { "kty": "OKP", "crv": "Ed25519", "kid": "c", "x": "" },
            ] });
            change(&mut set);
            serde_json::from_value::<Keys>(set).unwrap()
        };
        let found = |keys: &Keys, algorithm, kid| keys.find(algorithm, kid).len();
        let as_they_are = keys(|_| {});
        assert_eq!(found(&as_they_are, Algorithm::Rs256, Some("a")), 1);
        assert_eq!(found(&as_they_are, Algorithm::Rs256, Some("b")), 0);
        assert_eq!(found(&as_they_are, Algorithm::Es256, None), 1);
        assert_eq!(found(&keys(|set| set["keys"][0]["use"] = "enc".into()), Algorithm::Rs256, Some("a")), 0);
        assert_eq!(found(&keys(|set| set["keys"][0]["alg"] = "RS512".into()), Algorithm::Rs256, Some("a")), 0);
        assert_eq!(found(&keys(|set| set["keys"][1]["crv"] = "P-384".into()), Algorithm::Es256, Some("b")), 0);
    }

    #[test]
    fn other_algorithms_are_unknown() {
        for name in ["none", "None", "HS256", "RS512", "PS256", "rs256", ""] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
    }
}
