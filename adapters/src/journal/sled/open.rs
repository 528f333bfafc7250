//! Opening the journal's directory: clearing what a kill left behind, keeping a copy before a repair, finding where
//! every stream stands.
//!
//! The invariants: nothing in the directory is touched before it is locked; nothing damaged is repaired before it is
//! copied; a journal that has lost what it acknowledged does not open.

mod damage;

use std::any::Any;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clara_actors::ports::journal::{StreamId, Version};

use super::disk::{Disk, Reader};
use super::heads::{Found, Heads};
use super::witness::Witness;
use super::{JournalTrouble, OpenError, SledOptions, layout};

/// How long sled's own lock is waited for. We hold ours by then, so it can only be a handle of this process that is
/// still on its way out in one of sled's threads.
const LOCK_WAIT: Duration = Duration::from_secs(5);

pub(super) struct Opened {
    pub(super) disk: Disk,
    pub(super) heads: Heads,
}

/// Why one try to open failed.
enum Failure {
    /// What is there makes no sense: a copy, then another try.
    Damaged(String),
    /// Another try would fail as well.
    Final(OpenError),
}

/// See [`super::SledJournal::open`].
pub(super) fn open(dir: &Path, options: &SledOptions) -> Result<Opened, OpenError> {
    let io = |error: io::Error| OpenError::io(dir, &error);
    create(dir)?;
    let lock = Arc::new(lock(dir)?);
    damage::remove_unfinished_snapshots(dir).map_err(io)?;
    let opened = match attempt(dir, options, &lock) {
        Ok(opened) => opened,
        Err(Failure::Final(error)) => return Err(error),
        Err(Failure::Damaged(what)) => repair(dir, options, &lock, what)?,
    };
    check_nothing_is_lost(dir, &opened.disk)?;
    sync_all(dir).map_err(io)?;
    Ok(opened)
}

fn create(dir: &Path) -> Result<(), OpenError> {
    if dir.exists() && !dir.is_dir() {
        return Err(OpenError::NotADirectory {
            path: dir.to_owned(),
        });
    }
    fs::create_dir_all(dir).map_err(|error| OpenError::io(dir, &error))
}

/// See [`super::SledJournal::keep_closed`].
pub(super) fn keep_closed(dir: &Path) -> Result<File, OpenError> {
    create(dir)?;
    lock(dir)
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let file = File::create(path).map_err(|error| OpenError::io(dir, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(OpenError::io(dir, &error)),
    }
}

fn repair(
    dir: &Path,
    options: &SledOptions,
    lock: &Arc<File>,
    what: String,
) -> Result<Opened, OpenError> {
    let copy = damage::copy_aside(dir, &what)?;
    damage::remove_snapshots(dir).map_err(|error| OpenError::io(dir, &error))?;
    match attempt(dir, options, lock) {
        Ok(opened) => {
            (options.on_trouble)(JournalTrouble::Repaired { what, copy });
            Ok(opened)
        }
        Err(Failure::Final(error)) => Err(error),
        Err(Failure::Damaged(again)) => Err(OpenError::Damaged {
            dir: dir.to_owned(),
            copy,
            what: format!("{what}; after a repair: {again}"),
        }),
    }
}

/// One try. A flipped bit can make sled panic: that is damage like any other.
fn attempt(dir: &Path, options: &SledOptions, lock: &Arc<File>) -> Result<Opened, Failure> {
    let work = || open_trees(dir, options, lock);
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Failure::Damaged(format!(
            "the storage panicked: {}",
            panic_text(&*panic)
        )))
    })
}

fn open_trees(dir: &Path, options: &SledOptions, lock: &Arc<File>) -> Result<Opened, Failure> {
    let io = |error: io::Error| Failure::Final(OpenError::io(dir, &error));
    let sled = |error| classify(dir, error);
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(options.cache_bytes)
        .use_compression(false)
        .flush_every_ms(None);
    let db = open_sled(&config).map_err(sled)?;
    let reader = Reader {
        records: db.open_tree("records").map_err(sled)?,
        snapshots: db.open_tree("snapshots").map_err(sled)?,
        _lock: Arc::clone(lock),
    };
    let heads = find_heads(&reader).map_err(sled)?;
    let commits = reader.records.get(layout::COMMITS).map_err(sled)?;
    let disk = Disk {
        commits: commits.map_or(Ok(0), |count| number(&count))?,
        log: File::open(dir.join("db")).map_err(io)?,
        witness: Witness::open(dir).map_err(io)?,
        measured: None,
        reader,
        db,
    };
    Ok(Opened {
        disk,
        heads: Heads::new(heads),
    })
}

fn number(bytes: &[u8]) -> Result<u64, Failure> {
    let bytes = bytes
        .try_into()
        .map_err(|_| Failure::Damaged("the number of commits is not a number".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}

fn open_sled(config: &sled::Config) -> sled::Result<sled::Db> {
    let until = Instant::now() + LOCK_WAIT;
    loop {
        match config.open() {
            Err(error) if is_lock(&error) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}

/// sled has no kind of its own for this; the text is that of 0.34.7's `Config::try_lock`.
fn is_lock(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

fn classify(dir: &Path, error: sled::Error) -> Failure {
    let dir = dir.to_owned();
    if is_lock(&error) {
        return Failure::Final(OpenError::Locked { dir });
    }
    match error {
        sled::Error::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Failure::Final(OpenError::io(&dir, &error))
        }
        sled::Error::Unsupported(reason) => Failure::Final(OpenError::Unsupported { dir, reason }),
        damaged @ (sled::Error::Corruption { .. }
        | sled::Error::CollectionNotFound(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Io(_)) => Failure::Damaged(damaged.to_string()),
    }
}

/// Where every stream stands; the last record of each is read and checked.
fn find_heads(reader: &Reader) -> sled::Result<BTreeMap<StreamId, Found>> {
    let mut heads = BTreeMap::new();
    for entry in reader.records.scan_prefix(layout::head_prefix()) {
        let (key, value) = entry?;
        match layout::head_stream(&key) {
            Some(stream) => {
                let found = check_head(reader, &stream, &value);
                heads.insert(stream, found);
            }
            None => tracing::error!(?key, "the journal has a stream whose name is not one"),
        }
    }
    Ok(heads)
}

fn check_head(reader: &Reader, stream: &StreamId, value: &[u8]) -> Found {
    let Some(head) = layout::parse_head(value) else {
        return Found::Damaged {
            version: Version(0),
            what: "where the stream ends is not readable".to_owned(),
        };
    };
    let before = Version(head.version.0.saturating_sub(1));
    match reader.read(stream, before, head) {
        Ok(_) => Found::At(head),
        Err(error) => Found::Damaged {
            version: head.version,
            what: error.to_string(),
        },
    }
}

fn check_nothing_is_lost(dir: &Path, disk: &Disk) -> Result<(), OpenError> {
    match disk.witness.read() {
        Some(acknowledged) if acknowledged > disk.commits => Err(OpenError::Lost {
            dir: dir.to_owned(),
            recovered: disk.commits,
            acknowledged,
            witness: Witness::path(dir),
        }),
        Some(_) | None => Ok(()),
    }
}

/// Makes the files and their names durable, all that are there after opening.
fn sync_all(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(dir)?.sync_all()?;
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}
