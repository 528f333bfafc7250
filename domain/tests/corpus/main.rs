//! The rules held against texts of our own in several languages, and near duplicates against pairs: precision and recall
//! by rule, printed, and none under 0.95.
//!
//! `texts.jsonl` has a text, its client's language and the rules that are to find something, some with the brief or with
//! earlier texts; all are of one client, whose rules are below. `pairs.jsonl` has two texts and whether they are nearly the same.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use clara_domain::content::{Content, Segment};
use clara_domain::similar::{self, Index};
use clara_domain::validate::{
    Earlier, Rule, Said, TextKey, TextRules, Whose, echoes, text_key, validate,
};
use clara_domain::voice::Language;
use serde::Deserialize;

/// No rule may be worse on this corpus.
const LEAST: f64 = 0.95;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    lang: String,
    expect: Vec<String>,
    text: String,
    #[serde(default)]
    earlier: Vec<String>,
    #[serde(default)]
    others: Vec<String>,
    /// What the text was written for.
    brief: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    near: bool,
    one: String,
    other: String,
}

fn read<T: serde::de::DeserializeOwned>(lines: &str) -> Vec<T> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn rules() -> TextRules {
    serde_json::from_value(serde_json::json!({
        "blocked_words": ["cheap", "guaranteed", "best ever", "billig", "bon marché", "激安"],
        "disclosures": [{ "any_of": ["#ad", "#werbung"], "when": r"sponsor|\bpartner" }],
        "forbidden_claims": [r"\b(?:cures|heals|heilt|guérit)\b", r"\bno\. ?1\b"],
        "rivals": ["Bean Bros", "@beanbros"],
        "max_mentions": 3,
        "max_hashtags": 3,
        "banned_mentions": ["@spamking"],
        "banned_hashtags": ["#followback"],
        "link_domains": ["harbour.example"],
        "shorteners": ["hrb.example"],
        "allowed_words": ["Fuck Cancer"],
        "contacts": ["post@harbour.example", "+47 22 00 00 00"],
    }))
    .unwrap()
}

/// What was said before, in an index of its own for each case.
struct Before {
    index: Index<(bool, String)>,
}

impl Before {
    fn of(case: &Case) -> Self {
        let mut index = Index::new();
        let own = case.earlier.iter().map(|text| (true, text));
        for (own, text) in own.chain(case.others.iter().map(|text| (false, text))) {
            index.insert((own, text.clone()), text);
        }
        Self { index }
    }
}

fn whose(own: bool) -> Whose {
    if own { Whose::Own } else { Whose::Others }
}

struct Asked<'a>(&'a Case, Before);

impl Earlier for Asked<'_> {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let own = self.0.earlier.iter().map(|text| (true, text));
        let all = own.chain(self.0.others.iter().map(|text| (false, text)));
        let same = all.filter(|(_, text)| text_key(text) == *key);
        same.map(|(own, text)| Said {
            whose: whose(own),
            likeness: 1.0,
            what: text.clone(),
        })
        .collect()
    }

    fn near(&self, text: &str) -> Vec<Said> {
        let found = self.1.index.near(text, similar::NEARLY, |_| false);
        let said = found.into_iter().map(|near| Said {
            whose: whose(near.key.0),
            likeness: near.likeness,
            what: near.key.1.clone(),
        });
        said.collect()
    }
}

/// What a rule found and should have found.
#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Tally {
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

fn found(case: &Case, rules: &TextRules) -> BTreeSet<Rule> {
    let content = Content {
        segments: vec![Segment {
            text: case.text.clone(),
            media: Vec::new(),
        }],
        reply_settings: Default::default(),
    };
    let languages = [Language::new(&case.lang).unwrap()];
    let asked = Asked(case, Before::of(case));
    let mut report = validate(&content, 1, rules, &languages, &asked);
    let brief = case.brief.iter();
    let echoed = brief.flat_map(|brief| echoes(&content, rules, brief));
    report.findings.extend(echoed);
    for finding in &report.findings {
        let length = case.text.chars().count();
        assert!(
            finding
                .span
                .is_none_or(|span| span.start < span.end && span.end <= length),
            "{finding:?}"
        );
    }
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_rule_finds_what_it_should_and_hardly_anything_else() {
    let cases: Vec<Case> = read(include_str!("texts.jsonl"));
    assert!(cases.len() >= 150, "{} texts", cases.len());
    let rules = rules();
    assert_eq!(rules.problems(), []);
    let mut tallies: BTreeMap<Rule, Tally> = BTreeMap::new();
    for case in &cases {
        let expected: BTreeSet<Rule> = case
            .expect
            .iter()
            .map(|name| name.parse().unwrap())
            .collect();
        let found = found(case, &rules);
        if found != expected {
            println!("{:?}: found {found:?}, expected {expected:?}", case.text);
        }
        for rule in found.union(&expected) {
            let tally = tallies.entry(*rule).or_default();
            match (found.contains(rule), expected.contains(rule)) {
                (true, true) => tally.right += 1,
                (true, false) => tally.wrong += 1,
                (false, _) => tally.missed += 1,
            }
        }
    }
    println!(
        "{} texts\n{:<20} {:>5} {:>9} {:>9}",
        cases.len(),
        "rule",
        "texts",
        "precision",
        "recall"
    );
    for (rule, tally) in &tallies {
        let texts = tally.right + tally.missed;
        println!(
            "{:<20} {texts:>5} {:>9.2} {:>9.2}",
            rule.name(),
            tally.precision(),
            tally.recall()
        );
    }
    for rule in Rule::ALL {
        let elsewhere = matches!(
            rule,
            Rule::NotInBrief | Rule::Moderation | Rule::BrandVoice | Rule::SegmentCount
        );
        let tally = tallies.get(&rule);
        assert!(
            elsewhere || tally.is_some_and(|tally| tally.right >= 3),
            "{rule} has too few texts"
        );
        assert!(
            tally.is_none_or(|tally| tally.precision() >= LEAST && tally.recall() >= LEAST),
            "{rule} is under {LEAST}"
        );
    }
}

#[test]
fn near_duplicates_are_told_from_other_texts_on_the_same_subject() {
    let pairs: Vec<Pair> = read(include_str!("pairs.jsonl"));
    assert!(pairs.len() >= 40, "{} pairs", pairs.len());
    let mut index = Index::new();
    for (at, pair) in pairs.iter().enumerate() {
        index.insert(at, &pair.other);
    }
    let (mut direct, mut indexed) = (Tally::default(), Tally::default());
    for (at, pair) in pairs.iter().enumerate() {
        let likeness = similar::likeness(&pair.one, &pair.other);
        let hits = index.near(&pair.one, similar::NEARLY, |_| false);
        let in_index = hits.iter().any(|near| *near.key == at);
        for (tally, is_near) in [
            (&mut direct, likeness >= similar::NEARLY),
            (&mut indexed, in_index),
        ] {
            match (is_near, pair.near) {
                (true, true) => tally.right += 1,
                (true, false) => tally.wrong += 1,
                (false, true) => tally.missed += 1,
                (false, false) => {}
            }
        }
        let mark = if pair.near { "near" } else { "not" };
        println!("{likeness:.2} {mark:<4} {} | {}", pair.one, pair.other);
    }
    for (name, tally) in [("in full", &direct), ("by the index", &indexed)] {
        println!(
            "{name}: precision {:.2}, recall {:.2}",
            tally.precision(),
            tally.recall()
        );
        assert!(
            tally.precision() >= LEAST && tally.recall() >= LEAST,
            "{name}"
        );
    }
}
