//! What the journals' tests share: streams, records, and a look at a whole stream.

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, Record, RecordHash, StreamId, Version};
use clara_domain::ids::{ClientId, PersonId};
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The stream of a client.
pub(crate) fn client(name: &str) -> StreamId {
    StreamId::Client(ClientId::new(name).unwrap())
}

/// A record that says a thing.
pub(crate) fn says(body: Value) -> NewRecord {
    NewRecord {
        at: Timestamp::new(1_770_000_000, 123_456_789).unwrap(),
        by: Some(PersonRef {
            id: PersonId::new("7").unwrap(),
            name: "maya".to_owned(),
        }),
        schema: 1,
        body,
    }
}

/// Records that count from a number on.
pub(crate) fn counting(from: u64, count: u64) -> Vec<NewRecord> {
    (from..from + count)
        .map(|n| says(json!({ "n": n })))
        .collect()
}

/// All of a stream, with its chain checked here once more, by what the port promises.
pub(crate) async fn whole(journal: &impl Journal, stream: &StreamId) -> Vec<Record> {
    let records = journal.read(stream, Version(0)).await.unwrap();
    let mut previous = RecordHash::default();
    for (n, record) in (1..).zip(&records) {
        assert_eq!(record.version, Version(n), "{stream}");
        assert_eq!(record.previous, previous, "{stream} at {n}");
        previous = record.hash;
    }
    records
}

/// The bodies of all of a stream.
pub(crate) async fn bodies(journal: &impl Journal, stream: &StreamId) -> Vec<Value> {
    let records = whole(journal, stream).await;
    records.into_iter().map(|r| r.record.body).collect()
}
