//! Facts of a text held against what is known: which no source has, and which a source has otherwise.
//!
//! Written forms do not count: `1,000` is `1000` and `1.000`, `9am` is `09:00`, `€5` is `5 euros`. A contradiction is only told
//! where a source speaks of the same thing in the same words; it is a hint for somebody who reads both.

use std::collections::BTreeSet;
use std::ops::Range;

use super::names::bare;
use super::quantities::stem;
use super::tokens::{Kind, Token, tokens};
use super::{Fact, FactKind, Value, facts};

/// How many words before and after a fact say what it is about.
const AROUND: usize = 4;
/// Words shorter than this say nothing about it.
const SHORTEST: usize = 4;

/// A fact that a source has otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What the text says.
    pub fact: Fact,
    /// Which source says otherwise: its place among the sources.
    pub source: usize,
    /// The source's words, of the sentence or line that says so.
    pub words: String,
}

/// The facts of a text that no source has. The sources are all that may be taken for true: the brief, the passages, the
/// client's own name, handle and examples.
pub fn not_covered(text: &str, sources: &[&str]) -> Vec<Fact> {
    let known: Vec<Fact> = sources.iter().flat_map(|source| facts(source)).collect();
    let words = words_of(sources);
    let is_known = |fact: &Fact| match &fact.value {
        Value::Name(name) => name.iter().all(|word| has_word(&words, word)),
        _ => known.iter().any(|known| covers(known, fact)) || is_written_out(fact, &words),
    };
    let mut facts = facts(text);
    facts.retain(|fact| !is_known(fact));
    facts
}

/// The facts of a text that a source has otherwise: of the same kind, about the same, with another value.
pub fn contradicted(text: &str, sources: &[&str]) -> Vec<Contradiction> {
    let known: Vec<(usize, &str, Vec<Fact>)> = (0..)
        .zip(sources)
        .map(|(nth, source)| (nth, *source, facts(source)))
        .collect();
    let otherwise = |fact: Fact| {
        let about = About::of(text, &fact)?;
        for (source, said, facts) in &known {
            let mut rivals = facts.iter().filter(|other| is_rival(&fact, other));
            let same = rivals
                .find(|other| About::of(said, other).is_some_and(|that| about.is_that(&that)));
            if let Some(other) = same {
                let source = *source;
                let words = said[sentence(said, other)].trim().to_owned();
                return Some(Contradiction {
                    fact,
                    source,
                    words,
                });
            }
        }
        None
    };
    not_covered(text, sources)
        .into_iter()
        .filter_map(otherwise)
        .collect()
}

fn covers(known: &Fact, fact: &Fact) -> bool {
    match (&known.value, &fact.value) {
        (Value::Amount { .. }, Value::Amount { .. }) => covers_amount(known, fact),
        (Value::Time(known), Value::Time(times)) => times.iter().any(|time| known.contains(time)),
        // "We open at 9", where nothing says that it is a time.
        (
            Value::Amount {
                amounts,
                unit: None,
                ..
            },
            Value::Time(times),
        ) => times
            .iter()
            .any(|time| time % 60 == 0 && amounts.contains(&(time / 60).to_string())),
        (Value::Date(known), Value::Date(days)) => days.iter().any(|day| {
            known
                .iter()
                .any(|known| known.may_be(day) && names_all_of(known, day))
        }),
        (
            Value::Amount {
                amounts,
                unit: None,
                ..
            },
            Value::Date(days),
        ) => days.iter().any(|day| {
            let year_only = day.day.is_none() && day.month.is_none();
            year_only
                && day
                    .year
                    .is_some_and(|year| amounts.contains(&year.to_string()))
        }),
        // "On the 24th", of a month that the source names.
        (
            Value::Date(known),
            Value::Amount {
                amounts,
                unit: None,
                noun: None,
            },
        ) if is_ordinal(fact) => {
            let names = |day: u32| amounts.contains(&day.to_string());
            known.iter().any(|known| known.day.is_some_and(names))
        }
        (
            Value::Date(known),
            Value::Amount {
                amounts,
                unit: None,
                ..
            },
        ) => {
            let is_year = |year: u32| amounts.contains(&year.to_string());
            let is_day = |day: &super::Day| {
                day.year.is_some_and(is_year) || figures(fact) == day.day.zip(day.month)
            };
            known.iter().any(is_day)
        }
        (
            Value::Time(known),
            Value::Amount {
                unit, noun: None, ..
            },
        ) => known.iter().any(|time| may_be_time(fact, *unit, *time)),
        (Value::Link(known), Value::Link(link)) => {
            known == link || !link.contains('/') && known.starts_with(&format!("{link}/"))
        }
        _ => false,
    }
}

/// `24th`, which may be a day.
fn is_ordinal(fact: &Fact) -> bool {
    let digits = fact.words.trim_end_matches(char::is_alphabetic);
    ["st", "nd", "rd", "th"].contains(&&fact.words[digits.len()..])
}

/// The two numbers of `24.12` and `19.00`.
fn figures(fact: &Fact) -> Option<(u32, u32)> {
    let (one, two) = fact.words.split_once('.')?;
    Some((one.parse().ok()?, two.parse().ok()?)).filter(|_| two.len() == 2)
}

/// Whether a number without a noun may be a time that a source tells: `9`, `19.00`, or `19h`.
fn may_be_time(fact: &Fact, unit: Option<&str>, time: u16) -> bool {
    let (hour, minute) = (u32::from(time / 60), u32::from(time % 60));
    let digits = fact.words.trim_end_matches(|c: char| !c.is_ascii_digit());
    let whole: Option<u32> = digits.parse().ok().filter(|_| minute == 0);
    match unit {
        None if whole.is_some() => whole.is_some_and(|whole| whole == hour || whole + 12 == hour),
        None => figures(fact) == Some((hour, minute)),
        Some("h") => whole == Some(hour) && hour > 12,
        Some(_) => false,
    }
}

/// A source that names a day of a month does not cover another month's, nor a weekday a date.
fn names_all_of(known: &super::Day, day: &super::Day) -> bool {
    let has = |known: Option<u32>, wanted: Option<u32>| wanted.is_none() || known.is_some();
    has(known.month, day.month) && has(known.day, day.day) && has(known.weekday, day.weekday)
}

fn covers_amount(known: &Fact, fact: &Fact) -> bool {
    let (
        Value::Amount {
            amounts: has,
            unit: of,
            noun: what,
        },
        Value::Amount { amounts, unit, .. },
    ) = (&known.value, &fact.value)
    else {
        return false;
    };
    let same = amounts.iter().any(|amount| has.contains(amount));
    let is_bare = of.is_none() && what.is_none();
    let same_unit = of == unit || unit.is_none() || is_bare;
    let some_money = |unit: &Option<&str>| *unit == Some("?");
    let both_money = known.kind == FactKind::Price && fact.kind == FactKind::Price;
    same && (same_unit || both_money && (some_money(of) || some_money(unit)))
}

/// Small numbers that sources write in words.
const WRITTEN: [&str; 12] = [
    "one ein eine einen un une uno una en ett één single",
    "two zwei deux dos due dois duas to två twee both",
    "three drei trois tres tre três drie",
    "four vier quatre cuatro quattro quatro fire fyra",
    "five fünf cinq cinco cinque fem vijf",
    "six sechs seis sei seks sex zes",
    "seven sieben sept siete sette sete sju zeven",
    "eight acht huit ocho otto oito åtte åtta",
    "nine neun neuf nueve nove ni nio negen",
    "ten zehn dix diez dieci dez ti tio tien",
    "eleven elf onze once undici elleve elva",
    "twelve zwölf douze doce dodici doze tolv twaalf dozen",
];

fn is_written_out(fact: &Fact, words: &BTreeSet<String>) -> bool {
    let Value::Amount { amounts, .. } = &fact.value else {
        return false;
    };
    let number = amounts
        .iter()
        .find_map(|amount| amount.parse::<usize>().ok());
    let forms = number.and_then(|number| WRITTEN.get(number.checked_sub(1)?));
    forms.is_some_and(|forms| forms.split(' ').any(|form| words.contains(form)))
}

/// Every word of the sources, and the parts of their links and tags, in lower case.
fn words_of(sources: &[&str]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for token in sources.iter().flat_map(|source| tokens(source)) {
        words.insert(bare(token.lower()).to_owned());
        if matches!(token.kind, Kind::Tag | Kind::Link) {
            let parts = token.lower().split(|c: char| !c.is_alphanumeric());
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

/// A word, or another form of it.
fn has_word(words: &BTreeSet<String>, word: &str) -> bool {
    let plural = word.strip_suffix('s').unwrap_or(word);
    words.contains(word) || words.contains(plural) || words.contains(&format!("{word}s"))
}

/// Whether two are of one kind and of one thing, so that only one of them can be right.
fn is_rival(fact: &Fact, other: &Fact) -> bool {
    match (&fact.value, &other.value) {
        (Value::Amount { unit, .. }, Value::Amount { unit: of, .. }) => {
            fact.kind == other.kind && unit == of
        }
        (Value::Time(_), Value::Time(_)) => true,
        (
            Value::Time(_),
            Value::Amount {
                amounts,
                unit: None,
                noun: None,
            },
        ) => amounts
            .iter()
            .any(|amount| amount.parse().is_ok_and(|hour: u16| hour <= 24)),
        (Value::Date(days), Value::Date(others)) => {
            let has_day = |days: &[super::Day]| days.iter().any(|day| day.day.is_some());
            let has_weekday = |days: &[super::Day]| days.iter().any(|day| day.weekday.is_some());
            has_day(days) && has_day(others) || has_weekday(days) && has_weekday(others)
        }
        _ => false,
    }
}

/// What a fact is about, as far as the words around it say.
struct About {
    words: BTreeSet<String>,
    noun: Option<String>,
    weekdays: BTreeSet<String>,
    /// Whether a span or an "until" ends with it.
    is_end: bool,
}

impl About {
    fn of(text: &str, fact: &Fact) -> Option<Self> {
        let clause = sentence(text, fact);
        let all = tokens(text);
        let inside =
            |token: &&Token| token.bytes.start >= clause.start && token.bytes.end <= clause.end;
        let said: Vec<&Token> = all.iter().filter(inside).collect();
        // Where times are told, each day has its own.
        let is_a_weekday =
            fact.kind == FactKind::Date && fact.words.chars().all(|c| !c.is_numeric());
        if is_a_weekday && said.iter().any(|token| token.is_number()) {
            return None;
        }
        let at = said
            .iter()
            .position(|token| token.chars.start >= fact.span.start)?;
        let end = said
            .iter()
            .position(|token| token.chars.start >= fact.span.end);
        let end = end.unwrap_or(said.len());
        let content = |token: &&&Token| {
            token.kind == Kind::Word
                && token.text.chars().count() >= SHORTEST
                && super::calendar::weekday(token.lower()).is_none()
        };
        let before = said[..at].iter().rev().filter(content).take(AROUND);
        let after = said[end..].iter().filter(content).take(AROUND);
        let words = before
            .chain(after)
            .map(|token| stem(token.lower()))
            .collect();
        let days = said
            .iter()
            .filter_map(|token| super::calendar::weekday(token.lower()));
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

/// The sentence or line that a fact stands in, in bytes.
fn sentence(text: &str, fact: &Fact) -> Range<usize> {
    let byte = |chars: usize| {
        text.char_indices()
            .nth(chars)
            .map_or(text.len(), |(at, _)| at)
    };
    let (start, end) = (byte(fact.span.start), byte(fact.span.end));
    let breaks = [". ", "! ", "? ", "\n", "; ", "。", "! "];
    let first = breaks
        .iter()
        .filter_map(|stop| text[..start].rfind(stop).map(|at| at + stop.len()));
    let last = breaks
        .iter()
        .filter_map(|stop| text[end..].find(stop).map(|at| end + at));
    first.max().unwrap_or(0)..last.min().unwrap_or(text.len())
}
