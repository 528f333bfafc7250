//! Sending: the intent before the request, what became of it, and what to do when time or the process ran out.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{Ask, Decision, wrong_state};
use crate::client::later;
use crate::command::SendOutcome;
use crate::event::{Event, TweetEvent};
use crate::evolve::transition::is_ready_to_send;
use crate::ids::{AttemptNo, SegmentNo, TweetId};
use crate::reconcile::first_look;
use crate::rejection::Rejection;
use crate::tweet::{KnownBy, Tweet, TweetState};

/// The shortest time before a request that had no effect is sent again.
const RETRY_DELAY: Duration = Duration::from_secs(15);

/// Notices what time has done: tweets that were missed, and approved ones that are too late to go out unasked.
pub(super) fn tick(ask: &Ask) -> Decision {
    ask.engine_only()?;
    ask.settings()?;
    let late = ask
        .client
        .tweets
        .values()
        .filter(|tweet| ask.client.is_late(tweet, ask.now));
    Ok(late
        .filter_map(|tweet| Some(lapsed(tweet)?.of(tweet.id)))
        .collect())
}

fn lapsed(tweet: &Tweet) -> Option<TweetEvent> {
    match tweet.state {
        TweetState::Planned | TweetState::Generated | TweetState::Validated => {
            Some(TweetEvent::Missed)
        }
        TweetState::Approved | TweetState::Posting { sending: false, .. } => {
            Some(TweetEvent::Overdue)
        }
        TweetState::Posting { sending: true, .. }
        | TweetState::Uncertain(_)
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => None,
    }
}

pub(super) fn begin(ask: &Ask, id: TweetId) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    if !is_ready_to_send(&tweet.state) {
        return Err(wrong_state("post", tweet));
    }
    if ask.client.paused.is_some() {
        return Err(Rejection::Paused);
    }
    if ask.client.is_late(tweet, ask.now) {
        return Ok(vec![TweetEvent::Overdue.of(id)]);
    }
    if ask.now < ask.client.release_at(tweet) {
        return Err(Rejection::NotDue);
    }
    let current = tweet.current().ok_or(Rejection::HashMismatch)?;
    // The hash is computed from the text itself, not read back: what leaves is what was approved.
    let hash = current.content.hash();
    if tweet.approved != Some(hash) {
        return Err(Rejection::HashMismatch);
    }
    let event = TweetEvent::PublishStarted {
        attempt: tweet.attempts.next(),
        segment: tweet.next_segment(),
        hash,
    };
    Ok(vec![event.of(id)])
}

pub(super) fn record_send(
    ask: &Ask,
    id: TweetId,
    attempt: AttemptNo,
    segment: SegmentNo,
    outcome: &SendOutcome,
) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    if !is_awaited(tweet, attempt, segment) {
        return Err(Rejection::NotAwaited);
    }
    Ok(match outcome {
        // One post cannot be two segments: an answer that names another's proves nothing about this one.
        SendOutcome::Accepted { post } if ask.client.has_post(post) => {
            let reason = format!("X answered with the post {post}, which another request made");
            vec![unknown(ask.now, &reason, false).of(id)]
        }
        SendOutcome::Accepted { post } => went_live(
            tweet,
            TweetEvent::SegmentPosted {
                segment,
                post: post.clone(),
                known_by: KnownBy::Answer,
                by: None,
            },
        ),
        // After an attempt that may have worked, "you have said this before" may well mean that it did.
        SendOutcome::Refused {
            reason,
            duplicate: true,
        } if tweet.doubt_since.is_some() => vec![unknown(ask.now, reason, true).of(id)],
        SendOutcome::Refused { reason, .. } => {
            let reason = reason.clone();
            vec![TweetEvent::Refused { reason }.of(id)]
        }
        SendOutcome::NotSent {
            reason,
            retry_after,
            needs_person,
        } => not_sent(ask, id, reason, *retry_after, *needs_person),
        SendOutcome::Unknown { reason } => vec![unknown(ask.now, reason, false).of(id)],
    })
}

fn is_awaited(tweet: &Tweet, attempt: AttemptNo, segment: SegmentNo) -> bool {
    let sending = TweetState::Posting {
        attempt,
        sending: true,
    };
    tweet.state == sending && tweet.next_segment() == segment
}

pub(super) fn unknown(now: Timestamp, reason: &str, duplicate: bool) -> TweetEvent {
    TweetEvent::OutcomeUnknown {
        reason: reason.to_owned(),
        duplicate,
        next_look: first_look(now),
    }
}

fn not_sent(
    ask: &Ask,
    id: TweetId,
    reason: &str,
    retry_after: Option<Duration>,
    needs_person: bool,
) -> Vec<Event> {
    let until = later(ask.now, retry_after.unwrap_or_default().max(RETRY_DELAY));
    let reason = reason.to_owned();
    let mut events = vec![
        TweetEvent::NotSent {
            reason: reason.clone(),
            until,
        }
        .of(id),
    ];
    if needs_person && ask.client.paused.is_none() {
        events.push(Event::Paused { by: None, reason });
    }
    events
}

/// A segment is live; with the last one the whole tweet is.
pub(super) fn went_live(tweet: &Tweet, posted: TweetEvent) -> Vec<Event> {
    let segments = tweet
        .current()
        .map_or(0, |revision| revision.content.segments.len());
    let mut events = vec![posted.of(tweet.id)];
    if tweet.posts.len() + 1 >= segments {
        events.push(TweetEvent::Posted.of(tweet.id));
    }
    events
}

/// Whatever was on its way when the last process or actor ended may have arrived.
pub(super) fn recover(ask: &Ask, in_hand: &BTreeSet<TweetId>) -> Decision {
    ask.engine_only()?;
    let interrupted = ask.client.tweets.values().filter(|tweet| {
        !in_hand.contains(&tweet.id)
            && matches!(tweet.state, TweetState::Posting { sending: true, .. })
    });
    Ok(interrupted
        .map(|tweet| unknown(ask.now, "Clara was interrupted while sending", false).of(tweet.id))
        .collect())
}
