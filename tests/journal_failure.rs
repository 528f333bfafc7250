//! A journal that fails under the real app: people are told, the ops port says so, and the process ends.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clara::app::{self, Ending, Replacements};
use clara::config::{Config, Secrets};
use clara::sandbox::{SandboxOptions, services};
use clara_actors::handle::Condition;
use clara_actors::ports::Journal;
use clara_actors::ports::journal::{
    AppendError, NewRecord, ReadError, Record, Snapshot, StreamId, Version,
};
use clara_adapters::journal::MemoryJournal;

const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps everything until it is broken.
struct Breakable {
    kept: MemoryJournal,
    broken: AtomicBool,
}

#[async_trait]
impl Journal for Breakable {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Version,
        records: Vec<NewRecord>,
    ) -> Result<Version, AppendError> {
        if self.broken.load(Ordering::SeqCst) {
            let reason = "no space left on device".to_owned();
            return Err(AppendError::Failed { reason });
        }
        self.kept.append(stream, expected, records).await
    }

    async fn read(&self, stream: &StreamId, after: Version) -> Result<Vec<Record>, ReadError> {
        self.kept.read(stream, after).await
    }

    async fn streams(&self) -> Result<Vec<StreamId>, ReadError> {
        self.kept.streams().await
    }

    async fn snapshot(&self, stream: &StreamId) -> Result<Option<Snapshot>, ReadError> {
        self.kept.snapshot(stream).await
    }

    async fn save_snapshot(
        &self,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), AppendError> {
        self.kept.save_snapshot(stream, snapshot).await
    }

    async fn close(&self) {
        self.kept.close().await;
    }
}

/// The variables that `clara sandbox --services` writes beside its configuration.
fn variables(exports: &str) -> std::collections::BTreeMap<String, String> {
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    exports.lines().filter_map(variable).collect()
}

#[test]
fn a_journal_that_fails_ends_everything_with_an_alert_and_an_unhealthy_answer() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    actix::System::with_tokio_rt(runtime).block_on(async {
        let world = services(&SandboxOptions::default()).await.unwrap();
        let config = Config::load(&world.place.config()).unwrap();
        let exports = std::fs::read_to_string(world.place.environment()).unwrap();
        let secrets = Secrets::read(&variables(&exports)).unwrap();
        let journal = Arc::new(Breakable {
            kept: MemoryJournal::new(),
            broken: AtomicBool::new(false),
        });
        let replaced = Replacements {
            journal: Some(journal.clone()),
            ..Replacements::default()
        };
        let mut app = app::start(config, secrets, replaced).await.unwrap();
        let runs = |engine: &clara_actors::EngineHandle| {
            let clients = engine.clients();
            clients
                .iter()
                .all(|client| client.condition == Condition::Running)
        };
        let discord = &world.sandbox.discord;
        assert!(
            world
                .sandbox
                .until(PATIENCE, || !discord.commands().is_empty())
                .await
        );
        while !runs(&app.engine) {
            tokio::task::yield_now().await;
        }

        journal.broken.store(true, Ordering::SeqCst);
        let line = "/plan client:harbour brief:\"Hello\"";
        let asked = discord.command("tom", "ops", line).await.unwrap();
        let ending = tokio::time::timeout(PATIENCE, app.until(std::future::pending()));
        let ending = ending.await.unwrap();
        assert!(
            matches!(&ending, Ending::EngineFailed(reason) if reason.contains("no space left")),
            "{ending:?}"
        );
        let said = discord.wait_interaction(asked, PATIENCE).await.unwrap();
        let said = said.response.unwrap().text();
        assert!(!said.contains("no space left"), "{said}");

        let health = format!("http://{}/healthz", app.ops());
        let asked = tokio::task::spawn_blocking(move || {
            let clara = env!("CARGO_BIN_EXE_clara");
            let mut asking = std::process::Command::new(clara);
            asking.args(["health", "--url", &health]).output().unwrap()
        });
        assert!(
            !asked.await.unwrap().status.success(),
            "it says that it is well"
        );

        app.stop(&ending).await;
        let alerts = discord.messages("alerts");
        let told = alerts
            .iter()
            .filter(|alert| alert.text().contains("cannot go on"));
        assert_eq!(told.count(), 1, "{alerts:?}");
        world.sandbox.shutdown().await;
    });
}
