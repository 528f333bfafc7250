//! What X says when it refuses: RFC 7807 problem bodies in the vendor's words.
//! The problem types moved from `api.twitter.com` to `api.x.com` with 2.167; which host is named is the simulator's setting.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    status: StatusCode,
    title: String,
    detail: String,
    /// The last segment of the type's URI; `None` is `about:blank`.
    kind: Option<&'static str>,
    more: Value,
}

impl Problem {
    fn blank(status: StatusCode, title: &str, detail: &str) -> Self {
        Self {
            status,
            title: title.into(),
            detail: detail.into(),
            kind: None,
            more: json!({}),
        }
    }

    /// 401: the token is unknown, expired or revoked.
    pub(crate) fn unauthorized() -> Self {
        Self::blank(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// 403 with a reason.
    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::blank(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    /// 403 for a text that the account has live already. It does not name the other post.
    pub(crate) fn duplicate() -> Self {
        Self::forbidden("You are not allowed to create a Tweet with duplicate content.")
    }

    /// 402: the app has no credits left.
    pub(crate) fn credits_depleted() -> Self {
        let detail = "Your enrolled account does not have any credits to fulfill this request.";
        Self {
            kind: Some("credits"),
            ..Self::blank(StatusCode::PAYMENT_REQUIRED, "CreditsDepleted", detail)
        }
    }

    /// 429 of the 15-minute kind; the headers say until when.
    pub(crate) fn too_many_requests() -> Self {
        Self::blank(
            StatusCode::TOO_MANY_REQUESTS,
            "Too Many Requests",
            "Too Many Requests",
        )
    }

    /// 429 of the other kind: a cap by day or month.
    pub(crate) fn usage_capped() -> Self {
        Self {
            kind: Some("usage-capped"),
            more: json!({ "period": "Daily", "scope": "Product" }),
            ..Self::blank(
                StatusCode::TOO_MANY_REQUESTS,
                "UsageCapExceeded",
                "Usage cap exceeded: Daily product cap",
            )
        }
    }

    /// 5xx.
    pub(crate) fn server(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let title = status.canonical_reason().unwrap_or("Service Unavailable");
        Self::blank(status, title, title)
    }

    /// 400, with one message for each thing that is wrong.
    pub(crate) fn invalid(parameter: &str, message: impl Into<String>) -> Self {
        let errors = json!([{ "parameters": { parameter: [] }, "message": message.into() }]);
        Self {
            kind: Some("invalid-request"),
            more: json!({ "errors": errors }),
            ..Self::blank(
                StatusCode::BAD_REQUEST,
                "Invalid Request",
                "One or more parameters to your request was invalid.",
            )
        }
    }

    /// Nothing by this id; X answers reads with 200 and this in `errors`.
    pub(crate) fn not_found(resource: &str, parameter: &str, value: &str) -> Self {
        let detail = format!("Could not find {resource} with {parameter}: [{value}].");
        Self {
            kind: Some("resource-not-found"),
            more: json!({ "resource_type": resource, "resource_id": value, "parameter": parameter, "value": value }),
            ..Self::blank(StatusCode::NOT_FOUND, "Not Found Error", &detail)
        }
    }

    /// The JSON body.
    pub(crate) fn body(&self, newer: bool) -> Value {
        let host = if newer {
            "api.x.com"
        } else {
            "api.twitter.com"
        };
        let kind = self.kind.map_or("about:blank".to_string(), |kind| {
            format!("https://{host}/2/problems/{kind}")
        });
        let mut body = json!({ "title": self.title, "detail": self.detail, "type": kind, "status": self.status.as_u16() });
        if let (Some(body), Some(more)) = (body.as_object_mut(), self.more.as_object()) {
            body.extend(more.clone());
        }
        body
    }

    /// The whole answer.
    pub(crate) fn response(&self, newer: bool) -> Response {
        let mut response = (self.status, axum::Json(self.body(newer))).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
