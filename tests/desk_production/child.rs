//! `clara run` as a process of its own, with nothing of this process's environment, and what it writes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::scene::PATIENCE;

pub(crate) struct Clara {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Clara {
    pub(crate) fn run(config: &Path, variables: Vec<(String, String)>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(["run", "--config"])
            .arg(config)
            .env_clear()
            .envs(variables)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = log.clone();
        let reader = std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        Self {
            child,
            log,
            reader: Some(reader),
        }
    }

    pub(crate) fn tell_to_stop(&self) {
        crate::signal::signal("TERM", self.child.id());
    }

    /// Its exit code, and all that it wrote to standard error.
    pub(crate) async fn ended(&mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        (status.code(), self.log())
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// The lines that tell of trouble: all but those of the levels below a warning.
    pub(crate) fn troubles(&self) -> Vec<String> {
        let calm = |line: &String| {
            let entry: Value = serde_json::from_str(line).unwrap_or_default();
            matches!(entry["level"].as_str(), Some("INFO" | "DEBUG" | "TRACE"))
        };
        let log = self.log.lock().unwrap();
        log.iter().filter(|line| !calm(line)).cloned().collect()
    }
}

impl Drop for Clara {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
