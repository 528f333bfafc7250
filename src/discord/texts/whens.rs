//! What a person reads about a time that they typed and that cannot be taken.

use clara_domain::when::WhenError;
use jiff::Zoned;

use super::{NOTHING_CHANGED, three};
use crate::discord::escape::line;

const FORMS: &str = "Write it as `in 2h`, `18:00`, `tomorrow 09:00`, `friday 14:00`, `24 dec 10:00` or \
    `2026-12-24 10:00`, or leave it out for the next free slot.";

/// One text for each way in which a time is none.
pub(crate) fn when(error: &WhenError) -> String {
    let nothing = |happened: String, next: &str| three(&happened, NOTHING_CHANGED, next);
    match error {
        WhenError::Past { asked, now } => nothing(
            format!(
                "{} is in the past: there it is now {}.",
                spoken(asked),
                spoken(now)
            ),
            "Choose a time to come, such as `in 2h` or `tomorrow 09:00`.",
        ),
        WhenError::Skipped {
            asked,
            before,
            after,
        } => nothing(
            format!(
                "{} does not exist there: the clocks go forward.",
                asked.strftime("%-d %b %Y %H:%M")
            ),
            &format!(
                "Take {} or {}.",
                before.strftime("%H:%M"),
                after.strftime("%H:%M")
            ),
        ),
        WhenError::TooFar { asked } => nothing(
            format!("{} is more than a year ahead.", spoken(asked)),
            "Plan it nearer to its time.",
        ),
        WhenError::BeyondTheCalendar { text } => nothing(
            format!("“{}” is more than a year ahead.", line(text, 80)),
            "Plan it nearer to its time.",
        ),
        WhenError::NeedsTime { text } => nothing(
            format!("“{}” has no time of day.", line(text, 80)),
            &format!("Write it as `{} 09:00`.", plain(text)),
        ),
        WhenError::OffTheClock { word } => nothing(
            format!(
                "“{}” is not on the clock: hours go 00 to 23 and minutes 00 to 59.",
                line(word, 40)
            ),
            "Write it as `18:00` or `6pm`.",
        ),
        WhenError::NoSuchDate { text } => nothing(
            format!(
                "“{}” is not in the calendar: that month has no such day.",
                line(text, 80)
            ),
            "Choose another day.",
        ),
        WhenError::Unreadable { text } => nothing(
            format!("“{}” is not a time that Clara understands.", line(text, 80)),
            FORMS,
        ),
    }
}

fn spoken(at: &Zoned) -> String {
    let zone = at.time_zone().iana_name().unwrap_or("UTC");
    format!("{} ({zone})", at.strftime("%a %-d %b %Y %H:%M"))
}

/// For between backticks, where escapes would show.
fn plain(text: &str) -> String {
    let plain = text
        .chars()
        .filter(|c| c.is_alphanumeric() || " -.,:".contains(*c));
    plain.take(40).collect()
}
