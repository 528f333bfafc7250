//! Finding what a client has told us that fits a brief: by words always, by meaning too where somebody makes vectors.
//!
//! Notes are cut and remembered here, per client, until they change; what is known is in the client's events, and losing
//! everything here costs time and a few tokens. The invariant: a search never fails. Without vectors it goes by words, and
//! says why.

mod meaning;
mod questions;
mod shelf;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use clara_domain::ids::{ClientId, NoteId};
use clara_domain::knowledge::Knowledge;

pub use meaning::{Embedding, Meaning, MeaningOptions, Taken, Vectors};
use shelf::{Piece, Shelf};
use words::Query;

/// The most passages of one answer.
pub const MOST_PASSAGES: usize = 4;
/// The longest passage, in characters.
pub const LONGEST_PASSAGE: usize = 1500;
/// How many clients' notes are kept cut; those that were not asked for longest are cut anew when they are.
const MOST_SHELVES: usize = 64;
/// How much the first places count beside the later ones when two lists are put together (Cormack, Clarke and Büttcher,
/// "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009).
const RANK_CONSTANT: f64 = 60.0;

/// A part of a note that fits what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Whose part it is.
    pub note: NoteId,
    /// What the note is called.
    pub title: String,
    /// The part, under the headings that it stands under; at most [`LONGEST_PASSAGE`] characters.
    pub text: String,
    /// Its place, from 1: the best.
    pub rank: u8,
}

/// What a search brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What fits, the best first; none where nothing does.
    pub passages: Vec<Passage>,
    /// Every call that was made for it, for the ledger.
    pub taken: Vec<Taken>,
    /// Why it went by words alone, or saw only a part by meaning, although vectors were to be had.
    pub trouble: Option<String>,
}

/// Every client's notes, ready for searching. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    shelves: Mutex<Shelves>,
    meaning: Option<Meaning>,
}

#[derive(Default)]
struct Shelves {
    by_client: BTreeMap<ClientId, (u64, Arc<Shelf>)>,
    uses: u64,
}

impl Library {
    /// One that goes by words alone.
    pub fn by_words() -> Self {
        Self::new(None)
    }

    /// One that goes by words and by meaning.
    pub fn by_meaning(meaning: Meaning) -> Self {
        Self::new(Some(meaning))
    }

    fn new(meaning: Option<Meaning>) -> Self {
        let shelves = Mutex::default();
        Self {
            inner: Arc::new(Inner { shelves, meaning }),
        }
    }

    /// The parts of a client's notes that fit a brief, at most [`MOST_PASSAGES`]. Where [`at_most`](Self::at_most) is
    /// above zero it calls whoever makes vectors: whoever searches has a place among the calls of that service.
    pub async fn search(&self, client: &ClientId, known: &Knowledge, wanted: &str) -> Findings {
        let shelf = self.shelf(client, known).await;
        if is_futile(&shelf, wanted) {
            return Findings::default();
        }
        let by_words = shelf.by_words(&Query::of(wanted));
        let mut findings = Findings::default();
        let by_meaning = match &self.inner.meaning {
            Some(meaning) => {
                let looked = meaning.look(&shelf, wanted).await;
                findings.taken = looked.taken;
                findings.trouble = looked.trouble;
                looked.ranked
            }
            None => Vec::new(),
        };
        let pieces: Vec<&Piece> = shelf.pieces().collect();
        findings.passages = (1..)
            .zip(fused(&[by_words, by_meaning]))
            .map(|(rank, at)| pieces[at].passage(rank))
            .collect();
        findings
    }

    /// The model that makes vectors, where somebody does.
    pub fn model(&self) -> Option<&str> {
        self.inner.meaning.as_ref().map(Meaning::model)
    }

    /// The most bytes that searching sends to whoever makes vectors: no token is less than a byte. Zero where nothing is
    /// sent.
    pub async fn at_most(&self, client: &ClientId, known: &Knowledge, wanted: &str) -> u64 {
        let Some(meaning) = &self.inner.meaning else {
            return 0;
        };
        let shelf = self.shelf(client, known).await;
        if is_futile(&shelf, wanted) {
            return 0;
        }
        meaning.owed_bytes(&shelf, wanted)
    }

    /// The client's notes as they are now, cut, and read for the check of what is written. Only what changed since last time
    /// is, a note at a time, so that nobody else on this thread waits long.
    async fn shelf(&self, client: &ClientId, known: &Knowledge) -> Arc<Shelf> {
        let before = self.lock().take(client);
        if let Some(shelf) = before.as_ref().filter(|shelf| shelf.has(known)) {
            return shelf.clone();
        }
        let mut shelf = Shelf::default();
        for note in known.notes.values() {
            let kept = before.as_ref().and_then(|before| before.note(note));
            if kept.is_none() {
                tokio::task::yield_now().await;
                note.text.read();
            }
            shelf.put(note, kept);
        }
        let shelf = Arc::new(shelf);
        self.lock().keep(client, shelf.clone());
        shelf
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shelves> {
        let shelves = self.inner.shelves.lock();
        shelves.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn take(&mut self, client: &ClientId) -> Option<Arc<Shelf>> {
        self.uses += 1;
        let (used, shelf) = self.by_client.get_mut(client)?;
        *used = self.uses;
        Some(shelf.clone())
    }

    fn keep(&mut self, client: &ClientId, shelf: Arc<Shelf>) {
        self.by_client.insert(client.clone(), (self.uses, shelf));
        while self.by_client.len() > MOST_SHELVES {
            let oldest = self.by_client.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(client, _)| client.clone()) else {
                return;
            };
            self.by_client.remove(&oldest);
        }
    }
}

/// Whether there is nothing to search, or nothing to search for.
fn is_futile(shelf: &Shelf, wanted: &str) -> bool {
    shelf.pieces().next().is_none() || wanted.trim().is_empty()
}

/// Several lists of the best, put together: what stands high in either is high, what stands in both is higher.
fn fused(lists: &[Vec<usize>]) -> Vec<usize> {
    let all: BTreeSet<usize> = lists.iter().flatten().copied().collect();
    let worth = |piece: usize| -> f64 {
        let places = lists.iter().filter_map(|list| place(list, piece));
        places.map(|place| 1.0 / (RANK_CONSTANT + place)).sum()
    };
    let mut all: Vec<(usize, f64)> = all.into_iter().map(|piece| (piece, worth(piece))).collect();
    all.sort_by(|(one, a), (other, b)| b.total_cmp(a).then(one.cmp(other)));
    all.truncate(MOST_PASSAGES);
    all.into_iter().map(|(piece, _)| piece).collect()
}

fn place(list: &[usize], piece: usize) -> Option<f64> {
    let at = list.iter().position(|other| *other == piece)?;
    u32::try_from(at + 1).ok().map(f64::from)
}
