//! Requests and tokens by the minute of the world's time, as the `x-ratelimit-*` headers tell them.
//! Resets are durations (`1s`, `59.5s`), as the real service writes them, not times.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};

const REQUESTS: u64 = 10_000;
const TOKENS: u64 = 4_000_000;

/// What is left of this minute.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quota {
    resets: Option<Timestamp>,
    requests: u64,
    tokens: u64,
}

/// How a request stands; becomes headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    requests_left: u64,
    tokens_left: u64,
    resets_in: Duration,
}

impl Quota {
    /// Counts a request of so many tokens; an error says how long to wait.
    pub(crate) fn count(&mut self, tokens: u64, now: Timestamp) -> Result<Standing, Duration> {
        let resets = match self.resets {
            Some(resets) if now < resets => resets,
            _ => {
                let resets = now
                    .checked_add(SignedDuration::from_secs(60))
                    .unwrap_or(Timestamp::MAX);
                *self = Self {
                    resets: Some(resets),
                    requests: 0,
                    tokens: 0,
                };
                resets
            }
        };
        let resets_in = resets.duration_since(now).unsigned_abs();
        if self.requests >= REQUESTS || self.tokens + tokens > TOKENS {
            return Err(resets_in);
        }
        self.requests += 1;
        self.tokens += tokens;
        Ok(Standing {
            requests_left: REQUESTS - self.requests,
            tokens_left: TOKENS - self.tokens,
            resets_in,
        })
    }
}

impl Standing {
    /// Adds the six headers.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let numbers = [
            ("x-ratelimit-limit-requests", REQUESTS),
            ("x-ratelimit-limit-tokens", TOKENS),
            ("x-ratelimit-remaining-requests", self.requests_left),
            ("x-ratelimit-remaining-tokens", self.tokens_left),
        ];
        for (name, value) in numbers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        let reset = format!("{:.3}s", self.resets_in.as_secs_f64());
        for name in ["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"] {
            if let Ok(value) = HeaderValue::from_str(&reset) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_minute_holds_so_many_requests_and_the_next_one_begins_anew() {
        let mut quota = Quota::default();
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        for _ in 0..REQUESTS {
            quota.count(1, start).unwrap();
        }
        assert_eq!(quota.count(1, start), Err(Duration::from_secs(60)));
        let standing = quota
            .count(1, start + SignedDuration::from_secs(60))
            .unwrap();
        assert_eq!(standing.requests_left, REQUESTS - 1);
    }
}
