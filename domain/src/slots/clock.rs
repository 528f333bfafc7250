//! A time of day as people write it: `09:00`, `9:30pm`, `9am`, `18.00`, `noon`. No dates here.

use jiff::civil::Time;

/// What a text that was meant as a time of day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A time of day.
    Time(Time),
    /// The form of a time of day, with an hour or a minute that no clock shows.
    OffTheClock,
    /// Something else.
    NotATime,
}

/// Reads a time of day from one lower-case word.
pub(crate) fn read(word: &str) -> Reading {
    if word == "noon" {
        return Reading::Time(Time::constant(12, 0, 0, 0));
    }
    let (digits, half) = halves(word);
    let Some(numbers) = numbers(digits) else {
        return Reading::NotATime;
    };
    match (numbers.as_slice(), half) {
        ([hour], Some(half)) => on_clock(twelve(*hour, half), 0),
        ([hour, minute], Some(half)) => on_clock(twelve(*hour, half), *minute),
        ([hour, minute], None) => on_clock(Some(*hour), *minute),
        _ => Reading::NotATime,
    }
}

#[derive(Clone, Copy)]
enum Half {
    Am,
    Pm,
}

fn halves(word: &str) -> (&str, Option<Half>) {
    if let Some(digits) = word.strip_suffix("am").or(word.strip_suffix("a.m.")) {
        (digits, Some(Half::Am))
    } else if let Some(digits) = word.strip_suffix("pm").or(word.strip_suffix("p.m.")) {
        (digits, Some(Half::Pm))
    } else {
        (word, None)
    }
}

/// The numbers between the colons (or dots): the hour of one or two digits, the others of two.
fn numbers(digits: &str) -> Option<Vec<i8>> {
    let parts: Vec<&str> = digits.split([':', '.']).collect();
    let number = |(at, part): (usize, &&str)| {
        let long_enough = part.len() == 2 || (at == 0 && part.len() == 1);
        let plain = long_enough && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    parts.iter().enumerate().map(number).collect()
}

/// The hour of the day of an hour on the twelve-hour clock.
fn twelve(hour: i8, half: Half) -> Option<i8> {
    (1..=12).contains(&hour).then_some(match half {
        Half::Am => hour % 12,
        Half::Pm => hour % 12 + 12,
    })
}

fn on_clock(hour: Option<i8>, minute: i8) -> Reading {
    hour.and_then(|hour| Time::new(hour, minute, 0, 0).ok())
        .map_or(Reading::OffTheClock, Reading::Time)
}

#[cfg(test)]
mod tests {
    use super::Reading::{NotATime, OffTheClock};
    use super::*;

    fn time(hour: i8, minute: i8) -> Reading {
        Reading::Time(Time::constant(hour, minute, 0, 0))
    }

    #[test]
    fn times_read_as_people_write_them() {
        for (word, reading) in [
            ("09:00", time(9, 0)),
            ("9:05", time(9, 5)),
            ("00:00", time(0, 0)),
            ("18.30", time(18, 30)),
            ("9am", time(9, 0)),
            ("12am", time(0, 0)),
            ("12pm", time(12, 0)),
            ("9:30pm", time(21, 30)),
            ("noon", time(12, 0)),
        ] {
            assert_eq!(read(word), reading, "{word}");
        }
    }

    #[test]
    fn a_time_that_no_clock_shows_is_told_from_what_is_no_time() {
        for word in ["25:00", "24:00", "09:60", "13pm", "0am", "99:99"] {
            assert_eq!(read(word), OffTheClock, "{word}");
        }
        for word in [
            "", "9", "soon", "9:5", "10:00:00", "pm", ":", "2026", "+9:00", "-1:00",
        ] {
            assert_eq!(read(word), NotATime, "{word}");
        }
    }
}
