//! Reads a backup from its beginning to its end, checking all of it on the way.
//!
//! Nothing is believed before it is checked, and the whole is only known to be whole at its end: a caller that changes
//! anything on the strength of a backup reads it through first.

use std::io::Read;

use clara_actors::ports::journal::{Record, RecordHash, StreamId, Version};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::entry::Place;
use super::frame::{Frame, Kind, Source};
use super::writer::{Begin, Close, End};
use super::{Counts, Flaw, Made};

/// What comes next in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A stream begins.
    Stream(StreamId),
    /// Its next record, checked against the one before.
    Record(Box<Record>),
    /// It ends.
    End {
        /// Its last record; 0 when it has none.
        version: Version,
        /// That record's hash.
        hash: RecordHash,
        /// Why what followed in the journal is not here.
        damage: Option<String>,
    },
}

/// See the module.
pub struct Reader<R> {
    source: Source<R>,
    made: Made,
    digest: Sha256,
    counts: Counts,
    stream: Option<Place>,
    last: Option<StreamId>,
    is_done: bool,
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// It is not a backup, or its beginning is not whole.
    pub fn open(source: R) -> Result<Self, Flaw> {
        let mut source = Source::new(source);
        let mut digest = Sha256::new();
        digest.update(source.head()?);
        let frame = source.frame()?;
        if frame.kind != Kind::Made {
            return Err(out_of_place(&frame));
        }
        digest.update(&frame.bytes);
        Ok(Self {
            made: parse(&frame)?,
            source,
            digest,
            counts: Counts::default(),
            stream: None,
            last: None,
            is_done: false,
        })
    }

    /// When and by what it was made.
    pub fn made(&self) -> &Made {
        &self.made
    }

    /// How much of it was read so far; all of it, once [`Self::next`] has said that there is no more.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What comes next; none when the end was reached and all was as it was written.
    ///
    /// # Errors
    /// What is wrong with it and where. Nothing can be read after that.
    #[expect(clippy::should_implement_trait, reason = "an error ends it for good")]
    pub fn next(&mut self) -> Result<Option<Item>, Flaw> {
        if self.is_done {
            return Ok(None);
        }
        let frame = self.source.frame()?;
        if frame.kind == Kind::Close {
            self.close(&frame)?;
            return Ok(None);
        }
        self.digest.update(&frame.bytes);
        match (frame.kind, self.stream.take()) {
            (Kind::Stream, None) => self.begin(&frame).map(Some),
            (Kind::Record, Some(place)) => self.record(&frame, place).map(Some),
            (Kind::End, Some(place)) => self.end(&frame, place).map(Some),
            (Kind::Made | Kind::Stream | Kind::Record | Kind::End | Kind::Close, _) => {
                Err(out_of_place(&frame))
            }
        }
    }

    /// Reads all that is left, for its errors and its counts.
    ///
    /// # Errors
    /// As of [`Self::next`].
    pub fn check(mut self) -> Result<(Made, Counts), Flaw> {
        while self.next()?.is_some() {}
        Ok((self.made, self.counts))
    }

    fn begin(&mut self, frame: &Frame) -> Result<Item, Flaw> {
        let Begin { stream } = parse(frame)?;
        let stream: StreamId = stream
            .parse()
            .map_err(|what| Flaw::altered(frame.at, what))?;
        if self.last.as_ref().is_some_and(|last| *last >= stream) {
            let what = format!("the stream {stream} is there twice, or out of order");
            return Err(Flaw::altered(frame.at, what));
        }
        self.last = Some(stream.clone());
        self.counts.streams += 1;
        self.stream = Some(Place::start(stream.clone()));
        Ok(Item::Stream(stream))
    }

    fn record(&mut self, frame: &Frame, mut place: Place) -> Result<Item, Flaw> {
        let record = place
            .step(&frame.payload)
            .map_err(|what| Flaw::altered(frame.at, what))?;
        self.counts.records += 1;
        self.stream = Some(place);
        Ok(Item::Record(Box::new(record)))
    }

    fn end(&mut self, frame: &Frame, place: Place) -> Result<Item, Flaw> {
        let end: End = parse(frame)?;
        if (end.records, end.hash) != (place.version.0, place.hash.0) {
            let what = format!("the stream {} does not end as it says", place.stream);
            return Err(Flaw::altered(frame.at, what));
        }
        self.counts.damaged += u64::from(end.damage.is_some());
        Ok(Item::End {
            version: place.version,
            hash: place.hash,
            damage: end.damage,
        })
    }

    fn close(&mut self, frame: &Frame) -> Result<(), Flaw> {
        if self.stream.is_some() {
            return Err(out_of_place(frame));
        }
        let close: Close = parse(frame)?;
        let found = Close {
            streams: self.counts.streams,
            records: self.counts.records,
            digest: self.digest.clone().finalize().into(),
        };
        if close != found {
            let what = "the digest of the whole does not match";
            return Err(Flaw::altered(frame.at, what));
        }
        self.source.end()?;
        self.is_done = true;
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(frame: &Frame) -> Result<T, Flaw> {
    serde_json::from_slice(&frame.payload)
        .map_err(|error| Flaw::altered(frame.at, format!("it is not understood: {error}")))
}

fn out_of_place(frame: &Frame) -> Flaw {
    Flaw::altered(frame.at, format!("{:?} cannot be there", frame.kind))
}
