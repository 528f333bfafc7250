//! What runs: the engine, its supervision, the client actors, the rate limiter, the gateways and the alerts.
//!
//! The outside world appears only as the [`ports`]; what a client decides is decided in `clara-domain`. The invariant
//! of the crate: an event is on disk before anything is told, shown or started because of it.

mod aggregate;
pub mod alerts;
mod around;
mod brake;
mod client_actor;
pub mod engine;
pub mod gateway;
pub mod handle;
pub mod knowledge;
pub mod limiter;
mod meter;
pub mod model_chain;
pub mod ports;
pub mod prompt;
pub mod record;
mod registry;
pub mod rules;
pub mod supervision;
pub mod treasurer;
mod vital;

pub use engine::{EngineOptions, Ports, start};
pub use handle::{EngineHandle, Refusal};
