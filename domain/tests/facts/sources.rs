//! What no source has, and what a source has otherwise.

use clara_domain::facts::{FactKind, Source, Unsaid, facts, unsaid};
use proptest::prelude::*;

fn held_against(text: &str, sources: &[&str]) -> Vec<Unsaid> {
    let sources: Vec<Source> = sources.iter().copied().map(Source::from).collect();
    unsaid(text, &sources.iter().collect::<Vec<_>>())
}

fn uncovered(text: &str, sources: &[&str]) -> Vec<String> {
    let unsaid = held_against(text, sources).into_iter();
    unsaid.map(|unsaid| unsaid.fact.words).collect()
}

#[test]
fn a_fact_may_be_written_otherwise_in_its_source() {
    let same = [
        ("1,000 guests", "1000 guests"),
        ("1,000 guests", "1.000 Gäste"),
        ("1000 guests", "1 000 gjester"),
        ("Open at 9am", "We open at 09:00."),
        ("Open at 09:00", "We open at 9."),
        ("Show at 8 pm", "Beginn 20 Uhr"),
        ("Until 18.30 Uhr", "jusqu'à 18h30"),
        ("Only €5", "It costs 5 euros."),
        ("Only 5 €", "EUR 5.00"),
        ("Now 129 kr", "129,- for a bag"),
        ("20% off", "20 percent off"),
        ("On 12 May", "am 12.05.2026"),
        ("On May 12th", "el 12 de mayo"),
        ("12 maja", "2026-05-12"),
        ("On 05/12/2026", "12 May 2026"),
        ("Fridays", "every Friday"),
        ("am Freitag", "on Friday"),
        ("For 6 people", "at most six people"),
        ("See https://www.harbour.coffee/", "harbour.coffee"),
        ("See harbour.coffee", "https://harbour.coffee/roast?x=1"),
        ("We love Bergen", "from our shop in bergen"),
        ("We love Bergen's rain", "Bergen is wet"),
        (
            "Join Ingrid Berg in Oslo",
            "class held by Ingrid Berg, Oslo",
        ),
        (
            "Thank you, Harbour Coffee",
            "@HarbourCoffee, Harbour Coffee",
        ),
        ("2 million cups", "2,000,000 cups"),
        ("since 1998", "founded on 3 June 1998"),
        ("a 10k run for 10k people", "10,000 people"),
        ("Closed 24-December", "closed on 24 December"),
        ("On 24th-December", "24 December"),
        ("December-24!", "24 December"),
        ("by 24-Dec-2026", "until 24 December 2026"),
        ("Dec 24, all day", "24 December"),
        ("See you on the 24th!", "closed from 24 December on"),
        ("Sale on 24/12", "24 December"),
        ("Sale on 12/24", "24 December"),
        ("bis 5/12", "until 5 December"),
        ("Closed: 24.12", "24 December"),
        ("Doors at 7pm", "doors at 19:00"),
        ("Doors at 19:00", "doors at 7 p.m."),
        ("Portes : 19h", "doors at 7pm"),
        ("Dørene åpner 19.00", "doors at 7 pm"),
        ("From 9 to 5", "open 09:00–17:00"),
        ("a 5-euro ticket", "tickets are €5"),
        ("das 5-Euro-Ticket", "5 Euro"),
        ("a 12-week course", "it takes 12 weeks"),
        ("a 250-gram bag", "250 g"),
        ("2-day workshop", "a workshop of two days"),
    ];
    for (text, source) in same {
        assert_eq!(uncovered(text, &[source]), [""; 0], "{text} / {source}");
    }
}

#[test]
fn what_no_source_has_is_named() {
    let cases: [(&str, &[&str], &[&str]); 18] = [
        (
            "Join us on Friday at 9 am",
            &["a class on Friday"],
            &["9 am"],
        ),
        ("Only €5 at the door", &["5 dollars"], &["€5"]),
        ("20% off", &["20 people came"], &["20%"]),
        ("On 12 May", &["on 13 May", "12 people"], &["12 May"]),
        ("12 May 2026", &["12 May 2025"], &["12 May 2026"]),
        (
            "See harbour.coffee/menu",
            &["harbour.coffee"],
            &["harbour.coffee/menu"],
        ),
        ("Thank you, Bergen", &["Oslo"], &["Bergen"]),
        ("Open until 18:00", &["open until 6 am"], &["18:00"]),
        ("with Anna Berg", &["with Anna"], &["Anna Berg"]),
        ("1,5 km", &["15 km"], &["1,5 km"]),
        ("Closed 24-December", &["25 December"], &["24-December"]),
        ("our 24th birthday", &["closed on 24 December"], &["24th"]),
        ("Sale on 24/12", &["24 November", "12 bags"], &["24/12"]),
        ("a 12-week course", &["12 months"], &["12-week"]),
        ("a 5-euro ticket", &["5 people"], &["5-euro"]),
        ("9 guests came", &["we open at 9:00"], &["9"]),
        ("See you in BERGEN", &["Oslo"], &["BERGEN"]),
        (
            "We roast 250 g of Kenya for 129 kr",
            &[],
            &["250 g", "Kenya", "129 kr"],
        ),
    ];
    for (text, sources, missing) in cases {
        assert_eq!(uncovered(text, sources), missing, "{text}");
    }
}

#[test]
fn a_common_word_is_no_name_for_its_place_or_its_loudness() {
    for text in [
        "Hint",
        "- Hint\n- Coffee at noon",
        "(Hint: it is warm inside)",
        "– Hint: bring a friend",
        "3 Hints for a better cup",
        "1/3 Roasting takes time.",
        "2) Roasting takes time.",
        "We have a BIG SURPRISE for you",
        "LIMITED OFFER: bring a friend",
        "Don't MISS this",
        "Exciting News: the oven is back",
    ] {
        let facts = held_against(text, &[])
            .into_iter()
            .map(|unsaid| unsaid.fact);
        let names = facts.filter(|fact| fact.kind == FactKind::Name);
        let words: Vec<String> = names.map(|fact| fact.words).collect();
        assert_eq!(words, [""; 0], "{text}");
    }
}

fn contradictions(text: &str, source: &str) -> Vec<(String, String)> {
    let found = held_against(text, &["Our brief says hello.", source]);
    let told = found.into_iter().filter_map(|found| {
        let otherwise = found.otherwise?;
        assert_eq!(otherwise.source, 1);
        Some((found.fact.words, otherwise.words))
    });
    told.collect()
}

#[test]
fn a_source_that_says_otherwise_is_quoted() {
    let cases = [
        (
            "We open at 9 am.",
            "# Hours\nWe open at 10 am. Bring cash.",
            "9 am",
            "We open at 10 am",
        ),
        (
            "A flat white is 52 kr.",
            "Flat white: 48 kr",
            "52 kr",
            "Flat white: 48 kr",
        ),
        (
            "A class for 12 people",
            "Classes are for 6 people at most.",
            "12",
            "Classes are for 6 people at most.",
        ),
        (
            "The class is on 13 May",
            "Next class: 12 May, in Oslo",
            "13 May",
            "Next class: 12 May, in Oslo",
        ),
        (
            "Saturdays we close at 16:00",
            "Saturdays close 15:00\nSundays close 16:30",
            "16:00",
            "Saturdays close 15:00",
        ),
        (
            "Offen bis 18 Uhr",
            "Wir haben offen bis 17 Uhr",
            "18 Uhr",
            "Wir haben offen bis 17 Uhr",
        ),
        (
            "The market is on Friday",
            "The market is every Saturday",
            "Friday",
            "The market is every Saturday",
        ),
    ];
    for (text, source, words, quoted) in cases {
        let expected = vec![(words.to_owned(), quoted.to_owned())];
        assert_eq!(contradictions(text, source), expected, "{text}");
    }
}

#[test]
fn what_is_about_something_else_is_no_contradiction() {
    let cases = [
        ("We open at 9 am.", "The class starts at 10 am."),
        ("A flat white is 52 kr.", "A bag of beans is 129 kr."),
        ("Open until 18:00", "Open from 9:00"),
        ("Saturdays we close at 16:00", "Sundays we close at 15:00"),
        ("A class for 12 people", "A walk of 6 km"),
        (
            "We open at 9 am.",
            "We open at 09:00, on Sundays open at 10:00",
        ),
    ];
    for (text, source) in cases {
        assert_eq!(contradictions(text, source), [], "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read_and_covers_itself(text in any::<String>()) {
        let length = text.chars().count();
        for fact in facts(&text) {
            prop_assert!(fact.span.start < fact.span.end && fact.span.end <= length);
        }
        prop_assert_eq!(held_against(&text, &[&text]), vec![]);
    }

    #[test]
    fn a_text_of_figures_and_names_covers_itself(
        text in "([0-9]{1,5}[.,:/-]?|€|kr|%| |May|am|at|Oslo|\\.|Uhr|–|[a-z]{1,4}){1,20}",
    ) {
        prop_assert_eq!(held_against(&text, &[&text]), vec![], "{}", text);
    }
}
