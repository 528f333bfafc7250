//! Opening the journal's directory: clearing what a kill left behind, keeping a copy before a repair, finding where
//! every stream stands.
//!
//! The invariants: nothing in the directory is touched before it is locked; nothing damaged is repaired before it is
//! copied; a stream that has lost what was acknowledged is never taken for whole. Where sled and the mirror disagree,
//! both are made anew from what can be read of either.

mod damage;
mod doubt;
mod harvest;
mod rebuild;
mod trees;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::doubt::{Known, doubt, goal};
use self::trees::{Failure, Trees, attempt};
use super::disk::Disk;
use super::heads::Heads;
use super::mirror::{self, Survey};
use super::witness::Witness;
use super::{JournalTrouble, OpenError, SledOptions};

pub(super) use damage::{suspect, untaken};
pub(super) use harvest::{Harvest, Hole};
pub(super) use trees::panic_text;

pub(super) struct Opened {
    pub(super) disk: Disk,
    pub(super) heads: Heads,
}

/// A directory that is locked and being opened.
struct Opening<'a> {
    dir: &'a Path,
    options: &'a SledOptions,
    lock: Arc<File>,
    /// What was wrong with it, and where it was copied before that was touched.
    repaired: Option<(String, PathBuf)>,
}

/// See [`super::SledJournal::open`].
pub(super) fn open(dir: &Path, options: &SledOptions) -> Result<Opened, OpenError> {
    let io = |error: io::Error| OpenError::io(dir, &error);
    create(dir)?;
    let mut opening = Opening {
        dir,
        options,
        lock: Arc::new(lock(dir)?),
        repaired: None,
    };
    damage::begin(dir).map_err(io)?;
    rebuild::settle(dir).map_err(io)?;
    rebuild::settle_mirror(dir).map_err(io)?;
    mirror::forget_unbegun(&dir.join(mirror::DIR_NAME)).map_err(io)?;
    damage::remove_unfinished_snapshots(dir).map_err(io)?;
    let (trees, survey) = opening.sound()?;
    let opened = opening.finish(trees, survey).map_err(io)?;
    damage::forget_copy(dir).map_err(io)?;
    damage::forget_untaken(dir).map_err(io)?;
    rebuild::sync_tree(dir).map_err(io)?;
    sync_parent(dir).map_err(io)?;
    damage::born(dir).map_err(io)?;
    if let Some((what, copy)) = opening.repaired {
        (options.on_trouble)(JournalTrouble::Repaired { what, copy });
    }
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

impl Opening<'_> {
    fn io(&self, error: &io::Error) -> OpenError {
        OpenError::io(self.dir, error)
    }

    fn mirror(&self) -> PathBuf {
        self.dir.join(mirror::DIR_NAME)
    }

    fn survey(&self) -> Result<Option<Survey>, OpenError> {
        mirror::survey(&self.mirror()).map_err(|error| self.io(&error))
    }

    /// sled and the mirror, agreed with each other; made anew where they were not.
    fn sound(&mut self) -> Result<(Trees, Option<Survey>), OpenError> {
        let known = Known {
            survey: self.survey()?,
            acknowledged: Witness::peek(self.dir),
            untaken: damage::untaken_commit(self.dir),
        };
        let (trees, what) = match self.open_sled()? {
            Ok(trees) => match doubt(&trees, &known) {
                None => return Ok((trees, known.survey)),
                Some(what) => (Some(trees), what),
            },
            Err(what) => (None, what),
        };
        self.rebuild(trees, &known, &what)?;
        let survey = self.survey()?;
        let known = Known { survey, ..known };
        match self.open_sled()? {
            Ok(trees) => match doubt(&trees, &known) {
                None => Ok((trees, known.survey)),
                Some(again) => Err(self.damaged(&what, &again)),
            },
            Err(again) => Err(self.damaged(&what, &again)),
        }
    }

    /// Tries with sled's snapshots, and after a copy without them.
    fn open_sled(&mut self) -> Result<Result<Trees, String>, OpenError> {
        let what = match attempt(self.dir, self.options, &self.lock) {
            Ok(trees) => return Ok(Ok(trees)),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Damaged(what)) => what,
        };
        self.copy(&what)?;
        damage::remove_snapshots(self.dir).map_err(|error| self.io(&error))?;
        match attempt(self.dir, self.options, &self.lock) {
            Ok(trees) => Ok(Ok(trees)),
            Err(Failure::Final(error)) => Err(error),
            Err(Failure::Damaged(again)) => {
                Ok(Err(format!("{what}; without its snapshots: {again}")))
            }
        }
    }

    fn copy(&mut self, what: &str) -> Result<PathBuf, OpenError> {
        if let Some((_, copy)) = &self.repaired {
            return Ok(copy.clone());
        }
        let copy = damage::copy_aside(self.dir, what)?;
        self.repaired = Some((what.to_owned(), copy.clone()));
        Ok(copy)
    }

    fn damaged(&self, what: &str, again: &str) -> OpenError {
        let copy = self.repaired.as_ref().map(|(_, copy)| copy.clone());
        OpenError::Damaged {
            dir: self.dir.to_owned(),
            copy: copy.unwrap_or_default(),
            what: format!("{what}; after a repair: {again}"),
        }
    }

    /// Makes sled's files and the mirror anew from what can be read of both.
    fn rebuild(
        &mut self,
        trees: Option<Trees>,
        known: &Known,
        what: &str,
    ) -> Result<(), OpenError> {
        let copy = self.copy(what)?;
        let goal = goal(self.dir, trees.as_ref(), known, what, &copy)?;
        let (dir, options) = (self.dir, self.options);
        let work = || {
            let reader = trees.as_ref().map(|trees| trees.reader.clone());
            let harvest = Harvest::new(&dir.join(mirror::DIR_NAME), reader, None)?;
            rebuild::rebuild(dir, options, &harvest, &goal)?;
            drop((harvest, trees));
            rebuild::settle(dir)
        };
        work().map_err(|error| self.io(&error))
    }

    /// Brings the mirror up to where sled is, and puts everything together.
    fn finish(&mut self, trees: Trees, survey: Option<Survey>) -> io::Result<Opened> {
        let (mirror, renewed) = doubt::catch_up(self.dir, &trees, survey)?;
        if let Some((flaw, old)) = renewed {
            let what = format!("its second copy was not whole: {flaw}");
            self.repaired.get_or_insert((what, old));
        }
        let heads = Heads::new(trees.heads);
        let disk = Disk {
            commits: trees.commits,
            log: File::open(self.dir.join("db"))?,
            witness: Witness::open(self.dir)?,
            measured: None,
            mirror,
            dir: self.dir.to_owned(),
            reader: trees.reader,
            db: trees.db,
        };
        disk.witness.write(disk.commits)?;
        Ok(Opened { disk, heads })
    }
}

/// Makes the directory's own name durable.
fn sync_parent(dir: &Path) -> io::Result<()> {
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}
