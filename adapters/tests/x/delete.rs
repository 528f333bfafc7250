//! The outcome classes of taking a post down, and the answers that say that the whole app may do nothing any more.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use clara_actors::ports::XApi;
use clara_actors::ports::x::{Deletion, Exhausted, Publication, XError};
use clara_domain::ids::PostId;
use jiff::Timestamp;
use serde_json::json as value;

use crate::create::{created, problem, typed};
use crate::fixture::{NOON, fixture, harbour};
use crate::server::{Reply, Scripted, json, plain};

async fn deleted(reply: Reply) -> Deletion {
    let server = Scripted::saying(reply).await;
    let post = PostId::new("17").unwrap();
    let outcome = fixture(&server.url).x.delete(&harbour(), &post).await;
    let seen = server.seen();
    let request = seen.last().unwrap();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("DELETE", "/2/tweets/17")
    );
    outcome
}

#[tokio::test]
async fn a_post_is_gone_when_x_says_so_or_does_not_know_it() {
    let deleted_now = json(200, value!({"data":{"deleted":true}}));
    assert_eq!(deleted(deleted_now).await, Deletion::Gone);
    for reply in [
        typed(404, "resource-not-found", value!({})),
        json(
            404,
            value!({"errors":[{"code":144,"message":"No status found with that ID."}]}),
        ),
    ] {
        assert_eq!(deleted(reply.clone()).await, Deletion::WasGone, "{reply:?}");
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_about_the_post_is_asked_for_again() {
    for reply in [
        json(200, value!({"data":{"deleted":false}})),
        json(200, value!({})),
        plain(503, "over capacity"),
        Reply::HangUp,
    ] {
        let outcome = deleted(reply.clone()).await;
        assert!(
            matches!(outcome, Deletion::NotKnown { .. }),
            "{reply:?} gave {outcome:?}"
        );
    }
}

#[tokio::test]
async fn what_x_will_never_grant_is_refused_in_its_words() {
    for reply in [
        problem(403, "You are not authorized to delete this Tweet."),
        problem(401, "Unauthorized"),
        plain(404, "<html>nginx"),
        problem(400, "not an id"),
    ] {
        let outcome = deleted(reply.clone()).await;
        assert!(
            matches!(outcome, Deletion::Refused { .. }),
            "{reply:?} gave {outcome:?}"
        );
    }
    let limit = problem(429, "Too Many Requests").with("x-rate-limit-reset", NOON + 30);
    let throttled = deleted(limit).await;
    assert!(
        matches!(throttled, Deletion::Throttled { retry_after, .. } if retry_after == Duration::from_secs(30))
    );
}

#[tokio::test]
async fn credits_and_caps_concern_the_whole_app_whatever_was_asked() {
    let midnight = Timestamp::from_second(NOON + 43_200).unwrap();
    for (reply, ends) in [
        (problem(402, "no credits"), None),
        (typed(402, "credits", value!({})), None),
        (plain(402, ""), None),
        (
            typed(429, "usage-capped", value!({"period":"Monthly"})),
            None,
        ),
        (
            typed(429, "usage-capped", value!({"period":"Daily"})),
            Some(midnight),
        ),
    ] {
        let Publication::Exhausted(of_create) = created(reply.clone()).await else {
            panic!("{reply:?}");
        };
        let Deletion::Exhausted(of_delete) = deleted(reply.clone()).await else {
            panic!("{reply:?}");
        };
        let server = Scripted::saying(reply.clone()).await;
        let read = fixture(&server.url).x.me(&harbour()).await;
        let Err(XError::Exhausted(of_read)) = read else {
            panic!("{reply:?} gave {read:?}");
        };
        for Exhausted { reason, until } in [of_create, of_delete, of_read] {
            assert_eq!(until, ends, "{reply:?}: {reason}");
        }
    }
}
