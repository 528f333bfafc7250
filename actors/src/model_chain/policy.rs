//! Who is asked next, by how the last request ended.

use super::Outcome;

/// What is done where nobody knows whether a model has answered (time-out, broken connection, 5xx): its answer may have
/// been made, and billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AfterSilence {
    /// The next model is asked at once: a text may be paid for twice, which the reservation covers.
    #[default]
    NextModel,
    /// Nobody is asked; the whole question is tried again later.
    Later,
}

/// Who is asked next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The same model, something shorter; the next model where nothing shorter is left.
    Shorter,
    /// The next model.
    Model,
    /// Nobody: the others would say the same.
    Nobody,
}

pub(super) fn next(outcome: Outcome, after_silence: AfterSilence) -> Next {
    match outcome {
        // Paid for, and another model may do better. The same one may too, but it has had its turn: that is a new round.
        Outcome::Malformed | Outcome::Declined | Outcome::Filtered | Outcome::CutOff => Next::Model,
        // Limits are counted by model; nothing was billed.
        Outcome::Throttled => Next::Model,
        // Nothing was billed, and these are matters of the model.
        Outcome::UnknownModel | Outcome::Refused => Next::Model,
        Outcome::TooLong => Next::Shorter,
        Outcome::Silent => match after_silence {
            AfterSilence::NextModel => Next::Model,
            AfterSilence::Later => Next::Nobody,
        },
        // All models are at the same address and on the same account.
        Outcome::NotReached | Outcome::NotEntitled => Next::Nobody,
        Outcome::Useful => Next::Nobody,
    }
}
