//! What a soak has seen from outside: what was asked and answered at the desk, what the cards show, what is live.
//!
//! Nothing here comes from the engine but its ledgers, which are beside the bills. It is data, so that a doctored one can be judged as well.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Accounts;
use super::memory::Life;
use super::pauses::Pause;
use super::town::Clients;

/// Lines of a tweet's history that are kept; the first and the last ones tell most.
const HISTORY: usize = 80;

/// Everything that the judgement rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The clients, as they were made.
    pub clients: Clients,
    /// Who may approve.
    pub approvers: BTreeSet<String>,
    /// Every tweet that somebody was promised or that has a card, by its short id.
    pub tweets: BTreeMap<String, TweetFacts>,
    /// What is live, by account.
    pub timelines: BTreeMap<String, Vec<LivePost>>,
    /// When nothing may have been posted, because somebody was told so.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// How many posts X has billed, and how many were ever made, by account.
    pub bills: BTreeMap<String, Bill>,
    /// What each client's ledger says, and what the services have billed.
    #[serde(default)]
    pub accounts: Accounts,
    /// Times at which the engine ended without being told to, and how.
    pub ended_by_itself: Vec<String>,
    /// The longest life of its process, and the memory that it held.
    #[serde(default)]
    pub longest_life: Life,
    /// The world's time at the end, in epoch seconds.
    pub ended_at: i64,
}

/// One tweet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TweetFacts {
    /// Whose.
    pub client: String,
    /// Whether a command's answer said that it is planned.
    pub promised: bool,
    /// What its card says last; none where it has no card.
    pub shown: Option<Shown>,
    /// Every text that its card has shown.
    pub texts: BTreeMap<u32, Written>,
    /// Clicks on Approve.
    pub approvals: Vec<Approval>,
    /// The first end that its card has shown.
    #[serde(default)]
    pub ended: Option<String>,
    /// Whose approval the card has shown, by revision.
    pub approved: BTreeMap<u32, BTreeSet<String>>,
    /// What people had done to it and were told is done, or were told nothing about.
    pub decisions: Vec<Decision>,
    /// What was done for people who may not have it done.
    pub obeyed: Vec<String>,
    /// All of it in the order in which it happened, for people.
    pub history: Vec<String>,
}

/// A card, as far as the judgement needs it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The state that its title names.
    pub state: String,
    /// The revision that it shows.
    pub revision: u32,
    /// The posts that it says are live.
    pub live: Vec<String>,
    /// When it is to be posted, in epoch seconds.
    pub slot: Option<i64>,
    /// What people can do.
    pub actions: BTreeSet<String>,
    /// Whose approvals it shows.
    pub approvals: BTreeSet<String>,
}

/// A text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// Its posts.
    pub segments: Vec<String>,
    /// The person who wrote it, if it was a person.
    pub author: Option<String>,
}

/// A click on Approve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Whose.
    pub by: String,
    /// What the card showed.
    pub revision: u32,
    /// Whether the click was turned down.
    pub refused: bool,
}

/// Something that a person had done to a tweet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub what: What,
    /// Whether the answer said that it is done; otherwise it may be.
    pub certain: bool,
}

/// Decisions that have to be seen again at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was turned down.
    Rejected,
    /// It was taken out of the calendar, or dropped.
    Cancelled,
    /// What was live of it was to be taken down.
    Deleted,
    /// A person's text became this revision.
    Edited(u32),
    /// This revision was to be written again.
    Regenerated(u32),
    /// This revision was let through the check.
    Overridden(u32),
    /// Somebody has said that it is live as this post.
    Live(u64),
    /// It was given this time, in epoch seconds.
    Moved(i64),
    /// It was given another time, and no answer says which.
    MovedSomewhere,
}

/// A post that is up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LivePost {
    /// X's id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// When X took it, in epoch seconds of the world.
    #[serde(default)]
    pub at: i64,
}

/// What an account owes for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Posts that were billed.
    pub billed: u64,
    /// Posts that were made, what was taken down included.
    pub made: u64,
}

impl TweetFacts {
    /// Adds a line to its history.
    pub(super) fn note(&mut self, line: String) {
        if self.history.len() >= HISTORY {
            self.history.remove(HISTORY / 2);
        }
        self.history.push(line);
    }
}
