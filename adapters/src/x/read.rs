//! Reads: which account a token belongs to, and what an answer that is no success means to a reader.

use clara_actors::ports::x::{Account, XError};
use clara_domain::ids::Handle;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};

use super::exhausted::exhausted;
use super::problem::Problem;
use super::tokens::NoToken;
use super::wire::Me;
use super::{Unanswered, rate};
use crate::http::{Answer, Service};

/// `GET /2/users/me`.
pub(super) fn me_request(service: &Service) -> RequestBuilder {
    service.request(Method::GET, "/2/users/me")
}

/// The account in the answer of `GET /2/users/me`.
pub(super) fn account(answer: &Answer) -> Result<Account, XError> {
    let me: Me = answer
        .json()
        .map_err(|_| malformed(answer, "it names no account"))?;
    let user_id = me.data.id.into_text();
    let handle =
        Handle::new(me.data.username).map_err(|error| malformed(answer, &error.to_string()))?;
    // The number becomes part of a path.
    if user_id.is_empty() || !user_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed(answer, "the account's id is not a number"));
    }
    Ok(Account { user_id, handle })
}

/// The answer, if it is a success.
pub(super) fn success(
    answer: Result<Answer, Unanswered>,
    now: Timestamp,
) -> Result<Answer, XError> {
    match answer {
        Ok(answer) if answer.status.is_success() => Ok(answer),
        Ok(answer) => Err(refused(&answer, now)),
        Err(Unanswered::Lost(lost)) => Err(XError::Unavailable {
            reason: lost.into_reason(),
        }),
        Err(Unanswered::Held(reason)) => Err(XError::Unavailable { reason }),
        Err(Unanswered::Token(NoToken::Blocked(reason))) => Err(XError::Blocked { reason }),
        Err(Unanswered::Token(NoToken::NotNow {
            reason,
            retry_after,
        })) => Err(match retry_after {
            Some(retry_after) => XError::Throttled {
                reason,
                retry_after,
            },
            None => XError::Unavailable { reason },
        }),
    }
}

fn refused(answer: &Answer, now: Timestamp) -> XError {
    let problem = Problem::of(answer);
    let reason = problem.said(answer);
    if let Some(exhausted) = exhausted(answer, &problem, &reason, now) {
        return exhausted.into();
    }
    match answer.status.as_u16() {
        401 | 403 => XError::Blocked { reason },
        429 => XError::Throttled {
            reason,
            retry_after: rate::wait(answer, now),
        },
        408 | 500..=599 => XError::Unavailable { reason },
        300..=399 | 404 => XError::Malformed {
            reason: format!("{reason}: is `x.api_base` right?"),
        },
        _ => XError::Malformed { reason },
    }
}

/// A success that makes no sense.
pub(super) fn malformed(answer: &Answer, what: &str) -> XError {
    XError::Malformed {
        reason: answer.quoted(&format!("{}: {what}", answer.status_line())),
    }
}
