#![allow(clippy::unwrap_used)]

mod clocks_change;
mod free;
mod text;

use super::*;
use crate::zone::TimeZoneName;

fn zone(name: &str) -> TimeZone {
    TimeZoneName::new(name).unwrap().zone()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A schedule of these slots alone: no quiet hours, no gap.
fn schedule(slots: &str) -> Schedule {
    Schedule {
        slots: parse_slots(slots).unwrap(),
        min_gap: Duration::ZERO,
        ..Schedule::default()
    }
}

/// The slots after `after` and before `before`, each found from the one before it, in local time.
fn walk(schedule: &Schedule, zone: &TimeZone, after: &str, before: &str) -> Vec<String> {
    let mut times = Vec::new();
    let mut from = at(after);
    while let Some(next) = schedule.next_free(zone, from, &BTreeSet::new()) {
        assert!(next > from, "{next} does not come after {from}");
        if next >= at(before) {
            break;
        }
        let local = next.to_zoned(zone.clone());
        times.push(local.strftime("%a %F %H:%M %:z").to_string());
        from = next;
    }
    times
}
