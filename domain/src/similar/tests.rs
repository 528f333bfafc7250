#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const ROAST: &str = "Our new oat roast is here. Come and taste it on Saturday at nine!";

#[test]
fn case_marks_links_and_emoji_do_not_count() {
    let other = "OUR new oat roast is here — come and taste it on Saturday, at nine 🎉 https://harbour.example/oat";
    assert!(likeness(ROAST, other) > 0.99);
    assert_eq!(
        likeness("Good morning!", "Good morning!"),
        0.0,
        "too short to tell"
    );
}

#[test]
fn the_nearest_is_found_first_and_what_is_left_out_is_not() {
    let mut index = Index::new();
    index.insert(1, ROAST);
    index.insert(
        2,
        "Our new oat roast is here. Come taste it this Saturday at nine.",
    );
    index.insert(
        3,
        "Rain all day, so we moved the reading indoors. Bring a friend and a poem.",
    );
    let near = |out: u32| {
        let found = index.near(ROAST, NEARLY, |key| *key == out);
        found.iter().map(|near| *near.key).collect::<Vec<u32>>()
    };
    assert_eq!(near(0), [1, 2]);
    assert_eq!(near(1), [2]);
}

#[test]
fn a_key_that_is_removed_is_gone_with_all_its_texts() {
    let mut index = Index::new();
    index.insert("a", ROAST);
    index.insert(
        "a",
        "Rain all day, so we moved the reading indoors. Bring a friend and a poem.",
    );
    index.insert("b", ROAST);
    assert_eq!(index.len(), 3);
    index.remove(&"a");
    index.remove(&"a");
    assert_eq!(index.len(), 1);
    assert_eq!(index.near(ROAST, NEARLY, |_| false)[0].key, &"b");
    index.remove(&"b");
    assert!(index.is_empty() && index.near(ROAST, 0.0, |_| false).is_empty());
}

#[test]
fn the_same_text_a_thousand_times_is_found_as_well() {
    let mut index = Index::new();
    for key in 0..1000 {
        index.insert(key, ROAST);
    }
    assert_eq!(index.near(ROAST, NEARLY, |key| *key != 7)[0].key, &7);
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let words = prop::collection::vec("[a-e]{3,7}", 5..25);
    prop::collection::vec(words.prop_map(|words| words.join(" ")), 1..40)
}

proptest! {
    #[test]
    fn a_text_finds_itself_however_many_came_and_went(texts in texts(), removed in prop::collection::vec(0_usize..40, 0..40)) {
        let mut index = Index::new();
        for (key, text) in texts.iter().enumerate() {
            index.insert(key, text);
        }
        for key in &removed {
            index.remove(key);
        }
        for key in removed.iter().step_by(2).filter(|key| **key < texts.len()) {
            index.remove(key);
            index.insert(*key, &texts[*key]);
        }
        for (key, text) in texts.iter().enumerate() {
            let is_there = !removed.contains(&key) || removed.iter().step_by(2).any(|other| *other == key);
            let is_told = likeness(text, text) > 0.0;
            let found = index.near(text, 0.999, |_| false).iter().any(|near| *near.key == key);
            prop_assert_eq!(found, is_there && is_told);
        }
    }

    #[test]
    fn likeness_is_the_same_both_ways_and_at_most_one(one in ".{0,80}", other in ".{0,80}") {
        let both = likeness(&one, &other);
        prop_assert_eq!(both, likeness(&other, &one));
        prop_assert!((0.0..=1.0).contains(&both));
    }
}
