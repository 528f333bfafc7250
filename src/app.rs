//! The composition root: builds what implements the ports, starts the engine and the desk, and ends both in order.
//!
//! Nothing is decided here. The invariant of the end: the desk takes nothing more, then the engine waits for what is on
//! its way, then the renewals of tokens are, then the journal is closed.

mod banner;
mod build;
mod tokens;
mod trouble;

pub use banner::missing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clara_actors::EngineHandle;
use clara_actors::alerts::{Alert, Matter};
use clara_actors::ports::{Clock, Desk, Ids, Journal, LanguageModel, XApi};
use clara_adapters::x::XHttp;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::books;
use crate::config::{Config, Secrets};
use crate::discord::{Discord, DiscordError};
use crate::{ops, telemetry};

/// How long the last alert may take.
const LAST_ALERT: Duration = Duration::from_secs(5);

/// What takes the place of a real part; none is replaced by default.
#[derive(Clone, Default)]
pub struct Replacements {
    /// The time.
    pub clock: Option<Arc<dyn Clock>>,
    /// New ids.
    pub ids: Option<Arc<dyn Ids>>,
    /// The record of everything.
    pub journal: Option<Arc<dyn Journal>>,
    /// Who writes.
    pub model: Option<Arc<dyn LanguageModel>>,
    /// Where it is posted.
    pub x: Option<Arc<dyn XApi>>,
}

/// Everything that runs.
pub struct Running {
    /// The engine.
    pub engine: EngineHandle,
    /// Its journal.
    pub journal: Arc<dyn Journal>,
    config: Config,
    secrets: Secrets,
    desk: Arc<dyn Desk>,
    x: Option<Arc<XHttp>>,
    gateway: Option<JoinHandle<Result<(), DiscordError>>>,
    close_gateway: Option<oneshot::Sender<()>>,
    journal_failure: watch::Sender<Option<String>>,
    ops: ops::Ops,
    books: Option<books::Listener>,
}

/// Why it does not go on.
#[derive(Debug)]
pub enum Ending {
    /// It was told to stop.
    Asked,
    /// The engine cannot go on.
    EngineFailed(String),
    /// The desk cannot go on.
    DeskFailed(String),
}

/// Starts everything. Has to be called inside an actix system, on a runtime with more than one thread.
///
/// # Errors
/// A part could not be started; what had been started is stopped. The texts are for the person at the terminal.
pub async fn start(
    config: Config,
    secrets: Secrets,
    replaced: Replacements,
) -> anyhow::Result<Running> {
    let port = ops::bind(config.ops.listen).await?;
    let metrics = telemetry::metrics()?;
    let journal_failure = watch::Sender::new(None);
    let (troubles, to_be_told) = trouble::listener(&journal_failure);
    let discord = Discord::connect(build::desk_options(&config, &secrets)?).await?;
    let (desk, connection) = (discord.desk(), discord.connection());
    let parts = build::parts(&config, &secrets, replaced, desk.clone(), troubles)?;
    let (ports, x, books) = (parts.ports, parts.x, parts.books);
    let journal = ports.journal.clone();
    let started = clara_actors::start(ports, build::engine_options(&config)).await;
    let engine = started.context("the engine did not start; nothing was posted")?;
    if let Some(books) = &books {
        books.introduce(engine.clone());
    }
    tokio::spawn(trouble::tell(engine.clone(), to_be_told));
    let (close_gateway, closed) = oneshot::channel::<()>();
    let until_closed = async move { drop(closed.await) };
    let gateway = tokio::spawn(discord.run(engine.clone(), until_closed));
    let ops = port.serve(ops::Watched {
        engine: engine.clone(),
        desk: connection,
        journal: journal_failure.subscribe(),
        metrics,
    });
    tracing::info!(clients = config.clients.len(), data_dir = %config.data_dir.display(), "started");
    Ok(Running {
        engine,
        journal,
        config,
        secrets,
        desk,
        x,
        gateway: Some(gateway),
        close_gateway: Some(close_gateway),
        journal_failure,
        ops,
        books,
    })
}

impl Running {
    /// What runs, where it keeps its data, and what is missing, for the person at the terminal.
    pub fn banner(&self) -> String {
        banner::text(&self.config, &self.secrets, self.ops.address())
    }

    /// Where health and metrics are served.
    pub fn ops(&self) -> SocketAddr {
        self.ops.address()
    }

    /// The configuration that it runs with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Waits until it is told to stop or cannot go on. May be given up and called again.
    pub async fn until(&mut self, stop: impl Future<Output = ()>) -> Ending {
        let Some(gateway) = self.gateway.as_mut() else {
            return Ending::DeskFailed("the desk has ended already".to_owned());
        };
        let mut failure = self.journal_failure.subscribe();
        // It is here as long as its receivers.
        let journal_failed = async {
            failure
                .wait_for(Option::is_some)
                .await
                .map(|why| why.clone())
        };
        let ending = tokio::select! {
            () = stop => Ending::Asked,
            reason = self.engine.failed() => Ending::EngineFailed(reason),
            Ok(Some(reason)) = journal_failed => Ending::EngineFailed(reason),
            ended = gateway => {
                self.gateway = None;
                Ending::DeskFailed(match ended {
                    Ok(Ok(())) => "the connection to Discord ended".to_owned(),
                    Ok(Err(error)) => error.to_string(),
                    Err(error) => format!("the desk panicked: {error}"),
                })
            }
        };
        if let Ending::EngineFailed(reason) = &ending {
            self.journal_failure.send_replace(Some(reason.clone()));
        }
        ending
    }

    /// Stops everything in order. When it resolves, all that was promised is on disk.
    pub async fn stop(mut self, ending: &Ending) {
        match ending {
            Ending::Asked => {}
            Ending::EngineFailed(reason) => {
                tracing::error!(
                    reason,
                    "the engine cannot go on; the process ends so that the next start recovers"
                );
                self.last_alert(reason).await;
            }
            Ending::DeskFailed(reason) => tracing::error!(reason, "the desk cannot go on"),
        }
        drop(self.close_gateway.take());
        if let Some(gateway) = self.gateway.take()
            && let Err(error) = gateway.await
        {
            tracing::error!(%error, "the desk did not end well");
        }
        tracing::info!("the desk is closed; waiting for what is on its way");
        self.engine.stop().await;
        if let Some(x) = &self.x {
            // A post that was given up on may have left a renewal behind; cut off, it would need a person.
            x.close().await;
        }
        if let Some(books) = self.books {
            books.stop().await;
        }
        self.journal.close().await;
        tracing::info!("everything is on disk; stopped");
    }

    async fn last_alert(&self, reason: &str) {
        // By the shortest way: the engine may not be able to tell anybody anything.
        let matter = Matter::EngineFailed {
            reason: reason.to_owned(),
        };
        let alert = Alert::new(None, matter, self.engine.now());
        match tokio::time::timeout(LAST_ALERT, self.desk.alert(&alert)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the failure could not be told to people"),
            Err(_) => tracing::error!("the failure could not be told to people in time"),
        }
    }
}
