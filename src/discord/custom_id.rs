//! What a button or a modal carries: `c2:<action>:<tweet>:<seen>:<text>`. Nothing else is remembered between drawing a card
//! and a click, so buttons survive restarts.
//!
//! `seen` is what the card showed when it was drawn: the revision, or the attempt where the question is about a send.
//! `text` tells which text that was: after a backup was restored the same number may belong to another one.
//! The head `c2` is the version: an id of another version is answered kindly and never guessed at.

use std::fmt;
use std::str::FromStr;

use clara_domain::ids::TweetId;

/// What a button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Approve the revision.
    Approve,
    /// Turn it down, with a reason.
    Reject,
    /// Replace the text.
    Edit,
    /// Have it written again, with feedback.
    Regenerate,
    /// Let it through in spite of the findings, with a reason.
    Override,
    /// Post it now.
    Now,
    /// Move it to the next free slot.
    Next,
    /// Take it out.
    Drop,
    /// Say that it is live, with its link.
    Live,
    /// Say that it is not live and post it.
    Again,
    /// Try again after a refusal.
    Retry,
    /// Take down what is live, with a reason.
    Delete,
    /// Take the candidate before it, by its place from 0.
    Back(u8),
    /// Take the candidate after it, by its place from 0.
    Forth(u8),
}

impl Action {
    /// Every action but the candidates.
    pub(crate) const ALL: [Self; 12] = [
        Self::Approve,
        Self::Reject,
        Self::Edit,
        Self::Regenerate,
        Self::Override,
        Self::Now,
        Self::Next,
        Self::Drop,
        Self::Live,
        Self::Again,
        Self::Retry,
        Self::Delete,
    ];

    /// Whether a modal asks for words before anything is done.
    pub(crate) fn asks(self) -> bool {
        match self {
            Self::Reject
            | Self::Edit
            | Self::Regenerate
            | Self::Override
            | Self::Live
            | Self::Delete => true,
            Self::Approve
            | Self::Now
            | Self::Next
            | Self::Drop
            | Self::Again
            | Self::Retry
            | Self::Back(_)
            | Self::Forth(_) => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Edit => "edit",
            Self::Regenerate => "regenerate",
            Self::Override => "override",
            Self::Now => "now",
            Self::Next => "next",
            Self::Drop => "drop",
            Self::Live => "live",
            Self::Again => "again",
            Self::Retry => "retry",
            Self::Delete => "delete",
            Self::Back(place) => return write!(f, "back-{place}"),
            Self::Forth(place) => return write!(f, "forth-{place}"),
        };
        f.write_str(name)
    }
}

impl FromStr for Action {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let place = |place: &str| place.parse().map_err(|_| Unknown);
        if let Some(before) = text.strip_prefix("back-") {
            return place(before).map(Self::Back);
        }
        if let Some(after) = text.strip_prefix("forth-") {
            return place(after).map(Self::Forth);
        }
        let named = Self::ALL
            .into_iter()
            .find(|action| action.to_string() == text);
        named.ok_or(Unknown)
    }
}

/// A click that Clara understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CustomId {
    /// What is asked for.
    pub(crate) action: Action,
    /// Of which tweet.
    pub(crate) tweet: TweetId,
    /// What the card showed: a revision, or an attempt.
    pub(crate) seen: u32,
    /// The mark of the text that the card showed ([`clara_domain::content::ContentHash::mark`]); 0 where it had none.
    pub(crate) text: u64,
}

/// An id that this version of Clara did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a button of this version")]
pub(crate) struct Unknown;

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action,
            tweet,
            seen,
            text,
        } = self;
        write!(f, "c2:{action}:{tweet}:{seen}:{text:016x}")
    }
}

impl FromStr for CustomId {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let parts: Vec<&str> = text.split(':').collect();
        let ["c2", action, tweet, seen, text] = parts.as_slice() else {
            return Err(Unknown);
        };
        Ok(Self {
            action: action.parse()?,
            tweet: tweet.parse().map_err(|_| Unknown)?,
            seen: seen.parse().map_err(|_| Unknown)?,
            text: u64::from_str_radix(text, 16).map_err(|_| Unknown)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    /// What Discord takes.
    const LONGEST: usize = 100;

    fn actions() -> impl Strategy<Value = Action> {
        prop_oneof![
            proptest::sample::select(Action::ALL.to_vec()),
            any::<u8>().prop_map(Action::Back),
            any::<u8>().prop_map(Action::Forth)
        ]
    }

    proptest! {
        #[test]
        fn an_id_reads_back_and_fits(action in actions(), tweet in any::<u128>(), seen in any::<u32>(), text in any::<u64>()) {
            let id = CustomId { action, tweet: TweetId(Uuid::from_u128(tweet)), seen, text };
            let text = id.to_string();
            prop_assert!(text.len() <= LONGEST);
            prop_assert_eq!(text.parse(), Ok(id));
        }

        #[test]
        fn no_text_makes_reading_panic(text in ".*") {
            let _ = text.parse::<CustomId>();
        }
    }

    #[test]
    fn another_version_or_action_is_not_guessed_at() {
        let id = "00000000000070008000000000000001";
        for text in [
            format!("c1:approve:{id}:1"),
            format!("c3:approve:{id}:1:0"),
            format!("c2:launch:{id}:1:0"),
            // Cards had such buttons once, and they still hang in channels.
            format!("c2:use-2:{id}:1:0"),
            format!("c2:back-256:{id}:1:0"),
            format!("c2:approve:{id}:1"),
            format!("c2:approve:{id}:1:x"),
            format!("c2:approve:{id}:1:2:3"),
            "approve".to_owned(),
        ] {
            assert_eq!(text.parse::<CustomId>(), Err(Unknown), "{text}");
        }
    }
}
