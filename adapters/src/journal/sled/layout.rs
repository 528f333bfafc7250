//! Where things stand in sled's trees: the keys, and values cut into pieces.
//!
//! Tree `records`: `h<stream>` is a stream's head, `r<stream>\0<version><piece>` a piece of a record, `c` the number of
//! commits, `x<stream>` which record of a stream is lost for good. Tree `snapshots`: `s<stream>\0<piece>`. Numbers are big-endian, so a stream reads as one range.
//!
//! sled writes a page that has grown over 128 KiB into a file of its own and never syncs that file. A leaf holds at
//! most some twenty values, so values of at most 4 KiB keep every page far below: the invariant here. Records are cut
//! smaller: sled's cache always keeps a page or two in each of its 256 shards, so the size of the pages that are written
//! all day decides how much memory it takes. Snapshots are read whole when a client starts, sooner where they are fewer pieces.

use std::ops::RangeInclusive;

use clara_actors::ports::journal::{RecordHash, StreamId, Version};

use super::heads::Found;
use crate::journal::chain::Head;

/// The tree of the records and all that belongs to them.
pub(super) const RECORDS_TREE: &str = "records";

/// The tree of the snapshots.
pub(super) const SNAPSHOTS_TREE: &str = "snapshots";

/// The most bytes of one value of a record. Readers take pieces of any size: earlier versions wrote larger ones.
const RECORD_PIECE: usize = 1024;

/// The most bytes of one value of a snapshot.
const SNAPSHOT_PIECE: usize = 4096;

/// The key of the number of commits.
pub(super) const COMMITS: &[u8] = b"c";

const HEAD: u8 = b'h';

const RECORD: u8 = b'r';

fn key(kind: u8, stream: &StreamId) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(stream.to_string().as_bytes());
    key
}

/// The key of a stream's head.
pub(super) fn head_key(stream: &StreamId) -> Vec<u8> {
    key(HEAD, stream)
}

/// What every head's key begins with.
pub(super) fn head_prefix() -> [u8; 1] {
    [HEAD]
}

/// The stream of a head's key.
pub(super) fn head_stream(key: &[u8]) -> Option<StreamId> {
    let name = key.strip_prefix(&[HEAD])?;
    std::str::from_utf8(name).ok()?.parse().ok()
}

/// A head as a value.
pub(super) fn head_value(head: Head) -> Vec<u8> {
    let mut value = head.version.0.to_be_bytes().to_vec();
    value.extend_from_slice(&head.hash.0);
    value
}

/// A head from its value.
pub(super) fn parse_head(value: &[u8]) -> Option<Head> {
    let (version, hash) = value.split_first_chunk::<8>()?;
    Some(Head {
        version: Version(u64::from_be_bytes(*version)),
        hash: RecordHash(hash.try_into().ok()?),
    })
}

/// The key of what is known to be lost of a stream.
pub(super) fn damage_key(stream: &StreamId) -> Vec<u8> {
    key(b'x', stream)
}

/// Which record is lost, and what is wrong with it, as a value.
pub(super) fn damage_value(version: Version, what: &str) -> Vec<u8> {
    let mut value = version.0.to_be_bytes().to_vec();
    value.extend_from_slice(what.as_bytes());
    value
}

/// What is lost of a stream, from its value.
pub(super) fn parse_damage(value: &[u8]) -> Found {
    let (version, what) = value.split_first_chunk::<8>().unwrap_or((&[0; 8], value));
    Found::Damaged {
        version: Version(u64::from_be_bytes(*version)),
        what: String::from_utf8_lossy(what).into_owned(),
    }
}

fn record_key(stream: &StreamId, version: Version, piece: u16) -> Vec<u8> {
    let mut key = key(RECORD, stream);
    key.push(0);
    key.extend_from_slice(&version.0.to_be_bytes());
    key.extend_from_slice(&piece.to_be_bytes());
    key
}

fn snapshot_key(stream: &StreamId, piece: u16) -> Vec<u8> {
    let mut key = key(b's', stream);
    key.push(0);
    key.extend_from_slice(&piece.to_be_bytes());
    key
}

/// A record's pieces with their keys.
pub(super) fn record_pieces<'a>(
    stream: &'a StreamId,
    version: Version,
    bytes: &'a [u8],
) -> impl Iterator<Item = (Vec<u8>, &'a [u8])> {
    pieces(bytes, RECORD_PIECE).map(move |(piece, part)| (record_key(stream, version, piece), part))
}

/// A snapshot's pieces with their keys.
pub(super) fn snapshot_pieces<'a>(
    stream: &'a StreamId,
    bytes: &'a [u8],
) -> impl Iterator<Item = (Vec<u8>, &'a [u8])> {
    pieces(bytes, SNAPSHOT_PIECE).map(move |(piece, part)| (snapshot_key(stream, piece), part))
}

fn pieces(bytes: &[u8], size: usize) -> impl Iterator<Item = (u16, &[u8])> {
    (0..=u16::MAX).zip(bytes.chunks(size))
}

/// The keys of a stream's records between two versions, both included.
pub(super) fn record_range(
    stream: &StreamId,
    first: Version,
    last: Version,
) -> RangeInclusive<Vec<u8>> {
    record_key(stream, first, 0)..=record_key(stream, last, u16::MAX)
}

/// What every record's key begins with.
pub(super) fn first_record() -> Vec<u8> {
    vec![RECORD]
}

/// The stream in a record's key; none where the key is of something else.
pub(super) fn record_stream(key: &[u8]) -> Option<StreamId> {
    let (rest, _version_and_piece) = key.strip_prefix(&[RECORD])?.split_last_chunk::<10>()?;
    let name = rest.strip_suffix(&[0])?;
    std::str::from_utf8(name).ok()?.parse().ok()
}

/// The version in a record's key.
pub(super) fn record_version(key: &[u8]) -> Option<Version> {
    let (rest, _piece) = key.split_last_chunk::<2>()?;
    let (_, version) = rest.split_last_chunk::<8>()?;
    Some(Version(u64::from_be_bytes(*version)))
}

/// The keys of a snapshot's pieces.
pub(super) fn snapshot_range(stream: &StreamId) -> RangeInclusive<Vec<u8>> {
    snapshot_key(stream, 0)..=snapshot_key(stream, u16::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clara_domain::ids::ClientId;

    fn client(name: &str) -> StreamId {
        StreamId::Client(ClientId::new(name).unwrap())
    }

    #[test]
    fn the_records_of_a_stream_are_one_range_and_nobody_elses() {
        let range = record_range(&client("a"), Version(1), Version(u64::MAX));
        assert!(range.contains(&record_key(&client("a"), Version(1), 0)));
        assert!(range.contains(&record_key(&client("a"), Version(256), 23)));
        for other in [client("a-b"), client("aa"), client("b"), StreamId::Engine] {
            assert!(!range.contains(&record_key(&other, Version(7), 0)));
        }
    }

    #[test]
    fn the_keys_of_records_sort_as_their_versions() {
        let key = |version| record_key(&StreamId::Engine, Version(version), 3);
        assert!(key(255) < key(256));
        assert_eq!(record_version(&key(65_536)), Some(Version(65_536)));
        assert_eq!(record_stream(&key(65_536)), Some(StreamId::Engine));
        assert_eq!(record_stream(&head_key(&StreamId::Engine)), None);
    }

    #[test]
    fn a_head_reads_back_from_its_key_and_value() {
        let head = Head {
            version: Version(9),
            hash: RecordHash([7; 32]),
        };
        let stream = client("harbour");
        assert_eq!(parse_head(&head_value(head)), Some(head));
        assert_eq!(parse_head(&head_value(head)[1..]), None);
        assert_eq!(head_stream(&head_key(&stream)), Some(stream));
    }
}
