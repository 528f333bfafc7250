//! The journal in two portable forms: a backup of all streams, and the audit trail of one client.
//!
//! Both are read without a database and checked to the last byte: every record is hashed again from what it says, and
//! a digest covers the whole. What a record means is not known here. The invariant: what a reader hands out is exactly
//! what a journal held, or an error that says what is wrong and where.

mod entry;
mod flaw;
mod frame;
mod pack;
mod reader;
pub mod trail;
mod writer;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use flaw::Flaw;
pub use pack::{Damage, PackError, Pages, Sink, pack};
pub use reader::{Item, Reader};
pub use writer::Writer;

/// The format of backups that is written today.
pub const FORMAT: u16 = 1;

/// When and by what a backup was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// When it was begun: what was recorded before is in it.
    pub at: Timestamp,
    /// The version of Clara that made it.
    pub clara: String,
}

/// How much is in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Streams, the engine's included.
    pub streams: u64,
    /// Records of all of them.
    pub records: u64,
    /// Streams whose end was left out because it is damaged.
    pub damaged: u64,
}
