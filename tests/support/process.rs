//! `clara run` as a process of its own, with nothing of this process's environment, and what it writes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Far longer than her ending takes, on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Clara {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Clara {
    pub(crate) fn run(
        config: &Path,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(["run", "--config"])
            .arg(config)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
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

    /// Ends it as an operator does; it has to end in order.
    pub(crate) async fn end(&mut self) {
        crate::signal::signal("TERM", self.child.id());
        let (code, log) = self.ended().await;
        assert_eq!(code, Some(0), "{log}");
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
}

impl Drop for Clara {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
