//! Posts whose fate nobody knows: billed, if they are live.
//!
//! No call of the ledger stands for them, because a post's intent is the tweet's own record. So the doubt is read off the
//! tweets each time, and is gone as soon as a post is found.

use super::{Item, Ledger, utc_day};
use crate::client::Client;
use crate::ids::SegmentNo;
use crate::tweet::{Tweet, TweetState};
use crate::weight::has_link;

/// A client's ledger with the posts that may be live, as uncertain, on the day on which they left.
pub fn ledger_of(client: &Client) -> Ledger {
    let mut ledger = Ledger::clone(&client.ledger);
    for tweet in client.tweets.values() {
        let Some((since, item)) = in_doubt(tweet) else {
            continue;
        };
        let day = ledger.days.entry(utc_day(since)).or_default();
        day.doubt(&[item]);
    }
    ledger
}

/// The post of a tweet that may be live, and when it left.
pub fn in_doubt(tweet: &Tweet) -> Option<(jiff::Timestamp, Item)> {
    let since = match tweet.state {
        TweetState::Posting { sending: true, .. } | TweetState::Uncertain(_) => {
            tweet.doubt_since.or(tweet.sent_at)?
        }
        // Somebody left it at that.
        TweetState::Cancelled { .. } => tweet.doubt_since?,
        TweetState::Planned
        | TweetState::Generated
        | TweetState::Validated
        | TweetState::Approved
        | TweetState::Posting { .. }
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => return None,
    };
    Some((since, post_of(tweet, tweet.next_segment())))
}

/// What a segment of a tweet is billed as, once it is live.
pub fn post_of(tweet: &Tweet, segment: SegmentNo) -> Item {
    let text = tweet.segment(segment);
    let with_link = text.is_some_and(|segment| has_link(&segment.text));
    Item::Posts {
        count: 1,
        with_link,
    }
}
