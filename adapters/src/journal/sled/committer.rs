//! The one thread that writes: it takes what is queued, writes it as one batch with one sync, and then answers.
//!
//! It never waits to fill a batch; while one is being synced the next queues up. The invariants: the order of a stream
//! is decided here and nowhere else; nobody is answered before the sync; after a failure nothing is written again.

mod batch;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use clara_actors::ports::journal::{AppendError, StreamId, Version};
use tokio::sync::oneshot;

use self::batch::{Plan, Round};
use super::heads::Heads;
use super::space::Space;
use super::watchdog::Watchdog;
use super::{JournalTrouble, SledOptions};
use crate::journal::codec::Prepared;
use crate::journal::refused;

pub(super) use batch::{Batch, Placed};

/// How many requests may wait. More are refused: an overload is an answer, not a growing queue.
const QUEUE: usize = 1024;

/// How often a full disk is looked at while nobody asks for anything.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What the committer writes to.
pub(super) trait Storage: Send + 'static {
    /// Writes a batch, all or none, and returns when it is on disk.
    fn commit(&mut self, batch: &Batch) -> Result<(), String>;
    /// Writes a snapshot; it reaches the disk when it may.
    fn save_snapshot(&mut self, stream: &StreamId, bytes: &[u8]) -> Result<Kept, String>;
    /// Writes out everything.
    fn finish(&mut self) -> Result<(), String>;
}

/// What became of a snapshot where the storage did not fail. It is a cache: one that cannot be kept ends nothing.
pub(super) enum Kept {
    Yes,
    /// Nothing was written, for this reason, and the storage takes appends as before.
    No(String),
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, AppendError>>;

/// What the committer is asked for.
pub(super) enum Request {
    Append(Append),
    Snapshot(SaveSnapshot),
}

pub(super) struct Append {
    pub(super) stream: StreamId,
    pub(super) expected: Version,
    pub(super) records: Vec<Prepared>,
    pub(super) reply: Reply<Version>,
}

pub(super) struct SaveSnapshot {
    pub(super) stream: StreamId,
    pub(super) bytes: Vec<u8>,
    pub(super) reply: Reply<()>,
}

/// The handle of the thread. Stops it when dropped, after what is queued is written.
pub(super) struct Committer {
    queue: Option<SyncSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub(super) fn start(
        storage: impl Storage,
        heads: Arc<Heads>,
        space: Space,
        options: SledOptions,
    ) -> std::io::Result<Self> {
        let tell = Arc::clone(&options.on_trouble);
        let slow = move |since| tell(JournalTrouble::Slow { since });
        let desk = Desk {
            storage,
            heads,
            space,
            watchdog: Watchdog::start(options.commit_alert_after, slow)?,
            options,
            failed: None,
        };
        let (queue, requests) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("journal-committer".to_owned())
            .spawn(move || desk.run(&requests))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// One that takes nothing.
    pub(super) fn stopped() -> Self {
        Self {
            queue: None,
            thread: None,
        }
    }

    pub(super) fn submit(&self, request: Request) -> Result<(), AppendError> {
        let Some(queue) = &self.queue else {
            return Err(refused("it is closed"));
        };
        queue.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => refused(format!(
                "it is busy, {QUEUE} requests are waiting; try again"
            )),
            TrySendError::Disconnected(_) => AppendError::Failed {
                reason: "its thread has ended".to_owned(),
            },
        })
    }

    /// Takes nothing more, and returns when what was queued is written and the thread has ended.
    pub(super) fn stop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's committer had panicked");
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the thread works on.
struct Desk<S> {
    storage: S,
    heads: Arc<Heads>,
    space: Space,
    watchdog: Watchdog,
    options: SledOptions,
    failed: Option<String>,
}

impl<S: Storage> Desk<S> {
    fn run(mut self, requests: &Receiver<Request>) {
        while let Some(first) = self.next(requests) {
            let round = Round::gather(first, requests);
            self.commit(Plan::new(round.appends, &self.heads));
            for snapshot in round.snapshots {
                self.save_snapshot(snapshot);
            }
        }
        // A failure is kept and told by `attempt`; there is nobody left to answer.
        let _ = self.attempt(S::finish);
    }

    /// The next request; none when there will be no more. A full disk is looked at meanwhile, so that people hear of
    /// its end even when nobody asks for anything.
    fn next(&mut self, requests: &Receiver<Request>) -> Option<Request> {
        while self.space.is_full() {
            match requests.recv_timeout(LOOK_AGAIN) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                // What it says is kept and told there.
                Err(RecvTimeoutError::Timeout) => drop(self.space.check(0)),
            }
        }
        requests.recv().ok()
    }

    fn commit(&mut self, plan: Plan) {
        let Plan { batch, replies } = plan;
        let outcome = self.write(&batch);
        if outcome.is_ok() {
            self.heads.advance(batch.heads);
        }
        for (reply, answer) in replies {
            // Whoever asked may have gone; the append stands all the same.
            let _ = reply.send(outcome.clone().and(answer));
        }
    }

    fn write(&mut self, batch: &Batch) -> Result<(), AppendError> {
        self.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        self.space.check(batch.size())?;
        let started = Instant::now();
        let outcome = self.attempt(|storage| storage.commit(batch));
        measure(batch, started);
        outcome
    }

    fn save_snapshot(&mut self, snapshot: SaveSnapshot) {
        let SaveSnapshot {
            stream,
            bytes,
            reply,
        } = snapshot;
        let room = self.check().and_then(|()| self.space.check(bytes.len()));
        let outcome =
            room.and_then(|()| self.attempt(|storage| storage.save_snapshot(&stream, &bytes)));
        let answer = outcome.and_then(|kept| match kept {
            Kept::Yes => Ok(()),
            Kept::No(reason) => Err(refused(reason)),
        });
        let _ = reply.send(answer);
    }

    fn check(&self) -> Result<(), AppendError> {
        match &self.failed {
            None => Ok(()),
            Some(reason) => Err(AppendError::Failed {
                reason: reason.clone(),
            }),
        }
    }

    /// Does something to the storage, unless it has failed before. A failure or a panic is for good.
    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut S) -> Result<T, String>,
    ) -> Result<T, AppendError> {
        self.check()?;
        let outcome = {
            let _watched = self.watchdog.commit();
            catch_unwind(AssertUnwindSafe(|| work(&mut self.storage)))
        };
        let failure = match outcome {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(reason)) => reason,
            Err(panic) => format!("the storage panicked: {}", super::open::panic_text(&*panic)),
        };
        self.failed = Some(failure.clone());
        (self.options.on_trouble)(JournalTrouble::Failed {
            reason: failure.clone(),
        });
        Err(AppendError::Failed { reason: failure })
    }
}

fn measure(batch: &Batch, started: Instant) {
    let records = batch.records.len();
    metrics::histogram!("clara_journal_commit_seconds").record(started.elapsed());
    metrics::histogram!("clara_journal_batch_records").record(records as f64);
    metrics::counter!("clara_journal_commits_total").increment(1);
    metrics::counter!("clara_journal_records_total").increment(records as u64);
}
