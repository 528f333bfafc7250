//! `POST /v1/chat/completions`: admission, faults, the answer and its headers.
//! Latency and slowness come after the work: a client that gives up early is billed all the same, as in life.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::book::{self, Quantities, Work};
use super::brief::Brief;
use super::failure::Failure;
use super::generate;
use super::prose::{self, Place};
use super::quota::Standing;
use super::request::{ChatRequest, Format};
use super::{CONTEXT, OpenAi, tokens};
use crate::faults::FaultKind;
use crate::server::hang_up;

/// Models whose name holds this spend tokens on reasoning before they write.
const THINKER: &str = "thinker";

pub(super) async fn completions(
    Extract(ai): Extract<OpenAi>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut response = serve(&ai, &headers, &body)
        .await
        .unwrap_or_else(Failure::into_response);
    let id = format!("req_sandbox{:08}", ai.usage().requests);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

async fn serve(ai: &OpenAi, headers: &HeaderMap, body: &[u8]) -> Result<Response, Failure> {
    ai.admit(headers)?;
    let request = ChatRequest::parse(body)?;
    let fault = ai.0.shared.faults.take("openai", "chat", &request.model);
    if let Some(FaultKind::RequestLost) = fault {
        return Ok(hang_up());
    }
    if let Some(failure) = fault
        .as_ref()
        .and_then(|fault| super::refused(fault, &request.model))
    {
        return Err(failure);
    }
    let tokens = prompt_tokens(&request);
    if tokens > CONTEXT {
        return Err(Failure::context_length(tokens, CONTEXT));
    }
    let now = ai.0.shared.clock.now();
    let standing = ai
        .lock()
        .quota
        .count(tokens, now)
        .map_err(Failure::rate_limited)?;
    let answer = answer(ai, &request, tokens, fault.as_ref(), standing);
    let slow = if let Some(FaultKind::Slow { by }) = fault {
        by
    } else {
        Duration::ZERO
    };
    tokio::time::sleep(ai.latency() + slow).await;
    if let Some(FaultKind::ServerErrorAfter { status }) = fault {
        return Err(Failure::server(status));
    }
    Ok(if fault == Some(FaultKind::AnswerLost) {
        hang_up()
    } else {
        answer
    })
}

/// What is wrong with an answer that is given all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twist {
    None,
    BadJson,
    Refusal,
    TooLong,
    LengthCut,
    ContentFilter,
}

impl Twist {
    fn of(fault: Option<&FaultKind>) -> Self {
        match fault {
            Some(FaultKind::BadJson) => Self::BadJson,
            Some(FaultKind::Refusal) => Self::Refusal,
            Some(FaultKind::TooLong) => Self::TooLong,
            Some(FaultKind::LengthCut) => Self::LengthCut,
            Some(FaultKind::ContentFilter) => Self::ContentFilter,
            _ => Self::None,
        }
    }
}

fn answer(
    ai: &OpenAi,
    request: &ChatRequest,
    read: u64,
    fault: Option<&FaultKind>,
    standing: Standing,
) -> Response {
    let brief = Brief::read(&request.messages);
    let twist = Twist::of(fault);
    let choices: Vec<Choice> = (0..request.n)
        .map(|n| Choice::made(request, &brief, n, twist))
        .collect();
    let took = took(ai, request, read, &brief, &choices);
    let shown = choices
        .first()
        .and_then(|choice| choice.content.clone())
        .unwrap_or_default();
    ai.remember(brief.whole.clone(), shown, &took);
    let beginning = request.messages.first();
    let opening = book::opening(beginning.map_or("", |(_, text)| text));
    ai.bill_for((Work::Chat, &request.model), opening, took, fault);
    let (read, written) = (took.prompt_tokens, took.completion_tokens);
    let body = json!({
        "id": format!("chatcmpl-sandbox{:016x}", brief.seed),
        "object": "chat.completion",
        "created": ai.0.shared.clock.now().as_second(),
        "model": request.model,
        "choices": choices.into_iter().enumerate().map(|(n, choice)| choice.body(n)).collect::<Vec<_>>(),
        "usage": {
            "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
            "prompt_tokens_details": { "cached_tokens": took.cached_tokens, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": took.reasoning_tokens, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_sandbox",
    });
    let mut response = Json(body).into_response();
    standing.write(response.headers_mut());
    response
}

/// What an answer takes. Reasoning and caching follow from the request, so that a test can rely on them.
fn took(
    ai: &OpenAi,
    request: &ChatRequest,
    read: u64,
    brief: &Brief,
    choices: &[Choice],
) -> Quantities {
    let written: u64 = choices.iter().map(|choice| choice.tokens).sum();
    let reasoning = if request.model.contains(THINKER) {
        40 + brief.seed % 60
    } else {
        0
    };
    let beginning = request
        .messages
        .first()
        .map_or("", |(_, text)| text.as_str());
    let cached = ai
        .lock()
        .book
        .cached(&request.model, beginning, tokens(beginning));
    Quantities {
        prompt_tokens: read,
        cached_tokens: cached,
        completion_tokens: written + reasoning,
        reasoning_tokens: reasoning,
        texts: 0,
    }
}

struct Choice {
    content: Option<String>,
    refusal: Option<&'static str>,
    finish: &'static str,
    tokens: u64,
}

impl Choice {
    fn made(request: &ChatRequest, brief: &Brief, n: u64, twist: Twist) -> Self {
        if twist == Twist::Refusal {
            let refusal = "I'm sorry, but I can't help with that request.";
            return Self {
                content: None,
                refusal: Some(refusal),
                finish: "stop",
                tokens: tokens(refusal),
            };
        }
        if twist == Twist::ContentFilter {
            return Self {
                content: None,
                refusal: None,
                finish: "content_filter",
                tokens: 0,
            };
        }
        let whole = content(
            &request.format,
            brief,
            usize::try_from(n).unwrap_or(0),
            twist == Twist::TooLong,
        );
        let room = request.max_tokens.unwrap_or(u64::MAX);
        let (content, finish) = match twist {
            Twist::BadJson => (cut(&whole, tokens(&whole) / 2), "stop"),
            Twist::LengthCut => (cut(&whole, tokens(&whole) / 2), "length"),
            _ if tokens(&whole) > room => (cut(&whole, room), "length"),
            Twist::None | Twist::TooLong | Twist::Refusal | Twist::ContentFilter => (whole, "stop"),
        };
        Self {
            tokens: tokens(&content),
            content: Some(content),
            refusal: None,
            finish,
        }
    }

    fn body(self, index: usize) -> Value {
        let message = json!({
            "role": "assistant", "content": self.content, "refusal": self.refusal, "annotations": [],
        });
        json!({ "index": index, "message": message, "logprobs": null, "finish_reason": self.finish })
    }
}

fn content(format: &Format, brief: &Brief, choice: usize, too_long: bool) -> String {
    let place = Place {
        candidate: choice,
        ..Place::default()
    };
    let text = || {
        if too_long {
            prose::overlong(brief, place)
        } else {
            prose::text(brief, place)
        }
    };
    match format {
        Format::Text => text(),
        Format::JsonObject => json!({ "text": text() }).to_string(),
        Format::Schema(schema) => generate::value(schema, brief, choice, too_long).to_string(),
    }
}

fn cut(text: &str, tokens: u64) -> String {
    text.chars()
        .take(usize::try_from(tokens.saturating_mul(4)).unwrap_or(usize::MAX))
        .collect()
}

fn prompt_tokens(request: &ChatRequest) -> u64 {
    request
        .messages
        .iter()
        .map(|(_, text)| 4 + tokens(text))
        .sum()
}
