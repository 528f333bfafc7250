//! A record's frame: made in two steps (the JSON where the event is, the place in the chain where the order is
//! decided), read back in one.
//!
//! Formats are told apart by their first byte; a later one is one more arm in [`decode`]. What is damaged is named.

use std::borrow::Cow;

use clara_actors::ports::journal::{NewRecord, ReadError, Record, RecordHash, StreamId, Version};
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::frame;

/// The format that is written today.
const FORMAT_1: u8 = 1;
/// Format 1's fixed part: the version and the hash before.
const FIXED: usize = 8 + 32;

/// The most bytes that one record may have on disk. A larger one is refused, with its size.
pub const MAX_RECORD_BYTES: usize = 96 * 1024;

/// A record that is larger than a record may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record of {size} bytes is more than the {MAX_RECORD_BYTES} that one may have")]
pub struct TooLarge {
    /// Its size on disk, in bytes.
    pub size: usize,
}

/// What a record says, as it will be written; without its place in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared(Vec<u8>);

/// A record as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes on disk.
    pub bytes: Vec<u8>,
    /// The hash that the next record carries.
    pub hash: RecordHash,
}

/// What is known of the record before the one that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Its hash: the record must carry it.
    After(RecordHash),
    /// Nothing: reading begins here.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    stream: Cow<'a, str>,
    at: Timestamp,
    by: Option<PersonRef>,
    schema: u16,
    body: Cow<'a, Value>,
}

impl Prepared {
    /// Writes down what a record says.
    pub fn new(stream: &StreamId, record: &NewRecord) -> Result<Self, TooLarge> {
        let content = Content {
            stream: Cow::Owned(stream.to_string()),
            at: record.at,
            by: record.by.clone(),
            schema: record.schema,
            body: Cow::Borrowed(&record.body),
        };
        let json = serde_json::to_vec(&content).expect("its keys are strings");
        let size = frame::HEAD + FIXED + json.len();
        if size > MAX_RECORD_BYTES {
            return Err(TooLarge { size });
        }
        Ok(Self(json))
    }

    /// The bytes that it will take up, without its place.
    pub(crate) fn size(&self) -> usize {
        self.0.len()
    }

    /// Gives it its place in the stream.
    pub fn encode(&self, version: Version, previous: RecordHash) -> Encoded {
        let parts: [&[u8]; 3] = [&version.0.to_be_bytes(), &previous.0, &self.0];
        let mut hasher = Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Encoded {
            bytes: frame::seal(FORMAT_1, &parts),
            hash: RecordHash(hasher.finalize().into()),
        }
    }
}

/// The hash of a record's frame, if its checksum is right and its format known.
pub(crate) fn hash_of(bytes: &[u8]) -> Option<RecordHash> {
    let (format, payload) = frame::open(bytes).ok()?;
    (format == FORMAT_1).then(|| RecordHash(Sha256::digest(payload).into()))
}

/// Reads the record that should be at a version of a stream.
///
/// # Errors
/// [`ReadError::Corrupt`] when anything about it is not as it was written, or it is not the record that belongs there.
pub fn decode(
    stream: &StreamId,
    version: Version,
    chain: Chain,
    bytes: &[u8],
) -> Result<Record, ReadError> {
    decode_any(stream, version, chain, bytes).map_err(|what| ReadError::Corrupt {
        stream: stream.clone(),
        version,
        what,
    })
}

fn decode_any(
    stream: &StreamId,
    version: Version,
    chain: Chain,
    bytes: &[u8],
) -> Result<Record, String> {
    let (format, payload) = frame::open(bytes)?;
    let (name, record) = match format {
        FORMAT_1 => decode_1(payload)?,
        other => return Err(format!("format {other} is not known to this version")),
    };
    if name != stream.to_string() {
        return Err(format!("it belongs to the stream {name}"));
    }
    if record.version != version {
        return Err(format!("it is record {} of its stream", record.version));
    }
    match chain {
        Chain::After(hash) if hash != record.previous => {
            Err("it does not follow the record before it: the hashes differ".to_owned())
        }
        Chain::After(_) | Chain::Unknown => Ok(record),
    }
}

fn decode_1(payload: &[u8]) -> Result<(String, Record), String> {
    let short = || format!("only {} bytes of its payload are there", payload.len());
    let (version, rest) = payload.split_first_chunk::<8>().ok_or_else(short)?;
    let (previous, json) = rest.split_first_chunk::<32>().ok_or_else(short)?;
    let content: Content<'_> =
        serde_json::from_slice(json).map_err(|error| format!("it is not understood: {error}"))?;
    let record = Record {
        version: Version(u64::from_be_bytes(*version)),
        record: NewRecord {
            at: content.at,
            by: content.by,
            schema: content.schema,
            body: content.body.into_owned(),
        },
        previous: RecordHash(*previous),
        hash: RecordHash(Sha256::digest(payload).into()),
    };
    Ok((content.stream.into_owned(), record))
}
