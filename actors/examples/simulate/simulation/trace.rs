//! What happened in a run, line by line, for the person who reads it: when, to whom, what.
//!
//! Nobody pays for lines that nobody reads: they are made only when the run is traced.

use std::sync::Mutex;

use jiff::Timestamp;

use super::world::lock;

/// The diary of a run.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Option<Mutex<Vec<String>>>,
}

impl Trace {
    pub(crate) fn new(kept: bool) -> Self {
        Self {
            lines: kept.then(Mutex::default),
        }
    }

    /// Notes what happened, if somebody reads it.
    pub(crate) fn note(&self, at: Timestamp, who: &str, what: impl FnOnce() -> String) {
        if let Some(lines) = &self.lines {
            lock(lines).push(format!("{at:.3}  {who:<12} {}", what()));
        }
    }

    /// All of it.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines
            .as_ref()
            .map(|lines| lock(lines).clone())
            .unwrap_or_default()
    }
}

/// FNV-1a over lines, each with its end.
pub(crate) fn hash_of(lines: &[String]) -> u64 {
    let bytes = lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
