//! Whether there is room for what is to be written. sled takes no write any more after one that failed, so a full disk
//! has to be noticed before it is met.
//!
//! The invariant: nothing is given to sled while less is free than it may need. What is refused leaves no trace, and
//! goes through by itself once there is room again; both turns are told once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clara_actors::ports::journal::AppendError;

use super::{JournalTrouble, SledOptions};
use crate::journal::refused;

/// How many bytes the file system of a directory has left for this process.
pub type FreeBytes = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// What a byte of a commit may cost at most: the record itself in sled's log, its pages written again by sled's
/// cleaning, the second copy.
const COST: u64 = 8;

/// Asks the file system.
pub(super) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(dir)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

pub(super) struct Space {
    dir: PathBuf,
    reserve: u64,
    free_bytes: FreeBytes,
    tell: Arc<dyn Fn(JournalTrouble) + Send + Sync>,
    full: bool,
}

impl Space {
    pub(super) fn new(dir: &Path, options: &SledOptions) -> Self {
        Self {
            dir: dir.to_owned(),
            reserve: options.reserve_bytes,
            free_bytes: Arc::clone(&options.free_bytes),
            tell: Arc::clone(&options.on_trouble),
            full: false,
        }
    }

    /// Whether the last look found too little.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Looks whether so many bytes may be written.
    pub(super) fn check(&mut self, bytes: usize) -> Result<(), AppendError> {
        let Some(free) = self.free() else {
            return Ok(());
        };
        let needed = self.needed(bytes);
        if free < needed {
            if !std::mem::replace(&mut self.full, true) {
                (self.tell)(JournalTrouble::DiskFull { free, needed });
            }
            return Err(self.refusal(free, needed));
        }
        if std::mem::take(&mut self.full) {
            (self.tell)(JournalTrouble::DiskFree { free });
        }
        Ok(())
    }

    /// Once it was full it has to have a little more, or it would be full and free by turns.
    fn needed(&self, bytes: usize) -> u64 {
        let slack = if self.full { self.reserve / 8 } else { 0 };
        self.reserve + slack + COST * bytes as u64
    }

    /// A file system that does not say is taken to have room: the write itself will show.
    fn free(&self) -> Option<u64> {
        (self.free_bytes)(&self.dir)
            .inspect_err(
                |error| tracing::warn!(%error, "the file system does not say what is free"),
            )
            .ok()
    }

    fn refusal(&self, free: u64, needed: u64) -> AppendError {
        refused(format!(
            "the disk is full: {} are free and {} are needed; nothing was stored; make room where {} is, and it goes \
             on by itself",
            mib(free),
            mib(needed),
            self.dir.display()
        ))
    }
}

fn mib(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn both_turns_are_told_once_and_a_little_more_is_wanted_for_the_way_back() {
        let free = Arc::new(AtomicU64::new(2000));
        let told = Arc::new(Mutex::new(Vec::new()));
        let (said, asked) = (Arc::clone(&told), Arc::clone(&free));
        let options = SledOptions {
            reserve_bytes: 800,
            free_bytes: Arc::new(move |_| Ok(asked.load(Ordering::SeqCst))),
            on_trouble: Arc::new(move |trouble| said.lock().unwrap().push(trouble)),
            ..SledOptions::default()
        };
        let mut space = Space::new(Path::new("/data"), &options);
        let mut look = |now, bytes| {
            free.store(now, Ordering::SeqCst);
            space.check(bytes).is_ok()
        };
        assert!(look(2000, 100) && look(1600, 100));
        assert!(!look(1599, 100) && !look(0, 0) && !look(1600, 100) && !look(899, 0));
        assert!(look(900, 0) && look(800, 0));
        let (full, room) = (
            JournalTrouble::DiskFull {
                free: 1599,
                needed: 1600,
            },
            JournalTrouble::DiskFree { free: 900 },
        );
        assert_eq!(*told.lock().unwrap(), [full, room]);
    }

    #[test]
    fn the_file_system_says_what_is_free_and_where_it_does_not_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free_bytes(dir.path()).unwrap() > 0);
        let options = SledOptions::default();
        let mut space = Space::new(&dir.path().join("not there"), &options);
        assert_eq!(space.check(1), Ok(()));
    }
}
