//! Those who wait for the same kind of call. Clients take turns, however many calls each of them waits for.

use std::collections::{BTreeMap, VecDeque};

use clara_domain::ids::ClientId;
use tokio::sync::oneshot;

use super::moment::Moment;
use super::{Class, Permit};

/// Somebody who waits for a permit.
pub(super) struct Waiting {
    pub(super) client: ClientId,
    pub(super) class: Class,
    pub(super) since: Moment,
    pub(super) reply: oneshot::Sender<Permit>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Line {
    turns: VecDeque<ClientId>,
    waiting: BTreeMap<ClientId, VecDeque<Waiting>>,
}

impl Line {
    pub(super) fn push(&mut self, waiting: Waiting) {
        let client = waiting.client.clone();
        let queue = self.waiting.entry(client.clone()).or_default();
        if queue.is_empty() {
            self.turns.push_back(client);
        }
        queue.push_back(waiting);
    }

    /// The client whose turn it is. Those who have stopped waiting are let go first: they cost nobody a call.
    pub(super) fn front(&mut self) -> Option<ClientId> {
        while let Some(client) = self.turns.front().cloned() {
            let queue = self.waiting.entry(client.clone()).or_default();
            while queue
                .pop_front_if(|first| first.reply.is_closed())
                .is_some()
            {}
            if !queue.is_empty() {
                return Some(client);
            }
            self.waiting.remove(&client);
            self.turns.pop_front();
        }
        None
    }

    /// The first of the client whose turn it is; the client goes to the end of the turns if it has more.
    pub(super) fn take_front(&mut self) -> Option<Waiting> {
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

    /// The client whose turn it is cannot go now: the next one's turn.
    pub(super) fn pass(&mut self) {
        if !self.turns.is_empty() {
            self.turns.rotate_left(1);
        }
    }

    /// How many clients wait.
    pub(super) fn clients(&self) -> usize {
        self.turns.len()
    }

    /// How many calls are waited for.
    pub(super) fn len(&self) -> usize {
        self.waiting.values().map(VecDeque::len).sum()
    }
}
