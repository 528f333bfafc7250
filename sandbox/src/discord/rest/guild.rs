//! Reading routes about the bot, its application and its guild.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{Call, Kind, Reply};
use crate::discord::Discord;
use crate::discord::error::ApiError;
use crate::discord::ids::{ChannelId, UserId};

pub(super) fn routes() -> Router<Discord> {
    Router::new()
        .route("/gateway", get(gateway))
        .route("/gateway/bot", get(gateway_bot))
        .route("/users/@me", get(current_user))
        .route("/applications/@me", get(application))
        .route("/oauth2/applications/@me", get(application))
        .route("/guilds/{guild}", get(guild))
        .route("/guilds/{guild}/channels", get(channels))
        .route("/guilds/{guild}/roles", get(roles))
        .route("/guilds/{guild}/members/{user}", get(member))
        .route("/channels/{channel}", get(channel))
        .route("/channels/{channel}/typing", post(typing))
}

/// The one route that needs no token.
async fn gateway(State(discord): State<Discord>) -> Response {
    let call = Call::new("gateway_url", Kind::Interaction);
    let work = |discord: &Discord| Ok(Reply::Json(json!({"url": discord.gateway_url()})));
    discord.answer(&HeaderMap::new(), call, work).await
}

async fn gateway_bot(State(discord): State<Discord>, headers: HeaderMap) -> Response {
    let call = Call::new("gateway_url", Kind::Other);
    let work = |discord: &Discord| {
        let state = discord.lock();
        let remaining = state.gateway.identifies_left(&state.limits);
        Ok(Reply::Json(json!({
            "url": discord.gateway_url(), "shards": 1,
            "session_start_limit": {
                "total": state.limits.identifies, "remaining": remaining,
                "reset_after": 86_400_000, "max_concurrency": 1,
            },
        })))
    };
    discord.answer(&headers, call, work).await
}

async fn current_user(State(discord): State<Discord>, headers: HeaderMap) -> Response {
    read(&discord, &headers, "current_user", |discord| {
        let directory = discord.directory();
        let mut user = directory.user_json(directory.bot_id());
        user["verified"] = true.into();
        user["mfa_enabled"] = false.into();
        user["locale"] = "en-US".into();
        Ok(user)
    })
    .await
}

async fn application(State(discord): State<Discord>, headers: HeaderMap) -> Response {
    read(&discord, &headers, "application", |discord| {
        Ok(discord.directory().application_json())
    })
    .await
}

async fn guild(
    State(discord): State<Discord>,
    Path(guild): Path<String>,
    headers: HeaderMap,
) -> Response {
    read(&discord, &headers, "guild", |discord| {
        discord.own_guild(&guild)?;
        Ok(discord.directory().guild_json())
    })
    .await
}

async fn channels(
    State(discord): State<Discord>,
    Path(guild): Path<String>,
    headers: HeaderMap,
) -> Response {
    read(&discord, &headers, "channels", |discord| {
        discord.own_guild(&guild)?;
        Ok(discord.directory().channels_json().into())
    })
    .await
}

async fn roles(
    State(discord): State<Discord>,
    Path(guild): Path<String>,
    headers: HeaderMap,
) -> Response {
    read(&discord, &headers, "roles", |discord| {
        discord.own_guild(&guild)?;
        Ok(discord.directory().roles_json().into())
    })
    .await
}

async fn member(
    State(discord): State<Discord>,
    Path((guild, user)): Path<(String, UserId)>,
    headers: HeaderMap,
) -> Response {
    read(&discord, &headers, "member", |discord| {
        discord.own_guild(&guild)?;
        let directory = discord.directory();
        if directory.person_by_id(user).is_none() && directory.bot_id() != user {
            return Err(ApiError::unknown_member());
        }
        Ok(directory.member_json(user))
    })
    .await
}

async fn channel(
    State(discord): State<Discord>,
    Path(channel): Path<ChannelId>,
    headers: HeaderMap,
) -> Response {
    read(&discord, &headers, "channel", |discord| {
        let found = discord.open_channel(&discord.lock(), channel)?;
        Ok(discord.directory().channel_json(found))
    })
    .await
}

async fn typing(
    State(discord): State<Discord>,
    Path(channel): Path<ChannelId>,
    headers: HeaderMap,
) -> Response {
    let name = discord.directory().channel_name(channel);
    let call = Call::new("typing", Kind::Other).about(name, channel.0);
    let work = |discord: &Discord| {
        discord.open_channel(&discord.lock(), channel)?;
        Ok(Reply::Empty)
    };
    discord.answer(&headers, call, work).await
}

async fn read(
    discord: &Discord,
    headers: &HeaderMap,
    operation: &'static str,
    work: impl FnOnce(&Discord) -> Result<Value, ApiError>,
) -> Response {
    let call = Call::new(operation, Kind::Other);
    let work = |discord: &Discord| work(discord).map(Reply::Json);
    discord.answer(headers, call, work).await
}

impl Discord {
    /// The bot is in one guild only.
    pub(super) fn own_guild(&self, guild: &str) -> Result<(), ApiError> {
        if self.directory().guild().guild_id.to_string() == guild {
            return Ok(());
        }
        Err(ApiError::unknown_guild())
    }
}
