//! A journal in memory, for tests and simulations: the same answers and the same bytes as the one on disk.
//!
//! It has no hooks; a test that wants failures wraps it behind the port. A clone is a fresh handle on the same
//! storage, as a restarted process has it: open, whatever became of the handle that it was cloned from.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use clara_actors::ports::journal::{
    AppendError, Journal, NewRecord, ReadError, Record, Snapshot, StreamId, Version,
};

use super::chain::{Head, Walk};
use super::codec::{Prepared, decode_snapshot, encode_snapshot};
use super::{prepare, refused, usable};

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    storage: Arc<Mutex<BTreeMap<StreamId, Stream>>>,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Stream {
    records: Vec<Vec<u8>>,
    head: Head,
    snapshot: Option<Vec<u8>>,
}

impl Stream {
    fn push(&mut self, record: &Prepared) {
        let version = Version(self.head.version.0 + 1);
        let encoded = record.encode(version, self.head.hash);
        self.head = Head {
            version,
            hash: encoded.hash,
        };
        self.records.push(encoded.bytes);
    }
}

impl Clone for MemoryJournal {
    fn clone(&self) -> Self {
        Self {
            storage: Arc::clone(&self.storage),
            closed: AtomicBool::new(false),
        }
    }
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, Stream>> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_open(&self) -> Result<(), AppendError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(refused("it is closed"));
        }
        Ok(())
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        self.check_open()?;
        let prepared = prepare(stream, &records)?;
        let mut storage = self.lock();
        let actual = storage.get(stream).map_or(Version(0), |s| s.head.version);
        if actual != expected {
            return Err(AppendError::Conflict { actual });
        }
        if prepared.is_empty() {
            return Ok(actual);
        }
        let found = storage.entry(stream.clone()).or_default();
        prepared.iter().for_each(|record| found.push(record));
        Ok(found.head.version)
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        let storage = self.lock();
        let Some(found) = storage.get(stream) else {
            return Ok(Vec::new());
        };
        if after >= found.head.version {
            return Ok(Vec::new());
        }
        let mut walk = Walk::new(stream, after);
        let skipped = usize::try_from(walk.next().0 - 1).unwrap_or(usize::MAX);
        for bytes in found.records.iter().skip(skipped) {
            walk.step(bytes)?;
        }
        walk.finish(found.head)
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        let storage = self.lock();
        let with_records = storage.iter().filter(|(_, s)| !s.records.is_empty());
        Ok(with_records.map(|(id, _)| id.clone()).collect())
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        let storage = self.lock();
        let Some(found) = storage.get(stream) else {
            return Ok(None);
        };
        let snapshot = found.snapshot.as_deref().map(decode_snapshot);
        Ok(snapshot
            .and_then(Result::ok)
            .filter(|snapshot| usable(snapshot, found.head)))
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        self.check_open()?;
        let bytes = encode_snapshot(&snapshot).map_err(refused)?;
        self.lock().entry(stream.clone()).or_default().snapshot = Some(bytes);
        Ok(())
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}
