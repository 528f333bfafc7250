//! How long X finds a text: the weighted length of twitter-text v3, with bare domains counted as
//! links. Where the parser and X's own counter may differ, this counts more, so that nothing that
//! fits here is refused there for its length.

use std::borrow::Cow;
use std::panic::catch_unwind;

use twitter_text::ParserBackend;
use unicode_normalization::{UnicodeNormalization, is_nfc};

mod parsed;
mod plain;

/// The most that one post may weigh (twitter-text v3, `maxWeightedTweetLength`).
pub const MAX_WEIGHT: usize = 280;

/// What a link weighs, however long it is (twitter-text v3, `transformedURLLength`).
pub const URL_WEIGHT: usize = 23;

/// A word up to this many characters goes to the parser that finds every bare domain; its time
/// grows with the cube of a word's length, so longer ones go to the other.
const SHORT_WORD: usize = 300;

/// A word beyond this many characters is not parsed at all: no link is that long.
const LONG_WORD: usize = 5_000;

/// The weighted length of a text: after NFC, 1 for most alphabets, 2 for other characters and for
/// a whole emoji, 23 for a link or a bare domain.
pub fn weighted_length(text: &str) -> usize {
    let text: Cow<str> = match is_nfc(text) {
        true => text.into(),
        false => text.nfc().collect(),
    };
    // Neither a link nor an emoji reaches over a space or the end of a line.
    let words = text.split_inclusive([' ', '\n']);
    words
        .map(|part| {
            let word = part.trim_end_matches([' ', '\n']);
            word_weight(word) + (part.len() - word.len())
        })
        .sum()
}

/// Whether X finds a link in a text: a post that holds one costs more. A bare domain is one.
pub fn has_link(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| word.contains('.') && word.chars().count() <= LONG_WORD)
        .any(|word| match plain::read(word) {
            Some(plain) => plain.has_link,
            None => catch_unwind(|| parsed::has_link(word)).unwrap_or(false),
        })
}

/// Whether the text is not too long for one post.
pub fn fits(text: &str) -> bool {
    weighted_length(text) <= MAX_WEIGHT
}

fn word_weight(word: &str) -> usize {
    plain::read(word).map_or_else(|| thorough_weight(word), |plain| plain.weight)
}

fn thorough_weight(word: &str) -> usize {
    let by = |parser| {
        // A parser that gives up says 0, and Nom panics on an `@` after some letters; no word weighs 0.
        let parsed = catch_unwind(|| parsed::weight(word, parser)).unwrap_or(0);
        if parsed == 0 { bound(word) } else { parsed }
    };
    match word.chars().count() {
        0 => 0,
        length if length <= SHORT_WORD => by(ParserBackend::External),
        length if length <= LONG_WORD => by(ParserBackend::Nom),
        _ => bound(word),
    }
}

/// A bound from above that needs no parser: every character by its own weight, no discount for a
/// link or an emoji, and a link more for every dot, lest a short domain hide there.
fn bound(word: &str) -> usize {
    letters(word) + word.matches('.').count() * URL_WEIGHT + emoji_in_one_letter(word)
}

/// The characters that weigh 1 as letters but 2 when they are an emoji by themselves.
fn emoji_in_one_letter(word: &str) -> usize {
    word.matches(['©', '®', '\u{203C}']).count()
}

/// The weight of the characters one by one (twitter-text v3, `ranges` and `defaultWeight`).
fn letters(text: &str) -> usize {
    let weight = |letter| match u32::from(letter) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    };
    text.chars().map(weight).sum()
}

#[cfg(test)]
mod tests;
