//! What the model is asked: a request for texts made into messages and a schema, and its answer read back.
//!
//! Small models break every promise; reading takes nothing for granted, and says in words what was wrong.

use clara_domain::content::Content;
use clara_domain::effect::GenerationRequest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ports::model::{ChatAnswer, ChatRequest, Finish};

/// Tokens that a segment may take, with the JSON around it.
const TOKENS_PER_SEGMENT: u32 = 200;

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the prompt template `{name}` cannot be used: {reason}")]
pub struct PromptError {
    /// Which.
    pub name: &'static str,
    /// Why, with its line.
    pub reason: String,
}

/// The prompt templates.
#[derive(Debug, Clone)]
pub struct Prompts {
    environment: Environment<'static>,
}

impl Default for Prompts {
    fn default() -> Self {
        Self::new(
            include_str!("prompt/system.j2"),
            include_str!("prompt/user.j2"),
        )
        .expect("the built-in templates are compiled in a test")
    }
}

impl Prompts {
    /// Templates from their sources, in minijinja's language.
    pub fn new(system: &'static str, user: &'static str) -> Result<Self, PromptError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(block_lines_vanish());
        for (name, source) in [("system", system), ("user", user)] {
            environment
                .add_template(name, source)
                .map_err(|error| PromptError {
                    name,
                    reason: error.to_string(),
                })?;
        }
        Ok(Self { environment })
    }

    /// The question to the model for a request.
    pub fn render(&self, request: &GenerationRequest) -> Result<ChatRequest, PromptError> {
        let values = minijinja::Value::from(Serde(json!({
            "client": request.client_name,
            "persona": request.persona,
            "examples": request.examples,
            "brief": request.brief,
            "segments": request.segments,
            "candidates": request.candidates,
            "blocked_words": request.blocked_words,
            "said": request.said,
            "feedback": request.feedback,
            "previous": request.previous,
        })));
        let fill = |name: &'static str| {
            let template = self.environment.get_template(name);
            template
                .and_then(|template| template.render(values.clone()))
                .map_err(|error| PromptError {
                    name,
                    reason: error.to_string(),
                })
        };
        let texts = u32::from(request.segments) * u32::from(request.candidates);
        Ok(ChatRequest {
            system: fill("system")?,
            user: fill("user")?,
            schema_name: "tweets".to_owned(),
            schema: schema(request),
            max_tokens: 200 + TOKENS_PER_SEGMENT * texts,
        })
    }
}

/// A line that holds only a block tag leaves no line behind.
fn block_lines_vanish() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("the delimiters are the built-in ones")
}

/// The strict schema of an answer: so many candidates of so many segments.
fn schema(request: &GenerationRequest) -> Value {
    let list = |items: Value, count: u8| json!({ "type": "array", "items": items, "minItems": count, "maxItems": count });
    let segments = list(json!({ "type": "string" }), request.segments);
    let candidate = json!({
        "type": "object",
        "properties": { "segments": segments },
        "required": ["segments"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": { "candidates": list(candidate, request.candidates) },
        "required": ["candidates"],
        "additionalProperties": false,
    })
}

#[derive(Deserialize)]
struct Answer {
    candidates: Vec<Candidate>,
}

#[derive(Deserialize)]
struct Candidate {
    segments: Vec<String>,
}

/// The texts in an answer, or what was wrong with it, told so that the model can do better.
pub fn read(answer: &ChatAnswer) -> Result<Vec<Content>, String> {
    match &answer.finish {
        Finish::Complete => {}
        Finish::CutOff => return Err("the answer was cut off: write shorter texts".to_owned()),
        Finish::Filtered => {
            return Err("the service's content filter stopped the answer".to_owned());
        }
        Finish::Declined { reason } => return Err(format!("the model declined: {reason}")),
    }
    let parsed: Answer = serde_json::from_str(json_part(&answer.content))
        .map_err(|error| format!("the answer was not the JSON that was asked for ({error})"))?;
    let contents = parsed
        .candidates
        .into_iter()
        .map(|c| Content::texts(c.segments));
    Ok(contents
        .filter(|content| !content.segments.is_empty())
        .collect())
}

/// Models like to wrap JSON in a code fence or a sentence.
fn json_part(text: &str) -> &str {
    match (text.find('{'), text.rfind('}')) {
        (Some(start), Some(end)) if start < end => &text[start..=end],
        (Some(_) | None, Some(_) | None) => text,
    }
}

#[cfg(test)]
mod tests;
