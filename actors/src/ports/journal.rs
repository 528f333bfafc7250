//! The record of everything that happened: ordered streams of records, appended to and never changed.
//!
//! A resolved append is on disk and survives the loss of power. Records of one stream form a hash chain.

use std::fmt;

use async_trait::async_trait;
use clara_domain::ids::ClientId;
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde_json::Value;

/// The name of a stream: one per client, and one of the engine itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// What concerns all clients.
    Engine,
    /// One client's.
    Client(ClientId),
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine => f.write_str("engine"),
            Self::Client(id) => write!(f, "client/{id}"),
        }
    }
}

impl std::str::FromStr for StreamId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "engine" {
            return Ok(Self::Engine);
        }
        let name = text.strip_prefix("client/").ok_or_else(|| {
            format!("`{text}` is not a stream: expected `engine` or `client/<id>`")
        })?;
        ClientId::new(name)
            .map(Self::Client)
            .map_err(|error| error.to_string())
    }
}

/// How many records a stream has; the number of its last record, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A record to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// When it happened, by the engine's clock.
    pub at: Timestamp,
    /// Who asked for it; none when the engine did.
    pub by: Option<PersonRef>,
    /// The version of the body's shape.
    pub schema: u16,
    /// The event. Encoded it is well under 128 KiB.
    pub body: Value,
}

/// A record as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number within the stream, from 1.
    pub version: Version,
    /// What was appended.
    pub record: NewRecord,
    /// The hash of the record before it; zeros for the first.
    pub previous: RecordHash,
    /// SHA-256 over everything above.
    pub hash: RecordHash,
}

/// SHA-256 of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordHash(pub [u8; 32]);

impl fmt::Display for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A state that saves replaying the records up to a version. Only a cache: it may be lost or old at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record that it includes.
    pub version: Version,
    /// The version of the body's shape.
    pub schema: u16,
    /// The state, in words of its maker's; it is kept as it is.
    pub body: String,
}

/// Why an append did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first; nothing of this append is in the journal.
    #[error("the stream is at version {actual}, not where it was expected")]
    Conflict {
        /// Where the stream is.
        actual: Version,
    },
    /// Nothing of this append is in the journal, and the journal goes on.
    #[error("the journal took nothing: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// Whether it is on disk is not known. The journal takes nothing more: the process has to end and recover.
    #[error("the journal failed: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}

/// Why a stream could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// What is there is not what was written.
    #[error("record {version} of {stream} is damaged: {what}")]
    Corrupt {
        /// Which stream.
        stream: StreamId,
        /// Which record.
        version: Version,
        /// What is wrong with it.
        what: String,
    },
    /// It could not be read at all.
    #[error("the journal cannot be read: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}

/// The record of everything that happened.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Appends records to a stream that is at the expected version, all or none. Resolves with the stream's new
    /// version when they are on disk.
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError>;

    /// The records after a version, in order, checked one by one and as a chain.
    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError>;

    /// At most so many of the records after a version, for reading a long stream without holding all of it.
    async fn read_some(
        &self,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Record>, ReadError> {
        let mut records = self.read(stream, after).await?;
        records.truncate(most);
        Ok(records)
    }

    /// Every stream that has a record, in order.
    async fn streams(&self) -> Result<Vec<StreamId>, ReadError>;

    /// The newest snapshot of a stream, if one is there and whole. A damaged one is as good as none.
    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError>;

    /// Keeps a snapshot instead of an older one. It may be written lazily.
    async fn save_snapshot(&self, stream: &StreamId, snapshot: Snapshot)
    -> Result<(), AppendError>;

    /// Writes out what is under way and takes nothing more.
    async fn close(&self);
}
