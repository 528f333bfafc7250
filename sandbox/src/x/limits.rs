//! Rate limits as X counts them: fixed windows on the world's clock, per user and per app.
//! A window begins with its first request. The numbers are the published ones (docs.x.com, 2026-08).

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};

/// What a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    CreateTweet,
    DeleteTweet,
    GetTweet,
    Timeline,
    Me,
}

impl Operation {
    /// The name that fault rules use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateTweet => "create_tweet",
            Self::DeleteTweet => "delete_tweet",
            Self::GetTweet => "get_tweet",
            Self::Timeline => "timeline",
            Self::Me => "me",
        }
    }

    fn per_user(self) -> Limit {
        match self {
            Self::CreateTweet => Limit::quarter_hour(100),
            Self::DeleteTweet => Limit::quarter_hour(50),
            Self::GetTweet | Self::Timeline => Limit::quarter_hour(900),
            Self::Me => Limit::quarter_hour(75),
        }
    }

    fn per_app(self) -> Option<Limit> {
        match self {
            Self::CreateTweet => Some(Limit {
                requests: 10_000,
                window: SignedDuration::from_hours(24),
            }),
            Self::GetTweet => Some(Limit::quarter_hour(450)),
            Self::Timeline => Some(Limit::quarter_hour(10_000)),
            Self::DeleteTweet | Self::Me => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    requests: u32,
    window: SignedDuration,
}

impl Limit {
    const fn quarter_hour(requests: u32) -> Self {
        Self {
            requests,
            window: SignedDuration::from_mins(15),
        }
    }
}

/// How a request stands against its limits; becomes headers.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Whether the request may pass.
    pub(crate) allowed: bool,
    headers: Vec<(&'static str, i64)>,
}

impl Standing {
    /// The standing that a 429 fault pretends.
    pub(crate) fn exhausted(until: Timestamp) -> Self {
        let headers = names(15)
            .into_iter()
            .zip([100, 0, whole_second_after(until)])
            .collect();
        Self {
            allowed: false,
            headers,
        }
    }

    /// Adds `x-rate-limit-*` and, where a day window applies, `x-app-limit-24hour-*`.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(*value));
        }
    }
}

/// All windows that are open.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    open: HashMap<(Operation, Option<u64>), Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    resets: Timestamp,
    used: u32,
}

impl Windows {
    /// Counts a request of `user` and says how it stands.
    pub(crate) fn count(&mut self, operation: Operation, user: u64, now: Timestamp) -> Standing {
        let mut standing = Standing {
            allowed: true,
            headers: Vec::new(),
        };
        self.count_one(
            &mut standing,
            operation,
            Some(user),
            operation.per_user(),
            now,
        );
        if let Some(limit) = operation.per_app() {
            self.count_one(&mut standing, operation, None, limit, now);
        }
        standing
    }

    fn count_one(
        &mut self,
        standing: &mut Standing,
        op: Operation,
        user: Option<u64>,
        limit: Limit,
        now: Timestamp,
    ) {
        let fresh = Window {
            resets: now.checked_add(limit.window).unwrap_or(Timestamp::MAX),
            used: 0,
        };
        let window = self.open.entry((op, user)).or_insert(fresh);
        if window.resets <= now {
            *window = fresh;
        }
        let passes = window.used < limit.requests;
        window.used += u32::from(passes);
        let left = i64::from(limit.requests - window.used);
        // The tighter of the user's and the app's quarter-hour windows is the one that X names.
        let names = names(limit.window.as_mins());
        let named = standing
            .headers
            .iter()
            .find(|(name, _)| *name == names[1])
            .map(|(_, left)| *left);
        if !passes || named.is_none_or(|named| left < named) {
            standing.headers.retain(|(name, _)| !names.contains(name));
            let values = [
                i64::from(limit.requests),
                left,
                whole_second_after(window.resets),
            ];
            standing.headers.extend(names.into_iter().zip(values));
        }
        standing.allowed &= passes;
    }
}

fn names(minutes: i64) -> [&'static str; 3] {
    if minutes > 15 {
        [
            "x-app-limit-24hour-limit",
            "x-app-limit-24hour-remaining",
            "x-app-limit-24hour-reset",
        ]
    } else {
        [
            "x-rate-limit-limit",
            "x-rate-limit-remaining",
            "x-rate-limit-reset",
        ]
    }
}

fn whole_second_after(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn header(standing: &Standing, name: &str) -> i64 {
        standing.headers.iter().find(|(n, _)| *n == name).unwrap().1
    }

    #[test]
    fn the_hundred_and_first_post_waits_for_the_window_to_end() {
        let mut windows = Windows::default();
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        for left in (0..100).rev() {
            let standing = windows.count(Operation::CreateTweet, 1, start);
            assert!(standing.allowed);
            assert_eq!(header(&standing, "x-rate-limit-remaining"), left);
        }
        let standing = windows.count(Operation::CreateTweet, 1, start);
        assert!(!standing.allowed);
        assert_eq!(
            header(&standing, "x-rate-limit-reset"),
            start.as_second() + 900
        );
        assert!(windows.count(Operation::CreateTweet, 2, start).allowed);
        let later = start + SignedDuration::from_mins(15);
        assert!(windows.count(Operation::CreateTweet, 1, later).allowed);
    }

    #[test]
    fn the_app_limit_is_shared_by_all_users() {
        let mut windows = Windows::default();
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        let allowed = (0..500)
            .filter(|n| windows.count(Operation::GetTweet, n % 3, start).allowed)
            .count();
        assert_eq!(allowed, 450);
    }
}
