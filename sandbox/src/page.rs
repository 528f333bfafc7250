//! The page (being written).
use axum::Router;
pub(crate) fn router() -> Router {
    Router::new()
}
