//! What is done to a directory that does not open: what is unfinished goes, what is damaged is copied aside first.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::journal::sled::OpenError;

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
            tracing::warn!(file = %entry.path().display(), "removing a file that sled left behind");
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Copies the directory beside itself, under a name that says why and when.
pub(super) fn copy_aside(dir: &Path, what: &str) -> Result<PathBuf, OpenError> {
    let copy = aside(dir);
    tracing::error!(what, copy = %copy.display(), "the journal is damaged; copying it before a repair");
    match copy_dir(dir, &copy) {
        Ok(()) => Ok(copy),
        Err(error) => Err(OpenError::NotCopied {
            dir: dir.to_owned(),
            copy,
            what: what.to_owned(),
            reason: error.to_string(),
        }),
    }
}

fn aside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(format!(
        ".damaged-{}",
        Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ")
    ));
    dir.with_file_name(name)
}

fn copy_dir(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    fs::File::open(to)?.sync_all()
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
    if let Err(error) = fs::write(dir.join(SUSPICION), what) {
        tracing::error!(%error, what, "could not note that the journal needs a repair");
    }
}
