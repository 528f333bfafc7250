//! What people write for slots, quiet hours and schedules, and what they are told when it is wrong.

use proptest::prelude::*;

use super::*;

fn spelt(text: &str) -> String {
    let slots = parse_slots(text).unwrap();
    let spelt: Vec<String> = slots.iter().map(ToString::to_string).collect();
    spelt.join(", ")
}

#[test]
fn slots_read_as_people_write_them() {
    assert_eq!(spelt("mon 09:00"), "mon 09:00");
    assert_eq!(spelt(" Monday  9:00 "), "mon 09:00");
    assert_eq!(spelt("mon 9am; MON 17:30"), "mon 09:00, mon 17:30");
    assert_eq!(spelt("thu, mon 09:00"), "mon 09:00, thu 09:00");
    assert_eq!(spelt("mon 09:00, 14:00"), "mon 09:00, mon 14:00");
    assert_eq!(
        spelt("weekends 11:00, fri-sat 20:00"),
        "fri 20:00, sat 11:00, sat 20:00, sun 11:00"
    );
    assert_eq!(
        spelt("weekdays 12:30"),
        "mon 12:30, tue 12:30, wed 12:30, thu 12:30, fri 12:30"
    );
    assert_eq!(parse_slots("daily 09:00").unwrap().len(), 7);
    assert_eq!(spelt("mon 09:00 mon 09:00"), "mon 09:00");
    assert_eq!(spelt(""), "");
}

#[test]
fn a_wrong_slot_is_named_with_what_was_expected() {
    let refusals = [
        "mon 25:00",
        "mon 09:60",
        "mon",
        "09:00",
        "funday 09:00",
        "mon 9",
        "mon 09:00 tue",
    ]
    .map(|text| parse_slots(text).unwrap_err().to_string());
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn one_slot_is_one() {
    assert_eq!(
        "tue 10:00".parse::<WeeklySlot>().unwrap().to_string(),
        "tue 10:00"
    );
    insta::assert_snapshot!("daily 09:00".parse::<WeeklySlot>().unwrap_err(), @"`daily 09:00` names more than one slot; write one, such as `mon 09:00`");
    insta::assert_snapshot!("".parse::<WeeklySlot>().unwrap_err(), @"`` has no time: write it as `mon 09:00`");
}

#[test]
fn quiet_hours_read_back_as_written() {
    for (text, written) in [
        ("22:00-07:00", "22:00-07:00"),
        (" 10pm - 7am ", "22:00-07:00"),
        ("12:00-13:30", "12:00-13:30"),
        ("22:00-24:00", "22:00-00:00"),
    ] {
        assert_eq!(text.parse::<QuietHours>().unwrap().to_string(), written);
    }
}

#[test]
fn quiet_hours_over_midnight_hold_on_both_sides() {
    let night: QuietHours = "22:00-07:00".parse().unwrap();
    let held = |text: &str| night.contains(text.parse().unwrap());
    assert!(held("22:00:00") && held("23:59:59") && held("00:00:00") && held("06:59:59"));
    assert!(!held("07:00:00") && !held("12:00:00") && !held("21:59:59"));
}

#[test]
fn wrong_quiet_hours_are_named_with_what_was_expected() {
    let refusals = ["22:00", "22-07", "25:00-07:00", "22:00-22:00", ""]
        .map(|text| text.parse::<QuietHours>().unwrap_err().to_string());
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_schedule_of_nothing_has_the_documented_defaults() {
    let schedule: Schedule = serde_json::from_str("{}").unwrap();
    assert_eq!(schedule, Schedule::default());
    insta::assert_json_snapshot!(schedule, @r#"
    {
      "slots": [],
      "quiet": [],
      "min_gap": "30m",
      "grace": "15m",
      "lead": "1day"
    }
    "#);
}

#[test]
fn a_schedule_expands_its_slots_and_writes_them_one_by_one() {
    let json = r#"{"slots":["weekends 11:00","sat 9am"],"quiet":["22:00-07:00"],"min_gap":"1h"}"#;
    let schedule: Schedule = serde_json::from_str(json).unwrap();
    insta::assert_json_snapshot!(schedule, @r#"
    {
      "slots": [
        "sat 09:00",
        "sat 11:00",
        "sun 11:00"
      ],
      "quiet": [
        "22:00-07:00"
      ],
      "min_gap": "1h",
      "grace": "15m",
      "lead": "1day"
    }
    "#);
    let written = serde_json::to_string(&schedule).unwrap();
    assert_eq!(
        serde_json::from_str::<Schedule>(&written).unwrap(),
        schedule
    );
}

#[test]
fn a_schedule_refuses_what_it_does_not_know() {
    let error = |json| {
        serde_json::from_str::<Schedule>(json)
            .unwrap_err()
            .to_string()
    };
    assert!(error(r#"{"slot":[]}"#).contains("unknown field `slot`"));
    assert!(error(r#"{"slots":["mon 25:00"]}"#).contains("`mon 25:00` is not a slot"));
    assert!(error(r#"{"quiet":["nights"]}"#).contains("`nights` is not quiet hours"));
    assert!(error(r#"{"min_gap":"soon"}"#).contains("a duration such as"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*") {
        let _ = parse_slots(&text);
        let _ = text.parse::<QuietHours>();
    }

    #[test]
    fn nearly_slots_do_not_make_it_panic(text in "[a-z]{0,4}[ ,;-]?[0-9]{0,3}[:.]?[0-9]{0,3}(am|pm)?") {
        let _ = parse_slots(&text);
        let _ = text.parse::<QuietHours>();
    }

    #[test]
    fn what_is_written_reads_back_the_same(day in 0i8..7, hour in 0i8..24, minute in 0i8..60) {
        let time = jiff::civil::time(hour, minute, 0, 0);
        let slot = WeeklySlot { day: jiff::civil::Weekday::from_monday_zero_offset(day).unwrap(), time };
        prop_assert_eq!(slot.to_string().parse::<WeeklySlot>().unwrap(), slot);
        if let Some(hours) = QuietHours::new(time, jiff::civil::time(7, 0, 0, 0)) {
            prop_assert_eq!(hours.to_string().parse::<QuietHours>().unwrap(), hours);
        }
    }
}
