//! What one commit writes: the appends that were waiting, each checked against where its stream will be by then.
//!
//! Deciding is done here, writing and answering elsewhere. The invariant: an append that conflicts leaves no trace,
//! and those beside it do not notice.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;

use clara_actors::ports::journal::{AppendError, StreamId, Version};

use super::{Append, Reply, Request, SaveSnapshot};
use crate::journal::chain::Head;
use crate::journal::codec::Prepared;
use crate::journal::refused;
use crate::journal::sled::heads::{Found, Heads};

/// The most bytes that are gathered into one round, so that one commit does not take forever.
const ROUND_BYTES: usize = 4 * 1024 * 1024;

/// What was waiting.
#[derive(Default)]
pub(super) struct Round {
    pub(super) appends: Vec<Append>,
    pub(super) snapshots: Vec<SaveSnapshot>,
    bytes: usize,
}

impl Round {
    /// Takes what is queued now, and does not wait for more.
    pub(super) fn gather(first: Request, requests: &Receiver<Request>) -> Self {
        let mut round = Self::default();
        round.add(first);
        while round.bytes < ROUND_BYTES
            && let Ok(request) = requests.try_recv()
        {
            round.add(request);
        }
        round
    }

    fn add(&mut self, request: Request) {
        match request {
            Request::Append(append) => {
                self.bytes += append.records.iter().map(Prepared::size).sum::<usize>();
                self.appends.push(append);
            }
            Request::Snapshot(snapshot) => {
                self.bytes += snapshot.bytes.len();
                self.snapshots.push(snapshot);
            }
        }
    }
}

/// A record with its place, as it is written.
pub(in crate::journal::sled) struct Placed {
    pub(in crate::journal::sled) stream: StreamId,
    /// Its version and its hash: where it leaves its stream.
    pub(in crate::journal::sled) head: Head,
    pub(in crate::journal::sled) bytes: Vec<u8>,
}

/// The records of one commit, and where they leave their streams.
#[derive(Default)]
pub(in crate::journal::sled) struct Batch {
    pub(in crate::journal::sled) records: Vec<Placed>,
    pub(in crate::journal::sled) heads: BTreeMap<StreamId, Head>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes its records have.
    pub(super) fn size(&self) -> usize {
        self.records.iter().map(|placed| placed.bytes.len()).sum()
    }

    fn add(&mut self, append: Append, heads: &Heads) -> (Reply<Version>, Answer) {
        let answer = self.place(&append, heads);
        (append.reply, answer)
    }

    fn place(&mut self, append: &Append, heads: &Heads) -> Answer {
        let mut head = self.head(&append.stream, heads)?;
        if head.version != append.expected {
            return Err(AppendError::Conflict {
                actual: head.version,
            });
        }
        for record in &append.records {
            let version = Version(head.version.0 + 1);
            let encoded = record.encode(version, head.hash);
            head = Head {
                version,
                hash: encoded.hash,
            };
            self.records.push(Placed {
                stream: append.stream.clone(),
                head,
                bytes: encoded.bytes,
            });
        }
        if !append.records.is_empty() {
            self.heads.insert(append.stream.clone(), head);
        }
        Ok(head.version)
    }

    /// Where the stream will be after what is in the batch so far.
    fn head(&self, stream: &StreamId, heads: &Heads) -> Result<Head, AppendError> {
        if let Some(head) = self.heads.get(stream) {
            return Ok(*head);
        }
        match heads.find(stream) {
            Found::Nothing => Ok(Head::default()),
            Found::At(head) => Ok(head),
            Found::Damaged { version, what } => Err(refused(format!(
                "record {version} of {stream} is damaged: {what}; restore it from a backup first"
            ))),
        }
    }
}

type Answer = Result<Version, AppendError>;

/// A batch, and what to answer to whom once it is on disk.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) batch: Batch,
    pub(super) replies: Vec<(Reply<Version>, Answer)>,
}

impl Plan {
    pub(super) fn new(appends: Vec<Append>, heads: &Heads) -> Self {
        let mut plan = Self::default();
        for append in appends {
            let reply = plan.batch.add(append, heads);
            plan.replies.push(reply);
        }
        plan
    }
}
