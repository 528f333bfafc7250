//! Whether sled is to be believed: what it holds against what the mirror and the count of acknowledged commits know.
//!
//! The invariant: a stream that is shorter than anything that was acknowledged, or another, raises a doubt; and where
//! it cannot be told which streams are, the journal does not open.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clara_actors::ports::journal::{StreamId, Version};

use super::harvest::Harvest;
use super::rebuild::{Goal, renew_mirror};
use super::trees::Trees;
use crate::journal::chain::Head;
use crate::journal::sled::OpenError;
use crate::journal::sled::committer::Placed;
use crate::journal::sled::disk::Reader;
use crate::journal::sled::heads::Found;
use crate::journal::sled::mirror::{self, Mirror, Survey};
use crate::journal::sled::witness::{Count, Witness};

/// What is known beside sled.
pub(super) struct Known {
    pub(super) survey: Option<Survey>,
    pub(super) acknowledged: Count,
    /// The commit that sled did not take, and may hold any part of.
    pub(super) untaken: Option<u64>,
}

impl Known {
    /// The mirror, where it alone is to be believed: it has every commit before the one that sled did not take. That
    /// one was the last that was tried and nobody was told that it stands, so what sled has beyond the mirror is its
    /// debris, such as a head whose record is not there.
    fn before_the_untaken(&self) -> Option<&Survey> {
        let survey = self.survey.as_ref()?;
        let is_next = self.untaken == Some(survey.commit + 1);
        let has_all = survey.certain && self.acknowledged.at_least() <= survey.commit;
        (is_next && has_all).then_some(survey)
    }
}

/// Why sled should not be believed; none when all is well.
pub(super) fn doubt(trees: &Trees, known: &Known) -> Option<String> {
    let Some(survey) = &known.survey else {
        // There is nothing to repair it with: what is damaged stands still, as `heads` says.
        return fewer(trees, known.acknowledged.at_least());
    };
    let streams = survey.heads.iter();
    trees
        .suspect
        .clone()
        .or_else(|| fewer(trees, survey.commit.max(known.acknowledged.at_least())))
        .or_else(|| {
            streams
                .filter_map(|(id, head)| short(trees, id, *head))
                .next()
        })
        .or_else(|| known.untaken.and_then(|commit| stray(trees, commit)))
}

/// What sled holds of a commit that it did not take, where no head says so. The next record of that number may have fewer
/// pieces, and would be read with what is left of these.
fn stray(trees: &Trees, commit: u64) -> Option<String> {
    let stray = match trees.stray() {
        Ok(stray) => stray?.to_string(),
        Err(error) => error.to_string(),
    };
    Some(format!(
        "part of commit {commit}, which was not taken, is there: {stray}"
    ))
}

fn fewer(trees: &Trees, commits: u64) -> Option<String> {
    (trees.commits < commits)
        .then(|| format!("sled has only {} of {commits} commits left", trees.commits))
}

/// What is wrong with a stream that was acknowledged up to a head.
fn short(trees: &Trees, stream: &StreamId, witnessed: Head) -> Option<String> {
    let head = match trees.heads.get(stream) {
        // Known from an earlier repair; there is nothing more to be had.
        Some(Found::Damaged { .. }) => return None,
        Some(Found::At(head)) => *head,
        Some(Found::Nothing) | None => Head::default(),
    };
    let follows = || {
        let after = trees.reader.read(stream, witnessed.version, head);
        after.is_ok_and(|records| {
            records
                .first()
                .is_some_and(|r| r.previous == witnessed.hash)
        })
    };
    let agrees = head == witnessed || (head.version > witnessed.version && follows());
    (!agrees).then(|| {
        format!(
            "{stream} ends at record {} in sled, but record {} was acknowledged",
            head.version, witnessed.version
        )
    })
}

/// What a repair is to bring back.
pub(super) fn goal(
    dir: &Path,
    trees: Option<&Trees>,
    known: &Known,
    what: &str,
    copy: &Path,
) -> Result<Goal, OpenError> {
    let in_sled = trees.map_or(0, |trees| trees.commits);
    let (in_mirror, certain) = known
        .survey
        .as_ref()
        .map_or((0, false), |survey| (survey.commit, survey.certain));
    if trees.is_none() && known.survey.is_none() {
        return Err(OpenError::Damaged {
            dir: dir.to_owned(),
            copy: copy.to_owned(),
            what: what.to_owned(),
        });
    }
    let behind = trees.is_none() || in_sled < in_mirror;
    // Where sled is no help, the mirror has to be whole up to the last commit, and only the count can say that it is.
    let unsure = match known.acknowledged {
        Count::AtLeast(_) => !certain,
        Count::Unreadable => true,
        Count::GivenUp => false,
    };
    if behind && unsure {
        return Err(OpenError::Unsure {
            dir: dir.to_owned(),
            copy: copy.to_owned(),
            what: what.to_owned(),
            witness: Witness::path(dir),
        });
    }
    let trees = trees.filter(|_| known.before_the_untaken().is_none());
    let commits = trees.map_or(in_mirror, |trees| trees.commits.max(in_mirror));
    let acknowledged = known.acknowledged.at_least();
    if commits < acknowledged {
        return Err(OpenError::Lost {
            dir: dir.to_owned(),
            recovered: commits,
            acknowledged,
            witness: Witness::path(dir),
        });
    }
    Ok(Goal {
        commits,
        heads: heads(trees, known.survey.as_ref()),
    })
}

/// As far as each stream is known to have gone. One whose end is not known at all is there with an end of nothing.
fn heads(trees: Option<&Trees>, survey: Option<&Survey>) -> BTreeMap<StreamId, Head> {
    let mut heads = survey.map_or_else(BTreeMap::new, |survey| survey.heads.clone());
    for (stream, end) in trees.iter().flat_map(|trees| &trees.ends) {
        let known = heads.entry(stream.clone()).or_insert(*end);
        if known.version < end.version {
            *known = *end;
        }
    }
    heads
}

/// A mirror that was made anew: what was wrong with the one before, and where that is kept.
pub(super) type Renewed = (&'static str, PathBuf);

/// The mirror, with everything that is in sled.
pub(super) fn catch_up(
    dir: &Path,
    trees: &Trees,
    survey: Option<Survey>,
) -> io::Result<(Mirror, Option<Renewed>)> {
    let place = dir.join(mirror::DIR_NAME);
    let flaw = survey.as_ref().and_then(Survey::flaw);
    let (survey, old) = match survey.filter(|_| flaw.is_none()) {
        Some(survey) => (survey, None),
        None => renewed(dir, trees)?,
    };
    let mut mirror = Mirror::resume(&place, survey)?;
    let missing = missing(trees, &mirror);
    if !missing.is_empty() {
        mirror.write(trees.commits, &missing)?;
        mirror.write_heads()?;
    }
    Ok((mirror, flaw.zip(old)))
}

fn renewed(dir: &Path, trees: &Trees) -> io::Result<(Survey, Option<PathBuf>)> {
    let place = dir.join(mirror::DIR_NAME);
    let old = mirror::survey(&place)?;
    let goal = Goal {
        commits: trees.commits,
        heads: heads(Some(trees), old.as_ref()),
    };
    let harvest = Harvest::new(&place, Some(trees.reader.clone()), None)?;
    let old = renew_mirror(dir, &harvest, &goal)?;
    let survey = mirror::survey(&place)?;
    let survey = survey.ok_or_else(|| io::Error::other("the mirror vanished"))?;
    Ok((survey, old))
}

fn missing(trees: &Trees, mirror: &Mirror) -> Vec<Placed> {
    let mut missing = Vec::new();
    for (stream, found) in &trees.heads {
        if let Found::At(head) = found {
            let first = mirror.version(stream).0 + 1;
            let versions = (first..=head.version.0).map(Version);
            missing.extend(versions.filter_map(|version| placed(&trees.reader, stream, version)));
        }
    }
    missing
}

fn placed(reader: &Reader, stream: &StreamId, version: Version) -> Option<Placed> {
    let bytes = reader.bytes(stream, version)?;
    let hash = crate::journal::codec::hash_of(&bytes)?;
    Some(Placed {
        stream: stream.clone(),
        head: Head { version, hash },
        bytes,
    })
}
