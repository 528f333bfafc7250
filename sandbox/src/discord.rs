//! Discord, pretended: the shape of its API, before the simulator itself arrives.

mod ids;
mod person_error;
mod view;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};

pub use self::ids::{
    AttachmentId, ChannelId, CommandId, InteractionId, MessageId, RoleId, UserId,
};
pub use self::person_error::PersonError;
pub use self::view::{
    Acknowledgement, AttachmentView, ButtonView, InteractionKind, InteractionView, MessageView,
    OlderVersion,
};
use crate::{Entry, Shared};

/// The Discord simulator.
#[derive(Clone, Debug)]
pub struct Discord;

impl Discord {
    /// A simulator of the world's guild, with what the log remembers.
    #[must_use]
    pub fn new(_shared: Shared, _replay: &[Entry]) -> Self {
        Self
    }

    /// Its REST and gateway routes.
    pub fn router(&self) -> Router {
        Router::new()
    }

    /// Types a slash command line.
    ///
    /// # Errors
    /// What Discord's interface would refuse.
    pub async fn command(
        &self,
        user: &str,
        _channel: &str,
        _line: &str,
    ) -> Result<InteractionId, PersonError> {
        Err(PersonError::UnknownPerson(user.into()))
    }

    /// Clicks a button.
    ///
    /// # Errors
    /// What Discord's interface would refuse.
    pub async fn click(
        &self,
        user: &str,
        _message: MessageId,
        _custom_id: &str,
    ) -> Result<InteractionId, PersonError> {
        Err(PersonError::UnknownPerson(user.into()))
    }

    /// Sends off the modal that the bot opened as the answer to `interaction`; fields left out keep their text.
    ///
    /// # Errors
    /// What Discord's interface would refuse.
    pub async fn submit_modal(
        &self,
        user: &str,
        _interaction: InteractionId,
        _values: &BTreeMap<String, String>,
    ) -> Result<InteractionId, PersonError> {
        Err(PersonError::UnknownPerson(user.into()))
    }

    /// How an interaction looks now.
    #[must_use]
    pub fn interaction(&self, _id: InteractionId) -> Option<InteractionView> {
        None
    }

    /// Waits until nothing more is owed to the person, at most `limit`; then how it looks.
    pub async fn wait_interaction(
        &self,
        id: InteractionId,
        _limit: Duration,
    ) -> Option<InteractionView> {
        self.interaction(id)
    }

    /// The messages that everybody in a channel sees, oldest first.
    #[must_use]
    pub fn messages(&self, _channel: &str) -> Vec<MessageView> {
        Vec::new()
    }

    /// Whether a gateway session is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        false
    }

    /// `channels`, `ephemeral`, `interactions`, `commands`, `connected`.
    #[must_use]
    pub fn state(&self) -> Value {
        json!({"channels": [], "ephemeral": [], "interactions": [], "commands": [], "connected": false})
    }
}
