//! `clara run`: the real thing, until a signal ends it.

use std::sync::Arc;

use actix::System;

use super::{Exit, RunArgs, complain, say};
use crate::app::{self, Ending, Replacements, Running};
use crate::config::{Config, Secrets};
use crate::telemetry;

pub(super) fn run(args: &RunArgs) -> Exit {
    let (config, secrets) = match load(args) {
        Ok(loaded) => loaded,
        Err(text) => {
            complain(&text);
            return Exit::Usage;
        }
    };
    telemetry::log(&config.log);
    in_system(async move {
        match app::start(config, secrets, Replacements::default()).await {
            Ok(running) => {
                say(&running.banner());
                until_told(running).await
            }
            Err(error) => {
                complain(&format!("Clara did not start: {error:#}."));
                Exit::Failed
            }
        }
    })
}

fn load(args: &RunArgs) -> Result<(Config, Secrets), String> {
    let config = super::load(&args.config, args.data_dir.as_deref())
        .map_err(|problems| problems.to_string())?;
    let secrets = super::secrets().map_err(|problems| {
        format!("{problems}\nNothing was started. Correct the environment and start again.")
    })?;
    if secrets.discord_token.is_none() {
        let name = crate::config::secrets::DISCORD_TOKEN;
        return Err(format!(
            "There is no bot token. Nothing was started. Set {name}, or {name}_FILE to a file that holds it."
        ));
    }
    Ok((config, secrets))
}

/// Runs a future inside an actix system whose tasks have all the machine's threads.
pub(super) fn in_system<T>(future: impl Future<Output = T>) -> T {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a process that cannot have threads cannot do anything else either")
    };
    System::with_tokio_rt(runtime).block_on(future)
}

/// Waits for the end and carries it out. A second signal ends the waiting: what is in flight is found out at the next
/// start.
pub(super) async fn until_told(mut running: Running) -> Exit {
    let signals = Arc::new(Signals::new());
    let ending = running.until(signals.next()).await;
    if matches!(ending, Ending::Asked) {
        say(
            "Stopping: waiting for what is on its way. Again to end at once; the next start then finds out what became of it.",
        );
    }
    tokio::select! {
        () = running.stop(&ending) => {}
        () = signals.next() => return Exit::Failed,
    }
    match ending {
        Ending::Asked => Exit::Fine,
        Ending::EngineFailed(reason) | Ending::DeskFailed(reason) => {
            complain(&format!(
                "Clara ended: {reason}. Everything that was acknowledged is on disk; start her again to go on."
            ));
            Exit::Failed
        }
    }
}

/// SIGTERM and SIGINT.
pub(super) struct Signals(tokio::sync::watch::Receiver<u32>);

impl Signals {
    /// Listens from now on; the signals no longer end the process by themselves.
    pub(super) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let (sender, receiver) = tokio::sync::watch::channel(0);
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let sender = sender.clone();
            match signal(kind) {
                Ok(mut signals) => drop(tokio::spawn(async move {
                    while signals.recv().await.is_some() {
                        sender.send_modify(|count| *count += 1);
                    }
                })),
                Err(error) => {
                    tracing::warn!(%error, "a signal cannot be listened for; it will end the process at once")
                }
            }
        }
        Self(receiver)
    }

    /// Resolves at the next signal.
    pub(super) async fn next(&self) {
        let mut receiver = self.0.clone();
        receiver.mark_unchanged();
        if receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
