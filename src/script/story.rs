//! A story: one tweet, and what people do about it, step by step from wherever it stands.
//!
//! A story remembers nothing. What to do next follows from the tweet's state, so a story that was cut off goes on where
//! it was.

use clara_domain::content::Content;
use clara_domain::ids::{ClientId, MessageId};
use clara_domain::person::Author;
use clara_domain::{Client, Tweet, TweetState};
use jiff::Timestamp;

/// One tweet of the demo.
#[derive(Debug, Clone)]
pub(super) struct Story {
    /// Whose.
    pub(super) client: ClientId,
    /// What it is about; also how its tweet is found again.
    pub(super) brief: &'static str,
    /// The command that plans it, without the client and the brief.
    pub(super) order: Order,
    /// What people make of it.
    pub(super) plot: Plot,
}

/// How a tweet comes into the calendar.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// Planned for a time, in the client's zone.
    Plan(&'static str),
    /// Planned for the next free slot.
    NextFree,
    /// Written at once, as a thread of so many posts, for a time.
    Thread(u8, &'static str),
}

/// What people make of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plot {
    /// They approve it.
    Approve,
    /// They turn it down.
    Reject(&'static str),
    /// They write it themselves, then approve it.
    Edit(&'static str),
    /// They have it written again, then approve it.
    Regenerate(&'static str),
    /// They take it out of the calendar once it is written.
    Cancel,
}

/// What a story needs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Its tweet is to be planned.
    Plan,
    /// Somebody has to act on its card.
    Act(Act),
    /// Clara is at work on it.
    Clara,
    /// Nothing happens before a time.
    Time(Timestamp),
    /// It has come to the end that it should come to.
    Done,
    /// It has come somewhere else.
    Astray,
}

/// What a person does about a tweet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Approve,
    Reject(&'static str),
    Edit(&'static str),
    Regenerate(&'static str),
    Cancel,
}

impl Story {
    /// Its tweet in its client's calendar, once it is planned.
    pub(super) fn tweet<'a>(&self, client: &'a Client) -> Option<&'a Tweet> {
        let tweets = client.tweets.values().map(AsRef::as_ref);
        tweets
            .into_iter()
            .find(|tweet: &&Tweet| tweet.brief == self.brief)
    }

    /// What is to be done next, from where its tweet stands.
    pub(super) fn next(&self, client: &Client, now: Timestamp) -> Next {
        let Some(tweet) = self.tweet(client) else {
            return Next::Plan;
        };
        match &tweet.state {
            TweetState::Planned if tweet.write_at > now => Next::Time(tweet.write_at),
            // A text that is generated is being looked at.
            TweetState::Planned | TweetState::Generated => Next::Clara,
            TweetState::Validated if shown(tweet).is_none() => Next::Clara,
            TweetState::Validated => Next::Act(self.act_on(tweet)),
            TweetState::Approved if client.release_at(tweet) > now => {
                Next::Time(client.release_at(tweet))
            }
            TweetState::Approved | TweetState::Posting { .. } => Next::Clara,
            TweetState::Uncertain(uncertain) => uncertain
                .next_look
                .filter(|look| *look > now)
                .map_or(Next::Clara, Next::Time),
            ended if self.is_the_end(ended) => {
                if tweet.card_is_due() {
                    Next::Clara
                } else {
                    Next::Done
                }
            }
            TweetState::Overdue { .. }
            | TweetState::Posted { .. }
            | TweetState::Rejected { .. }
            | TweetState::Cancelled { .. }
            | TweetState::Missed { .. }
            | TweetState::Failed { .. }
            | TweetState::Deleting { .. }
            | TweetState::Deleted { .. } => Next::Astray,
        }
    }

    fn act_on(&self, tweet: &Tweet) -> Act {
        let is_first = tweet.revision().0 == 1;
        match self.plot {
            Plot::Reject(reason) => Act::Reject(reason),
            Plot::Cancel => Act::Cancel,
            Plot::Edit(text) if !is_by_a_person(tweet) => Act::Edit(text),
            Plot::Regenerate(feedback) if is_first => Act::Regenerate(feedback),
            Plot::Approve | Plot::Edit(_) | Plot::Regenerate(_) => Act::Approve,
        }
    }

    fn is_the_end(&self, state: &TweetState) -> bool {
        match self.plot {
            Plot::Reject(_) => matches!(state, TweetState::Rejected { .. }),
            Plot::Cancel => matches!(state, TweetState::Cancelled { .. }),
            Plot::Approve | Plot::Edit(_) | Plot::Regenerate(_) => {
                matches!(state, TweetState::Posted { .. })
            }
        }
    }

    /// Whether it is to end on the client's timeline.
    pub(super) fn is_to_be_posted(&self) -> bool {
        match self.plot {
            Plot::Approve | Plot::Edit(_) | Plot::Regenerate(_) => true,
            Plot::Reject(_) | Plot::Cancel => false,
        }
    }
}

/// The message with a tweet's card, if it shows the tweet as it stands.
pub(super) fn shown(tweet: &Tweet) -> Option<&MessageId> {
    let card = tweet.card.as_ref()?;
    (!tweet.card_is_due()).then_some(&card.message)
}

fn is_by_a_person(tweet: &Tweet) -> bool {
    tweet
        .current()
        .is_some_and(|revision| matches!(revision.author, Author::Person { .. }))
}

/// The texts of a content, in order.
pub(super) fn texts(content: &Content) -> Vec<&str> {
    content
        .segments
        .iter()
        .map(|segment| segment.text.as_str())
        .collect()
}
