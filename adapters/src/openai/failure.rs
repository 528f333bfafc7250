//! What a refusal of the model service means: wait, give up on this question, or call a person.
//!
//! Statuses and codes as in OpenAI's error guide and spec 2.3.0; compatible servers use the same statuses with fewer
//! words, so the status decides and the code only refines it.

use clara_actors::ports::model::ModelError;
use serde_json::Value;

use super::wire::ErrorBody;
use crate::http::{Answer, retry_after};

/// Codes of a 429 that no waiting heals.
const OUT_OF_MONEY: [&str; 3] = [
    "insufficient_quota",
    "billing_not_active",
    "billing_hard_limit_reached",
];

/// Reads an answer that is not a success.
pub(super) fn of(answer: &Answer) -> ModelError {
    let body = answer.json::<ErrorBody>().unwrap_or_default();
    let reason = said(answer, &body);
    match answer.status.as_u16() {
        429 if body.error.is(&OUT_OF_MONEY) => ModelError::NotEntitled { reason },
        429 => ModelError::Throttled {
            reason,
            retry_after: retry_after(answer),
        },
        401..=403 => ModelError::NotEntitled { reason },
        // The official client tries these again, so they say nothing about the question.
        408 | 409 => ModelError::Unavailable { reason },
        300..=399 => ModelError::BadRequest {
            reason: format!("{reason}: is `openai.base_url` right?"),
        },
        400..=499 => ModelError::BadRequest { reason },
        _ => ModelError::Unavailable { reason },
    }
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

    /// What is to be told of it.
    pub(super) fn message(&self) -> Option<&str> {
        self.0.as_str().or_else(|| self.field("message"))
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}
