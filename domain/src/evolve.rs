//! The only writer of state: one event applied to one client.
//!
//! Living through an event and replaying it are the same call. An event that cannot follow from the state is refused
//! as [`Illegal`]: a journal that holds one is not guessed at.

mod on_client;
mod settings;
pub(crate) mod transition;

use std::sync::Arc;

use jiff::Timestamp;

use on_client::{note, note_generation, note_on_client};

use crate::client::{Client, NoticeKind, Pause, TROUBLES_BEFORE_NOTICE};
use crate::event::{Event, TweetEvent};
use crate::ids::TweetId;
use crate::knowledge::Note;
use crate::lessons::Lesson;
use crate::metering::{CallNo, OpenCall, Spent};
use crate::tweet::{Approval, Card, KnownBy, Measured, Post, Revision, Tweet, TweetState};

/// An event that cannot follow from the state it is applied to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` cannot happen to {what}")]
pub struct Illegal {
    /// The event's name.
    pub event: &'static str,
    /// What it was applied to.
    pub what: String,
}

/// Applies one event, recorded at a time, to a client.
pub fn evolve(mut client: Client, event: &Event, at: Timestamp) -> Result<Client, Illegal> {
    match event {
        Event::Configured { settings } => settings::configure(&mut client, settings, at),
        Event::Paused { by, reason } => {
            client.paused = Some(Pause {
                by: by.clone(),
                reason: reason.clone(),
                at,
            });
            if by.is_none() {
                let kind = NoticeKind::Paused {
                    reason: reason.clone(),
                };
                note(&mut client, None, kind, at);
            }
        }
        Event::Resumed { .. } => client.paused = None,
        Event::KnowledgeAdded {
            note,
            title,
            text,
            hash,
            by,
        } => {
            let added = Note {
                id: *note,
                title: title.clone(),
                text: text.clone().into(),
                by: by.clone(),
                at,
                hash: *hash,
            };
            Arc::make_mut(&mut client.knowledge).add(added);
        }
        Event::KnowledgeRemoved { note, .. } => {
            let removed = Arc::make_mut(&mut client.knowledge).notes.remove(note);
            removed.ok_or_else(|| Illegal {
                event: "knowledge_removed",
                what: format!("the unknown note {note}"),
            })?;
        }
        Event::LessonLearned {
            lesson,
            tweet,
            code,
            said,
            about,
        } => {
            let learned = Lesson {
                tweet: *tweet,
                code: *code,
                said: said.clone(),
                about: about.clone(),
                at,
            };
            Arc::make_mut(&mut client.lessons).learn(*lesson, learned);
        }
        Event::LessonForgotten { lesson, .. } => {
            let forgotten = Arc::make_mut(&mut client.lessons).kept.remove(lesson);
            forgotten.ok_or_else(|| Illegal {
                event: "lesson_forgotten",
                what: format!("the unknown lesson {lesson}"),
            })?;
        }
        Event::CallBegun {
            call,
            tweet,
            at_most,
        } => {
            note_generation(&mut client, *tweet, at_most, at);
            let open = OpenCall {
                at,
                tweet: *tweet,
                at_most: at_most.clone(),
            };
            Arc::make_mut(&mut client.ledger).begin(*call, open);
        }
        Event::CallEnded { call, spent } => end_call(&mut client, *call, spent)?,
        Event::NoticesDelivered { upto } => client.notices.retain(|notice| notice.no > *upto),
        Event::CardShown {
            tweet,
            change,
            channel,
            message,
        } => {
            let shown = tweet_mut(&mut client, *tweet, "card_shown")?;
            shown.card = Some(Card {
                channel: channel.clone(),
                message: message.clone(),
                shown: *change,
            });
        }
        Event::Tweet { tweet, event } => evolve_tweet(&mut client, *tweet, event, at)?,
    }
    Ok(client)
}

fn end_call(client: &mut Client, call: CallNo, spent: &Spent) -> Result<(), Illegal> {
    let ended = Arc::make_mut(&mut client.ledger).end(call, spent);
    let (open, usage) = ended.ok_or_else(|| Illegal {
        event: "call_ended",
        what: format!("the call {} that is not open", call.0),
    })?;
    // A call may outlive the plan of the tweet that it was for, but a tweet is never forgotten.
    if let Some(tweet) = open.tweet {
        tweet_mut(client, tweet, "call_ended")?.usage.absorb(&usage);
    }
    Ok(())
}

fn tweet_mut<'a>(
    client: &'a mut Client,
    id: TweetId,
    event: &'static str,
) -> Result<&'a mut Tweet, Illegal> {
    let tweet = client.tweets.get_mut(&id).ok_or_else(|| Illegal {
        event,
        what: format!("the unknown tweet {id}"),
    })?;
    Ok(Arc::make_mut(tweet))
}

fn evolve_tweet(
    client: &mut Client,
    id: TweetId,
    event: &TweetEvent,
    at: Timestamp,
) -> Result<(), Illegal> {
    if let TweetEvent::Planned { .. } = event {
        return plan(client, id, event, at);
    }
    let tweet = tweet_mut(client, id, event.name())?;
    tweet.state = transition::next_state(tweet, event, at).ok_or_else(|| Illegal {
        event: event.name(),
        what: format!("the tweet {id} that is {}", tweet.state.name()),
    })?;
    let troubles = tweet.troubles;
    note_on_tweet(tweet, event, at);
    if is_worth_showing(event, troubles) {
        tweet.change += 1;
    }
    if tweet.state.is_terminal() {
        keep_what_counts(tweet);
    }
    note_on_client(client, id, event, at);
    Ok(())
}

fn plan(
    client: &mut Client,
    id: TweetId,
    event: &TweetEvent,
    at: Timestamp,
) -> Result<(), Illegal> {
    let TweetEvent::Planned {
        brief,
        segments,
        slot,
        write_at,
        by,
    } = event
    else {
        return Ok(());
    };
    if client.tweets.contains_key(&id) {
        return Err(Illegal {
            event: event.name(),
            what: format!("the tweet {id} that exists already"),
        });
    }
    let tweet = Tweet {
        id,
        brief: brief.clone(),
        segments: *segments,
        slot: *slot,
        write_at: *write_at,
        planned_by: by.clone(),
        planned_at: at,
        state: TweetState::Planned,
        revisions: Vec::new(),
        approvals: Vec::new(),
        approved: None,
        feedback: Vec::new(),
        round: 0,
        vain_rounds: 0,
        troubles: 0,
        posts: Vec::new(),
        attempts: Default::default(),
        sent_at: None,
        doubt_since: None,
        not_before: None,
        urgent: false,
        measured: None,
        usage: Default::default(),
        change: 1,
        card: None,
    };
    client.tweets.insert(id, Arc::new(tweet));
    Ok(())
}

/// What an event leaves on the tweet beside its state.
fn note_on_tweet(tweet: &mut Tweet, event: &TweetEvent, at: Timestamp) {
    match event {
        TweetEvent::GenerationDelayed { until, .. } => {
            tweet.not_before = Some(*until);
            tweet.troubles += 1;
            tweet.round += 1;
        }
        TweetEvent::SentBack { feedback } => {
            tweet.feedback.extend(feedback.iter().cloned());
            tweet.round += 1;
            tweet.vain_rounds += 1;
            tweet.troubles = 0;
        }
        TweetEvent::RegenerationAsked { feedback } => {
            tweet.feedback.push(feedback.clone());
            tweet.round += 1;
            tweet.vain_rounds = 0;
            tweet.not_before = None;
            void_approvals(tweet);
        }
        TweetEvent::RevisionWritten { .. } => add_revision(tweet, event, at),
        TweetEvent::ChecksDue { checking } => {
            if let Some(revision) = tweet.revisions.last_mut() {
                revision.checking = Some(checking.clone());
            }
        }
        TweetEvent::ChecksDelayed { until, .. } => {
            tweet.not_before = Some(*until);
            tweet.troubles += 1;
        }
        TweetEvent::ValidationPassed { report } | TweetEvent::ValidationFailed { report } => {
            end_checks(tweet, |revision| revision.report = Some(report.clone()));
        }
        TweetEvent::ValidationOverridden { word } => {
            end_checks(tweet, |revision| revision.overridden = Some(word.clone()));
        }
        TweetEvent::ApprovalGiven { by, .. } => {
            tweet.approvals.push(Approval { by: by.clone(), at })
        }
        TweetEvent::Approved { hash } => {
            tweet.approved = Some(*hash);
            tweet.measured = Measured::of(tweet, true);
        }
        TweetEvent::Rejected { .. } => tweet.measured = Measured::of(tweet, false),
        TweetEvent::Rescheduled {
            slot,
            write_at,
            urgent,
            ..
        } => {
            tweet.slot = *slot;
            tweet.write_at = *write_at;
            tweet.urgent = *urgent;
        }
        TweetEvent::PublishStarted { attempt, .. } => {
            tweet.attempts = *attempt;
            tweet.sent_at = Some(at);
            tweet.not_before = None;
        }
        TweetEvent::SegmentPosted { post, known_by, .. } => {
            tweet.posts.push(Post {
                id: post.clone(),
                at: live_since(tweet, *known_by, at),
                known_by: *known_by,
                deleted_at: None,
            });
            tweet.doubt_since = None;
        }
        TweetEvent::NotSent { until, .. } => tweet.not_before = Some(*until),
        TweetEvent::DeletionDelayed { until, .. } => {
            tweet.not_before = Some(*until);
            tweet.troubles += 1;
        }
        TweetEvent::DeletionAsked { .. } => {
            tweet.not_before = None;
            tweet.troubles = 0;
        }
        // Their word is about now, however long it took to find out that somebody had to be asked.
        TweetEvent::SaidAbsent { .. } | TweetEvent::RetryAsked { .. } => {
            tweet.slot = tweet.slot.max(at);
        }
        TweetEvent::SegmentDeleted { post } => {
            let gone = tweet.posts.iter_mut().find(|known| known.id == *post);
            if let Some(gone) = gone {
                gone.deleted_at = Some(at);
            }
            tweet.troubles = 0;
        }
        TweetEvent::OutcomeUnknown { .. } => {
            tweet.doubt_since = tweet.doubt_since.or(tweet.sent_at);
        }
        TweetEvent::Planned { .. }
        | TweetEvent::GaveUp { .. }
        | TweetEvent::Cancelled { .. }
        | TweetEvent::Missed
        | TweetEvent::Overdue
        | TweetEvent::Posted
        | TweetEvent::Refused { .. }
        | TweetEvent::NotFoundYet { .. }
        | TweetEvent::LookFailed { .. }
        | TweetEvent::ProvedAbsent
        | TweetEvent::PersonAsked { .. }
        | TweetEvent::DeletionRefused { .. }
        | TweetEvent::Deleted => {}
    }
}

/// What the timeline shows went live when its request left, however long nobody looked. A person who says that it is live
/// says so for now.
fn live_since(tweet: &Tweet, known_by: KnownBy, at: Timestamp) -> Timestamp {
    match known_by {
        KnownBy::Timeline => tweet.sent_at.map_or(at, |sent_at| sent_at.min(at)),
        KnownBy::Answer | KnownBy::Person => at,
    }
}

/// The current revision is judged; nobody is asked about it any more.
fn end_checks(tweet: &mut Tweet, judge: impl FnOnce(&mut Revision)) {
    if let Some(revision) = tweet.revisions.last_mut() {
        if revision.checking.take().is_some() {
            tweet.not_before = None;
            tweet.troubles = 0;
        }
        judge(revision);
    }
}

/// A tweet that goes no further stays for good: of its texts only the last one is kept, without what was not taken. The
/// records have all of them.
fn keep_what_counts(tweet: &mut Tweet) {
    tweet.feedback = Vec::new();
    if let Some(mut last) = tweet.revisions.pop() {
        last.alternatives = Vec::new();
        last.place = 0;
        tweet.revisions = vec![last];
    }
}

fn void_approvals(tweet: &mut Tweet) {
    tweet.approvals.clear();
    tweet.approved = None;
}

fn add_revision(tweet: &mut Tweet, event: &TweetEvent, at: Timestamp) {
    if let TweetEvent::RevisionWritten {
        revision,
        content,
        hash,
        author,
        alternatives,
        place,
        repairs,
        origin,
    } = event
    {
        void_approvals(tweet);
        tweet.troubles = 0;
        tweet.not_before = None;
        tweet.revisions.push(Revision {
            no: *revision,
            content: content.clone(),
            hash: *hash,
            author: author.clone(),
            at,
            alternatives: alternatives.clone(),
            place: *place,
            repairs: repairs.clone(),
            origin: origin.as_ref().clone(),
            report: None,
            checking: None,
            overridden: None,
        });
    }
}

/// Whether a card that was up to date no longer is, after so many troubles in a row. Steps of the machinery that end by
/// themselves are not shown; that a deletion does not get on is, and that it does again.
fn is_worth_showing(event: &TweetEvent, troubles: u32) -> bool {
    match event {
        TweetEvent::DeletionDelayed { .. } => troubles + 1 == TROUBLES_BEFORE_NOTICE,
        TweetEvent::SegmentDeleted { .. } => troubles >= TROUBLES_BEFORE_NOTICE,
        other => !matches!(
            other,
            TweetEvent::GenerationDelayed { .. }
                | TweetEvent::PublishStarted { .. }
                | TweetEvent::NotFoundYet { .. }
                | TweetEvent::LookFailed { .. }
        ),
    }
}
