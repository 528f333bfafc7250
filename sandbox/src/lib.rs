//! A pretend outside world on real wire protocols: Discord, X and OpenAI behind one port on loopback, with faults and a web page.
//! It imports nothing of the engine and shares no type with its adapters, so it cannot agree with their bugs.
//! Its world starts from [`World`], runs on [`SimClock`], remembers in [`store`] and misbehaves as [`faults`] tells it.

pub mod clock;
mod control;
pub mod discord;
pub mod faults;
pub mod openai;
mod page;
pub mod server;
pub mod store;
pub mod world;
pub mod x;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use clock::{Pace, SimClock};
pub use discord::Discord;
pub use faults::{FaultId, FaultKind, FaultRule, Faults};
pub use openai::{BilledCall, BilledSum, OpenAi, Quantities, Work};
pub use store::{Changes, Entry, Store};
pub use world::World;
pub use x::X;

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// What exists at the start.
    pub world: World,
    /// Where the world's log lives (`world.jsonl`); `None` forgets everything at the end.
    pub dir: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            world: World::agency(),
            dir: None,
            port: 0,
        }
    }
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken or not allowed.
    #[error("could not listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The world's log cannot be used.
    #[error("could not use the world's log {path}: {source}", path = path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What every simulator is given; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The world's time.
    pub clock: SimClock,
    /// The troubles switched on.
    pub faults: Faults,
    /// The world's memory.
    pub store: Store,
    /// What existed at the start.
    pub world: Arc<World>,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
}

impl Shared {
    /// Tells the page that something visible changed. The store does so by itself; call it for what is not written down.
    pub fn touch(&self) {
        self.store.changes().bump();
    }
}

/// A running world. Dropping it closes the port and every connection; what it logged stays.
#[derive(Debug)]
pub struct Sandbox {
    /// The world's time.
    pub clock: SimClock,
    /// The switchboard of troubles.
    pub faults: Faults,
    /// The chat side.
    pub discord: Discord,
    /// The publishing side.
    pub x: X,
    /// The writing side.
    pub openai: OpenAi,
    control: control::Control,
    url: String,
    addr: SocketAddr,
    server: server::Server,
}

impl Sandbox {
    /// Starts (or, with a directory that holds a log, restarts) a world and serves it.
    ///
    /// # Errors
    /// The port cannot be bound, or the log cannot be read or created.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let (store, replay) = open_log(options.dir.as_deref())?;
        let port = options.port;
        let bound = server::Bound::bind(port)
            .await
            .map_err(|source| Error::Listen { port, source })?;
        let addr = bound.addr();
        let shared = Shared {
            clock: SimClock::replayed(&store, &replay),
            faults: Faults::new(store.changes().clone()),
            store,
            world: Arc::new(options.world),
            base_url: format!("http://{addr}"),
        };
        let discord = Discord::new(shared.clone(), &replay);
        let x = X::new(shared.clone(), &replay);
        let openai = OpenAi::new(shared.clone(), &replay);
        let desk =
            control::Control::new(shared.clone(), discord.clone(), x.clone(), openai.clone());
        let router = discord
            .router()
            .merge(x.router())
            .merge(openai.router())
            .merge(desk.router())
            .merge(page::router());
        let server = bound.serve(router);
        Ok(Self {
            clock: shared.clock,
            faults: shared.faults,
            discord,
            x,
            openai,
            control: desk,
            url: shared.base_url,
            addr,
            server,
        })
    }

    /// The whole world as the page sees it; the same as `GET /control/state`.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        self.control.state()
    }

    /// `{"timelines": {"<handle>": [...]}, "discord": [...]}`; the same as `GET /control/report`.
    #[must_use]
    pub fn report(&self) -> serde_json::Value {
        self.control.report()
    }

    /// Waits until `holds` says yes, looking again after each change of the world; `false` if `limit` (real time) passed first.
    pub async fn until(&self, limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
        let mut changes = self.control.changes();
        let looking = async {
            loop {
                changes.mark_unchanged();
                if holds() || changes.changed().await.is_err() {
                    return;
                }
            }
        };
        let in_time = tokio::time::timeout(limit, looking).await.is_ok();
        in_time || holds()
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Closes the port and every connection; resolves once the port is free.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

fn open_log(dir: Option<&std::path::Path>) -> Result<(Store, Vec<Entry>), Error> {
    let path = dir.map(|dir| dir.join("world.jsonl"));
    let wrap = |source| Error::Log {
        path: path.clone().unwrap_or_default(),
        source,
    };
    if let Some(dir) = dir {
        std::fs::create_dir_all(dir).map_err(wrap)?;
    }
    Store::open(path.as_deref()).map_err(wrap)
}
