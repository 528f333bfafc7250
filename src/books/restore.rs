//! `clara restore`: puts a backup into a data directory that is empty or not there.
//!
//! A backup does not know what happened after it was made: what was posted since would be posted again. So what a
//! restore cannot know it makes a question to a person, and each client stays paused until somebody has looked; see
//! `aftermath`. The journal is made under another name and gets its own when it is whole and on disk.

mod aftermath;

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clara_actors::ports::journal::{
    AppendError, NewRecord, ReadError, RecordHash, StreamId, Version,
};
use clara_actors::ports::{Clock, Journal};
use clara_adapters::archive::{Counts, Flaw, Item, Made, Pages, Reader};
use clara_adapters::clock::SystemClock;
use clara_adapters::journal::{OpenError, SledJournal, SledOptions};
use jiff::Timestamp;

use self::aftermath::Aftermath;
use super::{Trouble, count, moment};

/// The journal's name until it is whole.
const UNFINISHED: &str = "journal.restoring";
/// What a new file system has in it.
const ALLOWED: [&str; 2] = ["lost+found", UNFINISHED];
/// How many records are appended at once.
const BATCH: usize = 200;

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    made: Made,
    counts: Counts,
    damaged: Vec<String>,
    aftermath: Aftermath,
}

/// Restores a backup into a directory.
///
/// # Errors
/// See [`Trouble`]; the directory is as it was then.
pub async fn restore(file: &Path, dir: &Path) -> Result<Restored, Trouble> {
    let mut target = Target::begin(dir)?;
    check(file)?;
    target
        .create()
        .map_err(|error| Failure::from(error).trouble(file, dir))?;
    let written = target.fill(file).await;
    let restored = written.map_err(|error| error.trouble(file, dir))?;
    target
        .finish()
        .map_err(|error| Failure::from(error).trouble(file, dir))?;
    Ok(restored)
}

/// Reads the whole backup before anything is made of it.
fn check(file: &Path) -> Result<(), Trouble> {
    let source = File::open(file).map_err(|error| {
        Trouble::Usage(format!(
            "{} cannot be read: {error}. Nothing was done. Name a file that `clara backup` made.",
            file.display()
        ))
    })?;
    let reader = Reader::open(BufReader::new(source));
    let checked = reader.and_then(Reader::check);
    checked.map(drop).map_err(|flaw| refuse(file, &flaw))
}

fn refuse(file: &Path, flaw: &Flaw) -> Trouble {
    let next = match flaw {
        Flaw::NotABackup => "Name a file that `clara backup` made.",
        Flaw::Newer { .. } => "Restore it with the Clara that made it, or a later one.",
        Flaw::CutOff { .. } | Flaw::Altered { .. } | Flaw::Longer { .. } => {
            "Take another copy of it, or an older backup."
        }
        Flaw::Unreadable { .. } => "Look at that disk, or take another copy of it.",
    };
    Trouble::Failed(format!(
        "{} cannot be restored: {flaw}. Nothing was written. {next}",
        file.display()
    ))
}

/// The directory that is filled. Dropped before it is finished, it is as it was.
struct Target {
    dir: PathBuf,
    /// The directories that were made for it, the innermost first.
    made: Vec<PathBuf>,
    /// Its lock: what another restore is filling is not touched.
    lock: Option<File>,
    is_finished: bool,
}

impl Target {
    /// A directory that can be filled; nothing is made yet.
    fn begin(dir: &Path) -> Result<Self, Trouble> {
        let shown = dir.display();
        if dir.symlink_metadata().is_ok() && !dir.is_dir() {
            return Err(Trouble::Usage(format!(
                "{shown} is not a directory. Nothing was done. Name one that is empty or not there."
            )));
        }
        let failed = |error: io::Error| {
            Trouble::Usage(format!(
                "{shown} cannot be used: {error}. Nothing was done. Name a directory that you may write."
            ))
        };
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries.collect::<Result<Vec<_>, _>>().map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let name = entry.file_name();
            if !ALLOWED.iter().any(|allowed| name == *allowed) {
                return Err(Trouble::Usage(format!(
                    "{shown} is not empty: `{}` is in it, and nothing is ever overwritten. Nothing was done. Name a \
                     directory that is empty or not there, or move that one away.",
                    name.display()
                )));
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            made: Vec::new(),
            lock: None,
            is_finished: false,
        })
    }

    fn create(&mut self) -> io::Result<()> {
        let missing = self.dir.ancestors().take_while(|dir| {
            let is_named = !dir.as_os_str().is_empty();
            is_named && !dir.exists()
        });
        self.made = missing.map(Path::to_owned).collect();
        fs::create_dir_all(&self.dir)?;
        let lock = File::open(&self.dir)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another restore is filling it"),
            TryLockError::Error(error) => error,
        })?;
        self.lock = Some(lock);
        // The check of the backup may have taken long enough for another restore to be finished.
        if self.dir.join("journal").exists() {
            return Err(io::Error::other("another restore has filled it"));
        }
        self.clear()
    }

    fn unfinished(&self) -> PathBuf {
        self.dir.join(UNFINISHED)
    }

    /// Removes what a restore that was killed has left.
    fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.unfinished()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes all records, reads them back, and adds what the restore itself means.
    async fn fill(&mut self, file: &Path) -> Result<Restored, Failure> {
        let journal = SledJournal::open(&self.unfinished(), SledOptions::default())?;
        let mut reader = Reader::open(BufReader::new(File::open(file)?))?;
        let filled = fill(&journal, &mut reader).await;
        let restored = match filled {
            Ok(Filled {
                damaged,
                bare,
                latest,
            }) => {
                let made = reader.made().clone();
                let now = SystemClock.now().max(latest).max(made.at);
                aftermath::record(&journal, &bare, &made, now)
                    .await
                    .map(|aftermath| Restored {
                        made,
                        counts: reader.counts(),
                        damaged,
                        aftermath,
                    })
            }
            Err(failure) => Err(failure),
        };
        journal.close().await;
        restored
    }

    fn finish(&mut self) -> io::Result<()> {
        fs::rename(self.unfinished(), self.dir.join("journal"))?;
        self.is_finished = true;
        File::open(&self.dir)?.sync_all()?;
        match self.dir.canonicalize()?.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.is_finished || self.lock.is_none() {
            return;
        }
        let mut cleared = self.clear();
        for dir in &self.made {
            cleared = cleared.and_then(|()| match fs::remove_dir(dir) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            });
        }
        if let Err(error) = cleared {
            tracing::warn!(%error, dir = %self.dir.display(), "an unfinished restore could not be removed");
        }
    }
}

/// What went wrong while a checked backup was written.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the backup changed while it was read: {0}")]
    Flaw(#[from] Flaw),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{stream} does not read back as it was backed up")]
    Different { stream: StreamId },
}

impl Failure {
    fn trouble(&self, file: &Path, dir: &Path) -> Trouble {
        Trouble::Failed(format!(
            "{} was not restored: {self}. {} is as it was; the backup is untouched. Put right what is named, and try \
             again.",
            file.display(),
            dir.display()
        ))
    }
}

/// What was copied.
#[derive(Default)]
struct Filled {
    /// What had a damaged end, and what was wrong with it.
    damaged: Vec<String>,
    /// The streams without a record.
    bare: Vec<StreamId>,
    /// The time of the latest record.
    latest: Timestamp,
}

/// Copies every stream.
async fn fill(
    journal: &dyn Journal,
    reader: &mut Reader<BufReader<File>>,
) -> Result<Filled, Failure> {
    let mut filled = Filled::default();
    let mut current = (StreamId::Engine, Version(0));
    let mut batch: Vec<NewRecord> = Vec::new();
    while let Some(item) = reader.next()? {
        match item {
            Item::Stream(stream) => current = (stream, Version(0)),
            Item::Record(record) => {
                filled.latest = filled.latest.max(record.record.at);
                batch.push(record.record);
                if batch.len() >= BATCH {
                    append(journal, &mut current, &mut batch).await?;
                }
            }
            Item::End {
                version,
                hash,
                damage,
            } => {
                append(journal, &mut current, &mut batch).await?;
                read_back(journal, &current.0, version, hash).await?;
                if version == Version(0) {
                    filled.bare.push(current.0.clone());
                }
                let damage = damage.map(|what| format!("{}: {what}", current.0));
                filled.damaged.extend(damage);
            }
        }
    }
    Ok(filled)
}

async fn append(
    journal: &dyn Journal,
    (stream, version): &mut (StreamId, Version),
    batch: &mut Vec<NewRecord>,
) -> Result<(), Failure> {
    let records = std::mem::take(batch);
    *version = journal.append(stream, *version, records).await?;
    Ok(())
}

/// The last hash stands for every record before it, which the journal checks as it reads.
async fn read_back(
    journal: &dyn Journal,
    stream: &StreamId,
    version: Version,
    hash: RecordHash,
) -> Result<(), Failure> {
    let mut last = (Version(0), RecordHash::default());
    let mut pages = Pages::of(journal, stream);
    while let Some(page) = pages.next().await? {
        last = page
            .last()
            .map_or(last, |record| (record.version, record.hash));
    }
    if last == (version, hash) {
        Ok(())
    } else {
        Err(Failure::Different {
            stream: stream.clone(),
        })
    }
}

impl Restored {
    /// What was done and what is to be done now, for the person at the terminal.
    pub fn text(&self, file: &Path, dir: &Path) -> String {
        let mut text = format!(
            "Restored {} of {}, as of {}, from {} to {}, and read them back.\n",
            count(self.counts.records, "record", "records"),
            count(self.counts.streams, "stream", "streams"),
            moment(self.made.at),
            file.display(),
            dir.display()
        );
        for damage in &self.damaged {
            text.push_str(&format!(
                "The end of this was damaged when the backup was made, and is not here: {damage}\n"
            ));
        }
        text.push_str(&self.aftermath.text());
        text.push_str(&format!(
            "\n\nNow:\n\
             1. Make sure that no other Clara runs for these clients; what she posts, this one does not know.\n\
             2. Put the configuration and the environment's secrets in place, with data_dir = \"{}\".\n\
             3. X tokens are not in a backup: `clara sign-in CLIENT` for each client, or copy the secrets/ that was kept.\n\
             4. `clara run`. For each client look at its X account and answer what is asked; then `/client resume` in \
             Discord.\n\
             5. Approval cards that were posted after {} are of another time: delete them, and do not press their buttons.",
            dir.display(),
            moment(self.made.at),
        ));
        text
    }
}
