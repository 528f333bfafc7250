//! One model's vectors in a file: a line that names the model, then for each vector its text's hash (32 bytes), how many
//! numbers it has (u32), the numbers (f32), and the CRC-32 of all that (u32); everything little-endian.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use clara_domain::knowledge::NoteHash;

/// What a file begins with, before the model's name.
const HEAD: &str = "clara vectors 1 ";
/// A file that has grown beyond this is begun anew: most of it is of notes that are long gone.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// The most numbers of a vector; a larger count is damage.
const MOST_NUMBERS: usize = 1 << 16;
/// A hash and a count.
const PREFIX: usize = 36;

/// A file that vectors are added to.
pub(super) struct VectorFile {
    file: File,
}

type Kept = BTreeMap<NoteHash, Arc<[f32]>>;

impl VectorFile {
    /// Opens a model's file, and reads what is whole in it.
    pub(super) fn open(dir: &Path, model: &str) -> io::Result<(Self, Kept)> {
        let name = NoteHash::of(model).to_string();
        let path = dir.join(format!("{}.vectors", &name[..16]));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut bytes = Vec::new();
        if file.metadata()?.len() <= MOST_BYTES {
            file.read_to_end(&mut bytes)?;
        }
        let head = format!("{HEAD}{}\n", model.replace(['\n', '\r'], " "));
        let (kept, end) = match bytes.strip_prefix(head.as_bytes()) {
            Some(records) => {
                let (kept, length) = read(records);
                (kept, head.len() + length)
            }
            None => (Kept::new(), 0),
        };
        file.set_len(end as u64)?;
        file.seek(SeekFrom::End(0))?;
        if end == 0 {
            file.write_all(head.as_bytes())?;
        }
        Ok((Self { file }, kept))
    }

    /// Adds vectors. What was not written whole is cut off when the file is next opened.
    pub(super) fn add(&mut self, vectors: &[(NoteHash, Arc<[f32]>)]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (text, vector) in vectors
            .iter()
            .filter(|(_, vector)| vector.len() <= MOST_NUMBERS)
        {
            let record = record(*text, vector);
            bytes.extend_from_slice(&record);
            bytes.extend_from_slice(&crc32fast::hash(&record).to_le_bytes());
        }
        self.file.write_all(&bytes)
    }
}

fn record(text: NoteHash, vector: &[f32]) -> Vec<u8> {
    let count = u32::try_from(vector.len()).unwrap_or_default();
    let mut bytes = text.bytes().to_vec();
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

/// The vectors up to the first damage, and how many bytes that is.
fn read(bytes: &[u8]) -> (Kept, usize) {
    let mut kept = Kept::new();
    let mut at = 0;
    while let Some((text, vector, length)) = first(&bytes[at..]) {
        kept.insert(text, vector);
        at += length;
    }
    (kept, at)
}

fn first(bytes: &[u8]) -> Option<(NoteHash, Arc<[f32]>, usize)> {
    let (prefix, rest) = bytes.split_at_checked(PREFIX)?;
    let (text, count) = prefix.split_at(PREFIX - 4);
    let count = u32::from_le_bytes(count.try_into().ok()?) as usize;
    if count > MOST_NUMBERS {
        return None;
    }
    let (numbers, rest) = rest.split_at_checked(4 * count)?;
    let sum = u32::from_le_bytes(*rest.first_chunk()?);
    let length = PREFIX + numbers.len();
    if crc32fast::hash(&bytes[..length]) != sum {
        return None;
    }
    let number = |bytes: &[u8]| bytes.try_into().map(f32::from_le_bytes).unwrap_or_default();
    let vector: Arc<[f32]> = numbers.chunks_exact(4).map(number).collect();
    let text = NoteHash::from_bytes(text.try_into().ok()?);
    Some((text, vector, length + 4))
}
