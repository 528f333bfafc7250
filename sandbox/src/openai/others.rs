//! The smaller endpoints: moderations by a short list of words, embeddings by hashed words, the list of models.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::book::{Quantities, Work};
use super::failure::Failure;
use super::{OpenAi, tokens};
use crate::faults::FaultKind;
use crate::server::hang_up;

/// The categories of the omni moderation models.
const CATEGORIES: &[&str] = &[
    "harassment",
    "harassment/threatening",
    "sexual",
    "sexual/minors",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "violence",
    "violence/graphic",
];
/// Words and what they are flagged as.
const FLAGGED: &[(&str, &str)] = &[
    ("idiot", "harassment"),
    ("idiots", "harassment"),
    ("hate", "hate"),
    ("kill", "violence"),
    ("murder", "violence"),
    ("bomb", "illicit/violent"),
    ("porn", "sexual"),
    ("suicide", "self-harm"),
];
const DIMENSIONS: u64 = 1536;

pub(super) async fn moderations(
    Extract(ai): Extract<OpenAi>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answered(&ai, Work::Moderations, &headers, &body, |request| {
        let texts = inputs(request)?;
        let results: Vec<Value> = texts.iter().map(|text| verdict(text)).collect();
        let model = request["model"]
            .as_str()
            .unwrap_or("omni-moderation-latest");
        let took = Quantities {
            texts: texts.len() as u64,
            ..Quantities::default()
        };
        Ok((
            json!({ "id": "modr-sandbox", "model": model, "results": results }),
            took,
        ))
    })
    .await
}

pub(super) async fn embeddings(
    Extract(ai): Extract<OpenAi>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answered(&ai, Work::Embeddings, &headers, &body, |request| {
        let Some(model) = request["model"].as_str() else {
            return Err(Failure::invalid("model", "you must provide a model parameter"));
        };
        if request["encoding_format"].as_str().is_some_and(|format| format != "float") {
            return Err(Failure::invalid("encoding_format", "The sandbox answers with 'float' only."));
        }
        let dimensions = request["dimensions"].as_u64().unwrap_or(DIMENSIONS).clamp(1, DIMENSIONS);
        let texts = inputs(request)?;
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(Failure::invalid("input", "'$.input' is invalid: an empty string cannot be embedded."));
        }
        let tokens: u64 = texts.iter().map(|text| tokens(text)).sum();
        let data: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| json!({ "object": "embedding", "index": n, "embedding": vector(text, dimensions) }))
            .collect();
        let usage = json!({ "prompt_tokens": tokens, "total_tokens": tokens });
        let took = Quantities { prompt_tokens: tokens, texts: texts.len() as u64, ..Quantities::default() };
        Ok((json!({ "object": "list", "model": model, "data": data, "usage": usage }), took))
    })
    .await
}

pub(super) async fn models(Extract(ai): Extract<OpenAi>, headers: HeaderMap) -> Response {
    if let Err(failure) = ai.admit(&headers) {
        return failure.into_response();
    }
    let model = |id: &str| json!({ "id": id, "object": "model", "created": 1_750_000_000, "owned_by": "sandbox" });
    let names = [
        "sandbox-writer",
        "sandbox-thinker",
        "omni-moderation-latest",
        "text-embedding-3-small",
    ];
    Json(json!({ "object": "list", "data": names.map(model) })).into_response()
}

/// Admission, faults, the work, the bill, and then whatever keeps the answer back.
async fn answered(
    ai: &OpenAi,
    work: Work,
    headers: &HeaderMap,
    body: &[u8],
    doing: impl FnOnce(&Value) -> Result<(Value, Quantities), Failure>,
) -> Response {
    if let Err(failure) = ai.admit(headers) {
        return failure.into_response();
    }
    let request: Value = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(_) => {
            let message = "We could not parse the JSON body of your request.";
            return Failure::invalid("body", message).into_response();
        }
    };
    let model = request["model"].as_str().unwrap_or_default();
    let operation = match work {
        Work::Chat => "chat",
        Work::Embeddings => "embeddings",
        Work::Moderations => "moderations",
    };
    let fault = ai.0.shared.faults.take("openai", operation, model);
    if fault == Some(FaultKind::RequestLost) {
        return hang_up();
    }
    if let Some(failure) = fault
        .as_ref()
        .and_then(|fault| super::refused(fault, model))
    {
        return failure.into_response();
    }
    let (answer, took) = match doing(&request) {
        Ok(done) => done,
        Err(failure) => return failure.into_response(),
    };
    ai.bill_for((work, model), String::new(), took, fault.as_ref());
    match fault {
        Some(FaultKind::AnswerLost) => return hang_up(),
        Some(FaultKind::ServerErrorAfter { status }) => {
            return Failure::server(status).into_response();
        }
        Some(FaultKind::Slow { by }) => tokio::time::sleep(by).await,
        _ => {}
    }
    match fault {
        Some(FaultKind::BadJson) => cut_off(&answer),
        _ => Json(answer).into_response(),
    }
}

/// The first half of an answer, as if it were all of it.
fn cut_off(answer: &Value) -> Response {
    let whole = answer.to_string();
    let half: String = whole.chars().take(whole.chars().count() / 2).collect();
    ([(header::CONTENT_TYPE, "application/json")], half).into_response()
}

fn inputs(request: &Value) -> Result<Vec<String>, Failure> {
    let text_of = |part: &Value| part.as_str().or(part["text"].as_str()).map(String::from);
    let found = match &request["input"] {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(parts) => parts.iter().map(text_of).collect(),
        _ => None,
    };
    let found = found.filter(|texts| !texts.is_empty());
    found
        .ok_or_else(|| Failure::invalid("input", "Missing or invalid required parameter: 'input'."))
}

fn verdict(text: &str) -> Value {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let hits: Vec<&str> = FLAGGED
        .iter()
        .filter(|(word, _)| words.contains(word))
        .map(|(_, category)| *category)
        .collect();
    let each = |value: &dyn Fn(&str) -> Value| -> Map<String, Value> {
        CATEGORIES
            .iter()
            .map(|category| ((*category).to_string(), value(category)))
            .collect()
    };
    json!({
        "flagged": !hits.is_empty(),
        "categories": each(&|category| hits.contains(&category).into()),
        "category_scores": each(&|category| if hits.contains(&category) { 0.97.into() } else { 0.0001.into() }),
        "category_applied_input_types": each(&|_| json!(["text"])),
    })
}

/// Counts words into hashed places and scales the vector to length one: texts that share words are near each other.
fn vector(text: &str, dimensions: u64) -> Vec<f64> {
    let mut sums = vec![0.0_f64; usize::try_from(dimensions).unwrap_or(1)];
    for word in text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let place = Sha256::digest(word)
            .iter()
            .take(6)
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte))
            % dimensions;
        sums[usize::try_from(place).unwrap_or(0)] += 1.0;
    }
    let length = sums
        .iter()
        .map(|x| x * x)
        .sum::<f64>()
        .sqrt()
        .max(f64::MIN_POSITIVE);
    sums.iter().map(|x| x / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_texts_have_near_vectors() {
        let near = |a: &str, b: &str| {
            vector(a, 256)
                .iter()
                .zip(vector(b, 256))
                .map(|(x, y)| x * y)
                .sum::<f64>()
        };
        assert!(near("fresh coffee today", "fresh coffee tomorrow") > 0.6);
        assert!(near("fresh coffee today", "bikes on rent") < 0.3);
        assert!((near("tea", "tea") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_few_obvious_words_are_flagged_as_whole_words() {
        assert_eq!(verdict("I will kill it")["categories"]["violence"], true);
        assert_eq!(verdict("skilled whatever")["flagged"], false);
    }
}
