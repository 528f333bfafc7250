//! How the services fare, for everybody who asks: written by the gateways, read without asking them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use clara_domain::ids::ClientId;
use jiff::Timestamp;

use super::breaker::{Breaker, BreakerState};
use crate::limiter::Service;

/// Whether calls to a service go through, for everybody or for one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHealth {
    /// Which service.
    pub service: Service,
    /// Whose calls; none where it is about everybody's.
    pub client: Option<ClientId>,
    /// Whether they go through.
    pub state: BreakerState,
    /// Since when; none where it has never been otherwise.
    pub since: Option<Timestamp>,
    /// Why the last call failed, unless one has worked since.
    pub reason: Option<String>,
}

type Key = (Service, Option<ClientId>);

/// The board that health is read off. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct Board(Arc<Mutex<BTreeMap<Key, ServiceHealth>>>);

impl Default for Board {
    /// Every service works until something else is heard.
    fn default() -> Self {
        let works = |service| ServiceHealth {
            service,
            client: None,
            state: BreakerState::Closed,
            since: None,
            reason: None,
        };
        let services = [Service::X, Service::Model];
        let healths = services.map(|service| ((service, None), works(service)));
        Self(Arc::new(Mutex::new(healths.into())))
    }
}

impl Board {
    /// Shows a breaker as it is now. A client of which there is nothing to say is taken off.
    pub(super) fn show(&self, service: Service, client: Option<&ClientId>, breaker: &Breaker) {
        let health = ServiceHealth {
            service,
            client: client.cloned(),
            state: breaker.state(),
            since: breaker.since(),
            reason: breaker.reason().map(str::to_owned),
        };
        gauge(&health);
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (service, client.cloned());
        if client.is_some() && health.state == BreakerState::Closed {
            board.remove(&key);
        } else {
            board.insert(key, health);
        }
    }

    /// Every service, and every client whose calls to one do not go through.
    pub(crate) fn read(&self) -> Vec<ServiceHealth> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.values().cloned().collect()
    }
}

/// 0: calls go through; 1: one is tried; 2: none does.
fn gauge(health: &ServiceHealth) {
    let client = health.client.as_ref().map(ToString::to_string);
    let labels = [
        ("service", health.service.name().to_owned()),
        ("client", client.unwrap_or_default()),
    ];
    let level = match health.state {
        BreakerState::Closed => 0,
        BreakerState::HalfOpen { .. } => 1,
        BreakerState::Open { .. } => 2,
    };
    metrics::gauge!("clara_breaker_state", &labels).set(level);
}
