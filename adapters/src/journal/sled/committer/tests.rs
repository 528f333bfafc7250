//! The committer against a storage that does as it is told: fails, hangs, panics.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use clara_actors::ports::journal::NewRecord;
use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::journal::sled::heads::Found;

/// What the storage does when it is asked to commit for the n-th time.
type Script = Box<dyn FnMut(usize) -> Result<(), String> + Send>;

struct Scripted {
    script: Script,
    commits: usize,
    written: Sender<Vec<(StreamId, Version)>>,
}

impl Storage for Scripted {
    fn commit(&mut self, batch: &Batch) -> Result<(), String> {
        self.commits += 1;
        let places = batch
            .records
            .iter()
            .map(|r| (r.stream.clone(), r.head.version));
        // The test may have seen enough and gone.
        let _ = self.written.send(places.collect());
        (self.script)(self.commits)
    }
    fn save_snapshot(&mut self, _: &StreamId, _: &[u8]) -> Result<Kept, String> {
        Ok(Kept::Yes)
    }
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }
}

struct Rig {
    committer: Committer,
    heads: Arc<Heads>,
    written: Receiver<Vec<(StreamId, Version)>>,
    troubles: Arc<Mutex<Vec<JournalTrouble>>>,
    free: Arc<AtomicU64>,
}

fn rig(script: impl FnMut(usize) -> Result<(), String> + Send + 'static) -> Rig {
    let (sender, written) = mpsc::channel();
    let troubles = Arc::new(Mutex::new(Vec::new()));
    let heads = Arc::new(Heads::default());
    let storage = Scripted {
        script: Box::new(script),
        commits: 0,
        written: sender,
    };
    let told = Arc::clone(&troubles);
    let free = Arc::new(AtomicU64::new(u64::MAX));
    let asked = Arc::clone(&free);
    let options = SledOptions {
        commit_alert_after: Duration::from_millis(20),
        free_bytes: Arc::new(move |_| Ok(asked.load(Ordering::SeqCst))),
        on_trouble: Arc::new(move |trouble| told.lock().unwrap().push(trouble)),
        ..SledOptions::default()
    };
    Rig {
        committer: {
            let space = Space::new(Path::new("/data/journal"), &options);
            Committer::start(storage, Arc::clone(&heads), space, options).unwrap()
        },
        heads,
        written,
        troubles,
        free,
    }
}

type Answer = oneshot::Receiver<Result<Version, AppendError>>;

impl Rig {
    fn append(&self, expected: u64, records: usize) -> Answer {
        self.try_append(expected, records).unwrap()
    }

    fn try_append(&self, expected: u64, records: usize) -> Result<Answer, AppendError> {
        let (reply, answer) = oneshot::channel();
        self.committer.submit(Request::Append(Append {
            stream: StreamId::Engine,
            expected: Version(expected),
            records: vec![record(); records],
            reply,
        }))?;
        Ok(answer)
    }

    fn failures(&self) -> usize {
        let troubles = self.troubles.lock().unwrap();
        let failed = |t: &&JournalTrouble| matches!(t, JournalTrouble::Failed { .. });
        troubles.iter().filter(failed).count()
    }
}

fn record() -> Prepared {
    let record = NewRecord {
        at: Timestamp::UNIX_EPOCH,
        by: None,
        schema: 1,
        body: json!({"n": 1}),
    };
    Prepared::new(&StreamId::Engine, &record).unwrap()
}

fn failed(reason: &str) -> Result<Version, AppendError> {
    Err(AppendError::Failed {
        reason: reason.to_owned(),
    })
}

#[test]
fn what_queues_up_during_a_sync_is_written_as_one_batch() {
    let (go, wait) = mpsc::channel::<()>();
    let rig = rig(move |n| {
        if n == 1 {
            wait.recv().unwrap();
        }
        Ok(())
    });
    let first = rig.append(0, 1);
    assert_eq!(rig.written.recv().unwrap().len(), 1);
    let rest: Vec<_> = (1..10).map(|n| rig.append(n, 1)).collect();
    go.send(()).unwrap();
    assert_eq!(first.blocking_recv().unwrap(), Ok(Version(1)));
    for (n, answer) in (2..).zip(rest) {
        assert_eq!(answer.blocking_recv().unwrap(), Ok(Version(n)));
    }
    assert_eq!(rig.written.recv().unwrap().len(), 9);
}

#[test]
fn nobody_is_answered_and_no_head_moves_before_the_sync() {
    let (go, wait) = mpsc::channel::<()>();
    let rig = rig(move |_| wait.recv().map_err(|e| e.to_string()));
    let mut answer = rig.append(0, 2);
    rig.written.recv().unwrap();
    assert!(answer.try_recv().is_err());
    assert_eq!(rig.heads.find(&StreamId::Engine), Found::Nothing);
    go.send(()).unwrap();
    assert_eq!(answer.blocking_recv().unwrap(), Ok(Version(2)));
    assert!(
        matches!(rig.heads.find(&StreamId::Engine), Found::At(head) if head.version == Version(2))
    );
}

#[test]
fn a_conflict_in_a_batch_leaves_the_others_alone() {
    let (go, wait) = mpsc::channel::<()>();
    let rig = rig(move |n| {
        if n == 1 {
            wait.recv().unwrap();
        }
        Ok(())
    });
    let first = rig.append(0, 1);
    rig.written.recv().unwrap();
    let (second, stale, third) = (rig.append(1, 3), rig.append(1, 1), rig.append(4, 1));
    go.send(()).unwrap();
    assert_eq!(first.blocking_recv().unwrap(), Ok(Version(1)));
    assert_eq!(second.blocking_recv().unwrap(), Ok(Version(4)));
    assert_eq!(third.blocking_recv().unwrap(), Ok(Version(5)));
    let actual = Version(4);
    assert_eq!(
        stale.blocking_recv().unwrap(),
        Err(AppendError::Conflict { actual })
    );
    assert_eq!(rig.written.recv().unwrap().len(), 4);
}

#[test]
fn a_failed_commit_is_for_good_and_told_once() {
    let rig = rig(|n| {
        if n == 2 {
            Err("the disk is gone".to_owned())
        } else {
            Ok(())
        }
    });
    assert_eq!(rig.append(0, 1).blocking_recv().unwrap(), Ok(Version(1)));
    for _ in 0..3 {
        let answer = rig.append(1, 1).blocking_recv().unwrap();
        assert_eq!(answer, failed("the disk is gone"));
    }
    // Even what writes nothing, or would have been a conflict.
    assert_eq!(
        rig.append(1, 0).blocking_recv().unwrap(),
        failed("the disk is gone")
    );
    assert_eq!(
        rig.append(9, 1).blocking_recv().unwrap(),
        failed("the disk is gone")
    );
    assert_eq!(
        rig.written.try_iter().count(),
        2,
        "a failed commit was tried again"
    );
    assert_eq!(rig.failures(), 1);
}

#[test]
fn a_panic_of_the_storage_is_a_failure() {
    let rig = rig(|_| panic!("bit rot"));
    let answer = rig.append(0, 1).blocking_recv().unwrap();
    assert_eq!(answer, failed("the storage panicked: bit rot"));
    assert_eq!(rig.append(0, 1).blocking_recv().unwrap(), answer);
    assert_eq!(rig.failures(), 1);
}

#[test]
fn a_commit_that_hangs_is_told_while_it_hangs() {
    let (go, wait) = mpsc::channel::<()>();
    let rig = rig(move |_| wait.recv().map_err(|e| e.to_string()));
    let answer = rig.append(0, 1);
    let deadline = Instant::now() + Duration::from_secs(30);
    while rig.troubles.lock().unwrap().is_empty() {
        assert!(Instant::now() < deadline, "the watchdog did not bark");
        std::thread::yield_now();
    }
    assert!(matches!(
        rig.troubles.lock().unwrap()[..],
        [JournalTrouble::Slow { .. }]
    ));
    go.send(()).unwrap();
    assert_eq!(answer.blocking_recv().unwrap(), Ok(Version(1)));
}

#[test]
fn a_full_disk_refuses_tells_and_goes_on_by_itself() {
    let rig = rig(|_| Ok(()));
    assert_eq!(rig.append(0, 1).blocking_recv().unwrap(), Ok(Version(1)));
    rig.free.store(12 << 20, Ordering::SeqCst);
    for _ in 0..3 {
        let refusal = rig.append(1, 1).blocking_recv().unwrap().unwrap_err();
        let text = refusal.to_string();
        assert!(
            text.starts_with("the journal took nothing: the disk is full: 12.0 MiB are free and ")
                && text.ends_with(
                    " MiB are needed; nothing was stored; make room where /data/journal is, and it goes on by itself"
                ),
            "{text}"
        );
    }
    // What writes nothing is answered as ever.
    assert_eq!(rig.append(1, 0).blocking_recv().unwrap(), Ok(Version(1)));
    let full = rig.troubles.lock().unwrap().clone();
    assert!(
        matches!(full[..], [JournalTrouble::DiskFull { .. }]),
        "{full:?}"
    );

    // Nobody asks for anything, and still its end is told.
    rig.free.store(1 << 30, Ordering::SeqCst);
    let deadline = Instant::now() + Duration::from_secs(30);
    while rig.troubles.lock().unwrap().len() == 1 {
        assert!(Instant::now() < deadline, "the end was not told");
        std::thread::yield_now();
    }
    let free = JournalTrouble::DiskFree { free: 1 << 30 };
    assert_eq!(rig.troubles.lock().unwrap()[1], free);
    assert_eq!(rig.append(1, 1).blocking_recv().unwrap(), Ok(Version(2)));
    assert_eq!(
        rig.written.try_iter().count(),
        2,
        "a refused commit was written"
    );
}

#[test]
fn a_full_queue_is_an_answer() {
    let (go, wait) = mpsc::channel::<()>();
    let rig = rig(move |_| wait.recv().map_err(|e| e.to_string()));
    let first = rig.append(0, 1);
    rig.written.recv().unwrap();
    let queued: Vec<_> = (0..QUEUE).map(|_| rig.append(9, 1)).collect();
    let refusal = rig.try_append(9, 1).unwrap_err();
    assert!(refusal.to_string().contains("busy"), "{refusal}");
    go.send(()).unwrap();
    assert_eq!(first.blocking_recv().unwrap(), Ok(Version(1)));
    let actual = Version(1);
    for answer in queued {
        assert_eq!(
            answer.blocking_recv().unwrap(),
            Err(AppendError::Conflict { actual })
        );
    }
}

#[test]
fn stopping_writes_what_is_queued_and_takes_nothing_more() {
    let (go, wait) = mpsc::channel::<()>();
    let mut rig = rig(move |n| {
        if n == 1 {
            wait.recv().unwrap();
        }
        Ok(())
    });
    let answers: Vec<_> = (0..5).map(|n| rig.append(n, 1)).collect();
    rig.written.recv().unwrap();
    go.send(()).unwrap();
    rig.committer.stop();
    for (n, answer) in (1..).zip(answers) {
        assert_eq!(answer.blocking_recv().unwrap(), Ok(Version(n)));
    }
    let refusal = rig.try_append(5, 1).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "the journal took nothing: it is closed"
    );
}
