//! Approval and rejection: who may, once each, and only of the text they saw.

use super::check::not_said_since;
use super::generate::all_of;
use super::{Ask, Decision, said, seen, wrong_state};
use crate::command::MAX_REASON;
use crate::event::{Event, TweetEvent};
use crate::evolve::transition::{can_be_approved, is_being_checked, is_rejectable};
use crate::ids::{RevisionNo, TweetId};
use crate::lessons::MAX_ABOUT;
use crate::person::{Author, PersonRef, Right};
use crate::rejection::Rejection;
use crate::settings::ApprovalPolicy;
use crate::tweet::{ReasonCode, Revision, Tweet, TweetState};

pub(super) fn approve(ask: &Ask, id: TweetId, revision: RevisionNo) -> Decision {
    let by = ask.person(Right::Approve)?.who.clone();
    let tweet = ask.tweet(id)?;
    let policy = &ask.settings()?.approval;
    // A newer text is the more important news than where the tweet stands, unless the tweet has ended.
    if !tweet.state.is_terminal() {
        seen(tweet, revision)?;
    }
    if tweet.state == TweetState::Approved && has_approved(tweet, &by) {
        return Err(already(tweet, policy));
    }
    let current = approvable(tweet)?;
    if has_approved(tweet, &by) {
        return Err(already(tweet, policy));
    }
    if !policy.author_counts && is_author(current, &by) {
        return Err(Rejection::AuthorMayNotApprove);
    }
    not_said_since(ask, tweet, current)?;
    let hash = current.hash;
    let mut events = vec![TweetEvent::ApprovalGiven { revision, hash, by }];
    if tweet.approvals.len() + 1 >= usize::from(policy.needed.get()) {
        events.push(TweetEvent::Approved { hash });
        if ask.client.is_late(tweet, ask.now) {
            events.push(TweetEvent::Overdue);
        }
    }
    Ok(all_of(id, events))
}

fn approvable(tweet: &Tweet) -> Result<&Revision, Rejection> {
    let waits_for_a_better_text = matches!(
        tweet.state,
        TweetState::Generated
            | TweetState::Missed {
                unwritten: false,
                ..
            }
    );
    match tweet.current() {
        Some(current) if can_be_approved(&tweet.state) && current.is_approvable() => Ok(current),
        Some(_) if is_being_checked(tweet) => Err(Rejection::BeingChecked),
        Some(current) if waits_for_a_better_text => Err(Rejection::NotValidated {
            findings: current
                .report
                .iter()
                .flat_map(|report| report.errors().cloned())
                .collect(),
        }),
        Some(_) | None => Err(wrong_state("approve", tweet)),
    }
}

fn has_approved(tweet: &Tweet, by: &PersonRef) -> bool {
    tweet.approvals.iter().any(|given| given.by.id == by.id)
}

fn already(tweet: &Tweet, policy: &ApprovalPolicy) -> Rejection {
    Rejection::AlreadyApproved {
        have: tweet.approvals.len(),
        needed: usize::from(policy.needed.get()),
    }
}

fn is_author(revision: &Revision, person: &PersonRef) -> bool {
    match &revision.author {
        Author::Model { .. } => false,
        Author::Person { who } => who.id == person.id,
    }
}

pub(super) fn reject(
    ask: &Ask,
    id: TweetId,
    revision: RevisionNo,
    code: Option<ReasonCode>,
    reason: &str,
) -> Decision {
    let by = ask.person(Right::Approve)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !tweet.state.is_terminal() {
        seen(tweet, revision)?;
    }
    if !is_rejectable(tweet) {
        return Err(wrong_state("reject", tweet));
    }
    let reason = said("reason", reason, MAX_REASON)?;
    let mut events = Vec::new();
    // What a person wrote is no example of what the model does wrong.
    if let Some(current) = tweet.current()
        && matches!(current.author, Author::Model { .. })
    {
        events.push(Event::LessonLearned {
            lesson: ask.client.lessons.last.next(),
            tweet: id,
            code,
            said: reason.clone(),
            about: beginning(current),
        });
    }
    events.push(TweetEvent::Rejected { by, code, reason }.of(id));
    Ok(events)
}

fn beginning(revision: &Revision) -> String {
    let segments = revision.content.segments.iter();
    let texts: Vec<&str> = segments.map(|segment| segment.text.as_str()).collect();
    texts.join(" / ").chars().take(MAX_ABOUT).collect()
}
