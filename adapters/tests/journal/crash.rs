//! The journal when its process dies or its disk refuses: what was acknowledged is there, nothing is half there.
//!
//! The dying is done by this same test binary, started again as a child that appends until it is stopped.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_adapters::journal::{OpenError, SledJournal, SledOptions};
use serde_json::json;

use crate::support::{client, says, whole};

const DIR: &str = "CLARA_TEST_JOURNAL";
const WRITERS: &str = "CLARA_TEST_WRITERS";
const APPENDS: &str = "CLARA_TEST_APPENDS";
/// Records in one append: a whole number of these is there, or the append was torn.
const TOGETHER: u64 = 3;

/// Not a test but the child of those below: appends and says on standard output what was acknowledged.
#[test]
#[ignore = "the child process of the other tests"]
fn append_until_stopped() {
    let dir = std::env::var(DIR).expect("started by another test, which says where");
    let number = |name| std::env::var(name).map_or(u64::MAX, |n| n.parse().unwrap());
    let journal = Arc::new(SledJournal::open(Path::new(&dir), SledOptions::default()).unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let output = Arc::new(Mutex::new(std::io::stdout()));
    runtime.block_on(async {
        let writers: Vec<_> = (0..number(WRITERS))
            .map(|n| {
                let stream = client(&format!("client-{n}"));
                let (journal, output) = (Arc::clone(&journal), Arc::clone(&output));
                tokio::spawn(append_to(journal, stream, number(APPENDS), output))
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn append_to(
    journal: Arc<SledJournal>,
    stream: StreamId,
    appends: u64,
    output: Arc<Mutex<std::io::Stdout>>,
) {
    let mut version = Version(whole(&*journal, &stream).await.len() as u64);
    for n in 0..appends {
        let size = if n % 7 == 0 { 9_000 } else { 300 };
        let record = says(json!({"n": n, "text": "x".repeat(size)}));
        let records = vec![record; usize::try_from(TOGETHER).unwrap()];
        match journal.append(&stream, version, records.clone()).await {
            Ok(now) => {
                version = now;
                say(&output, &format!("ack {stream} {now}"));
            }
            Err(error) => {
                say(&output, &format!("failed {error}"));
                // It must not take it the second time: that would be seen as an acknowledgement after the failure.
                if let Ok(now) = journal.append(&stream, version, records).await {
                    say(&output, &format!("ack {stream} {now}"));
                }
                std::process::exit(3);
            }
        }
    }
}

fn say(output: &Mutex<std::io::Stdout>, line: &str) {
    let mut output = output.lock().unwrap();
    output.write_all(format!("{line}\n").as_bytes()).unwrap();
    output.flush().unwrap();
}

/// Makes the command for the child; `before` runs it, where given.
fn child(before: &[&str], dir: &Path, writers: u64, appends: u64) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut line: Vec<_> = before.iter().map(|part| part.into()).collect();
    line.push(this.into_os_string());
    let mut command = Command::new(&line[0]);
    command
        .args(&line[1..])
        .args([
            "crash::append_until_stopped",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(DIR, dir)
        .env(WRITERS, writers.to_string())
        .env(APPENDS, appends.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The last version of each stream that a child has acknowledged.
#[derive(Default)]
struct Acknowledged(BTreeMap<StreamId, Version>);

impl Acknowledged {
    fn take(&mut self, line: &str) -> bool {
        // The test harness writes its own "test ... " in front of the first line.
        let Some((_, said)) = line.split_once("ack ") else {
            return false;
        };
        let (stream, version) = said.split_once(' ').unwrap();
        let version = Version(version.trim().parse().unwrap());
        self.0.insert(stream.parse().unwrap(), version);
        true
    }
}

async fn check(dir: &Path, acknowledged: &Acknowledged) {
    let journal = SledJournal::open(dir, SledOptions::default()).unwrap();
    for (stream, version) in &acknowledged.0 {
        let records = whole(&journal, stream).await;
        assert!(
            records.len() as u64 >= version.0,
            "{stream} has lost what was acknowledged"
        );
        assert_eq!(
            records.len() as u64 % TOGETHER,
            0,
            "an append to {stream} is torn"
        );
    }
}

fn lines(child: &mut Child) -> std::io::Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().unwrap()).lines()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::default();
    for round in 0..6 {
        let mut child = child(&[], dir.path(), 8, u64::MAX).spawn().unwrap();
        let mut output = lines(&mut child);
        let mut left = 1 + 67 * round;
        while left > 0 {
            let line = output.next().expect("the child ended by itself").unwrap();
            left -= i32::from(acknowledged.take(&line));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What was said before the kill and not yet read. The last line may be cut.
        for line in output.map_while(Result::ok) {
            if line.matches(' ').count() == 2 {
                acknowledged.take(&line);
            }
        }
        check(dir.path(), &acknowledged).await;
    }
    assert_eq!(acknowledged.0.len(), 8);
}

/// Waits for a child, and kills it when it takes far too long.
fn wait(child: &mut Child) -> std::process::ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the child hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_disk_that_takes_no_more_is_a_failure_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let limited = [
        "sh",
        "-c",
        r#"trap "" XFSZ; ulimit -f 4096; exec "$0" "$@""#,
    ];
    let mut child = child(&limited, dir.path(), 4, u64::MAX).spawn().unwrap();
    let mut acknowledged = Acknowledged::default();
    let mut failures = Vec::new();
    let output = lines(&mut child);
    let reader = std::thread::spawn(move || {
        for line in output.map_while(Result::ok) {
            if !acknowledged.take(&line) && line.contains("failed ") {
                failures.push(line);
            }
        }
        (acknowledged, failures)
    });
    let status = wait(&mut child);
    let (acknowledged, failures) = reader.join().unwrap();
    assert_eq!(status.code(), Some(3), "{failures:?}");
    assert!(failures[0].contains("the journal failed: "), "{failures:?}");
    assert_eq!(acknowledged.0.len(), 4, "it failed before it began");
    check(dir.path(), &acknowledged).await;
}

/// Lets a child append while one of its syncs fails. The next would succeed again, as it does on a disk that has
/// dropped what it could not write.
async fn a_failed_sync(which: u32) {
    let dir = tempfile::tempdir().unwrap();
    let inject = format!("inject=fdatasync:error=EIO:when={which}");
    let strace = [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        &inject,
    ];
    let mut child = child(&strace, dir.path(), 4, u64::MAX).spawn().unwrap();
    let (mut acknowledged, mut failed) = (Acknowledged::default(), Vec::new());
    let output = lines(&mut child);
    let reader = std::thread::spawn(move || {
        for line in output.map_while(Result::ok) {
            if line.contains("failed ") {
                failed.push(line);
            } else if acknowledged.take(&line) {
                assert!(failed.is_empty(), "acknowledged after {failed:?}: {line}");
            }
        }
        (acknowledged, failed)
    });
    let status = wait(&mut child);
    let (acknowledged, failed) = reader.join().unwrap();
    assert_eq!(status.code(), Some(3), "{failed:?}");
    let reason = "the journal failed: syncing the log: Input/output error (os error 5)";
    assert!(failed[0].ends_with(reason), "{failed:?}");
    assert!(!acknowledged.0.is_empty(), "it failed before it began");
    check(dir.path(), &acknowledged).await;
}

#[tokio::test]
async fn a_failed_sync_is_for_good_and_nothing_is_acknowledged_after_it() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("SKIPPED: strace is not installed, so no sync can be made to fail");
        return;
    }
    for which in [5, 21] {
        a_failed_sync(which).await;
    }
}

#[tokio::test]
async fn of_two_processes_on_one_directory_the_second_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = child(&[], dir.path(), 2, u64::MAX).spawn().unwrap();
    let mut acknowledged = Acknowledged::default();
    let mut output = lines(&mut child);
    while acknowledged.0.is_empty() {
        acknowledged.take(&output.next().expect("the child ended by itself").unwrap());
    }
    let refusal = SledJournal::open(dir.path(), SledOptions::default()).map(drop);
    assert!(
        matches!(refusal, Err(OpenError::Locked { .. })),
        "{refusal:?}"
    );
    // The first goes on.
    for _ in 0..20 {
        assert!(acknowledged.take(&output.next().unwrap().unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    check(dir.path(), &acknowledged).await;
}
