//! A text that facts are held against: read once, however often it is asked.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::names::bare;
use super::quantities::stem;
use super::tokens::{Kind, Token, tokens};
use super::{Fact, FactKind, Value, calendar, found};

/// How many words before and after a fact say what it is about.
const AROUND: usize = 4;
/// Words shorter than this say nothing about it.
const SHORTEST: usize = 4;

/// A text that may be taken for true. It is read when facts are first held against it, which takes a while for a long one,
/// and what was read is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Arc<str>", into = "Arc<str>")]
pub struct Source {
    text: Arc<str>,
    known: OnceLock<Arc<Known>>,
}

impl Source {
    /// Reads it now, so that whoever holds facts against it does not have to.
    pub fn read(&self) {
        self.known();
    }

    pub(super) fn known(&self) -> &Known {
        self.known.get_or_init(|| Arc::new(Known::of(&self.text)))
    }

    /// The sentence or line that a fact of it stands in.
    pub(super) fn sentence(&self, fact: &Told) -> &str {
        &self.text[fact.sentence.clone()]
    }
}

impl From<Arc<str>> for Source {
    fn from(text: Arc<str>) -> Self {
        Self {
            text,
            known: OnceLock::new(),
        }
    }
}

impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl From<Source> for Arc<str> {
    fn from(source: Source) -> Self {
        source.text
    }
}

impl Deref for Source {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// What a text tells.
pub(super) struct Known {
    pub(super) told: Vec<Told>,
    /// Every word, and the parts of links and tags, in lower case.
    words: BTreeSet<String>,
}

/// A fact, and where and of what it is told.
pub(super) struct Told {
    pub(super) fact: Fact,
    pub(super) about: Option<About>,
    /// In bytes.
    sentence: Range<usize>,
}

impl Known {
    pub(super) fn of(text: &str) -> Self {
        let tokens = tokens(text);
        let breaks = breaks(text);
        let told = found(text, &tokens).into_iter().map(|fact| {
            let sentence = sentence(text, &tokens, &breaks, &fact);
            let about = About::of(&tokens, &sentence, &fact);
            Told {
                fact,
                sentence,
                about,
            }
        });
        Self {
            told: told.collect(),
            words: words(&tokens),
        }
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Another fact about the same.
    pub(super) fn rival(
        &self,
        fact: &Fact,
        about: &About,
        is_rival: impl Fn(&Fact, &Fact) -> bool,
    ) -> Option<&Told> {
        self.told.iter().find(|told| {
            let that = told.about.as_ref();
            is_rival(fact, &told.fact) && that.is_some_and(|that| about.is_that(that))
        })
    }
}

fn words(tokens: &[Token]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for token in tokens {
        words.insert(bare(token.lower()).to_owned());
        if matches!(token.kind, Kind::Tag | Kind::Link) {
            let parts = token.lower().split(|c: char| !c.is_alphanumeric());
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

/// What a fact is about, as far as the words around it say.
pub(super) struct About {
    words: BTreeSet<String>,
    noun: Option<String>,
    weekdays: BTreeSet<String>,
    /// Whether a span or an "until" ends with it.
    is_end: bool,
}

impl About {
    fn of(tokens: &[Token], sentence: &Range<usize>, fact: &Fact) -> Option<Self> {
        let first = tokens.partition_point(|token| token.bytes.start < sentence.start);
        let last = tokens.partition_point(|token| token.bytes.end <= sentence.end);
        let said = tokens.get(first..last)?;
        // Where times are told, each day has its own.
        let is_a_weekday =
            fact.kind == FactKind::Date && fact.words.chars().all(|c| !c.is_numeric());
        if is_a_weekday && said.iter().any(Token::is_number) {
            return None;
        }
        let at = said.partition_point(|token| token.chars.start < fact.span.start);
        if at == said.len() {
            return None;
        }
        let end = said.partition_point(|token| token.chars.start < fact.span.end);
        let content = |token: &&Token| {
            token.kind == Kind::Word
                && token.text.chars().count() >= SHORTEST
                && calendar::weekday(token.lower()).is_none()
        };
        let before = said[..at].iter().rev().filter(content).take(AROUND);
        let after = said[end..].iter().filter(content).take(AROUND);
        let words = before
            .chain(after)
            .map(|token| stem(token.lower()))
            .collect();
        let days = said
            .iter()
            .filter_map(|token| calendar::weekday(token.lower()));
        let days = days.map(|day| day.to_string());
        let weekdays = match fact.kind {
            FactKind::Date => BTreeSet::new(),
            _ => days.collect(),
        };
        let last = at.checked_sub(1).map_or("", |at| said[at].lower());
        let is_end = [
            "-", "–", "—", "until", "till", "to", "bis", "til", "à", "hasta",
        ]
        .contains(&last);
        let noun = match &fact.value {
            Value::Amount { noun, .. } => noun.clone(),
            _ => None,
        };
        Some(Self {
            words,
            noun,
            weekdays,
            is_end,
        })
    }

    /// Whether two speak of one thing: in the same words, of no other day, of the same end.
    fn is_that(&self, other: &Self) -> bool {
        let same_words = self.words.intersection(&other.words).next().is_some();
        let same_noun = self.noun == other.noun;
        let same_days = self.weekdays == other.weekdays
            || self.weekdays.is_empty()
            || other.weekdays.is_empty();
        let of_a_noun = self.noun.is_some() && same_noun;
        (same_words && same_noun || of_a_noun) && same_days && self.is_end == other.is_end
    }
}

/// What ends a sentence or line.
const STOPS: [&str; 8] = [". ", "! ", "? ", "\n", "; ", "。", "！", "？"];

/// Where sentences and lines end, in bytes, in order.
fn breaks(text: &str) -> Vec<Range<usize>> {
    let of = |stop: &'static str| {
        let found = text.match_indices(stop);
        found.map(|(at, stop)| at..at + stop.len())
    };
    let mut breaks: Vec<Range<usize>> = STOPS.into_iter().flat_map(of).collect();
    breaks.sort_by_key(|stop| stop.start);
    breaks
}

/// The sentence or line that a fact stands in, in bytes. A fact begins and ends with a token.
fn sentence(text: &str, tokens: &[Token], breaks: &[Range<usize>], fact: &Fact) -> Range<usize> {
    let first = tokens.partition_point(|token| token.chars.start < fact.span.start);
    let last = tokens.partition_point(|token| token.chars.end < fact.span.end);
    let start = tokens.get(first).map_or(0, |token| token.bytes.start);
    let end = tokens.get(last).map_or(text.len(), |token| token.bytes.end);
    let before = breaks.partition_point(|stop| stop.end <= start);
    let after = breaks.partition_point(|stop| stop.start < end);
    let from = before.checked_sub(1).map_or(0, |at| breaks[at].end);
    let to = breaks.get(after).map_or(text.len(), |stop| stop.start);
    from..to
}
