//! Everything about the guild that changes, behind one lock: messages, commands, interactions, gateway sessions, buckets.
//! Messages and commands are also written to the world's log and come back from it; interactions and sessions die with the process.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::gateway::Gateway;
use super::ids::{ChannelId, CommandId, InteractionId, MessageId, Snowflakes};
use super::interaction::Interaction;
use super::limits::{Buckets, DiscordLimits};
use super::message::Message;
use super::uploads::Uploads;
use crate::{Entry, Store};

const SERVICE: &str = "discord";

/// What changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ids: Snowflakes,
    pub(super) limits: DiscordLimits,
    pub(super) buckets: Buckets,
    pub(super) messages: BTreeMap<MessageId, Message>,
    /// As given back to the bot, with ids.
    pub(super) commands: Vec<Value>,
    pub(super) interactions: BTreeMap<InteractionId, Interaction>,
    pub(super) gateway: Gateway,
    /// Files that came with commands.
    pub(super) uploads: Uploads,
    /// Channels that the bot was shut out of.
    pub(super) closed: BTreeSet<ChannelId>,
    /// Who hears of every message that is sent or edited.
    pub(super) followers: Vec<UnboundedSender<MessageId>>,
}

impl State {
    /// The state that the log's entries amount to.
    pub(super) fn replayed(entries: &[Entry]) -> Self {
        let mut state = Self::default();
        for entry in entries.iter().filter(|entry| entry.service == SERVICE) {
            if let Err(error) = state.replay(entry) {
                tracing::warn!(%error, kind = entry.kind, "the sandbox's log holds something unreadable; it is left out");
            }
        }
        state
    }

    fn replay(&mut self, entry: &Entry) -> Result<(), serde_json::Error> {
        match entry.kind.as_str() {
            "message" => {
                let message: Message = serde_json::from_value(entry.data.clone())?;
                self.ids.seen(message.id.0);
                for file in &message.attachments {
                    self.ids.seen(file.id.0);
                }
                self.messages.insert(message.id, message);
            }
            "message_deleted" => {
                let id: MessageId = serde_json::from_value(entry.data["id"].clone())?;
                self.messages.remove(&id);
            }
            "commands" => {
                self.commands = serde_json::from_value(entry.data.clone())?;
                for command in &self.commands {
                    let id: CommandId = serde_json::from_value(command["id"].clone())?;
                    self.ids.seen(id.0);
                }
            }
            other => tracing::warn!(
                kind = other,
                "the sandbox's log holds an unknown kind of entry"
            ),
        }
        Ok(())
    }

    /// Puts a message (new or edited) in its place, in the log first.
    pub(super) fn keep(&mut self, store: &Store, mut message: Message) {
        let kept = self.limits.older_versions.min(message.history.len());
        message.history.drain(..message.history.len() - kept);
        log(store, "message", &message);
        self.followers
            .retain(|follower| follower.send(message.id).is_ok());
        self.messages.insert(message.id, message);
    }

    /// Remembers an interaction, and forgets the oldest where there are too many.
    pub(super) fn remember(&mut self, store: &Store, interaction: Interaction) {
        self.interactions.insert(interaction.id, interaction);
        while self.interactions.len() > self.limits.interactions {
            let Some((_, oldest)) = self.interactions.pop_first() else {
                return;
            };
            let own = oldest.original.into_iter().chain(oldest.followups);
            for id in own.collect::<Vec<_>>() {
                let message = self.messages.get(&id);
                if message.is_some_and(|message| message.ephemeral_for.is_some()) {
                    self.forget(store, id);
                }
            }
        }
    }

    /// Takes a message away.
    pub(super) fn forget(&mut self, store: &Store, id: MessageId) -> Option<Message> {
        log(store, "message_deleted", &json!({"id": id}));
        self.messages.remove(&id)
    }

    /// Replaces the registered commands.
    pub(super) fn register(&mut self, store: &Store, commands: Vec<Value>) {
        log(store, "commands", &commands);
        self.commands = commands;
    }
}

fn log(store: &Store, kind: &str, data: &impl serde::Serialize) {
    match serde_json::to_value(data) {
        Ok(data) => store.append(&Entry::new(SERVICE, kind, data)),
        Err(error) => tracing::error!(%error, kind, "the sandbox could not write this down"),
    }
}
