//! The waiting line before one service. Plain code: what is granted depends on the line, the quotas and the time.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use clara_domain::ids::ClientId;
use clara_domain::later;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::clock::EngineClock;
use super::{Class, Permit, Quota, ServiceLimits};
use crate::ports::Clock;

type Direct = governor::RateLimiter<NotKeyed, InMemoryState, EngineClock, NoOpMiddleware<Nanos>>;
type Keyed = governor::RateLimiter<
    ClientId,
    HashMapStateStore<ClientId>,
    EngineClock,
    NoOpMiddleware<Nanos>,
>;

/// Somebody who waits for a permit.
pub(super) struct Waiting {
    pub(super) client: ClientId,
    pub(super) class: Class,
    pub(super) reply: oneshot::Sender<Permit>,
}

/// One service's waiting line, quotas and pauses.
pub(super) struct Lane {
    clock: EngineClock,
    app: Direct,
    clients: Keyed,
    /// A call of the app's quota that is taken already and not yet given to a client.
    app_call: bool,
    free: usize,
    blocked: Option<Timestamp>,
    blocked_clients: BTreeMap<ClientId, Timestamp>,
    /// Clients whose window for one class of call is used up.
    used_up: BTreeMap<(Class, ClientId), Timestamp>,
    lines: BTreeMap<Class, Line>,
}

/// Those who wait for the same class of call: clients take turns.
#[derive(Default)]
struct Line {
    turns: VecDeque<ClientId>,
    waiting: BTreeMap<ClientId, VecDeque<Waiting>>,
}

impl Lane {
    pub(super) fn new(limits: &ServiceLimits, clock: &Arc<dyn Clock>) -> Self {
        let clock = EngineClock::new(clock);
        Self {
            app: governor::RateLimiter::new(
                quota(limits.app),
                InMemoryState::default(),
                clock.clone(),
            ),
            clients: governor::RateLimiter::new(
                quota(limits.client),
                HashMapStateStore::default(),
                clock.clone(),
            ),
            clock,
            app_call: false,
            free: limits.at_once.max(1),
            blocked: None,
            blocked_clients: BTreeMap::new(),
            used_up: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    pub(super) fn enqueue(&mut self, waiting: Waiting) {
        self.lines.entry(waiting.class).or_default().push(waiting);
    }

    pub(super) fn release(&mut self) {
        self.free += 1;
    }

    pub(super) fn block(&mut self, client: Option<&ClientId>, until: Timestamp) {
        match client {
            None => self.blocked = self.blocked.max(Some(until)),
            Some(client) => {
                let blocked = self.blocked_clients.entry(client.clone()).or_insert(until);
                *blocked = until.max(*blocked);
            }
        }
    }

    /// A client's window for one class of call is used up until a time; the other classes go on.
    pub(super) fn use_up(&mut self, class: Class, client: &ClientId, until: Timestamp) {
        let used_up = self.used_up.entry((class, client.clone())).or_insert(until);
        *used_up = until.max(*used_up);
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.lines.values().map(Line::len).sum()
    }

    /// Whose turn it is, as many as may go now, and when to ask again if somebody has to wait for time to pass.
    pub(super) fn pump(&mut self, now: Timestamp) -> (Vec<Waiting>, Option<Timestamp>) {
        let mut granted = Vec::new();
        self.blocked_clients.retain(|_, until| *until > now);
        self.used_up.retain(|_, until| *until > now);
        while self.free > 0 && self.len() > 0 {
            match self.grant_one(now) {
                Ok(waiting) => {
                    self.free -= 1;
                    granted.push(waiting);
                }
                Err(next) => return (granted, next),
            }
        }
        (granted, None)
    }

    fn grant_one(&mut self, now: Timestamp) -> Result<Waiting, Option<Timestamp>> {
        if let Some(until) = self.blocked.filter(|until| *until > now) {
            return Err(Some(until));
        }
        if !self.app_call {
            self.app
                .check()
                .map_err(|denied| Some(after(now, denied.wait_time_from(self.clock.now()))))?;
            self.app_call = true;
        }
        let mut next: Option<Timestamp> = None;
        for (class, line) in &mut self.lines {
            for _ in 0..line.turns.len() {
                let Some(client) = line.front() else {
                    break;
                };
                let used_up = self.used_up.get(&(*class, client.clone()));
                let allowed = match used_up.max(self.blocked_clients.get(&client)) {
                    Some(until) => Err(*until),
                    None => self
                        .clients
                        .check_key(&client)
                        .map_err(|denied| after(now, denied.wait_time_from(self.clock.now()))),
                };
                match allowed {
                    Ok(()) => {
                        if let Some(waiting) = line.take_front() {
                            self.app_call = false;
                            return Ok(waiting);
                        }
                    }
                    Err(until) => {
                        next = Some(next.map_or(until, |next| next.min(until)));
                        line.turns.rotate_left(1);
                    }
                }
            }
        }
        Err(next)
    }
}

impl Line {
    fn push(&mut self, waiting: Waiting) {
        let client = waiting.client.clone();
        let queue = self.waiting.entry(client.clone()).or_default();
        if queue.is_empty() {
            self.turns.push_back(client);
        }
        queue.push_back(waiting);
    }

    /// The client whose turn it is. Those who have stopped waiting are let go first: they cost nobody a call.
    fn front(&mut self) -> Option<ClientId> {
        while let Some(client) = self.turns.front().cloned() {
            let queue = self.waiting.entry(client.clone()).or_default();
            while queue.front().is_some_and(|first| first.reply.is_closed()) {
                queue.pop_front();
            }
            if !queue.is_empty() {
                return Some(client);
            }
            self.waiting.remove(&client);
            self.turns.pop_front();
        }
        None
    }

    /// The first of the client whose turn it is; the client goes to the end of the turns if it has more.
    fn take_front(&mut self) -> Option<Waiting> {
        let client = self.turns.pop_front()?;
        let queue = self.waiting.get_mut(&client)?;
        let waiting = queue.pop_front()?;
        if queue.is_empty() {
            self.waiting.remove(&client);
        } else {
            self.turns.push_back(client);
        }
        Some(waiting)
    }

    fn len(&self) -> usize {
        self.waiting.values().map(VecDeque::len).sum()
    }
}

/// Half of the calls at once, the other half spread evenly: so no window of that length, wherever it begins, sees more
/// than the quota.
fn quota(quota: Quota) -> governor::Quota {
    let half = NonZeroU32::new(quota.calls / 2).unwrap_or(NonZeroU32::MIN);
    let each = (quota.per / half.get()).max(Duration::from_nanos(1));
    governor::Quota::with_period(each)
        .expect("the period is at least a nanosecond")
        .allow_burst(half)
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    // A millisecond more: timestamps are coarser than the quota's clock.
    later(now, wait + Duration::from_millis(1))
}

#[cfg(test)]
mod tests;
