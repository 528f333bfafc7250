//! Opening sled itself: one try, with what it panics at or calls corrupt told apart from what the system refuses.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clara_actors::ports::journal::{StreamId, Version};
use sled::Db;

use super::damage;
use crate::journal::chain::Head;
use crate::journal::sled::disk::Reader;
use crate::journal::sled::heads::Found;
use crate::journal::sled::{OpenError, SledOptions, layout, mirror};

/// How long sled's own lock is waited for. We hold ours by then, so it can only be a handle of this process that is
/// still on its way out in one of sled's threads.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// sled, open, with where every stream stands in it.
pub(super) struct Trees {
    pub(super) reader: Reader,
    pub(super) db: Db,
    pub(super) heads: BTreeMap<StreamId, Found>,
    /// Where each stream should end, also where its last record cannot be read.
    pub(super) ends: BTreeMap<StreamId, Head>,
    pub(super) commits: u64,
    /// Why it should not be trusted, if there is a reason.
    pub(super) suspect: Option<String>,
}

/// Why one try to open failed.
pub(super) enum Failure {
    /// What is there makes no sense.
    Damaged(String),
    /// Another try would fail as well.
    Final(OpenError),
}

/// One try. A flipped bit can make sled panic: that is damage like any other.
pub(super) fn attempt(
    dir: &Path,
    options: &SledOptions,
    lock: &Arc<File>,
) -> Result<Trees, Failure> {
    let work = || open_trees(dir, options, lock);
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Failure::Damaged(format!(
            "the storage panicked: {}",
            panic_text(&*panic)
        )))
    })
}

/// sled's settings, which a rebuilt one shares.
pub(super) fn config(dir: &Path, options: &SledOptions) -> sled::Config {
    sled::Config::new()
        .path(dir)
        .cache_capacity(options.cache_bytes)
        .use_compression(false)
        .flush_every_ms(None)
}

fn open_trees(dir: &Path, options: &SledOptions, lock: &Arc<File>) -> Result<Trees, Failure> {
    let sled = |error| classify(dir, error);
    let db = open_sled(&config(dir, options)).map_err(sled)?;
    let reader = Reader {
        records: db.open_tree(layout::RECORDS_TREE).map_err(sled)?,
        snapshots: db.open_tree(layout::SNAPSHOTS_TREE).map_err(sled)?,
        _lock: Arc::clone(lock),
    };
    let commits = reader.records.get(layout::COMMITS).map_err(sled)?;
    let commits = commits.map_or(Ok(0), |count| number(&count))?;
    let mut trees = Trees {
        reader,
        db,
        heads: BTreeMap::new(),
        ends: BTreeMap::new(),
        commits,
        suspect: damage::suspicion(dir),
    };
    trees.find_heads().map_err(sled)?;
    Ok(trees)
}

fn number(bytes: &[u8]) -> Result<u64, Failure> {
    let bytes = bytes
        .try_into()
        .map_err(|_| Failure::Damaged("the number of commits is not a number".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}

fn open_sled(config: &sled::Config) -> sled::Result<Db> {
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

/// What the system refused, told apart from what makes no sense: an end too early, a settings file that is no text.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}

fn classify(dir: &Path, error: sled::Error) -> Failure {
    let dir = dir.to_owned();
    if is_lock(&error) {
        return Failure::Final(OpenError::Locked { dir });
    }
    match error {
        sled::Error::Io(error) if !is_damage(&error) => Failure::Final(OpenError::io(&dir, &error)),
        // With a mirror it is ours, and what sled says of its settings file is damage.
        sled::Error::Unsupported(reason) if dir.join(mirror::DIR_NAME).exists() => {
            Failure::Damaged(reason)
        }
        sled::Error::Unsupported(reason) => Failure::Final(OpenError::Unsupported { dir, reason }),
        damaged @ (sled::Error::Corruption { .. }
        | sled::Error::CollectionNotFound(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Io(_)) => Failure::Damaged(damaged.to_string()),
    }
}

impl Trees {
    /// Finds where every stream stands; the last record of each is read and checked.
    fn find_heads(&mut self) -> sled::Result<()> {
        let records = self.reader.records.clone();
        for entry in records.scan_prefix(layout::head_prefix()) {
            let (key, value) = entry?;
            let Some(stream) = layout::head_stream(&key) else {
                self.suspect = Some(format!("a stream has the name {key:?}, which is none"));
                continue;
            };
            let end = layout::parse_head(&value);
            self.ends.insert(stream.clone(), end.unwrap_or_default());
            let found = match records.get(layout::damage_key(&stream))? {
                Some(known) => layout::parse_damage(&known),
                None => self.check(&stream, end),
            };
            self.heads.insert(stream, found);
        }
        Ok(())
    }

    /// A stream that has a piece of a record beyond its end.
    pub(super) fn stray(&self) -> sled::Result<Option<StreamId>> {
        let mut from = layout::first_record();
        while let Some(entry) = self.reader.records.range(from..).next() {
            let Some(stream) = layout::record_stream(&entry?.0) else {
                return Ok(None);
            };
            let end = self.ends.get(&stream).copied().unwrap_or_default();
            let beyond =
                layout::record_range(&stream, Version(end.version.0 + 1), Version(u64::MAX));
            if self
                .reader
                .records
                .range(beyond.clone())
                .next()
                .transpose()?
                .is_some()
            {
                return Ok(Some(stream));
            }
            from = [beyond.end(), &[0][..]].concat();
        }
        Ok(None)
    }

    fn check(&mut self, stream: &StreamId, end: Option<Head>) -> Found {
        let Head { version, .. } = end.unwrap_or_default();
        let checked = match end {
            None => Err("where the stream ends is not readable".to_owned()),
            Some(head) => {
                let before = Version(version.0.saturating_sub(1));
                let last = self.reader.read(stream, before, head);
                last.map(|_| head).map_err(|error| error.to_string())
            }
        };
        match checked {
            Ok(head) => Found::At(head),
            Err(what) => {
                self.suspect = Some(what.clone());
                Found::Damaged { version, what }
            }
        }
    }
}

/// What a panic said.
pub(in crate::journal::sled) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}
