//! The journal on file systems of its own: one that fills up, one that cannot be written.
//!
//! They are mounted in a user and mount namespace, where also root is bound by them; the journal lives in a child of
//! this test binary, started inside. A machine that forbids such namespaces skips these, and says so.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, StreamId, Version};
use clara_adapters::journal::{JournalTrouble, SledJournal, SledOptions};
use serde_json::json;

use crate::support::{counting, says, whole};

const DIR: &str = "CLARA_TEST_DISK";
const MIB: u64 = 1024 * 1024;

/// Runs a test of this file inside a namespace, after a command that mounts something at `$CLARA_TEST_DISK`.
fn inside(mount: &str, dir: &Path, test: &str) {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-Urm", "sh", "-c", script]).env(DIR, dir);
        command
    };
    let possible = unshare(mount).stderr(Stdio::null()).status();
    if !possible.is_ok_and(|status| status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: this machine forbids mounting in a namespace of one's own, so `{test}` was not tried"
        );
        return;
    }
    let output = unshare(&format!(r#"{mount} && exec "$0" "$@""#))
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn disk() -> PathBuf {
    PathBuf::from(std::env::var(DIR).expect("started by another test, which says where"))
}

type Told = Arc<Mutex<Vec<JournalTrouble>>>;

fn options(reserve: u64, told: &Told) -> SledOptions {
    let told = Arc::clone(told);
    SledOptions {
        reserve_bytes: reserve,
        on_trouble: Arc::new(move |trouble| told.lock().unwrap().push(trouble)),
        ..SledOptions::default()
    }
}

/// Takes up space until so much is left, or all that there is.
fn fill(path: &Path, leave: u64) {
    let mut file = fs::File::create(path).unwrap();
    let piece = vec![b'x'; 64 * 1024];
    let free = || {
        let output = Command::new("df")
            .args(["-B1", "--output=avail"])
            .arg(disk())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().last().unwrap().trim().parse::<u64>().unwrap()
    };
    while free() > leave + piece.len() as u64 && file.write_all(&piece).is_ok() {}
}

/// Appends large records until one is not taken; how many there are by then, and why.
async fn until_refused(journal: &SledJournal) -> (Version, AppendError) {
    let stream = StreamId::Engine;
    let mut version = Version(whole(journal, &stream).await.len() as u64);
    loop {
        let record = says(json!({"n": version.0, "text": "x".repeat(60_000)}));
        match journal.append(&stream, version, vec![record]).await {
            Ok(now) => version = now,
            Err(error) => return (version, error),
        }
    }
}

#[tokio::test]
#[ignore = "the child process of another test"]
async fn fills_up_and_has_room_again() {
    let (told, ballast) = (Told::default(), disk().join("ballast"));
    let journal = SledJournal::open(&disk().join("journal"), options(8 * MIB, &told)).unwrap();
    fill(&ballast, 14 * MIB);
    let (kept, refusal) = until_refused(&journal).await;
    let text = refusal.to_string();
    assert!(matches!(refusal, AppendError::Refused { .. }), "{text}");
    assert!(
        text.contains("the disk is full: ") && text.contains(" MiB are needed; "),
        "{text}"
    );
    assert!(kept > Version(0), "it took nothing at all");
    let (still, _) = until_refused(&journal).await;
    assert_eq!(still, kept, "something got in");
    assert!(
        matches!(told.lock().unwrap()[..], [JournalTrouble::DiskFull { free, needed }] if free < needed),
        "{told:?}"
    );

    fs::remove_file(ballast).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while told.lock().unwrap().len() < 2 {
        assert!(Instant::now() < deadline, "its end was not told");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(matches!(
        told.lock().unwrap()[1],
        JournalTrouble::DiskFree { .. }
    ));
    let now = journal
        .append(&StreamId::Engine, kept, counting(1, 1))
        .await;
    assert_eq!(now, Ok(Version(kept.0 + 1)));
    journal.close().await;
    drop(journal);
    let journal = SledJournal::open(&disk().join("journal"), options(8 * MIB, &told)).unwrap();
    assert_eq!(
        whole(&journal, &StreamId::Engine).await.len() as u64,
        kept.0 + 1
    );
}

#[tokio::test]
#[ignore = "the child process of another test"]
async fn is_full_in_spite_of_the_reserve() {
    let (told, ballast, dir) = (
        Told::default(),
        disk().join("ballast"),
        disk().join("journal"),
    );
    let blind = || SledOptions {
        free_bytes: Arc::new(|_| Ok(u64::MAX)),
        ..options(8 * MIB, &told)
    };
    let mut kept = Version(0);
    for leave in [3 * MIB, MIB, MIB / 3, 0] {
        let journal = SledJournal::open(&dir, blind()).unwrap();
        assert_eq!(
            whole(&journal, &StreamId::Engine).await.len() as u64,
            kept.0
        );
        fill(&ballast, leave);
        let (now, failure) = until_refused(&journal).await;
        assert!(matches!(failure, AppendError::Failed { .. }), "{failure}");
        let again = journal.append(&StreamId::Engine, now, counting(1, 1)).await;
        assert!(
            matches!(again, Err(AppendError::Failed { .. })),
            "{again:?}"
        );
        drop(journal);

        // It may start on the full disk or say why not; either loses nothing.
        match SledJournal::open(&dir, blind()) {
            Ok(journal) => assert!(whole(&journal, &StreamId::Engine).await.len() as u64 >= now.0),
            Err(error) => assert!(error.to_string().contains("No space left"), "{error}"),
        }
        fs::remove_file(&ballast).unwrap();
        let journal = SledJournal::open(&dir, blind()).unwrap();
        kept = Version(whole(&journal, &StreamId::Engine).await.len() as u64);
        assert!(kept >= now, "{kept} of {now} acknowledged records are left");
        assert!(kept.0 <= now.0 + 1, "what was never appended is there");
        kept = journal
            .append(&StreamId::Engine, kept, counting(1, 1))
            .await
            .unwrap();
    }
}

/// How many bytes all that is in a directory has.
fn bytes(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let sizes = entries.map(|path| match path.is_dir() {
        true => bytes(&path),
        false => path.metadata().unwrap().len(),
    });
    sizes.sum()
}

#[tokio::test]
#[ignore = "the child process of another test"]
async fn has_no_room_for_a_repair() {
    let (told, ballast, dir) = (
        Told::default(),
        disk().join("ballast"),
        disk().join("journal"),
    );
    let journal = SledJournal::open(&dir, options(MIB, &told)).unwrap();
    for n in 0..40 {
        let record = says(json!({"n": n, "text": "x".repeat(60_000)}));
        let stream = StreamId::Engine;
        journal
            .append(&stream, Version(n), vec![record])
            .await
            .unwrap();
    }
    journal.close().await;
    drop(journal);
    let suspicion = dir.join("suspect");
    let no_copy: (fn(&Path), _) = (
        |dir| fs::write(dir.join("suspect"), "bit rot").unwrap(),
        MIB,
    );
    let no_mirror: (fn(&Path), _) = (
        |dir| fs::remove_dir_all(dir.join("mirror")).unwrap(),
        2 * MIB,
    );
    for (trouble, leave) in [no_copy, no_mirror] {
        trouble(&dir);
        fill(&ballast, leave);
        let before = bytes(&disk());
        let Err(error) = SledJournal::open(&dir, options(MIB, &told)) else {
            panic!("there was room");
        };
        assert!(error.to_string().contains("No space left"), "{error}");
        let after = bytes(&disk());
        assert!(after < before + MIB / 2, "{before} bytes became {after}");
        fs::remove_file(&ballast).unwrap();
        // What could not be mended here is not what the next case is about.
        if suspicion.exists() {
            fs::remove_file(&suspicion).unwrap();
        }
    }
    let journal = SledJournal::open(&dir, options(MIB, &told)).unwrap();
    assert_eq!(whole(&journal, &StreamId::Engine).await.len(), 40);
}

#[tokio::test]
#[ignore = "the child process of another test"]
async fn cannot_be_written() {
    let refusal = |dir: PathBuf| match SledJournal::open(&dir, SledOptions::default()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    };
    for name in ["journal", "not there yet"] {
        let dir = disk().join(name);
        assert_eq!(
            refusal(dir.clone()),
            format!(
                "the journal in {} cannot be written (Read-only file system (os error 30)); nothing was touched; make \
                 it writable for the user who runs Clara, on a file system that is not mounted read-only",
                dir.display()
            )
        );
    }
}

#[test]
fn a_disk_that_fills_up_refuses_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let mount = r#"mount -t tmpfs -o size=48m tmpfs "$CLARA_TEST_DISK""#;
    inside(mount, dir.path(), "system::fills_up_and_has_room_again");
}

#[test]
fn a_disk_that_is_full_in_spite_of_the_reserve_fails_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mount = r#"mount -t tmpfs -o size=48m tmpfs "$CLARA_TEST_DISK""#;
    inside(mount, dir.path(), "system::is_full_in_spite_of_the_reserve");
}

#[test]
fn a_repair_without_room_leaves_the_disk_as_full_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let mount = r#"mount -t tmpfs -o size=48m tmpfs "$CLARA_TEST_DISK""#;
    inside(mount, dir.path(), "system::has_no_room_for_a_repair");
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let journal = SledJournal::open(&path, SledOptions::default()).unwrap();
    let version = journal
        .append(&StreamId::Engine, Version(0), counting(0, 3))
        .await;
    assert_eq!(version, Ok(Version(3)));
    drop(journal);
    let mount = r#"mount --bind "$CLARA_TEST_DISK" "$CLARA_TEST_DISK" && mount -o remount,bind,ro "$CLARA_TEST_DISK""#;
    inside(mount, dir.path(), "system::cannot_be_written");
    let journal = SledJournal::open(&path, SledOptions::default()).unwrap();
    assert_eq!(whole(&journal, &StreamId::Engine).await.len(), 3);
}
