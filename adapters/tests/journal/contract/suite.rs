//! The promises, one function each.

use std::sync::Arc;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, Snapshot, StreamId, Version};
use clara_adapters::journal::codec::MAX_RECORD_BYTES;
use serde_json::json;

use super::Bench;
use crate::support::{bodies, client, counting, says, whole};

pub(crate) async fn what_is_appended_is_read_back_as_it_was<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let mut records = counting(1, 3);
    records[1].by = None;
    records[2].schema = 7;
    records[2].body = json!({"text": "Grüße \u{1F9C7}\0\"", "list": [1, -2, u64::MAX, null, true]});
    let stream = client("harbour");
    let version = journal.append(&stream, Version(0), records.clone()).await;
    assert_eq!(version, Ok(Version(3)));
    let read: Vec<_> = whole(&journal, &stream).await;
    assert_eq!(
        read.into_iter().map(|r| r.record).collect::<Vec<_>>(),
        records
    );
}

pub(crate) async fn reading_after_a_version_gives_the_rest<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let stream = client("harbour");
    journal
        .append(&stream, Version(0), counting(1, 40))
        .await
        .unwrap();
    let all = whole(&journal, &stream).await;
    for after in 0..=40 {
        let rest = journal.read(&stream, Version(after)).await.unwrap();
        assert_eq!(
            rest,
            all[usize::try_from(after).unwrap()..],
            "after {after}"
        );
    }
    for after in [41, u64::MAX] {
        assert_eq!(journal.read(&stream, Version(after)).await, Ok(vec![]));
    }
    assert_eq!(
        journal.read(&client("nobody"), Version(0)).await,
        Ok(vec![])
    );
}

pub(crate) async fn an_append_to_another_version_is_a_conflict_and_leaves_nothing<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let stream = client("harbour");
    journal
        .append(&stream, Version(0), counting(1, 2))
        .await
        .unwrap();
    for expected in [0, 1, 3, u64::MAX] {
        let answer = journal
            .append(&stream, Version(expected), counting(9, 3))
            .await;
        let actual = Version(2);
        assert_eq!(
            answer,
            Err(AppendError::Conflict { actual }),
            "at {expected}"
        );
    }
    let answer = journal
        .append(&client("new"), Version(1), counting(9, 1))
        .await;
    assert_eq!(answer, Err(AppendError::Conflict { actual: Version(0) }));
    assert_eq!(
        bodies(&journal, &stream).await,
        [json!({"n": 1}), json!({"n": 2})]
    );
    assert_eq!(journal.streams().await.unwrap(), [stream]);
}

pub(crate) async fn an_append_of_nothing_checks_the_version<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let stream = client("harbour");
    assert_eq!(
        journal.append(&stream, Version(0), vec![]).await,
        Ok(Version(0))
    );
    assert_eq!(journal.streams().await, Ok(vec![]));
    journal
        .append(&stream, Version(0), counting(1, 1))
        .await
        .unwrap();
    assert_eq!(
        journal.append(&stream, Version(1), vec![]).await,
        Ok(Version(1))
    );
    let answer = journal.append(&stream, Version(0), vec![]).await;
    assert_eq!(answer, Err(AppendError::Conflict { actual: Version(1) }));
}

pub(crate) async fn a_record_that_is_too_large_is_refused_with_its_size<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let mut records = counting(1, 3);
    records[1].body = json!("x".repeat(MAX_RECORD_BYTES));
    let answer = journal.append(&StreamId::Engine, Version(0), records).await;
    let Err(AppendError::Refused { reason }) = answer else {
        panic!("not refused: {answer:?}");
    };
    assert!(reason.contains("bytes is more than the 98304"), "{reason}");
    assert_eq!(
        journal
            .append(&StreamId::Engine, Version(0), counting(1, 1))
            .await,
        Ok(Version(1))
    );
    assert_eq!(bodies(&journal, &StreamId::Engine).await, [json!({"n": 1})]);
}

pub(crate) async fn the_largest_records_fit_many_at_a_time<B: Bench>() {
    let bench = B::new();
    let large = json!("x".repeat(MAX_RECORD_BYTES - 200));
    let journal = bench.open();
    let records = vec![says(large.clone()); 12];
    let version = journal.append(&StreamId::Engine, Version(0), records).await;
    assert_eq!(version, Ok(Version(12)));
    drop(journal);
    let read = bodies(&bench.open(), &StreamId::Engine).await;
    assert_eq!(read, vec![large; 12]);
}

pub(crate) async fn streams_are_named_in_order_once_they_have_a_record<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    assert_eq!(journal.streams().await, Ok(vec![]));
    let streams = [
        client("koyo"),
        StreamId::Engine,
        client("fjord"),
        client("a"),
    ];
    for stream in &streams {
        journal
            .append(stream, Version(0), counting(1, 1))
            .await
            .unwrap();
    }
    let expected = [
        StreamId::Engine,
        client("a"),
        client("fjord"),
        client("koyo"),
    ];
    assert_eq!(journal.streams().await.unwrap(), expected);
    drop(journal);
    assert_eq!(bench.open().streams().await.unwrap(), expected);
}

pub(crate) async fn streams_with_similar_names_keep_apart<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let names = ["a", "aa", "a-b", "a0", "b", "engine", &"z".repeat(32)];
    for (n, name) in (0..).zip(names) {
        journal
            .append(&client(name), Version(0), counting(n * 1000, 300))
            .await
            .unwrap();
    }
    journal
        .append(&StreamId::Engine, Version(0), counting(9000, 2))
        .await
        .unwrap();
    for (n, name) in (0..).zip(names) {
        let expected: Vec<_> = (n * 1000..n * 1000 + 300)
            .map(|n| json!({"n": n}))
            .collect();
        assert_eq!(bodies(&journal, &client(name)).await, expected, "{name}");
    }
}

fn snapshot(version: u64, text: &str) -> Snapshot {
    Snapshot {
        version: Version(version),
        schema: 3,
        body: json!({ "state": text }).to_string(),
    }
}

pub(crate) async fn a_snapshot_takes_the_place_of_the_one_before<B: Bench>() {
    let bench = B::new();
    let stream = client("harbour");
    let journal = bench.open();
    assert_eq!(journal.snapshot(&stream).await, Ok(None));
    journal
        .append(&stream, Version(0), counting(1, 9))
        .await
        .unwrap();
    let long = "x".repeat(100_000);
    for (version, text) in [(3, "short"), (5, long.as_str()), (7, "short again")] {
        let saved = snapshot(version, text);
        journal.save_snapshot(&stream, saved.clone()).await.unwrap();
        assert_eq!(journal.snapshot(&stream).await, Ok(Some(saved)));
    }
    assert_eq!(journal.snapshot(&client("fjord")).await, Ok(None));
    journal.close().await;
    drop(journal);
    let kept = bench.open().snapshot(&stream).await.unwrap();
    assert_eq!(kept, Some(snapshot(7, "short again")));
}

pub(crate) async fn a_snapshot_of_what_is_not_in_the_stream_is_none<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let stream = client("harbour");
    journal
        .append(&stream, Version(0), counting(1, 2))
        .await
        .unwrap();
    journal
        .save_snapshot(&stream, snapshot(3, "from the future"))
        .await
        .unwrap();
    journal
        .save_snapshot(&client("nobody"), snapshot(1, "of nothing"))
        .await
        .unwrap();
    assert_eq!(journal.snapshot(&stream).await, Ok(None));
    assert_eq!(journal.snapshot(&client("nobody")).await, Ok(None));
    assert_eq!(journal.streams().await.unwrap(), [stream]);
}

pub(crate) async fn a_snapshot_that_is_too_large_is_refused<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    let stream = client("harbour");
    journal
        .append(&stream, Version(0), counting(1, 1))
        .await
        .unwrap();
    journal
        .save_snapshot(&stream, snapshot(1, "fits"))
        .await
        .unwrap();
    let large = snapshot(1, &"x".repeat(17 * 1024 * 1024));
    let refusal = journal.save_snapshot(&stream, large).await.unwrap_err();
    assert!(
        refusal.to_string().contains("a snapshot of 17825"),
        "{refusal}"
    );
    assert_eq!(
        journal.snapshot(&stream).await,
        Ok(Some(snapshot(1, "fits")))
    );
}

pub(crate) async fn of_many_who_append_at_one_version_one_wins<B: Bench>() {
    let bench = B::new();
    let journal = Arc::new(bench.open());
    for version in 0..10 {
        let rivals: Vec<_> = (0..20)
            .map(|rival| {
                let journal = Arc::clone(&journal);
                let record = says(json!({"version": version, "rival": rival}));
                tokio::spawn(async move {
                    journal
                        .append(&StreamId::Engine, Version(version), vec![record])
                        .await
                })
            })
            .collect();
        let mut winners = 0;
        for rival in rivals {
            match rival.await.unwrap() {
                Ok(now) => {
                    assert_eq!(now, Version(version + 1));
                    winners += 1;
                }
                Err(error) => {
                    let actual = Version(version + 1);
                    assert_eq!(error, AppendError::Conflict { actual });
                }
            }
        }
        assert_eq!(winners, 1);
    }
    assert_eq!(whole(&*journal, &StreamId::Engine).await.len(), 10);
}

pub(crate) async fn many_appenders_over_many_streams_lose_nothing<B: Bench>() {
    const STREAMS: u64 = 50;
    const APPENDS: u64 = 10;
    let bench = B::new();
    let journal = Arc::new(bench.open());
    let name = |n| client(&format!("client-{n}"));
    let appenders: Vec<_> = (0..STREAMS)
        .map(|n| {
            let (journal, stream) = (Arc::clone(&journal), name(n));
            tokio::spawn(async move {
                for version in 0..APPENDS {
                    let records = counting(n * 1000 + 2 * version, 2);
                    let now = journal.append(&stream, Version(2 * version), records).await;
                    assert_eq!(now, Ok(Version(2 * version + 2)));
                }
            })
        })
        .collect();
    for appender in appenders {
        appender.await.unwrap();
    }
    drop(journal);
    let journal = bench.open();
    assert_eq!(journal.streams().await.unwrap().len() as u64, STREAMS);
    for n in 0..STREAMS {
        let expected: Vec<_> = (0..2 * APPENDS)
            .map(|m| json!({"n": n * 1000 + m}))
            .collect();
        assert_eq!(bodies(&journal, &name(n)).await, expected);
    }
}

pub(crate) async fn a_closed_journal_takes_nothing_more<B: Bench>() {
    let bench = B::new();
    let journal = bench.open();
    journal
        .append(&StreamId::Engine, Version(0), counting(1, 1))
        .await
        .unwrap();
    journal.close().await;
    journal.close().await;
    let closed = AppendError::Refused {
        reason: "it is closed".to_owned(),
    };
    let answer = journal
        .append(&StreamId::Engine, Version(1), counting(2, 1))
        .await;
    assert_eq!(answer, Err(closed.clone()));
    let answer = journal
        .save_snapshot(&StreamId::Engine, snapshot(1, "late"))
        .await;
    assert_eq!(answer, Err(closed));
    assert_eq!(whole(&journal, &StreamId::Engine).await.len(), 1);
}

pub(crate) async fn closing_waits_for_what_is_under_way<B: Bench>() {
    let bench = B::new();
    let journal = Arc::new(bench.open());
    let appenders: Vec<_> = (0..20)
        .map(|n| {
            let (journal, stream) = (Arc::clone(&journal), client(&format!("client-{n}")));
            tokio::spawn(async move { journal.append(&stream, Version(0), counting(n, 1)).await })
        })
        .collect();
    journal.close().await;
    let mut kept = Vec::new();
    for (n, appender) in appenders.into_iter().enumerate() {
        match appender.await.unwrap() {
            Ok(_) => kept.push(client(&format!("client-{n}"))),
            Err(error) => assert!(matches!(error, AppendError::Refused { .. }), "{error}"),
        }
    }
    drop(journal);
    kept.sort();
    assert_eq!(bench.open().streams().await.unwrap(), kept);
}

pub(crate) async fn reopening_sees_everything<B: Bench>() {
    let bench = B::new();
    let stream = client("harbour");
    let mut before = Vec::new();
    for round in 0..4 {
        let journal = bench.open();
        assert_eq!(whole(&journal, &stream).await, before);
        let version = journal
            .append(&stream, Version(round * 5), counting(round * 5, 5))
            .await;
        assert_eq!(version, Ok(Version(round * 5 + 5)));
        before = whole(&journal, &stream).await;
        journal.close().await;
    }
    assert_eq!(before.len(), 20);
}

pub(crate) async fn dropping_without_closing_loses_nothing<B: Bench>() {
    let bench = B::new();
    for round in 0..10 {
        let journal = bench.open();
        let version = journal
            .append(&StreamId::Engine, Version(round), counting(round, 1))
            .await;
        assert_eq!(version, Ok(Version(round + 1)));
        drop(journal);
    }
    assert_eq!(whole(&bench.open(), &StreamId::Engine).await.len(), 10);
}

pub(crate) async fn an_append_that_nobody_waits_for_is_whole_or_absent<B: Bench>() {
    let bench = B::new();
    let journal = Arc::new(bench.open());
    for n in 0..20 {
        let (journal, stream) = (Arc::clone(&journal), client(&format!("client-{n}")));
        let appender =
            tokio::spawn(async move { journal.append(&stream, Version(0), counting(n, 3)).await });
        tokio::task::yield_now().await;
        appender.abort();
        // Gone or done, it is of no interest here.
        let _ = appender.await;
    }
    journal.close().await;
    for stream in journal.streams().await.unwrap() {
        assert_eq!(whole(&*journal, &stream).await.len(), 3);
    }
}
