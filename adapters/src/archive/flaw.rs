//! What can be wrong with a backup, each with the place where it was found.

use super::FORMAT;

/// Why a backup is not read. A byte is counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It does not begin as one.
    #[error("it does not begin as a backup of Clara's does")]
    NotABackup,
    /// Its format is not known here.
    #[error("its format is {format}, and this Clara reads format {FORMAT}: a newer Clara made it")]
    Newer {
        /// Its format.
        format: u16,
    },
    /// It ends too early.
    #[error(
        "it was cut off: it ends at byte {at}, and what begins at byte {begun} is not all there"
    )]
    CutOff {
        /// Where it ends.
        at: u64,
        /// Where the frame begins that is missing or not whole.
        begun: u64,
    },
    /// Something in it is not as it was written.
    #[error("it was altered at or after byte {at}: {what}")]
    Altered {
        /// Where the frame begins.
        at: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Something follows its end.
    #[error("it goes on after its end at byte {at}")]
    Longer {
        /// Where it should end.
        at: u64,
    },
    /// The system does not let it be read.
    #[error("it cannot be read at byte {at}: {reason}")]
    Unreadable {
        /// How far it was read.
        at: u64,
        /// In the system's words.
        reason: String,
    },
}

impl Flaw {
    pub(super) fn altered(at: u64, what: impl ToString) -> Self {
        let what = what.to_string();
        Self::Altered { at, what }
    }

    pub(super) fn unreadable(at: u64, error: &std::io::Error) -> Self {
        let reason = error.to_string();
        Self::Unreadable { at, reason }
    }
}
