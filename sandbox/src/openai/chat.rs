//! `POST /v1/chat/completions`: admission, faults, the answer and its headers.
//! Latency and slowness come after the work: a client that gives up early is billed all the same, as in life.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::OpenAi;
use super::brief::Brief;
use super::failure::Failure;
use super::generate;
use super::prose::{self, Place};
use super::quota::Standing;
use super::request::{ChatRequest, Format};
use crate::faults::FaultKind;
use crate::server::hang_up;

/// The most tokens that the pretended model reads.
const CONTEXT: u64 = 128_000;

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
    if let Some(failure) = fault.as_ref().and_then(failure) {
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
    let answer = answer(ai, &request, tokens, Twist::of(fault.as_ref()), standing);
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

/// The refusal that a fault stands for.
fn failure(fault: &FaultKind) -> Option<Failure> {
    match fault {
        FaultKind::TooManyRequests { retry_after } => Some(Failure::rate_limited(*retry_after)),
        FaultKind::InsufficientQuota | FaultKind::CreditsDepleted | FaultKind::UsageCapped => {
            Some(Failure::no_quota())
        }
        FaultKind::ServerError { status } => Some(Failure::server(*status)),
        FaultKind::TokenRevoked => Some(Failure::bad_key()),
        _ => None,
    }
}

/// What is wrong with an answer that is given all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twist {
    None,
    BadJson,
    Refusal,
    TooLong,
    LengthCut,
}

impl Twist {
    fn of(fault: Option<&FaultKind>) -> Self {
        match fault {
            Some(FaultKind::BadJson) => Self::BadJson,
            Some(FaultKind::Refusal) => Self::Refusal,
            Some(FaultKind::TooLong) => Self::TooLong,
            Some(FaultKind::LengthCut) => Self::LengthCut,
            _ => Self::None,
        }
    }
}

fn answer(
    ai: &OpenAi,
    request: &ChatRequest,
    read: u64,
    twist: Twist,
    standing: Standing,
) -> Response {
    let brief = Brief::read(&request.messages);
    let choices: Vec<Choice> = (0..request.n)
        .map(|n| Choice::made(request, &brief, n, twist))
        .collect();
    let written: u64 = choices.iter().map(|choice| choice.tokens).sum();
    let shown = choices
        .first()
        .and_then(|choice| choice.content.clone())
        .unwrap_or_default();
    ai.remember(brief.whole.clone(), shown, read, written);
    let body = json!({
        "id": format!("chatcmpl-sandbox{:016x}", brief.seed),
        "object": "chat.completion",
        "created": ai.0.shared.clock.now().as_second(),
        "model": request.model,
        "choices": choices.into_iter().enumerate().map(|(n, choice)| choice.body(n)).collect::<Vec<_>>(),
        "usage": {
            "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_sandbox",
    });
    let mut response = Json(body).into_response();
    standing.write(response.headers_mut());
    response
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
            Twist::None | Twist::TooLong | Twist::Refusal if tokens(&whole) > room => {
                (cut(&whole, room), "length")
            }
            Twist::None | Twist::TooLong | Twist::Refusal => (whole, "stop"),
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

/// About four letters a token.
fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count().div_ceil(4)).unwrap_or(u64::MAX)
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
