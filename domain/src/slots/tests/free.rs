//! What is free: the gap, quiet hours, the horizon; and what holds in every zone on every date.

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Oslo",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Nuuk",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
];

#[test]
fn the_next_slot_comes_strictly_after() {
    let nine = at("2026-05-04T09:00:00Z");
    let next = |after| schedule("mon 09:00").next_free(&TimeZone::UTC, after, &BTreeSet::new());
    assert_eq!(next(nine - SignedDuration::from_secs(1)), Some(nine));
    assert_eq!(next(nine), Some(at("2026-05-11T09:00:00Z")));
}

#[test]
fn a_slot_too_close_to_a_taken_time_is_passed_over() {
    let mut schedule = schedule("daily 09:00 09:20 09:30");
    schedule.min_gap = Duration::from_secs(30 * 60);
    let taken = BTreeSet::from([at("2026-05-04T09:00:00Z")]);
    let next = schedule.next_free(&TimeZone::UTC, at("2026-05-04T08:00:00Z"), &taken);
    assert_eq!(next, Some(at("2026-05-04T09:30:00Z")));
}

#[test]
fn a_taken_slot_is_not_free_even_without_a_gap() {
    let taken = BTreeSet::from([at("2026-05-04T09:00:00Z")]);
    let next =
        schedule("daily 09:00").next_free(&TimeZone::UTC, at("2026-05-04T08:00:00Z"), &taken);
    assert_eq!(next, Some(at("2026-05-05T09:00:00Z")));
}

#[test]
fn the_search_ends_at_the_horizon() {
    let after = at("2026-05-04T09:00:00Z");
    let mut schedule = schedule("mon 09:00");
    schedule.min_gap = Duration::from_secs(365 * 24 * 3600);
    let taken = BTreeSet::from([after]);
    assert_eq!(schedule.next_free(&TimeZone::UTC, after, &taken), None);
    assert_eq!(
        Schedule::default().next_free(&TimeZone::UTC, after, &BTreeSet::new()),
        None
    );
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for after in [Timestamp::MAX, Timestamp::MIN] {
        for name in ZONES {
            let _ = schedule("daily 09:00").next_free(&zone(name), after, &BTreeSet::new());
        }
    }
}

#[test]
fn quiet_hours_are_judged_in_local_time() {
    let mut schedule = schedule("daily 06:59 07:00");
    schedule.quiet = vec!["22:00-07:00".parse().unwrap()];
    let oslo = zone("Europe/Oslo");
    let next = schedule.next_free(&oslo, at("2026-07-01T00:00:00Z"), &BTreeSet::new());
    assert_eq!(next, Some(at("2026-07-01T05:00:00Z")));
    let conflict = |text| schedule.conflict(&oslo, at(text), &BTreeSet::new());
    assert_eq!(conflict("2026-07-01T19:59:00Z"), None);
    assert_eq!(
        conflict("2026-07-01T20:00:00Z"),
        Some(SlotConflict::Quiet {
            hours: schedule.quiet[0]
        })
    );
}

#[test]
fn a_conflict_names_the_nearest_taken_time() {
    let schedule = Schedule::default();
    let taken = BTreeSet::from([at("2026-05-04T09:00:00Z"), at("2026-05-04T09:50:00Z")]);
    let conflict = schedule.conflict(&TimeZone::UTC, at("2026-05-04T09:28:00Z"), &taken);
    let expected = SlotConflict::TooClose {
        other: at("2026-05-04T09:50:00Z"),
        min_gap: Duration::from_secs(30 * 60),
    };
    assert_eq!(conflict, Some(expected));
    insta::assert_snapshot!(conflict.unwrap(), @"another tweet is planned for 2026-05-04T09:50:00Z, and tweets stay 30m apart");
    let apart = schedule.conflict(&TimeZone::UTC, at("2026-05-04T10:20:00Z"), &taken);
    assert_eq!(apart, None);
}

#[test]
fn a_conflict_reads_back_from_what_is_written() {
    for conflict in [
        SlotConflict::Quiet {
            hours: "22:00-07:00".parse().unwrap(),
        },
        SlotConflict::TooClose {
            other: at("2026-05-04T09:50:00Z"),
            min_gap: Duration::from_secs(1800),
        },
    ] {
        let json = serde_json::to_string(&conflict).unwrap();
        assert_eq!(
            serde_json::from_str::<SlotConflict>(&json).unwrap(),
            conflict
        );
    }
}

fn any_time() -> impl Strategy<Value = Time> {
    (0i8..24, 0i8..60).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
}

fn any_zone() -> impl Strategy<Value = TimeZone> {
    select(&ZONES[..]).prop_map(zone)
}

/// Around the years in which these zones did their odd things, and those in which we post.
fn any_day() -> impl Strategy<Value = Date> {
    (0i64..20 * 366).prop_map(|days| Date::constant(2011, 6, 1) + days.days())
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let slot = (0i8..7, any_time()).prop_map(|(day, time)| WeeklySlot {
        day: Weekday::from_monday_zero_offset(day).unwrap(),
        time,
    });
    let hours =
        (any_time(), any_time()).prop_filter_map("empty", |(from, to)| QuietHours::new(from, to));
    let slots = prop::collection::vec(slot, 1..8);
    let quiet = prop::collection::vec(hours, 0..2);
    (slots, quiet, 0u64..180).prop_map(|(slots, quiet, gap)| Schedule {
        slots,
        quiet,
        min_gap: Duration::from_secs(gap * 60),
        ..Schedule::default()
    })
}

proptest! {
    #[test]
    fn a_daily_slot_happens_exactly_once_on_every_date_that_exists(
        zone in any_zone(), start in any_day(), time in any_time(),
    ) {
        let daily = Weekday::Monday.cycle_forward().take(7);
        let schedule = Schedule {
            slots: daily.map(|day| WeeklySlot { day, time }).collect(),
            min_gap: Duration::ZERO,
            ..Schedule::default()
        };
        let mut from = start.to_zoned(zone.clone()).unwrap().timestamp();
        from -= SignedDuration::from_nanos(1);
        let mut date = from.to_zoned(zone.clone()).date().tomorrow().unwrap();
        for _ in 0..40 {
            let next = schedule.next_free(&zone, from, &BTreeSet::new()).unwrap();
            prop_assert!(next > from);
            let first = date.at(0, 0, 0, 0).to_zoned(zone.clone()).unwrap();
            if first.date() != date {
                date = first.date();
            }
            let expected = date.to_datetime(time).to_zoned(zone.clone()).unwrap();
            prop_assert_eq!(next, expected.timestamp(), "on {}", date);
            from = next;
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn what_is_free_keeps_the_gap_and_the_quiet_hours(
        zone in any_zone(), start in any_day(), schedule in any_schedule(),
        taken in prop::collection::btree_set(0i64..30 * 24 * 60, 0..20),
    ) {
        let mut from = start.to_zoned(zone.clone()).unwrap().timestamp();
        let until = from + SignedDuration::from_hours(60 * 24);
        let mut taken: BTreeSet<Timestamp> = taken
            .into_iter()
            .map(|minute| from + SignedDuration::from_mins(minute))
            .collect();
        let gap = SignedDuration::try_from(schedule.min_gap).unwrap();
        while let Some(next) = schedule.next_free(&zone, from, &taken) {
            prop_assert!(next > from);
            if next > until {
                break;
            }
            prop_assert_eq!(schedule.conflict(&zone, next, &taken), None);
            let local = zone.to_datetime(next).time();
            prop_assert!(!schedule.quiet.iter().any(|hours| hours.contains(local)));
            for other in &taken {
                let distance = next.duration_since(*other).abs();
                prop_assert!(distance >= gap && !distance.is_zero());
            }
            taken.insert(next);
            from = next;
        }
    }

    #[test]
    fn nothing_earlier_was_free(
        zone in any_zone(), start in any_day(), schedule in any_schedule(),
    ) {
        let from = start.to_zoned(zone.clone()).unwrap().timestamp();
        let next = schedule.next_free(&zone, from, &BTreeSet::new());
        let limit = next.unwrap_or(from + SignedDuration::from_hours(14 * 24));
        let dates = calendar::dates(&zone, from, limit);
        let all = dates.flat_map(|date| calendar::occurrences(&schedule.slots, &zone, date));
        for earlier in all.filter(|at| from < *at && *at < limit) {
            prop_assert!(schedule.conflict(&zone, earlier, &BTreeSet::new()).is_some());
        }
    }
}
