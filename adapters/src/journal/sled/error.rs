//! Why the journal could not be opened, as the person at the machine reads it: what happened, what is safe, what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why the journal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the journal in {} is open in another process; nothing was touched; stop that process, or give this one \
         another data directory", dir.display()
    )]
    Locked {
        /// The journal's directory.
        dir: PathBuf,
    },
    /// Its path is something else.
    #[error(
        "{} is not a directory, so the journal cannot be there; nothing was touched; move it away, or name another \
         data directory", path.display()
    )]
    NotADirectory {
        /// What is in the way.
        path: PathBuf,
    },
    /// The directory does not let this process write.
    #[error(
        "the journal in {} cannot be written ({reason}); nothing was touched; make it writable for the user who runs \
         Clara, on a file system that is not mounted read-only", dir.display()
    )]
    NotWritable {
        /// The journal's directory.
        dir: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// Its files belong to another version, or are not a journal's.
    #[error(
        "the journal in {} was written by a version that this one cannot read ({reason}); nothing was changed; run \
         the version that wrote it, or restore a backup", dir.display()
    )]
    Unsupported {
        /// The journal's directory.
        dir: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Its files are damaged beyond what opening them can mend.
    #[error(
        "the journal in {} is damaged ({what}) and could not be opened; the files as they were are safe in {}; keep \
         that copy, then restore a backup", dir.display(), copy.display()
    )]
    Damaged {
        /// The journal's directory.
        dir: PathBuf,
        /// Where the files were copied before anything was tried.
        copy: PathBuf,
        /// What happened at each try.
        what: String,
    },
    /// Its files are damaged, and there was no copy to be made of them first.
    #[error(
        "the journal in {} is damaged ({what}), and it could not be copied to {} before a repair ({reason}); no repair \
         was tried; make room, or copy it elsewhere by hand, and start again", dir.display(), copy.display()
    )]
    NotCopied {
        /// The journal's directory.
        dir: PathBuf,
        /// Where the copy was to be.
        copy: PathBuf,
        /// What is wrong with the journal.
        what: String,
        /// Why there is no copy.
        reason: String,
    },
    /// It is damaged, and so is the mirror that knows what it held.
    #[error(
        "the journal in {} is damaged ({what}), and part of its mirror is not readable either, so that nobody can tell \
         which streams have lost records; the files as they were are safe in {}; restore a backup, or, to go on with \
         what is left, delete {}",
        dir.display(), copy.display(), witness.display()
    )]
    Unsure {
        /// The journal's directory.
        dir: PathBuf,
        /// Where the files were copied before anything was tried.
        copy: PathBuf,
        /// What is wrong with it.
        what: String,
        /// The file that stands for what was acknowledged.
        witness: PathBuf,
    },
    /// The newest part of it is gone.
    #[error(
        "the journal in {} has {recovered} commits, but {acknowledged} were acknowledged: its newest part is lost; \
         what came before is whole; restore a backup that has it, or, to go on without what is lost, delete {}",
        dir.display(), witness.display()
    )]
    Lost {
        /// The journal's directory.
        dir: PathBuf,
        /// How many commits are there.
        recovered: u64,
        /// How many were acknowledged at least.
        acknowledged: u64,
        /// The file that knows.
        witness: PathBuf,
    },
    /// The system refused something else.
    #[error(
        "the journal in {} could not be opened ({reason}); what is in it is untouched; mend what the system names and \
         start again", dir.display()
    )]
    Io {
        /// The journal's directory.
        dir: PathBuf,
        /// In the system's words.
        reason: String,
    },
}

impl OpenError {
    /// The error for what the system refused.
    pub(super) fn io(dir: &Path, error: &io::Error) -> Self {
        let (dir, reason) = (dir.to_owned(), error.to_string());
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { dir, reason }
            }
            _ => Self::Io { dir, reason },
        }
    }
}
