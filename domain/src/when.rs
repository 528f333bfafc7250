//! Times as people say them: `in 2h`, `tomorrow 09:00`, `next friday 14:00`, `24 dec 10:00`, RFC 3339.
//! A text either is one exact time in the client's zone or gets an answer that helps; nothing is
//! guessed where the clocks skip an hour, and nothing before now or beyond a year is accepted.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

mod dates;
mod local;
mod words;

use words::Said;

/// How far ahead a tweet may be planned.
pub const FARTHEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// The longest text that is read; no time takes more.
const LONGEST: usize = 64;

/// A time that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// This very time.
    At(Timestamp),
    /// The next free slot of the client's schedule.
    NextFree,
}

/// Why a text is no time to post at; the message is for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// The time is over.
    #[error("{} is in the past: it is now {}", spoken(asked), spoken(now))]
    Past {
        /// The time that was asked for.
        asked: Zoned,
        /// The time now.
        now: Zoned,
    },
    /// The clocks skip this local time.
    #[error(
        "{} does not exist: the clocks go forward then; take {} or {}",
        asked.strftime(SPOKEN), before.strftime(SPOKEN), spoken(after)
    )]
    Skipped {
        /// The local time that was asked for.
        asked: DateTime,
        /// The last whole minute before the gap.
        before: Zoned,
        /// The first minute after the gap.
        after: Zoned,
    },
    /// The time is more than [`FARTHEST`] ahead.
    #[error(
        "{} is more than a year ahead: plan it nearer to its time",
        spoken(asked)
    )]
    TooFar {
        /// The time that was asked for.
        asked: Zoned,
    },
    /// The time is farther away than any calendar goes.
    #[error("`{text}` is more than a year ahead: plan it nearer to its time")]
    BeyondTheCalendar {
        /// What was typed.
        text: String,
    },
    /// There is a day without a time.
    #[error("`{text}` needs a time of day: write it as `{text} 09:00`")]
    NeedsTime {
        /// What was typed.
        text: String,
    },
    /// The hour or the minute is not on the clock.
    #[error(
        "`{word}` is not a time of day: hours go 00 to 23 and minutes 00 to 59, as in `18:00` (or `6pm`)"
    )]
    OffTheClock {
        /// The word that looks like a time.
        word: String,
    },
    /// The date is not in the calendar.
    #[error("`{text}` is not a date: that month has no such day")]
    NoSuchDate {
        /// What was typed.
        text: String,
    },
    /// The text is nothing that is understood.
    #[error(
        "`{text}` is not a time that is understood here; write `in 2h`, `18:00`, `tomorrow 09:00`, `friday 14:00`, `24 dec 10:00`, `2026-12-24 10:00`, or `next` for the next free slot"
    )]
    Unreadable {
        /// What was typed, shortened.
        text: String,
    },
}

const SPOKEN: &str = "%a %-d %b %Y %H:%M";

fn spoken(at: &Zoned) -> String {
    let time = at.strftime(SPOKEN);
    match at.time_zone().iana_name() {
        Some(zone) => format!("{time} ({zone})"),
        None => format!("{time} (UTC{})", at.strftime("%:z")),
    }
}

/// The time that a text asks for, said at `now` in the client's zone. Takes any case and spaces.
pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<When, WhenError> {
    let typed = text.trim();
    if typed.chars().count() > LONGEST {
        return Err(unreadable(typed));
    }
    let here = now.to_zoned(zone.clone());
    let at = match words::read(typed)? {
        Said::NextFree => return Ok(When::NextFree),
        Said::Now => return Ok(When::At(now)),
        Said::In(wait) => now
            .checked_add(wait)
            .map_err(|_| WhenError::BeyondTheCalendar {
                text: typed.to_owned(),
            })?,
        Said::Exactly(at) => at,
        Said::Clock(time) => dates::next_at(&here, time)?,
        Said::On(day, time) => dates::on(&here, day, time, typed)?,
    };
    within_reach(at, here).map(When::At)
}

fn within_reach(at: Timestamp, here: Zoned) -> Result<Timestamp, WhenError> {
    let now = here.timestamp();
    let asked = at.to_zoned(here.time_zone().clone());
    if at < now {
        return Err(WhenError::Past { asked, now: here });
    }
    if at.duration_since(now).unsigned_abs() > FARTHEST {
        return Err(WhenError::TooFar { asked });
    }
    Ok(at)
}

/// A time as [`parse`] reads it back: `2026-12-24 10:00` in the zone, or RFC 3339 where the local
/// time has seconds or comes twice.
pub fn render(at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let whole = local.second() == 0 && local.subsec_nanosecond() == 0;
    if whole && local::resolve(zone, local) == Ok(at) {
        local.strftime("%Y-%m-%d %H:%M").to_string()
    } else {
        at.to_string()
    }
}

fn unreadable(text: &str) -> WhenError {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    WhenError::Unreadable { text: short }
}

#[cfg(test)]
mod tests;
