//! Facts of a text held against what is known: which no source has, and which a source has otherwise.
//!
//! Written forms do not count: `1,000` is `1000` and `1.000`, `9am` is `09:00`, `€5` is `5 euros`. A contradiction is only told
//! where a source speaks of the same thing in the same words; it is a hint for somebody who reads both.

use super::source::{About, Known, Source, Told};
use super::{Fact, FactKind, Value};

/// A fact of a text that no source has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// What the text says.
    pub fact: Fact,
    /// A source that says otherwise of the same thing.
    pub otherwise: Option<Otherwise>,
}

/// What a source says instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// Which source: its place among the sources.
    pub source: usize,
    /// Its words, of the sentence or line that says so.
    pub words: String,
}

/// The facts of a text that no source has, and which of them one has otherwise: of the same kind, about the same, with
/// another value. The sources are all that may be taken for true: the brief, the notes, the client's own name, handle and
/// examples.
pub fn unsaid(text: &str, sources: &[&Source]) -> Vec<Unsaid> {
    let told = Known::of(text).told.into_iter();
    let unsaid = told.filter(|told| !is_known(&told.fact, sources));
    unsaid
        .map(|Told { fact, about, .. }| Unsaid {
            otherwise: about.and_then(|about| otherwise(&fact, &about, sources)),
            fact,
        })
        .collect()
}

fn is_known(fact: &Fact, sources: &[&Source]) -> bool {
    let has = |word: &str| sources.iter().any(|source| source.known().has_word(word));
    match &fact.value {
        Value::Name(name) => name.iter().all(|word| is_said(&has, word)),
        _ => {
            let mut known = sources.iter().flat_map(|source| &source.known().told);
            known.any(|known| covers(&known.fact, fact)) || is_written_out(fact, &has)
        }
    }
}

fn otherwise(fact: &Fact, about: &About, sources: &[&Source]) -> Option<Otherwise> {
    sources.iter().enumerate().find_map(|(nth, source)| {
        let rival = source.known().rival(fact, about, is_rival)?;
        Some(Otherwise {
            source: nth,
            words: source.sentence(rival).trim().to_owned(),
        })
    })
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

fn is_written_out(fact: &Fact, has: &impl Fn(&str) -> bool) -> bool {
    let Value::Amount { amounts, .. } = &fact.value else {
        return false;
    };
    let number = amounts
        .iter()
        .find_map(|amount| amount.parse::<usize>().ok());
    let forms = number.and_then(|number| WRITTEN.get(number.checked_sub(1)?));
    forms.is_some_and(|forms| forms.split(' ').any(has))
}

/// A word, or another form of it.
fn is_said(has: &impl Fn(&str) -> bool, word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    has(word) || has(singular) || has(&format!("{word}s"))
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
