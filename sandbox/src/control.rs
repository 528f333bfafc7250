//! The control API: what a person or a test does to the world from outside, as JSON over HTTP.
//! Everything here is also a plain method on the simulators; this only translates. Errors are `{"error": "..."}` with a 4xx status.

mod discord;
mod world;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Discord, OpenAi, Shared, X};

/// What the handlers act on; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    shared: Shared,
    discord: Discord,
    x: X,
    openai: OpenAi,
}

impl Control {
    pub(crate) fn new(shared: Shared, discord: Discord, x: X, openai: OpenAi) -> Self {
        Self {
            shared,
            discord,
            x,
            openai,
        }
    }

    /// Hears of every change of the world.
    pub(crate) fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.shared.store.changes().subscribe()
    }

    /// The routes under `/control`.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/control/state", get(world::state))
            .route("/control/report", get(world::report))
            .route("/control/events", get(world::events))
            .route(
                "/control/discord/command",
                post(discord::command).layer(DefaultBodyLimit::max(discord::LONGEST_COMMAND)),
            )
            .route("/control/discord/click", post(discord::click))
            .route("/control/discord/modal", post(discord::modal))
            .route(
                "/control/discord/interaction/{id}",
                get(discord::interaction),
            )
            .route("/control/clock/advance", post(world::advance))
            .route(
                "/control/faults",
                get(world::faults)
                    .post(world::add_fault)
                    .delete(world::clear_faults),
            )
            .route("/control/faults/{id}", delete(world::clear_fault))
            .route("/control/x/revoke", post(world::revoke))
            .route("/control/x/consent", post(world::consent))
            .route("/control/x/settings", post(world::x_settings))
            .route("/control/openai/settings", post(world::openai_settings))
            .route("/control/openai/billing", get(world::openai_billing))
            .with_state(self.clone())
    }
}

/// A JSON answer, or why not.
type Answer = Result<axum::Json<Value>, Refusal>;

/// A 4xx with a text that a person reads.
struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    fn bad(error: impl ToString) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: error.to_string(),
        }
    }

    fn missing(what: &str, name: impl ToString) -> Self {
        let error = format!("there is no {what} `{}`", name.to_string());
        Self {
            status: StatusCode::NOT_FOUND,
            error,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, axum::Json(json!({ "error": self.error }))).into_response()
    }
}

/// Reads a body; what is wrong with it goes back to the sender.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format!("the body is not what is expected here: {error}")))
}
