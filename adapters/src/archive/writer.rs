//! Makes the bytes of a backup, piece by piece; where they go is the caller's business.

use clara_actors::ports::journal::{Record, RecordHash, StreamId, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry::{Entry, Place, hex, rehash};
use super::frame::{Kind, head, seal};
use super::{Counts, Made};

/// The payload of [`Kind::Stream`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    pub(super) stream: String,
}

/// The payload of [`Kind::End`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) records: u64,
    #[serde(with = "hex")]
    pub(super) hash: [u8; 32],
    /// Why what follows in the journal was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) damage: Option<String>,
}

/// The payload of [`Kind::Close`].
#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Close {
    pub(super) streams: u64,
    pub(super) records: u64,
    /// SHA-256 of every byte before this frame.
    #[serde(with = "hex")]
    pub(super) digest: [u8; 32],
}

/// See the module. The calls come in the order of the file: begin, then for each stream its beginning, its records
/// and its end, then finish.
pub struct Writer {
    digest: Sha256,
    counts: Counts,
    place: Place,
}

impl Writer {
    /// The first bytes.
    pub fn begin(made: &Made) -> (Self, Vec<u8>) {
        let mut writer = Self {
            digest: Sha256::new(),
            counts: Counts::default(),
            place: Place::start(StreamId::Engine),
        };
        let mut bytes = writer.note(head());
        bytes.extend(writer.put(Kind::Made, made));
        (writer, bytes)
    }

    /// A stream begins.
    pub fn stream(&mut self, stream: &StreamId) -> Vec<u8> {
        self.place = Place::start(stream.clone());
        self.counts.streams += 1;
        let stream = stream.to_string();
        self.put(Kind::Stream, &Begin { stream })
    }

    /// The next record of the stream.
    ///
    /// # Errors
    /// It would not get its hash back when it is read; so it is not written.
    pub fn record(&mut self, record: &Record) -> Result<Vec<u8>, String> {
        if rehash(&self.place.stream, record)? != record.hash {
            return Err("written again, it does not have its hash".to_owned());
        }
        self.place.version = record.version;
        self.place.hash = record.hash;
        self.counts.records += 1;
        Ok(self.put(Kind::Record, &Entry::of(record)))
    }

    /// The stream ends here; with a damage, although there is or was more of it.
    pub fn end(&mut self, damage: Option<String>) -> Vec<u8> {
        self.counts.damaged += u64::from(damage.is_some());
        let (Version(records), RecordHash(hash)) = (self.place.version, self.place.hash);
        let end = End {
            records,
            hash,
            damage,
        };
        self.put(Kind::End, &end)
    }

    /// The last bytes, and how much went before.
    pub fn finish(self) -> (Vec<u8>, Counts) {
        let close = Close {
            streams: self.counts.streams,
            records: self.counts.records,
            digest: self.digest.finalize().into(),
        };
        (seal(Kind::Close, &json(&close)), self.counts)
    }

    fn put(&mut self, kind: Kind, payload: &impl Serialize) -> Vec<u8> {
        self.note(seal(kind, &json(payload)))
    }

    fn note(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.digest.update(&bytes);
        bytes
    }
}

fn json(payload: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(payload).expect("its keys are strings")
}
