//! A limit of wrong passwords for each account, whatever addresses they come from. It does not lock the owner of the account out:
//! attempts from a network from which somebody has signed in to the account before are counted apart. Each server counts separately.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use actix_web::http::header;
use chrono::TimeDelta;

use super::limits::whole_seconds;
use super::problem::Problem;
use domain::email::Email;
use domain::ids::UserId;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;

/// The account whose password somebody sends, and how its wrong passwords are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Account {
    /// The account with an address, if there is one, for all networks that are not known together.
    Address(Option<Email>),
    /// The same for a network from which somebody has signed in to the account before.
    KnownNetwork(Option<Email>, String),
    /// The account of a user who is signed in.
    User(UserId),
    /// The second factor of a user.
    SecondFactor(UserId),
}

/// The recent wrong passwords of all accounts, counted by the generic cell rate algorithm (ITU-T I.371).
pub struct WrongPasswords {
    /// How many an account can have at once. Zero: there is no limit.
    most: u32,
    /// For each account, by its hash: the instant at which none of its wrong passwords counts any more.
    forgotten_at: Mutex<HashMap<u64, UtcTime>>,
    hashes: RandomState,
}

/// After how many accounts those without recent wrong passwords are removed.
const MANY: usize = 10_000;

impl WrongPasswords {
    /// Creates the limit of so many wrong passwords per hour.
    pub fn new(per_hour: u32) -> Self {
        Self { most: per_hour, forgotten_at: Mutex::default(), hashes: RandomState::new() }
    }

    /// Counts an attempt as wrong, before the password is checked, so that no number of attempts at once exceeds the limit.
    ///
    /// # Errors
    /// `too_many_requests` if the account has had too many wrong passwords; then the attempt is not counted.
    pub(super) fn expect(&self, account: &Account, now: UtcTime) -> Result<(), Problem> {
        if self.most == 0 {
            return Ok(());
        }
        let pause = self.pause();
        let mut forgotten_at = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        if forgotten_at.len() >= MANY {
            forgotten_at.retain(|_, at| *at > now);
        }
        let at = forgotten_at.entry(self.hashes.hash_one(account)).or_insert(now);
        let next = (*at).max(now) + pause;
        let wait = next - (now + TimeDelta::hours(1));
        if wait > TimeDelta::zero() {
            let seconds = whole_seconds(wait.to_std().unwrap_or_default());
            let detail = match account {
                Account::SecondFactor(_) => {
                    said!("There were too many wrong codes for this account. Try again in {seconds} seconds.", seconds)
                }
                _ => said!(
                    "There were too many wrong passwords for this account. Try again in {seconds} seconds, or reset the password.",
                    seconds
                ),
            };
            return Err(Problem::new(Code::TooManyRequests, detail).with_header(header::RETRY_AFTER, seconds));
        }
        *at = next;
        Ok(())
    }

    /// Takes an attempt back, because its password was right.
    pub(super) fn take_back(&self, account: &Account) {
        let mut forgotten_at = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = forgotten_at.get_mut(&self.hashes.hash_one(account)) {
            *at = *at + -self.pause();
        }
    }

    /// Forgets the wrong passwords of an account, because its owner has shown another proof.
    pub(super) fn forget(&self, account: &Account) {
        self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.hashes.hash_one(account));
    }

    /// The time after which one more wrong password is allowed.
    fn pause(&self) -> TimeDelta {
        TimeDelta::hours(1) / i32::try_from(self.most).unwrap_or(i32::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UtcTime = UtcTime::from_micros(1_780_000_000_000_000);

    fn account(name: &str) -> Account {
        Account::Address(Some(format!("{name}@example.org").parse().unwrap()))
    }

    #[test]
    fn an_account_has_so_many_wrong_passwords_at_once_and_then_as_the_hour_passes() {
        let wrong = WrongPasswords::new(20);
        for _ in 0..20 {
            wrong.expect(&account("ada"), NOON).unwrap();
        }
        assert!(wrong.expect(&account("ada"), NOON).is_err());
        wrong.expect(&account("bob"), NOON).unwrap();
        assert!(wrong.expect(&account("ada"), NOON + TimeDelta::seconds(179)).is_err());
        wrong.expect(&account("ada"), NOON + TimeDelta::minutes(3)).unwrap();
        assert!(wrong.expect(&account("ada"), NOON + TimeDelta::minutes(3)).is_err());
    }

    #[test]
    fn a_right_password_does_not_count_and_another_proof_forgets_the_wrong_ones() {
        let wrong = WrongPasswords::new(2);
        for _ in 0..9 {
            wrong.expect(&account("ada"), NOON).unwrap();
            wrong.take_back(&account("ada"));
        }
        wrong.expect(&account("ada"), NOON).unwrap();
        wrong.expect(&account("ada"), NOON).unwrap();
        assert!(wrong.expect(&account("ada"), NOON).is_err());
        wrong.forget(&account("ada"));
        wrong.expect(&account("ada"), NOON).unwrap();
    }

    #[test]
    fn accounts_without_recent_wrong_passwords_are_removed() {
        let wrong = WrongPasswords::new(60);
        for number in 0..25_000_i64 {
            wrong.expect(&account(&number.to_string()), NOON + TimeDelta::milliseconds(20 * number)).unwrap();
        }
        assert!(wrong.forgotten_at.lock().unwrap().len() <= MANY);
    }
}
