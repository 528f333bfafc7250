//! The way of every API request: whose token it is, what fault is on, whether quota is left, then the work itself.
//! A lost answer is lost after the work, a lost request before it.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::limits::{Operation, Standing};
use super::problem::Problem;
use super::state::State;
use super::{Settings, X, read};
use crate::faults::FaultKind;
use crate::server::hang_up;

/// A body for a success, or the refusal.
pub(super) type Answer = Result<Value, Problem>;

/// Who asks, when, and how far the reads that they get lag behind.
pub(super) struct Caller {
    pub(super) handle: String,
    pub(super) now: Timestamp,
    lag: Duration,
    is_mixed_up: bool,
}

impl Caller {
    /// Whose name the caller is told to be its own.
    pub(super) fn told<'s>(&'s self, state: &'s State) -> &'s str {
        let other = state.other_than(&self.handle).filter(|_| self.is_mixed_up);
        other.map_or(&self.handle, |account| &account.handle)
    }

    /// What a read may see.
    pub(super) fn view(&self, settings: Settings) -> read::View {
        read::View {
            settings,
            now: self.now,
            lag: self.lag,
        }
    }
}

impl X {
    /// One request from its token to its answer: who asks, what goes wrong, whether there is quota left, then the work.
    pub(super) async fn serve(
        &self,
        op: Operation,
        headers: &HeaderMap,
        work: impl FnOnce(&mut State, &Caller) -> Answer,
    ) -> Response {
        let now = self.0.shared.clock.now();
        let newer = self.settings().newer;
        let Some(handle) = bearer(headers).and_then(|token| self.lock().tokens.holder(token, now))
        else {
            return Problem::unauthorized().response(newer);
        };
        *self
            .lock()
            .requests
            .entry((handle.clone(), op.name()))
            .or_default() += 1;
        let fault = self.0.shared.faults.take("x", op.name(), &handle);
        let caller = Caller {
            is_mixed_up: fault == Some(FaultKind::OtherAccount),
            lag: self.0.shared.faults.read_lag("x", op.name(), &handle),
            handle,
            now,
        };
        match fault {
            None => self.work(op, &caller, work),
            Some(FaultKind::RequestLost) => hang_up(),
            Some(FaultKind::AnswerLost) => {
                self.work(op, &caller, work);
                hang_up()
            }
            Some(FaultKind::ServerErrorAfter { status }) => {
                self.work(op, &caller, work);
                Problem::server(status).response(newer)
            }
            Some(FaultKind::Slow { by }) => {
                let answer = self.work(op, &caller, work);
                tokio::time::sleep(by).await;
                answer
            }
            Some(fault) => match refusal(&fault, now) {
                Some(refusal) => refused(&refusal, newer),
                None => self.work(op, &caller, work),
            },
        }
    }

    fn work(
        &self,
        op: Operation,
        caller: &Caller,
        work: impl FnOnce(&mut State, &Caller) -> Answer,
    ) -> Response {
        let newer = self.settings().newer;
        let mut state = self.lock();
        let Some(user) = state.account(&caller.handle).map(|account| account.user_id) else {
            return Problem::unauthorized().response(newer);
        };
        let standing = state.windows.count(op, user, caller.now);
        let answer = if standing.allowed {
            work(&mut state, caller)
        } else {
            Err(Problem::too_many_requests())
        };
        drop(state);
        let success = if op == Operation::CreateTweet {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let mut response = match answer {
            Ok(body) => (success, axum::Json(body)).into_response(),
            Err(problem) => problem.response(newer),
        };
        standing.write(response.headers_mut());
        response
    }
}

/// The refusal that a fault stands for, with the rate-limit headers it comes with.
fn refusal(fault: &FaultKind, now: Timestamp) -> Option<(Problem, Option<Standing>)> {
    match fault {
        FaultKind::TooManyRequests { retry_after } => {
            let wait = SignedDuration::try_from(*retry_after).unwrap_or(SignedDuration::MAX);
            let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
            Some((
                Problem::too_many_requests(),
                Some(Standing::exhausted(until)),
            ))
        }
        FaultKind::UsageCapped => Some((Problem::usage_capped(), None)),
        FaultKind::ServerError { status } => Some((Problem::server(*status), None)),
        FaultKind::TokenRevoked => Some((Problem::unauthorized(), None)),
        FaultKind::CreditsDepleted => Some((Problem::credits_depleted(), None)),
        _ => None,
    }
}

fn refused((problem, standing): &(Problem, Option<Standing>), newer: bool) -> Response {
    let mut response = problem.response(newer);
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    response
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}
