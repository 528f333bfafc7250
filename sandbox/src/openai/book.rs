//! The billing book: every call that was worked on and would be on the bill, whether its answer arrived or not.
//! What was refused is not in it. Quantities only; prices are for whoever compares. Each line is in the world's log before
//! its answer leaves, so a killed sandbox bills what it billed before.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::{Entry, Store};

/// The part of a prompt that is cached comes in steps of so many tokens.
const CACHE_STEP: u64 = 128;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A chat completion.
    Chat,
    /// Vectors.
    Embeddings,
    /// Moderation, which costs nothing in life; its texts are counted all the same.
    Moderations,
}

/// Quantities, of one call or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantities {
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Of those, the ones that were cached.
    pub cached_tokens: u64,
    /// Tokens written, with those spent on reasoning.
    pub completion_tokens: u64,
    /// Of those, the ones spent on reasoning.
    pub reasoning_tokens: u64,
    /// Texts that were moderated or made into vectors.
    pub texts: u64,
}

/// One call on the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledCall {
    /// When it was worked on, by the world's time.
    pub at: Timestamp,
    /// The first line of the first message. With one key for everybody nothing else tells whose work it was; empty where
    /// there are no messages.
    pub opening: String,
    /// What was asked for.
    pub work: Work,
    /// The model, as it was asked for.
    pub model: String,
    /// How much it was.
    #[serde(flatten)]
    pub took: Quantities,
    /// False when a fault kept the answer back. A client that gave up waiting is not known here.
    pub delivered: bool,
}

/// The sum of the calls of one kind and model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BilledSum {
    /// What was asked for.
    pub work: Work,
    /// Of which model.
    pub model: String,
    /// Whether the answers were sent.
    pub delivered: bool,
    /// How many calls.
    pub calls: u64,
    /// How much they were.
    #[serde(flatten)]
    pub took: Quantities,
}

/// All that is on the bill.
#[derive(Debug, Default)]
pub(super) struct Book {
    calls: Vec<BilledCall>,
    seen: HashSet<Vec<u8>>,
}

/// Its lines in the world's log.
const SERVICE: &str = "openai";
const KIND: &str = "bill";
/// So much of an opening is kept.
const OPENING: usize = 200;

/// The first line of a text, as far as it is kept.
pub(super) fn opening(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.trim().chars().take(OPENING).collect()
}

impl Book {
    /// The book as the world's log has it.
    pub(super) fn replayed(replay: &[Entry]) -> Self {
        let mine = replay
            .iter()
            .filter(|entry| entry.service == SERVICE && entry.kind == KIND);
        let read = |entry: &Entry| match serde_json::from_value(entry.data.clone()) {
            Ok(call) => Some(call),
            Err(error) => {
                tracing::warn!(%error, "a line of the world's log is no bill of openai's");
                None
            }
        };
        Self {
            calls: mine.filter_map(read).collect(),
            seen: HashSet::new(),
        }
    }

    /// Logs a call, then has it.
    pub(super) fn enter(&mut self, call: BilledCall, store: &Store) {
        let line = serde_json::to_value(&call).unwrap_or_default();
        store.append(&Entry::new(SERVICE, KIND, line));
        self.calls.push(call);
    }

    pub(super) fn calls(&self) -> &[BilledCall] {
        &self.calls
    }

    /// The sums, in the order of kind, model and delivery.
    pub(super) fn sums(&self) -> Vec<BilledSum> {
        let mut sums: BTreeMap<(Work, &str, bool), BilledSum> = BTreeMap::new();
        for call in &self.calls {
            let key = (call.work, call.model.as_str(), call.delivered);
            let sum = sums.entry(key).or_insert_with(|| BilledSum {
                work: call.work,
                model: call.model.clone(),
                delivered: call.delivered,
                calls: 0,
                took: Quantities::default(),
            });
            sum.calls += 1;
            sum.took.add(&call.took);
        }
        sums.into_values().collect()
    }

    /// How many tokens of a prompt's beginning are cached: none at its first sight, afterwards as many as fill whole
    /// steps. In life nothing below 1,024 tokens is; here shorter ones are, so that it happens at all.
    pub(super) fn cached(&mut self, model: &str, beginning: &str, tokens: u64) -> u64 {
        let known = !self.seen.insert(
            Sha256::new()
                .chain_update(model)
                .chain_update([0])
                .chain_update(beginning)
                .finalize()
                .to_vec(),
        );
        if known {
            tokens / CACHE_STEP * CACHE_STEP
        } else {
            0
        }
    }
}

impl Quantities {
    fn add(&mut self, more: &Self) {
        self.prompt_tokens += more.prompt_tokens;
        self.cached_tokens += more.cached_tokens;
        self.completion_tokens += more.completion_tokens;
        self.reasoning_tokens += more.reasoning_tokens;
        self.texts += more.texts;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_cached_from_its_second_sight_on_and_by_model() {
        let mut book = Book::default();
        assert_eq!(book.cached("a", "You write.", 300), 0);
        assert_eq!(book.cached("a", "You write.", 300), 256);
        assert_eq!(book.cached("b", "You write.", 300), 0);
        assert_eq!(book.cached("a", "You sing.", 300), 0);
        assert_eq!(book.cached("a", "You sing.", 127), 0);
    }
}
