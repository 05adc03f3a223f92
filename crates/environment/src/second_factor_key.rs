//! The key behind the codes of second factors: time-based one-time passwords (RFC 6238). The database has a salt for each user, from which
//! only this key makes the secret that the authenticator of the user shares. So a stolen database makes no codes.

use ring::hmac;

use domain::time::UtcTime;

/// How long one code is valid, in seconds. All authenticators use this time.
const STEP: i64 = 30;

/// The digits of a code.
const DIGITS: usize = 6;

/// How many steps the clock of an authenticator can differ from that of the service.
const TOLERANCE: i64 = 1;

/// The alphabet of base 32 (RFC 4648).
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The key that makes the secrets of second factors, derived from the secret of the installation.
pub struct SecondFactorKey(hmac::Key);

/// The secret that the service shares with the authenticator of a user.
pub struct SharedSecret([u8; 20]);

impl SecondFactorKey {
    /// Derives the key from the secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"second factors");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// Returns the secret of the user with this salt.
    pub fn secret(&self, salt: &str) -> SharedSecret {
        let mut secret = [0; 20];
        secret.iter_mut().zip(hmac::sign(&self.0, salt.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
        SharedSecret(secret)
    }
}

impl SharedSecret {
    /// Returns the secret as people type it into an authenticator: 32 letters and digits.
    pub fn base_32(&self) -> String {
        let bits = self.0.iter().flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1)));
        let bits: Vec<_> = bits.collect();
        let letters = bits.chunks(5).map(|five| five.iter().fold(0, |number, bit| number * 2 + bit));
        letters.filter_map(|letter| BASE_32.get(letter).copied().map(char::from)).collect()
    }

    /// Returns the step at which the code is valid, of those near an instant.
    pub fn find_step(&self, code: &str, now: UtcTime) -> Option<i64> {
        let present = now.to_chrono().timestamp().div_euclid(STEP);
        let mut matching = (present - TOLERANCE..=present + TOLERANCE).filter(|step| is_same(&self.code(*step), code));
        matching.next_back()
    }

    /// Returns the code that an authenticator shows at an instant.
    pub fn code_at(&self, now: UtcTime) -> String {
        self.code(now.to_chrono().timestamp().div_euclid(STEP))
    }

    /// Returns the code of a step (RFC 4226, with the number of the step as the counter).
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 15);
        let number = tag.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        format!("{:0DIGITS$}", number % 10_u32.pow(6))
    }
}

/// Whether two texts are the same; the time does not show how much of them is.
fn is_same(right: &str, typed: &str) -> bool {
    let differs = right.bytes().zip(typed.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other));
    right.len() == typed.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = SharedSecret(*b"12345678901234567890");
        assert_eq!(secret.base_32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code_at(at(seconds)), code);
            assert_eq!(secret.find_step(code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_one_before_and_after() {
        let secret = SharedSecret(*b"12345678901234567890");
        let good = |seconds: i64| secret.find_step("005924", at(1_234_567_890 + seconds));
        assert_eq!(
            [-31, -30, 0, 29, 30, 59, 60].map(|seconds| good(seconds).is_some()),
            [false, true, true, true, true, true, false]
        );
        assert_eq!(secret.find_step("00592", at(1_234_567_890)), None);
        assert_eq!(secret.find_step("", at(1_234_567_890)), None);
    }

    #[test]
    fn each_salt_and_each_installation_has_another_secret() {
        let key = SecondFactorKey::new(b"one secret of thirty-two letters");
        let secret = |key: &SecondFactorKey, salt| key.secret(salt).base_32();
        assert_eq!(secret(&key, "a"), secret(&key, "a"));
        assert_ne!(secret(&key, "a"), secret(&key, "b"));
        assert_ne!(secret(&key, "a"), secret(&SecondFactorKey::new(b"another secret"), "a"));
    }
}
