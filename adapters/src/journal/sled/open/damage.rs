//! What is done to a directory that does not open: what is unfinished goes, what is damaged is copied aside first.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::journal::sled::witness::Witness;
use crate::journal::sled::{OpenError, mirror};

/// Removes the snapshots that sled was writing when it was killed. With one of them there it does not open.
pub(super) fn remove_unfinished_snapshots(dir: &Path) -> io::Result<()> {
    remove(dir, |name| {
        name.starts_with("snap.") && name.ends_with(".generating")
    })
}

/// Removes all of sled's snapshots: it then reads its log from the beginning.
pub(super) fn remove_snapshots(dir: &Path) -> io::Result<()> {
    remove(dir, |name| name.starts_with("snap."))
}

fn remove(dir: &Path, which: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if which(&entry.file_name().to_string_lossy()) {
            tracing::warn!(file = %entry.path().display(), "removing a file that was left behind");
            match entry.file_type()?.is_dir() {
                true => fs::remove_dir_all(entry.path())?,
                false => fs::remove_file(entry.path())?,
            }
        }
    }
    Ok(())
}

/// The file that names the copy which was made of a journal that could not be opened since.
const COPIED: &str = "copied-to";

/// Copies the directory beside itself, under a name that says why and when. One copy is enough: a process that is
/// started over and over does not fill the disk with them.
pub(super) fn copy_aside(dir: &Path, what: &str) -> Result<PathBuf, OpenError> {
    if let Some(copy) = earlier_copy(dir) {
        return Ok(copy);
    }
    let copy = aside(dir);
    tracing::error!(what, copy = %copy.display(), "the journal is damaged; copying it before a repair");
    match fs::create_dir(&copy).and_then(|()| or_remove(&copy, fill_copy(dir, &copy))) {
        Ok(()) => {
            let name = copy.file_name().unwrap_or_default();
            if let Err(error) = fs::write(dir.join(COPIED), name.as_encoded_bytes()) {
                tracing::warn!(%error, "could not note that the journal was copied");
            }
            Ok(copy)
        }
        Err(error) => Err(OpenError::NotCopied {
            dir: dir.to_owned(),
            copy,
            what: what.to_owned(),
            reason: error.to_string(),
        }),
    }
}

fn earlier_copy(dir: &Path) -> Option<PathBuf> {
    let name = fs::read_to_string(dir.join(COPIED)).ok()?;
    let copy = dir.with_file_name(name);
    copy.join("db").exists().then_some(copy)
}

/// It opened: what happens to it from now on is in no copy.
pub(super) fn forget_copy(dir: &Path) -> io::Result<()> {
    remove(dir, |name| name == COPIED)
}

fn aside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", damaged_now()));
    dir.with_file_name(name)
}

/// How files that were found damaged now are named: a word and the time.
pub(super) fn damaged_now() -> String {
    let now = Timestamp::now();
    format!("damaged-{}", now.strftime("%Y%m%dT%H%M%S%.3fZ"))
}

/// Where it could not be made, what there is of it goes: it takes the room that is missing.
pub(super) fn or_remove<T>(place: &Path, made: io::Result<T>) -> io::Result<T> {
    made.inspect_err(|_| match fs::remove_dir_all(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::error!(%error, place = %place.display(), "what was made in vain could not be removed");
        }
        Ok(()) | Err(_) => {}
    })
}

/// Copies what is in a directory into another.
fn fill_copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            fill_copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    fs::File::open(to)?.sync_all()
}

/// A journal that is being made has this file until it is whole: nothing in it was ever acknowledged.
const UNBORN: &str = "unborn";

/// Starts over where the making of a journal was cut short, and notes that one is being made where there is none.
pub(super) fn begin(dir: &Path) -> io::Result<()> {
    let unborn = dir.join(UNBORN);
    if unborn.exists() {
        tracing::warn!(dir = %dir.display(), "the journal was never finished being made; starting over");
        return remove(dir, |name| name != UNBORN && name != "lock");
    }
    if dir.join("db").exists() || dir.join(mirror::DIR_NAME).exists() || Witness::path(dir).exists()
    {
        return Ok(());
    }
    fs::File::create(unborn)?.sync_all()?;
    fs::File::open(dir)?.sync_all()
}

/// The journal is whole. Returns when that is on disk: before it, nothing may be acknowledged.
pub(super) fn born(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join(UNBORN)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome.and_then(|()| fs::File::open(dir)?.sync_all()),
    }
}

/// The file that says why sled should not be believed at the next opening.
pub(super) const SUSPICION: &str = "suspect";

/// What was noted by [`suspect`], if anything.
pub(super) fn suspicion(dir: &Path) -> Option<String> {
    let noted = fs::read(dir.join(SUSPICION)).ok()?;
    Some(String::from_utf8_lossy(&noted).into_owned())
}

/// Notes that sled could not give back or take what it should: the next opening makes it anew.
pub(in crate::journal::sled) fn suspect(dir: &Path, what: &str) {
    note(dir, SUSPICION, what);
}

/// The file that names the commit that sled did not take whole.
pub(super) const UNTAKEN: &str = "untaken";

/// Notes that sled did not take a commit, and may hold any part of it.
pub(in crate::journal::sled) fn untaken(dir: &Path, commit: u64) {
    note(dir, UNTAKEN, &commit.to_string());
}

/// What was noted by [`untaken`], if anything.
pub(super) fn untaken_commit(dir: &Path) -> Option<u64> {
    fs::read_to_string(dir.join(UNTAKEN)).ok()?.parse().ok()
}

/// From now on commits have numbers of which the note knows nothing.
pub(super) fn forget_untaken(dir: &Path) -> io::Result<()> {
    remove(dir, |name| name == UNTAKEN)
}

fn note(dir: &Path, name: &str, what: &str) {
    let write = || {
        let mut file = fs::File::create(dir.join(name))?;
        file.write_all(what.as_bytes())?;
        file.sync_all()
    };
    if let Err(error) = write() {
        tracing::error!(%error, what, "could not note that the journal needs a repair");
    }
}
