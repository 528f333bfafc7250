//! What people are told of budgets, and what a start takes over.

use clara_domain::Client;
use clara_domain::metering::{CallNo, Ledger, OpenCall};
use serde_json::json;

use super::*;

/// A client whose ledger is as a journal holds it: some days' tokens, and a call that is under way.
fn with_ledger(days: &[(&str, u64)], open: u64) -> Client {
    let mut ledger = Ledger::default();
    for (day, tokens) in days {
        let line = json!({"item": chat(*tokens), "calls": 1});
        let usage = serde_json::from_value(json!({ "certain": [line] })).unwrap();
        ledger.days.insert(day.parse().unwrap(), usage);
    }
    if open > 0 {
        let call = OpenCall {
            at: time(NOON),
            tweet: None,
            at_most: vec![chat(open)],
        };
        ledger.open.insert(CallNo(1), call);
    }
    Client {
        ledger: Arc::new(ledger),
        ..Client::new(client("a"))
    }
}

#[test]
fn four_fifths_and_all_are_told_once_each() {
    let scene = Scene::new(all_in_a_day(100));
    scene.spend("a", 79, NOON);
    assert_eq!(scene.told(), Vec::<String>::new());
    for micro in [1, 4, 6] {
        scene.spend("a", micro, NOON);
    }
    let most = "of all clients together for the day 2026-11-22 (UTC) Most 80".to_owned();
    assert_eq!(scene.told(), std::slice::from_ref(&most));
    // No room for 11 more, and nothing under way that could make some.
    assert!(scene.reserve("a", 11, NOON).is_err());
    let all = "of all clients together for the day 2026-11-22 (UTC) All 90".to_owned();
    scene.spend("a", 10, NOON);
    assert!(scene.reserve("a", 1, NOON).is_err());
    assert_eq!(scene.told(), [most, all]);
}

#[test]
fn a_new_day_is_told_anew_and_each_budget_by_itself() {
    let scene = Scene::new(Budgets {
        all: a_day(200),
        each_client: a_day(100),
        ..Budgets::default()
    });
    scene.spend("a", 100, "2026-11-22T12:00:00Z");
    scene.spend("a", 100, "2026-11-23T12:00:00Z");
    scene.spend("b", 100, "2026-11-23T12:00:00Z");
    assert_eq!(
        scene.told(),
        [
            "of a for the day 2026-11-22 (UTC) All 100",
            "of a for the day 2026-11-23 (UTC) All 100",
            "of b for the day 2026-11-23 (UTC) All 100",
            "of all clients together for the day 2026-11-23 (UTC) All 200",
        ]
    );
}

#[test]
fn waiting_for_a_call_under_way_is_no_spent_budget() {
    let scene = Scene::new(all_in_a_day(100));
    let held = scene.reserve("a", 100, NOON).unwrap();
    assert!(scene.reserve("b", 1, NOON).is_err());
    held.release();
    assert_eq!(scene.told(), Vec::<String>::new());
}

#[test]
fn the_same_alert_has_the_same_name_after_a_restart() {
    let name = || {
        let scene = Scene::new(all_in_a_day(100));
        scene.spend("a", 100, NOON);
        let told = scene.told.lock().unwrap();
        told[0].nonce.clone()
    };
    assert_eq!(name(), name());
}

#[test]
fn a_start_takes_over_what_the_ledgers_say() {
    let scene = Scene::new(Budgets {
        all: Limit {
            day: Some(MicroUsd(100)),
            month: Some(MicroUsd(1000)),
        },
        ..Budgets::default()
    });
    let days = [
        ("2026-10-31", 5000),
        ("2026-11-01", 700),
        ("2026-11-22", 30),
    ];
    scene.treasurer.relive(&with_ledger(&days, 40), time(NOON));
    assert_eq!(scene.spent_today(), (70, 0));
    let month = Period::Month("2026-11".parse().unwrap());
    assert_eq!(scene.spent_in(Whose::All, month), (770, 0));
    assert!(scene.reserve("b", 31, NOON).is_err());
    scene.spend("b", 30, NOON);
}

#[test]
fn a_client_that_tells_again_is_not_counted_twice() {
    let scene = Scene::new(all_in_a_day(100));
    scene.spend("a", 30, NOON);
    for _ in 0..3 {
        let days = [("2026-11-22", 30)];
        scene.treasurer.relive(&with_ledger(&days, 0), time(NOON));
    }
    assert_eq!(scene.spent_today(), (30, 0));
    scene
        .treasurer
        .relive(&Client::new(client("a")), time(NOON));
    assert_eq!(scene.spent_today(), (0, 0));
}

#[test]
fn a_budget_that_is_spent_at_the_start_is_told_once() {
    let scene = Scene::new(all_in_a_day(100));
    for _ in 0..2 {
        let days = [("2026-11-22", 100)];
        scene.treasurer.relive(&with_ledger(&days, 0), time(NOON));
    }
    assert_eq!(scene.told().len(), 1);
}
