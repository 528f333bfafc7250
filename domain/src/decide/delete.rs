//! Taking down what is live: by a person's word, one segment at a time, the newest first.

use std::time::Duration;

use super::generate::all_of;
use super::{Ask, Decision, said, wrong_state};
use crate::backoff::Backoff;
use crate::client::later;
use crate::command::{DeleteOutcome, MAX_REASON};
use crate::event::TweetEvent;
use crate::evolve::transition::is_deletable;
use crate::ids::{PostId, TweetId};
use crate::person::Right;
use crate::rejection::Rejection;
use crate::tweet::TweetState;

/// The pauses after a deletion that was not granted. They grow well beyond the time for which a failing service is left
/// alone: whatever keeps X from deleting need not keep it from posting, and then posts are the ones that find out.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(15), Duration::from_secs(300));

pub(super) fn delete(ask: &Ask, id: TweetId, reason: &str) -> Decision {
    let by = ask.person(Right::Approve)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !is_deletable(tweet) {
        return Err(wrong_state("delete", tweet));
    }
    let reason = said("reason", reason, MAX_REASON)?;
    Ok(vec![TweetEvent::DeletionAsked { by, reason }.of(id)])
}

pub(super) fn record(ask: &Ask, id: TweetId, post: &PostId, outcome: &DeleteOutcome) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    let is_live = tweet.live().any(|live| live.id == *post);
    if !matches!(tweet.state, TweetState::Deleting { .. }) || !is_live {
        return Err(Rejection::NotAwaited);
    }
    let events = match outcome {
        DeleteOutcome::Gone => {
            let mut events = vec![TweetEvent::SegmentDeleted { post: post.clone() }];
            if tweet.live().count() == 1 {
                events.push(TweetEvent::Deleted);
            }
            events
        }
        DeleteOutcome::NotYet {
            reason,
            retry_after,
        } => {
            let pause = BACKOFF.pause(tweet.troubles);
            vec![TweetEvent::DeletionDelayed {
                reason: reason.clone(),
                until: later(ask.now, pause.max(retry_after.unwrap_or_default())),
            }]
        }
        DeleteOutcome::Refused { reason } => vec![TweetEvent::DeletionRefused {
            reason: reason.clone(),
        }],
    };
    Ok(all_of(id, events))
}
