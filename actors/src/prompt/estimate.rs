//! How many tokens a question takes: a guess for people, and a bound for budgets.
//!
//! No vocabulary is asked: each model has its own, and those of compatible servers are not known. Four bytes a token is
//! about right for English in OpenAI's vocabularies, and too few tokens for other scripts; the bound holds for all.

use crate::ports::model::ChatRequest;

/// Tokens that a service may put around two messages and a schema: role marks, the schema's own introduction.
const AROUND: u64 = 128;

/// Tokens of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// About so many: one for four bytes.
    pub likely: u64,
    /// At most so many: one for each byte of what is sent, and some around it. No vocabulary made of bytes can need more.
    pub most: u64,
}

/// Estimates the tokens of a question, its schema included; its answer has at most `max_tokens`.
pub fn estimate(request: &ChatRequest) -> Estimate {
    let schema = request.schema.to_string();
    let bytes =
        request.system.len() + request.user.len() + request.schema_name.len() + schema.len();
    let bytes = bytes as u64;
    Estimate {
        likely: bytes.div_ceil(4),
        most: bytes + AROUND,
    }
}
