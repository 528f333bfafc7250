//! Watches the run from outside: every record that is stored, every request and post at X, every answer and alert.
//!
//! What it knows it has from these and from what it was told about the people; it asks nothing of the code that it
//! judges but how records are read and folded. Every complaint is a promise broken.

mod answers;
mod ending;
mod events;
mod requests;
mod tale;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clara_actors::EngineHandle;
use clara_actors::alerts::{Alert, Matter};
use clara_actors::handle::Condition;
use clara_actors::ports::journal::{Record, StreamId};
use clara_domain::Client;
use clara_domain::ids::{ClientId, Handle, PersonId, PostId, TweetId};
use clara_domain::settings::{ClientSettings, WhenDown};
use jiff::Timestamp;

use super::scenario::Scenario;
use super::x::LivePost;
use tale::Tale;

/// See the module.
pub(crate) struct Auditor {
    books: BTreeMap<ClientId, Book>,
    live: BTreeMap<PostId, LivePost>,
    clock_error: std::time::Duration,
    troubled: Option<ClientId>,
    /// Since when everything is held, by somebody's word that was acknowledged.
    halted: Option<Timestamp>,
}

/// What is known of one client.
pub(crate) struct Book {
    settings: ClientSettings,
    /// Whether texts are looked at by a moderation service, and what holds while it is away.
    moderation: Option<WhenDown>,
    /// The stored records, folded.
    fold: Arc<Client>,
    earlier: Option<(Arc<Client>, u64)>,
    is_paused: bool,
    /// Since when nothing of its own and nothing that holds all keeps it: a start, a resume, a release.
    free_since: Option<Timestamp>,
    tales: BTreeMap<TweetId, Tale>,
    /// Every text that somebody wrote.
    texts: BTreeSet<String>,
    /// How often each text went live.
    posted: BTreeMap<String, u32>,
    /// Events by name, tweet and person; and how many commands that ask for one were answered with success.
    events: BTreeMap<Deed, u32>,
    accepted: BTreeMap<Deed, u32>,
    told: Vec<(Option<TweetId>, String)>,
    /// X said that the window is used up: when, and until when.
    used_up: Option<(Timestamp, Timestamp)>,
}

/// Something that somebody did.
type Deed = (&'static str, Option<TweetId>, Option<PersonId>);

impl Auditor {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let book = |settings: &ClientSettings, id: &ClientId| Book {
            settings: settings.clone(),
            moderation: scenario.moderation,
            fold: Arc::new(Client::new(id.clone())),
            earlier: None,
            is_paused: false,
            free_since: None,
            tales: BTreeMap::new(),
            texts: BTreeSet::new(),
            posted: BTreeMap::new(),
            events: BTreeMap::new(),
            accepted: BTreeMap::new(),
            told: Vec::new(),
            used_up: None,
        };
        let clients = scenario.clients.iter();
        Self {
            books: clients
                .map(|client| (client.id.clone(), book(&client.settings, &client.id)))
                .collect(),
            live: BTreeMap::new(),
            clock_error: scenario.weather.clock_error,
            troubled: scenario.troubled.clone(),
            halted: None,
        }
    }

    /// Records are on disk.
    pub(crate) fn stored(
        &mut self,
        stream: &StreamId,
        records: &[Record],
        truth: Timestamp,
    ) -> Result<(), String> {
        let StreamId::Client(id) = stream else {
            // A halt may end by itself.
            if records
                .iter()
                .any(|record| record.record.body["type"] == "released")
            {
                self.released(truth)?;
            }
            return Ok(());
        };
        let Some(book) = self.books.get_mut(id) else {
            return Err(format!("there is no client {id}"));
        };
        let troubled = self.troubled.as_ref();
        let is_measured = troubled.is_some_and(|troubled| troubled != id);
        for record in records {
            let is_start = record.record.body["event"]["type"] == "publish_started";
            if let Some(halted) = self
                .halted
                .filter(|_| is_start && self.clock_error.is_zero())
                && record.record.at > halted
            {
                return Err(format!(
                    "{id}: a request is about to leave while everything is held"
                ));
            }
            book.stored(record, &self.live, truth, self.clock_error, is_measured)
                .map_err(|complaint| format!("{id}: {complaint}"))?;
        }
        Ok(())
    }

    /// A new process knows of X's hints only what the last one has kept.
    pub(crate) fn new_life(&mut self, truth: Timestamp) {
        for book in self.books.values_mut() {
            book.used_up = None;
            book.free_since = Some(truth);
        }
    }

    /// X told the engine that a client's window is used up.
    pub(crate) fn used_up(
        &mut self,
        client: &ClientId,
        now: Timestamp,
        reset: Timestamp,
    ) -> Result<(), String> {
        if let Some(book) = self.books.get_mut(client) {
            book.used_up = Some((now, reset));
        }
        Ok(())
    }

    /// Somebody was told that everything is held.
    pub(crate) fn halted(&mut self, now: Timestamp) -> Result<(), String> {
        self.halted = Some(now);
        Ok(())
    }

    /// Somebody is about to let everything go.
    pub(crate) fn released(&mut self, truth: Timestamp) -> Result<(), String> {
        self.halted = None;
        for book in self.books.values_mut() {
            book.free_since = Some(truth);
        }
        Ok(())
    }

    /// People were told something.
    pub(crate) fn told(&mut self, alert: &Alert) -> Result<(), String> {
        let Some(book) = alert.client.as_ref().and_then(|id| self.books.get_mut(id)) else {
            return Ok(());
        };
        let told = match &alert.matter {
            Matter::Notice { notice, .. } => (notice.tweet, format!("{:?}", notice.kind)),
            other => (None, format!("{other:?}")),
        };
        book.told.push(told);
        Ok(())
    }

    /// What the engine shows of each client that runs must be what its records say.
    pub(crate) fn compare(&self, engine: &EngineHandle) -> Result<(), String> {
        for status in engine.clients() {
            let (Some(view), Condition::Running) = (&status.client, &status.condition) else {
                continue;
            };
            let Some(book) = self.books.get(&status.id) else {
                continue;
            };
            if **view != *book.fold {
                return Err(format!(
                    "{}: what it shows is not what its records say\nshown:   {view:?}\nrecords: {:?}",
                    status.id, book.fold
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn handle(&self, client: &ClientId) -> Handle {
        self.books[client].settings.handle.clone()
    }

    /// A client as its records said some time ago, and at which record that was.
    pub(crate) fn earlier(&self, client: &ClientId) -> Option<(Arc<Client>, u64)> {
        self.books[client].earlier.clone()
    }

    pub(crate) fn client_named_in(&self, text: &str) -> Option<ClientId> {
        let named = self.books.keys().find(|id| text.contains(id.as_str()));
        named.cloned()
    }
}

/// Who may approve: said here once more, in other words than the settings'.
fn may_approve(person: &PersonId) -> bool {
    ["71", "72", "73", "74"].contains(&person.as_str())
}

fn may_overrule(person: &PersonId) -> bool {
    person.as_str() == "71"
}
