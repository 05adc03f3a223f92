//! Hashing and checking of passwords: on threads that may block, outside of transactions, and at most as many at a time as
//! there are processors.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::problem::Problem;
use actions::error::Error;
use domain::fields::Fields;
use domain::password::{Hasher, Password, PasswordHash};
use domain::problem::Code;
use storage::users::User;

/// The limiter for password hashing.
pub struct Passwords {
    hasher: Arc<Hasher>,
    places: Arc<Semaphore>,
}

impl Passwords {
    /// Creates the limiter for `places` hashes at a time.
    pub fn new(hasher: Hasher, places: usize) -> Self {
        Self { hasher: Arc::new(hasher), places: Arc::new(Semaphore::new(places)) }
    }

    /// Runs `work` when a place is free.
    ///
    /// # Errors
    /// The error of `work`.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let hasher = Arc::clone(&self.hasher);
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| failed())?;
        // The place stays taken until the work ends, even if the client has closed the connection.
        let work = move || {
            let _place = place;
            work(&hasher)
        };
        Ok(tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(failed()))?)
    }
}

/// Returns the hash of a password with a new salt.
pub(super) fn hash(hasher: &Hasher, password: &Password) -> Result<PasswordHash, Error> {
    hasher.hash(password, rand::random()).map_err(|_| failed())
}

/// Returns the hash with the current parameters of a password that was found right.
pub(super) fn rehash(hasher: &Hasher, right: &SecretString) -> Result<PasswordHash, Error> {
    hasher.rehash(right, rand::random()).map_err(|_| failed())
}

/// Checks that a password is good enough and returns its hash for `user`.
///
/// # Errors
/// A password that is too easy to guess, or when it cannot be hashed.
pub async fn read_and_hash(
    passwords: &Passwords,
    pointer: &'static str,
    text: SecretString,
    user: User,
) -> Result<PasswordHash, Problem> {
    let work = move |hasher: &Hasher| {
        let mut fields = Fields::default();
        let password = Password::read(&mut fields, pointer, &text, &[user.email.as_str(), &user.name]);
        hash(hasher, &fields.finish(|| password)?)
    };
    passwords.run(work).await
}

fn failed() -> Error {
    Error::refused(Code::InternalError)
}
