//! How the rest of the program asks something of the engine. Cheap to clone; usable from any thread.
//!
//! Addresses of actors stay inside. A full mailbox is an answer ([`Refusal::Busy`]), not a queue that grows.

use std::sync::Arc;

use clara_domain::ids::{ClientId, TweetId};
use clara_domain::person::By;
use clara_domain::settings::ClientSettings;
use clara_domain::{BrakeCommand, Client, Command, Halt, Rejection};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::alerts::{Alert, Matter};
use crate::brake::BrakeView;
use crate::client_actor::Ask;
use crate::engine::{AddClient, Engine, Stop, Tell};
use crate::gateway::health::Board;
use crate::ports::{Clock, Ids};
use crate::registry::Registry;

pub use crate::gateway::health::ServiceHealth;
pub use crate::registry::{ClientStatus, Condition};

/// The engine, as its users see it.
#[derive(Clone)]
pub struct EngineHandle {
    pub(crate) engine: actix::Addr<Engine>,
    pub(crate) registry: Registry,
    pub(crate) board: Board,
    pub(crate) brake: BrakeView,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) fatal: watch::Receiver<Option<String>>,
}

/// Why a request came to nothing. In every case nothing was changed, unless [`Refusal::NotStored`] says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The client's rules do not allow it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such client.
    #[error("no client `{0}`")]
    NoSuchClient(ClientId),
    /// Too many requests are waiting for this client.
    #[error("the client `{0}` is busy")]
    Busy(ClientId),
    /// The client is being restarted, or is quarantined.
    #[error("the client `{client}` is not available: {reason}")]
    Unavailable {
        /// Which client.
        client: ClientId,
        /// Why.
        reason: String,
    },
    /// The journal did not take the decision.
    #[error("the decision could not be stored: {reason}")]
    NotStored {
        /// Why.
        reason: String,
        /// Whether it may be found to have been stored after all, at the next start.
        perhaps: bool,
    },
    /// Clara is shutting down.
    #[error("clara is shutting down")]
    Stopping,
}

impl EngineHandle {
    /// Has a client decide a request. Resolves when the decision is on disk, with the client as it is then.
    pub async fn execute(
        &self,
        client: &ClientId,
        by: By,
        command: Command,
    ) -> Result<Arc<Client>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask::new(by, command, reply);
        self.registry
            .mailbox(client)?
            .try_send(ask)
            .map_err(|error| match error {
                actix::prelude::SendError::Full(_) => Refusal::Busy(client.clone()),
                actix::prelude::SendError::Closed(_) => restarting(client),
            })?;
        // It was taken up, and whoever took it up is gone: what became of it is in the journal, and nowhere else.
        answer.await.unwrap_or_else(|_| {
            Err(Refusal::NotStored {
                reason: "the client failed while deciding it".to_owned(),
                perhaps: true,
            })
        })
    }

    /// A client as it is now. Answers at once, whatever the client is busy with.
    pub fn view(&self, client: &ClientId) -> Result<Arc<Client>, Refusal> {
        self.registry.view(client)
    }

    /// Every client and how it fares, in the order of their ids.
    pub fn clients(&self) -> Vec<ClientStatus> {
        self.registry.statuses()
    }

    /// Every service, and every client whose calls to one do not go through now. Asks nobody.
    pub fn services(&self) -> Vec<ServiceHealth> {
        self.board.read()
    }

    /// The client that has a tweet, by the tweet's id or by the short form of it that people see.
    pub fn find_tweet(&self, text: &str) -> Vec<(Arc<Client>, TweetId)> {
        self.registry.find_tweet(text)
    }

    /// Adds a client.
    pub async fn add(
        &self,
        client: ClientId,
        by: By,
        settings: ClientSettings,
    ) -> Result<Arc<Client>, Refusal> {
        let request = AddClient {
            client,
            by,
            settings,
        };
        self.engine
            .send(request)
            .await
            .unwrap_or(Err(Refusal::Stopping))
    }

    /// Holds everything of every client back, until somebody lets it go.
    pub async fn halt(&self, by: By, reason: String) -> Result<(), Refusal> {
        let until = None;
        self.brake
            .ask(by, BrakeCommand::Halt { reason, until })
            .await
    }

    /// Lets everything go on.
    pub async fn release(&self, by: By) -> Result<(), Refusal> {
        self.brake.ask(by, BrakeCommand::Release).await
    }

    /// Why nothing is sent, while nothing is.
    pub fn halted(&self) -> Option<Halt> {
        self.brake.halt()
    }

    /// Ids for new tweets.
    pub fn new_tweets(&self, count: usize) -> Vec<TweetId> {
        (0..count).map(|_| self.ids.tweet()).collect()
    }

    /// The engine's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Names clients whose state has changed, from now on. Names are dropped when nobody reads them fast enough: it is
    /// a hint to look again, not a record.
    pub fn changes(&self) -> mpsc::Receiver<ClientId> {
        self.registry.subscribe()
    }

    /// Tells people of something that came up outside the engine. It is tried until they are told or the engine stops.
    pub fn tell(&self, client: Option<ClientId>, matter: Matter) {
        self.engine
            .do_send(Tell(Alert::new(client, matter, self.now())));
    }

    /// Resolves when the engine cannot go on, with the reason. The process has to end then.
    pub async fn failed(&self) -> String {
        let mut fatal = self.fatal.clone();
        loop {
            if let Some(reason) = fatal.borrow_and_update().clone() {
                return reason;
            }
            if fatal.changed().await.is_err() {
                return "the engine is gone".to_owned();
            }
        }
    }

    /// Stops: nothing new is begun, what is on its way is waited for, everything is on disk when this resolves.
    pub async fn stop(&self) {
        // An engine that is gone has nothing left to stop.
        let _ = self.engine.send(Stop).await;
    }
}

fn restarting(client: &ClientId) -> Refusal {
    Refusal::Unavailable {
        client: client.clone(),
        reason: "it is being restarted".to_owned(),
    }
}
