//! Events as records: the one place that knows which shapes a journal may hold.
//!
//! A record of an older schema is brought up to the present one when it is read; nothing is ever rewritten.

use clara_domain::person::PersonRef;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ports::journal::{NewRecord, Record};

/// The present version of the events' shape.
pub const SCHEMA: u16 = 1;
/// The version of the snapshots' shape; a snapshot of another one is not read.
pub const SNAPSHOT_SCHEMA: u16 = 4;

/// A record that this version of Clara cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It was written by a newer Clara.
    #[error(
        "record {version} has schema {schema}, newer than {SCHEMA}: a newer version of Clara wrote it"
    )]
    Newer {
        /// Which record.
        version: u64,
        /// Its schema.
        schema: u16,
    },
    /// It is not an event.
    #[error("record {version} is not an event: {reason}")]
    Unreadable {
        /// Which record.
        version: u64,
        /// Why.
        reason: String,
    },
}

/// The record of an event: a client's, or the engine's.
pub fn encode<E: Serialize>(event: &E, at: Timestamp, by: Option<PersonRef>) -> NewRecord {
    let body = serde_json::to_value(event).expect("an event has only text keys and finite numbers");
    NewRecord {
        at,
        by,
        schema: SCHEMA,
        body,
    }
}

/// The event of a record, of the kind that its stream holds.
pub fn decode<E: DeserializeOwned>(record: &Record) -> Result<E, RecordError> {
    let version = record.version.0;
    match record.record.schema {
        1 => E::deserialize(&record.record.body).map_err(|error| RecordError::Unreadable {
            version,
            reason: error.to_string(),
        }),
        schema => Err(RecordError::Newer { version, schema }),
    }
}
