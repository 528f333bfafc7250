//! Actors that nothing can go on without: when one of them is gone, the process ends and recovers at its next start.
//!
//! An actor that panics is dropped without a word. A [`Vital`] inside it says that one: none of them is started again
//! by itself, because what they know of limits, brakes and services has one beginning, the engine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tracing::error;

use crate::brake::report;

/// Makes the guards of one engine, and knows when their end is no trouble any more.
#[derive(Clone)]
pub(crate) struct Vitals {
    fatal: Arc<watch::Sender<Option<String>>>,
    stopping: Arc<AtomicBool>,
}

/// Lives in an actor; when it is dropped before the engine stops, the engine cannot go on.
pub(crate) struct Vital {
    what: &'static str,
    vitals: Vitals,
}

impl Vitals {
    pub(crate) fn new(fatal: Arc<watch::Sender<Option<String>>>) -> Self {
        Self {
            fatal,
            stopping: Arc::default(),
        }
    }

    /// A guard for the actor of this name.
    pub(crate) fn guard(&self, what: &'static str) -> Vital {
        Vital {
            what,
            vitals: self.clone(),
        }
    }

    /// From now on actors end because they are told to.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

impl Drop for Vital {
    fn drop(&mut self) {
        if self.vitals.stopping.load(Ordering::Relaxed) {
            return;
        }
        let reason = format!(
            "{} ended without being told to; the log says why",
            self.what
        );
        error!(reason, "Clara cannot go on");
        report(&self.vitals.fatal, &reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_end_that_nobody_asked_for_is_reported() {
        let fatal = Arc::new(watch::Sender::new(None));
        let vitals = Vitals::new(fatal.clone());
        let (limiter, alerts) = (vitals.guard("the limiter"), vitals.guard("the alerts"));
        assert_eq!(*fatal.borrow(), None);
        drop(limiter);
        drop(alerts);
        let reason = fatal.borrow().clone();
        assert!(reason.is_some_and(|reason| reason.starts_with("the limiter ended")));
    }

    #[test]
    fn an_end_after_the_engine_was_told_to_stop_is_none_of_its_troubles() {
        let fatal = Arc::new(watch::Sender::new(None));
        let vitals = Vitals::new(fatal.clone());
        let limiter = vitals.guard("the limiter");
        vitals.stop();
        drop(limiter);
        assert_eq!(*fatal.borrow(), None);
    }
}
