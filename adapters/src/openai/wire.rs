//! The words of `POST /chat/completions` (OpenAI spec 2.3.0), with only the fields that Clara sends and reads.

use clara_actors::ports::model::{ChatAnswer, ChatRequest, Finish, ModelError, Usage};
use clara_domain::prompt_stamp::Temperature;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{OpenAiOptions, TokenLimitField};
use crate::http::Answer;

/// A question, as it is sent.
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
    response_format: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<Temperature>,
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Request<'a> {
    /// A question to the model that it names, or else to the configured one.
    pub(super) fn new(request: &'a ChatRequest, options: &'a OpenAiOptions) -> Self {
        let limit = |field| (options.token_limit == field).then_some(request.max_tokens);
        Self {
            model: request.model.as_ref().unwrap_or(&options.model),
            temperature: request.temperature,
            messages: [
                Message {
                    role: "system",
                    content: &request.system,
                },
                Message {
                    role: "user",
                    content: &request.user,
                },
            ],
            response_format: json!({
                "type": "json_schema",
                "json_schema": {
                    "name": request.schema_name,
                    "strict": options.strict_schema,
                    "schema": request.schema,
                },
            }),
            max_tokens: limit(TokenLimitField::MaxTokens),
            max_completion_tokens: limit(TokenLimitField::MaxCompletionTokens),
        }
    }
}

/// An answer. Everything that some compatible server leaves out or sends as null may be missing.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    model: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Tokens>,
    /// Some servers put an error into a 200.
    error: Option<ServiceError>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Reply,
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Reply {
    content: Option<Text>,
    refusal: Option<String>,
}

/// A text, or a list of parts of which some are text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Debug, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

/// A refusal's body: `{"error": {message, type, param, code}}`, or with some servers `{"error": "words"}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    pub(super) error: ServiceError,
}

/// What went wrong, in whatever shape the server gives it.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ServiceError(pub(super) Value);

impl Completion {
    /// What the port wants to know of it.
    pub(super) fn read(self, answer: &Answer, asked: &str) -> Result<ChatAnswer, ModelError> {
        let Some(choice) = self.choices.into_iter().next() else {
            let said = self
                .error
                .as_ref()
                .and_then(ServiceError::message)
                .unwrap_or("nothing");
            let reason = answer.quoted(&format!("the answer holds no choice; it says: {said}"));
            return Err(super::senseless(reason));
        };
        let content = choice.message.content.map(Text::join).unwrap_or_default();
        let declined = choice.message.refusal.filter(|words| !words.is_empty());
        let finish = match (declined, choice.finish_reason.as_deref()) {
            (Some(words), _) => Finish::Declined {
                reason: answer.quoted(&words),
            },
            (None, Some("content_filter")) => Finish::Filtered,
            (None, Some("length")) => Finish::CutOff,
            // `stop`, and what other servers call it; whether the text is whole shows when it is read as JSON.
            (None, _) => Finish::Complete,
        };
        let model = self
            .model
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| asked.to_owned());
        Ok(ChatAnswer {
            model,
            content,
            finish,
            usage: self.usage.unwrap_or_default().read(),
        })
    }
}

impl Text {
    fn join(self) -> String {
        match self {
            Self::Whole(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
        }
    }
}

impl Tokens {
    fn read(self) -> Usage {
        Usage {
            prompt: self.prompt_tokens.unwrap_or(0),
            cached: self
                .prompt_tokens_details
                .and_then(|d| d.cached_tokens)
                .unwrap_or(0),
            completion: self.completion_tokens.unwrap_or(0),
            reasoning: self
                .completion_tokens_details
                .and_then(|d| d.reasoning_tokens)
                .unwrap_or(0),
        }
    }
}
