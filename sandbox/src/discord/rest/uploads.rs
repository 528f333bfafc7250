//! The bytes of a file that came with a command, at its signed URL. No token is asked for, as at the real CDN.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Trouble;
use crate::discord::Discord;
use crate::discord::ids::AttachmentId;

#[derive(Debug, Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    hm: String,
}

/// `GET …/ephemeral-attachments/{application}/{file}/{name}`; faults know it as `get_attachment`.
pub(super) async fn read(
    State(discord): State<Discord>,
    Path((_application, file, name)): Path<(String, AttachmentId, String)>,
    Query(Signed { hm }): Query<Signed>,
) -> Response {
    match discord.trouble("get_attachment", &name).await {
        Trouble::Instead(response) | Trouble::Afterwards(response) => return response,
        Trouble::None => {}
    }
    let state = discord.lock();
    match state.uploads.signed(file, &hm) {
        Some(found) => {
            let kind = [(CONTENT_TYPE, found.content_type.clone())];
            (kind, found.bytes.clone()).into_response()
        }
        None => {
            let gone = "This content is no longer available.";
            (StatusCode::NOT_FOUND, gone).into_response()
        }
    }
}
