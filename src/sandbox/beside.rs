//! The engine in a process of its own, beside a pretended world that another process holds.
//!
//! It is `clara run` with the world's time for a clock. It lives no longer than whoever started it: when its standard
//! input is closed, be it because it was told to stop or because the other process is gone, it ends.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clara_sandbox::{Pace, SimClock};
use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{Place, WorldClock};
use crate::app::{self, Replacements, Running};
use crate::config::{Config, Secrets};

/// How long the end may take once standard input is closed.
const LAST_WORK: Duration = Duration::from_secs(20);

/// An engine beside a world.
pub struct Beside {
    /// The engine.
    pub app: Running,
    /// Resolves when standard input is closed.
    pub closed: BoxFuture<'static, ()>,
}

/// Starts the engine with the configuration in a sandbox's directory and the secrets in the environment. Has to be
/// called inside an actix system.
///
/// # Errors
/// The configuration cannot be used, or as of [`app::start`].
pub async fn beside(dir: &Path, pace: Pace) -> anyhow::Result<Beside> {
    let closed = watch_standard_input();
    let place = Place::open(Some(dir))?;
    let config = Config::load(&place.config())?;
    let secrets = Secrets::read(&Secrets::environment());
    let secrets = secrets.map_err(|_| anyhow::anyhow!("the world's tokens are not valid ones"))?;
    let clock = SimClock::new(Duration::ZERO);
    clock.run_at(pace);
    let replaced = Replacements {
        clock: Some(Arc::new(WorldClock::new(clock))),
        ..Replacements::default()
    };
    let app = app::start(config, secrets, replaced).await;
    let app = app.context("the engine beside the world did not start")?;
    Ok(Beside {
        app,
        closed: Box::pin(closed),
    })
}

/// A thread of its own, so that nothing in the runtime can keep the process alive.
fn watch_standard_input() -> impl Future<Output = ()> {
    let (sender, mut closed) = watch::channel(false);
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while std::io::stdin()
            .read(&mut buffer)
            .is_ok_and(|read| read > 0)
        {}
        sender.send_replace(true);
        std::thread::sleep(LAST_WORK);
        tracing::error!("the end took too long");
        std::process::exit(1);
    });
    // The thread ends the process if need be, so that its sender is gone means closed as well.
    async move { drop(closed.wait_for(|closed| *closed).await) }
}
