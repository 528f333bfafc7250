//! Times of day: `09:00`, `9 am`, `9h30`, `18.30 Uhr`, `kl. 18`, `9時`, and spans of them.

use std::ops::Range;

use super::tokens::Token;
use super::{FactKind, Scan, Value};

/// Words after which a number is a time, where nothing else follows it.
const BEFORE: [&str; 9] = [
    "at", "until", "till", "um", "ab", "kl", "klokken", "à", "o'clock",
];
/// Words after a number that make it a time.
const AFTER: [&str; 12] = [
    "uhr",
    "h",
    "heures",
    "heure",
    "o'clock",
    "o’clock",
    "horas",
    "時",
    "uur",
    "klokka",
    "a.m",
    "p.m",
];
/// What may follow a bare number that is a time.
const GOES_ON: [&str; 16] = [
    "to", "and", "on", "in", "every", "sharp", "until", "till", "und", "bis", "am", "jeden", "for",
    "with", "this", "or",
];

/// A time as it is written: where it ends, and the minutes that it may mean.
struct Clock {
    end: usize,
    hour: u16,
    minute: u16,
    /// Written so that nothing else can be meant.
    sure: bool,
    half: Option<Half>,
    leading_zero: bool,
    hours_of_24: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

pub(super) fn find(scan: &mut Scan) {
    let mut at = 0;
    while at < scan.tokens.len() {
        let Some(clock) = read(scan, at) else {
            at += 1;
            continue;
        };
        let joins = scan.is_dash(clock.end)
            || ["to", "bis", "til", "until", "till", "à", "au", "a", "and"]
                .contains(&scan.word(clock.end));
        let second = joins.then(|| read(scan, clock.end + 1)).flatten();
        let is_one = |clock: &Clock| clock.sure || said_before(scan, at, clock);
        at = match second {
            Some(mut second) if second.sure || is_one(&clock) => {
                let mut clock = clock;
                // `9-5pm` and `9–17 Uhr`: what is said once is said of both, unless the day would end before it begins.
                clock.hours_of_24 |= second.hours_of_24;
                second.hours_of_24 |= clock.hours_of_24;
                if clock.half.is_none()
                    && second.half == Some(Half::Pm)
                    && clock.hour < second.hour
                    && second.hour < 12
                {
                    clock.half = Some(Half::Pm);
                }
                let end = second.end;
                record(scan, at..clock.end, &clock);
                record(scan, clock.end + 1..end, &second);
                end
            }
            _ if is_one(&clock) => {
                record(scan, at..clock.end, &clock);
                clock.end
            }
            _ => at + 1,
        };
    }
}

fn record(scan: &mut Scan, range: Range<usize>, clock: &Clock) {
    scan.take(range, FactKind::Time, Value::Time(minutes(clock)));
}

/// What a clock says: without "am" or "pm" a small hour may be either.
fn minutes(clock: &Clock) -> Vec<u16> {
    let at = |hour: u16| (hour % 24) * 60 + clock.minute;
    let small = clock.hour % 12;
    match clock.half {
        Some(Half::Am) => vec![at(small)],
        Some(Half::Pm) => vec![at(small + 12)],
        None if (1..=12).contains(&clock.hour) && !clock.leading_zero && !clock.hours_of_24 => {
            vec![
                at(clock.hour),
                at(if clock.hour == 12 { 0 } else { clock.hour + 12 }),
            ]
        }
        None => vec![at(clock.hour)],
    }
}

/// "at 9", where no noun follows.
fn said_before(scan: &Scan, at: usize, clock: &Clock) -> bool {
    let before = scan.before(at);
    let is_kl = before == "." && at >= 2 && scan.tokens[at - 2].lower() == "kl";
    if is_kl || ["kl", "klokken"].contains(&before) {
        return true;
    }
    let ends = match scan.tokens.get(clock.end) {
        None => true,
        Some(next) if next.symbol().is_some_and(|sign| ",.;!?)…".contains(sign)) => true,
        Some(next) => GOES_ON.contains(&next.lower()),
    };
    BEFORE.contains(&before) && clock.minute == 0 && ends
}

fn read(scan: &Scan, at: usize) -> Option<Clock> {
    let token = scan.free(at).filter(|token| token.is_number())?;
    let dotted = token.text.split_once('.');
    let (hour, minute) = match dotted {
        Some((hour, minute)) if minute.len() == 2 => (hour.parse().ok()?, minute.parse().ok()?),
        Some(_) => return None,
        None => (token.whole()?, 0),
    };
    let mut clock = Clock {
        end: at + 1,
        hour: u16::try_from(hour).ok()?,
        minute: u16::try_from(minute).ok()?,
        sure: false,
        half: None,
        leading_zero: token.text.starts_with('0'),
        hours_of_24: false,
    };
    if dotted.is_none() {
        with_minutes(scan, &mut clock);
    }
    with_word(scan, &mut clock);
    let is_valid = clock.hour <= 24 && clock.minute <= 59;
    let is_half = clock.half.is_none() || (1..=12).contains(&clock.hour);
    let is_meant = dotted.is_none() || clock.sure || before_is_clock(scan, at);
    (is_valid && is_half && is_meant).then_some(clock)
}

fn before_is_clock(scan: &Scan, at: usize) -> bool {
    let kl = at >= 2 && scan.before(at) == "." && scan.tokens[at - 2].lower() == "kl";
    kl || ["kl", "klokken", "–", "-"].contains(&scan.before(at))
}

fn with_minutes(scan: &Scan, clock: &mut Clock) {
    let at = clock.end;
    let minute = |at: usize| {
        let token = scan
            .free(at)
            .filter(|token| token.text.len() == 2 && scan.touches(at))?;
        token.whole().and_then(|minute| u16::try_from(minute).ok())
    };
    if scan.symbol(at) == Some(':')
        && scan.touches(at)
        && let Some(minute) = minute(at + 1)
    {
        (clock.end, clock.minute, clock.sure) = (at + 2, minute, true);
    } else if scan.touches(at)
        && let Some(minute) = scan.word(at).strip_prefix('h')
        && minute.len() == 2
        && let Ok(minute) = minute.parse()
    {
        (clock.end, clock.minute, clock.sure, clock.hours_of_24) = (at + 1, minute, true, true);
    } else if scan.word(at) == "時"
        && let Some(minute) = minute(at + 1)
        && scan.word(at + 2) == "分"
    {
        (clock.end, clock.minute, clock.sure) = (at + 3, minute, true);
    }
}

fn with_word(scan: &Scan, clock: &mut Clock) {
    let at = clock.end;
    let letter = |at: usize| match scan.word(at) {
        "a" => Some(Half::Am),
        "p" => Some(Half::Pm),
        _ => None,
    };
    let half = match scan.word(at) {
        "am" => Some((Half::Am, 1)),
        "pm" => Some((Half::Pm, 1)),
        _ if scan.symbol(at + 1) == Some('.') && scan.word(at + 2) == "m" => {
            let dot = usize::from(scan.symbol(at + 3) == Some('.') && scan.touches(at + 3));
            letter(at).map(|half| (half, 3 + dot))
        }
        _ => None,
    };
    let is_am_in_german = scan.word(at) == "am"
        && !scan.touches(at)
        && super::calendar::weekday(scan.word(at + 1))
            .is_some_and(|_| scan.word(at + 1).ends_with("tag"));
    if let Some((half, length)) = half.filter(|_| !is_am_in_german) {
        clock.end += length;
        (clock.half, clock.sure) = (Some(half), true);
    } else if AFTER.contains(&scan.word(at))
        && (scan.word(at) != "h" || is_on_the_hour(scan, clock))
    {
        clock.end += 1;
        clock.sure = true;
        clock.hours_of_24 = !scan.word(at).starts_with("o'") && !scan.word(at).starts_with("o’");
    }
}

/// `9 h` is a time in French and a length elsewhere: after "à", "de" or "dès" it is a time.
fn is_on_the_hour(scan: &Scan, clock: &Clock) -> bool {
    let before = clock
        .end
        .checked_sub(2)
        .map_or("", |at| scan.tokens.get(at).map_or("", Token::lower));
    ["à", "de", "dès", "-", "–"].contains(&before)
}
