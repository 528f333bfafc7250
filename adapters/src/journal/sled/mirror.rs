//! The mirror: a second copy of every record, in plain files beside sled's, and the witness of where every stream stood.
//!
//! sled takes a flipped bit in the newest part of its log for the torn end of a crash and overwrites what follows,
//! without a word; one elsewhere can keep it from opening. So each commit is also written here, after sled's sync and
//! before it is acknowledged. The mirror is not synced with each commit: after a loss of power it can lag behind sled,
//! and is brought up at the next opening. The invariant: it is never ahead of what was durable, so a stream that is
//! shorter in sled than here has lost records.
//!
//! Files have numbers and begin with where every stream stands, so that the newest is enough to know that. Nothing is
//! read from here but for a repair.

pub(super) mod entry;
mod survey;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use clara_actors::ports::journal::{StreamId, Version};

use super::committer::Placed;
use crate::journal::chain::Head;

pub(super) use survey::{Spot, Survey, index, read, survey};

/// The directory's name inside the journal's.
pub(super) const DIR_NAME: &str = "mirror";

/// A file that has grown beyond this is followed by another.
const FILE_BYTES: u64 = 8 * 1024 * 1024;

type HeadsOf = BTreeMap<StreamId, Head>;

/// The writing side.
pub(super) struct Mirror {
    dir: PathBuf,
    file: File,
    number: u32,
    end: u64,
    commit: u64,
    heads: HeadsOf,
}

fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:08}.log"))
}

/// The numbers of the files that are there, in order.
fn numbers(dir: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".log"));
        numbers.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes the file that a crash kept from being begun. Everything before it was synced.
pub(super) fn forget_unbegun(dir: &Path) -> io::Result<()> {
    let numbers = match numbers(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        numbers => numbers?,
    };
    let Some(newest) = numbers.last().filter(|number| **number > 1) else {
        return Ok(());
    };
    let newest = path(dir, *newest);
    match newest.metadata()?.len() {
        0 => fs::remove_file(newest),
        _ => Ok(()),
    }
}

impl Mirror {
    /// Begins a mirror in a directory that is made for it, with where the streams will stand once it is filled.
    pub(super) fn create(dir: &Path, commit: u64, heads: HeadsOf) -> io::Result<Self> {
        fs::create_dir(dir)?;
        let mut mirror = Self {
            file: File::create_new(path(dir, 1))?,
            dir: dir.to_owned(),
            number: 1,
            end: 0,
            commit,
            heads,
        };
        mirror.write_heads()?;
        Ok(mirror)
    }

    /// Goes on where a mirror ends; what is torn there is cut off.
    pub(super) fn resume(dir: &Path, survey: Survey) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .open(path(dir, survey.number))?;
        file.set_len(survey.end)?;
        Ok(Self {
            dir: dir.to_owned(),
            file,
            number: survey.number,
            end: survey.end,
            commit: survey.commit,
            heads: survey.heads,
        })
    }

    /// Writes down records of a commit.
    pub(super) fn write(&mut self, commit: u64, records: &[Placed]) -> io::Result<()> {
        if self.end > FILE_BYTES {
            self.turn_over()?;
        }
        self.put(&entry::records(commit, records))?;
        self.commit = commit;
        for placed in records {
            let head = self.heads.entry(placed.stream.clone()).or_default();
            if head.version < placed.head.version {
                *head = placed.head;
            }
        }
        Ok(())
    }

    /// Writes down where every stream stands: what is missing before it is then known to be all that is.
    pub(super) fn write_heads(&mut self) -> io::Result<()> {
        self.put(&entry::heads(self.commit, self.heads.iter()))
    }

    /// Where a stream stands by what is written here.
    pub(super) fn version(&self, stream: &StreamId) -> Version {
        self.heads.get(stream).copied().unwrap_or_default().version
    }

    /// Returns when what was written is on disk, with the files' names.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }

    /// Begins the next file. The one before is synced first: only the newest can lack something.
    fn turn_over(&mut self) -> io::Result<()> {
        self.sync()?;
        self.number += 1;
        self.file = File::create_new(path(&self.dir, self.number))?;
        self.end = 0;
        self.write_heads()?;
        File::open(&self.dir)?.sync_all()
    }

    fn put(&mut self, entry: &[u8]) -> io::Result<()> {
        self.file.write_all_at(entry, self.end)?;
        self.end += entry.len() as u64;
        Ok(())
    }
}
