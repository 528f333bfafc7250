//! The journal on disk: sled behind the port, with a rail around every edge that it has.
//!
//! Appends go through one committer thread, which writes what is queued as one batch, syncs once and then answers.
//! Reads see only what is synced. The invariant: an append that was answered with success survives the loss of
//! power, and after a failed write or sync nothing is answered with success any more.

mod committer;
mod disk;
mod error;
mod heads;
mod layout;
mod mirror;
mod open;
mod second_look;
mod space;
mod watchdog;
mod witness;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::journal::{
    AppendError, Journal, NewRecord, ReadError, Record, RecordHash, Snapshot, StreamId, Version,
};
use tokio::sync::oneshot;

use self::committer::{Append, Committer, Request, SaveSnapshot};
use self::disk::Reader;
use self::heads::{Found, Heads};
use self::open::Hole;
use self::second_look::SecondLook;
use self::space::Space;
use super::chain::Head;
use super::codec::encode_snapshot;
use super::{prepare, refused, usable};

pub use error::OpenError;
pub use space::FreeBytes;

/// Something about the journal that people have to know. It is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalTrouble {
    /// A write or a sync failed. The journal takes nothing more; the process has to end and recover.
    Failed {
        /// What happened.
        reason: String,
    },
    /// A commit takes longer than it should. Told once for each such commit, while it goes on.
    Slow {
        /// How long it has been going on.
        since: Duration,
    },
    /// It did not open or was not whole, and was repaired. Told while it is opened.
    Repaired {
        /// What was wrong.
        what: String,
        /// Where the files are as they were, all or those that were at fault.
        copy: PathBuf,
    },
    /// A stream's last record is damaged. The others go on; this one takes nothing and cannot be read.
    Damaged {
        /// Which stream.
        stream: StreamId,
        /// Which record of it.
        version: Version,
        /// What is wrong with it.
        what: String,
    },
    /// sled could not give back a record; the mirror could, so nothing is lost, and the next opening repairs sled.
    ReadFromMirror {
        /// Which stream.
        stream: StreamId,
        /// What sled said.
        what: String,
    },
    /// There is no room for a commit. It was refused, and so is what follows until there is.
    DiskFull {
        /// How many bytes are free.
        free: u64,
        /// How many have to be.
        needed: u64,
    },
    /// There is room again, and appends are taken. Told after [`Self::DiskFull`].
    DiskFree {
        /// How many bytes are free.
        free: u64,
    },
}

/// How to open the journal.
#[derive(Clone)]
pub struct SledOptions {
    /// How much memory sled may use for pages. Little is enough: records are read once, when a client starts. Whatever it
    /// says, sled keeps a page or two of up to 20 KB in each of 256 shards, so about 10 MB.
    pub cache_bytes: u64,
    /// How long a commit may take before it is told as [`JournalTrouble::Slow`].
    pub commit_alert_after: Duration,
    /// How many bytes have to stay free beside what a commit writes: for sled's segments and snapshots, and for a
    /// repair's first steps.
    pub reserve_bytes: u64,
    /// Is asked before each commit how many bytes are free where the journal is.
    pub free_bytes: FreeBytes,
    /// Is told about trouble, from the journal's own threads; it should return quickly.
    pub on_trouble: Arc<dyn Fn(JournalTrouble) + Send + Sync>,
}

impl Default for SledOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 4 * 1024 * 1024,
            commit_alert_after: Duration::from_secs(5),
            reserve_bytes: 64 * 1024 * 1024,
            free_bytes: Arc::new(space::free_bytes),
            on_trouble: Arc::new(|trouble| tracing::error!(?trouble, "trouble with the journal")),
        }
    }
}

/// See the module.
pub struct SledJournal {
    heads: Arc<Heads>,
    reader: Reader,
    second_look: SecondLook,
    committer: Mutex<Committer>,
}

/// While it lives, no process can open the journal. See [`SledJournal::keep_closed`].
#[derive(Debug)]
pub struct KeptClosed(#[expect(dead_code, reason = "its lock ends when it is dropped")] File);

impl SledJournal {
    /// Opens the journal in a directory of its own, or makes one there.
    ///
    /// # Errors
    /// See [`OpenError`]; each says what happened, what is safe and what to do next.
    pub fn open(dir: &Path, options: SledOptions) -> Result<Self, OpenError> {
        let opened = open::open(dir, &options)?;
        let reader = opened.disk.reader();
        let heads = Arc::new(opened.heads);
        for trouble in heads.damaged() {
            (options.on_trouble)(trouble);
        }
        let second_look = SecondLook::new(reader.clone(), dir, &options);
        let space = Space::new(dir, &options);
        let committer = Committer::start(opened.disk, Arc::clone(&heads), space, options)
            .map_err(|error| OpenError::io(dir, &error))?;
        Ok(Self {
            heads,
            reader,
            second_look,
            committer: Mutex::new(committer),
        })
    }

    /// Keeps every process from opening the journal until what is returned is dropped, for work on the data beside it.
    ///
    /// # Errors
    /// As of [`Self::open`]; above all [`OpenError::Locked`].
    pub fn keep_closed(dir: &Path) -> Result<KeptClosed, OpenError> {
        open::keep_closed(dir).map(KeptClosed)
    }

    /// Whether the journal in a directory has a second copy.
    pub fn has_mirror(dir: &Path) -> bool {
        dir.join(mirror::DIR_NAME).is_dir()
    }

    /// Reads all of the second copy, and says what it has not whole of the streams that can be read. An opening looks only
    /// whether its files are there.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub async fn check_mirror(&self) -> Result<Vec<String>, ReadError> {
        let heads = self.heads.streams().into_iter();
        let heads = heads.filter_map(|stream| match self.heads.find(&stream) {
            Found::At(head) => Some((stream, head)),
            Found::Nothing | Found::Damaged { .. } => None,
        });
        let (look, heads) = (self.second_look.clone(), heads.collect::<Vec<_>>());
        off_the_executor(move || {
            let lacks = look.lacks(&heads).map_err(|error| ReadError::Failed {
                reason: format!("its second copy: {error}"),
            })?;
            let said = lacks.into_iter().map(|(stream, hole)| {
                let Hole { version, what } = hole;
                format!("record {version} of {stream}: {what}")
            });
            Ok(said.collect())
        })
        .await
    }

    /// Where a stream stands, if it has a record after a version.
    fn head_after(&self, stream: &StreamId, after: Version) -> Result<Option<Head>, ReadError> {
        match self.heads.find(stream) {
            Found::Nothing => Ok(None),
            Found::At(head) => Ok(Some(head).filter(|head| after < head.version)),
            Found::Damaged { version, what } => Err(ReadError::Corrupt {
                stream: stream.clone(),
                version,
                what,
            }),
        }
    }

    fn submit(&self, request: Request) -> Result<(), AppendError> {
        self.committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .submit(request)
    }
}

/// What the committer answered. It always answers while it runs; a lost answer means that it is gone.
async fn answer<T>(receiver: oneshot::Receiver<Result<T, AppendError>>) -> Result<T, AppendError> {
    receiver.await.unwrap_or_else(|_| {
        Err(AppendError::Failed {
            reason: "its thread has ended without an answer".to_owned(),
        })
    })
}

/// Runs a read of the disk where it may block. A flipped bit can make sled panic: that ends here.
async fn off_the_executor<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or_else(|error| {
            Err(ReadError::Failed {
                reason: format!("the storage gave up: {error}"),
            })
        })
}

#[async_trait]
impl Journal for SledJournal {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        let (reply, receiver) = oneshot::channel();
        self.submit(Request::Append(Append {
            stream: stream.clone(),
            expected,
            records: prepare(stream, &records)?,
            reply,
        }))?;
        answer(receiver).await
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        let Some(head) = self.head_after(stream, after)? else {
            return Ok(Vec::new());
        };
        let (look, stream) = (self.second_look.clone(), stream.clone());
        off_the_executor(move || look.read(&stream, after, head.version, head)).await
    }

    async fn read_some(
        &self,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Record>, ReadError> {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let last = Version(after.0.saturating_add(most));
        let head = match self.heads.find(stream) {
            // What comes before the damage is as good as ever. Its hash is not known and not needed.
            Found::Damaged { version, .. } if last < version => Some(Head {
                version,
                hash: RecordHash::default(),
            }),
            _ => self.head_after(stream, after)?,
        };
        let Some(head) = head else {
            return Ok(Vec::new());
        };
        let last = last.min(head.version);
        let (look, stream) = (self.second_look.clone(), stream.clone());
        off_the_executor(move || look.read(&stream, after, last, head)).await
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        Ok(self.heads.streams())
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        let Found::At(head) = self.heads.find(stream) else {
            return Ok(None);
        };
        let (reader, name) = (self.reader.clone(), stream.clone());
        let found = off_the_executor(move || Ok(reader.snapshot(&name))).await;
        Ok(found
            .ok()
            .flatten()
            .filter(|snapshot| usable(snapshot, head)))
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        let (reply, receiver) = oneshot::channel();
        self.submit(Request::Snapshot(SaveSnapshot {
            stream: stream.clone(),
            bytes: encode_snapshot(&snapshot).map_err(refused)?,
            reply,
        }))?;
        answer(receiver).await
    }

    async fn close(&self) {
        let mut stopping = {
            let mut committer = self
                .committer
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *committer, Committer::stopped())
        };
        let stopped = tokio::task::spawn_blocking(move || stopping.stop());
        if stopped.await.is_err() {
            tracing::error!("the journal's committer could not be stopped in order");
        }
    }
}
