//! The journals: the contract that both keep, the encoding, the rails around sled, and what is left after a crash.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod codec;
mod contract;
mod crash;
mod fuzz;
mod rails;
mod support;
mod system;
mod torn;
