//! What is done when sled cannot give back a record: the mirror is asked, and sled is made anew at the next opening.
//!
//! The invariant: what is handed out is the whole chain up to the head that was acknowledged, or up to the record before
//! it that was asked for, or nothing.

use std::convert::Infallible;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clara_actors::ports::journal::{ReadError, Record, StreamId, Version};

use super::disk::Reader;
use super::open::{Harvest, Hole, panic_text, suspect};
use super::{JournalTrouble, SledOptions, mirror};
use crate::journal::chain::Head;
use crate::journal::codec::{Chain, decode};

/// See the module.
#[derive(Clone)]
pub(super) struct SecondLook {
    reader: Reader,
    dir: PathBuf,
    tell: Arc<dyn Fn(JournalTrouble) + Send + Sync>,
}

impl SecondLook {
    pub(super) fn new(reader: Reader, dir: &Path, options: &SledOptions) -> Self {
        Self {
            reader,
            dir: dir.to_owned(),
            tell: Arc::clone(&options.on_trouble),
        }
    }

    /// The records of a stream after a version up to another, which is its head or before it.
    pub(super) fn read(
        &self,
        stream: &StreamId,
        after: Version,
        last: Version,
        head: Head,
    ) -> Result<Vec<Record>, ReadError> {
        let read = || match last < head.version {
            true => self.reader.read_up_to(stream, after, last),
            false => self.reader.read(stream, after, head),
        };
        let error = match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(records)) => return Ok(records),
            Ok(Err(error)) => error,
            Err(panic) => ReadError::Failed {
                reason: format!("the storage panicked: {}", panic_text(&*panic)),
            },
        };
        let Some(records) = self.whole_chain(stream, after, last, head) else {
            return Err(error);
        };
        let what = error.to_string();
        suspect(&self.dir, &what);
        (self.tell)(JournalTrouble::ReadFromMirror {
            stream: stream.clone(),
            what,
        });
        Ok(records)
    }

    /// Reads all of the mirror: which of the streams that stand so it has not whole, and what it lacks first.
    pub(super) fn lacks(&self, heads: &[(StreamId, Head)]) -> io::Result<Vec<(StreamId, Hole)>> {
        let harvest = Harvest::new(&self.dir.join(mirror::DIR_NAME), None, None)?;
        let hole = |stream, head| {
            let Ok(hole) = harvest.each(stream, head, |_| Ok::<_, Infallible>(()));
            hole
        };
        let holes = heads
            .iter()
            .filter_map(|(stream, head)| Some((stream.clone(), hole(stream, *head)?)));
        Ok(holes.collect())
    }

    fn whole_chain(
        &self,
        stream: &StreamId,
        after: Version,
        last: Version,
        head: Head,
    ) -> Option<Vec<Record>> {
        let place = self.dir.join(mirror::DIR_NAME);
        let harvest = Harvest::new(&place, Some(self.reader.clone()), Some(stream)).ok()?;
        let mut records = Vec::new();
        let hole = harvest.each(stream, head, |placed| {
            let version = placed.head.version;
            if after < version && version <= last {
                records.push(decode(stream, version, Chain::Unknown, &placed.bytes)?);
            }
            Ok::<_, ReadError>(())
        });
        let is_whole = hole.ok()?.is_none_or(|hole| last < hole.version);
        is_whole.then_some(records)
    }
}
