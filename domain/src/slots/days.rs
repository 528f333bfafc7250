//! The names of week days, and of the sets of them that slots use. English, any common short form.

use jiff::civil::Weekday;

const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "mon", "monday"),
    (Weekday::Tuesday, "tue", "tuesday"),
    (Weekday::Wednesday, "wed", "wednesday"),
    (Weekday::Thursday, "thu", "thursday"),
    (Weekday::Friday, "fri", "friday"),
    (Weekday::Saturday, "sat", "saturday"),
    (Weekday::Sunday, "sun", "sunday"),
];

/// The day that a lower-case word names, in full or shortened to three letters or more (`thurs`).
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    WEEK.into_iter()
        .find(|(_, _, name)| word.len() >= 3 && name.starts_with(word))
        .map(|(day, _, _)| day)
}

/// The three-letter name of a day, as slots are written.
pub(crate) fn short(day: Weekday) -> &'static str {
    WEEK[usize::from(day.to_monday_zero_offset().unsigned_abs())].1
}

/// The days that a lower-case word of a slot names: a day, `daily`, `weekdays`, `weekends`, or a
/// span such as `mon-fri`.
pub(crate) fn days(word: &str) -> Option<Vec<Weekday>> {
    let (from, to) = match word {
        "daily" | "everyday" => (Weekday::Monday, Weekday::Sunday),
        "weekdays" | "weekday" => (Weekday::Monday, Weekday::Friday),
        "weekends" | "weekend" => (Weekday::Saturday, Weekday::Sunday),
        word => match word.split_once('-') {
            Some((from, to)) => (weekday(from)?, weekday(to)?),
            None => (weekday(word)?, weekday(word)?),
        },
    };
    let length = usize::from(from.until(to).unsigned_abs()) + 1;
    Some(from.cycle_forward().take(length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_known_by_its_name_and_its_short_forms() {
        for word in ["thu", "thur", "thurs", "thursday"] {
            assert_eq!(weekday(word), Some(Weekday::Thursday), "{word}");
        }
        for word in ["", "t", "th", "mondays", "someday"] {
            assert_eq!(weekday(word), None, "{word}");
        }
    }

    #[test]
    fn every_day_reads_back_from_its_short_name() {
        for day in Weekday::Monday.cycle_forward().take(7) {
            assert_eq!(weekday(short(day)), Some(day));
        }
    }

    #[test]
    fn sets_of_days_expand() {
        assert_eq!(days("daily").map(|days| days.len()), Some(7));
        assert_eq!(days("weekdays").map(|days| days.len()), Some(5));
        assert_eq!(
            days("weekends"),
            Some(vec![Weekday::Saturday, Weekday::Sunday])
        );
        let over_the_week = vec![Weekday::Saturday, Weekday::Sunday, Weekday::Monday];
        assert_eq!(days("sat-mon"), Some(over_the_week));
        assert_eq!(days("mon-"), None);
    }
}
