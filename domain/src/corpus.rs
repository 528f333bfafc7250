//! What all clients say: for finding texts that are the same, or nearly so, across them. X forbids such texts on several
//! accounts, whoever they belong to.
//!
//! It is made from the clients' states and holds nothing of its own, so it is built anew whenever Clara starts.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::Client;
use crate::content::ContentHash;
use crate::ids::{ClientId, TweetId};
use crate::similar::{self, Index, Ready};
use crate::tweet::{Tweet, TweetState};
use crate::validate::{Earlier, Said, TextKey, Whose, text_key};

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    clients: Vec<ClientId>,
    numbers: BTreeMap<ClientId, u32>,
    entries: BTreeMap<Source, Entry>,
    /// Who says a text, by its key. One flat set: nearly every text has one who does.
    same: BTreeSet<(TextKey, Source)>,
    near: Index<Source>,
}

/// A tweet of a client, the client by its number here.
type Source = (u32, TweetId);

const NO_TWEET: TweetId = TweetId(uuid::Uuid::nil());
const LAST_TWEET: TweetId = TweetId(uuid::Uuid::max());

#[derive(Debug, Clone)]
struct Entry {
    hash: ContentHash,
    keys: Vec<TextKey>,
    stands: bool,
}

/// What a tweet says, made ready to be taken in: that is most of the work, and needs no corpus.
#[derive(Debug, Clone)]
pub struct Text {
    tweet: TweetId,
    entry: Entry,
    ready: Vec<Ready>,
}

impl Text {
    /// Of everything that a client says.
    pub fn all_of(client: &Client) -> Vec<Self> {
        client
            .tweets
            .values()
            .filter_map(|tweet| Self::of(tweet))
            .collect()
    }

    /// Of a tweet; none where it says nothing, or its text was turned down.
    fn of(tweet: &Tweet) -> Option<Self> {
        let revision = tweet.current().filter(|_| is_said(tweet))?;
        let texts = || revision.content.segments.iter().map(|one| &*one.text);
        Some(Self {
            tweet: tweet.id,
            entry: Entry {
                hash: revision.hash,
                keys: texts().map(text_key).collect(),
                stands: stands(tweet),
            },
            ready: texts().filter_map(Ready::of).collect(),
        })
    }
}

impl Corpus {
    /// How many tweets it has texts of.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes in everything that a client says.
    pub fn note_all(&mut self, client: &Client) {
        self.take(&client.id, Text::all_of(client));
    }

    /// Takes in all texts of a client, which were made ready; what it had of the client beside them is forgotten.
    pub fn take(&mut self, client: &ClientId, texts: Vec<Text>) {
        let number = self.number(client);
        let known = self
            .entries
            .range((number, NO_TWEET)..=(number, LAST_TWEET));
        let known = known.map(|(source, _)| *source);
        let known: Vec<Source> = known.collect();
        known.iter().for_each(|source| self.forget(source));
        for text in texts {
            self.put((number, text.tweet), text);
        }
    }

    /// Brings what it has of a tweet up to date.
    pub fn note(&mut self, client: &ClientId, tweet: &Tweet) {
        let source = (self.number(client), tweet.id);
        let said = tweet.current().filter(|_| is_said(tweet));
        match self.entries.get_mut(&source) {
            Some(known) if said.is_some_and(|said| said.hash == known.hash) => {
                known.stands = stands(tweet);
            }
            Some(_) | None => {
                self.forget(&source);
                if let Some(text) = Text::of(tweet) {
                    self.put(source, text);
                }
            }
        }
    }

    /// A tweet's approval is decided: for others who decide now it counts, whether it is on disk yet or not.
    pub fn stand(&mut self, client: &ClientId, tweet: TweetId) {
        let number = self.numbers.get(client);
        let entry = number.and_then(|number| self.entries.get_mut(&(*number, tweet)));
        if let Some(entry) = entry {
            entry.stands = true;
        }
    }

    fn put(&mut self, source: Source, text: Text) {
        self.forget(&source);
        for key in &text.entry.keys {
            self.same.insert((*key, source));
        }
        for ready in text.ready {
            self.near.add(source, ready);
        }
        self.entries.insert(source, text.entry);
    }

    fn forget(&mut self, source: &Source) {
        let Some(entry) = self.entries.remove(source) else {
            return;
        };
        for key in entry.keys {
            self.same.remove(&(key, *source));
        }
        self.near.remove(source);
    }

    fn number(&mut self, client: &ClientId) -> u32 {
        if let Some(number) = self.numbers.get(client) {
            return *number;
        }
        let number = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        self.clients.push(client.clone());
        self.numbers.insert(client.clone(), number);
        number
    }

    /// What was said beside a tweet.
    pub(crate) fn beside<'a>(&'a self, client: &'a Client, tweet: TweetId) -> Beside<'a> {
        Beside {
            corpus: self,
            client,
            own: self.numbers.get(&client.id).copied(),
            tweet,
            standing_only: false,
        }
    }

    fn name(&self, number: u32) -> &str {
        let client = self.clients.get(number as usize);
        client.map_or("another client", ClientId::as_str)
    }
}

/// What was said beside one tweet.
pub(crate) struct Beside<'a> {
    corpus: &'a Corpus,
    client: &'a Client,
    /// The client's number; none while nothing of it was taken in.
    own: Option<u32>,
    tweet: TweetId,
    standing_only: bool,
}

impl Beside<'_> {
    /// Of others' texts only those that are approved or live: drafts of two clients must not keep each other waiting.
    pub(crate) fn standing(self) -> Self {
        Self {
            standing_only: true,
            ..self
        }
    }

    fn of(&self, source: &Source, likeness: f64) -> Option<Said> {
        let (number, tweet) = *source;
        if Some(number) == self.own {
            let what = self.client.tweet(tweet).map(|tweet| {
                let state = tweet.state.name();
                format!("the tweet {} that is {state}", tweet.id.short())
            })?;
            let whose = Whose::Own;
            return Some(Said {
                whose,
                likeness,
                what,
            });
        }
        let entry = self.corpus.entries.get(source)?;
        (entry.stands || !self.standing_only).then(|| Said {
            whose: Whose::Others,
            likeness,
            what: format!("a tweet of {}", self.corpus.name(number)),
        })
    }
}

impl Earlier for Beside<'_> {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let own = self.client.earlier_use(key, self.tweet);
        let own = own.map(|what| Said {
            whose: Whose::Own,
            likeness: 1.0,
            what,
        });
        let all = (*key, (0, NO_TWEET))..=(*key, (u32::MAX, LAST_TWEET));
        let sources = self.corpus.same.range(all).map(|(_, source)| source);
        let others = sources.filter(|(number, _)| Some(*number) != self.own);
        own.into_iter()
            .chain(others.filter_map(|source| self.of(source, 1.0)))
            .collect()
    }

    fn near(&self, text: &str) -> Vec<Said> {
        let itself = |source: &Source| (Some(source.0), source.1) == (self.own, self.tweet);
        let near = self.corpus.near.near(text, similar::NEARLY, itself);
        near.iter()
            .filter_map(|near| self.of(near.key, near.likeness))
            .collect()
    }
}

/// Whether a tweet's text is live, or is to be.
fn is_said(tweet: &Tweet) -> bool {
    tweet.live().next().is_some() || tweet.is_to_be_posted()
}

/// Whether it is live, or approved to be.
fn stands(tweet: &Tweet) -> bool {
    tweet.live().next().is_some()
        || match &tweet.state {
            TweetState::Approved
            | TweetState::Posting { .. }
            | TweetState::Uncertain(_)
            | TweetState::Overdue { .. }
            | TweetState::Posted { .. } => true,
            TweetState::Planned
            | TweetState::Generated
            | TweetState::Validated
            | TweetState::Rejected { .. }
            | TweetState::Cancelled { .. }
            | TweetState::Missed { .. }
            | TweetState::Failed { .. }
            | TweetState::Deleting { .. }
            | TweetState::Deleted { .. } => false,
        }
}
