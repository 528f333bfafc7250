//! The rule on language: whether the text is in one of the client's.
//!
//! Short texts are hard to tell, so it speaks only of long ones of which the detector is sure, and takes languages that
//! are nearly alike for one.

use whatlang::{Detector, Lang};

use super::{Found, Subject, whole};
use crate::validate::languages;
use crate::validate::reading::Reading;

/// A text of fewer letters is not judged in an alphabet that several languages share.
const FEWEST_LETTERS: usize = 40;

/// The share of certainty from which on the detector is believed.
const SURE: f64 = 0.9;

/// Languages that a short text does not tell apart.
const ALIKE: [&[Lang]; 6] = [
    &[Lang::Nob, Lang::Dan, Lang::Swe],
    &[Lang::Spa, Lang::Por, Lang::Cat],
    &[Lang::Hrv, Lang::Srp, Lang::Slv],
    &[Lang::Ces, Lang::Slk],
    &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul],
    &[Lang::Deu, Lang::Nld, Lang::Afr],
];

pub(super) fn language(subject: &Subject) -> Vec<Found> {
    let wanted: Vec<Lang> = subject.languages.iter().filter_map(languages::of).collect();
    // Of a language that cannot be told nothing is said.
    if wanted.is_empty() || wanted.len() < subject.languages.len() {
        return Vec::new();
    }
    let names: Vec<&str> = subject.languages.iter().map(|one| one.as_str()).collect();
    subject.each(|at, reading| {
        let found = told(reading).filter(|lang| !wanted.iter().any(|one| is_alike(*one, *lang)));
        let finding = found.map(|lang| {
            let (is, wants) = (languages::code(lang), names.join(", "));
            whole(at, format!("this reads as `{is}`: write it in `{wants}`"))
        });
        finding.into_iter().collect()
    })
}

fn is_alike(one: Lang, other: Lang) -> bool {
    one == other
        || ALIKE
            .iter()
            .any(|alike| alike.contains(&one) && alike.contains(&other))
}

/// The language of a text, where that is sure.
fn told(reading: &Reading) -> Option<Lang> {
    let text = prose(reading);
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let info = Detector::new().detect(&text)?;
    let script_tells = info.script().langs().len() == 1 && letters >= FEWEST_LETTERS / 4;
    let is_japanese = info.lang() == Lang::Jpn && letters >= FEWEST_LETTERS / 4;
    let is_sure = letters >= FEWEST_LETTERS && info.is_reliable() && info.confidence() >= SURE;
    (script_tells || is_japanese || is_sure).then_some(info.lang())
}

/// The text without links and tags, which are of no language.
fn prose(reading: &Reading) -> String {
    let text = reading.without_links();
    let words = text.split_whitespace();
    let plain = words.filter(|word| !word.starts_with(['#', '@', '$']));
    plain.collect::<Vec<_>>().join(" ")
}
