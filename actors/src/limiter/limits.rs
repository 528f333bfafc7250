//! What services allow: quotas, and how many calls they take at a time.
//!
//! What people configure is what matters for posts and for texts; the other calls to X have the room that X documents,
//! less a tenth. All of it is a beginning: what X says in its answers counts where it is less.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Class, Service};

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
    /// X: the quotas are those of posts.
    pub x: ServiceLimits,
    /// The language model.
    pub model: ServiceLimits,
}

/// The quotas of one kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quotas {
    pub(super) app: Quota,
    pub(super) client: Quota,
}

impl Quota {
    const fn of(calls: u32, minutes: u64) -> Self {
        Self {
            calls,
            per: Duration::from_secs(60 * minutes),
        }
    }
}

impl Default for Limits {
    /// X: a tenth below what its documentation allows for posting. Model: what a small account can take, and a client
    /// cannot crowd out others with.
    fn default() -> Self {
        Self {
            x: ServiceLimits {
                app: Quota::of(9_000, 24 * 60),
                client: Quota::of(90, 15),
                at_once: 8,
            },
            model: ServiceLimits {
                app: Quota::of(500, 1),
                client: Quota {
                    calls: 1,
                    per: Duration::from_secs(1),
                },
                at_once: 4,
            },
        }
    }
}

impl ServiceLimits {
    /// The quotas of each kind of call. X counts each kind by itself: timelines at 900 for each user and 10,000 for the
    /// app in 15 minutes, deletions at 50 for each user.
    pub(super) fn quotas(&self, service: Service) -> BTreeMap<Class, Quotas> {
        let configured = Quotas {
            app: self.app,
            client: self.client,
        };
        let reads = Quota::of(9_000, 15);
        let of = |class| match (service, class) {
            (Service::Model, _) | (Service::X, Class::Post | Class::Write) => configured,
            (Service::X, Class::Look) => Quotas {
                app: reads,
                client: Quota::of(810, 15),
            },
            (Service::X, Class::Delete) => Quotas {
                app: reads,
                client: Quota::of(45, 15),
            },
        };
        Class::ALL.map(|class| (class, of(class))).into()
    }
}
