//! The whole engine under everything that can go wrong, two thousand times; and the proof that this would be noticed.

#![allow(clippy::unwrap_used)]

#[path = "../examples/simulate"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the program that plays any number of seeds uses the rest"
)]
mod shared {
    pub(crate) mod simulation;
}

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use shared::simulation;
use simulation::{Outcome, Sabotage, hash_of, play, replay_command};

const SEEDS: u64 = 2_000;

/// The most seeds after which a broken protection is found.
const MOST_NEEDED: u64 = 800;

/// Plays seeds on every core until one of them is found to break a promise; that one, if there is one.
fn first_violation(seeds: u64, sabotage: Option<Sabotage>) -> Option<Outcome> {
    let (next, end) = (AtomicU64::new(0), AtomicU64::new(seeds));
    let found: Mutex<Option<Outcome>> = Mutex::new(None);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= end.load(Ordering::SeqCst) {
                        return;
                    }
                    let outcome = play(seed, sabotage, false);
                    if outcome.violation.is_some() {
                        // Whoever plays an earlier seed may still find that one.
                        end.fetch_min(seed, Ordering::SeqCst);
                        let mut found = found.lock().unwrap();
                        if found.as_ref().is_none_or(|found| seed < found.seed) {
                            *found = Some(outcome);
                        }
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn whatever_goes_wrong_every_promise_is_kept() {
    if let Some(outcome) = first_violation(SEEDS, None) {
        let traced = play(outcome.seed, None, true);
        let lines = &traced.trace;
        panic!(
            "seed {} breaks a promise: {}\n\n{}\n\nplay it again: {}",
            outcome.seed,
            outcome.violation.clone().unwrap_or_default(),
            lines[lines.len().saturating_sub(120)..].join("\n"),
            replay_command(&outcome),
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_run_line_by_line() {
    const SEEDS: u64 = 200;
    // Each on a thread of its own: what is random per thread must not be seen, either.
    let run = || (0..SEEDS).map(|seed| play(seed, None, true).trace);
    let (first, again): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let again = scope.spawn(|| run().collect());
        (run().collect(), again.join().unwrap())
    });
    for (seed, (first, again)) in first.iter().zip(&again).enumerate() {
        assert_eq!(first, again, "seed {seed}");
    }
    let mut hashes: Vec<_> = first.iter().map(|trace| hash_of(trace)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), first.len(), "two seeds give the same run");
}

#[test]
fn every_protection_that_is_broken_on_purpose_is_found() {
    let mut table = String::new();
    let mut missed = Vec::new();
    for sabotage in Sabotage::ALL {
        match first_violation(MOST_NEEDED, Some(sabotage)) {
            Some(found) => {
                let words = found.violation.unwrap_or_default().replace('\n', " ");
                let words: String = words.chars().take(90).collect();
                table += &format!("{:>4} seeds  {sabotage:?}: {words}\n", found.seed + 1);
            }
            None => missed.push(sabotage),
        }
    }
    assert!(
        missed.is_empty(),
        "not found in {MOST_NEEDED} seeds: {missed:?}\n\n{table}"
    );
    // Shown by `cargo test -- --nocapture`, and whenever it fails.
    eprint_table(&table);
}

#[allow(clippy::print_stderr, reason = "the table is what the test is for")]
fn eprint_table(table: &str) {
    eprintln!("{table}");
}
