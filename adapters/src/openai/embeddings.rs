//! The [`Embedder`] port over `POST /embeddings` (OpenAI spec 2.3.0), which llama.cpp's server, Ollama and vLLM have
//! too.
//!
//! One call is one request. Vectors are asked for as plain numbers, because not every server knows another form.

use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Embedder;
use clara_actors::ports::embed::{Embeddings, MOST_TEXTS};
use clara_actors::ports::model::ModelError;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;
use crate::http::{Answer, HttpError};

/// Where vectors are made, and of which model.
#[derive(Debug, Clone)]
pub struct EmbedderOptions {
    /// The URL that `/embeddings` is below, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model's name.
    pub model: String,
    /// Sent as a bearer token; servers of one's own often want none.
    pub api_key: Option<SecretString>,
    /// The longest that one answer may take.
    pub timeout: Duration,
    /// How long the vectors are to be; only some models can shorten them.
    pub dimensions: Option<u32>,
}

/// Vectors behind OpenAI's protocol.
#[derive(Debug, Clone)]
pub struct OpenAiEmbedder {
    endpoint: Endpoint,
    model: String,
    dimensions: Option<u32>,
    kind: String,
}

impl OpenAiEmbedder {
    /// A client for one service and model. Nothing is sent yet.
    pub fn new(options: EmbedderOptions) -> Result<Self, HttpError> {
        let endpoint = Endpoint::new(&options.base_url, options.api_key, options.timeout)?;
        let EmbedderOptions {
            model, dimensions, ..
        } = options;
        let kind = match dimensions {
            Some(length) => format!("{model} of {length}"),
            None => model.clone(),
        };
        Ok(Self {
            endpoint,
            model,
            dimensions,
            kind,
        })
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        super::check_texts(texts, MOST_TEXTS)?;
        let question = Request {
            model: &self.model,
            input: texts,
            encoding_format: "float",
            dimensions: self.dimensions,
        };
        let answer = self.endpoint.ask("/embeddings", &question, None).await?;
        let read = answer.json::<Response>();
        read.and_then(|response| response.read(&answer, texts.len(), &self.model))
            .map_err(super::senseless)
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn kind(&self) -> &str {
        &self.kind
    }
}

#[derive(Debug, Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Response {
    model: Option<String>,
    data: Vec<Vector>,
    usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    /// Which text it belongs to; a server that leaves it out keeps the order.
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    total_tokens: Option<u64>,
}

impl Response {
    fn read(self, answer: &Answer, texts: usize, asked: &str) -> Result<Embeddings, String> {
        if self.data.len() != texts {
            let count = self.data.len();
            return Err(format!("{texts} vectors were asked for, {count} came"));
        }
        let mut vectors = vec![Vec::new(); texts];
        for (place, vector) in self.data.into_iter().enumerate() {
            match vectors.get_mut(vector.index.unwrap_or(place)) {
                Some(free) if free.is_empty() => *free = vector.embedding,
                Some(_) | None => return Err("the vectors are numbered wrongly".to_owned()),
            }
        }
        let length = vectors.first().map_or(0, Vec::len);
        let alike = vectors.iter().all(|vector| vector.len() == length);
        let sound = vectors.iter().flatten().all(|number| number.is_finite());
        if length == 0 || !alike || !sound {
            return Err("the vectors are empty, of different lengths or no numbers".to_owned());
        }
        let usage = self.usage.unwrap_or_default();
        let model = self.model.map(|name| answer.quoted(&name));
        Ok(Embeddings {
            vectors,
            model: model
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| asked.to_owned()),
            tokens: usage.total_tokens.or(usage.prompt_tokens).unwrap_or(0),
        })
    }
}
