//! From the words that somebody typed to what they say, without regard for what time it is now.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};

use super::{WhenError, unreadable};
use crate::slots::clock::{self, Reading};
use crate::slots::days::weekday;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    NextFree,
    Now,
    In(Duration),
    Exactly(Timestamp),
    Clock(Time),
    On(Day, Time),
}

/// A day, as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// Today (0) or tomorrow (1).
    FromToday(i8),
    /// The next such day of the week; today does not count when it is said as `next`.
    Weekday {
        day: Weekday,
        next: bool,
    },
    Date {
        year: i16,
        month: i8,
        day: i8,
    },
    /// A date without its year.
    OfYear {
        month: i8,
        day: i8,
    },
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a trimmed text.
pub(super) fn read(typed: &str) -> Result<Said, WhenError> {
    let lower = typed.to_lowercase().replace(',', " ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    match words.as_slice() {
        [] | ["next"] | ["next", "free"] | ["next", "slot"] | ["next", "free", "slot"] => {
            Ok(Said::NextFree)
        }
        ["now"] => Ok(Said::Now),
        ["in", wait @ ..] => waiting(wait).ok_or_else(|| unreadable(typed)),
        words => match exactly(typed) {
            Some(said) => said,
            None => day_and_time(words, typed),
        },
    }
}

/// A wait such as `2h`, `1h 30m`, `3 days` or `an hour`.
fn waiting(words: &[&str]) -> Option<Said> {
    let one = |word: &&str| {
        if matches!(*word, "a" | "an") {
            "1"
        } else {
            *word
        }
        .to_owned()
    };
    let words: Vec<String> = words
        .iter()
        .filter(|word| **word != "and")
        .map(one)
        .collect();
    humantime::parse_duration(&words.join(" "))
        .ok()
        .map(Said::In)
}

/// RFC 3339 with its offset, or ISO 8601 with seconds and without one.
fn exactly(typed: &str) -> Option<Result<Said, WhenError>> {
    let digits = typed.starts_with(|first: char| first.is_ascii_digit());
    if !digits || typed.contains('[') {
        return None;
    }
    if let Ok(at) = typed.parse::<Timestamp>() {
        return Some(Ok(Said::Exactly(at)));
    }
    let local = typed
        .contains(':')
        .then(|| typed.parse::<DateTime>().ok())
        .flatten()?;
    let (year, month, day) = (local.year(), local.month(), local.day());
    Some(Ok(Said::On(Day::Date { year, month, day }, local.time())))
}

fn day_and_time(words: &[&str], typed: &str) -> Result<Said, WhenError> {
    let (day, rest) = match day(words) {
        Some((day, rest)) => (Some(day), rest),
        None => (None, words),
    };
    let rest = rest.strip_prefix(&["at"]).unwrap_or(rest);
    let time = match (rest, day) {
        ([], Some(_)) => {
            let text = typed.to_owned();
            return Err(WhenError::NeedsTime { text });
        }
        // `9 am` is one time in two words.
        ([hour, half @ ("am" | "pm" | "a.m." | "p.m.")], _) => {
            clock_time(&format!("{hour}{half}"), typed)?
        }
        ([word], _) => clock_time(word, typed)?,
        _ => return Err(unreadable(typed)),
    };
    Ok(day.map_or(Said::Clock(time), |day| Said::On(day, time)))
}

fn clock_time(word: &str, typed: &str) -> Result<Time, WhenError> {
    match clock::read(word) {
        Reading::Time(time) => Ok(time),
        Reading::OffTheClock => Err(WhenError::OffTheClock {
            word: word.to_owned(),
        }),
        Reading::NotATime => Err(unreadable(typed)),
    }
}

/// The day that the first words name, and the words after them.
fn day<'w, 'a>(words: &'w [&'a str]) -> Option<(Day, &'w [&'a str])> {
    let named = |day| Day::Weekday { day, next: false };
    match words {
        ["today", rest @ ..] => Some((Day::FromToday(0), rest)),
        ["tomorrow", rest @ ..] => Some((Day::FromToday(1), rest)),
        ["next", name, rest @ ..] => {
            weekday(name).map(|day| (Day::Weekday { day, next: true }, rest))
        }
        ["this" | "on", name, rest @ ..] if weekday(name).is_some() => {
            weekday(name).map(|day| (named(day), rest))
        }
        ["on", rest @ ..] => date(rest),
        [name, rest @ ..] => weekday(name)
            .map(|day| (named(day), rest))
            .or_else(|| date(words)),
        [] => None,
    }
}

/// A date: `2026-12-24`, `24 dec`, `dec 24`, `24th december 2026`.
fn date<'w, 'a>(words: &'w [&'a str]) -> Option<(Day, &'w [&'a str])> {
    let (first, rest) = words.split_first()?;
    if let Some(day) = iso_date(first) {
        return Some((day, rest));
    }
    let (second, rest) = rest.split_first()?;
    let in_order = || Some((month(second)?, day_of_month(first)?));
    let (month, day) = in_order().or_else(|| Some((month(first)?, day_of_month(second)?)))?;
    match rest.split_first() {
        Some((year, rest)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
            let year = year.parse().ok()?;
            Some((Day::Date { year, month, day }, rest))
        }
        _ => Some((Day::OfYear { month, day }, rest)),
    }
}

fn iso_date(word: &str) -> Option<Day> {
    let mut parts = word.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let form = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
    form.then_some(())?;
    Some(Day::Date {
        year: year.parse().ok()?,
        month: month.parse().ok()?,
        day: day.parse().ok()?,
    })
}

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let at = MONTHS
        .iter()
        .position(|name| word.len() >= 3 && name.starts_with(word))?;
    i8::try_from(at + 1).ok()
}

fn day_of_month(word: &str) -> Option<i8> {
    let ends = ["st", "nd", "rd", "th", "."];
    let digits = ends
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .unwrap_or(word);
    let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}
