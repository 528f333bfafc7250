//! `Duration` as people write it (`15m`, `2h 30m`), for `#[serde(with = "crate::duration")]`.
//! What it writes it reads back as the same duration, to the nanosecond.

use std::fmt;
use std::time::Duration;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

/// Writes a duration as humantime text, such as `2h 30m`.
pub fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&humantime::format_duration(*duration))
}

/// Reads a duration from humantime text; a bare number is refused, because it does not say its unit.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    from.deserialize_str(DurationText)
}

struct DurationText;

impl Visitor<'_> for DurationText {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as `15m` or `2h 30m`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        humantime::parse_duration(text)
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Wait(#[serde(with = "crate::duration")] Duration);

    #[test]
    fn a_duration_is_written_as_people_write_it() {
        let json = serde_json::to_string(&Wait(Duration::from_secs(9000))).unwrap();
        assert_eq!(json, r#""2h 30m""#);
    }

    #[test]
    fn an_unreadable_duration_says_what_was_expected() {
        let error = |json| serde_json::from_str::<Wait>(json).unwrap_err().to_string();
        assert_eq!(
            error(r#""soon""#),
            "invalid value: string \"soon\", expected a duration such as `15m` or `2h 30m` at line 1 column 6"
        );
        assert!(error("15").contains("expected a duration such as `15m` or `2h 30m`"));
        assert!(error(r#""""#).contains("expected a duration such as"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(secs in any::<u32>(), nanos in 0u32..1_000_000_000) {
            let wait = Wait(Duration::new(u64::from(secs), nanos));
            let json = serde_json::to_string(&wait).unwrap();
            prop_assert_eq!(serde_json::from_str::<Wait>(&json).unwrap(), wait);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = serde_json::from_value::<Wait>(text.into());
        }
    }
}
