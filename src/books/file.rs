//! A file that a command makes: beside its place first, and in its place only when it is whole and on disk.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clara_adapters::archive::Sink;
use tempfile::NamedTempFile;

use super::{Place, Trouble};

/// See the module. Dropped before it is finished, it leaves nothing.
pub(super) struct Target {
    path: PathBuf,
    dir: PathBuf,
    file: NamedTempFile,
    /// The same file; its errors do not name the temporary one.
    out: BufWriter<File>,
}

impl Target {
    /// Begins a file that must not be there yet, and not be in the data directory.
    pub(super) fn begin(path: &Path, place: &Place) -> Result<Self, Trouble> {
        let shown = path.display();
        if path.symlink_metadata().is_ok() {
            return Err(Trouble::Usage(format!(
                "{shown} exists already, and nothing is ever overwritten. Nothing was done. Name another file, or move \
                 that one away."
            )));
        }
        if place.holds(path) {
            return Err(Trouble::Usage(format!(
                "{shown} is inside the data directory that it is to be taken from, and would be lost with it. Nothing \
                 was done. Name a file elsewhere, best on another disk."
            )));
        }
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            return Err(Trouble::Usage(format!("{shown} is not a file's name.")));
        };
        let dir = match parent.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => parent.to_owned(),
        };
        let file = tempfile::Builder::new()
            .prefix(&format!(".{}.", name.to_string_lossy()))
            .suffix(".partial")
            .tempfile_in(&dir)
            .map_err(|error| {
                // Its own words name the temporary file, which nobody has asked for.
                let reason = match dir.is_dir() {
                    true => error.kind().to_string(),
                    false => "it is not a directory".to_owned(),
                };
                Trouble::Usage(format!(
                    "No file can be made in {}: {reason}. Nothing was done. Name a file in a directory that is there and \
                     that you may write.",
                    dir.display()
                ))
            })?;
        let out = file.as_file().try_clone();
        let out = out.map_err(|error| failed(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            dir,
            file,
            out: BufWriter::new(out),
        })
    }

    /// Has what was written read back, and puts it in its place, on disk. What is returned is what the reading said.
    pub(super) fn finish<T>(
        mut self,
        read_back: impl FnOnce(BufReader<File>) -> Result<T, String>,
    ) -> Result<(T, u64), Trouble> {
        let path = self.path.clone();
        let failed = |error: &io::Error| failed(&path, error);
        self.out.flush().map_err(|error| failed(&error))?;
        let file = self.file.as_file();
        file.sync_all().map_err(|error| failed(&error))?;
        let length = file.metadata().map_err(|error| failed(&error))?.len();
        let again = File::open(self.file.path()).map_err(|error| failed(&error))?;
        let found = read_back(BufReader::new(again)).map_err(|what| {
            Trouble::Failed(format!(
                "{} was written, and does not read back: {what}. It was removed; the journal was not changed. Look at \
                 that disk, and try again.",
                self.path.display()
            ))
        })?;
        self.file
            .persist_noclobber(&path)
            .map_err(|error| failed(&error.error))?;
        let synced = File::open(&self.dir).and_then(|dir| dir.sync_all());
        synced.map_err(|error| failed(&error))?;
        Ok((found, length))
    }
}

/// The system refused to write it.
pub(super) fn failed(path: &Path, error: &io::Error) -> Trouble {
    let next = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "Make room there, or name a file on another disk, and try again."
        }
        _ => "Put right what the system names, and try again.",
    };
    Trouble::Failed(format!(
        "{} could not be written: {error}. What there was of it was removed; the journal was not changed. {next}",
        path.display()
    ))
}

#[async_trait]
impl Sink for Target {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }
}
