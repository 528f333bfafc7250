//! One request to one model: how it ended, and what is known of its cost.

use std::fmt;

use clara_domain::metering::{Item, Spent, Tokens, Used};

use crate::ports::model::{Billed, ChatAnswer, ChatRequest, Fault, Finish, ModelError, Usage};

/// One request to one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The model, by the name that it was asked by; empty for the port's own.
    pub model: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What it took. An answer that does not say what it took is taken for an unknown cost, never for none.
    pub spent: Spent,
}

/// How a request to a model ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer that can be used.
    Useful,
    /// With an answer that is not what was asked for.
    Malformed,
    /// The model declined.
    Declined,
    /// The service's filter stopped it.
    Filtered,
    /// The answer ran into its token limit.
    CutOff,
    /// The service says: later.
    Throttled,
    /// Nobody was there.
    NotReached,
    /// Nobody knows: no answer, or none that means anything.
    Silent,
    /// The service does not take this account.
    NotEntitled,
    /// The question is longer than the model reads.
    TooLong,
    /// The service has no such model.
    UnknownModel,
    /// The service does not take this form of question.
    Refused,
}

impl Outcome {
    /// What a result is, and what was read from it or what is wrong with it, in words that the model can heed.
    pub(super) fn of<T>(
        result: &Result<ChatAnswer, ModelError>,
        read: impl Fn(&ChatAnswer) -> Result<T, String>,
    ) -> (Self, Result<T, String>) {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => return (Self::of_error(error), Err(reason(error))),
        };
        match (Self::of_finish(&answer.finish), read(answer)) {
            (None, Ok(value)) => (Self::Useful, Ok(value)),
            (None, Err(reason)) => (Self::Malformed, Err(reason)),
            (Some(outcome), Err(reason)) => (outcome, Err(reason)),
            (Some(outcome), Ok(_)) => {
                let reason = outcome.to_string();
                (outcome, Err(reason))
            }
        }
    }

    fn of_finish(finish: &Finish) -> Option<Self> {
        match finish {
            Finish::Complete => None,
            Finish::CutOff => Some(Self::CutOff),
            Finish::Filtered => Some(Self::Filtered),
            Finish::Declined { .. } => Some(Self::Declined),
        }
    }

    fn of_error(error: &ModelError) -> Self {
        match error {
            ModelError::Throttled { .. } => Self::Throttled,
            ModelError::Unavailable { billed, .. } => match billed {
                Billed::No => Self::NotReached,
                Billed::Perhaps => Self::Silent,
            },
            ModelError::NotEntitled { .. } => Self::NotEntitled,
            ModelError::BadRequest { fault, .. } => match fault {
                Fault::TooLong => Self::TooLong,
                Fault::UnknownModel => Self::UnknownModel,
                Fault::Form => Self::Refused,
            },
        }
    }
}

/// As a log or a metric names it.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Useful => "useful",
            Self::Malformed => "malformed",
            Self::Declined => "declined",
            Self::Filtered => "filtered",
            Self::CutOff => "cut-off",
            Self::Throttled => "throttled",
            Self::NotReached => "not-reached",
            Self::Silent => "silent",
            Self::NotEntitled => "not-entitled",
            Self::TooLong => "too-long",
            Self::UnknownModel => "unknown-model",
            Self::Refused => "refused",
        })
    }
}

impl Attempt {
    pub(super) fn new(
        asked: &ChatRequest,
        result: &Result<ChatAnswer, ModelError>,
        outcome: Outcome,
    ) -> Self {
        Self {
            model: asked.model.clone().unwrap_or_default(),
            outcome,
            spent: spent(result),
        }
    }
}

fn reason(error: &ModelError) -> String {
    match error {
        ModelError::BadRequest {
            fault: Fault::TooLong,
            reason,
        } => format!(
            "the question is too long even without examples and knowledge; shorten the brief or the client's voice \
             ({reason})"
        ),
        ModelError::Throttled { reason, .. }
        | ModelError::Unavailable { reason, .. }
        | ModelError::NotEntitled { reason }
        | ModelError::BadRequest { reason, .. } => reason.clone(),
    }
}

fn spent(result: &Result<ChatAnswer, ModelError>) -> Spent {
    match result {
        Ok(answer) if answer.usage == Usage::default() => Spent::Unknown,
        Ok(answer) => Spent::Known(Used {
            items: vec![Item::Chat {
                model: answer.model.clone(),
                tokens: tokens(&answer.usage),
            }],
            ..Used::default()
        }),
        Err(ModelError::Unavailable {
            billed: Billed::Perhaps,
            ..
        }) => Spent::Unknown,
        Err(
            ModelError::Unavailable {
                billed: Billed::No, ..
            }
            | ModelError::Throttled { .. }
            | ModelError::NotEntitled { .. }
            | ModelError::BadRequest { .. },
        ) => Spent::nothing(),
    }
}

fn tokens(usage: &Usage) -> Tokens {
    Tokens {
        prompt: usage.prompt,
        cached: usage.cached,
        completion: usage.completion,
        reasoning: usage.reasoning,
    }
}
