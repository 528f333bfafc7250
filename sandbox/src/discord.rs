//! Discord, pretended: one guild with its people and channels, a REST API and a gateway that a real client library talks to.
//! Here is the handle; what the bot may do is in `rest` and `gateway`, what people do in `people`, what can be seen in `watch`.
//! Every step is taken under one lock and written to the world's log before its answer leaves.

mod answering;
mod directory;
mod draft;
mod error;
mod gateway;
mod ids;
mod interaction;
mod limits;
mod mentions;
mod message;
mod people;
mod person_error;
mod posting;
mod raising;
mod rest;
mod state;
mod uploads;
mod validate;
mod view;
mod watch;

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::watch::Receiver;

use self::directory::Directory;
pub use self::ids::{AttachmentId, ChannelId, CommandId, InteractionId, MessageId, RoleId, UserId};
pub use self::limits::{DiscordLimits, Rate};
use self::message::Render;
pub use self::people::PersonFile;
pub use self::person_error::PersonError;
use self::state::State;
pub use self::view::{
    Acknowledgement, AttachmentView, ButtonView, InteractionKind, InteractionView, MessageView,
    OlderVersion,
};
use crate::{Entry, FaultKind, Shared};

/// The name that fault rules use for this service.
const SERVICE: &str = "discord";

/// The Discord simulator; a cheap handle, all clones are the same guild.
#[derive(Clone)]
pub struct Discord(Arc<Inner>);

struct Inner {
    shared: Shared,
    directory: Directory,
    announced: Mutex<Option<String>>,
    state: Mutex<State>,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").finish_non_exhaustive()
    }
}

impl Discord {
    /// The world's guild, with the messages and commands that the log remembers.
    #[must_use]
    pub fn new(shared: Shared, replay: &[Entry]) -> Self {
        let directory = Directory::new(shared.world.clone());
        let state = Mutex::new(State::replayed(replay));
        Self(Arc::new(Inner {
            shared,
            directory,
            announced: Mutex::default(),
            state,
        }))
    }

    /// `/api/v10/…`, the websocket at `/gateway`, and the bytes of attachments.
    pub fn router(&self) -> Router {
        rest::router(self.clone())
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> DiscordLimits {
        self.lock().limits
    }

    /// Puts other limits in force, from the next request or connection on.
    pub fn set_limits(&self, limits: DiscordLimits) {
        self.lock().limits = limits;
    }

    /// Shuts the bot out of a channel (50001 Missing Access), or lets it in again.
    ///
    /// # Errors
    /// No such channel.
    pub fn set_access(&self, channel: &str, allowed: bool) -> Result<(), PersonError> {
        let id = ChannelId(self.directory().channel(channel)?.id);
        let mut state = self.lock();
        if allowed {
            state.closed.remove(&id);
        } else {
            state.closed.insert(id);
        }
        Ok(())
    }

    /// Tells clients another address of the gateway from now on, such as `wss://…` of a TLS front before this server.
    pub fn announce_gateway(&self, url: &str) {
        let mut announced = self
            .0
            .announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *announced = Some(url.to_owned());
    }

    /// Ends every gateway connection without a word; the sessions can be resumed.
    pub fn drop_gateway(&self) {
        self.lock().gateway.drop_connections();
    }

    /// Asks every gateway connection to come back (op 7).
    pub fn ask_to_reconnect(&self) {
        self.lock().gateway.ask_to_reconnect();
    }

    /// Declares every gateway session invalid (op 9): events that were kept for a RESUME are lost.
    pub fn invalidate_sessions(&self) {
        self.lock().gateway.invalidate();
        self.touch();
    }
}

/// What the parts of the simulator share.
impl Discord {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> &Shared {
        &self.0.shared
    }

    fn directory(&self) -> &Directory {
        &self.0.directory
    }

    fn render(&self) -> Render<'_> {
        Render {
            directory: self.directory(),
            base_url: &self.shared().base_url,
        }
    }

    fn now(&self) -> Timestamp {
        self.shared().clock.now()
    }

    fn gateway_url(&self) -> String {
        let announced = self.0.announced.lock();
        if let Some(url) = announced.unwrap_or_else(PoisonError::into_inner).as_ref() {
            return url.clone();
        }
        let authority = self.shared().base_url.trim_start_matches("http://");
        format!("ws://{authority}/gateway")
    }

    /// With or without the `Bot ` that some clients put before it.
    fn is_bot_token(&self, given: &str) -> bool {
        let token = given.strip_prefix("Bot ").unwrap_or(given);
        token == self.directory().guild().bot_token
    }

    fn take_fault(&self, operation: &str, subject: &str) -> Option<FaultKind> {
        self.shared().faults.take(SERVICE, operation, subject)
    }

    fn gateway_fault(&self, kind: &FaultKind) -> bool {
        self.shared().faults.take_kind(SERVICE, "gateway", "", kind)
    }

    /// Wakes whoever waits for a change that is not written to the log.
    fn touch(&self) {
        self.shared().touch();
    }

    fn subscribe(&self) -> Receiver<u64> {
        self.shared().store.changes().subscribe()
    }
}

/// Hex digits that nobody can guess, for tokens, session ids and signed URLs.
fn unguessable(purpose: &str) -> String {
    let seeds = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(purpose));
    let digest = Sha256::digest(format!("{purpose}{seeds:?}"));
    digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
}
