//! Settling what became of a request whose answer was lost: by the timeline, or by a person.

use super::check::not_said_since;
use super::generate::all_of;
use super::publish::went_live;
use super::{Ask, Decision, seen, wrong_state};
use crate::command::{Look, Settlement};
use crate::event::{Event, TweetEvent};
use crate::evolve::transition::is_refused;
use crate::ids::{AttemptNo, RevisionNo, TweetId};
use crate::person::Right;
use crate::reconcile::{next_look, next_try};
use crate::rejection::Rejection;
use crate::tweet::{KnownBy, Tweet};

pub(super) fn record_look(ask: &Ask, id: TweetId, attempt: AttemptNo, look: &Look) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    let uncertain = tweet
        .state
        .uncertain()
        .filter(|uncertain| uncertain.attempt == attempt);
    let Some(uncertain) = uncertain.filter(|uncertain| uncertain.next_look.is_some()) else {
        return Err(Rejection::NotAwaited);
    };
    let event = match look {
        // Two requests in doubt may see the same post; it settles one of them, and says nothing of the other.
        Look::Found { post } if !ask.client.has_post(post) => {
            return Ok(live(tweet, post.clone(), KnownBy::Timeline, None));
        }
        Look::Found { .. } | Look::Absent => match next_look(uncertain, ask.now) {
            Some(next_look) => TweetEvent::NotFoundYet { next_look },
            None if uncertain.duplicate => TweetEvent::PersonAsked {
                reason: uncertain.reason.clone(),
            },
            None => TweetEvent::ProvedAbsent,
        },
        Look::Unreadable { reason } => match next_try(uncertain, ask.now) {
            Some(next_look) => TweetEvent::LookFailed {
                reason: reason.clone(),
                next_look,
            },
            None => TweetEvent::PersonAsked {
                reason: format!(
                    "{}; the timeline cannot be read: {reason}",
                    uncertain.reason
                ),
            },
        },
    };
    Ok(all_of(id, vec![event]))
}

fn live(
    tweet: &Tweet,
    post: crate::ids::PostId,
    known_by: KnownBy,
    by: Option<crate::person::PersonRef>,
) -> Vec<Event> {
    let posted = TweetEvent::SegmentPosted {
        segment: tweet.next_segment(),
        post,
        known_by,
        by,
    };
    went_live(tweet, posted)
}

pub(super) fn settle(ask: &Ask, id: TweetId, attempt: AttemptNo, answer: &Settlement) -> Decision {
    let by = ask.person(Right::Approve)?.who.clone();
    let tweet = ask.tweet(id)?;
    // While Clara is still looking, an answer could cross with what she finds; and an answer to the question about an
    // earlier attempt says nothing of this one.
    let is_asked = tweet
        .state
        .uncertain()
        .is_some_and(|uncertain| uncertain.next_look.is_none() && uncertain.attempt == attempt);
    if !is_asked {
        return Err(wrong_state("settle", tweet));
    }
    Ok(match answer {
        Settlement::Live { post } if ask.client.has_post(post) => {
            return Err(Rejection::Invalid {
                field: "post",
                expected: format!("a post that is not another tweet's, as {post} is"),
            });
        }
        Settlement::Live { post } => live(tweet, post.clone(), KnownBy::Person, Some(by)),
        Settlement::PostAgain => all_of(id, vec![TweetEvent::SaidAbsent { by }]),
        Settlement::Drop => all_of(id, vec![TweetEvent::Cancelled { by }]),
    })
}

pub(super) fn retry(ask: &Ask, id: TweetId, revision: RevisionNo) -> Decision {
    let by = ask.person(Right::Approve)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !is_refused(&tweet.state) {
        return Err(wrong_state("retry", tweet));
    }
    seen(tweet, revision)?;
    // Once refused it stood in nobody's way, so another client may have had the same approved meanwhile.
    if let Some(current) = tweet.current() {
        not_said_since(ask, tweet, current)?;
    }
    Ok(all_of(id, vec![TweetEvent::RetryAsked { by }]))
}
