//! Where credentials come from and where the rotating ones live: the environment, secret files, and one file for each
//! client whose tokens X replaces.
//!
//! No HTTP here. The invariants: a value never appears in an error, in `Debug` or in a log, and what [`SecretStore`]
//! returns from a change is on disk already.

mod env;
mod file;
mod store;

use std::path::{Path, PathBuf};

use clara_domain::ids::ClientId;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

pub use env::read_secret;
pub use store::{SecretStore, Seeded};

/// What lets Clara act for one X account.
#[derive(Debug, Clone)]
pub struct XCredentials {
    /// The OAuth 2.0 access token of the account.
    pub access_token: SecretString,
    /// The token that renews it, once.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, where that is known.
    pub expires_at: Option<Timestamp>,
}

impl XCredentials {
    /// A fingerprint that tells one seed from another: SHA-256 over the tokens. They are long and random, so it leads
    /// back to nothing.
    fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"clara-x-seed-1\0");
        for token in [Some(&self.access_token), self.refresh_token.as_ref()] {
            let text = token.map(ExposeSecret::expose_secret).unwrap_or_default();
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// How far the renewal of a client's tokens has come. A refresh token works once, and X ends the whole sign-in when it
/// sees one twice, so the beginning of a renewal is recorded before its request leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// None is under way.
    Idle,
    /// A request with the refresh token may have left, and its answer is not known.
    InFlight,
    /// X does not take the refresh token.
    Refused,
}

/// A client's tokens as they stand.
#[derive(Debug, Clone)]
pub struct Held {
    /// The tokens.
    pub credentials: XCredentials,
    /// Whether the refresh token may be used.
    pub renewal: Renewal,
}

/// Where a client's stored tokens come from, in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From tokens that the operator gave, with this fingerprint.
    Seed(String),
    /// From an account that consented at this machine. No seed replaces them.
    SignIn,
}

/// What can be told of a client's stored tokens without showing them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where they come from.
    pub source: Source,
    /// Whether the refresh token may be used.
    pub renewal: Renewal,
    /// Whether there is a refresh token.
    pub has_refresh_token: bool,
}

/// What is stored of a client below a directory, if anything. Only reads, so another process may have the store open.
///
/// # Errors
/// The client's file is there and cannot be read.
pub fn kept(dir: &Path, client: &ClientId) -> Result<Option<Kept>, SecretError> {
    let entry = file::load(dir, client)?;
    Ok(entry.map(|entry| Kept {
        has_refresh_token: entry.held.credentials.refresh_token.is_some(),
        renewal: entry.held.renewal,
        source: entry.source,
    }))
}

/// The file that holds a client's stored tokens.
pub fn kept_in(dir: &Path, client: &ClientId) -> PathBuf {
    file::path(dir, client)
}

/// Why a secret could not be read or kept. Names variables and paths, never values.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Both `NAME` and `NAME_FILE` are set, and they may disagree.
    #[error("both {name} and {name}_FILE are set: set only one of them")]
    Both {
        /// The variable.
        name: String,
    },
    /// The file that a variable points to cannot be read.
    #[error("{name}_FILE points to {}, which cannot be read: {reason}", path.display())]
    Unreadable {
        /// The variable without its `_FILE`.
        name: String,
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// What was given cannot be a secret.
    #[error("{origin} {problem}")]
    Unusable {
        /// The variable, and its file if it has one; or the client.
        origin: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The store's directory or a file in it cannot be read or written.
    #[error("{action} {} failed: {reason}", path.display())]
    Store {
        /// What was being done, such as `writing`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file of the store is not what was written there.
    #[error("{} is not a credentials file of Clara's: move it away and give the client's tokens again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Nothing is stored for this client.
    #[error("there are no X credentials of the client `{client}`")]
    Missing {
        /// The client.
        client: String,
    },
}

/// What makes a text useless as a token: it has to fit into one HTTP header.
fn token_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("is empty")
    } else if text.lines().nth(1).is_some() {
        Some("holds more than one line")
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        Some("holds a blank or another character that no token has")
    } else {
        None
    }
}
