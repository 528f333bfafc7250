//! The actor around the lanes: it hands out what can be handed out, and comes back when more can.
//!
//! Nothing is decided here. Times of the wall clock become moments of the limiter's own time at this door.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::ids::ClientId;
use clara_domain::sendings::Burst;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tracing::info;

use super::holds::{Bar, Left};
use super::lane::{Lane, Rules};
use super::line::Waiting;
use super::moment::{Moment, Steady};
use super::{Class, Limiter, Limits, Permit, Service, ServiceLimits, Window};
use crate::ports::Clock;
use crate::vital::Vital;

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Acquire {
    pub(super) service: Service,
    pub(super) client: ClientId,
    pub(super) class: Class,
    pub(super) reply: oneshot::Sender<Permit>,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Release {
    pub(super) service: Service,
    pub(super) client: ClientId,
    pub(super) class: Class,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Hold {
    pub(super) service: Service,
    pub(super) client: Option<ClientId>,
    pub(super) class: Option<Class>,
    pub(super) until: Timestamp,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Learn {
    pub(super) service: Service,
    pub(super) client: Option<ClientId>,
    pub(super) class: Class,
    pub(super) window: Window,
    pub(super) remaining: u32,
    pub(super) until: Timestamp,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct AwaitHistories {
    pub(super) clients: BTreeSet<ClientId>,
    pub(super) patience: Duration,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Relive {
    pub(super) client: ClientId,
    pub(super) sent: Vec<Burst>,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Close;

#[derive(Message)]
#[rtype(result = "Vec<(Service, usize)>")]
pub(super) struct CountWaiting;

/// See the module.
pub struct RateLimiter {
    clock: Arc<dyn Clock>,
    time: Steady,
    x: Lane,
    model: Lane,
    wake: Option<SpawnHandle>,
    closed: bool,
    _vital: Option<Vital>,
}

impl RateLimiter {
    /// Starts a limiter on the present arbiter.
    pub fn start_with(clock: Arc<dyn Clock>, limits: &Limits) -> Limiter {
        Limiter(Self::new(clock, limits, None).start())
    }

    /// Starts a limiter that nothing can go on without.
    pub(crate) fn start_vital(clock: Arc<dyn Clock>, limits: &Limits, vital: Vital) -> Limiter {
        Limiter(Self::new(clock, limits, Some(vital)).start())
    }

    fn new(clock: Arc<dyn Clock>, limits: &Limits, vital: Option<Vital>) -> Self {
        let lane = |limits: &ServiceLimits, service| {
            Lane::new(Rules {
                at_once: limits.at_once,
                mixed: service == Service::X,
                quotas: limits.quotas(service),
            })
        };
        Self {
            time: Steady::new(clock.clone()),
            x: lane(&limits.x, Service::X),
            model: lane(&limits.model, Service::Model),
            clock,
            wake: None,
            closed: false,
            _vital: vital,
        }
    }

    fn lane(&mut self, service: Service) -> &mut Lane {
        match service {
            Service::X => &mut self.x,
            Service::Model => &mut self.model,
        }
    }

    fn pump(&mut self, ctx: &mut Context<Self>) {
        let now = self.time.now();
        let mut wake: Option<Moment> = None;
        for service in [Service::X, Service::Model] {
            let (granted, next) = self.lane(service).pump(now);
            for waiting in granted {
                grant(service, waiting, now, ctx.address());
            }
            wake = [wake, next].into_iter().flatten().min();
        }
        self.wake_at(wake.map(|at| at.since(now)), ctx);
    }

    fn wake_at(&mut self, wait: Option<Duration>, ctx: &mut Context<Self>) {
        if let Some(earlier) = self.wake.take() {
            ctx.cancel_future(earlier);
        }
        self.wake = wait.map(|wait| {
            let clock = self.clock.clone();
            let sleep = async move { clock.sleep(wait).await };
            ctx.spawn(sleep.into_actor(self).map(|(), limiter, ctx| {
                limiter.wake = None;
                limiter.pump(ctx);
            }))
        });
    }
}

fn grant(service: Service, waiting: Waiting, now: Moment, limiter: Addr<RateLimiter>) {
    let labels = [("service", service.name()), ("class", waiting.class.name())];
    let waited = now.since(waiting.since);
    metrics::histogram!("clara_permit_wait_seconds", &labels).record(waited.as_secs_f64());
    let permit = Permit {
        service,
        client: waiting.client,
        class: waiting.class,
        limiter,
    };
    // Whoever has stopped waiting gives the permit back by dropping it.
    let _ = waiting.reply.send(permit);
}

impl Actor for RateLimiter {
    type Context = Context<Self>;
}

impl Handler<Acquire> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Acquire, ctx: &mut Self::Context) {
        if self.closed {
            return;
        }
        let waiting = Waiting {
            client: message.client,
            class: message.class,
            since: self.time.now(),
            reply: message.reply,
        };
        self.lane(message.service).enqueue(waiting);
        self.pump(ctx);
    }
}

impl Handler<Release> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Release, ctx: &mut Self::Context) {
        self.lane(message.service)
            .release(&message.client, message.class);
        self.pump(ctx);
    }
}

impl Handler<Hold> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Hold, ctx: &mut Self::Context) {
        let (now, until) = (self.time.now(), self.time.moment(message.until));
        let bar = message.class.map_or(Bar::All, Bar::Kind);
        let left = Left { calls: 0, until };
        self.lane(message.service)
            .leave(message.client.as_ref(), bar, left, now);
        self.pump(ctx);
    }
}

impl Handler<Learn> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Learn, ctx: &mut Self::Context) {
        let (now, until) = (self.time.now(), self.time.moment(message.until));
        let (client, class) = (message.client.as_ref(), message.class);
        let bar = match message.window {
            Window::Short => Bar::Window(class),
            Window::Day => Bar::Day(class),
        };
        let lane = self.lane(message.service);
        // The call that brought this has been counted by the service, the others under way perhaps not.
        let others = lane.under_way(client, class).saturating_sub(1);
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        let calls = message.remaining.saturating_sub(others);
        lane.leave(client, bar, Left { calls, until }, now);
        self.pump(ctx);
    }
}

impl Handler<AwaitHistories> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: AwaitHistories, ctx: &mut Self::Context) {
        let until = self.time.now().after(message.patience);
        self.x.await_histories(message.clients, until);
        self.pump(ctx);
    }
}

impl Handler<Relive> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Relive, ctx: &mut Self::Context) {
        let now = self.time.now();
        let mut calls = Vec::new();
        for burst in message.sent {
            // What is said to leave later than now left before the clock was set back.
            let at = self.time.moment(burst.at).min(now);
            calls.extend((0..burst.calls).map(|_| at));
        }
        if !calls.is_empty() {
            info!(client = %message.client, calls = calls.len(), "counting what left before this start");
        }
        self.x.relive(&message.client, calls);
        self.pump(ctx);
    }
}

impl Handler<Close> for RateLimiter {
    type Result = ();
    fn handle(&mut self, _: Close, _: &mut Self::Context) {
        self.closed = true;
        self.x.clear();
        self.model.clear();
    }
}

impl Handler<CountWaiting> for RateLimiter {
    type Result = MessageResult<CountWaiting>;
    fn handle(&mut self, _: CountWaiting, _: &mut Self::Context) -> Self::Result {
        let waiting = |lane: &Lane| lane.waiting().map(|(_, count)| count).sum();
        MessageResult(vec![
            (Service::X, waiting(&self.x)),
            (Service::Model, waiting(&self.model)),
        ])
    }
}
