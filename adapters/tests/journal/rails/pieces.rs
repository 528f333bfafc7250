//! Values are cut into pieces, and not every version of Clara cuts them alike.

use std::collections::BTreeMap;
use std::path::Path;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{Snapshot, StreamId, Version};
use serde_json::{Value, json};

use super::Place;
use super::damage::behind_its_back;
use crate::support::{bodies, says};

/// The pieces of each record and snapshot, by what their keys have in common.
type Values = BTreeMap<Vec<u8>, Vec<sled::IVec>>;

/// The values of a tree, in pieces.
fn values(tree: &sled::Tree, kind: u8) -> Values {
    let mut values = Values::new();
    for entry in tree.scan_prefix([kind]) {
        let (key, piece) = entry.unwrap();
        let (of, _number) = key.split_last_chunk::<2>().unwrap();
        values.entry(of.to_vec()).or_default().push(piece);
    }
    values
}

/// Cuts every value of a tree anew. Says how many pieces its longest value had.
fn cut(tree: &sled::Tree, kind: u8, size: usize) -> usize {
    let values = values(tree, kind);
    for (of, pieces) in &values {
        let key = |number: usize| [of, &u16::try_from(number).unwrap().to_be_bytes()[..]].concat();
        for number in 0..pieces.len() {
            tree.remove(key(number)).unwrap();
        }
        for (number, piece) in pieces.concat().chunks(size).enumerate() {
            tree.insert(key(number), piece).unwrap();
        }
    }
    values.values().map(Vec::len).max().unwrap()
}

/// Cuts everything in a journal as another version would have.
fn cut_anew(dir: &Path, size: usize) {
    let db = behind_its_back(dir);
    let records = db.open_tree("records").unwrap();
    let snapshots = db.open_tree("snapshots").unwrap();
    assert!(cut(&records, b'r', size) > 10);
    assert!(cut(&snapshots, b's', size) > 10);
    db.flush().unwrap();
}

fn snapshot(version: Version, length: usize) -> Snapshot {
    Snapshot {
        version,
        schema: 1,
        body: (0..length)
            .map(|n| char::from(b'a' + (n % 23) as u8))
            .collect(),
    }
}

#[tokio::test]
async fn values_in_pieces_of_any_size_are_read_and_written_over() {
    let stream = StreamId::Engine;
    for size in [4096, 300] {
        let place = Place::new();
        let wanted: Vec<Value> = (0..20).map(|n| json!("x".repeat(n * 1_500))).collect();
        let journal = place.open();
        let records = wanted.iter().cloned().map(says).collect();
        let version = journal.append(&stream, Version(0), records).await.unwrap();
        let long = snapshot(version, 50_000);
        journal.save_snapshot(&stream, long.clone()).await.unwrap();
        journal.close().await;
        drop(journal);

        cut_anew(&place.dir(), size);

        let journal = place.open();
        assert_eq!(bodies(&journal, &stream).await, wanted, "{size}");
        assert_eq!(journal.snapshot(&stream).await.unwrap(), Some(long));
        let short = snapshot(version, 2_000);
        journal.save_snapshot(&stream, short.clone()).await.unwrap();
        assert_eq!(journal.snapshot(&stream).await.unwrap(), Some(short));
        journal.close().await;
        assert_eq!(place.told(), [], "{size}");
    }
}
