//! The demo as a newcomer runs it: the real binary, sled, sockets; once undisturbed, and once killed over and over.
// A run that fails has to be told how to be repeated.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How often the demo is killed; `CLARA_KILLS` asks for more.
const KILLS: u64 = 12;
/// Nothing here takes this long unless it is stuck.
const STUCK: Duration = Duration::from_secs(300);

struct Run {
    dir: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    fn report(&self) -> PathBuf {
        self.dir.path().join("report.json")
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(["sandbox", "--script", "demo", "--data"])
            .arg(self.dir.path().join("data"))
            .arg("--report")
            .arg(self.report())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn finish(&self) -> (Output, Value) {
        let output = self.start().wait_with_output().unwrap();
        succeeded(&output);
        let report = std::fs::read_to_string(self.report()).unwrap();
        (output, serde_json::from_str(&report).unwrap())
    }

    /// How much has happened in the pretended world.
    fn happened(&self) -> u64 {
        count_lines(&self.dir.path().join("data"))
    }
}

fn succeeded(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}\n{said}\n{complained}",
        output.status
    );
}

/// Lines of the world's log, wherever below the data directory it is.
fn count_lines(dir: &Path) -> u64 {
    let mut lines = 0;
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            lines += count_lines(&path);
        } else if path.file_name().is_some_and(|name| name == "world.jsonl") {
            let log = std::fs::read(&path).unwrap_or_default();
            lines += log.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }
    lines
}

fn list<'a>(value: &'a Value, what: &str) -> &'a Vec<Value> {
    value[what]
        .as_array()
        .unwrap_or_else(|| panic!("no list `{what}` in {value}"))
}

/// What must hold of every report, however often the run behind it was killed.
fn check(report: &Value) {
    let tweets = list(report, "tweets");
    assert_eq!(tweets.len(), 12, "{tweets:#?}");
    let mut live = BTreeSet::new();
    let mut posted = 0;
    for tweet in tweets {
        let states: Vec<&str> = list(tweet, "states")
            .iter()
            .map(|s| s["state"].as_str().unwrap())
            .collect();
        let posts = list(tweet, "posts");
        match *states.last().unwrap() {
            "posted" => {
                posted += 1;
                assert!(!list(tweet, "approved_by").is_empty(), "{tweet:#}");
                assert!(tweet["approved_hash"].is_string(), "{tweet:#}");
                assert_eq!(posts.len(), if tweet["kind"] == "thread" { 3 } else { 1 });
            }
            "rejected" | "cancelled" => assert!(posts.is_empty(), "{tweet:#}"),
            other => panic!("a tweet ended {other}: {tweet:#}"),
        }
        live.extend(
            posts
                .iter()
                .map(|post| post["id"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(posted, 10);
    let timelines = report["timelines"].as_object().unwrap();
    assert_eq!(timelines.len(), 3);
    let seen: Vec<String> = timelines
        .values()
        .flat_map(|posts| posts.as_array().unwrap())
        .map(|post| post["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        seen.len(),
        live.len(),
        "posts that no tweet knows of, or lost ones"
    );
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), live);
    assert!(!list(report, "discord").is_empty());
}

#[test]
fn the_demo_goes_as_it_should_and_says_so() {
    let run = Run::new();
    let (output, report) = run.finish();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("The demo went as it should"), "{said}");
    check(&report);
    // Nothing went wrong, so nothing is uncertain.
    assert!(said.contains("The ledger and the bills agree: "), "{said}");
    let costs = report["costs"].as_object().unwrap();
    assert_eq!(
        costs.len(),
        4,
        "three clients, and what no client is named for"
    );
    for (client, account) in costs {
        assert_eq!(account["uncertain_calls"], 0, "{client}: {account:#}");
        assert_eq!(account["certain"], account["billed"], "{client}");
    }
    everything_was_billed(costs.values());
    for thing in ["made into vectors", "moderated text", "with a link"] {
        assert!(said.contains(thing), "{said}");
    }
}

/// A comparison says nothing of what was never on a bill.
fn everything_was_billed<'a>(accounts: impl Iterator<Item = &'a Value> + Clone) {
    for thing in [
        "answers of sandbox-writer",
        "cached tokens of sandbox-writer",
        "tokens made into vectors by text-embedding-3-small",
        "texts moderated",
        "posts",
        "posts with a link",
        "accounts read",
    ] {
        let mut counts = accounts.clone().map(|account| &account["billed"][thing]);
        assert!(counts.any(|count| count.as_u64() > Some(0)), "no {thing}");
    }
}

#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let kills = std::env::var("CLARA_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let run = Run::new();
    let mut random = Random::new();
    let mut killed_alive = 0;
    for kill in 0..kills {
        let before = run.happened();
        let more = random.below(16);
        let child = run.start();
        let killed = kill_after(child, || run.happened() >= before + more);
        eprintln!("kill {kill}: after {more} more things had happened; killed: {killed}");
        killed_alive += u64::from(killed);
    }
    assert!(killed_alive >= kills.min(4), "it was hardly ever killed");
    let (_, report) = run.finish();
    check(&report);
    everything_was_billed(report["costs"].as_object().unwrap().values());
}

/// Kills the child when a condition holds; false when it came to its end before.
fn kill_after(mut child: Child, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if child.try_wait().unwrap().is_some() {
            succeeded(&child.wait_with_output().unwrap());
            return false;
        }
        assert!(start.elapsed() < STUCK, "the demo is stuck");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// A seeded source: `CLARA_SEED` repeats a run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let clock = || std::process::id().into();
        let seed =
            std::env::var("CLARA_SEED").map_or_else(|_| clock(), |seed| seed.parse().unwrap());
        eprintln!("CLARA_SEED={seed}");
        Self(seed)
    }

    /// SplitMix64.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
