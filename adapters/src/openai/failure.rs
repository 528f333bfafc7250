//! What a refusal of the model service means: wait, ask something else, give up on this question, or call a person.
//!
//! Statuses and codes as in OpenAI's error guide and spec 2.3.0; compatible servers use the same statuses with fewer
//! words, so the status decides and the code, or else the words, only refine it.

use clara_actors::ports::model::{Billed, Fault, ModelError};
use serde_json::Value;

use super::{limits, wire::ErrorBody};
use crate::http::Answer;

/// Codes of a 429 that no waiting heals.
const OUT_OF_MONEY: [&str; 3] = [
    "insufficient_quota",
    "billing_not_active",
    "billing_hard_limit_reached",
];

/// Codes of a question that is too long: OpenAI's, and llama.cpp's.
const TOO_LONG: [&str; 3] = [
    "context_length_exceeded",
    "string_above_max_length",
    "exceed_context_size_error",
];

/// How servers that have no code for it say that a question is too long: vLLM, Ollama and older ones of llama.cpp.
const TOO_LONG_WORDS: [&str; 4] = [
    "maximum context length",
    "context size",
    "context window",
    "context length",
];

/// Reads an answer that is not a success.
pub(super) fn of(answer: &Answer) -> ModelError {
    let body = answer.json::<ErrorBody>().unwrap_or_default();
    let reason = said(answer, &body);
    let status = answer.status.as_u16();
    match status {
        429 if body.error.is(&OUT_OF_MONEY) => ModelError::NotEntitled { reason },
        // More tokens than the account may ever ask in a minute: no waiting heals it, a shorter question may.
        429 if body.error.says(&["request too large"]) => too_long(reason),
        429 => ModelError::Throttled {
            reason,
            retry_after: limits::wait(answer),
        },
        403 | 404 if body.error.is(&["model_not_found"]) => unknown_model(reason),
        // Ollama and vLLM have no such code.
        404 if body.error.says(&["model"]) => unknown_model(reason),
        401..=403 => ModelError::NotEntitled { reason },
        // The official client tries these again, so they say nothing about the question.
        408 | 409 => away(reason),
        413 => too_long(reason),
        400 | 422 if body.error.is(&TOO_LONG) || body.error.says(&TOO_LONG_WORDS) => {
            too_long(reason)
        }
        300..=399 => bad(
            format!("{reason}: is `openai.base_url` right?"),
            Fault::Form,
        ),
        400..=499 => bad(reason, Fault::Form),
        _ => away(reason),
    }
}

/// What came before the failure is not told, so it may have been an answer.
fn away(reason: String) -> ModelError {
    let billed = Billed::Perhaps;
    ModelError::Unavailable { reason, billed }
}

fn bad(reason: String, fault: Fault) -> ModelError {
    ModelError::BadRequest { reason, fault }
}

fn too_long(reason: String) -> ModelError {
    bad(reason, Fault::TooLong)
}

fn unknown_model(reason: String) -> ModelError {
    bad(reason, Fault::UnknownModel)
}

fn said(answer: &Answer, body: &ErrorBody) -> String {
    let status = answer.status_line();
    match body.error.message().map(|text| answer.quoted(text)) {
        Some(words) if !words.is_empty() => answer.quoted(&format!("{status}: {words}")),
        _ => status,
    }
}

impl super::wire::ServiceError {
    fn is(&self, codes: &[&str]) -> bool {
        let named = [self.field("code"), self.field("type")];
        named
            .into_iter()
            .flatten()
            .any(|name| codes.contains(&name))
    }

    /// Whether its words hold any of these, which are in small letters.
    fn says(&self, words: &[&str]) -> bool {
        let said = self.message().unwrap_or_default().to_lowercase();
        words.iter().any(|word| said.contains(word))
    }

    /// What is to be told of it.
    pub(super) fn message(&self) -> Option<&str> {
        self.0.as_str().or_else(|| self.field("message"))
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}
