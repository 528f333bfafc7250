//! A journal that keeps what it says it keeps, refuses, fails, panics, and dies before and after it has stored.
//!
//! Records are kept as they were encoded, so that every start decodes them. The auditor hears of each as it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Journal;
use clara_actors::ports::journal::{
    AppendError, NewRecord, ReadError, Record, RecordHash, Snapshot, StreamId, Version,
};

use super::sabotage::Sabotage;
use super::world::{World, lock, scripted_panic};

/// What is on the disk.
#[derive(Debug, Default)]
pub(crate) struct Store {
    streams: BTreeMap<StreamId, Vec<Record>>,
    snapshots: BTreeMap<StreamId, Snapshot>,
}

impl Store {
    pub(crate) fn records(&self) -> u64 {
        self.streams
            .values()
            .map(|records| records.len() as u64)
            .sum()
    }

    fn head(&self, stream: &StreamId) -> Version {
        Version(
            self.streams
                .get(stream)
                .map_or(0, |records| records.len() as u64),
        )
    }

    fn push(&mut self, stream: &StreamId, records: Vec<NewRecord>) -> Vec<Record> {
        let kept = self.streams.entry(stream.clone()).or_default();
        let first = kept.len();
        for record in records {
            kept.push(Record {
                version: Version(kept.len() as u64 + 1),
                record,
                previous: RecordHash::default(),
                hash: RecordHash::default(),
            });
        }
        kept[first..].to_vec()
    }

    /// Keeps a snapshot that a run of the engine would have kept.
    pub(crate) fn keep_snapshot(&mut self, stream: StreamId, snapshot: Snapshot) {
        self.snapshots.insert(stream, snapshot);
    }
}

/// One process's handle on the store.
pub(crate) struct SimJournal {
    world: Arc<World>,
    failed: AtomicBool,
    /// How many records of a stream a lying journal has said to have kept, and has not.
    owing: Mutex<BTreeMap<StreamId, u64>>,
}

/// What goes wrong with an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Refuse,
    Conflict,
    FailBefore,
    FailAfter,
    PanicBefore,
    PanicAfter,
}

impl SimJournal {
    pub(crate) fn new(world: &Arc<World>) -> Self {
        Self {
            world: world.clone(),
            failed: AtomicBool::new(false),
            owing: Mutex::default(),
        }
    }

    fn fault(&self, stream: &StreamId) -> Fault {
        let whom = client_of(stream);
        if !self.world.strikes(self.world.weather().journal, whom) {
            return Fault::None;
        }
        use Fault::{Conflict, FailAfter, FailBefore, PanicAfter, PanicBefore, Refuse};
        let faults = [
            Refuse,
            Refuse,
            Refuse,
            Conflict,
            PanicBefore,
            PanicAfter,
            FailBefore,
            FailAfter,
        ];
        // A journal that fails ends the process, and so everybody's.
        let most = if self.world.scenario.troubled.is_some() {
            6
        } else {
            faults.len()
        };
        self.world.dice().pick(&faults[..most])
    }

    fn fail(&self) -> AppendError {
        self.failed.store(true, Ordering::SeqCst);
        AppendError::Failed {
            reason: "the disk is gone".to_owned(),
        }
    }

    fn store(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        let owed = lock(&self.owing).get(stream).copied().unwrap_or(0);
        let mut store = lock(&self.world.journal);
        let actual = Version(store.head(stream).0 + owed);
        if actual != expected {
            return Err(AppendError::Conflict { actual });
        }
        if self.loses(&records) {
            let lost = records.len() as u64;
            *lock(&self.owing).entry(stream.clone()).or_default() += lost;
            return Ok(Version(actual.0 + lost));
        }
        let stored = store.push(stream, records);
        let head = Version(store.head(stream).0 + owed);
        drop(store);
        self.world.note("journal", || {
            format!("{stream} has {}: {}", head, names(&stored).join(", "))
        });
        let truth = self.world.truth();
        self.world
            .audit(|auditor| auditor.stored(stream, &stored, truth));
        Ok(head)
    }

    fn loses(&self, records: &[NewRecord]) -> bool {
        match self.world.sabotage {
            Some(Sabotage::IntentNotStored) => records.iter().all(|r| name(r) == "publish_started"),
            Some(Sabotage::StoredInWordsOnly) => self.world.dice().chance(300),
            _ => false,
        }
    }
}

fn client_of(stream: &StreamId) -> Option<&clara_domain::ids::ClientId> {
    match stream {
        StreamId::Client(id) => Some(id),
        StreamId::Engine => None,
    }
}

fn name(record: &NewRecord) -> &str {
    let event = record.body.get("event").unwrap_or(&record.body);
    event["type"].as_str().unwrap_or("?")
}

fn names(records: &[Record]) -> Vec<String> {
    let named = records.iter().map(|record| {
        let tweet = record.record.body["tweet"].as_str().unwrap_or_default();
        let short = tweet
            .get(tweet.len().saturating_sub(4)..)
            .unwrap_or_default();
        let by = record
            .record
            .by
            .as_ref()
            .map_or(String::new(), |by| format!(" by {}", by.name));
        format!("{} {short}{by}", name(&record.record))
    });
    named.collect()
}

#[async_trait]
impl Journal for SimJournal {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        self.world.enter("before an append").await;
        self.world
            .dawdle(Duration::from_secs(20), client_of(stream))
            .await;
        if self.failed.load(Ordering::SeqCst) {
            return Err(self.fail());
        }
        let fault = self.fault(stream);
        if fault != Fault::None {
            self.world
                .note("journal", || format!("{stream}: {fault:?}"));
        }
        match fault {
            Fault::None | Fault::PanicAfter | Fault::FailAfter => {}
            Fault::Refuse => {
                return Err(AppendError::Refused {
                    reason: "it is busy".to_owned(),
                });
            }
            Fault::Conflict => {
                return Err(AppendError::Conflict {
                    actual: Version(9_999),
                });
            }
            Fault::FailBefore => return Err(self.fail()),
            Fault::PanicBefore => scripted_panic("before an append"),
        }
        let version = self.store(stream, expected, records)?;
        self.world.enter("after an append").await;
        match fault {
            Fault::PanicAfter => scripted_panic("after an append"),
            Fault::FailAfter => Err(self.fail()),
            Fault::None
            | Fault::Refuse
            | Fault::Conflict
            | Fault::FailBefore
            | Fault::PanicBefore => Ok(version),
        }
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        self.world.enter("while it reads the journal").await;
        if self
            .world
            .strikes(self.world.weather().unreadable, client_of(stream))
        {
            self.world
                .note("journal", || format!("{stream} cannot be read"));
            return Err(ReadError::Failed {
                reason: "the disk did not answer".to_owned(),
            });
        }
        let store = lock(&self.world.journal);
        let records = store.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(records.get(skipped..).unwrap_or_default().to_vec())
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        self.world.enter("while it lists the streams").await;
        Ok(lock(&self.world.journal).streams.keys().cloned().collect())
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        self.world.enter("while it reads a snapshot").await;
        Ok(lock(&self.world.journal).snapshots.get(stream).cloned())
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        self.world.enter("before it keeps a snapshot").await;
        lock(&self.world.journal).keep_snapshot(stream.clone(), snapshot);
        Ok(())
    }

    async fn close(&self) {}
}
