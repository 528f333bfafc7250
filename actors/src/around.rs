//! What every client's decisions have to know of the others: one corpus that all clients write to and read from.
//!
//! A decision reads it as it is at that moment. Two texts that are written at the very same moment do not see each other
//! then. Their approvals do, and so does a refused text that is tried again: both count from when they are decided, before
//! they are on disk.
//!
//! Reading all that a client has ever said takes a while, and most decisions do not look at it. So a client that starts is
//! only owed to the corpus. A thread pays when no more clients start, and a decision that looks around pays what is left
//! before it does.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};
use std::time::Duration;

use clara_domain::corpus::Text;
use clara_domain::event::TweetEvent;
use clara_domain::ids::ClientId;
use clara_domain::settings::WhenDown;
use clara_domain::{Around, Client, Command, Event};
use tracing::warn;

/// No client has started for so long: the cores are free for the corpus.
const QUIET: Duration = Duration::from_millis(200);

/// See the module. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    around: RwLock<Around>,
    /// Clients as they are now whose texts are not in the corpus yet.
    owed: Mutex<BTreeMap<ClientId, Arc<Client>>>,
    /// Whoever pays; nobody does where time is not real.
    payer: Option<Sender<()>>,
}

impl Surroundings {
    /// Of an engine whose moderation service, if it has one, is treated so when it is down.
    pub(crate) fn new(moderation: Option<WhenDown>, has_threads: bool) -> Self {
        let around = Around {
            moderation,
            ..Around::default()
        };
        let (payer, calls) = channel();
        let inner = Arc::new(Inner {
            around: RwLock::new(around),
            owed: Mutex::default(),
            payer: has_threads.then_some(payer),
        });
        if has_threads {
            let weak = Arc::downgrade(&inner);
            let thread = std::thread::Builder::new().name("corpus".to_owned());
            if let Err(error) = thread.spawn(move || pay(&weak, &calls)) {
                warn!(%error, "what clients said is read when it is first needed");
            }
        }
        Self(inner)
    }

    /// As they are now, for whoever does not look at what others say.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Around> {
        let around = self.0.around.read();
        around.unwrap_or_else(PoisonError::into_inner)
    }

    /// What a client's command comes to, with all that it looks at. Of an approval, or a wish to try again, that then could
    /// not be stored [`Self::note`] takes back what others see of it.
    pub(crate) fn decide<E>(
        &self,
        client: &ClientId,
        command: &Command,
        decide: impl FnOnce(&Around) -> Result<Vec<Event>, E>,
    ) -> Result<Vec<Event>, E> {
        if command.looks_around() {
            self.0.settle();
        }
        if !matches!(command, Command::Approve { .. } | Command::Retry { .. }) {
            return decide(&self.read());
        }
        let mut around = self.0.write();
        let events = decide(&around)?;
        for (tweet, event) in events.iter().filter_map(Event::of_tweet) {
            if matches!(
                event,
                TweetEvent::Approved { .. } | TweetEvent::RetryAsked { .. }
            ) {
                around.corpus.stand(client, tweet);
            }
        }
        Ok(events)
    }

    /// A client has started: what it says belongs into the corpus.
    pub(crate) fn owe(&self, client: &Arc<Client>) {
        self.0.owed().insert(client.id.clone(), client.clone());
        if let Some(payer) = &self.0.payer {
            // Where the thread could not be started nobody hears it, and the first who looks around pays.
            let _ = payer.send(());
        }
    }

    /// Takes in what events have changed, or would have.
    pub(crate) fn note(&self, client: &Arc<Client>, events: &[Event]) {
        if let Some(owed) = self.0.owed().get_mut(&client.id) {
            *owed = client.clone();
            return;
        }
        let tweets = events.iter().filter_map(Event::of_tweet);
        let mut around = self.0.write();
        for tweet in tweets.filter_map(|(id, _)| client.tweet(id)) {
            around.corpus.note(&client.id, tweet);
        }
    }
}

impl Inner {
    /// Takes in all that is owed, a client at a time. Most of that is done while nobody else has to wait.
    fn settle(&self) {
        while let Some(client) = self.first_owed() {
            let texts = Text::all_of(&client);
            let mut owed = self.owed();
            let is_same = |now: &Arc<Client>| Arc::ptr_eq(now, &client);
            // It may have changed meanwhile, or somebody else may have taken it in.
            if owed.get(&client.id).is_some_and(is_same) {
                self.write().corpus.take(&client.id, texts);
                owed.remove(&client.id);
            }
        }
    }

    fn first_owed(&self) -> Option<Arc<Client>> {
        let owed = self.owed();
        owed.first_key_value().map(|(_, client)| client.clone())
    }

    fn owed(&self) -> MutexGuard<'_, BTreeMap<ClientId, Arc<Client>>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Around> {
        self.around.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pays whenever clients have started and no more do, for as long as there is an engine.
fn pay(inner: &Weak<Inner>, calls: &Receiver<()>) {
    while calls.recv().is_ok() {
        while calls.recv_timeout(QUIET).is_ok() {}
        let Some(inner) = inner.upgrade() else {
            return;
        };
        inner.settle();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn client(id: &str) -> Arc<Client> {
        Arc::new(Client::new(id.parse().unwrap()))
    }

    #[test]
    fn what_is_owed_is_paid_before_anybody_looks_around_and_not_for_others() {
        let around = Surroundings::new(None, false);
        around.owe(&client("harbour"));
        around.owe(&client("fjord"));
        let nothing = |_: &Around| Ok::<_, ()>(Vec::new());
        let asked = |command| around.decide(&client("harbour").id, &command, nothing);
        asked(Command::Tick).unwrap();
        assert_eq!(around.0.owed().len(), 2);
        let drafts = Command::Choose {
            tweet: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            revision: clara_domain::ids::RevisionNo(1),
            place: 1,
        };
        asked(drafts).unwrap();
        assert_eq!(around.0.owed().len(), 0);
    }

    #[test]
    fn a_client_that_changes_while_it_is_owed_is_taken_in_as_it_is_then() {
        let around = Surroundings::new(None, false);
        let (before, after) = (client("harbour"), client("harbour"));
        around.owe(&before);
        around.note(&after, &[]);
        assert!(Arc::ptr_eq(&around.0.first_owed().unwrap(), &after));
    }

    #[test]
    fn a_thread_pays_where_there_are_threads_and_ends_with_the_engine() {
        let around = Surroundings::new(None, true);
        around.owe(&client("harbour"));
        let weak = Arc::downgrade(&around.0);
        while !around.0.owed().is_empty() {
            std::thread::yield_now();
        }
        drop(around);
        while weak.upgrade().is_some() {
            std::thread::yield_now();
        }
    }
}
