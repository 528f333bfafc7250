//! Backup, restore, verify, export and audit as a person meets them: the real binary, on a directory at rest and beside
//! a running Clara.
#![allow(clippy::unwrap_used)]

#[path = "books/costs.rs"]
mod costs;
#[path = "books/ledger.rs"]
mod ledger;
#[path = "books/notes.rs"]
mod notes;
#[path = "support/program.rs"]
mod program;
#[path = "support/signal.rs"]
mod signal;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clara_actors::ports::journal::StreamId;
use clara_adapters::archive::{Made, Writer};
use clara_domain::ids::ClientId;
use clara_domain::{Event, TweetEvent};
use ledger::Ledger;
use program::Said;

/// Far longer than anything here takes, on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_secs(120);

fn clara(arguments: &[&str]) -> Said {
    program::clara(arguments, b"")
}

/// A temporary directory with the data of two clients in it.
struct Scene {
    dir: tempfile::TempDir,
    data: PathBuf,
}

impl Scene {
    async fn new() -> Self {
        Self::with(Ledger::of("harbour")).await
    }

    async fn with(harbour: Ledger) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledgers = [("fjord", Ledger::of("fjord")), ("harbour", harbour)];
        let data = ledger::write(dir.path(), &ledgers).await;
        Self { dir, data }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn backup(&self) -> Said {
        clara(&["backup", &self.path("data"), &self.path("b.clarabk")])
    }

    /// A text without what differs from run to run: where it is, when, and how much sled takes.
    fn plain(&self, text: &str) -> String {
        let text = text.replace(self.dir.path().to_str().unwrap(), "TMP");
        let words = text.split_inclusive([' ', '\n']).map(|word| {
            let bare = word.trim_end_matches([' ', '\n', ',', ':']);
            match bare.parse::<jiff::Timestamp>() {
                Ok(_) if !bare.starts_with("2026-03") => word.replace(bare, "NOW"),
                Ok(_) | Err(_) => word.to_owned(),
            }
        });
        let text: String = words.collect();
        let parts = text.split('(').map(|part| match part.split_once(" kB)") {
            Some((number, rest)) if number.parse::<u64>().is_ok() => format!("SIZE){rest}"),
            Some(_) | None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("(")
    }

    fn names(&self, dir: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.dir.path().join(dir))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }
}

/// Every file below a directory, with its bytes.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(tree(&path)),
            false => drop(files.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    files
}

#[tokio::test]
async fn what_was_backed_up_and_restored_is_the_same_and_is_sound() {
    let scene = Scene::new().await;
    let made = scene.backup();
    assert_eq!(made.code, 0, "{}", made.err);
    insta::assert_snapshot!("backup", scene.plain(&made.out));

    let restored = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new/data")]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    insta::assert_snapshot!("restore", scene.plain(&restored.out));

    let verified = clara(&["verify", &scene.path("new/data")]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    let (before, after) = (scene.path("data"), scene.path("new/data"));
    let old = clara(&["export", &before, "harbour"]).out;
    let new = clara(&["export", &after, "harbour"]).out;
    let records = |trail: &str| -> Vec<String> {
        let lines = trail.lines().skip(1);
        let records = lines.filter(|line| line.starts_with(r#"{"version""#));
        records.map(str::to_owned).collect()
    };
    let (old, new) = (records(&old), records(&new));
    assert!(old.len() > 15 && new.len() > old.len());
    assert_eq!(
        old,
        new[..old.len()],
        "the same records with the same hashes"
    );
    assert_eq!(scene.names(""), ["b.clarabk", "data", "new"]);
}

#[tokio::test]
async fn after_a_restore_nothing_is_sent_that_may_have_been_sent_since_the_backup() {
    let scene = Scene::new().await;
    assert_eq!(scene.backup().code, 0);
    let restored = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new")]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    let before = ledger::events(&scene.data, "harbour").await;
    let after = ledger::events(&scene.dir.path().join("new"), "harbour").await;
    let added: Vec<String> = after[before.len()..]
        .iter()
        .map(|event| match event {
            Event::Tweet { tweet, event } => format!("{} {}", tweet.short(), event.name()),
            Event::Paused { by: None, reason } => {
                assert!(
                    reason.starts_with("restored from a backup of 20"),
                    "{reason}"
                );
                "paused".to_owned()
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        added,
        [
            "00000002 outcome_unknown",
            "00000002 person_asked",
            "00000003 overdue",
            "00000004 missed",
            "paused"
        ]
    );
    let is_sent = |event: &Event| {
        matches!(
            event,
            Event::Tweet {
                event: TweetEvent::PublishStarted { .. },
                ..
            }
        )
    };
    assert!(!after[before.len()..].iter().any(is_sent));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_nothing_is_done() {
    let scene = Scene::new().await;
    let (data, here) = (scene.path("data"), scene.path("here.clarabk"));
    std::fs::write(&here, "mine").unwrap();
    let (inside, nowhere) = (scene.path("data/b"), scene.path("no/b"));
    let (journal, above) = (scene.path("data/journal"), scene.path(""));
    let before = tree(scene.dir.path());
    let cases: [&[&str]; 10] = [
        &["backup", &data, &here],
        &["backup", &data, &inside],
        &["backup", &data, &nowhere],
        &["backup", &journal, &nowhere],
        &["verify", &above],
        &["verify", &nowhere],
        &["restore", &here, &data],
        &["restore", &nowhere, &inside],
        &["restore", &here, &here],
        &["audit", &nowhere],
    ];
    let mut told = String::new();
    for arguments in cases {
        let said = clara(arguments);
        assert_eq!(
            (said.code, said.out.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            said.err
        );
        told.push_str(&scene.plain(&format!("{arguments:?}\n{}\n", said.err)));
    }
    insta::assert_snapshot!("refusals", told);
    assert_eq!(tree(scene.dir.path()), before);
}

#[tokio::test]
async fn a_backup_that_was_cut_off_or_altered_is_refused_and_leaves_nothing() {
    let scene = Scene::new().await;
    assert_eq!(scene.backup().code, 0);
    let whole = std::fs::read(scene.path("b.clarabk")).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 0x10;
    let cut = whole[..whole.len() - 1].to_vec();
    for (bytes, words) in [
        (cut, "it was cut off: it ends at byte"),
        (altered, "it was altered at or after byte"),
    ] {
        std::fs::write(scene.path("bad"), bytes).unwrap();
        let said = clara(&["restore", &scene.path("bad"), &scene.path("new")]);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(
            said.err.contains(words) && said.err.contains("Nothing was written."),
            "{}",
            said.err
        );
        assert!(!Path::new(&scene.path("new")).exists());
        let deeper = clara(&["restore", &scene.path("bad"), &scene.path("new/deep/data")]);
        assert_eq!(deeper.code, 1);
        assert_eq!(scene.names(""), ["b.clarabk", "bad", "data"]);
    }
}

#[tokio::test]
async fn a_restore_that_was_killed_half_way_can_be_made_again() {
    let scene = Scene::new().await;
    assert_eq!(scene.backup().code, 0);
    std::fs::create_dir_all(scene.path("new/journal.restoring/blobs")).unwrap();
    std::fs::write(scene.path("new/journal.restoring/db"), "half").unwrap();
    let said = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(scene.names("new"), ["journal"]);
}

#[tokio::test]
async fn a_second_restore_into_one_directory_leaves_the_first_alone() {
    let scene = Scene::new().await;
    assert_eq!(scene.backup().code, 0);
    std::fs::create_dir_all(scene.path("new/journal.restoring")).unwrap();
    std::fs::write(scene.path("new/journal.restoring/db"), "half").unwrap();
    let first = std::fs::File::open(scene.path("new")).unwrap();
    first.lock().unwrap();
    let before = tree(scene.dir.path());
    let said = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new")]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.err.contains("another restore is filling it"),
        "{}",
        said.err
    );
    assert_eq!(tree(scene.dir.path()), before);
    drop(first);
    let said = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new")]);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[tokio::test]
async fn a_client_of_whom_nothing_could_be_backed_up_is_restored_paused_and_named() {
    let scene = Scene::new().await;
    let made = Made {
        at: "2026-03-02T13:00:00Z".parse().unwrap(),
        clara: "0.1.0".to_owned(),
    };
    let (mut writer, mut bytes) = Writer::begin(&made);
    bytes.extend(writer.stream(&StreamId::Client(ClientId::new("harbour").unwrap())));
    bytes.extend(writer.end(Some("record 1 is damaged: bit rot".to_owned())));
    bytes.extend(writer.finish().0);
    std::fs::write(scene.path("b.clarabk"), bytes).unwrap();
    let said = clara(&["restore", &scene.path("b.clarabk"), &scene.path("new")]);
    assert_eq!(said.code, 0, "{}", said.err);
    for words in [
        "is not here: client/harbour: record 1 is damaged: bit rot\n",
        "So 1 client is paused",
        "\nNothing of harbour is left but that it is paused",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let events = ledger::events(&scene.dir.path().join("new"), "harbour").await;
    assert!(
        matches!(&events[..], [Event::Paused { by: None, .. }]),
        "{events:?}"
    );
    assert_eq!(clara(&["verify", &scene.path("new")]).code, 0);
}

#[tokio::test]
async fn verify_names_what_is_wrong_and_does_not_touch_the_directory() {
    let mut harbour = Ledger::of("harbour");
    harbour.send_unapproved();
    let scene = Scene::with(harbour).await;
    let before = tree(&scene.data);
    let said = clara(&["verify", &scene.path("data")]);
    assert_eq!(said.code, 1, "{}", said.err);
    insta::assert_snapshot!("verify", scene.plain(&said.out));
    assert_eq!(tree(&scene.data), before);

    let json = clara(&["verify", "--json", &scene.path("data")]);
    assert_eq!(json.code, 1);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["is_sound"], false);
    let findings = &report["streams"][1]["findings"];
    assert_eq!(findings[0]["what"], "sent without approval");
}

#[tokio::test]
async fn a_second_copy_that_is_gone_or_rotten_is_found_by_verify() {
    let scene = Scene::new().await;
    let mirror = scene.data.join("journal/mirror");
    let file = mirror.join("00000001.log");
    let mut bytes = std::fs::read(&file).unwrap();
    // Not in the last entry, which would pass for the torn end of a crash.
    bytes[60] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let rotten = clara(&["verify", &scene.path("data")]);
    std::fs::rename(mirror, scene.path("elsewhere")).unwrap();
    let gone = clara(&["verify", &scene.path("data")]);
    for (said, words) in [
        (
            rotten,
            "its second copy was not whole: part of it is not readable",
        ),
        (
            gone,
            "the journal: it has no second copy; the next start makes one",
        ),
    ] {
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(said.out.contains(words), "{}", said.out);
    }
}

#[tokio::test]
async fn a_flipped_bit_in_the_newest_record_is_found_by_verify() {
    let scene = Scene::new().await;
    for (path, bytes) in tree(&scene.data) {
        let mut altered = bytes.clone();
        let text = b"this is the tweet number 3";
        let places: Vec<usize> = (0..bytes.len().saturating_sub(text.len()))
            .filter(|at| bytes[*at..].starts_with(text))
            .collect();
        places.iter().for_each(|at| altered[*at] ^= 1);
        std::fs::write(path, altered).unwrap();
    }
    let before = tree(&scene.data);
    let said = clara(&["verify", &scene.path("data")]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert_eq!(tree(&scene.data), before);
}

#[tokio::test]
async fn a_trail_is_exported_and_audited_and_an_altered_one_is_refused() {
    let scene = Scene::new().await;
    let (data, file) = (scene.path("data"), scene.path("harbour.jsonl"));
    let said = clara(&["export", &data, "harbour", &file]);
    assert_eq!(said.code, 0, "{}", said.err);
    insta::assert_snapshot!("export", scene.plain(&said.out));
    let audited = clara(&["audit", &file]);
    assert_eq!(audited.code, 0, "{}", audited.err);
    insta::assert_snapshot!("audit", scene.plain(&audited.out));

    let piped = clara(&["export", &data, "harbour"]).out;
    assert_eq!(program::clara(&["audit", "-"], piped.as_bytes()).code, 0);
    let altered = piped.replacen("number 2", "number 7", 1);
    let refused = program::clara(&["audit", "-"], altered.as_bytes());
    assert_eq!(refused.code, 1);
    insta::assert_snapshot!("audit_refused", refused.err);

    let nobody = clara(&["export", &data, "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    insta::assert_snapshot!("export_nobody", nobody.err);
}

/// A process of the binary, and the lines that it has printed.
struct Process(Child);

impl Process {
    fn start(arguments: &[&str], variables: &[(String, String)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clara"));
        command.args(arguments).envs(variables.iter().cloned());
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Waits for a line that has a text.
    fn says(&mut self, text: &str) {
        let mut lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap().contains(text)),
            "`{text}` was never said"
        );
    }

    fn end(&mut self, name: &str) {
        signal::signal(name, self.0.id());
        let deadline = Instant::now() + PATIENCE;
        while self.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(dir: &Path) -> Process {
    let exports = std::fs::read_to_string(dir.join("clara.env")).unwrap();
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    let variables: Vec<_> = exports.lines().filter_map(variable).collect();
    let config = dir.join("clara.toml");
    let mut process = Process::start(&["run", "--config", config.to_str().unwrap()], &variables);
    process.says("health");
    process
}

/// A Clara that has said where she is may still be beginning her clients.
fn until_all_are_begun(data: &str) {
    let deadline = Instant::now() + PATIENCE;
    for client in ["fjord", "harbour", "koyo"] {
        while clara(&["export", data, client]).code != 0 {
            assert!(Instant::now() < deadline, "{client} was never begun");
        }
    }
}

#[test]
fn a_running_clara_hands_out_backups_and_trails_and_is_not_verified() {
    let dir = tempfile::tempdir().unwrap();
    // A path that is longer than a socket's may be.
    let home = dir.path().join("a-long-name-".repeat(9));
    let path = |name: &str| home.join(name).to_str().unwrap().to_owned();
    let mut world = Process::start(&["sandbox", "--services", "--data", &path("")], &[]);
    world.says("clara run --config");
    let mut first = run(&home);
    first.end("KILL");
    assert!(home.join("data/clara.sock").exists(), "it is stale now");

    let mut process = run(&home);
    until_all_are_begun(&path("data"));
    let made = clara(&["backup", &path("data"), &path("b.clarabk")]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out.contains("3 streams") || made.out.contains("4 streams"),
        "{}",
        made.out
    );
    let exported = clara(&["export", &path("data"), "harbour", &path("h.jsonl")]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    assert_eq!(clara(&["audit", &path("h.jsonl")]).code, 0);
    let nobody = clara(&["export", &path("data"), "nobody"]);
    assert_eq!(nobody.code, 1);
    assert!(
        nobody.err.contains("has nothing of client/nobody"),
        "{}",
        nobody.err
    );
    let refused = clara(&["verify", &path("data")]);
    assert_eq!(refused.code, 1);
    let holder = format!("Clara (process {}) runs on", process.0.id());
    assert!(refused.err.contains(&holder), "{}", refused.err);

    notes::are_taken_by_whoever_runs(&path("data"));

    process.end("TERM");
    assert!(!home.join("data/clara.sock").exists());
    let restored = clara(&["restore", &path("b.clarabk"), &path("new")]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    let verified = clara(&["verify", &path("new")]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    let again = clara(&["verify", &path("data")]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
}
