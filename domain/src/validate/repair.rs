//! Mechanical repairs of a text: what a person would mend without thinking, and nothing that changes what it says.
//!
//! Pure, and once is enough: what was repaired needs no repair.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::quotes::surrounding;

/// A repair that was made.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Letters are composed as they will be sent (NFC).
    Nfc,
    /// No white space at the ends of the text or of its lines.
    TrailingSpace,
    /// One space between words, and at most one empty line.
    DoubledSpace,
    /// No `Tweet:` before the text.
    ModelPrefix,
    /// No quotation marks around the whole text.
    SurroundingQuotes,
}

impl Repair {
    /// Every repair, in the order in which they are made.
    pub const ALL: [Repair; 5] = [
        Repair::Nfc,
        Repair::TrailingSpace,
        Repair::DoubledSpace,
        Repair::ModelPrefix,
        Repair::SurroundingQuotes,
    ];

    /// Those that are made in a text that a person typed: nobody sees a difference. What else is odd in it may be meant.
    pub const OF_PEOPLE: [Repair; 2] = [Repair::Nfc, Repair::TrailingSpace];

    /// What was done, as a card says it.
    pub fn name(self) -> &'static str {
        match self {
            Repair::Nfc => "letters composed",
            Repair::TrailingSpace => "space at the ends removed",
            Repair::DoubledSpace => "doubled space removed",
            Repair::ModelPrefix => "the model's label removed",
            Repair::SurroundingQuotes => "quotation marks around the text removed",
        }
    }

    fn of(self, text: &str) -> String {
        match self {
            Repair::Nfc if is_nfc(text) => text.to_owned(),
            Repair::Nfc => text.nfc().collect(),
            Repair::TrailingSpace => {
                let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
                lines.join("\n").trim().to_owned()
            }
            Repair::DoubledSpace => single_spaced(text),
            Repair::ModelPrefix => without_label(text).to_owned(),
            Repair::SurroundingQuotes => surrounding(text).unwrap_or(text).to_owned(),
        }
    }
}

/// The text with every one of these repairs that it needed. An empty text stays one.
pub fn repair(text: &str, allowed: &[Repair]) -> (String, Vec<Repair>) {
    let (mut text, mut made) = (text.to_owned(), Vec::new());
    // A repair may show the next one: what was in quotation marks has a label. Each makes the text shorter or normal, so
    // this ends.
    loop {
        let mut changed = false;
        for repair in allowed.iter().copied() {
            let repaired = repair.of(&text);
            if repaired != text {
                (text, changed) = (repaired, true);
                made.push(repair);
            }
        }
        if !changed {
            break;
        }
    }
    made.sort();
    made.dedup();
    (text, made)
}

/// Spaces in a row as one, and empty lines in a row as one. Wide spaces of other scripts are left alone.
fn single_spaced(text: &str) -> String {
    let (mut out, mut spaces, mut breaks) = (String::with_capacity(text.len()), 0, 0);
    for letter in text.chars() {
        spaces = if matches!(letter, ' ' | '\t') {
            spaces + 1
        } else {
            0
        };
        breaks = if letter == '\n' { breaks + 1 } else { 0 };
        if spaces <= 1 && breaks <= 2 {
            out.push(letter);
        }
    }
    out
}

/// The text after a label such as `Tweet 2:`.
fn without_label(text: &str) -> &str {
    const LABELS: [&str; 9] = [
        "tweet",
        "post",
        "draft",
        "entwurf",
        "tuit",
        "innlegg",
        "utkast",
        "ツイート",
        "投稿",
    ];
    let Some((label, rest)) = text.split_once([':', '：']) else {
        return text;
    };
    let label = label.trim_matches(|letter: char| letter == '*' || letter.is_whitespace());
    let word =
        label.trim_end_matches(|letter: char| letter.is_ascii_digit() || " #/".contains(letter));
    let is_label = LABELS.iter().any(|one| *one == word.to_lowercase());
    let rest = rest.trim_start_matches(|letter: char| letter == '*' || letter.is_whitespace());
    if is_label && !rest.is_empty() {
        rest
    } else {
        text
    }
}
