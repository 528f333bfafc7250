//! What stands in a file of the mirror: entries, each with a mark, a length and a checksum, found again after damage.
//!
//! An entry is `CLm1`, the length of its body (u32), the CRC-32 of length and body (u32), the body. A body is a kind
//! (1 records, 2 heads), the number of the commit (u64), and items: the stream's name (u16 length), the version (u64),
//! the record's hash (32 bytes) and, for a record, its frame (u32 length). All numbers are little-endian.

use clara_actors::ports::journal::{RecordHash, StreamId, Version};

use crate::journal::chain::Head;
use crate::journal::sled::committer::Placed;

const MARK: &[u8; 4] = b"CLm1";
/// The mark, the length, the checksum.
const SHELL: usize = 12;
const RECORDS: u8 = 1;
const HEADS: u8 = 2;

/// What an entry says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// Records of a commit.
    Records {
        commit: u64,
        records: Vec<Found<'a>>,
    },
    /// Where every stream stood after a commit.
    Heads {
        commit: u64,
        heads: Vec<(StreamId, Head)>,
    },
}

/// A record in an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) stream: StreamId,
    pub(super) head: Head,
    pub(super) bytes: &'a [u8],
}

/// An entry of a commit's records.
pub(super) fn records(commit: u64, records: &[Placed]) -> Vec<u8> {
    let mut bytes = begin(RECORDS, commit);
    for placed in records {
        put_place(&mut bytes, &placed.stream, placed.head);
        put_size(&mut bytes, placed.bytes.len());
        bytes.extend_from_slice(&placed.bytes);
    }
    seal(bytes)
}

/// An entry of where every stream stands.
pub(super) fn heads<'a>(
    commit: u64,
    heads: impl Iterator<Item = (&'a StreamId, &'a Head)>,
) -> Vec<u8> {
    let mut bytes = begin(HEADS, commit);
    for (stream, head) in heads {
        put_place(&mut bytes, stream, *head);
    }
    seal(bytes)
}

fn begin(kind: u8, commit: u64) -> Vec<u8> {
    let mut bytes = vec![0; SHELL];
    bytes.push(kind);
    bytes.extend_from_slice(&commit.to_le_bytes());
    bytes
}

fn put_size(bytes: &mut Vec<u8>, size: usize) {
    let size = u32::try_from(size).expect("a commit is gathered in far less than 4 GiB");
    bytes.extend_from_slice(&size.to_le_bytes());
}

fn put_place(bytes: &mut Vec<u8>, stream: &StreamId, head: Head) {
    let name = stream.to_string();
    let size = u16::try_from(name.len()).expect("a client's name is short");
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(&head.version.0.to_le_bytes());
    bytes.extend_from_slice(&head.hash.0);
}

fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut shell = MARK.to_vec();
    put_size(&mut shell, bytes.len() - SHELL);
    let sum = checksum(&shell[4..8], &bytes[SHELL..]);
    shell.extend_from_slice(&sum.to_le_bytes());
    bytes[..SHELL].copy_from_slice(&shell);
    bytes
}

fn checksum(size: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(size);
    hasher.update(body);
    hasher.finalize()
}

/// What a file holds besides its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Where the last whole entry ends.
    pub(super) end: usize,
    /// Whether something before it is not readable.
    pub(super) broken: bool,
}

/// What is met while a file is gone through.
pub(super) enum Met<'a> {
    /// A whole entry.
    Entry(Entry<'a>),
    /// Bytes that are no entry, with a whole entry after them.
    Gap,
}

/// Goes through a file; what is not readable is stepped over.
pub(super) fn scan<'a>(file: &'a [u8], mut each: impl FnMut(Met<'a>)) -> Extent {
    let (mut at, mut extent) = (
        0,
        Extent {
            end: 0,
            broken: false,
        },
    );
    while at < file.len() {
        let Some((entry, size)) = open(&file[at..]) else {
            at = next_mark(file, at + 1);
            continue;
        };
        if at != extent.end {
            extent.broken = true;
            each(Met::Gap);
        }
        each(Met::Entry(entry));
        at += size;
        extent.end = at;
    }
    extent
}

fn next_mark(file: &[u8], from: usize) -> usize {
    let rest = file.get(from..).unwrap_or_default();
    let found = rest.windows(MARK.len()).position(|window| window == MARK);
    found.map_or(file.len(), |at| from + at)
}

/// The entry at the beginning of some bytes, and its size.
fn open(bytes: &[u8]) -> Option<(Entry<'_>, usize)> {
    let rest = bytes.strip_prefix(MARK)?;
    let (size, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*size)).ok()?;
    let body = rest.get(..length)?;
    let whole = checksum(size, body) == u32::from_le_bytes(*sum);
    whole
        .then(|| Some((parse(body)?, SHELL + length)))
        .flatten()
}

fn parse(body: &[u8]) -> Option<Entry<'_>> {
    let (kind, mut items) = body.split_first()?;
    let commit = number(&mut items)?;
    match *kind {
        RECORDS => {
            let mut records = Vec::new();
            while !items.is_empty() {
                let (stream, head) = place(&mut items)?;
                let size = u32::from_le_bytes(*chunk::<4>(&mut items)?);
                let bytes = items.split_off(..usize::try_from(size).ok()?)?;
                records.push(Found {
                    stream,
                    head,
                    bytes,
                });
            }
            Some(Entry::Records { commit, records })
        }
        HEADS => {
            let mut heads = Vec::new();
            while !items.is_empty() {
                heads.push(place(&mut items)?);
            }
            Some(Entry::Heads { commit, heads })
        }
        _ => None,
    }
}

fn chunk<'a, const N: usize>(items: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (chunk, rest) = items.split_first_chunk::<N>()?;
    *items = rest;
    Some(chunk)
}

fn number(items: &mut &[u8]) -> Option<u64> {
    chunk::<8>(items).map(|bytes| u64::from_le_bytes(*bytes))
}

fn place(items: &mut &[u8]) -> Option<(StreamId, Head)> {
    let size = u16::from_le_bytes(*chunk::<2>(items)?);
    let name = items.split_off(..usize::from(size))?;
    let stream = std::str::from_utf8(name).ok()?.parse().ok()?;
    let version = Version(number(items)?);
    let hash = RecordHash(*chunk::<32>(items)?);
    Some((stream, Head { version, hash }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn placed(version: u64) -> Placed {
        Placed {
            stream: StreamId::Engine,
            head: Head {
                version: Version(version),
                hash: RecordHash([7; 32]),
            },
            bytes: format!("the frame of {version}").into_bytes(),
        }
    }

    /// The commits that a scan meets, and -1 for each gap.
    fn met(file: &[u8]) -> (Vec<i64>, Extent) {
        let mut seen = Vec::new();
        let extent = scan(file, |met| {
            seen.push(match met {
                Met::Gap => -1,
                Met::Entry(Entry::Records { commit, .. } | Entry::Heads { commit, .. }) => {
                    i64::try_from(commit).unwrap()
                }
            });
        });
        (seen, extent)
    }

    fn file() -> Vec<u8> {
        let head = placed(1).head;
        let mut file = heads(0, [(&StreamId::Engine, &head)].into_iter());
        for commit in 1..4 {
            file.extend(records(commit, &[placed(commit), placed(commit + 1)]));
        }
        file
    }

    #[test]
    fn entries_read_back_as_they_were_written() {
        let (seen, extent) = met(&file());
        assert_eq!(seen, [0, 1, 2, 3]);
        assert_eq!((extent.end, extent.broken), (file().len(), false));
        let bytes = records(9, &[placed(4)]);
        let (entry, size) = open(&bytes).unwrap();
        assert_eq!(size, bytes.len());
        let expected = Found {
            stream: StreamId::Engine,
            head: placed(4).head,
            bytes: b"the frame of 4",
        };
        let records = vec![expected];
        assert_eq!(entry, Entry::Records { commit: 9, records });
    }

    #[test]
    fn no_flipped_bit_and_no_cut_passes_for_an_entry_and_the_rest_is_found_again() {
        let whole = file();
        let (first, _) = open(&whole).map(|(_, size)| (size, ())).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut file = whole.clone();
            file[bit / 8] ^= 1 << (bit % 8);
            let (seen, extent) = met(&file);
            let entries: Vec<_> = seen.iter().filter(|commit| **commit >= 0).collect();
            assert_eq!(entries.len(), 3, "bit {bit}: {seen:?}");
            assert_eq!(extent.broken, seen.contains(&-1));
            assert_eq!(
                seen.contains(&-1),
                seen.last() == Some(&3),
                "bit {bit}: {seen:?}"
            );
        }
        for cut in first..whole.len() {
            let (seen, extent) = met(&whole[..cut]);
            assert!(extent.end <= cut && !extent.broken);
            assert_eq!(seen, [0, 1, 2, 3][..seen.len()]);
            assert!(seen.len() < 4);
        }
    }
}
