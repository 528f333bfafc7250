//! What a mirror knows: where every stream stood, and whether that is all.
//!
//! Usually the newest file says it, and of the others it is only looked whether they are there. The invariant: `certain` means that no commit up to `commit` moved a stream further
//! than `heads` says.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use clara_actors::ports::journal::{StreamId, Version};

use super::entry::{Entry, Extent, Found, Met, scan};
use super::{FILE_BYTES, HeadsOf, numbers, path};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journal::sled) struct Survey {
    /// The last commit that is written down.
    pub(in crate::journal::sled) commit: u64,
    /// Where every stream stood then.
    pub(in crate::journal::sled) heads: HeadsOf,
    /// Whether nothing is missing of that.
    pub(in crate::journal::sled) certain: bool,
    /// Whether a file is gone, or shorter than one is that another follows.
    incomplete: bool,
    /// Whether something in a file that was looked at is not readable, other than a torn end.
    broken: bool,
    pub(super) number: u32,
    pub(super) end: u64,
}

/// Looks at a mirror; none when there is none.
pub(in crate::journal::sled) fn survey(dir: &Path) -> io::Result<Option<Survey>> {
    let numbers = match numbers(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        numbers => numbers?,
    };
    let Some(newest) = numbers.last() else {
        return Ok(None);
    };
    let newest = survey_files(dir, &[*newest]);
    let mut survey = match newest.broken {
        false => newest,
        true => survey_files(dir, &numbers),
    };
    survey.incomplete = is_incomplete(dir, &numbers);
    Ok(Some(survey))
}

fn is_incomplete(dir: &Path, numbers: &[u32]) -> bool {
    let is_short = |number: &u32| {
        let length = fs::metadata(path(dir, *number)).map(|file| file.len());
        length.is_ok_and(|length| length <= FILE_BYTES)
    };
    let are_all = numbers.iter().copied().eq((1..).take(numbers.len()));
    !are_all || numbers.iter().rev().skip(1).any(is_short)
}

fn survey_files(dir: &Path, numbers: &[u32]) -> Survey {
    let mut survey = Survey {
        commit: 0,
        heads: BTreeMap::new(),
        certain: false,
        incomplete: false,
        broken: false,
        number: 0,
        end: 0,
    };
    for number in numbers {
        survey.take_file(dir, *number);
    }
    survey
}

impl Survey {
    /// Why the mirror has to be made anew, as far as it was looked at.
    pub(in crate::journal::sled) fn flaw(&self) -> Option<&'static str> {
        match self {
            Self {
                incomplete: true, ..
            } => Some("one of its files is gone or cut short"),
            Self { broken: true, .. } => Some("part of it is not readable"),
            Self { certain: false, .. } => Some("it does not say where every stream stands"),
            Self { .. } => None,
        }
    }

    fn take_file(&mut self, dir: &Path, number: u32) {
        let mut first = true;
        // A file that cannot be read at all, as of a disk that fails, is one great gap.
        let file = fs::read(path(dir, number)).unwrap_or_else(|error| {
            tracing::error!(%error, number, "a file of the journal's mirror cannot be read");
            Vec::new()
        });
        let extent = scan(&file, |met| {
            let begins = matches!(met, Met::Entry(Entry::Heads { .. }));
            if std::mem::take(&mut first) && !begins {
                self.broken = true;
                self.certain = false;
            }
            self.take(met);
        });
        self.end_file(number, extent, first);
    }

    fn end_file(&mut self, number: u32, extent: Extent, empty: bool) {
        self.broken |= extent.broken || empty || (self.number != 0 && number != self.number + 1);
        self.certain &= !empty;
        self.number = number;
        self.end = extent.end as u64;
    }

    fn take(&mut self, met: Met<'_>) {
        match met {
            Met::Gap => self.certain = false,
            Met::Entry(Entry::Heads { commit, heads }) => {
                self.heads.extend(heads);
                self.commit = self.commit.max(commit);
                self.certain = true;
            }
            Met::Entry(Entry::Records { commit, records }) => {
                self.certain &= commit <= self.commit + 1;
                self.commit = self.commit.max(commit);
                for record in records {
                    let head = self.heads.entry(record.stream).or_default();
                    if head.version < record.head.version {
                        *head = record.head;
                    }
                }
            }
        }
    }
}

/// Where a record stands in a mirror.
#[derive(Debug, Clone, Copy)]
pub(in crate::journal::sled) struct Spot {
    number: u32,
    at: usize,
    size: usize,
}

/// Where every record of a mirror stands, or those of one stream.
pub(in crate::journal::sled) fn index(
    dir: &Path,
    only: Option<&StreamId>,
) -> io::Result<BTreeMap<StreamId, BTreeMap<Version, Spot>>> {
    let mut index: BTreeMap<StreamId, BTreeMap<Version, Spot>> = BTreeMap::new();
    for number in numbers(dir)? {
        let file = fs::read(path(dir, number)).unwrap_or_default();
        scan(&file, |met| {
            let Met::Entry(Entry::Records { records, .. }) = met else {
                return;
            };
            let wanted = |found: &Found<'_>| only.is_none_or(|only| *only == found.stream);
            for found in records.into_iter().filter(wanted) {
                let at = found.bytes.as_ptr().addr() - file.as_ptr().addr();
                let size = found.bytes.len();
                let spot = Spot { number, at, size };
                let stream = index.entry(found.stream).or_default();
                stream.insert(found.head.version, spot);
            }
        });
    }
    Ok(index)
}

/// Reads what stands at a spot.
pub(in crate::journal::sled) fn read(dir: &Path, spot: Spot) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let mut bytes = vec![0; spot.size];
    let file = fs::File::open(path(dir, spot.number))?;
    file.read_exact_at(&mut bytes, spot.at as u64)?;
    Ok(bytes)
}
