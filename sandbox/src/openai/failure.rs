//! What the API says when it refuses: `{"error": {message, type, param, code}}`, in the vendor's words.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
    kind: &'static str,
    param: Option<String>,
    code: Option<&'static str>,
    retry_after: Option<Duration>,
    resets_in: Option<Duration>,
}

impl Failure {
    fn new(
        status: StatusCode,
        kind: &'static str,
        code: Option<&'static str>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            message: message.into(),
            kind,
            param: None,
            code,
            retry_after: None,
            resets_in: None,
        }
    }

    /// 401 without a key.
    pub(crate) fn no_key() -> Self {
        let message = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_request_error",
            None,
            message,
        )
    }

    /// 401 with a wrong one.
    pub(crate) fn bad_key() -> Self {
        let message = "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_request_error",
            Some("invalid_api_key"),
            message,
        )
    }

    /// 400 about one parameter.
    pub(crate) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let failure = Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            None,
            message,
        );
        Self {
            param: Some(param.into()),
            ..failure
        }
    }

    /// 400: the prompt is longer than the model reads.
    pub(crate) fn context_length(tokens: u64, limit: u64) -> Self {
        let message = format!(
            "This model's maximum context length is {limit} tokens. However, your messages resulted in {tokens} tokens. Please reduce the length of the messages."
        );
        Self {
            code: Some("context_length_exceeded"),
            ..Self::invalid("messages", message)
        }
    }

    /// 429 that waiting heals.
    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        let message = "Rate limit reached for requests. Please try again later.";
        let failure = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "requests",
            Some("rate_limit_exceeded"),
            message,
        );
        Self {
            retry_after: Some(retry_after),
            ..failure
        }
    }

    /// 429 that waiting heals, of which only the reset of the tokens tells how long.
    pub(crate) fn out_of_tokens(resets_in: Duration) -> Self {
        let message = "Rate limit reached on tokens per min (TPM): Limit 4000000, Used 4000000, Requested 900. Please try again later.";
        let failure = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "tokens",
            Some("rate_limit_exceeded"),
            message,
        );
        Self {
            resets_in: Some(resets_in),
            ..failure
        }
    }

    /// 404: no such model, or not for this key.
    pub(crate) fn no_model(model: &str) -> Self {
        let message =
            format!("The model `{model}` does not exist or you do not have access to it.");
        let kind = "invalid_request_error";
        Self::new(
            StatusCode::NOT_FOUND,
            kind,
            Some("model_not_found"),
            message,
        )
    }

    /// 429 that no waiting heals.
    pub(crate) fn no_quota() -> Self {
        let message =
            "You exceeded your current quota, please check your plan and billing details.";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "insufficient_quota",
            Some("insufficient_quota"),
            message,
        )
    }

    /// 5xx.
    pub(crate) fn server(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let message = "The server had an error while processing your request. Sorry about that!";
        Self::new(status, "server_error", None, message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = json!({ "message": self.message, "type": self.kind, "param": self.param, "code": self.code });
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        if let Some(wait) = self.resets_in {
            let reset = format!("{}ms", wait.as_millis());
            for (name, value) in [
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", reset.as_str()),
            ] {
                if let Ok(value) = HeaderValue::from_str(value) {
                    let name = HeaderName::from_static(name);
                    response.headers_mut().insert(name, value);
                }
            }
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_millis().div_ceil(1000);
            for (name, value) in [
                ("retry-after", seconds),
                ("retry-after-ms", wait.as_millis()),
            ] {
                let value = u64::try_from(value).unwrap_or(u64::MAX);
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), HeaderValue::from(value));
            }
        }
        response
    }
}
