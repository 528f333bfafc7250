//! The engine: starts everything, supervises the clients, and stops everything.
//!
//! Supervision is our own on top of actix: a client actor is built anew from its blueprint after every failure, with
//! pauses that grow, and is left alone when it fails too often. The others never notice.

mod start;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::ids::ClientId;
use clara_domain::person::By;
use clara_domain::settings::ClientSettings;
use clara_domain::{Client, Command, Rejection};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use crate::alerts::{Alert, Matter, tell};
use crate::client_actor::{Ask, Blueprint, ChildExited, ClientActor, ExitGuard, StopClient, Tools};
use crate::handle::Refusal;
use crate::registry::{Condition, Registry};
use crate::supervision::{ExitReason, FailureHistory, RestartPolicy, Verdict};
use crate::vital::{Vital, Vitals};

pub use start::{EngineOptions, Ports, StartError, start};

/// How long a stop waits for posts that are on their way.
const STOP_PATIENCE: Duration = Duration::from_secs(45);

/// Adds a client by a person's word.
#[derive(Message)]
#[rtype(result = "Result<Arc<Client>, Refusal>")]
pub(crate) struct AddClient {
    pub(crate) client: ClientId,
    pub(crate) by: By,
    pub(crate) settings: ClientSettings,
}

/// Starts a client from the journal, with the settings that are declared for it.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Launch {
    pub(crate) client: ClientId,
    pub(crate) declared: Option<ClientSettings>,
}

/// Tells people, again and again until they are told.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Tell(pub(crate) Alert);

/// Stops everything; resolves when it has.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Stop;

struct Child {
    blueprint: Blueprint,
    actor: Option<Addr<ClientActor>>,
    incarnation: u64,
    history: FailureHistory,
}

/// The root actor: the supervisor of all clients.
pub struct Engine {
    tools: Tools,
    registry: Registry,
    policy: RestartPolicy,
    arbiters: Vec<Arbiter>,
    children: BTreeMap<ClientId, Child>,
    vitals: Vitals,
    _vital: Vital,
    stopping: bool,
    stopped: Vec<oneshot::Sender<()>>,
}

impl Engine {
    fn launch(
        &mut self,
        client: ClientId,
        declared: Option<ClientSettings>,
        ctx: &mut Context<Self>,
    ) {
        let blueprint = Blueprint {
            id: client.clone(),
            declared: declared.map(Arc::new),
            tools: self.tools.clone(),
            registry: self.registry.clone(),
        };
        let child = Child {
            blueprint,
            actor: None,
            incarnation: 0,
            history: FailureHistory::default(),
        };
        self.children.insert(client.clone(), child);
        self.start_child(&client, ctx);
    }

    fn start_child(&mut self, id: &ClientId, ctx: &mut Context<Self>) {
        let Some(child) = self.children.get_mut(id) else {
            return;
        };
        child.incarnation += 1;
        let guard = ExitGuard::new(id.clone(), child.incarnation, ctx.address().recipient());
        let blueprint = child.blueprint.clone();
        self.registry.set_condition(id, Condition::Starting);
        let build = move |ctx: &mut Context<ClientActor>| ClientActor::new(blueprint, guard, ctx);
        child.actor = Some(match arbiter_of(&self.arbiters, id) {
            Some(arbiter) => ClientActor::start_in_arbiter(&arbiter.handle(), build),
            None => ClientActor::create(build),
        });
    }

    fn child_failed(&mut self, id: &ClientId, reason: &ExitReason, ctx: &mut Context<Self>) {
        let Some(child) = self.children.get_mut(id) else {
            return;
        };
        let now = self.tools.clock.now();
        let reason = reason.to_string();
        metrics::counter!("clara_client_failures_total").increment(1);
        match child.history.note(now, &self.policy) {
            Verdict::RestartAfter(pause) => {
                warn!(client = %id, reason, ?pause, "client failed and is started again");
                self.registry
                    .set_condition(id, Condition::Restarting { reason });
                let clock = self.tools.clock.clone();
                let sleep = async move { clock.sleep(pause).await };
                let (id, incarnation) = (id.clone(), child.incarnation);
                ctx.spawn(sleep.into_actor(self).map(move |(), engine, ctx| {
                    engine.restart(&id, incarnation, ctx);
                }));
            }
            Verdict::Quarantine => self.quarantine(id, reason, ctx),
        }
    }

    fn restart(&mut self, id: &ClientId, incarnation: u64, ctx: &mut Context<Self>) {
        let is_same = self
            .children
            .get(id)
            .is_some_and(|child| child.incarnation == incarnation);
        if is_same && !self.stopping {
            self.start_child(id, ctx);
        }
    }

    fn quarantine(&mut self, id: &ClientId, reason: String, ctx: &mut Context<Self>) {
        error!(client = %id, reason, "client failed too often and is quarantined");
        metrics::counter!("clara_clients_quarantined_total").increment(1);
        let now = self.tools.clock.now();
        let matter = Matter::Quarantined {
            reason: reason.clone(),
        };
        self.registry
            .set_condition(id, Condition::Quarantined { reason });
        self.tell(Alert::new(Some(id.clone()), matter, now), ctx);
    }

    /// Nobody but the engine knows of it: it is told until it is heard.
    fn tell(&mut self, alert: Alert, ctx: &mut Context<Self>) {
        let (alerts, clock) = (self.tools.alerts.clone(), self.tools.clock.clone());
        ctx.spawn(tell(alerts, clock, alert).into_actor(self));
    }

    fn finish_stop(&mut self, ctx: &mut Context<Self>) {
        let running = self.children.values().any(|child| child.actor.is_some());
        if !running {
            for waiting in self.stopped.drain(..) {
                let _ = waiting.send(());
            }
            ctx.stop();
        }
    }
}

/// The same client always runs on the same arbiter.
fn arbiter_of<'a>(arbiters: &'a [Arbiter], id: &ClientId) -> Option<&'a Arbiter> {
    let sum: usize = id.as_str().bytes().map(usize::from).sum();
    arbiters.get(sum.checked_rem(arbiters.len())?)
}

impl Actor for Engine {
    type Context = Context<Self>;

    fn stopped(&mut self, _: &mut Self::Context) {
        for arbiter in &self.arbiters {
            arbiter.stop();
        }
    }
}

impl Handler<Launch> for Engine {
    type Result = ();
    fn handle(&mut self, message: Launch, ctx: &mut Self::Context) {
        self.launch(message.client, message.declared, ctx);
    }
}

impl Handler<AddClient> for Engine {
    type Result = ResponseActFuture<Self, Result<Arc<Client>, Refusal>>;

    fn handle(&mut self, message: AddClient, ctx: &mut Self::Context) -> Self::Result {
        let id = message.client;
        if self.stopping {
            return Box::pin(fut::ready(Err(Refusal::Stopping)));
        }
        if self.children.contains_key(&id) {
            return Box::pin(fut::ready(Err(Rejection::ClientExists.into())));
        }
        self.launch(id.clone(), None, ctx);
        let actor = self.children.get(&id).and_then(|child| child.actor.clone());
        let (reply, answer) = oneshot::channel();
        let command = Command::Configure {
            settings: Box::new(message.settings),
        };
        let ask = Ask::new(message.by, command, reply);
        let gone = Refusal::Unavailable {
            client: id.clone(),
            reason: "it could not be started".to_owned(),
        };
        let configure = async move {
            let actor = actor.ok_or_else(|| gone.clone())?;
            actor.send(ask).await.map_err(|_| gone.clone())?;
            answer.await.unwrap_or(Err(gone))
        };
        Box::pin(configure.into_actor(self).map(move |result, engine, _| {
            if result.is_err() {
                // A client that was never set up leaves no trace.
                if let Some(child) = engine.children.remove(&id)
                    && let Some(actor) = child.actor
                {
                    actor.do_send(StopClient);
                }
                engine.registry.remove(&id);
            }
            result
        }))
    }
}

impl Handler<Tell> for Engine {
    type Result = ();
    fn handle(&mut self, message: Tell, ctx: &mut Self::Context) {
        self.tell(message.0, ctx);
    }
}

impl Handler<ChildExited> for Engine {
    type Result = ();

    fn handle(&mut self, message: ChildExited, ctx: &mut Self::Context) {
        let id = &message.client;
        let Some(child) = self.children.get_mut(id) else {
            return;
        };
        if child.incarnation != message.incarnation {
            return;
        }
        child.actor = None;
        match &message.reason {
            ExitReason::Stopped => self.registry.set_condition(id, Condition::Stopped),
            reason @ (ExitReason::Failed(_) | ExitReason::Panicked) if !self.stopping => {
                self.child_failed(id, reason, ctx);
            }
            reason @ (ExitReason::Failed(_) | ExitReason::Panicked) => {
                warn!(client = %id, %reason, "client failed while stopping");
            }
        }
        if self.stopping {
            self.finish_stop(ctx);
        }
    }
}

impl Handler<Stop> for Engine {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        info!("stopping: waiting for what is on its way");
        self.stopping = true;
        self.vitals.stop();
        self.tools.limiter.close();
        for child in self.children.values() {
            if let Some(actor) = &child.actor {
                actor.do_send(StopClient);
            }
        }
        let (sender, stopped) = oneshot::channel();
        self.stopped.push(sender);
        let clock = self.tools.clock.clone();
        self.finish_stop(ctx);
        Box::pin(async move {
            tokio::select! {
                biased;
                _ = stopped => {}
                () = clock.sleep(STOP_PATIENCE) => {
                    warn!("some posts had no answer in time; the next start finds out about them");
                }
            }
        })
    }
}
