//! Durable commits a second of the journal on disk, beside a raw append with fdatasync in the same run on the same
//! disk: `cargo run --release -p clara-adapters --example journal_bench [DIRECTORY]`.
//!
//! What counts is the ratio; the numbers themselves are the disk's.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, StreamId, Version};
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_domain::ids::ClientId;
use jiff::Timestamp;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const RUN: Duration = Duration::from_secs(4);
const TEXT: usize = 400;

#[tokio::main]
async fn main() -> Outcome<()> {
    let base = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let mut output = std::io::stdout();
    let raw = raw_syncs(&base)?;
    writeln!(output, "raw append + fdatasync   {raw:>9.0}/s")?;
    for writers in [1, 64, 1000] {
        let measured = journal(&base, writers).await?;
        writeln!(
            output,
            "{writers:>4} writers             {:>9.0}/s   ratio {:.2}   {:.1} bytes on disk per byte of record",
            measured.appends,
            measured.appends / raw,
            measured.amplification,
        )?;
    }
    Ok(())
}

fn raw_syncs(base: &Path) -> Outcome<f64> {
    let dir = tempfile::tempdir_in(base)?;
    let mut file = File::create(dir.path().join("raw"))?;
    let started = Instant::now();
    let mut syncs = 0_u32;
    while started.elapsed() < RUN {
        file.write_all(&[b'x'; TEXT + 200])?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / started.elapsed().as_secs_f64())
}

struct Measured {
    appends: f64,
    amplification: f64,
}

async fn journal(base: &Path, writers: u32) -> Outcome<Measured> {
    let dir = tempfile::tempdir_in(base)?;
    let journal = Arc::new(SledJournal::open(dir.path(), SledOptions::default())?);
    let started = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|n| tokio::spawn(write(Arc::clone(&journal), n, started + RUN)))
        .collect();
    let mut appends = 0;
    for task in tasks {
        appends += task.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(dir.path().join("db"))?.len();
    Ok(Measured {
        appends: appends as f64 / seconds,
        amplification: bytes as f64 / (appends as f64 * (TEXT + 150) as f64),
    })
}

async fn write(journal: Arc<SledJournal>, n: u32, until: Instant) -> Outcome<u64> {
    let stream = StreamId::Client(ClientId::new(format!("client-{n}"))?);
    let record = NewRecord {
        at: Timestamp::now(),
        by: None,
        schema: 1,
        body: json!({ "text": "x".repeat(TEXT) }),
    };
    let mut version = Version(0);
    while Instant::now() < until {
        version = journal
            .append(&stream, version, vec![record.clone()])
            .await?;
    }
    Ok(version.0)
}
