//! Clara plans, writes, validates, gets approved and posts the tweets of many X accounts.
//!
//! This is the app: the command line, the configuration, the composition root, the Discord desk and the ops port. What a
//! tweet is lives in `clara-domain`, what runs in `clara-actors`, what speaks to the outside in `clara-adapters`.

pub mod app;
pub mod books;
pub mod cli;
pub mod config;
pub mod discord;
pub mod ops;
pub mod sandbox;
pub mod script;
pub mod sign_in;
pub mod telemetry;
