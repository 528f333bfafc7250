//! The [`LanguageModel`] port over OpenAI's chat completions, which llama.cpp's server, Ollama and vLLM speak too.
//!
//! One call is one request: waiting, trying again and counting money are the gateway's. What a compatible server
//! leaves out of its answer is taken as zero or as complete, never as an error.

pub mod embeddings;
mod endpoint;
mod failure;
mod limits;
pub mod moderation;
mod wire;

use std::num::NonZeroU32;
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::LanguageModel;
use clara_actors::ports::model::{Billed, ChatAnswer, ChatRequest, Fault, ModelError};
use secrecy::SecretString;

use crate::http::HttpError;
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
    /// The model's name, for questions that name none.
    pub model: String,
    /// Sent as a bearer token; servers of one's own often want none.
    pub api_key: Option<SecretString>,
    /// How long any answer may take; one of many tokens may take longer.
    pub timeout: Duration,
    /// How many tokens a second the model writes at least; more is never waited for than [`LONGEST`].
    pub tokens_per_second: NonZeroU32,
    /// How the token limit is sent.
    pub token_limit: TokenLimitField,
    /// Whether the service holds the model to the schema. Without it the schema is only a hint, which is all that
    /// some compatible servers can do.
    pub strict_schema: bool,
}

/// The longest that any answer is waited for, however many tokens it may have.
pub const LONGEST: Duration = Duration::from_secs(580);

impl OpenAiOptions {
    /// How long an answer of so many tokens may take: the time that its tokens take at the slowest, but no less than the
    /// time that any answer has.
    fn patience(&self, max_tokens: u32) -> Duration {
        let writing = Duration::from_secs(u64::from(max_tokens)) / self.tokens_per_second.get();
        self.timeout.max(writing.min(LONGEST))
    }
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
        let patience = Some(self.options.patience(request.max_tokens));
        let call = self.endpoint.ask("/chat/completions", &question, patience);
        let answer = call.await?;
        limits::publish(&answer);
        match answer.json::<wire::Completion>() {
            Ok(completion) => {
                let asked = request.model.as_ref().unwrap_or(&self.options.model);
                completion.read(&answer, asked)
            }
            Err(reason) => Err(senseless(reason)),
        }
    }
}

/// A success that cannot be read: the service is out of order, and has perhaps billed it.
fn senseless(reason: String) -> ModelError {
    let billed = Billed::Perhaps;
    ModelError::Unavailable { reason, billed }
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
    let fault = Fault::Form;
    Err(ModelError::BadRequest { reason, fault })
}
