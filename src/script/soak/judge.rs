//! The reckoning: what people were told and clicked, against what the timelines and the cards show.
//!
//! It knows the promises and nothing of how they are kept. What it finds names the tweet and tells its history.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::bills;
use super::decisions::undone;
use super::evidence::{Evidence, LivePost, Shown, TweetFacts, What};
use super::pauses;
use super::town::ClientFacts;

/// How long after its time a tweet may still be on its way, in seconds of the world: three looks and some patience.
const ON_ITS_WAY: i64 = 45 * 60;

/// What the reckoning came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// Accepted and gone, or stuck where nobody is asked.
    pub lost: Vec<Finding>,
    /// Live more often than approved, or on another's account.
    pub doubled: Vec<Finding>,
    /// Live without the approvals that its client's rules ask for, or against somebody's word.
    pub unapproved: Vec<Finding>,
    /// Bills that do not fit what is live or what the ledgers say, ends of the engine that nobody asked for, and memory
    /// that does not come to stand still.
    pub otherwise: Vec<Finding>,
}

/// Something that is not as it was promised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The tweet's short id, where one is to blame.
    pub tweet: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What happened to it.
    pub history: Vec<String>,
}

impl Verdict {
    /// Whether everything was kept.
    pub fn is_kept(&self) -> bool {
        self.findings().next().is_none()
    }

    /// Everything that is wrong, with the kind of wrong it is.
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, &Finding)> {
        let lists = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("unapproved", &self.unapproved),
            ("otherwise", &self.otherwise),
        ];
        lists
            .into_iter()
            .flat_map(|(kind, list)| list.iter().map(move |finding| (kind, finding)))
    }
}

/// Judges.
pub fn judge(evidence: &Evidence) -> Verdict {
    let owners = Owners::of(evidence);
    let mut verdict = Verdict::default();
    for (id, tweet) in &evidence.tweets {
        let found = |what| finding(Some(id), Some(tweet), what);
        verdict
            .lost
            .extend(lost(evidence, tweet).into_iter().map(found));
        let against = against_their_word(evidence, tweet).map(found);
        verdict.unapproved.extend(against);
        let obeyed = tweet
            .obeyed
            .iter()
            .map(|what| format!("somebody without the right was obeyed: {what}"));
        verdict.unapproved.extend(obeyed.map(found));
    }
    for (handle, posts) in &evidence.timelines {
        for post in posts {
            if let Some(what) = pauses::broken(evidence, handle, post) {
                let tweet = owners.on(evidence, handle, &post.text).next();
                let (tweet, facts) = tweet.map(|(id, _, facts, _)| (id, facts)).unzip();
                verdict.unapproved.push(finding(tweet, facts, what));
            }
            match owners.judge(evidence, handle, post) {
                Ok(()) => {}
                Err((tweet, what)) => {
                    let facts = tweet.and_then(|id| evidence.tweets.get(id));
                    verdict.unapproved.push(finding(tweet, facts, what));
                }
            }
        }
        verdict
            .doubled
            .extend(doubled(evidence, &owners, handle, posts));
    }
    verdict.otherwise = otherwise(evidence);
    verdict
}

fn finding(tweet: Option<&String>, facts: Option<&TweetFacts>, what: String) -> Finding {
    Finding {
        tweet: tweet.cloned(),
        what,
        history: facts.map(|facts| facts.history.clone()).unwrap_or_default(),
    }
}

/// What was accepted and is not to be seen any more.
fn lost(evidence: &Evidence, tweet: &TweetFacts) -> Vec<String> {
    let Some(shown) = &tweet.shown else {
        // What is cancelled before it is written never gets a card.
        let is_owed = tweet.promised && !tweet.has_decided(What::Cancelled);
        let what = "somebody was told that it is planned, and it has no card";
        return is_owed.then(|| what.to_owned()).into_iter().collect();
    };
    let mut lost = Vec::new();
    let is_due = shown
        .slot
        .is_none_or(|slot| slot + ON_ITS_WAY < evidence.ended_at);
    let is_stuck = !is_over(&shown.state) && !asks(shown);
    if is_stuck && is_due {
        lost.push(format!(
            "it is still {} long after its time, and nobody is asked",
            shown.state
        ));
    }
    if shown.state == "posted" {
        lost.extend(missing_posts(evidence, tweet));
    }
    if shown.state == "validated"
        && let Some(given) = tweet.approved.get(&shown.revision)
    {
        let gone: Vec<_> = given.difference(&shown.approvals).cloned().collect();
        if !gone.is_empty() {
            lost.push(format!(
                "the card has shown approvals that are gone: {}",
                gone.join(", ")
            ));
        }
    }
    lost.extend(undone(tweet));
    lost
}

fn is_over(state: &str) -> bool {
    ["posted", "rejected", "cancelled", "deleted"].contains(&state)
}

/// Whether the card asks a person to decide. Deleting is offered wherever something is live; only where X has refused
/// it does that wait for somebody.
fn asks(shown: &Shown) -> bool {
    let buttons = [
        "approve",
        "now",
        "next",
        "live",
        "again",
        "retry",
        "override",
        "regenerate",
    ];
    buttons.iter().any(|button| shown.actions.contains(*button))
        || (shown.state == "failed" && shown.actions.contains("delete"))
}

fn missing_posts(evidence: &Evidence, tweet: &TweetFacts) -> Vec<String> {
    let Some(shown) = &tweet.shown else {
        return Vec::new();
    };
    let handle = evidence
        .clients
        .get(&tweet.client)
        .map(|client| &client.handle);
    let live = handle.and_then(|handle| evidence.timelines.get(handle));
    let live: &[LivePost] = live.map_or(&[], Vec::as_slice);
    let Some(written) = tweet.texts.get(&shown.revision) else {
        return vec!["its card says that it is posted and has never shown the text".to_owned()];
    };
    let is_live = |text: &String| live.iter().any(|post| post.text == *text);
    let missing = written.segments.iter().filter(|text| !is_live(text));
    let mut missing: Vec<String> = missing
        .map(|text| format!("its card says that it is posted, and this is not live: {text}"))
        .collect();
    let unknown = shown
        .live
        .iter()
        .filter(|id| !live.iter().any(|post| post.id == **id));
    missing.extend(unknown.map(|id| format!("its card links the post {id}, which is not live")));
    missing
}

/// Live although somebody who may was told that it will not be.
fn against_their_word(evidence: &Evidence, tweet: &TweetFacts) -> Option<String> {
    let shown = tweet.shown.as_ref()?;
    if shown.state == "deleted" {
        let handle = &evidence.clients.get(&tweet.client)?.handle;
        let mut live = evidence.timelines.get(handle)?.iter();
        let post = live.find(|post| shown.live.contains(&post.id))?;
        return Some(format!(
            "its card says that it is deleted, and {} is live",
            post.id
        ));
    }
    let turned_down = tweet.decisions.iter().any(|decision| {
        decision.certain && matches!(decision.what, What::Rejected | What::Cancelled)
    });
    (turned_down && shown.state == "posted")
        .then(|| "it is posted after it was turned down".to_owned())
}

/// Which tweets' texts say what.
struct Owners<'e>(BTreeMap<&'e str, Vec<(&'e String, u32)>>);

impl<'e> Owners<'e> {
    fn of(evidence: &'e Evidence) -> Self {
        let mut owners: BTreeMap<&str, Vec<(&String, u32)>> = BTreeMap::new();
        for (id, tweet) in &evidence.tweets {
            for (revision, written) in &tweet.texts {
                for text in &written.segments {
                    owners.entry(text).or_default().push((id, *revision));
                }
            }
        }
        Self(owners)
    }

    /// The tweets and revisions with this text, and their client, where it is this account's.
    fn on<'s>(
        &'s self,
        evidence: &'s Evidence,
        handle: &'s str,
        text: &str,
    ) -> impl Iterator<Item = (&'e String, u32, &'s TweetFacts, &'s ClientFacts)> {
        let found = self.0.get(text).into_iter().flatten();
        found.filter_map(move |(id, revision)| {
            let tweet = evidence.tweets.get(*id)?;
            let client = evidence.clients.get(&tweet.client)?;
            (client.handle == handle).then_some((*id, *revision, tweet, client))
        })
    }

    /// Whether a post is one that the people who may have approved, in this very text, for this account.
    fn judge(
        &self,
        evidence: &Evidence,
        handle: &str,
        post: &LivePost,
    ) -> Result<(), (Option<&'e String>, String)> {
        let mut nearest = None;
        for (id, revision, tweet, client) in self.on(evidence, handle, &post.text) {
            let have = approvals(evidence, tweet, revision, client);
            if have >= client.needed {
                return Ok(());
            }
            let what = format!(
                "@{handle} shows the post {}, which has {have} of {} approvals: {}",
                post.id, client.needed, post.text
            );
            nearest = Some((Some(id), what));
        }
        let elsewhere = self
            .0
            .get(post.text.as_str())
            .and_then(|found| found.first());
        Err(nearest.unwrap_or_else(|| match elsewhere {
            Some((id, _)) => (
                Some(*id),
                format!(
                    "@{handle} shows the post {} of another client: {}",
                    post.id, post.text
                ),
            ),
            None => (
                None,
                format!(
                    "@{handle} shows the post {}, which no card has ever shown: {}",
                    post.id, post.text
                ),
            ),
        }))
    }
}

/// How many different people who may have clicked on Approve for a revision and were not turned down.
fn approvals(
    evidence: &Evidence,
    tweet: &TweetFacts,
    revision: u32,
    client: &ClientFacts,
) -> usize {
    let author = tweet
        .texts
        .get(&revision)
        .and_then(|written| written.author.as_ref());
    let counts = |by: &String| {
        evidence.approvers.contains(by) && (client.author_counts || author != Some(by))
    };
    let clicks = tweet.approvals.iter();
    let given = clicks.filter(|click| click.revision == revision && !click.refused);
    let people: BTreeSet<&String> = given
        .map(|click| &click.by)
        .filter(|by| counts(by))
        .collect();
    people.len()
}

/// Texts that are live more often than there are tweets that say them.
fn doubled(evidence: &Evidence, owners: &Owners, handle: &str, posts: &[LivePost]) -> Vec<Finding> {
    let mut live: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for post in posts {
        live.entry(&post.text).or_default().push(&post.id);
    }
    let mut found = Vec::new();
    for (text, ids) in live {
        let tweets: BTreeSet<&String> = owners
            .on(evidence, handle, text)
            .map(|(id, ..)| id)
            .collect();
        if ids.len() <= tweets.len().max(1) {
            continue;
        }
        let first = tweets.first().copied();
        let facts = first.and_then(|id| evidence.tweets.get(id));
        let what = format!(
            "@{handle} shows it {} times ({}): {text}",
            ids.len(),
            ids.join(", ")
        );
        found.push(finding(first, facts, what));
    }
    found
}

fn otherwise(evidence: &Evidence) -> Vec<Finding> {
    let wrong = evidence
        .bills
        .iter()
        .filter(|(_, bill)| bill.billed != bill.made);
    let bills_of_posts = wrong.map(|(handle, bill)| {
        format!(
            "X has billed @{handle} for {} posts and it made {}",
            bill.billed, bill.made
        )
    });
    let costs = bills::disagreements(&evidence.accounts);
    let ends = evidence.ended_by_itself.iter();
    let ends = ends.map(|how| format!("the engine ended by itself: {how}"));
    bills_of_posts
        .chain(costs)
        .chain(ends)
        .chain(evidence.longest_life.growth())
        .map(|what| finding(None, None, what))
        .collect()
}
