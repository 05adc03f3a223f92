//! Turns: operations that take long run a few at a time, and each caller takes few of the places. So one caller cannot take what all
//! others need.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;
use domain::ids::{ApiKeyId, UserId};
use domain::problem::Code;
use domain::said::said;

/// How long an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A few milliseconds at most.
    Light,
    /// Longer, because it looks at many resources or many times.
    Search,
    /// Longer, because it changes many bookings at once. On SQLite all other writes wait meanwhile.
    Heavy,
}

/// The caller whose turns are counted: a user, an API key, or an address from which requests come without either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A user.
    User(UserId),
    /// An API key.
    Key(ApiKeyId),
    /// The address of a client, as rate limits count it.
    Address(IpAddr),
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(f),
            Self::Key(key) => key.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// The places of each cost.
pub struct Turns {
    searches: Places,
    heavy: Places,
}

impl Turns {
    /// Creates the places for a server with so many processors, and for so many heavy operations at once. Without limits, any
    /// number of operations of one caller waits.
    pub fn new(processors: usize, heavy: usize, is_limited: bool) -> Self {
        let waiting = |most| if is_limited { most } else { usize::MAX / 2 };
        // With one place, heavy operations one after the other would leave no time to all other writes.
        let rests = is_limited && heavy == 1;
        Self {
            searches: Places::new(processors.max(2), processors.div_ceil(2), waiting(64)),
            heavy: Places { rests, ..Places::new(heavy, 1, waiting(8)) },
        }
    }

    /// Waits for a turn, which lasts until the returned value is dropped. Light operations take none.
    ///
    /// # Errors
    /// `too_many_requests` when too many operations of this caller wait already.
    pub async fn take(&self, cost: Cost, asker: Asker) -> Result<Option<Turn>, Problem> {
        match cost {
            Cost::Light => Ok(None),
            Cost::Search => self.searches.take(asker).await.map(Some),
            Cost::Heavy => self.heavy.take(asker).await.map(Some),
        }
    }

    /// Runs a search that explains a refusal, when it is the caller's turn. Returns nothing when too many searches of this caller
    /// wait already: then the refusal stays without its explanation.
    pub async fn explain<T: 'static>(&self, asker: Asker, search: impl Future<Output = T> + 'static) -> Option<T> {
        let turn = self.take(Cost::Search, asker).await.ok()?;
        // A task of its own: the turn lasts until the search ends, even if the client has closed the connection.
        let in_turn = async move {
            let _turn = turn;
            search.await
        };
        actix_web::rt::spawn(in_turn).await.ok()
    }
}

/// A turn of an operation: its place among all, and among those of its caller.
#[derive(Debug)]
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    began_at: Instant,
    next_at: Arc<Mutex<Instant>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        *self.next_at.lock().unwrap_or_else(PoisonError::into_inner) = now + (now - self.began_at);
    }
}

struct Places {
    places: Arc<Semaphore>,
    /// The number of places that one caller can take.
    of_one: usize,
    /// The number of operations of one caller that can wait.
    waiting: usize,
    askers: Mutex<HashMap<Asker, Arc<Semaphore>>>,
    /// Whether the place stays free after an operation for as long as the operation took.
    rests: bool,
    /// The instant until which it stays free.
    next_at: Arc<Mutex<Instant>>,
}

impl Places {
    fn new(places: usize, of_one: usize, waiting: usize) -> Self {
        let (places, next_at) = (Arc::new(Semaphore::new(places)), Arc::new(Mutex::new(Instant::now())));
        Self { places, of_one, waiting, askers: Mutex::default(), rests: false, next_at }
    }

    async fn take(&self, asker: Asker) -> Result<Turn, Problem> {
        let own = self.places_of(asker).ok_or_else(|| {
            let problem = Problem::new(Code::TooManyRequests, said!("Too many of your requests that take long wait already."));
            problem.with_header(header::RETRY_AFTER, 1)
        })?;
        let closed = |_| Problem::of(Code::InternalError);
        let own = own.acquire_owned().await.map_err(closed)?;
        let place = self.places.clone().acquire_owned().await.map_err(closed)?;
        let rest = self.rest();
        if !rest.is_zero() {
            tokio::time::sleep(rest).await;
        }
        Ok(Turn { _own: own, _place: place, began_at: Instant::now(), next_at: self.next_at.clone() })
    }

    /// How long the place still stays free.
    fn rest(&self) -> Duration {
        let next_at = *self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
        if self.rests { next_at.saturating_duration_since(Instant::now()) } else { Duration::ZERO }
    }

    /// Returns the places of one caller, unless enough operations wait for them. Forgets callers without any operation.
    fn places_of(&self, asker: Asker) -> Option<Arc<Semaphore>> {
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        // Each operation that runs or waits holds the places of its caller, and the map does.
        askers.retain(|_, places| Arc::strong_count(places) > 1);
        let own = askers.entry(asker).or_insert_with(|| Arc::new(Semaphore::new(self.of_one)));
        (Arc::strong_count(own) <= self.of_one + self.waiting).then(|| own.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn asker(last: u8) -> Asker {
        Asker::Address([192, 0, 2, last].into())
    }

    /// The result of a future that is ready at once.
    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ready) => Some(ready),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_caller_with_all_its_places_waits_and_another_does_not() {
        let places = Places::new(2, 1, 3);
        let first = now(places.take(asker(1))).unwrap().unwrap();
        assert!(now(places.take(asker(1))).is_none());
        assert!(now(places.take(asker(2))).is_some());
        drop(first);
        assert!(now(places.take(asker(1))).is_some());
    }

    #[test]
    fn callers_take_turns_however_many_operations_of_one_wait() {
        let places = Places::new(1, 1, 3);
        let mut context = Context::from_waker(Waker::noop());
        let turn = now(places.take(asker(1))).unwrap().unwrap();
        let mut greedy = (Box::pin(places.take(asker(1))), Box::pin(places.take(asker(1))));
        let mut other = Box::pin(places.take(asker(2)));
        assert!(greedy.0.as_mut().poll(&mut context).is_pending());
        assert!(greedy.1.as_mut().poll(&mut context).is_pending());
        assert!(other.as_mut().poll(&mut context).is_pending());
        drop(turn);
        assert!(greedy.0.as_mut().poll(&mut context).is_pending(), "the other caller was first in the line for the place");
        assert!(other.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn the_only_place_stays_free_after_an_operation_for_as_long_as_it_took() {
        let hour = Duration::from_secs(3600);
        let long_ago = Instant::now().checked_sub(hour).unwrap();
        for (rests, expected) in [(true, true), (false, false)] {
            let places = Places { rests, ..Places::new(1, 1, 3) };
            let mut turn = now(places.take(asker(1))).unwrap().unwrap();
            assert!(places.rest().is_zero());
            turn.began_at = long_ago;
            drop(turn);
            assert_eq!(places.rest() > hour / 2, expected);
        }
    }

    #[test]
    fn of_one_caller_only_so_many_operations_wait() {
        let places = Places::new(1, 1, 2);
        let _turn = now(places.take(asker(1))).unwrap().unwrap();
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(places.take(asker(1)))).collect();
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.iter_mut().all(|one| one.as_mut().poll(&mut context).is_pending()));
        assert_eq!(now(places.take(asker(1))).unwrap().unwrap_err().code(), Code::TooManyRequests);
        waiting.clear();
        assert!(now(places.take(asker(1))).is_none());
    }

    #[test]
    fn callers_without_operations_are_forgotten() {
        let places = Places::new(1, 1, 2);
        for last in 0..=255 {
            drop(now(places.take(asker(last))));
        }
        assert_eq!(places.askers.lock().unwrap().len(), 1);
    }
}
