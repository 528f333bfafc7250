//! What an event leaves on the client beside the tweet that it happened to: what was said, bought and sent, and what people
//! are to be told.

use std::sync::Arc;

use jiff::Timestamp;

use crate::client::{Client, Notice, NoticeKind, PostedText, TROUBLES_BEFORE_NOTICE};
use crate::event::TweetEvent;
use crate::ids::{SegmentNo, TweetId};
use crate::metering::Item;
use crate::tweet::TweetState;
use crate::validate::text_key;
use crate::weight::has_link;

/// A model is asked for a text: there may be so many in 24 hours.
pub(super) fn note_generation(
    client: &mut Client,
    tweet: Option<TweetId>,
    at_most: &[Item],
    at: Timestamp,
) {
    let is_asked = at_most.iter().any(|item| matches!(item, Item::Chat { .. }));
    let tweet = tweet.and_then(|tweet| client.tweet(tweet));
    let is_to_be_written = tweet.is_some_and(|tweet| tweet.state == TweetState::Planned);
    if !(is_asked && is_to_be_written) {
        return;
    }
    client.generations.note(at);
    let Some(settings) = &client.settings else {
        return;
    };
    let per_day = settings.generation.per_day.get();
    let until = client.generations.room_at(per_day.into());
    let before = client.generations.room_at(u32::from(per_day) + 1);
    // Said when the last one of the day is asked for, and not again while there is no room.
    if until > at && before <= at {
        let kind = NoticeKind::GenerationsUsedUp { per_day, until };
        note(client, None, kind, at);
    }
}

/// What an event of a tweet leaves on its client.
pub(super) fn note_on_client(client: &mut Client, id: TweetId, event: &TweetEvent, at: Timestamp) {
    if let TweetEvent::PublishStarted { .. } = event {
        client.sendings.note(at);
    }
    if let TweetEvent::SegmentPosted { segment, .. } = event {
        note_sent(client, id);
        note_said(client, id, *segment, at);
        note_bought(client, id, *segment, at);
    }
    if let TweetEvent::Deleted = event {
        // What nobody can read any more may be said again.
        Arc::make_mut(&mut client.posted).retain(|_, posted| posted.tweet != id);
    }
    if let TweetEvent::Cancelled { .. } = event {
        // It is left at that; whether it is live nobody will ask again.
        note_sent(client, id);
    }
    if let Some(kind) = notice_of(client, id, event) {
        note(client, Some(id), kind, at);
    }
}

/// What is live must not be said again.
fn note_said(client: &mut Client, id: TweetId, segment: SegmentNo, at: Timestamp) {
    let said = client.tweet(id).and_then(|tweet| tweet.segment(segment));
    if let Some(key) = said.map(|segment| text_key(&segment.text)) {
        let posted = PostedText { tweet: id, at };
        Arc::make_mut(&mut client.posted)
            .entry(key)
            .or_insert(posted);
    }
}

/// A segment is billed when it is created, by whether it holds a link.
fn note_bought(client: &mut Client, id: TweetId, segment: SegmentNo, at: Timestamp) {
    let tweet = client.tweet(id);
    let sent_at = tweet.and_then(|tweet| tweet.sent_at).unwrap_or(at);
    let text = tweet.and_then(|tweet| tweet.segment(segment));
    let with_link = text.is_some_and(|segment| has_link(&segment.text));
    Arc::make_mut(&mut client.ledger).posted(with_link, sent_at);
}

/// What left last is live, or may be.
fn note_sent(client: &mut Client, id: TweetId) {
    let sent_at = client.tweet(id).and_then(|tweet| tweet.sent_at);
    client.last_sent = client.last_sent.max(sent_at);
}

fn notice_of(client: &Client, id: TweetId, event: &TweetEvent) -> Option<NoticeKind> {
    match event {
        TweetEvent::Missed => Some(NoticeKind::Missed),
        TweetEvent::Overdue => Some(NoticeKind::Overdue),
        TweetEvent::GaveUp { .. } => Some(NoticeKind::NoValidText),
        TweetEvent::Refused { reason } => Some(NoticeKind::Refused {
            reason: reason.clone(),
        }),
        TweetEvent::DeletionRefused { reason } => Some(NoticeKind::NotDeleted {
            reason: reason.clone(),
        }),
        TweetEvent::PersonAsked { reason } => Some(NoticeKind::PersonAsked {
            reason: reason.clone(),
        }),
        TweetEvent::GenerationDelayed { reason, .. } => client
            .tweet(id)
            .filter(|tweet| tweet.troubles == TROUBLES_BEFORE_NOTICE)
            .map(|_| NoticeKind::WritingTrouble {
                reason: reason.clone(),
            }),
        TweetEvent::ChecksDelayed { reason, .. } => client
            .tweet(id)
            .filter(|tweet| tweet.troubles == TROUBLES_BEFORE_NOTICE)
            .map(|_| NoticeKind::CheckTrouble {
                reason: reason.clone(),
            }),
        TweetEvent::DeletionDelayed { reason, .. } => client
            .tweet(id)
            .filter(|tweet| tweet.troubles == TROUBLES_BEFORE_NOTICE)
            .map(|_| NoticeKind::DeletionTrouble {
                reason: reason.clone(),
            }),
        TweetEvent::Planned { .. }
        | TweetEvent::SentBack { .. }
        | TweetEvent::RegenerationAsked { .. }
        | TweetEvent::RevisionWritten { .. }
        | TweetEvent::ChecksDue { .. }
        | TweetEvent::ValidationPassed { .. }
        | TweetEvent::ValidationFailed { .. }
        | TweetEvent::ValidationOverridden { .. }
        | TweetEvent::ApprovalGiven { .. }
        | TweetEvent::Approved { .. }
        | TweetEvent::Rejected { .. }
        | TweetEvent::Cancelled { .. }
        | TweetEvent::Rescheduled { .. }
        | TweetEvent::PublishStarted { .. }
        | TweetEvent::SegmentPosted { .. }
        | TweetEvent::Posted
        | TweetEvent::NotSent { .. }
        | TweetEvent::OutcomeUnknown { .. }
        | TweetEvent::NotFoundYet { .. }
        | TweetEvent::LookFailed { .. }
        | TweetEvent::ProvedAbsent
        | TweetEvent::SaidAbsent { .. }
        | TweetEvent::RetryAsked { .. }
        | TweetEvent::DeletionAsked { .. }
        | TweetEvent::SegmentDeleted { .. }
        | TweetEvent::Deleted => None,
    }
}

pub(super) fn note(client: &mut Client, tweet: Option<TweetId>, kind: NoticeKind, at: Timestamp) {
    client.last_notice += 1;
    client.notices.push_back(Notice {
        no: client.last_notice,
        at,
        tweet,
        kind,
    });
}
