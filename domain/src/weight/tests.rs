#![allow(clippy::unwrap_used)]

mod conformance;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

#[test]
fn texts_weigh_what_x_says() {
    let cases: [(&str, usize); 46] = [
        ("", 0),
        ("a", 1),
        ("I am a Tweet", 12),
        ("two\nlines", 9),
        ("  spaces  ", 10),
        // Accents: composed and combining are the same after NFC; what NFC cannot join counts.
        ("café", 4),
        ("cafe\u{301}", 4),
        ("x\u{301}", 2),
        ("Ünïcödé", 7),
        ("привет", 6),
        ("مرحبا", 5),
        ("नमस्ते", 6),
        // Beyond the light ranges.
        ("日本語", 6),
        ("안녕", 4),
        ("のa", 3),
        ("“quoted”", 8),
        ("wait…", 6),
        ("€5", 3),
        // Emoji: 2 each, however many code points.
        ("🔥", 2),
        ("☺", 2),
        ("☺\u{fe0f}", 2),
        ("👍🏽", 2),
        ("🇳🇴", 2),
        ("🇳🇴🇸🇪", 4),
        ("👨‍👩‍👧‍👦", 2),
        ("🏳️‍🌈", 2),
        ("1️⃣", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("©", 2),
        ("H🐱☺👨‍👩‍👧‍👦", 7),
        // Links: 23 each.
        ("http://test.co", 23),
        ("Hi http://test.co", 26),
        (
            "https://example.com/a/very/long/path?that=goes&on=and#on-and-on",
            23,
        ),
        ("HTTPS://EXAMPLE.COM/", 23),
        ("https://a.co https://b.co", 47),
        // Bare domains: links too.
        ("example.com", 23),
        ("file.rs", 23),
        ("Hi example.com.", 27),
        ("(example.com)", 25),
        ("example.com/path?x=1", 23),
        ("日本語example.comです", 33),
        // Not links.
        ("node.js", 7),
        ("e.g.", 4),
        ("a@example.com", 13),
        ("http://localhost", 16),
        ("1.2.3.4", 7),
    ];
    for (text, weight) in cases {
        assert_eq!(weighted_length(text), weight, "{text:?}");
    }
}

#[test]
fn what_x_may_count_as_text_is_counted_as_text() {
    // The JavaScript original takes none of these, or only the domain, for a link.
    let path = "/a/path/that/is/longer/than/a/link";
    assert_eq!(weighted_length("example.com?x=1"), 27);
    assert_eq!(weighted_length("example.com:8080"), 28);
    for text in [
        format!("ftp://example.com{path}"),
        format!("https://user:password@example.com{path}"),
        format!("src/parse.rs{path}"),
    ] {
        assert!(weighted_length(&text) >= text.len(), "{text}");
    }
}

#[test]
fn the_limit_is_280() {
    assert!(fits(&"x".repeat(280)));
    assert!(!fits(&"x".repeat(281)));
    assert!(fits(&"の".repeat(140)));
    assert!(!fits(&"の".repeat(141)));
    assert!(fits(&"👨‍👩‍👧‍👦".repeat(140)));
    assert!(!fits(&"👨‍👩‍👧‍👦".repeat(141)));
}

#[test]
fn a_very_long_link_is_still_one_link() {
    for site in ["https://example.com/", "example.com/"] {
        let link = format!("{site}{}", "abcdefghi-".repeat(300));
        assert_eq!(weighted_length(&format!("Read {link} now")), 32);
    }
}

#[test]
fn a_domain_in_a_very_long_word_is_not_missed() {
    let word = format!("{}.example.com.", "の".repeat(400));
    assert!(weighted_length(&word) >= 800 + URL_WEIGHT);
}

#[test]
fn a_word_that_the_parser_panics_on_is_still_weighed() {
    let word = format!("¡@@{}", "a".repeat(400));
    assert!(weighted_length(&word) >= 403);
}

#[test]
fn usual_words_need_no_parser() {
    for word in [
        "coffee",
        "end.",
        "wait...",
        "9.30",
        "“said.”",
        "日本語の文。",
        "☕",
        "🎉🎉",
        "#kaffe☕",
        "time!❤\u{fe0f}",
        "👍🏽",
        "🇳🇴🇸🇪",
        "e.g.",
        "node.js",
        "harbour.com",
        "https://harbour.com/menu?from=x.",
        "(https://harbour.example/1)",
    ] {
        let plain = plain::read(word);
        assert_eq!(
            plain.map(|plain| plain.weight),
            Some(thorough_weight(word)),
            "{word}"
        );
    }
}

#[test]
fn runaway_text_is_weighed_quickly() {
    let began = Instant::now();
    for part in [
        "a",
        "a.",
        "(",
        "http://",
        "a.b-",
        "www.",
        "é",
        "@",
        "👨\u{200d}",
        "a.com/(",
    ] {
        assert!(!fits(&part.repeat(2_000)), "{part}");
    }
    assert!(!fits(&"lorem ipsum dolor. ".repeat(1_000)));
    assert!(began.elapsed() < Duration::from_secs(60));
}

/// Words of everything that is read without the parser, and of what stands next to it.
fn wordlike() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        "[a-z0-9-]{1,5}",
        "(www|com|co|uk|de|rs|js|example|t|io|xn--p1ai|com-x)",
    ];
    let host = prop::collection::vec(name, 1..4).prop_map(|names| names.join("."));
    let address = (
        "(https?://|HTTPS://|ftp://)?",
        host,
        "(:80)?(/[a-zA-Z0-9/_-]{0,5})?([?][a-z=&0-9_]{0,4})?(#[a-z]{0,3})?",
    );
    let address = address.prop_map(|(scheme, host, rest)| scheme + &host + &rest);
    let emoji = prop_oneof![
        prop::sample::select(vec![
            "☕",
            "❤\u{fe0f}",
            "❤",
            "👍🏽",
            "🇳🇴",
            "🇸🇪",
            "👨‍👩‍👧‍👦",
            "1\u{fe0f}\u{20e3}",
            "1",
            "#",
            "©",
            "®",
            "™",
            "‼",
            "🏳️‍🌈",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "の",
            "「",
        ])
        .prop_map(str::to_owned),
        "[\u{200d}\u{fe0e}\u{fe0f}\u{20e3}🏽🇳🇴💻👩«»]{1,3}",
    ];
    let piece = prop_oneof![
        3 => address,
        3 => emoji,
        2 => "[a-zA-Z0-9]{1,4}",
        2 => "[.]{1,3}",
        2 => "[!-~]{1,3}",
        1 => "[¡-ÿĀ-῿\u{2000}-\u{2BFF}\u{3000}-\u{30ff}一-丂가-각]{1,3}",
        1 => "(#|@|\\$|://|＃|＠)",
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| {
        let word: String = pieces.concat().replace([' ', '\n'], "");
        word.nfc().collect()
    })
}

fn linklike() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z.:/@?#_ -]{0,6}",
        Just("example.com".to_owned()),
        Just("https://".to_owned()),
        Just("t.co".to_owned()),
        Just("🇳🇴".to_owned()),
        Just("👩‍🎤".to_owned()),
        Just("のe\u{301}".to_owned()),
        Just("\n".to_owned()),
        Just("🙌@".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_or_weigh_nothing(text in "(?s).{0,80}") {
        prop_assert_eq!(weighted_length(&text) == 0, text.is_empty());
    }

    #[test]
    fn what_is_read_without_the_parser_is_what_it_says(word in wordlike()) {
        if let Some(plain) = plain::read(&word) {
            prop_assert_eq!(plain.weight, thorough_weight(&word), "{:?}", word);
            prop_assert_eq!(plain.has_link, parsed::has_link(&word), "{:?}", word);
        }
    }

    #[test]
    fn letters_are_read_without_the_parser(word in "[!-~¡-ÿĀ-῿]{1,40}") {
        let word: String = word.nfc().collect();
        prop_assert_eq!(word_weight(&word), thorough_weight(&word), "{}", word);
    }

    #[test]
    fn words_weigh_the_same_apart_and_together(text in linklike()) {
        let nfc: String = text.nfc().collect();
        let whole = parsed::weight(&nfc, ParserBackend::External);
        prop_assert_eq!(weighted_length(&text), whole);
    }

    #[test]
    fn the_bound_is_above_every_parser(text in linklike()) {
        let text: String = text.nfc().collect();
        prop_assert!(bound(&text) >= parsed::weight(&text, ParserBackend::External));
    }

    #[test]
    fn how_a_text_is_composed_does_not_matter(text in linklike()) {
        let apart: String = text.nfd().collect();
        let nfc: String = text.nfc().collect();
        prop_assert_eq!(weighted_length(&apart), weighted_length(&nfc));
    }
}
