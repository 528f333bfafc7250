//! A month of the calendar in UTC, as services bill by.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::metering::utc_day;

/// A month, from its first day 00:00 UTC to the next one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month: expected a year and a month, such as 2026-11")]
pub struct NotAMonth(pub String);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self {
            first: day.first_of_month(),
        }
    }

    /// The month of a moment, in UTC.
    pub fn at(moment: Timestamp) -> Self {
        Self::of(utc_day(moment))
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    /// Whether a day is in it.
    pub fn has(self, day: Date) -> bool {
        (self.first()..=self.last()).contains(&day)
    }

    /// The moment at which it ends.
    pub fn end(self) -> Timestamp {
        end_of(self.last())
    }

    /// All its days.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.first()
            .series(jiff::Span::new().days(1))
            .take_while(move |day| self.has(*day))
    }
}

/// The moment at which a UTC day ends.
pub(super) fn end_of(day: Date) -> Timestamp {
    let next = day.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC));
    next.map_or(Timestamp::MAX, |next| next.timestamp())
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let wrong = || NotAMonth(text.to_owned());
        let (year, month) = text.trim().split_once('-').ok_or_else(wrong)?;
        let are_digits =
            |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(year, 4) || !are_digits(month, 2) {
            return Err(wrong());
        }
        let (year, month) = (year.parse().ok(), month.parse().ok());
        let first = year
            .zip(month)
            .and_then(|(year, month)| Date::new(year, month, 1).ok());
        first.map(|first| Self { first }).ok_or_else(wrong)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}
