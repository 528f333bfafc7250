//! The outcome classes of a create.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clara_actors::ports::XApi;
use clara_actors::ports::x::{NewPost, Publication, RateHints, RateWindow, XEndpoint};
use clara_adapters::x::XHttp;
use clara_domain::content::{Media, MediaKind, ReplySettings};
use clara_domain::ids::PostId;
use jiff::Timestamp;
use serde_json::json as value;

use crate::fixture::{NOON, fixture, harbour, options, post};
use crate::server::{Reply, Scripted, json, plain};

pub(crate) async fn created(reply: Reply) -> Publication {
    let server = Scripted::saying(reply).await;
    let outcome = fixture(&server.url)
        .x
        .create(&harbour(), &post("Good morning"), &|| Ok(()))
        .await;
    assert_eq!(server.count("/2/tweets"), 1, "a create was sent again");
    outcome
}

fn accepted(id: &str) -> Publication {
    Publication::Accepted {
        post: PostId::new(id).unwrap(),
    }
}

pub(crate) fn problem(status: u16, detail: &str) -> Reply {
    json(
        status,
        value!({ "title": "t", "detail": detail, "type": "about:blank", "status": status }),
    )
}

pub(crate) fn typed(status: u16, kind: &str, more: serde_json::Value) -> Reply {
    let mut body = value!({ "title": "t", "detail": "d", "type": format!("https://api.x.com/2/problems/{kind}") });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json(status, body)
}

#[tokio::test]
async fn a_created_post_is_accepted_by_its_id() {
    assert_eq!(
        created(json(
            201,
            value!({"data":{"id":"17","text":"Good morning"}})
        ))
        .await,
        accepted("17")
    );
    let with_errors =
        value!({"data":{"id":"17","text":"x"},"errors":[{"title":"t","detail":"no such field"}]});
    assert_eq!(created(json(201, with_errors)).await, accepted("17"));
    assert_eq!(
        created(json(200, value!({"data":{"id":17}}))).await,
        accepted("17")
    );
}

#[tokio::test]
async fn a_success_without_a_readable_id_is_unknown() {
    for reply in [
        json(201, value!({"data":{}})),
        json(201, value!({"data":{"id":"seventeen"}})),
        json(201, value!({"errors":[{"detail":"?"}]})),
        plain(201, ""),
        plain(201, "<html>"),
        Reply::CutOff {
            status: 201,
            body: r#"{"data":{"id":"17"}}"#.to_owned(),
        },
    ] {
        let outcome = created(reply.clone()).await;
        assert!(
            matches!(outcome, Publication::Unknown { .. }),
            "{reply:?} gave {outcome:?}"
        );
    }
}

#[tokio::test]
async fn what_says_nothing_about_the_post_is_unknown() {
    for reply in [
        plain(500, "oops"),
        problem(503, "Service Unavailable"),
        plain(504, ""),
        plain(408, ""),
        Reply::HangUp,
        Reply::CutOff {
            status: 503,
            body: "{".to_owned(),
        },
        // A 403 without its words may be the one that says the post is live already.
        Reply::CutOff {
            status: 403,
            body: r#"{"detail":"#.to_owned(),
        },
    ] {
        let outcome = created(reply.clone()).await;
        assert!(
            matches!(outcome, Publication::Unknown { .. }),
            "{reply:?} gave {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_duplicate_is_refused_as_one() {
    let words = "You are not allowed to create a Tweet with duplicate content.";
    let expected = Publication::Refused {
        reason: format!("HTTP 403 Forbidden: {words}"),
        duplicate: true,
    };
    assert_eq!(created(problem(403, words)).await, expected);
    let older = value!({"errors":[{"code":187,"message":"Status is a duplicate."}]});
    assert!(matches!(
        created(json(403, older)).await,
        Publication::Refused {
            duplicate: true,
            ..
        }
    ));
}

#[tokio::test]
async fn what_is_wrong_with_the_post_itself_is_refused_in_x_s_words() {
    let body = value!({
        "title": "Invalid Request", "detail": "One was invalid.", "type": "https://api.twitter.com/2/problems/invalid-request",
        "errors": [{ "parameters": { "text": [] }, "message": "too long" }],
    });
    let expected = Publication::Refused {
        reason: "HTTP 400 Bad Request: One was invalid. too long".to_owned(),
        duplicate: false,
    };
    assert_eq!(created(json(400, body)).await, expected);
    for reply in [
        problem(403, "Reply to this conversation is not allowed."),
        plain(403, ""),
        plain(422, "<p>"),
    ] {
        let outcome = created(reply).await;
        assert!(
            matches!(
                outcome,
                Publication::Refused {
                    duplicate: false,
                    ..
                }
            ),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_blocked() {
    for reply in [
        problem(401, "Unauthorized"),
        typed(
            403,
            "client-forbidden",
            value!({"reason":"client-not-enrolled"}),
        ),
        typed(403, "oauth1-permissions", value!({})),
        problem(
            403,
            "Your account is suspended and is not permitted to access this feature.",
        ),
        json(
            403,
            value!({"errors":[{"code":326,"message":"To protect our users, this account is locked."}]}),
        ),
        plain(404, "<html>nginx"),
        plain(301, "").with("location", "https://elsewhere.example/2/tweets"),
    ] {
        let outcome = created(reply.clone()).await;
        assert!(
            matches!(outcome, Publication::Blocked { .. }),
            "{reply:?} gave {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_throttled_create_waits_until_x_says_by_our_clock() {
    let limit = || problem(429, "Too Many Requests");
    for (reply, seconds) in [
        (
            limit()
                .with("x-rate-limit-remaining", 0)
                .with("x-rate-limit-reset", NOON + 321),
            321,
        ),
        (limit().with("x-rate-limit-reset", NOON + 321), 321),
        (limit().with("x-rate-limit-reset", NOON - 5), 1),
        (limit().with("x-rate-limit-reset", NOON + 999_999), 86_400),
        // The quarter of an hour is not used up, the day is.
        (
            limit()
                .with("x-rate-limit-remaining", 7)
                .with("x-rate-limit-reset", NOON + 60)
                .with("x-app-limit-24hour-remaining", 0)
                .with("x-app-limit-24hour-reset", NOON + 7_200),
            7_200,
        ),
        (limit().with("retry-after", 9), 9),
        (limit(), 60),
        (plain(429, ""), 60),
        (
            json(
                403,
                value!({"errors":[{"code":185,"message":"User is over daily status update limit."}]}),
            ),
            1_800,
        ),
    ] {
        match created(reply.clone()).await {
            Publication::Throttled { retry_after, .. } => {
                assert_eq!(retry_after, Duration::from_secs(seconds), "{reply:?}");
            }
            other => panic!("{reply:?} gave {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_request_that_found_nobody_was_not_sent() {
    let outcome = fixture(&Scripted::nobody().await)
        .x
        .create(&harbour(), &post("x"), &|| Ok(()))
        .await;
    let Publication::NotSent { reason } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        reason.starts_with("no connection to 127.0.0.1: Connection refused"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_was_not_sent() {
    // Too long for a name, so nobody on the network is asked for it.
    let nowhere = format!("http://{}.localhost", "x".repeat(64));
    let outcome = fixture(&nowhere)
        .x
        .create(&harbour(), &post("x"), &|| Ok(()))
        .await;
    assert!(
        matches!(outcome, Publication::NotSent { .. }),
        "{outcome:?}"
    );
}

fn impatient(url: &str) -> (XHttp, tempfile::TempDir) {
    let fixture = fixture(url);
    let mut options = options(url, &fixture.store, &fixture.clock);
    options.timeout = Duration::from_secs(2);
    (XHttp::new(options).unwrap(), fixture.dir)
}

#[tokio::test]
async fn tls_that_does_not_come_up_was_not_sent() {
    // A server that says nothing, and one that speaks no TLS.
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute_url = format!("https://{}", mute.local_addr().unwrap());
    let plain_http = Scripted::saying(Reply::HangUp)
        .await
        .url
        .replace("http://", "https://");
    let keeping = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok(connection) = mute.accept().await {
            kept.push(connection);
        }
    });
    for url in [mute_url, plain_http] {
        let (x, _dir) = impatient(&url);
        let outcome = x.create(&harbour(), &post("x"), &|| Ok(())).await;
        assert!(
            matches!(outcome, Publication::NotSent { .. }),
            "{url} gave {outcome:?}"
        );
    }
    keeping.abort();
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_it_unknown() {
    let server = Scripted::saying(Reply::Silence).await;
    let (x, _dir) = impatient(&server.url);
    let outcome = x.create(&harbour(), &post("x"), &|| Ok(())).await;
    let Publication::Unknown { reason } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reason, "no answer from 127.0.0.1 within 2s");
    assert_eq!(server.count("/2/tweets"), 1);
}

#[tokio::test]
async fn every_create_takes_a_fresh_connection() {
    let server = Scripted::saying(json(201, value!({"data":{"id":"1"}}))).await;
    let fixture = fixture(&server.url);
    for _ in 0..3 {
        assert_eq!(
            fixture.x.create(&harbour(), &post("x"), &|| Ok(())).await,
            accepted("1")
        );
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_request_says_exactly_what_was_asked_for() {
    let server = Scripted::saying(json(201, value!({"data":{"id":"1"}}))).await;
    let fixture = fixture(&server.url);
    let reply = NewPost {
        in_reply_to: Some(PostId::new("99").unwrap()),
        reply_settings: ReplySettings::MentionedUsers,
        ..post("second \u{1f375}\n& more")
    };
    fixture
        .x
        .create(&harbour(), &post("first"), &|| Ok(()))
        .await;
    fixture.x.create(&harbour(), &reply, &|| Ok(())).await;
    let seen = server.seen();
    assert_eq!(seen[0].json(), value!({"text":"first"}));
    assert_eq!(
        seen[1].json(),
        value!({"text":"second \u{1f375}\n& more","reply":{"in_reply_to_tweet_id":"99"},"reply_settings":"mentionedUsers"})
    );
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path.as_str()),
        ("POST", "/2/tweets")
    );
    assert_eq!(seen[0].header("authorization"), Some("Bearer access-0"));
    assert_eq!(
        seen[0].header("user-agent"),
        Some(concat!("clara/", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn pictures_are_refused_without_a_request() {
    let server = Scripted::saying(json(201, value!({"data":{"id":"1"}}))).await;
    let mut pictured = post("x");
    pictured.media.push(Media {
        key: "k".to_owned(),
        kind: MediaKind::Photo,
        alt_text: None,
    });
    let outcome = fixture(&server.url)
        .x
        .create(&harbour(), &pictured, &|| Ok(()))
        .await;
    assert!(
        matches!(
            outcome,
            Publication::Refused {
                duplicate: false,
                ..
            }
        ),
        "{outcome:?}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_token_that_x_repeats_is_not_passed_on() {
    let Publication::Refused { reason, .. } =
        created(problem(400, "bad token access-0 and\nmore")).await
    else {
        panic!("not refused");
    };
    assert_eq!(reason, "HTTP 400 Bad Request: bad token [hidden] and more");
}

#[tokio::test]
async fn what_x_says_about_its_limits_is_passed_on() {
    let reply = json(201, value!({"data":{"id":"1"}}))
        .with("x-rate-limit-limit", 100)
        .with("x-rate-limit-remaining", 97)
        .with("x-rate-limit-reset", NOON + 900)
        .with("x-app-limit-24hour-remaining", "-3")
        .with("x-user-limit-24hour-remaining", "many");
    let server = Scripted::saying(reply).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let fixture = fixture(&server.url);
    let listener = Arc::clone(&heard);
    fixture
        .x
        .observe_rates(Arc::new(move |client, endpoint, hints| {
            listener
                .lock()
                .unwrap()
                .push((client.clone(), endpoint, hints));
        }));
    fixture.x.create(&harbour(), &post("x"), &|| Ok(())).await;
    let reset = Timestamp::from_second(NOON + 900).unwrap();
    let hints = RateHints {
        window: RateWindow {
            limit: Some(100),
            remaining: Some(97),
            reset: Some(reset),
        },
        app_day: RateWindow {
            remaining: Some(0),
            ..RateWindow::default()
        },
        user_day: RateWindow::default(),
    };
    assert_eq!(
        *heard.lock().unwrap(),
        [(harbour(), XEndpoint::Create, hints)]
    );
}
