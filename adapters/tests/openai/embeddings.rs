//! Vectors against a scripted server and against the vendor's spec.

use std::time::Duration;

use clara_actors::ports::Embedder;
use clara_actors::ports::embed::{Embeddings, MOST_TEXTS};
use clara_actors::ports::model::ModelError;
use clara_adapters::openai::embeddings::{EmbedderOptions, OpenAiEmbedder};
use serde_json::{Value, json as value};

use crate::server::{Reply, Scripted, json, plain};
use crate::specs;

fn embedder(url: &str) -> OpenAiEmbedder {
    OpenAiEmbedder::new(EmbedderOptions {
        base_url: format!("{url}/v1"),
        model: "vectors-1".to_owned(),
        api_key: Some("s3cret".to_owned().into()),
        timeout: Duration::from_secs(10),
        dimensions: Some(2),
    })
    .unwrap()
}

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("text {n}")).collect()
}

async fn made(reply: Reply) -> Result<Embeddings, ModelError> {
    let server = Scripted::saying(reply).await;
    embedder(&server.url).embed(&texts(2)).await
}

fn list(data: Value) -> Reply {
    json(
        200,
        value!({"object":"list","model":"vectors-1-2026","data":data,"usage":{"prompt_tokens":7,"total_tokens":7}}),
    )
}

#[tokio::test]
async fn vectors_come_in_the_order_of_their_texts() {
    let answer = made(list(value!([
        {"object":"embedding","index":1,"embedding":[0.0, 1.0]},
        {"object":"embedding","index":0,"embedding":[0.5, -0.5]},
    ])))
    .await
    .unwrap();
    assert_eq!(answer.vectors, [vec![0.5, -0.5], vec![0.0, 1.0]]);
    assert_eq!(
        (answer.model.as_str(), answer.tokens),
        ("vectors-1-2026", 7)
    );
}

#[tokio::test]
async fn vectors_of_different_lengths_are_of_different_kinds() {
    let shortened = embedder("http://127.0.0.1:9");
    assert_eq!(shortened.model(), "vectors-1");
    assert_eq!(shortened.kind(), "vectors-1 of 2");
    let whole = OpenAiEmbedder::new(EmbedderOptions {
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        model: "vectors-1".to_owned(),
        api_key: None,
        timeout: Duration::from_secs(10),
        dimensions: None,
    });
    assert_eq!(whole.unwrap().kind(), "vectors-1");
}

#[tokio::test]
async fn a_compatible_server_may_leave_out_numbers_name_and_tokens() {
    let bare = value!({"data":[{"embedding":[1]},{"embedding":[2]}]});
    let answer = made(json(200, bare)).await.unwrap();
    assert_eq!(answer.vectors, [vec![1.0], vec![2.0]]);
    assert_eq!((answer.model.as_str(), answer.tokens), ("vectors-1", 0));
}

#[tokio::test]
async fn vectors_that_cannot_be_compared_are_a_service_out_of_order() {
    let vector = |index: usize, numbers: Value| value!({"index":index,"embedding":numbers});
    for data in [
        value!([]),
        value!([vector(0, value!([1]))]),
        value!([vector(0, value!([1])), vector(0, value!([1]))]),
        value!([vector(0, value!([1])), vector(2, value!([1]))]),
        value!([vector(0, value!([1])), vector(1, value!([1, 2]))]),
        value!([vector(0, value!([])), vector(1, value!([]))]),
        value!([vector(0, value!([1])), vector(1, value!([1e300]))]),
        value!([vector(0, value!("AACAPw==")), vector(1, value!("AACAPw=="))]),
    ] {
        let error = made(list(data.clone())).await.unwrap_err();
        assert!(
            matches!(error, ModelError::Unavailable { .. }),
            "{data} gave {error:?}"
        );
    }
}

#[tokio::test]
async fn refusals_are_told_apart_as_those_of_a_text_are() {
    let no = |status, code: &str| {
        json(
            status,
            value!({"error":{"message":"no","type":"t","code":code}}),
        )
    };
    let throttled = made(no(429, "rate_limit_exceeded").with("retry-after", 3)).await;
    assert!(
        matches!(throttled, Err(ModelError::Throttled { retry_after: Some(wait), .. }) if wait == Duration::from_secs(3)),
        "{throttled:?}"
    );
    let poor = made(no(429, "insufficient_quota")).await;
    assert!(
        matches!(poor, Err(ModelError::NotEntitled { .. })),
        "{poor:?}"
    );
    let away = made(plain(503, "")).await;
    assert!(
        matches!(away, Err(ModelError::Unavailable { .. })),
        "{away:?}"
    );
    let strange = made(plain(404, "no such path")).await;
    assert!(
        matches!(strange, Err(ModelError::BadRequest { .. })),
        "{strange:?}"
    );
}

#[tokio::test]
async fn what_no_service_would_take_is_not_sent() {
    let server = Scripted::saying(plain(500, "")).await;
    for bad in [vec![], texts(MOST_TEXTS + 1), vec![" ".to_owned()]] {
        let error = embedder(&server.url).embed(&bad).await.unwrap_err();
        assert!(matches!(error, ModelError::BadRequest { .. }), "{error:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_request_for_vectors_fits_the_spec_and_carries_the_key() {
    let server = Scripted::saying(list(value!([{"embedding":[1]},{"embedding":[1]}]))).await;
    embedder(&server.url).embed(&texts(2)).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/v1/embeddings");
    assert_eq!(seen[0].header("authorization"), Some("Bearer s3cret"));
    let body = seen[0].json();
    let expected = value!({"model":"vectors-1","input":["text 0","text 1"],"encoding_format":"float","dimensions":2});
    assert_eq!(body, expected);
    if let Some(spec) = specs::spec("openai.json") {
        let faults = spec.body_faults("/embeddings", "post", &body);
        assert_eq!(faults, Vec::<String>::new(), "{body}");
    }
}
