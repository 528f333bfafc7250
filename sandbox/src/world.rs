//! What exists when the world begins: a Discord guild with its people and channels, X accounts with their tokens, an OpenAI key.
//! Nothing here changes afterwards; what happens later is in the store. All secrets are obviously pretended ones.

use serde::{Deserialize, Serialize};

/// Everything that exists at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    /// The chat side.
    pub discord: DiscordWorld,
    /// The publishing side.
    pub x: XWorld,
    /// The writing side.
    pub openai: OpenAiWorld,
}

/// One guild with one bot in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscordWorld {
    /// The token that the bot identifies with, without the `Bot ` prefix.
    pub bot_token: String,
    /// The application behind the bot.
    pub application_id: u64,
    /// The bot's own user.
    pub bot_user_id: u64,
    /// The one guild.
    pub guild_id: u64,
    /// Its name.
    pub guild_name: String,
    /// Roles beside `@everyone`.
    pub roles: Vec<Role>,
    /// Members who are not the bot.
    pub people: Vec<Person>,
    /// Text channels.
    pub channels: Vec<Channel>,
}

/// A role of the guild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Snowflake.
    pub id: u64,
    /// As shown, without an at sign.
    pub name: String,
}

/// A member of the guild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Snowflake.
    pub id: u64,
    /// User name, without an at sign.
    pub name: String,
    /// Ids of the roles held.
    pub roles: Vec<u64>,
}

/// A text channel of the guild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Snowflake.
    pub id: u64,
    /// Without the hash sign.
    pub name: String,
}

/// One X app and the accounts that consented to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XWorld {
    /// OAuth 2.0 client id of the confidential client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The accounts.
    pub accounts: Vec<XAccount>,
}

/// An account on X.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XAccount {
    /// Numeric user id.
    pub user_id: u64,
    /// Without the at sign.
    pub handle: String,
    /// Display name.
    pub name: String,
    /// A user access token; it does not expire until it is refreshed, so that a world without refresh works too.
    pub access_token: String,
    /// The first single-use refresh token, if the account consented to `offline.access`.
    pub refresh_token: Option<String>,
}

/// The pretended language model service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAiWorld {
    /// The one key that is accepted.
    pub api_key: String,
}

const MANAGER: u64 = 1_180_000_000_000_000_011;
const EDITOR: u64 = 1_180_000_000_000_000_012;
const APPROVER: u64 = 1_180_000_000_000_000_013;
const GUEST: u64 = 1_180_000_000_000_000_014;

impl World {
    /// The built-in world: the Night Shift Agency with three clients in three time zones. Every id and token is a fixed constant.
    #[must_use]
    pub fn agency() -> Self {
        Self {
            discord: agency_discord(),
            x: agency_x(),
            openai: OpenAiWorld {
                api_key: "sandbox-openai-key".into(),
            },
        }
    }
}

fn agency_discord() -> DiscordWorld {
    let role = |id, name: &str| Role {
        id,
        name: name.into(),
    };
    let person = |n: u64, name: &str, roles: &[u64]| Person {
        id: 1_180_000_000_000_000_100 + n,
        name: name.into(),
        roles: roles.to_vec(),
    };
    let channel = |n: u64, name: &str| Channel {
        id: 1_180_000_000_000_000_200 + n,
        name: name.into(),
    };
    DiscordWorld {
        bot_token: "sandbox-discord-bot-token".into(),
        application_id: 1_180_000_000_000_000_001,
        bot_user_id: 1_180_000_000_000_000_002,
        guild_id: 1_180_000_000_000_000_003,
        guild_name: "Night Shift Agency".into(),
        roles: vec![
            role(MANAGER, "manager"),
            role(EDITOR, "editor"),
            role(APPROVER, "approver"),
            role(GUEST, "guest"),
        ],
        people: vec![
            person(1, "maya", &[MANAGER, EDITOR, APPROVER]),
            person(2, "tom", &[EDITOR]),
            person(3, "ines", &[APPROVER]),
            person(4, "leo", &[APPROVER]),
            person(5, "guest", &[]),
        ],
        channels: vec![
            channel(1, "ops"),
            channel(2, "alerts"),
            channel(3, "harbour-approvals"),
            channel(4, "fjord-approvals"),
            channel(5, "koyo-approvals"),
        ],
    }
}

fn agency_x() -> XWorld {
    let account = |user_id, handle: &str, name: &str| XAccount {
        user_id,
        handle: handle.into(),
        name: name.into(),
        access_token: format!("sandbox-x-access-{handle}"),
        refresh_token: Some(format!("sandbox-x-refresh-{handle}")),
    };
    XWorld {
        client_id: "sandbox-x-client".into(),
        client_secret: "sandbox-x-client-secret".into(),
        accounts: vec![
            account(1_700_000_000_000_000_001, "harbourcoffee", "Harbour Coffee"),
            account(1_700_000_000_000_000_002, "fjordbikes", "Fjord Bikes"),
            account(1_700_000_000_000_000_003, "koyotea", "Koyo Tea"),
        ],
    }
}
