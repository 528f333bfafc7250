//! Tweet-like texts about a brief, put together from phrases: varied, decent, the same for the same seed.
//! Every text stays within 280 unless it is asked to be too long.

use super::brief::Brief;
use crate::x::text::{MAX_WEIGHT, weight};

const OPENINGS: &[&str] = &[
    "{T}.",
    "Good news from us: {t}.",
    "On our mind this week: {t}.",
    "Pencil it in: {t}.",
    "Worth a detour: {t}.",
    "Small thing, big smile: {t}.",
    "You asked, so here it is: {t}.",
    "Note to self, and to you: {t}.",
    "The short version: {t}.",
    "Heard here this morning: {t}.",
    "Today's reason to drop by: {t}.",
    "Made our day: {t}.",
    "We kept this one quiet for a while: {t}.",
];
const CLOSINGS: &[&str] = &[
    "Come by and see for yourself.",
    "Tell a friend who would like it.",
    "What would you ask us about {k}?",
    "More {k} soon.",
    "See you there?",
    "No fuss, just {k} done right.",
    "Reply with your {k} story.",
    "We saved you a seat.",
    "Yes, there is {k}. Yes, there is {j}.",
    "Bring someone along.",
    "It took us a while, and it was worth it.",
];
const HOOKS: &[&str] = &[
    "{T}. Here is how it came about.",
    "A short story about {t}.",
    "Let us talk about {t}.",
    "Some things take time: {t}. A few notes from the workshop.",
    "People keep asking us about it, so: {t}.",
];
const TURNS: &[&str] = &[
    "First,",
    "Then",
    "Next,",
    "After that,",
    "And",
    "Along the way",
    "By now",
    "Meanwhile",
];
const MIDDLES: &[&str] = &[
    "there was {k}. We tried it three ways before we settled on one.",
    "we looked at {k} again, and threw half of it out.",
    "somebody asked a plain question about {k}. It changed the plan.",
    "{k} turned out to be the hard part, and the part we like most.",
    "we learned more about {k} from you than from any book.",
    "we let {k} rest for a week. It was the right thing to do.",
    "{k} and {j} had to get along. Now they do.",
];
/// What the thread is about, said again: its parts are read on their own, too.
const REMINDERS: &[&str] = &["All for this: {t}.", "Remember: {t}.", "This is about {t}."];
const ENDINGS: &[&str] = &[
    "That is the story of {k} so far.",
    "And that is where we are with {k} today.",
    "So, {k}: now you know as much as we do.",
    "The rest about {k} is best seen with your own eyes.",
];
const FILLER: &str = "There is a lot more to say about {k}, and we will not stop here: {t}.";

/// Which text of a request is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which alternative; each one differs.
    pub(crate) candidate: usize,
    /// Which part of a thread, from 0.
    pub(crate) segment: usize,
    /// How many parts the thread has; 0 and 1 are a single post.
    pub(crate) of: usize,
}

/// Of so many alternatives one has a link, where links are allowed.
const LINKED: usize = 2;

/// The text at this place. Where links are allowed, now and then with one of them at its end.
pub(crate) fn text(brief: &Brief, place: Place) -> String {
    let words = words(brief, place);
    let Some(link) = link(brief, place) else {
        return words;
    };
    let linked = format!("{words} {link}");
    match weight(&linked) <= MAX_WEIGHT {
        true => linked,
        false => words,
    }
}

/// The link of an alternative, for the end of its last part.
fn link(brief: &Brief, place: Place) -> Option<&String> {
    let is_last = place.segment + 1 >= place.of;
    let turn = start(brief.seed, 7, LINKED) + place.candidate;
    let at = start(brief.seed, 8, brief.links.len().max(1));
    let link = brief.links.get(at)?;
    (is_last && turn.is_multiple_of(LINKED)).then_some(link)
}

fn words(brief: &Brief, place: Place) -> String {
    if place.of <= 1 {
        return single(brief, place.candidate);
    }
    let pick = |list: &[&'static str], salt| chosen(list, brief.seed, salt, place.candidate);
    let pattern = if place.segment == 0 {
        pick(HOOKS, 3)
    } else if place.segment + 1 == place.of {
        return fitted(
            &[pick(ENDINGS, 4), pick(CLOSINGS, 1), pick(REMINDERS, 9)],
            brief,
            place.candidate + place.segment,
        );
    } else {
        let turn = TURNS[if place.segment == 1 {
            0
        } else {
            1 + (place.segment - 2) % (TURNS.len() - 1)
        }];
        let nth = place.candidate + place.segment;
        let middle = format!("{turn} {}", chosen(MIDDLES, brief.seed, 5, nth));
        let reminder = chosen(REMINDERS, brief.seed, 9, nth);
        return fitted(&[&middle, reminder], brief, place.segment);
    };
    fitted(&[pattern], brief, place.candidate)
}

/// The same text, made longer than a post may be.
pub(crate) fn overlong(brief: &Brief, place: Place) -> String {
    let mut text = text(brief, place);
    while weight(&text) <= MAX_WEIGHT {
        text = format!("{text} {}", filled(FILLER, brief, place.candidate));
    }
    text
}

/// A few words about why a text is as it is.
pub(crate) fn remark(brief: &Brief, place: Place) -> String {
    const TONES: &[&str] = &[
        "plain and warm",
        "playful",
        "matter-of-fact",
        "curious",
        "quietly proud",
    ];
    format!(
        "{}, about {}",
        chosen(TONES, brief.seed, 6, place.candidate),
        brief.keywords[0]
    )
}

fn single(brief: &Brief, candidate: usize) -> String {
    let opening = chosen(OPENINGS, brief.seed, 0, candidate);
    let closing = chosen(CLOSINGS, brief.seed, 1, candidate);
    fitted(&[opening, closing], brief, candidate)
}

/// As many of the patterns, from the first one on, as fit into a post.
fn fitted(patterns: &[&str], brief: &Brief, turn: usize) -> String {
    let mut parts = patterns.iter().map(|pattern| filled(pattern, brief, turn));
    let mut text = parts.next().unwrap_or_default();
    for part in parts {
        let longer = format!("{text} {part}");
        if weight(&longer) > MAX_WEIGHT {
            break;
        }
        text = longer;
    }
    text
}

fn filled(pattern: &str, brief: &Brief, turn: usize) -> String {
    let keyword = |n: usize| brief.keywords[(turn + n) % brief.keywords.len()].as_str();
    let other = if brief.keywords.len() > 1 {
        keyword(1)
    } else {
        "good company"
    };
    let capital = capitalised(&brief.topic);
    pattern
        .replace("{T}", &capital)
        .replace("{t}", &brief.topic)
        .replace("{k}", keyword(0))
        .replace("{j}", other)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn chosen(list: &[&'static str], seed: u64, salt: u64, turn: usize) -> &'static str {
    list[(start(seed, salt, list.len()) + turn) % list.len()]
}

fn start(seed: u64, salt: u64, length: usize) -> usize {
    let mixed =
        (seed ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32;
    usize::try_from(mixed).unwrap_or(0) % length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(text: &str) -> Brief {
        Brief::read(&[("user".into(), format!("Brief: {text}"))])
    }

    #[test]
    fn candidates_differ_and_the_same_request_gives_the_same_text() {
        let brief = brief("the winter blend is back");
        let texts: Vec<String> = (0..8)
            .map(|n| {
                text(
                    &brief,
                    Place {
                        candidate: n,
                        ..Place::default()
                    },
                )
            })
            .collect();
        for (at, text) in texts.iter().enumerate() {
            assert!(
                text.to_lowercase().contains("the winter blend is back"),
                "{text}"
            );
            assert!(!texts[..at].contains(text), "twice: {text}");
        }
        assert_eq!(texts[0], text(&brief, Place::default()));
    }

    #[test]
    fn every_text_fits_however_long_the_brief_is() {
        for words in [1, 10, 40, 900] {
            let brief = brief(&"coffee beans, ".repeat(words));
            for candidate in 0..20 {
                for (segment, of) in [(0, 1), (0, 4), (1, 4), (2, 4), (3, 4)] {
                    let text = text(
                        &brief,
                        Place {
                            candidate,
                            segment,
                            of,
                        },
                    );
                    assert!(weight(&text) <= MAX_WEIGHT, "{text}");
                }
            }
        }
    }

    #[test]
    fn the_parts_of_a_thread_differ() {
        let brief = brief("roasting our own beans");
        let parts: Vec<String> = (0..5)
            .map(|segment| {
                text(
                    &brief,
                    Place {
                        candidate: 0,
                        segment,
                        of: 5,
                    },
                )
            })
            .collect();
        for (at, part) in parts.iter().enumerate() {
            assert!(!parts[..at].contains(part), "twice: {part}");
        }
    }

    #[test]
    fn where_links_are_allowed_every_second_alternative_ends_with_one() {
        let allowed = "Links only from these: https://tea.example.com\nBrief: tea";
        let brief = Brief::read(&[("user".into(), allowed.into())]);
        for of in [1, 3] {
            let linked = |candidate: &usize| {
                let place = |segment| Place {
                    candidate: *candidate,
                    segment,
                    of,
                };
                let linked =
                    |segment| text(&brief, place(segment)).ends_with("https://tea.example.com");
                assert!(!(0..of - 1).any(linked), "only the last part has one");
                linked(of - 1)
            };
            assert_eq!((0..8).filter(linked).count(), 4);
        }
    }

    #[test]
    fn an_overlong_text_is_too_long() {
        assert!(weight(&overlong(&brief("tea"), Place::default())) > MAX_WEIGHT);
    }
}
