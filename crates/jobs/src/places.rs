//! Work with servers of others, for many of them at a time. One that responds late gets a place of its own, so that it does not hold up the
//! others.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use actions::error::Error;
use storage::error::StorageError;

/// After this time a server is late.
const LATE_AFTER: Duration = Duration::from_secs(2);

/// Work with a server. It is boxed, because it is moved several times and is large.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A job that works in places.
pub(super) trait InPlaces {
    /// Begins all work whose time has come and for which there is a place.
    fn begin(&mut self) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Waits until work in a place has ended. Returns false if none is under way.
    fn ended(&mut self) -> impl Future<Output = bool> + Send;
}

/// The places, and the work in them.
pub(super) struct Places {
    /// The name of the work in logs.
    work: &'static str,
    shared: Shared,
    under_way: JoinSet<Result<(), Error>>,
}

#[derive(Clone)]
struct Shared {
    first: Arc<Semaphore>,
    late: Arc<Semaphore>,
    /// Notified when a place is free before the work in it has ended.
    freed: Arc<Notify>,
}

impl Places {
    /// `first` places, and `late` more for servers that are late. When all of these are taken, a late server keeps its first place.
    pub(super) fn new(work: &'static str, first: usize, late: usize, freed: Arc<Notify>) -> Self {
        let semaphore = |places| Arc::new(Semaphore::new(places));
        Self { work, shared: Shared { first: semaphore(first), late: semaphore(late), freed }, under_way: JoinSet::new() }
    }

    /// The number of places that are free.
    pub(super) fn free(&self) -> usize {
        self.shared.first.available_permits()
    }

    /// Does some work in a place. There must be a free one.
    pub(super) async fn spawn(&mut self, work: Work) {
        let shared = self.shared.clone();
        if let Ok(place) = shared.first.clone().acquire_owned().await {
            self.under_way.spawn(async move { shared.run(place, work).await });
        }
    }

    /// Waits until some work has ended. Returns false if none is under way.
    pub(super) async fn ended(&mut self) -> bool {
        let mut ended = self.under_way.join_next().await;
        let is_any = ended.is_some();
        // With all that has ended meanwhile: the job looks for more work afterwards, once.
        while let Some(outcome) = ended {
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, work = self.work, "an outcome could not be written; the work is repeated")
                }
                Err(error) => tracing::error!(%error, work = self.work, "work has broken off; it is repeated"),
            }
            ended = self.under_way.try_join_next();
        }
        is_any
    }
}

impl Shared {
    /// Does some work in a place. When it takes long, it goes on in a place for late servers, if there is one.
    async fn run<T>(&self, place: OwnedSemaphorePermit, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Ok(done) = tokio::time::timeout(LATE_AFTER, &mut work).await {
            return done;
        }
        let _place = match self.late.clone().try_acquire_owned() {
            Ok(late) => {
                drop(place);
                self.freed.notify_one();
                late
            }
            Err(_) => place,
        };
        work.await
    }
}
