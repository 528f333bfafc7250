#![allow(clippy::unwrap_used)]
use clara_domain::ids::TweetId;

use super::*;
use crate::ports::model::Usage;

fn request() -> GenerationRequest {
    GenerationRequest {
        tweet: TweetId(uuid::Uuid::nil()),
        round: 0,
        client_name: "Harbour Coffee".into(),
        persona: "Warm, dry humour.".into(),
        examples: vec!["Open early. So are we.".into()],
        brief: "new oat roast on Friday".into(),
        segments: 2,
        candidates: 3,
        blocked_words: vec!["cheap".into()],
        said: vec!["Rain again. Cinnamon again.".into()],
        feedback: vec!["less shouting".into()],
        previous: Some(vec!["OAT ROAST!".into()]),
    }
}

fn answer(content: &str) -> ChatAnswer {
    ChatAnswer {
        model: "m".into(),
        content: content.into(),
        finish: Finish::Complete,
        usage: Usage::default(),
    }
}

#[test]
fn the_prompt_reads_well() {
    let chat = Prompts::default().render(&request()).unwrap();
    insta::assert_snapshot!(format!("{}\n---\n{}", chat.system, chat.user));
}

#[test]
fn the_schema_asks_for_exactly_what_is_wanted() {
    insta::assert_json_snapshot!(Prompts::default().render(&request()).unwrap().schema);
}

#[test]
fn a_missing_variable_is_an_error_that_names_it() {
    let prompts = Prompts::new("{{ nonsense }}", "x").unwrap();
    let error = prompts.render(&request()).unwrap_err();
    assert!(error.to_string().contains("undefined"), "{error}");
}

#[test]
fn json_in_a_fence_or_a_sentence_is_read() {
    let json = r#"{"candidates":[{"segments":["a","b"]}]}"#;
    for text in [
        json.to_owned(),
        format!("```json\n{json}\n```"),
        format!("Here you are: {json}"),
    ] {
        assert_eq!(read(&answer(&text)).unwrap(), [Content::texts(["a", "b"])]);
    }
}

#[test]
fn what_is_wrong_with_an_answer_is_said_in_words() {
    let mut cut = answer("{\"cand");
    assert!(read(&cut).unwrap_err().contains("not the JSON"));
    cut.finish = Finish::CutOff;
    assert!(read(&cut).unwrap_err().contains("cut off"));
    cut.finish = Finish::Declined {
        reason: "no".into(),
    };
    assert!(read(&cut).unwrap_err().contains("declined"));
}
