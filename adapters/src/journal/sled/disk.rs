//! sled's trees as the committer writes them and as readers read them.
//!
//! Only here is a commit made durable: one batch, one synchronous `flush` (never `flush_async`, which deadlocks under
//! concurrency), then a `sync_data` of sled's log through a descriptor of our own, for sled's flush leaves the data in
//! the drive's cache; then the same records are written to the mirror. The invariant: `commit` returns success only
//! after that sync.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clara_actors::ports::journal::{ReadError, Record, Snapshot, StreamId, Version};
use sled::{Batch as SledBatch, Db, IVec, Tree};

use super::committer::{Batch, Kept, Storage};
use super::layout;
use super::mirror::Mirror;
use super::open::{panic_text, suspect, untaken};
use super::witness::Witness;
use crate::journal::chain::{Head, Walk};
use crate::journal::codec::decode_snapshot;

/// How often the size on disk is measured at most.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// The writing side.
pub(super) struct Disk {
    pub(super) reader: Reader,
    pub(super) db: Db,
    /// sled's log, opened a second time: what is synced through it is all of the file.
    pub(super) log: File,
    pub(super) mirror: Mirror,
    pub(super) witness: Witness,
    /// The journal's directory.
    pub(super) dir: PathBuf,
    pub(super) commits: u64,
    pub(super) measured: Option<Instant>,
}

/// The reading side. The lock outlives the trees: nobody opens the directory while one of these is about.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) records: Tree,
    pub(super) snapshots: Tree,
    pub(super) _lock: Arc<File>,
}

impl Disk {
    pub(super) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Has sled do something. Where it finds damage in its own pages, the next opening has to know.
    fn guarded<T>(&self, doing: &str, work: impl FnOnce() -> sled::Result<T>) -> Result<T, String> {
        let what = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error @ sled::Error::Io(_))) => return Err(format!("{doing}: {error}")),
            Ok(Err(error)) => format!("{doing}: {error}"),
            Err(panic) => format!("{doing}: sled panicked: {}", panic_text(&*panic)),
        };
        suspect(&self.dir, &what);
        Err(what)
    }

    /// Gives a commit to sled. Where sled does not take it, whatever the reason, any part of it may have got in and may
    /// reach the disk yet: that the next opening has to know, too.
    fn apply(&self, writes: SledBatch, commit: u64) -> Result<(), String> {
        let apply = || self.reader.records.apply_batch(writes);
        self.guarded("writing a batch", apply)
            .inspect_err(|_| untaken(&self.dir, commit))
    }

    /// The pieces of a stream's snapshot that are there.
    fn old_pieces(&self, stream: &StreamId) -> Result<Vec<IVec>, String> {
        let pieces = self.reader.snapshots.range(layout::snapshot_range(stream));
        self.guarded("reading the snapshot before", || pieces.keys().collect())
    }

    fn sync(&self) -> Result<(), String> {
        self.db
            .flush()
            .map_err(|error| format!("writing the log: {error}"))?;
        self.log
            .sync_data()
            .map_err(|error| format!("syncing the log: {error}"))
    }

    fn measure(&mut self) {
        if self.measured.is_some_and(|at| at.elapsed() < MEASURE_EVERY) {
            return;
        }
        self.measured = Some(Instant::now());
        if let Ok(bytes) = self.db.size_on_disk() {
            metrics::gauge!("clara_journal_bytes_on_disk").set(bytes as f64);
        }
    }
}

impl Storage for Disk {
    fn commit(&mut self, batch: &Batch) -> Result<(), String> {
        let commits = self.commits + 1;
        self.apply(to_sled(batch, commits), commits)?;
        self.sync()?;
        self.commits = commits;
        self.mirror
            .write(commits, &batch.records)
            .map_err(|error| format!("writing the mirror: {error}"))?;
        self.witness
            .write(commits)
            .map_err(|error| format!("writing the number of commits: {error}"))?;
        self.measure();
        Ok(())
    }

    fn save_snapshot(&mut self, stream: &StreamId, bytes: &[u8]) -> Result<Kept, String> {
        let mut batch = SledBatch::default();
        // In a batch the last word on a key counts: the old pieces go, except where a new one takes their place.
        match self.old_pieces(stream) {
            Ok(old) => old.into_iter().for_each(|key| batch.remove(key)),
            // Nothing is written yet, so appends go on. A failed write is another matter: what sled has taken of it is
            // not known, and more on top of that would not be either.
            Err(what) => return Ok(Kept::No(what)),
        }
        for (key, piece) in layout::snapshot_pieces(stream, bytes) {
            batch.insert(key, piece);
        }
        let write = || self.reader.snapshots.apply_batch(batch);
        self.guarded("writing a snapshot", write)?;
        Ok(Kept::Yes)
    }

    fn finish(&mut self) -> Result<(), String> {
        self.sync()
    }
}

fn to_sled(batch: &Batch, commits: u64) -> SledBatch {
    let mut writes = SledBatch::default();
    for placed in &batch.records {
        for (key, piece) in
            layout::record_pieces(&placed.stream, placed.head.version, &placed.bytes)
        {
            writes.insert(key, piece);
        }
    }
    for (stream, head) in &batch.heads {
        writes.insert(layout::head_key(stream), layout::head_value(*head));
    }
    writes.insert(layout::COMMITS, &commits.to_be_bytes());
    writes
}

impl Reader {
    /// The records of a stream after a version, up to its head.
    pub(super) fn read(
        &self,
        stream: &StreamId,
        after: Version,
        head: Head,
    ) -> Result<Vec<Record>, ReadError> {
        self.walk(stream, after, head.version)?.finish(head)
    }

    /// The records of a stream after a version, up to one that is not its head yet.
    pub(super) fn read_up_to(
        &self,
        stream: &StreamId,
        after: Version,
        last: Version,
    ) -> Result<Vec<Record>, ReadError> {
        self.walk(stream, after, last)?.pause(last)
    }

    fn walk<'a>(
        &self,
        stream: &'a StreamId,
        after: Version,
        last: Version,
    ) -> Result<Walk<'a>, ReadError> {
        let mut walk = Walk::new(stream, after);
        let range = layout::record_range(stream, walk.next(), last);
        let mut whole: Option<(Version, Vec<u8>)> = None;
        for entry in self.records.range(range) {
            let (key, piece) = entry.map_err(|error| walk.broken(error))?;
            let version = layout::record_version(&key).unwrap_or_default();
            match &mut whole {
                Some((current, bytes)) if *current == version => bytes.extend_from_slice(&piece),
                _ => {
                    step(&mut walk, whole.take())?;
                    whole = Some((version, piece.to_vec()));
                }
            }
        }
        step(&mut walk, whole)?;
        Ok(walk)
    }

    /// A record as it is written, if it can be read at all.
    pub(super) fn bytes(&self, stream: &StreamId, version: Version) -> Option<Vec<u8>> {
        let read = || {
            let mut bytes = Vec::new();
            let range = layout::record_range(stream, version, version);
            for piece in self.records.range(range).values() {
                bytes.extend_from_slice(&piece.ok()?);
            }
            (!bytes.is_empty()).then_some(bytes)
        };
        catch_unwind(AssertUnwindSafe(read)).ok().flatten()
    }

    /// A stream's snapshot, if it is there and whole.
    pub(super) fn snapshot(&self, stream: &StreamId) -> Option<Snapshot> {
        let mut bytes = Vec::new();
        for piece in self
            .snapshots
            .range(layout::snapshot_range(stream))
            .values()
        {
            bytes.extend_from_slice(&piece.ok()?);
        }
        if bytes.is_empty() {
            return None;
        }
        decode_snapshot(&bytes)
            .inspect_err(|what| tracing::warn!(%stream, what, "a damaged snapshot is left aside"))
            .ok()
    }
}

fn step(walk: &mut Walk<'_>, whole: Option<(Version, Vec<u8>)>) -> Result<(), ReadError> {
    match whole {
        None => Ok(()),
        Some((version, _)) if version != walk.next() => Err(walk.broken("it is missing")),
        Some((_, bytes)) => walk.step(&bytes),
    }
}
