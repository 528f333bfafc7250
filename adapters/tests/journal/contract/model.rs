//! Any sequence of calls against a few lines that are obviously right.

use std::collections::BTreeMap;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, Snapshot, StreamId, Version};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::Bench;
use crate::support::{bodies, client, says};

/// One thing that is asked of a journal.
#[derive(Debug, Clone)]
enum Step {
    /// Appends to a stream, as far from its version as `off` says, texts of these lengths.
    Append {
        stream: StreamId,
        off: i8,
        lengths: Vec<usize>,
    },
    /// Reads what is after a version.
    Read { stream: StreamId, after: u64 },
    /// Snapshots where the stream is.
    Snapshot { stream: StreamId, length: usize },
    /// Closes it or not, drops it, opens it again.
    Reopen { close: bool },
}

fn stream() -> impl Strategy<Value = StreamId> {
    prop::sample::select(vec![
        StreamId::Engine,
        client("a"),
        client("a-b"),
        client("b"),
    ])
}

fn step() -> impl Strategy<Value = Step> {
    let length = prop_oneof![8 => 0usize..50, 1 => 4_000usize..4_200, 1 => 8_000usize..30_000];
    let off = prop_oneof![6 => Just(0i8), 1 => Just(1), 1 => Just(-1)];
    let append = (stream(), off, prop::collection::vec(length.clone(), 0..6));
    prop_oneof![
        12 => append.prop_map(|(stream, off, lengths)| Step::Append { stream, off, lengths }),
        4 => (stream(), 0u64..40).prop_map(|(stream, after)| Step::Read { stream, after }),
        2 => (stream(), length).prop_map(|(stream, length)| Step::Snapshot { stream, length }),
        1 => any::<bool>().prop_map(|close| Step::Reopen { close }),
    ]
}

#[derive(Default)]
struct Model {
    streams: BTreeMap<StreamId, Vec<Value>>,
    snapshots: BTreeMap<StreamId, Snapshot>,
}

impl Model {
    fn of(&self, stream: &StreamId) -> Vec<Value> {
        self.streams.get(stream).cloned().unwrap_or_default()
    }

    fn version(&self, stream: &StreamId) -> Version {
        Version(self.of(stream).len() as u64)
    }
}

/// Runs some sequences of calls against a kind of journal.
pub(crate) fn agrees<B: Bench>(cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    });
    let steps = prop::collection::vec(step(), 1..40);
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(run::<B>(steps));
        Ok(())
    });
    outcome.unwrap();
}

async fn run<B: Bench>(steps: Vec<Step>) {
    let bench = B::new();
    let mut journal = bench.open();
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Reopen { close } => {
                if close {
                    journal.close().await;
                }
                drop(journal);
                journal = bench.open();
            }
            step => ask(&journal, &mut model, step).await,
        }
    }
    let streams: Vec<_> = model.streams.keys().cloned().collect();
    assert_eq!(journal.streams().await.unwrap(), streams);
    for (stream, expected) in &model.streams {
        assert_eq!(&bodies(&journal, stream).await, expected);
    }
}

async fn ask(journal: &impl Journal, model: &mut Model, step: Step) {
    match step {
        Step::Append {
            stream,
            off,
            lengths,
        } => {
            let actual = model.version(&stream);
            let expected = Version(actual.0.saturating_add_signed(off.into()));
            let texts: Vec<_> = lengths.iter().map(|n| json!("x".repeat(*n))).collect();
            let records = texts.iter().cloned().map(says).collect();
            let answer = journal.append(&stream, expected, records).await;
            if expected != actual {
                assert_eq!(answer, Err(AppendError::Conflict { actual }));
                return;
            }
            assert_eq!(answer, Ok(Version(actual.0 + texts.len() as u64)));
            if !texts.is_empty() {
                model.streams.entry(stream).or_default().extend(texts);
            }
        }
        Step::Read { stream, after } => {
            let read = journal.read(&stream, Version(after)).await.unwrap();
            let read: Vec<_> = read.into_iter().map(|r| r.record.body).collect();
            let skipped = usize::try_from(after).unwrap();
            let expected: Vec<_> = model.of(&stream).into_iter().skip(skipped).collect();
            assert_eq!(read, expected);
        }
        Step::Snapshot { stream, length } => {
            let snapshot = Snapshot {
                version: model.version(&stream),
                schema: 1,
                body: "s".repeat(length),
            };
            journal
                .save_snapshot(&stream, snapshot.clone())
                .await
                .unwrap();
            if snapshot.version > Version(0) {
                model.snapshots.insert(stream.clone(), snapshot);
            }
            let expected = model.snapshots.get(&stream).cloned();
            assert_eq!(journal.snapshot(&stream).await.unwrap(), expected);
        }
        Step::Reopen { .. } => unreachable!("done by the caller, who owns the journal"),
    }
}
