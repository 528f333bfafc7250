#![allow(clippy::unwrap_used)]

mod refusals;

use proptest::prelude::*;

use super::*;
use crate::zone::TimeZoneName;

fn zone(name: &str) -> TimeZone {
    TimeZoneName::new(name).unwrap().zone()
}

/// A Wednesday, 10:00 in Oslo.
const NOW: &str = "2026-05-06T10:00:00+02:00";

fn said_at(now: &str, text: &str) -> Result<When, WhenError> {
    parse(text, now.parse().unwrap(), &zone("Europe/Oslo"))
}

fn said(text: &str) -> Result<When, WhenError> {
    said_at(NOW, text)
}

/// The local time in Oslo that a text means when said at `now`.
fn local_at(now: &str, text: &str) -> String {
    match said_at(now, text) {
        Ok(When::At(at)) => {
            let local = at.to_zoned(zone("Europe/Oslo"));
            local.strftime("%a %F %H:%M").to_string()
        }
        other => panic!("{text:?} is {other:?}"),
    }
}

#[test]
fn no_text_and_next_are_the_next_free_slot() {
    for text in ["", "  ", "next", "Next Free", "next slot", "NEXT FREE SLOT"] {
        assert_eq!(said(text), Ok(When::NextFree), "{text:?}");
    }
}

#[test]
fn times_are_read_as_people_say_them() {
    for (text, expected) in [
        ("now", "Wed 2026-05-06 10:00"),
        ("in 2h", "Wed 2026-05-06 12:00"),
        ("In 1h 30m", "Wed 2026-05-06 11:30"),
        ("in 3 days", "Sat 2026-05-09 10:00"),
        ("in an hour", "Wed 2026-05-06 11:00"),
        ("in 1 hour and 5 minutes", "Wed 2026-05-06 11:05"),
        ("18:00", "Wed 2026-05-06 18:00"),
        ("at 18:00", "Wed 2026-05-06 18:00"),
        ("9:30pm", "Wed 2026-05-06 21:30"),
        ("9 pm", "Wed 2026-05-06 21:00"),
        ("09:00", "Thu 2026-05-07 09:00"),
        ("10:00", "Wed 2026-05-06 10:00"),
        ("noon", "Wed 2026-05-06 12:00"),
        (" today   18:00 ", "Wed 2026-05-06 18:00"),
        ("tomorrow 09:00", "Thu 2026-05-07 09:00"),
        ("Tomorrow at 9am", "Thu 2026-05-07 09:00"),
        ("mon 09:00", "Mon 2026-05-11 09:00"),
        ("on friday at 14:00", "Fri 2026-05-08 14:00"),
        ("Friday, 14:00", "Fri 2026-05-08 14:00"),
        ("next friday 14:00", "Fri 2026-05-08 14:00"),
        ("wed 11:00", "Wed 2026-05-06 11:00"),
        ("wed 09:00", "Wed 2026-05-13 09:00"),
        ("next wed 11:00", "Wed 2026-05-13 11:00"),
        ("24 dec 10:00", "Thu 2026-12-24 10:00"),
        ("dec 24th 10am", "Thu 2026-12-24 10:00"),
        ("24. december at 10:00", "Thu 2026-12-24 10:00"),
        ("15 jan 10:00", "Fri 2027-01-15 10:00"),
        ("15 jan 2027 10:00", "Fri 2027-01-15 10:00"),
        ("2026-12-24 10:00", "Thu 2026-12-24 10:00"),
        ("2026-12-24 at 10am", "Thu 2026-12-24 10:00"),
        ("2026-12-24T10:00", "Thu 2026-12-24 10:00"),
        ("2026-12-24t10:00:00", "Thu 2026-12-24 10:00"),
        ("2026-12-24T10:00:00Z", "Thu 2026-12-24 11:00"),
        ("2026-12-24T10:00+05:30", "Thu 2026-12-24 05:30"),
        ("2026-12-24 10:00:00.5-08:00", "Thu 2026-12-24 19:00"),
    ] {
        assert_eq!(local_at(NOW, text), expected, "{text:?}");
    }
}

#[test]
fn a_wait_over_a_change_of_clocks_is_as_long_as_it_says() {
    assert_eq!(
        local_at("2026-03-28T10:00:00+01:00", "in 1 day"),
        "Sun 2026-03-29 11:00"
    );
}

#[test]
fn a_time_that_comes_twice_is_the_first() {
    let at = said_at("2026-10-24T12:00:00+02:00", "25 oct 02:30");
    assert_eq!(
        at,
        Ok(When::At("2026-10-25T02:30:00+02:00".parse().unwrap()))
    );
}

#[test]
fn a_time_alone_is_the_next_time_the_clock_shows_it() {
    let spring = "2026-03-29T12:00:00+02:00";
    assert_eq!(local_at(spring, "02:30"), "Mon 2026-03-30 02:30");
    let again = Ok(When::At("2026-10-25T02:30:00+01:00".parse().unwrap()));
    assert_eq!(said_at("2026-10-25T02:45:00+02:00", "02:30"), again);
    assert_eq!(said_at("2026-10-25T02:10:00+01:00", "02:30"), again);
    let autumn = "2026-10-25T02:45:00+01:00";
    assert_eq!(local_at(autumn, "02:30"), "Mon 2026-10-26 02:30");
}

#[test]
fn what_is_rendered_in_the_repeated_hour_tells_the_two_apart() {
    let oslo = zone("Europe/Oslo");
    let render = |text: &str| render(text.parse().unwrap(), &oslo);
    assert_eq!(render("2026-10-25T00:30:00Z"), "2026-10-25 02:30");
    assert_eq!(render("2026-10-25T01:30:00Z"), "2026-10-25T01:30:00Z");
    assert_eq!(render("2026-10-25T12:30:01Z"), "2026-10-25T12:30:01Z");
}

fn any_zone() -> impl Strategy<Value = TimeZone> {
    let names = [
        "UTC",
        "Europe/Oslo",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Apia",
        "America/Nuuk",
    ];
    proptest::sample::select(names.to_vec()).prop_map(zone)
}

fn any_now() -> impl Strategy<Value = Timestamp> {
    (1_300_000_000i64..2_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #[test]
    fn what_is_rendered_reads_back_the_same(
        now in any_now(), zone in any_zone(), minutes in 1i64..366 * 24 * 60, second in 0i64..2,
    ) {
        let from = now.as_second() / 60 * 60;
        let at = Timestamp::from_second(from + minutes * 60 + second).unwrap();
        prop_assume!(at >= now && at.duration_since(now).unsigned_abs() <= FARTHEST);
        prop_assert_eq!(parse(&render(at, &zone), now, &zone), Ok(When::At(at)));
    }

    #[test]
    fn a_time_that_is_read_is_never_past_nor_too_far(
        now in any_now(), zone in any_zone(),
        text in "(today|tomorrow|mon|next fri|24 dec|29 feb|1 may 2026|in 3 days|in 9 years|)( at)? ?[0-2]?[0-9]:[0-5][0-9]",
    ) {
        if let Ok(When::At(at)) = parse(&text, now, &zone) {
            prop_assert!(at >= now && at.duration_since(now).unsigned_abs() <= FARTHEST);
        }
    }

    #[test]
    fn a_time_of_day_alone_comes_within_two_days(now in any_now(), zone in any_zone(), hour in 0i8..24, minute in 0i8..60) {
        match parse(&format!("{hour:02}:{minute:02}"), now, &zone) {
            Ok(When::At(at)) => {
                let local = zone.to_datetime(at);
                prop_assert_eq!((local.hour(), local.minute()), (hour, minute));
                prop_assert!(at >= now && at.duration_since(now).as_hours() <= 48);
            }
            Err(WhenError::Skipped { before, after, .. }) => prop_assert!(before < after && after.timestamp() > now),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".*", now in any_now(), zone in any_zone()) {
        let _ = parse(&text, now, &zone).map_err(|error| error.to_string());
    }

    #[test]
    fn nearly_times_do_not_make_it_panic(
        text in "(in |next |on |today |mon )?[0-9a-z:. -]{0,24}", now in any_now(), zone in any_zone(),
    ) {
        let _ = parse(&text, now, &zone).map_err(|error| error.to_string());
    }
}
