//! What a person reads of what a client has told us.

use clara_actors::knowledge::Passage;
use clara_domain::Client;
use clara_domain::knowledge::{MAX_NOTE_BYTES, Note, Unreadable, chunks};

use super::{NOTHING_CHANGED, three};
use crate::discord::card::name;
use crate::discord::escape::{cut, line};
use crate::discord::message::CONTENT;

/// The longest title in a list.
const TITLE: usize = 100;
/// How much of a passage is shown.
const PASSAGE: usize = 400;
const SAVE_AS_TEXT: &str =
    "Save its text as a .md or .txt file in UTF-8 and attach that, or give it as `text`.";

/// Why an attached file does not become a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadFile {
    /// It is not called like a text; Discord takes it for this.
    NotText(Option<String>),
    /// It was looked into.
    Unreadable(Unreadable),
    /// Discord does not have it any more.
    Gone,
    /// It could not be fetched.
    Lost,
}

/// A note was added.
pub(crate) fn added(client: &Client, note: &Note) -> String {
    format!(
        "Note {} was added to what is known of {}: “{}”, {}. Texts may take facts from it from now on.\nTo take it out \
         again: `/client knowledge remove client:{} note:{}`",
        note.id,
        name(client),
        line(&note.title, TITLE),
        extent(note),
        client.id,
        note.id
    )
}

/// A note was taken out.
pub(crate) fn removed(client: &Client, note: &Note) -> String {
    format!(
        "Note {}, “{}”, was taken out of what is known of {}. Nothing new is written from it; texts that are written stay \
         as they are.",
        note.id,
        line(&note.title, TITLE),
        name(client)
    )
}

/// The notes that there are.
pub(crate) fn list(client: &Client) -> String {
    let notes = client.knowledge.notes.values();
    let lines: Vec<String> = notes
        .map(|note| {
            format!(
                "{}. {} ({})",
                note.id,
                line(&note.title, TITLE),
                extent(note)
            )
        })
        .collect();
    let text = match lines.as_slice() {
        [] => format!(
            "Nothing is known of {} yet. Add a note with `/client knowledge add`.",
            name(client)
        ),
        lines => format!(
            "**What is known of {}**\n{}",
            name(client),
            lines.join("\n")
        ),
    };
    cut(&text, CONTENT)
}

/// The passages that fit a brief.
pub(crate) fn found(client: &Client, passages: &[Passage]) -> String {
    let passage = |passage: &Passage| {
        format!(
            "{}. From note {}, “{}”: {}",
            passage.rank,
            passage.note,
            line(&passage.title, TITLE),
            line(&passage.text, PASSAGE)
        )
    };
    let text = match passages {
        [] => format!("Nothing that is known of {} fits that.", name(client)),
        passages => passages.iter().map(passage).collect::<Vec<_>>().join("\n"),
    };
    cut(&text, CONTENT)
}

/// No note, or several, are called so.
pub(crate) fn no_such_note(client: &Client, given: &str) -> String {
    three(
        &format!(
            "{} has no note “{}”, or several of that title.",
            name(client),
            line(given, TITLE)
        ),
        NOTHING_CHANGED,
        "See `/client knowledge list`, and name it by its number.",
    )
}

/// Neither a text nor a file was given, or both were.
pub(crate) fn text_or_file() -> String {
    three(
        "A note is either a `text` or a `file`.",
        NOTHING_CHANGED,
        "Send the command again with one of the two.",
    )
}

/// A file that does not become a note.
pub(crate) fn bad_file(name: &str, why: &BadFile) -> String {
    let name = format!("“{}”", line(name, TITLE));
    let (happened, next) = match why {
        BadFile::NotText(media) => {
            let media = media.as_deref().map(|media| line(media, 60));
            let taken = media.map_or_else(String::new, |media| {
                format!(": Discord takes it for {media}")
            });
            (
                format!("{name} is not plain text or Markdown{taken}."),
                SAVE_AS_TEXT,
            )
        }
        BadFile::Unreadable(unreadable) => unreadable_file(&name, unreadable),
        BadFile::Gone => (
            format!("Discord does not give {name} out any more."),
            "Attach it again: such files are kept for a while only.",
        ),
        BadFile::Lost => (
            format!("{name} could not be fetched from Discord."),
            "Attach it again in a minute. If it stays so, tell the team that runs Clara; the reason is in the log.",
        ),
    };
    three(&happened, NOTHING_CHANGED, next)
}

fn unreadable_file(name: &str, why: &Unreadable) -> (String, &'static str) {
    match why {
        Unreadable::Empty => (
            format!("{name} is empty."),
            "Attach a file with some text in it.",
        ),
        Unreadable::TooLong { bytes } => (
            format!("{name} has {bytes} bytes, and a note has at most {MAX_NOTE_BYTES}."),
            "Split it, one subject to a file, and add each.",
        ),
        Unreadable::Utf16 => (
            format!("{name} is saved as UTF-16."),
            "Save it as UTF-8 and attach it again.",
        ),
        Unreadable::NotUtf8 { at, line } => (
            format!("{name} is not UTF-8 (see byte {at}, in line {line})."),
            "Save it as UTF-8 and attach it again.",
        ),
        Unreadable::Binary { what } => (
            format!("{name} is not text: it looks like {what}."),
            SAVE_AS_TEXT,
        ),
    }
}

fn extent(note: &Note) -> String {
    let characters = note.text.chars().count();
    match chunks(&note.text).len() {
        1 => format!("{characters} characters, 1 passage"),
        many => format!("{characters} characters, {many} passages"),
    }
}

#[cfg(test)]
mod tests;
