//! What X's headers say about its limits, taken to the limiter before the calls that would be refused are made.
//!
//! A short window counts one client's calls of one kind; a day counts a client's, or everybody's. What X says is a hint:
//! it only ever makes Clara slower, and for no longer than a window can last.

use std::sync::Arc;
use std::time::Duration;

use clara_domain::ids::ClientId;
use clara_domain::later;
use jiff::Timestamp;

use crate::limiter::{Class, Limiter, Service, Window};
use crate::ports::Clock;
use crate::ports::x::{RateHints, RateObserver, RateWindow, XEndpoint};

/// X's windows last a quarter of an hour; its clock and ours may differ a little.
const LONGEST_WINDOW: Duration = Duration::from_secs(20 * 60);
const LONGEST_DAY: Duration = Duration::from_secs((24 * 60 + 5) * 60);

/// What takes X's hints to the limiter.
pub(crate) fn observer(limiter: Limiter, clock: Arc<dyn Clock>) -> RateObserver {
    Arc::new(move |client, endpoint, hints| {
        let Some(class) = class(endpoint) else {
            return;
        };
        for hint in heard(client, hints, clock.now()) {
            if hint.left.0 == 0 {
                let until = hint.left.1;
                tracing::info!(%client, ?endpoint, window = ?hint.window, %until, "X's window is used up");
            }
            limiter.learn(Service::X, hint.client, class, hint.window, hint.left);
        }
    })
}

/// What is left of one window.
struct Hint<'a> {
    /// Whose; none where it is everybody's.
    client: Option<&'a ClientId>,
    window: Window,
    left: (u32, Timestamp),
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

fn heard(client: &ClientId, hints: RateHints, now: Timestamp) -> impl Iterator<Item = Hint<'_>> {
    let windows = [
        (Some(client), Window::Short, hints.window, LONGEST_WINDOW),
        (Some(client), Window::Day, hints.user_day, LONGEST_DAY),
        (None, Window::Day, hints.app_day, LONGEST_DAY),
    ];
    windows
        .into_iter()
        .filter_map(move |(client, window, said, longest)| {
            let left = left(said, longest, now)?;
            Some(Hint {
                client,
                window,
                left,
            })
        })
}

/// How many calls are left of a window, and until when; nothing where it is over, or where X does not say.
fn left(said: RateWindow, longest: Duration, now: Timestamp) -> Option<(u32, Timestamp)> {
    let (remaining, reset) = (said.remaining?, said.reset?);
    (reset > now).then(|| (remaining, reset.min(later(now, longest))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn said(remaining: Option<u32>, reset: Option<i64>) -> RateWindow {
        RateWindow {
            limit: Some(100),
            remaining,
            reset: reset.map(at),
        }
    }

    #[test]
    fn only_a_window_that_ends_later_and_whose_rest_is_told_holds_anything_back() {
        let left = |remaining, reset| left(said(remaining, reset), LONGEST_WINDOW, at(1000));
        assert_eq!(left(Some(0), Some(1900)), Some((0, at(1900))));
        assert_eq!(left(Some(7), Some(1900)), Some((7, at(1900))));
        assert_eq!(left(None, Some(1900)), None);
        assert_eq!(left(Some(0), None), None);
        assert_eq!(left(Some(0), Some(1000)), None);
    }

    #[test]
    fn a_day_of_the_app_is_everybodys_and_one_of_the_account_is_the_clients() {
        let client = ClientId::new("harbour").unwrap();
        let hints = RateHints {
            window: said(Some(3), Some(1900)),
            app_day: said(Some(0), Some(40_000)),
            user_day: said(Some(5), Some(50_000)),
        };
        let heard: Vec<_> = heard(&client, hints, at(1000))
            .map(|hint| (hint.client.is_some(), hint.window, hint.left))
            .collect();
        let expected = [
            (true, Window::Short, (3, at(1900))),
            (true, Window::Day, (5, at(50_000))),
            (false, Window::Day, (0, at(40_000))),
        ];
        assert_eq!(heard, expected);
    }

    proptest! {
        #[test]
        fn whatever_x_says_nobody_is_held_longer_than_a_window_can_last(
            remaining in any::<Option<u32>>(),
            reset in prop::option::of(-377_705_023_201..253_402_207_200_i64),
            now in 0..4_000_000_000_i64,
        ) {
            let until = left(said(remaining, reset), LONGEST_WINDOW, at(now));
            if let Some((_, until)) = until {
                prop_assert!(until > at(now) && until <= at(now) + LONGEST_WINDOW);
            }
        }
    }
}
