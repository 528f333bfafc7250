//! What is known of a client: notes come and go by those who may, within limits, and survive a journal.

use clara_domain::ids::NoteId;
use clara_domain::knowledge::{MAX_KNOWLEDGE_BYTES, MAX_NOTE_BYTES, MAX_NOTES, NoteHash};
use clara_domain::person::{By, Right};
use clara_domain::{Client, Command, Rejection};

use crate::world::{World, ana, at, dee, eve};

const HOURS: &str = "# Hours\n\nWe open at 9.";

fn add(title: &str, text: &str) -> Command {
    Command::AddNote {
        title: title.into(),
        text: text.into(),
    }
}

fn remove(note: u32) -> Command {
    Command::RemoveNote { note: NoteId(note) }
}

#[track_caller]
fn refused(world: &mut World, text: &str) -> (&'static str, String) {
    match world.refused(&dee(), add("", text)) {
        Rejection::Invalid { field, expected } => (field, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_note_is_kept_with_who_brought_it() {
    let mut world = World::new();
    assert_eq!(world.done(&dee(), add("", HOURS)), ["knowledge_added"]);
    let note = world.client.knowledge.notes[&NoteId(1)].clone();
    assert_eq!((note.title.as_str(), note.text.as_ref()), ("Hours", HOURS));
    assert_eq!(note.by, dee().who());
    assert_eq!(note.at, at(crate::world::MORNING));
    assert_eq!(note.hash, NoteHash::of(HOURS));
}

#[test]
fn the_command_line_may_and_is_nobody_in_the_record() {
    let mut world = World::new();
    world.done(&By::Engine, add("Hours", HOURS));
    assert_eq!(world.client.knowledge.notes[&NoteId(1)].by, None);
    assert_eq!(world.done(&By::Engine, remove(1)), ["knowledge_removed"]);
}

#[test]
fn it_takes_the_right_to_write() {
    let mut world = World::new();
    world.done(&dee(), add("", HOURS));
    for who in [ana(), eve()] {
        let right = Right::Write;
        assert_eq!(
            world.refused(&who, add("", "other")),
            Rejection::NotAllowed { right }
        );
        assert_eq!(
            world.refused(&who, remove(1)),
            Rejection::NotAllowed { right }
        );
    }
}

#[test]
fn the_same_text_twice_is_refused_with_the_name_of_the_note() {
    let mut world = World::new();
    world.done(&dee(), add("Opening hours", HOURS));
    let again = world.refused(&dee(), add("Hours again", &format!("{HOURS}\r\n\n")));
    let exists = Rejection::NoteExists {
        note: NoteId(1),
        title: "Opening hours".into(),
    };
    assert_eq!(again, exists);
    world.done(&dee(), remove(1));
    assert_eq!(world.done(&dee(), add("Hours", HOURS)), ["knowledge_added"]);
}

#[test]
fn a_number_is_never_given_twice() {
    let mut world = World::new();
    world.done(&dee(), add("", "one"));
    world.done(&dee(), add("", "two"));
    world.done(&dee(), remove(2));
    assert_eq!(
        world.refused(&dee(), remove(2)),
        Rejection::NoSuchNote(NoteId(2))
    );
    world.done(&dee(), add("", "three"));
    let numbers: Vec<u32> = world.client.knowledge.notes.keys().map(|id| id.0).collect();
    assert_eq!(numbers, [1, 3]);
}

#[test]
fn what_is_no_text_is_refused_and_the_field_is_named() {
    let mut world = World::new();
    let (field, expected) = refused(&mut world, " \n ");
    assert_eq!(field, "text");
    assert_eq!(
        expected,
        "plain text or Markdown: it is empty; a note needs some text"
    );
    let (_, expected) = refused(&mut world, "bell \u{7}");
    assert!(expected.contains("it is not text"), "{expected}");
    let (_, expected) = refused(&mut world, &"a".repeat(MAX_NOTE_BYTES + 1));
    assert!(expected.contains("65537 bytes"), "{expected}");
    let title = world.refused(&dee(), add(&"a".repeat(101), "text"));
    assert!(matches!(title, Rejection::Invalid { field: "title", .. }));
}

#[test]
fn a_note_of_quotation_marks_would_not_fit_into_a_record() {
    let mut world = World::new();
    let (_, expected) = refused(&mut world, &"\"".repeat(MAX_NOTE_BYTES));
    assert!(
        expected.contains("81920 bytes as it is recorded"),
        "{expected}"
    );
}

#[test]
fn a_client_has_so_many_notes_and_so_many_bytes_of_them() {
    let mut world = World::new();
    for no in 0..MAX_NOTES {
        world.done(&dee(), add("", &format!("note {no}")));
    }
    let (field, expected) = refused(&mut world, "one more");
    assert_eq!(field, "text");
    assert!(expected.starts_with("at most 200 notes"), "{expected}");

    let mut world = World::new();
    for no in 0..MAX_KNOWLEDGE_BYTES / MAX_NOTE_BYTES {
        let text = format!("{no:04}{}", "a".repeat(MAX_NOTE_BYTES - 4));
        world.done(&dee(), add("", &text));
    }
    let (field, expected) = refused(&mut world, "a");
    assert_eq!(field, "text");
    assert!(
        expected.starts_with("at most 1048576 bytes in all notes"),
        "{expected}"
    );
}

#[test]
fn what_is_known_survives_a_snapshot_and_one_from_before_knows_nothing() {
    let mut world = World::new();
    world.done(&dee(), add("", HOURS));
    let mut snapshot = serde_json::to_value(&world.client).unwrap();
    let back: Client = serde_json::from_value(snapshot.clone()).unwrap();
    assert_eq!(back, world.client);
    snapshot.as_object_mut().unwrap().remove("knowledge");
    let before: Client = serde_json::from_value(snapshot).unwrap();
    assert!(before.knowledge.notes.is_empty());
}
