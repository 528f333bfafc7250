//! The directory of a sandbox: the world's log, the configuration written for it, the engine's data, the port.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

/// A sandbox's directory. One that was not asked for is removed when this is dropped.
#[derive(Debug)]
pub struct Place {
    root: PathBuf,
    lent: Option<TempDir>,
}

impl Place {
    /// The given directory, made if it is not there; or one for this run only.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(dir: Option<&Path>) -> anyhow::Result<Self> {
        let Some(dir) = dir else {
            let lent = tempfile::Builder::new().prefix("clara-sandbox-").tempdir();
            let lent = lent.context("no temporary directory can be made; give one with --data")?;
            return Ok(Self {
                root: lent.path().to_owned(),
                lent: Some(lent),
            });
        };
        std::fs::create_dir_all(dir)
            .with_context(|| format!("the directory {} cannot be made", dir.display()))?;
        Ok(Self {
            root: std::path::absolute(dir)?,
            lent: None,
        })
    }

    /// Whether it is forgotten at the end.
    pub fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the world keeps its log.
    pub fn world(&self) -> PathBuf {
        self.root.join("world")
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.root.join("clara.toml")
    }

    /// The clients' files.
    pub fn clients(&self) -> PathBuf {
        self.root.join("clients")
    }

    /// The variables with the world's pretended tokens.
    pub fn environment(&self) -> PathBuf {
        self.root.join("clara.env")
    }

    /// The port used last; 0 when none is known.
    pub fn port(&self) -> u16 {
        let text = std::fs::read_to_string(self.root.join("port"));
        text.ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    /// Keeps the port for the next start.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub fn remember_port(&self, port: u16) -> anyhow::Result<()> {
        std::fs::write(self.root.join("port"), format!("{port}\n"))
            .with_context(|| format!("{} cannot be written", self.root.display()))
    }
}
