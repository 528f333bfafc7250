//! Dates in the ways that people write them: `12 May`, `May 12th, 2026`, `12-May`, `12.05.`, `24/12`, `2026-05-12`,
//! `12 de mayo`, `5月12日`, spans such as `12–14 May`; months after "in"; weekdays.

use std::ops::Range;

use super::calendar::{Day, month, month_or_short, weekday, weekday_or_short};
use super::tokens::{Kind, Token};
use super::{FactKind, Scan, Value};

/// What stands between a day and its month.
const BETWEEN: [&str; 6] = ["of", "de", "den", "del", "st", "nd"];
/// What a month alone stands after.
const BEFORE_A_MONTH: [&str; 34] = [
    "in", "of", "since", "until", "till", "by", "this", "next", "last", "early", "late", "mid",
    "from", "before", "after", "im", "ab", "bis", "seit", "ende", "anfang", "mitte", "en",
    "depuis", "fin", "desde", "hasta", "a", "i", "em", "w", "od", "в", "с",
];

/// What a date stands after, so that `5/12` is no fraction.
const BEFORE_A_DATE: [&str; 18] = [
    "on", "until", "till", "by", "from", "since", "am", "bis", "vom", "ab", "le", "au", "el",
    "hasta", "del", "den", "fra", "til",
];
/// Short months that are words of other languages: a date ends with them, or goes on with a sign or a year.
const WORDS_TOO: [&str; 4] = ["out", "set", "ago", "gen"];

pub(super) fn find(scan: &mut Scan) {
    let mut at = 0;
    while at < scan.tokens.len() {
        at = match read(scan, at) {
            Some((range, days)) => {
                let end = range.end;
                scan.take(range, FactKind::Date, Value::Date(days));
                end
            }
            None => at + 1,
        };
    }
}

type Read = Option<(Range<usize>, Vec<Day>)>;

fn read(scan: &Scan, at: usize) -> Read {
    in_figures(scan, at)
        .or_else(|| day_and_month(scan, at))
        .or_else(|| month_and_day(scan, at))
        .or_else(|| in_characters(scan, at))
        .or_else(|| month_alone(scan, at))
        .or_else(|| named_weekday(scan, at))
}

fn day(token: &Token) -> Option<u32> {
    token
        .whole()
        .filter(|day| (1..=31).contains(day) && token.text.len() <= 2)
}

fn year(scan: &Scan, at: usize) -> Option<u32> {
    let year = scan.free(at)?.whole()?;
    (1900..=2100).contains(&year).then_some(year)
}

/// A year after a date, perhaps behind a comma or "de".
fn with_year(scan: &Scan, end: usize) -> (usize, Option<u32>) {
    let skips = scan.symbol(end) == Some(',') || ["de", "del"].contains(&scan.word(end));
    for at in [end, end + usize::from(skips), joined(scan, end)] {
        if let Some(year) = year(scan, at) {
            return (at + 1, Some(year));
        }
    }
    (end, None)
}

/// `2026-05-12`, `12.05.2026`, `12.05.`, `12/05/2026`.
fn in_figures(scan: &Scan, at: usize) -> Read {
    let token = scan.free(at).filter(|token| token.is_number())?;
    let parts: Vec<u32> = token
        .text
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    let dots = token.text.matches('.').count() + 1;
    match parts.as_slice() {
        [d, m, y] if dots == 3 && (*y > 1900 || (10..100).contains(y)) => {
            return Some((at..at + 1, valid(&[(*y, *m, *d)])?));
        }
        [d, m] if dots == 2 && token.text.len() <= 5 && is_dot(scan, at + 1) && !ends(scan, at) => {
            let (end, y) = with_year(scan, at + 2);
            let days = valid(&[(y.unwrap_or(0), *m, *d)])?;
            return Some((at..end, days));
        }
        _ => {}
    }
    let sign = scan
        .symbol(at + 1)
        .filter(|sign| matches!(sign, '-' | '/'))?;
    let is_next = |at: usize| scan.touches(at) && scan.free(at).is_some_and(Token::is_number);
    let is_one = is_next(at + 2) && scan.symbol(at + 3) == Some(sign) && is_next(at + 4);
    let part = |at: usize| scan.free(at).and_then(Token::whole);
    if sign == '/' && scan.touches(at + 1) && is_next(at + 2) && !is_one {
        let days = without_year(scan, at, part(at)?, part(at + 2)?)?;
        return Some((at..at + 3, days));
    }
    if !is_one || !scan.touches(at + 1) || !scan.touches(at + 3) {
        return None;
    }
    let (one, two, three) = (part(at)?, part(at + 2)?, part(at + 4)?);
    let days = match sign {
        '-' if one > 31 => valid(&[(one, two, three)])?,
        _ => valid(&[(three, two, one), (three, one, two)])?,
    };
    Some((at..at + 5, days))
}

/// `24/12`: a fraction, a score or a count may look like it, so a day must show that it is one. `24/7` is none.
fn without_year(scan: &Scan, at: usize, one: u32, two: u32) -> Option<Vec<Day>> {
    let is_shown = one > 12 || two > 12 || BEFORE_A_DATE.contains(&scan.before(at));
    let is_meant = is_shown && (one, two) != (24, 7);
    valid(&[(0, two, one), (0, one, two)]).filter(|_| is_meant)
}

fn is_dot(scan: &Scan, at: usize) -> bool {
    scan.symbol(at) == Some('.') && scan.touches(at)
}

/// Whether what looks like `12.05.` is an amount at the end of a sentence: both parts of two digits tell it from one.
fn ends(scan: &Scan, at: usize) -> bool {
    let is_last = scan.tokens.get(at + 2).is_none_or(Token::is_capitalised);
    let of_money = scan.before(at);
    is_last && (["€", "$", "£", "kr"].contains(&of_money) || scan.tokens[at].text.len() < 4)
}

fn valid(days: &[(u32, u32, u32)]) -> Option<Vec<Day>> {
    let is_one =
        |(_, month, day): &&(u32, u32, u32)| (1..=12).contains(month) && (1..=31).contains(day);
    let days: Vec<Day> = days
        .iter()
        .filter(is_one)
        .map(|(y, m, d)| of(*y, *m, *d))
        .collect();
    (!days.is_empty()).then_some(days)
}

fn of(year: u32, month: u32, day: u32) -> Day {
    let year = match year {
        0 => None,
        short @ 1..=99 => Some(2000 + short),
        year => Some(year),
    };
    Day {
        year,
        month: Some(month),
        day: Some(day),
        weekday: None,
    }
}

/// `12 May`, `12. Mai`, `12th of May`, `12 de mayo de 2026`, `12–14 May` (as two: this is the first).
fn day_and_month(scan: &Scan, at: usize) -> Read {
    let first = day(scan.free(at)?)?;
    let after = after_day(scan, at + 1);
    let at_month = joined(scan, after);
    if let Some(month) = month_at(scan, at_month) {
        let (end, year) = with_year(scan, after_short(scan, at_month + 1));
        return Some((at..end, valid(&[(year.unwrap_or(0), month, first)])?));
    }
    let next = after + 1;
    if scan.is_dash(after)
        || [
            "to", "and", "bis", "und", "au", "al", "til", "till", "et", "y", "og",
        ]
        .contains(&scan.word(after))
    {
        day(scan.free(next)?)?;
        let month = month_at(scan, after_day(scan, next + 1))?;
        return Some((at..at + 1, valid(&[(0, month, first)])?));
    }
    None
}

/// The month that stands beside a day.
fn month_at(scan: &Scan, at: usize) -> Option<u32> {
    let word = scan.word(at);
    let goes_on = || {
        scan.tokens
            .get(at + 1)
            .is_some_and(|next| next.kind == Kind::Word)
    };
    month_or_short(word).filter(|_| !WORDS_TOO.contains(&word) || !goes_on())
}

/// Past a sign that joins two parts without spaces, as in `24-December`.
fn joined(scan: &Scan, at: usize) -> usize {
    let is_joint = (scan.is_dash(at) || scan.symbol(at) == Some('/'))
        && scan.touches(at)
        && scan.touches(at + 1);
    at + usize::from(is_joint)
}

/// Past what an ordinal ends in, and what stands before a month.
fn after_day(scan: &Scan, at: usize) -> usize {
    let ends_ordinal = is_dot(scan, at)
        || scan.touches(at)
            && ["st", "nd", "rd", "th", "er", "e", "º", "ª"].contains(&scan.word(at));
    let at = at + usize::from(ends_ordinal || scan.symbol(at) == Some('º'));
    at + usize::from(BETWEEN.contains(&scan.word(at)))
}

/// Past the dot of a short month.
fn after_short(scan: &Scan, at: usize) -> usize {
    let is_short = month(scan.before(at)).is_none();
    at + usize::from(is_short && is_dot(scan, at))
}

/// `May 12`, `May 12th, 2026`, `Dec. 3`, and the first of `May 12–14`.
fn month_and_day(scan: &Scan, at: usize) -> Read {
    let named = scan.free(at).filter(|token| token.is_capitalised())?;
    let month = month_or_short(named.lower())?;
    let at_day = joined(scan, after_short(scan, at + 1));
    let day = day(scan.free(at_day)?)?;
    let ordinal =
        scan.touches(at_day + 1) && ["st", "nd", "rd", "th"].contains(&scan.word(at_day + 1));
    let of_a_time = matches!(scan.symbol(at_day + 1), Some(':' | '%' | '€'));
    if of_a_time || ["am", "pm", "kr", "km"].contains(&scan.word(at_day + 1)) {
        return None;
    }
    let (end, year) = with_year(scan, at_day + 1 + usize::from(ordinal));
    Some((at..end, valid(&[(year.unwrap_or(0), month, day)])?))
}

/// `2026年5月12日`, `5月12日`.
fn in_characters(scan: &Scan, at: usize) -> Read {
    let number = |at: usize, sign: &str| {
        let whole = scan.free(at).and_then(Token::whole)?;
        (scan.word(at + 1) == sign).then_some(whole)
    };
    let year = number(at, "年");
    let start = if year.is_some() { at + 2 } else { at };
    let (month, day) = (number(start, "月"), number(start + 2, "日"));
    match (year, month, day) {
        (year, Some(month), Some(day)) => {
            Some((at..start + 4, valid(&[(year.unwrap_or(0), month, day)])?))
        }
        _ => None,
    }
}

fn month_alone(scan: &Scan, at: usize) -> Read {
    let token = scan.free(at)?;
    let month = month(token.lower())?;
    let (end, year) = with_year(scan, at + 1);
    let is_meant = year.is_some() || BEFORE_A_MONTH.contains(&scan.before(at));
    let is_a_verb = ["may", "march", "mars", "a", "marca"].contains(&token.lower())
        && !token.is_capitalised()
        && year.is_none()
        && scan.before(at) != "en";
    (is_meant && !is_a_verb).then(|| {
        let day = Day {
            year,
            month: Some(month),
            ..Day::default()
        };
        (at..end, vec![day])
    })
}

fn named_weekday(scan: &Scan, at: usize) -> Read {
    let token = scan.free(at)?;
    let of = |weekday| Day {
        weekday: Some(weekday),
        ..Day::default()
    };
    if let Some(found) = weekday(token.lower()) {
        return Some((at..at + 1, vec![of(found)]));
    }
    // Portuguese: two words around a dash.
    let compound = format!("{}-{}", token.lower(), scan.word(at + 2));
    if scan.is_dash(at + 1)
        && let Some(found) = weekday(&compound)
    {
        return Some((at..at + 3, vec![of(found)]));
    }
    if let ("曜", Some(at_day)) = (scan.word(at), at.checked_sub(1)) {
        let of_week = "月火水木金土日"
            .chars()
            .position(|c| scan.word(at_day) == c.to_string());
        let found = of_week.and_then(|at| u32::try_from(at + 1).ok())?;
        let end = at + 1 + usize::from(scan.word(at + 1) == "日");
        return Some((at_day..end, vec![of(found)]));
    }
    let span = |one: usize, dash: usize, other: usize| {
        let is_a_day = |at| {
            let token = scan
                .tokens
                .get(at)
                .filter(|token: &&Token| token.is_capitalised());
            token.is_some_and(|token| weekday_or_short(token.lower()).is_some())
        };
        let is_dash = |at: usize| {
            matches!(
                scan.tokens.get(at).and_then(Token::symbol),
                Some('-' | '–' | '—')
            )
        };
        is_a_day(one) && is_dash(dash) && is_a_day(other)
    };
    let is_of_a_span = span(at, at + 1, at + 2) || at >= 2 && span(at - 2, at - 1, at);
    let found = weekday_or_short(token.lower()).filter(|_| is_of_a_span)?;
    Some((at..at + 1, vec![of(found)]))
}
