//! What people made of a text: how much of it they kept, or what kind of reason they turned it down for.

use serde::{Deserialize, Serialize};

use super::Tweet;
use crate::person::Author;

/// What people thought of what a model wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The version of the prompt that it was written for.
    pub version: String,
    /// The model.
    pub model: String,
    /// Whether the tweet was approved; otherwise it was turned down.
    pub approved: bool,
    /// How much of the model's last text was changed before that, in thousandths: 0 as it was, 1000 nothing is left.
    pub changed: u16,
}

impl Measured {
    /// What people made of the last text that a model wrote; none where there is none, or nobody knows its prompt.
    pub(crate) fn of(tweet: &Tweet, approved: bool) -> Option<Self> {
        let last = tweet.current()?;
        let written = tweet.revisions.iter().rev();
        let written = written
            .filter(|text| matches!(text.author, Author::Model { .. }))
            .find_map(|text| Some((text, text.origin.prompt.as_ref()?)));
        let (written, stamp) = written?;
        Some(Self {
            version: stamp.version.clone(),
            model: stamp.model.clone(),
            approved,
            changed: written.content.changed_in(&last.content),
        })
    }
}

/// What kind of reason a text was turned down for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// It does not sound like the client.
    Voice,
    /// What it says is not right.
    Facts,
    /// It misses what the brief asks for.
    Brief,
    /// It promotes too much.
    Salesy,
    /// It could do harm: legally, or to somebody.
    Risk,
    /// It is badly written.
    Wording,
    /// It is not worth posting, or not now.
    Timing,
    /// Something else.
    Other,
}

impl ReasonCode {
    /// Every code, in the order in which people choose.
    pub const ALL: [Self; 8] = [
        Self::Voice,
        Self::Facts,
        Self::Brief,
        Self::Salesy,
        Self::Risk,
        Self::Wording,
        Self::Timing,
        Self::Other,
    ];

    /// The word that people see and write.
    pub fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Facts => "facts",
            Self::Brief => "brief",
            Self::Salesy => "salesy",
            Self::Risk => "risk",
            Self::Wording => "wording",
            Self::Timing => "timing",
            Self::Other => "other",
        }
    }

    /// What it means, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Voice => "does not sound like the client",
            Self::Facts => "says something that is not right",
            Self::Brief => "misses what the brief asks for",
            Self::Salesy => "promotes too much",
            Self::Risk => "could do harm",
            Self::Wording => "is badly written",
            Self::Timing => "is not worth posting now",
            Self::Other => "another reason",
        }
    }
}
