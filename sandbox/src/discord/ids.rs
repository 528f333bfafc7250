//! Snowflakes: the ids that Discord gives to everything, one newtype for each kind of thing.
//! On the wire they are decimal strings; a number is taken too. [`Snowflakes`] makes new ones from the world's time, strictly increasing.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 2015-01-01T00:00:00Z in milliseconds, where Discord's ids begin (documentation, "Snowflakes").
const EPOCH_MS: i64 = 1_420_070_400_000;

macro_rules! snowflakes {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Digits).map(Self)
            }
        }
    )+};
}

snowflakes! {
    /// A message in a channel, public or ephemeral.
    MessageId,
    /// One thing that a person did with the bot: a command, a click, a modal, an autocomplete.
    InteractionId,
    /// A text channel.
    ChannelId,
    /// A person or the bot.
    UserId,
    /// A role of the guild.
    RoleId,
    /// A file of a message.
    AttachmentId,
    /// A registered slash command.
    CommandId,
}

struct Digits;

impl Visitor<'_> for Digits {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snowflake: digits, as a string or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        text.parse()
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }
}

/// Makes ids from the world's time.
#[derive(Debug, Default)]
pub(super) struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    /// An id of this moment, larger than every id before it.
    pub(super) fn next(&mut self, now: Timestamp) -> u64 {
        let ms = u64::try_from(now.as_millisecond() - EPOCH_MS).unwrap_or(0);
        self.last = (ms << 22).max(self.last + 1);
        self.last
    }

    /// Takes note of an id made earlier (by a world that was stopped since).
    pub(super) fn seen(&mut self, id: u64) {
        self.last = self.last.max(id);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_increase_even_within_one_millisecond_and_never_below_what_was_seen() {
        let now: Timestamp = "2026-08-01T09:00:00Z".parse().unwrap();
        let mut ids = Snowflakes::default();
        let (a, b) = (ids.next(now), ids.next(now));
        assert!(b > a);
        assert_eq!(
            i64::try_from(a >> 22).unwrap() + EPOCH_MS,
            now.as_millisecond()
        );
        ids.seen(b + 500);
        assert_eq!(ids.next(now), b + 501);
    }

    #[test]
    fn an_id_is_a_string_on_the_wire_and_read_from_a_string_or_a_number() {
        assert_eq!(serde_json::to_string(&MessageId(7)).unwrap(), "\"7\"");
        let read = serde_json::from_str::<MessageId>;
        assert_eq!(read("\"7\"").unwrap(), MessageId(7));
        assert_eq!(read("7").unwrap(), MessageId(7));
        assert!(read("\"seven\"").is_err());
    }
}
