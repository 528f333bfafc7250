//! Which texts count as the same.

use unicode_normalization::UnicodeNormalization;

use super::*;

#[test]
fn texts_that_look_the_same_have_one_key() {
    for (one, other) in [
        ("Good morning", "good   MORNING\n"),
        ("café", "cafe\u{301}"),
        ("Straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("zero\u{200B}width", "zerowidth"),
        (
            "See https://Example.COM/Path",
            "see HTTPS://example.com/Path",
        ),
    ] {
        assert_eq!(text_key(one), text_key(other), "{one:?} and {other:?}");
    }
}

#[test]
fn texts_that_say_different_things_have_different_keys() {
    for (one, other) in [
        ("Good morning", "Good morning!"),
        ("", "a"),
        ("a b", "ab"),
        ("New: bit.ly/3xYz", "New: bit.ly/3xyz"),
        ("https://a.co/x?Q=1", "https://a.co/x?q=1"),
        ("👨‍👩‍👧", "👨👩👧"),
    ] {
        assert_ne!(text_key(one), text_key(other), "{one:?} and {other:?}");
    }
}

#[test]
fn a_key_is_short_and_never_changes_by_accident() {
    // Keys live in snapshots and journals: another form would forget every earlier post.
    let key = text_key("Good morning");
    assert_eq!(key.to_string().len(), 32);
    insta::assert_snapshot!(key);
    let json = serde_json::to_string(&key).unwrap();
    assert_eq!(serde_json::from_str::<TextKey>(&json).unwrap(), key);
}

proptest! {
    #[test]
    fn composition_and_white_space_do_not_matter(words in prop::collection::vec("\\PC{1,6}", 1..6)) {
        let plain = words.join(" ");
        let odd: String = format!("\n{} ", words.join(" \t\n ")).nfd().collect();
        prop_assert_eq!(text_key(&plain), text_key(&odd));
    }

    #[test]
    fn case_of_letters_does_not_matter(text in "[a-zA-Zæøåéñα-ω ]{0,40}") {
        prop_assert_eq!(text_key(&text), text_key(&text.to_uppercase()));
    }

    #[test]
    fn another_word_is_another_text(text in "[a-z ]{0,20}[a-z]") {
        prop_assert_ne!(text_key(&text), text_key(&format!("{text} more")));
    }
}
