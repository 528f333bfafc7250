//! The page that a person watches and plays on: HTML with its styles and scripts, nothing from elsewhere.
//! It speaks to the control API only; there is no logic of the world in it.

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;

const HTML: &str = include_str!("page/index.html");
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
/// Path, media type and text of each companion.
const PARTS: &[(&str, &str, &str)] = &[
    ("/page/page.css", CSS, include_str!("page/page.css")),
    ("/page/discord.css", CSS, include_str!("page/discord.css")),
    ("/page/main.js", JS, include_str!("page/main.js")),
    ("/page/dom.js", JS, include_str!("page/dom.js")),
    ("/page/markdown.js", JS, include_str!("page/markdown.js")),
    ("/page/discord.js", JS, include_str!("page/discord.js")),
    ("/page/composer.js", JS, include_str!("page/composer.js")),
    ("/page/timelines.js", JS, include_str!("page/timelines.js")),
    ("/page/faults.js", JS, include_str!("page/faults.js")),
];

/// `/` and its companions.
pub(crate) fn router() -> Router {
    let page = Router::new().route("/", get(|| async { Html(HTML) }));
    PARTS.iter().fold(page, |router, (path, kind, text)| {
        router.route(
            path,
            get(|| async {
                (
                    [
                        (header::CONTENT_TYPE, *kind),
                        (header::CACHE_CONTROL, "no-cache"),
                    ],
                    *text,
                )
            }),
        )
    })
}
