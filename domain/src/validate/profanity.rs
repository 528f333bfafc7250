//! Words that no client wants said unawares, by language. A word that is innocent in another of these languages is not in
//! the lists: they are looked for in every text.

use std::sync::LazyLock;

use super::words::Phrase;

/// The words by language: a line `en: word word`; a comment begins with `#`, and `_` is a space.
const LISTS: &str = include_str!("profanity.txt");

static WORDS: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let lines = LISTS.lines().filter(|line| !line.starts_with('#'));
    let words = lines
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(_, words)| words.split_whitespace());
    words
        .filter_map(|word| Phrase::of(&word.replace('_', " ")))
        .collect()
});

/// Every word.
pub(super) fn words() -> impl Iterator<Item = &'static Phrase> {
    WORDS.iter()
}
