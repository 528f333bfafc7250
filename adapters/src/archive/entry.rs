//! A record as JSON, with its place in the chain: the same in a backup and in an audit trail.
//!
//! The invariant: an entry that becomes a record again has the hash that its own content gives.

use clara_actors::ports::journal::{NewRecord, Record, RecordHash, StreamId, Version};
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::journal::codec::Prepared;

/// See the module.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    version: u64,
    at: Timestamp,
    by: Option<PersonRef>,
    schema: u16,
    body: Value,
    #[serde(with = "hex")]
    previous: [u8; 32],
    #[serde(with = "hex")]
    hash: [u8; 32],
}

impl Entry {
    pub(super) fn of(record: &Record) -> Self {
        let said = record.record.clone();
        Self {
            version: record.version.0,
            at: said.at,
            by: said.by,
            schema: said.schema,
            body: said.body,
            previous: record.previous.0,
            hash: record.hash.0,
        }
    }

    fn record(self) -> Record {
        Record {
            version: Version(self.version),
            record: NewRecord {
                at: self.at,
                by: self.by,
                schema: self.schema,
                body: self.body,
            },
            previous: RecordHash(self.previous),
            hash: RecordHash(self.hash),
        }
    }
}

/// The hash that what a record says gives it, or why it has none.
pub(super) fn rehash(stream: &StreamId, record: &Record) -> Result<RecordHash, String> {
    let prepared = Prepared::new(stream, &record.record).map_err(|error| error.to_string())?;
    Ok(prepared.encode(record.version, record.previous).hash)
}

/// Where a stream has come to while it is read.
pub(super) struct Place {
    pub(super) stream: StreamId,
    pub(super) version: Version,
    pub(super) hash: RecordHash,
}

impl Place {
    pub(super) fn start(stream: StreamId) -> Self {
        Self {
            stream,
            version: Version(0),
            hash: RecordHash::default(),
        }
    }

    /// Takes the next record, if it is the one that belongs here and is as it was written.
    pub(super) fn step(&mut self, json: &[u8]) -> Result<Record, String> {
        let entry: Entry =
            serde_json::from_slice(json).map_err(|error| format!("it is not a record: {error}"))?;
        let record = entry.record();
        let expected = Version(self.version.0 + 1);
        if record.version != expected {
            return Err(format!(
                "record {} is where record {expected} of {} should be",
                record.version, self.stream
            ));
        }
        let named = |what: &str| format!("record {expected} of {}: {what}", self.stream);
        if record.previous != self.hash {
            return Err(named("it does not follow the record before it"));
        }
        let hash = rehash(&self.stream, &record).map_err(|what| named(&what))?;
        if hash != record.hash {
            return Err(named("what it says is not what its hash was made of"));
        }
        self.version = record.version;
        self.hash = record.hash;
        Ok(record)
    }
}

/// Thirty-two bytes as 64 small hexadecimal digits.
pub(super) mod hex {
    use std::fmt::Write;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in crate::archive) fn write(bytes: &[u8; 32]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String cannot fail");
            text
        })
    }

    fn read(text: &str) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if text.len() != 64 || !text.bytes().all(is_hex) {
            return None;
        }
        for (byte, place) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).ok()?;
        }
        Some(bytes)
    }

    pub(in crate::archive) fn serialize<S: Serializer>(
        bytes: &[u8; 32],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&write(bytes))
    }

    pub(in crate::archive) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).ok_or_else(|| de::Error::custom("a hash is 64 hexadecimal digits"))
    }
}
