//! Damage in what is only a cache: it costs time, and never a record or a start.

use std::fs;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, Snapshot, Version};
use clara_adapters::journal::{JournalTrouble, SledJournal};
use serde_json::json;

use super::Place;
use super::damage::{behind_its_back, flip, log, places};
use crate::support::{client, counting, says, whole};

const STATE: &str = "the state of harbour";

fn state(version: u64) -> Snapshot {
    Snapshot {
        version: Version(version),
        schema: 1,
        body: STATE.to_owned(),
    }
}

#[tokio::test]
async fn a_damaged_snapshot_is_as_good_as_none() {
    let place = Place::filled().await;
    let journal = place.open();
    journal
        .save_snapshot(&client("harbour"), state(9))
        .await
        .unwrap();
    drop(journal);
    let db = behind_its_back(&place.dir());
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

/// A journal with a snapshot that stands on a rotten page, which sled has not met when it is opened.
async fn with_a_rotten_snapshot() -> (Place, SledJournal) {
    for _ in 0..10 {
        let (place, is_settled) = with_a_snapshot().await;
        flip(&log(&place), STATE);
        if is_settled
            && let Ok(journal) = place.try_open()
            && place.told().is_empty()
        {
            return (place, journal);
        }
    }
    panic!("sled met it, each time");
}

/// A journal with a snapshot, and whether it stands there: where sled puts things is not the same at every run.
async fn with_a_snapshot() -> (Place, bool) {
    const SEGMENT: usize = 512 * 1024;
    let place = Place::filled().await;
    let journal = place.open();
    journal
        .save_snapshot(&client("harbour"), state(9))
        .await
        .unwrap();
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
    let newest = vec![says(json!("the newest."))];
    journal
        .append(&client("last"), Version(0), newest)
        .await
        .unwrap();
    drop(journal);
    let bytes = fs::read(log(&place)).unwrap();
    let of_newest = places(&bytes, "the newest.")[0] / SEGMENT;
    let of_state = places(&bytes, STATE);
    assert!(!of_state.is_empty());
    let is_settled = of_state.iter().all(|at| at / SEGMENT != of_newest);
    (place, is_settled)
}

#[tokio::test]
async fn a_rotten_page_of_the_snapshots_ends_nothing_and_is_gone_after_the_next_start() {
    let (place, journal) = with_a_rotten_snapshot().await;
    assert_eq!(journal.snapshot(&client("harbour")).await, Ok(None));
    let refusal = journal.save_snapshot(&client("harbour"), state(100)).await;
    assert!(
        matches!(&refusal, Err(AppendError::Refused { reason }) if reason.starts_with("reading the snapshot before: ")),
        "{refusal:?}"
    );
    let version = journal
        .append(&client("harbour"), Version(100), counting(100, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
    assert_eq!(place.told(), []);
    journal.close().await;
    drop(journal);

    let journal = place.open();
    assert!(
        matches!(&place.told()[..], [JournalTrouble::Repaired { what, .. }] if what.starts_with("reading the snapshot")),
        "{:?}",
        place.told()
    );
    assert_eq!(whole(&journal, &client("harbour")).await.len(), 101);
    let saved = journal.save_snapshot(&client("harbour"), state(101)).await;
    assert_eq!(saved, Ok(()));
    let snapshot = journal.snapshot(&client("harbour")).await;
    assert_eq!(snapshot, Ok(Some(state(101))));
}
