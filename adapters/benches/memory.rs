//! Whether the journal's memory stays within its bound while it grows far beyond it.
//!
//! `cargo bench -p clara-adapters --bench memory [-- RECORDS]`. Appends so many records of 2 KB to 200 streams, with the
//! cache that a running Clara has, and tells after each tenth how much has been written and how much memory the process holds.

#[path = "support/held.rs"]
mod held;

use std::io::Write;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, StreamId, Version};
use clara_adapters::journal::{SledJournal, SledOptions};
use jiff::Timestamp;
use serde_json::json;

const STREAMS: usize = 200;
/// Records of one append.
const AT_ONCE: usize = 8;

fn main() {
    let records = std::env::args().find_map(|given| given.parse().ok());
    let records: usize = records.unwrap_or(60_000);
    let dir = tempfile::tempdir().expect("a directory");
    let journal = dir.path().join("journal");
    let journal = SledJournal::open(&journal, SledOptions::default()).expect("it opens");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut out = std::io::stdout();
    let record = NewRecord {
        at: Timestamp::UNIX_EPOCH,
        by: None,
        schema: 1,
        body: json!({ "type": "paused", "by": null, "reason": "x".repeat(1900) }),
    };
    for tenth in 0..=10 {
        let written = records * tenth / 10;
        if tenth > 0 {
            let before = records * (tenth - 1) / 10;
            runtime.block_on(append(&journal, &record, before, written));
        }
        writeln!(
            out,
            "{:>4} MB written: {:>4} MB held",
            written / 500,
            held::kilobytes("VmRSS") / 1024
        )
        .expect("somewhere to say it");
    }
    runtime.block_on(journal.close());
}

/// Appends the records of a stretch, in turn to each stream.
async fn append(journal: &SledJournal, record: &NewRecord, from: usize, to: usize) {
    for batch in from / AT_ONCE..to / AT_ONCE {
        let id = format!("client/client-{}", batch % STREAMS);
        let stream: StreamId = id.parse().expect("a name");
        let version = Version((batch / STREAMS * AT_ONCE) as u64);
        let records = vec![record.clone(); AT_ONCE];
        let appended = journal.append(&stream, version, records).await;
        appended.expect("appended");
    }
}
