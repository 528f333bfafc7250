//! Discord, pretended (placeholder until the simulator arrives).

use axum::Router;

use crate::{Entry, Shared};

/// The Discord simulator.
#[derive(Clone, Debug)]
pub struct Discord;

impl Discord {
    /// A simulator of the world's guild, with what the log remembers.
    #[must_use]
    pub fn new(_shared: Shared, _replay: &[Entry]) -> Self {
        Self
    }

    /// Its REST and gateway routes.
    pub fn router(&self) -> Router {
        Router::new()
    }
}
