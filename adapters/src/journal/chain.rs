//! Walking along a stream: record by record, each checked by itself and against the one before.
//!
//! The walk begins one record early, so that even the first one returned is checked against its predecessor. The
//! invariant: what a walk hands out is the unbroken chain up to the head that was acknowledged.

use clara_actors::ports::journal::{ReadError, Record, RecordHash, StreamId, Version};

use super::codec::{Chain, decode};

/// The last record of a stream: its number and its hash. The default is an empty stream's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) hash: RecordHash,
}

/// A walk that is under way.
pub(super) struct Walk<'a> {
    stream: &'a StreamId,
    after: Version,
    next: Version,
    chain: Chain,
    records: Vec<Record>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(stream: &'a StreamId, after: Version) -> Self {
        let (next, chain) = match after.0 {
            0 => (Version(1), Chain::After(RecordHash::default())),
            _ => (after, Chain::Unknown),
        };
        Self {
            stream,
            after,
            next,
            chain,
            records: Vec::new(),
        }
    }

    /// The record that is needed next.
    pub(super) fn next(&self) -> Version {
        self.next
    }

    /// Takes the bytes of the next record.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        let record = decode(self.stream, self.next, self.chain, bytes)?;
        self.chain = Chain::After(record.hash);
        self.next = Version(self.next.0 + 1);
        if record.version > self.after {
            self.records.push(record);
        }
        Ok(())
    }

    /// The records, if the walk has come to the head.
    pub(super) fn finish(self, head: Head) -> Result<Vec<Record>, ReadError> {
        if self.next <= head.version {
            return Err(self.broken("it is missing"));
        }
        if self.chain != Chain::After(head.hash) {
            return Err(self.broken("the one before it is not the one that was acknowledged last"));
        }
        Ok(self.records)
    }

    /// The records, if the walk has come to a version that is not the head yet.
    pub(super) fn pause(self, last: Version) -> Result<Vec<Record>, ReadError> {
        if self.next <= last {
            return Err(self.broken("it is missing"));
        }
        Ok(self.records)
    }

    /// The next record is damaged.
    pub(super) fn broken(&self, what: impl ToString) -> ReadError {
        ReadError::Corrupt {
            stream: self.stream.clone(),
            version: self.next,
            what: what.to_string(),
        }
    }
}
