//! One weekly slot, and the text in which people give many at once. `mon 09:00` is the form that is
//! written; whatever is read, what is written reads back as the same slot.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clock::{self, Reading};
use super::days;

/// A time of the week at which a client posts, in the client's own zone. Ordered from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WeeklySlot {
    /// The day of the week.
    pub day: Weekday,
    /// The local time of the day, in whole minutes.
    pub time: Time,
}

/// Why a text is no slot; each names the text and the form that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// The hour or the minute is not on the clock.
    #[error("`{slot}` is not a slot: hours go 00 to 23 and minutes 00 to 59, as in `mon 09:00`")]
    OffTheClock {
        /// The slot as it was given.
        slot: String,
    },
    /// A word is neither a day nor a time.
    #[error(
        "`{slot}` is not a slot: `{word}` is neither a day nor a time; write `mon 09:00`, `weekdays 12:30` or `daily 09:00`"
    )]
    Unreadable {
        /// The slot as it was given.
        slot: String,
        /// The word that is in the way.
        word: String,
    },
    /// There is a day without a time.
    #[error("`{slot}` has no time: write it as `mon 09:00`")]
    NoTime {
        /// The slot as it was given.
        slot: String,
    },
    /// There is a time without a day.
    #[error("`{slot}` has no day: write `mon 09:00`, or `daily 09:00` for every day")]
    NoDay {
        /// The slot as it was given.
        slot: String,
    },
    /// One slot was wanted, and the text names several.
    #[error("`{slot}` names more than one slot; write one, such as `mon 09:00`")]
    Several {
        /// The slot as it was given.
        slot: String,
    },
}

/// Reads slots from text such as `mon 09:00`, `weekdays 12:30`, `mon, thu 9am 17:00; daily 20:00`:
/// one or more days, then one or more times that apply to each of them. In order, each once.
pub fn parse_slots(text: &str) -> Result<Vec<WeeklySlot>, SlotError> {
    let lower = text.to_lowercase();
    let words = lower.split([' ', ',', ';', '\n', '\t']);
    let mut reader = Reader::new(text);
    for word in words.filter(|word| !word.is_empty()) {
        reader.read(word)?;
    }
    reader.finish()
}

struct Reader {
    slot: String,
    days: Vec<Weekday>,
    timed: bool,
    found: Vec<WeeklySlot>,
}

impl Reader {
    fn new(text: &str) -> Self {
        Reader {
            slot: text.trim().chars().take(80).collect(),
            days: Vec::new(),
            timed: true,
            found: Vec::new(),
        }
    }

    fn slot(&self) -> String {
        self.slot.clone()
    }

    fn read(&mut self, word: &str) -> Result<(), SlotError> {
        if let Some(days) = days::days(word) {
            if std::mem::take(&mut self.timed) {
                self.days.clear();
            }
            self.days.extend(days);
            return Ok(());
        }
        match clock::read(word) {
            Reading::Time(_) if self.days.is_empty() => Err(SlotError::NoDay { slot: self.slot() }),
            Reading::Time(time) => {
                self.timed = true;
                let slots = self.days.iter().map(|day| WeeklySlot { day: *day, time });
                self.found.extend(slots);
                Ok(())
            }
            Reading::OffTheClock => Err(SlotError::OffTheClock { slot: self.slot() }),
            Reading::NotATime => Err(SlotError::Unreadable {
                slot: self.slot(),
                word: word.chars().take(40).collect(),
            }),
        }
    }

    fn finish(mut self) -> Result<Vec<WeeklySlot>, SlotError> {
        if !self.timed {
            return Err(SlotError::NoTime { slot: self.slot });
        }
        self.found.sort_unstable();
        self.found.dedup();
        Ok(self.found)
    }
}

impl FromStr for WeeklySlot {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Self, SlotError> {
        let slots = parse_slots(text)?;
        let slot = || text.trim().chars().take(80).collect();
        match slots.as_slice() {
            [] => Err(SlotError::NoTime { slot: slot() }),
            [one] => Ok(*one),
            [_, _, ..] => Err(SlotError::Several { slot: slot() }),
        }
    }
}

impl fmt::Display for WeeklySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, time) = (days::short(self.day), self.time);
        write!(f, "{day} {:02}:{:02}", time.hour(), time.minute())
    }
}

impl Ord for WeeklySlot {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |slot: &Self| (slot.day.to_monday_zero_offset(), slot.time);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for WeeklySlot {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for WeeklySlot {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WeeklySlot {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Reads a list of slot texts, each of which may stand for several slots.
pub(super) fn expand<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<WeeklySlot>, D::Error> {
    let mut slots = Vec::new();
    for text in Vec::<String>::deserialize(from)? {
        slots.extend(parse_slots(&text).map_err(serde::de::Error::custom)?);
    }
    slots.sort_unstable();
    slots.dedup();
    Ok(slots)
}
