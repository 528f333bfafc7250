//! A small file beside sled's own that says how many commits were acknowledged.
//!
//! It is the last that is written before an acknowledgement and never synced itself, so it can lag behind but never be
//! ahead of what was durable: finding fewer commits than it says, in sled and in the mirror, means that acknowledged
//! ones are lost. Deleting it is how a person says that what is lost is given up.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Its name inside the journal's directory.
pub(super) const FILE_NAME: &str = "acknowledged";

pub(super) struct Witness(File);

/// What the file says before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// So many commits were acknowledged at least.
    AtLeast(u64),
    /// Nothing that makes sense.
    Unreadable,
    /// It is not there.
    GivenUp,
}

impl Count {
    /// How many commits must be there.
    pub(super) fn at_least(self) -> u64 {
        match self {
            Self::AtLeast(count) => count,
            Self::Unreadable | Self::GivenUp => 0,
        }
    }
}

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

    /// What it says, without making one.
    pub(super) fn peek(dir: &Path) -> Count {
        match std::fs::read(Self::path(dir)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Count::GivenUp,
            line => line
                .ok()
                .and_then(|line| parse(&line))
                .map_or(Count::Unreadable, Count::AtLeast),
        }
    }

    pub(super) fn write(&self, commits: u64) -> io::Result<()> {
        let count = commits.to_le_bytes();
        let mut line = [0; 12];
        line[..8].copy_from_slice(&count);
        line[8..].copy_from_slice(&crc32fast::hash(&count).to_le_bytes());
        self.0.write_all_at(&line, 0)
    }
}

fn parse(line: &[u8]) -> Option<u64> {
    let (count, sum) = line.split_first_chunk::<8>()?;
    (crc32fast::hash(count).to_le_bytes() == sum).then(|| u64::from_le_bytes(*count))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_says_what_was_written_last_and_nothing_when_it_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Witness::peek(dir.path()), Count::GivenUp);
        let witness = Witness::open(dir.path()).unwrap();
        assert_eq!(Witness::peek(dir.path()), Count::Unreadable);
        witness.write(7).unwrap();
        witness.write(70_000).unwrap();
        assert_eq!(Witness::peek(dir.path()), Count::AtLeast(70_000));
        std::fs::write(Witness::path(dir.path()), [1; 12]).unwrap();
        assert_eq!(Witness::peek(dir.path()), Count::Unreadable);
    }
}
