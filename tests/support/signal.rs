//! Telling a process to end. The shell does it: a bare machine has no `kill` program of its own.

use std::process::Command;

/// Sends a signal such as `TERM` to a process.
pub(crate) fn signal(name: &str, process: u32) {
    let line = format!("kill -s {name} {process}");
    let sent = Command::new("sh").args(["-c", &line]).status();
    assert!(sent.is_ok_and(|status| status.success()), "`{line}` failed");
}
