//! One breaker for each client and one for all of them: a client whose calls fail is left alone by itself.
//!
//! The one for all opens when [`BreakerPolicy::failures`] calls in a row failed, nobody's worked in between, and they
//! were those of at least [`CLIENTS`] clients. Whoever tries in vain whether the service works again lets others try
//! first for a pause, so that a client with a trouble of its own does not keep it open.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clara_domain::ids::ClientId;
use jiff::Timestamp;

use super::breaker::{Breaker, BreakerPolicy, BreakerState, Ticket};
use super::health::Board;
use crate::limiter::Service;

/// Failures of fewer different clients say nothing about the service.
const CLIENTS: usize = 3;

/// See the module.
pub(super) struct Breakers {
    service: Service,
    policy: BreakerPolicy,
    all: Breaker,
    clients: BTreeMap<ClientId, Breaker>,
    /// Whose calls have failed since one worked.
    failing: BTreeSet<ClientId>,
    /// Who has tried in vain since it opened for all.
    tried: BTreeSet<ClientId>,
    board: Board,
}

/// What a client's call was let through with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tickets {
    own: Ticket,
    all: Ticket,
}

/// Whose calls do not go through now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// The client's.
    Client(Timestamp),
    /// Nobody's.
    All(Timestamp),
}

impl Breakers {
    pub(super) fn new(service: Service, policy: BreakerPolicy, board: Board) -> Self {
        Self {
            service,
            policy,
            all: Breaker::new(policy),
            clients: BTreeMap::new(),
            failing: BTreeSet::new(),
            tried: BTreeSet::new(),
            board,
        }
    }

    /// Lets a client's call leave; if it may not, says how long to wait.
    pub(super) fn admit(&mut self, client: &ClientId, now: Timestamp) -> Result<Tickets, Duration> {
        let waits = [self.all.wait(now), self.behind_others(client, now)];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        let breaker = Breaker::new(self.policy);
        let own = self.clients.entry(client.clone()).or_insert(breaker);
        let own = own.admit(now)?;
        let all = self.all.admit(now)?;
        self.show(client);
        Ok(Tickets { own, all })
    }

    /// How long one that has tried in vain lets others try first.
    fn behind_others(&self, client: &ClientId, now: Timestamp) -> Option<Duration> {
        let BreakerState::Open { until } = self.all.state() else {
            return None;
        };
        if !self.tried.contains(client) {
            return None;
        }
        let waited = now.duration_since(until);
        if waited.is_negative() {
            return None;
        }
        self.policy.pause.checked_sub(waited.unsigned_abs())
    }

    /// Notes what became of a call. If that means that calls do not go through for a while, says whose and until when.
    pub(super) fn note(
        &mut self,
        client: &ClientId,
        tickets: Tickets,
        outcome: Result<(), &str>,
        now: Timestamp,
    ) -> Option<Opened> {
        let was = (self.all.state(), self.own(client));
        match outcome {
            Ok(()) => self.failing.clear(),
            Err(_) => {
                self.failing.insert(client.clone());
            }
        }
        if let Some(own) = self.clients.get_mut(client) {
            own.note(tickets.own, outcome, now);
        }
        let tries = matches!(was.0, BreakerState::HalfOpen { .. });
        let is_everybodys = self.failing.len() >= CLIENTS;
        self.all
            .note_or_bear(tickets.all, outcome, now, is_everybodys);
        match self.all.state() {
            BreakerState::Closed => self.tried.clear(),
            BreakerState::Open { .. } if tries => {
                self.tried.insert(client.clone());
            }
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => {}
        }
        self.show(client);
        match (self.all.state(), self.own(client)) {
            (BreakerState::Open { until }, _) if was.0 != self.all.state() => {
                Some(Opened::All(until))
            }
            (_, Some(state @ BreakerState::Open { until })) if was.1 != Some(state) => {
                Some(Opened::Client(until))
            }
            _ => None,
        }
    }

    /// A call came to nothing before it reached the service: if it was to try, somebody else may.
    pub(super) fn abandon(&mut self, client: &ClientId, tickets: Tickets, now: Timestamp) {
        if let Some(own) = self.clients.get_mut(client) {
            own.abandon(tickets.own, now);
        }
        self.all.abandon(tickets.all, now);
        self.show(client);
    }

    fn own(&self, client: &ClientId) -> Option<BreakerState> {
        self.clients.get(client).map(Breaker::state)
    }

    fn show(&self, client: &ClientId) {
        self.board.show(self.service, None, &self.all);
        if let Some(own) = self.clients.get(client) {
            self.board.show(self.service, Some(client), own);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn id(name: &str) -> ClientId {
        ClientId::new(name).unwrap()
    }

    fn breakers() -> Breakers {
        Breakers::new(Service::X, BreakerPolicy::default(), Board::default())
    }

    fn call(breakers: &mut Breakers, name: &str, works: bool, second: i64) -> Option<Opened> {
        let tickets = breakers.admit(&id(name), at(second)).unwrap();
        let outcome = if works { Ok(()) } else { Err("no answer") };
        breakers.note(&id(name), tickets, outcome, at(second))
    }

    fn opened() -> Breakers {
        let mut breakers = breakers();
        let opened = ["a", "b", "a", "c", "c"].map(|name| call(&mut breakers, name, false, 0));
        assert_eq!(opened, [None, None, None, None, Some(Opened::All(at(30)))]);
        breakers
    }

    #[test]
    fn a_client_whose_calls_fail_is_left_alone_by_itself() {
        let mut breakers = breakers();
        let opened = (0..5).map(|_| call(&mut breakers, "a", false, 0));
        assert_eq!(opened.last().unwrap(), Some(Opened::Client(at(30))));
        assert!(breakers.admit(&id("a"), at(29)).is_err());
        assert!(breakers.admit(&id("b"), at(29)).is_ok());
        assert_eq!(call(&mut breakers, "a", true, 30), None);
        assert!(breakers.admit(&id("a"), at(31)).is_ok());
    }

    #[test]
    fn two_clients_with_trouble_of_their_own_hold_nobody_else() {
        let mut breakers = breakers();
        for _ in 0..5 {
            call(&mut breakers, "a", false, 0);
            call(&mut breakers, "b", false, 0);
        }
        assert!(breakers.admit(&id("c"), at(1)).is_ok());
    }

    #[test]
    fn failures_of_several_clients_in_a_row_hold_everybody_until_one_call_works() {
        let mut breakers = opened();
        assert_eq!(
            breakers.admit(&id("d"), at(10)).unwrap_err(),
            Duration::from_secs(20)
        );
        let probe = breakers.admit(&id("d"), at(30)).unwrap();
        assert!(breakers.admit(&id("e"), at(30)).is_err());
        breakers.note(&id("d"), probe, Ok(()), at(31));
        assert!(breakers.admit(&id("e"), at(31)).is_ok());
    }

    #[test]
    fn a_success_of_anybody_interrupts_the_row() {
        let mut breakers = breakers();
        for name in ["a", "b", "c", "d"] {
            assert_eq!(call(&mut breakers, name, false, 0), None);
        }
        call(&mut breakers, "e", true, 0);
        for name in ["a", "b", "c", "d"] {
            assert_eq!(call(&mut breakers, name, false, 0), None);
        }
    }

    #[test]
    fn whoever_tried_in_vain_lets_others_try_first_but_not_for_ever() {
        let tried_in_vain = || {
            let mut breakers = opened();
            let again = call(&mut breakers, "a", false, 30);
            assert_eq!(again, Some(Opened::All(at(60))));
            breakers
        };
        let mut breakers = tried_in_vain();
        assert_eq!(
            breakers.admit(&id("a"), at(70)).unwrap_err(),
            Duration::from_secs(20)
        );
        call(&mut breakers, "b", true, 70);
        assert!(breakers.admit(&id("a"), at(70)).is_ok());
        assert!(tried_in_vain().admit(&id("a"), at(91)).is_ok());
    }

    #[test]
    fn what_does_not_go_through_is_on_the_board() {
        let mut breakers = breakers();
        (0..5).for_each(|_| {
            call(&mut breakers, "a", false, 0);
        });
        let board = breakers.board.read();
        let ill: Vec<_> = board.iter().filter(|one| one.client.is_some()).collect();
        assert_eq!(ill.len(), 1);
        assert_eq!(ill[0].state, BreakerState::Open { until: at(30) });
        assert_eq!(ill[0].reason.as_deref(), Some("no answer"));
        call(&mut breakers, "a", true, 30);
        let board = breakers.board.read();
        assert!(board.iter().all(|one| one.state == BreakerState::Closed));
    }
}
