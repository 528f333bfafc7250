#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use jiff::civil::date;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chat(model: &str, prompt: u64) -> Item {
    Item::Chat {
        model: model.to_owned(),
        tokens: Tokens {
            prompt,
            ..Tokens::default()
        },
    }
}

fn begun(ledger: &mut Ledger, time: &str, at_most: Vec<Item>) -> CallNo {
    let call = ledger.next();
    let open = OpenCall {
        at: at(time),
        tweet: None,
        at_most,
    };
    ledger.begin(call, open);
    call
}

fn took(items: Vec<Item>) -> Spent {
    Spent::Known(Used {
        items,
        ..Used::default()
    })
}

#[test]
fn calls_of_one_day_and_model_are_one_line() {
    let mut ledger = Ledger::default();
    for (time, model) in [("10:00", "a"), ("23:59", "a"), ("11:00", "b")] {
        let call = begun(&mut ledger, &format!("2026-11-22T{time}:00Z"), vec![]);
        ledger.end(call, &took(vec![chat(model, 10)]));
    }
    let lines = &ledger.days[&date(2026, 11, 22)].certain;
    let line = |item, calls| Line { item, calls };
    assert_eq!(*lines, [line(chat("a", 20), 2), line(chat("b", 10), 1)]);
}

#[test]
fn a_call_counts_for_the_day_on_which_it_began() {
    let mut ledger = Ledger::default();
    let call = begun(&mut ledger, "2026-11-22T23:59:59Z", vec![]);
    ledger.end(call, &took(vec![chat("a", 1)]));
    assert_eq!(
        ledger.days.keys().collect::<Vec<_>>(),
        [&date(2026, 11, 22)]
    );
}

#[test]
fn a_call_whose_end_nobody_saw_is_uncertain_at_its_most() {
    let mut ledger = Ledger::default();
    let call = begun(&mut ledger, "2026-11-22T10:00:00Z", vec![chat("a", 900)]);
    assert_eq!(ledger.open.len(), 1);
    ledger.end(call, &Spent::Unknown);
    assert!(ledger.open.is_empty());
    let day = &ledger.days[&date(2026, 11, 22)];
    assert!(day.certain.is_empty());
    assert_eq!(day.uncertain[0].item, chat("a", 900));
}

#[test]
fn a_call_ends_once() {
    let mut ledger = Ledger::default();
    let call = begun(&mut ledger, "2026-11-22T10:00:00Z", vec![]);
    assert!(ledger.end(call, &took(vec![chat("a", 1)])).is_some());
    assert!(ledger.end(call, &took(vec![chat("a", 1)])).is_none());
    assert_eq!(ledger.days[&date(2026, 11, 22)].certain[0].calls, 1);
}

#[test]
fn the_same_post_is_counted_once_in_a_day() {
    let mut ledger = Ledger::default();
    let read = |posts: &[&str]| {
        Spent::Known(Used {
            posts: posts.iter().map(|id| (*id).to_owned()).collect(),
            users: vec!["7".to_owned()],
            ..Used::default()
        })
    };
    for (time, posts) in [
        ("2026-11-22T10:00:00Z", &["1", "2"][..]),
        ("2026-11-22T11:00:00Z", &["2", "3"]),
        ("2026-11-23T00:10:00Z", &["3"]),
    ] {
        let call = begun(&mut ledger, time, vec![]);
        ledger.end(call, &read(posts));
    }
    let counted = |day| -> Vec<Item> {
        let lines: &Vec<Line> = &ledger.days[&day].certain;
        lines.iter().map(|line| line.item.clone()).collect()
    };
    let both = |posts, users| {
        [
            Item::PostsRead { count: posts },
            Item::UsersRead { count: users },
        ]
    };
    assert_eq!(counted(date(2026, 11, 22)), both(3, 1));
    assert_eq!(counted(date(2026, 11, 23)), both(1, 1));
}
