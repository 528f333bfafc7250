//! The mirror by itself: what is gone or rotten of it is noticed while sled has everything.

use std::fs;
use std::path::{Path, PathBuf};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_adapters::journal::JournalTrouble;
use serde_json::json;

use super::Place;
use super::damage::{flip, mirror};
use crate::support::{client, counting, says, whole};

/// A journal whose mirror has two files.
async fn large() -> Place {
    let place = Place::new();
    let journal = place.open();
    for n in 0..12 {
        let text = |k: u64| format!("number {}. {}", n * 10 + k, "x".repeat(90_000));
        let records = (0..10).map(|k| says(json!(text(k)))).collect();
        journal
            .append(&StreamId::Engine, Version(n * 10), records)
            .await
            .unwrap();
    }
    journal.close().await;
    assert!(place.dir().join("mirror/00000002.log").exists());
    place
}

/// The mirrors that were replaced.
fn replaced(dir: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let is_replaced = |path: &PathBuf| path.to_string_lossy().contains("/mirror.");
    names.filter(is_replaced).collect()
}

/// It opens with all its records, tells of the flaw once, keeps what was there, and has a whole mirror.
async fn is_made_anew(place: &Place, flaw: &str) {
    let journal = place.open();
    let told = place.told();
    let [JournalTrouble::Repaired { what, copy }] = &told[..] else {
        panic!("{flaw}: {told:?}");
    };
    assert_eq!(*what, format!("its second copy was not whole: {flaw}"));
    assert_eq!(replaced(&place.dir()), *std::slice::from_ref(copy));
    assert_eq!(journal.check_mirror().await, Ok(Vec::new()));
    drop(journal);
    assert_eq!(whole(&place.open(), &StreamId::Engine).await.len(), 120);
    assert_eq!(place.told().len(), 1, "{:?}", place.told());
}

#[tokio::test]
async fn a_file_of_it_that_is_gone_or_cut_short_is_noticed_at_the_next_start() {
    let gone: fn(&Place) = |place| fs::remove_file(mirror(place)).unwrap();
    let short: fn(&Place) = |place| {
        let file = fs::OpenOptions::new().write(true).open(mirror(place));
        file.unwrap().set_len(100_000).unwrap();
    };
    for damage in [gone, short] {
        let place = large().await;
        damage(&place);
        is_made_anew(&place, "one of its files is gone or cut short").await;
    }
}

#[tokio::test]
async fn a_newest_file_that_is_not_readable_is_told() {
    let place = large().await;
    flip(&place.dir().join("mirror/00000002.log"), "number 105.");
    is_made_anew(&place, "part of it is not readable").await;
}

#[tokio::test]
async fn rot_in_a_settled_file_is_found_where_all_of_it_is_read() {
    let place = large().await;
    flip(&mirror(&place), "number 12.");
    let journal = place.open();
    assert_eq!(whole(&journal, &StreamId::Engine).await.len(), 120);
    let lacks = journal.check_mirror().await.unwrap();
    // The commit in which it was written has one checksum.
    assert_eq!(lacks, ["record 11 of engine: it is missing"]);
    assert_eq!(place.told(), []);
}

#[tokio::test]
async fn a_renewal_that_was_cut_short_is_finished_or_undone() {
    let place = Place::filled().await;
    let (now, old) = (place.dir().join("mirror"), place.dir().join("mirror.old"));
    fs::rename(&now, &old).unwrap();
    fs::create_dir(place.dir().join("mirror.new")).unwrap();
    place.is_whole().await;
    assert!(now.exists() && replaced(&place.dir()).is_empty());

    fs::create_dir(&old).unwrap();
    place.is_whole().await;
    assert_eq!(replaced(&place.dir()).len(), 1);
    assert_eq!(place.told(), []);

    // The next file had been made, and nothing was in it yet.
    fs::write(now.join("00000002.log"), "").unwrap();
    place.is_whole().await;
    let journal = place.open();
    let version = journal
        .append(&client("fjord"), Version(100), counting(100, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
    assert_eq!(place.told(), []);
}
