//! Taking notes into what is known of a client, and out of it again; and lessons out.
//!
//! A note is material for texts, as a brief is, and every text is still approved; so it takes the right to write.

use super::{Ask, Decision};
use crate::event::Event;
use crate::ids::{LessonNo, NoteId};
use crate::knowledge::{
    self, MAX_KNOWLEDGE_BYTES, MAX_NOTE_WRITTEN, MAX_NOTES, MAX_TITLE, NoteHash,
};
use crate::person::Right;
use crate::rejection::Rejection;

pub(super) fn add(ask: &Ask, title: &str, text: &str) -> Decision {
    ask.settings()?;
    ask.require(Right::Write)?;
    let text = knowledge::read(text.as_bytes()).map_err(|error| invalid("text", &error))?;
    let title = titled(title, &text)?;
    let known = &ask.client.knowledge;
    let hash = NoteHash::of(&text);
    if let Some(same) = known.saying(hash) {
        return Err(Rejection::NoteExists {
            note: same.id,
            title: same.title.clone(),
        });
    }
    has_room(ask, &text)?;
    Ok(vec![Event::KnowledgeAdded {
        note: known.last.next(),
        title,
        text: text.into(),
        hash,
        by: ask.by.who(),
    }])
}

pub(super) fn remove(ask: &Ask, note: NoteId) -> Decision {
    ask.settings()?;
    ask.require(Right::Write)?;
    if !ask.client.knowledge.notes.contains_key(&note) {
        return Err(Rejection::NoSuchNote(note));
    }
    let by = ask.by.who();
    Ok(vec![Event::KnowledgeRemoved { note, by }])
}

pub(super) fn forget(ask: &Ask, lesson: LessonNo) -> Decision {
    ask.settings()?;
    ask.require(Right::Write)?;
    if !ask.client.lessons.kept.contains_key(&lesson) {
        return Err(Rejection::NoSuchLesson(lesson));
    }
    let by = ask.by.who();
    Ok(vec![Event::LessonForgotten { lesson, by }])
}

/// One line, named after the text where nobody named it.
fn titled(title: &str, text: &str) -> Result<String, Rejection> {
    let words: Vec<&str> = title.split_whitespace().collect();
    let title = words.join(" ");
    let length = title.chars().count();
    if title.is_empty() {
        Ok(knowledge::named(None, text))
    } else if length > MAX_TITLE || title.chars().any(char::is_control) {
        Err(Rejection::Invalid {
            field: "title",
            expected: format!("one line of at most {MAX_TITLE} characters, not {length}"),
        })
    } else {
        Ok(title)
    }
}

fn has_room(ask: &Ask, text: &str) -> Result<(), Rejection> {
    let known = &ask.client.knowledge;
    let refuse = |expected| Rejection::Invalid {
        field: "text",
        expected,
    };
    let written = text.len()
        + text
            .bytes()
            .filter(|byte| b"\"\\\n\t".contains(byte))
            .count();
    if written > MAX_NOTE_WRITTEN {
        return Err(refuse(format!(
            "at most {MAX_NOTE_WRITTEN} bytes as it is recorded, where line breaks and quotation marks take two, not \
             {written}; split it"
        )));
    }
    if known.notes.len() >= MAX_NOTES {
        return Err(refuse(format!(
            "at most {MAX_NOTES} notes of one client; remove one that is not needed any more"
        )));
    }
    let all = known.bytes() + text.len();
    if all > MAX_KNOWLEDGE_BYTES {
        return Err(refuse(format!(
            "at most {MAX_KNOWLEDGE_BYTES} bytes in all notes of one client, not {all}; remove what is not needed any more"
        )));
    }
    Ok(())
}

fn invalid(field: &'static str, error: &knowledge::Unreadable) -> Rejection {
    Rejection::Invalid {
        field,
        expected: format!("plain text or Markdown: {error}"),
    }
}
