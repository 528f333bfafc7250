//! One client: decides what is asked of it, records that, answers, and starts what is owed to the outside.
//!
//! One decision at a time: nothing else of this client is handled while one is on its way to the disk. What is owed is
//! read off the state after every change and at the times the state names, so a lost message heals by itself.

mod checking;
mod due;
mod effects;
mod exit;
mod metered;
mod outgoing;
mod writing;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::effect::EffectKey;
use clara_domain::ids::ClientId;
use clara_domain::person::By;
use clara_domain::settings::ClientSettings;
use clara_domain::{Client, Command, Effect, Event, Rejection};
use tokio::sync::oneshot;
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::aggregate::{Aggregate, LoadError};
use crate::handle::Refusal;
use crate::ports::journal::{AppendError, Version};
use crate::registry::Registry;
use crate::supervision::ExitReason;
use due::Delays;
pub(crate) use effects::Tools;
use effects::{End, run};
pub(crate) use exit::{ChildExited, ExitGuard};

/// Requests that may wait for one client; one more is told that the client is busy.
const MAILBOX: usize = 64;

/// How long to leave the journal alone after it took nothing.
pub(crate) const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// A request for a decision, and where the answer goes.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Ask {
    by: By,
    command: Command,
    reply: oneshot::Sender<Result<Arc<Client>, Refusal>>,
}

impl Ask {
    pub(crate) fn new(
        by: By,
        command: Command,
        reply: oneshot::Sender<Result<Arc<Client>, Refusal>>,
    ) -> Self {
        Self { by, command, reply }
    }
}

/// Ends the actor once nothing of it is on its way any more.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct StopClient;

/// What a client actor is built from, each time anew.
#[derive(Clone)]
pub(crate) struct Blueprint {
    pub(crate) id: ClientId,
    pub(crate) declared: Option<Arc<ClientSettings>>,
    pub(crate) tools: Tools,
    pub(crate) registry: Registry,
}

/// The actor of one client.
pub(crate) struct ClientActor {
    blueprint: Blueprint,
    exit: ExitGuard,
    aggregate: Option<Aggregate>,
    in_flight: BTreeSet<EffectKey>,
    delays: Delays,
    wake: Option<SpawnHandle>,
    /// Set while something would be sent but for the brake.
    held: Option<SpawnHandle>,
    stopping: bool,
}

impl ClientActor {
    pub(crate) fn new(blueprint: Blueprint, exit: ExitGuard, ctx: &mut Context<Self>) -> Self {
        ctx.set_mailbox_capacity(MAILBOX);
        Self {
            blueprint,
            exit,
            aggregate: None,
            in_flight: BTreeSet::new(),
            delays: Delays::default(),
            wake: None,
            held: None,
            stopping: false,
        }
    }

    fn loaded(&mut self, loaded: Result<Aggregate, LoadError>, ctx: &mut Context<Self>) {
        match loaded {
            Ok(aggregate) => {
                info!(client = %self.blueprint.id, version = %aggregate.version, "client is ready");
                let registry = &self.blueprint.registry;
                registry.running(&self.blueprint.id, ctx.address().recipient());
                registry.publish(&aggregate.client);
                let sent = aggregate.client.sendings.bursts().collect();
                self.blueprint
                    .tools
                    .limiter
                    .relive(&aggregate.client.id, sent);
                let tools = &self.blueprint.tools;
                let now = tools.clock.now();
                tools.treasurer.relive(&aggregate.client, now);
                tools.around.owe(&aggregate.client);
                self.aggregate = Some(aggregate);
                self.pump(ctx);
                self.keep_snapshot(ctx);
            }
            Err(LoadError::Append(AppendError::Failed { reason })) => self.fatal(reason, ctx),
            Err(error) => self.fail(error.to_string(), ctx),
        }
    }

    /// Ends this incarnation; the next one begins from the journal.
    fn fail(&mut self, reason: String, ctx: &mut Context<Self>) {
        error!(client = %self.blueprint.id, reason, "client cannot go on");
        self.exit.because(ExitReason::Failed(reason));
        // Not `terminate`: after a future was cancelled in the same turn, actix 0.13 then goes round in circles for ever.
        ctx.stop();
    }

    /// The journal is gone: nobody can promise anything any more.
    fn fatal(&mut self, reason: String, ctx: &mut Context<Self>) {
        self.blueprint.tools.report_fatal(&reason);
        self.fail(reason, ctx);
    }

    fn refuse(ask: Ask, refusal: impl Into<Refusal>) {
        // Whoever asked may have stopped waiting.
        let _ = ask.reply.send(Err(refusal.into()));
    }

    fn appended(
        &mut self,
        result: Result<Version, AppendError>,
        events: &[Event],
        ask: Ask,
        at: jiff::Timestamp,
        ctx: &mut Context<Self>,
    ) {
        let (reason, perhaps) = match result {
            Ok(version) => return self.recorded(version, events, ask, at, ctx),
            Err(AppendError::Refused { reason }) => {
                warn!(client = %self.blueprint.id, reason, "the journal refused a decision");
                if let Some(aggregate) = &self.aggregate {
                    self.blueprint.tools.around.note(&aggregate.client, events);
                }
                Self::refuse(ask, not_stored(reason, false));
                // The engine's own decisions have nobody else who would ask again.
                return self.wake_at(at.checked_add(BUSY_PAUSE).ok(), ctx);
            }
            Err(error @ AppendError::Conflict { .. }) => (error.to_string(), false),
            Err(AppendError::Failed { reason }) => {
                Self::refuse(ask, not_stored(reason.clone(), true));
                return self.fatal(reason, ctx);
            }
        };
        Self::refuse(ask, not_stored(reason.clone(), perhaps));
        self.fail(reason, ctx);
    }

    fn recorded(
        &mut self,
        version: Version,
        events: &[Event],
        ask: Ask,
        at: jiff::Timestamp,
        ctx: &mut Context<Self>,
    ) {
        let Some(aggregate) = &mut self.aggregate else {
            return;
        };
        if let Err(error) = aggregate.advance(events, at, version) {
            Self::refuse(ask, not_stored(error.to_string(), true));
            return self.fail(error.to_string(), ctx);
        }
        log(&self.blueprint.id, events);
        self.blueprint.tools.around.note(&aggregate.client, events);
        self.blueprint
            .tools
            .treasurer
            .note_posts(&aggregate.client, events, at);
        self.blueprint.registry.publish(&aggregate.client);
        let _ = ask.reply.send(Ok(aggregate.client.clone()));
        self.pump(ctx);
        self.keep_snapshot(ctx);
    }

    /// Keeps a snapshot when many records have piled up since the last one.
    fn keep_snapshot(&mut self, ctx: &mut Context<Self>) {
        let Some(aggregate) = &mut self.aggregate else {
            return;
        };
        let Some(snapshot) = aggregate.due_snapshot() else {
            return;
        };
        let journal = self.blueprint.tools.journal.clone();
        let stream = aggregate.stream();
        let save = async move { journal.save_snapshot(&stream, snapshot).await };
        ctx.spawn(save.into_actor(self).map(|saved, actor, _| {
            if let Err(error) = saved {
                warn!(client = %actor.blueprint.id, %error, "no snapshot was kept");
            }
        }));
    }

    /// Starts whatever is owed now and not under way, and sees to being woken when more will be.
    fn pump(&mut self, ctx: &mut Context<Self>) {
        let Some(aggregate) = &self.aggregate else {
            return;
        };
        if self.stopping {
            return self.stop_when_idle(ctx);
        }
        let now = self.blueprint.tools.clock.now();
        let client = aggregate.client.clone();
        if let Some(command) = self.housekeeping(&client, now) {
            let (reply, _) = oneshot::channel();
            return ctx.notify(Ask::new(By::Engine, command, reply));
        }
        for effect in self.blueprint.tools.rules.effects(&client, now) {
            let key = effect.key();
            if matches!(effect, Effect::Publish { .. }) && self.is_held(ctx) {
                continue;
            }
            if self.in_flight.contains(&key) || self.delays.holds(key, now) {
                continue;
            }
            self.in_flight.insert(key);
            let span = info_span!("effect", client = %client.id, effect = ?key);
            let running = run(
                effect,
                client.clone(),
                ctx.address(),
                self.blueprint.tools.clone(),
            );
            let running = running.instrument(span).into_actor(self);
            ctx.spawn(running.map(move |end, actor, ctx| actor.effect_ended(key, end, ctx)));
        }
        let wake = self.blueprint.tools.rules.next_wake(&client, now);
        self.wake_at(
            [wake, self.delays.next(now)].into_iter().flatten().min(),
            ctx,
        );
    }

    /// Whether the brake holds what would be sent now; if so, it is looked at again when it is let go.
    fn is_held(&mut self, ctx: &mut Context<Self>) -> bool {
        let brake = self.blueprint.tools.brake.clone();
        if brake.halt().is_none() {
            return false;
        }
        if self.held.is_none() {
            let released = async move { brake.released().await };
            self.held = Some(ctx.spawn(released.into_actor(self).map(|(), actor, ctx| {
                actor.held = None;
                actor.pump(ctx);
            })));
        }
        true
    }

    /// What time, or a sender that ended without a word, has made of the tweets.
    fn housekeeping(&self, client: &Client, now: jiff::Timestamp) -> Option<Command> {
        let in_hand = self.in_flight.iter().filter_map(|key| match key {
            EffectKey::Publish(tweet) => Some(*tweet),
            EffectKey::Generate(_)
            | EffectKey::Check(_)
            | EffectKey::Reconcile(_)
            | EffectKey::Delete(_)
            | EffectKey::ShowCard(_)
            | EffectKey::Notify => None,
        });
        let recover = Command::Recover {
            in_hand: in_hand.collect(),
        };
        let rules = &self.blueprint.tools.rules;
        let around = self.blueprint.tools.around.read();
        [Command::Tick, recover].into_iter().find(|command| {
            rules
                .decide(client, &By::Engine, command, now, &around)
                .is_ok_and(|events| !events.is_empty())
        })
    }

    fn effect_ended(&mut self, key: EffectKey, end: End, ctx: &mut Context<Self>) {
        self.in_flight.remove(&key);
        self.delays.note(key, end, self.blueprint.tools.clock.now());
        self.pump(ctx);
    }

    fn wake_at(&mut self, at: Option<jiff::Timestamp>, ctx: &mut Context<Self>) {
        if let Some(earlier) = self.wake.take() {
            ctx.cancel_future(earlier);
        }
        self.wake = at.map(|at| {
            let clock = self.blueprint.tools.clock.clone();
            let sleep = async move { clock.sleep_until(at).await };
            ctx.spawn(sleep.into_actor(self).map(|(), actor, ctx| {
                actor.wake = None;
                actor.pump(ctx);
            }))
        });
    }

    /// A post on its way is waited for, and so is what people are being shown; a text that is being written is not.
    fn stop_when_idle(&mut self, ctx: &mut Context<Self>) {
        let waits = self.in_flight.iter().any(|key| match key {
            EffectKey::Publish(_)
            | EffectKey::Delete(_)
            | EffectKey::ShowCard(_)
            | EffectKey::Notify => true,
            EffectKey::Generate(_) | EffectKey::Check(_) | EffectKey::Reconcile(_) => false,
        });
        if !waits {
            self.exit.because(ExitReason::Stopped);
            ctx.stop();
        }
    }
}

async fn load(
    tools: &Tools,
    id: &ClientId,
    declared: Option<&ClientSettings>,
) -> Result<Aggregate, LoadError> {
    let journal = tools.journal.as_ref();
    let mut aggregate = Aggregate::load(journal, &tools.rules, id).await?;
    aggregate
        .begin(journal, declared, tools.clock.now())
        .await?;
    Ok(aggregate)
}

fn not_stored(reason: String, perhaps: bool) -> Refusal {
    Refusal::NotStored { reason, perhaps }
}

fn log(client: &ClientId, events: &[Event]) {
    for event in events {
        match event {
            Event::Tweet { tweet, event } => {
                info!(client = %client, tweet = %tweet, event = event.name(), "recorded");
            }
            Event::CardShown { tweet, change, .. } => {
                debug!(client = %client, tweet = %tweet, change, "card shown");
            }
            Event::Configured { .. } => info!(client = %client, "settings recorded"),
            Event::Paused { reason, .. } => info!(client = %client, reason, "paused"),
            Event::Resumed { .. } => info!(client = %client, "resumed"),
            Event::KnowledgeAdded { note, title, .. } => {
                info!(client = %client, note = note.0, title, "note added");
            }
            Event::KnowledgeRemoved { note, .. } => {
                info!(client = %client, note = note.0, "note removed");
            }
            Event::LessonLearned { lesson, tweet, .. } => {
                info!(client = %client, tweet = %tweet, lesson = lesson.0, "lesson learned");
            }
            Event::LessonForgotten { lesson, .. } => {
                info!(client = %client, lesson = lesson.0, "lesson forgotten");
            }
            Event::CallBegun { call, .. } => debug!(client = %client, call = call.0, "call begun"),
            Event::CallEnded { call, spent } => {
                debug!(client = %client, call = call.0, ?spent, "call ended");
            }
            Event::NoticesDelivered { upto } => debug!(client = %client, upto, "notices told"),
        }
    }
}

impl Actor for ClientActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let tools = self.blueprint.tools.clone();
        let id = self.blueprint.id.clone();
        let declared = self.blueprint.declared.clone();
        let load = async move {
            loop {
                let loaded = load(&tools, &id, declared.as_deref()).await;
                // A busy journal is no failure of the client's.
                let Err(LoadError::Append(AppendError::Refused { reason })) = &loaded else {
                    return loaded;
                };
                warn!(client = %id, reason, "the journal is busy; the client waits to begin");
                tools.clock.sleep(BUSY_PAUSE).await;
            }
        };
        ctx.wait(load.into_actor(self).map(Self::loaded_later));
    }
}

impl ClientActor {
    fn loaded_later(
        loaded: Result<Aggregate, LoadError>,
        actor: &mut Self,
        ctx: &mut Context<Self>,
    ) {
        actor.loaded(loaded, ctx);
    }
}

impl Handler<Ask> for ClientActor {
    type Result = AtomicResponse<Self, ()>;

    fn handle(&mut self, ask: Ask, _: &mut Self::Context) -> Self::Result {
        let done = || AtomicResponse::new(Box::pin(fut::ready(())));
        let Some(aggregate) = &self.aggregate else {
            Self::refuse(ask, Rejection::NoSuchClient);
            return done();
        };
        let now = self.blueprint.tools.clock.now();
        // Whatever the client's own rules say: nothing begins to be sent while everything is held.
        let begins = matches!(ask.command, Command::BeginPublish { .. });
        if begins && self.blueprint.tools.brake.halt().is_some() {
            Self::refuse(ask, Rejection::Halted);
            return done();
        }
        let rules = &self.blueprint.tools.rules;
        let around = &self.blueprint.tools.around;
        let decided = around.decide(&aggregate.client.id, &ask.command, |around| {
            rules.decide(&aggregate.client, &ask.by, &ask.command, now, around)
        });
        let events = match decided {
            Err(rejection) => {
                debug!(client = %self.blueprint.id, %rejection, "not granted");
                Self::refuse(ask, rejection);
                return done();
            }
            Ok(events) if events.is_empty() => {
                let _ = ask.reply.send(Ok(aggregate.client.clone()));
                return done();
            }
            Ok(events) => events,
        };
        let records = aggregate.records(&events, &ask.by, now);
        let (stream, version) = (aggregate.stream(), aggregate.version);
        let journal = self.blueprint.tools.journal.clone();
        let append = async move { journal.append(&stream, version, records).await };
        AtomicResponse::new(Box::pin(append.into_actor(self).map(
            move |result, actor, ctx| actor.appended(result, &events, ask, now, ctx),
        )))
    }
}

impl Handler<StopClient> for ClientActor {
    type Result = ();
    fn handle(&mut self, _: StopClient, ctx: &mut Self::Context) {
        self.stopping = true;
        self.stop_when_idle(ctx);
    }
}
