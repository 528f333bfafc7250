//! What a person did becomes an interaction: the payload that the gateway carries, and the record that answers refer to.
//! Nobody connected and no session to resume means that it is lost; the person waits three seconds for nothing.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Discord;
use super::draft::FILE_LIMIT;
use super::ids::{ChannelId, InteractionId, MessageId, UserId};
use super::interaction::Interaction;
use super::state::State;
use super::view::InteractionKind;
use crate::world::{Channel, Person};

/// What a person did, checked and ready to be sent.
pub(super) struct Raised<'a> {
    pub(super) kind: InteractionKind,
    pub(super) person: &'a Person,
    pub(super) channel: &'a Channel,
    /// The command line, or the `custom_id`.
    pub(super) what: String,
    /// The payload's `data`.
    pub(super) data: Value,
    /// The message whose component was used, also through a modal.
    pub(super) source: Option<MessageId>,
    /// For a modal: the metadata of the interaction that opened it.
    pub(super) opened_by: Option<Value>,
}

impl Discord {
    /// Sends it to the bot and remembers it.
    pub(super) fn raise(&self, state: &mut State, raised: Raised<'_>) -> InteractionId {
        let id = InteractionId(state.ids.next(self.now()));
        let secret = format!("interaction:{id}:{}", super::unguessable("token"));
        let token = BASE64_URL_SAFE_NO_PAD.encode(secret);
        let payload = self.payload(state, id, &token, &raised);
        let delivered = self.dispatch(state, "INTERACTION_CREATE", None, payload);
        let interaction = Interaction {
            id,
            token,
            kind: raised.kind,
            user: UserId(raised.person.id),
            channel: ChannelId(raised.channel.id),
            metadata: self.metadata(id, &raised),
            what: raised.what,
            raised: Instant::now(),
            delivered,
            source: raised.source,
            acknowledged: None,
            modal: None,
            submission: None,
            choices: None,
            original: None,
            followups: Vec::new(),
            settled: false,
        };
        state.remember(&self.shared().store, interaction);
        self.touch();
        id
    }

    fn payload(&self, state: &State, id: InteractionId, token: &str, raised: &Raised<'_>) -> Value {
        let (directory, person) = (self.directory(), raised.person);
        let (guild, permissions) = (directory.guild(), directory.permissions(person));
        let guild_id = guild.guild_id.to_string();
        let mut payload = json!({
            "id": id, "application_id": guild.application_id.to_string(), "type": raised.kind.number(),
            "data": raised.data, "token": token, "version": 1,
            "guild_id": guild_id, "guild": {"id": guild_id, "locale": "en-US", "features": []},
            "channel_id": raised.channel.id.to_string(),
            "channel": directory.acting_channel_json(raised.channel, person),
            "member": directory.acting_member_json(person),
            "app_permissions": permissions.to_string(), "locale": "en-US", "guild_locale": "en-US",
            "entitlements": [], "entitlement_sku_ids": [], "context": 0,
            "authorizing_integration_owners": {"0": guild_id}, "attachment_size_limit": FILE_LIMIT,
        });
        if let Some(message) = raised.source.and_then(|source| state.messages.get(&source)) {
            payload["message"] = self.render().wire(message);
        }
        payload
    }

    /// What messages born of this interaction carry as `interaction_metadata`.
    fn metadata(&self, id: InteractionId, raised: &Raised<'_>) -> Value {
        let directory = self.directory();
        let mut metadata = json!({
            "id": id, "type": raised.kind.number(), "user": directory.user_json(UserId(raised.person.id)),
            "authorizing_integration_owners": {"0": directory.guild().guild_id.to_string()},
        });
        match raised.kind {
            InteractionKind::Command | InteractionKind::Autocomplete => {}
            InteractionKind::Component => {
                metadata["interacted_message_id"] = json!(raised.source);
            }
            InteractionKind::Modal => {
                metadata["triggering_interaction_metadata"] = json!(raised.opened_by);
            }
        }
        metadata
    }
}
