//! Why a request was not granted. A rejection is an expected answer, not an error: nothing was changed.
//!
//! The `Display` text is for logs; what a person reads is written at the desk from the same data.

use std::time::Duration;

use jiff::Timestamp;

use crate::ids::{LessonNo, NoteId, RevisionNo, TweetId};
use crate::person::{PersonRef, Right};
use crate::slots::QuietHours;
use crate::validate::Finding;

/// A request that was not granted, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no such client.
    #[error("the client is not set up")]
    NoSuchClient,
    /// The client is there already.
    #[error("the client exists already")]
    ClientExists,
    /// There is no such tweet.
    #[error("no tweet {0}")]
    NoSuchTweet(TweetId),
    /// A new tweet's id is in use.
    #[error("tweet {0} exists already")]
    TweetExists(TweetId),
    /// There is no such note.
    #[error("no note {0}")]
    NoSuchNote(NoteId),
    /// There is no such lesson.
    #[error("no lesson {0}")]
    NoSuchLesson(LessonNo),
    /// Services are being asked about the revision.
    #[error("the text is being checked")]
    BeingChecked,
    /// A note says exactly this.
    #[error("note {note} (`{title}`) says exactly this")]
    NoteExists {
        /// Which.
        note: NoteId,
        /// What it is called.
        title: String,
    },
    /// The person may not do this.
    #[error("needs the right to {right}")]
    NotAllowed {
        /// What it takes.
        right: Right,
    },
    /// Only the engine asks for this.
    #[error("not for people")]
    NotForPeople,
    /// The person saw an older revision.
    #[error("revision {seen} was seen, {current} is current")]
    Stale {
        /// What the person saw.
        seen: RevisionNo,
        /// What there is now.
        current: RevisionNo,
    },
    /// The tweet's state does not take this.
    #[error("cannot {action} a tweet that is {state}")]
    WrongState {
        /// What was asked, as a verb.
        action: &'static str,
        /// Where the tweet stands.
        state: &'static str,
        /// Who brought it there, where a person did.
        by: Option<PersonRef>,
        /// When it came there, where that is known.
        at: Option<Timestamp>,
    },
    /// An outcome for something that is not awaited: late, or told twice.
    #[error("not awaited")]
    NotAwaited,
    /// The revision did not pass validation.
    #[error("the text did not pass validation")]
    NotValidated {
        /// What is wrong with it.
        findings: Vec<Finding>,
    },
    /// This person's approval is there already.
    #[error("approved by this person already")]
    AlreadyApproved {
        /// How many approvals there are.
        have: usize,
        /// How many are needed.
        needed: usize,
    },
    /// This person wrote the revision, and the client's policy wants another's approval.
    #[error("the author's approval does not count")]
    AuthorMayNotApprove,
    /// A part of the thread is live.
    #[error("{live} of {segments} segments are live")]
    PartLive {
        /// Segments that are live.
        live: usize,
        /// Segments in all.
        segments: usize,
    },
    /// The time has passed.
    #[error("{slot} has passed")]
    InThePast {
        /// What was asked for.
        slot: Timestamp,
    },
    /// Another tweet is too near.
    #[error("{slot} is within {min_gap:?} of {other}")]
    TooClose {
        /// What was asked for.
        slot: Timestamp,
        /// When the other one is due.
        other: Timestamp,
        /// The client's gap.
        min_gap: Duration,
    },
    /// The client posts nothing at that time.
    #[error("{slot} is within the quiet hours {hours}")]
    Quiet {
        /// What was asked for.
        slot: Timestamp,
        /// The hours.
        hours: QuietHours,
    },
    /// The client has no free slot in the next weeks.
    #[error("no free slot")]
    NoFreeSlot {
        /// Whether it has slots at all.
        has_slots: bool,
    },
    /// A field of the request is not as it must be.
    #[error("{field}: expected {expected}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What it should have been.
        expected: String,
    },
    /// The client is paused.
    #[error("the client is paused")]
    Paused,
    /// The client is not paused.
    #[error("the client is not paused")]
    NotPaused,
    /// Everything is held.
    #[error("everything is held")]
    Halted,
    /// Nothing is held.
    #[error("nothing is held")]
    NotHalted,
    /// It is not time yet.
    #[error("not due yet")]
    NotDue,
    /// What would be sent is not what was approved. Never seen unless something is broken.
    #[error("the content is not the approved one")]
    HashMismatch,
}
