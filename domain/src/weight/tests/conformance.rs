//! The vendor's conformance cases, where the specifications lie beside the project (or where
//! `CLARA_SPECS` says). Reads only the few YAML forms that those files use.

use std::path::PathBuf;

use super::*;

fn specs() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs");
    let root = std::env::var_os("CLARA_SPECS").map_or_else(|| beside.into(), PathBuf::from);
    let found = root.join("twitter-text");
    found.is_dir().then_some(found)
}

fn read(file: &str) -> Option<String> {
    let text = specs().and_then(|folder| std::fs::read_to_string(folder.join(file)).ok());
    if text.is_none() {
        skipped(file);
    }
    text
}

#[allow(clippy::print_stderr)]
fn skipped(file: &str) {
    eprintln!("skipped: twitter-text's {file} is not here (CLARA_SPECS names its folder's parent)");
}

#[test]
fn the_constants_are_those_of_version_3() {
    let Some(json) = read("v3.json") else { return };
    let config: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(config["maxWeightedTweetLength"], MAX_WEIGHT);
    assert_eq!(config["transformedURLLength"], URL_WEIGHT);
    assert_eq!(config["emojiParsingEnabled"], true);
    let heavy = config["defaultWeight"].as_u64().unwrap() / config["scale"].as_u64().unwrap();
    let ranges = config["ranges"].as_array().unwrap();
    for letter in ('\0'..'\u{11000}').chain(['\u{20000}', '\u{10ffff}']) {
        let code = u64::from(u32::from(letter));
        let within = |range: &&serde_json::Value| {
            (range["start"].as_u64().unwrap()..=range["end"].as_u64().unwrap()).contains(&code)
        };
        let light = ranges.iter().find(within);
        let weight = light.map_or(heavy, |range| range["weight"].as_u64().unwrap() / 100);
        assert_eq!(letters(&letter.to_string()) as u64, weight, "U+{code:04X}");
    }
}

#[test]
fn every_weighted_case_of_the_suite_is_met() {
    let Some(yaml) = read("validate.yml") else {
        return;
    };
    let cases = weighted_cases(&yaml);
    assert!(cases.len() >= 15, "only {} cases were read", cases.len());
    for (text, weight) in cases {
        let counted = weighted_length(&text);
        if text
            .split(' ')
            .all(|word| word.chars().count() <= SHORT_WORD)
        {
            assert_eq!(counted, weight, "{text:?}");
        } else {
            assert!(
                counted >= weight && fits(&text) == (weight <= MAX_WEIGHT),
                "{text:?}"
            );
        }
    }
}

/// The (text, weighted length) pairs of the sections that count by version 3.
fn weighted_cases(yaml: &str) -> Vec<(String, usize)> {
    let mut cases = Vec::new();
    let mut counts = false;
    let mut text = String::new();
    for line in yaml.lines() {
        if let Some(section) = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
        {
            counts = section.starts_with("WeightedTweetsWithDiscountedEmoji")
                || section.starts_with("UnicodeDirectionalMarker");
        } else if let Some(quoted) = line.trim().strip_prefix("text: ") {
            text = unquoted(quoted);
        } else if let Some(weight) = line.trim().strip_prefix("weightedLength: ")
            && counts
        {
            cases.push((text.clone(), weight.parse().unwrap()));
        }
    }
    cases
}

/// A double-quoted YAML text; its escapes are those of JSON, and `\U` of eight digits.
fn unquoted(quoted: &str) -> String {
    let mut json = String::new();
    let mut rest = quoted.trim();
    while let Some((before, after)) = rest.split_once("\\U") {
        let (digits, tail) = after.split_at(8);
        json.push_str(before);
        json.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
        rest = tail;
    }
    json.push_str(rest);
    serde_json::from_str(&json).unwrap_or_else(|_| panic!("unread YAML text: {quoted}"))
}
