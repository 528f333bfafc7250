#![allow(clippy::unwrap_used)]

mod messages;
mod repairs;
mod same;
mod settings;
mod worth;

use proptest::prelude::*;

use super::*;
use crate::content::{Media, MediaKind, Segment};

fn nothing_earlier(_: &TextKey) -> Option<String> {
    None
}

/// The usual rules, for texts that are as short as a test can be.
fn terse() -> TextRules {
    TextRules {
        min_words: 0,
        ..TextRules::default()
    }
}

fn blocking(words: &[&str]) -> TextRules {
    TextRules {
        blocked_words: words.iter().copied().collect(),
        ..terse()
    }
}

/// The report on segments of which as many were asked for.
fn report_with(rules: &TextRules, texts: &[&str]) -> ValidationReport {
    let segments = texts.iter().map(|text| Segment {
        text: (*text).to_owned(),
        media: Vec::new(),
    });
    let content = Content {
        segments: segments.collect(),
        reply_settings: Default::default(),
    };
    validate(&content, texts.len(), rules, &[], &nothing_earlier)
}

fn report(texts: &[&str]) -> ValidationReport {
    report_with(&terse(), texts)
}

fn rules(report: &ValidationReport) -> Vec<Rule> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

fn blocks(word: &str, text: &str) -> bool {
    rules(&report_with(&blocking(&[word]), &[text])).contains(&Rule::BlockedWord)
}

#[test]
fn a_plain_text_passes_with_its_weight() {
    let report = report(&["Good morning, Oslo!"]);
    assert!(report.passed());
    assert_eq!(report.findings, []);
    assert_eq!(report.weights, [19]);
}

#[test]
fn a_text_is_too_long_from_281_on() {
    assert!(report(&[&"x".repeat(280)]).passed());
    let long = report(&["fine", &"x".repeat(281)]);
    assert_eq!(rules(&long), [Rule::Length]);
    assert_eq!(long.findings[0].segment, 1);
    assert_eq!(long.weights, [4, 281]);
}

#[test]
fn what_cannot_be_seen_is_empty() {
    for text in [
        "",
        "   ",
        "\n\t",
        "\u{200B}",
        "\u{FEFF}\u{200D}\u{2060}",
        "\u{3164}",
        "\u{00A0}",
    ] {
        let report = report(&[text]);
        assert!(rules(&report).contains(&Rule::Empty), "{text:?}");
        assert!(!report.passed());
    }
}

#[test]
fn a_picture_needs_no_text() {
    let mut content = Content::texts([""]);
    content.segments[0].media.push(Media {
        key: "m1".into(),
        kind: MediaKind::Photo,
        alt_text: None,
    });
    let report = validate(&content, 1, &TextRules::default(), &[], &|_: &TextKey| {
        Some("x".to_owned())
    });
    assert_eq!(report.findings, []);
}

#[test]
fn emoji_alone_are_a_warning() {
    for text in ["🔥", "👍🏽 🎉", "🇳🇴", "👨‍👩‍👧‍👦", "☺️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️"]
    {
        let report = report(&[text]);
        assert_eq!(rules(&report), [Rule::EmojiOnly], "{text}");
        assert!(report.passed(), "{text}");
        assert_eq!(report.warnings().count(), 1);
    }
    assert_eq!(rules(&report(&["ok 🔥"])), []);
}

#[test]
fn a_text_without_a_word_is_an_error() {
    for text in [
        "7",
        "2026",
        "#1",
        "!!!",
        "2017-14",
        "@fjordbikes",
        "(@fjordbikes)",
        "#oslo #coffee",
        "$ACME 12.50",
        "https://harbour.example/menu",
        "https://harbour/menu",
        "100 % ☕",
        "a1b2d4eff5g7e890abfbca3ad6bfda2b-london",
        "test_26/09/2023-14-07:d8fefe5bcdafaabmcchjwvk20amq",
        "a",
    ] {
        let report = report(&[text]);
        assert_eq!(rules(&report), [Rule::NoWords], "{text}");
        assert!(!report.passed(), "{text}");
    }
    for text in [
        "ok",
        "I ♥ U",
        "¡Sí!",
        "Mon-Fri 8-17",
        "@fjordbikes thanks",
        "新茶",
        "10時に開店",
        "20 % off",
    ] {
        assert_eq!(rules(&report(&[text])), [], "{text}");
    }
}

#[test]
fn a_blocked_word_is_found_as_a_whole_word_in_any_case() {
    for text in [
        "spam",
        "No SPAM!",
        "#spam",
        "@spam",
        "(Spam)",
        "spam, spam",
        "spam's",
        "spams",
        "spammed",
        "5p4m",
        "ｓｐａｍ",
        "sраm",
        "sp\u{200B}am",
    ] {
        assert!(blocks("spam", text), "{text}");
    }
    for text in [
        "spammer",
        "antispam",
        "no_spam",
        "spam2",
        "s pam",
        "spa\u{301}m",
    ] {
        assert!(!blocks("spam", text), "{text}");
    }
}

#[test]
fn blocked_words_may_be_phrases_marks_and_other_scripts() {
    assert!(blocks("best ever", "The Best\n  ever!"));
    assert!(!blocks("best ever", "the best everything"));
    assert!(blocks("c++", "I like C++."));
    assert!(blocks("#ad", "this is an #ad"));
    assert!(blocks("STRASSE", "in der straße"));
    assert!(blocks("cafe\u{301}", "the CAFÉ"));
    assert!(!blocks("cafe", "the café"));
    assert!(blocks("赌博", "在线赌博网"));
    assert!(blocks("οδος", "ΟΔΟΣ"));
    assert!(!blocks("", "anything") && !blocks("  ", "any thing"));
}

#[test]
fn invisible_control_is_refused_and_lines_are_not() {
    for text in [
        "a\u{202E}b",
        "a\u{7}b",
        "a\u{2066}b\u{2069}",
        "a\u{85}b",
        "a\u{FEFF}b",
    ] {
        assert_eq!(
            rules(&report(&[text])),
            [Rule::ControlCharacter],
            "{text:?}"
        );
    }
    for text in ["two\nlines", "a\tb", "שלום\u{200F}!", "👨\u{200D}🎤 sings"] {
        assert!(report(&[text]).passed(), "{text:?}");
    }
}

#[test]
fn the_same_again_is_refused_wherever_it_was_said() {
    let known = text_key("Good morning");
    let earlier =
        |key: &TextKey| (*key == known).then(|| "the tweet posted on 2026-05-01".to_owned());
    let check =
        |texts: &[&str]| validate(&Content::texts(texts), texts.len(), &terse(), &[], &earlier);
    assert_eq!(rules(&check(&["good  MORNING"])), [Rule::Duplicate]);
    assert_eq!(rules(&check(&["Good evening"])), []);
    let thread = check(&["One", "Two", "one"]);
    assert_eq!(rules(&thread), [Rule::Duplicate]);
    assert_eq!(thread.findings[0].segment, 2);
}

#[test]
fn every_rule_is_listed_once_and_named_apart() {
    let names: std::collections::BTreeSet<_> = Rule::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let json = serde_json::to_string(&rule).unwrap();
        assert_eq!(json, format!("\"{}\"", rule.name().replace('-', "_")));
    }
}

#[test]
fn text_rules_refuse_what_they_do_not_know() {
    assert_eq!(
        serde_json::from_str::<TextRules>("{}").unwrap(),
        TextRules::default()
    );
    assert!(serde_json::from_str::<TextRules>(r#"{"blocked":[]}"#).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(texts in prop::collection::vec("(?s).{0,40}", 0..4), word in ".{0,5}") {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let report = report_with(&blocking(&[&word]), &texts);
        prop_assert_eq!(report.weights.len(), texts.len());
        prop_assert!(report.findings.iter().all(|finding| finding.segment < texts.len()));
    }

    #[test]
    fn a_blocked_word_is_found_between_any_spaces(word in "[a-zæøåé]{1,8}", before in "[ -/]{0,5}", after in "[ -/]{0,5}") {
        let text = format!("x {before}{}{after} x", word.to_uppercase());
        prop_assert!(blocks(&word, &text), "{}", text);
    }
}
