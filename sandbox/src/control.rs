//! The control API (being written).
use crate::{Discord, OpenAi, Shared, X};
use axum::Router;
pub(crate) struct Control;
impl Control {
    pub(crate) fn new(_shared: Shared, _discord: Discord, _x: X, _openai: OpenAi) -> Self {
        Self
    }
    pub(crate) fn router(&self) -> Router {
        Router::new()
    }
}
