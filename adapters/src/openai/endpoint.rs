//! Where the service is and how it is asked: one JSON question, one answer that is a success.
//!
//! What is asked and how the answer is read is each endpoint's own. A question leaves once.

use std::time::Duration;

use clara_actors::ports::model::{Billed, ModelError};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::failure;
use crate::http::{Answer, BaseUrl, Connections, HttpError, Lost, Service};

/// A service and the key to it.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    service: Service,
    api_key: Option<SecretString>,
}

impl Endpoint {
    pub(super) fn new(
        base_url: &str,
        api_key: Option<SecretString>,
        timeout: Duration,
    ) -> Result<Self, HttpError> {
        let service = Service::new(BaseUrl::new(base_url)?, timeout, Connections::Reused)?;
        Ok(Self { service, api_key })
    }

    /// Asks once, waiting for the answer no longer than `timeout`, or than the endpoint's own without one.
    pub(super) async fn ask(
        &self,
        path: &str,
        question: &impl Serialize,
        timeout: Option<Duration>,
    ) -> Result<Answer, ModelError> {
        let mut call = self.service.request(Method::POST, path).json(question);
        if let Some(timeout) = timeout {
            call = call.timeout(timeout);
        }
        if let Some(key) = &self.api_key {
            call = call.bearer_auth(key.expose_secret());
        }
        let secrets = self.api_key.iter().cloned().collect();
        let answer = self
            .service
            .send(call, secrets)
            .await
            .map_err(without_answer)?;
        tracing::debug!(
            path,
            status = answer.status.as_u16(),
            request_id = answer.header("x-request-id"),
            "the model service answered"
        );
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(failure::of(&answer))
        }
    }
}

/// What a question without an answer means. Only one of which no byte left is certainly not billed.
fn without_answer(lost: Lost) -> ModelError {
    let billed = match lost {
        Lost::NotSent(_) => Billed::No,
        Lost::MaybeSent(_) => Billed::Perhaps,
    };
    let reason = lost.into_reason();
    ModelError::Unavailable { reason, billed }
}
