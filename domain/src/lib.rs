//! What a tweet, a client and a policy are: [`decide`], [`evolve`] and [`effects`].
//!
//! Nothing here does I/O, waits, or reads a clock: the time is an argument, and the outside world appears only as
//! [`Effect`]s that are owed to it. The invariant of the crate: a [`Client`] is changed by [`evolve`] and by nothing
//! else, so replaying its events gives the state that was lived through.

pub mod audit;
pub mod backoff;
pub mod brake;
pub mod client;
pub mod command;
pub mod content;
pub mod corpus;
mod decide;
pub mod duration;
pub mod effect;
pub mod event;
mod evolve;
pub mod facts;
mod hex;
pub mod ids;
pub mod knowledge;
pub mod lessons;
pub mod metering;
pub mod money;
pub mod person;
pub mod pricing;
pub mod prompt_stamp;
pub mod reconcile;
pub mod rejection;
pub mod sendings;
pub mod settings;
pub mod similar;
pub mod slots;
pub mod stats;
pub mod tweet;
pub mod validate;
pub mod voice;
pub mod weight;
pub mod when;
pub mod zone;

pub use backoff::Backoff;
pub use brake::{Brake, BrakeCommand, BrakeEvent, Halt};
pub use client::{Client, later};
pub use command::Command;
pub use decide::{Around, decide, decide_among};
pub use effect::{Effect, EffectKey, effects, next_wake};
pub use event::{Event, TweetEvent};
pub use evolve::{Illegal, evolve};
pub use rejection::Rejection;
pub use tweet::{Tweet, TweetState};
