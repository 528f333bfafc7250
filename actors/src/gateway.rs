//! The ways out: one actor for the model and one for X, shared by all clients.
//!
//! They call the ports, contain what goes wrong there, and turn it into outcomes that a client can decide about. They
//! remember nothing that matters after a restart.

pub mod breaker;
pub mod model;
pub mod x;

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// Runs a call of a port; a panic in it ends the call, not the gateway.
pub(crate) async fn contained<T>(call: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(call)
        .catch_unwind()
        .await
        .map_err(|panic| format!("a fault inside Clara: {}", words(panic.as_ref())))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
