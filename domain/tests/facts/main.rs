//! Facts, measured on a corpus of texts in several languages; and held against sources.

#![allow(clippy::print_stdout, reason = "the table is what the test is for")]
#![allow(clippy::unwrap_used)]

mod corpus;
mod sources;

use std::collections::BTreeMap;

use clara_domain::facts::{Fact, facts};

use corpus::CORPUS;

/// How many facts of a kind were found rightly, found wrongly, and not found.
#[derive(Default, Clone, Copy)]
struct Tally {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Tally {
    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }
}

fn told(fact: &Fact) -> String {
    format!("{} {}", fact.kind, fact.words)
}

/// Compares what was found with what is expected, each once.
fn compare(text: &str, expected: &str, tallies: &mut BTreeMap<String, Tally>) -> Vec<String> {
    let mut expected: Vec<&str> = expected
        .split(" | ")
        .filter(|one| !one.is_empty())
        .collect();
    let mut complaints = Vec::new();
    let kind = |told: &str| told.split(' ').next().unwrap().to_owned();
    for fact in facts(text) {
        let told = told(&fact);
        let tally = tallies.entry(kind(&told)).or_default();
        match expected.iter().position(|one| *one == told) {
            Some(at) => {
                expected.remove(at);
                tally.right += 1;
            }
            None => {
                tally.wrong += 1;
                complaints.push(format!("+ {told}   in   {text}"));
            }
        }
    }
    for missed in expected {
        tallies.entry(kind(missed)).or_default().missed += 1;
        complaints.push(format!("- {missed}   in   {text}"));
    }
    complaints
}

#[test]
fn every_kind_is_found_with_a_precision_and_recall_of_at_least_95_in_100() {
    assert!(CORPUS.len() >= 60);
    let mut tallies = BTreeMap::new();
    let mut complaints = Vec::new();
    for (text, expected) in CORPUS {
        complaints.extend(compare(text, expected, &mut tallies));
    }
    let mut table = format!(
        "{} texts\nkind    right wrong missed precision recall\n",
        CORPUS.len()
    );
    for (kind, tally) in &tallies {
        let Tally {
            right,
            wrong,
            missed,
        } = tally;
        let (precision, recall) = (tally.precision(), tally.recall());
        table += &format!(
            "{kind:<7} {right:>5} {wrong:>5} {missed:>6} {precision:>9.3} {recall:>6.3}\n"
        );
    }
    println!("{table}{}", complaints.join("\n"));
    assert_eq!(tallies.len(), 6, "every kind is in the corpus");
    for (kind, tally) in tallies {
        assert!(
            tally.precision() >= 0.95 && tally.recall() >= 0.95,
            "{kind}\n{table}{}",
            complaints.join("\n")
        );
    }
}

#[test]
fn a_fact_is_a_part_of_the_text_at_its_span() {
    for (text, _) in CORPUS {
        let mut last = 0;
        for fact in facts(text) {
            let chars: String = text
                .chars()
                .skip(fact.span.start)
                .take(fact.span.len())
                .collect();
            assert_eq!(chars, fact.words, "{text}");
            assert!(fact.span.start >= last, "{text}");
            last = fact.span.end;
        }
    }
}
