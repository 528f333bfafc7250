//! What everybody in a soak shares: the world, the books, the engine's process, and how far the play is.

use std::time::{Duration, Instant};

use clara_sandbox::Sandbox;
use tokio::sync::{Semaphore, watch};

use super::ledger::Ledger;
use super::pauses::Pauses;
use super::process::Process;
use super::stats::Stats;
use super::town::Clients;

/// How many people do something at the same moment.
const AT_ONCE: usize = 24;

/// How far the play is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Everything happens.
    Load,
    /// Nothing new is begun; what was begun is brought to an end.
    Rest,
    /// It is over.
    Over,
}

/// The stage.
pub(super) struct Scene {
    pub(super) seed: u64,
    pub(super) sandbox: Sandbox,
    pub(super) clients: Clients,
    pub(super) ledger: Ledger,
    pub(super) pauses: Pauses,
    pub(super) stats: Stats,
    pub(super) engine: Process,
    pub(super) phase: watch::Sender<Phase>,
    /// Counts what people do, so that a kill can follow it closely.
    pub(super) raised: watch::Sender<u64>,
    pub(super) busy: Semaphore,
    pub(super) began: Instant,
}

impl Scene {
    pub(super) fn new(seed: u64, sandbox: Sandbox, clients: Clients, engine: Process) -> Self {
        Self {
            seed,
            sandbox,
            clients,
            ledger: Ledger::default(),
            pauses: Pauses::default(),
            stats: Stats::default(),
            engine,
            phase: watch::Sender::new(Phase::Load),
            raised: watch::Sender::new(0),
            busy: Semaphore::new(AT_ONCE),
            began: Instant::now(),
        }
    }

    /// How far the play is.
    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Resolves when the play has come so far.
    pub(super) async fn until(&self, phase: Phase) {
        let mut phases = self.phase.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = phases.wait_for(|now| *now >= phase).await;
    }

    /// Waits so long, or until the play has come to a phase; says whether it has not.
    pub(super) async fn pause(&self, time: Duration, phase: Phase) -> bool {
        tokio::time::timeout(time, self.until(phase)).await.is_err()
    }

    /// The world's time, for histories.
    pub(super) fn stamp(&self) -> String {
        format!("{:.0}", self.sandbox.clock.now())
    }

    /// The world's time in epoch seconds.
    pub(super) fn second(&self) -> i64 {
        self.sandbox.clock.now().as_second()
    }
}
