//! What must be so when the storm is over, everything is drained and nobody waits for anything any more.

use clara_domain::ids::TweetId;
use clara_domain::tweet::Failure;
use clara_domain::{Tweet, TweetState};

use super::{Auditor, Book};
use crate::simulation::desk::DeskState;

impl Auditor {
    /// Everything at once.
    pub(crate) fn ending(&self, desk: &DeskState) -> Result<(), String> {
        for (id, book) in &self.books {
            book.ending(desk)
                .map_err(|complaint| format!("{id}: {complaint}"))?;
        }
        Ok(())
    }
}

impl Book {
    fn ending(&self, desk: &DeskState) -> Result<(), String> {
        if !self.fold.notices.is_empty() {
            return Err(format!("people were not told of {:?}", self.fold.notices));
        }
        for tweet in self.fold.tweets.values() {
            self.tweet_ends(tweet, desk)
                .map_err(|complaint| format!("{}: {complaint}", tweet.id.short()))?;
        }
        Ok(())
    }

    fn tweet_ends(&self, tweet: &Tweet, desk: &DeskState) -> Result<(), String> {
        let name = tweet.state.name();
        if !Self::rests(&tweet.state) {
            return Err(format!("it is left {name}: {tweet:?}"));
        }
        let card = desk.card(tweet.id).map(|card| card.change);
        if name != "cancelled" && card != Some(tweet.change) {
            return Err(format!("people see change {card:?} of {}", tweet.change));
        }
        if let Some(kind) = question(&tweet.state)
            && !self.was_told(tweet.id, kind)
        {
            return Err(format!(
                "it is {name}, and nobody was told: {:?}",
                self.told
            ));
        }
        self.segments_end(tweet)
    }

    fn segments_end(&self, tweet: &Tweet) -> Result<(), String> {
        let segments = tweet
            .current()
            .map_or(&[][..], |text| &text.content.segments);
        let is_posted = matches!(tweet.state, TweetState::Posted { .. });
        // Nobody asks any more whether what was in doubt and then dropped is live.
        let may_hide = matches!(
            tweet.state,
            TweetState::Uncertain(_) | TweetState::Cancelled { .. }
        );
        for (no, segment) in segments.iter().enumerate() {
            let times = self.posted.get(&segment.text).copied().unwrap_or(0);
            let is_known = no < tweet.posts.len();
            let is_right = match times {
                0 => !is_known && !is_posted,
                1 => is_known || (may_hide && no == tweet.posts.len()),
                _ => false,
            };
            if !is_right {
                let state = tweet.state.name();
                return Err(format!(
                    "segment {no} is live {times} times, and the tweet {state}"
                ));
            }
        }
        Ok(())
    }

    fn was_told(&self, tweet: TweetId, kind: &str) -> bool {
        self.told
            .iter()
            .any(|(about, what)| *about == Some(tweet) && what.contains(kind))
    }
}

/// What people must have been told of a tweet that waits for them.
fn question(state: &TweetState) -> Option<&'static str> {
    match state {
        TweetState::Missed { .. } => Some("Missed"),
        TweetState::Overdue { .. } => Some("Overdue"),
        TweetState::Uncertain(_) => Some("PersonAsked"),
        TweetState::Failed {
            failure: Failure::Refused { .. },
            ..
        } => Some("Refused"),
        TweetState::Failed {
            failure: Failure::NoValidText { .. },
            ..
        } => Some("NoValidText"),
        _ => None,
    }
}
