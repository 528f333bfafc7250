//! Making a post, and what the answer proves: it is live, it is not, or nobody knows.
//!
//! The port's outcome classes are decided here and nowhere else. In doubt the answer is unknown: the reconciler can
//! turn an unknown into the truth, but nothing turns a second post back into one.

use std::time::Duration;

use clara_actors::ports::x::{NewPost, Publication};
use clara_domain::content::ReplySettings;
use clara_domain::ids::PostId;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};

use super::Unanswered;
use super::exhausted::exhausted;
use super::problem::Problem;
use super::rate;
use super::tokens::NoToken;
use super::wire::{CreateBody, Created, ReplyTo};
use crate::http::{Answer, Lost, Service};

/// X counts its daily limit of posts in half hours, and says nothing about when the next one begins.
const OVER_LIMIT_WAIT: Duration = Duration::from_secs(30 * 60);

/// `POST /2/tweets`.
pub(super) fn request(service: &Service, post: &NewPost) -> RequestBuilder {
    let body = CreateBody {
        text: &post.text,
        reply: post.in_reply_to.as_ref().map(|id| ReplyTo {
            in_reply_to_tweet_id: id.as_str(),
        }),
        reply_settings: reply_settings(post.reply_settings),
    };
    service.request(Method::POST, "/2/tweets").json(&body)
}

/// As X names it; everyone is said by saying nothing.
fn reply_settings(settings: ReplySettings) -> Option<&'static str> {
    match settings {
        ReplySettings::Everyone => None,
        ReplySettings::Following => Some("following"),
        ReplySettings::MentionedUsers => Some("mentionedUsers"),
        ReplySettings::Subscribers => Some("subscribers"),
        ReplySettings::Verified => Some("verified"),
    }
}

/// What became of the request.
pub(super) fn publication(answer: Result<Answer, Unanswered>, now: Timestamp) -> Publication {
    match answer {
        Ok(answer) => answered(&answer, now),
        Err(Unanswered::Held(reason)) => Publication::Held { reason },
        Err(Unanswered::Lost(Lost::NotSent(reason))) => Publication::NotSent { reason },
        Err(Unanswered::Lost(Lost::MaybeSent(reason))) => Publication::Unknown { reason },
        Err(Unanswered::Token(NoToken::Blocked(reason))) => Publication::Blocked { reason },
        Err(Unanswered::Token(NoToken::NotNow {
            reason,
            retry_after,
        })) => match retry_after {
            Some(retry_after) => Publication::Throttled {
                reason,
                retry_after,
            },
            None => Publication::NotSent { reason },
        },
    }
}

fn answered(answer: &Answer, now: Timestamp) -> Publication {
    let problem = Problem::of(answer);
    let reason = problem.said(answer);
    if let Some(exhausted) = exhausted(answer, &problem, &reason, now) {
        return Publication::Exhausted(exhausted);
    }
    match answer.status.as_u16() {
        200..=299 => created(answer),
        401 => Publication::Blocked {
            reason: format!(
                "X does not take the account's tokens ({reason}): sign the account in again"
            ),
        },
        429 => Publication::Throttled {
            reason,
            retry_after: rate::wait(answer, now),
        },
        403 => forbidden(answer, &problem, reason),
        // The server did not get the whole request, or says so after it had.
        408 => Publication::Unknown { reason },
        300..=399 | 404 => Publication::Blocked {
            reason: format!("X's API is not there ({reason}): is `x.api_base` right?"),
        },
        400..=499 => Publication::Refused {
            reason,
            duplicate: false,
        },
        _ => Publication::Unknown { reason },
    }
}

fn created(answer: &Answer) -> Publication {
    let id = answer.json::<Created>().and_then(|created| {
        PostId::new(created.data.id.into_text()).map_err(|error| error.to_string())
    });
    match id {
        Ok(post) => Publication::Accepted { post },
        Err(what) => Publication::Unknown {
            reason: answer.quoted(&format!(
                "{} without a readable post id: {what}",
                answer.status_line()
            )),
        },
    }
}

fn forbidden(answer: &Answer, problem: &Problem, reason: String) -> Publication {
    if let Err(lost) = &answer.body {
        // Without its words a 403 may be the one that says the post is live already.
        return Publication::Unknown {
            reason: format!("{reason}, and {lost}"),
        };
    }
    if problem.is_duplicate() {
        Publication::Refused {
            reason,
            duplicate: true,
        }
    } else if problem.is_over_limit() {
        Publication::Throttled {
            reason,
            retry_after: OVER_LIMIT_WAIT,
        }
    } else if problem.is_about_permission() {
        let reason = format!(
            "X does not let this account or app post ({reason}): see the account and the app at X"
        );
        Publication::Blocked { reason }
    } else {
        Publication::Refused {
            reason,
            duplicate: false,
        }
    }
}
