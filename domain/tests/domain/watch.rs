//! A second opinion: it watches a client's events go by, keeps its own short record of each tweet, and panics at the
//! first event that breaks a promise.
//!
//! It shares no code with `decide` or `evolve`; what it knows comes from the events, from who asked, and from the
//! settings.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clara_domain::content::Content;
use clara_domain::ids::{AttemptNo, PersonId, PostId, RevisionNo, SegmentNo, TweetId};
use clara_domain::person::{Author, By, PersonRef, Right};
use clara_domain::settings::ClientSettings;
use clara_domain::validate::validate;
use clara_domain::{Event, TweetEvent as E};
use jiff::Timestamp;

/// What the watcher keeps of a client.
#[derive(Default)]
pub(crate) struct Watch {
    settings: Option<ClientSettings>,
    paused: bool,
    tweets: BTreeMap<TweetId, Seen>,
    /// Every request that left and is, or may be, live: whose, and when.
    sends: BTreeMap<(TweetId, AttemptNo), Timestamp>,
    posts: BTreeSet<PostId>,
}

/// What the watcher keeps of a tweet.
struct Seen {
    segments_asked: u8,
    slot: Timestamp,
    urgent: bool,
    content: Content,
    revision: RevisionNo,
    author: Option<PersonId>,
    passed: bool,
    overridden: bool,
    approvals: BTreeSet<PersonId>,
    approved: bool,
    attempt: AttemptNo,
    live: u32,
    /// When it was last heard that a segment is live.
    live_at: Option<Timestamp>,
    /// The posts of it that are on X.
    posts: BTreeSet<PostId>,
    deleting: bool,
    flight: Flight,
    ended: bool,
}

/// What is known of the request that left last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flight {
    /// There is none, or what became of it is settled.
    Settled,
    Sending,
    /// It may be live; Clara looks.
    Unknown,
    /// It may be live; a person was asked.
    Asked,
}

/// One decision, as the watcher is told of it.
struct Told<'a> {
    by: &'a By,
    now: Timestamp,
}

impl Watch {
    /// Takes note of one event, or panics.
    pub(crate) fn see(&mut self, by: &By, event: &Event, now: Timestamp) {
        match event {
            Event::Configured { settings } => self.settings = Some(settings.as_ref().clone()),
            Event::Paused { .. } => {
                assert!(!self.paused, "paused twice");
                self.paused = true;
            }
            Event::Resumed { .. } => {
                assert!(self.paused, "resumed without a pause");
                self.paused = false;
            }
            Event::NoticesDelivered { .. } | Event::CardShown { .. } => {}
            Event::Tweet { tweet, event } => self.see_tweet(&Told { by, now }, *tweet, event),
        }
    }

    fn settings(&self) -> &ClientSettings {
        self.settings
            .as_ref()
            .expect("an event before the settings")
    }

    fn see_tweet(&mut self, told: &Told, id: TweetId, event: &E) {
        if let E::Planned { segments, slot, .. } = event {
            assert!(!self.tweets.contains_key(&id), "planned twice");
            assert!(*slot >= told.now, "planned into the past");
            self.tweets.insert(id, Seen::planned(*segments, *slot));
            return;
        }
        match event {
            E::PublishStarted { .. } => self.check_start(told, id, event),
            E::ApprovalGiven { .. } => self.check_approval(told, id, event),
            E::Approved { .. } => self.check_approved(id),
            E::ValidationOverridden { word } => {
                self.check_right(told, &word.by, Right::Override);
                assert!(
                    !word.reason.trim().is_empty(),
                    "an override without a reason"
                );
            }
            E::DeletionAsked { by, reason } => {
                self.check_right(told, by, Right::Approve);
                assert!(!reason.trim().is_empty(), "taken down without a reason");
            }
            E::Rescheduled { slot, by, .. } => self.check_reschedule(told, id, *slot, by.as_ref()),
            E::SegmentPosted { post, .. } => {
                assert!(
                    self.posts.insert(post.clone()),
                    "{post} was taken for two segments"
                );
            }
            _ => {}
        }
        let seen = self
            .tweets
            .get_mut(&id)
            .expect("an event of an unknown tweet");
        let is_taken_down = matches!(event, E::DeletionAsked { .. }) && !seen.posts.is_empty();
        assert!(
            !seen.ended || is_taken_down,
            "{} after the end",
            event.name()
        );
        let attempt = seen.attempt;
        seen.note(event, id, told.now);
        match event {
            E::PublishStarted { attempt, .. } => {
                self.sends.insert((id, *attempt), told.now);
            }
            E::NotSent { .. } | E::Refused { .. } | E::ProvedAbsent | E::SaidAbsent { .. } => {
                self.sends.remove(&(id, attempt));
            }
            _ => {}
        }
    }

    /// Rules 1, 5 and 6, and the order of segments: all that must hold when a request leaves.
    fn check_start(&self, told: &Told, id: TweetId, event: &E) {
        let E::PublishStarted {
            attempt,
            segment,
            hash,
        } = event
        else {
            return;
        };
        let seen = &self.tweets[&id];
        assert!(matches!(told.by, By::Engine), "a person sent something");
        assert!(!self.paused, "sent while paused");
        assert!(seen.approved, "sent without approval");
        assert_eq!(
            *hash,
            seen.content.hash(),
            "sent something else than what was approved"
        );
        assert_eq!(
            seen.flight,
            Flight::Settled,
            "sent while an outcome is open"
        );
        assert_eq!(*segment, SegmentNo(seen.live), "segments out of order");
        assert!(
            (seen.live as usize) < seen.content.segments.len(),
            "sent a segment too many"
        );
        assert!(
            *attempt > seen.attempt,
            "an attempt's number was used twice"
        );
        assert!(told.now >= seen.slot, "sent before its time");
        let due = seen.slot.max(seen.live_at.unwrap_or(seen.slot));
        let latest = due + self.settings().schedule.grace;
        assert!(told.now <= latest, "sent silently though late");
        assert!(!seen.deleting, "sent while it is taken down");
        if seen.live == 0 && !seen.urgent {
            let since = |sent: &Timestamp| told.now.duration_since(*sent).unsigned_abs();
            let nearest = self.sends.values().map(since).min();
            let gap = self.settings().schedule.min_gap;
            assert!(
                nearest.unwrap_or(Duration::MAX) >= gap,
                "sent within the gap"
            );
        }
    }

    /// Rules 2 and 3: what one approval takes.
    fn check_approval(&self, told: &Told, id: TweetId, event: &E) {
        let E::ApprovalGiven { revision, hash, by } = event else {
            return;
        };
        let seen = &self.tweets[&id];
        self.check_right(told, by, Right::Approve);
        assert_eq!(
            (*revision, *hash),
            (seen.revision, seen.content.hash()),
            "another text"
        );
        assert!(
            seen.passed || seen.overridden,
            "approved without validation"
        );
        if !seen.overridden {
            let asked = usize::from(seen.segments_asked);
            let report = validate(&seen.content, asked, &self.settings().rules, &|_| None);
            assert!(
                report.passed(),
                "approved what breaks the rules: {report:?}"
            );
        }
        assert!(
            !seen.approvals.contains(&by.id),
            "approved twice by one person"
        );
        let is_author = seen.author.as_ref() == Some(&by.id);
        assert!(
            self.settings().approval.author_counts || !is_author,
            "the author counted"
        );
    }

    fn check_approved(&self, id: TweetId) {
        let needed = usize::from(self.settings().approval.needed.get());
        assert!(
            self.tweets[&id].approvals.len() >= needed,
            "approved by too few"
        );
    }

    fn check_right(&self, told: &Told, by: &PersonRef, right: Right) {
        let By::Person(person) = told.by else {
            panic!("the engine took a person's word");
        };
        assert_eq!(person.who, *by, "taken down for somebody else");
        assert!(
            self.settings().access.allows(person, right),
            "{by:?} may not {right}"
        );
    }

    fn check_reschedule(&self, told: &Told, id: TweetId, slot: Timestamp, by: Option<&PersonRef>) {
        let seen = &self.tweets[&id];
        assert!(slot >= told.now, "rescheduled into the past");
        let is_late = told.now > seen.slot + self.settings().schedule.grace;
        assert!(
            !is_late || by.is_some(),
            "a late tweet was given a new time without a person"
        );
        if seen.approved {
            self.check_right(told, by.expect("a person's word"), Right::Approve);
        }
    }
}

impl Seen {
    fn planned(segments_asked: u8, slot: Timestamp) -> Self {
        Self {
            segments_asked,
            slot,
            urgent: false,
            content: Content::texts([""]),
            revision: RevisionNo(0),
            author: None,
            passed: false,
            overridden: false,
            approvals: BTreeSet::new(),
            approved: false,
            attempt: AttemptNo(0),
            live: 0,
            live_at: None,
            posts: BTreeSet::new(),
            deleting: false,
            flight: Flight::Settled,
            ended: false,
        }
    }

    fn note(&mut self, event: &E, id: TweetId, now: Timestamp) {
        match event {
            E::RevisionWritten {
                revision,
                content,
                author,
                ..
            } => self.rewritten(*revision, content, author),
            E::RegenerationAsked { .. } => self.void(),
            E::ValidationPassed { report } => {
                assert!(report.passed());
                self.passed = true;
            }
            E::ValidationFailed { report } => assert!(!report.passed()),
            E::ValidationOverridden { .. } => self.overridden = true,
            E::ApprovalGiven { by, .. } => {
                self.approvals.insert(by.id.clone());
            }
            E::Approved { .. } => self.approved = true,
            E::Rescheduled { slot, urgent, .. } => (self.slot, self.urgent) = (*slot, *urgent),
            E::PublishStarted { attempt, .. } => {
                (self.attempt, self.flight) = (*attempt, Flight::Sending);
            }
            E::SegmentPosted { segment, post, .. } => {
                assert_ne!(
                    self.flight,
                    Flight::Settled,
                    "{id}: posted what was not sent"
                );
                assert_eq!(*segment, SegmentNo(self.live), "segments out of order");
                (self.live, self.flight) = (self.live + 1, Flight::Settled);
                self.live_at = Some(now);
                self.posts.insert(post.clone());
            }
            E::Posted => {
                assert_eq!(
                    self.live as usize,
                    self.content.segments.len(),
                    "posted in part"
                );
                self.ended = true;
            }
            E::NotSent { .. } | E::Refused { .. } => {
                assert_eq!(self.flight, Flight::Sending);
                self.flight = Flight::Settled;
            }
            E::OutcomeUnknown { .. } => {
                assert_eq!(self.flight, Flight::Sending);
                self.flight = Flight::Unknown;
            }
            E::PersonAsked { .. } => self.flight = Flight::Asked,
            E::ProvedAbsent => {
                assert_eq!(self.flight, Flight::Unknown);
                self.flight = Flight::Settled;
            }
            E::SaidAbsent { .. } => {
                assert_eq!(self.flight, Flight::Asked);
                self.flight = Flight::Settled;
                self.slot = self.slot.max(now);
            }
            E::RetryAsked { .. } => self.slot = self.slot.max(now),
            E::DeletionAsked { .. } => {
                assert_eq!(self.flight, Flight::Settled, "taken down on its way");
                (self.deleting, self.ended) = (true, false);
            }
            E::SegmentDeleted { post } => {
                assert!(self.deleting, "taken down without a word");
                assert!(self.posts.remove(post), "taken down twice");
            }
            E::DeletionDelayed { .. } => assert!(self.deleting),
            E::DeletionRefused { .. } => {
                assert!(self.deleting);
                self.deleting = false;
            }
            E::Deleted => {
                assert!(self.deleting && self.posts.is_empty(), "deleted in part");
                self.ended = true;
            }
            E::Cancelled { .. } | E::Rejected { .. } => {
                assert!(matches!(self.flight, Flight::Settled | Flight::Asked));
                (self.flight, self.ended) = (Flight::Settled, true);
            }
            E::Missed => assert!(!self.approved, "missed though approved"),
            E::Overdue => assert!(self.approved, "overdue though not approved"),
            E::Planned { .. }
            | E::GenerationDelayed { .. }
            | E::SentBack { .. }
            | E::GaveUp { .. }
            | E::NotFoundYet { .. }
            | E::LookFailed { .. } => {}
        }
    }

    fn rewritten(&mut self, revision: RevisionNo, content: &Content, author: &Author) {
        assert_eq!(self.flight, Flight::Settled, "rewritten on its way");
        assert_eq!(self.live, 0, "rewritten though part of it is live");
        assert_eq!(revision, self.revision.next());
        assert!(!content.segments.is_empty(), "a revision without a text");
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
        self.approvals.clear();
    }
}
