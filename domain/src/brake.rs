//! The brake: while it is on, nothing of any client is sent.
//!
//! It is the engine's own record, beside the clients' ones, in the same form: a request is decided, what is decided is
//! recorded, and [`Brake::evolve`] is the only writer. Whether a client may send asks both it and the client's own
//! pause.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::command::MAX_REASON;
use crate::decide::said;
use crate::person::{By, Grant, PersonRef, Right};
use crate::rejection::Rejection;

/// Whether everything is held, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brake {
    /// Set while nothing is sent.
    pub halt: Option<Halt>,
}

/// Why and since when nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// Who pulled the brake; none when Clara did.
    pub by: Option<PersonRef>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// When it ends by itself; none when a person has to end it.
    pub until: Option<Timestamp>,
}

/// What can be asked of the brake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrakeCommand {
    /// Hold everything.
    Halt {
        /// Why.
        reason: String,
        /// When it ends by itself, where Clara knows that.
        until: Option<Timestamp>,
    },
    /// Go on.
    Release,
}

/// Something that happened to the brake, as it is recorded in the engine's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BrakeEvent {
    /// Nothing is sent from now on.
    Halted {
        /// Who; none when Clara did.
        by: Option<PersonRef>,
        /// Why.
        reason: String,
        /// When it ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Sending goes on.
    Released {
        /// Who; none when its time was over.
        by: Option<PersonRef>,
    },
}

impl Brake {
    /// What a request means: the events it leads to, or why it is not granted. People need to be among the managers.
    pub fn decide(
        &self,
        by: &By,
        managers: &Grant,
        command: &BrakeCommand,
        now: Timestamp,
    ) -> Result<Vec<BrakeEvent>, Rejection> {
        if by.person().is_some_and(|person| !managers.covers(person)) {
            return Err(Rejection::NotAllowed {
                right: Right::Manage,
            });
        }
        match command {
            BrakeCommand::Halt { reason, until } => self.halt(by, reason, *until),
            BrakeCommand::Release => self.release(by, now),
        }
    }

    fn halt(
        &self,
        by: &By,
        reason: &str,
        until: Option<Timestamp>,
    ) -> Result<Vec<BrakeEvent>, Rejection> {
        match (&self.halt, by) {
            // Whatever Clara would hold things for, they are held.
            (Some(_), By::Engine) => return Ok(Vec::new()),
            (Some(halt), By::Person(_)) if halt.by.is_some() => return Err(Rejection::Halted),
            // A person's word goes before a halt that would end by itself.
            (Some(_) | None, _) => {}
        }
        Ok(vec![BrakeEvent::Halted {
            by: by.who(),
            reason: said("reason", reason, MAX_REASON)?,
            until,
        }])
    }

    fn release(&self, by: &By, now: Timestamp) -> Result<Vec<BrakeEvent>, Rejection> {
        let halt = self.halt.as_ref().ok_or(Rejection::NotHalted)?;
        let is_over = halt.until.is_some_and(|until| until <= now);
        match by {
            By::Engine if !is_over => Ok(Vec::new()),
            By::Engine | By::Person(_) => Ok(vec![BrakeEvent::Released { by: by.who() }]),
        }
    }

    /// Applies one event, recorded at a time.
    #[must_use]
    pub fn evolve(self, event: &BrakeEvent, at: Timestamp) -> Self {
        let halt = match event {
            BrakeEvent::Halted { by, reason, until } => Some(Halt {
                by: by.clone(),
                reason: reason.clone(),
                at,
                until: *until,
            }),
            BrakeEvent::Released { .. } => None,
        };
        Self { halt }
    }
}
