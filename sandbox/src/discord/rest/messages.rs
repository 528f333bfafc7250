//! Messages of channels: send, edit, read, delete, and the bytes of their files.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{Call, Kind, Reply};
use crate::discord::Discord;
use crate::discord::draft::{Draft, Payload};
use crate::discord::error::ApiError;
use crate::discord::ids::{AttachmentId, ChannelId, MessageId};

pub(super) fn routes() -> Router<Discord> {
    Router::new()
        .route("/channels/{channel}/messages", get(list).post(create))
        .route(
            "/channels/{channel}/messages/{message}",
            get(read).patch(edit).delete(delete),
        )
}

async fn create(
    State(discord): State<Discord>,
    Path(channel): Path<ChannelId>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let call = call(&discord, "create_message", Kind::Create, channel);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        discord.open_channel(&state, channel)?;
        let draft = Draft::parse(&payload.json, payload.files, "")?;
        let message = discord.post_in_channel(&mut state, channel, &draft)?;
        Ok(Reply::Json(discord.render().wire(&message)))
    };
    discord.answer(&headers, call, work).await
}

async fn edit(
    State(discord): State<Discord>,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let call = call(&discord, "edit_message", Kind::Edit, channel);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        discord.public_message(&state, channel, message)?;
        let draft = Draft::parse(&payload.json, payload.files, "")?;
        discord.count_old_edit(&mut state, message)?;
        let message = discord.edit(&mut state, message, &draft)?;
        Ok(Reply::Json(discord.render().wire(&message)))
    };
    discord.answer(&headers, call, work).await
}

async fn read(
    State(discord): State<Discord>,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    headers: HeaderMap,
) -> Response {
    let call = call(&discord, "get_message", Kind::Other, channel);
    let work = |discord: &Discord| {
        let state = discord.lock();
        let message = discord.public_message(&state, channel, message)?;
        Ok(Reply::Json(discord.render().wire(message)))
    };
    discord.answer(&headers, call, work).await
}

#[derive(Debug, Deserialize)]
struct Page {
    limit: Option<usize>,
    before: Option<MessageId>,
    after: Option<MessageId>,
}

/// Newest first, 50 unless told, at most 100; with `after` the oldest ones that follow it.
async fn list(
    State(discord): State<Discord>,
    Path(channel): Path<ChannelId>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let call = call(&discord, "get_messages", Kind::Other, channel);
    let work = |discord: &Discord| {
        let state = discord.lock();
        discord.open_channel(&state, channel)?;
        let limit = page.limit.unwrap_or(50).clamp(1, 100);
        let wanted = state.messages.values().filter(|message| {
            message.channel == channel
                && message.ephemeral_for.is_none()
                && page.before.is_none_or(|id| message.id < id)
                && page.after.is_none_or(|id| message.id > id)
        });
        let mut found: Vec<_> = match page.after {
            Some(_) => wanted.take(limit).collect(),
            None => wanted.rev().take(limit).collect(),
        };
        found.sort_by_key(|message| std::cmp::Reverse(message.id));
        let wire: Vec<_> = found.iter().map(|m| discord.render().wire(m)).collect();
        Ok(Reply::Json(wire.into()))
    };
    discord.answer(&headers, call, work).await
}

async fn delete(
    State(discord): State<Discord>,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    headers: HeaderMap,
) -> Response {
    let call = call(&discord, "delete_message", Kind::Other, channel);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        discord.public_message(&state, channel, message)?;
        discord.delete(&mut state, message);
        Ok(Reply::Empty)
    };
    discord.answer(&headers, call, work).await
}

/// The bytes behind an attachment's URL; no token needed.
pub(super) async fn attachment(
    State(discord): State<Discord>,
    Path((channel, file, _name)): Path<(ChannelId, AttachmentId, String)>,
) -> Response {
    let state = discord.lock();
    let in_channel = state.messages.values().filter(|m| m.channel == channel);
    let mut files = in_channel.flat_map(|message| &message.attachments);
    match files.find(|attachment| attachment.id == file) {
        Some(found) => {
            let kind = [(CONTENT_TYPE, found.content_type.clone())];
            (kind, found.bytes.clone()).into_response()
        }
        None => ApiError::not_found().into_response(),
    }
}

fn call(discord: &Discord, operation: &'static str, kind: Kind, channel: ChannelId) -> Call {
    let name = discord.directory().channel_name(channel);
    Call::new(operation, kind).about(name, channel.0)
}
