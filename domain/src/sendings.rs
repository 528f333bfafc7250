//! When a client's requests to post left, for as long as a service may count them.
//!
//! It is part of the state, so the journal is the only place that remembers it and a limit outlives the process that
//! kept it. Every request counts, whatever became of it: services count those they turn away, too. What is inexact is
//! taken for later than it was, never for earlier.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::later;

/// The longest window in which a service counts.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Requests that left within the same minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// When the last of them left.
    pub at: Timestamp,
    /// How many there were.
    pub calls: u32,
}

/// The requests of the last 24 hours, oldest first: at most one entry for each minute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sendings(VecDeque<Burst>);

impl Sendings {
    /// The requests, oldest first.
    pub fn bursts(&self) -> impl Iterator<Item = Burst> + '_ {
        self.0.iter().copied()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When there is room again for one more, where so many may leave in 24 hours; [`Timestamp::MIN`] where there is now.
    pub fn room_at(&self, most: u32) -> Timestamp {
        let mut left = 0_u32;
        for burst in self.0.iter().rev() {
            left = left.saturating_add(burst.calls);
            if left >= most {
                return later(burst.at, REMEMBERED);
            }
        }
        Timestamp::MIN
    }

    /// One more request left; those that no window counts any more are forgotten.
    pub(crate) fn note(&mut self, at: Timestamp) {
        let mut burst = Burst { at, calls: 1 };
        // A burst of a later time was sent before the clock was set back: it has left by now.
        while let Some(last) = self
            .0
            .pop_back_if(|last| last.at > at || minute(last.at) == minute(at))
        {
            burst.calls = burst.calls.saturating_add(last.calls);
        }
        self.0.push_back(burst);
        while self
            .0
            .pop_front_if(|first| later(first.at, REMEMBERED) <= at)
            .is_some()
        {}
    }
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Client;
    use crate::ids::ClientId;
    use proptest::prelude::*;

    const DAY: i64 = 24 * 60 * 60;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn noted(seconds: &[i64]) -> Vec<(i64, u32)> {
        let mut sendings = Sendings::default();
        seconds.iter().for_each(|second| sendings.note(at(*second)));
        let bursts = sendings.bursts();
        bursts
            .map(|burst| (burst.at.as_second() - 1_800_000_000, burst.calls))
            .collect()
    }

    #[test]
    fn requests_of_one_minute_are_counted_together_at_the_time_of_the_last() {
        assert_eq!(noted(&[0, 5, 59, 60, 200]), [(59, 3), (60, 1), (200, 1)]);
    }

    #[test]
    fn what_left_a_day_ago_is_forgotten() {
        assert_eq!(noted(&[0, 100, DAY]), [(100, 1), (DAY, 1)]);
    }

    #[test]
    fn what_left_before_the_clock_was_set_back_counts_as_having_left_since() {
        assert_eq!(noted(&[0, 5000, 6000, 1000]), [(0, 1), (1000, 3)]);
    }

    #[test]
    fn a_snapshot_from_before_requests_were_remembered_can_still_be_read() {
        let client = Client::new(ClientId::new("harbour").unwrap());
        let mut kept = serde_json::to_value(&client).unwrap();
        kept.as_object_mut().unwrap().remove("sendings").unwrap();
        assert_eq!(serde_json::from_value::<Client>(kept).unwrap(), client);
    }

    proptest! {
        #[test]
        fn no_request_of_the_last_day_is_lost_or_taken_for_an_older_one(
            pauses in prop::collection::vec(0..4000_i64, 1..60),
        ) {
            let mut times = Vec::new();
            let mut sendings = Sendings::default();
            for pause in pauses {
                let now = times.last().map_or(0, |last| last + pause);
                times.push(now);
                sendings.note(at(now));
                for since in times.iter().filter(|time| now - **time < DAY) {
                    let left = times.iter().filter(|time| *time >= since).count();
                    let counted = sendings.bursts().filter(|burst| burst.at >= at(*since));
                    let counted: u32 = counted.map(|burst| burst.calls).sum();
                    prop_assert!(counted as usize >= left, "{counted} of {left} since {since}");
                }
            }
        }
    }
}
