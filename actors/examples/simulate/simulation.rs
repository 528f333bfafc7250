//! The whole engine in one thread and virtual time, with everything outside it drawn from one seed.
//!
//! The world fails, lies late and dies as the dice say; an auditor that trusts nobody watches whether what is promised
//! holds. The same seed gives the same run, line by line.

mod auditor;
mod clock;
mod desk;
mod dice;
mod ids;
mod journal;
mod life;
mod model;
mod moderator;
mod people;
mod run;
mod sabotage;
mod scenario;
mod time;
mod trace;
mod weather;
mod world;
mod x;

pub(crate) use run::{Outcome, play};
pub(crate) use sabotage::Sabotage;
pub(crate) use trace::hash_of;
pub(crate) use world::Tally;

/// The command that plays a seed again, broken as it was, with all that happened.
pub(crate) fn replay_command(outcome: &Outcome) -> String {
    let seed = outcome.seed;
    let broken = outcome
        .broken
        .map_or_else(String::new, |sabotage| format!(" --broken {sabotage:?}"));
    format!(
        "cargo run --release -p clara-actors --example simulate -- --seeds {seed}..{} --trace{broken}",
        seed + 1
    )
}
