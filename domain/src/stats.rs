//! What people made of the texts that models wrote, by the version of the prompt and the model: what versions are
//! compared by.
//!
//! Folded from the tweets themselves, so there is no tally beside them that could drift away.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::tweet::{Tweet, TweetState};

/// Fewer decisions than this prove nothing: with 20, one half and two thirds can still be the same thing.
pub const FEW: u32 = 20;

/// What a text was written with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writer {
    /// The version of the prompt.
    pub version: String,
    /// The model.
    pub model: String,
}

/// What became of the texts of one writer; a tweet counts once, by the last word about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Tweets that were approved.
    pub approved: u32,
    /// Tweets that were turned down.
    pub turned_down: u32,
    /// How much of the approved ones people changed before, in thousandths, all together.
    changed: u64,
}

impl Tally {
    /// Tweets that people decided about.
    pub fn decided(&self) -> u32 {
        self.approved.saturating_add(self.turned_down)
    }

    /// How many of those were approved, in thousandths; none where there are none.
    pub fn approval_rate(&self) -> Option<u16> {
        mean(u64::from(self.approved) * 1000, self.decided())
    }

    /// How much of a model's text people changed before they approved it, in thousandths on average; none where they
    /// approved nothing.
    pub fn mean_changed(&self) -> Option<u16> {
        mean(self.changed, self.approved)
    }

    /// Whether it proves nothing yet.
    pub fn is_few(&self) -> bool {
        self.decided() < FEW
    }
}

/// Rounded to the nearest.
fn mean(sum: u64, of: u32) -> Option<u16> {
    let of = u64::from(of);
    let half = of / 2;
    sum.saturating_add(half)
        .checked_div(of)
        .map(|mean| u16::try_from(mean).unwrap_or(u16::MAX))
}

/// The tallies of tweets that were decided about since then. What nobody decided about is not in it, nor what was
/// written by a person from the start, or before it was kept with which prompt.
pub fn tallies<'a>(
    tweets: impl IntoIterator<Item = &'a Tweet>,
    since: Timestamp,
) -> BTreeMap<Writer, Tally> {
    let mut tallies: BTreeMap<Writer, Tally> = BTreeMap::new();
    for tweet in tweets {
        let Some(measured) = tweet.measured.as_ref() else {
            continue;
        };
        if decided_at(tweet) < since {
            continue;
        }
        let writer = Writer {
            version: measured.version.clone(),
            model: measured.model.clone(),
        };
        let tally = tallies.entry(writer).or_default();
        if measured.approved {
            tally.approved += 1;
            tally.changed += u64::from(measured.changed);
        } else {
            tally.turned_down += 1;
        }
    }
    tallies
}

/// When people had their last word. Where an edit has voided the approvals since, that was at the latest when it came.
fn decided_at(tweet: &Tweet) -> Timestamp {
    if let TweetState::Rejected { at, .. } = &tweet.state {
        return *at;
    }
    let approved = tweet.approvals.last().map(|given| given.at);
    let written = || tweet.current().map(|text| text.at);
    approved.or_else(written).unwrap_or(tweet.planned_at)
}
