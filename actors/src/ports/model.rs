//! A language model that answers in JSON.

use std::time::Duration;

use async_trait::async_trait;
use clara_domain::prompt_stamp::Temperature;
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
    /// The model, by the service's name for it; none for the first of those that are configured.
    pub model: Option<String>,
    /// How far the model may stray; none for what it does by itself. Some models take none.
    pub temperature: Option<Temperature>,
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
    /// Away, slow or broken; try again later.
    #[error("the service is not available: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// Whether an answer may have been made all the same.
        billed: Billed,
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
        /// What about it.
        fault: Fault,
    },
}

/// Whether a question without an answer is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// It is not: no byte of it left.
    No,
    /// It may be: it left, and what came back proves nothing. No service can be asked about it afterwards.
    Perhaps,
}

/// What a service will not take about a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its form, or something that the service does not say.
    Form,
    /// It is longer than the model reads, or than the account may ask at once: a shorter one may be answered.
    TooLong,
    /// The service has no such model, or not for this account: another one may answer.
    UnknownModel,
}

/// A language model.
#[async_trait]
pub trait LanguageModel: Send + Sync + 'static {
    /// Asks once. Does not try again by itself.
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError>;
}
