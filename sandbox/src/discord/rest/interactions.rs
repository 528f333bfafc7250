//! The one route that acknowledges an interaction.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{Call, Kind, Reply};
use crate::discord::Discord;
use crate::discord::draft::Payload;
use crate::discord::ids::InteractionId;

#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    with_response: bool,
}

/// `POST /interactions/{id}/{token}/callback`: 204, or what came of it with `?with_response=true`.
pub(super) async fn callback(
    State(discord): State<Discord>,
    Path((interaction, token)): Path<(InteractionId, String)>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let subject = discord.interaction_channel(|known| known.id == interaction);
    let call = Call::new("interaction_callback", Kind::Interaction).about(subject, interaction.0);
    let work = |discord: &Discord| {
        let result = discord.acknowledge(interaction, &token, payload)?;
        Ok(if wish.with_response {
            Reply::Json(result)
        } else {
            Reply::Empty
        })
    };
    discord.answer(&headers, call, work).await
}
