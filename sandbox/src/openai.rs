//! OpenAI's API, pretended: chat completions under a strict JSON schema, moderations, embeddings, models.
//! There is no model behind it: texts are put together from the brief, the same for the same request, so a test can rely on them.
//! Nothing here is remembered over a restart but the bill, as by the real one.

mod book;
mod brief;
mod chat;
mod failure;
mod generate;
mod others;
mod prose;
mod quota;
mod request;
mod schema;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::faults::FaultKind;
use crate::{Entry, Shared};
pub use book::{BilledCall, BilledSum, Quantities, Work};

use book::Book;
use failure::Failure;
use quota::Quota;

/// How many answers the page shows.
const SHOWN: usize = 20;
/// The most tokens that a pretended model reads.
const CONTEXT: u64 = 128_000;

/// The OpenAI simulator; clones share one.
#[derive(Clone, Debug)]
pub struct OpenAi(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Shared,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    quota: Quota,
    latency: Duration,
    usage: Usage,
    recent: VecDeque<Exchange>,
    book: Book,
}

/// What was used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Requests of every kind, refused ones included.
    pub requests: u64,
    /// Chat completions that were made (and would be billed), even if the answer got lost.
    pub completions: u64,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
}

/// One chat completion, for the person who watches.
#[derive(Clone, Debug, Serialize)]
struct Exchange {
    at: Timestamp,
    brief: String,
    content: String,
}

impl OpenAi {
    /// A simulator with the world's key and the bill as it was.
    #[must_use]
    pub fn new(shared: Shared, replay: &[Entry]) -> Self {
        let state = State {
            book: Book::replayed(replay),
            ..State::default()
        };
        Self(Arc::new(Inner {
            shared,
            state: Mutex::new(state),
        }))
    }

    /// Its routes, under `/openai/v1`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/openai/v1/chat/completions", post(chat::completions))
            .route("/openai/v1/moderations", post(others::moderations))
            .route("/openai/v1/embeddings", post(others::embeddings))
            .route("/openai/v1/models", get(others::models))
            .with_state(self.clone())
    }

    /// Makes every chat completion take this long, in real time.
    pub fn set_latency(&self, latency: Duration) {
        self.lock().latency = latency;
        self.0.shared.touch();
    }

    /// How long every chat completion takes.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.lock().latency
    }

    /// What was used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.lock().usage
    }

    /// Usage, latency and the latest answers, for the page.
    #[must_use]
    pub fn state(&self) -> Value {
        let state = self.lock();
        let mut out = json!(state.usage);
        out["latency_ms"] = json!(u64::try_from(state.latency.as_millis()).unwrap_or(u64::MAX));
        out["recent"] = json!(state.recent);
        out["billed"] = json!(state.book.sums());
        out
    }

    /// Every call that is on the bill, in the order of their working.
    #[must_use]
    pub fn billed(&self) -> Vec<BilledCall> {
        self.lock().book.calls().to_vec()
    }

    /// The bill by kind of work, model and whether the answers were sent; the same as `GET /control/openai/billing`.
    #[must_use]
    pub fn bill(&self) -> Vec<BilledSum> {
        self.lock().book.sums()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the request and checks its key.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Failure> {
        self.lock().usage.requests += 1;
        let sent = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        match sent.and_then(|value| value.strip_prefix("Bearer ")) {
            None => Err(Failure::no_key()),
            Some(key) if key == self.0.shared.world.openai.api_key => Ok(()),
            Some(_) => Err(Failure::bad_key()),
        }
    }

    fn remember(&self, brief: String, content: String, took: &Quantities) {
        let at = self.0.shared.clock.now();
        let mut state = self.lock();
        state.usage.completions += 1;
        state.usage.prompt_tokens += took.prompt_tokens;
        state.usage.completion_tokens += took.completion_tokens;
        state.recent.push_front(Exchange { at, brief, content });
        state.recent.truncate(SHOWN);
        drop(state);
        self.0.shared.touch();
    }

    fn bill_for(
        &self,
        (work, model): (Work, &str),
        opening: String,
        took: Quantities,
        fault: Option<&FaultKind>,
    ) {
        let kept_back = matches!(
            fault,
            Some(FaultKind::AnswerLost | FaultKind::ServerErrorAfter { .. })
        );
        let call = BilledCall {
            at: self.0.shared.clock.now(),
            opening,
            work,
            model: model.into(),
            took,
            delivered: !kept_back,
        };
        self.lock().book.enter(call, &self.0.shared.store);
    }
}

/// The refusal that a fault stands for; nothing was worked on.
fn refused(fault: &FaultKind, model: &str) -> Option<Failure> {
    match fault {
        FaultKind::TooManyRequests { retry_after } => Some(Failure::rate_limited(*retry_after)),
        FaultKind::TokensPerMinute { retry_after } => Some(Failure::out_of_tokens(*retry_after)),
        FaultKind::InsufficientQuota | FaultKind::CreditsDepleted | FaultKind::UsageCapped => {
            Some(Failure::no_quota())
        }
        FaultKind::ServerError { status } => Some(Failure::server(*status)),
        FaultKind::TokenRevoked => Some(Failure::bad_key()),
        FaultKind::ContextTooLong => Some(Failure::context_length(CONTEXT + 1, CONTEXT)),
        FaultKind::ModelNotFound => Some(Failure::no_model(model)),
        FaultKind::ServerErrorAfter { .. }
        | FaultKind::AnswerLost
        | FaultKind::RequestLost
        | FaultKind::Slow { .. }
        | FaultKind::BadJson
        | FaultKind::Refusal
        | FaultKind::ContentFilter
        | FaultKind::TooLong
        | FaultKind::LengthCut
        | FaultKind::OtherAccount
        | FaultKind::ReadLag { .. }
        | FaultKind::GatewayDrop
        | FaultKind::GatewayReconnect
        | FaultKind::InvalidSession => None,
    }
}

/// About four letters a token.
fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count().div_ceil(4)).unwrap_or(u64::MAX)
}
