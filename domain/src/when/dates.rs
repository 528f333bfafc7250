//! From a day that somebody names to its date, counted from today in the client's zone.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, Zoned};

use super::words::Day;
use super::{WhenError, local};

/// A date without a year that is over by at most this many days was meant for this year, and is past;
/// one that is over for longer is meant for the next.
const JUST_OVER: i32 = 90;

/// The next time at which the clock shows `time`: today, if need be for the second time, or tomorrow.
pub(super) fn next_at(here: &Zoned, time: Time) -> Result<Timestamp, WhenError> {
    let (now, today) = (here.timestamp(), here.date());
    let first = at(here, today, time);
    let over = match &first {
        Ok(at) => *at < now,
        Err(WhenError::Skipped { after, .. }) => after.timestamp() <= now,
        Err(_) => false,
    };
    if !over {
        return first;
    }
    let second = local::second(here.time_zone(), today.to_datetime(time)).filter(|at| *at >= now);
    second.map_or_else(|| at(here, today.saturating_add(1.day()), time), Ok)
}

/// A time on a named day.
pub(super) fn on(here: &Zoned, day: Day, time: Time, typed: &str) -> Result<Timestamp, WhenError> {
    let no_such = || WhenError::NoSuchDate {
        text: typed.to_owned(),
    };
    let today = here.date();
    let date = match day {
        Day::FromToday(days) => today.saturating_add(i64::from(days).days()),
        Day::Weekday { day, next } => {
            let days = i64::from(today.weekday().until(day));
            let over = next || today.to_datetime(time) < here.datetime();
            let weeks = i64::from(days == 0 && over);
            today
                .saturating_add(days.days())
                .saturating_add(weeks.weeks())
        }
        Day::Date { year, month, day } => Date::new(year, month, day).map_err(|_| no_such())?,
        Day::OfYear { month, day } => of_year(today, month, day).ok_or_else(no_such)?,
    };
    at(here, date, time)
}

/// The date of this year, or of the next when this year's is long over.
fn of_year(today: Date, month: i8, day: i8) -> Option<Date> {
    let this = Date::new(today.year(), month, day).ok()?;
    let over = today.duration_since(this).as_hours() / 24;
    if over > i64::from(JUST_OVER) {
        Date::new(today.year().checked_add(1)?, month, day).ok()
    } else {
        Some(this)
    }
}

fn at(here: &Zoned, date: Date, time: Time) -> Result<Timestamp, WhenError> {
    local::resolve(here.time_zone(), date.to_datetime(time))
}
