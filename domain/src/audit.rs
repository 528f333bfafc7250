//! A second opinion on a client's events: it watches them go by, keeps its own short record of each tweet, and names
//! every event that breaks a promise.
//!
//! It shares no code with `decide` or `evolve`; what it knows comes from the events, from who asked, and from the
//! settings that were recorded. So it judges a journal years later as it judges a life that is being lived.

mod notes;
mod sending;
mod tweet;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::event::{Event, TweetEvent as E};
use crate::ids::{AttemptNo, LessonNo, PersonId, PostId, RoleId, TweetId};
use crate::metering::CallNo;
use crate::person::{By, Grant, PersonRef, Right};
use crate::settings::ClientSettings;
use crate::tweet::KnownBy;

use self::tweet::{Given, Seen};

/// Who asked for what led to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker<'a> {
    /// The engine.
    Engine,
    /// Somebody, with the roles that they had; none where that is not known, as in a record.
    Person(&'a PersonRef, Option<&'a BTreeSet<RoleId>>),
}

impl<'a> Asker<'a> {
    fn roles(self) -> Option<&'a BTreeSet<RoleId>> {
        match self {
            Self::Engine => None,
            Self::Person(_, roles) => roles,
        }
    }

    /// As it stands in a record.
    pub fn recorded(by: Option<&'a PersonRef>) -> Self {
        by.map_or(Self::Engine, |who| Self::Person(who, None))
    }
}

impl<'a> From<&'a By> for Asker<'a> {
    fn from(by: &'a By) -> Self {
        match by {
            By::Person(person) => Self::Person(&person.who, Some(&person.roles)),
            By::Engine => Self::Engine,
        }
    }
}

/// A promise that an event breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Breach {
    /// Which tweet it concerns.
    pub tweet: Option<TweetId>,
    /// What is wrong.
    pub what: String,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    settings: Option<ClientSettings>,
    paused: bool,
    tweets: BTreeMap<TweetId, Seen>,
    /// Every request that left and is, or may be, live: whose, and when.
    sends: BTreeMap<(TweetId, AttemptNo), Timestamp>,
    posts: BTreeSet<PostId>,
    last_call: CallNo,
    last_lesson: LessonNo,
    open_calls: BTreeSet<CallNo>,
    notes: notes::Notes,
    by_role: u64,
}

/// The breaches that one event turns out to be.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn unless(&mut self, holds: bool, what: &str) {
        if !holds {
            self.0.push(what.to_owned());
        }
    }
}

/// One event, as the judge is told of it.
#[derive(Clone, Copy)]
struct Told<'a> {
    by: Asker<'a>,
    at: Timestamp,
}

impl Judge {
    /// One who has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tweets it has seen.
    pub fn tweets(&self) -> usize {
        self.tweets.len()
    }

    /// How many times a right could only have come from a role, and the roles were not known.
    pub fn by_role(&self) -> u64 {
        self.by_role
    }

    /// Takes note of the next event, and says what it breaks.
    pub fn see(&mut self, by: Asker<'_>, event: &Event, at: Timestamp) -> Vec<Breach> {
        let mut found = Found::default();
        let mut tweet = None;
        match event {
            Event::Configured { settings } => self.see_settings(settings),
            Event::Paused { .. } => {
                found.unless(!self.paused, "paused twice");
                self.paused = true;
            }
            Event::Resumed { .. } => {
                found.unless(self.paused, "resumed without a pause");
                self.paused = false;
            }
            Event::CallBegun { call, .. } => {
                found.unless(*call > self.last_call, "a call's number was used before");
                self.last_call = self.last_call.max(*call);
                self.open_calls.insert(*call);
            }
            Event::CallEnded { call, .. } => {
                let is_open = self.open_calls.remove(call);
                found.unless(is_open, "a call ended that was not open");
            }
            Event::KnowledgeAdded { .. } | Event::KnowledgeRemoved { .. } => {
                self.see_note(Told { by, at }, event, &mut found);
            }
            Event::LessonLearned { lesson, tweet, .. } => {
                found.unless(
                    *lesson > self.last_lesson,
                    "a lesson's number was used before",
                );
                found.unless(
                    self.tweets.contains_key(tweet),
                    "a lesson is of a tweet that was never planned",
                );
                self.last_lesson = self.last_lesson.max(*lesson);
            }
            Event::LessonForgotten { by: word, .. } => {
                if let Some(word) = word {
                    self.check_right(Told { by, at }, word, Right::Write, &mut found);
                }
            }
            Event::NoticesDelivered { .. } | Event::CardShown { .. } => {}
            Event::Tweet { tweet: id, event } => {
                tweet = Some(*id);
                self.see_tweet(Told { by, at }, *id, event, &mut found);
            }
        }
        let breach = |what| Breach { tweet, what };
        found.0.into_iter().map(breach).collect()
    }

    fn see_settings(&mut self, settings: &ClientSettings) {
        let is_as_before = self.settings.as_ref().is_none_or(|before| {
            before.approval == settings.approval && before.access.approve == settings.access.approve
        });
        if !is_as_before {
            let tweets = self.tweets.values_mut();
            tweets.for_each(Seen::approvals_may_come_again);
        }
        self.settings = Some(settings.clone());
    }

    fn see_tweet(&mut self, told: Told<'_>, id: TweetId, event: &E, found: &mut Found) {
        found.unless(
            self.settings.is_some(),
            "it comes before the client's settings",
        );
        if let E::Planned { segments, slot, .. } = event {
            found.unless(!self.tweets.contains_key(&id), "planned twice");
            found.unless(*slot >= told.at, "planned into the past");
            self.tweets.insert(id, Seen::planned(*segments, *slot));
            return;
        }
        let Some(seen) = self.tweets.get(&id).cloned() else {
            found.unless(false, "it is of a tweet that was never planned");
            return;
        };
        self.check(told, id, &seen, event, found);
        let is_taken_down = matches!(event, E::DeletionAsked { .. }) && seen.is_live();
        found.unless(
            !seen.ended || is_taken_down,
            "it comes after the tweet's end",
        );
        let attempt = seen.attempt;
        if let Some(seen) = self.tweets.get_mut(&id) {
            seen.note(event, told.at, found);
            if let E::PublishStarted { .. } = event {
                let settings = self.settings.as_ref();
                seen.sent_to = settings.map(|settings| settings.handle.clone());
            }
            if let E::ApprovalGiven { by, .. } = event {
                seen.note_approval(by, told.by.roles());
            }
        }
        self.note_send(id, attempt, event, told.at);
    }

    /// What must hold of the client and of whoever asked, when an event of a tweet comes.
    fn check(&mut self, told: Told<'_>, id: TweetId, seen: &Seen, event: &E, found: &mut Found) {
        match event {
            E::PublishStarted {
                attempt,
                segment,
                hash,
            } => {
                let start = sending::Start {
                    attempt: *attempt,
                    segment: *segment,
                    hash: *hash,
                };
                self.check_start(told, seen, &start, found);
            }
            E::ApprovalGiven { revision, hash, by } => {
                self.check_right(told, by, Right::Approve, found);
                seen.check_approval(*revision, *hash, by, found);
                let author_counts = self
                    .settings
                    .as_ref()
                    .is_none_or(|s| s.approval.author_counts);
                let is_author = seen.author.as_ref() == Some(&by.id);
                found.unless(
                    author_counts || !is_author,
                    "the author's approval was counted",
                );
            }
            E::Approved { hash } => {
                let needed = self
                    .settings
                    .as_ref()
                    .map_or(1, |s| s.approval.needed.get());
                let enough = self.counting_approvals(seen) >= usize::from(needed);
                found.unless(enough, "approved by too few people");
                found.unless(
                    *hash == seen.content.hash(),
                    "approved another text than the one there is",
                );
            }
            E::ValidationOverridden { word } => {
                self.check_right(told, &word.by, Right::Override, found);
                found.unless(
                    !word.reason.trim().is_empty(),
                    "let through without a reason",
                );
            }
            E::DeletionAsked { by, reason } => {
                self.check_right(told, by, Right::Approve, found);
                found.unless(!reason.trim().is_empty(), "taken down without a reason");
            }
            E::Rejected { by, .. } | E::SaidAbsent { by } | E::RetryAsked { by } => {
                self.check_right(told, by, Right::Approve, found);
            }
            E::Rescheduled { slot, by, .. } => {
                self.check_reschedule(told, seen, *slot, by.as_ref(), found);
            }
            E::ProvedAbsent => self.check_timeline(seen, found),
            E::SegmentPosted {
                post, known_by, by, ..
            } => {
                if *known_by == KnownBy::Timeline {
                    self.check_timeline(seen, found);
                }
                found.unless(
                    self.posts.insert(post.clone()),
                    "one post was taken for two segments",
                );
                if let Some(by) = by {
                    self.check_right(told, by, Right::Approve, found);
                }
            }
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
            | E::Cancelled { .. }
            | E::Missed
            | E::Overdue
            | E::Posted
            | E::NotSent { .. }
            | E::Refused { .. }
            | E::OutcomeUnknown { .. }
            | E::NotFoundYet { .. }
            | E::LookFailed { .. }
            | E::PersonAsked { .. }
            | E::SegmentDeleted { .. }
            | E::DeletionDelayed { .. }
            | E::DeletionRefused { .. }
            | E::Deleted => {}
        }
        debug_assert!(self.tweets.contains_key(&id));
    }

    /// Only the timeline of the account that a request left for says anything about it.
    fn check_timeline(&self, seen: &Seen, found: &mut Found) {
        let account = self.settings.as_ref().map(|settings| &settings.handle);
        found.unless(
            seen.sent_to.as_ref() == account,
            "settled by the timeline of another account",
        );
    }

    /// How many of a text's approvals are of people who may approve it as the settings are now.
    fn counting_approvals(&self, seen: &Seen) -> usize {
        let counts = |(person, given): &(&PersonId, &Given)| {
            self.settings.as_ref().is_none_or(|settings| {
                let is_author = seen.author.as_ref() == Some(*person);
                let grant = &settings.access.approve;
                (settings.approval.author_counts || !is_author)
                    && (is_named(grant, person) || may_have_role(grant, given.roles.as_ref()))
            })
        };
        seen.approvals.iter().filter(counts).count()
    }

    fn check_reschedule(
        &mut self,
        told: Told<'_>,
        seen: &Seen,
        slot: Timestamp,
        by: Option<&PersonRef>,
        found: &mut Found,
    ) {
        found.unless(slot >= told.at, "given a time in the past");
        let is_late = told.at > crate::later(seen.slot, self.grace());
        found.unless(
            !is_late || by.is_some(),
            "late, and given a new time without a person",
        );
        match by {
            Some(by) if seen.approved => self.check_right(told, by, Right::Approve, found),
            Some(_) | None => {
                found.unless(
                    !seen.approved || by.is_some(),
                    "approved, and moved without a person",
                );
            }
        }
    }

    /// Whether the word that was taken down is that of whoever asked, and they may give it.
    fn check_right(&mut self, told: Told<'_>, by: &PersonRef, right: Right, found: &mut Found) {
        let Asker::Person(who, roles) = told.by else {
            found.unless(false, "the engine took a person's word");
            return;
        };
        found.unless(
            who == by,
            "a person's word was taken down for somebody else",
        );
        let Some(settings) = &self.settings else {
            return;
        };
        let grant = match right {
            Right::Manage => &settings.access.manage,
            Right::Write => &settings.access.write,
            Right::Approve => &settings.access.approve,
            Right::Override => &settings.access.overrule,
        };
        if is_named(grant, &who.id) {
            return;
        }
        let has_role = may_have_role(grant, roles);
        self.by_role += u64::from(has_role && roles.is_none());
        let what = format!("{} ({}) had no right to {right}", who.name, who.id);
        found.unless(has_role, &what);
    }
}

fn may_have_role(grant: &Grant, roles: Option<&BTreeSet<RoleId>>) -> bool {
    match roles {
        Some(roles) => roles.iter().any(|role| grant.roles.contains(role)),
        // The record does not have their roles; that there is a role to have it by is all that can be asked.
        None => !grant.roles.is_empty(),
    }
}

fn is_named(grant: &Grant, person: &PersonId) -> bool {
    grant.people.contains(person)
}
