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
    /// What it says about the service.
    sign: Sign,
}

/// What a call that came to nothing says about the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It answered, whatever it said.
    Works,
    /// It did not.
    Fails,
    /// It was not asked.
    None,
}

impl Hindrance {
    /// The service was not asked; it may be at the next try.
    pub(super) fn passing(reason: String) -> Self {
        Self {
            reason,
            retry_after: None,
            needs_person: false,
            sign: Sign::None,
        }
    }

    /// The service does not work; it may at the next try.
    pub(super) fn failing(reason: String) -> Self {
        Self {
            sign: Sign::Fails,
            ..Self::passing(reason)
        }
    }

    /// The service serves nobody for now.
    pub(super) fn answered(reason: String) -> Self {
        Self {
            sign: Sign::Works,
            ..Self::passing(reason)
        }
    }

    /// Whether the service worked, or why not; nothing where it was not asked.
    pub(super) fn sign(&self) -> Option<Result<(), &str>> {
        match self.sign {
            Sign::Works => Some(Ok(())),
            Sign::Fails => Some(Err(&self.reason)),
            Sign::None => None,
        }
    }

    /// The service wants to be asked again after a time.
    pub(super) fn waiting(reason: String, time: Duration) -> Self {
        Self {
            retry_after: Some(time),
            ..Self::answered(reason)
        }
    }

    /// A person has to act.
    pub(super) fn lasting(reason: String) -> Self {
        Self {
            needs_person: true,
            ..Self::answered(reason)
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
            sign: _,
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
