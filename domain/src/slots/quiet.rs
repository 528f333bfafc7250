//! Hours of the day in which a client posts nothing, in its own zone. They may run over midnight.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clock::{self, Reading};

/// A part of every day, from `from` up to but not including `to`; over midnight when `to` is the
/// earlier. Written `22:00-07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

/// A text that is no quiet hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuietError {
    /// The text does not have the form of quiet hours.
    #[error(
        "`{text}` is not quiet hours: write a start and an end, hours 00 to 23 and minutes 00 to 59, as in `22:00-07:00`"
    )]
    Unreadable {
        /// The text as it was given.
        text: String,
    },
    /// Start and end are the same, which could mean always or never.
    #[error("`{text}` starts and ends at the same time; write hours such as `22:00-07:00`")]
    Empty {
        /// The text as it was given.
        text: String,
    },
}

impl QuietHours {
    /// The hours from `from` up to `to`, in whole minutes; `None` when both are the same.
    pub fn new(from: Time, to: Time) -> Option<Self> {
        (from != to).then_some(QuietHours { from, to })
    }

    /// Whether the local time `time` is within the hours.
    pub fn contains(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

impl FromStr for QuietHours {
    type Err = QuietError;

    fn from_str(text: &str) -> Result<Self, QuietError> {
        let given = || text.trim().chars().take(40).collect::<String>();
        let lower = text.to_lowercase();
        let (from, to) = lower
            .split_once(['-', '–'])
            .and_then(|(from, to)| Some((edge(from)?, edge(to)?)))
            .ok_or_else(|| QuietError::Unreadable { text: given() })?;
        QuietHours::new(from, to).ok_or_else(|| QuietError::Empty { text: given() })
    }
}

/// A start or an end; an end of `24:00` is the midnight that it means.
fn edge(word: &str) -> Option<Time> {
    let word = word.trim();
    match clock::read(if word == "24:00" { "00:00" } else { word }) {
        Reading::Time(time) => Some(time),
        Reading::OffTheClock | Reading::NotATime => None,
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let QuietHours { from, to } = self;
        write!(f, "{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
    }
}

impl Serialize for QuietHours {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QuietHours {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
