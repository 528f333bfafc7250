//! The ways to the parts of the model service beside its texts: to whoever makes vectors, and to whoever judges texts.
//!
//! Each has a breaker of its own, because it may be another server, and because one of them being away says nothing
//! about the other. Nothing is tried again here. The invariant: whatever a call ends by (an answer, a panic, being given
//! up), the breaker hears of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clara_domain::later;
use jiff::Timestamp;

use super::breaker::{Breaker, BreakerPolicy, BreakerState, Ticket};
use super::contained;
use crate::ports::Clock;
use crate::ports::embed::{Embedder, Embeddings};
use crate::ports::model::{Billed, ModelError};
use crate::ports::moderation::{ModerationVerdict, Moderator};

/// How long an answer may take; who calls usually has less time.
const PATIENCE: Duration = Duration::from_secs(600);

/// The longest that a service is left alone because it says so: what it says is not believed whole.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// A port of the model service behind a breaker.
pub(crate) struct Guarded<P: ?Sized> {
    port: Arc<P>,
    guard: Guard,
}

impl<P: ?Sized> Guarded<P> {
    /// `work` is what the log calls it.
    pub(crate) fn new(port: Arc<P>, work: &'static str, clock: Arc<dyn Clock>) -> Self {
        let policy = BreakerPolicy {
            probe: PATIENCE + Duration::from_secs(20),
            ..BreakerPolicy::default()
        };
        let state = State {
            breaker: Breaker::new(policy),
            asked: None,
        };
        let guard = Guard {
            work,
            clock,
            state: Mutex::new(state),
        };
        Self { port, guard }
    }
}

#[async_trait]
impl Embedder for Guarded<dyn Embedder> {
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        self.guard.call(self.port.embed(texts)).await
    }

    fn model(&self) -> &str {
        self.port.model()
    }

    fn kind(&self) -> &str {
        self.port.kind()
    }
}

#[async_trait]
impl Moderator for Guarded<dyn Moderator> {
    async fn moderate(&self, texts: &[String]) -> Result<Vec<ModerationVerdict>, ModelError> {
        self.guard.call(self.port.moderate(texts)).await
    }

    fn model(&self) -> &str {
        self.port.model()
    }
}

struct Guard {
    work: &'static str,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    breaker: Breaker,
    /// Until when the service asked to be left alone.
    asked: Option<Timestamp>,
}

impl Guard {
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, ModelError>>,
    ) -> Result<T, ModelError> {
        let mut leave = Leave {
            ticket: self.admit()?,
            guard: self,
            is_noted: false,
        };
        let answer = contained(self.clock.as_ref(), PATIENCE, call).await;
        let answer = answer.unwrap_or_else(|reason| {
            let billed = Billed::Perhaps;
            Err(ModelError::Unavailable { reason, billed })
        });
        leave.note(answer.as_ref().err());
        answer
    }

    fn admit(&self) -> Result<Ticket, ModelError> {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(wait) = state.asked.and_then(|until| wait(until, now)) {
            return Err(ModelError::Throttled {
                reason: "it asked to be left alone for a moment".to_owned(),
                retry_after: Some(wait),
            });
        }
        state.breaker.admit(now).map_err(|_| {
            let reason = "it failed several times and is left alone for a moment";
            ModelError::Unavailable {
                reason: reason.to_owned(),
                billed: Billed::No,
            }
        })
    }

    /// An answer that refuses is an answer: only who is not there is left alone.
    fn note(&self, ticket: Ticket, error: Option<&ModelError>) {
        let now = self.clock.now();
        let failure = match error {
            Some(ModelError::Unavailable { reason, .. }) => Err(reason.as_str()),
            None | Some(_) => Ok(()),
        };
        let mut state = self.state();
        state.asked = match error {
            Some(ModelError::Throttled { retry_after, .. }) => {
                retry_after.map(|wait| later(now, wait.min(LONGEST_WAIT)))
            }
            None | Some(_) => state.asked,
        };
        let before = state.breaker.state();
        state.breaker.note(ticket, failure, now);
        if let BreakerState::Open { until } = state.breaker.state()
            && before != state.breaker.state()
        {
            let (work, reason) = (self.work, failure.err());
            tracing::warn!(work, %until, reason, "a part of the model service is left alone");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long until then; nothing where it is over, or so far off that the clock must have been set back.
fn wait(until: Timestamp, now: Timestamp) -> Option<Duration> {
    let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
    (!left.is_zero() && left <= LONGEST_WAIT).then_some(left)
}

/// The leave to call. One that is given up before an answer came counts as a failure.
struct Leave<'g> {
    guard: &'g Guard,
    ticket: Ticket,
    is_noted: bool,
}

impl Leave<'_> {
    fn note(&mut self, error: Option<&ModelError>) {
        self.is_noted = true;
        self.guard.note(self.ticket, error);
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if !self.is_noted {
            self.note(Some(&ModelError::Unavailable {
                reason: "no answer came as long as it was waited for".to_owned(),
                billed: Billed::Perhaps,
            }));
        }
    }
}

#[cfg(test)]
mod tests;
