//! One client's notes, cut into pieces, each with its words; and which pieces fit a question by their words.
//!
//! Scored by Okapi BM25 with the usual k1 and b. A client has at most some thousand pieces, so each question looks at all of
//! them and no index has to be kept right.

use std::collections::BTreeMap;
use std::sync::Arc;

use clara_domain::ids::NoteId;
use clara_domain::knowledge::{Knowledge, Note, NoteHash, chunks};

use super::words::{Query, Terms, terms};
use super::{LONGEST_PASSAGE, Passage};

/// How soon more of the same word stops counting.
const K1: f64 = 1.2;
/// How much a long piece has to have more of it.
const B: f64 = 0.75;
/// What is worth less than this part of the best does not fit.
const LEAST_OF_THE_BEST: f64 = 0.25;
/// How many of the best are looked at further.
const MOST_RANKED: usize = 20;
/// The most characters of the headings above a piece.
const LONGEST_PATH: usize = 300;

/// A piece of a note.
pub(super) struct Piece {
    note: NoteId,
    title: String,
    /// What is shown, and made a vector of.
    pub(super) text: String,
    /// The hash of the title and the text: what its vector is kept under.
    pub(super) key: NoteHash,
    terms: Terms,
    length: f64,
}

/// A note as it was cut.
struct Cut {
    note: Arc<Note>,
    pieces: Vec<Piece>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Shelf {
    notes: BTreeMap<NoteId, Arc<Cut>>,
}

/// A note that was cut before, to be kept.
pub(super) struct Kept(Arc<Cut>);

impl Shelf {
    /// Whether it is of exactly these notes.
    pub(super) fn has(&self, known: &Knowledge) -> bool {
        let same = |note: &Arc<Note>| self.note(note).is_some();
        self.notes.len() == known.notes.len() && known.notes.values().all(same)
    }

    /// A number is never given twice, and a note never changes.
    pub(super) fn note(&self, note: &Note) -> Option<Kept> {
        let cut = self.notes.get(&note.id)?;
        (cut.note.hash == note.hash && cut.note.title == note.title).then(|| Kept(cut.clone()))
    }

    pub(super) fn put(&mut self, note: &Arc<Note>, kept: Option<Kept>) {
        let cut = kept.map(|Kept(cut)| cut);
        let cut = cut.unwrap_or_else(|| Arc::new(Cut::of(note)));
        self.notes.insert(note.id, cut);
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.notes.values().flat_map(|cut| &cut.pieces)
    }

    /// The places of the pieces that fit, the best first.
    pub(super) fn by_words(&self, query: &Query) -> Vec<usize> {
        let pieces: Vec<&Piece> = self.pieces().collect();
        let all = count(pieces.len());
        let mean = pieces.iter().map(|piece| piece.length).sum::<f64>() / all.max(1.0);
        let mut worth = vec![0.0; pieces.len()];
        for (term, weight) in &query.terms {
            let having = pieces.iter().filter(|piece| piece.terms.contains_key(term));
            let having = count(having.count());
            let rare = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for (worth, piece) in worth.iter_mut().zip(&pieces) {
                if let Some(often) = piece.terms.get(term) {
                    let long = 1.0 - B + B * piece.length / mean;
                    *worth += weight.min(1.0) * rare * often * (K1 + 1.0) / (often + K1 * long);
                }
            }
        }
        ranked(&worth)
    }
}

/// The places of the best of some values, those that are well below the best left out.
pub(super) fn ranked(worth: &[f64]) -> Vec<usize> {
    let best = worth.iter().copied().fold(0.0, f64::max);
    let mut ranked: Vec<usize> = (0..worth.len())
        .filter(|at| worth[*at] > 0.0 && worth[*at] >= best * LEAST_OF_THE_BEST)
        .collect();
    ranked.sort_by(|one, other| worth[*other].total_cmp(&worth[*one]).then(one.cmp(other)));
    ranked.truncate(MOST_RANKED);
    ranked
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

impl Cut {
    fn of(note: &Arc<Note>) -> Self {
        let pieces = chunks(&note.text).into_iter();
        let pieces = pieces.map(|chunk| {
            let path: String = chunk
                .headings
                .join(" › ")
                .chars()
                .take(LONGEST_PATH)
                .collect();
            let text = note.text[chunk.range].trim();
            let text = match path.is_empty() {
                true => text.to_owned(),
                false => format!("{path}\n{text}"),
            };
            Piece::of(note, text)
        });
        Self {
            note: note.clone(),
            pieces: pieces.filter(|piece| !piece.text.is_empty()).collect(),
        }
    }
}

impl Piece {
    fn of(note: &Note, text: String) -> Self {
        let terms = terms(&[&note.title, &text]);
        Self {
            note: note.id,
            title: note.title.clone(),
            key: NoteHash::of(&described(&note.title, &text)),
            length: terms.values().sum(),
            terms,
            text,
        }
    }

    /// What a vector is made of.
    pub(super) fn described(&self) -> String {
        described(&self.title, &self.text)
    }

    pub(super) fn passage(&self, rank: u8) -> Passage {
        Passage {
            note: self.note,
            title: self.title.clone(),
            text: self.text.chars().take(LONGEST_PASSAGE).collect(),
            rank,
        }
    }
}

fn described(title: &str, text: &str) -> String {
    format!("{title}\n\n{text}")
}
