//! The answers that say that the whole app may do nothing any more, whichever account it acts for: no credits, or a cap.

use clara_actors::ports::x::Exhausted;
use clara_domain::later;
use jiff::Timestamp;

use super::problem::Problem;
use super::rate;
use crate::http::Answer;

/// What an answer says about the whole app; none where it says nothing about it. A cap for the day ends with X's day; for
/// the end of the others a person has to do something.
pub(super) fn exhausted(
    answer: &Answer,
    problem: &Problem,
    reason: &str,
    now: Timestamp,
) -> Option<Exhausted> {
    let (reason, until) = match answer.status.as_u16() {
        402 => (
            format!("the X app is out of credits ({reason}): buy credits, then `/resume`"),
            None,
        ),
        429 if problem.is_usage_cap() && problem.is_monthly() => (
            format!(
                "the X app's cap for this month is used up ({reason}): raise it at X, then `/resume`"
            ),
            None,
        ),
        429 if problem.is_usage_cap() => (
            format!("the X app's cap for today is used up ({reason})"),
            Some(later(now, rate::until_tomorrow(now))),
        ),
        _ => return None,
    };
    Some(Exhausted { reason, until })
}
