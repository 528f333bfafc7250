//! Every request that we send to a language model is one that OpenAI's own spec knows.

#![allow(clippy::unwrap_used)]

#[path = "scripted/server.rs"]
mod server;
#[path = "scripted/specs.rs"]
mod specs;

use std::num::NonZeroU32;
use std::time::Duration;

use clara_actors::ports::LanguageModel;
use clara_actors::ports::model::ChatRequest;
use clara_adapters::openai::{OpenAi, OpenAiOptions, TokenLimitField};
use clara_domain::prompt_stamp::Temperature;
use serde_json::json as value;

use server::{Scripted, json};

#[tokio::test]
async fn every_request_fits_the_spec() {
    let Some(spec) = specs::spec("openai.json") else {
        return;
    };
    for token_limit in [
        TokenLimitField::MaxTokens,
        TokenLimitField::MaxCompletionTokens,
    ] {
        for strict_schema in [true, false] {
            let server = Scripted::saying(json(
                200,
                value!({"choices":[{"message":{"content":"{}"}}]}),
            ))
            .await;
            let options = OpenAiOptions {
                base_url: format!("{}/v1", server.url),
                model: "gpt-4.1-mini".to_owned(),
                api_key: Some("key".to_owned().into()),
                timeout: Duration::from_secs(10),
                tokens_per_second: NonZeroU32::new(100_000).unwrap(),
                token_limit,
                strict_schema,
            };
            let request = ChatRequest {
                system: "You write.".to_owned(),
                user: "Write.".to_owned(),
                schema_name: "candidates".to_owned(),
                schema: value!({"type":"object","properties":{},"required":[],"additionalProperties":false}),
                max_tokens: 800,
                model: Some("gpt-4.1-nano".to_owned()),
                temperature: Temperature::of_hundredths(70),
            };
            OpenAi::new(options).unwrap().chat(&request).await.unwrap();
            let body = server.seen()[0].json();
            let faults = spec.body_faults("/chat/completions", "post", &body);
            assert_eq!(faults, Vec::<String>::new(), "{body}");
        }
    }
}

#[tokio::test]
async fn the_check_itself_finds_what_is_wrong() {
    let Some(spec) = specs::spec("openai.json") else {
        return;
    };
    let message = value!({"role":"user","content":"a"});
    for body in [
        value!({"model":"m"}),
        value!({"model":"m","messages":[message],"max_token":1}),
        value!({"model":"m","messages":[{"role":"boss","content":"a"}]}),
        value!({"model":"m","messages":[message],"response_format":{"type":"json_schema"}}),
    ] {
        assert_ne!(
            spec.body_faults("/chat/completions", "post", &body),
            Vec::<String>::new(),
            "{body}"
        );
    }
}
