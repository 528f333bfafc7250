//! A data directory as somebody named it: whether it is one, who has it open, and where things are in it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use clara_adapters::journal::{JournalTrouble, OpenError, SledJournal, SledOptions};

use super::Trouble;
use super::wire;

/// See the module.
#[derive(Debug, Clone)]
pub struct Place {
    dir: PathBuf,
}

/// Who has a journal open.
pub(super) enum Holder {
    /// A running Clara, and the number of her process.
    Clara(Option<i32>),
    /// Something that does not answer: a sign-in, a check, another copy.
    Silent,
}

impl Place {
    /// A data directory with a journal in it.
    ///
    /// # Errors
    /// It is none; the text says what was found instead.
    pub fn find(dir: &Path) -> Result<Self, Trouble> {
        let shown = dir.display();
        let usage = |what: String| Err(Trouble::Usage(what));
        if !dir.is_dir() {
            return usage(format!(
                "{shown} is not a directory. Nothing was done. Name Clara's data directory, the data_dir of her \
                 configuration."
            ));
        }
        let place = Self {
            dir: dir.to_owned(),
        };
        if place.journal().is_dir() {
            return Ok(place);
        }
        if dir.join("data/journal").is_dir() {
            return usage(format!(
                "{shown} is a sandbox's directory; its data directory is {}. Nothing was done. Name that.",
                dir.join("data").display()
            ));
        }
        if dir.join("db").exists() {
            return usage(format!(
                "{shown} is a journal itself. Nothing was done. Name the data directory that it is in."
            ));
        }
        usage(format!(
            "{shown} has no journal in it, so it is not a data directory of Clara's. Nothing was done. Name the data_dir \
             of her configuration."
        ))
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the journal is.
    pub fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    /// Whether a path leads into it.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let parent = absolute.parent().unwrap_or(&absolute);
        match (fs::canonicalize(parent), fs::canonicalize(&self.dir)) {
            (Ok(parent), Ok(dir)) => parent.starts_with(dir),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }

    /// Opens the journal for reading; none when another process has it open.
    pub(super) fn open(&self) -> Result<Option<SledJournal>, Trouble> {
        let options = SledOptions {
            on_trouble: std::sync::Arc::new(|trouble: JournalTrouble| {
                tracing::warn!(?trouble, "trouble with the journal");
            }),
            ..SledOptions::default()
        };
        match SledJournal::open(&self.journal(), options) {
            Ok(journal) => Ok(Some(journal)),
            Err(OpenError::Locked { .. }) => Ok(None),
            Err(error) => Err(Trouble::Failed(format!("{error}."))),
        }
    }

    /// Keeps Clara from starting while what is returned lives, without writing anything; or says who has it open.
    pub(super) async fn keep_still(&self) -> Result<Result<Option<File>, Holder>, Trouble> {
        let path = self.journal().join("lock");
        let file = match File::open(&path) {
            Ok(file) => file,
            // Nobody has ever opened it here: a copy, then.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Ok(None)),
            Err(error) => {
                return Err(Trouble::Failed(format!(
                    "{} cannot be read: {error}. Nothing was done. Run this as the user who runs Clara.",
                    path.display()
                )));
            }
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Ok(Some(file))),
            Err(TryLockError::WouldBlock) => Ok(Err(self.holder().await)),
            Err(TryLockError::Error(error)) => Err(Trouble::Failed(format!(
                "{} cannot be locked: {error}. Nothing was done.",
                path.display()
            ))),
        }
    }

    /// Who has it open, as far as that can be asked.
    pub(super) async fn holder(&self) -> Holder {
        match wire::connect(&self.dir).await {
            Ok(stream) => Holder::Clara(stream.peer_cred().ok().and_then(|peer| peer.pid())),
            Err(_) => Holder::Silent,
        }
    }

    /// The refusal where somebody holds it who cannot be asked.
    pub(super) fn silent(&self) -> Trouble {
        Trouble::Failed(format!(
            "{} is open in another process that does not answer: a Clara that is starting or stopping, a `clara \
             sign-in`, or another backup or check. Nothing was done. Wait for it to end, and try again.",
            self.dir.display()
        ))
    }
}
