//! The page that a person watches and plays on: one HTML file with its style and script, nothing from elsewhere.
//! It speaks to the control API only; there is no logic of the world in it.

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

const HTML: &str = include_str!("page/index.html");
const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

/// `/` and its two companions.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(|| async { Html(HTML) }))
        .route(
            "/page.css",
            get(|| async { typed("text/css; charset=utf-8", CSS) }),
        )
        .route(
            "/page.js",
            get(|| async { typed("text/javascript; charset=utf-8", JS) }),
        )
}

fn typed(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
}
