//! What people are told when their text is no time to post at.

use super::*;

fn refusals(now: &str, texts: &[&str]) -> String {
    let told = texts
        .iter()
        .map(|text| said_at(now, text).unwrap_err().to_string());
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_time_that_is_over_is_told_with_the_time_now() {
    insta::assert_snapshot!(refusals(
        NOW,
        &[
            "today 09:00",
            "2026-05-01 10:00",
            "1 may 10:00",
            "2020-01-01T00:00:00Z"
        ],
    ));
}

#[test]
fn a_time_too_far_ahead_is_told() {
    insta::assert_snapshot!(refusals(
        NOW,
        &[
            "in 2 years",
            "2028-01-01 10:00",
            "in 99999999 years",
            "9999-12-31 23:59",
            "in 8000 years"
        ],
    ));
}

#[test]
fn a_day_without_a_time_is_asked_for_one() {
    insta::assert_snapshot!(refusals(
        NOW,
        &[
            "monday",
            "next friday",
            "Tomorrow",
            "today",
            "24 dec",
            "2026-12-24"
        ],
    ));
}

#[test]
fn a_wrong_time_or_date_is_told_apart_from_what_is_no_time() {
    insta::assert_snapshot!(refusals(
        NOW,
        &[
            "25:00",
            "tomorrow 9:75",
            "mon 13pm",
            "24:00",
            "30 feb 10:00",
            "2026-02-30 10:00",
            "2026-13-01T10:00",
        ],
    ));
}

#[test]
fn what_is_not_understood_is_taught_by_examples() {
    let long = "soon ".repeat(1000);
    insta::assert_snapshot!(refusals(
        NOW,
        &[
            "soon",
            "tomorrow at 9",
            "in 90",
            "in",
            "next year",
            "2026-12-24T10:00[America/New_York]",
            &long,
        ],
    ));
}

#[test]
fn a_skipped_time_is_told_with_the_nearest_that_exist() {
    insta::assert_snapshot!(refusals(
        "2026-03-28T12:00:00+01:00",
        &["tomorrow 02:30", "sun 02:00"]
    ));
    let apia = parse(
        "2011-12-30 09:00",
        "2011-12-28T20:00:00Z".parse().unwrap(),
        &zone("Pacific/Apia"),
    );
    insta::assert_snapshot!(apia.unwrap_err());
}
