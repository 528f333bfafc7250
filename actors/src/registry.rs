//! Who is running: each client's mailbox, its latest state and its condition, for everybody who asks.
//!
//! Written by the supervision and by the client actors; read without asking either of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix::Recipient;
use clara_domain::Client;
use clara_domain::ids::{ClientId, TweetId};
use tokio::sync::mpsc;

use crate::client_actor::Ask;
use crate::handle::Refusal;

/// How a client fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is reading its journal.
    Starting,
    /// It works.
    Running,
    /// It failed and is about to be started again.
    Restarting {
        /// What happened.
        reason: String,
    },
    /// It failed too often and is left alone until the next start of the process.
    Quarantined {
        /// What happened last.
        reason: String,
    },
    /// It has been stopped.
    Stopped,
}

/// A client and how it fares.
#[derive(Debug, Clone)]
pub struct ClientStatus {
    /// Its id.
    pub id: ClientId,
    /// How it fares.
    pub condition: Condition,
    /// Its latest state; none when it could not be read.
    pub client: Option<Arc<Client>>,
}

struct Entry {
    condition: Condition,
    /// One sender for everybody: each clone of a recipient may put one message beyond the mailbox's bound.
    mailbox: Option<Arc<Recipient<Ask>>>,
    client: Option<Arc<Client>>,
}

/// The register of clients. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Registry {
    entries: Arc<Mutex<BTreeMap<ClientId, Entry>>>,
    listeners: Arc<Mutex<Vec<mpsc::Sender<ClientId>>>>,
}

impl Registry {
    // A thread that panicked while it held the lock left a whole map behind: every change is one assignment.
    fn entries(&self) -> MutexGuard<'_, BTreeMap<ClientId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_condition(&self, id: &ClientId, condition: Condition) {
        let mut entries = self.entries();
        let entry = entries.entry(id.clone()).or_insert_with(|| Entry {
            condition: Condition::Starting,
            mailbox: None,
            client: None,
        });
        if condition != Condition::Running {
            entry.mailbox = None;
        }
        entry.condition = condition;
    }

    pub(crate) fn running(&self, id: &ClientId, mailbox: Recipient<Ask>) {
        self.set_condition(id, Condition::Running);
        if let Some(entry) = self.entries().get_mut(id) {
            entry.mailbox = Some(Arc::new(mailbox));
        }
    }

    pub(crate) fn publish(&self, client: &Arc<Client>) {
        if let Some(entry) = self.entries().get_mut(&client.id) {
            entry.client = Some(client.clone());
        }
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| {
            !matches!(
                listener.try_send(client.id.clone()),
                Err(mpsc::error::TrySendError::Closed(_))
            )
        });
    }

    pub(crate) fn remove(&self, id: &ClientId) {
        self.entries().remove(id);
    }

    pub(crate) fn subscribe(&self) -> mpsc::Receiver<ClientId> {
        let (sender, receiver) = mpsc::channel(1024);
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.push(sender);
        receiver
    }

    pub(crate) fn mailbox(&self, id: &ClientId) -> Result<Arc<Recipient<Ask>>, Refusal> {
        let entries = self.entries();
        let entry = entries
            .get(id)
            .ok_or_else(|| Refusal::NoSuchClient(id.clone()))?;
        entry.mailbox.clone().ok_or_else(|| Refusal::Unavailable {
            client: id.clone(),
            reason: reason_of(&entry.condition),
        })
    }

    pub(crate) fn view(&self, id: &ClientId) -> Result<Arc<Client>, Refusal> {
        let entries = self.entries();
        let entry = entries
            .get(id)
            .ok_or_else(|| Refusal::NoSuchClient(id.clone()))?;
        entry.client.clone().ok_or_else(|| Refusal::Unavailable {
            client: id.clone(),
            reason: reason_of(&entry.condition),
        })
    }

    pub(crate) fn statuses(&self) -> Vec<ClientStatus> {
        let entries = self.entries();
        // A client that is being added has no settings yet; it is nobody's business until it does.
        let is_set_up = |entry: &Entry| {
            entry
                .client
                .as_ref()
                .is_none_or(|client| client.settings.is_some())
        };
        let statuses = entries
            .iter()
            .filter(|(_, entry)| is_set_up(entry))
            .map(|(id, entry)| ClientStatus {
                id: id.clone(),
                condition: entry.condition.clone(),
                client: entry.client.clone(),
            });
        statuses.collect()
    }

    pub(crate) fn find_tweet(&self, text: &str) -> Vec<(Arc<Client>, TweetId)> {
        let wanted = text.trim().to_lowercase();
        let exact = wanted.parse::<TweetId>().ok();
        let matches = |id: &TweetId| exact == Some(*id) || id.short() == wanted;
        let entries = self.entries();
        let clients = entries.values().filter_map(|entry| entry.client.as_ref());
        clients
            .flat_map(|client| {
                let found = client.tweets.keys().filter(|id| matches(id));
                found.map(|id| (client.clone(), *id))
            })
            .collect()
    }
}

fn reason_of(condition: &Condition) -> String {
    match condition {
        Condition::Starting | Condition::Running => "it is starting".to_owned(),
        Condition::Restarting { reason } => format!("it is being restarted after: {reason}"),
        Condition::Quarantined { reason } => format!("it failed too often: {reason}"),
        Condition::Stopped => "it has been stopped".to_owned(),
    }
}
