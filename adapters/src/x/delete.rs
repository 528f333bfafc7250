//! Taking a post down, and what the answer proves. Asking again does no harm, so whatever is not certain is asked again.

use clara_actors::ports::x::Deletion;
use clara_domain::ids::PostId;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};

use super::Unanswered;
use super::exhausted::exhausted;
use super::problem::Problem;
use super::rate;
use super::tokens::NoToken;
use super::wire::Deleted;
use crate::http::{Answer, Service};

/// `DELETE /2/tweets/{id}`.
pub(super) fn request(service: &Service, post: &PostId) -> RequestBuilder {
    service.request(Method::DELETE, &format!("/2/tweets/{}", post.as_str()))
}

/// What became of the request.
pub(super) fn deletion(answer: Result<Answer, Unanswered>, now: Timestamp) -> Deletion {
    match answer {
        Ok(answer) => answered(&answer, now),
        Err(Unanswered::Lost(lost)) => Deletion::NotKnown {
            reason: lost.into_reason(),
        },
        Err(Unanswered::Held(reason)) => Deletion::NotKnown { reason },
        Err(Unanswered::Token(NoToken::Blocked(reason))) => Deletion::Refused { reason },
        Err(Unanswered::Token(NoToken::NotNow {
            reason,
            retry_after,
        })) => match retry_after {
            Some(retry_after) => Deletion::Throttled {
                reason,
                retry_after,
            },
            None => Deletion::NotKnown { reason },
        },
    }
}

fn answered(answer: &Answer, now: Timestamp) -> Deletion {
    let problem = Problem::of(answer);
    let reason = problem.said(answer);
    if let Some(exhausted) = exhausted(answer, &problem, &reason, now) {
        return Deletion::Exhausted(exhausted);
    }
    match answer.status.as_u16() {
        200..=299 => done(answer),
        404 if problem.is_not_found() => Deletion::WasGone,
        429 => Deletion::Throttled {
            reason,
            retry_after: rate::wait(answer, now),
        },
        408 | 500..=599 => Deletion::NotKnown { reason },
        401 => Deletion::Refused {
            reason: format!(
                "X does not take the account's tokens ({reason}): sign the account in again"
            ),
        },
        _ => Deletion::Refused { reason },
    }
}

fn done(answer: &Answer) -> Deletion {
    match answer.json::<Deleted>() {
        Ok(deleted) if deleted.data.deleted => Deletion::Gone,
        Ok(_) => Deletion::NotKnown {
            reason: answer.quoted("X says that it has not deleted it"),
        },
        Err(what) => Deletion::NotKnown {
            reason: answer.quoted(&format!("{}: {what}", answer.status_line())),
        },
    }
}
