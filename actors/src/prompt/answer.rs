//! The shape of an answer, and how it is read. Small models break every promise; reading takes nothing for granted, and
//! says in words what was wrong.

use clara_domain::content::Content;
use clara_domain::effect::GenerationRequest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ports::model::{ChatAnswer, Finish};

/// The strict schema of an answer: so many candidates of so many segments.
pub(super) fn schema(request: &GenerationRequest) -> Value {
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

/// Whether an answer came to its end, or else what stopped it.
pub(super) fn whole(answer: &ChatAnswer) -> Result<(), String> {
    match &answer.finish {
        Finish::Complete => Ok(()),
        Finish::CutOff => Err("the answer was cut off: write shorter texts".to_owned()),
        Finish::Filtered => Err("the service's content filter stopped the answer".to_owned()),
        Finish::Declined { reason } => Err(format!("the model declined: {reason}")),
    }
}

/// The texts in an answer, or what was wrong with it, told so that the model can do better.
pub fn read(answer: &ChatAnswer) -> Result<Vec<Content>, String> {
    whole(answer)?;
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
pub(super) fn json_part(text: &str) -> &str {
    match (text.find('{'), text.rfind('}')) {
        (Some(start), Some(end)) if start < end => &text[start..=end],
        (Some(_) | None, Some(_) | None) => text,
    }
}
