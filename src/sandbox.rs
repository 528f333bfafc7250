//! `clara sandbox`: the pretended outside world of `clara-sandbox`, and the real engine against it.
//!
//! The app that runs here is the one of `clara run`, with two things replaced: its clock is the world's, so that a
//! person can let time pass, and its ids may be seeded. Everything else goes over sockets and disk.

mod beside;
mod clock;
mod files;
mod place;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clara_actors::EngineHandle;
use clara_actors::handle::{ClientStatus, Condition};
use clara_actors::ports::{Clock, Journal};
use clara_adapters::ids::UuidIds;
use clara_sandbox::{Options, Sandbox, World};

use crate::app::{self, Ending, Replacements, Running};
use crate::config::{Config, Secrets};

pub use beside::{Beside, beside};
pub use clock::WorldClock;
pub(crate) use files::{Agency, ClientFile, domain, environment, everything};
pub use place::Place;

/// How long the engine may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The world tells when something in it changes, and nothing of the engine's: look at that now and then.
const GLANCE: Duration = Duration::from_millis(50);

/// How to start a sandbox.
#[derive(Debug, Clone, Default)]
pub struct SandboxOptions {
    /// Where everything is kept; forgotten at the end when there is none.
    pub data: Option<PathBuf>,
    /// The port of the page; the one used before, or any.
    pub port: Option<u16>,
    /// Makes the engine's ids the same at every run.
    pub seed: Option<u64>,
    /// Whether everything is switched on that is billed, as a script wants it: vectors, moderation, links.
    pub everything: bool,
}

/// The pretended services, alone.
pub struct Services {
    /// The world.
    pub sandbox: Sandbox,
    /// Where it keeps its files.
    pub place: Place,
}

/// The pretended services with the engine against them.
pub struct RunningSandbox {
    /// The world.
    pub sandbox: Sandbox,
    /// The engine.
    pub engine: EngineHandle,
    /// Its journal.
    pub journal: Arc<dyn Journal>,
    /// What it runs with.
    pub config: Config,
    place: Place,
}

/// Starts the services and writes the configuration of a Clara beside them.
///
/// # Errors
/// The port is taken, or the directory cannot be used.
pub async fn services(options: &SandboxOptions) -> anyhow::Result<Services> {
    let place = Place::open(options.data.as_deref())?;
    let agency = agency(options)?;
    let sandbox = listen(&agency.world, &place, options.port).await?;
    place.remember_port(sandbox.addr().port())?;
    files::write(&agency, sandbox.url(), &place)?;
    Ok(Services { sandbox, place })
}

fn agency(options: &SandboxOptions) -> anyhow::Result<Agency> {
    match options.everything {
        true => Agency::with_everything(),
        false => Agency::built_in(),
    }
}

/// Starts the services of an agency's world, which is forgotten at the end, and writes the configuration of a Clara
/// beside them, which stays.
pub(crate) async fn services_of(
    agency: &Agency,
    options: &SandboxOptions,
) -> anyhow::Result<Services> {
    let place = Place::open(options.data.as_deref())?;
    let sandbox = Sandbox::start(Options {
        world: agency.world.clone(),
        dir: None,
        port: options.port.unwrap_or(0),
    });
    let sandbox = sandbox.await?;
    files::write(agency, sandbox.url(), &place)?;
    Ok(Services { sandbox, place })
}

/// Starts the services and the engine. Has to be called inside an actix system.
///
/// # Errors
/// As of [`services`] and of [`app::start`].
pub async fn start(options: &SandboxOptions) -> anyhow::Result<(RunningSandbox, Running)> {
    let Services { sandbox, place } = services(options).await?;
    let config = Config::load(&place.config())?;
    let variables = environment(&Agency::built_in()?);
    let secrets = Secrets::read(&variables)
        .map_err(|_| anyhow::anyhow!("the world's tokens are not valid ones"))?;
    let clock: Arc<dyn Clock> = Arc::new(WorldClock::new(sandbox.clock.clone()));
    let ids = options
        .seed
        .map(|seed| Arc::new(UuidIds::seeded(clock.clone(), seed)) as _);
    let replaced = Replacements {
        clock: Some(clock),
        ids,
        ..Replacements::default()
    };
    let app = app::start(config.clone(), secrets, replaced).await?;
    if !is_ready(&sandbox, &app).await {
        app.stop(&Ending::Asked).await;
        bail!("the engine did not become ready within {READY_WITHIN:?}");
    }
    let running = RunningSandbox {
        sandbox,
        engine: app.engine.clone(),
        journal: app.journal.clone(),
        config,
        place,
    };
    Ok((running, app))
}

impl RunningSandbox {
    /// Ends the services; a directory that was only lent is removed.
    pub async fn shutdown(self) {
        self.sandbox.shutdown().await;
        drop(self.place);
    }
}

/// Waits until people can work: every client is read, the desk hears, and Discord knows its commands.
async fn is_ready(sandbox: &Sandbox, app: &Running) -> bool {
    let is_read = |client: &ClientStatus| client.condition != Condition::Starting;
    let all_read = || app.engine.clients().iter().all(is_read);
    let deadline = tokio::time::Instant::now() + READY_WITHIN;
    while tokio::time::Instant::now() < deadline {
        // A world that goes on knows the commands already; whoever listens now has to be there as well.
        let discord = &sandbox.discord;
        let heard = || discord.is_connected() && !discord.commands().is_empty() && all_read();
        if sandbox.until(GLANCE, heard).await {
            return true;
        }
    }
    false
}

/// The port that was asked for or nothing; otherwise the one used before while it is free, or any.
async fn listen(world: &World, place: &Place, port: Option<u16>) -> anyhow::Result<Sandbox> {
    let options = |port| Options {
        world: world.clone(),
        dir: Some(place.world()),
        port,
    };
    if let Some(port) = port {
        let started = Sandbox::start(options(port)).await;
        return started.with_context(|| {
            format!("the sandbox cannot use port {port}; choose another with --port, or none")
        });
    }
    match Sandbox::start(options(place.port())).await {
        Err(clara_sandbox::Error::Listen { .. }) if place.port() != 0 => {
            Ok(Sandbox::start(options(0)).await?)
        }
        started => Ok(started?),
    }
}
