//! Moderation against a scripted server and against the vendor's spec.

use std::time::Duration;

use clara_actors::ports::Moderator;
use clara_actors::ports::model::ModelError;
use clara_actors::ports::moderation::{MOST_TEXTS, ModerationVerdict};
use clara_adapters::openai::moderation::{ModeratorOptions, OpenAiModerator};
use serde_json::{Value, json as value};

use crate::server::{Reply, Scripted, json, plain};
use crate::specs;

fn moderator(url: &str) -> OpenAiModerator {
    OpenAiModerator::new(ModeratorOptions {
        base_url: format!("{url}/v1"),
        model: "omni-moderation-latest".to_owned(),
        api_key: Some("s3cret".to_owned().into()),
        timeout: Duration::from_secs(10),
    })
    .unwrap()
}

fn texts() -> Vec<String> {
    vec!["one".to_owned(), "two".to_owned()]
}

async fn judged(reply: Reply) -> Result<Vec<ModerationVerdict>, ModelError> {
    let server = Scripted::saying(reply).await;
    moderator(&server.url).moderate(&texts()).await
}

fn results(results: Value) -> Reply {
    json(
        200,
        value!({"id":"m","model":"omni-moderation-2024-09-26","results":results}),
    )
}

#[tokio::test]
async fn a_verdict_names_what_applies_and_nothing_else() {
    let verdicts = judged(results(value!([
        {"flagged":true,"categories":{"violence/graphic":true,"hate":true,"sexual":false,"illicit":null},"category_scores":{"hate":0.9}},
        {"flagged":false,"categories":{"hate":false}},
    ])))
    .await
    .unwrap();
    let first = ModerationVerdict {
        flagged: true,
        categories: vec!["hate".to_owned(), "violence/graphic".to_owned()],
    };
    assert_eq!(verdicts, [first, ModerationVerdict::default()]);
}

#[tokio::test]
async fn an_answer_that_leaves_a_text_unjudged_lets_nothing_pass() {
    for body in [
        value!([]),
        value!([{"flagged":false,"categories":{}}]),
        value!([{"flagged":false},{"categories":{}}]),
        value!([{"flagged":false},{"flagged":"no"}]),
    ] {
        let error = judged(results(body.clone())).await.unwrap_err();
        assert!(
            matches!(error, ModelError::Unavailable { .. }),
            "{body} gave {error:?}"
        );
    }
}

#[tokio::test]
async fn a_service_without_moderation_is_told_from_one_that_is_away() {
    let none = judged(plain(404, "Not Found")).await.unwrap_err();
    assert!(matches!(none, ModelError::BadRequest { .. }), "{none:?}");
    let away = judged(Reply::HangUp).await.unwrap_err();
    assert!(matches!(away, ModelError::Unavailable { .. }), "{away:?}");
    let busy = judged(plain(429, "")).await.unwrap_err();
    assert!(matches!(busy, ModelError::Throttled { .. }), "{busy:?}");
}

#[tokio::test]
async fn a_request_for_verdicts_fits_the_spec_and_carries_the_key() {
    let server = Scripted::saying(results(value!([{"flagged":false},{"flagged":false}]))).await;
    moderator(&server.url).moderate(&texts()).await.unwrap();
    let many = vec!["x".to_owned(); MOST_TEXTS + 1];
    assert!(moderator(&server.url).moderate(&many).await.is_err());
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "what no service would take was sent");
    assert_eq!(seen[0].path, "/v1/moderations");
    assert_eq!(seen[0].header("authorization"), Some("Bearer s3cret"));
    let body = seen[0].json();
    assert_eq!(
        body,
        value!({"model":"omni-moderation-latest","input":["one","two"]})
    );
    if let Some(spec) = specs::spec("openai.json") {
        let faults = spec.body_faults("/moderations", "post", &body);
        assert_eq!(faults, Vec::<String>::new(), "{body}");
    }
}
