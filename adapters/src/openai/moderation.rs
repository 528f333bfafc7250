//! The [`Moderator`] port over `POST /moderations` (OpenAI spec 2.3.0).
//!
//! Few compatible servers have it; what is to happen then is for the caller to know. One call is one request.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Moderator;
use clara_actors::ports::model::ModelError;
use clara_actors::ports::moderation::{MOST_TEXTS, ModerationVerdict};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;
use crate::http::{Answer, HttpError};

/// Where texts are judged, and by which model.
#[derive(Debug, Clone)]
pub struct ModeratorOptions {
    /// The URL that `/moderations` is below, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model's name, such as `omni-moderation-latest`.
    pub model: String,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// The longest that one answer may take.
    pub timeout: Duration,
}

/// Judgement behind OpenAI's protocol.
#[derive(Debug, Clone)]
pub struct OpenAiModerator {
    endpoint: Endpoint,
    model: String,
}

impl OpenAiModerator {
    /// A client for one service and model. Nothing is sent yet.
    pub fn new(options: ModeratorOptions) -> Result<Self, HttpError> {
        let endpoint = Endpoint::new(&options.base_url, options.api_key, options.timeout)?;
        let model = options.model;
        Ok(Self { endpoint, model })
    }
}

#[async_trait]
impl Moderator for OpenAiModerator {
    async fn moderate(&self, texts: &[String]) -> Result<Vec<ModerationVerdict>, ModelError> {
        super::check_texts(texts, MOST_TEXTS)?;
        let question = Request {
            model: &self.model,
            input: texts,
        };
        let answer = self.endpoint.ask("/moderations", &question, None).await?;
        let read = answer.json::<Response>();
        read.and_then(|response| response.read(&answer, texts.len()))
            .map_err(super::senseless)
    }

    fn model(&self) -> &str {
        &self.model
    }
}

#[derive(Debug, Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
}

#[derive(Debug, Deserialize)]
struct Response {
    results: Vec<Verdict>,
}

#[derive(Debug, Deserialize)]
struct Verdict {
    /// Required: a text must not pass because a server left the word out.
    flagged: bool,
    /// Null for a category that the model does not know.
    #[serde(default)]
    categories: BTreeMap<String, Option<bool>>,
}

impl Response {
    fn read(self, answer: &Answer, texts: usize) -> Result<Vec<ModerationVerdict>, String> {
        if self.results.len() != texts {
            let count = self.results.len();
            return Err(format!("{texts} verdicts were asked for, {count} came"));
        }
        let read = |verdict: Verdict| ModerationVerdict {
            flagged: verdict.flagged,
            categories: verdict
                .categories
                .iter()
                .filter(|(_, applies)| **applies == Some(true))
                .map(|(name, _)| answer.quoted(name))
                .collect(),
        };
        Ok(self.results.into_iter().map(read).collect())
    }
}
