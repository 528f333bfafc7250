//! What the engine's process held from look to look in one of its lives, and whether that came to stand still.

use serde::{Deserialize, Serialize};

/// Looks that say something: five minutes of them.
const ENOUGH: usize = 60;
/// What may stay of a tweet, in kilobytes: it is remembered for good.
const TWEET_KB: u64 = 8;
/// What may be more all the same, in percent: what calls under way take is never twice the same.
const PLAY: u64 = 10;

/// A look at the memory of the engine's process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Kilobytes of its own, without the pages of its program.
    pub kb: u64,
    /// Tweets that it has had to do with so far, in all its lives.
    pub tweets: u64,
}

/// One life of the engine's process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// How long it was, in seconds.
    pub seconds: f64,
    /// The looks under load, at equal distances.
    pub looks: Vec<Look>,
}

impl Life {
    /// The look of each quarter that is in the middle by memory; none where there were too few.
    fn quarters(&self) -> Option<[Look; 4]> {
        let quarter = self.looks.len() / 4;
        if self.looks.len() < ENOUGH {
            return None;
        }
        Some(std::array::from_fn(|n| {
            let mut looks = self.looks[n * quarter..(n + 1) * quarter].to_vec();
            looks.sort_unstable_by_key(|look| look.kb);
            looks[quarter / 2]
        }))
    }

    /// What is wrong, if memory did not come to stand still.
    pub fn growth(&self) -> Option<String> {
        let [_, _, before, after] = self.quarters()?;
        let more = after.tweets.saturating_sub(before.tweets);
        let most = before.kb + before.kb * PLAY / 100 + more * TWEET_KB;
        (after.kb > most).then(|| {
            format!(
                "the engine's memory grows: of the {:.0} s of its longest life it held {} in the third quarter and {} in \
                 the last, with {more} tweets more",
                self.seconds,
                megabytes(before.kb),
                megabytes(after.kb)
            )
        })
    }

    /// What a person reads.
    pub(super) fn told(&self) -> String {
        let told = match self.quarters() {
            None => "too short under load to tell".to_owned(),
            Some(quarters) => quarters
                .map(|look| format!("{} at {} tweets", megabytes(look.kb), look.tweets))
                .join(", "),
        };
        format!(
            "memory in the quarters of the engine's longest life ({:.0} s): {told}",
            self.seconds
        )
    }
}

fn megabytes(kb: u64) -> String {
    format!("{:.1} MB", kb as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Five looks a minute, ten tweets between two of them, for forty minutes.
    fn life(kb: impl Fn(u64) -> u64) -> Life {
        let looks = (0..200).map(|n| Look {
            kb: kb(n),
            tweets: n * 10,
        });
        Life {
            seconds: 2_400.0,
            looks: looks.collect(),
        }
    }

    #[test]
    fn what_fills_up_and_stops_stands_still() {
        let filling = life(|n| 25_000 + n.min(60) * 300);
        assert_eq!(filling.growth(), None);
        assert_eq!(
            filling.told(),
            "memory in the quarters of the engine's longest life (2400 s): 31.7 MB at 250 tweets, 42.0 MB at 750 tweets, \
             42.0 MB at 1250 tweets, 42.0 MB at 1750 tweets"
        );
    }

    #[test]
    fn what_every_tweet_leaves_behind_is_found_where_it_is_too_much() {
        assert_eq!(life(|n| 40_000 + n * 10 * 3).growth(), None);
        assert_eq!(
            life(|n| 40_000 + n * 10 * 40).growth().unwrap(),
            "the engine's memory grows: of the 2400 s of its longest life it held 87.9 MB in the third quarter and 107.4 MB \
             in the last, with 500 tweets more"
        );
    }

    #[test]
    fn a_moment_of_much_work_is_no_growth() {
        let busy = life(|n| if n > 190 { 300_000 } else { 40_000 });
        assert_eq!(busy.growth(), None);
    }

    #[test]
    fn a_short_life_says_nothing() {
        let mut short = life(|n| 40_000 + n * 10_000);
        short.looks.truncate(59);
        assert_eq!(short.growth(), None);
        assert!(short.told().ends_with("too short under load to tell"));
    }
}
