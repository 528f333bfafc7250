//! A commit that sled gave up in the middle: nobody was told that it stands, so it is as if it had never been tried.

use std::fs;
use std::path::Path;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, Version};
use clara_adapters::journal::{JournalTrouble, SledJournal};

use super::Place;
use super::damage::{behind_its_back, flip, log, mirror, places, tried};
use crate::support::{client, counting, whole};

/// How many commits sled has, by its own count.
fn commits(records: &sled::Tree) -> u64 {
    let count = records.get(b"c").unwrap().unwrap();
    u64::from_be_bytes(count[..].try_into().unwrap())
}

/// Leaves what a commit leaves that sled gave up: a stream's head without its record, another's record without its
/// head, the number. Returns the number.
fn debris(dir: &Path) -> u64 {
    let db = behind_its_back(dir);
    let records = db.open_tree("records").unwrap();
    let head = [&101_u64.to_be_bytes()[..], &[7; 32]].concat();
    records.insert(b"hclient/harbour", head).unwrap();
    let key = [b"rclient/fjord\0", &101_u64.to_be_bytes()[..], &[0, 0]].concat();
    records.insert(key, b"half of a record").unwrap();
    let commit = commits(&records) + 1;
    records.insert(b"c", &commit.to_be_bytes()).unwrap();
    db.flush().unwrap();
    commit
}

#[tokio::test]
async fn what_is_left_of_it_is_taken_for_nothing_and_every_stream_goes_on() {
    let place = Place::filled().await;
    let commit = debris(&place.dir());
    fs::write(place.dir().join("suspect"), "writing a batch: bit rot").unwrap();
    fs::write(place.dir().join("untaken"), commit.to_string()).unwrap();
    place.is_whole().await;
    let told = place.told();
    assert!(
        matches!(&told[..], [JournalTrouble::Repaired { .. }]),
        "{told:?}"
    );
    let journal = place.open();
    for name in ["fjord", "harbour"] {
        let version = journal
            .append(&client(name), Version(100), counting(100, 1))
            .await;
        assert_eq!(version, Ok(Version(101)), "{name}");
    }
    journal.close().await;
    drop(journal);
    assert_eq!(whole(&place.open(), &client("harbour")).await.len(), 101);
    assert_eq!(place.told().len(), 1, "{:?}", place.told());
}

#[tokio::test]
async fn where_nothing_of_it_got_in_nothing_is_mended_and_a_stray_piece_is_found() {
    let place = Place::filled().await;
    let note = place.dir().join("untaken");
    fs::write(&note, "5").unwrap();
    place.is_whole().await;
    assert!(place.told().is_empty() && !note.exists());

    let db = behind_its_back(&place.dir());
    let records = db.open_tree("records").unwrap();
    let key = [b"rclient/fjord\0", &101_u64.to_be_bytes()[..], &[0, 3]].concat();
    records.insert(key, b"the end of a longer one").unwrap();
    drop((records, db));
    fs::write(&note, "5").unwrap();
    let journal = place.open();
    let version = journal
        .append(&client("fjord"), Version(100), counting(100, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
    assert_eq!(whole(&journal, &client("fjord")).await.len(), 101);
    let told = place.told();
    assert!(
        matches!(&told[..], [JournalTrouble::Repaired { what, .. }] if what.ends_with("is there: client/fjord")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_note_about_a_commit_that_was_acknowledged_drops_nothing() {
    for mirror_lags in [false, true] {
        let place = Place::filled().await;
        let db = behind_its_back(&place.dir());
        let commit = commits(&db.open_tree("records").unwrap());
        drop(db);
        if mirror_lags {
            // It has lost the last commit, as after a loss of power.
            let bytes = fs::read(mirror(&place)).unwrap();
            let last = *places(&bytes, "CLm1").last().unwrap();
            fs::write(mirror(&place), &bytes[..last]).unwrap();
        }
        fs::write(place.dir().join("untaken"), commit.to_string()).unwrap();
        fs::write(place.dir().join("suspect"), "bit rot").unwrap();
        place.is_whole().await;
        assert_eq!(place.told().len(), 1, "{:?}", place.told());
    }
}

/// A journal with a rotten page that sled does not look at when it opens, where what is appended to `gull` has to go: the
/// end of a stream that is known to be damaged.
async fn with_a_rotten_page() -> (Place, SledJournal) {
    const SEGMENT: usize = 512 * 1024;
    for _ in 0..10 {
        let place = tried().await;
        let db = behind_its_back(&place.dir());
        let records = db.open_tree("records").unwrap();
        let known = [&9_u64.to_be_bytes()[..], b"damaged before"].concat();
        records.insert(b"xclient/fjord", known).unwrap();
        drop((records, db));
        let bytes = fs::read(log(&place)).unwrap();
        let segments = |text| places(&bytes, text).into_iter().map(|at| at / SEGMENT);
        let newest: Vec<_> = segments("damaged before").collect();
        let is_settled = segments("fjord number 99.").all(|segment| !newest.contains(&segment));
        flip(&log(&place), "fjord number 99.");
        if is_settled
            && let Ok(journal) = place.try_open()
            && matches!(place.told()[..], [JournalTrouble::Damaged { .. }])
        {
            return (place, journal);
        }
    }
    panic!("sled met it, each time");
}

#[tokio::test]
async fn a_commit_that_meets_a_rotten_page_is_noted_and_takes_no_stream_with_it() {
    let (place, journal) = with_a_rotten_page().await;
    let failure = journal
        .append(&client("gull"), Version(0), counting(0, 1))
        .await;
    assert!(
        matches!(failure, Err(AppendError::Failed { .. })),
        "{failure:?}"
    );
    assert!(place.dir().join("untaken").exists());
    drop(journal);

    let journal = place.open();
    let told = place.told();
    assert!(
        matches!(
            told[..],
            [
                JournalTrouble::Damaged { .. },
                JournalTrouble::Failed { .. },
                JournalTrouble::Repaired { .. }
            ]
        ),
        "{told:?}"
    );
    for name in ["fjord", "harbour"] {
        assert_eq!(whole(&journal, &client(name)).await.len(), 100, "{name}");
    }
    let version = journal
        .append(&client("gull"), Version(0), counting(0, 1))
        .await;
    assert_eq!(version, Ok(Version(1)));
    assert!(!place.dir().join("untaken").exists());
}
