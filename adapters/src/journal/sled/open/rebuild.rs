//! Making sled's files and the mirror anew out of what can be read of both, and putting them in the place of the old.
//!
//! The new ones are made beside the old and take their place when they are whole and synced; a crash in between is
//! finished at the next opening. The invariant: at every moment either the old files are all there or the new ones are.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clara_actors::ports::journal::StreamId;
use sled::Batch;

use super::damage::{SUSPICION, UNTAKEN, damaged_now, or_remove};
use super::harvest::{Harvest, Hole};
use super::trees::config;
use crate::journal::chain::Head;
use crate::journal::sled::committer::Placed;
use crate::journal::sled::mirror::{self, Mirror};
use crate::journal::sled::{SledOptions, layout};

const FRESH: &str = "rebuilt";
const WHOLE: &str = "whole";
const FRESH_MIRROR: &str = "mirror.new";
const OLD_MIRROR: &str = "mirror.old";
/// So many bytes of records are written together.
const TOGETHER: usize = 512 * 1024;

/// What the new files are to hold.
pub(super) struct Goal {
    pub(super) commits: u64,
    pub(super) heads: BTreeMap<StreamId, Head>,
}

/// Makes everything anew. sled must be closed, or open for reading by the harvest alone.
pub(super) fn rebuild(
    dir: &Path,
    options: &SledOptions,
    harvest: &Harvest,
    goal: &Goal,
) -> io::Result<()> {
    let fresh = dir.join(FRESH);
    remove_dir(&fresh)?;
    let build = || {
        fs::create_dir(&fresh)?;
        build_sled(&fresh, options, harvest, goal).map_err(io::Error::other)?;
        build_mirror(&fresh.join(mirror::DIR_NAME), harvest, goal)?;
        sync_tree(&fresh)
    };
    or_remove(&fresh, build())?;
    File::create(fresh.join(WHOLE))?.sync_all()?;
    File::open(&fresh)?.sync_all()
}

/// Makes the mirror alone anew. Where there was one, it is kept: the path is where.
pub(super) fn renew_mirror(
    dir: &Path,
    harvest: &Harvest,
    goal: &Goal,
) -> io::Result<Option<PathBuf>> {
    let (fresh, place) = (dir.join(FRESH_MIRROR), dir.join(mirror::DIR_NAME));
    remove_dir(&fresh)?;
    let built = build_mirror(&fresh, harvest, goal).and_then(|()| sync_tree(&fresh));
    or_remove(&fresh, built)?;
    let is_another = place.exists();
    if is_another {
        fs::rename(&place, dir.join(OLD_MIRROR))?;
    }
    fs::rename(&fresh, &place)?;
    File::open(dir)?.sync_all()?;
    is_another.then(|| keep_old_mirror(dir)).transpose()
}

fn keep_old_mirror(dir: &Path) -> io::Result<PathBuf> {
    let kept = dir.join(format!("{}.{}", mirror::DIR_NAME, damaged_now()));
    fs::rename(dir.join(OLD_MIRROR), &kept)?;
    File::open(dir)?.sync_all()?;
    Ok(kept)
}

/// Ends what a crash left of making the mirror anew: the old one is in its place until the new one is.
pub(super) fn settle_mirror(dir: &Path) -> io::Result<()> {
    let (old, place) = (dir.join(OLD_MIRROR), dir.join(mirror::DIR_NAME));
    remove_dir(&dir.join(FRESH_MIRROR))?;
    match (old.exists(), place.exists()) {
        (false, _) => Ok(()),
        (true, true) => keep_old_mirror(dir).map(drop),
        (true, false) => {
            fs::rename(old, place)?;
            File::open(dir)?.sync_all()
        }
    }
}

/// Puts what was made anew into its place, where it is whole; removes it where it is not.
pub(super) fn settle(dir: &Path) -> io::Result<()> {
    let fresh = dir.join(FRESH);
    if !fresh.join(WHOLE).exists() {
        return remove_dir(&fresh);
    }
    for entry in fs::read_dir(&fresh)? {
        let name = entry?.file_name();
        if name == WHOLE {
            continue;
        }
        let place = dir.join(&name);
        match place.is_dir() {
            true => remove_dir(&place)?,
            false => remove_file(&place)?,
        }
        fs::rename(fresh.join(&name), place)?;
    }
    // sled's snapshots are of the old log; the new one is read from its beginning.
    super::damage::remove_snapshots(dir)?;
    remove_file(&dir.join(SUSPICION))?;
    remove_file(&dir.join(UNTAKEN))?;
    File::open(dir)?.sync_all()?;
    remove_dir(&fresh)
}

fn build_sled(
    fresh: &Path,
    options: &SledOptions,
    harvest: &Harvest,
    goal: &Goal,
) -> sled::Result<()> {
    let db = config(fresh, options).open()?;
    let records = db.open_tree(layout::RECORDS_TREE)?;
    let put = |placed: &[Placed]| {
        let mut batch = Batch::default();
        for one in placed {
            let pieces = layout::record_pieces(&one.stream, one.head.version, &one.bytes);
            pieces.for_each(|(key, piece)| batch.insert(key, piece));
        }
        records.apply_batch(batch)
    };
    for (stream, head) in &goal.heads {
        let hole = in_lots(harvest, stream, *head, put)?.or_else(|| unknown(*head));
        records.insert(layout::head_key(stream), layout::head_value(*head))?;
        if let Some(Hole { version, what }) = hole {
            tracing::error!(%stream, %version, what, "a record of the journal is lost");
            records.insert(
                layout::damage_key(stream),
                layout::damage_value(version, &what),
            )?;
        }
    }
    records.insert(layout::COMMITS, &goal.commits.to_be_bytes())?;
    db.flush().map(|_| ())
}

/// A stream without an end has lost it: there is none without a record.
fn unknown(end: Head) -> Option<Hole> {
    (end == Head::default()).then(|| Hole {
        version: end.version,
        what: "where the stream ends is not known".to_owned(),
    })
}

fn build_mirror(place: &Path, harvest: &Harvest, goal: &Goal) -> io::Result<()> {
    let mut mirror = Mirror::create(place, goal.commits, goal.heads.clone())?;
    for (stream, head) in &goal.heads {
        in_lots(harvest, stream, *head, |lot| {
            mirror.write(goal.commits, lot)
        })?;
    }
    mirror.sync()
}

fn in_lots<E>(
    harvest: &Harvest,
    stream: &StreamId,
    head: Head,
    mut put: impl FnMut(&[Placed]) -> Result<(), E>,
) -> Result<Option<Hole>, E> {
    let (mut lot, mut size) = (Vec::new(), 0);
    let hole = harvest.each(stream, head, |placed| {
        size += placed.bytes.len();
        lot.push(placed);
        if size < TOGETHER {
            return Ok(());
        }
        size = 0;
        put(&std::mem::take(&mut lot))
    })?;
    put(&lot)?;
    Ok(hole)
}

fn remove_dir(dir: &Path) -> io::Result<()> {
    unless_gone(fs::remove_dir_all(dir))
}

fn remove_file(file: &Path) -> io::Result<()> {
    unless_gone(fs::remove_file(file))
}

fn unless_gone(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// Makes files and their names durable, all that are there.
pub(super) fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path: PathBuf = entry?.path();
        match path.is_dir() {
            true => sync_tree(&path)?,
            false => File::open(path)?.sync_all()?,
        }
    }
    File::open(dir)?.sync_all()
}
