//! Looking at the guild from outside: messages, interactions, the connection, and waiting for them to change.
//! Waits end when what they wait for is there, or at their limit of real time; the world's time does not move them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Discord;
use super::ids::{InteractionId, MessageId};
use super::interaction::Interaction;
use super::message::Message;
use super::state::State;
use super::view::{InteractionView, MessageView};

impl Discord {
    /// The messages that everybody in a channel sees, oldest first; none for an unknown channel.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<MessageView> {
        let Ok(channel) = self.directory().channel(channel) else {
            return Vec::new();
        };
        self.views(|message| message.channel.0 == channel.id && message.ephemeral_for.is_none())
    }

    /// The messages that only one person sees, oldest first.
    #[must_use]
    pub fn ephemeral(&self, user: &str) -> Vec<MessageView> {
        let Ok(person) = self.directory().person(user) else {
            return Vec::new();
        };
        self.views(|message| {
            message
                .ephemeral_for
                .is_some_and(|only| only.0 == person.id)
        })
    }

    /// One message, public or ephemeral, as it looks now.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<MessageView> {
        let state = self.lock();
        let message = state.messages.get(&id);
        message.map(|message| self.render().view(message))
    }

    /// Hears of every message that is sent or edited from now on, by its id, until the receiver is dropped.
    #[must_use]
    pub fn follow(&self) -> UnboundedReceiver<MessageId> {
        let (sender, receiver) = unbounded_channel();
        self.lock().followers.push(sender);
        receiver
    }

    fn views(&self, wanted: impl Fn(&Message) -> bool) -> Vec<MessageView> {
        let state = self.lock();
        let found = state.messages.values().filter(|message| wanted(message));
        found.map(|message| self.render().view(message)).collect()
    }

    /// An interaction as it looks now.
    #[must_use]
    pub fn interaction(&self, id: InteractionId) -> Option<InteractionView> {
        let state = self.lock();
        let interaction = state.interactions.get(&id)?;
        Some(self.interaction_view(&state, interaction))
    }

    /// Every interaction since the start, oldest first.
    #[must_use]
    pub fn interactions(&self) -> Vec<InteractionView> {
        let state = self.lock();
        let all = state.interactions.values();
        all.map(|interaction| self.interaction_view(&state, interaction))
            .collect()
    }

    fn interaction_view(&self, state: &State, interaction: &Interaction) -> InteractionView {
        let (directory, now) = (self.directory(), Instant::now());
        let show = |id: &MessageId| state.messages.get(id).map(|m| self.render().view(m));
        InteractionView {
            id: interaction.id,
            user: directory.user_name(interaction.user),
            channel: directory.channel_name(interaction.channel),
            kind: interaction.kind,
            what: interaction.what.clone(),
            delivered: interaction.delivered,
            acknowledged_after_ms: interaction.acknowledged.map(|(_, after)| millis(after)),
            acknowledgement: interaction.acknowledged.map(|(how, _)| how),
            modal: interaction.modal.clone(),
            choices: interaction.choices.clone(),
            response: interaction.original.as_ref().and_then(show),
            followups: interaction.followups.iter().filter_map(show).collect(),
            failed: interaction.failure(now).map(str::to_owned),
            done: interaction.is_done(now),
        }
    }

    /// Waits until nothing more is owed to the person (see [`InteractionView::done`]), at most `limit`; then how it looks.
    pub async fn wait_interaction(
        &self,
        id: InteractionId,
        limit: Duration,
    ) -> Option<InteractionView> {
        let deadline = self.lock().interactions.get(&id)?.deadline();
        let end = Instant::now() + limit;
        let is_over = |discord: &Self| discord.interaction(id).filter(|view| view.done);
        if let Some(deadline) = deadline.filter(|deadline| *deadline < end) {
            // Nothing happens in the world when the three seconds are over, so look then.
            let left = deadline.saturating_duration_since(Instant::now());
            if let Some(view) = self.wait_for(left, is_over).await {
                return Some(view);
            }
        }
        let left = end.saturating_duration_since(Instant::now());
        match self.wait_for(left, is_over).await {
            Some(view) => Some(view),
            None => self.interaction(id),
        }
    }

    /// Waits for a message of a channel that `wanted` accepts, at most `limit`. The newest one wins.
    pub async fn wait_message(
        &self,
        channel: &str,
        wanted: impl Fn(&MessageView) -> bool,
        limit: Duration,
    ) -> Option<MessageView> {
        self.wait_for(limit, |discord| {
            discord
                .messages(channel)
                .into_iter()
                .rev()
                .find(|message| wanted(message))
        })
        .await
    }

    /// Waits until `look` finds something, at most `limit` of real time. It looks again after every visible change.
    pub async fn wait_for<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&Self) -> Option<T>,
    ) -> Option<T> {
        let deadline = tokio::time::Instant::now() + limit;
        let mut changes = self.subscribe();
        loop {
            // Mark the present version before looking: a change in between wakes us.
            changes.borrow_and_update();
            if let Some(found) = look(self) {
                return Some(found);
            }
            if !matches!(
                tokio::time::timeout_at(deadline, changes.changed()).await,
                Ok(Ok(()))
            ) {
                return look(self);
            }
        }
    }

    /// Whether a gateway session is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.lock().gateway.is_connected()
    }

    /// Waits for a gateway session, at most `limit`; says whether there is one.
    pub async fn wait_connected(&self, limit: Duration) -> bool {
        let connected = |discord: &Self| discord.is_connected().then_some(());
        self.wait_for(limit, connected).await.is_some()
    }

    /// How long each acknowledged interaction took, in the order they were raised, by a monotonic clock.
    #[must_use]
    pub fn acknowledgements(&self) -> Vec<Duration> {
        let state = self.lock();
        let all = state.interactions.values();
        all.filter_map(|interaction| Some(interaction.acknowledged?.1))
            .collect()
    }

    /// The registered commands, as the bot reads them back.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        self.lock().commands.clone()
    }

    /// `channels` (with their public messages), `ephemeral`, `interactions`, `commands`, `connected`.
    #[must_use]
    pub fn state(&self) -> Value {
        let channels = self.directory().guild().channels.iter();
        let channels: Vec<_> = channels
            .map(|channel| json!({"id": channel.id.to_string(), "name": channel.name, "messages": self.messages(&channel.name)}))
            .collect();
        json!({
            "channels": channels,
            "ephemeral": self.views(|message| message.ephemeral_for.is_some()),
            "interactions": self.interactions(),
            "commands": self.commands(),
            "connected": self.is_connected(),
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
