//! How a record is written: versioned, self-describing, checked, and chained to the record before it.
//!
//! A record is one frame (format byte, CRC-32 of all the rest, payload). Format 1's payload is the record's version
//! (u64, big-endian), the hash of the record before it (32 bytes) and JSON `{stream, at, by, schema, body}`; its hash
//! is SHA-256 of that payload. The invariant: a frame that decodes is byte for byte the one that was encoded. Numbers
//! in a body are integers; a fraction can come back rounded.

mod frame;
mod record;
mod snapshot;

pub(crate) use record::hash_of;
pub use record::{Chain, Encoded, MAX_RECORD_BYTES, Prepared, TooLarge, decode};
pub(crate) use snapshot::{decode_snapshot, encode_snapshot};
