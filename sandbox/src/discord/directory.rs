//! Who and what is in the guild, looked up by name or id, and how users, members, roles and channels look on the wire.
//! Nothing here changes after the start. Required fields follow the vendor's OpenAPI document and what clients insist on.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ids::{ChannelId, RoleId, UserId};
use super::person_error::PersonError;
use crate::World;
use crate::world::{Channel, DiscordWorld, Person, Role};

/// What every member may: see, write, embed, attach, read back, use commands.
const EVERYONE: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31;
const ADMINISTRATOR: u64 = 1 << 3;
const MANAGE_GUILD: u64 = 1 << 5;
const MANAGE_MESSAGES: u64 = 1 << 13;
const JOINED: &str = "2026-01-05T08:00:00.000000+00:00";

/// The bot's name, which the world does not give.
pub(super) const BOT_NAME: &str = "Clara";

/// The guild's telephone book.
#[derive(Clone, Debug)]
pub(super) struct Directory(Arc<World>);

impl Directory {
    pub(super) fn new(world: Arc<World>) -> Self {
        Self(world)
    }

    pub(super) fn guild(&self) -> &DiscordWorld {
        &self.0.discord
    }

    /// By name, with or without the at sign.
    pub(super) fn person(&self, name: &str) -> Result<&Person, PersonError> {
        let wanted = name.trim_start_matches('@');
        self.guild()
            .people
            .iter()
            .find(|person| person.name == wanted)
            .ok_or_else(|| PersonError::UnknownPerson(wanted.into()))
    }

    pub(super) fn person_by_id(&self, id: UserId) -> Option<&Person> {
        self.guild().people.iter().find(|person| person.id == id.0)
    }

    /// By name, with or without the hash sign.
    pub(super) fn channel(&self, name: &str) -> Result<&Channel, PersonError> {
        let wanted = name.trim_start_matches('#');
        self.guild()
            .channels
            .iter()
            .find(|channel| channel.name == wanted)
            .ok_or_else(|| PersonError::UnknownChannel(wanted.into()))
    }

    pub(super) fn channel_by_id(&self, id: ChannelId) -> Option<&Channel> {
        self.guild()
            .channels
            .iter()
            .find(|channel| channel.id == id.0)
    }

    pub(super) fn channel_name(&self, id: ChannelId) -> String {
        self.channel_by_id(id)
            .map_or_else(|| id.to_string(), |channel| channel.name.clone())
    }

    pub(super) fn role(&self, name: &str) -> Option<&Role> {
        let wanted = name.trim_start_matches('@');
        self.guild().roles.iter().find(|role| role.name == wanted)
    }

    pub(super) fn role_by_id(&self, id: RoleId) -> Option<&Role> {
        self.guild().roles.iter().find(|role| role.id == id.0)
    }

    /// The name of a person or the bot.
    pub(super) fn user_name(&self, id: UserId) -> String {
        match self.person_by_id(id) {
            Some(person) => person.name.clone(),
            None if id.0 == self.guild().bot_user_id => BOT_NAME.into(),
            None => id.to_string(),
        }
    }

    /// The permission bits that follow from a person's roles: `admin` everything, `manager` the guild and its messages.
    pub(super) fn permissions(&self, person: &Person) -> u64 {
        let held = self.guild().roles.iter();
        held.filter(|role| person.roles.contains(&role.id))
            .fold(EVERYONE, |bits, role| bits | role_bits(&role.name))
    }

    /// Whether a person holds all of `required`; administrators hold everything.
    pub(super) fn may(&self, person: &Person, required: u64) -> bool {
        let held = self.permissions(person);
        held & ADMINISTRATOR != 0 || (required != 0 && held & required == required)
    }
}

fn role_bits(name: &str) -> u64 {
    match name {
        "admin" => ADMINISTRATOR,
        "manager" => MANAGE_GUILD | MANAGE_MESSAGES,
        _ => 0,
    }
}

/// Wire forms.
impl Directory {
    pub(super) fn user_json(&self, id: UserId) -> Value {
        let name = self.user_name(id);
        let mut user = json!({
            "id": id, "username": name.to_lowercase(), "discriminator": "0", "global_name": name,
            "avatar": null, "public_flags": 0, "flags": 0, "primary_guild": null,
            "avatar_decoration_data": null, "collectibles": null, "banner": null, "accent_color": null,
        });
        if self.bot_id() == id {
            user["bot"] = true.into();
        }
        user
    }

    pub(super) fn bot_id(&self) -> UserId {
        UserId(self.guild().bot_user_id)
    }

    pub(super) fn member_json(&self, id: UserId) -> Value {
        let roles = self
            .person_by_id(id)
            .map(|person| person.roles.iter().map(u64::to_string).collect::<Vec<_>>());
        json!({
            "user": self.user_json(id), "nick": null, "avatar": null, "banner": null,
            "roles": roles.unwrap_or_default(), "joined_at": JOINED, "premium_since": null,
            "deaf": false, "mute": false, "flags": 0, "pending": false,
            "communication_disabled_until": null,
        })
    }

    /// A member as an interaction carries it: with the permissions in that channel.
    pub(super) fn acting_member_json(&self, person: &Person) -> Value {
        let mut member = self.member_json(UserId(person.id));
        member["permissions"] = self.permissions(person).to_string().into();
        member
    }

    pub(super) fn role_json(&self, id: u64, name: &str, position: usize) -> Value {
        let bits = EVERYONE | role_bits(name);
        json!({
            "id": id.to_string(), "name": name, "permissions": bits.to_string(),
            "position": position, "color": 0, "hoist": false, "managed": false, "mentionable": true,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "icon": null, "unicode_emoji": null, "flags": 0,
        })
    }

    /// `@everyone` (which has the guild's id) and the world's roles.
    pub(super) fn roles_json(&self) -> Vec<Value> {
        let guild = self.guild();
        let named = guild.roles.iter().map(|role| (role.id, role.name.as_str()));
        std::iter::once((guild.guild_id, "@everyone"))
            .chain(named)
            .enumerate()
            .map(|(position, (id, name))| self.role_json(id, name, position))
            .collect()
    }

    pub(super) fn channel_json(&self, channel: &Channel) -> Value {
        let channels = &self.guild().channels;
        let position = channels.iter().position(|c| c.id == channel.id);
        json!({
            "id": channel.id.to_string(), "type": 0, "name": channel.name, "position": position.unwrap_or(0),
            "guild_id": self.guild().guild_id.to_string(), "permission_overwrites": [], "parent_id": null,
            "topic": null, "nsfw": false, "rate_limit_per_user": 0, "last_message_id": null, "flags": 0,
        })
    }

    pub(super) fn channels_json(&self) -> Vec<Value> {
        let channels = self.guild().channels.iter();
        channels.map(|channel| self.channel_json(channel)).collect()
    }

    /// A channel as an interaction carries it.
    pub(super) fn acting_channel_json(&self, channel: &Channel, person: &Person) -> Value {
        let mut wire = self.channel_json(channel);
        wire["permissions"] = self.permissions(person).to_string().into();
        wire
    }

    /// The guild object of REST.
    pub(super) fn guild_json(&self) -> Value {
        let guild = self.guild();
        json!({
            "id": guild.guild_id.to_string(), "name": guild.guild_name, "icon": null, "splash": null,
            "description": null, "home_header": null, "banner": null, "discovery_splash": null,
            "features": [], "preferred_locale": "en-US", "owner_id": self.owner_id(), "application_id": null,
            "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0,
            "widget_enabled": false, "widget_channel_id": null, "verification_level": 1, "roles": self.roles_json(),
            "default_message_notifications": 1, "mfa_level": 0, "explicit_content_filter": 0, "max_presences": null,
            "max_members": 500_000, "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
            "vanity_url_code": null, "premium_tier": 0, "premium_subscription_count": 0,
            "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "rules_channel_id": null,
            "public_updates_channel_id": null, "safety_alerts_channel_id": null, "emojis": [], "stickers": [],
            "incidents_data": null, "region": "deprecated",
        })
    }

    /// GUILD_CREATE. Without the members intent a bot is told of itself only, as in reality.
    pub(super) fn guild_create_json(&self) -> Value {
        let mut wire = self.guild_json();
        let extra = json!({
            "joined_at": JOINED, "large": false, "unavailable": false, "member_count": self.guild().people.len() + 1,
            "voice_states": [], "members": [self.member_json(self.bot_id())], "channels": self.channels_json(),
            "threads": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        });
        if let (Some(wire), Value::Object(extra)) = (wire.as_object_mut(), extra) {
            wire.extend(extra);
        }
        wire
    }

    /// The application object of `GET /applications/@me`.
    pub(super) fn application_json(&self) -> Value {
        json!({
            "id": self.guild().application_id.to_string(), "name": BOT_NAME, "icon": null, "description": "",
            "type": null, "bot": self.user_json(self.bot_id()), "bot_public": false,
            "bot_require_code_grant": false, "verify_key": "00".repeat(32), "flags": 0,
            "owner": self.user_json(UserId(self.guild().bot_user_id)), "team": null, "tags": [], "rpc_origins": [],
            "redirect_uris": [], "interactions_endpoint_url": null, "role_connections_verification_url": null,
            "approximate_guild_count": 1, "approximate_user_install_count": 0, "flags_new": "0",
            "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "eligible_oauth2_scopes": [],
        })
    }

    fn owner_id(&self) -> String {
        let first = self.guild().people.first().map(|person| person.id);
        first.unwrap_or(self.guild().bot_user_id).to_string()
    }
}
