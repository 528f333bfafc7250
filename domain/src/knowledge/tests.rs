//! What may become a note, and how it is cut.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const SHOP: &str = "\
# Harbour Coffee

We roast in Bergen since 1998.

## Opening hours

Weekdays 07:30 to 18:00.
Saturdays 09:00 to 16:00.

## Prices

### Drinks

A flat white is 48 kr.
";

fn cut(text: &str) -> Vec<(&str, Vec<String>)> {
    let piece = |chunk: Chunk| (&text[chunk.range], chunk.headings);
    chunks(text).into_iter().map(piece).collect()
}

fn long(word: &str, times: usize) -> String {
    vec![word; times].join(" ")
}

#[test]
fn a_short_note_is_one_piece() {
    assert_eq!(cut(SHOP), vec![(SHOP, vec![])]);
    assert_eq!(cut(""), vec![]);
}

#[test]
fn a_section_is_a_piece_that_knows_the_headings_it_stands_under() {
    let body = format!("{}.", long("roasting", 40));
    let text = format!(
        "# Coffee\n\n{body}\n\n## Beans\n\n{body}\n\n### Kenya\n\n{body}\n\n## Tea\n\n{body}\n"
    );
    let cut = cut(&text);
    let seen: Vec<(&str, Vec<&str>)> = cut
        .iter()
        .map(|(text, under)| {
            (
                text.lines().next().unwrap(),
                under.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        vec![
            ("# Coffee", vec![]),
            ("## Beans", vec!["Coffee"]),
            ("### Kenya", vec!["Coffee", "Beans"]),
            ("## Tea", vec!["Coffee"]),
        ]
    );
}

#[test]
fn a_long_section_goes_on_under_its_headings() {
    let body = format!("{}.\n\n", long("roasting", 60));
    let text = format!("# Coffee\n\n## Beans\n\n{}", body.repeat(4));
    let cut = cut(&text);
    assert!(cut.len() > 1, "{cut:?}");
    for (_, under) in &cut[1..] {
        assert_eq!(*under, ["Coffee", "Beans"]);
    }
}

#[test]
fn no_piece_ends_in_a_heading_whose_text_is_in_the_next() {
    let text = format!(
        "{}\n\n## Prices\n\n{}\n",
        long("before", 100),
        long("after", 120)
    );
    let cut = cut(&text);
    assert!(
        cut.iter()
            .any(|(piece, _)| piece.starts_with("## Prices\n\nafter")),
        "{cut:?}"
    );
}

#[test]
fn a_line_of_code_is_no_heading() {
    let text = format!(
        "{}\n\n```\n# not a heading\n```\n{}",
        long("a", 150),
        long("b", 400)
    );
    assert!(cut(&text).iter().all(|(_, under)| under.is_empty()));
}

#[test]
fn a_file_is_taken_as_it_was_meant() {
    let read = |bytes: &[u8]| read(bytes).unwrap();
    assert_eq!(read(b"\xef\xbb\xbfone \r\ntwo\r\n\r\n"), "one\ntwo");
    assert_eq!(read("cafe\u{301}".as_bytes()), "café");
    assert_eq!(read(b"a\n\n\n\n\n\nb"), "a\n\n\nb");
}

#[test]
fn what_is_no_text_is_refused_in_words_that_help() {
    let refused = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(
        refused(b"good\nbad \xff\xfe"),
        "it is not UTF-8 (see byte 9, in line 2); save it as UTF-8 text and try again"
    );
    assert_eq!(
        refused(b"\xff\xfea\0"),
        "it is saved as UTF-16; save it as UTF-8 and try again"
    );
    assert_eq!(
        refused(b"%PDF-1.7 ..."),
        "it is not text (it looks like a PDF); only plain text and Markdown are taken"
    );
    for binary in [b"a\0b".as_slice(), b"\x1b[31mred", b"PK\x03\x04x"] {
        assert!(
            matches!(read(binary), Err(Unreadable::Binary { .. })),
            "{binary:?}"
        );
    }
    for empty in [b"".as_slice(), b" \n\t\r\n", b"\xef\xbb\xbf"] {
        assert_eq!(read(empty), Err(Unreadable::Empty));
    }
    let bytes = MAX_NOTE_BYTES + 1;
    assert_eq!(read(&vec![b'a'; bytes]), Err(Unreadable::TooLong { bytes }));
    assert!(read(&vec![b'a'; MAX_NOTE_BYTES]).is_ok());
}

#[test]
fn a_note_is_called_by_its_heading_or_its_file_or_its_first_words() {
    assert_eq!(
        named(Some("opening-hours_2026.md"), "## Opening hours ##\nx"),
        "Opening hours"
    );
    assert_eq!(
        named(Some("opening-hours_2026.md"), "x"),
        "opening hours 2026"
    );
    assert_eq!(
        named(None, "We open at 9.\nAnd close at 5."),
        "We open at 9."
    );
    assert_eq!(named(None, &long("word", 100)).chars().count(), 99);
}

#[test]
fn a_note_is_found_by_its_number_or_its_title() {
    let note = |id: u32, title: &str| {
        let text = format!("{title} {id}");
        let note = Note {
            id: NoteId(id),
            title: title.into(),
            hash: NoteHash::of(&text),
            text: text.as_str().into(),
            by: None,
            at: Timestamp::UNIX_EPOCH,
        };
        (note.id, Arc::new(note))
    };
    let notes = [
        note(1, "Prices"),
        note(2, "Hours"),
        note(3, "hours"),
        note(4, "2"),
    ];
    let knowledge = Knowledge {
        notes: notes.into(),
        last: NoteId(4),
    };
    let found = |text: &str| knowledge.find(text).map(|note| note.id.0);
    assert_eq!(found("prices"), Some(1));
    assert_eq!(found("#3"), Some(3));
    assert_eq!(found("hours"), None, "it may mean either");
    assert_eq!(found("2"), Some(4), "a title goes before a number");
    assert_eq!(found("9"), None);
}

#[test]
fn a_hash_reads_back_and_what_is_none_is_refused() {
    let hash = NoteHash::of("abc");
    assert!(hash.to_string().starts_with("ba7816bf"));
    assert_eq!(NoteHash::try_from(hash.to_string()).unwrap(), hash);
    for bad in ["", "ba78", &"+a".repeat(32), &"ü".repeat(32)] {
        assert!(NoteHash::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

/// Notes as they come: headings of all levels, paragraphs, very long lines, other scripts.
fn note() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "#{1,7} [a-z ]{0,30}",
        "[A-Za-zäß,. ]{0,120}",
        "[日本語。、]{0,40}",
        Just(String::new()),
        Just("```".to_owned()),
        "[a-z]{1000,2500}",
        "([a-z]{1,9}[.!]? ){200,400}",
        any::<String>(),
    ];
    proptest::collection::vec(line, 0..25).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn the_pieces_put_together_are_the_note(text in note()) {
        let mut at = 0;
        for chunk in chunks(&text) {
            prop_assert_eq!(chunk.range.start, at);
            prop_assert!(chunk.range.end > at);
            at = chunk.range.end;
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn no_piece_is_too_long_and_few_are_short(text in note()) {
        let pieces = chunks(&text);
        for chunk in &pieces {
            prop_assert!(text[chunk.range.clone()].chars().count() <= LONGEST_CHUNK);
        }
        let most = 2 + text.chars().count() / 100;
        prop_assert!(pieces.len() <= most, "{} pieces, {} at most", pieces.len(), most);
    }

    #[test]
    fn a_note_is_always_cut_the_same_way(text in note()) {
        prop_assert_eq!(chunks(&text), chunks(&text.clone()));
    }

    #[test]
    fn tidying_twice_is_tidying_once(text in any::<String>()) {
        let once = tidy(&text);
        prop_assert_eq!(tidy(&once), once);
    }
}
