//! How long a service asks us to wait.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::Answer;

/// What the headers `retry-after-ms` and `Retry-After` ask for, in this order. A date is read against the answer's own
/// `Date`, so that no clock of ours matters.
pub(crate) fn retry_after(answer: &Answer) -> Option<Duration> {
    let milliseconds = answer
        .header("retry-after-ms")
        .and_then(|text| seconds(text, 1000.0));
    milliseconds.or_else(|| {
        let text = answer.header("retry-after")?;
        seconds(text, 1.0).or_else(|| until(text, answer.header("date")?))
    })
}

fn seconds(text: &str, per_second: f64) -> Option<Duration> {
    let number: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(number / per_second).ok()
}

fn until(date: &str, now: &str) -> Option<Duration> {
    let wait = http_date(date)?.duration_since(http_date(now)?);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`; of the three forms in RFC 9110 the one that is still sent.
fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderName};

    use super::*;

    fn wait(headers: &[(&'static str, &str)]) -> Option<Duration> {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        retry_after(&Answer {
            status: StatusCode::OK,
            headers: map,
            body: Ok(Vec::new()),
            secrets: Vec::new(),
        })
    }

    #[test]
    fn milliseconds_come_before_seconds() {
        assert_eq!(
            wait(&[("retry-after-ms", "1500"), ("retry-after", "9")]),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(wait(&[("retry-after", "9")]), Some(Duration::from_secs(9)));
        assert_eq!(
            wait(&[("retry-after", "0.5")]),
            Some(Duration::from_millis(500))
        );
    }

    #[test]
    fn a_date_is_counted_from_the_answers_own() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:07 GMT");
        assert_eq!(
            wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), date]),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), date]),
            Some(Duration::ZERO)
        );
        assert_eq!(
            wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]),
            None
        );
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for text in ["soon", "-3", "NaN", "inf", ""] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text}");
        }
        assert_eq!(wait(&[]), None);
    }
}
