//! Places for calls under way: how many there are, and how many of them one client, or one kind of call, may hold.
//!
//! No client holds more than half of them, and none of the calls that can wait the last quarter: calls that hang leave
//! room for everybody else's.

use std::collections::BTreeMap;

use clara_domain::ids::ClientId;

use super::Class;

/// See the module.
pub(super) struct Places {
    total: usize,
    of_a_client: usize,
    /// Left free by calls that can wait.
    kept: usize,
    taken: usize,
    held: BTreeMap<ClientId, BTreeMap<Class, usize>>,
}

impl Places {
    /// So many places, at least one; `mixed` where calls that can wait share them with calls that cannot.
    pub(super) fn new(total: usize, mixed: bool) -> Self {
        let total = total.max(1);
        Self {
            total,
            of_a_client: total.div_ceil(2),
            kept: if mixed { total / 4 } else { 0 },
            taken: 0,
            held: BTreeMap::new(),
        }
    }

    /// Whether there is room for such a call of anybody.
    pub(super) fn room(&self, class: Class) -> bool {
        let kept = match class {
            Class::Delete | Class::Post => 0,
            Class::Look | Class::Write => self.kept,
        };
        self.taken + kept < self.total
    }

    /// Whether a client may hold one more.
    pub(super) fn room_of(&self, client: &ClientId) -> bool {
        let held = self.held.get(client);
        held.map_or(0, |held| held.values().sum()) < self.of_a_client
    }

    /// How many calls of a kind a client, or everybody, has under way.
    pub(super) fn held(&self, client: Option<&ClientId>, class: Class) -> usize {
        let of = |held: &BTreeMap<Class, usize>| held.get(&class).copied().unwrap_or(0);
        match client {
            Some(client) => self.held.get(client).map_or(0, of),
            None => self.held.values().map(of).sum(),
        }
    }

    pub(super) fn take(&mut self, client: &ClientId, class: Class) {
        self.taken += 1;
        let held = self.held.entry(client.clone()).or_default();
        *held.entry(class).or_default() += 1;
    }

    pub(super) fn give_back(&mut self, client: &ClientId, class: Class) {
        self.taken = self.taken.saturating_sub(1);
        let Some(held) = self.held.get_mut(client) else {
            return;
        };
        if let Some(of_class) = held.get_mut(&class) {
            *of_class -= 1;
        }
        held.retain(|_, count| *count > 0);
        if held.is_empty() {
            self.held.remove(client);
        }
    }
}
