//! How long the validation of one text takes against so many earlier ones, and what an earlier text takes to be kept:
//! `cargo bench -p clara-domain --bench validate`. Prints one table by the number of earlier texts and one by the kind of
//! text, and fails where one text takes a millisecond or more against 10,000. A second table says how long its facts take
//! to be held against so many notes: when they are read, and every later time.
//!
//! Times are medians: a machine that does something else as well makes means of them say little.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clara_domain::content::Content;
use clara_domain::facts::{Source, unsaid};
use clara_domain::similar::{self, Index};
use clara_domain::validate::{Earlier, Said, TextKey, TextRules, Whose, text_key, validate};
use clara_domain::voice::Language;

const SIZES: [u32; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// What the validation of one text may take with [`BOUND_AT`] earlier texts.
const BOUND: Duration = Duration::from_millis(1);
const BOUND_AT: u32 = 10_000;

const WORDS: &str = "morning coffee harbour window bread salt winter light roast slow table friend street music rain \
    paper garden summer bicycle river bridge lantern kitchen story paint wool copper candle market orange plum honey \
    ferry island snow wooden quiet corner tram yellow autumn recipe letter evening choir sail pocket ladder meadow";

struct Before {
    keys: BTreeSet<TextKey>,
    index: Index<u32>,
}

impl Earlier for Before {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let said = self.keys.contains(key).then(|| said(1.0, 0));
        said.into_iter().collect()
    }

    fn near(&self, text: &str) -> Vec<Said> {
        let near = self.index.near(text, similar::NEARLY, |_| false);
        near.iter()
            .map(|near| said(near.likeness, *near.key))
            .collect()
    }
}

fn said(likeness: f64, number: u32) -> Said {
    Said {
        whose: Whose::Own,
        likeness,
        what: format!("text {number}"),
    }
}

/// The text of a number: two sentences, an emoji, a link, as many tweets are.
fn text(number: u32) -> String {
    let (first, second) = (words(number, 9), words(number + 7_000_000, 8));
    format!("Our {first}. Come for the {second}! ☕ https://harbour.example/{number} #oslo")
}

/// A text as long as one may be, with everything in it.
fn long(number: u32) -> String {
    let (first, second) = (words(number, 15), words(number + 7_000_000, 16));
    format!(
        "👋🏽 Our {first}. “Come for the {second}” – at 9.30, e.g.! ☕❤️ https://www.harbour.com/{number}?from=x #oslo #coffee @harbour"
    )
}

/// The parts of a thread.
fn thread(number: u32) -> Vec<String> {
    (0..5).map(|part| long(number * 5 + part)).collect()
}

fn words(number: u32, count: usize) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 33) as usize % words.len()]
    };
    (0..count).map(|_| next()).collect::<Vec<_>>().join(" ")
}

fn main() {
    let rules = TextRules {
        blocked_words: ["cheap", "guaranteed", "best ever"].into_iter().collect(),
        forbidden_claims: vec![r"\bcures\b".into(), r"\bno\. ?1\b".into()],
        rivals: ["Bean Bros"].into_iter().collect(),
        link_domains: vec!["harbour.example".into(), "harbour.com".into()],
        ..TextRules::default()
    };
    let mut before = Before {
        keys: BTreeSet::new(),
        index: Index::new(),
    };
    let (mut from, mut at_bound) = (0, Duration::ZERO);
    println!("     texts  µs/validation  µs worst  µs/insertion  bytes/text");
    for size in SIZES {
        let insertion = grow(&mut before, from..size);
        from = size;
        let (median, worst) = times(&before, &rules, |number| vec![text(number)]);
        let bytes = before.index.bytes() as f64 / f64::from(size);
        println!(
            "{size:>10} {:>14.0} {:>9.0} {:>13.1} {bytes:>11.0}",
            micros(median),
            micros(worst),
            micros(insertion)
        );
        if size == BOUND_AT {
            at_bound = median.max(kinds(&before, &rules));
        }
    }
    println!("   kB of notes    µs to read      µs a text");
    for kilobytes in [10, 100, 1_000] {
        let (first, later) = against_notes(kilobytes);
        println!(
            "{kilobytes:>14} {:>13.0} {:>14.0}",
            micros(first),
            micros(later)
        );
    }
    assert!(at_bound < BOUND, "{at_bound:?} with {BOUND_AT} texts");
}

/// What the facts of a text take to be held against notes for the first time, and the median of the later ones.
fn against_notes(kilobytes: usize) -> (Duration, Duration) {
    let mut notes = vec![String::new()];
    let mut bytes = 0;
    for number in 0.. {
        let line = format!(
            "The {} costs €{}.{:02}, on {} May from {}:30.\n",
            words(number, 8),
            number % 90,
            number % 100,
            number % 28 + 1,
            number % 12 + 7
        );
        bytes += line.len();
        match notes.last_mut() {
            Some(note) if note.len() < 60_000 => note.push_str(&line),
            _ => notes.push(line),
        }
        if bytes > kilobytes * 1000 {
            break;
        }
    }
    let notes: Vec<Source> = notes.iter().map(|note| note.as_str().into()).collect();
    let notes: Vec<&Source> = notes.iter().collect();
    let look = |number: u32| {
        let text = format!("{} Only €123 on 31 May at 6:45.", text(number));
        let start = Instant::now();
        let unsaid = unsaid(&text, &notes);
        let took = start.elapsed();
        assert!(unsaid.iter().any(|unsaid| unsaid.fact.words == "€123"));
        took
    };
    let first = look(0);
    let mut later: Vec<Duration> = (1..=100).map(look).collect();
    later.sort();
    (first, later[50])
}

/// One line for each kind of text; the most that one text took.
fn kinds(before: &Before, rules: &TextRules) -> Duration {
    let (long_one, _) = times(before, rules, |number| vec![long(number)]);
    let (five, _) = times(before, rules, thread);
    println!("           {:>13.0}  for a long text", micros(long_one));
    println!("           {:>13.0}  for a thread of five", micros(five));
    long_one.max(five / 5)
}

/// Adds the texts of these numbers, and says what the index took for one of them.
fn grow(before: &mut Before, numbers: std::ops::Range<u32>) -> Duration {
    let count = numbers.end - numbers.start;
    let mut took = Duration::ZERO;
    for number in numbers {
        let text = text(number);
        before.keys.insert(text_key(&text));
        let start = Instant::now();
        before.index.insert(number, &text);
        took += start.elapsed();
    }
    took / count
}

/// The median of the times that validations take, and the worst but one.
fn times(
    before: &Before,
    rules: &TextRules,
    texts: impl Fn(u32) -> Vec<String>,
) -> (Duration, Duration) {
    let languages = [Language::new("en").unwrap()];
    let mut times: Vec<Duration> = (0..300)
        .map(|number| {
            let content = Content::texts(texts(2_000_000 + number));
            let segments = content.segments.len();
            let start = Instant::now();
            let report = validate(&content, segments, rules, &languages, before);
            let took = start.elapsed();
            assert_eq!(report.weights.len(), segments);
            took
        })
        .collect();
    times.sort();
    (times[150], times[298])
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
