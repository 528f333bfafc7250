//! Slots on the days on which clocks change, in zones that change them in every odd way.

use super::*;

#[test]
fn in_oslo_a_skipped_slot_happens_an_hour_later() {
    let found = walk(
        &schedule("daily 02:30"),
        &zone("Europe/Oslo"),
        "2026-03-27T12:00:00Z",
        "2026-03-30T12:00:00Z",
    );
    insta::assert_snapshot!(found.join("\n"), @r"
    Sat 2026-03-28 02:30 +01:00
    Sun 2026-03-29 03:30 +02:00
    Mon 2026-03-30 02:30 +02:00
    ");
}

#[test]
fn in_oslo_a_repeated_slot_happens_once_at_the_first() {
    let found = walk(
        &schedule("daily 02:30"),
        &zone("Europe/Oslo"),
        "2026-10-23T12:00:00Z",
        "2026-10-26T12:00:00Z",
    );
    insta::assert_snapshot!(found.join("\n"), @r"
    Sat 2026-10-24 02:30 +02:00
    Sun 2026-10-25 02:30 +02:00
    Mon 2026-10-26 02:30 +01:00
    ");
}

#[test]
fn in_new_york_both_changes_keep_the_wall_clock() {
    let new_york = zone("America/New_York");
    let spring = walk(
        &schedule("daily 02:15 09:00"),
        &new_york,
        "2026-03-07T12:00:00-05:00",
        "2026-03-09T12:00:00-04:00",
    );
    let autumn = walk(
        &schedule("daily 01:15 09:00"),
        &new_york,
        "2026-10-31T12:00:00-04:00",
        "2026-11-02T12:00:00-05:00",
    );
    insta::assert_snapshot!(spring.join("\n"), @r"
    Sun 2026-03-08 03:15 -04:00
    Sun 2026-03-08 09:00 -04:00
    Mon 2026-03-09 02:15 -04:00
    Mon 2026-03-09 09:00 -04:00
    ");
    insta::assert_snapshot!(autumn.join("\n"), @r"
    Sun 2026-11-01 01:15 -04:00
    Sun 2026-11-01 09:00 -05:00
    Mon 2026-11-02 01:15 -05:00
    Mon 2026-11-02 09:00 -05:00
    ");
}

#[test]
fn on_lord_howe_the_clocks_move_by_half_an_hour() {
    let lord_howe = zone("Australia/Lord_Howe");
    let spring = walk(
        &schedule("sun 02:15"),
        &lord_howe,
        "2026-10-03T12:00:00Z",
        "2026-10-05T12:00:00Z",
    );
    let autumn = walk(
        &schedule("sun 01:45"),
        &lord_howe,
        "2026-04-04T00:00:00Z",
        "2026-04-06T00:00:00Z",
    );
    assert_eq!(spring, ["Sun 2026-10-04 02:45 +11:00"]);
    assert_eq!(autumn, ["Sun 2026-04-05 01:45 +11:00"]);
}

#[test]
fn a_date_that_samoa_skipped_has_no_slots() {
    let found = walk(
        &schedule("daily 09:00"),
        &zone("Pacific/Apia"),
        "2011-12-28T20:00:00Z",
        "2012-01-01T12:00:00Z",
    );
    insta::assert_snapshot!(found.join("\n"), @r"
    Thu 2011-12-29 09:00 -10:00
    Sat 2011-12-31 09:00 +14:00
    Sun 2012-01-01 09:00 +14:00
    ");
}

#[test]
fn a_slot_that_is_moved_past_a_later_one_comes_after_it() {
    let found = walk(
        &schedule("sun 02:30 03:10"),
        &zone("Europe/Oslo"),
        "2026-03-28T12:00:00Z",
        "2026-03-29T12:00:00Z",
    );
    assert_eq!(
        found,
        ["Sun 2026-03-29 03:10 +02:00", "Sun 2026-03-29 03:30 +02:00"]
    );
}

#[test]
fn two_slots_that_the_change_brings_together_are_one() {
    let found = walk(
        &schedule("sun 02:30 03:30"),
        &zone("Europe/Oslo"),
        "2026-03-28T12:00:00Z",
        "2026-03-29T12:00:00Z",
    );
    assert_eq!(found, ["Sun 2026-03-29 03:30 +02:00"]);
}

#[test]
fn a_slot_that_is_moved_past_midnight_still_happens() {
    // Greenland puts its clocks forward late on a Saturday evening.
    let found = walk(
        &schedule("sat 22:30 23:30, sun 00:10"),
        &zone("America/Nuuk"),
        "2026-03-27T12:00:00Z",
        "2026-03-30T12:00:00Z",
    );
    insta::assert_snapshot!(found.join("\n"));
}
