//! Whether a text only repeats its brief. A brief is written to a writer: what it says word for word is seldom meant for
//! readers, unless it gives the wanted text itself.

use super::finding::Finding;
use super::folded::Folded;
use super::quotes::passages;
use super::reading::Reading;
use super::rule::Rule;
use super::text_rules::TextRules;
use super::words::{spaceless, words};
use crate::content::Content;

/// What is said before the wanted text where it is not in quotation marks; a colon follows.
const WORD_FOR_WORD: [&str; 18] = [
    "exactly",
    "verbatim",
    "word for word",
    "as is",
    "wörtlich",
    "wortwörtlich",
    "genau",
    "wort für wort",
    "exactement",
    "mot pour mot",
    "textuellement",
    "exactamente",
    "literalmente",
    "textualmente",
    "ordrett",
    "nøyaktig",
    "そのまま",
    "原文",
];

/// What a text of a model only repeats of its brief, judged as severely as this client wants it. Marks, emoji, links and
/// the tags at the end do not count; a text that the brief gives in quotation marks, or after "exactly:", is as it should
/// be.
pub fn echoes(content: &Content, text_rules: &TextRules, brief: &str) -> Vec<Finding> {
    let texts = content.segments.iter().map(|segment| said(&segment.text));
    let texts: Vec<Vec<String>> = texts.filter(|words| !words.is_empty()).collect();
    let all_in = |passage: &str| {
        let passage = said(passage);
        texts.iter().all(|text| contains(&passage, text))
    };
    let is_echo = !texts.is_empty() && all_in(brief) && !wanted(brief).into_iter().any(all_in);
    let message = "this only repeats the brief: say it to readers, in the client's own way";
    let finding = is_echo.then(|| text_rules.finding(Rule::Echo, 0, message.to_owned(), None));
    finding.flatten().into_iter().collect()
}

/// The texts that a brief gives word for word.
fn wanted(brief: &str) -> Vec<&str> {
    let mut wanted = passages(brief);
    if let Some((before, text)) = brief.split_once([':', '：']) {
        let before = Folded::of(before).text;
        let is_given = WORD_FOR_WORD.iter().any(|said| before.contains(said));
        wanted.extend(is_given.then_some(text));
    }
    wanted
}

/// The words of what a text says; each letter is one in scripts without spaces between words.
fn said(text: &str) -> Vec<String> {
    let folded = Folded::of(&Reading::of(text).saying()).text;
    let mut said: Vec<String> = Vec::new();
    for word in words(&folded) {
        let mut goes_on = false;
        for letter in folded[word].chars() {
            let is_alone = spaceless(letter);
            match said.last_mut().filter(|_| goes_on && !is_alone) {
                Some(last) => last.push(letter),
                None => said.push(letter.to_string()),
            }
            goes_on = !is_alone;
        }
    }
    said
}

fn contains(all: &[String], part: &[String]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}
