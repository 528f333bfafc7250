//! Damage at random places of a real journal: it opens or says why not, and no stream ever comes back shorter or
//! altered without a word.
//!
//! `CLARA_DAMAGE_CASES` says how many cases; `CLARA_DAMAGE_SEED` where to begin. A case is its seed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{AppendError, Record, Snapshot, StreamId, Version};
use clara_adapters::journal::{OpenError, SledJournal, SledOptions};
use serde_json::json;

use crate::support::{client, counting, says, whole};

/// SplitMix64: the same numbers for the same seed, everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (sides as u64)).unwrap()
    }
}

/// How many cases: as an environment variable says, or so many.
pub(crate) fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |n| n.parse().unwrap())
}

/// A directory in memory where there is one: what is on it is thrown away, and nothing waits for a disk.
pub(crate) fn scratch() -> tempfile::TempDir {
    let shm = Path::new("/dev/shm");
    match tempfile::tempdir_in(shm) {
        Ok(dir) => dir,
        Err(_) => tempfile::tempdir().unwrap(),
    }
}

fn quiet() -> SledOptions {
    SledOptions {
        on_trouble: std::sync::Arc::new(|_| {}),
        reserve_bytes: 0,
        ..SledOptions::default()
    }
}

/// A journal as it was, and what it holds.
struct Original {
    files: BTreeMap<PathBuf, Vec<u8>>,
    streams: BTreeMap<StreamId, Vec<Record>>,
}

fn take(dir: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = below.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => take(&entry.path(), &name, files),
            false => drop(files.insert(name, fs::read(entry.path()).unwrap())),
        }
    }
}

impl Original {
    /// Six streams, appended to in turn, over four starts.
    async fn new() -> Self {
        let dir = scratch();
        let names = ["aker", "birk", "fjord", "harbour", "koyo"].map(client);
        let ids: Vec<_> = [StreamId::Engine].into_iter().chain(names).collect();
        let (mut dice, mut streams) = (Dice(7), BTreeMap::new());
        for _ in 0..4 {
            let journal = SledJournal::open(dir.path(), quiet()).unwrap();
            for _ in 0..50 {
                let stream = &ids[dice.roll(ids.len())];
                let at = whole(&journal, stream).await.len() as u64;
                let size = [40, 300, 900, 6_000][dice.roll(4)];
                let record = says(json!({"at": at, "text": "x".repeat(size)}));
                let records = vec![record; 1 + dice.roll(3)];
                let now = journal.append(stream, Version(at), records).await.unwrap();
                if dice.roll(10) == 0 {
                    let snapshot = Snapshot {
                        version: now,
                        schema: 1,
                        body: "s".repeat(size),
                    };
                    journal.save_snapshot(stream, snapshot).await.unwrap();
                }
            }
            for stream in &ids {
                streams.insert(stream.clone(), whole(&journal, stream).await);
            }
            journal.close().await;
        }
        let mut files = BTreeMap::new();
        take(dir.path(), Path::new(""), &mut files);
        files.remove(Path::new("lock"));
        Self { files, streams }
    }

    fn put(&self, dir: &Path) {
        for (name, bytes) in &self.files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// Damages one file, and says how.
    fn damage(&self, dir: &Path, name: &Path, dice: &mut Dice) -> String {
        let mut bytes = self.files[name].clone();
        let at = dice.roll(bytes.len().max(1));
        let what = [
            "a bit",
            "a page of zeros",
            "a sector of garbage",
            "cut",
            "gone",
        ][match name {
            // All of sled's log or of the mirror is seldom gone as a whole.
            _ if dice.roll(40) == 0 => 4,
            _ => dice.roll(4),
        }];
        match what {
            "a bit" => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
            "a page of zeros" => bytes
                .iter_mut()
                .skip(at / 4096 * 4096)
                .take(4096)
                .for_each(|b| *b = 0),
            "a sector of garbage" => {
                let sector = bytes.iter_mut().skip(at / 512 * 512).take(512);
                sector.for_each(|b| *b = u8::try_from(dice.roll(256)).unwrap());
            }
            "cut" => bytes.truncate(at),
            _ => bytes.clear(),
        }
        match what {
            "gone" => fs::remove_file(dir.join(name)).unwrap(),
            _ => fs::write(dir.join(name), bytes).unwrap(),
        }
        format!("{what} at {at} of {}", name.display())
    }

    fn any_file(&self, dice: &mut Dice) -> PathBuf {
        let names: Vec<_> = self.files.keys().collect();
        let log = PathBuf::from("db");
        match dice.roll(2) {
            0 => log,
            _ => names[dice.roll(names.len())].clone(),
        }
    }
}

/// What became of a damaged journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Whole,
    StreamsNamed,
    Refused,
}

impl Original {
    async fn case(&self, seed: u64, damages: usize) -> (Outcome, String) {
        let parent = scratch();
        let dir = parent.path().join("journal");
        self.put(&dir);
        let mut dice = Dice(seed);
        let mut said = Vec::new();
        for _ in 0..damages {
            let name = self.any_file(&mut dice);
            if dir.join(&name).exists() {
                said.push(self.damage(&dir, &name, &mut dice));
            }
        }
        let said = said.join(", ");
        // As a person starts it again after it ended.
        for _ in 0..3 {
            let opened = catch_unwind(AssertUnwindSafe(|| SledJournal::open(&dir, quiet())));
            match opened.unwrap_or_else(|_| panic!("seed {seed}: it panicked; {said}")) {
                Err(error) => {
                    check_words(&error, &said);
                    return (Outcome::Refused, format!("{said}: {error}"));
                }
                Ok(journal) => {
                    if let Some(outcome) = self.check(&journal, seed, &said).await {
                        return (outcome, said);
                    }
                }
            }
        }
        panic!("seed {seed}: it fails at every start; {said}");
    }

    /// Reads every stream and appends to it; none when that ended it.
    async fn check(&self, journal: &SledJournal, seed: u64, said: &str) -> Option<Outcome> {
        let mut outcome = Outcome::Whole;
        let streams = journal.streams().await.unwrap();
        for (stream, expected) in &self.streams {
            assert!(
                streams.contains(stream),
                "seed {seed}: {stream} is forgotten; {said}"
            );
            match journal.read(stream, Version(0)).await {
                Ok(records) => {
                    let kept = records.len().min(expected.len());
                    assert_eq!(
                        records[..kept],
                        expected[..],
                        "seed {seed}: {stream} came back otherwise; {said}"
                    );
                }
                Err(_) => {
                    outcome = Outcome::StreamsNamed;
                    continue;
                }
            }
            let at = whole(journal, stream).await.len() as u64;
            match journal.append(stream, Version(at), counting(at, 1)).await {
                Ok(version) => assert_eq!(version, Version(at + 1)),
                Err(AppendError::Failed { .. }) => return None,
                Err(error) => panic!("seed {seed}: {stream}: {error}; {said}"),
            }
        }
        Some(outcome)
    }
}

fn check_words(error: &OpenError, said: &str) {
    let text = error.to_string();
    let says_what_to_do = ["restore a backup", "mend what the system names"];
    assert!(
        says_what_to_do.iter().any(|words| text.contains(words)),
        "{text}; {said}"
    );
}

async fn run(damages: usize, cases: u64) -> BTreeMap<Outcome, u64> {
    let original = Original::new().await;
    let first = number("CLARA_DAMAGE_SEED", 1);
    let mut outcomes = BTreeMap::new();
    for seed in first..first + number("CLARA_DAMAGE_CASES", cases) {
        let (outcome, said) = original.case(seed, damages).await;
        if outcome != Outcome::Whole && damages == 1 {
            let _ = writeln!(std::io::stderr(), "seed {seed}: {outcome:?}: {said}");
        }
        *outcomes.entry(outcome).or_default() += 1;
    }
    let _ = writeln!(
        std::io::stderr(),
        "{damages} damaged places in each: {outcomes:?}"
    );
    outcomes
}

#[tokio::test]
async fn one_damaged_place_loses_nothing_wherever_it_is() {
    let outcomes = run(1, 60).await;
    assert_eq!(outcomes.keys().collect::<Vec<_>>(), [&Outcome::Whole]);
}

#[tokio::test]
async fn many_damaged_places_lose_nothing_without_a_word() {
    let outcomes = run(4, 60).await;
    assert!(outcomes.contains_key(&Outcome::Whole), "{outcomes:?}");
}
