//! Mechanical repairs.

use super::*;

#[test]
fn each_repair_is_made_and_named() {
    let cases = [
        (
            "\"The oat roast is here.\"",
            "The oat roast is here.",
            vec![Repair::SurroundingQuotes],
        ),
        (
            "„Die Hafermischung ist da.“",
            "Die Hafermischung ist da.",
            vec![Repair::SurroundingQuotes],
        ),
        (
            "Tweet 2: The oat roast is here.",
            "The oat roast is here.",
            vec![Repair::ModelPrefix],
        ),
        (
            "**Tweet:** The  roast is here. \n",
            "The roast is here.",
            vec![
                Repair::TrailingSpace,
                Repair::DoubledSpace,
                Repair::ModelPrefix,
            ],
        ),
        (
            "Post: \"The roast is here.\"",
            "The roast is here.",
            vec![Repair::ModelPrefix, Repair::SurroundingQuotes],
        ),
        ("cafe\u{301}", "café", vec![Repair::Nfc]),
        (
            "One.\n\n\n\nTwo.",
            "One.\n\nTwo.",
            vec![Repair::DoubledSpace],
        ),
    ];
    for (text, repaired, repairs) in cases {
        assert_eq!(
            repair(text, &Repair::ALL),
            (repaired.to_owned(), repairs),
            "{text:?}"
        );
    }
}

#[test]
fn what_needs_no_repair_is_left_alone() {
    for text in [
        "\"Good\" is what they said, and \"warm\"",
        "Opening hours: nine to five.",
        "One.\n\nTwo.",
        "",
        "　全角の空白　も",
        "\"\"",
    ] {
        let text = text.trim();
        assert_eq!(
            repair(text, &Repair::ALL),
            (text.to_owned(), Vec::new()),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn what_was_repaired_needs_no_repair(text in "(?s)(Tweet: |\"|“|  )?.{0,30}(\"|”|  |\n)?") {
        let (once, _) = repair(&text, &Repair::ALL);
        prop_assert_eq!(repair(&once, &Repair::ALL), (once.clone(), Vec::new()));
    }
}
