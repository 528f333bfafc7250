//! `clara run` beside `clara sandbox --services`, as two processes: they find each other, end cleanly, and go on after
//! a kill.
#![allow(clippy::unwrap_used)]

#[path = "support/signal.rs"]
mod signal;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_secs(120);

/// A process of the binary, and the lines that it has printed.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(arguments: &[&str], variables: &[(String, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    /// The word after a text, from the first line that has it.
    fn says(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .lines
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("`{text}` was never said"));
            if let Some((_, rest)) = line.split_once(text) {
                return rest.split([' ', ',']).next().unwrap().to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        signal::signal(name, self.child.id());
    }

    fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the process did not end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn services(dir: &Path) -> (Process, String) {
    let process = Process::start(
        &["sandbox", "--services", "--data", dir.to_str().unwrap()],
        &[],
    );
    let url = process.says("are at ");
    process.says("clara run --config");
    (process, url)
}

fn run(dir: &Path) -> (Process, String) {
    let exports = std::fs::read_to_string(dir.join("clara.env")).unwrap();
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    let variables: Vec<_> = exports.lines().filter_map(variable).collect();
    let config = dir.join("clara.toml");
    let process = Process::start(&["run", "--config", config.to_str().unwrap()], &variables);
    let ops = process.says("health   ").replace("/healthz", "");
    (process, ops)
}

fn ask(url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clara"))
        .args(["health", "--url", url])
        .output()
        .unwrap()
}

fn wait_until_ready(ops: &str) -> serde_json::Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask(&format!("{ops}/readyz"));
        if answer.status.success() {
            return serde_json::from_slice(&answer.stdout).unwrap();
        }
        assert!(
            Instant::now() < deadline,
            "{}",
            String::from_utf8_lossy(&answer.stderr)
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn two_processes_find_each_other_and_end_cleanly_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let (mut services, url) = services(dir.path());
    let (mut clara, ops) = run(dir.path());

    let ready = wait_until_ready(&ops);
    assert_eq!(
        ready["clients"],
        serde_json::json!({"fjord": "running", "harbour": "running", "koyo": "running"})
    );
    assert!(ask(&format!("{ops}/healthz")).status.success());
    let metrics = ask(&format!("{ops}/metrics"));
    assert!(
        String::from_utf8(metrics.stdout)
            .unwrap()
            .contains("clara_journal_commits_total")
    );
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");

    clara.signal("TERM");
    assert_eq!(clara.exit_code(), Some(0));
    services.signal("INT");
    assert_eq!(services.exit_code(), Some(0));
}

#[test]
fn both_go_on_after_a_kill_on_the_same_directory_and_port() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, url) = services(dir.path());
    let (mut clara, ops) = run(dir.path());
    wait_until_ready(&ops);

    clara.signal("KILL");
    world.signal("KILL");
    assert_eq!((clara.exit_code(), world.exit_code()), (None, None));

    let (_world, again) = services(dir.path());
    assert_eq!(again, url);
    let (_clara, ops) = run(dir.path());
    wait_until_ready(&ops);
}

#[test]
fn a_second_clara_on_the_same_data_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_world, _) = services(dir.path());
    let (_clara, ops) = run(dir.path());
    wait_until_ready(&ops);

    let config = dir.path().join("clara.toml");
    let tokens = [
        ("CLARA_DISCORD_TOKEN", "sandbox-discord-bot-token"),
        ("CLARA_X_HARBOUR_ACCESS_TOKEN", "another-token-of-harbour"),
    ];
    let tokens = tokens.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secrets = || -> BTreeMap<PathBuf, Vec<u8>> {
        let files = std::fs::read_dir(dir.path().join("data/secrets")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        files
            .map(|file| (file.clone(), std::fs::read(file).unwrap()))
            .collect()
    };
    let before = secrets();
    let mut second = Process::start(&["run", "--config", config.to_str().unwrap()], &tokens);
    assert_eq!(second.exit_code(), Some(1));
    assert_eq!(secrets(), before, "the first one's tokens were replaced");
}

#[test]
fn a_sandbox_for_a_person_invites_them_and_ends_cleanly() {
    let mut sandbox = Process::start(&["sandbox"], &[]);
    let url = sandbox.says("Open ");
    let page = ask(&url);
    assert!(
        page.status.success(),
        "{}",
        String::from_utf8_lossy(&page.stderr)
    );
    let ops = sandbox.says("health   ").replace("/healthz", "");
    wait_until_ready(&ops);
    sandbox.signal("INT");
    assert_eq!(sandbox.exit_code(), Some(0));
}
