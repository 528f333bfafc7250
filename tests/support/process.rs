//! `clara run` as a process of its own, with nothing of this process's environment.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// See the module; its log is read while it runs.
pub(crate) struct Clara {
    child: Child,
    pub(crate) log: Arc<Mutex<Vec<String>>>,
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
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        Self { child, log }
    }

    /// Tells it to stop, and waits until it has in order.
    pub(crate) fn end(&mut self) {
        crate::signal::signal("TERM", self.child.id());
        let code = self.child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{}", self.log.lock().unwrap().join("\n"));
    }
}

impl Drop for Clara {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
