//! A client's audit trail: JSON lines that anybody can read, and that prove themselves.
//!
//! The first line says whose trail it is, each line after it is one record with the hash of the one before, the last
//! line has their number, the last hash and a digest of every line before it. The invariant: of a trail that was read
//! without a flaw no line was altered, added, taken out, repeated or moved since it was written. Somebody who writes
//! all of it anew can forge it: the last hash, kept elsewhere, tells.

use std::io::{BufRead, Read};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{Record, RecordHash, StreamId, Version};
use clara_domain::ids::ClientId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry::{Entry, Place, hex, rehash};
use super::pack::{PackError, Pages, Sink, unfaithful};

/// The name of the format, as the first line has it.
const NAME: &str = "clara audit trail";
/// The format that is written today.
pub const FORMAT: u16 = 1;
/// The most bytes of a line: as of a frame of a backup.
const LONGEST: u64 = 1024 * 1024;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    trail: String,
    format: u16,
    /// Whose trail it is.
    pub client: ClientId,
    /// When it was written.
    pub exported_at: Timestamp,
    /// The version of Clara that wrote it.
    pub clara: String,
}

impl Head {
    /// The first line of a trail that is written now.
    pub fn new(client: ClientId, exported_at: Timestamp, clara: &str) -> Self {
        Self {
            trail: NAME.to_owned(),
            format: FORMAT,
            client,
            exported_at,
            clara: clara.to_owned(),
        }
    }

    fn stream(&self) -> StreamId {
        StreamId::Client(self.client.clone())
    }
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Foot {
    records: u64,
    #[serde(with = "hex")]
    last: [u8; 32],
    /// SHA-256 of every line before it, line breaks included.
    #[serde(with = "hex")]
    digest: [u8; 32],
}

/// How a trail ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// The last record; 0 when there is none.
    pub version: Version,
    /// Its hash: kept elsewhere, it tells a forged trail.
    pub hash: RecordHash,
}

/// Writes the trail of one client.
///
/// # Errors
/// See [`PackError`]; what the sink has got by then is no trail.
pub async fn write(
    journal: &dyn Journal,
    head: &Head,
    sink: &mut dyn Sink,
) -> Result<Close, PackError> {
    let stream = head.stream();
    let mut close = Close {
        version: Version(0),
        hash: RecordHash::default(),
    };
    let mut digest = Sha256::new();
    let mut pages = Pages::of(journal, &stream);
    while let Some(page) = pages.next().await? {
        if close.version == Version(0) {
            if page.is_empty() {
                return Err(PackError::Nothing { stream });
            }
            put(sink, &mut digest, head).await?;
        }
        for record in &page {
            faithful(&stream, record)?;
            put(sink, &mut digest, &Entry::of(record)).await?;
            (close.version, close.hash) = (record.version, record.hash);
        }
    }
    let foot = Foot {
        records: close.version.0,
        last: close.hash.0,
        digest: digest.clone().finalize().into(),
    };
    put(sink, &mut digest, &foot).await?;
    Ok(close)
}

fn faithful(stream: &StreamId, record: &Record) -> Result<(), PackError> {
    match rehash(stream, record) {
        Ok(hash) if hash == record.hash => Ok(()),
        Ok(_) => Err(unfaithful(stream, record, "its hash differs".to_owned())),
        Err(what) => Err(unfaithful(stream, record, what)),
    }
}

async fn put(
    sink: &mut dyn Sink,
    digest: &mut Sha256,
    line: &impl Serialize,
) -> Result<(), PackError> {
    let mut bytes = serde_json::to_vec(line).expect("its keys are strings");
    bytes.push(b'\n');
    digest.update(&bytes);
    Ok(sink.put(&bytes).await?)
}

/// What is wrong with a trail, and in which line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrailFlaw {
    /// The first line is none.
    #[error("line 1 is not the first line of an audit trail of Clara's: {what}")]
    NotATrail {
        /// What is wrong with it.
        what: String,
    },
    /// Its format is not known here.
    #[error("its format is {format}, and this Clara reads format {FORMAT}: a newer Clara wrote it")]
    Newer {
        /// Its format.
        format: u16,
    },
    /// A line is not the one that was written there.
    #[error("line {line} is not the one that was written there: {what}")]
    Altered {
        /// Which line.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The last line is not there.
    #[error("it ends after line {after}, without its last line: the rest was cut off")]
    CutOff {
        /// The last line that is there.
        after: u64,
    },
    /// The system does not let it be read.
    #[error("it cannot be read after line {after}: {reason}")]
    Unreadable {
        /// The last line that was read.
        after: u64,
        /// In the system's words.
        reason: String,
    },
}

/// What comes next in a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A record, checked against the one before.
    Record(Box<Record>),
    /// The end, checked against the whole.
    Close(Close),
}

/// Reads a trail line by line, checking all of it on the way.
pub struct TrailReader<R> {
    source: R,
    line: u64,
    head: Head,
    digest: Sha256,
    place: Place,
}

impl<R: BufRead> TrailReader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// It is not an audit trail, or one of another format.
    pub fn open(mut source: R) -> Result<Self, TrailFlaw> {
        let bytes = next_line(&mut source, 0)?.unwrap_or_default();
        let not_ours = |what: String| TrailFlaw::NotATrail { what };
        let head: Head = parse(&bytes).map_err(not_ours)?;
        if head.trail != NAME {
            return Err(not_ours(format!("it is a {}", head.trail)));
        }
        if head.format != FORMAT {
            return Err(TrailFlaw::Newer {
                format: head.format,
            });
        }
        let mut digest = Sha256::new();
        digest.update(&bytes);
        Ok(Self {
            source,
            line: 1,
            place: Place::start(head.stream()),
            head,
            digest,
        })
    }

    /// Whose it is and when it was written.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The number of the line that was read last.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next record, or the end. After the end nothing is to be read.
    ///
    /// # Errors
    /// What is wrong and in which line. Nothing can be read after that.
    #[expect(clippy::should_implement_trait, reason = "an error ends it for good")]
    pub fn next(&mut self) -> Result<Line, TrailFlaw> {
        let Some(bytes) = next_line(&mut self.source, self.line)? else {
            return Err(TrailFlaw::CutOff { after: self.line });
        };
        self.line += 1;
        if let Ok(foot) = parse::<Foot>(&bytes) {
            return self.close(&foot, &bytes).map(Line::Close);
        }
        let json = whole(&bytes).map_err(|what| self.altered(what))?;
        let record = self.place.step(json);
        let record = record.map_err(|what| match self.line {
            2 => self.altered(format!(
                "{what}; or line 1 names another client than it did"
            )),
            _ => self.altered(what),
        })?;
        if serde_json::to_vec(&Entry::of(&record)).is_ok_and(|again| again != json) {
            return Err(self.altered("it is written another way".to_owned()));
        }
        self.digest.update(&bytes);
        Ok(Line::Record(Box::new(record)))
    }

    fn close(&mut self, foot: &Foot, bytes: &[u8]) -> Result<Close, TrailFlaw> {
        let place = &self.place;
        if (foot.records, foot.last) != (place.version.0, place.hash.0) {
            let what = format!(
                "it ends {} records, and {} were there",
                foot.records, place.version
            );
            return Err(self.altered(what));
        }
        let digest: [u8; 32] = self.digest.clone().finalize().into();
        if foot.digest != digest {
            // Every record has proved itself by now, so it is what has no hash of its own.
            return Err(TrailFlaw::Altered {
                line: 1,
                what: format!(
                    "the digest in line {} does not match, unless it was that which was altered",
                    self.line
                ),
            });
        }
        let again = serde_json::to_vec(foot).expect("its keys are strings");
        if bytes.strip_suffix(b"\n") != Some(&again) {
            return Err(self.altered("it is written another way".to_owned()));
        }
        if next_line(&mut self.source, self.line)?.is_some() {
            self.line += 1;
            return Err(self.altered("the line before it was the last".to_owned()));
        }
        Ok(Close {
            version: place.version,
            hash: place.hash,
        })
    }

    fn altered(&self, what: String) -> TrailFlaw {
        TrailFlaw::Altered {
            line: self.line,
            what,
        }
    }
}

/// The next line with its line break, none at the end.
fn next_line(source: &mut impl BufRead, after: u64) -> Result<Option<Vec<u8>>, TrailFlaw> {
    let mut bytes = Vec::new();
    let read = source.take(LONGEST + 1).read_until(b'\n', &mut bytes);
    read.map_err(|error| TrailFlaw::Unreadable {
        after,
        reason: error.to_string(),
    })?;
    Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
}

fn whole(bytes: &[u8]) -> Result<&[u8], String> {
    bytes.strip_suffix(b"\n").ok_or_else(|| match bytes.len() {
        length if length as u64 > LONGEST => "it is longer than a line can be".to_owned(),
        _ => "it was cut off".to_owned(),
    })
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(whole(bytes)?).map_err(|error| error.to_string())
}
