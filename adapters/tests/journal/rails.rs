//! The rails around sled: what a kill leaves behind, damaged files, a second process, trouble that people must know of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, ReadError, Snapshot, StreamId, Version};
use clara_adapters::journal::{JournalTrouble, OpenError, SledJournal, SledOptions};
use serde_json::json;

use crate::support::{client, counting, says, whole};

/// A journal's directory, with room for copies beside it, and what was told about it.
struct Place {
    parent: tempfile::TempDir,
    troubles: Arc<Mutex<Vec<JournalTrouble>>>,
}

impl Place {
    fn new() -> Self {
        Self {
            parent: tempfile::tempdir().unwrap(),
            troubles: Arc::default(),
        }
    }

    fn dir(&self) -> PathBuf {
        self.parent.path().join("journal")
    }

    fn options(&self) -> SledOptions {
        let troubles = Arc::clone(&self.troubles);
        SledOptions {
            on_trouble: Arc::new(move |trouble| troubles.lock().unwrap().push(trouble)),
            ..SledOptions::default()
        }
    }

    fn try_open(&self) -> Result<SledJournal, OpenError> {
        SledJournal::open(&self.dir(), self.options())
    }

    fn open(&self) -> SledJournal {
        self.try_open().unwrap()
    }

    fn refusal(&self) -> String {
        match self.try_open() {
            Ok(_) => panic!("it opened"),
            Err(error) => {
                let text = error.to_string();
                text.replace(&self.parent.path().display().to_string(), "/data")
            }
        }
    }

    /// Two streams of a hundred records each, closed, opened and closed again: the second time sled keeps a snapshot
    /// of where its pages are.
    async fn filled() -> Self {
        let place = Self::new();
        for round in 0..2 {
            let journal = place.open();
            for name in ["fjord", "harbour"] {
                let records = counting(round * 50, 50);
                journal
                    .append(&client(name), Version(round * 50), records)
                    .await
                    .unwrap();
            }
            journal.close().await;
        }
        place
    }

    async fn is_whole(&self) {
        let journal = self.open();
        for name in ["fjord", "harbour"] {
            assert_eq!(whole(&journal, &client(name)).await.len(), 100, "{name}");
        }
    }

    fn sled_snapshots(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.dir()).unwrap().map(|e| e.unwrap().path());
        let is_snapshot = |p: &PathBuf| {
            p.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("snap.")
        };
        entries.filter(is_snapshot).collect()
    }

    fn copies(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.parent.path())
            .unwrap()
            .map(|e| e.unwrap().path());
        entries.filter(|p| *p != self.dir()).collect()
    }

    fn told(&self) -> Vec<JournalTrouble> {
        self.troubles.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn an_unfinished_snapshot_of_a_killed_process_does_no_harm() {
    let place = Place::filled().await;
    let left = place.dir().join("snap.00000000000000FF.generating");
    fs::write(&left, "half a snapsh").unwrap();
    place.is_whole().await;
    assert!(!left.exists());
    assert_eq!(place.copies(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_damaged_snapshot_of_sled_is_copied_and_done_without() {
    for damage in [&b""[..], b"garbage", &[0xff; 4096]] {
        let place = Place::filled().await;
        let snapshots = place.sled_snapshots();
        assert!(!snapshots.is_empty());
        for snapshot in &snapshots {
            fs::write(snapshot, damage).unwrap();
        }
        place.is_whole().await;
        let [copy] = &place.copies()[..] else {
            panic!("{:?}", place.copies());
        };
        let name = snapshots[0].file_name().unwrap();
        assert_eq!(
            fs::read(copy.join(name)).unwrap(),
            damage,
            "the copy is not what was there"
        );
        let told = place.told();
        assert!(
            matches!(&told[..], [JournalTrouble::Repaired { copy: told, .. }] if told == copy),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_second_opening_is_refused_and_harms_nothing() {
    let place = Place::filled().await;
    let journal = place.open();
    assert_eq!(
        place.refusal(),
        "the journal in /data/journal is open in another process; nothing was touched; stop that process, or give \
         this one another data directory"
    );
    let version = journal
        .append(&client("fjord"), Version(100), counting(100, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
    drop(journal);
    assert_eq!(whole(&place.open(), &client("fjord")).await.len(), 101);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_named() {
    let place = Place::new();
    fs::write(place.dir(), "a file").unwrap();
    assert_eq!(
        place.refusal(),
        "/data/journal is not a directory, so the journal cannot be there; nothing was touched; move it away, or name \
         another data directory"
    );
    assert_eq!(fs::read_to_string(place.dir()).unwrap(), "a file");
}

#[test]
fn a_directory_without_the_right_to_write_is_named() {
    let place = Place::new();
    fs::create_dir(place.dir()).unwrap();
    fs::set_permissions(place.dir(), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(place.dir().join("probe"), "").is_ok() {
        eprintln!("skipped: this user writes where nobody may");
        return;
    }
    assert_eq!(
        place.refusal(),
        "the journal in /data/journal cannot be written (Permission denied (os error 13)); nothing was touched; give \
         the user who runs Clara the right to read and write there"
    );
}

/// Every place in a file where some bytes stand.
fn places(file: &[u8], needle: &str) -> Vec<usize> {
    let windows = file.windows(needle.len()).enumerate();
    windows
        .filter(|(_, w)| *w == needle.as_bytes())
        .map(|(at, _)| at)
        .collect()
}

/// Flips one bit in every copy of a text in sled's log.
fn flip(dir: &Path, needle: &str) {
    let db = dir.join("db");
    let mut bytes = fs::read(&db).unwrap();
    let found = places(&bytes, needle);
    assert!(!found.is_empty(), "`{needle}` is not in the log");
    for at in found {
        bytes[at] ^= 0b100;
    }
    fs::write(&db, bytes).unwrap();
}

fn harbour(n: u64) -> String {
    format!("harbour number {n}.")
}

/// The number of a record that stands in the log once, and not in the segment that sled reads when it opens.
fn settled(dir: &Path) -> u64 {
    const SEGMENT: usize = 512 * 1024;
    let log = fs::read(dir.join("db")).unwrap();
    let newest: Vec<_> = places(&log, "the newest.")
        .iter()
        .map(|at| at / SEGMENT)
        .collect();
    let is_settled = |n: &u64| match places(&log, &harbour(*n))[..] {
        [at] => !newest.contains(&(at / SEGMENT)),
        _ => false,
    };
    (20..80).find(is_settled).expect("some page was not moved")
}

#[tokio::test]
async fn a_flipped_bit_in_an_old_record_is_found_and_named_while_other_streams_are_read() {
    let place = Place::new();
    let journal = place.open();
    for name in ["fjord", "harbour"] {
        let records = (0..100).map(|n| says(json!(format!("{name} number {n}."))));
        journal
            .append(&client(name), Version(0), records.collect())
            .await
            .unwrap();
    }
    // So much more that most segments of the log are closed.
    for n in 0..20 {
        let records = vec![says(json!("x".repeat(8_000))); 10];
        journal
            .append(&client("koyo"), Version(n * 10), records)
            .await
            .unwrap();
    }
    drop(journal);
    // From now on sled knows where its pages are without reading all of its log.
    let journal = place.open();
    journal
        .append(
            &client("last"),
            Version(0),
            vec![says(json!("the newest."))],
        )
        .await
        .unwrap();
    drop(journal);
    let n = settled(&place.dir());
    flip(&place.dir(), &harbour(n));

    let journal = place.open();
    assert_eq!(whole(&journal, &client("fjord")).await.len(), 100);
    let error = journal
        .read(&client("harbour"), Version(0))
        .await
        .unwrap_err();
    let ReadError::Corrupt {
        stream,
        version,
        what,
    } = error
    else {
        panic!("not named as damage: {error}");
    };
    assert_eq!(stream, client("harbour"));
    // sled keeps up to sixteen records on a page; one of them is as good as all.
    assert!(
        (n - 16..=n + 1).contains(&version.0),
        "{version}, not {}: {what}",
        n + 1
    );
    assert_eq!(whole(&journal, &client("fjord")).await.len(), 100);
    let version = journal
        .append(&client("fjord"), Version(100), counting(1, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
}

/// Changes a record behind the journal's back, as damage that sled's own checksums do not see.
fn change(dir: &Path, needle: &str, change: impl Fn(&mut Vec<u8>, usize)) {
    let db = sled::Config::new()
        .path(dir)
        .flush_every_ms(None)
        .open()
        .unwrap();
    let tree = db.open_tree("records").unwrap();
    let mut changed = 0;
    for entry in &tree {
        let (key, value) = entry.unwrap();
        if let [at] = places(&value, needle)[..] {
            let mut bytes = value.to_vec();
            change(&mut bytes, at);
            tree.insert(key, bytes).unwrap();
            changed += 1;
        }
    }
    assert_eq!(changed, 1, "`{needle}`");
    db.flush().unwrap();
}

#[tokio::test]
async fn a_record_that_was_changed_is_named_exactly() {
    let place = Place::filled().await;
    change(
        &place.dir(),
        r#""client/harbour","at":"2026-02-02T02:40:00.123456789Z","by":{"id":"7","name":"maya"},"schema":1,"body":{"n":41}"#,
        |bytes, at| bytes[at + 3] ^= 1,
    );
    let journal = place.open();
    let error = journal
        .read(&client("harbour"), Version(0))
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("record 42 of client/harbour is damaged: the checksum does not match"),
        "{text}"
    );
    assert_eq!(
        journal
            .read(&client("harbour"), Version(42))
            .await
            .unwrap_err(),
        error
    );
    assert_eq!(
        journal
            .read(&client("harbour"), Version(43))
            .await
            .unwrap()
            .len(),
        57
    );
    assert_eq!(whole(&journal, &client("fjord")).await.len(), 100);
}

#[tokio::test]
async fn a_stream_whose_last_record_is_damaged_stands_still_and_the_others_go_on() {
    let place = Place::filled().await;
    change(
        &place.dir(),
        r#""client/harbour","at":"2026-02-02T02:40:00.123456789Z","by":{"id":"7","name":"maya"},"schema":1,"body":{"n":99}"#,
        |bytes, at| bytes.truncate(at),
    );
    let journal = place.open();
    let told = place.told();
    assert!(
        matches!(&told[..], [JournalTrouble::Damaged { stream, version: Version(100), .. }] if *stream == client("harbour")),
        "{told:?}"
    );
    let error = journal
        .read(&client("harbour"), Version(0))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("record 100 of client/harbour is damaged"),
        "{error}"
    );
    let refusal = journal
        .append(&client("harbour"), Version(100), counting(1, 1))
        .await
        .unwrap_err();
    assert!(
        matches!(&refusal, AppendError::Refused { reason } if reason.contains("restore it from a backup first")),
        "{refusal}"
    );
    assert_eq!(
        journal.streams().await.unwrap(),
        [client("fjord"), client("harbour")]
    );
    let version = journal
        .append(&client("fjord"), Version(100), counting(1, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
}

#[tokio::test]
async fn a_record_that_is_gone_is_named() {
    let place = Place::filled().await;
    let db = sled::Config::new()
        .path(place.dir())
        .flush_every_ms(None)
        .open()
        .unwrap();
    let tree = db.open_tree("records").unwrap();
    let harbour = tree.scan_prefix(b"rclient/harbour\0").keys();
    let keys: Vec<_> = harbour.map(Result::unwrap).collect();
    tree.remove(&keys[41]).unwrap();
    drop((tree, db));
    let error = place
        .open()
        .read(&client("harbour"), Version(0))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "record 42 of client/harbour is damaged: it is missing"
    );
}

#[tokio::test]
async fn a_journal_that_has_lost_its_newest_part_does_not_open() {
    let place = Place::new();
    let journal = place.open();
    for n in 0..40 {
        journal
            .append(
                &StreamId::Engine,
                Version(n),
                vec![says(json!({"text": format!("number {n}.")}))],
            )
            .await
            .unwrap();
    }
    drop(journal);
    // sled takes this for the torn end of a crash, and what follows for not written.
    flip(&place.dir(), "number 20.");
    let refusal = place.refusal();
    let found = "the journal in /data/journal has ";
    let rest = refusal
        .strip_prefix(found)
        .unwrap_or_else(|| panic!("{refusal}"));
    let (recovered, rest) = rest.split_once(' ').unwrap();
    assert!(recovered.parse::<u64>().unwrap() <= 20, "{refusal}");
    assert_eq!(
        rest,
        "commits, but 40 were acknowledged: its newest part is lost; what came before is whole; restore a backup that \
         has it, or, to go on without what is lost, delete /data/journal/acknowledged"
    );
    assert_eq!(place.refusal(), refusal, "it opened the second time");

    fs::remove_file(place.dir().join("acknowledged")).unwrap();
    let left = whole(&place.open(), &StreamId::Engine).await;
    assert_eq!(left.len().to_string(), recovered);
}

#[tokio::test]
async fn a_damaged_snapshot_is_as_good_as_none() {
    let place = Place::filled().await;
    let journal = place.open();
    let snapshot = Snapshot {
        version: Version(9),
        schema: 1,
        body: json!("the state of harbour"),
    };
    journal
        .save_snapshot(&client("harbour"), snapshot)
        .await
        .unwrap();
    drop(journal);
    let db = sled::Config::new()
        .path(place.dir())
        .flush_every_ms(None)
        .open()
        .unwrap();
    let tree = db.open_tree("snapshots").unwrap();
    let (key, value) = tree.first().unwrap().unwrap();
    let mut bytes = value.to_vec();
    bytes[20] ^= 1;
    tree.insert(key, bytes).unwrap();
    drop((tree, db));
    let journal = place.open();
    assert_eq!(journal.snapshot(&client("harbour")).await, Ok(None));
    assert_eq!(whole(&journal, &client("harbour")).await.len(), 100);
}

#[tokio::test]
async fn no_value_ever_leaves_sleds_log_for_a_file_that_it_does_not_sync() {
    let place = Place::new();
    let journal = place.open();
    let body = json!("x".repeat(90_000));
    for n in 0..60 {
        journal
            .append(&StreamId::Engine, Version(n), vec![says(body.clone())])
            .await
            .unwrap();
        let snapshot = Snapshot {
            version: Version(n + 1),
            schema: 1,
            body: json!("s".repeat(usize::try_from(n).unwrap() * 20_000)),
        };
        journal
            .save_snapshot(&StreamId::Engine, snapshot)
            .await
            .unwrap();
    }
    journal.close().await;
    let blobs: Vec<_> = fs::read_dir(place.dir().join("blobs")).unwrap().collect();
    assert!(blobs.is_empty(), "{blobs:?}");
}

#[tokio::test]
async fn a_commit_beyond_the_limit_is_told() {
    let place = Place::new();
    let options = SledOptions {
        commit_alert_after: Duration::ZERO,
        ..place.options()
    };
    let journal = SledJournal::open(&place.dir(), options).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut version = Version(0);
    while place.told().is_empty() {
        assert!(Instant::now() < deadline, "the watchdog did not bark");
        version = journal
            .append(&StreamId::Engine, version, counting(1, 1))
            .await
            .unwrap();
    }
    assert!(matches!(place.told()[0], JournalTrouble::Slow { .. }));
}
