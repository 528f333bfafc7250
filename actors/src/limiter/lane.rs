//! The waiting line before one service. Plain code: what is granted depends on the line, the quotas and the time.
//!
//! Urgent kinds of calls go first; within a kind clients take turns. So a client that may go waits for at most one turn
//! of each other client that waits for the same kind, whatever those have queued, held, or hanging.

use std::collections::{BTreeMap, BTreeSet};

use clara_domain::ids::ClientId;

use super::holds::{Bar, Holds, Left};
use super::line::{Line, Waiting};
use super::meter::Meter;
use super::moment::Moment;
use super::places::Places;
use super::{Class, Quotas};

/// How one service is called.
pub(super) struct Rules {
    /// Calls at the same time.
    pub(super) at_once: usize,
    /// Whether calls that can wait share the places with calls that cannot.
    pub(super) mixed: bool,
    /// The quotas of each kind of call.
    pub(super) quotas: BTreeMap<Class, Quotas>,
}

/// One service's waiting line, quotas and pauses.
pub(super) struct Lane {
    places: Places,
    meters: BTreeMap<Class, Meter>,
    holds: Holds,
    lines: BTreeMap<Class, Line>,
    histories: Histories,
}

/// The clients that have not told yet what they sent before this process.
#[derive(Default)]
struct Histories {
    awaited: BTreeSet<ClientId>,
    /// Posts leave without them from then on.
    until: Option<Moment>,
    told: BTreeSet<ClientId>,
    /// What was told and is not charged yet. A quota remembers no more than when it is full again: charged client by
    /// client, all that one sent would count as sent after the last call of the one before.
    sent: Vec<(Moment, ClientId)>,
}

impl Lane {
    pub(super) fn new(rules: Rules) -> Self {
        let meters = rules.quotas.into_iter();
        Self {
            places: Places::new(rules.at_once, rules.mixed),
            meters: meters
                .map(|(class, quotas)| (class, Meter::new(quotas)))
                .collect(),
            holds: Holds::default(),
            lines: BTreeMap::new(),
            histories: Histories::default(),
        }
    }

    pub(super) fn enqueue(&mut self, waiting: Waiting) {
        self.lines.entry(waiting.class).or_default().push(waiting);
    }

    pub(super) fn release(&mut self, client: &ClientId, class: Class) {
        self.places.give_back(client, class);
    }

    /// So many calls of a client, or of everybody, may still leave before a moment.
    pub(super) fn leave(&mut self, client: Option<&ClientId>, bar: Bar, left: Left, now: Moment) {
        self.holds.note(client, bar, left, now);
    }

    /// How many calls of a kind a client, or everybody, has under way.
    pub(super) fn under_way(&self, client: Option<&ClientId>, class: Class) -> usize {
        self.places.held(client, class)
    }

    /// No post leaves before these have told what they sent, or the moment has come.
    pub(super) fn await_histories(&mut self, clients: BTreeSet<ClientId>, until: Moment) {
        self.histories.until = Some(until);
        self.histories.awaited = clients;
    }

    /// Takes what a client sent before this process, the first time that it tells. It is charged when all have told.
    pub(super) fn relive(&mut self, client: &ClientId, calls: impl IntoIterator<Item = Moment>) {
        self.histories.awaited.remove(client);
        if self.histories.told.insert(client.clone()) {
            let calls = calls.into_iter().map(|at| (at, client.clone()));
            self.histories.sent.extend(calls);
        }
    }

    /// Charges what was sent before this process in the order in which it was, once all have told or are not waited for.
    fn charge_histories(&mut self, now: Moment) {
        if self.histories.hold(Class::Post, now).is_some() {
            return;
        }
        let mut sent = std::mem::take(&mut self.histories.sent);
        sent.sort_unstable();
        if let Some(meter) = self.meters.get_mut(&Class::Post) {
            for (at, client) in sent {
                meter.charge(&client, at);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// How many wait for a kind of call.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (Class, usize)> + '_ {
        self.lines.iter().map(|(class, line)| (*class, line.len()))
    }

    /// Whose turn it is, as many as may go now, and when to ask again if somebody has to wait for time to pass.
    pub(super) fn pump(&mut self, now: Moment) -> (Vec<Waiting>, Option<Moment>) {
        let (mut granted, mut next) = (Vec::new(), None);
        self.holds.forget(now);
        self.charge_histories(now);
        let classes: Vec<Class> = self.lines.keys().copied().collect();
        for class in classes {
            let again = self.pump_class(class, now, &mut granted);
            next = [next, again].into_iter().flatten().min();
        }
        self.lines.retain(|_, line| line.clients() > 0);
        (granted, next)
    }

    /// Goes round the clients until none of them may go.
    fn pump_class(
        &mut self,
        class: Class,
        now: Moment,
        granted: &mut Vec<Waiting>,
    ) -> Option<Moment> {
        let line = self.lines.get_mut(&class)?;
        let meter = self.meters.get_mut(&class)?;
        let mut next: Option<Moment> = None;
        let mut passed = 0;
        while passed < line.clients() && self.places.room(class) {
            let Some(client) = line.front() else { break };
            let held = self
                .histories
                .hold(class, now)
                .or(self.holds.everybody(class, now));
            if let Err(until) = held.map_or_else(|| meter.open(now), Err) {
                return Some(next.map_or(until, |next| next.min(until)));
            }
            let admitted = if self.places.room_of(&client) {
                let held = self.holds.of(&client, class, now);
                held.map_or_else(|| meter.take(&client, now), Err)
                    .map_err(Some)
            } else {
                // It goes on when one of its own comes back.
                Err(None)
            };
            match admitted {
                Ok(()) => {
                    passed = 0;
                    self.places.take(&client, class);
                    self.holds.spend(&client, class);
                    granted.extend(line.take_front());
                }
                Err(until) => {
                    passed += 1;
                    line.pass();
                    next = [next, until].into_iter().flatten().min();
                }
            }
        }
        next
    }
}

impl Histories {
    fn hold(&self, class: Class, now: Moment) -> Option<Moment> {
        let is_held = class == Class::Post && !self.awaited.is_empty();
        self.until.filter(|until| is_held && *until > now)
    }
}

#[cfg(test)]
mod tests;
