//! What every client's decisions have to know of the others: one corpus that all clients write to and read from.
//!
//! A decision reads it as it is at that moment. Two texts that are decided at the very same moment do not see each other
//! then; the later approval does, because by then both are in it.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use clara_domain::corpus::Text;
use clara_domain::settings::WhenDown;
use clara_domain::{Around, Client, Event};

/// See the module. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings(Arc<RwLock<Around>>);

impl Surroundings {
    /// Of an engine whose moderation service, if it has one, is treated so when it is down.
    pub(crate) fn new(moderation: Option<WhenDown>) -> Self {
        let around = Around {
            moderation,
            ..Around::default()
        };
        Self(Arc::new(RwLock::new(around)))
    }

    /// As they are now.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Around> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in all that a client says. Most of that is done before anybody else has to wait.
    pub(crate) fn note_all(&self, client: &Client) {
        let texts = Text::all_of(client);
        self.write().corpus.take(&client.id, texts);
    }

    /// Takes in what events have changed.
    pub(crate) fn note(&self, client: &Client, events: &[Event]) {
        let tweets = events.iter().filter_map(Event::of_tweet);
        let mut around = self.write();
        for tweet in tweets.filter_map(|(id, _)| client.tweet(id)) {
            around.corpus.note(&client.id, tweet);
        }
    }

    fn write(&self) -> RwLockWriteGuard<'_, Around> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
