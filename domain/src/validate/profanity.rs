//! Words that no client wants said unawares, by language. A word that is innocent in another of these languages is not in
//! the lists: they are looked for in every text.

use std::sync::LazyLock;

use regex::Regex;

use super::reading::Reading;
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

/// Every word, as it is and with look-alikes undone: most texts have none, and are gone through once to know it.
static ANY: LazyLock<(Regex, Regex)> = LazyLock::new(|| {
    let forms = || WORDS.iter().map(Phrase::forms);
    (
        any(forms().map(|(plain, _)| plain)),
        any(forms().map(|(_, undisguised)| undisguised)),
    )
});

fn any<'a>(words: impl Iterator<Item = &'a str>) -> Regex {
    let words: Vec<String> = words.map(regex::escape).collect();
    Regex::new(&words.join("|"))
        .expect("escaped words are a pattern, and a test finds words with it")
}

/// Whether letters of a text are those of a word, if only within another.
pub(super) fn may_be_in(reading: &Reading) -> bool {
    let (plain, undisguised) = &*ANY;
    plain.is_match(&reading.folded.text)
        || reading
            .undisguised()
            .is_some_and(|undone| undisguised.is_match(&undone.text))
}

/// Every word.
pub(super) fn words() -> impl Iterator<Item = &'static Phrase> {
    WORDS.iter()
}
