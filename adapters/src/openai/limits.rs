//! What the service says of its limits: how long to wait, and what is left.
//!
//! Headers as in OpenAI's guide to rate limits; their resets are durations (`1s`, `6m0s`), not times. All may be absent.

use std::time::Duration;

use crate::http::{Answer, retry_after};

/// How long a throttled question has to wait: what `Retry-After` says, else until whatever is used up is there again.
pub(super) fn wait(answer: &Answer) -> Option<Duration> {
    retry_after(answer).or_else(|| {
        ["requests", "tokens"]
            .into_iter()
            .filter(|of| answer.header(&format!("x-ratelimit-remaining-{of}")) == Some("0"))
            .filter_map(|of| duration(answer.header(&format!("x-ratelimit-reset-{of}"))?))
            .max()
    })
}

/// Publishes what the service says is left, where it says so.
pub(super) fn publish(answer: &Answer) {
    for (header, gauge) in [
        (
            "x-ratelimit-remaining-requests",
            "clara_openai_rate_limit_remaining_requests",
        ),
        (
            "x-ratelimit-remaining-tokens",
            "clara_openai_rate_limit_remaining_tokens",
        ),
    ] {
        if let Some(left) = answer
            .header(header)
            .and_then(|text| text.parse::<f64>().ok())
        {
            metrics::gauge!(gauge).set(left);
        }
    }
}

/// A duration as Go writes it: `1h2m3.5s`, `20ms`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (count, unit_on) = rest.split_at(number);
        let unit = unit_on
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(unit_on.len());
        let (unit, next) = unit_on.split_at(unit);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            "us" | "µs" => 0.000_001,
            _ => return None,
        };
        let count: f64 = count.parse().ok()?;
        sum += Duration::try_from_secs_f64(count * seconds).ok()?;
        rest = next;
    }
    (!text.trim().is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resets_are_read_as_the_service_writes_them() {
        let ms = |count| Some(Duration::from_millis(count));
        assert_eq!(duration("1s"), ms(1_000));
        assert_eq!(duration("6m0s"), ms(360_000));
        assert_eq!(duration("59.500s"), ms(59_500));
        assert_eq!(duration("20ms"), ms(20));
        assert_eq!(duration("1h2m3.5s"), ms(3_723_500));
        for wrong in ["", " ", "soon", "5", "5 s", "s", "1d", "1..2s", "-1s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
