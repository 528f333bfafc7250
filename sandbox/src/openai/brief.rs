//! What a request is about, found in its messages: the brief, words to keep out, links that are allowed, how many
//! candidates and segments.
//! A line that begins with `Brief:` is the brief; without one the last user message's words must do.

use sha2::{Digest, Sha256};

use crate::x::text::weight;

/// The most that the topic may weigh, so that a text around it stays within 280.
const TOPIC_WEIGHT: usize = 120;

const ORDERS: &[&str] = &[
    "please ",
    "write ",
    "tweet ",
    "post ",
    "share ",
    "announce ",
    "promote ",
    "introduce ",
    "mention ",
    "explain ",
    "celebrate ",
    "tell people ",
    "tell everyone ",
    "remind people ",
    "say ",
    "a tweet ",
    "a thread ",
    "a post ",
    "thread ",
    "about ",
    "that ",
    "on ",
    "why ",
];
const COMMON: &[&str] = &[
    "about",
    "after",
    "again",
    "also",
    "because",
    "been",
    "before",
    "brief",
    "candidates",
    "content",
    "each",
    "every",
    "from",
    "have",
    "into",
    "just",
    "keep",
    "like",
    "mention",
    "more",
    "must",
    "only",
    "over",
    "people",
    "post",
    "posts",
    "same",
    "segment",
    "segments",
    "should",
    "than",
    "that",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "thread",
    "tweet",
    "tweets",
    "under",
    "using",
    "voice",
    "want",
    "what",
    "when",
    "where",
    "which",
    "while",
    "with",
    "words",
    "write",
    "your",
];

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brief {
    /// As it was written.
    pub(crate) whole: String,
    /// What to write about, short enough for a post.
    pub(crate) topic: String,
    /// Its telling words; never empty.
    pub(crate) keywords: Vec<String>,
    /// Links that the messages allow, each with its scheme.
    pub(crate) links: Vec<String>,
    /// How many candidates, if the messages say so.
    pub(crate) candidates: Option<usize>,
    /// How many posts in a row, if the messages say so.
    pub(crate) segments: Option<usize>,
    /// The same for the same messages.
    pub(crate) seed: u64,
}

impl Brief {
    /// Reads the messages, each a role and a text.
    pub(crate) fn read(messages: &[(String, String)]) -> Self {
        let users = || {
            messages
                .iter()
                .rev()
                .filter(|(role, _)| role == "user")
                .map(|(_, text)| text.as_str())
        };
        let marked = users().find_map(|text| marked_line(text, "brief:"));
        let whole = marked
            .or_else(|| users().next().map(squeezed))
            .unwrap_or_default();
        let avoid: Vec<String> = users().flat_map(quoted_in_feedback).collect();
        let topic = topic(&whole, &avoid);
        let counted = |nouns: &[&str]| users().find_map(|text| count_of(text, nouns));
        let is_thread = whole.to_lowercase().contains("thread");
        Self {
            keywords: keywords(&topic),
            topic,
            links: messages.iter().flat_map(|(_, text)| links(text)).collect(),
            candidates: counted(&[
                "candidate",
                "option",
                "variant",
                "version",
                "draft",
                "alternative",
            ]),
            segments: counted(&["segment", "part"])
                .or_else(|| count_of(&whole, &["post", "tweet"]))
                .or(is_thread.then_some(3)),
            whole,
            seed: seed(messages),
        }
    }
}

fn seed(messages: &[(String, String)]) -> u64 {
    let mut hash = Sha256::new();
    for (role, text) in messages {
        hash.update(role);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    hash.finalize()
        .iter()
        .take(8)
        .fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

/// What follows `mark` on its line, or on the next line that says something.
fn marked_line(text: &str, mark: &str) -> Option<String> {
    let mut lines = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '*', '-', ' ', '\t']).trim());
    while let Some(line) = lines.next() {
        if line
            .get(..mark.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(mark))
        {
            let rest = line[mark.len()..].trim_matches(['*', ' ', '"']);
            let found = if rest.is_empty() {
                lines.find(|line| !line.is_empty()).unwrap_or_default()
            } else {
                rest
            };
            return Some(squeezed(found.trim_matches(['"', '<', '>'])));
        }
    }
    None
}

/// What a line that begins with `Links only from these:` names.
fn links(text: &str) -> Vec<String> {
    let named = marked_line(text, "links only from these:").unwrap_or_default();
    let named = named.split(',').map(|link| link.trim_matches([' ', '.']));
    let with_scheme = |link: &str| match link.contains("://") {
        true => link.to_string(),
        false => format!("https://{link}"),
    };
    named
        .filter(|link| !link.is_empty())
        .map(with_scheme)
        .collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words in quotes on lines that speak of feedback, problems or blocked words: the next text does without them.
fn quoted_in_feedback(text: &str) -> Vec<String> {
    let speaks = |line: &&str| {
        let lower = line.to_lowercase();
        [
            "feedback", "problem", "blocked", "avoid", "must not", "rejected",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    let quoted = |line: &str| {
        let parts: Vec<String> = line
            .split(['"', '“', '”', '`', '\''])
            .map(str::to_lowercase)
            .collect();
        parts
            .into_iter()
            .skip(1)
            .step_by(2)
            .filter(|word| !word.is_empty() && !word.contains(' '))
            .collect::<Vec<_>>()
    };
    text.lines().filter(speaks).flat_map(quoted).collect()
}

fn topic(whole: &str, avoid: &[String]) -> String {
    let mut rest = whole.trim();
    while let Some(order) = ORDERS.iter().find(|o| {
        rest.get(..o.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(o))
    }) {
        rest = rest[order.len()..].trim_start();
    }
    let mut topic = String::new();
    for word in rest
        .split_whitespace()
        .filter(|word| !avoid.contains(&bare(word)))
    {
        let longer = if topic.is_empty() {
            word.to_string()
        } else {
            format!("{topic} {word}")
        };
        if weight(&longer) > TOPIC_WEIGHT {
            break;
        }
        topic = longer;
    }
    let topic = topic.trim_end_matches(['.', '!', '?', ',', ';', ':', ' ']);
    if topic.is_empty() {
        "something new from us".into()
    } else {
        topic.into()
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}

fn keywords(topic: &str) -> Vec<String> {
    let telling = |word: &String| {
        word.chars().count() > 3 && !word.contains('.') && !COMMON.contains(&word.as_str())
    };
    let mut words: Vec<String> = Vec::new();
    for word in topic.split_whitespace().map(bare).filter(telling) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        words.push("this".into());
    }
    words
}

/// The number in front of one of the nouns: `3 candidates`, `exactly two segments`, `four different drafts`.
fn count_of(text: &str, nouns: &[&str]) -> Option<usize> {
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let names = |word: &str| {
        nouns.iter().any(|noun| {
            word.strip_prefix(noun)
                .is_some_and(|end| end.is_empty() || end == "s")
        })
    };
    let at = words
        .iter()
        .enumerate()
        .filter(|(_, word)| names(word))
        .map(|(at, _)| at);
    at.into_iter().find_map(|at| {
        words[at.saturating_sub(2)..at]
            .iter()
            .rev()
            .find_map(|word| spelled(word))
    })
}

fn spelled(word: &str) -> Option<usize> {
    const NUMBERS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let number = word
        .parse()
        .ok()
        .or_else(|| NUMBERS.iter().position(|n| *n == word).map(|at| at + 1));
    number.filter(|n| (1..=25).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Brief {
        Brief::read(&[
            ("system".into(), "You write.".into()),
            ("user".into(), text.into()),
        ])
    }

    #[test]
    fn the_marked_line_is_the_brief() {
        let brief = read(
            "Some rules.\nBrief: Announce the new winter blend, out on Friday.\nWrite 3 candidates.",
        );
        assert_eq!(brief.whole, "Announce the new winter blend, out on Friday.");
        assert_eq!(brief.topic, "the new winter blend, out on Friday");
        assert_eq!(brief.keywords, ["winter", "blend", "friday"]);
        assert_eq!((brief.candidates, brief.segments), (Some(3), None));
    }

    #[test]
    fn without_a_mark_the_last_user_message_must_do() {
        assert_eq!(
            read("Tell people about free bike checks").topic,
            "free bike checks"
        );
    }

    #[test]
    fn a_thread_has_the_segments_that_are_asked_for() {
        assert_eq!(
            read("Brief: a thread about tea\nExactly four segments.").segments,
            Some(4)
        );
        assert_eq!(read("Brief: a thread about tea").segments, Some(3));
        assert_eq!(
            read("Brief: a thread in 5 posts about tea").segments,
            Some(5)
        );
    }

    #[test]
    fn words_that_the_feedback_quotes_are_left_out_and_the_seed_changes() {
        let first = read("Brief: cheap coffee for all");
        let second = read("Brief: cheap coffee for all\nFeedback: the word \"cheap\" is blocked");
        assert_eq!(second.topic, "coffee for all");
        assert_ne!(first.seed, second.seed);
    }

    #[test]
    fn the_links_that_are_allowed_are_read_with_their_scheme() {
        let brief =
            read("- Links only from these: https://a.example.com/b, c.example.com.\nBrief: tea");
        assert_eq!(
            brief.links,
            ["https://a.example.com/b", "https://c.example.com"]
        );
        assert_eq!(read("Brief: tea").links, [""; 0]);
    }

    #[test]
    fn an_empty_or_endless_brief_still_gives_a_topic() {
        assert_eq!(read("").topic, "something new from us");
        assert!(weight(&read(&format!("Brief: {}", "coffee ".repeat(900))).topic) <= TOPIC_WEIGHT);
        assert!(weight(&read(&format!("Brief: {}", "x".repeat(5000))).topic) <= TOPIC_WEIGHT);
    }
}
