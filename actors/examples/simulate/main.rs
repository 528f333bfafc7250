//! Runs the simulation of the whole engine over any number of seeds, on every core.
//!
//! `cargo run --release -p clara-actors --example simulate -- --seeds 0..2000` says how many seeds were played, how fast,
//! and which of them broke a promise; `--trace` tells what happened in one, `--broken NAME` breaks a protection first. It
//! exits with 1 when a promise was broken.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

mod simulation;

use simulation::{Outcome, Sabotage, Tally, hash_of, play, replay_command};

/// A third of a run is asking for small pieces of memory and giving them back.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "simulate --seeds FIRST..END [--threads N] [--trace] [--broken NAME]";

/// How often it says how far it has come.
const PROGRESS: Duration = Duration::from_secs(5);

/// More failing seeds than this are counted, not told.
const MOST_TOLD: usize = 10;

struct Options {
    first: u64,
    end: u64,
    threads: usize,
    trace: bool,
    broken: Option<Sabotage>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = read(&arguments) else {
        say(&format!("usage: {USAGE}"));
        return ExitCode::from(2);
    };
    if options.trace {
        trace(&options)
    } else {
        run(&options)
    }
}

fn read(arguments: &[String]) -> Option<Options> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options {
        first: 0,
        end: 0,
        threads: cores,
        trace: false,
        broken: None,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seeds" => {
                let (first, end) = arguments.next()?.split_once("..")?;
                (options.first, options.end) = (first.parse().ok()?, end.parse().ok()?);
            }
            "--threads" => options.threads = arguments.next()?.parse().ok()?,
            "--trace" => options.trace = true,
            "--broken" => options.broken = Some(Sabotage::named(arguments.next()?)?),
            _ => return None,
        }
    }
    (options.first < options.end && options.threads > 0).then_some(options)
}

fn say(line: &str) {
    // Nobody reads any more when this fails.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn trace(options: &Options) -> ExitCode {
    let seed = options.first;
    let outcome = play(seed, options.broken, true);
    for line in &outcome.trace {
        say(line);
    }
    say(&format!(
        "trace {:016x}, {:?}",
        hash_of(&outcome.trace),
        outcome.tally
    ));
    match outcome.violation {
        None => ExitCode::SUCCESS,
        Some(violation) => {
            say(&format!("seed {seed}: {violation}"));
            ExitCode::FAILURE
        }
    }
}

/// What all seeds together amounted to.
#[derive(Default)]
struct Total {
    tally: Tally,
    failed: Vec<Outcome>,
}

fn run(options: &Options) -> ExitCode {
    let (next, total) = (AtomicU64::new(options.first), Mutex::new(Total::default()));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= options.end {
                        return;
                    }
                    note(&total, play(seed, options.broken, false));
                }
            });
        }
        scope.spawn(|| tell_progress(options, &next, begun));
    });
    conclude(
        options,
        &total.into_inner().unwrap_or_default(),
        begun.elapsed(),
    )
}

fn note(total: &Mutex<Total>, outcome: Outcome) {
    let mut total = total
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    total.tally.add(&outcome.tally);
    if let Some(violation) = &outcome.violation {
        if total.failed.len() < MOST_TOLD {
            let words: String = violation.chars().take(400).collect();
            say(&format!(
                "seed {}: {words}\n  {}",
                outcome.seed,
                replay_command(&outcome)
            ));
        }
        total.failed.push(outcome);
    }
}

fn tell_progress(options: &Options, next: &AtomicU64, begun: Instant) {
    let mut told = Instant::now();
    while next.load(Ordering::Relaxed) < options.end {
        thread::sleep(Duration::from_millis(50));
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            let played = next.load(Ordering::Relaxed).min(options.end) - options.first;
            say(&format!(
                "{played} seeds, {:.0}/s",
                per_second(played, begun.elapsed())
            ));
        }
    }
}

fn conclude(options: &Options, total: &Total, took: Duration) -> ExitCode {
    let seeds = options.end - options.first;
    let tally = &total.tally;
    say(&format!(
        "{seeds} seeds in {:.1} s, {:.0}/s: {} lives, {} faults, {} calls of ports, {} records, {} posts",
        took.as_secs_f64(),
        per_second(seeds, took),
        tally.lives,
        tally.faults,
        tally.calls,
        tally.records,
        tally.posts,
    ));
    if total.failed.is_empty() {
        say("every promise was kept");
        return ExitCode::SUCCESS;
    }
    say(&format!(
        "promises were broken in {} seeds",
        total.failed.len()
    ));
    ExitCode::FAILURE
}

fn per_second(seeds: u64, took: Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "it is for reading")]
    let seeds = seeds as f64;
    seeds / took.as_secs_f64().max(1e-9)
}
