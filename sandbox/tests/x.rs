//! The X simulator over real sockets: what a client meets, good and bad.
#![allow(clippy::unwrap_used)]

#[path = "support/http.rs"]
mod http;

use std::time::Duration;

use clara_sandbox::{FaultKind, FaultRule, Options, Sandbox};
use http::{Reply, delete, get, post};
use serde_json::{Value, json};

const HARBOUR: &str = "sandbox-x-access-harbourcoffee";
const FJORD: &str = "sandbox-x-access-fjordbikes";
const HARBOUR_ID: &str = "1700000000000000001";

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

async fn tweet(sandbox: &Sandbox, token: &str, body: &Value) -> Reply {
    post(sandbox.addr(), "/x/2/tweets")
        .bearer(token)
        .json(body)
        .send()
        .await
}

async fn timeline(sandbox: &Sandbox, query: &str) -> Value {
    get(
        sandbox.addr(),
        &format!("/x/2/users/{HARBOUR_ID}/tweets?{query}"),
    )
    .bearer(HARBOUR)
    .send()
    .await
    .json()
}

#[tokio::test]
async fn a_post_goes_up_and_comes_back_as_x_gives_it() {
    let sandbox = sandbox().await;
    let text = "Beans & <buns> at https://harbour.example.com/menu today";
    let created = tweet(&sandbox, HARBOUR, &json!({ "text": text })).await;
    assert_eq!(created.status, 201);
    let id = created.json()["data"]["id"].as_str().unwrap().to_string();
    assert_eq!(created.header("x-rate-limit-limit"), Some("100"));
    assert_eq!(created.header("x-rate-limit-remaining"), Some("99"));
    assert_eq!(created.header("x-app-limit-24hour-limit"), Some("10000"));

    let seen = timeline(
        &sandbox,
        "tweet.fields=created_at,entities,note_tweet,referenced_tweets&max_results=5",
    )
    .await;
    let post = &seen["data"][0];
    assert_eq!(post["id"], id.as_str());
    assert_eq!(
        seen["meta"],
        json!({ "result_count": 1, "newest_id": id, "oldest_id": id })
    );
    let shown = post["text"].as_str().unwrap();
    assert!(
        shown.starts_with("Beans &amp; &lt;buns&gt; at https://t.co/"),
        "{shown}"
    );
    assert_eq!(
        post["entities"]["urls"][0]["expanded_url"],
        "https://harbour.example.com/menu"
    );
    assert_eq!(sandbox.x.posts("harbourcoffee")[0].text, text);
    assert_eq!(
        sandbox.x.bill("harbourcoffee").total_micro_dollars,
        200_000 + 5_000
    );
}

#[tokio::test]
async fn a_second_post_of_the_same_text_is_a_duplicate_for_that_account_only() {
    let sandbox = sandbox().await;
    let body = json!({ "text": "Fresh today" });
    assert_eq!(tweet(&sandbox, HARBOUR, &body).await.status, 201);
    let again = tweet(&sandbox, HARBOUR, &body).await;
    assert_eq!(again.status, 403);
    assert_eq!(
        again.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        again.json()["detail"],
        "You are not allowed to create a Tweet with duplicate content."
    );
    assert_eq!(again.json()["type"], "about:blank");
    assert_eq!(tweet(&sandbox, FJORD, &body).await.status, 201);
}

#[tokio::test]
async fn what_is_no_post_is_refused_with_a_reason() {
    let sandbox = sandbox().await;
    let status = async |body: Value| tweet(&sandbox, HARBOUR, &body).await.status;
    assert_eq!(status(json!({ "text": "x".repeat(281) })).await, 403);
    assert_eq!(status(json!({ "text": "x".repeat(280) })).await, 201);
    assert_eq!(status(json!({ "text": "日".repeat(141) })).await, 403);
    assert_eq!(
        status(json!({ "text": format!("{} example.com", "x".repeat(256)) })).await,
        201
    );
    assert_eq!(
        status(json!({ "text": format!("{} example.com", "x".repeat(257)) })).await,
        403
    );
    assert_eq!(status(json!({ "text": "" })).await, 400);
    assert_eq!(status(json!({ "text": 7 })).await, 400);
    assert_eq!(status(json!({ "txt": "hello" })).await, 400);
    assert_eq!(
        status(json!({ "text": "hi", "reply_settings": "nobody" })).await,
        400
    );
    assert_eq!(
        status(json!({ "text": "hi", "reply": { "in_reply_to_tweet_id": "abc" } })).await,
        400
    );
    assert_eq!(
        status(json!({ "text": "hi", "reply": { "in_reply_to_tweet_id": "12345" } })).await,
        403
    );
    assert_eq!(
        status(json!({ "text": "hi", "quote_tweet_id": "1", "media": { "media_ids": ["2"] } }))
            .await,
        400
    );
    assert_eq!(status(json!({ "text": "$ABC and $XYZ" })).await, 403);
    let bad = post(sandbox.addr(), "/x/2/tweets")
        .bearer(HARBOUR)
        .raw("application/json", "{nope")
        .send()
        .await;
    assert_eq!(bad.status, 400);
    assert!(
        bad.json()["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("not valid JSON")
    );
}

#[tokio::test]
async fn a_thread_is_replies_to_ones_own_posts_but_not_to_strangers() {
    let sandbox = sandbox().await;
    let first = tweet(&sandbox, HARBOUR, &json!({ "text": "One" }))
        .await
        .json()["data"]["id"]
        .clone();
    let reply = |text: &str| json!({ "text": text, "reply": { "in_reply_to_tweet_id": first } });
    assert_eq!(tweet(&sandbox, HARBOUR, &reply("Two")).await.status, 201);
    assert_eq!(
        tweet(&sandbox, FJORD, &reply("Look at our bikes"))
            .await
            .status,
        403
    );
    let seen = timeline(&sandbox, "post.fields=referenced_posts,conversation_id").await;
    assert_eq!(
        seen["data"][0]["referenced_posts"],
        json!([{ "type": "replied_to", "id": first }])
    );
    assert_eq!(seen["data"][0]["conversation_id"], first);
    assert_eq!(
        timeline(&sandbox, "exclude=replies,retweets").await["meta"]["result_count"],
        1
    );
}

#[tokio::test]
async fn an_unknown_or_revoked_token_opens_nothing() {
    let sandbox = sandbox().await;
    let me = async |token: &str| {
        get(sandbox.addr(), "/x/2/users/me")
            .bearer(token)
            .send()
            .await
    };
    assert_eq!(me("sandbox-x-access-nobody").await.status, 401);
    let known = me(HARBOUR).await;
    assert_eq!(
        known.json()["data"],
        json!({ "id": HARBOUR_ID, "name": "Harbour Coffee", "username": "harbourcoffee" })
    );
    assert!(sandbox.x.revoke("harbourcoffee"));
    assert_eq!(me(HARBOUR).await.status, 401);
    let fresh = sandbox.x.consent("harbourcoffee").unwrap();
    assert_eq!(me(&fresh.access_token).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_post_and_a_lost_request_leaves_none() {
    let sandbox = sandbox().await;
    let send = async |text: &str| {
        post(sandbox.addr(), "/x/2/tweets")
            .bearer(HARBOUR)
            .json(&json!({ "text": text }))
            .try_send()
            .await
    };
    sandbox.faults.add(
        FaultRule::new("x", FaultKind::RequestLost)
            .on("create_tweet")
            .times(1),
    );
    assert!(send("lost").await.is_none());
    assert!(sandbox.x.posts("harbourcoffee").is_empty());
    sandbox.faults.add(
        FaultRule::new("x", FaultKind::AnswerLost)
            .on("create_tweet")
            .times(1),
    );
    assert!(send("arrived").await.is_none());
    assert_eq!(sandbox.x.posts("harbourcoffee").len(), 1);
    assert_eq!(send("arrived").await.unwrap().status, 403);
    sandbox
        .faults
        .add(FaultRule::new("x", FaultKind::ServerErrorAfter { status: 502 }).times(1));
    assert_eq!(send("also arrived").await.unwrap().status, 502);
    assert_eq!(sandbox.x.posts("harbourcoffee").len(), 2);
    assert_eq!(sandbox.x.requests("harbourcoffee", "create_tweet"), 4);
}

#[tokio::test]
async fn each_fault_has_its_own_answer() {
    let sandbox = sandbox().await;
    let answer = async |kind: FaultKind| {
        sandbox.faults.add(
            FaultRule::new("x", kind)
                .on("create_tweet")
                .of("harbourcoffee")
                .times(1),
        );
        tweet(&sandbox, HARBOUR, &json!({ "text": "hello" })).await
    };
    let limited = answer(FaultKind::TooManyRequests {
        retry_after: Duration::from_secs(30),
    })
    .await;
    assert_eq!(limited.status, 429);
    let reset: i64 = limited
        .header("x-rate-limit-reset")
        .unwrap()
        .parse()
        .unwrap();
    let wait = reset - sandbox.clock.now().as_second();
    assert!((25..=31).contains(&wait), "{wait}");
    let capped = answer(FaultKind::UsageCapped).await;
    assert_eq!(
        (capped.status, capped.json()["period"].as_str()),
        (429, Some("Daily"))
    );
    assert!(
        capped.json()["type"]
            .as_str()
            .unwrap()
            .ends_with("/usage-capped")
    );
    let broke = answer(FaultKind::CreditsDepleted).await;
    assert_eq!(
        (broke.status, broke.json()["title"].as_str()),
        (402, Some("CreditsDepleted"))
    );
    assert_eq!(answer(FaultKind::TokenRevoked).await.status, 401);
    assert_eq!(
        answer(FaultKind::ServerError { status: 503 }).await.status,
        503
    );
    assert_eq!(sandbox.x.bill("harbourcoffee").total_micro_dollars, 0);
    assert_eq!(
        tweet(&sandbox, HARBOUR, &json!({ "text": "hello" }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn reads_may_lag_behind_writes() {
    let sandbox = sandbox().await;
    sandbox.faults.add(
        FaultRule::new(
            "x",
            FaultKind::ReadLag {
                by: Duration::from_secs(60),
            },
        )
        .on("timeline"),
    );
    tweet(&sandbox, HARBOUR, &json!({ "text": "hello" })).await;
    assert_eq!(
        timeline(&sandbox, "").await,
        json!({ "meta": { "result_count": 0 } })
    );
    sandbox.clock.advance(Duration::from_secs(61));
    assert_eq!(timeline(&sandbox, "").await["meta"]["result_count"], 1);
}

#[tokio::test]
async fn the_window_of_a_quarter_hour_holds_a_hundred_posts() {
    let sandbox = sandbox().await;
    for n in 0..100 {
        assert_eq!(
            tweet(&sandbox, HARBOUR, &json!({ "text": format!("post {n}") }))
                .await
                .status,
            201
        );
    }
    let refused = tweet(&sandbox, HARBOUR, &json!({ "text": "one more" })).await;
    assert_eq!(
        (refused.status, refused.header("x-rate-limit-remaining")),
        (429, Some("0"))
    );
    sandbox.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(
        tweet(&sandbox, HARBOUR, &json!({ "text": "one more" }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_long_timeline_comes_in_pages_newest_first() {
    let sandbox = sandbox().await;
    for n in 0..7 {
        tweet(&sandbox, HARBOUR, &json!({ "text": format!("post {n}") })).await;
    }
    let first = timeline(&sandbox, "max_results=5").await;
    assert!(first["data"][0]["text"].as_str().unwrap().ends_with('6'));
    let token = first["meta"]["next_token"].as_str().unwrap();
    let second = timeline(&sandbox, &format!("max_results=5&pagination_token={token}")).await;
    assert_eq!(second["meta"]["result_count"], 2);
    assert!(second["meta"].get("next_token").is_none());
    let since = first["meta"]["oldest_id"].as_str().unwrap();
    assert_eq!(
        timeline(&sandbox, &format!("since_id={since}")).await["meta"]["result_count"],
        4
    );
    let now = sandbox.clock.now();
    assert_eq!(
        timeline(&sandbox, &format!("start_time={now:.0}")).await["meta"]["result_count"],
        7
    );
    for wrong in [
        "max_results=4",
        "max_results=101",
        "start_time=yesterday",
        "pagination_token=x",
        "tweet.fields=color",
        "lang=en",
    ] {
        assert_eq!(
            timeline(&sandbox, wrong).await["title"],
            "Invalid Request",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_deleted_post_is_gone_and_only_its_author_can_delete_it() {
    let sandbox = sandbox().await;
    let id = tweet(&sandbox, HARBOUR, &json!({ "text": "oops" }))
        .await
        .json()["data"]["id"]
        .as_str()
        .unwrap()
        .to_string();
    let path = format!("/x/2/tweets/{id}");
    assert_eq!(
        delete(sandbox.addr(), &path)
            .bearer(FJORD)
            .send()
            .await
            .status,
        403
    );
    assert_eq!(
        get(sandbox.addr(), &path).bearer(FJORD).send().await.json()["data"]["text"],
        "oops"
    );
    let deleted = delete(sandbox.addr(), &path).bearer(HARBOUR).send().await;
    assert_eq!(
        (deleted.status, deleted.json()),
        (200, json!({ "data": { "deleted": true } }))
    );
    let gone = get(sandbox.addr(), &path).bearer(HARBOUR).send().await;
    assert_eq!(
        (gone.status, gone.json()["errors"][0]["title"].as_str()),
        (200, Some("Not Found Error"))
    );
    assert_eq!(
        tweet(&sandbox, HARBOUR, &json!({ "text": "oops" }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn credentials_that_are_mixed_up_are_told_to_be_anothers_and_post_all_the_same() {
    let sandbox = sandbox().await;
    let rule = FaultRule::new("x", FaultKind::OtherAccount).on("me");
    sandbox.faults.add(rule.of("harbourcoffee"));
    let me = |token| get(sandbox.addr(), "/x/2/users/me").bearer(token).send();
    assert_eq!(
        me(HARBOUR).await.json()["data"]["username"],
        me(FJORD).await.json()["data"]["username"]
    );
    let created = tweet(&sandbox, HARBOUR, &json!({ "text": "mine" })).await;
    assert_eq!(created.status, 201);
    assert_eq!(sandbox.x.posts("harbourcoffee").len(), 1);
}
