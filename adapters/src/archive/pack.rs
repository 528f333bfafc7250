//! Reads a journal into a backup, some records at a time, while others append to it.
//!
//! Each stream is what it was at one moment, up to a record that was acknowledged; the moments of two streams differ.
//! Snapshots are a cache and are not packed. What is held at a time is [`PAGE`] records.

use std::io;

use async_trait::async_trait;
use clara_actors::ports::Journal;
use clara_actors::ports::journal::{ReadError, Record, StreamId, Version};

use super::{Counts, Made, Writer};

/// How many records are read at once.
const PAGE: usize = 200;

/// Where the bytes of a backup or a trail go.
#[async_trait]
pub trait Sink: Send {
    /// Takes the next bytes.
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()>;
}

#[async_trait]
impl Sink for Vec<u8> {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// What to do about a stream that cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Make no backup.
    Refuse,
    /// Pack what comes before the damage, and say so in the backup.
    LeaveOut,
}

/// Why a journal was not packed, or a client's trail not written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was read could not be put where it was to go.
    #[error("it could not be written: {0}")]
    Sink(#[from] io::Error),
    /// A record cannot be written so that it reads back the same.
    #[error(
        "record {version} of {stream} cannot be written so that it reads back the same: {what}"
    )]
    Unfaithful {
        /// Which stream.
        stream: StreamId,
        /// Which record.
        version: Version,
        /// What is wrong with it.
        what: String,
    },
    /// There is nothing about this client.
    #[error("the journal has nothing of {stream}")]
    Nothing {
        /// Its stream.
        stream: StreamId,
    },
}

/// Packs every stream of a journal.
///
/// # Errors
/// See [`PackError`]; what the sink has got by then is no backup.
pub async fn pack(
    journal: &dyn Journal,
    made: &Made,
    damage: Damage,
    sink: &mut dyn Sink,
) -> Result<Counts, PackError> {
    let (mut writer, bytes) = Writer::begin(made);
    sink.put(&bytes).await?;
    for stream in journal.streams().await? {
        sink.put(&writer.stream(&stream)).await?;
        let mut pages = Pages::of(journal, &stream);
        let whole = pack_pages(&mut pages, &mut writer, sink).await;
        let left_out = match (whole, damage) {
            (Ok(()), _) => None,
            (Err(PackError::Read(ReadError::Corrupt { version, what, .. })), Damage::LeaveOut) => {
                let rest = pages.before(version).await.unwrap_or_default();
                put_records(&rest, &stream, &mut writer, sink).await?;
                Some(format!("record {version} is damaged: {what}"))
            }
            (Err(error), _) => return Err(error),
        };
        sink.put(&writer.end(left_out)).await?;
    }
    let (bytes, counts) = writer.finish();
    sink.put(&bytes).await?;
    Ok(counts)
}

async fn pack_pages(
    pages: &mut Pages<'_>,
    writer: &mut Writer,
    sink: &mut dyn Sink,
) -> Result<(), PackError> {
    while let Some(page) = pages.next().await? {
        put_records(&page, pages.stream, writer, sink).await?;
    }
    Ok(())
}

async fn put_records(
    records: &[Record],
    stream: &StreamId,
    writer: &mut Writer,
    sink: &mut dyn Sink,
) -> Result<(), PackError> {
    for record in records {
        let bytes = writer
            .record(record)
            .map_err(|what| unfaithful(stream, record, what))?;
        sink.put(&bytes).await?;
    }
    Ok(())
}

pub(super) fn unfaithful(stream: &StreamId, record: &Record, what: String) -> PackError {
    PackError::Unfaithful {
        stream: stream.clone(),
        version: record.version,
        what,
    }
}

/// A stream, some records at a time.
pub struct Pages<'a> {
    journal: &'a dyn Journal,
    stream: &'a StreamId,
    after: Version,
    is_last: bool,
}

impl<'a> Pages<'a> {
    /// The whole of a stream.
    pub fn of(journal: &'a dyn Journal, stream: &'a StreamId) -> Self {
        Self {
            journal,
            stream,
            after: Version(0),
            is_last: false,
        }
    }

    /// The next records; none at the end. A page that is not full is the last, so that a busy stream is not followed
    /// for ever.
    ///
    /// # Errors
    /// The stream cannot be read there.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>, ReadError> {
        if self.is_last {
            return Ok(None);
        }
        let page = self
            .journal
            .read_some(self.stream, self.after, PAGE)
            .await?;
        self.is_last = page.len() < PAGE;
        self.after = page.last().map_or(self.after, |record| record.version);
        Ok(Some(page))
    }

    /// What is left up to a record that cannot be read.
    ///
    /// # Errors
    /// That cannot be read either.
    pub async fn before(&mut self, damaged: Version) -> Result<Vec<Record>, ReadError> {
        let most = damaged.0.saturating_sub(1).saturating_sub(self.after.0);
        let most = usize::try_from(most).unwrap_or(0);
        if most == 0 {
            return Ok(Vec::new());
        }
        self.journal.read_some(self.stream, self.after, most).await
    }
}
