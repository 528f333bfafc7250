//! The rails around sled: what a kill leaves behind, a second process, trouble that people must know of.

mod damage;
mod pieces;
mod second_copy;
mod snapshots;
mod untaken;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{Snapshot, StreamId, Version};
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
async fn a_damaged_or_truncated_snapshot_of_sled_is_copied_and_done_without() {
    let damages: [fn(Vec<u8>) -> Vec<u8>; 5] = [
        |_| Vec::new(),
        |_| b"garbage".to_vec(),
        |_| vec![0xff; 4096],
        |whole| whole[..whole.len() / 2].to_vec(),
        |whole| whole[..whole.len() - 1].to_vec(),
    ];
    for damage in damages {
        let place = Place::filled().await;
        let snapshots = place.sled_snapshots();
        assert!(!snapshots.is_empty());
        let damage = |path| damage(fs::read(path).unwrap());
        let damages: Vec<_> = snapshots.iter().map(damage).collect();
        for (snapshot, damage) in snapshots.iter().zip(&damages) {
            fs::write(snapshot, damage).unwrap();
        }
        place.is_whole().await;
        let [copy] = &place.copies()[..] else {
            panic!("{:?}", place.copies());
        };
        let name = snapshots[0].file_name().unwrap();
        assert_eq!(
            fs::read(copy.join(name)).unwrap(),
            damages[0],
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
async fn a_journal_that_was_never_finished_being_made_is_made_anew() {
    let place = Place::new();
    fs::create_dir_all(place.dir().join("mirror")).unwrap();
    for name in [
        "unborn",
        "db",
        "conf",
        "mirror/00000001.log",
        "snap.00000000000000FF",
    ] {
        fs::write(place.dir().join(name), "half of i").unwrap();
    }
    let journal = place.open();
    let version = journal
        .append(&client("fjord"), Version(0), counting(0, 3))
        .await;
    assert_eq!(version, Ok(Version(3)));
    drop(journal);
    assert!(!place.dir().join("unborn").exists());
    assert_eq!(whole(&place.open(), &client("fjord")).await.len(), 3);
    assert_eq!(place.copies(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_repair_that_was_cut_short_is_finished_or_forgotten() {
    let place = Place::filled().await;
    let fresh = place.dir().join("rebuilt");
    fs::create_dir(&fresh).unwrap();
    fs::write(fresh.join("db"), "half of it").unwrap();
    place.is_whole().await;
    assert!(!fresh.exists());

    // Whole, and one of its files has already taken its place.
    fs::create_dir(&fresh).unwrap();
    for name in ["db", "conf", "mirror"] {
        fs::rename(place.dir().join(name), fresh.join(name)).unwrap();
    }
    fs::write(fresh.join("whole"), "").unwrap();
    fs::rename(fresh.join("conf"), place.dir().join("conf")).unwrap();
    fs::write(place.dir().join("db"), "the old one").unwrap();
    place.is_whole().await;
    assert!(!fresh.exists());
    assert_eq!(place.copies(), Vec::<PathBuf>::new());
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
        "the journal in /data/journal cannot be written (Permission denied (os error 13)); nothing was touched; make \
         it writable for the user who runs Clara, on a file system that is not mounted read-only"
    );
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
            body: "s".repeat(usize::try_from(n).unwrap() * 20_000),
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
