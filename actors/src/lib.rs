//! What runs: the engine, its supervision, the client actors, the rate limiter, the gateways and the alerts.
//!
//! The outside world appears only as the [`ports`]; what a client decides is decided in `clara-domain`. The invariant
//! of the crate: an event is on disk before anything is told, shown or started because of it.

pub mod alerts;
pub mod ports;
