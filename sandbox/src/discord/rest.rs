//! The REST side: routes, and the one gate that every request passes: faults, authorisation, buckets, then the work.
//! The work itself is synchronous and under the lock, so one request is one step of the world.

mod commands;
mod guild;
mod interactions;
mod messages;
mod uploads;
mod webhooks;

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Router, routing};
use serde_json::Value;

use super::draft::FILE_LIMIT;
use super::error::ApiError;
use super::gateway;
use super::limits::{Rate, Standing};
use super::{Discord, DiscordLimits};
use crate::FaultKind;
use crate::server::hang_up;

/// Everything below `/api/v10`, the gateway's address and the attachments.
pub(super) fn router(discord: Discord) -> Router {
    let api = Router::new()
        .merge(guild::routes())
        .merge(messages::routes())
        .route(
            "/applications/{application}/guilds/{guild}/commands",
            get(commands::list).put(commands::overwrite),
        )
        .route(
            "/interactions/{interaction}/{token}/callback",
            post(interactions::callback),
        )
        .route("/webhooks/{application}/{token}", post(webhooks::follow_up))
        .route(
            "/webhooks/{application}/{token}/messages/{message}",
            patch(webhooks::edit)
                .get(webhooks::read)
                .delete(webhooks::delete),
        )
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(10 * FILE_LIMIT));
    Router::new()
        .nest("/api/v10", api)
        .route("/gateway", routing::any(gateway::upgrade))
        .route(
            "/discord/attachments/{channel}/{file}/{name}",
            get(messages::attachment),
        )
        .route(
            "/discord/ephemeral-attachments/{application}/{file}/{name}",
            get(uploads::read),
        )
        .with_state(discord)
}

/// What a request is, for faults and buckets.
#[derive(Clone, Debug)]
struct Call {
    /// The name that fault rules use.
    operation: &'static str,
    /// The channel's name, or nothing.
    subject: String,
    /// Whose bucket: a channel's or an interaction's id, or 0.
    bucket: u64,
    kind: Kind,
}

/// Which limit and which authorisation apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Bot token; a new message.
    Create,
    /// Bot token; an edit.
    Edit,
    /// Bot token; anything else.
    Other,
    /// An interaction's own token, outside the global limit.
    Interaction,
}

/// What the work came to.
enum Reply {
    Json(Value),
    /// 204.
    Empty,
}

impl Call {
    fn new(operation: &'static str, kind: Kind) -> Self {
        Self {
            operation,
            subject: String::new(),
            bucket: 0,
            kind,
        }
    }

    /// About a channel.
    fn about(mut self, subject: String, bucket: u64) -> Self {
        self.subject = subject;
        self.bucket = bucket;
        self
    }

    fn rate(&self, limits: &DiscordLimits) -> Rate {
        match self.kind {
            Kind::Create => limits.create_message,
            Kind::Edit => limits.edit_message,
            Kind::Other => limits.other,
            Kind::Interaction => limits.create_message,
        }
    }
}

/// What a fault does to a request.
enum Trouble {
    None,
    /// Not done; this is the answer.
    Instead(Response),
    /// Done, but this is the answer.
    Afterwards(Response),
}

impl Discord {
    /// Lets a request through the gate and does its work.
    async fn answer(
        &self,
        headers: &HeaderMap,
        call: Call,
        work: impl FnOnce(&Self) -> Result<Reply, ApiError>,
    ) -> Response {
        let trouble = self.trouble(call.operation, &call.subject).await;
        if let Trouble::Instead(response) = trouble {
            return response;
        }
        if call.kind != Kind::Interaction && !self.is_authorized(headers) {
            return ApiError::unauthorized().into_response();
        }
        let standing = match self.count(&call) {
            Ok(standing) => standing,
            Err(refused) => return *refused,
        };
        let mut response = match work(self) {
            Ok(Reply::Json(body)) => Json(body).into_response(),
            Ok(Reply::Empty) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => error.into_response(),
        };
        add_headers(&mut response, &standing);
        match trouble {
            Trouble::Afterwards(other) => other,
            Trouble::None | Trouble::Instead(_) => response,
        }
    }

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
        given
            .and_then(|value| value.strip_prefix("Bot "))
            .is_some_and(|token| self.is_bot_token(token))
    }

    /// Takes one from the request's bucket and from the global one.
    fn count(&self, call: &Call) -> Result<Standing, Box<Response>> {
        let mut state = self.lock();
        let (limits, now) = (state.limits, Instant::now());
        if call.kind != Kind::Interaction
            && let Err(full) = state.buckets.take("global", 0, limits.global, now)
        {
            return Err(Box::new(too_many(&full, true)));
        }
        let taken = state
            .buckets
            .take(call.operation, call.bucket, call.rate(&limits), now);
        taken.map_err(|full| Box::new(too_many(&full, false)))
    }

    async fn trouble(&self, operation: &str, subject: &str) -> Trouble {
        let Some(fault) = self.take_fault(operation, subject) else {
            return Trouble::None;
        };
        match fault {
            FaultKind::TooManyRequests { retry_after } => Trouble::Instead(throttled(retry_after)),
            FaultKind::ServerError { status } => {
                Trouble::Instead(ApiError::server_error(status).into_response())
            }
            FaultKind::TokenRevoked => Trouble::Instead(ApiError::unauthorized().into_response()),
            FaultKind::RequestLost => Trouble::Instead(hang_up()),
            FaultKind::ServerErrorAfter { status } => {
                Trouble::Afterwards(ApiError::server_error(status).into_response())
            }
            FaultKind::AnswerLost => Trouble::Afterwards(hang_up()),
            FaultKind::BadJson => Trouble::Afterwards(garbled()),
            FaultKind::Slow { by } => {
                tokio::time::sleep(by).await;
                Trouble::None
            }
            FaultKind::GatewayDrop => {
                self.drop_gateway();
                Trouble::None
            }
            FaultKind::GatewayReconnect => {
                self.ask_to_reconnect();
                Trouble::None
            }
            FaultKind::InvalidSession => {
                self.invalidate_sessions();
                Trouble::None
            }
            FaultKind::UsageCapped
            | FaultKind::InsufficientQuota
            | FaultKind::CreditsDepleted
            | FaultKind::Refusal
            | FaultKind::TooLong
            | FaultKind::LengthCut
            | FaultKind::ContentFilter
            | FaultKind::ContextTooLong
            | FaultKind::ModelNotFound
            | FaultKind::TokensPerMinute { .. }
            | FaultKind::OtherAccount
            | FaultKind::ReadLag { .. } => Trouble::None,
        }
    }
}

/// What a fault on `gateway_connect` answers instead of the upgrade.
pub(super) async fn refused_connection(discord: &Discord) -> Option<Response> {
    match discord.trouble("gateway_connect", "").await {
        Trouble::None => None,
        Trouble::Instead(response) | Trouble::Afterwards(response) => Some(response),
    }
}

fn add_headers(response: &mut Response, standing: &Standing) {
    for (name, value) in standing.headers() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
}

/// 429 of a bucket or of the global limit.
fn too_many(full: &Standing, global: bool) -> Response {
    let mut response = refuse(full.reset_after, global);
    add_headers(&mut response, full);
    let scope = HeaderValue::from_static(if global { "global" } else { "user" });
    response.headers_mut().insert("x-ratelimit-scope", scope);
    if global {
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert("x-ratelimit-global", yes);
    }
    response
}

/// 429 of a fault, as of a limit that is shared with others.
fn throttled(retry_after: Duration) -> Response {
    let mut response = refuse(retry_after, false);
    let scope = HeaderValue::from_static("shared");
    response.headers_mut().insert("x-ratelimit-scope", scope);
    response
}

fn refuse(retry_after: Duration, global: bool) -> Response {
    let seconds = retry_after.as_secs_f64();
    let mut response = ApiError::rate_limited(0, seconds, global).into_response();
    // The header is in whole seconds, the body is exact.
    if let Ok(value) = HeaderValue::from_str(&format!("{:.0}", seconds.ceil())) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// An answer that breaks off in the middle of its JSON.
fn garbled() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], "{\"id\": \"11").into_response()
}
