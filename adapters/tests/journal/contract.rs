//! What every journal promises, asked of each of them in the same words.

mod model;
mod suite;

use clara_actors::ports::Journal;
use clara_adapters::journal::{MemoryJournal, SledJournal, SledOptions};

/// A kind of journal, with a storage of its own.
trait Bench {
    /// The kind.
    type Journal: Journal;

    /// An empty storage.
    fn new() -> Self;

    /// Opens what is in the storage. Whatever was open before has been dropped.
    fn open(&self) -> Self::Journal;
}

struct Memory(MemoryJournal);

impl Bench for Memory {
    type Journal = MemoryJournal;

    fn new() -> Self {
        Self(MemoryJournal::new())
    }

    fn open(&self) -> MemoryJournal {
        self.0.clone()
    }
}

struct Sled(tempfile::TempDir);

impl Bench for Sled {
    type Journal = SledJournal;

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> SledJournal {
        SledJournal::open(self.0.path(), SledOptions::default()).unwrap()
    }
}

macro_rules! contract {
    ($($promise:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::suite::$promise::<super::Memory>().await;
            })*
        }
        mod sled {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::suite::$promise::<super::Sled>().await;
            })*
        }
    };
}

contract![
    what_is_appended_is_read_back_as_it_was,
    reading_after_a_version_gives_the_rest,
    an_append_to_another_version_is_a_conflict_and_leaves_nothing,
    an_append_of_nothing_checks_the_version,
    a_record_that_is_too_large_is_refused_with_its_size,
    the_largest_records_fit_many_at_a_time,
    streams_are_named_in_order_once_they_have_a_record,
    streams_with_similar_names_keep_apart,
    a_snapshot_takes_the_place_of_the_one_before,
    a_snapshot_of_what_is_not_in_the_stream_is_none,
    a_snapshot_that_is_too_large_is_refused,
    of_many_who_append_at_one_version_one_wins,
    many_appenders_over_many_streams_lose_nothing,
    a_closed_journal_takes_nothing_more,
    closing_waits_for_what_is_under_way,
    reopening_sees_everything,
    dropping_without_closing_loses_nothing,
    an_append_that_nobody_waits_for_is_whole_or_absent,
];

#[test]
fn the_memory_journal_agrees_with_the_model() {
    model::agrees::<Memory>(256);
}

#[test]
fn the_sled_journal_agrees_with_the_model() {
    model::agrees::<Sled>(24);
}
