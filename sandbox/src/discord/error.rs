//! What Discord's REST API answers when it refuses: status, numeric code, text, and for a bad form the tree of fields.
//! Codes and shapes are those of the public documentation ("Opcodes and status codes", "Error messages").

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    body: Value,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: u32, message: &str) -> Self {
        Self {
            status,
            body: json!({"message": message, "code": code}),
        }
    }

    fn missing(code: u32, message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    fn bad(code: u32, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized")
    }

    pub(super) fn not_found() -> Self {
        Self::missing(0, "404: Not Found")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed")
    }

    pub(super) fn server_error(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, 0, &status.to_string())
    }

    pub(super) fn unknown_application() -> Self {
        Self::missing(10002, "Unknown Application")
    }

    pub(super) fn unknown_channel() -> Self {
        Self::missing(10003, "Unknown Channel")
    }

    pub(super) fn unknown_guild() -> Self {
        Self::missing(10004, "Unknown Guild")
    }

    pub(super) fn unknown_member() -> Self {
        Self::missing(10007, "Unknown Member")
    }

    pub(super) fn unknown_message() -> Self {
        Self::missing(10008, "Unknown Message")
    }

    pub(super) fn unknown_webhook() -> Self {
        Self::missing(10015, "Unknown Webhook")
    }

    pub(super) fn unknown_interaction() -> Self {
        Self::missing(10062, "Unknown interaction")
    }

    pub(super) fn too_many_commands() -> Self {
        Self::bad(
            30032,
            "Maximum number of application commands reached (100)",
        )
    }

    pub(super) fn already_acknowledged() -> Self {
        Self::bad(40060, "Interaction has already been acknowledged.")
    }

    pub(super) fn entity_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            40005,
            "Request entity too large",
        )
    }

    pub(super) fn missing_access() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50001, "Missing Access")
    }

    pub(super) fn empty_message() -> Self {
        Self::bad(50006, "Cannot send an empty message")
    }

    pub(super) fn invalid_webhook_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token")
    }

    pub(super) fn invalid_json() -> Self {
        Self::bad(50109, "The request body contains invalid JSON.")
    }

    /// 429; `code` is 0 for a bucket, 30046 for edits of old messages.
    pub(super) fn rate_limited(code: u32, retry_after: f64, global: bool) -> Self {
        let message = match code {
            30046 => {
                "Maximum number of edits to messages older than 1 hour reached. Try again later."
            }
            _ => "You are being rate limited.",
        };
        let mut body = json!({"message": message, "retry_after": retry_after, "global": global});
        if code != 0 {
            body["code"] = code.into();
        }
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            body,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

/// Collects what is wrong with a form, by the path of the field, as `{"embeds":{"0":{"title":{"_errors":[…]}}}}`.
#[derive(Debug, Default)]
pub(super) struct FormErrors {
    tree: Map<String, Value>,
}

impl FormErrors {
    /// Notes that the field at `path` (dot separated) is wrong.
    pub(super) fn add(&mut self, path: &str, code: &str, message: &str) {
        let mut at = &mut self.tree;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let next = at.entry(step).or_insert_with(|| json!({}));
            if !next.is_object() {
                *next = json!({});
            }
            at = next.as_object_mut().expect("it was just made an object");
        }
        let list = at.entry("_errors").or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(json!({"code": code, "message": message}));
        }
    }

    /// The field must be given.
    pub(super) fn required(&mut self, path: &str) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Counts the characters (code points) of a text.
    pub(super) fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        let count = text.chars().count();
        if count > max {
            let message = format!("Must be {max} or fewer in length.");
            self.add(path, "BASE_TYPE_MAX_LENGTH", &message);
        } else if count < min {
            let message = format!("Must be between {min} and {max} in length.");
            self.add(path, "BASE_TYPE_BAD_LENGTH", &message);
        }
    }

    /// Counts the items of a list.
    pub(super) fn items(&mut self, path: &str, count: usize, min: usize, max: usize) {
        if count < min || count > max {
            let message = format!("Must be between {min} and {max} in length.");
            self.add(path, "BASE_TYPE_BAD_LENGTH", &message);
        }
    }

    /// 400 with code 50035 if anything was wrong.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        if self.tree.is_empty() {
            return Ok(());
        }
        Err(ApiError {
            status: StatusCode::BAD_REQUEST,
            body: json!({"message": "Invalid Form Body", "code": 50035, "errors": self.tree}),
        })
    }
}
