//! What a run has come to, as data: every tweet's life from the journal, and what the outside world saw.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use clara_actors::handle::ClientStatus;
use clara_actors::ports::Journal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_actors::record::decode;
use clara_domain::ids::{ClientId, TweetId};
use clara_domain::metering::ledger_of;
use clara_domain::{Client, Tweet, evolve};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::bills::{self, Accounts};
use super::story::Story;
use crate::sandbox::RunningSandbox;

/// The report. Its JSON form is what `--report FILE` writes.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    /// Every tweet of every client, in the order of their planning.
    pub(super) tweets: Vec<TweetFacts>,
    /// By handle: `id`, `text`, `created_at` of every post, as its author wrote it.
    timelines: Value,
    /// Every message that a channel shows.
    discord: Value,
    /// By client: what its ledger says, and what the services have billed.
    pub(super) costs: Accounts,
}

/// One tweet.
#[derive(Debug, Serialize)]
pub(super) struct TweetFacts {
    pub(super) id: TweetId,
    pub(super) client: ClientId,
    pub(super) kind: &'static str,
    pub(super) brief: String,
    pub(super) states: Vec<Step>,
    pub(super) approved_hash: Option<String>,
    pub(super) approved_by: Vec<String>,
    pub(super) posts: Vec<PostFacts>,
}

/// A state and since when.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) state: String,
    pub(super) at: Timestamp,
}

/// A post that a tweet led to.
#[derive(Debug, Serialize)]
pub(super) struct PostFacts {
    pub(super) id: String,
    pub(super) text: String,
}

impl Facts {
    pub(super) fn tweet(&self, story: &Story) -> Option<&TweetFacts> {
        let mut tweets = self.tweets.iter();
        tweets.find(|tweet| tweet.client == story.client && tweet.brief == story.brief)
    }

    pub(super) fn handles(&self) -> Vec<String> {
        let timelines = self.timelines.as_object();
        timelines.map_or_else(Vec::new, |timelines| timelines.keys().cloned().collect())
    }

    /// Id and text of every post of an account.
    pub(super) fn timeline(&self, handle: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let posts = self.timelines[handle].as_array();
        posts.map_or_else(Vec::new, |posts| {
            posts
                .iter()
                .map(|post| (text(&post["id"]), text(&post["text"])))
                .collect()
        })
    }
}

/// How long calls that are under way at the end may take.
const LAST_CALLS: Duration = Duration::from_secs(20);
/// How long to wait for a sign of change before looking again anyway.
const GLANCE: Duration = Duration::from_millis(100);

/// Reads everything that happened.
pub(super) async fn collect(running: &RunningSandbox) -> anyhow::Result<Facts> {
    calls_ended(running).await;
    let mut tweets = Vec::new();
    let mut ledgers = BTreeMap::new();
    for stream in running.journal.streams().await? {
        if let StreamId::Client(id) = stream {
            let (client, lives) = lives(running.journal.as_ref(), id).await?;
            tweets.extend(lives);
            ledgers.insert(client.id.clone(), ledger_of(&client));
        }
    }
    let mut world = running.sandbox.report();
    Ok(Facts {
        costs: bills::collect(&running.sandbox, &running.config, &ledgers),
        tweets,
        timelines: world["timelines"].take(),
        discord: world["discord"].take(),
    })
}

/// Waits until no call is under way: a tweet may be posted before what its call took is recorded.
async fn calls_ended(running: &RunningSandbox) {
    let mut changes = running.engine.changes();
    let is_open = |status: &ClientStatus| {
        let client = status.client.as_ref();
        client.is_some_and(|client| !client.ledger.open.is_empty())
    };
    let deadline = tokio::time::Instant::now() + LAST_CALLS;
    while running.engine.clients().iter().any(is_open) && tokio::time::Instant::now() < deadline {
        // A change that is missed is seen at the next look.
        let _ = tokio::time::timeout(GLANCE, changes.recv()).await;
    }
}

/// A client and the lives of its tweets, lived through once more.
async fn lives(journal: &dyn Journal, id: ClientId) -> anyhow::Result<(Client, Vec<TweetFacts>)> {
    let mut client = Client::new(id.clone());
    let mut steps: BTreeMap<TweetId, Vec<Step>> = BTreeMap::new();
    for record in journal.read(&StreamId::Client(id), Version(0)).await? {
        let event = decode(&record)?;
        let at = record.record.at;
        client = evolve(client, &event, at).context("the journal contradicts itself")?;
        for tweet in client.tweets.values() {
            let steps = steps.entry(tweet.id).or_default();
            let state = tweet.state.name();
            if steps.last().is_none_or(|last| last.state != state) {
                steps.push(Step {
                    state: state.to_owned(),
                    at,
                });
            }
        }
    }
    let tweets = client.tweets.values();
    let lives = tweets
        .map(|tweet| facts(&client, tweet, steps.remove(&tweet.id).unwrap_or_default()))
        .collect();
    Ok((client, lives))
}

fn facts(client: &Client, tweet: &Tweet, states: Vec<Step>) -> TweetFacts {
    let segments = tweet.current().map(|revision| &revision.content.segments);
    let segments = segments.into_iter().flatten();
    let posts = tweet
        .posts
        .iter()
        .zip(segments)
        .map(|(post, segment)| PostFacts {
            id: post.id.to_string(),
            text: segment.text.clone(),
        });
    TweetFacts {
        id: tweet.id,
        client: client.id.clone(),
        kind: if tweet.segments > 1 {
            "thread"
        } else {
            "single"
        },
        brief: tweet.brief.clone(),
        states,
        approved_hash: tweet.approved.map(|hash| hash.to_string()),
        approved_by: tweet
            .approvals
            .iter()
            .map(|given| given.by.name.clone())
            .collect(),
        posts: posts.collect(),
    }
}
