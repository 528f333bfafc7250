//! The [`LanguageModel`] port over OpenAI's chat completions, which llama.cpp's server, Ollama and vLLM speak too.
//!
//! One call is one request: waiting, trying again and counting money are the gateway's. What a compatible server
//! leaves out of its answer is taken as zero or as complete, never as an error.

pub mod embeddings;
mod endpoint;
mod failure;
pub mod moderation;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::LanguageModel;
use clara_actors::ports::model::{ChatAnswer, ChatRequest, ModelError};
use secrecy::SecretString;

use crate::http::{Answer, HttpError};
use endpoint::Endpoint;

/// How the service wants to be told the most tokens that an answer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenLimitField {
    /// `max_tokens`: every compatible server takes it; OpenAI calls it deprecated.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: what OpenAI's reasoning models insist on (spec 2.3.0).
    MaxCompletionTokens,
}

/// Where the model is and how it is asked.
#[derive(Debug, Clone)]
pub struct OpenAiOptions {
    /// The URL that `/chat/completions` is below, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model's name.
    pub model: String,
    /// Sent as a bearer token; servers of one's own often want none.
    pub api_key: Option<SecretString>,
    /// The longest that one answer may take.
    pub timeout: Duration,
    /// How the token limit is sent.
    pub token_limit: TokenLimitField,
    /// Whether the service holds the model to the schema. Without it the schema is only a hint, which is all that
    /// some compatible servers can do.
    pub strict_schema: bool,
}

/// A language model behind OpenAI's protocol.
#[derive(Debug, Clone)]
pub struct OpenAi {
    options: OpenAiOptions,
    endpoint: Endpoint,
}

impl OpenAi {
    /// A client for one service and model. Nothing is sent yet.
    pub fn new(options: OpenAiOptions) -> Result<Self, HttpError> {
        let key = options.api_key.clone();
        let endpoint = Endpoint::new(&options.base_url, key, options.timeout)?;
        Ok(Self { options, endpoint })
    }
}

#[async_trait]
impl LanguageModel for OpenAi {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError> {
        let question = wire::Request::new(request, &self.options);
        let answer = self
            .endpoint
            .ask("/chat/completions", &question, None)
            .await?;
        note_rate(&answer);
        match answer.json::<wire::Completion>() {
            Ok(completion) => completion.read(&answer, &self.options.model),
            Err(reason) => Err(senseless(reason)),
        }
    }
}

/// A success that cannot be read: the service is out of order, and has perhaps billed it.
fn senseless(reason: String) -> ModelError {
    ModelError::Unavailable { reason }
}

/// What no service would take is not sent.
fn check_texts(texts: &[String], most: usize) -> Result<(), ModelError> {
    let reason = if texts.is_empty() || texts.len() > most {
        format!("{} texts were given; expected 1 to {most}", texts.len())
    } else if texts.iter().any(|text| text.trim().is_empty()) {
        "one of the texts is empty".to_owned()
    } else {
        return Ok(());
    };
    Err(ModelError::BadRequest { reason })
}

/// Publishes what the service says is left, where it says so (`x-ratelimit-remaining-requests` and `-tokens`).
fn note_rate(answer: &Answer) {
    for (header, gauge) in [
        (
            "x-ratelimit-remaining-requests",
            "clara_openai_rate_limit_remaining_requests",
        ),
        (
            "x-ratelimit-remaining-tokens",
            "clara_openai_rate_limit_remaining_tokens",
        ),
    ] {
        if let Some(left) = answer
            .header(header)
            .and_then(|text| text.parse::<f64>().ok())
        {
            metrics::gauge!(gauge).set(left);
        }
    }
}
