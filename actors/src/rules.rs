//! The rules that the engine runs: what is decided, what follows from it and what is owed, as one thing to be given.
//!
//! The engine adds nothing to them and knows no others. They are given rather than called so that a simulation can
//! run the engine with one of them broken, and show that it notices.

use clara_domain::person::By;
use clara_domain::{Around, Client, Command, Effect, Event, Illegal, Rejection};
use jiff::Timestamp;

/// Decide, evolve, owe: by default as the domain has it.
pub trait Rules: Send + Sync + 'static {
    /// See [`clara_domain::decide_among`].
    fn decide(
        &self,
        client: &Client,
        by: &By,
        command: &Command,
        now: Timestamp,
        around: &Around,
    ) -> Result<Vec<Event>, Rejection> {
        clara_domain::decide_among(client, by, command, now, around)
    }

    /// See [`clara_domain::evolve`].
    fn evolve(&self, client: Client, event: &Event, at: Timestamp) -> Result<Client, Illegal> {
        clara_domain::evolve(client, event, at)
    }

    /// See [`clara_domain::effects`].
    fn effects(&self, client: &Client, now: Timestamp) -> Vec<Effect> {
        clara_domain::effects(client, now)
    }

    /// See [`clara_domain::next_wake`].
    fn next_wake(&self, client: &Client, now: Timestamp) -> Option<Timestamp> {
        clara_domain::next_wake(client, now)
    }
}

/// The domain's rules, whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct DomainRules;

impl Rules for DomainRules {}
