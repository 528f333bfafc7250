//! Going by meaning: vectors of pieces and of the question, near each other where they mean nearly the same.
//!
//! Vectors of what is known are kept by model and text, so each is paid for once; keeping them is somebody else's work
//! ([`Vectors`]), and whatever is lost is made again. Those of questions are kept for a while only. Every call that left is told,
//! also the one whose answer was not waited for.

use std::sync::Arc;
use std::time::Duration;

use clara_domain::knowledge::NoteHash;
use futures::future::{Either, select};

use super::questions::Questions;
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

/// Who makes vectors, and who keeps them.
#[derive(Clone)]
pub struct Embedding {
    /// Makes them.
    pub embedder: Arc<dyn Embedder>,
    /// Keeps them.
    pub vectors: Arc<dyn Vectors>,
}

/// Everything that going by meaning needs.
pub struct Meaning {
    embedding: Embedding,
    /// Tells when patience ends.
    clock: Arc<dyn Clock>,
    options: MeaningOptions,
    questions: Questions,
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
    is_question: bool,
    text: String,
}

/// Why no more vectors were made.
struct Stopped(String);

impl Meaning {
    /// With everything that it needs.
    pub fn new(embedding: Embedding, clock: Arc<dyn Clock>, options: MeaningOptions) -> Self {
        Self {
            embedding,
            clock,
            options,
            questions: Questions::default(),
        }
    }

    /// The places of the pieces that fit, the best first.
    pub(super) async fn look(&self, shelf: &Shelf, wanted: &str) -> Looked {
        let mut looked = Looked::default();
        let mut patience = self.options.patience;
        let owed = self.owed(shelf, wanted);
        let mut stopped = None;
        for batch in owed.chunks(MOST_TEXTS) {
            let made = self.make(batch, &mut patience, &mut looked.taken).await;
            if let Err(Stopped(why)) = made {
                stopped = Some(why);
                break;
            }
        }
        let Some(question) = self.questions.get(NoteHash::of(wanted.trim())) else {
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

    pub(super) fn model(&self) -> &str {
        self.embedding.embedder.model()
    }

    fn kept(&self, text: NoteHash) -> Option<Arc<[f32]>> {
        let Embedding { embedder, vectors } = &self.embedding;
        vectors.get(embedder.kind(), text)
    }

    /// The question first: without it the others are of no use now.
    fn owed(&self, shelf: &Shelf, wanted: &str) -> Vec<Owed> {
        let question = Owed {
            key: NoteHash::of(wanted.trim()),
            is_question: true,
            text: wanted.trim().to_owned(),
        };
        let pieces = shelf.pieces().map(|piece| (piece.key, piece));
        let missing = pieces.filter(|(key, _)| self.kept(*key).is_none());
        let question = Some(question).filter(|question| self.questions.get(question.key).is_none());
        let pieces = missing.map(|(key, piece)| Owed {
            key,
            is_question: false,
            text: piece.described(),
        });
        question.into_iter().chain(pieces).collect()
    }

    async fn make(
        &self,
        batch: &[Owed],
        patience: &mut Duration,
        taken: &mut Vec<Taken>,
    ) -> Result<(), Stopped> {
        if patience.is_zero() {
            return Err(Stopped("making vectors took too long".to_owned()));
        }
        let perhaps = || Taken::Perhaps {
            model: self.model().to_owned(),
            at_most: bytes(batch),
        };
        let texts: Vec<String> = batch.iter().map(|owed| owed.text.clone()).collect();
        let began = self.clock.steady();
        let call = self.embedding.embedder.embed(&texts);
        let answer = select(call, self.clock.sleep(*patience)).await;
        *patience = patience.saturating_sub(self.clock.steady().saturating_sub(began));
        let made = match answer {
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
        // Who does not say what it took may all the same bill it.
        taken.push(match made.tokens {
            0 => perhaps(),
            tokens => Taken::Tokens {
                model: made.model.clone(),
                tokens,
            },
        });
        self.keep(batch, made)
    }

    fn keep(&self, batch: &[Owed], made: Embeddings) -> Result<(), Stopped> {
        if made.vectors.len() != batch.len() {
            return Err(Stopped("the vectors are not those of the texts".to_owned()));
        }
        let mut new: Vec<(NoteHash, Arc<[f32]>)> = Vec::new();
        for (owed, vector) in batch.iter().zip(made.vectors) {
            match owed.is_question {
                true => self.questions.put(owed.key, vector.into()),
                false => new.push((owed.key, vector.into())),
            }
        }
        let Embedding { embedder, vectors } = &self.embedding;
        vectors.put(embedder.kind(), &new);
        let is_kept = new.iter().all(|(key, _)| self.kept(*key).is_some());
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
