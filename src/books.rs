//! The books: what a person does with the record of everything, beside the engine that writes it.
//!
//! Checking a data directory, copying it while Clara runs, putting a copy back, and taking out one client's audit trail.
//! Nothing here changes a record that is there. The invariant: a file or a directory that a person named is either
//! finished and checked, or not there.

pub mod backup;
pub mod check;
pub mod costs;
pub mod export;
mod file;
pub mod knowledge;
mod listener;
mod place;
pub mod restore;
pub mod trail;
pub mod verify;
mod wire;

pub use listener::Listener;
pub use place::Place;

/// Why something was not done: what happened, what is safe, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// What was asked for cannot be meant.
    #[error("{0}")]
    Usage(String),
    /// It went wrong.
    #[error("{0}")]
    Failed(String),
}

/// A number of things.
fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// Bytes, as people read them.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// A moment, as people read it.
fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
