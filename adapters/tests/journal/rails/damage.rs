//! Damage: bits that flip in sled's log, and records that are not what they were.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, ReadError, StreamId, Version};
use clara_adapters::archive::{Counts, Damage, Made, pack};
use clara_adapters::journal::JournalTrouble;
use serde_json::json;

use super::Place;
use crate::support::{client, counting, says, whole};

/// Every place in a file where some bytes stand.
pub(super) fn places(file: &[u8], needle: &str) -> Vec<usize> {
    let windows = file.windows(needle.len()).enumerate();
    windows
        .filter(|(_, w)| *w == needle.as_bytes())
        .map(|(at, _)| at)
        .collect()
}

/// Flips one bit in every copy of a text in a file.
pub(super) fn flip(file: &Path, needle: &str) {
    let mut bytes = fs::read(file).unwrap();
    let found = places(&bytes, needle);
    assert!(!found.is_empty(), "`{needle}` is not in {}", file.display());
    for at in found {
        bytes[at] ^= 0b100;
    }
    fs::write(file, bytes).unwrap();
}

/// sled's log.
pub(super) fn log(place: &Place) -> PathBuf {
    place.dir().join("db")
}

/// The mirror's first file.
pub(super) fn mirror(place: &Place) -> PathBuf {
    place.dir().join("mirror/00000001.log")
}

/// Takes the mirror away, as in a journal from before there was one.
fn forget_the_mirror(place: &Place) {
    fs::remove_dir_all(place.dir().join("mirror")).unwrap();
}

fn harbour(n: u64) -> String {
    format!("harbour number {n}.")
}

/// The number of a record that stands in the log once, and not in the segment that sled reads when it opens. Where sled
/// puts things is not the same at every run: there can be none.
fn settled(dir: &Path) -> Option<u64> {
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
    (20..80).find(is_settled)
}

/// Two streams of a hundred records each, most of them where sled does not look when it opens, and one of them that
/// stands in the log once.
async fn long() -> (Place, u64) {
    for _ in 0..10 {
        let place = tried().await;
        if let Some(n) = settled(&place.dir()) {
            return (place, n);
        }
    }
    panic!("every page was moved, each time");
}

pub(super) async fn tried() -> Place {
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
    place
}

#[tokio::test]
async fn a_flipped_bit_in_an_old_record_is_found_and_read_from_the_mirror_and_repaired_at_the_next_start()
 {
    let (place, n) = long().await;
    flip(&log(&place), &harbour(n));
    let journal = place.open();
    assert_eq!(whole(&journal, &client("harbour")).await.len(), 100);
    assert_eq!(whole(&journal, &client("fjord")).await.len(), 100);
    let told = place.told();
    assert!(
        matches!(&told[..], [JournalTrouble::ReadFromMirror { stream, .. }] if *stream == client("harbour")),
        "{told:?}"
    );
    drop(journal);
    let journal = place.open();
    assert!(
        matches!(&place.told()[1..], [JournalTrouble::Repaired { what, copy }]
            if what.starts_with("record ") && what.contains(" of client/harbour is damaged") && copy.is_dir()),
        "{:?}",
        place.told()
    );
    assert_eq!(whole(&journal, &client("harbour")).await.len(), 100);
    let version = journal
        .append(&client("harbour"), Version(100), counting(1, 1))
        .await;
    assert_eq!(version, Ok(Version(101)));
    drop(journal);
    assert_eq!(whole(&place.open(), &client("harbour")).await.len(), 101);
    assert_eq!(place.told().len(), 2, "{:?}", place.told());
}

#[tokio::test]
async fn a_record_that_is_damaged_everywhere_is_named_while_other_streams_are_read() {
    let (place, n) = long().await;
    flip(&log(&place), &harbour(n));
    flip(&mirror(&place), &harbour(n));
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

/// sled itself, once its last handle here has let go of the lock: one of sled's own threads can be the last to.
pub(super) fn behind_its_back(dir: &Path) -> sled::Db {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match sled::Config::new().path(dir).flush_every_ms(None).open() {
            Ok(db) => return db,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        std::thread::yield_now();
    }
}

/// Changes a record behind the journal's back, as damage that sled's own checksums do not see.
fn change(dir: &Path, needle: &str, change: impl Fn(&mut Vec<u8>, usize)) {
    let db = behind_its_back(dir);
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
    forget_the_mirror(&place);
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
    forget_the_mirror(&place);
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
    drop(journal);

    // At the next openings there is a mirror, which does not have it either.
    for _ in 0..2 {
        let journal = place.open();
        let told = place.told();
        assert!(
            matches!(told.last(), Some(JournalTrouble::Damaged { stream, version: Version(100), .. }) if *stream == client("harbour"))
                || matches!(told.last(), Some(JournalTrouble::Repaired { .. })),
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
        assert_eq!(whole(&journal, &client("fjord")).await.len(), 101);
    }
}

#[tokio::test]
async fn a_record_that_is_gone_is_named() {
    let place = Place::filled().await;
    forget_the_mirror(&place);
    let db = behind_its_back(&place.dir());
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
async fn what_comes_before_the_damage_of_a_stream_is_read_and_backed_up() {
    let place = Place::filled().await;
    let db = behind_its_back(&place.dir());
    let tree = db.open_tree("records").unwrap();
    let lost = [&61_u64.to_be_bytes()[..], b"it is missing"].concat();
    tree.insert(b"xclient/harbour", lost).unwrap();
    // The mirror has this one.
    let key = [b"rclient/harbour\0", &30_u64.to_be_bytes()[..], &[0, 0]].concat();
    assert!(tree.remove(key).unwrap().is_some());
    drop((tree, db));
    let journal = place.open();
    let stream = client("harbour");
    let read = |after, most| journal.read_some(&stream, Version(after), most);
    assert_eq!(read(0, 20).await.unwrap().len(), 20);
    assert_eq!(read(20, 40).await.unwrap().len(), 40);
    for (after, most) in [(0, 61), (60, 1), (60, 200), (80, 5)] {
        let error = read(after, most).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "record 61 of client/harbour is damaged: it is missing"
        );
    }
    let made = Made {
        at: "2026-03-02T13:00:00Z".parse().unwrap(),
        clara: "0.1.0".to_owned(),
    };
    let counts = pack(&journal, &made, Damage::LeaveOut, &mut Vec::new()).await;
    let expected = Counts {
        streams: 2,
        records: 160,
        damaged: 1,
    };
    assert_eq!(counts.unwrap(), expected);
}

/// Forty commits of the engine's stream, the twentieth damaged: sled takes that for the torn end of a crash, and what
/// follows for not written.
async fn cut_short() -> Place {
    let place = Place::new();
    let journal = place.open();
    for n in 0..40 {
        let record = says(json!({"text": format!("number {n}.")}));
        journal
            .append(&StreamId::Engine, Version(n), vec![record])
            .await
            .unwrap();
    }
    drop(journal);
    flip(&log(&place), "number 20.");
    place
}

#[tokio::test]
async fn what_sled_forgets_without_a_word_comes_back_from_the_mirror() {
    let place = cut_short().await;
    let journal = place.open();
    assert_eq!(whole(&journal, &StreamId::Engine).await.len(), 40);
    let told = place.told();
    assert!(
        matches!(&told[..], [JournalTrouble::Repaired { what, .. }] if what.ends_with(" of 40 commits left")),
        "{told:?}"
    );
    let version = journal
        .append(&StreamId::Engine, Version(40), counting(1, 1))
        .await;
    assert_eq!(version, Ok(Version(41)));
    drop(journal);
    assert_eq!(whole(&place.open(), &StreamId::Engine).await.len(), 41);
    assert_eq!(place.copies().len(), 1);
}

#[tokio::test]
async fn a_journal_that_has_lost_its_newest_part_and_its_mirror_does_not_open() {
    let place = cut_short().await;
    forget_the_mirror(&place);
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
async fn where_nobody_can_tell_which_streams_are_short_it_does_not_open() {
    let place = cut_short().await;
    flip(&mirror(&place), "number 30.");
    let refusal = place.refusal();
    assert!(
        refusal.contains(
            " of 40 commits left), and part of its mirror is not readable either, so that nobody can tell which streams \
             have lost records; the files as they were are safe in /data/journal.damaged-"
        ) && refusal.ends_with(
            "; restore a backup, or, to go on with what is left, delete /data/journal/acknowledged"
        ),
        "{refusal}"
    );
    assert_eq!(
        place.refusal(),
        refusal,
        "the second time it was something else"
    );
    assert_eq!(place.copies().len(), 1, "every start makes a copy");
    fs::remove_file(place.dir().join("acknowledged")).unwrap();
    let journal = place.open();
    let error = journal
        .read(&StreamId::Engine, Version(0))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "record 31 of engine is damaged: it is missing"
    );
}
