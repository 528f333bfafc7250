//! What an interaction's token is good for after the acknowledgement: its original response and followups.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Call, Kind, Reply};
use crate::discord::Discord;
use crate::discord::draft::{Draft, Payload};

/// `POST /webhooks/{a}/{token}`
pub(super) async fn follow_up(
    State(discord): State<Discord>,
    Path((application, token)): Path<(String, String)>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let call = call(&discord, "followup", &token);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        let id = discord.token_holder(&state, &application, &token)?;
        let draft = Draft::parse(&payload.json, payload.files, "")?;
        let message = discord.follow_up(&mut state, id, &draft)?;
        Ok(Reply::Json(discord.render().wire(&message)))
    };
    discord.answer(&headers, call, work).await
}

/// `PATCH /webhooks/{a}/{token}/messages/{@original|m}`
pub(super) async fn edit(
    State(discord): State<Discord>,
    Path((application, token, which)): Path<(String, String, String)>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let call = call(&discord, "edit_response", &token);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        let id = discord.token_holder(&state, &application, &token)?;
        let message = discord.own_message(&state, id, &which)?;
        let draft = Draft::parse(&payload.json, payload.files, "")?;
        let message = discord.edit(&mut state, message, &draft)?;
        Ok(Reply::Json(discord.render().wire(&message)))
    };
    discord.answer(&headers, call, work).await
}

/// `GET /webhooks/{a}/{token}/messages/{@original|m}`
pub(super) async fn read(
    State(discord): State<Discord>,
    Path((application, token, which)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let call = call(&discord, "get_response", &token);
    let work = |discord: &Discord| {
        let state = discord.lock();
        let id = discord.token_holder(&state, &application, &token)?;
        let message = discord.own_message(&state, id, &which)?;
        let message = &state.messages[&message];
        Ok(Reply::Json(discord.render().wire(message)))
    };
    discord.answer(&headers, call, work).await
}

/// `DELETE /webhooks/{a}/{token}/messages/{@original|m}`
pub(super) async fn delete(
    State(discord): State<Discord>,
    Path((application, token, which)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let call = call(&discord, "delete_response", &token);
    let work = |discord: &Discord| {
        let mut state = discord.lock();
        let id = discord.token_holder(&state, &application, &token)?;
        let message = discord.own_message(&state, id, &which)?;
        discord.delete(&mut state, message);
        Ok(Reply::Empty)
    };
    discord.answer(&headers, call, work).await
}

fn call(discord: &Discord, operation: &'static str, token: &str) -> Call {
    let subject = discord.interaction_channel(|known| known.token == token);
    let bucket = discord.interaction_number(token);
    Call::new(operation, Kind::Interaction).about(subject, bucket)
}
