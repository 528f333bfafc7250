//! A language model that answers in JSON.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

/// One question to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// Who it is to be.
    pub system: String,
    /// What it is to do.
    pub user: String,
    /// A name for the schema: letters, digits, `_`, `-`.
    pub schema_name: String,
    /// The JSON schema of the answer, in the strict subset: every property required, none beside them.
    pub schema: Value,
    /// The most tokens that the answer may have.
    pub max_tokens: u32,
}

/// What the model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatAnswer {
    /// The model as the service named it.
    pub model: String,
    /// The text; JSON if the model did as it was told.
    pub content: String,
    /// Why it ended there.
    pub finish: Finish,
    /// What it took.
    pub usage: Usage,
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It was complete.
    Complete,
    /// It ran into the token limit.
    CutOff,
    /// The service's filter stopped it.
    Filtered,
    /// The model declined.
    Declined {
        /// In its words.
        reason: String,
    },
}

/// Tokens, as the service counts them. What a service does not report is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens of the question.
    pub prompt: u64,
    /// Of those, the ones that were cached.
    pub cached: u64,
    /// Tokens of the answer, with the ones spent on reasoning.
    pub completion: u64,
    /// Of those, the ones spent on reasoning.
    pub reasoning: u64,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Asked too often; try again later.
    #[error("the model service is throttling: {reason}")]
    Throttled {
        /// In the service's words, shortened.
        reason: String,
        /// How long to wait, where the service says.
        retry_after: Option<Duration>,
    },
    /// Away, slow or broken; try again later. The answer may have been made and billed.
    #[error("the model service is not available: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// The service does not take this account: a person has to act.
    #[error("the model service refuses this account: {reason}")]
    NotEntitled {
        /// In the service's words, shortened.
        reason: String,
    },
    /// The service will never answer this question.
    #[error("the model service refuses the request: {reason}")]
    BadRequest {
        /// In the service's words, shortened.
        reason: String,
    },
}

/// A language model.
#[async_trait]
pub trait LanguageModel: Send + Sync + 'static {
    /// Asks once. Does not try again by itself.
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError>;
}
