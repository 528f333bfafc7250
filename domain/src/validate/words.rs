//! Finding whole words and phrases in a text, at Unicode word boundaries (UAX 29 in outline): letters,
//! digits, their marks and the underscore join, but not in scripts that write no spaces. An
//! apostrophe is a boundary here, so that a name is found in its possessive.

use unicode_normalization::char::is_combining_mark;

use super::fold::{collapsed, fold, seen};

/// Whether the phrase appears in the text as whole words, in any case.
pub(super) fn contains(text: &Folded, phrase: &str) -> bool {
    let phrase = Folded::of(phrase);
    !phrase.0.is_empty()
        && text
            .0
            .match_indices(&phrase.0)
            .any(|(start, found)| stands_alone(&text.0, start, start + found.len()))
}

/// A text as words are looked for in it.
pub(super) struct Folded(String);

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        Folded(collapsed(&fold(&seen(text))))
    }
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let first = text[start..].chars().next();
    let last = text[..end].chars().next_back();
    !joins(text[..start].chars().next_back(), first) && !joins(last, text[end..].chars().next())
}

/// Whether there is no word boundary between two neighbours.
fn joins(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    if is_combining_mark(right) {
        return true;
    }
    let of_word =
        |letter: char| letter.is_alphanumeric() || letter == '_' || is_combining_mark(letter);
    of_word(left) && of_word(right) && !spaceless(left) && !spaceless(right)
}

/// Scripts in which words are not set apart: Thai to Burmese, Khmer, kana, and Han.
fn spaceless(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}
