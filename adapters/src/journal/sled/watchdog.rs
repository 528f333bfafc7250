//! Notices a commit that takes too long, while it still goes on: sled can hang, and so can a disk.
//!
//! It only tells; ending the process is for whoever is told. Each slow commit is told once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Looks this often within the limit.
const LOOKS: u32 = 4;

#[derive(Default)]
struct State {
    commit: Option<Commit>,
    stop: bool,
}

struct Commit {
    started: Instant,
    told: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    stopped: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The watchdog's thread. Ends when this is dropped.
pub(super) struct Watchdog {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// A commit that is under way; it ends when this is dropped.
pub(super) struct Watched<'a>(&'a Shared);

impl Watchdog {
    pub(super) fn start(
        limit: Duration,
        tell: impl Fn(Duration) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("journal-watchdog".to_owned())
            .spawn(move || watch(&watched, limit, &tell))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// A commit begins.
    pub(super) fn commit(&self) -> Watched<'_> {
        self.shared.lock().commit = Some(Commit {
            started: Instant::now(),
            told: false,
        });
        Watched(&self.shared)
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.lock().commit = None;
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.stopped.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's watchdog had panicked");
        }
    }
}

fn watch(shared: &Shared, limit: Duration, tell: &dyn Fn(Duration)) {
    let pause = (limit / LOOKS).max(Duration::from_millis(1));
    let mut state = shared.lock();
    while !state.stop {
        if let Some(commit) = &mut state.commit
            && !commit.told
            && commit.started.elapsed() >= limit
        {
            commit.told = true;
            let since = commit.started.elapsed();
            drop(state);
            tell(since);
            state = shared.lock();
            continue;
        }
        state = shared
            .stopped
            .wait_timeout(state, pause)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_slow_commit_is_told_once_and_a_later_one_again() {
        let (tell, told) = mpsc::channel();
        let limit = Duration::from_millis(20);
        let watchdog = Watchdog::start(limit, move |since| tell.send(since).unwrap()).unwrap();
        for _ in 0..2 {
            let commit = watchdog.commit();
            assert!(told.recv_timeout(Duration::from_secs(20)).unwrap() >= limit);
            assert!(told.recv_timeout(limit * 5).is_err(), "told twice");
            drop(commit);
        }
    }

    #[test]
    fn nothing_is_told_while_nothing_is_committed() {
        let (tell, told) = mpsc::channel();
        let limit = Duration::from_millis(1);
        let watchdog = Watchdog::start(limit, move |since| tell.send(since).unwrap()).unwrap();
        assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
        drop(watchdog);
    }
}
