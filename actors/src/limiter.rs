//! Who may call which service when: quotas, pauses that a service asked for, and fairness between clients.
//!
//! Everybody waits here before calling out. A [`Permit`] is a lease: dropping it gives its place to the next. The
//! invariant: no more calls leave than the quotas allow, those of earlier processes counted in, and no client waits
//! behind another one's backlog.

mod actor;
mod holds;
mod lane;
mod limits;
mod line;
mod meter;
mod moment;
mod places;

use std::collections::BTreeSet;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::ids::ClientId;
use clara_domain::sendings::Burst;
use jiff::Timestamp;
use tokio::sync::oneshot;

pub use actor::RateLimiter;
use actor::{Acquire, AwaitHistories, Close, CountWaiting, Hold, Learn, Release, Relive};
use limits::Quotas;
pub use limits::{Limits, Quota, ServiceLimits};

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

/// A stretch of time in which a service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The service's short one: a quarter of an hour at X.
    Short,
    /// A day.
    Day,
}

impl Service {
    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Model => "model",
        }
    }
}

impl Class {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Delete, Self::Post, Self::Look, Self::Write];

    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Post => "post",
            Self::Look => "look",
            Self::Write => "write",
        }
    }
}

/// A place among the calls that are under way. Dropping it frees the place.
#[derive(Debug)]
pub struct Permit {
    service: Service,
    client: ClientId,
    class: Class,
    limiter: Addr<RateLimiter>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.do_send(Release {
            service: self.service,
            client: self.client.clone(),
            class: self.class,
        });
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
            client: client.clone(),
            class,
            reply,
        };
        self.0.send(acquire).await.ok()?;
        permit.await.ok()
    }

    /// Holds calls of every kind back until a time: one client's, or everybody's.
    pub fn block(&self, service: Service, client: Option<&ClientId>, until: Timestamp) {
        self.hold(service, client, None, until);
    }

    /// Holds calls back until a time: one client's or everybody's, of one kind or of all.
    pub fn hold(
        &self,
        service: Service,
        client: Option<&ClientId>,
        class: Option<Class>,
        until: Timestamp,
    ) {
        self.0.do_send(Hold {
            service,
            client: client.cloned(),
            class,
            until,
        });
    }

    /// Takes over what the answer to a call under way said: so many calls of its kind, by its client or by everybody,
    /// are left of a window that ends at a time.
    pub fn learn(
        &self,
        service: Service,
        client: Option<&ClientId>,
        class: Class,
        window: Window,
        (remaining, until): (u32, Timestamp),
    ) {
        self.0.do_send(Learn {
            service,
            client: client.cloned(),
            class,
            window,
            remaining,
            until,
        });
    }

    /// Lets no post leave for X before these clients have told what they sent before this process, for so long at most.
    pub fn await_histories(&self, clients: BTreeSet<ClientId>, patience: Duration) {
        self.0.do_send(AwaitHistories { clients, patience });
    }

    /// Charges what a client sent to X before this process. A client that tells again, after a failure, is not charged
    /// again: what it sent since then was counted when it left.
    pub fn relive(&self, client: &ClientId, sent: Vec<Burst>) {
        self.0.do_send(Relive {
            client: client.clone(),
            sent,
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
