//! What the judge keeps of one tweet, and what may come when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Found;
use crate::content::{Content, ContentHash};
use crate::event::TweetEvent as E;
use crate::ids::{AttemptNo, Handle, PersonId, PostId, RevisionNo, RoleId, SegmentNo};
use crate::person::{Author, PersonRef};
use crate::tweet::KnownBy;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) slot: Timestamp,
    pub(super) urgent: bool,
    pub(super) content: Content,
    revision: RevisionNo,
    pub(super) author: Option<PersonId>,
    passed: bool,
    overridden: bool,
    /// Services are being asked about the text.
    checking: bool,
    pub(super) approvals: BTreeMap<PersonId, Given>,
    pub(super) approved: bool,
    pub(super) attempt: AttemptNo,
    /// How many segments are, or were, live.
    pub(super) live: u32,
    /// When the last request left.
    sent_at: Option<Timestamp>,
    /// The account that it left for.
    pub(super) sent_to: Option<Handle>,
    /// When its last live segment went live, as far as that is known: what only the timeline showed may have been live since
    /// its request left.
    pub(super) live_at: Option<Timestamp>,
    /// The posts of it that are on X.
    posts: BTreeSet<PostId>,
    pub(super) deleting: bool,
    pub(super) flight: Flight,
    pub(super) ended: bool,
}

/// One person's approval of the text that there is.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The roles that they had; none where that is not known.
    pub(super) roles: Option<BTreeSet<RoleId>>,
    /// Since then the settings say otherwise who approves, or how many must: it may be given anew.
    may_come_again: bool,
}

/// What is known of the request that left last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flight {
    /// There is none, or what became of it is settled.
    Settled,
    Sending,
    /// It may be live; Clara looks.
    Unknown,
    /// It may be live; a person was asked.
    Asked,
}

impl Seen {
    pub(super) fn planned(segments: u8, slot: Timestamp) -> Self {
        Self {
            slot,
            urgent: false,
            content: Content::texts(vec![""; usize::from(segments)]),
            revision: RevisionNo(0),
            author: None,
            passed: false,
            overridden: false,
            checking: false,
            approvals: BTreeMap::new(),
            approved: false,
            attempt: AttemptNo(0),
            live: 0,
            sent_at: None,
            sent_to: None,
            live_at: None,
            posts: BTreeSet::new(),
            deleting: false,
            flight: Flight::Settled,
            ended: false,
        }
    }

    pub(super) fn is_live(&self) -> bool {
        !self.posts.is_empty()
    }

    /// What one approval takes, but for the right to it.
    pub(super) fn check_approval(
        &self,
        revision: RevisionNo,
        hash: ContentHash,
        by: &PersonRef,
        found: &mut Found,
    ) {
        let is_this = (revision, hash) == (self.revision, self.content.hash());
        found.unless(
            is_this,
            "somebody approved another text than the one there is",
        );
        let is_valid = self.passed || self.overridden;
        found.unless(is_valid, "approved although it did not pass validation");
        let given = self.approvals.get(&by.id);
        let is_new = given.is_none_or(|given| given.may_come_again);
        found.unless(is_new, "one person's approval was counted twice");
    }

    /// The settings say otherwise now who approves, or how many must.
    pub(super) fn approvals_may_come_again(&mut self) {
        for given in self.approvals.values_mut() {
            given.may_come_again = true;
        }
    }

    /// Takes note of somebody's approval.
    pub(super) fn note_approval(&mut self, by: &PersonRef, roles: Option<&BTreeSet<RoleId>>) {
        let given = Given {
            roles: roles.cloned(),
            may_come_again: false,
        };
        self.approvals.insert(by.id.clone(), given);
    }

    /// Takes note of an event that is not its planning.
    pub(super) fn note(&mut self, event: &E, at: Timestamp, found: &mut Found) {
        match event {
            E::Planned { .. }
            | E::GenerationDelayed { .. }
            | E::SentBack { .. }
            | E::GaveUp { .. }
            | E::RegenerationAsked { .. }
            | E::RevisionWritten { .. }
            | E::ChecksDue { .. }
            | E::ChecksDelayed { .. }
            | E::ValidationPassed { .. }
            | E::ValidationFailed { .. }
            | E::ValidationOverridden { .. } => self.note_writing(event, found),
            E::ApprovalGiven { .. }
            | E::Approved { .. }
            | E::Rejected { .. }
            | E::Cancelled { .. }
            | E::Missed
            | E::Overdue
            | E::Rescheduled { .. } => self.note_decision(event, found),
            E::PublishStarted { .. }
            | E::SegmentPosted { .. }
            | E::Posted
            | E::NotSent { .. }
            | E::Refused { .. } => self.note_sending(event, at, found),
            E::OutcomeUnknown { .. }
            | E::NotFoundYet { .. }
            | E::LookFailed { .. }
            | E::ProvedAbsent
            | E::PersonAsked { .. }
            | E::SaidAbsent { .. }
            | E::RetryAsked { .. } => self.note_doubt(event, at, found),
            E::DeletionAsked { .. }
            | E::SegmentDeleted { .. }
            | E::DeletionDelayed { .. }
            | E::DeletionRefused { .. }
            | E::Deleted => self.note_deletion(event, found),
        }
    }

    fn note_writing(&mut self, event: &E, found: &mut Found) {
        match event {
            E::RevisionWritten {
                revision,
                content,
                hash,
                author,
                ..
            } => {
                found.unless(
                    *hash == content.hash(),
                    "a text has another hash than its own",
                );
                self.rewritten(*revision, content, author, found);
            }
            E::RegenerationAsked { .. } => self.void(),
            E::ChecksDue { checking } => {
                found.unless(
                    checking.report.passed(),
                    "checked on with a report that says it failed",
                );
                self.checking = true;
            }
            E::ChecksDelayed { .. } => {
                found.unless(self.checking, "a check is late that was not due");
            }
            E::ValidationPassed { report } => {
                self.checking = false;
                found.unless(report.passed(), "passed with a report that says it failed");
                self.passed = true;
            }
            E::ValidationFailed { report } => {
                self.checking = false;
                found.unless(!report.passed(), "failed with a report that says it passed");
            }
            E::ValidationOverridden { .. } => (self.overridden, self.checking) = (true, false),
            _ => {}
        }
    }

    fn note_decision(&mut self, event: &E, found: &mut Found) {
        match event {
            E::Approved { .. } => self.approved = true,
            E::Rescheduled { slot, urgent, .. } => (self.slot, self.urgent) = (*slot, *urgent),
            E::Cancelled { .. } | E::Rejected { .. } => {
                let is_known = matches!(self.flight, Flight::Settled | Flight::Asked);
                found.unless(is_known, "ended while it was on its way");
                (self.flight, self.ended) = (Flight::Settled, true);
            }
            E::Missed => found.unless(!self.approved, "missed though approved"),
            E::Overdue => found.unless(self.approved, "overdue though not approved"),
            _ => {}
        }
    }

    fn note_sending(&mut self, event: &E, at: Timestamp, found: &mut Found) {
        match event {
            E::PublishStarted { attempt, .. } => {
                (self.attempt, self.flight) = (*attempt, Flight::Sending);
                self.sent_at = Some(at);
            }
            E::SegmentPosted {
                segment,
                post,
                known_by,
                ..
            } => {
                let was_sent = self.flight != Flight::Settled;
                found.unless(
                    was_sent,
                    "posted without a request that was recorded before",
                );
                found.unless(*segment == SegmentNo(self.live), "posted out of order");
                (self.live, self.flight) = (self.live + 1, Flight::Settled);
                let was_found = *known_by == KnownBy::Timeline;
                let sent_at = self.sent_at.filter(|sent_at| was_found && *sent_at < at);
                self.live_at = Some(sent_at.unwrap_or(at));
                self.posts.insert(post.clone());
            }
            E::Posted => {
                let is_whole = self.live as usize == self.content.segments.len();
                found.unless(is_whole, "posted in part");
                self.ended = true;
            }
            E::NotSent { .. } | E::Refused { .. } => {
                let was_sent = self.flight == Flight::Sending;
                found.unless(was_sent, "an outcome without a request");
                self.flight = Flight::Settled;
            }
            _ => {}
        }
    }

    fn note_doubt(&mut self, event: &E, at: Timestamp, found: &mut Found) {
        match event {
            E::OutcomeUnknown { .. } => {
                let was_sent = self.flight == Flight::Sending;
                found.unless(was_sent, "an unknown outcome without a request");
                self.flight = Flight::Unknown;
            }
            E::PersonAsked { .. } => self.flight = Flight::Asked,
            E::ProvedAbsent => {
                let was_looked_for = self.flight == Flight::Unknown;
                found.unless(was_looked_for, "absent though it was not looked for");
                self.flight = Flight::Settled;
            }
            E::SaidAbsent { .. } => {
                let was_asked = self.flight == Flight::Asked;
                found.unless(was_asked, "said to be absent though nobody was asked");
                self.flight = Flight::Settled;
                self.slot = self.slot.max(at);
            }
            E::RetryAsked { .. } => self.slot = self.slot.max(at),
            _ => {}
        }
    }

    fn note_deletion(&mut self, event: &E, found: &mut Found) {
        match event {
            E::DeletionAsked { .. } => {
                let is_still = self.flight == Flight::Settled;
                found.unless(is_still, "taken down on its way");
                (self.deleting, self.ended) = (true, false);
                return;
            }
            E::SegmentDeleted { post } => {
                found.unless(self.posts.remove(post), "taken down twice, or never posted");
            }
            E::Deleted => {
                found.unless(self.posts.is_empty(), "deleted in part");
                self.ended = true;
            }
            _ => {}
        }
        found.unless(self.deleting, "taken down without anybody's word");
        self.deleting &= !matches!(event, E::DeletionRefused { .. } | E::Deleted);
    }

    fn rewritten(
        &mut self,
        revision: RevisionNo,
        content: &Content,
        author: &Author,
        found: &mut Found,
    ) {
        found.unless(self.flight == Flight::Settled, "rewritten on its way");
        found.unless(self.live == 0, "rewritten though part of it is live");
        found.unless(
            revision == self.revision.next(),
            "a revision's number is out of order",
        );
        found.unless(!content.segments.is_empty(), "a revision without a text");
        self.void();
        self.revision = revision;
        self.content = content.clone();
        self.author = match author {
            Author::Model { .. } => None,
            Author::Person { who } => Some(who.id.clone()),
        };
    }

    /// What was said of the old text says nothing of the new one.
    fn void(&mut self) {
        (self.passed, self.overridden, self.approved) = (false, false, false);
        self.checking = false;
        self.approvals.clear();
    }
}
