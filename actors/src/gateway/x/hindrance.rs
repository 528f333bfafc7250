//! What keeps a call from being made, or has left it certainly without effect: the same for posts, looks and deletions.

use std::time::Duration;

use clara_domain::command::{DeleteOutcome, SendOutcome};

/// Why nothing was done, and what would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hindrance {
    pub(super) reason: String,
    /// How long to wait at least, where that is known.
    retry_after: Option<Duration>,
    /// Waiting will not help until a person does something.
    needs_person: bool,
}

impl Hindrance {
    /// It may be gone at the next try.
    pub(super) fn passing(reason: String) -> Self {
        Self {
            reason,
            retry_after: None,
            needs_person: false,
        }
    }

    /// It is gone after a time.
    pub(super) fn waiting(reason: String, time: Duration) -> Self {
        Self {
            retry_after: Some(time),
            ..Self::passing(reason)
        }
    }

    /// A person has to act.
    pub(super) fn lasting(reason: String) -> Self {
        Self {
            needs_person: true,
            ..Self::passing(reason)
        }
    }
}

impl From<Hindrance> for SendOutcome {
    fn from(hindrance: Hindrance) -> Self {
        Self::NotSent {
            reason: hindrance.reason,
            retry_after: hindrance.retry_after,
            needs_person: hindrance.needs_person,
        }
    }
}

impl From<Hindrance> for DeleteOutcome {
    /// Where it takes a person, the one who asked for the deletion is the one to be told.
    fn from(hindrance: Hindrance) -> Self {
        let Hindrance {
            reason,
            retry_after,
            needs_person,
        } = hindrance;
        if needs_person {
            return Self::Refused { reason };
        }
        Self::NotYet {
            reason,
            retry_after,
        }
    }
}
