//! Asking a model whether a text sounds like its client, and reading what it says.
//!
//! The words are Clara's own and the same for every client; what differs is the voice that they put forward.

use clara_domain::command::Flag;
use clara_domain::effect::CheckRequest;
use serde::Deserialize;
use serde_json::json;

use super::answer::{json_part, whole};
use crate::ports::model::{ChatAnswer, ChatRequest};

/// Tokens that the answer may have.
const MAX_TOKENS: u32 = 200;

/// The longest of the model's words that is kept, in characters.
const MAX_WHY: usize = 200;

const SYSTEM: &str = "You check tweets before people approve them. You are told how a client sounds, and a text. Say \
    only whether the text sounds like that client. Whether it is true, well timed or allowed is for others. Answer \
    with a JSON object: \"fits\" is true or false, and \"why\" says in one short sentence to the writer what to \
    change, or is empty.";

/// The question about a text.
pub(crate) fn judge(request: &CheckRequest) -> ChatRequest {
    let voice = &request.voice;
    let mut user = format!("The client: {}\n", request.client_name);
    let mut tell = |what: &str, said: &[String]| {
        if !said.is_empty() {
            user.push_str(&format!("{what}:\n"));
            said.iter()
                .for_each(|line| user.push_str(&format!("- {line}\n")));
        }
    };
    let persona: Vec<String> = Some(voice.persona.trim().to_owned())
        .filter(|persona| !persona.is_empty())
        .into_iter()
        .collect();
    tell("How it sounds", &persona);
    tell("It does", &voice.dos);
    tell("It does not", &voice.donts);
    tell("Tweets that sound right", &voice.examples);
    tell("The text", &request.texts);
    ChatRequest {
        system: SYSTEM.to_owned(),
        user,
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
