//! The journals: one on disk, one in memory, and the encoding of a record that both share.
//!
//! What a stream means is not known here; records are opaque events with a place in a chain. The invariant of both
//! journals: what an append has answered with success is there for every later read, whole and in order.

mod chain;
pub mod codec;
pub mod memory;
pub mod sled;

use clara_actors::ports::journal::{AppendError, NewRecord, Snapshot, StreamId, Version};

pub use memory::MemoryJournal;
pub use sled::{FreeBytes, JournalTrouble, KeptClosed, OpenError, SledJournal, SledOptions};

fn refused(reason: impl ToString) -> AppendError {
    AppendError::Refused {
        reason: reason.to_string(),
    }
}

fn prepare(stream: &StreamId, records: &[NewRecord]) -> Result<Vec<codec::Prepared>, AppendError> {
    let prepared = records
        .iter()
        .map(|record| codec::Prepared::new(stream, record));
    prepared.collect::<Result<_, _>>().map_err(refused)
}

/// Whether a snapshot is of records that are in its stream. A later one belongs to a journal that was lost.
fn usable(snapshot: &Snapshot, head: chain::Head) -> bool {
    (Version(1)..=head.version).contains(&snapshot.version)
}
