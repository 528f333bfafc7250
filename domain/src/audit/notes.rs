//! What is promised of a client's notes: each came and went by somebody who may, is what its hash says, and is there once.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Asker, Found, Judge, Told};
use crate::event::Event;
use crate::ids::NoteId;
use crate::person::{PersonRef, Right};

/// The notes that are there, by number: the hashes of their texts, in hexadecimal digits.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    there: BTreeMap<NoteId, String>,
    last: NoteId,
}

impl Judge {
    pub(super) fn see_note(&mut self, told: Told<'_>, event: &Event, found: &mut Found) {
        match event {
            Event::KnowledgeAdded {
                note,
                text,
                hash,
                by,
                ..
            } => {
                self.check_hand(told, by.as_ref(), found);
                let digest = Sha256::digest(text.as_bytes());
                let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                found.unless(
                    hash.to_string() == digits,
                    "a note is not what its hash says",
                );
                found.unless(*note > self.notes.last, "a note's number was used before");
                let is_new = self.notes.there.values().all(|other| *other != digits);
                found.unless(is_new, "two notes say the same");
                found.unless(text.len() <= 65_536, "a note is over 64 KiB");
                self.notes.last = self.notes.last.max(*note);
                self.notes.there.insert(*note, digits);
                found.unless(self.notes.there.len() <= 200, "there are over 200 notes");
            }
            Event::KnowledgeRemoved { note, by } => {
                self.check_hand(told, by.as_ref(), found);
                let was_there = self.notes.there.remove(note).is_some();
                found.unless(was_there, "a note was removed that was not there");
            }
            Event::Configured { .. }
            | Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::CallBegun { .. }
            | Event::CallEnded { .. }
            | Event::LessonLearned { .. }
            | Event::LessonForgotten { .. }
            | Event::NoticesDelivered { .. }
            | Event::CardShown { .. }
            | Event::Tweet { .. } => {}
        }
    }

    /// The command line asks as the engine and is nobody in the record; a person is who asked, and may write.
    fn check_hand(&mut self, told: Told<'_>, by: Option<&PersonRef>, found: &mut Found) {
        found.unless(
            self.settings.is_some(),
            "it comes before the client's settings",
        );
        match by {
            Some(by) => self.check_right(told, by, Right::Write, found),
            None => found.unless(
                matches!(told.by, Asker::Engine),
                "a person's note was taken down for nobody",
            ),
        }
    }
}
