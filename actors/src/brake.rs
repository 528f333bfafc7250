//! The brake over all clients: its keeper records it in the engine's own stream, everybody else looks at it.
//!
//! Whoever sends looks at the moment of sending. The keeper alone writes; what it shows is on disk. A record of the
//! engine that cannot be read holds everything: nothing is sent on the guess that it did not say so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix::prelude::*;
use clara_domain::person::{By, Grant};
use clara_domain::{Brake, BrakeCommand, BrakeEvent, Halt};
use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tracing::{info, warn};

use crate::alerts::{Alert, AlertCenter, Matter, tell};
use crate::client_actor::BUSY_PAUSE;
use crate::handle::Refusal;
use crate::ports::journal::{AppendError, NewRecord, StreamId, Version};
use crate::ports::{Clock, Journal};
use crate::record;
use crate::vital::Vital;

/// The brake, as everybody sees it. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct BrakeView {
    state: Arc<State>,
    keeper: Addr<BrakeKeeper>,
}

impl BrakeView {
    /// Why nothing may be sent, if nothing may.
    pub(crate) fn halt(&self) -> Option<Halt> {
        self.state.get().halt.clone()
    }

    /// Resolves when sending may go on, at once where it may.
    pub(crate) async fn released(&self) {
        loop {
            let moved = self.state.moved.notified();
            if self.state.get().halt.is_none() {
                return;
            }
            moved.await;
        }
    }

    /// Asks as Clara. It is recorded as soon as the journal takes it.
    pub(crate) fn pull(&self, reason: String, until: Option<Timestamp>) {
        let command = BrakeCommand::Halt { reason, until };
        self.keeper.do_send(Pull(command));
    }

    /// Asks for somebody.
    pub(crate) async fn ask(&self, by: By, command: BrakeCommand) -> Result<(), Refusal> {
        let asked = self.keeper.send(AskBrake { by, command }).await;
        asked.unwrap_or(Err(Refusal::Stopping))
    }
}

/// What the keeper shows. Whoever waits for it is woken in the order of coming, so that a run can be repeated.
struct State {
    brake: Mutex<Brake>,
    moved: Notify,
}

impl State {
    fn get(&self) -> MutexGuard<'_, Brake> {
        self.brake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, brake: Brake) -> Brake {
        let was = std::mem::replace(&mut *self.get(), brake);
        self.moved.notify_waiters();
        was
    }
}

#[derive(Message)]
#[rtype(result = "Result<(), Refusal>")]
struct AskBrake {
    by: By,
    command: BrakeCommand,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Pull(BrakeCommand);

/// What a keeper needs of the rest of the engine.
pub(crate) struct KeeperTools {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alerts: Addr<AlertCenter>,
    pub(crate) fatal: Arc<watch::Sender<Option<String>>>,
    /// The people who may pull and release it.
    pub(crate) managers: Grant,
    pub(crate) _vital: Vital,
}

/// The only writer of the engine's stream.
pub(crate) struct BrakeKeeper {
    tools: KeeperTools,
    version: Version,
    state: Arc<State>,
}

impl BrakeKeeper {
    /// Reads the engine's stream and starts the keeper on the present arbiter.
    pub(crate) async fn start_with(tools: KeeperTools) -> BrakeView {
        let (brake, version) = load(tools.journal.as_ref(), tools.clock.now()).await;
        let state = Arc::new(State {
            brake: Mutex::new(brake),
            moved: Notify::new(),
        });
        let keeper = Self {
            tools,
            version,
            state: state.clone(),
        };
        BrakeView {
            state,
            keeper: keeper.start(),
        }
    }

    fn ask(
        &mut self,
        by: By,
        command: &BrakeCommand,
    ) -> ResponseActFuture<Self, Result<(), Refusal>> {
        let now = self.tools.clock.now();
        let brake = self.state.get().clone();
        let events = match brake.decide(&by, &self.tools.managers, command, now) {
            Err(rejection) => return Box::pin(fut::ready(Err(rejection.into()))),
            Ok(events) if events.is_empty() => return Box::pin(fut::ready(Ok(()))),
            Ok(events) => events,
        };
        let records = records(&events, &by, now);
        let (journal, version) = (self.tools.journal.clone(), self.version);
        let append = async move { journal.append(&StreamId::Engine, version, records).await };
        Box::pin(append.into_actor(self).map(move |result, keeper, ctx| {
            let version = result.map_err(|error| keeper.not_stored(error))?;
            keeper.recorded(&events, version, now, ctx);
            Ok(())
        }))
    }

    fn not_stored(&self, error: AppendError) -> Refusal {
        let perhaps = matches!(error, AppendError::Failed { .. });
        if let AppendError::Failed { reason } = &error {
            report(&self.tools.fatal, reason);
        }
        Refusal::NotStored {
            reason: error.to_string(),
            perhaps,
        }
    }

    fn recorded(
        &mut self,
        events: &[BrakeEvent],
        version: Version,
        at: Timestamp,
        ctx: &mut Context<Self>,
    ) {
        self.version = version;
        let brake = self.state.get().clone();
        let brake = events
            .iter()
            .fold(brake, |brake, event| brake.evolve(event, at));
        let was = self.state.replace(brake.clone());
        info!(halted = brake.halt.is_some(), "the brake was moved");
        let matter = match (brake.halt, was.halt) {
            (Some(halt), _) => Matter::Halted { halt },
            (None, halt) => Matter::Released { halt },
        };
        self.tell(matter, at, ctx);
        self.expect_the_end(ctx);
    }

    fn tell(&self, matter: Matter, at: Timestamp, ctx: &mut Context<Self>) {
        let (alerts, clock) = (self.tools.alerts.clone(), self.tools.clock.clone());
        let told = tell(alerts, clock, Alert::new(None, matter, at));
        ctx.spawn(told.into_actor(self));
    }

    /// A halt that ends by itself is ended here.
    fn expect_the_end(&self, ctx: &mut Context<Self>) {
        let halt = self.state.get().halt.clone();
        let Some(until) = halt.and_then(|halt| halt.until) else {
            return;
        };
        let clock = self.tools.clock.clone();
        let sleep = async move { clock.sleep_until(until).await };
        ctx.spawn(
            sleep
                .into_actor(self)
                .map(|(), _, ctx| ctx.notify(Pull(BrakeCommand::Release))),
        );
    }
}

/// What the engine's stream says; held where it cannot be read.
async fn load(journal: &dyn Journal, now: Timestamp) -> (Brake, Version) {
    match read(journal).await {
        Ok(read) => read,
        Err(reason) => {
            warn!(reason, "the engine's own record cannot be read");
            let halt = Halt {
                by: None,
                reason: format!("Clara's own record of the brake cannot be read: {reason}"),
                at: now,
                until: None,
            };
            (Brake { halt: Some(halt) }, Version::default())
        }
    }
}

async fn read(journal: &dyn Journal) -> Result<(Brake, Version), String> {
    let records = journal.read(&StreamId::Engine, Version::default()).await;
    let mut brake = Brake::default();
    let mut version = Version::default();
    for record in records.map_err(|error| error.to_string())? {
        let event: BrakeEvent = record::decode(&record).map_err(|error| error.to_string())?;
        brake = brake.evolve(&event, record.record.at);
        version = record.version;
    }
    Ok((brake, version))
}

fn records(events: &[BrakeEvent], by: &By, now: Timestamp) -> Vec<NewRecord> {
    let record = |event| record::encode(event, now, by.who());
    events.iter().map(record).collect()
}

/// Reports that the process cannot go on; the first report counts.
pub(crate) fn report(fatal: &watch::Sender<Option<String>>, reason: &str) {
    fatal.send_if_modified(|fatal| {
        let is_first = fatal.is_none();
        fatal.get_or_insert_with(|| reason.to_owned());
        is_first
    });
}

impl Actor for BrakeKeeper {
    type Context = Context<Self>;

    /// Whoever starts Clara while everything is held is told so again.
    fn started(&mut self, ctx: &mut Self::Context) {
        let halt = self.state.get().halt.clone();
        if let Some(halt) = halt {
            let at = halt.at;
            self.tell(Matter::Halted { halt }, at, ctx);
        }
        self.expect_the_end(ctx);
    }
}

impl Handler<AskBrake> for BrakeKeeper {
    type Result = AtomicResponse<Self, Result<(), Refusal>>;

    fn handle(&mut self, message: AskBrake, _: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(self.ask(message.by, &message.command))
    }
}

impl Handler<Pull> for BrakeKeeper {
    type Result = AtomicResponse<Self, ()>;

    /// Clara has nobody else who would ask again: a journal that is busy is asked until it takes it.
    fn handle(&mut self, Pull(command): Pull, _: &mut Self::Context) -> Self::Result {
        let asked = self.ask(By::Engine, &command);
        AtomicResponse::new(Box::pin(asked.map(|asked, keeper: &mut Self, ctx| {
            if let Err(Refusal::NotStored {
                perhaps: false,
                reason,
            }) = asked
            {
                warn!(reason, "the brake waits to be recorded");
                let clock = keeper.tools.clock.clone();
                let pause = async move { clock.sleep(BUSY_PAUSE).await };
                ctx.spawn(
                    pause
                        .into_actor(keeper)
                        .map(|(), _, ctx| ctx.notify(Pull(command))),
                );
            }
        })))
    }
}
