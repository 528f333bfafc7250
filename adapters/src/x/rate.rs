//! What X's headers say about its limits, as gauges and to whoever observes. Nothing here waits or limits.

use std::time::Duration;

use clara_actors::ports::x::{RateHints, RateObserver, RateWindow, XEndpoint};
use clara_domain::ids::ClientId;
use jiff::Timestamp;

use crate::http::Answer;

/// What the headers of X's windows begin with. The days are only reported by users.
const WINDOW: &str = "x-rate-limit";
const APP_DAY: &str = "x-app-limit-24hour";
const USER_DAY: &str = "x-user-limit-24hour";

/// The wait where X says only that it was too much.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Publishes an answer's hints.
pub(super) fn note(
    answer: &Answer,
    client: &ClientId,
    endpoint: XEndpoint,
    observer: Option<&RateObserver>,
) {
    let hints = RateHints {
        window: window(answer, WINDOW),
        app_day: window(answer, APP_DAY),
        user_day: window(answer, USER_DAY),
    };
    if hints == RateHints::default() {
        return;
    }
    let labels = [
        ("client", client.to_string()),
        ("endpoint", endpoint.name().to_owned()),
    ];
    if let Some(limit) = hints.window.limit {
        metrics::gauge!("clara_x_rate_limit", &labels).set(limit);
    }
    if let Some(remaining) = hints.window.remaining {
        metrics::gauge!("clara_x_rate_limit_remaining", &labels).set(remaining);
    }
    if let Some(observer) = observer {
        observer(client, endpoint, hints);
    }
}

/// How long a 429 asks to wait: until the last of the windows that it says are used up. The daily windows are only
/// reported by users, so they count when they are there.
pub(super) fn wait(answer: &Answer, now: Timestamp) -> Duration {
    let used_up = [WINDOW, APP_DAY, USER_DAY].into_iter().filter_map(|name| {
        let said = window(answer, name);
        // The short window is the one a 429 is about where nothing else is said.
        let counts = said.remaining.map_or(name == WINDOW, |left| left == 0);
        said.reset.filter(|_| counts)
    });
    let until = used_up.max().map(|reset| between(now, reset));
    let asked = until
        .or_else(|| crate::http::retry_after(answer))
        .unwrap_or(DEFAULT_WAIT);
    asked.clamp(SHORTEST_WAIT, LONGEST_WAIT)
}

/// How long a daily cap lasts: X counts its days in UTC.
pub(super) fn until_tomorrow(now: Timestamp) -> Duration {
    const DAY: i64 = 24 * 60 * 60;
    let left = DAY - now.as_second().rem_euclid(DAY);
    Duration::from_secs(u64::try_from(left).unwrap_or(0)).clamp(SHORTEST_WAIT, LONGEST_WAIT)
}

fn between(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// What the headers of one window say.
fn window(answer: &Answer, name: &str) -> RateWindow {
    RateWindow {
        limit: number(answer, &format!("{name}-limit")),
        remaining: number(answer, &format!("{name}-remaining")),
        reset: reset(answer, &format!("{name}-reset")),
    }
}

/// A count. What is below nothing is nothing.
fn number(answer: &Answer, name: &str) -> Option<u32> {
    let number: i64 = answer.header(name)?.trim().parse().ok()?;
    Some(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
}

/// A time in whole seconds since 1970.
fn reset(answer: &Answer, name: &str) -> Option<Timestamp> {
    Timestamp::from_second(answer.header(name)?.trim().parse().ok()?).ok()
}
