//! The aggregate: one client of the agency with its settings and its tweets.
//!
//! Reading only: questions that decisions and desks ask of the state. It is changed by [`crate::evolve`] alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, PostId, TweetId};
use crate::knowledge::Knowledge;
use crate::lessons::Lessons;
use crate::metering::Ledger;
use crate::person::PersonRef;
use crate::sendings::Sendings;
use crate::settings::ClientSettings;
use crate::tweet::{Tweet, TweetState};
use crate::validate::{TextKey, text_key};

/// Tries in a row that may bring nothing before people are told.
pub const TROUBLES_BEFORE_NOTICE: u32 = 3;

/// A client as its events have made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its settings; none until it was added.
    pub settings: Option<Arc<ClientSettings>>,
    /// Set while nothing of it is sent.
    pub paused: Option<Pause>,
    /// Its tweets, in the order of their planning.
    pub tweets: BTreeMap<TweetId, Arc<Tweet>>,
    /// The texts that it has posted, for finding repetitions.
    pub posted: Arc<BTreeMap<TextKey, PostedText>>,
    /// When a segment that is live, or may be, last left; what is on its way is not in it yet.
    pub last_sent: Option<Timestamp>,
    /// When its requests to post left, whatever became of them; unknown of what left before it was remembered.
    #[serde(default)]
    pub sendings: Sendings,
    /// When a model was asked for texts.
    #[serde(default)]
    pub generations: Sendings,
    /// What its people turned texts down for.
    #[serde(default)]
    pub lessons: Arc<Lessons>,
    /// What it has told us.
    #[serde(default)]
    pub knowledge: Arc<Knowledge>,
    /// What it has used of the services that are paid for.
    #[serde(default)]
    pub ledger: Arc<Ledger>,
    /// What people are to be told and have not been yet.
    pub notices: VecDeque<Notice>,
    /// The number of the last notice.
    pub last_notice: u64,
}

/// Why and since when a client is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who paused it; none when Clara did.
    pub by: Option<PersonRef>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// Where and when a text was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedText {
    /// By which tweet.
    pub tweet: TweetId,
    /// When.
    pub at: Timestamp,
}

/// Something that people are to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its number within the client, from 1.
    pub no: u64,
    /// When it came up.
    pub at: Timestamp,
    /// The tweet that it is about.
    pub tweet: Option<TweetId>,
    /// What it says.
    pub kind: NoticeKind,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// A tweet's time passed without approval.
    Missed,
    /// A tweet was approved and could not go out in time.
    Overdue,
    /// The model has brought nothing for several tries.
    WritingTrouble {
        /// What went wrong last.
        reason: String,
    },
    /// As many texts were written in 24 hours as may be; briefs wait.
    GenerationsUsedUp {
        /// How many that is.
        per_day: u16,
        /// When the next one may be written.
        until: Timestamp,
    },
    /// A service that has to look at a text has not answered for several tries.
    CheckTrouble {
        /// What went wrong last.
        reason: String,
    },
    /// The model had its rounds and no text passed.
    NoValidText,
    /// X refused a post for good.
    Refused {
        /// In X's words.
        reason: String,
    },
    /// Only a person can tell whether a post is live.
    PersonAsked {
        /// Why.
        reason: String,
    },
    /// X has not taken a post down for several tries.
    DeletionTrouble {
        /// What went wrong last.
        reason: String,
    },
    /// X refused to take a post down.
    NotDeleted {
        /// In X's words.
        reason: String,
    },
    /// Who may approve, or how many must, has changed: approvals that were given before count no more.
    ApprovalsVoid {
        /// How many tweets had some and are not approved yet.
        tweets: u32,
    },
    /// Clara paused the client.
    Paused {
        /// Why.
        reason: String,
    },
}

impl Client {
    /// A client of which nothing is known but its id.
    pub fn new(id: ClientId) -> Self {
        Self {
            id,
            settings: None,
            paused: None,
            tweets: BTreeMap::new(),
            posted: Arc::default(),
            last_sent: None,
            sendings: Sendings::default(),
            generations: Sendings::default(),
            lessons: Arc::default(),
            ledger: Arc::default(),
            knowledge: Arc::default(),
            notices: VecDeque::new(),
            last_notice: 0,
        }
    }

    /// A tweet of this client.
    pub fn tweet(&self, id: TweetId) -> Option<&Tweet> {
        self.tweets.get(&id).map(Arc::as_ref)
    }

    /// The times that are taken in its calendar, but for those of one tweet; what was just sent takes its time, too.
    pub fn taken_slots(&self, except: Option<TweetId>) -> BTreeSet<Timestamp> {
        self.tweets
            .values()
            .filter(|tweet| Some(tweet.id) != except && tweet.state.holds_slot())
            .map(|tweet| tweet.slot)
            .chain(self.last_sent())
            .collect()
    }

    /// Where else this client says, or is about to say, the same; named as a writer would want to hear it.
    pub fn earlier_use(&self, key: &TextKey, except: TweetId) -> Option<String> {
        if let Some(posted) = self.posted.get(key).filter(|posted| posted.tweet != except) {
            let day = posted.at.strftime("%Y-%m-%d");
            return Some(format!(
                "the tweet {} posted on {day}",
                posted.tweet.short()
            ));
        }
        self.tweets
            .values()
            .filter(|tweet| tweet.id != except && tweet.is_to_be_posted())
            .find(|tweet| tweet.says(key))
            .map(|tweet| {
                format!(
                    "the tweet {} that is {}",
                    tweet.id.short(),
                    tweet.state.name()
                )
            })
    }

    /// The first moment at which a tweet that is planned may be written.
    pub fn writes_at(&self, tweet: &Tweet) -> Timestamp {
        let most = |settings: &Arc<ClientSettings>| u32::from(settings.generation.per_day.get());
        let room = self.settings.as_ref().map(most);
        let room = room.map_or(Timestamp::MIN, |most| self.generations.room_at(most));
        let not_before = tweet.not_before.unwrap_or(Timestamp::MIN);
        not_before.max(tweet.write_at).max(room)
    }

    /// How long a tweet may be late and still go out by itself.
    pub fn grace(&self) -> Duration {
        self.settings
            .as_ref()
            .map_or(Duration::ZERO, |settings| settings.schedule.grace)
    }

    /// Whether a tweet is too late to go out, or to be approved, without a question.
    pub fn is_late(&self, tweet: &Tweet, now: Timestamp) -> bool {
        now > self.in_time_until(tweet)
    }

    /// The last moment at which it goes out without a question. A thread that has begun is in time for as long after its
    /// last live segment.
    pub(crate) fn in_time_until(&self, tweet: &Tweet) -> Timestamp {
        let begun = tweet.posts.last().map(|post| post.at);
        later(begun.unwrap_or(tweet.slot).max(tweet.slot), self.grace())
    }

    /// Whether a post is known to be a segment of one of its tweets.
    pub fn has_post(&self, post: &PostId) -> bool {
        self.tweets
            .values()
            .flat_map(|tweet| &tweet.posts)
            .any(|known| known.id == *post)
    }

    /// When a segment that is live, or may be, last left. A request that came to nothing keeps no other tweet, and
    /// not its own one, from being sent.
    pub fn last_sent(&self) -> Option<Timestamp> {
        let may_be_live = self
            .tweets
            .values()
            .filter(|tweet| tweet.state.is_in_doubt());
        may_be_live
            .filter_map(|tweet| tweet.sent_at)
            .chain(self.last_sent)
            .max()
    }

    /// The first moment at which a tweet's next segment may leave.
    ///
    /// The first segment keeps the client's gap to what was sent before, unless a person said "now"; so a backlog
    /// drips out instead of flooding the account. An attempt in vain, its own or another tweet's, keeps nobody waiting:
    /// see [`Client::last_sent`].
    pub fn release_at(&self, tweet: &Tweet) -> Timestamp {
        let mut at = tweet.slot;
        if let Some(not_before) = tweet.not_before {
            at = at.max(not_before);
        }
        if let (Some(last), Some(settings)) = (self.last_sent(), &self.settings)
            && tweet.posts.is_empty()
            && !tweet.urgent
        {
            at = at.max(later(last, settings.schedule.min_gap));
        }
        at
    }
}

impl Tweet {
    pub(crate) fn is_to_be_posted(&self) -> bool {
        let waits_for_a_text = matches!(
            self.state,
            TweetState::Planned
                | TweetState::Missed {
                    unwritten: true,
                    ..
                }
        );
        !self.state.is_terminal() && !waits_for_a_text
    }

    fn says(&self, key: &TextKey) -> bool {
        self.current().is_some_and(|revision| {
            revision
                .content
                .segments
                .iter()
                .any(|segment| text_key(&segment.text) == *key)
        })
    }
}

/// A time later by a duration; the end of time where it would be beyond.
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
