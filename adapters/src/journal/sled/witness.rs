//! A small file beside sled's own that says how many commits were acknowledged.
//!
//! sled takes a flipped bit in the newest part of its log for the torn end of a crash and forgets what follows, without
//! a word. The witness is written after the sync of a commit and never synced itself, so it can lag behind but never
//! be ahead of what was durable: finding fewer commits than it says means that acknowledged ones are lost.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Its name inside the journal's directory.
pub(super) const FILE_NAME: &str = "acknowledged";

pub(super) struct Witness(File);

impl Witness {
    pub(super) fn path(dir: &Path) -> PathBuf {
        dir.join(FILE_NAME)
    }

    /// Opens it or makes one.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.open(Self::path(dir)).map(Self)
    }

    /// The commits that were acknowledged at least; none when it says nothing that makes sense.
    pub(super) fn read(&self) -> Option<u64> {
        let mut line = [0; 12];
        self.0.read_exact_at(&mut line, 0).ok()?;
        let (count, sum) = line.split_first_chunk::<8>()?;
        (crc32fast::hash(count).to_le_bytes() == sum).then(|| u64::from_le_bytes(*count))
    }

    pub(super) fn write(&self, commits: u64) -> io::Result<()> {
        let count = commits.to_le_bytes();
        let mut line = [0; 12];
        line[..8].copy_from_slice(&count);
        line[8..].copy_from_slice(&crc32fast::hash(&count).to_le_bytes());
        self.0.write_all_at(&line, 0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_says_what_was_written_last_and_nothing_when_it_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let witness = Witness::open(dir.path()).unwrap();
        assert_eq!(witness.read(), None);
        witness.write(7).unwrap();
        witness.write(70_000).unwrap();
        let again = Witness::open(dir.path()).unwrap();
        assert_eq!(again.read(), Some(70_000));
        std::fs::write(Witness::path(dir.path()), [1; 12]).unwrap();
        assert_eq!(again.read(), None);
    }
}
