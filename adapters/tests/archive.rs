//! Backups and audit trails: what was packed reads back the same, and nothing that was altered or cut passes.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{
    AppendError, NewRecord, ReadError, Record, Snapshot, StreamId, Version,
};
use clara_adapters::archive::trail::{self, Head, Line, TrailFlaw, TrailReader};
use clara_adapters::archive::{Counts, Damage, Flaw, Item, Made, PackError, Reader, pack};
use clara_adapters::journal::{MemoryJournal, SledJournal, SledOptions};
use clara_domain::ids::{ClientId, PersonId};
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde_json::json;

fn client(name: &str) -> StreamId {
    StreamId::Client(ClientId::new(name).unwrap())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn made() -> Made {
    Made {
        at: at(0),
        clara: "0.1.0".to_owned(),
    }
}

fn new_record(number: i64) -> NewRecord {
    let somebody = PersonRef {
        id: PersonId::new("7").unwrap(),
        name: "mäya \"the\" first".to_owned(),
    };
    NewRecord {
        at: at(number),
        by: Some(somebody).filter(|_| number % 2 == 0),
        schema: 1,
        body: json!({"type": "paused", "by": null, "reason": format!("number {number}\n\u{1f600}")}),
    }
}

async fn fill(journal: &dyn Journal, stream: &StreamId, records: i64) {
    let records = (1..=records).map(new_record).collect();
    journal.append(stream, Version(0), records).await.unwrap();
}

async fn packed(journal: &dyn Journal) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(journal, &made(), Damage::Refuse, &mut bytes)
        .await
        .unwrap();
    bytes
}

async fn small_backup() -> Vec<u8> {
    let journal = MemoryJournal::new();
    fill(&journal, &client("a"), 2).await;
    fill(&journal, &client("b"), 1).await;
    packed(&journal).await
}

fn check(bytes: &[u8]) -> Result<(Made, Counts), Flaw> {
    Reader::open(bytes)?.check()
}

#[tokio::test]
async fn every_record_of_a_journal_on_disk_reads_back_with_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(dir.path(), SledOptions::default()).unwrap();
    let streams = [StreamId::Engine, client("a"), client("b")];
    // More than two pages, exactly one page, and a few.
    for (stream, records) in streams.iter().zip([450, 200, 3]) {
        fill(&journal, stream, records).await;
    }
    let bytes = packed(&journal).await;

    let mut reader = Reader::open(bytes.as_slice()).unwrap();
    assert_eq!(*reader.made(), made());
    let mut found: Vec<(StreamId, Vec<Record>)> = Vec::new();
    while let Some(item) = reader.next().unwrap() {
        match item {
            Item::Stream(stream) => found.push((stream, Vec::new())),
            Item::Record(record) => found.last_mut().unwrap().1.push(*record),
            Item::End { version, hash, .. } => {
                let last = found.last().unwrap().1.last().unwrap();
                assert_eq!((version, hash), (last.version, last.hash));
            }
        }
    }
    let counts = reader.counts();
    assert_eq!(
        (counts.streams, counts.records, counts.damaged),
        (3, 653, 0)
    );
    for (stream, records) in found {
        assert_eq!(journal.read(&stream, Version(0)).await.unwrap(), records);
    }
}

#[tokio::test]
async fn both_journals_can_be_read_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let on_disk = SledJournal::open(dir.path(), SledOptions::default()).unwrap();
    let in_memory = MemoryJournal::new();
    let journals: [&dyn Journal; 2] = [&on_disk, &in_memory];
    for journal in journals {
        let stream = client("a");
        fill(journal, &stream, 7).await;
        let all = journal.read(&stream, Version(0)).await.unwrap();
        for (after, most) in [(0, 3), (3, 3), (6, 3), (7, 3), (0, 7), (0, 100), (2, 0)] {
            let some = journal.read_some(&stream, Version(after), most).await;
            let expected: Vec<Record> = all
                .iter()
                .skip(after as usize)
                .take(most)
                .cloned()
                .collect();
            assert_eq!(some.unwrap(), expected, "{most} after {after}");
        }
    }
}

/// A journal whose stream `a` has a damaged third record.
struct Damaged(MemoryJournal);

#[async_trait::async_trait]
impl Journal for Damaged {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        self.0.append(stream, expected, records).await
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        self.read_some(stream, after, usize::MAX).await
    }

    async fn read_some(
        &self,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Record>, ReadError> {
        if *stream == client("a") && most as u64 > 2_u64.saturating_sub(after.0) {
            return Err(ReadError::Corrupt {
                stream: stream.clone(),
                version: Version(3),
                what: "a flipped bit".to_owned(),
            });
        }
        self.0.read_some(stream, after, most).await
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        self.0.streams().await
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        self.0.snapshot(stream).await
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        self.0.save_snapshot(stream, snapshot).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[tokio::test]
async fn a_damaged_stream_stops_a_backup_unless_its_end_may_be_left_out() {
    let journal = Damaged(MemoryJournal::new());
    fill(&journal, &client("a"), 4).await;
    fill(&journal, &client("b"), 5).await;
    let mut bytes = Vec::new();
    let refused = pack(&journal, &made(), Damage::Refuse, &mut bytes).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "record 3 of client/a is damaged: a flipped bit"
    );
    assert!(check(&bytes).is_err(), "what there is of it is no backup");

    let mut bytes = Vec::new();
    let counts = pack(&journal, &made(), Damage::LeaveOut, &mut bytes)
        .await
        .unwrap();
    assert_eq!((counts.streams, counts.records, counts.damaged), (2, 7, 1));
    assert_eq!(check(&bytes), Ok((made(), counts)));
    let mut reader = Reader::open(bytes.as_slice()).unwrap();
    let mut ends = Vec::new();
    while let Some(item) = reader.next().unwrap() {
        if let Item::End {
            version, damage, ..
        } = item
        {
            ends.push((version.0, damage));
        }
    }
    let damage = "record 3 is damaged: a flipped bit".to_owned();
    assert_eq!(ends, [(2, Some(damage)), (5, None)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_appends_has_a_prefix_of_every_stream() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Arc::new(SledJournal::open(dir.path(), SledOptions::default()).unwrap());
    let streams = [client("a"), client("b")];
    for stream in &streams {
        fill(&*journal, stream, 250).await;
    }
    let writing = tokio::spawn({
        let (journal, streams) = (Arc::clone(&journal), streams.clone());
        async move {
            for version in 250..400 {
                for stream in &streams {
                    let record = vec![new_record(version)];
                    journal
                        .append(stream, Version(version as u64), record)
                        .await
                        .unwrap();
                }
            }
        }
    });
    let mut sizes = Vec::new();
    while !writing.is_finished() {
        let bytes = packed(&*journal).await;
        sizes.push(check(&bytes).unwrap().1.records);
    }
    writing.await.unwrap();
    assert!(
        sizes.iter().all(|records| (500..=800).contains(records)),
        "{sizes:?}"
    );
    assert!(sizes.is_sorted(), "{sizes:?}");
    assert_eq!(check(&packed(&*journal).await).unwrap().1.records, 800);
}

#[tokio::test]
async fn an_empty_journal_is_a_backup_too() {
    let bytes = packed(&MemoryJournal::new()).await;
    assert_eq!(check(&bytes).unwrap(), (made(), Counts::default()));
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_refused_with_words() {
    let bytes = small_backup().await;
    for place in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[place / 8] ^= 1 << (place % 8);
        let flaw = check(&altered).expect_err(&format!("bit {place} can be flipped"));
        match flaw {
            Flaw::NotABackup => assert!(place < 64),
            Flaw::Altered { at, .. } | Flaw::CutOff { begun: at, .. } => {
                assert!(
                    at as usize <= place / 8,
                    "{flaw}, though bit {place} was flipped"
                );
            }
            Flaw::Newer { .. } | Flaw::Longer { .. } | Flaw::Unreadable { .. } => {
                panic!("bit {place}: {flaw}")
            }
        }
    }
}

#[tokio::test]
async fn a_cut_anywhere_is_refused_with_words() {
    let bytes = small_backup().await;
    for length in 0..bytes.len() {
        let flaw = check(&bytes[..length]).expect_err(&format!("a cut at {length} passes"));
        match flaw {
            Flaw::NotABackup => assert_eq!(length, 0),
            Flaw::CutOff { at, .. } => assert_eq!(at as usize, length),
            other => panic!("cut at {length}: {other}"),
        }
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    let at = bytes.len() as u64;
    assert_eq!(check(&longer), Err(Flaw::Longer { at }));
}

#[tokio::test]
async fn frames_that_change_places_go_missing_or_come_twice_are_found() {
    let bytes = small_backup().await;
    let frames = frames(&bytes);
    let names: Vec<char> = frames.iter().map(|frame| frame[4] as char).collect();
    assert_eq!(names, ['m', 's', 'r', 'r', 'e', 's', 'r', 'e', 'z']);
    let joined = |order: &[usize]| {
        let parts = order.iter().flat_map(|place| frames[*place].to_vec());
        bytes[..14]
            .iter()
            .copied()
            .chain(parts)
            .collect::<Vec<u8>>()
    };
    assert_eq!(joined(&[0, 1, 2, 3, 4, 5, 6, 7, 8]), bytes);
    for order in [
        &[0, 1, 3, 2, 4, 5, 6, 7, 8][..],
        &[0, 1, 2, 4, 5, 6, 7, 8],
        &[0, 1, 2, 2, 3, 4, 5, 6, 7, 8],
        &[0, 5, 6, 7, 1, 2, 3, 4, 8],
        &[0, 1, 2, 3, 4, 8],
        &[0, 1, 2, 3, 4, 1, 2, 3, 4, 8],
        &[0, 1, 2, 3, 5, 6, 7, 8],
        &[0, 1, 2, 3, 4, 2, 3, 5, 6, 7, 8],
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 8],
    ] {
        let flaw = check(&joined(order)).expect_err(&format!("{order:?} passes"));
        assert!(matches!(flaw, Flaw::Altered { .. }), "{order:?}: {flaw}");
    }
}

fn frames(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = &bytes[14..];
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize + 9;
        frames.push(&rest[..length]);
        rest = &rest[length..];
    }
    frames
}

#[tokio::test]
async fn what_is_wrong_with_a_backup_reads_so() {
    let bytes = small_backup().await;
    let mut newer = bytes.clone();
    newer[9] = 2;
    let sum = crc32fast::hash(&newer[..10]);
    newer[10..14].copy_from_slice(&sum.to_be_bytes());
    let mut altered = bytes.clone();
    altered[200] ^= 1;
    let texts: Vec<String> = [
        newer,
        altered,
        bytes[..300].to_vec(),
        b"PK\x03\x04".to_vec(),
    ]
    .iter()
    .map(|bytes| check(bytes).unwrap_err().to_string())
    .collect();
    assert_eq!(
        texts,
        [
            "its format is 2, and this Clara reads format 1: a newer Clara made it",
            "it was altered at or after byte 98: its checksum does not match",
            "it was cut off: it ends at byte 300, and what begins at byte 98 is not all there",
            "it does not begin as a backup of Clara's does",
        ]
    );
}

async fn a_trail() -> String {
    a_trail_of(4).await
}

async fn a_trail_of(records: i64) -> String {
    let journal = MemoryJournal::new();
    fill(&journal, &client("a"), records).await;
    let mut bytes = Vec::new();
    trail::write(&journal, &trail_head("a"), &mut bytes)
        .await
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

fn trail_head(name: &str) -> Head {
    Head::new(ClientId::new(name).unwrap(), at(9), "0.1.0")
}

fn audit(bytes: &[u8]) -> Result<u64, TrailFlaw> {
    let mut reader = TrailReader::open(bytes)?;
    loop {
        if let Line::Close(close) = reader.next()? {
            return Ok(close.version.0);
        }
    }
}

/// The line that a flaw names.
fn line_of(flaw: &TrailFlaw) -> u64 {
    match flaw {
        TrailFlaw::NotATrail { .. } | TrailFlaw::Newer { .. } => 1,
        TrailFlaw::Altered { line, .. } => *line,
        TrailFlaw::CutOff { after } | TrailFlaw::Unreadable { after, .. } => after + 1,
    }
}

#[tokio::test]
async fn a_trail_is_one_line_a_record_and_reads_back() {
    let text = a_trail().await;
    assert_eq!(text.lines().count(), 6);
    assert_eq!(audit(text.as_bytes()), Ok(4));
    insta_lines(&text);
}

/// The form of a trail is read by others for years: it does not change by accident.
fn insta_lines(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"trail":"clara audit trail","format":1,"client":"a","exported_at":"2027-01-15T08:00:09Z","clara":"0.1.0"}"#
    );
    let zeros = "0".repeat(64);
    let head = r#"{"version":1,"at":"2027-01-15T08:00:01Z","by":null,"schema":1,"body":{"by":null,"reason":"number 1\n😀","type":"paused"},"previous":""#;
    assert!(
        lines[1].starts_with(&format!(r#"{head}{zeros}","hash":""#)),
        "{}",
        lines[1]
    );
    assert!(
        lines[5].starts_with(r#"{"records":4,"last":""#),
        "{}",
        lines[5]
    );
}

#[tokio::test]
async fn a_flipped_bit_or_a_cut_anywhere_in_a_trail_is_found_and_its_line_is_named() {
    let text = a_trail_of(2).await;
    let line_at = |byte: usize| {
        1 + text.as_bytes()[..byte]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
    };
    for place in 0..text.len() * 8 {
        let mut altered = text.clone().into_bytes();
        altered[place / 8] ^= 1 << (place % 8);
        let flaw = audit(&altered).expect_err(&format!("bit {place} can be flipped"));
        // The client's name in line 1 is part of every hash: the first record that has it tells. The digest in the
        // last line is all that vouches for the rest of line 1, and it may be either.
        let (line, told) = (line_at(place / 8) as u64, line_of(&flaw));
        let is_either = [(1, 2), (4, 1)].contains(&(line, told));
        assert!(told == line || is_either, "bit {place}: {flaw}");
    }
    for length in 0..text.len() {
        let flaw = audit(&text.as_bytes()[..length]).expect_err(&format!("a cut at {length}"));
        assert_eq!(
            line_of(&flaw) as usize,
            line_at(length),
            "a cut at {length}: {flaw}"
        );
    }
}

#[tokio::test]
async fn lines_that_are_removed_repeated_or_moved_are_found() {
    let text = a_trail().await;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let orders: [(&[usize], u64); 7] = [
        (&[0, 2, 3, 4, 5], 2),
        (&[0, 1, 3, 4, 5], 3),
        (&[0, 1, 2, 3, 5], 5),
        (&[0, 1, 2, 2, 3, 4, 5], 4),
        (&[0, 1, 3, 2, 4, 5], 3),
        (&[0, 1, 2, 3, 4, 5, 5], 7),
        (&[1, 2, 3, 4, 5], 1),
    ];
    for (order, line) in orders {
        let bytes: String = order.iter().map(|place| lines[*place]).collect();
        let flaw = audit(bytes.as_bytes()).expect_err(&format!("{order:?} passes"));
        assert_eq!(line_of(&flaw), line, "{order:?}: {flaw}");
    }
}

#[tokio::test]
async fn the_trail_of_one_client_does_not_pass_for_anothers() {
    let text = a_trail()
        .await
        .replace(r#""client":"a""#, r#""client":"b""#);
    let flaw = audit(text.as_bytes()).unwrap_err();
    assert_eq!(
        flaw.to_string(),
        "line 2 is not the one that was written there: record 1 of client/b: what it says is not what its hash was made of; or line 1 names another client than it did"
    );
}

#[tokio::test]
async fn a_client_of_whom_nothing_is_known_has_no_trail() {
    let mut bytes = Vec::new();
    let nobody = trail::write(&MemoryJournal::new(), &trail_head("a"), &mut bytes).await;
    assert!(matches!(nobody, Err(PackError::Nothing { .. })));
    assert!(bytes.is_empty());
}
