//! How long the validation of one text takes against so many earlier ones, and how much memory an earlier text needs:
//! `cargo bench -p clara-domain --bench validate`. Prints one table, and fails where 10,000 take a millisecond or more.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clara_domain::content::Content;
use clara_domain::similar::{self, Index};
use clara_domain::validate::{Earlier, Said, TextKey, TextRules, Whose, text_key, validate};
use clara_domain::voice::Language;

const SIZES: [u32; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// What a validation may take with [`BOUND_AT`] earlier texts.
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
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 33) as usize % words.len()]
    };
    let mut sentence = |count: usize| (0..count).map(|_| next()).collect::<Vec<_>>().join(" ");
    format!(
        "Our {}. Come for the {}! ☕ https://harbour.example/{number} #oslo",
        sentence(9),
        sentence(8)
    )
}

fn main() {
    let rules = TextRules {
        blocked_words: ["cheap", "guaranteed", "best ever"].into_iter().collect(),
        forbidden_claims: vec![r"\bcures\b".into(), r"\bno\. ?1\b".into()],
        rivals: ["Bean Bros"].into_iter().collect(),
        link_domains: vec!["harbour.example".into()],
        ..TextRules::default()
    };
    let languages = [Language::new("en").unwrap()];
    let mut before = Before {
        keys: BTreeSet::new(),
        index: Index::new(),
    };
    let mut from = 0;
    println!(
        "{:>10} {:>14} {:>14} {:>14}",
        "texts", "µs/validation", "µs worst", "bytes/text"
    );
    for size in SIZES {
        for number in from..size {
            let text = text(number);
            before.keys.insert(text_key(&text));
            before.index.insert(number, &text);
        }
        from = size;
        let mut times: Vec<Duration> = (0..300)
            .map(|number| time(number, &rules, &languages, &before))
            .collect();
        times.sort();
        let mean = times.iter().sum::<Duration>() / 300;
        let bytes = before.index.bytes() as f64 / f64::from(size);
        println!(
            "{size:>10} {:>14.0} {:>14.0} {bytes:>14.0}",
            mean.as_secs_f64() * 1e6,
            times[298].as_secs_f64() * 1e6
        );
        assert!(
            size != BOUND_AT || mean < BOUND,
            "{mean:?} with {size} texts"
        );
    }
}

fn time(number: u32, rules: &TextRules, languages: &[Language], before: &Before) -> Duration {
    let content = Content::texts([text(2_000_000 + number)]);
    let start = Instant::now();
    let report = validate(&content, 1, rules, languages, before);
    let took = start.elapsed();
    assert_eq!(report.weights.len(), 1);
    took
}
