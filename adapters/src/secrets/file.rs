//! One client's tokens on disk: `x-<client>.json`, readable by its owner only, replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use clara_domain::ids::ClientId;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{Held, Renewal, SecretError, Source, XCredentials};

const OWNER_ONLY: u32 = 0o600;

/// The file's content. No `Debug`: it holds the tokens in the clear.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u8,
    /// The fingerprint of the seed that these tokens descend from; none if the account consented here.
    seed: Option<String>,
    access_token: String,
    refresh_token: Option<String>,
    expires_at: Option<Timestamp>,
    renewal: Renewal,
}

/// What is known of a client: its tokens and what they descend from.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) source: Source,
    pub(super) held: Held,
}

/// Where a client's tokens are.
pub(super) fn path(dir: &Path, client: &ClientId) -> PathBuf {
    dir.join(format!("x-{client}.json"))
}

/// Makes the directory if it is not there, open to its owner only, and clears what a killed write left.
pub(super) fn prepare(dir: &Path) -> Result<(), SecretError> {
    let failed = |action| move |error: std::io::Error| store_error(action, dir, &error);
    fs::create_dir_all(dir).map_err(failed("making"))?;
    let owner_only = fs::Permissions::from_mode(0o700);
    fs::set_permissions(dir, owner_only).map_err(failed("closing to others"))?;
    for entry in fs::read_dir(dir).map_err(failed("reading"))? {
        let path = entry.map_err(failed("reading"))?.path();
        if path.extension().is_some_and(|end| end == "new") {
            fs::remove_file(&path).map_err(|error| store_error("removing", &path, &error))?;
        }
    }
    Ok(())
}

/// The client's tokens, if there are any.
pub(super) fn load(dir: &Path, client: &ClientId) -> Result<Option<Entry>, SecretError> {
    let path = path(dir, client);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(store_error("reading", &path, &error)),
    };
    // serde's own words could quote a token, so they are dropped.
    let stored: Stored =
        serde_json::from_slice(&bytes).map_err(|_| SecretError::Damaged { path: path.clone() })?;
    if stored.version != 1 {
        return Err(SecretError::Damaged { path });
    }
    let credentials = XCredentials {
        access_token: stored.access_token.into(),
        refresh_token: stored.refresh_token.map(Into::into),
        expires_at: stored.expires_at,
    };
    let held = Held {
        credentials,
        renewal: stored.renewal,
    };
    Ok(Some(Entry {
        source: stored.seed.map_or(Source::SignIn, Source::Seed),
        held,
    }))
}

/// Puts the client's tokens on disk; on return they survive the loss of power.
pub(super) fn save(dir: &Path, client: &ClientId, entry: &Entry) -> Result<(), SecretError> {
    let path = path(dir, client);
    let credentials = &entry.held.credentials;
    let stored = Stored {
        version: 1,
        seed: match &entry.source {
            Source::Seed(fingerprint) => Some(fingerprint.clone()),
            Source::SignIn => None,
        },
        access_token: credentials.access_token.expose_secret().to_owned(),
        refresh_token: credentials
            .refresh_token
            .as_ref()
            .map(|t| t.expose_secret().to_owned()),
        expires_at: credentials.expires_at,
        renewal: entry.held.renewal,
    };
    replace(dir, &path, &stored).map_err(|error| store_error("writing", &path, &error))
}

fn replace(dir: &Path, path: &Path, stored: &Stored) -> std::io::Result<()> {
    let fresh = path.with_extension("json.new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(OWNER_ONLY)
        .open(&fresh)?;
    // The mode above only counts for a file that was not there.
    file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(&serde_json::to_vec_pretty(stored)?)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(dir)?.sync_all()
}

fn store_error(action: &'static str, path: &Path, error: &std::io::Error) -> SecretError {
    SecretError::Store {
        action,
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
