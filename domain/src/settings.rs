//! A client's settings: whose account it is, when it posts, in which voice, and who decides.
//!
//! They are recorded as events like everything else; a file in `config/clients/` or `/client add` only proposes them.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, Handle};
use crate::person::Access;
use crate::slots::Schedule;
use crate::validate::{Rule, TextRules};
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

/// What becomes of a text while the service that should look at it does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenDown {
    /// It waits. A person with the right to override can let it through by name.
    #[default]
    Hold,
    /// It goes on, with a warning on its card.
    Warn,
}

impl ClientSettings {
    /// Whether what a rule finds counts for this client.
    pub fn counts(&self, rule: Rule) -> bool {
        self.rules.severity.of(rule).severity().is_some()
    }
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

/// The most texts that are written for a client in 24 hours: 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct PerDay(u16);

macro_rules! small_number {
    ($name:ident, $number:ty, $low:literal, $high:literal) => {
        impl $name {
            /// The number.
            pub fn get(self) -> $number {
                self.0
            }
        }

        impl TryFrom<$number> for $name {
            type Error = String;
            fn try_from(number: $number) -> Result<Self, String> {
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

        impl From<$name> for $number {
            fn from(number: $name) -> $number {
                number.0
            }
        }
    };
}

small_number!(Approvals, u8, 1, 5);
small_number!(Candidates, u8, 1, 5);
small_number!(Rounds, u8, 1, 10);
small_number!(PerDay, u16, 1, 10000);

/// How many texts are asked for, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenerationPolicy {
    /// Candidates asked for at once.
    pub candidates: Candidates,
    /// Rounds of writing before a person is asked.
    pub rounds: Rounds,
    /// How often the model is asked in 24 hours at most; a brief beyond that waits.
    pub per_day: PerDay,
    /// Whether a model is asked if each text sounds like the client, before people are. While it does not answer, they
    /// are told so and nothing is held back.
    pub judge_voice: bool,
    /// The version of the prompt templates; none for what holds for everybody.
    pub prompt: Option<String>,
}

impl Default for GenerationPolicy {
    fn default() -> Self {
        Self {
            candidates: Candidates(3),
            rounds: Rounds(3),
            per_day: PerDay(50),
            judge_voice: false,
            prompt: None,
        }
    }
}
