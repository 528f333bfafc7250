//! From the bytes of a file, or what somebody pasted, to a note's text and title.
//!
//! Refusals are written for whoever brought the file: what is wrong with it, and what would be taken.

use unicode_normalization::UnicodeNormalization;

use super::{MAX_NOTE_BYTES, MAX_TITLE};

/// The most bytes of a file that are worth reading: tidying makes a text shorter, but not that much.
pub const MAX_FILE_BYTES: usize = 4 * MAX_NOTE_BYTES;

/// Why something cannot become a note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("it is empty; a note needs some text")]
    Empty,
    /// It is longer than a note may be.
    #[error(
        "it has {bytes} bytes, and a note has at most {MAX_NOTE_BYTES}; split it, one subject to a note"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// It is text, in another encoding.
    #[error("it is saved as UTF-16; save it as UTF-8 and try again")]
    Utf16,
    /// It is not UTF-8 from some byte on.
    #[error("it is not UTF-8 (see byte {at}, in line {line}); save it as UTF-8 text and try again")]
    NotUtf8 {
        /// The first byte that is not, from 0.
        at: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// It is a picture, a PDF, an office document or the like.
    #[error("it is not text (it looks like {what}); only plain text and Markdown are taken")]
    Binary {
        /// What it looks like.
        what: &'static str,
    },
}

/// How files of other kinds begin, and what people call them.
const KINDS: [(&[u8], &str); 9] = [
    (b"%PDF-", "a PDF"),
    (
        b"PK\x03\x04",
        "a ZIP archive or an office document such as .docx",
    ),
    (b"\xd0\xcf\x11\xe0", "an old office document such as .doc"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
];

/// A note's text from a file's bytes, or from what was pasted.
///
/// # Errors
/// See [`Unreadable`].
pub fn read(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Unreadable::Utf16);
    }
    if let Some((_, what)) = KINDS.iter().find(|(head, _)| bytes.starts_with(head)) {
        return Err(Unreadable::Binary { what });
    }
    if bytes.contains(&0) {
        return Err(Unreadable::Binary {
            what: "a binary file",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let text = tidy(text);
    if text.chars().any(is_odd) {
        return Err(Unreadable::Binary {
            what: "a binary file: it has control characters",
        });
    }
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.len() > MAX_NOTE_BYTES {
        return Err(Unreadable::TooLong { bytes: text.len() });
    }
    Ok(text)
}

fn not_utf8(bytes: &[u8], at: usize) -> Unreadable {
    let breaks = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    Unreadable::NotUtf8 {
        at,
        line: breaks + 1,
    }
}

/// No byte-order mark, lines that end in `\n` alone and without spaces before it, at most two empty lines in a row, NFC.
/// Tidying twice changes nothing more.
pub fn tidy(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .collect();
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().split('\n').map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    tidied
}

fn is_odd(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// What a note is called when nobody named it: its first heading, or the file's name, or its first words.
pub fn named(file: Option<&str>, text: &str) -> String {
    let heading = text.lines().find_map(super::chunk::heading);
    let file = file.map(|name| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        stem.replace(['_', '-'], " ")
    });
    let first = || text.lines().next().unwrap_or_default().to_owned();
    let title = heading
        .map(|(_, words)| words.to_owned())
        .or(file)
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(first);
    let words: Vec<&str> = title.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(MAX_TITLE).collect();
    title.trim_end().to_owned()
}
