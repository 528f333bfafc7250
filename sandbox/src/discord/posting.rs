//! What the bot does to messages: send, edit, delete, with what the gateway tells about it.
//! Each step is taken under the lock that the caller holds; the log is written before the answer leaves.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Discord;
use super::draft::Draft;
use super::error::{ApiError, FormErrors};
use super::gateway::{Event, GUILD_MESSAGES};
use super::ids::{AttachmentId, ChannelId, MessageId, UserId};
use super::message::{Attachment, EPHEMERAL, Message};
use super::state::State;
use crate::world::Channel;

/// Older messages are edited under a tighter limit.
const OLD: Duration = Duration::from_secs(3600);
/// Flags that a sender may set: embeds suppressed, silent.
const SENDABLE: u64 = 1 << 2 | 1 << 12;

/// Where an interaction's message belongs.
pub(super) struct Birth {
    pub(super) channel: ChannelId,
    pub(super) user: UserId,
    pub(super) metadata: Value,
}

impl Discord {
    /// The channel, if it exists and the bot may see it.
    pub(super) fn open_channel(&self, state: &State, id: ChannelId) -> Result<&Channel, ApiError> {
        let channel = self.directory().channel_by_id(id);
        let channel = channel.ok_or_else(ApiError::unknown_channel)?;
        if state.closed.contains(&id) {
            return Err(ApiError::missing_access());
        }
        Ok(channel)
    }

    /// A message that the bot's own token reaches: not an ephemeral one.
    pub(super) fn public_message<'s>(
        &self,
        state: &'s State,
        channel: ChannelId,
        id: MessageId,
    ) -> Result<&'s Message, ApiError> {
        self.open_channel(state, channel)?;
        let message = state.messages.get(&id);
        message
            .filter(|message| message.channel == channel && message.ephemeral_for.is_none())
            .ok_or_else(ApiError::unknown_message)
    }

    /// Sends to a channel; with an enforced nonce that was seen lately, the earlier message is the answer.
    pub(super) fn post_in_channel(
        &self,
        state: &mut State,
        channel: ChannelId,
        draft: &Draft,
    ) -> Result<Message, ApiError> {
        if let Some(earlier) = self.same_nonce(state, channel, draft) {
            return Ok(earlier);
        }
        let mut message = self.blank(state, channel);
        message.flags = draft.flags.unwrap_or(0) & SENDABLE;
        message.nonce.clone_from(&draft.nonce);
        message.replies_to = self.replied(state, channel, draft)?;
        self.publish(state, message, draft)
    }

    /// Sends as an answer to an interaction, ephemeral if the draft says so.
    pub(super) fn post_for(
        &self,
        state: &mut State,
        birth: Birth,
        draft: &Draft,
    ) -> Result<Message, ApiError> {
        let mut message = self.blank(state, birth.channel);
        let flags = draft.flags.unwrap_or(0);
        message.flags = flags & (SENDABLE | EPHEMERAL);
        message.ephemeral_for = (flags & EPHEMERAL != 0).then_some(birth.user);
        message.born_of = Some(birth.metadata);
        self.publish(state, message, draft)
    }

    /// A message with an id and nothing on it.
    pub(super) fn blank(&self, state: &mut State, channel: ChannelId) -> Message {
        let now = self.now();
        Message::new(MessageId(state.ids.next(now)), channel, now)
    }

    fn publish(
        &self,
        state: &mut State,
        mut message: Message,
        draft: &Draft,
    ) -> Result<Message, ApiError> {
        let files = self.store_files(state, draft);
        message.fill(draft, files, self.directory());
        if message.is_empty() {
            return Err(ApiError::empty_message());
        }
        self.keep(state, message.clone(), "MESSAGE_CREATE");
        Ok(message)
    }

    /// Changes a message, which settles interactions that owed it.
    pub(super) fn edit(
        &self,
        state: &mut State,
        id: MessageId,
        draft: &Draft,
    ) -> Result<Message, ApiError> {
        let files = self.store_files(state, draft);
        let message = state.messages.get(&id);
        let mut message = message.cloned().ok_or_else(ApiError::unknown_message)?;
        message.edit(draft, files, self.directory(), self.now());
        if message.is_empty() {
            return Err(ApiError::empty_message());
        }
        self.keep(state, message.clone(), "MESSAGE_UPDATE");
        for interaction in state.interactions.values_mut() {
            interaction.message_changed(id);
        }
        Ok(message)
    }

    /// Takes a message away; who waited for it has nothing more to wait for.
    pub(super) fn delete(&self, state: &mut State, id: MessageId) {
        let Some(message) = state.forget(&self.shared().store, id) else {
            return;
        };
        for interaction in state.interactions.values_mut() {
            interaction.message_changed(id);
        }
        if message.ephemeral_for.is_none() {
            let guild = self.directory().guild().guild_id.to_string();
            let data = json!({"id": id, "channel_id": message.channel, "guild_id": guild});
            self.dispatch(state, "MESSAGE_DELETE", Some(GUILD_MESSAGES), data);
        }
    }

    /// Puts a message in its place and tells the gateway, which hears nothing of ephemeral ones.
    pub(super) fn keep(&self, state: &mut State, message: Message, event: &'static str) {
        if message.ephemeral_for.is_none() {
            let directory = self.directory();
            let mut data = self.render().wire(&message);
            data["guild_id"] = directory.guild().guild_id.to_string().into();
            let mut member = directory.member_json(directory.bot_id());
            if let Some(member) = member.as_object_mut() {
                member.remove("user");
            }
            data["member"] = member;
            self.dispatch(state, event, Some(GUILD_MESSAGES), data);
        }
        state.keep(&self.shared().store, message);
    }

    /// Sends an event to the sessions that want it; says whether there was one.
    pub(super) fn dispatch(
        &self,
        state: &mut State,
        name: &'static str,
        intent: Option<u64>,
        data: Value,
    ) -> bool {
        let event = Event { name, intent, data };
        let limits = state.limits;
        state.gateway.dispatch(&event, &limits, Instant::now())
    }

    /// Counts an edit of a message older than an hour.
    pub(super) fn count_old_edit(&self, state: &mut State, id: MessageId) -> Result<(), ApiError> {
        let Some(message) = state.messages.get(&id) else {
            return Ok(());
        };
        let age = self.now().duration_since(message.at);
        if age.unsigned_abs() <= OLD {
            return Ok(());
        }
        let (channel, rate) = (message.channel.0, state.limits.edit_old_message);
        let taken = state
            .buckets
            .take("edit_old_message", channel, rate, Instant::now());
        taken
            .map(drop)
            .map_err(|full| ApiError::rate_limited(30046, full.reset_after.as_secs_f64(), false))
    }

    fn same_nonce(&self, state: &State, channel: ChannelId, draft: &Draft) -> Option<Message> {
        let nonce = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?;
        let window = state.limits.nonce_window;
        let recent =
            state.messages.values().rev().take_while(|message| {
                self.now().duration_since(message.at).unsigned_abs() <= window
            });
        let mut same = recent.filter(|m| m.channel == channel && m.nonce.as_ref() == Some(nonce));
        same.next().cloned()
    }

    fn replied(
        &self,
        state: &State,
        channel: ChannelId,
        draft: &Draft,
    ) -> Result<Option<MessageId>, ApiError> {
        let Some(id) = draft.replies_to else {
            return Ok(None);
        };
        if self.public_message(state, channel, id).is_ok() {
            return Ok(Some(id));
        }
        let mut errors = FormErrors::default();
        let code = "REPLIES_UNKNOWN_MESSAGE";
        errors.add("message_reference", code, "Unknown message");
        errors.finish().map(|()| None)
    }

    fn store_files(&self, state: &mut State, draft: &Draft) -> Vec<Attachment> {
        let now = self.now();
        let files = draft.uploads.iter();
        files
            .map(|(upload, description)| {
                let id = AttachmentId(state.ids.next(now));
                Attachment::new(id, upload, description.clone())
            })
            .collect()
    }
}
