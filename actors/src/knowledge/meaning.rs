//! Going by meaning: vectors of pieces and of the question, near each other where they mean nearly the same.
//!
//! Vectors are kept by model and text, so each is paid for once; keeping them is somebody else's work ([`Vectors`]), and
//! whatever is lost is made again. Every call that left is told, also the one whose answer was not waited for.

use std::sync::Arc;
use std::time::Duration;

use clara_domain::knowledge::NoteHash;
use futures::future::{Either, select};
use jiff::Timestamp;

use super::shelf::{Piece, Shelf, ranked};
use crate::ports::Clock;
use crate::ports::embed::{Embedder, Embeddings, MOST_TEXTS};
use crate::ports::model::{Billed, ModelError};

/// Keeps vectors, by the model that made them and the hash of the text. Only a cache: it may lose or refuse any of them
/// at any time, and must not wait for long. What it gives back is what it was given.
pub trait Vectors: Send + Sync + 'static {
    /// The vector of a text, where it is kept.
    fn get(&self, model: &str, text: NoteHash) -> Option<Arc<[f32]>>;

    /// Keeps some.
    fn put(&self, model: &str, vectors: &[(NoteHash, Arc<[f32]>)]);
}

/// What a call took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It was answered.
    Tokens {
        /// The model as the service named it.
        model: String,
        /// How many tokens, as the service counted them.
        tokens: u64,
    },
    /// It left and was not answered: it may be billed, or not.
    Perhaps {
        /// The model that was asked.
        model: String,
        /// No more tokens than this.
        at_most: u64,
    },
}

/// How far to go for meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeaningOptions {
    /// How long one search may make vectors; then it goes on with those that there are.
    pub patience: Duration,
    /// Pieces less like the question than this (a cosine) do not fit. Depends on the model: 0.3 suits OpenAI's third
    /// generation.
    pub likeness: f64,
}

impl Default for MeaningOptions {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(10),
            likeness: 0.3,
        }
    }
}

/// Who makes vectors, who keeps them, and how far to go.
pub struct Meaning {
    /// Makes them.
    pub embedder: Arc<dyn Embedder>,
    /// Keeps them.
    pub vectors: Arc<dyn Vectors>,
    /// Tells when patience ends.
    pub clock: Arc<dyn Clock>,
    /// How far to go.
    pub options: MeaningOptions,
}

/// What looking brought.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) ranked: Vec<usize>,
    pub(super) taken: Vec<Taken>,
    pub(super) trouble: Option<String>,
}

/// A text that has no vector yet.
struct Owed {
    key: NoteHash,
    text: String,
}

/// Why no more vectors were made.
struct Stopped(String);

impl Meaning {
    /// The places of the pieces that fit, the best first.
    pub(super) async fn look(&self, shelf: &Shelf, wanted: &str) -> Looked {
        let mut looked = Looked::default();
        let until = clara_domain::later(self.clock.now(), self.options.patience);
        let owed = self.owed(shelf, wanted);
        let mut stopped = None;
        for batch in owed.chunks(MOST_TEXTS) {
            if let Err(Stopped(why)) = self.make(batch, until, &mut looked.taken).await {
                stopped = Some(why);
                break;
            }
        }
        let Some(question) = self.kept(NoteHash::of(wanted.trim())) else {
            looked.trouble = stopped.map(|why| format!("searched by words alone: {why}"));
            return looked;
        };
        let likeness = |piece: &Piece| {
            let vector = self.kept(piece.key)?;
            cosine(&question, &vector)
        };
        let likenesses: Vec<Option<f64>> = shelf.pieces().map(likeness).collect();
        let unread = likenesses
            .iter()
            .filter(|likeness| likeness.is_none())
            .count();
        looked.trouble = stopped.map(|why| {
            let all = likenesses.len();
            format!("{unread} of {all} passages were searched by words alone: {why}")
        });
        let worth =
            |likeness: Option<f64>| likeness.filter(|likeness| *likeness >= self.options.likeness);
        let worth: Vec<f64> = likenesses
            .into_iter()
            .map(|likeness| worth(likeness).unwrap_or_default())
            .collect();
        looked.ranked = ranked(&worth);
        looked
    }

    pub(super) fn owed_bytes(&self, shelf: &Shelf, wanted: &str) -> u64 {
        bytes(&self.owed(shelf, wanted))
    }

    fn kept(&self, text: NoteHash) -> Option<Arc<[f32]>> {
        self.vectors.get(self.embedder.model(), text)
    }

    /// The question first: without it the others are of no use now.
    fn owed(&self, shelf: &Shelf, wanted: &str) -> Vec<Owed> {
        let question = Owed {
            key: NoteHash::of(wanted.trim()),
            text: wanted.trim().to_owned(),
        };
        let pieces = shelf.pieces().map(|piece| (piece.key, piece));
        let missing = pieces.filter(|(key, _)| self.kept(*key).is_none());
        let question = Some(question).filter(|question| self.kept(question.key).is_none());
        let pieces = missing.map(|(key, piece)| Owed {
            key,
            text: piece.described(),
        });
        question.into_iter().chain(pieces).collect()
    }

    async fn make(
        &self,
        batch: &[Owed],
        until: Timestamp,
        taken: &mut Vec<Taken>,
    ) -> Result<(), Stopped> {
        let left = Duration::try_from(until.duration_since(self.clock.now())).unwrap_or_default();
        if left.is_zero() {
            return Err(Stopped("making vectors took too long".to_owned()));
        }
        let perhaps = || Taken::Perhaps {
            model: self.embedder.model().to_owned(),
            at_most: bytes(batch),
        };
        let texts: Vec<String> = batch.iter().map(|owed| owed.text.clone()).collect();
        let call = self.embedder.embed(&texts);
        let made = match select(call, self.clock.sleep(left)).await {
            Either::Left((Ok(made), _)) => made,
            Either::Left((Err(error), _)) => {
                if may_be_billed(&error) {
                    taken.push(perhaps());
                }
                return Err(Stopped(error.to_string()));
            }
            Either::Right(_) => {
                taken.push(perhaps());
                return Err(Stopped("making vectors took too long".to_owned()));
            }
        };
        taken.push(Taken::Tokens {
            model: made.model.clone(),
            tokens: made.tokens,
        });
        self.keep(batch, made)
    }

    fn keep(&self, batch: &[Owed], made: Embeddings) -> Result<(), Stopped> {
        if made.vectors.len() != batch.len() {
            return Err(Stopped("the vectors are not those of the texts".to_owned()));
        }
        let keys = batch.iter().map(|owed| owed.key);
        let vectors: Vec<_> = keys.zip(made.vectors.into_iter().map(Arc::from)).collect();
        self.vectors.put(self.embedder.model(), &vectors);
        let is_kept = vectors.iter().all(|(key, _)| self.kept(*key).is_some());
        is_kept
            .then_some(())
            .ok_or_else(|| Stopped("the vectors could not be kept".to_owned()))
    }
}

/// A token is at least a byte.
fn bytes(owed: &[Owed]) -> u64 {
    let bytes: usize = owed.iter().map(|owed| owed.text.len()).sum();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn may_be_billed(error: &ModelError) -> bool {
    match error {
        ModelError::Unavailable { billed, .. } => *billed == Billed::Perhaps,
        ModelError::Throttled { .. }
        | ModelError::NotEntitled { .. }
        | ModelError::BadRequest { .. } => false,
    }
}

/// None where they are not of one kind, or one of them has no direction.
fn cosine(one: &[f32], other: &[f32]) -> Option<f64> {
    if one.len() != other.len() {
        return None;
    }
    let (mut product, mut squares) = (0.0, (0.0, 0.0));
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        product += a * b;
        squares = (squares.0 + a * a, squares.1 + b * b);
    }
    let lengths = (squares.0 * squares.1).sqrt();
    (lengths > 0.0 && lengths.is_finite()).then(|| product / lengths)
}
