//! Which reads are billed: X bills a post or an account once in a UTC day, however often it is read.
//!
//! Which day X has counted a read for that was made about midnight, nobody knows: a call takes time, and clocks differ.
//! The invariant: whatever X has counted, it billed at least what is certain here and at most that and the uncertain.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Item, Used, utc_day};

/// A call that began so long before midnight may be counted for the day after: more than the two reads of a look can take.
const BEFORE_MIDNIGHT: SignedDuration = SignedDuration::from_mins(5);
/// One that began so long after midnight, for the day before: X's clock may be behind ours.
const AFTER_MIDNIGHT: SignedDuration = SignedDuration::from_mins(2);

/// What was read lately.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Reads {
    #[serde(default)]
    posts: Seen,
    #[serde(default)]
    users: Seen,
}

/// Things of one kind, by the days for which their reads may be billed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Seen {
    /// What is counted for a day, surely or perhaps; it is not counted for it again.
    #[serde(default)]
    counted: BTreeMap<Date, BTreeSet<String>>,
    /// What is counted once for this day or for the next one.
    #[serde(default)]
    either: BTreeMap<Date, BTreeSet<String>>,
}

/// Whether a read is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Billed {
    Yes,
    Perhaps,
    No,
}

impl Reads {
    /// What of a call's reads is billed: what certainly is, and what may be.
    pub(super) fn news(&mut self, began: Timestamp, used: &Used) -> (Vec<Item>, Vec<Item>) {
        let days = (
            day_of(began, -AFTER_MIDNIGHT),
            day_of(began, BEFORE_MIDNIGHT),
        );
        let posts = self.posts.read(days, &used.posts);
        let users = self.users.read(days, &used.users);
        let posts = [posts.0, posts.1].map(|count| Item::PostsRead { count });
        let users = [users.0, users.1].map(|count| Item::UsersRead { count });
        let [certain, perhaps] = [0, 1].map(|side| {
            let items = [&posts[side], &users[side]].into_iter();
            items.filter(|item| !is_nothing(item)).cloned().collect()
        });
        (certain, perhaps)
    }
}

fn is_nothing(item: &Item) -> bool {
    matches!(
        item,
        Item::PostsRead { count: 0 } | Item::UsersRead { count: 0 }
    )
}

fn day_of(at: Timestamp, later: SignedDuration) -> Date {
    utc_day(at.checked_add(later).unwrap_or(at))
}

impl Seen {
    /// How many of the things that were read are billed, certainly and perhaps. Away from midnight both days are the same.
    fn read(&mut self, days: (Date, Date), ids: &[String]) -> (u64, u64) {
        self.forget(days.0);
        let (mut certain, mut perhaps) = (0, 0);
        for id in ids {
            match self.read_one(days, id) {
                Billed::Yes => certain += 1,
                Billed::Perhaps => perhaps += 1,
                Billed::No => {}
            }
        }
        (certain, perhaps)
    }

    fn read_one(&mut self, (first, last): (Date, Date), id: &str) -> Billed {
        let pairs = self.either.iter_mut();
        let mut pairs = pairs.filter(|(day, _)| {
            let next = next(**day);
            (**day..=next).contains(&first) || (**day..=next).contains(&last)
        });
        let taken = pairs.find_map(|(day, ids)| ids.remove(id).then_some(*day));
        if let Some(day) = taken {
            // One of the two days has it; this read may be for the other.
            self.count(day, id);
            self.count(next(day), id);
            return Billed::Perhaps;
        }
        let (is_first, is_last) = (self.has(first, id), self.has(last, id));
        match (is_first, is_last) {
            (true, true) => Billed::No,
            (false, false) if first == last => {
                self.count(first, id);
                Billed::Yes
            }
            (false, false) => {
                self.either.entry(first).or_default().insert(id.to_owned());
                Billed::Yes
            }
            (true, false) | (false, true) => {
                self.count(first, id);
                self.count(last, id);
                Billed::Perhaps
            }
        }
    }

    fn has(&self, day: Date, id: &str) -> bool {
        self.counted.get(&day).is_some_and(|ids| ids.contains(id))
    }

    fn count(&mut self, day: Date, id: &str) {
        self.counted.entry(day).or_default().insert(id.to_owned());
    }

    /// What was read before yesterday is billed again, so it need not be remembered.
    fn forget(&mut self, today: Date) {
        let yesterday = today.checked_sub(1.day()).unwrap_or(today);
        self.counted.retain(|day, _| *day >= yesterday);
        self.either
            .retain(|day, ids| *day >= yesterday && !ids.is_empty());
    }
}

fn next(day: Date) -> Date {
    day.checked_add(1.day()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn read(reads: &mut Reads, at: &str) -> (u64, u64) {
        let used = Used {
            users: vec!["7".to_owned()],
            ..Used::default()
        };
        let (certain, perhaps) = reads.news(at.parse().unwrap(), &used);
        (certain.len() as u64, perhaps.len() as u64)
    }

    #[test]
    fn far_from_midnight_the_first_read_of_a_day_is_billed_and_no_other() {
        let mut reads = Reads::default();
        let times = ["22T10:00", "22T23:54", "23T00:03", "23T12:00"];
        let billed = times.map(|time| read(&mut reads, &format!("2026-11-{time}:00Z")));
        assert_eq!(billed, [(1, 0), (0, 0), (1, 0), (0, 0)]);
    }

    #[test]
    fn a_read_about_midnight_of_what_was_read_before_it_is_perhaps_billed() {
        let mut reads = Reads::default();
        let times = ["22T10:00", "22T23:59", "23T00:01", "23T12:00"];
        let billed = times.map(|time| read(&mut reads, &format!("2026-11-{time}:00Z")));
        assert_eq!(billed, [(1, 0), (0, 1), (0, 0), (0, 0)]);
    }

    #[test]
    fn of_a_read_about_midnight_and_one_after_it_one_is_billed_and_perhaps_the_other() {
        let mut reads = Reads::default();
        let times = ["22T23:59", "23T12:00", "23T13:00"];
        let billed = times.map(|time| read(&mut reads, &format!("2026-11-{time}:00Z")));
        assert_eq!(billed, [(1, 0), (0, 1), (0, 0)]);
    }

    proptest! {
        /// Calls of about a minute that end in any order, and an X whose clock may be behind: by its own book it has
        /// billed at least the certain and at most both.
        #[test]
        fn whatever_day_x_counts_a_read_for_its_bill_is_within_what_is_said(
            mut calls in prop::collection::vec(
                ((0..3_i64, -600..600_i64), 0..70_i64, -110..=0_i64, 0..3_u8), 1..40,
            ),
        ) {
            let midnight: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
            let moment = |seconds: i64| midnight + SignedDuration::from_secs(seconds);
            calls.sort_by_key(|((day, second), ..)| (*day, second / 100));
            let (mut reads, mut booked) = (Reads::default(), BTreeSet::new());
            let (mut certain, mut perhaps) = (0, 0);
            for ((day, second), took, behind, id) in calls {
                let began = day * 86_400 + second;
                let used = Used { posts: vec![id.to_string()], ..Used::default() };
                let (sure, doubt) = reads.news(moment(began), &used);
                certain += sure.len();
                perhaps += doubt.len();
                booked.insert((utc_day(moment(began + took + behind)), id));
            }
            prop_assert!(certain <= booked.len(), "{certain} > {}", booked.len());
            prop_assert!(booked.len() <= certain + perhaps, "{} > {certain} + {perhaps}", booked.len());
        }
    }
}
