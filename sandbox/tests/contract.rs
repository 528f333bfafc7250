//! Every answer of the X and OpenAI simulators against the vendors' own schemas, where the specs are at hand:
//! in `../shared/specs` beside the project, or where `CLARA_SPECS` says.
#![allow(clippy::unwrap_used)]

#[path = "support/http.rs"]
mod http;
#[path = "support/schema.rs"]
mod schema;

use std::io::Write;
use std::path::PathBuf;

use clara_sandbox::x::Settings;
use clara_sandbox::{FaultKind, FaultRule, Options, Sandbox};
use http::{Reply, delete, get, post};
use schema::Spec;
use serde_json::{Value, json};

const HARBOUR: &str = "sandbox-x-access-harbourcoffee";
const HARBOUR_ID: &str = "1700000000000000001";
const KEY: &str = "sandbox-openai-key";

/// The vendor's spec; `None`, said aloud, where it is not at hand.
fn spec(file: &str) -> Option<Spec> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let path = std::env::var_os("CLARA_SPECS")
        .map_or(beside, PathBuf::from)
        .join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(Spec(serde_json::from_slice(&bytes).unwrap())),
        Err(error) => {
            let mut aloud = std::io::stderr();
            // Past the test harness's capture, so that a skipped contract is seen.
            writeln!(
                aloud,
                "skipped: the contract with {} ({error})",
                path.display()
            )
            .unwrap();
            None
        }
    }
}

#[track_caller]
fn holds(spec: &Spec, schema: &Value, reply: &Reply) {
    let complaints = spec.complaints(schema, &reply.json());
    assert!(complaints.is_empty(), "{complaints:#?}\nin {}", reply.body);
}

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

/// A post with a link, one that answers it, a long one: ids of the first and the last.
async fn furnished(sandbox: &Sandbox, spec: &Spec) -> String {
    let create = async |body: Value| {
        let reply = post(sandbox.addr(), "/x/2/tweets")
            .bearer(HARBOUR)
            .json(&body)
            .send()
            .await;
        holds(spec, spec.response("post", "/2/tweets", "201"), &reply);
        reply.json()["data"]["id"].as_str().unwrap().to_string()
    };
    let first = create(json!({ "text": "Menu & more: https://harbour.example.com/menu" })).await;
    create(json!({ "text": "And so on", "reply": { "in_reply_to_tweet_id": first } })).await;
    create(json!({ "text": format!("Long {} example.com", "x ".repeat(200)) })).await;
    first
}

async fn x_reads_hold(spec: &Spec, parameter: &str, fields: &str) {
    let sandbox = sandbox().await;
    sandbox.x.set(Settings {
        newer: parameter == "post.fields",
        long_posts: true,
        ..Settings::default()
    });
    let first = furnished(&sandbox, spec).await;
    let read = async |path: &str| get(sandbox.addr(), path).bearer(HARBOUR).send().await;
    let timeline = spec.response("get", "/2/users/{id}/tweets", "200");
    let path = format!("/x/2/users/{HARBOUR_ID}/tweets?{parameter}={fields}");
    let full = read(&path).await;
    assert_eq!(full.json()["data"].as_array().unwrap().len(), 3);
    holds(spec, timeline, &full);
    holds(
        spec,
        timeline,
        &read(&format!(
            "/x/2/users/{HARBOUR_ID}/tweets?since_id=9999999999999999999"
        ))
        .await,
    );
    holds(spec, timeline, &read("/x/2/users/12345/tweets").await);
    let one = spec.response("get", "/2/tweets/{id}", "200");
    holds(
        spec,
        one,
        &read(&format!("/x/2/tweets/{first}?{parameter}={fields}")).await,
    );
    holds(spec, one, &read("/x/2/tweets/12345").await);
    let me = spec.response("get", "/2/users/me", "200");
    holds(
        spec,
        me,
        &read("/x/2/users/me?user.fields=created_at,verified,protected,description").await,
    );
    let deleted = delete(sandbox.addr(), &format!("/x/2/tweets/{first}"))
        .bearer(HARBOUR)
        .send()
        .await;
    holds(
        spec,
        spec.response("delete", "/2/tweets/{id}", "200"),
        &deleted,
    );
}

#[tokio::test]
async fn x_answers_as_the_older_spec_says() {
    let Some(spec) = spec("x-api-v2.166.json") else {
        return;
    };
    let fields = "created_at,entities,note_tweet,referenced_tweets,author_id,conversation_id,in_reply_to_user_id,lang,public_metrics,reply_settings,possibly_sensitive";
    x_reads_hold(&spec, "tweet.fields", fields).await;
}

#[tokio::test]
async fn x_answers_as_the_newer_spec_says() {
    let Some(spec) = spec("x-api-v2.167.json") else {
        return;
    };
    let fields = "created_at,entities,note_post,referenced_posts,author_id,conversation_id,in_reply_to_user_id,lang,public_metrics,reply_settings,possibly_sensitive";
    x_reads_hold(&spec, "post.fields", fields).await;
}

#[tokio::test]
async fn x_refuses_as_the_older_spec_says() {
    let Some(spec) = spec("x-api-v2.166.json") else {
        return;
    };
    let sandbox = sandbox().await;
    let create = async |body: Value| {
        post(sandbox.addr(), "/x/2/tweets")
            .bearer(HARBOUR)
            .json(&body)
            .send()
            .await
    };
    holds(
        &spec,
        spec.named("InvalidRequestProblem"),
        &create(json!({ "text": 7 })).await,
    );
    create(json!({ "text": "twice" })).await;
    holds(
        &spec,
        spec.named("GenericProblem"),
        &create(json!({ "text": "twice" })).await,
    );
    let refused = get(sandbox.addr(), "/x/2/users/me")
        .bearer("nobody")
        .send()
        .await;
    holds(&spec, spec.named("GenericProblem"), &refused);
    let missing = delete(sandbox.addr(), "/x/2/tweets/12345")
        .bearer(HARBOUR)
        .send()
        .await;
    holds(&spec, spec.named("ResourceNotFoundProblem"), &missing);
    for (kind, schema) in [
        (FaultKind::UsageCapped, "UsageCapExceededProblem"),
        (
            FaultKind::TooManyRequests {
                retry_after: std::time::Duration::from_secs(1),
            },
            "GenericProblem",
        ),
        (FaultKind::ServerError { status: 503 }, "GenericProblem"),
        (FaultKind::CreditsDepleted, "Problem"),
    ] {
        sandbox.faults.add(FaultRule::new("x", kind).times(1));
        holds(
            &spec,
            spec.named(schema),
            &create(json!({ "text": "once" })).await,
        );
    }
}

#[tokio::test]
async fn openai_answers_as_its_spec_says() {
    let Some(spec) = spec("openai.json") else {
        return;
    };
    let sandbox = sandbox().await;
    let send = async |path: &str, body: Value| {
        post(sandbox.addr(), &format!("/openai/v1{path}"))
            .bearer(KEY)
            .json(&body)
            .send()
            .await
    };
    let chat = spec.response("post", "/chat/completions", "200");
    let body = json!({ "model": "sandbox-writer", "n": 2, "messages": [{ "role": "user", "content": "Brief: tea" }] });
    holds(&spec, chat, &send("/chat/completions", body.clone()).await);
    for kind in [
        FaultKind::Refusal,
        FaultKind::BadJson,
        FaultKind::LengthCut,
        FaultKind::ContentFilter,
        FaultKind::TooLong,
    ] {
        sandbox.faults.add(FaultRule::new("openai", kind).times(1));
        holds(&spec, chat, &send("/chat/completions", body.clone()).await);
    }
    let moderation = json!({ "model": "omni-moderation-latest", "input": "kill" });
    holds(
        &spec,
        spec.response("post", "/moderations", "200"),
        &send("/moderations", moderation).await,
    );
    let embedding = json!({ "model": "text-embedding-3-small", "input": ["a", "b"] });
    holds(
        &spec,
        spec.response("post", "/embeddings", "200"),
        &send("/embeddings", embedding).await,
    );
    let models = get(sandbox.addr(), "/openai/v1/models")
        .bearer(KEY)
        .send()
        .await;
    holds(&spec, spec.response("get", "/models", "200"), &models);
    holds(
        &spec,
        spec.named("ErrorResponse"),
        &send("/chat/completions", json!({})).await,
    );
    for kind in [
        FaultKind::InsufficientQuota,
        FaultKind::ServerError { status: 500 },
        FaultKind::TokenRevoked,
        FaultKind::ContextTooLong,
        FaultKind::ModelNotFound,
    ] {
        sandbox.faults.add(FaultRule::new("openai", kind).times(1));
        holds(
            &spec,
            spec.named("ErrorResponse"),
            &send("/chat/completions", body.clone()).await,
        );
    }
}

#[test]
fn the_checker_complains_about_what_is_wrong() {
    let spec = Spec(json!({ "components": { "schemas": { "Post": {
        "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "pattern": "^[0-9]{1,19}$" }, "n": {
            "anyOf": [{ "type": "integer" }, { "type": "null" }],
        } },
    } } } }));
    let complaints = |value: Value| spec.complaints(spec.named("Post"), &value).len();
    assert_eq!(complaints(json!({ "id": "12", "n": 3 })), 0);
    assert_eq!(complaints(json!({ "id": "12", "n": null })), 0);
    assert_eq!(complaints(json!({})), 1);
    assert_eq!(complaints(json!({ "id": 12 })), 2);
    assert_eq!(complaints(json!({ "id": "1a" })), 1);
    assert_eq!(complaints(json!({ "id": "1", "n": "x" })), 1);
    assert_eq!(complaints(json!({ "id": "1", "extra": 1 })), 1);
}
