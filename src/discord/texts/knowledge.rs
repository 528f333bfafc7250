//! What a person reads of what a client has told us.

use clara_actors::knowledge::Passage;
use clara_domain::Client;
use clara_domain::knowledge::{Note, chunks};

use super::{NOTHING_CHANGED, three};
use crate::discord::card::name;
use crate::discord::escape::{cut, line};
use crate::discord::message::CONTENT;

/// The longest title in a list.
const TITLE: usize = 100;
/// How much of a passage is shown.
const PASSAGE: usize = 400;

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

fn extent(note: &Note) -> String {
    let characters = note.text.chars().count();
    match chunks(&note.text).len() {
        1 => format!("{characters} characters, 1 passage"),
        many => format!("{characters} characters, {many} passages"),
    }
}
