//! X API v2, pretended (being written).
use crate::{Entry, Shared};
use axum::Router;
/// The X simulator.
#[derive(Clone, Debug)]
pub struct X;
impl X {
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
