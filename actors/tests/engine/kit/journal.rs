//! The journal in memory behind a wrapper that fails on demand.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clara_actors::ports::journal::{
    AppendError, Journal, NewRecord, ReadError, Record, Snapshot, StreamId, Version,
};
use clara_adapters::journal::MemoryJournal;

use super::diary::{Diary, Gate, Seen, lock, scripted_panic};

/// What happens to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Refuse,
    Conflict,
    /// Fails, and takes nothing more.
    Fail,
    PanicBefore,
    PanicAfter,
    CrashBefore,
    CrashAfter,
}

/// An append, as a script sees it.
pub(crate) struct Append<'a> {
    /// Its number since the script was set, from 1.
    pub(crate) no: usize,
    pub(crate) stream: &'a StreamId,
    /// The names of its events.
    pub(crate) events: &'a [String],
}

impl Append<'_> {
    pub(crate) fn holds(&self, event: &str) -> bool {
        self.events.iter().any(|name| name == event)
    }
}

type Script = Box<dyn FnMut(Append<'_>) -> Fault + Send>;

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct FaultyJournal {
    inner: Arc<MemoryJournal>,
    script: Arc<Mutex<Option<Script>>>,
    appends: Arc<AtomicUsize>,
    failed: Arc<AtomicBool>,
    pub(crate) gate: Gate,
    diary: Diary,
}

impl FaultyJournal {
    pub(crate) fn new(inner: MemoryJournal, diary: &Diary) -> Self {
        Self {
            inner: Arc::new(inner),
            script: Arc::default(),
            appends: Arc::default(),
            failed: Arc::default(),
            gate: Gate::default(),
            diary: diary.clone(),
        }
    }

    /// As the next process opens it.
    pub(crate) fn reopened(&self) -> Self {
        self.failed.store(false, Ordering::SeqCst);
        Self {
            inner: Arc::new(self.inner.as_ref().clone()),
            ..self.clone()
        }
    }

    /// From the next append on, asks this what is to happen.
    pub(crate) fn script(&self, script: impl FnMut(Append<'_>) -> Fault + Send + 'static) {
        self.appends.store(0, Ordering::SeqCst);
        *lock(&self.script) = Some(Box::new(script));
    }

    /// Nothing goes wrong from now on.
    pub(crate) fn mend(&self) {
        *lock(&self.script) = None;
    }

    /// How many appends there were since the last script was set.
    pub(crate) fn appends(&self) -> usize {
        self.appends.load(Ordering::SeqCst)
    }

    /// The names of a client's events, in order.
    pub(crate) async fn events(&self, stream: &StreamId) -> Vec<String> {
        let records = self.inner.read(stream, Version(0)).await.unwrap();
        records.iter().map(|record| name(&record.record)).collect()
    }

    fn fault(&self, stream: &StreamId, events: &[String]) -> Fault {
        let no = self.appends.fetch_add(1, Ordering::SeqCst) + 1;
        let mut script = lock(&self.script);
        script
            .as_mut()
            .map_or(Fault::None, |script| script(Append { no, stream, events }))
    }

    fn failure() -> AppendError {
        AppendError::Failed {
            reason: "the disk is gone".to_owned(),
        }
    }
}

fn name(record: &NewRecord) -> String {
    let event = record.body.get("event").unwrap_or(&record.body);
    event["type"].as_str().unwrap().to_owned()
}

#[async_trait]
impl Journal for FaultyJournal {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        self.diary.enter().await;
        self.gate.pass().await;
        self.diary.enter().await;
        if self.failed.load(Ordering::SeqCst) {
            return Err(Self::failure());
        }
        let names: Vec<String> = records.iter().map(name).collect();
        let fault = self.fault(stream, &names);
        match fault {
            Fault::None | Fault::PanicAfter | Fault::CrashAfter => {}
            Fault::Refuse => {
                return Err(AppendError::Refused {
                    reason: "it is busy".to_owned(),
                });
            }
            Fault::Conflict => {
                return Err(AppendError::Conflict {
                    actual: Version(9999),
                });
            }
            Fault::Fail => {
                self.failed.store(true, Ordering::SeqCst);
                return Err(Self::failure());
            }
            Fault::PanicBefore => scripted_panic("before an append"),
            Fault::CrashBefore => self.diary.die().await,
        }
        let version = self.inner.append(stream, expected, records).await?;
        if let StreamId::Client(client) = stream {
            self.diary.write(Seen::Appended(client.clone(), names));
        }
        match fault {
            Fault::PanicAfter => scripted_panic("after an append"),
            Fault::CrashAfter => self.diary.die().await,
            _ => Ok(version),
        }
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        self.diary.enter().await;
        self.inner.read(stream, after).await
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        self.inner.streams().await
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        self.diary.enter().await;
        self.inner.snapshot(stream).await
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        self.diary.enter().await;
        self.inner.save_snapshot(stream, snapshot).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
