//! What is owed to the outside: recomputed from the state, so that a crash needs no list of its own.
//!
//! The one thing that is never owed is the second half of a send: a request whose intent is on disk leaves once, from
//! the hands that recorded the intent, or its outcome is unknown.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::client::{Client, Notice, later};
use crate::ids::{AttemptNo, ClientId, PostId, RevisionNo, TweetId};
use crate::settings::ClientSettings;
use crate::tweet::{Tweet, TweetState};
use crate::validate::Rule;
use crate::voice::Voice;

/// How many of the client's latest texts the model is shown.
const MOST_SAID: usize = 8;

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Have a text written as [`generation`] says; answer with [`crate::Command::RecordDrafts`].
    Generate {
        /// Which tweet's.
        tweet: TweetId,
    },
    /// Ask services about a text as [`check`] says; answer with [`crate::Command::RecordChecks`].
    Check {
        /// Which tweet's.
        tweet: TweetId,
    },
    /// Get a permit, then [`crate::Command::BeginPublish`], then send what that allowed.
    Publish {
        /// Which tweet's next segment.
        tweet: TweetId,
    },
    /// Read the timeline for what [`look`] names; answer with [`crate::Command::RecordLook`].
    Reconcile {
        /// Which tweet's segment in doubt.
        tweet: TweetId,
    },
    /// Take a post down; answer with [`crate::Command::RecordDeletion`].
    Delete {
        /// Which tweet's.
        tweet: TweetId,
        /// X's id for it.
        post: PostId,
    },
    /// Bring a card up to date; answer with [`crate::Command::RecordCard`].
    ShowCard {
        /// Whose.
        tweet: TweetId,
        /// The change that it has to show at least.
        change: u64,
    },
    /// Tell people; answer with [`crate::Command::RecordNotices`].
    Notify {
        /// What, oldest first; never empty.
        notices: Vec<Notice>,
    },
}

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest {
    /// For which client.
    pub client: ClientId,
    /// For which tweet.
    pub tweet: TweetId,
    /// Which round: goes back with the answer.
    pub round: u32,
    /// The client's name.
    pub client_name: String,
    /// Its voice.
    pub voice: Voice,
    /// The version of the prompt that the client wants; none for what holds for everybody.
    pub prompt: Option<String>,
    /// What the tweet is to say.
    pub brief: String,
    /// Segments of each candidate.
    pub segments: u8,
    /// Candidates wanted.
    pub candidates: u8,
    /// Words that must not appear.
    pub blocked_words: Vec<String>,
    /// As many words as a text must have; a number below 2 asks for nothing.
    pub min_words: u8,
    /// What the client has said lately or is about to say: two equal tweets are a defect.
    pub said: Vec<String>,
    /// What to heed, oldest first.
    pub feedback: Vec<String>,
    /// What earlier texts of the client were turned down for, newest first.
    pub lessons: Vec<String>,
    /// The text that the feedback is about.
    pub previous: Option<Vec<String>>,
}

/// What to ask about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRequest {
    /// Whose text.
    pub tweet: TweetId,
    /// Which revision: goes back with the answer.
    pub revision: RevisionNo,
    /// The client's name.
    pub client_name: String,
    /// Its voice.
    pub voice: Voice,
    /// The version of the prompt that the client wants; none for what holds for everybody.
    pub prompt: Option<String>,
    /// The segments.
    pub texts: Vec<String>,
    /// Whether the moderation service is asked.
    pub moderation: bool,
    /// Whether a model is asked if it sounds like the client.
    pub brand_voice: bool,
}

/// What to look for on a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRequest {
    /// Which tweet's segment.
    pub tweet: TweetId,
    /// Which attempt: goes back with the answer.
    pub attempt: AttemptNo,
    /// The text that may be there.
    pub text: String,
    /// Since when.
    pub since: Timestamp,
    /// Posts that are known to come from other requests.
    pub known: BTreeSet<PostId>,
}

/// Names an effect while it is under way, so that it is started once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKey {
    /// Writing a tweet.
    Generate(TweetId),
    /// Having a tweet's text checked.
    Check(TweetId),
    /// Sending a tweet.
    Publish(TweetId),
    /// Looking for a tweet.
    Reconcile(TweetId),
    /// Taking a tweet down.
    Delete(TweetId),
    /// Showing a tweet.
    ShowCard(TweetId),
    /// Telling people.
    Notify,
}

impl Effect {
    /// Its name while it is under way.
    pub fn key(&self) -> EffectKey {
        match self {
            Self::Generate { tweet } => EffectKey::Generate(*tweet),
            Self::Check { tweet } => EffectKey::Check(*tweet),
            Self::Publish { tweet } => EffectKey::Publish(*tweet),
            Self::Reconcile { tweet } => EffectKey::Reconcile(*tweet),
            Self::Delete { tweet, .. } => EffectKey::Delete(*tweet),
            Self::ShowCard { tweet, .. } => EffectKey::ShowCard(*tweet),
            Self::Notify { .. } => EffectKey::Notify,
        }
    }
}

/// All that is owed to the outside now: what people are told first, then tweets in the order of their planning.
pub fn effects(client: &Client, now: Timestamp) -> Vec<Effect> {
    if client.settings.is_none() {
        return Vec::new();
    }
    let mut owed = Vec::new();
    if !client.notices.is_empty() {
        owed.push(Effect::Notify {
            notices: client.notices.iter().cloned().collect(),
        });
    }
    for tweet in client.tweets.values() {
        owed.extend(work_on(client, tweet, now));
        if tweet.card_is_due() {
            owed.push(Effect::ShowCard {
                tweet: tweet.id,
                change: tweet.change,
            });
        }
    }
    owed
}

fn work_on(client: &Client, tweet: &Tweet, now: Timestamp) -> Option<Effect> {
    if next_step(client, tweet)? > now {
        return None;
    }
    match &tweet.state {
        TweetState::Planned => Some(Effect::Generate { tweet: tweet.id }),
        TweetState::Generated => Some(Effect::Check { tweet: tweet.id }),
        TweetState::Approved | TweetState::Posting { .. } => {
            Some(Effect::Publish { tweet: tweet.id })
        }
        TweetState::Uncertain(_) => Some(Effect::Reconcile { tweet: tweet.id }),
        // The newest first: what is left of a thread can be read from its beginning.
        TweetState::Deleting { .. } => tweet.live().next_back().map(|post| Effect::Delete {
            tweet: tweet.id,
            post: post.id.clone(),
        }),
        TweetState::Validated
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleted { .. } => None,
    }
}

/// When a tweet's next step outside is due, whether that is past or to come; none when it waits for people.
fn next_step(client: &Client, tweet: &Tweet) -> Option<Timestamp> {
    match &tweet.state {
        TweetState::Planned => Some(client.writes_at(tweet)),
        TweetState::Generated => {
            let is_checked = tweet.current().is_some_and(|text| text.checking.is_some());
            is_checked.then(|| tweet.not_before.unwrap_or(Timestamp::MIN))
        }
        TweetState::Approved | TweetState::Posting { sending: false, .. } => {
            client.paused.is_none().then(|| client.release_at(tweet))
        }
        TweetState::Uncertain(uncertain) => uncertain.next_look,
        TweetState::Deleting { .. } => Some(tweet.not_before.unwrap_or(Timestamp::MIN)),
        TweetState::Posting { sending: true, .. }
        | TweetState::Validated
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleted { .. } => None,
    }
}

/// When a tweet lapses unless something happens before; see [`crate::Command::Tick`].
fn lapses_at(client: &Client, tweet: &Tweet) -> Option<Timestamp> {
    let can_lapse = matches!(
        tweet.state,
        TweetState::Planned
            | TweetState::Generated
            | TweetState::Validated
            | TweetState::Approved
            | TweetState::Posting { sending: false, .. }
    );
    // One millisecond beyond the last moment that is still in time.
    let beyond = std::time::Duration::from_millis(1);
    can_lapse.then(|| later(client.in_time_until(tweet), beyond))
}

/// The next moment at which there may be something to do; none when everything waits for people.
pub fn next_wake(client: &Client, now: Timestamp) -> Option<Timestamp> {
    client
        .tweets
        .values()
        .flat_map(|tweet| [next_step(client, tweet), lapses_at(client, tweet)])
        .flatten()
        .filter(|at| *at > now)
        .min()
}

/// What a tweet that is to be written needs written; none when it waits for no text.
pub fn generation(client: &Client, tweet: TweetId) -> Option<GenerationRequest> {
    let settings = client.settings.as_deref()?;
    let tweet = client.tweet(tweet)?;
    (tweet.state == TweetState::Planned).then(|| request(client, settings, tweet))
}

impl GenerationRequest {
    /// What a client that has said nothing yet would have written for a brief.
    pub fn of_brief(
        (client, settings): (&ClientId, &ClientSettings),
        tweet: TweetId,
        (brief, segments): (&str, u8),
    ) -> Self {
        Self {
            client: client.clone(),
            tweet,
            round: 0,
            client_name: settings.name.clone(),
            voice: settings.voice.clone(),
            prompt: settings.generation.prompt.clone(),
            brief: brief.to_owned(),
            segments,
            candidates: settings.generation.candidates.get(),
            blocked_words: settings.rules.blocked_words.to_vec(),
            min_words: settings.rules.min_words,
            said: Vec::new(),
            feedback: Vec::new(),
            lessons: Vec::new(),
            previous: None,
        }
    }
}

fn request(client: &Client, settings: &ClientSettings, tweet: &Tweet) -> GenerationRequest {
    let brief = (tweet.brief.as_str(), tweet.segments);
    GenerationRequest {
        round: tweet.round,
        said: said_lately(client, tweet.id),
        lessons: client.lessons.heeded(),
        feedback: tweet
            .feedback
            .iter()
            .map(|said| said.text.clone())
            .collect(),
        previous: tweet.current().map(|revision| {
            let segments = revision.content.segments.iter();
            segments.map(|segment| segment.text.clone()).collect()
        }),
        ..GenerationRequest::of_brief((&client.id, settings), tweet.id, brief)
    }
}

/// The first words of the client's latest other tweets, newest first.
fn said_lately(client: &Client, except: TweetId) -> Vec<String> {
    let others = client
        .tweets
        .values()
        .rev()
        .filter(|tweet| tweet.id != except);
    let texts = others.filter_map(|tweet| tweet.current()?.content.segments.first());
    texts
        .take(MOST_SAID)
        .map(|segment| segment.text.clone())
        .collect()
}

/// What services are asked about a tweet's text; none when it waits for no answer of theirs.
pub fn check(client: &Client, tweet: TweetId) -> Option<CheckRequest> {
    let settings = client.settings.as_deref()?;
    let tweet = client.tweet(tweet)?;
    let current = tweet.current()?;
    let checking = current.checking.as_ref()?;
    let segments = current.content.segments.iter();
    (tweet.state == TweetState::Generated).then(|| CheckRequest {
        tweet: tweet.id,
        revision: current.no,
        client_name: settings.name.clone(),
        voice: settings.voice.clone(),
        prompt: settings.generation.prompt.clone(),
        texts: segments.map(|segment| segment.text.clone()).collect(),
        moderation: checking.rules.contains(&Rule::Moderation),
        brand_voice: checking.rules.contains(&Rule::BrandVoice),
    })
}

/// What to look for on the timeline of a tweet in doubt; none when it is not, or a person has been asked.
pub fn look(client: &Client, tweet: TweetId) -> Option<LookRequest> {
    let tweet = client.tweet(tweet)?;
    let uncertain = tweet.state.uncertain()?;
    uncertain.next_look?;
    let segment = tweet.next_segment().0 as usize;
    let text = tweet.current()?.content.segments.get(segment)?.text.clone();
    let posts = client.tweets.values().flat_map(|tweet| &tweet.posts);
    Some(LookRequest {
        tweet: tweet.id,
        attempt: uncertain.attempt,
        text,
        since: tweet.doubt_since.unwrap_or(uncertain.since),
        known: posts.map(|post| post.id.clone()).collect(),
    })
}
