//! When a client posts: weekly slots in its own time zone, quiet hours, and the gap between tweets.
//! Knows nothing of tweets; what is taken comes in as times. A slot happens at most once on a civil
//! date, whatever the clocks do on that date.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::client::later;

mod calendar;
pub(crate) mod clock;
pub(crate) mod days;
mod quiet;
mod weekly;

pub use quiet::{QuietError, QuietHours};
pub use weekly::{SlotError, WeeklySlot, parse_slots};

/// How far ahead [`Schedule::next_free`] looks for a free slot.
pub const HORIZON: Duration = Duration::from_secs(60 * 24 * 3600);

/// A client's posting times and the rules around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// The weekly slots, as `mon 09:00`; when read, also `weekdays 12:30`, `daily 09:00` and the
    /// like. Default: none.
    #[serde(deserialize_with = "weekly::expand")]
    pub slots: Vec<WeeklySlot>,
    /// When nothing is posted, as `22:00-07:00`. Default: none.
    pub quiet: Vec<QuietHours>,
    /// The least time between two tweets of the client. Default: 30 minutes.
    #[serde(with = "crate::duration")]
    pub min_gap: Duration,
    /// How late a tweet may still be posted without asking a person. Default: 15 minutes.
    #[serde(with = "crate::duration")]
    pub grace: Duration,
    /// How long before its time a planned tweet is written. Default: 24 hours.
    #[serde(with = "crate::duration")]
    pub lead: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule {
            slots: Vec::new(),
            quiet: Vec::new(),
            min_gap: Duration::from_secs(30 * 60),
            grace: Duration::from_secs(15 * 60),
            lead: Duration::from_secs(24 * 3600),
        }
    }
}

/// Why a time does not suit a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SlotConflict {
    /// Another tweet's time is nearer than the client's gap.
    #[error("another tweet is planned for {other}, and tweets stay {} apart", humantime::format_duration(*min_gap))]
    TooClose {
        /// The other tweet's time.
        other: Timestamp,
        /// The client's gap.
        #[serde(with = "crate::duration")]
        min_gap: Duration,
    },
    /// The time is in the client's quiet hours.
    #[error("it is within the quiet hours {hours}")]
    Quiet {
        /// The hours it falls in.
        hours: QuietHours,
    },
}

impl Schedule {
    /// The first slot strictly after `after`, at most [`HORIZON`] ahead, that is outside quiet
    /// hours and keeps the gap to every taken time; `None` when there is none.
    pub fn next_free(
        &self,
        zone: &TimeZone,
        after: Timestamp,
        taken: &BTreeSet<Timestamp>,
    ) -> Option<Timestamp> {
        let until = later(after, HORIZON);
        let free = |at: &Timestamp| {
            after < *at && *at <= until && self.conflict(zone, *at, taken).is_none()
        };
        let first_on = |date| {
            let slots = calendar::occurrences(&self.slots, zone, date);
            slots.into_iter().find(free)
        };
        // A slot that the clocks' change moved past midnight comes after the first slots of the next
        // date, and may belong to the date before `after`'s: so look one date to either side.
        let mut dates = calendar::dates(zone, after, until);
        while let Some(date) = dates.next() {
            if let Some(at) = first_on(date) {
                let next = dates.next().and_then(first_on);
                return Some(next.map_or(at, |next| next.min(at)));
            }
        }
        None
    }

    /// What speaks against posting at `at`: quiet hours first, then a taken time that is too close
    /// or the same.
    pub fn conflict(
        &self,
        zone: &TimeZone,
        at: Timestamp,
        taken: &BTreeSet<Timestamp>,
    ) -> Option<SlotConflict> {
        let local = zone.to_datetime(at).time();
        if let Some(hours) = self.quiet.iter().find(|hours| hours.contains(local)) {
            return Some(SlotConflict::Quiet { hours: *hours });
        }
        let before = taken.range(..=at).next_back();
        let after = taken.range(at..).next();
        let nearest = before
            .into_iter()
            .chain(after)
            .min_by_key(|other| at.duration_since(**other).unsigned_abs())?;
        let distance = at.duration_since(*nearest).unsigned_abs();
        (distance < self.min_gap || distance.is_zero()).then_some(SlotConflict::TooClose {
            other: *nearest,
            min_gap: self.min_gap,
        })
    }
}

#[cfg(test)]
mod tests;
