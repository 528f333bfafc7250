//! Where weekly slots fall on real dates. A time that the clocks skip happens the same distance
//! after the gap; a time that they repeat happens once, at the first; a date that a zone skipped
//! whole has no slots at all.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::WeeklySlot;

/// The civil dates from the one before `after`'s to the one after `until`'s.
pub(super) fn dates(
    zone: &TimeZone,
    after: Timestamp,
    until: Timestamp,
) -> impl Iterator<Item = Date> {
    let local = |at| zone.to_datetime(at).date();
    let first = local(after).saturating_sub(1.day());
    let last = local(until).saturating_add(1.day());
    std::iter::successors(Some(first), |date| date.tomorrow().ok())
        .take_while(move |date| *date <= last)
}

/// The times at which the slots of `date` happen, in order, each once.
pub(super) fn occurrences(slots: &[WeeklySlot], zone: &TimeZone, date: Date) -> Vec<Timestamp> {
    if !exists(zone, date) {
        return Vec::new();
    }
    let mut times: Vec<Timestamp> = slots
        .iter()
        .filter(|slot| slot.day == date.weekday())
        .filter_map(|slot| zone.to_timestamp(date.to_datetime(slot.time)).ok())
        .collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Whether the zone lived through any of `date` (Samoa had no 30 December 2011).
fn exists(zone: &TimeZone, date: Date) -> bool {
    let start = zone.to_timestamp(date.to_datetime(Time::midnight()));
    start.is_ok_and(|start| zone.to_datetime(start).date() == date)
}
