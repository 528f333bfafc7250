//! Rules on how much there is: whether a text has words at all, and enough of them to stand on its own.

use super::{Found, Subject, whole};
use crate::validate::letters::is_emoji_only;
use crate::validate::reading::Reading;
use crate::validate::words::spaceless;

/// What begins an account, a hashtag or a cashtag.
const TAGS: [char; 5] = ['#', '＃', '@', '＠', '$'];

/// What a word is counted in, so that a letter of a script without spaces between words can count for a part of one.
const WORD: usize = 12;

pub(super) fn no_words(subject: &Subject) -> Vec<Found> {
    let message = "there are no words in this: say something in a sentence";
    let found = readable(subject).filter(|(_, reading)| !has_words(reading));
    found.map(|(at, _)| whole(at, message)).collect()
}

/// Parts of a thread are judged together, because one may be short beside the others; the shortest is pointed at. What
/// has no words at all is another rule's, and a picture needs none.
pub(super) fn too_short(subject: &Subject) -> Vec<Found> {
    let parts = readable(subject).filter(|(_, reading)| has_words(reading));
    let parts: Vec<(usize, Measure)> = parts.map(|(at, text)| (at, measure(text))).collect();
    let Some((shortest, _)) = parts.iter().min_by_key(|(_, part)| part.twelfths) else {
        return Vec::new();
    };
    let all = parts.iter().fold(Measure::default(), |all, (_, part)| {
        all.and(part.twelfths, part.is_estimate)
    });
    let least = usize::from(subject.text_rules.min_words);
    if all.twelfths >= least * parts.len() * WORD {
        return Vec::new();
    }
    let message = match parts.len() {
        1 => format!("{all}: say something that stands on its own; at least {least}"),
        count => format!(
            "{all} in {count} parts: say more, or say it in fewer parts; at least {least} for each part"
        ),
    };
    vec![whole(*shortest, message)]
}

/// The texts that have to speak for themselves, with their places: not those beside a picture, nor of emoji alone.
fn readable<'s>(subject: &'s Subject) -> impl Iterator<Item = (usize, &'s Reading<'s>)> {
    let segments = subject.content.segments.iter().zip(&subject.readings);
    let to_read = segments.enumerate().filter(|(_, (segment, reading))| {
        segment.media.is_empty() && !reading.blank && !is_emoji_only(&segment.text)
    });
    to_read.map(|(at, (_, reading))| (at, reading))
}

/// Whether there is a word of two letters, or two of one. What holds a digit or an underscore is a code or a name, unless
/// its script sets no words apart.
fn has_words(reading: &Reading) -> bool {
    let is_mark = |letter: char| !letter.is_alphanumeric() && !TAGS.contains(&letter);
    let is_code = |letter: char| letter.is_numeric() || letter == '_';
    let letters = |token: &str| {
        let token = token.trim_start_matches(is_mark);
        let counts = |letter: char| !token.contains(is_code) || spaceless(letter);
        if token.starts_with(TAGS) || token.contains("://") {
            return 0;
        }
        let letters = token.chars().filter(|letter| letter.is_alphabetic());
        letters.filter(|letter| counts(*letter)).count()
    };
    let text = reading.without_links();
    text.split_whitespace().map(letters).sum::<usize>() >= 2
}

/// How much a text says.
#[derive(Clone, Copy, Default)]
struct Measure {
    /// Twelfths of a word.
    twelfths: usize,
    /// Whether there are words that no space sets apart.
    is_estimate: bool,
}

impl Measure {
    fn and(self, twelfths: usize, is_estimate: bool) -> Self {
        Self {
            twelfths: self.twelfths + twelfths,
            is_estimate: self.is_estimate || is_estimate,
        }
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let about = if self.is_estimate { "about " } else { "" };
        match self.twelfths / WORD {
            1 => write!(f, "{about}1 word"),
            count => write!(f, "{about}{count} words"),
        }
    }
}

/// The words of what a text says. A number is a word, and so is what a hyphen joins.
fn measure(reading: &Reading) -> Measure {
    let text = reading.saying();
    let is_gap = |letter: char| letter.is_whitespace() || matches!(letter, '—' | '–' | '…' | '/');
    text.split(is_gap).fold(Measure::default(), |all, piece| {
        let letters = piece.chars().filter(|letter| letter.is_alphanumeric());
        let (unspaced, spaced): (Vec<char>, Vec<char>) =
            letters.partition(|letter| spaceless(*letter));
        let unspaced: usize = unspaced.into_iter().map(share).sum();
        let spaced = if spaced.is_empty() { 0 } else { WORD };
        all.and(spaced + unspaced, unspaced > 0)
    })
}

/// What a letter of a script without spaces between words is of a word: about a half in Han, less in kana, and a
/// quarter in Thai and its neighbours.
fn share(letter: char) -> usize {
    match letter {
        '\u{0E00}'..='\u{17FF}' => WORD / 4,
        '\u{3040}'..='\u{30FF}' => WORD * 5 / 12,
        _ => WORD / 2,
    }
}
