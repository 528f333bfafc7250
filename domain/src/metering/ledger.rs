//! A client's ledger: what it used on each UTC day, and the calls whose end is not known yet.
//!
//! Only [`crate::evolve`] writes it. Days are kept for good: a line for each kind and model is small.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::reads::Reads;
use super::{CallNo, Item, Spent};
use crate::ids::TweetId;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// What was used, by the UTC day on which the call began.
    pub days: BTreeMap<Date, Usage>,
    /// The calls that are under way.
    pub open: BTreeMap<CallNo, OpenCall>,
    /// The number of the last call.
    pub last: CallNo,
    /// What was read lately, and so is not billed again.
    #[serde(default)]
    reads: Reads,
}

/// What was used: on a day, or for a tweet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// What the services said that it took, or what is known to have happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certain: Vec<Line>,
    /// The most that calls took whose end nobody saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncertain: Vec<Line>,
}

/// All that was used of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What, with the sum of its quantities.
    pub item: Item,
    /// In how many calls.
    pub calls: u64,
}

/// A call that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCall {
    /// When it began.
    pub at: Timestamp,
    /// For which tweet.
    pub tweet: Option<TweetId>,
    /// The most that it can take.
    pub at_most: Vec<Item>,
}

impl Ledger {
    /// The number of the next call.
    pub fn next(&self) -> CallNo {
        CallNo(self.last.0 + 1)
    }

    pub(crate) fn begin(&mut self, call: CallNo, open: OpenCall) {
        self.last = self.last.max(call);
        self.open.insert(call, open);
    }

    /// Ends a call that is open: what it was, and what is counted for it.
    pub(crate) fn end(&mut self, call: CallNo, spent: &Spent) -> Option<(OpenCall, Usage)> {
        let open = self.open.remove(&call)?;
        let day = utc_day(open.at);
        let mut usage = Usage::default();
        match spent {
            Spent::Known(used) => {
                let (news, perhaps) = self.reads.news(open.at, used);
                usage.count(&used.items);
                usage.count(&news);
                usage.doubt(&perhaps);
            }
            Spent::Unknown => usage.doubt(&open.at_most),
        }
        if usage != Usage::default() {
            self.days.entry(day).or_default().absorb(&usage);
        }
        Some((open, usage))
    }

    /// A post is live, since a moment.
    pub(crate) fn posted(&mut self, with_link: bool, at: Timestamp) {
        let item = Item::Posts {
            count: 1,
            with_link,
        };
        self.days.entry(utc_day(at)).or_default().count(&[item]);
    }
}

impl Usage {
    /// Counts items of one call as certain.
    pub(crate) fn count(&mut self, items: &[Item]) {
        items
            .iter()
            .for_each(|item| add(&mut self.certain, item, 1));
    }

    /// Counts items of one call as uncertain.
    pub(super) fn doubt(&mut self, items: &[Item]) {
        items
            .iter()
            .for_each(|item| add(&mut self.uncertain, item, 1));
    }

    pub(crate) fn absorb(&mut self, other: &Self) {
        let lines = [
            (&mut self.certain, &other.certain),
            (&mut self.uncertain, &other.uncertain),
        ];
        for (own, more) in lines {
            more.iter()
                .for_each(|line| add(own, &line.item, line.calls));
        }
    }
}

/// The day by which services bill.
pub fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn add(lines: &mut Vec<Line>, item: &Item, calls: u64) {
    for line in lines.iter_mut() {
        if line.item.absorb(item) {
            line.calls = line.calls.saturating_add(calls);
            return;
        }
    }
    lines.push(Line {
        item: item.clone(),
        calls,
    });
}
