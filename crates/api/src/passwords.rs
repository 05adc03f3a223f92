//! Where passwords are hashed and checked: where blocking is allowed, outside of any transaction,
//! and no more at a time than there are processors.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::problem::Problem;
use actions::error::Error;
use domain::fields::Fields;
use domain::password::{Hasher, Password, PasswordHash};
use domain::problem::Code;
use storage::users::User;

/// The place where passwords are hashed and checked.
pub struct Passwords {
    hasher: Arc<Hasher>,
    places: Arc<Semaphore>,
}

impl Passwords {
    /// With so many places.
    pub fn new(hasher: Hasher, places: usize) -> Self {
        Self { hasher: Arc::new(hasher), places: Arc::new(Semaphore::new(places)) }
    }

    /// Does `work` with passwords once there is a place for it.
    ///
    /// # Errors
    /// What `work` refuses.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let hasher = Arc::clone(&self.hasher);
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| failed())?;
        // The place stays taken until the work is done, even when the request has gone away.
        let work = move || {
            let _place = place;
            work(&hasher)
        };
        Ok(tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(failed()))?)
    }
}

/// The hash of a password, with a salt of its own.
pub(super) fn hash(hasher: &Hasher, password: &Password) -> Result<PasswordHash, Error> {
    hasher.hash(password, rand::random()).map_err(|_| failed())
}

/// The hash with the present parameters of a password that was found right.
pub(super) fn rehash(hasher: &Hasher, right: &SecretString) -> Result<PasswordHash, Error> {
    hasher.rehash(right, rand::random()).map_err(|_| failed())
}

/// The hash of a password for `user`, if it is good enough.
pub(super) async fn read_and_hash(
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
