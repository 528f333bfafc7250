//! The account behind a token, and timelines.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use clara_actors::ports::XApi;
use clara_actors::ports::x::XError;
use clara_adapters::x::{Vocabulary, XHttp};
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;
use serde_json::{Value, json as value};

use crate::fixture::{NOON, account, fixture, harbour, options};
use crate::server::{Reply, Scripted, json, plain};

type Check = fn(&XError) -> bool;

fn since() -> Timestamp {
    // Half a second past: the parameter is rounded down.
    Timestamp::from_millisecond((NOON - 600) * 1000 + 500).unwrap()
}

async fn timeline(server: &Scripted) -> Result<Vec<TimelinePost>, XError> {
    fixture(&server.url)
        .x
        .timeline(&harbour(), &account(), since())
        .await
}

fn shown(id: &str, text: &str) -> Value {
    value!({"id": id, "text": text, "created_at": "2027-01-15T12:00:00.000Z", "edit_history_tweet_ids": [id]})
}

#[tokio::test]
async fn the_account_is_named_by_its_number_and_handle() {
    let server = Scripted::saying(json(
        200,
        value!({"data":{"id":"42","name":"Harbour","username":"harbourcoffee"}}),
    ))
    .await;
    assert_eq!(fixture(&server.url).x.me(&harbour()).await, Ok(account()));
    assert_eq!(server.seen()[0].path, "/2/users/me");
}

#[tokio::test]
async fn an_account_that_makes_no_sense_is_malformed() {
    for body in [
        value!({}),
        value!({"data":{"id":"42"}}),
        value!({"data":{"id":"../../2","username":"harbour"}}),
        value!({"data":{"id":"42","username":"not a handle"}}),
    ] {
        let server = Scripted::saying(json(200, body.clone())).await;
        let outcome = fixture(&server.url).x.me(&harbour()).await;
        assert!(
            matches!(outcome, Err(XError::Malformed { .. })),
            "{body} gave {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_read_that_fails_says_whether_to_wait_or_to_call_somebody() {
    let limit = plain(429, "").with("x-rate-limit-reset", NOON + 30);
    let checks: [(Reply, Check); 8] = [
        (
            limit,
            |e| matches!(e, XError::Throttled { retry_after, .. } if *retry_after == Duration::from_secs(30)),
        ),
        (plain(401, ""), |e| matches!(e, XError::Blocked { .. })),
        (plain(403, ""), |e| matches!(e, XError::Blocked { .. })),
        (plain(503, ""), |e| matches!(e, XError::Unavailable { .. })),
        (Reply::HangUp, |e| matches!(e, XError::Unavailable { .. })),
        (plain(400, ""), |e| matches!(e, XError::Malformed { .. })),
        (plain(404, ""), |e| matches!(e, XError::Malformed { .. })),
        (plain(200, "nonsense"), |e| {
            matches!(e, XError::Malformed { .. })
        }),
    ];
    for (reply, expected) in checks {
        let server = Scripted::saying(reply.clone()).await;
        let error = timeline(&server).await.unwrap_err();
        assert!(expected(&error), "{reply:?} gave {error:?}");
    }
    let error = fixture(&Scripted::nobody().await)
        .x
        .me(&harbour())
        .await
        .unwrap_err();
    assert!(matches!(error, XError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn every_page_of_a_timeline_is_read() {
    let server = Scripted::start(|seen, _| {
        let (posts, next) = match seen.parameter("pagination_token") {
            None => ([shown("3", "c"), shown("2", "b")], Some("t1")),
            Some("t1") => ([shown("1", "a"), shown("0", "z")], None),
            Some(other) => panic!("{other} was never given"),
        };
        json(
            200,
            value!({"data": posts, "meta": {"result_count": 2, "next_token": next}}),
        )
    })
    .await;
    let ids: Vec<_> = timeline(&server)
        .await
        .unwrap()
        .iter()
        .map(|post| post.id.to_string())
        .collect();
    assert_eq!(ids, ["3", "2", "1", "0"]);
    let first = &server.seen()[0];
    assert_eq!(first.path, "/2/users/42/tweets");
    for (name, expected) in [
        ("start_time", "2027-01-15T11:50:00Z"),
        ("max_results", "100"),
        ("exclude", "retweets"),
        ("tweet.fields", "created_at,entities,note_tweet"),
    ] {
        assert_eq!(first.parameter(name), Some(expected));
    }
}

#[tokio::test]
async fn a_window_that_begins_now_is_moved_back_for_x_s_clock() {
    let server = Scripted::saying(json(200, value!({"meta":{"result_count":0}}))).await;
    let now = Timestamp::from_second(NOON).unwrap();
    assert_eq!(
        fixture(&server.url)
            .x
            .timeline(&harbour(), &account(), now)
            .await,
        Ok(Vec::new())
    );
    assert_eq!(
        server.seen()[0].parameter("start_time"),
        Some("2027-01-15T11:59:30Z")
    );
}

#[tokio::test]
async fn a_timeline_that_is_not_whole_is_an_error_and_never_a_shorter_one() {
    let page = |posts: Value, next: Option<&str>| {
        json(200, value!({"data": posts, "meta": {"next_token": next}}))
    };
    let nameless = value!([{"text": "no id", "created_at": "2027-01-15T12:00:00.000Z"}]);
    let dateless = value!([{"id": "1", "text": "no date"}]);
    for reply in [
        page(nameless, None),
        page(dateless, None),
        page(value!([shown("1", "a")]), Some("again")),
    ] {
        let server = Scripted::saying(reply.clone()).await;
        let outcome = timeline(&server).await;
        assert!(
            matches!(outcome, Err(XError::Malformed { .. })),
            "{reply:?} gave {outcome:?}"
        );
    }
    let endless = Scripted::start(move |_, before| {
        json(
            200,
            value!({"data": [], "meta": {"next_token": format!("t{before}")}}),
        )
    })
    .await;
    assert!(matches!(
        timeline(&endless).await,
        Err(XError::Malformed { .. })
    ));
    assert_eq!(endless.seen().len(), 33);
    let broken_later = Scripted::start(|_, before| match before {
        0 => json(
            200,
            value!({"data": [shown("1", "a")], "meta": {"next_token": "t"}}),
        ),
        _ => plain(503, ""),
    })
    .await;
    assert!(matches!(
        timeline(&broken_later).await,
        Err(XError::Unavailable { .. })
    ));
}

#[tokio::test]
async fn an_account_that_is_gone_has_no_empty_timeline() {
    let body = value!({"errors":[{"title":"Not Found Error","detail":"Could not find user with id: [42].",
        "type":"https://api.twitter.com/2/problems/resource-not-found"}]});
    let server = Scripted::saying(json(200, body)).await;
    assert_eq!(
        timeline(&server).await,
        Err(XError::Blocked {
            reason: "HTTP 200 OK: Could not find user with id: [42].".to_owned()
        })
    );
}

#[tokio::test]
async fn a_long_post_is_read_from_its_note_in_either_vocabulary() {
    for (vocabulary, parameter, field) in [
        (Vocabulary::Tweet, "tweet.fields", "note_tweet"),
        (Vocabulary::Post, "post.fields", "note_post"),
    ] {
        let mut long = shown("1", "the beginning… https://t.co/self");
        long[field] = value!({
            "text": "the whole &amp; the link https://t.co/abc",
            "entities": {"urls": [{"start": 25, "end": 41, "url": "https://t.co/abc", "expanded_url": "https://harbour.example"}]},
        });
        let server = Scripted::saying(json(200, value!({"data": [long], "meta": {}}))).await;
        let fixture = fixture(&server.url);
        let mut options = options(&server.url, &fixture.store, &fixture.clock);
        options.vocabulary = vocabulary;
        let x = XHttp::new(options).unwrap();
        let posts = x.timeline(&harbour(), &account(), since()).await.unwrap();
        assert_eq!(
            posts[0].text,
            "the whole & the link https://harbour.example"
        );
        let asked = server.seen()[0].parameter(parameter).unwrap().to_owned();
        assert!(asked.contains(field), "{asked}");
    }
}
