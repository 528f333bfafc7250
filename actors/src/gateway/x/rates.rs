//! What X's headers say about its limits, taken to the limiter before the calls that would be refused are made.
//!
//! A window that is used up holds back that client's calls of that class and no others. What X says is a hint: a reset
//! that lies further off than any window is not believed whole.

use std::sync::Arc;
use std::time::Duration;

use clara_domain::later;
use jiff::Timestamp;

use crate::limiter::{Class, Limiter, Service};
use crate::ports::Clock;
use crate::ports::x::{RateHints, RateObserver, XEndpoint};

/// X's windows last a quarter of an hour; its clock and ours may differ a little.
const LONGEST_WINDOW: Duration = Duration::from_secs(20 * 60);

/// What takes X's hints to the limiter.
pub(crate) fn observer(limiter: Limiter, clock: Arc<dyn Clock>) -> RateObserver {
    Arc::new(move |client, endpoint, hints| {
        let (Some(class), Some(until)) = (class(endpoint), used_up_until(hints, clock.now()))
        else {
            return;
        };
        tracing::info!(%client, ?endpoint, %until, "X's window is used up; waiting for the next");
        limiter.use_up(Service::X, client, class, until);
    })
}

/// The calls that an endpoint's window is for. The account is asked for once in a process: that window is not filled.
fn class(endpoint: XEndpoint) -> Option<Class> {
    match endpoint {
        XEndpoint::Create => Some(Class::Post),
        XEndpoint::Delete => Some(Class::Delete),
        XEndpoint::Timeline => Some(Class::Look),
        XEndpoint::Me => None,
    }
}

fn used_up_until(hints: RateHints, now: Timestamp) -> Option<Timestamp> {
    let reset = hints.reset.filter(|_| hints.remaining == Some(0))?;
    let latest = later(now, LONGEST_WINDOW);
    (reset > now).then(|| reset.min(latest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn hints(remaining: Option<u32>, reset: Option<i64>) -> RateHints {
        RateHints {
            limit: Some(100),
            remaining,
            reset: reset.map(at),
        }
    }

    #[test]
    fn only_an_empty_window_that_ends_later_holds_anything_back() {
        let until = |remaining, reset| used_up_until(hints(remaining, reset), at(1000));
        assert_eq!(until(Some(0), Some(1900)), Some(at(1900)));
        assert_eq!(until(Some(1), Some(1900)), None);
        assert_eq!(until(None, Some(1900)), None);
        assert_eq!(until(Some(0), None), None);
        assert_eq!(until(Some(0), Some(1000)), None);
    }

    #[test]
    fn a_reset_beyond_any_window_is_not_believed_whole() {
        let until = used_up_until(hints(Some(0), Some(9_999_999)), at(1000));
        assert_eq!(until, Some(at(1000 + 20 * 60)));
    }
}
