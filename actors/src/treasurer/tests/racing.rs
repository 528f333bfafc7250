//! Many at once: what is spent never exceeds a budget that stops.

use std::sync::Barrier;
use std::thread;

use proptest::prelude::*;

use super::*;

/// Ten cents.
const LIMIT: u64 = 100_000;

#[test]
fn a_hundred_at_once_never_exceed_ten_cents() {
    let scene = Scene::new(all_in_a_day(LIMIT));
    let start = Barrier::new(100);
    let (granted, scene) = (Mutex::new(0_u64), &scene);
    thread::scope(|threads| {
        for number in 0..100_u64 {
            let (start, granted) = (&start, &granted);
            threads.spawn(move || {
                start.wait();
                let who = ["a", "b", "c"][number as usize % 3];
                let Ok(held) = scene.reserve(who, 3_000, NOON) else {
                    return;
                };
                *granted.lock().unwrap() += 1;
                match number % 4 {
                    0 => drop(held),
                    1 => held.settle(&Spent::Unknown),
                    _ => held.settle(&took(3_000 - number)),
                }
            });
        }
    });
    let (spent, held) = scene.spent_today();
    assert!(spent <= LIMIT && held == 0, "{spent} of {LIMIT}");
    assert!(
        *granted.lock().unwrap() >= LIMIT / 3_000,
        "room was left unused"
    );
}

/// What may happen.
#[derive(Debug, Clone)]
enum Act {
    Reserve(usize, u64),
    Settle(usize, u64),
    Lose(usize),
    Release(usize),
    Tomorrow,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3_usize, 1..40_000_u64).prop_map(|(who, most)| Act::Reserve(who, most)),
        3 => (0..9_usize, 0..100_u64).prop_map(|(which, percent)| Act::Settle(which, percent)),
        1 => (0..9_usize).prop_map(Act::Lose),
        1 => (0..9_usize).prop_map(Act::Release),
        1 => Just(Act::Tomorrow),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_no_budget_that_stops_is_exceeded(
        acts in prop::collection::vec(act(), 0..120)
    ) {
        let scene = Scene::new(Budgets {
            all: Limit { day: Some(MicroUsd(LIMIT)), month: Some(MicroUsd(3 * LIMIT)) },
            each_client: a_day(LIMIT / 2),
            ..Budgets::default()
        });
        let (mut now, mut held) = (time("2026-11-29T12:00:00Z"), Vec::new());
        for act in acts {
            match act {
                Act::Reserve(who, most) => {
                    let who = ["a", "b", "c"][who];
                    held.extend(scene.reserve(who, most, &now.to_string()).ok());
                }
                Act::Settle(which, percent) if which < held.len() => {
                    let reservation = held.swap_remove(which);
                    let used = reservation.amount().0 * percent / 100;
                    reservation.settle(&took(used));
                }
                Act::Lose(which) if which < held.len() => drop(held.swap_remove(which)),
                Act::Release(which) if which < held.len() => held.swap_remove(which).release(),
                Act::Tomorrow => now = now.checked_add(24.hours()).unwrap(),
                Act::Settle(..) | Act::Lose(_) | Act::Release(_) => {}
            }
            let day = utc_day(now);
            for who in ["a", "b", "c"] {
                for (budget, limit) in scene.treasurer.0.budgets.against(&client(who), day) {
                    let (spent, held) = scene.treasurer.spent(&budget);
                    prop_assert!(spent + held <= limit, "{budget}: {spent} and {held} of {limit}");
                }
            }
        }
    }
}
