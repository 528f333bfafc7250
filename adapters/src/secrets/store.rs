//! The rotating tokens of every client, seeded by the operator and replaced by X.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clara_domain::ids::ClientId;
use secrecy::{ExposeSecret, SecretString};

use super::file::{self, Entry};
use super::{Held, Renewal, SecretError, Source, XCredentials, token_problem};

/// The tokens of every client, in one directory. Every change is on disk before it is seen. It blocks while it writes:
/// call changes from a thread that may wait. Only one process may have the directory open.
#[derive(Debug)]
pub struct SecretStore {
    dir: PathBuf,
    held: Mutex<BTreeMap<ClientId, Entry>>,
}

/// What became of the tokens that the operator gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// They are in use from now on.
    Taken,
    /// Newer ones that descend from them are in the store already, and stay.
    Superseded,
    /// The account consented by itself; its tokens are in the store, and stay.
    SignedIn,
}

impl SecretStore {
    /// Opens the store; makes its directory if it is not there.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, SecretError> {
        let dir = dir.as_ref().to_owned();
        file::prepare(&dir)?;
        Ok(Self {
            dir,
            held: Mutex::default(),
        })
    }

    /// Takes the operator's tokens for a client, unless the stored ones descend from the same or from a sign-in. New
    /// tokens replace what other tokens of the operator's became, and end a renewal that was interrupted or refused.
    pub fn seed(&self, client: &ClientId, seed: &XCredentials) -> Result<Seeded, SecretError> {
        check(client, seed)?;
        let source = Source::Seed(seed.fingerprint());
        let mut held = self.lock();
        match self.entry(&mut held, client)?.map(|entry| &entry.source) {
            Some(Source::SignIn) => return Ok(Seeded::SignedIn),
            Some(stored) if *stored == source => return Ok(Seeded::Superseded),
            Some(Source::Seed(_)) | None => {}
        }
        self.save(&mut held, client, fresh(source, seed))?;
        Ok(Seeded::Taken)
    }

    /// Takes the tokens of an account that has just consented. They replace whatever is stored, and no seed replaces
    /// them.
    pub fn sign_in(&self, client: &ClientId, tokens: &XCredentials) -> Result<(), SecretError> {
        check(client, tokens)?;
        self.save(&mut self.lock(), client, fresh(Source::SignIn, tokens))
    }

    /// The client's tokens as they stand; none if it never had any.
    pub fn get(&self, client: &ClientId) -> Result<Option<Held>, SecretError> {
        let mut held = self.lock();
        Ok(self
            .entry(&mut held, client)?
            .map(|entry| entry.held.clone()))
    }

    /// Records how far the renewal of the client's tokens has come.
    pub fn set_renewal(&self, client: &ClientId, renewal: Renewal) -> Result<(), SecretError> {
        self.change(client, |entry| entry.held.renewal = renewal)
    }

    /// Replaces the client's tokens by those that X gave for them, and ends the renewal.
    pub fn rotate(&self, client: &ClientId, fresh: &XCredentials) -> Result<(), SecretError> {
        self.change(client, |entry| {
            entry.held = Held {
                credentials: fresh.clone(),
                renewal: Renewal::Idle,
            };
        })
    }

    fn change(
        &self,
        client: &ClientId,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), SecretError> {
        let mut held = self.lock();
        let mut entry =
            self.entry(&mut held, client)?
                .cloned()
                .ok_or_else(|| SecretError::Missing {
                    client: client.to_string(),
                })?;
        change(&mut entry);
        self.save(&mut held, client, entry)
    }

    fn entry<'a>(
        &self,
        held: &'a mut BTreeMap<ClientId, Entry>,
        client: &ClientId,
    ) -> Result<Option<&'a Entry>, SecretError> {
        if !held.contains_key(client) {
            match file::load(&self.dir, client)? {
                Some(entry) => held.insert(client.clone(), entry),
                None => return Ok(None),
            };
        }
        Ok(held.get(client))
    }

    fn save(
        &self,
        held: &mut BTreeMap<ClientId, Entry>,
        client: &ClientId,
        entry: Entry,
    ) -> Result<(), SecretError> {
        file::save(&self.dir, client, &entry)?;
        held.insert(client.clone(), entry);
        Ok(())
    }

    /// A panic while the lock was held left the map as it was: it changes only by whole entries.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ClientId, Entry>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tokens that nothing has happened to yet.
fn fresh(source: Source, tokens: &XCredentials) -> Entry {
    let held = Held {
        credentials: tokens.clone(),
        renewal: Renewal::Idle,
    };
    Entry { source, held }
}

fn check(client: &ClientId, tokens: &XCredentials) -> Result<(), SecretError> {
    let both = [Some(&tokens.access_token), tokens.refresh_token.as_ref()];
    let problem = |token: &SecretString| token_problem(token.expose_secret());
    match both.into_iter().flatten().find_map(problem) {
        Some(problem) => Err(SecretError::Unusable {
            origin: format!("an X token of the client `{client}`"),
            problem,
        }),
        None => Ok(()),
    }
}
