//! Finding words and phrases in a text, as whole words at Unicode word boundaries (UAX 29 in outline): letters, digits,
//! their marks and the underscore join, but not in scripts that write no spaces. An apostrophe is a boundary here, so that
//! a name is found in its possessive.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::folded::Folded;
use super::inflect::{self, Endings};
use super::lookalike::{self, Script};

/// A disguised word of fewer letters is as likely a chance: `i5`, `4x4`.
const SHORTEST_DISGUISED: usize = 4;

/// A word or phrase as it is looked for.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// As it was written, without white space around it.
    pub(super) written: String,
    folded: String,
    undisguised: String,
    script: Script,
    words: Vec<String>,
}

impl Phrase {
    /// The phrase; none for a blank one.
    pub(super) fn of(written: &str) -> Option<Self> {
        let folded = Folded::of(written);
        if folded.text.is_empty() {
            return None;
        }
        let undisguised = folded.undisguised();
        Some(Self {
            written: written.trim().to_owned(),
            undisguised: undisguised.map_or_else(|| ells(&folded.text), |undone| undone.text),
            script: lookalike::script(&folded.text),
            words: folded.text.split(' ').map(str::to_owned).collect(),
            folded: folded.text,
        })
    }

    /// As [`Self::find`] looks for it, and as [`Self::find_disguised`] does.
    pub(super) fn forms(&self) -> (&str, &str) {
        (&self.folded, &self.undisguised)
    }

    /// Where the phrase appears as it is.
    pub(super) fn find(&self, text: &Folded) -> Option<Range<usize>> {
        find_alone(&text.text, &self.folded).next()
    }

    /// Where it appears with other endings.
    pub(super) fn find_inflected(
        &self,
        words: &[Range<usize>],
        text: &Folded,
        endings: &Endings,
    ) -> Option<Range<usize>> {
        let inflects = |word: &String| word.chars().all(char::is_alphabetic);
        // Without endings a form is the word itself.
        if endings.is_empty() || !self.words.iter().any(inflects) {
            return None;
        }
        let same = |(word, at): (&String, &Range<usize>)| {
            inflect::same(word, &text.text[at.clone()], endings)
        };
        let mut windows = words.windows(self.words.len());
        let found = windows.find(|window| self.words.iter().zip(*window).all(same))?;
        let (first, last) = (found.first()?, found.last()?);
        let mut gaps = found
            .windows(2)
            .map(|two| &text.text[two[0].end..two[1].start]);
        gaps.all(|gap| gap == " ").then_some(first.start..last.end)
    }

    /// Where it appears in look-alike letters. What is written in another script as a whole is a word of that script,
    /// unless the text is otherwise of the phrase's own.
    pub(super) fn find_disguised(&self, undone: &Folded, of: Script) -> Option<Range<usize>> {
        if self.folded.chars().count() < SHORTEST_DISGUISED {
            return None;
        }
        let is_meant = |range: &Range<usize>| {
            let mut plain = undone.plain(range.clone());
            let has_letter = undone.plain(range.clone()).any(char::is_alphabetic);
            has_letter && (of == self.script || plain.any(|letter| self.folded.contains(letter)))
        };
        find_alone(&undone.text, &self.undisguised).find(is_meant)
    }
}

/// The text with `l` as [`lookalike::undone`] has it.
fn ells(text: &str) -> String {
    text.replace('l', "i")
}

/// Where a phrase stands alone in a text.
fn find_alone<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let found = text.match_indices(phrase);
    let ranges = found.map(|(start, found)| start..start + found.len());
    ranges.filter(|range| stands_alone(text, range.start, range.end))
}

/// The words of a folded text: stretches of letters, digits, marks and underscores.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        match (is_of_word(letter), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || (!letter.is_ascii() && is_combining_mark(letter))
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
    if !right.is_ascii() && is_combining_mark(right) {
        return true;
    }
    is_of_word(left) && is_of_word(right) && !spaceless(left) && !spaceless(right)
}

/// Scripts in which words are not set apart: Thai to Burmese, Khmer, kana, and Han.
pub(crate) fn spaceless(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}
