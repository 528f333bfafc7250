//! X against a scripted server: what every kind of answer, and every kind of silence, is taken for.

#[path = "x/consent.rs"]
mod consent;
#[path = "x/create.rs"]
mod create;
#[path = "x/delete.rs"]
mod delete;
#[path = "scripted/fixture.rs"]
mod fixture;
#[path = "x/read.rs"]
mod read;
#[path = "scripted/server.rs"]
mod server;
#[path = "x/tokens.rs"]
mod tokens;
