//! From a local time to the exact one: what is repeated happens at the first, what is skipped is an
//! error that names the nearest times that exist.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::WhenError;

/// The exact time of a local one.
pub(super) fn resolve(zone: &TimeZone, local: DateTime) -> Result<Timestamp, WhenError> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if let AmbiguousOffset::Gap { before, .. } = ambiguous.offset()
        && let Some((before, after)) = around_gap(zone, local, before)
    {
        return Err(WhenError::Skipped {
            asked: local,
            before,
            after,
        });
    }
    ambiguous
        .compatible()
        .map_err(|_| WhenError::BeyondTheCalendar {
            text: local.to_string(),
        })
}

/// The second time at which the clocks show a local time that they repeat.
pub(super) fn second(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Fold { .. } => ambiguous.later().ok(),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
    }
}

/// The last minute before the gap that `local` is in, and the first after it. With the offset from
/// before the gap, `local` is a time after the change; so the change is the one before that.
fn around_gap(zone: &TimeZone, local: DateTime, offset: Offset) -> Option<(Zoned, Zoned)> {
    let within = offset.to_timestamp(local).ok()?;
    let just_after = within.checked_add(SignedDuration::from_nanos(1)).ok()?;
    let change = zone.preceding(just_after).next()?.timestamp();
    let before = change.checked_sub(SignedDuration::from_mins(1)).ok()?;
    Some((before.to_zoned(zone.clone()), change.to_zoned(zone.clone())))
}
