//! The world's memory: an append-only file of JSON lines, one for everything that happened in it.
//! A line is handed to the kernel before the answer leaves, so a killed sandbox starts again as it was (a power cut is not its concern).
//! What the lines mean is each simulator's own business.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `x`, `discord`, `clock` or `openai`: who wrote the line and reads it at the next start.
    pub service: String,
    /// What happened, in the service's own vocabulary.
    pub kind: String,
    /// The details, in the service's own shape.
    pub data: Value,
}

impl Entry {
    /// An entry of `service` about `kind`.
    #[must_use]
    pub fn new(service: &str, kind: &str, data: Value) -> Self {
        Self {
            service: service.into(),
            kind: kind.into(),
            data,
        }
    }
}

/// A handle on the log; clones write to the same file.
#[derive(Clone, Debug)]
pub struct Store {
    file: Arc<Mutex<Option<File>>>,
    changes: Changes,
}

impl Store {
    /// Opens the log and reads what it holds; `None` keeps the world in memory only.
    ///
    /// A torn last line (the process died while writing it, so no answer left) is dropped.
    ///
    /// # Errors
    /// The file cannot be read or written, or a line before the last one is not an entry.
    pub fn open(path: Option<&Path>) -> io::Result<(Self, Vec<Entry>)> {
        let (file, entries) = match path {
            None => (None, Vec::new()),
            Some(path) => {
                let entries = read_whole_lines(path)?;
                (
                    Some(OpenOptions::new().create(true).append(true).open(path)?),
                    entries,
                )
            }
        };
        Ok((
            Self {
                file: Arc::new(Mutex::new(file)),
                changes: Changes::default(),
            },
            entries,
        ))
    }

    /// Writes the entry and tells the page's watchers. A failed write is reported in the log: the world goes on, its memory is gone.
    pub fn append(&self, entry: &Entry) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = file.as_mut()
            && let Err(error) = write_line(file, entry)
        {
            tracing::error!(%error, "the sandbox could not write its log; a restart will not remember this");
        }
        drop(file);
        self.changes.bump();
    }

    /// The counter that grows whenever something a person can see has changed.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }
}

fn write_line(file: &mut File, entry: &Entry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

fn read_whole_lines(path: &Path) -> io::Result<Vec<Entry>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    if whole < bytes.len() {
        OpenOptions::new()
            .write(true)
            .open(path)?
            .set_len(whole as u64)?;
    }
    let lines = bytes[..whole]
        .split(|b| *b == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    lines
        .map(|(index, line)| serde_json::from_slice(line).map_err(|e| bad_line(index + 1, &e)))
        .collect()
}

fn bad_line(number: usize, error: &serde_json::Error) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("line {number} of the world's log is not an entry: {error}"),
    )
}

/// A version number of everything visible; the page waits on it instead of asking again and again.
#[derive(Clone, Debug)]
pub struct Changes(watch::Sender<u64>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(1))
    }
}

impl Changes {
    /// Says that something visible changed. The store does this by itself; call it for what is not written down.
    pub fn bump(&self) {
        self.0.send_modify(|version| *version += 1);
    }

    /// The present version.
    #[must_use]
    pub fn version(&self) -> u64 {
        *self.0.borrow()
    }

    /// A receiver that sees every later change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn scratch(name: &str) -> std::path::PathBuf {
        let dir = std::env::temp_dir().join(format!("clara-store-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir.join("world.jsonl")
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_the_next_one_is_whole() {
        let path = scratch("torn");
        let (store, _) = Store::open(Some(&path)).unwrap();
        store.append(&Entry::new("x", "post", serde_json::json!({"id": 1})));
        drop(store);
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"{\"service\":\"x\",\"ki")
            .unwrap();
        let (store, replay) = Store::open(Some(&path)).unwrap();
        assert_eq!(replay.len(), 1);
        store.append(&Entry::new("x", "post", serde_json::json!({"id": 2})));
        let (_, replay) = Store::open(Some(&path)).unwrap();
        assert_eq!(
            replay
                .iter()
                .map(|e| e.data["id"].as_u64().unwrap())
                .collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn a_bad_line_in_the_middle_is_an_error_that_names_it() {
        let path = scratch("bad");
        std::fs::write(
            &path,
            "{\"service\":\"x\",\"kind\":\"post\",\"data\":1}\nnonsense\n",
        )
        .unwrap();
        assert!(
            Store::open(Some(&path))
                .unwrap_err()
                .to_string()
                .contains("line 2")
        );
    }

    #[test]
    fn every_append_is_a_visible_change() {
        let (store, _) = Store::open(None).unwrap();
        let before = store.changes().version();
        store.append(&Entry::new("x", "post", Value::Null));
        assert_eq!(store.changes().version(), before + 1);
    }
}
