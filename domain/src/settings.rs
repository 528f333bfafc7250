//! A client's settings: whose account it is, when it posts, in which voice, and who decides.
//!
//! They are recorded as events like everything else; a file in `config/clients/` or `/client add` only proposes them.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, Handle};
use crate::person::Access;
use crate::slots::Schedule;
use crate::validate::TextRules;
use crate::zone::TimeZoneName;

pub use crate::voice::Voice;

/// Everything that is settled about a client in advance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// The name people know the client by.
    pub name: String,
    /// The X account that its tweets go to; nothing is sent unless the credentials belong to it.
    pub handle: Handle,
    /// The zone in which its slots and its people's times are meant.
    pub time_zone: TimeZoneName,
    /// Where its cards are shown.
    pub approval_channel: ChannelId,
    /// Who may do what.
    #[serde(default)]
    pub access: Access,
    /// How a text becomes approved.
    #[serde(default)]
    pub approval: ApprovalPolicy,
    /// When it posts.
    #[serde(default)]
    pub schedule: Schedule,
    /// How it sounds.
    #[serde(default)]
    pub voice: Voice,
    /// How its texts are written.
    #[serde(default)]
    pub generation: GenerationPolicy,
    /// What its texts must not say.
    #[serde(default)]
    pub rules: TextRules,
}

/// Approvals needed, and from whom they count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApprovalPolicy {
    /// How many different people must approve a revision (1 to 5).
    pub needed: Approvals,
    /// Whether the person who wrote a revision counts among them.
    pub author_counts: bool,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self {
            needed: Approvals(1),
            author_counts: true,
        }
    }
}

/// A number of approvals: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Approvals(u8);

/// A number of candidates for one brief: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Candidates(u8);

/// How often a text is written again before a person is asked: 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rounds(u8);

macro_rules! small_number {
    ($name:ident, $low:literal, $high:literal) => {
        impl $name {
            /// The number.
            pub fn get(self) -> u8 {
                self.0
            }
        }

        impl TryFrom<u8> for $name {
            type Error = String;
            fn try_from(number: u8) -> Result<Self, String> {
                if ($low..=$high).contains(&number) {
                    Ok(Self(number))
                } else {
                    Err(format!(
                        "{number} is out of range: expected {} to {}",
                        $low, $high
                    ))
                }
            }
        }

        impl From<$name> for u8 {
            fn from(number: $name) -> u8 {
                number.0
            }
        }
    };
}

small_number!(Approvals, 1, 5);
small_number!(Candidates, 1, 5);
small_number!(Rounds, 1, 10);

/// How many texts are asked for, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenerationPolicy {
    /// Candidates asked for at once.
    pub candidates: Candidates,
    /// Rounds of writing before a person is asked.
    pub rounds: Rounds,
    /// The version of the prompt templates; none for what holds for everybody.
    pub prompt: Option<String>,
}

impl Default for GenerationPolicy {
    fn default() -> Self {
        Self {
            candidates: Candidates(3),
            rounds: Rounds(3),
            prompt: None,
        }
    }
}
