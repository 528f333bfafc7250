//! The forms in which texts are compared: case folded, composed, without what cannot be seen.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC with case folded. Folds by upper and then lower case, letter by letter, which
/// also brings `ß` to `ss` and both small sigmas together.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let upper = text.nfc().flat_map(char::to_uppercase);
    let folded: String = upper.flat_map(char::to_lowercase).collect();
    folded.nfc().collect()
}

/// The text without characters that have no width and join nothing: they hide a word, or make two
/// texts differ that look the same. The joiner of emoji stays.
pub(super) fn seen(text: &str) -> String {
    text.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// A character that takes no room and joins nothing: soft hyphen, zero-width space, word joiner,
/// byte order mark, and the marks of direction.
pub(super) fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// The text with every stretch of white space as one space, and none at its ends.
pub(super) fn collapsed(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
