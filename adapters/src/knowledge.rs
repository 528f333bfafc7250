//! Vectors on disk, so that a restart makes none again: one file a model, to which vectors are added at its end.
//!
//! Only a cache. A file that is damaged is read up to the damage and cut there; one that cannot be read or written, or has
//! grown too large, is begun anew. Whatever is lost is made again, which costs some tokens. The invariant: a vector comes
//! back as it was given, or not at all.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clara_actors::knowledge::Vectors;
use clara_domain::knowledge::NoteHash;

use file::VectorFile;

/// See the module. Only one process may have the directory open.
pub struct VectorStore {
    dir: PathBuf,
    models: Mutex<BTreeMap<String, Model>>,
}

/// What is known of one model's vectors.
struct Model {
    /// All of them, also where the disk does not take them.
    vectors: BTreeMap<NoteHash, Arc<[f32]>>,
    /// None where it cannot be written.
    file: Option<VectorFile>,
}

impl VectorStore {
    /// Opens the store; makes its directory if it is not there. Files are read when their model is first asked for, or by
    /// [`VectorStore::read`].
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn open(dir: impl AsRef<Path>) -> io::Result<Self> {
        let dir = dir.as_ref().to_owned();
        std::fs::create_dir_all(&dir)?;
        Ok(Self {
            dir,
            models: Mutex::default(),
        })
    }

    /// Reads a model's vectors, so that nobody waits for that later.
    pub fn read(&self, model: &str) {
        self.model(&mut self.lock(), model);
    }

    /// The models as they are now; a panic in between leaves at worst a vector that is made again.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Model>> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn model<'a>(&self, models: &'a mut BTreeMap<String, Model>, name: &str) -> &'a mut Model {
        models.entry(name.to_owned()).or_insert_with(|| {
            let opened = VectorFile::open(&self.dir, name);
            let opened = opened.inspect_err(|error| {
                tracing::warn!(%error, model = name, "vectors cannot be kept on disk; they are made again after a restart");
            });
            match opened {
                Ok((file, vectors)) => Model {
                    vectors,
                    file: Some(file),
                },
                Err(_) => Model {
                    vectors: BTreeMap::new(),
                    file: None,
                },
            }
        })
    }
}

impl Vectors for VectorStore {
    fn get(&self, model: &str, text: NoteHash) -> Option<Arc<[f32]>> {
        let mut models = self.lock();
        self.model(&mut models, model).vectors.get(&text).cloned()
    }

    fn put(&self, model: &str, vectors: &[(NoteHash, Arc<[f32]>)]) {
        let mut models = self.lock();
        let kept = self.model(&mut models, model);
        let is_new = |(text, _): &&(NoteHash, Arc<[f32]>)| !kept.vectors.contains_key(text);
        let new: Vec<_> = vectors.iter().filter(is_new).cloned().collect();
        let written = kept.file.as_mut().map(|file| file.add(&new));
        if let Some(Err(error)) = written {
            tracing::warn!(%error, model, "vectors could not be kept on disk; they are made again after a restart");
            kept.file = None;
        }
        kept.vectors.extend(new);
    }
}
