//! Asking a model whether a text sounds like its client, and reading what it says.
//!
//! The template says how to judge and what the client sounds like. The text itself stays out of it: what a text says
//! must not pass for a word of ours.

use clara_domain::command::Flag;
use serde::Deserialize;
use serde_json::json;

use super::answer::{json_part, whole};
use crate::ports::model::{ChatAnswer, ChatRequest};

/// Tokens that the answer may have.
const MAX_TOKENS: u32 = 200;

/// The longest of the model's words that is kept, in characters.
const MAX_WHY: usize = 200;

/// The question about texts, put as `system` says.
pub(super) fn question(system: String, texts: &[String]) -> ChatRequest {
    let lines = texts.iter().map(|text| format!("- {text}\n"));
    ChatRequest {
        system,
        user: format!("The text:\n{}", lines.collect::<String>()),
        schema: json!({
            "type": "object",
            "properties": { "fits": { "type": "boolean" }, "why": { "type": "string" } },
            "required": ["fits", "why"],
            "additionalProperties": false,
        }),
        schema_name: "judgement".to_owned(),
        max_tokens: MAX_TOKENS,
        model: None,
        temperature: None,
    }
}

#[derive(Deserialize)]
struct Opinion {
    fits: bool,
    #[serde(default)]
    why: String,
}

/// What a judge found, or what was wrong with the answer.
pub(crate) fn read_judgement(answer: &ChatAnswer) -> Result<Vec<Flag>, String> {
    whole(answer)?;
    let opinion: Opinion = serde_json::from_str(json_part(&answer.content))
        .map_err(|error| format!("the answer was not the JSON that was asked for ({error})"))?;
    if opinion.fits {
        return Ok(Vec::new());
    }
    let why: String = opinion.why.trim().chars().take(MAX_WHY).collect();
    let why = if why.is_empty() {
        "say it as the client would".to_owned()
    } else {
        why
    };
    Ok(vec![Flag {
        segment: 0,
        message: format!("this does not sound like the client: {why}"),
    }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ports::model::{Finish, Usage};

    fn said(content: &str) -> Result<Vec<Flag>, String> {
        read_judgement(&ChatAnswer {
            model: "small-1".to_owned(),
            content: content.to_owned(),
            finish: Finish::Complete,
            usage: Usage::default(),
        })
    }

    #[test]
    fn what_fits_has_no_flags() {
        assert_eq!(said(r#"{"fits": true, "why": ""}"#), Ok(Vec::new()));
    }

    #[test]
    fn what_does_not_fit_is_told_to_the_writer() {
        let flags = said("Sure!\n{\"fits\": false, \"why\": \"less shouting\"}").unwrap();
        assert_eq!(
            flags[0].message,
            "this does not sound like the client: less shouting"
        );
    }

    #[test]
    fn an_opinion_that_cannot_be_read_is_none() {
        for nonsense in ["yes", r#"{"why": "nice"}"#, r#"{"fits": "perhaps"}"#] {
            assert!(said(nonsense).is_err(), "{nonsense}");
        }
    }
}
