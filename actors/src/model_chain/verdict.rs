//! What a chain of failures comes to.

use std::time::Duration;

use super::Outcome;
use crate::ports::model::{ChatRequest, ModelError};

/// Why a question has no useful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// It was answered, and paid for, but no answer can be used: it counts as a round.
    Unusable {
        /// What was wrong, in words that the model can heed.
        reason: String,
    },
    /// It was not answered.
    Trouble(ModelError),
}

/// The failures so far.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<Failure>);

#[derive(Debug)]
struct Failure {
    model: String,
    outcome: Outcome,
    reason: String,
    /// None where it was answered.
    error: Option<ModelError>,
}

impl Failures {
    pub(super) fn note(
        &mut self,
        asked: &ChatRequest,
        outcome: Outcome,
        reason: String,
        error: Option<ModelError>,
    ) {
        // The shorter questions that follow one that is too long speak for it.
        self.0.retain(|other| {
            asked.model.as_deref() != Some(other.model.as_str())
                || other.outcome != Outcome::TooLong
        });
        self.0.push(Failure {
            model: asked.model.clone().unwrap_or_default(),
            outcome,
            reason,
            error,
        });
    }

    /// An answer that was paid for makes it a round, whatever came after it: rounds are counted, and trouble is not, so
    /// nothing that costs is repeated without end. Else waiting is what may help, else what was said last.
    pub(super) fn verdict(self) -> Unanswered {
        if self.0.iter().any(|failure| failure.error.is_none()) {
            return Unanswered::Unusable {
                reason: self.told(),
            };
        }
        let waits: Vec<Option<Duration>> = self.0.iter().filter_map(Failure::wait).collect();
        let reason = self.told();
        if !waits.is_empty() {
            return Unanswered::Trouble(ModelError::Throttled {
                reason,
                retry_after: waits.into_iter().flatten().min(),
            });
        }
        match self.0.into_iter().next_back().and_then(|last| last.error) {
            Some(error) => Unanswered::Trouble(with_reason(error, reason)),
            None => Unanswered::Unusable { reason },
        }
    }

    /// What every model said; a single one is not named.
    fn told(&self) -> String {
        match self.0.as_slice() {
            [only] => only.reason.clone(),
            several => {
                let each = several
                    .iter()
                    .map(|failure| format!("{}: {}", failure.model, failure.reason));
                each.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

impl Failure {
    /// Throttled, and for how long where that is known.
    fn wait(&self) -> Option<Option<Duration>> {
        match &self.error {
            Some(ModelError::Throttled { retry_after, .. }) => Some(*retry_after),
            Some(_) | None => None,
        }
    }
}

/// The same error in the words of all.
fn with_reason(error: ModelError, reason: String) -> ModelError {
    match error {
        ModelError::Throttled { retry_after, .. } => ModelError::Throttled {
            reason,
            retry_after,
        },
        ModelError::Unavailable { billed, .. } => ModelError::Unavailable { reason, billed },
        ModelError::NotEntitled { .. } => ModelError::NotEntitled { reason },
        ModelError::BadRequest { fault, .. } => ModelError::BadRequest { reason, fault },
    }
}
