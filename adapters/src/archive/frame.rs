//! How a backup is cut into frames, each with a checksum; what is in one is the business of its kind.
//!
//! The file begins with eight bytes of magic, the format (u16) and a CRC-32 of those ten. A frame is the length of its
//! payload (u32), its kind (one byte), the payload, and a CRC-32 of all of that. Numbers are big-endian. The invariant:
//! no single flipped bit and no cut passes.

use std::io::{ErrorKind, Read};

use super::{FORMAT, Flaw};

const MAGIC: &[u8; 8] = b"clarabk\n";
/// The most bytes of a payload: a record as large as one may be, with room for its hashes and escapes.
const MOST: usize = 1024 * 1024;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// When and by what the backup was made: the first frame.
    Made,
    /// A stream begins.
    Stream,
    /// A record of it.
    Record,
    /// It ends.
    End,
    /// Everything ends: the last frame.
    Close,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Made,
        Self::Stream,
        Self::Record,
        Self::End,
        Self::Close,
    ];

    fn byte(self) -> u8 {
        match self {
            Self::Made => b'm',
            Self::Stream => b's',
            Self::Record => b'r',
            Self::End => b'e',
            Self::Close => b'z',
        }
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }
}

/// A frame as it was found.
pub(super) struct Frame {
    /// The byte of the file at which it begins.
    pub(super) at: u64,
    pub(super) kind: Kind,
    pub(super) payload: Vec<u8>,
    /// All of its bytes.
    pub(super) bytes: Vec<u8>,
}

/// The beginning of a file.
pub(super) fn head() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&FORMAT.to_be_bytes());
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_be_bytes());
    bytes
}

/// A frame's bytes.
pub(super) fn seal(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("no record is anywhere near four gigabytes");
    let mut bytes = Vec::with_capacity(payload.len() + 9);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.push(kind.byte());
    bytes.extend_from_slice(payload);
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_be_bytes());
    bytes
}

/// A file that is read from its beginning to its end, counting.
pub(super) struct Source<R> {
    inner: R,
    at: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, at: 0 }
    }

    /// Reads the beginning of the file and returns its bytes.
    pub(super) fn head(&mut self) -> Result<Vec<u8>, Flaw> {
        let mut found = [0; 14];
        let length = self.fill(&mut found)?;
        let is_ours = MAGIC.starts_with(&found[..length.min(MAGIC.len())]);
        if length == 0 || !is_ours {
            return Err(Flaw::NotABackup);
        }
        if length < found.len() {
            return Err(self.cut(0));
        }
        let (fixed, sum) = found.split_at(10);
        if crc32fast::hash(fixed).to_be_bytes() != *sum {
            return Err(Flaw::altered(
                0,
                "the checksum of the beginning does not match",
            ));
        }
        let format = u16::from_be_bytes([found[8], found[9]]);
        if format != FORMAT {
            return Err(Flaw::Newer { format });
        }
        Ok(found.to_vec())
    }

    /// Reads the next frame.
    pub(super) fn frame(&mut self) -> Result<Frame, Flaw> {
        let at = self.at;
        let mut bytes = vec![0; 5];
        if self.fill(&mut bytes)? < bytes.len() {
            return Err(self.cut(at));
        }
        let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        if length > MOST {
            let what = format!("it claims {length} bytes, and at most {MOST} can be");
            return Err(Flaw::altered(at, what));
        }
        bytes.resize(5 + length + 4, 0);
        if self.fill(&mut bytes[5..])? < length + 4 {
            return Err(self.cut(at));
        }
        let (fixed, sum) = bytes.split_at(5 + length);
        let found = crc32fast::hash(fixed).to_be_bytes();
        if found != *sum {
            return Err(Flaw::altered(at, "its checksum does not match"));
        }
        let kind = Kind::of(fixed[4])
            .ok_or_else(|| Flaw::altered(at, "it is of a kind that is not known"))?;
        let payload = fixed[5..].to_vec();
        Ok(Frame {
            at,
            kind,
            payload,
            bytes,
        })
    }

    /// Makes sure that nothing follows.
    pub(super) fn end(&mut self) -> Result<(), Flaw> {
        let at = self.at;
        match self.fill(&mut [0])? {
            0 => Ok(()),
            _ => Err(Flaw::Longer { at }),
        }
    }

    fn cut(&self, begun: u64) -> Flaw {
        Flaw::CutOff { at: self.at, begun }
    }

    /// Reads until the buffer is full or the file ends; how much it was.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Flaw> {
        let mut length = 0;
        while length < buffer.len() {
            match self.inner.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Flaw::unreadable(self.at + length as u64, &error)),
            }
        }
        self.at += length as u64;
        Ok(length)
    }
}
