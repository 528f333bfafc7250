//! What was used of the services that are paid for: quantities, never money.
//!
//! Before each call that is billed its most is recorded, and afterwards what it took. A call whose end nobody saw stays
//! in the ledger as uncertain, at its most: what a client used is at least the certain part and at most both. A post's
//! creation needs no record of its own; it counts where the segment is known to be live. Prices are another module's.

mod doubt;
mod ledger;
mod reads;

use serde::{Deserialize, Serialize};

pub use doubt::{in_doubt, ledger_of, post_of};
pub use ledger::{Ledger, Line, OpenCall, Usage, utc_day};

/// The number of a call within its client, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct CallNo(pub u64);

/// Tokens, as the service counts them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Tokens {
    /// Tokens of the question.
    #[serde(default)]
    pub prompt: u64,
    /// Of those, the ones that were cached.
    #[serde(default)]
    pub cached: u64,
    /// Tokens of the answer, with the ones spent on reasoning.
    #[serde(default)]
    pub completion: u64,
    /// Of those, the ones spent on reasoning.
    #[serde(default)]
    pub reasoning: u64,
}

/// Something that a service bills, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// An answer of a language model.
    Chat {
        /// The model, as the service named it.
        model: String,
        /// What it took.
        tokens: Tokens,
    },
    /// Texts made into vectors.
    Embedding {
        /// The model.
        model: String,
        /// Tokens of the texts.
        tokens: u64,
    },
    /// Texts looked at by the moderation endpoint.
    Moderation {
        /// The model.
        model: String,
        /// How many texts.
        texts: u64,
    },
    /// Posts that were created.
    Posts {
        /// How many.
        count: u64,
        /// Whether they hold a link: those cost more.
        with_link: bool,
    },
    /// Posts that were read: each counts once in a UTC day.
    PostsRead {
        /// How many.
        count: u64,
    },
    /// Accounts that were read: each counts once in a UTC day.
    UsersRead {
        /// How many.
        count: u64,
    },
    /// Posts that were deleted.
    PostsDeleted {
        /// How many.
        count: u64,
    },
}

/// What became of a call that is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spent {
    /// It took this; nothing where the service did not bill it.
    Known(Used),
    /// Nobody knows: its answer was lost.
    Unknown,
}

impl Spent {
    /// It took nothing.
    pub fn nothing() -> Self {
        Self::Known(Used::default())
    }
}

/// What a call took.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Used {
    /// What is billed each time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// The ids of the posts that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<String>,
    /// The ids of the accounts that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
}

impl Item {
    /// Adds the quantities of another item of the same kind and model; false, and nothing done, where it is another.
    pub(crate) fn absorb(&mut self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Chat { model, tokens },
                Self::Chat {
                    model: same,
                    tokens: more,
                },
            ) if model == same => tokens.add(more),
            (
                Self::Embedding { model, tokens },
                Self::Embedding {
                    model: same,
                    tokens: more,
                },
            ) if model == same => *tokens = tokens.saturating_add(*more),
            (
                Self::Moderation { model, texts },
                Self::Moderation {
                    model: same,
                    texts: more,
                },
            ) if model == same => *texts = texts.saturating_add(*more),
            (
                Self::Posts { count, with_link },
                Self::Posts {
                    count: more,
                    with_link: same,
                },
            ) if with_link == same => *count = count.saturating_add(*more),
            (Self::PostsRead { count }, Self::PostsRead { count: more })
            | (Self::UsersRead { count }, Self::UsersRead { count: more })
            | (Self::PostsDeleted { count }, Self::PostsDeleted { count: more }) => {
                *count = count.saturating_add(*more);
            }
            _ => return false,
        }
        true
    }
}

impl Tokens {
    fn add(&mut self, more: &Self) {
        self.prompt = self.prompt.saturating_add(more.prompt);
        self.cached = self.cached.saturating_add(more.cached);
        self.completion = self.completion.saturating_add(more.completion);
        self.reasoning = self.reasoning.saturating_add(more.reasoning);
    }
}

#[cfg(test)]
mod tests;
