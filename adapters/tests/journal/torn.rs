//! The loss of power at any moment: what a process wrote and synced is recorded, every disk that could be left of it at
//! a moment is built, and each has to open with all that was acknowledged before that moment.
//!
//! `CLARA_TORN_STATES` says how many disks, `CLARA_TORN_SEED` where to begin, `CLARA_TORN_APPENDS` how much is recorded.
//! A disk is its seed, for one recording.

mod disk;
mod strace;
mod trace;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, Snapshot, StreamId, Version};
use clara_adapters::journal::{JournalTrouble, SledJournal, SledOptions};
use serde_json::json;

use self::trace::Recording;
use crate::fuzz::{Dice, number, scratch};
use crate::support::{client, says, whole};

const DIR: &str = "CLARA_TEST_TORN";
const WRITERS: u64 = 5;

/// How many appends each writer does.
fn appends() -> u64 {
    number("CLARA_TORN_APPENDS", 40)
}

/// A writer's append of a number: the same whenever it is asked for.
fn append(writer: u64, n: u64) -> Vec<NewRecord> {
    let sizes = [60, 700, 300, 9_000, 1_500];
    let size = sizes[usize::try_from(n % 5).unwrap()];
    let record = says(json!({"append": format!("{writer}.{n}"), "text": "x".repeat(size)}));
    vec![record; usize::try_from(1 + n % 3).unwrap()]
}

/// Not a test but the child of the one below: works, starts again, works, and says what was acknowledged.
#[test]
#[ignore = "the child process of another test"]
fn work_under_a_recorder() {
    let dir = std::env::var(DIR).expect("started by another test, which says where");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for half in 0..2 {
        let options = SledOptions {
            reserve_bytes: 0,
            ..SledOptions::default()
        };
        let journal = Arc::new(SledJournal::open(Path::new(&dir), options).unwrap());
        runtime.block_on(async {
            let writers = (0..WRITERS).map(|n| tokio::spawn(write(Arc::clone(&journal), n, half)));
            for writer in writers.collect::<Vec<_>>() {
                writer.await.unwrap();
            }
        });
        drop(journal);
    }
}

async fn write(journal: Arc<SledJournal>, writer: u64, half: u64) {
    let stream = client(&format!("client-{writer}"));
    let mut version = Version(whole(&*journal, &stream).await.len() as u64);
    for n in half * appends() / 2..(half + 1) * appends() / 2 {
        version = journal
            .append(&stream, version, append(writer, n))
            .await
            .unwrap();
        let line = format!("ack {stream} {version}\n");
        // In one write, so that the recorder sees it whole.
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        if n % 4 == writer % 4 {
            let snapshot = Snapshot {
                version,
                schema: 1,
                body: "s".repeat(20_000),
            };
            journal.save_snapshot(&stream, snapshot).await.unwrap();
        }
    }
}

/// Runs the child under strace; none where there is no strace.
fn record(dir: &Path) -> Option<Recording> {
    if Command::new("strace").arg("-V").output().is_err() {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: strace is not installed, so nothing can be recorded"
        );
        return None;
    }
    let trace = tempfile::NamedTempFile::new().unwrap();
    let calls = "trace=openat,open,creat,pwrite64,write,pwritev,writev,fdatasync,fsync,ftruncate,fallocate,rename,\
                 renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir";
    let output = Command::new("strace")
        .args(["-f", "-y", "-x", "-s", "9999999", "-e", calls, "-o"])
        .arg(trace.path())
        .arg(std::env::current_exe().unwrap())
        .args([
            "torn::work_under_a_recorder",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(DIR, dir)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(trace.path()).unwrap();
    Some(Recording::new(&text, dir))
}

/// What was acknowledged up to a moment, by stream.
fn acknowledged(recording: &Recording, moment: usize) -> BTreeMap<StreamId, u64> {
    let mut acknowledged = BTreeMap::new();
    for (_, line) in recording.said.iter().filter(|(at, _)| *at < moment) {
        let Some((_, said)) = line.split_once("ack ") else {
            continue;
        };
        let (stream, version) = said.trim().split_once(' ').unwrap();
        acknowledged.insert(stream.parse().unwrap(), version.parse().unwrap());
    }
    acknowledged
}

/// How the disks opened.
#[derive(Debug, Default)]
struct Tally {
    disks: u64,
    records: u64,
    unacknowledged: u64,
    repaired: u64,
}

async fn check(
    dir: &Path,
    acknowledged: &BTreeMap<StreamId, u64>,
    tally: &mut Tally,
) -> Result<(), String> {
    let troubles = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&troubles);
    let options = SledOptions {
        reserve_bytes: 0,
        on_trouble: Arc::new(move |trouble| told.lock().unwrap().push(trouble)),
        ..SledOptions::default()
    };
    let journal = SledJournal::open(dir, options).map_err(|error| error.to_string())?;
    for writer in 0..WRITERS {
        let stream = client(&format!("client-{writer}"));
        let kept = acknowledged.get(&stream).copied().unwrap_or_default();
        let there = check_stream(&journal, writer, kept).await?;
        tally.records += there;
        tally.unacknowledged += u64::from(there > kept);
    }
    let troubles = troubles.lock().unwrap();
    let repaired = |t: &JournalTrouble| matches!(t, JournalTrouble::Repaired { .. });
    tally.repaired += u64::from(troubles.iter().any(repaired));
    tally.disks += 1;
    Ok(())
}

/// Whether a stream holds all that was acknowledged, only what was appended, and takes more; how much it holds.
async fn check_stream(journal: &SledJournal, writer: u64, kept: u64) -> Result<u64, String> {
    let stream = &client(&format!("client-{writer}"));
    let records = journal.read(stream, Version(0)).await;
    let records = records.map_err(|error| error.to_string())?;
    let there = records.len() as u64;
    let expected = (0..).flat_map(|n| append(writer, n)).take(records.len());
    let as_appended = records
        .iter()
        .map(|r| &r.record)
        .eq(expected.collect::<Vec<_>>().iter());
    let ends: Vec<u64> = (0..=appends())
        .map(|n| (0..n).map(|n| 1 + n % 3).sum())
        .collect();
    let next = ends
        .iter()
        .find(|end| **end > kept)
        .copied()
        .unwrap_or(kept);
    for (right, wrong) in [
        (there >= kept, "has lost what was acknowledged"),
        (as_appended, "holds what nobody appended"),
        (ends.contains(&there), "holds half of an append"),
        (there <= next, "holds more than was asked for"),
    ] {
        if !right {
            return Err(format!(
                "{stream} {wrong}: {there} records, {kept} acknowledged"
            ));
        }
    }
    let now = journal
        .append(stream, Version(there), append(writer, 1))
        .await;
    now.map_err(|error| error.to_string())?;
    Ok(there)
}

/// Builds disks and opens them; how many were whole, and the first that was not.
async fn try_disks(recording: &Recording, disks: u64) -> (Tally, Option<String>) {
    let (mut tally, first) = (Tally::default(), number("CLARA_TORN_SEED", 1));
    for seed in first..first + disks {
        let mut dice = Dice(seed);
        let moment = recording.moment(&mut dice);
        let parent = scratch();
        let dir = parent.path().join("journal");
        let disk = recording.disk(moment, &mut dice);
        let how = disk.put(&dir);
        if let Err(wrong) = check(&dir, &acknowledged(recording, moment), &mut tally).await {
            let wrong = format!("disk {seed}, at line {moment}, {how}: {wrong}");
            return (tally, Some(wrong));
        }
    }
    (tally, None)
}

/// One recording for all tests.
static RECORDING: LazyLock<Option<Recording>> = LazyLock::new(|| {
    let place = tempfile::tempdir().unwrap();
    record(&place.path().join("journal"))
});

#[tokio::test]
async fn whatever_a_loss_of_power_leaves_of_the_disk_holds_all_that_was_acknowledged() {
    let Some(recording) = &*RECORDING else { return };
    let (tally, wrong) = try_disks(recording, number("CLARA_TORN_STATES", 100)).await;
    let _ = writeln!(std::io::stderr(), "{} {tally:?}", recording.summary());
    assert_eq!(wrong, None);
}

#[tokio::test]
async fn a_process_that_does_not_sync_is_found_to_lose() {
    let Some(recording) = &*RECORDING else { return };
    let (_, wrong) = try_disks(&recording.without_syncs(), 100).await;
    let _ = writeln!(std::io::stderr(), "without its syncs: {wrong:?}");
    assert!(wrong.is_some(), "nothing was lost without a sync");
}

#[test]
fn every_acknowledgement_comes_after_the_sync_of_its_records_then_the_mirror_then_the_count() {
    let Some(recording) = &*RECORDING else { return };
    let written = recording.written_after(r#""append":""#);
    let mut seen = 0;
    for (said_at, line) in &recording.said {
        let Some((_, said)) = line.split_once("ack ") else {
            continue;
        };
        let (stream, version) = said.trim().split_once(' ').unwrap();
        let writer = stream.strip_prefix("client/client-").unwrap();
        let version: u64 = version.parse().unwrap();
        let n = (0..)
            .find(|n| (0..=*n).map(|n| 1 + n % 3).sum::<u64>() == version)
            .unwrap();
        let order = recording.order(&written[&format!("{writer}.{n}")], *said_at);
        assert_eq!(order, Ok(()), "{line}");
        seen += 1;
    }
    assert_eq!(seen, WRITERS * appends());
}
