//! The ways out: one actor for the model and one for X, shared by all clients.
//!
//! They call the ports, contain what goes wrong there, and turn it into outcomes that a client can decide about. They
//! remember nothing that matters after a restart.

pub mod breaker;
mod breakers;
pub(crate) mod guarded;
pub mod health;
pub mod model;
pub mod x;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;

use crate::ports::Clock;

/// Runs a call of a port; neither a panic in it nor an answer that never comes ends or holds up more than the call.
pub(crate) async fn contained<T>(
    clock: &dyn Clock,
    patience: Duration,
    call: impl Future<Output = T>,
) -> Result<T, String> {
    within(clock, patience, whole(call)).await?
}

/// Runs something of ours; a panic in it ends nothing else.
pub(crate) async fn whole<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let work = AssertUnwindSafe(work).catch_unwind().await;
    work.map_err(|panic| format!("a fault inside Clara: {}", words(panic.as_ref())))
}

/// Waits for a call of a port no longer than so. The adapters have shorter limits of their own; this one is for calls
/// that hang in spite of them.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    patience: Duration,
    call: impl Future<Output = T>,
) -> Result<T, String> {
    tokio::select! {
        biased;
        answer = call => Ok(answer),
        () = clock.sleep(patience) => {
            Err(format!("no answer within {}", humantime::format_duration(patience)))
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
