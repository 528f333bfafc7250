//! Who may call which service when: quotas, pauses that a service asked for, and fairness between clients.
//!
//! Everybody waits here before calling out. A [`Permit`] is a lease: dropping it gives its place to the next. The
//! invariant: no more calls leave than the quotas allow, and no client waits behind another one's backlog.

mod clock;
mod lane;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::ids::ClientId;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::ports::Clock;
use lane::{Lane, Waiting};

/// A service that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// X.
    X,
    /// The language model.
    Model,
}

/// What a call is for; the more urgent goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something wrong is taken down.
    Delete,
    /// Something goes out at its time.
    Post,
    /// Finding out what became of a post.
    Look,
    /// Writing.
    Write,
}

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub calls: u32,
    /// In how much time.
    pub per: Duration,
}

/// What one service allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLimits {
    /// For everything Clara does.
    pub app: Quota,
    /// For each client.
    pub client: Quota,
    /// Calls at the same time.
    pub at_once: usize,
}

/// What the services allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// X.
    pub x: ServiceLimits,
    /// The language model.
    pub model: ServiceLimits,
}

impl Default for Limits {
    /// X: a tenth below what its documentation allows for posting. Model: what a small account can take.
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Self {
            x: ServiceLimits {
                app: Quota {
                    calls: 9_000,
                    per: minutes(24 * 60),
                },
                client: Quota {
                    calls: 90,
                    per: minutes(15),
                },
                at_once: 8,
            },
            model: ServiceLimits {
                app: Quota {
                    calls: 500,
                    per: minutes(1),
                },
                client: Quota {
                    calls: 60,
                    per: minutes(1),
                },
                at_once: 4,
            },
        }
    }
}

/// A place among the calls that are under way. Dropping it frees the place.
#[derive(Debug)]
pub struct Permit {
    service: Service,
    limiter: Addr<RateLimiter>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.do_send(Release(self.service));
    }
}

/// The limiter, as its users see it.
#[derive(Clone)]
pub struct Limiter(Addr<RateLimiter>);

impl Limiter {
    /// Waits for a permit. None when Clara is shutting down.
    pub async fn acquire(
        &self,
        service: Service,
        client: &ClientId,
        class: Class,
    ) -> Option<Permit> {
        let (reply, permit) = oneshot::channel();
        let acquire = Acquire {
            service,
            waiting: Waiting {
                client: client.clone(),
                class,
                reply,
            },
        };
        self.0.send(acquire).await.ok()?;
        permit.await.ok()
    }

    /// Holds calls back until a time: one client's, or everybody's.
    pub fn block(&self, service: Service, client: Option<&ClientId>, until: Timestamp) {
        self.0.do_send(Block {
            service,
            client: client.cloned(),
            until,
        });
    }

    /// Holds one class of a client's calls back until a time: the service says that its window for them is used up.
    pub fn use_up(&self, service: Service, client: &ClientId, class: Class, until: Timestamp) {
        self.0.do_send(UseUp {
            service,
            client: client.clone(),
            class,
            until,
        });
    }

    /// Gives out no permit any more.
    pub fn close(&self) {
        self.0.do_send(Close);
    }

    /// How many calls wait for a permit, by service.
    pub async fn waiting(&self) -> Vec<(Service, usize)> {
        self.0.send(CountWaiting).await.unwrap_or_default()
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Acquire {
    service: Service,
    waiting: Waiting,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Release(Service);

#[derive(Message)]
#[rtype(result = "()")]
struct Block {
    service: Service,
    client: Option<ClientId>,
    until: Timestamp,
}

#[derive(Message)]
#[rtype(result = "()")]
struct UseUp {
    service: Service,
    client: ClientId,
    class: Class,
    until: Timestamp,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Close;

#[derive(Message)]
#[rtype(result = "Vec<(Service, usize)>")]
struct CountWaiting;

/// The actor around the lanes.
pub struct RateLimiter {
    clock: Arc<dyn Clock>,
    x: Lane,
    model: Lane,
    wake: Option<SpawnHandle>,
    closed: bool,
}

impl RateLimiter {
    /// Starts a limiter on the present arbiter.
    pub fn start_with(clock: Arc<dyn Clock>, limits: &Limits) -> Limiter {
        let limiter = Self {
            x: Lane::new(&limits.x, &clock),
            model: Lane::new(&limits.model, &clock),
            clock,
            wake: None,
            closed: false,
        };
        Limiter(limiter.start())
    }

    fn lane(&mut self, service: Service) -> &mut Lane {
        match service {
            Service::X => &mut self.x,
            Service::Model => &mut self.model,
        }
    }

    /// Hands out what can be handed out, and comes back when more can.
    fn pump(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        let mut wake: Option<Timestamp> = None;
        for service in [Service::X, Service::Model] {
            let (granted, next) = self.lane(service).pump(now);
            for waiting in granted {
                let permit = Permit {
                    service,
                    limiter: ctx.address(),
                };
                // Whoever has stopped waiting gives the permit back by dropping it.
                let _ = waiting.reply.send(permit);
            }
            wake = [wake, next].into_iter().flatten().min();
        }
        self.wake_at(wake, ctx);
    }

    fn wake_at(&mut self, at: Option<Timestamp>, ctx: &mut Context<Self>) {
        if let Some(earlier) = self.wake.take() {
            ctx.cancel_future(earlier);
        }
        self.wake = at.map(|at| {
            let clock = self.clock.clone();
            let sleep = async move { clock.sleep_until(at).await };
            ctx.spawn(sleep.into_actor(self).map(|(), limiter, ctx| {
                limiter.wake = None;
                limiter.pump(ctx);
            }))
        });
    }
}

impl Actor for RateLimiter {
    type Context = Context<Self>;
}

impl Handler<Acquire> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Acquire, ctx: &mut Self::Context) {
        if !self.closed {
            self.lane(message.service).enqueue(message.waiting);
            self.pump(ctx);
        }
    }
}

impl Handler<Release> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Release, ctx: &mut Self::Context) {
        self.lane(message.0).release();
        self.pump(ctx);
    }
}

impl Handler<Block> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: Block, ctx: &mut Self::Context) {
        self.lane(message.service)
            .block(message.client.as_ref(), message.until);
        self.pump(ctx);
    }
}

impl Handler<UseUp> for RateLimiter {
    type Result = ();
    fn handle(&mut self, message: UseUp, ctx: &mut Self::Context) {
        self.lane(message.service)
            .use_up(message.class, &message.client, message.until);
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
        MessageResult(vec![
            (Service::X, self.x.len()),
            (Service::Model, self.model.len()),
        ])
    }
}
