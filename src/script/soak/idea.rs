//! What a person wants tweeted, and what people will make of the text: drawn before anything of it happens.

use super::draw::Draw;
use super::town::{Clients, WRITERS};

/// Something to be tweeted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Idea {
    /// Its number, from 0; its brief ends with it.
    pub(super) number: u64,
    /// Who has it.
    pub(super) by: &'static str,
    /// For which client.
    pub(super) client: String,
    /// The command that orders it.
    pub(super) line: String,
}

/// What people make of a text that waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plot {
    /// They approve it.
    Approve,
    /// They write it themselves first.
    Edit,
    /// They have it written again first.
    Regenerate,
    /// They turn it down.
    Reject,
    /// They take it out of the calendar.
    Cancel,
    /// They give it another time first.
    Move,
    /// Nobody looks at it in time.
    Ignore,
}

const SYLLABLES: [&str; 32] = [
    "ba", "be", "bi", "bo", "da", "de", "di", "do", "fa", "fe", "ka", "ke", "ki", "ko", "la", "le",
    "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "ni", "no", "ra", "re", "ri", "ro", "sa", "so",
];

/// A word for a number: the same for the same one, and no other's.
fn word(number: u64) -> String {
    let syllable = |shift: u64| SYLLABLES[usize::try_from(number >> shift & 31).unwrap_or(0)];
    [0, 5, 10, 15].map(syllable).concat()
}

/// Words that an idea has for itself.
const WORDS: u64 = 6;

/// What the tweets of an idea speak of: words that nobody else uses, and so many of them that no two clients say nearly
/// the same, however few phrases the model has for what it puts around them.
pub(super) fn subject(number: u64) -> String {
    let words: Vec<String> = (0..WORDS).map(|nth| word(WORDS * number + nth)).collect();
    words.join(" ")
}

/// The number at the end of a brief.
pub(super) fn number_of(brief: &str) -> Option<u64> {
    brief.rsplit_once("no ")?.1.trim().parse().ok()
}

impl Idea {
    /// The idea of a number.
    pub(super) fn draw(seed: u64, number: u64, clients: &Clients) -> Self {
        let mut draw = Draw::of(seed, "idea", number);
        let ids: Vec<&String> = clients.keys().collect();
        // The first client is a noisy one.
        let client = if draw.percent(8) {
            ids[0].clone()
        } else {
            draw.pick(&ids).clone()
        };
        let brief = format!("{}, no {number}", subject(number));
        let line = order(&mut draw, &client, &brief);
        Self {
            number,
            by: draw.pick(&WRITERS),
            client,
            line,
        }
    }
}

fn order(draw: &mut Draw, client: &str, brief: &str) -> String {
    let minutes = draw.between(6, 35);
    let at = format!("when:in {minutes}m");
    let what = format!("client:{client} brief:\"{brief}\"");
    match draw.below(100) {
        0..40 => format!("/plan {what} {at}"),
        40..50 => format!("/plan {what}"),
        50..58 => format!("/plan {what} count:{}", draw.between(2, 3)),
        58..68 => format!("/plan {what} thread:{} {at}", draw.between(2, 4)),
        68..78 => format!("/generate {what} thread:{} {at}", draw.between(2, 4)),
        _ => format!("/generate {what} {at}"),
    }
}

impl Plot {
    /// What becomes of a text.
    pub(super) fn draw(draw: &mut Draw) -> Self {
        match draw.below(100) {
            0..66 => Self::Approve,
            66..75 => Self::Edit,
            75..83 => Self::Regenerate,
            83..87 => Self::Reject,
            87..90 => Self::Cancel,
            90..96 => Self::Move,
            _ => Self::Ignore,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::script::soak::town;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_gives_the_same_ideas_and_another_seed_others() {
        let (_, clients) = town::build(7, 10);
        let ideas = |seed| {
            (0..50)
                .map(|n| Idea::draw(seed, n, &clients))
                .collect::<Vec<_>>()
        };
        assert_eq!(ideas(7), ideas(7));
        assert_ne!(ideas(7), ideas(8));
    }

    #[test]
    fn every_subject_has_words_of_its_own_and_the_brief_tells_its_number() {
        let words: BTreeSet<String> = (0..40_000).map(word).collect();
        assert_eq!(words.len(), 40_000);
        let (_, clients) = town::build(7, 3);
        let idea = Idea::draw(7, 31, &clients);
        let (_, brief) = idea.line.split_once("brief:\"").unwrap();
        let (brief, _) = brief.split_once('"').unwrap();
        assert_eq!(number_of(brief), Some(31));
    }
}
