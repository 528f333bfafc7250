//! Which event leads from which state where: the table of a tweet's life.
//!
//! Every event is spelled out, and names the states that it may follow; whatever it does not name it cannot follow,
//! so a new state is closed to every event until somebody opens it here.

use jiff::Timestamp;

use crate::event::TweetEvent as E;
use crate::tweet::{Failure, Tweet, TweetState as S, Uncertain};

/// The state after an event, or none where the event cannot follow.
pub(super) fn next_state(tweet: &Tweet, event: &E, at: Timestamp) -> Option<S> {
    let state = &tweet.state;
    match event {
        E::Planned { .. } => None,
        E::GenerationDelayed { .. } => matches!(state, S::Planned).then_some(S::Planned),
        E::SentBack { .. } => matches!(state, S::Planned | S::Generated).then_some(S::Planned),
        E::GaveUp { reasons, .. } => {
            matches!(state, S::Planned | S::Generated).then(|| S::Failed {
                failure: Failure::NoValidText {
                    reasons: reasons.clone(),
                },
                at,
            })
        }
        E::RegenerationAsked { .. } => is_editable(tweet).then_some(S::Planned),
        E::RevisionWritten { .. } => is_editable(tweet).then_some(S::Generated),
        E::ChecksDue { .. } => matches!(state, S::Generated).then_some(S::Generated),
        E::ChecksDelayed { .. } => {
            (matches!(state, S::Generated) && is_being_checked(tweet)).then_some(S::Generated)
        }
        E::ValidationPassed { .. } => matches!(state, S::Generated).then_some(S::Validated),
        E::ValidationFailed { .. } => matches!(state, S::Generated).then_some(S::Generated),
        E::ValidationOverridden { .. } => can_be_overridden(state).then_some(S::Validated),
        E::ApprovalGiven { .. } => can_be_approved(state).then(|| state.clone()),
        E::Approved { .. } => can_be_approved(state).then_some(S::Approved),
        E::Rejected { by, code, reason } => is_rejectable(tweet).then(|| S::Rejected {
            by: by.clone(),
            code: *code,
            reason: reason.clone(),
            at,
        }),
        E::Cancelled { by } => is_cancellable(state).then(|| S::Cancelled { by: by.clone(), at }),
        E::Missed => matches!(state, S::Planned | S::Generated | S::Validated).then(|| S::Missed {
            at,
            unwritten: *state == S::Planned,
        }),
        E::Overdue => is_ready_to_send(state).then_some(S::Overdue { since: at }),
        E::Rescheduled { .. } => rescheduled(tweet),
        E::PublishStarted { attempt, .. } => is_ready_to_send(state).then_some(S::Posting {
            attempt: *attempt,
            sending: true,
        }),
        E::SegmentPosted { .. } => attempt_under_way(state).map(|attempt| S::Posting {
            attempt,
            sending: false,
        }),
        E::Posted => matches!(state, S::Posting { sending: false, .. }).then_some(S::Posted { at }),
        E::NotSent { .. } => is_sending(state).then(|| unsent(tweet)),
        E::Refused { reason } => is_sending(state).then(|| S::Failed {
            failure: Failure::Refused {
                reason: reason.clone(),
            },
            at,
        }),
        E::OutcomeUnknown {
            reason,
            duplicate,
            next_look,
        } => became_uncertain(tweet, reason, *duplicate, *next_look, at),
        E::NotFoundYet { next_look } => looked(state, |uncertain| {
            uncertain.absent += 1;
            uncertain.unreadable = 0;
            uncertain.next_look = Some(*next_look);
        }),
        E::LookFailed { next_look, .. } => looked(state, |uncertain| {
            uncertain.unreadable += 1;
            uncertain.next_look = Some(*next_look);
        }),
        E::PersonAsked { reason } => looked(state, |uncertain| {
            uncertain.reason.clone_from(reason);
            uncertain.next_look = None;
        }),
        E::ProvedAbsent | E::SaidAbsent { .. } => {
            matches!(state, S::Uncertain(_)).then(|| unsent(tweet))
        }
        E::RetryAsked { .. } => is_refused(state).then(|| unsent(tweet)),
        E::DeletionAsked { by, reason } => is_deletable(tweet).then(|| S::Deleting {
            by: by.clone(),
            reason: reason.clone(),
            at,
        }),
        E::SegmentDeleted { .. } | E::DeletionDelayed { .. } => {
            matches!(state, S::Deleting { .. }).then(|| state.clone())
        }
        E::DeletionRefused { reason } => matches!(state, S::Deleting { .. }).then(|| S::Failed {
            failure: Failure::NotDeleted {
                reason: reason.clone(),
            },
            at,
        }),
        E::Deleted => deleted(tweet, at),
    }
}

/// Before its first segment is on its way, with nothing of it live, a text can be replaced.
pub(crate) fn is_editable(tweet: &Tweet) -> bool {
    tweet.posts.is_empty()
        && match &tweet.state {
            S::Planned
            | S::Generated
            | S::Validated
            | S::Approved
            | S::Overdue { .. }
            | S::Missed { .. }
            | S::Failed { .. } => true,
            S::Posting { .. }
            | S::Uncertain(_)
            | S::Posted { .. }
            | S::Rejected { .. }
            | S::Cancelled { .. }
            | S::Deleting { .. }
            | S::Deleted { .. } => false,
        }
}

/// What is live of a tweet can be taken down while nothing of it is on its way, or may have arrived unseen.
pub(crate) fn is_deletable(tweet: &Tweet) -> bool {
    tweet.live().next().is_some()
        && match &tweet.state {
            S::Posted { .. }
            | S::Cancelled { .. }
            | S::Overdue { .. }
            | S::Failed { .. }
            | S::Posting { sending: false, .. } => true,
            S::Posting { sending: true, .. }
            | S::Uncertain(_)
            | S::Planned
            | S::Generated
            | S::Validated
            | S::Approved
            | S::Missed { .. }
            | S::Rejected { .. }
            | S::Deleting { .. }
            | S::Deleted { .. } => false,
        }
}

fn deleted(tweet: &Tweet, at: Timestamp) -> Option<S> {
    match &tweet.state {
        S::Deleting { by, reason, .. } if tweet.live().next().is_none() => Some(S::Deleted {
            by: by.clone(),
            reason: reason.clone(),
            at,
        }),
        S::Deleting { .. }
        | S::Planned
        | S::Generated
        | S::Validated
        | S::Approved
        | S::Posting { .. }
        | S::Uncertain(_)
        | S::Overdue { .. }
        | S::Posted { .. }
        | S::Rejected { .. }
        | S::Cancelled { .. }
        | S::Missed { .. }
        | S::Failed { .. }
        | S::Deleted { .. } => None,
    }
}

/// Approving a missed tweet is heard, and then asks what to do with the time.
pub(crate) fn can_be_approved(state: &S) -> bool {
    matches!(
        state,
        S::Validated
            | S::Missed {
                unwritten: false,
                ..
            }
    )
}

/// A text that failed validation waits in one of these.
pub(crate) fn can_be_overridden(state: &S) -> bool {
    matches!(
        state,
        S::Generated
            | S::Failed {
                failure: Failure::NoValidText { .. },
                ..
            }
    )
}

/// Services are being asked about its text.
pub(crate) fn is_being_checked(tweet: &Tweet) -> bool {
    let checking = tweet.current().and_then(|text| text.checking.as_ref());
    tweet.state == S::Generated && checking.is_some()
}

/// A text can be turned down until it is on its way.
pub(crate) fn is_rejectable(tweet: &Tweet) -> bool {
    tweet.current().is_some() && is_editable(tweet)
}

/// A tweet can be taken out as long as nothing of it can be on its way.
pub(crate) fn is_cancellable(state: &S) -> bool {
    match state {
        S::Planned
        | S::Generated
        | S::Validated
        | S::Approved
        | S::Overdue { .. }
        | S::Missed { .. }
        | S::Failed { .. } => true,
        // Where only a person can tell, "leave it" is one of the answers.
        S::Uncertain(uncertain) => uncertain.next_look.is_none(),
        S::Posting { .. }
        | S::Posted { .. }
        | S::Rejected { .. }
        | S::Cancelled { .. }
        | S::Deleting { .. }
        | S::Deleted { .. } => false,
    }
}

/// The state that a new time leads to, where a tweet can have one.
pub(crate) fn rescheduled(tweet: &Tweet) -> Option<S> {
    match &tweet.state {
        S::Planned | S::Generated | S::Validated | S::Approved => Some(tweet.state.clone()),
        S::Overdue { .. } => Some(unsent(tweet)),
        S::Missed {
            unwritten: true, ..
        } => Some(S::Planned),
        S::Missed {
            unwritten: false, ..
        } => Some(match tweet.current() {
            None => S::Planned,
            Some(revision) if revision.is_approvable() => S::Validated,
            Some(_) => S::Generated,
        }),
        S::Posting { .. }
        | S::Uncertain(_)
        | S::Posted { .. }
        | S::Rejected { .. }
        | S::Cancelled { .. }
        | S::Failed { .. }
        | S::Deleting { .. }
        | S::Deleted { .. } => None,
    }
}

/// The next segment may leave from here.
pub(crate) fn is_ready_to_send(state: &S) -> bool {
    matches!(state, S::Approved | S::Posting { sending: false, .. })
}

/// X said no, and a person may ask it again.
pub(crate) fn is_refused(state: &S) -> bool {
    matches!(
        state,
        S::Failed {
            failure: Failure::Refused { .. },
            ..
        }
    )
}

fn is_sending(state: &S) -> bool {
    matches!(state, S::Posting { sending: true, .. })
}

fn attempt_under_way(state: &S) -> Option<crate::ids::AttemptNo> {
    match state {
        S::Posting {
            attempt,
            sending: true,
        } => Some(*attempt),
        S::Uncertain(uncertain) => Some(uncertain.attempt),
        S::Posting { sending: false, .. }
        | S::Planned
        | S::Generated
        | S::Validated
        | S::Approved
        | S::Overdue { .. }
        | S::Posted { .. }
        | S::Rejected { .. }
        | S::Cancelled { .. }
        | S::Missed { .. }
        | S::Failed { .. }
        | S::Deleting { .. }
        | S::Deleted { .. } => None,
    }
}

/// Where a tweet stands when its next segment is certainly not live: a thread that has begun goes on.
fn unsent(tweet: &Tweet) -> S {
    if tweet.posts.is_empty() {
        S::Approved
    } else {
        S::Posting {
            attempt: tweet.attempts,
            sending: false,
        }
    }
}

fn became_uncertain(
    tweet: &Tweet,
    reason: &str,
    duplicate: bool,
    next_look: Timestamp,
    at: Timestamp,
) -> Option<S> {
    is_sending(&tweet.state).then(|| {
        S::Uncertain(Uncertain {
            attempt: tweet.attempts,
            since: at,
            reason: reason.to_owned(),
            absent: 0,
            unreadable: 0,
            duplicate,
            next_look: Some(next_look),
            account: None,
        })
    })
}

fn looked(state: &S, note: impl FnOnce(&mut Uncertain)) -> Option<S> {
    let mut uncertain = state.uncertain()?.clone();
    note(&mut uncertain);
    Some(S::Uncertain(uncertain))
}
