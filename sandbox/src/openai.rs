//! OpenAI, pretended (being written).
use crate::{Entry, Shared};
use axum::Router;
/// The OpenAI simulator.
#[derive(Clone, Debug)]
pub struct OpenAi;
impl OpenAi {
    /// A simulator.
    #[must_use]
    pub fn new(_shared: Shared, _replay: &[Entry]) -> Self {
        Self
    }
    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new()
    }
}
