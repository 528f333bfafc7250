//! The engine's process: started, killed with no warning, started again on the same directory, and looked at from
//! outside. None is left behind: dropping this ends it, and it ends by itself when this process is gone.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clara_sandbox::Pace;

use super::memory::{Life, Look};

/// How long a stop may take before it becomes a kill.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// An engine has taken the memory that it works with after so long; only what comes on top of it is growth.
const SETTLED: Duration = Duration::from_secs(15);
const GLANCE: Duration = Duration::from_millis(20);

/// The engine as a child process.
pub(super) struct Process {
    directory: PathBuf,
    environment: BTreeMap<String, String>,
    pace: Pace,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    child: Option<Child>,
    /// Held down by whoever killed it, until it is to be started again.
    down: bool,
    began: Option<Instant>,
    life: Life,
    longest: Life,
    starts: u64,
    ended_by_itself: Vec<String>,
}

impl Process {
    /// A process that is not started yet.
    pub(super) fn new(
        directory: PathBuf,
        environment: BTreeMap<String, String>,
        pace: Pace,
    ) -> Self {
        Self {
            directory,
            environment,
            pace,
            state: Mutex::default(),
        }
    }

    /// Starts it. What it logs goes to `engine.log` in the directory.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        let log = self.directory.join("engine.log");
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["sandbox", "--beside", &self.pace.to_string(), "--data"])
            .arg(&self.directory)
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            // A group of its own: Ctrl-C is for this process, which then sees to the engine.
            .process_group(0);
        let child = command.spawn().context("the engine could not be started")?;
        let mut state = self.lock();
        state.child = Some(child);
        state.down = false;
        state.began = Some(Instant::now());
        state.life = Life::default();
        state.starts += 1;
        Ok(())
    }

    /// Ends it as a loss of power would. Says whether there was one.
    pub(super) fn kill(&self) -> bool {
        let mut state = self.lock();
        state.down = true;
        state.close();
        let Some(mut child) = state.child.take() else {
            return false;
        };
        if let Ok(Some(status)) = child.try_wait() {
            state.ended_by_itself.push(status.to_string());
            return false;
        }
        child.kill().is_ok() && child.wait().is_ok()
    }

    /// Asks it to end and waits for it.
    pub(super) async fn stop(&self) -> Option<ExitStatus> {
        let mut child = {
            let mut state = self.lock();
            state.down = true;
            state.close();
            state.child.take()?
        };
        drop(child.stdin.take());
        let deadline = Instant::now() + STOP_PATIENCE;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(status);
            }
            tokio::time::sleep(GLANCE).await;
        }
        let _ = child.kill();
        child.wait().ok()
    }

    /// Starts it again where it has ended without being told to.
    pub(super) fn tend(&self) -> anyhow::Result<()> {
        let ended = {
            let mut state = self.lock();
            if state.down {
                return Ok(());
            }
            let Some(child) = state.child.as_mut() else {
                return Ok(());
            };
            child.try_wait()?
        };
        let Some(status) = ended else {
            return Ok(());
        };
        {
            let mut state = self.lock();
            state.close();
            state.child = None;
            state.ended_by_itself.push(status.to_string());
        }
        self.start()
    }

    /// How many kilobytes it holds; `tweets` is how many it has had to do with so far. Of the looks `under_load` its memory
    /// is judged.
    pub(super) fn look(&self, tweets: u64, under_load: bool) -> u64 {
        let mut state = self.lock();
        let Some(child) = &state.child else {
            return 0;
        };
        let kb = held_kb(&child.id().to_string());
        let is_settled = state.began.is_some_and(|began| began.elapsed() >= SETTLED);
        if is_settled && under_load {
            state.life.looks.push(Look { kb, tweets });
        }
        kb
    }

    /// Whether it has ended although nobody told it to.
    pub(super) fn has_ended(&self) -> bool {
        let mut state = self.lock();
        let child = state.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(Some(_))))
    }

    /// How often it was started.
    pub(super) fn starts(&self) -> u64 {
        self.lock().starts
    }

    /// The longest of its lives so far, the present one included.
    pub(super) fn longest(&self) -> Life {
        let state = self.lock();
        let mut present = state.life.clone();
        present.seconds = state
            .began
            .map_or(0.0, |began| began.elapsed().as_secs_f64());
        longer(state.longest.clone(), present)
    }

    /// How it ended when nobody had told it to.
    pub(super) fn ended_by_itself(&self) -> Vec<String> {
        self.lock().ended_by_itself.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Ends the account of the present life.
    fn close(&mut self) {
        if let Some(began) = self.began.take() {
            self.life.seconds = began.elapsed().as_secs_f64();
            let life = std::mem::take(&mut self.life);
            self.longest = longer(std::mem::take(&mut self.longest), life);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn longer(one: Life, other: Life) -> Life {
    if other.seconds > one.seconds {
        other
    } else {
        one
    }
}

/// The memory that a process (`self` is this one) holds in kilobytes, without the pages of its program, which the system
/// may take back at any time; 0 where the system does not tell.
pub(super) fn held_kb(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
