//! What a client has told us: notes of plain text or Markdown, from which its texts may take facts.
//!
//! What a note is, what may become one, and how it is cut for searching live here; searching does not. The invariant: a
//! note's text is what its hash says, and its record stays small enough for the journal.

mod chunk;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::facts::Source;
use crate::hex;
use crate::ids::NoteId;
use crate::person::PersonRef;

pub use chunk::{Chunk, LONGEST_CHUNK, chunks};
pub use reading::{MAX_FILE_BYTES, Unreadable, named, read, tidy};

/// The most bytes of one note's text.
pub const MAX_NOTE_BYTES: usize = 64 * 1024;
/// The most bytes of a note's text as it is written in a record, where a line break or a quotation mark takes two.
pub const MAX_NOTE_WRITTEN: usize = 80 * 1024;
/// The longest title of a note, in characters.
pub const MAX_TITLE: usize = 100;
/// The most notes of one client.
pub const MAX_NOTES: usize = 200;
/// The most bytes of all of a client's notes together.
pub const MAX_KNOWLEDGE_BYTES: usize = 1024 * 1024;

/// Something that a client told us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its number within the client.
    pub id: NoteId,
    /// What people call it: one line.
    pub title: String,
    /// What it says: UTF-8, NFC, lines ending in `\n`.
    pub text: Source,
    /// Who added it; none when it came by the command line.
    pub by: Option<PersonRef>,
    /// When it was added.
    pub at: Timestamp,
    /// The hash of its text.
    pub hash: NoteHash,
}

/// All that a client has told us, and not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Knowledge {
    /// Its notes, in the order in which they were added.
    pub notes: BTreeMap<NoteId, Arc<Note>>,
    /// The number that was given last; numbers of removed notes are not given again.
    pub last: NoteId,
}

impl Knowledge {
    pub(crate) fn add(&mut self, note: Note) {
        self.last = self.last.max(note.id);
        self.notes.insert(note.id, Arc::new(note));
    }

    /// The note that says exactly this.
    pub fn saying(&self, hash: NoteHash) -> Option<&Arc<Note>> {
        self.notes.values().find(|note| note.hash == hash)
    }

    /// How many bytes all the texts have together.
    pub fn bytes(&self) -> usize {
        self.notes.values().map(|note| note.text.len()).sum()
    }

    /// The note that somebody means: by its number, or by its title where only one is called so.
    pub fn find(&self, text: &str) -> Option<&Arc<Note>> {
        let text = text.trim().trim_start_matches('#');
        let by_number = || self.notes.get(&NoteId(text.parse().ok()?));
        let is_called = |note: &&Arc<Note>| note.title.eq_ignore_ascii_case(text);
        let mut called = self.notes.values().filter(is_called);
        match (called.next(), called.next()) {
            (Some(note), None) => Some(note),
            _ => by_number(),
        }
    }
}

/// SHA-256 over a note's text; written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoteHash([u8; 32]);

impl NoteHash {
    /// The hash of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The hash with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for NoteHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for NoteHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteHash({self})")
    }
}

impl From<NoteHash> for String {
    fn from(hash: NoteHash) -> String {
        hash.to_string()
    }
}

impl TryFrom<String> for NoteHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        hex::read(&text, "a note's hash").map(Self)
    }
}
